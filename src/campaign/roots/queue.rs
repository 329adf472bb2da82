//! What a campaign still has to do for its findings: determine their roots, and make one small
//! program for each root.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::finding::{Finding, Kind, Root, RootBy, sides};
use crate::scenario::Class;
use crate::triage::root::has_root;

/// How many findings of a root are minimized before it has to do with the best of them.
const TRIES: usize = 3;
/// How long a finding is minimized the first time and, if that was not enough, once more, if the
/// processor had nothing else to do.
pub(super) const SHORT: Duration = Duration::from_secs(8);
const LONG: Duration = Duration::from_secs(30);

/// The next thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Job {
    /// Determine the root of a finding.
    Root(String),
    /// Minimize a finding, within this time, and run its program.
    Minimize(String, Duration),
    /// Look for what a finding does without the race detector.
    Consequence(String),
}

/// A finding, and what was done for it.
#[derive(Clone, Debug)]
struct Entry {
    kind: Kind,
    class: Class,
    sides: BTreeSet<String>,
    /// How often it showed again.
    rate: f64,
    lines: usize,
    root: Fault,
    work: Work,
    /// Whether it was looked for what it does without the race detector.
    has_consequence: bool,
    /// Whether a job with it was taken and is not over.
    is_busy: bool,
}

/// What is known of a root.
#[derive(Clone, Debug, PartialEq)]
enum Fault {
    /// Nothing yet.
    Open,
    /// It shares functions with a finding of this root.
    Presumed(Root),
    /// Determined.
    Is(Root),
    /// It did not show, or too rarely.
    Unknown,
    /// Findings of its kind have none. It stands for itself.
    None,
}

/// What was done for a program.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Work {
    Nothing,
    /// It could not be minimized. `for_good`: more time would not help.
    Failed {
        for_good: bool,
    },
    /// The share of processes in which the program shows it, and whether the minimizer had enough
    /// time.
    Done {
        rate: f64,
        is_complete: bool,
    },
}

/// All findings of a campaign that are not breaches of contract.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    entries: BTreeMap<String, Entry>,
    /// In the order of discovery.
    order: Vec<String>,
    /// Whether the last job was to determine a root.
    after_root: bool,
    /// Whether roots cannot be determined yet: what that needs is being built.
    is_blind: bool,
}

impl Job {
    /// The finding.
    pub(super) fn id(&self) -> &str {
        match self {
            Self::Root(id) | Self::Minimize(id, _) | Self::Consequence(id) => id,
        }
    }
}

impl Queue {
    /// Adds a finding, or takes note that it was stored again with a graver class. Returns the root
    /// that it is presumed to have.
    pub(super) fn add(&mut self, finding: &Finding, lines: usize) -> Option<Root> {
        let sides: BTreeSet<String> = sides(&finding.signature).map(str::to_owned).collect();
        let root = match &finding.root {
            _ if !has_root(finding) => Fault::None,
            Some(root) if !root.is_presumed() => Fault::Is(root.clone()),
            _ => self.presume(finding.kind, &sides).map_or(Fault::Open, Fault::Presumed),
        };
        let presumed = match &root {
            Fault::Presumed(root) => Some(root.clone()),
            _ => None,
        };
        // An earlier campaign may have made the program.
        let work = match (&finding.minimized, &finding.standalone) {
            (Some(m), Some(s)) => Work::Done { rate: share(s.reproduced), is_complete: m.complete },
            _ => Work::Nothing,
        };
        let entry = Entry {
            kind: finding.kind,
            class: finding.class,
            sides,
            rate: share(finding.reproduced.unwrap_or_default()),
            lines,
            root,
            work,
            has_consequence: finding.consequence.is_some(),
            is_busy: false,
        };
        if self.entries.insert(finding.id.clone(), entry).is_none() {
            self.order.push(finding.id.clone());
        }
        presumed
    }

    /// A finding that shares a function with one of a determined root, and is of its kind, is
    /// presumed to have that root.
    fn presume(&self, kind: Kind, sides: &BTreeSet<String>) -> Option<Root> {
        let alike = |e: &&Entry| e.kind == kind && !e.sides.is_disjoint(sides);
        self.in_order().map(|(_, e)| e).filter(alike).find_map(|e| match &e.root {
            Fault::Is(root) => Some(Root { by: RootBy::Guess, tried: Vec::new(), ..root.clone() }),
            _ => None,
        })
    }

    fn in_order(&self) -> impl Iterator<Item = (&String, &Entry)> {
        self.order.iter().filter_map(|id| Some((id, self.entries.get(id)?)))
    }

