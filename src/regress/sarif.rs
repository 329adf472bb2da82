//! The gate's result as SARIF 2.1.0, with locations in GOROOT/src and in the test case.

use std::path::Path;

use serde_json::{Value, json};

use super::{Case, ColumnReport, Group, Judged, Report, Status, by_root, graver};
use crate::escape;
use crate::finding::{Frame, Kind, Stack};

/// The document, with one run per Go tree and one result per root. Leaves out findings of class contract,
/// which are expected.
#[must_use]
pub fn sarif(report: &Report) -> Value {
    let mut document = json!({
        "version": "2.1.0",
        "runs": report.columns.iter().map(|c| run(report, c)).collect::<Vec<_>>(),
    });
    // Cases and baselines may be a stranger's.
    escape::document(&mut document, &["text"]);
    document
}

fn run(report: &Report, column: &ColumnReport) -> Value {
    let rule = |kind: &Kind| json!({ "id": kind.as_str(), "shortDescription": { "text": kind.row().says } });
    let rules: Vec<Value> = Kind::ALL.iter().map(rule).collect();
    let listed = |j: &&Judged| !matches!(j.status, Status::Contract | Status::Unconfirmed);
    let results: Vec<Value> = (by_root(column.verdict.findings.iter().filter(listed)).iter())
        .map(|group| result(report, column, group))
        .collect();
    json!({
        "tool": { "driver": {
            "name": "typerace",
            "version": env!("CARGO_PKG_VERSION"),
            "rules": rules,
        } },
        "automationDetails": { "id": format!("typerace/{}/", column.label) },
        "originalUriBaseIds": { "GOROOT": { "uri": folder_uri(&column.goroot) } },
        "properties": { "go": column.go_version },
        "results": results,
    })
}

fn result(report: &Report, column: &ColumnReport, group: &Group<'_>) -> Value {
    let j = group.first();
    let (level, state) = match j.status {
        Status::New => ("error", "new"),
        Status::Worse => ("error", "updated"),
        Status::Gone => ("none", "absent"),
        _ => ("note", "unchanged"),
    };
    let stacks: &[Stack] = j.finding.as_ref().map_or(&[], |f| &f.stacks);
    // A location in the sources of Go if one is known, otherwise the test case.
    let places: Vec<Value> = stacks.iter().filter_map(top).collect();
    let case = j.shown.first().and_then(|s| report.source(&s.case)).map(case_location);
    let mut locations: Vec<Value> = places.first().into_iter().cloned().collect();
    if locations.is_empty() {
        locations.extend(case.clone());
    }
    let mut related: Vec<Value> = places.into_iter().skip(1).chain(case).collect();
    for (i, place) in related.iter_mut().enumerate() {
        place["id"] = json!(i);
    }
    let shown: Vec<String> =
        j.shown.iter().map(|s| format!("{} of {} in {}", s.hits, s.runs, s.case)).collect();
    let rule = Kind::ALL.iter().position(|k| *k == j.kind).unwrap_or(0);
    let (title, class) = (group.heading.line(), graver(report, group));
    let text =
        format!("{title} ({class}) on {}: {}{}", column.label, shown.join(", "), group.more());
    let mut out = json!({
        "ruleId": j.kind.as_str(),
        "ruleIndex": rule,
        "level": level,
        "baselineState": state,
        "message": { "text": text },
        "partialFingerprints": { "typeraceSignature/v1": j.signature },
        "locations": locations,
        "relatedLocations": related,
        "stacks": stacks.iter().map(stack).collect::<Vec<_>>(),
        "properties": { "class": class.as_str(), "why": j.why, "root": group.heading },
    });
    if group.findings.len() > 1 {
        let all: Vec<&str> = group.findings.iter().map(|j| j.signature.as_str()).collect();
        out["properties"]["signatures"] = json!(all);
    }
    // A group stays the same result when another pair of functions shows it best.
    if group.heading.is_root() {
        out["partialFingerprints"]["typeraceRoot/v1"] = json!(group.heading.id);
    } else if let Some(place) = group.place() {
        out["partialFingerprints"]["typeraceWrite/v1"] = json!(place);
    }
    // Drop empty lists.
    if let Some(object) = out.as_object_mut() {
        object.retain(|_, v| v.as_array().is_none_or(|a| !a.is_empty()));
    }
    out
}

/// The innermost frame in the sources of Go.
fn top(stack: &Stack) -> Option<Value> {
    let frame = stack.frames.iter().find(|f| f.function.starts_with("go/") && is_std(&f.file));
    let frame = frame.or_else(|| stack.frames.iter().find(|f| is_std(&f.file)))?;
    let mut place = location(frame)?;
    place["message"] = json!({ "text": stack.of });
    Some(place)
}

fn stack(stack: &Stack) -> Value {
    let frames: Vec<Value> = stack
        .frames
        .iter()
        .map(|f| {
            let name = json!([{ "fullyQualifiedName": f.function, "kind": "function" }]);
            match location(f) {
                Some(mut place) => {
                    place["logicalLocations"] = name;
                    json!({ "location": place })
                }
                None => json!({ "location": { "logicalLocations": name } }),
            }
        })
        .collect();
    json!({ "message": { "text": stack.of }, "frames": frames })
}

/// Whether a frame's file is in GOROOT. Frames name those files without GOROOT, as in
/// `go/types/named.go`.
fn is_std(file: &str) -> bool {
    let first = file.split('/').next().unwrap_or_default();
    !file.starts_with('/')
        && file.ends_with(".go")
        && first != file
        && !first.contains(['.', '@'])
        && first != "typerace"
        && first != "main"
        && first != "engine"
}

fn location(frame: &Frame) -> Option<Value> {
    if !is_std(&frame.file) || frame.line == 0 {
        return None;
    }
    Some(json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&format!("src/{}", frame.file)), "uriBaseId": "GOROOT" },
        "region": { "startLine": frame.line },
    } }))
}

fn case_location(case: &Case) -> Value {
    json!({
        "message": { "text": "the test case" },
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&case.name) },
            "region": { "startLine": case.line() },
        },
    })
}

fn folder_uri(path: &Path) -> String {
    format!("file://{}/", uri(&path.to_string_lossy()).trim_end_matches('/'))
}

/// Encodes a path for a URI.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("corpus/a b#1?.txtar"), "corpus/a%20b%231%3F.txtar");
        assert_eq!(folder_uri("/usr/local/go".as_ref()), "file:///usr/local/go/");
    }

    #[test]
    fn only_the_sources_of_go_are_places_there() {
        for (file, is) in [
            ("go/types/named.go", true),
            ("internal/runtime/maps/map.go", true),
            ("/home/x/a.go", false),
            ("golang.org/x/tools@v0.1.0/a.go", false),
            ("typerace/harness/main.go", false),
            ("a.go", false),
            ("", false),
        ] {
            assert_eq!(is_std(file), is, "{file}");
        }
    }
}
