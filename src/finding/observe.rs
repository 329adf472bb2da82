//! Turns the output of one execution into findings.

use std::collections::BTreeSet;

use super::dump::{Stall, stall};
use super::fatal::{Death, Exit, death};
use super::finding::{Finding, Origin, Stack, VERSION, class_and_rules};
use super::frame::Frame;
use super::kind::Kind;
use super::normalise::{self, Blame};
use super::panic::{panicked, shape, without_position};
use super::race::{RaceReport, race_reports, reports_first};
use super::signature::{Site, cycle, id, signature, site};
use super::title;
use crate::escape;
use crate::scenario::Scenario;

/// All output of one execution.
#[derive(Clone, Copy, Debug)]
pub struct Observed<'a> {
    /// The race detector's output during the execution.
    pub reports: &'a str,
    /// How it ended.
    pub end: End<'a>,
    /// The panics that the harness recovered.
    pub panics: &'a [Panic<'a>],
    /// The test case's scenario, which decides the class.
    pub scenario: &'a Scenario,
    /// Whether all operations ran on one goroutine.
    pub sequential: bool,
    /// Copied into every finding.
    pub origin: &'a Origin,
}

/// How an execution ended.
#[derive(Clone, Copy, Debug)]
pub enum End<'a> {
    /// It sent a reply.
    Replied,
    /// The process died first.
    Died {
        /// Its status.
        exit: Exit,
        /// Its output.
        output: &'a str,
    },
    /// It was killed because it exceeded a time limit.
    TimedOut {
        /// Every goroutine's stack.
        dump: &'a str,
    },
    /// It was killed because it exceeded the memory cap.
    OverMemory {
        /// Every goroutine's stack.
        dump: &'a str,
    },
}

/// A panic that the harness recovered.
#[derive(Clone, Copy, Debug)]
pub struct Panic<'a> {
    /// 0 is `before`, n the n-th `go`.
    pub goroutine: u32,
    /// The index of the operation in that goroutine.
    pub operation: u32,
    /// The panic's value as text.
    pub value: &'a str,
    /// `debug.Stack` of the deferred function that recovered.
    pub stack: &'a str,
}

/// The findings of an execution, each signature once: races in the order reported, then panics,
/// then how it ended.
#[must_use]
pub fn findings(seen: &Observed<'_>) -> Vec<Finding> {
    let mut drafts = races(seen.reports);
    drafts.extend(seen.panics.iter().map(recovered));
    match seen.end {
        End::Replied => {}
        End::Died { exit, output } => drafts.extend(death(exit, output).map(|d| died(d, output))),
        End::TimedOut { dump } => drafts.push(stalled(stall(dump))),
        End::OverMemory { dump } => drafts.push(over_memory(&stall(dump))),
    }
    let mut out: Vec<Finding> = Vec::new();
    for draft in drafts {
        let id = id(draft.kind, &draft.signature);
        if out.iter().any(|f| f.id == id) {
            continue;
        }
        out.push(draft.finding(seen.scenario, seen.sequential, seen.origin));
    }
    out
}

/// A finding before the scenario is added to it.
pub(super) struct Draft {
    pub(super) kind: Kind,
    pub(super) signature: String,
    pub(super) title: String,
    pub(super) blame: Blame,
    pub(super) alone: bool,
    pub(super) stacks: Vec<Stack>,
}

impl Draft {
    pub(super) fn finding(self, scenario: &Scenario, sequential: bool, origin: &Origin) -> Finding {
        let sequential = sequential || self.alone;
        let (class, rules) = class_and_rules(scenario, origin.checker(), sequential);
        Finding {
            version: VERSION,
            id: id(self.kind, &self.signature),
            kind: self.kind,
            class,
            signature: escape::line(&self.signature),
            title: escape::line(&self.title),
            blame: self.blame,
            sequential,
            stacks: self.stacks,
            rules,
            reproduced: None,
            rates: None,
            confirmed: false,
            minimized: None,
            merged: None,
            elsewhere: None,
            standalone: None,
            stage: None,
            suspects: Vec::new(),
            root: None,
            compiler: None,
            consequence: None,
            releases: Vec::new(),
            origin: origin.clone(),
        }
    }
}

pub(super) fn stack(of: impl Into<String>, frames: &[Frame]) -> Stack {
    Stack { of: of.into(), frames: frames.iter().map(normalise::frame).collect() }
}

