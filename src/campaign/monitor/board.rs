//! The state of a running campaign, for the screen, the metrics and the file of figures. The
//! campaign writes it, and they read it whenever they like.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use crate::campaign::monitor::samples::Sample;
use crate::campaign::results::figures::Figures;
use crate::campaign::results::found::Found;
use crate::finding::{Kind, Root, sides};
use crate::scenario::Class;

/// Log lines that are kept.
const LOG: usize = 1_000;
/// The maximum number of points in the curve; beyond it, every other one is dropped.
const POINTS: usize = 1_024;
/// The period over which the current speed is measured.
const RECENT: f64 = 20.0;

/// The state of a worker.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkerState {
    /// Its number.
    pub number: usize,
    /// `starting`, `running`, `stopping`, `ended`, `lost`.
    pub state: &'static str,
    /// Its process, while there is one.
    pub pid: Option<u32>,
    /// Executions, including those of its processes that died.
    pub execs: u64,
    /// The number of restarts.
    pub restarts: u32,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Since the campaign's start.
    pub at: Duration,
    /// The line.
    pub text: String,
    /// Whether to print it again when the screen closes: a warning, or something that the summary
    /// does not mention.
    pub warning: bool,
}

/// The displayed state of a campaign.
#[derive(Clone, Debug)]
pub struct Board {
    /// The go/types under test.
    pub go_version: String,
    /// The seed.
    pub seed: u64,
    /// Whether each breach of contract is shown, and not only their number.
    pub verbose: bool,
    /// The latest figures.
    pub figures: Figures,
    /// Findings, each once, in the order of discovery.
    pub found: Vec<Found>,
    /// Workers; empty if the campaign is a single process.
    pub workers: Vec<WorkerState>,
    /// Log lines, oldest first.
    pub log: VecDeque<LogLine>,
    /// Seconds and counters hit.
    pub curve: Vec<(f64, usize)>,
    recent: VecDeque<(f64, u64)>,
    began: Instant,
    /// Whether roots are determined, so that a finding that probably has the root of an earlier one
    /// needs no line.
    pub has_roots: bool,
    /// The roots that had a program when that was last shown, and all roots.
    pub(super) waits_for: Option<(usize, usize)>,
    /// When the last plain line was written.
    pub(super) printed: Option<Duration>,
}

impl Default for Board {
    fn default() -> Self {
        Self {
            go_version: String::new(),
            seed: 0,
            verbose: false,
            figures: Figures::default(),
            found: Vec::new(),
            workers: Vec::new(),
            log: VecDeque::new(),
            curve: Vec::new(),
            recent: VecDeque::new(),
            began: Instant::now(),
            has_roots: false,
            waits_for: None,
            printed: None,
        }
    }
}

impl Board {
    /// Takes figures of a campaign that has run for `now`.
    pub fn update(&mut self, figures: Figures, now: Duration) {
        if let Some(began) = Instant::now().checked_sub(now) {
            self.began = began;
        }
        self.figures = figures;
        let seconds = now.as_secs_f64();
        self.curve.push((seconds, figures.coverage.hit));
        if self.curve.len() > POINTS {
            let mut i = 0;
            // The first and the newest stay.
            self.curve.retain(|_| {
                i += 1;
                i % 2 == 1
            });
        }
        self.recent.push_back((seconds, figures.execs));
        while self.recent.len() > 2 && self.recent[1].0 < seconds - RECENT {
            self.recent.pop_front();
        }
    }

    /// Time since the campaign began.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Executions per second, recently.
    #[must_use]
    pub fn recent_rate(&self) -> f64 {
        match (self.recent.front(), self.recent.back()) {
            (Some((t0, n0)), Some((t1, n1))) if t1 > t0 => {
                n1.saturating_sub(*n0) as f64 / (t1 - t0)
            }
            _ => self.figures.execs as f64 / self.curve.last().map_or(1.0, |p| p.0.max(0.001)),
        }
    }

