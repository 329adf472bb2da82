//! Compares what was seen with what was expected.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Baseline, CaseRun, Changed, Expected, Sample};
use crate::finding::{Finding, Heading, Kind, Known, Stack, sides, site};
use crate::scenario::Class;
use crate::triage::Tally;

/// A finding counts as gone if, at its earlier rate, chance would hide it less often than this.
const CHANCE: f64 = 0.001;

/// What a finding means for the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// A listed finding got worse. Fails the gate.
    Worse,
    /// Not listed. Fails the gate.
    New,
    /// Seen only once, and of a kind that a busy machine can cause.
    Unconfirmed,
    /// Listed, and absent more often than chance explains.
    Gone,
    /// Listed, but perhaps not seen this time.
    Listed,
    /// Its scenario breaks a documented rule, so it is expected without being listed.
    Contract,
}

/// How often a case showed a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The case.
    pub case: String,
    /// Runs that showed it.
    pub hits: u32,
    /// All runs.
    pub runs: u32,
}

/// A finding and what it means.
#[derive(Clone, Debug, Serialize)]
pub struct Judged {
    /// What it means.
    pub status: Status,
    /// Details where the status alone is not enough, such as the earlier rate.
    pub why: String,
    /// `<kind>-<12 hex of the signature>`.
    pub id: String,
    /// What went wrong.
    pub kind: Kind,
    /// The gravest class of the scenarios that showed it.
    pub class: Class,
    /// Its signature.
    pub signature: String,
    /// Whether a function where it happens is among those that changed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub in_changed: bool,
    /// One line for people.
    pub title: String,
    /// What it stands under: its root, its issue, or itself.
    pub heading: Heading,
    /// Its smallest program, if it fails the gate and there was time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample: Option<Sample>,
    /// The cases that showed it, with the most reliable one first.
    pub shown: Vec<Shown>,
    /// The finding as the first of these cases showed it; `None` if it was not seen.
    #[serde(skip)]
    pub finding: Option<Finding>,
    /// The raw output of that run.
    #[serde(skip)]
    pub report: String,
}

impl Judged {
    /// Lists it if the runs without the change show it. What is only one more thing in the test case of
    /// a root, [`super::root_effects`] judges. Returns whether it is listed.
    pub(super) fn list_if_shown(&mut self, without: &[CaseRun]) -> bool {
        let mut there = without.iter().map(|run| run.tally(&self.signature));
        let why = if let Some(there) = there.find(|t| t.hits > 0) {
            format!("in {} of {} runs without the change", there.hits, there.runs)
        } else {
            if !self.is_of_roots(without) {
                return false;
            }
            "only in test cases of roots, which show them without the change, too".to_owned()
        };
        (self.status, self.why) = (Status::Listed, why);
        true
    }

    /// Whether only test cases of roots show it, which show theirs without the change, too. A race in a
    /// function that changed is the change's, unless its root is known.
    pub(super) fn is_of_roots(&self, without: &[CaseRun]) -> bool {
        if self.in_changed && !self.heading.is_root() {
            return false;
        }
        let mut shown = self.shown.iter().filter(|s| s.hits > 0);
        shown.all(|s| {
            let run = without.iter().find(|run| run.case == s.case);
            run.is_some_and(|run| run.shows_its_root(self.kind))
        })
    }
}

/// All findings of a Go tree, those that fail the gate first.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Verdict {
    /// Each signature once.
    pub findings: Vec<Judged>,
}