    /// Takes note of a finding's root; `None` if it could not be determined. Returns whether the
    /// root is new to the campaign, and the findings that are now presumed to have it.
    pub(super) fn set_root(&mut self, id: &str, root: Option<Root>) -> (bool, Vec<(String, Root)>) {
        let is_new = root.as_ref().is_some_and(|root| {
            let same = |e: &Entry| matches!(&e.root, Fault::Is(r) if r.id == root.id);
            !self.entries.values().any(same)
        });
        if let Some(entry) = self.entries.get_mut(id) {
            entry.root = root.map_or(Fault::Unknown, Fault::Is);
        }
        // What it shares functions with need not be run at once.
        let open = self.in_order().filter(|(_, e)| e.root == Fault::Open);
        let presumed =
            open.filter_map(|(id, e)| Some((id.clone(), self.presume(e.kind, &e.sides)?)));
        let presumed: Vec<(String, Root)> = presumed.collect();
        for (id, root) in &presumed {
            if let Some(entry) = self.entries.get_mut(id) {
                entry.root = Fault::Presumed(root.clone());
            }
        }
        (is_new, presumed)
    }

    /// Takes note of a better name for a root that is new.
    pub(super) fn rename(&mut self, id: &str, root: Root) {
        if let Some(entry) = self.entries.get_mut(id) {
            entry.root = Fault::Is(root);
        }
    }

    /// Takes note of a minimized program: the share of processes that it shows the finding in, and
    /// whether the minimizer was done.
    pub(super) fn set_program(&mut self, id: &str, rate: f64, is_complete: bool) {
        if let Some(entry) = self.entries.get_mut(id) {
            entry.work = Work::Done { rate, is_complete };
        }
    }

    /// Takes note that it was looked for what a finding does without the race detector.
    pub(super) fn set_consequence(&mut self, id: &str) {
        if let Some(entry) = self.entries.get_mut(id) {
            entry.has_consequence = true;
        }
    }

    /// Takes note that a finding could not be minimized, and whether more time would not help.
    pub(super) fn set_failed(&mut self, id: &str, for_good: bool) {
        if let Some(entry) = self.entries.get_mut(id)
            && !entry.has_program()
        {
            entry.work = Work::Failed { for_good };
        }
    }

    /// The next thing to do, which the caller does. While it is blind, no roots are determined.
    pub(super) fn take(&mut self, is_blind: bool) -> Option<Job> {
        self.is_blind = is_blind;
        let job = self.next()?;
        self.after_root = matches!(job, Job::Root(_));
        if let Some(entry) = self.entries.get_mut(job.id()) {
            entry.is_busy = true;
        }
        Some(job)
    }

    /// Takes note that the job with a finding is over.
    pub(super) fn release(&mut self, id: &str) {
        if let Some(entry) = self.entries.get_mut(id) {
            entry.is_busy = false;
        }
    }

    /// Whether a job is not over.
    pub(super) fn is_busy(&self) -> bool {
        self.entries.values().any(|e| e.is_busy)
    }

    /// The next thing to do, bugs first: determine roots and, in turns with that, make a program for
    /// each; confirm the roots that are only presumed; make programs smaller for which time was
    /// short.
    fn next(&self) -> Option<Job> {
        if self.is_blind {
            return self.unlike_others().map(|id| Job::Minimize(id.clone(), SHORT));
        }
        // One root shows as dozens of races, but a crash is mostly the only one of its root, and tells
        // it at once. A hang takes its time under each patch. A small test case tells its root in less
        // time.
        let is_late = |kind| matches!(kind, Kind::DataRace | Kind::Hang | Kind::Deadlock);
        let by_class = |wanted: &dyn Fn(&Entry) -> bool| {
            let all = self.in_order().filter(|(_, e)| !e.is_busy && wanted(e));
            all.min_by_key(|(_, e)| (e.class, is_late(e.kind), !e.has_program()))
                .map(|(id, _)| id.clone())
        };
        let open = by_class(&|e| e.root == Fault::Open).map(Job::Root);
        if open.is_some() && !self.after_root {
            return open;
        }
        let groups = self.groups();
        let short: Vec<_> = groups.values().filter_map(|all| self.to_minimize(all)).collect();
        if let Some((_, id)) = short.into_iter().min_by_key(|(order, _)| *order) {
            return Some(Job::Minimize(id, SHORT));
        }
        if open.is_some() {
            return open;
        }
        if let Some(id) = by_class(&|e| matches!(e.root, Fault::Presumed(_))) {
            return Some(Job::Root(id));
        }
        let late = groups.values().filter(|all| !has_program(all)).flatten();
        let mut late =
            late.filter(|(_, e)| !e.is_busy && e.work == Work::Failed { for_good: false });
        if let Some((id, _)) = late.next() {
            return Some(Job::Minimize((*id).clone(), LONG));
        }
        let without = groups.values().find_map(|all| to_ask(all));
        if let Some(id) = without {
            return Some(Job::Consequence(id.clone()));
        }
        let unfinished = |e: &Entry| matches!(e.work, Work::Done { is_complete: false, .. });
        by_class(&unfinished).map(|id| Job::Minimize(id, LONG))
    }

