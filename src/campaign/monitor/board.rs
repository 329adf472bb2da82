//! The state of a running campaign, for the screen, the metrics and the file of figures. The
//! campaign writes it, and they read it whenever they like.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use crate::campaign::monitor::samples::Sample;
use crate::campaign::results::figures::Figures;
use crate::campaign::results::found::Found;
use crate::finding::Kind;
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
            harness_restarts: f.restarts,
            last_coverage: f.last_coverage,
            last_finding: f.last_finding,
            workers: self.workers.iter().filter(|w| w.pid.is_some()).count().max(1),
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
    fn the_log_forgets_its_oldest_lines() {
        let mut board = Board::default();
        for i in 0..LOG + 5 {
            board.log(&i.to_string(), false);
        }
        assert_eq!((board.log.len(), board.log[0].text.as_str()), (LOG, "5"));
    }
}
