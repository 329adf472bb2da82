//! The small program of what shuts the gate: minimized, stored as a crash directory, and shown in a
//! few lines with the command that shows it again.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::{Case, Column, Judged, RegressError, Shown, Status, Verdict, key};
use crate::finding::{Finding, Minimization};
use crate::harness::HarnessConfig;
use crate::store::Store;
use crate::testcase::SourceCase;
use crate::triage::minimize::{Minimized, Options, minimize};
use crate::triage::{minimized_case, origin_of, standalone};

/// Lines of Go that are shown.
const LINES: usize = 10;
/// Goroutines of the scenario that are shown.
const GOROUTINES: usize = 4;
/// This many findings get a program.
const MOST: usize = 3;
/// How long one of them is minimized.
const EACH: Duration = Duration::from_secs(25);
/// With less time than this, it is stored as it is.
const WORTH: Duration = Duration::from_secs(3);
/// Runs that measure the result.
const RUNS: u32 = 4;

/// A finding's crash directory and the program in it.
#[derive(Clone, Debug, Serialize)]
pub struct Sample {
    /// The crash directory.
    pub path: PathBuf,
    /// The first lines of Go of its smallest test case, and its scenario.
    pub program: String,
    /// The command that shows it again.
    pub command: String,
}

/// What samples are made with.
pub struct Making<'a> {
    /// The Go that showed the findings.
    pub column: &'a Column,
    /// The cases.
    pub cases: &'a [Case],
    /// The folder of crash directories.
    pub folder: &'a Path,
    /// Harnesses to run in parallel.
    pub jobs: usize,
    /// When to end.
    pub deadline: Instant,
}

impl Making<'_> {
    /// Gives the first findings that fail the gate, one of each root, a sample.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn samples(
        &self,
        verdict: &mut Verdict,
        progress: &mut dyn FnMut(&str),
    ) -> Result<(), RegressError> {
        let mut seen: Vec<String> = Vec::new();
        let rate =
            |j: &Judged| j.shown.first().map_or(0.0, |s| f64::from(s.hits) / f64::from(s.runs));
        let mut order: Vec<usize> = (0..verdict.findings.len()).collect();
        order.sort_by(|a, b| {
            let (a, b) = (&verdict.findings[*a], &verdict.findings[*b]);
            b.in_changed.cmp(&a.in_changed).then(rate(b).total_cmp(&rate(a)))
        });
        let mut cases: Vec<String> = Vec::new();
        for at in order {
            let j = &mut verdict.findings[at];
            let case = j.shown.first().map(|s| s.case.clone()).unwrap_or_default();
            // Signatures of one case are mostly one fault.
            let root = key(j);
            let is_other = !seen.contains(&root) && !cases.contains(&case);
            if j.status > Status::New || j.finding.is_none() || !is_other || seen.len() == MOST {
                continue;
            }
            seen.push(root);
            cases.push(case);
            progress(&j.title);
            j.sample = self.sample(j)?;
        }
        Ok(())
    }

    fn sample(&self, j: &Judged) -> Result<Option<Sample>, RegressError> {
        let Some(finding) = &j.finding else { return Ok(None) };
        let Some((case, shown)) = self.smallest(j) else { return Ok(None) };
        let mut finding = finding.clone();
        finding.reproduced = Some([shown.hits, shown.runs]);
        finding.confirmed = true;
        let store = Store::open(self.folder)?;
        let path = store.path(&finding.id);
        let mut earlier = None;
        if path.join(crate::store::FINDING).is_file() {
            // An earlier run of the gate found it, perhaps in another version of the change. What
            // was minimized then is a good start.
            earlier = minimized_before(&path);
            let _ = std::fs::remove_dir_all(&path);
        }
        store.save(&finding, &case.source.to_txtar(), &j.report, &[])?;
        let mut text = case.source.to_txtar();
        let has_time = self.time() >= WORTH;
        let starts = earlier.iter().map(|(source, _)| source).chain([&case.source]);
        let starts = starts.filter(|_| has_time);
        let small = starts.map(|source| self.minimized(source, &finding)).find(Option::is_some);
        // What cannot be minimized is shown as it is. Without time for it, the earlier result is shown:
        // it showed this finding when it was made.
        let small = small.flatten().map(|m| (m.text, m.info));
        let earlier = earlier.map(|(source, info)| (source.to_txtar(), info));
        if let Some((small, info)) = small.or(earlier.filter(|_| !has_time)) {
            store.put_minimized(&finding.id, &small, &info)?;
            text = small;
        }
        // The crash directory is complete without its program.
        let _ = standalone::write(&path);
        // It knows its go/types, but a target's package is the user's.
        let target = self.column.options.target.as_deref();
        let target = target.map(|t| format!(" --harness {}", t.display())).unwrap_or_default();
        let command = format!("typerace reproduce {}{target}", path.display());
        Ok(Some(Sample { path, program: excerpt(&text), command }))
    }

    /// The smallest case that shows a finding about as often as any.
    fn smallest<'a>(&self, j: &'a Judged) -> Option<(&Case, &'a Shown)> {
        let rate = |s: &Shown| f64::from(s.hits) / f64::from(s.runs.max(1));
        let least = j.shown.iter().map(rate).fold(0.0, f64::max) / 2.0;
        let often = j.shown.iter().filter(|s| rate(s) >= least);
        let cases = often.filter_map(|s| Some((self.cases.iter().find(|c| c.name == s.case)?, s)));
        cases.min_by_key(|(case, _)| case.text.len())
    }

    /// How long a test case may be minimized.
    fn time(&self) -> Duration {
        EACH.min(self.deadline.saturating_duration_since(Instant::now()))
    }

    /// A test case, minimized; `None` if it does not show the finding, or the harness fails.
    fn minimized(&self, case: &SourceCase, finding: &Finding) -> Option<Minimized> {
        let options = Options {
            patched: None,
            harness: HarnessConfig::new(&self.column.built.path),
            origin: origin_of(&self.column.built),
            go_minor: self.column.built.toolchain.minor,
            jobs: self.jobs,
            time: Some(self.time()),
            runs: RUNS,
            stop: Arc::new(AtomicBool::new(false)),
            percent: 100,
            neighbours: Vec::new(),
            tries: Arc::default(),
        };
        minimize(case, Some(finding), &options, &mut |_| ()).ok().flatten()
    }
}

