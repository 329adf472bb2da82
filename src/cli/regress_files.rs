//! The files that `typerace regress` writes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::progress;
use super::regress::RegressArgs;
use crate::files;
use crate::regress::{
    Baseline, ColumnReport, RegressError, Report, Status, junit, known_table, sarif,
};
use crate::words::count;

/// Writes the files that were asked for. One that cannot be written does not keep the others from
/// being written.
pub(super) fn write_files(
    args: &RegressArgs,
    report: &Report,
    baseline: Option<&mut Baseline>,
) -> anyhow::Result<()> {
    let mut all: Vec<anyhow::Result<()>> = Vec::new();
    if let (Some(path), Some(new)) = (&args.write_baseline, baseline) {
        // Findings with the overlay say nothing about the Go without it.
        let plain: Vec<_> = report.columns.iter().filter(|c| !c.patched).cloned().collect();
        let before = new.findings.len();
        let seen = new.add(&plain, args.only.is_none());
        let wrote = new.write(path);
        if wrote.is_ok() {
            let text = added(new, before, seen) + &left_out(&plain);
            progress(&format!("wrote {}, which {text}", path.display()));
        }
        all.push(wrote.map_err(Into::into));
    }
    let mut put = |path: &Option<PathBuf>, text: &dyn Fn() -> anyhow::Result<String>| {
        if let Some(path) = path {
            all.push(text().and_then(|text| Ok(write(path, &text)?)));
        }
    };
    put(&args.junit, &|| Ok(junit::junit(report)));
    put(&args.sarif, &|| Ok(serde_json::to_string_pretty(&sarif::sarif(report))? + "\n"));
    put(&args.known_table, &|| Ok(known_table::known_table(report)));
    all.into_iter().collect()
}

/// What is in a baseline now, and what changed.
fn added(baseline: &Baseline, before: usize, seen: usize) -> String {
    let all = baseline.findings.len();
    let on = match &baseline.go[..] {
        [] => "no whole run of the corpus yet".to_owned(),
        go => format!("measured on {}", go.join(", ")),
    };
    let were = |n: usize| if n == 1 { "was" } else { "were" };
    format!(
        "lists {} now, of which {} {} not there: {seen} {} seen, {on}",
        count(all, "finding"),
        all - before,
        were(all - before),
        were(seen)
    )
}

/// What was seen and is not in a baseline, because it may be no finding at all.
fn left_out(columns: &[ColumnReport]) -> String {
    let all = columns.iter().flat_map(|c| &c.verdict.findings);
    let unsure = all.filter(|j| j.status == Status::Unconfirmed).map(|j| j.signature.as_str());
    match unsure.collect::<BTreeSet<_>>().len() {
        0 => String::new(),
        n => format!("; without {}", count(n, "unconfirmed finding")),
    }
}

fn write(path: &Path, text: &str) -> Result<(), RegressError> {
    files::output(path, text.as_bytes())
        .map_err(|source| RegressError::Write { path: path.to_owned(), source })
}

/// Checks that a file can be created or replaced, without changing it.
pub(super) fn writable(path: &Path) -> Result<(), RegressError> {
    let there = path.exists();
    let opened = std::fs::File::options().append(true).create(true).open(path);
    if opened.is_ok() && !there {
        // This was only a probe: an unfinished run must not leave an empty report.
        let _ = std::fs::remove_file(path);
    }
    opened.map(drop).map_err(|source| RegressError::Write { path: path.to_owned(), source })
}