    /// The next finding to minimize while roots are unknown: it shares no function with any for which
    /// that was tried, so that it probably has a root of its own.
    fn unlike_others(&self) -> Option<&String> {
        let tried = |e: &&Entry| e.work != Work::Nothing || e.is_busy;
        let is_unlike = |e: &Entry| {
            let alike = |o: &Entry| o.kind == e.kind && !o.sides.is_disjoint(&e.sides);
            !self.entries.values().filter(tried).any(alike)
        };
        let untried = self.in_order().filter(|(_, e)| e.work == Work::Nothing && !e.is_busy);
        let all = untried.filter(|(_, e)| is_unlike(e));
        all.min_by_key(|(_, e)| (e.class, e.rate < 0.5, e.lines)).map(|(id, _)| id)
    }

    /// Findings by root. A finding of a kind that has none is a group of its own.
    fn groups(&self) -> BTreeMap<&str, Vec<(&String, &Entry)>> {
        let mut groups: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for (id, entry) in self.in_order() {
            let group = match &entry.root {
                Fault::Is(root) | Fault::Presumed(root) => &root.id,
                Fault::None => id,
                Fault::Open | Fault::Unknown => continue,
            };
            groups.entry(group).or_default().push((id, entry));
        }
        groups
    }

    /// The finding of a root that is minimized next, if the root has no program that shows it in
    /// most processes. Those that were determined come before those that are presumed, and then
    /// those that show often and are short. The order is that among roots: one without any program
    /// comes first.
    fn to_minimize(&self, group: &[(&String, &Entry)]) -> Option<((bool, Class), String)> {
        let good = |e: &Entry| matches!(e.work, Work::Done { rate, .. } if rate >= 0.5);
        let tried = group.iter().filter(|(_, e)| e.work != Work::Nothing).count();
        if tried >= TRIES || group.iter().any(|(_, e)| good(e) || e.is_busy) {
            return None;
        }
        let untried = group.iter().filter(|(_, e)| e.work == Work::Nothing);
        let key = |e: &Entry| {
            let presumed = matches!(e.root, Fault::Presumed(_));
            (presumed, e.class, e.rate < 0.5, e.lines)
        };
        let has_one = has_program(group);
        untried.min_by_key(|(_, e)| key(e)).map(|(id, e)| ((has_one, e.class), (*id).clone()))
    }

    /// Roots that have a program, and all roots.
    pub(super) fn progress(&self) -> (usize, usize) {
        let groups = self.groups();
        (groups.values().filter(|all| has_program(all)).count(), groups.len())
    }

    /// Findings that nothing was done for although their root has no program yet.
    pub(super) fn waiting(&self) -> usize {
        let (done, all) = self.progress();
        let open = self.entries.values().filter(|e| e.root == Fault::Open).count();
        all - done + open
    }

    /// Whether every root has a program that shows it, and no root is open or presumed.
    pub(super) fn is_finished(&self) -> bool {
        let is_only_better = |id: &String| self.entries.get(id).is_some_and(Entry::has_program);
        match self.next() {
            Some(Job::Minimize(id, _)) => is_only_better(&id),
            Some(Job::Root(_)) => false,
            Some(Job::Consequence(_)) => true,
            None => !self.is_blind,
        }
    }
}

impl Entry {
    fn has_program(&self) -> bool {
        matches!(self.work, Work::Done { .. })
    }
}

/// The race of a root that is run without the race detector: it has a program, and none of that
/// root was run.
fn to_ask<'a>(group: &[(&'a String, &Entry)]) -> Option<&'a String> {
    if group.iter().any(|(_, e)| e.has_consequence || e.is_busy) {
        return None;
    }
    let fits = |e: &Entry| e.kind == Kind::DataRace && e.class != Class::Breach && e.has_program();
    group.iter().find(|(_, e)| fits(e)).map(|(id, _)| *id)
}

/// Whether some finding of a group has a program.
fn has_program(group: &[(&String, &Entry)]) -> bool {
    group.iter().any(|(_, e)| e.has_program())
}

fn share([k, n]: [u32; 2]) -> f64 {
    f64::from(k) / f64::from(n.max(1))
}

#[cfg(test)]
mod tests;
