use super::*;
use crate::finding::{KnownIssue, Number};
use std::collections::BTreeMap;

fn finding(title: &str) -> PageFinding {
    let value = serde_json::json!({
        "version": 1, "id": "data-race-0123456789ab", "kind": "data-race", "class": "bug",
        "signature": "data-race: go/types.a / go/types.b", "title": title, "blame": "go/types",
        "sequential": false, "reproduced": [7, 10], "go_version": "go1.27.3",
        "stacks": [
            {"of": "write", "frames": [{"function": "go/types.a", "file": "go/types/a.go", "line": 9}]},
            {"of": "read", "frames": [{"function": "go/types.b", "file": "go/types/b.go", "line": 7}]},
        ],
        "rules": [{"elements": ["check"], "says": "may be <checked>", "place": "golang.org/issue/1"}],
    });
    PageFinding {
        finding: serde_json::from_value(value).unwrap(),
        known: None,
        testcase: "# A.\ngo check a\n-- a/a.go --\npackage a\n\nvar s = \"</pre><script>\"\n"
            .to_owned(),
        minimized: true,
        report: "WARNING: DATA RACE\n<img src=x onerror=alert(1)>\n".to_owned(),
        source: BTreeMap::from([(("go/types/a.go".to_owned(), 9), "\tx = 1 // <here>".to_owned())]),
    }
}

fn known(issue: Number) -> KnownIssue {
    let title = issue.to_string();
    let entry = serde_json::json!({ "issue": issue, "title": title, "state": "open" });
    serde_json::from_value(entry).unwrap()
}

/// Every start tag has its end tag, in order.
fn assert_well_formed(html: &str) {
    let tag = regex::Regex::new(r"<(/?)([a-z0-9]+)[^>]*?(/?)>").unwrap();
    let mut open: Vec<String> = Vec::new();
    for m in tag.captures_iter(html) {
        let name = m[2].to_owned();
        if name == "meta" || &m[3] == "/" {
            continue;
        }
        if m[1].is_empty() {
            open.push(name);
        } else {
            assert_eq!(open.pop().as_deref(), Some(name.as_str()), "at {}", &m[0]);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn an_empty_page_says_what_is_missing() {
    let page = html(&Page::default());
    assert_well_formed(&page);
    for part in ["Nothing was found", "No samples", "No matrix", "Not measured", "No figures"] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn a_full_page() {
    let page = Page {
        findings: vec![PageFinding {
            known: Some(known(Number::Number(79035))),
            ..finding("data race: write in a / read in b")
        }],
        samples: vec![
            Sample::default(),
            Sample { seconds: 1.0, execs: 80, coverage: 900, ..Sample::default() },
        ],
        summary: Some(serde_json::json!({
            "execs": 80, "seconds": 1.0, "execs_per_second": 80.0,
            "operators": [{"name": "splice", "made": 4, "parsed_percent": 100.0, "checked_percent": 75.0,
                           "new_coverage": 2, "findings": 1}],
        })),
        matrix: Some(serde_json::json!({ "columns": [{
            "label": "go1.27.3",
            "cases": [{"case": "a.txtar", "runs": 21,
                       "seen": [{"hits": 20, "finding": {"signature": "s"}}]}],
            "verdict": {"findings": [{"signature": "s", "status": "listed"}]},
        }]})),
        coverage: Some(Coverage::parse(
            "go/types/alias.go:1:\tf\t50.0%\ntotal:\t(statements)\t50.0%\n",
        )),
        made_at: "2026-11-23T14:39:21Z".to_owned(),
    };
    let text = html(&page);
    assert_well_formed(&text);
    for part in [
        "reproduced 7 of 10",
        "href=\"https://go.dev/issue/79035\" rel=\"noreferrer\">golang/go#79035, open</a>",
        "may be &lt;checked&gt;",
        "class=\"here\"",
        "<polyline points=\"0.0,138.0 400.0,6.0\"/>",
        "listed 20/21",
        "<td>splice</td>",
        "1 of 1 functions are reached",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
}

/// Titles, programs and reports hold what a test case holds.
#[test]
fn nothing_gets_out_of_its_place() {
    let hostile = "</style><script>alert(1)</script>\" onload=\"x";
    let mut f = finding(hostile);
    f.finding.id = hostile.to_owned();
    f.finding.stacks[0].of = hostile.to_owned();
    f.finding.stacks[0].frames[0].function = hostile.to_owned();
    f.known = Some(known(Number::Text(format!("https://{hostile}"))));
    let summary = serde_json::json!({ "operators": [{ "name": hostile }], "go_version": hostile });
    let page = Page { findings: vec![f], summary: Some(summary), ..Page::default() };
    let text = html(&page);
    assert_well_formed(&text);
    assert!(!text.contains("<script") && !text.contains("<img") && !text.contains("\" onload"));
}
