use std::cell::OnceCell;

use super::*;
use crate::finding::{
    Blame, Finding, Heading, Instead, Known, Number, OnRelease, Reported, RootBy, State,
};
use crate::scenario::Class;
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
        testcase: "# A.\ngo check a\n-- a/a.go --\npackage a\n\nvar s = \"</pre><script>\"\n"
            .to_owned(),
        minimized: true,
        report: "WARNING: DATA RACE\n<img src=x onerror=alert(1)>\n".to_owned(),
        source: BTreeMap::from([(("go/types/a.go".to_owned(), 9), "\tx = 1 // <here>".to_owned())]),
    }
}

#[test]
fn a_race_in_a_target_shows_its_own_place() {
    let mut page = finding("t");
    let frames = serde_json::json!([
        {"function": "go/ast.Inspect", "file": "go/ast/walk.go", "line": 361},
        {"function": "example.org/mylint.HoldsLock", "file": "mylint/lint.go", "line": 40},
    ]);
    let stacks = serde_json::json!([{"of": "write", "frames": frames}]);
    page.finding.stacks = serde_json::from_value(stacks).unwrap();
    page.source.insert(("go/ast/walk.go".to_owned(), 361), "Walk(inspector(f), node)".to_owned());
    let body = |page: &PageFinding| {
        let mut out = String::new();
        findings::body(&mut out, page);
        out
    };
    assert!(body(&page).contains("Walk(inspector"));
    page.finding.blame = Blame::Target;
    let out = body(&page);
    let place = "<code>example.org/mylint.HoldsLock</code> <small>mylint/lint.go:40</small>";
    assert!(out.contains(place) && !out.contains("Walk(inspector"), "{out}");
}

fn root(id: &str, title: &str, issue: Option<Number>) -> PageRoot {
    let reported = |issue| Reported { issue, state: Some(State::Open), also: vec![7.into()] };
    let shown = finding(title);
    PageRoot {
        heading: Heading {
            id: id.to_owned(),
            title: title.to_owned(),
            known: issue.is_some(),
            by: Some(RootBy::Patch),
            issues: issue.into_iter().map(reported).collect(),
            unlisted: false,
        },
        class: Class::Bug,
        findings: vec![shown.finding.clone()],
        shown,
    }
}

/// A page with its one script and the policy for it cut out.
fn without_script(html: &str) -> String {
    let start = html.find("<script nonce=\"").unwrap();
    let end = start + html[start..].find("</script>").unwrap() + "</script>".len();
    let word = &html[start + 15..start + 15 + 32];
    assert!(html.contains(&format!("script-src 'nonce-{word}'\">")), "{word}");
    html[..start].to_owned() + &html[end..]
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

/// A root with two signatures, seen on other releases.
fn several() -> PageRoot {
    let mut root = root("R3", "race on an alias", Some(Number::Number(79035)));
    root.findings.push(finding("data race: another").finding);
    let on = |go: &str, hits, instead: Option<&str>| OnRelease {
        go_version: go.to_owned(),
        reproduced: [hits, 21],
        instead: instead.map(|s| Instead { signature: s.to_owned(), hits: 9 }),
        not_run: None,
    };
    root.shown.finding.releases = vec![
        on("go1.23.12", 0, None),
        on("go1.24.11", 0, Some("panic: p")),
        on("go1.27.3", 20, None),
    ];
    root
}

#[test]
fn a_full_page() {
    let page = Page {
        roots: vec![several()],
        unconfirmed: vec![finding("once").finding],
        breaches: vec![Finding { class: Class::Breach, ..finding("breach").finding }],
        folder: "crashes".to_owned(),
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
    let cards = text.matches("<article").count();
    assert_eq!(cards, 3, "one card for a root, one for each table");
    for part in [
        "<p>1 known root, 1 unconfirmed finding, 1 way to break the contract on go1.27.3",
        "reproduced 7 of 10",
        "href=\"https://go.dev/issue/79035\" rel=\"noreferrer\">golang/go#79035 (open; also #7)</a>",
        "<h3>race on an alias</h3>",
        "2 signatures</summary>",
        "since go1.24.11",
        "9 of 21: panic: p",
        "<option>go1.27.3</option>",
        "<option>go/types.b</option>",
        "Seen once and never again (1)",
        "failed as they should (1)",
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

/// As in the list for a terminal: a finding without a root is none.
#[test]
fn findings_without_a_root_are_no_roots() {
    let mut open = root("data-race-1", "t", None);
    open.heading.by = None;
    let new = root("new: f", "t", None);
    let text = html(&Page { roots: vec![new, open.clone(), open], ..Page::default() });
    assert!(text.contains("<p>1 new root, 2 findings without a root so far on"), "{text}");
}

/// Titles, programs and reports hold what a test case holds.
#[test]
fn nothing_gets_out_of_its_place() {
    let hostile = "</style><script>alert(1)</script>\" onload=\"x";
    let mut root = root(hostile, hostile, Some(Number::Text(format!("https://{hostile}"))));
    let f = &mut root.shown.finding;
    f.stacks[0].of = hostile.to_owned();
    f.stacks[0].frames[0].function = hostile.to_owned();
    f.releases = vec![OnRelease {
        go_version: hostile.to_owned(),
        reproduced: [0, 0],
        instead: None,
        not_run: Some(hostile.to_owned()),
    }];
    for text in [&mut f.id, &mut f.signature, &mut f.origin.go_version] {
        *text = hostile.to_owned();
    }
    root.findings = vec![f.clone()];
    let (unconfirmed, breaches) = (root.findings.clone(), root.findings.clone());
    let summary = serde_json::json!({ "operators": [{ "name": hostile }], "go_version": hostile });
    let page = Page {
        roots: vec![root],
        unconfirmed,
        breaches,
        folder: hostile.to_owned(),
        summary: Some(summary),
        ..Page::default()
    };
    let text = without_script(&html(&page));
    assert_well_formed(&text);
    assert!(!text.contains("<script") && !text.contains("<img") && !text.contains("\" onload"));
}

/// A campaign whose findings have nothing in common, each with a long report and a long program.
#[test]
fn a_large_campaign_stays_below_a_megabyte() {
    use crate::finding::test_support::fatal;
    use crate::report::{Entry, Report};
    let tmp = tempfile::tempdir().unwrap();
    let stack = finding("x").finding.stacks[0].clone();
    let line = "go/types.(*Checker).typInternal(0xc000, {0xc000, 0xc000})\n";
    let entries: Vec<Entry> = (0..94)
        .map(|n| {
            let path = tmp.path().join(n.to_string());
            std::fs::create_dir(&path).unwrap();
            std::fs::write(path.join("report.txt"), line.repeat(4000)).unwrap();
            std::fs::write(path.join("testcase.txtar"), "type T struct{ A, B int }\n".repeat(2000))
                .unwrap();
            let mut f = Finding { stacks: vec![stack.clone(); 9], ..fatal("x") };
            let frames = &mut f.stacks[0].frames;
            *frames = vec![frames[0].clone(); 300];
            (f.id, f.signature) = (format!("fatal-{n}"), format!("fatal: x: go/types.f{n}"));
            let heading = Known::default().heading(&f);
            Entry { path, finding: f, known: None, heading, crash: OnceCell::new() }
        })
        .collect();
    let mut page = Page::default();
    load(
        &mut page,
        &Report { dir: "crashes".into(), entries, problems: Vec::new(), suspects: None },
    );
    assert_eq!(page.roots.len(), 94);
    let text = html(&page);
    assert!(text.len() < 1_000_000, "{} bytes", text.len());
    assert!(text.contains("… cut here; the whole text is in report.txt"));
}
