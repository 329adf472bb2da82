//! Crash directories that were found behind patches, and ran without them.

use std::collections::BTreeSet;

use super::{ColumnReport, Report};
use crate::words::count;

/// What to know about them: they also show the roots that the patches end, which are not what they
/// were stored for. Empty if there are none, or if one of the columns has the patches.
pub(super) fn behind(report: &Report) -> String {
    let stored = report.sources.iter().filter_map(|case| case.expected.as_ref());
    let behind = stored.filter(|f| !f.origin.patched.is_empty());
    let wanted: BTreeSet<&str> =
        behind.clone().flat_map(|f| &f.origin.patched).map(String::as_str).collect();
    let has_all = |c: &ColumnReport| wanted.iter().all(|id| c.patches.iter().any(|p| p == id));
    if wanted.is_empty() || report.columns.iter().any(has_all) {
        return String::new();
    }
    // A crash directory has up to two cases.
    let findings = behind.map(|f| f.id.as_str()).collect::<BTreeSet<_>>().len();
    let (was, it, shows) =
        if findings == 1 { ("was", "it", "shows") } else { ("were", "they", "show") };
    let patches = wanted.into_iter().collect::<Vec<_>>().join(",");
    format!(
        "\n{} {was} found behind patches ({patches}) and ran without them, so {it} also {shows} the \
         roots that these end.\nTo run everything without and with them: --patch {patches}\n",
        count(findings, "stored finding")
    )
}

#[cfg(test)]
mod tests {
    use super::super::{Case, CaseKind};
    use super::*;
    use crate::finding::Finding;
    use crate::finding::test_support::fatal;
    use crate::testcase::SourceCase;

    fn case(id: &str, patched: &[&str]) -> Case {
        let source = SourceCase::from_txtar("-- a/a.go --\npackage a\n").unwrap();
        let mut finding = Finding { id: id.to_owned(), ..fatal("x") };
        finding.origin.patched = patched.iter().map(|&id| id.to_owned()).collect();
        Case {
            name: format!("crashes/{id}/testcase.txtar"),
            kind: CaseKind::Crash,
            text: source.to_txtar(),
            source,
            expected: Some(finding),
            since: 0,
            times: 1,
        }
    }

    fn column(patches: &[&str]) -> ColumnReport {
        ColumnReport {
            label: "go1.27.3".to_owned(),
            go_version: "go1.27.3".to_owned(),
            goroot: "/go".into(),
            patched: !patches.is_empty(),
            patches: patches.iter().map(|&id| id.to_owned()).collect(),
            cases: Vec::new(),
            verdict: super::super::Verdict::default(),
            seconds: 0.0,
        }
    }

    #[test]
    fn what_a_finding_was_behind_is_said() {
        let behind = |columns: &[&[&str]]| {
            let cases = vec![case("a", &["R1"]), case("a", &["R1"]), case("b", &["R1", "N2"])];
            let cases = cases.into_iter().chain([case("c", &[])]).collect();
            super::behind(&Report::new(1, cases, columns.iter().map(|p| column(p)).collect()))
        };
        let text = behind(&[&[]]);
        assert!(
            text.starts_with("\n2 stored findings were found behind patches (N2,R1)"),
            "{text}"
        );
        assert!(text.ends_with(": --patch N2,R1\n"), "{text}");
        assert!(!behind(&[&[], &["R1"]]).is_empty());
        assert_eq!(behind(&[&[], &["N2", "R1", "R3"]]), "");
        let plain = Report::new(1, vec![case("c", &[])], vec![column(&[])]);
        assert_eq!(super::behind(&plain), "");
    }
}