    /// Records a finding. If it is known already, its first occurrence stays, with the graver
    /// class.
    pub fn add(&mut self, found: &Found) {
        match self.found.iter_mut().find(|f| f.id == found.id) {
            Some(seen) if found.class < seen.class => {
                (seen.class, seen.title) = (found.class, found.title.clone());
            }
            Some(_) => {}
            None => self.found.push(found.clone()),
        }
    }

    /// Whether a finding probably has the root of an earlier one: it is of the same kind, and
    /// shares a function with it. Always false if roots are not determined, or each finding is to
    /// be shown.
    #[must_use]
    pub fn is_further(&self, found: &Found) -> bool {
        let own: Vec<&str> = sides(&found.signature).collect();
        let alike = |f: &Found| {
            let is_peer = f.kind == found.kind && f.class != Class::Breach;
            is_peer && sides(&f.signature).any(|side| own.contains(&side))
        };
        let earlier = self.found.iter().take_while(|f| f.id != found.id);
        self.has_roots && !self.verbose && { earlier }.any(alike)
    }

    /// Takes note of a finding's root.
    pub fn set_root(&mut self, finding: &str, root: &Root) {
        if let Some(found) = self.found.iter_mut().find(|f| f.id == finding) {
            found.root = Some(root.clone());
        }
    }

    /// The roots so far, in the order of discovery, each with the number of its findings.
    #[must_use]
    pub fn roots(&self) -> Vec<(&Root, usize)> {
        let mut roots: Vec<(&Root, usize)> = Vec::new();
        for root in self.found.iter().filter_map(|f| f.root.as_ref()) {
            match roots.iter_mut().find(|(r, _)| r.id == root.id) {
                Some((_, n)) => *n += 1,
                None => roots.push((root, 1)),
            }
        }
        roots
    }

    /// The end of a plain line: the number of breaches, and the findings of each root.
    #[must_use]
    pub fn counts(&self) -> String {
        let breaches = self.found.iter().filter(|f| f.class == Class::Breach).count();
        let mut text = match breaches {
            0 => String::new(),
            n => format!(" (contract {n})"),
        };
        let roots = self.roots();
        let new = roots.iter().filter(|(root, _)| root.is_new()).count();
        let known = roots.iter().filter(|(root, _)| !root.is_new());
        let mut parts: Vec<String> = known.map(|(root, n)| format!("{} {n}", root.id)).collect();
        if new > 0 {
            parts.push(format!("new {new}"));
        }
        if !parts.is_empty() {
            text.push_str(&format!("; roots: {}", parts.join(", ")));
        }
        text
    }

    /// Whether a finding of a class is worth a line of its own.
    #[must_use]
    pub fn shows(&self, class: Class) -> bool {
        self.verbose || class != Class::Breach
    }

    /// Adds a log line.
    pub fn log(&mut self, text: &str, warning: bool) {
        if self.log.len() == LOG {
            self.log.pop_front();
        }
        self.log.push_back(LogLine { at: self.elapsed(), text: text.to_owned(), warning });
    }

    /// Findings by kind and class.
    #[must_use]
    pub fn kinds(&self) -> BTreeMap<Kind, BTreeMap<Class, usize>> {
        let mut kinds: BTreeMap<_, BTreeMap<_, usize>> = BTreeMap::new();
        for found in &self.found {
            *kinds.entry(found.kind).or_default().entry(found.class).or_default() += 1;
        }
        kinds
    }

    /// The line for the file of figures.
    #[must_use]
    pub fn sample(&self, f: &Figures, now: Duration) -> Sample {
        Sample {
            seconds: now.as_secs_f64(),
            execs: f.execs,
            execs_per_second: f.rate(now),
            corpus: f.corpus,
            coverage: f.coverage.hit,
            counters: f.coverage.total,
            valid_percent: f.valid_percent(),
            findings: f.findings,
            findings_by: self.kinds(),
            roots: self.roots().into_iter().map(|(r, n)| (r.id.clone(), n)).collect(),
            harness_restarts: f.restarts,
            last_coverage: f.last_coverage,
            last_finding: f.last_finding,
            workers: self.workers.iter().filter(|w| w.pid.is_some()).count().max(1),
            end: None,
        }
    }
}