/// A report with a lost stack says less than a complete one. It counts only if no complete report
/// shares the side that it does have.
fn races(log: &str) -> Vec<Draft> {
    let reports: Vec<(RaceReport, [Site; 2])> = race_reports(log)
        .into_iter()
        .map(|r| {
            let sites = r.sides.each_ref().map(|s| site(&s.stack));
            (r, sites)
        })
        .collect();
    let whole: BTreeSet<&[String]> = reports
        .iter()
        .filter(|(r, _)| r.is_whole())
        .flat_map(|(_, sites)| sites.iter().map(|s| s.functions.as_slice()))
        .collect();
    let mut signed = BTreeSet::new();
    let mut drafts = Vec::new();
    for (report, sites) in &reports {
        let lost = sites.iter().all(|s| s.functions.is_empty());
        let told = if lost {
            !whole.is_empty()
        } else {
            sites.iter().any(|s| whole.contains(s.functions.as_slice()))
        };
        if !report.is_whole() && told {
            continue;
        }
        let signature = signature_of(sites);
        // One execution can report the same race a hundred times.
        if signed.insert(signature.clone()) {
            drafts.push(race(report, sites, signature));
        }
    }
    drafts
}

/// The signature of a race. It does not say which side read and which wrote: where both sides compute
/// the same thing, the schedule decides which one writes.
fn signature_of(sites: &[Site; 2]) -> String {
    signature(Kind::DataRace, "", &sites.each_ref().map(Site::to_string))
}

/// The race log of an execution with the reports of this finding first.
#[must_use]
pub fn own_reports_first(log: &str, finding: &Finding) -> String {
    let sites = |r: &RaceReport| r.sides.each_ref().map(|s| site(&s.stack));
    reports_first(log, |r| escape::line(&signature_of(&sites(r))) == finding.signature)
}

fn race(report: &RaceReport, sites: &[Site; 2], signature: String) -> Draft {
    let owners = sites.each_ref().map(Site::owner);
    let order = [Blame::GoTypes, Blame::Compiler, Blame::XTools, Blame::Target, Blame::Harness];
    let [here, there] = sites.clone();
    Draft {
        kind: Kind::DataRace,
        signature,
        title: title::race(&[(report.sides[0].access, here), (report.sides[1].access, there)]),
        blame: order.into_iter().find(|b| owners.contains(b)).unwrap_or(Blame::Runtime),
        alone: false,
        stacks: report.sides.iter().map(|s| stack(s.access.to_string(), &s.stack)).collect(),
    }
}

fn recovered(panic: &Panic<'_>) -> Draft {
    let frames = panicked(panic.stack);
    let of = format!("panic in goroutine {}, operation {}", panic.goroutine, panic.operation);
    // `before` runs on one goroutine, with nothing concurrent.
    Draft {
        alone: panic.goroutine == 0,
        ..panicking(&shape(panic.value), panic.value, &of, &frames)
    }
}

fn panicking(shape: &str, value: &str, of: &str, frames: &[Frame]) -> Draft {
    let at = site(frames);
    let sites = [at.to_string()];
    // go/types' assertions start with their place, which names this machine's GOROOT.
    let value = without_position(value.lines().next().unwrap_or_default());
    Draft {
        kind: Kind::Panic,
        signature: signature(Kind::Panic, shape, &sites),
        title: title::at(&format!("panic: {value}"), &sites),
        blame: at.owner(),
        alone: false,
        stacks: vec![stack(of, frames)],
    }
}

fn died(d: Death, output: &str) -> Draft {
    match d.kind {
        Kind::Panic => panicking(&d.message, &d.message, "panic", &d.stack),
        // The runtime noticed that all goroutines are blocked. Its output is like a dump.
        Kind::Deadlock => stalled(Stall { kind: Kind::Deadlock, ..stall(output) }),
        kind => {
            let at = site(&d.stack);
            let recurring = if d.overflow { cycle(&d.stack, 3) } else { Vec::new() };
            let sites = match (recurring.is_empty(), d.stack.is_empty()) {
                (false, _) => vec![recurring.join(" + ")],
                (true, false) => vec![at.to_string()],
                (true, true) => Vec::new(),
            };
            let blame = match recurring.first() {
                Some(f) => normalise::owner(f),
                None if d.silent => Blame::Harness,
                None => at.owner(),
            };
            Draft {
                kind,
                signature: signature(kind, &d.message, &sites),
                title: title::at(&format!("{}: {}", kind, d.message), &sites),
                blame,
                alone: false,
                stacks: if d.stack.is_empty() {
                    Vec::new()
                } else {
                    vec![stack(d.message, &d.stack)]
                },
            }
        }
    }
}

fn worker_stacks(s: &Stall) -> Vec<Stack> {
    s.workers.iter().map(|g| stack(format!("goroutine {}: {}", g.id, g.state), &g.frames)).collect()
}

fn stalled(s: Stall) -> Draft {
    Draft {
        kind: s.kind,
        signature: signature(s.kind, "", &s.sites),
        title: title::at(s.kind.as_str(), &s.sites),
        blame: s.blame,
        alone: s.workers.len() == 1,
        stacks: worker_stacks(&s),
    }
}

fn over_memory(s: &Stall) -> Draft {
    Draft {
        kind: Kind::Memory,
        signature: signature(Kind::Memory, "over the cap", &s.sites),
        title: title::at("memory over the cap", &s.sites),
        blame: s.blame,
        alone: s.workers.len() == 1,
        stacks: worker_stacks(s),
    }
}