impl Verdict {
    /// Whether nothing fails the gate.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.count(Status::New) + self.count(Status::Worse) == 0
    }

    /// Puts those that fail the gate first, and of these, those in functions that changed.
    pub(super) fn sort(&mut self) {
        let key = |j: &Judged| (j.status, !j.in_changed);
        self.findings.sort_by(|a, b| (key(a), &a.signature).cmp(&(key(b), &b.signature)));
    }

    /// Marks the findings in functions that changed and puts them first.
    pub fn prefer(&mut self, changed: &[Changed]) {
        for j in &mut self.findings {
            let places = sides(&j.signature).flat_map(|side| side.split(" < "));
            j.in_changed = places.into_iter().any(|place| changed.iter().any(|c| c.is(place)));
        }
        self.sort();
    }

    /// Lists what the same cases show without the change: the signature, or another one of the same
    /// root. `without` is that side's runs and its verdict.
    pub fn excuse(&mut self, without: &[CaseRun], verdict: &Verdict) {
        for j in self.findings.iter_mut().filter(|j| j.status <= Status::New) {
            let same = |o: &&Judged| o.finding.is_some() && o.heading.id == j.heading.id;
            let there = verdict.findings.iter().filter(same).any(|o| o.class <= j.class);
            if !j.list_if_shown(without) && j.heading.is_root() && there {
                j.status = Status::Listed;
                j.why = format!("{} shows without the change, too", j.heading.id);
            }
        }
        self.sort();
    }

    /// Lists all of it: it is what a change is compared with, and decides nothing.
    pub fn list(&mut self) {
        for j in self.findings.iter_mut().filter(|j| j.status <= Status::New) {
            j.status = Status::Listed;
        }
        self.sort();
    }

    /// The number of findings with a status.
    #[must_use]
    pub fn count(&self, status: Status) -> usize {
        self.findings.iter().filter(|j| j.status == status).count()
    }
}

/// Judges what the cases showed on a Go version.
#[must_use]
pub fn compare(cases: &[CaseRun], baseline: &Baseline, known: &Known, go: &str) -> Verdict {
    let mut findings = collect(cases, known);
    let expected: Vec<&Expected> = baseline.expected(go).collect();
    let roots = ListedRoots::new(baseline, &expected, known, go);
    for judged in &mut findings {
        judge(judged, &expected, &roots);
    }
    for e in &expected {
        if !findings.iter().any(|j| j.signature == e.signature) {
            findings.push(unseen(e, cases, known, go));
        }
    }
    let mut verdict = Verdict { findings };
    verdict.sort();
    verdict
}

/// The roots that a baseline lists, with the gravest class of their findings in it.
struct ListedRoots(BTreeMap<String, Class>);

impl ListedRoots {
    fn new(baseline: &Baseline, expected: &[&Expected], known: &Known, go: &str) -> Self {
        let mut roots: BTreeMap<String, Class> =
            baseline.roots.iter().map(|id| (id.clone(), Class::Bug)).collect();
        for e in expected {
            let heading = heading(e, known, go);
            if heading.is_root() {
                let class = roots.entry(heading.id).or_insert(e.class);
                *class = e.class.min(*class);
            }
        }
        Self(roots)
    }

    fn class(&self, heading: &Heading) -> Option<Class> {
        heading.is_root().then(|| self.0.get(&heading.id).copied()).flatten()
    }
}

/// The heading of a listed finding.
fn heading(e: &Expected, known: &Known, go: &str) -> Heading {
    let bare = known.bare_heading(&e.signature, e.kind, &e.signature, &e.signature, go);
    match &e.root {
        Some(root) if bare.id != *root => known.root_heading(root, &e.signature, go),
        _ => bare,
    }
}

/// Collects each signature once. The status is not decided yet.
fn collect(cases: &[CaseRun], known: &Known) -> Vec<Judged> {
    let mut all: Vec<Judged> = Vec::new();
    for case in cases {
        for seen in &case.seen {
            let f = &seen.finding;
            let shown = Shown { case: case.case.clone(), hits: seen.hits, runs: case.runs };
            match all.iter_mut().find(|j| j.signature == f.signature) {
                Some(j) => {
                    // One case may know its root, and another not.
                    let heading = known.heading(f);
                    if !j.heading.is_root() && heading.is_root() {
                        j.heading = heading;
                    }
                    // If a bug and a breach of contract show it, the bug counts.
                    let graver = f.class < j.class;
                    let surer = f.class == j.class
                        && j.shown.first().is_none_or(|s| sure_rate(&shown) > sure_rate(s));
                    if graver || surer {
                        j.class = f.class;
                        j.title = f.title.clone();
                        j.finding = Some(f.clone());
                        j.report = seen.report.clone();
                        j.shown.insert(0, shown);
                    } else {
                        j.shown.push(shown);
                    }
                }
                None => all.push(Judged {
                    status: Status::New,
                    why: String::new(),
                    id: f.id.clone(),
                    kind: f.kind,
                    class: f.class,
                    signature: f.signature.clone(),
                    in_changed: false,
                    title: f.title.clone(),
                    heading: known.heading(f),
                    sample: None,
                    shown: vec![shown],
                    finding: Some(f.clone()),
                    report: seen.report.clone(),
                }),
            }
        }
    }
    all
}