/// The minimized test case of a crash directory, and what is known of it.
fn minimized_before(path: &Path) -> Option<(SourceCase, Minimization)> {
    let info = crate::store::read(path).ok()?.minimized?;
    Some((minimized_case(path).ok()??, info))
}

/// The scenario and the first lines of Go.
fn excerpt(text: &str) -> String {
    let Ok(case) = SourceCase::from_txtar(text) else { return String::new() };
    let mut out = String::new();
    let scenario = case.scenario.map(|s| s.to_string()).unwrap_or_default();
    let before = scenario.lines().filter(|l| l.starts_with("before "));
    let goroutines = scenario.lines().filter(|l| l.starts_with("go ")).take(GOROUTINES);
    for line in before.chain(goroutines) {
        let _ = writeln!(out, "{line}");
    }
    let files = text.find("\n-- ").map_or("", |at| &text[at + 1..]);
    let lines: Vec<&str> = files.lines().filter(|l| !l.trim().is_empty()).collect();
    for line in lines.iter().take(LINES) {
        let _ = writeln!(out, "{line}");
    }
    if lines.len() > LINES {
        let _ = writeln!(out, "… {} more lines", lines.len() - LINES);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_short() {
        let mut text =
            "# A.\nimport source\nbefore check a\ngo check a\n-- a/a.go --\npackage a\n\n"
                .to_owned();
        for i in 0..20 {
            text.push_str(&format!("type T{i} int\n\n"));
        }
        let out = excerpt(&text);
        let start = "before check a\ngo     check a\n-- a/a.go --\npackage a\ntype T0 int\n";
        assert!(out.starts_with(start), "{out}");
        assert!(out.ends_with("… 12 more lines\n") && out.lines().count() == 13, "{out}");
    }
}