#[cfg(test)]
pub(in crate::campaign) mod tests {
    use super::*;
    use crate::campaign::Coverage;

    pub(in crate::campaign) fn found(n: usize, kind: Kind, class: Class, title: &str) -> Found {
        Found {
            id: format!("{kind}-{n:012x}"),
            kind,
            class,
            signature: title.to_owned(),
            title: title.to_owned(),
            seconds_to_find: n as f64,
            execs_to_find: 10 * n as u64,
            reproduced: [3, 3],
            path: "crashes/x".into(),
            stored_before: false,
            known: None,
            root: None,
            times: 1,
        }
    }

    #[test]
    fn the_curve_stays_small_and_keeps_its_ends() {
        let mut board = Board::default();
        for i in 0..5_000u64 {
            let coverage = Coverage { hit: i as usize, total: 9_000 };
            let figures = Figures { execs: 3 * i, coverage, ..Figures::default() };
            board.update(figures, Duration::from_secs(i));
        }
        assert!(board.curve.len() <= POINTS, "{}", board.curve.len());
        assert_eq!(board.curve[0], (0.0, 0));
        assert!(board.curve.last().unwrap().0 > 4_990.0);
        assert!(board.curve.windows(2).all(|w| w[0].0 < w[1].0));
        assert_eq!(board.recent_rate(), 3.0);
        assert!(board.recent.len() < 30);
    }

    #[test]
    fn a_finding_counts_once_with_its_gravest_class() {
        let mut board = Board::default();
        board.add(&found(1, Kind::DataRace, Class::Breach, "a"));
        board.add(&found(1, Kind::DataRace, Class::Bug, "a as a bug"));
        board.add(&found(2, Kind::Hang, Class::Unstated, "b"));
        assert_eq!(board.found[0].title, "a as a bug");
        let kinds = board.kinds();
        assert_eq!(kinds[&Kind::DataRace], BTreeMap::from([(Class::Bug, 1)]));
        assert_eq!(kinds[&Kind::Hang][&Class::Unstated], 1);
    }

    #[test]
    fn further_findings_of_a_root_are_counted() {
        let race = |n, class, signature: &str| Found {
            signature: format!("data-race: {signature}"),
            ..found(n, Kind::DataRace, class, signature)
        };
        let first = race(1, Class::Bug, "a / b");
        let further = race(2, Class::Unstated, "b / c");
        let mut board = Board { has_roots: true, ..Board::default() };
        assert!(!board.is_further(&first));
        board.add(&race(9, Class::Breach, "a / b"));
        assert!(!board.is_further(&first), "a breach has no root");
        board.add(&first);
        assert!(board.is_further(&further) && !board.is_further(&first));
        assert!(!board.is_further(&race(3, Class::Bug, "c / d")));
        board.add(&further);
        assert!(!board.is_further(&first), "it came first");
        let hang = Found { kind: Kind::Hang, ..race(4, Class::Bug, "a / b") };
        assert!(!board.is_further(&hang));
        let root = |id: &str| Root {
            id: id.to_owned(),
            title: "t".to_owned(),
            issues: Vec::new(),
            by: crate::finding::RootBy::Guess,
            tried: Vec::new(),
        };
        assert_eq!(board.counts(), " (contract 1)");
        board.set_root(&first.id, &root("R1"));
        board.set_root(&further.id, &root("R1"));
        board.add(&hang);
        board.set_root(&hang.id, &root("new: x"));
        assert_eq!(board.counts(), " (contract 1); roots: R1 2, new 1");
        board.verbose = true;
        assert!(!board.is_further(&further));
        board.verbose = false;
        board.has_roots = false;
        assert!(!board.is_further(&further), "nothing will say what its root is");
    }

    #[test]
    fn the_log_forgets_its_oldest_lines() {
        let mut board = Board::default();
        for i in 0..LOG + 5 {
            board.log(&i.to_string(), false);
        }
        assert_eq!((board.log.len(), board.log[0].text.as_str()), (LOG, "5"));
    }
}
