//! Writes docs/KNOWN-RACES.md: what the cases of `corpus/fixedbugs` show on each Go release.

use std::fmt::Write as _;

use super::{CaseKind, Report};
use crate::scenario::Class;

/// The Markdown document.
#[must_use]
pub fn known_table(report: &Report) -> String {
    let mut out = String::from(
        "# Known races\n\nWhat the cases of `corpus/fixedbugs` show on each Go release: the number \
         of runs that showed the signature, out of all runs. `make known-races` repeats the \
         measurement:\n\n",
    );
    let labels: Vec<&str> = report.columns.iter().map(|c| c.label.as_str()).collect();
    let command = format!(
        "typerace regress --only fixedbugs --runs {} --toolchain {} --known-table docs/KNOWN-RACES.md",
        report.runs,
        labels.join(",")
    );
    let _ = writeln!(out, "    {command}\n");
    let _ = writeln!(
        out,
        "`–` means not seen. `n/a` means that this release cannot check the program, or that the \
         harness built for it cannot run the operation.\n"
    );
    for (i, case) in report.sources.iter().enumerate() {
        if case.kind != CaseKind::FixedBug {
            continue;
        }
        let stem = case.name.rsplit('/').next().unwrap_or_default();
        let _ = writeln!(out, "## {}\n", stem.trim_end_matches(".txtar"));
        let comment = case.source.scenario.as_ref().map(|s| s.comment.join(" "));
        let _ = writeln!(out, "{}\n", comment.unwrap_or_default());
        let mut signatures: Vec<(&str, Class)> = Vec::new();
        for seen in report.columns.iter().flat_map(|c| c.cases.get(i)).flat_map(|c| &c.seen) {
            let f = &seen.finding;
            if !signatures.iter().any(|(s, _)| *s == f.signature) {
                signatures.push((&f.signature, f.class));
            }
        }
        signatures.sort();
        if signatures.is_empty() {
            let runs = report.runs;
            out.push_str(&format!(
                "Not reproduced: nothing in {runs} runs on any of {}.\n\n",
                labels.join(", ")
            ));
            continue;
        }
        let _ = writeln!(out, "| signature | {} |", labels.join(" | "));
        let _ = writeln!(out, "|---|{}", "---|".repeat(labels.len()));
        for (signature, class) in signatures {
            let _ = write!(out, "| `{signature}` ({class}) |");
            for run in report.columns.iter().filter_map(|c| c.cases.get(i)) {
                let tally = run.tally(signature);
                let cell = match (tally.hits, run.runs) {
                    (0, _) if !run.notes.is_empty() => "n/a".to_owned(),
                    (0, _) => "–".to_owned(),
                    (k, n) => format!("{k}/{n}"),
                };
                let _ = write!(out, " {cell} |");
            }
            out.push('\n');
        }
        out.push('\n');
    }
    let _ =
        write!(out, "## Without a case\n\n{}", include_str!("../../corpus/fixedbugs/MISSING.md"));
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}