/// The least rate that a case's runs leave likely: 11 of 21 says more than 1 of 1.
fn sure_rate(s: &Shown) -> f64 {
    Tally { hits: s.hits, runs: s.runs }.interval().0
}

fn judge(judged: &mut Judged, expected: &[&Expected], roots: &ListedRoots) {
    if let Some(e) = expected.iter().find(|e| e.signature == judged.signature) {
        judged.status = Status::Listed;
        if judged.class < e.class {
            judged.status = Status::Worse;
            judged.why = format!("its class was {} and is {} now", e.class, judged.class);
        }
        return;
    }
    if judged.class == Class::Breach {
        judged.status = Status::Contract;
        return;
    }
    if let Some(class) = roots.class(&judged.heading) {
        judged.status = if judged.class < class { Status::Worse } else { Status::Listed };
        judged.why = match judged.status {
            Status::Worse => format!("{} was listed as {class}", judged.heading.id),
            _ => format!("{} is listed", judged.heading.id),
        };
        return;
    }
    // The same defect as another kind, such as a crash where there was a race.
    let sites: Vec<String> = judged.finding.iter().flat_map(|f| sites(&f.stacks)).collect();
    let lesser = expected.iter().find(|e| {
        e.kind.row().severity < judged.kind.row().severity && sites.iter().any(|s| mentions(e, s))
    });
    if let Some(e) = lesser {
        judged.status = Status::Worse;
        judged.why = format!("listed as {}", e.signature);
    } else if judged.kind.row().timed && judged.shown.iter().map(|s| s.hits).sum::<u32>() < 2 {
        judged.status = Status::Unconfirmed;
    }
}

/// A finding that was expected but not seen.
fn unseen(e: &Expected, cases: &[CaseRun], known: &Known, go: &str) -> Judged {
    let before = e.seen.get(go).or_else(|| e.seen.values().next_back());
    let here = before.and_then(|b| cases.iter().find(|c| c.case == b.case));
    let shown = here.map(|c| Shown { case: c.case.clone(), hits: 0, runs: c.runs });
    let gone = before.zip(here).is_some_and(|(b, c)| is_significant(b.tally(), c.runs));
    let was = before.map(|b| format!("earlier seen in {} of {} runs", b.hits, b.runs));
    Judged {
        status: if gone { Status::Gone } else { Status::Listed },
        why: was.unwrap_or_default(),
        id: String::new(),
        kind: e.kind,
        class: e.class,
        signature: e.signature.clone(),
        in_changed: false,
        title: e.signature.clone(),
        heading: heading(e, known, go),
        sample: None,
        shown: shown.into_iter().collect(),
        finding: None,
        report: String::new(),
    }
}

/// Whether a finding of this rate is gone if it does not show in `runs` runs. Uses the lower
/// end of the rate's confidence interval.
#[must_use]
pub(super) fn is_significant(before: Tally, runs: u32) -> bool {
    let (low, _) = before.interval();
    (1.0 - low).powf(f64::from(runs)) < CHANCE
}

fn sites(stacks: &[Stack]) -> impl Iterator<Item = String> {
    stacks.iter().filter_map(|s| site(&s.frames).functions.into_iter().next())
}

/// Whether a signature names this function, and not one whose name merely starts with it.
fn mentions(e: &Expected, function: &str) -> bool {
    let mut rest = e.signature.as_str();
    while let Some(at) = rest.find(function) {
        let end = &rest[at + function.len()..];
        if !end.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            return true;
        }
        rest = end;
    }
    false
}

#[cfg(test)]
mod tests;
