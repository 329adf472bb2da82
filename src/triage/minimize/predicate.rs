//! Decides whether a test case still shows the finding.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::pool::Pool;
use super::size::Size;
use super::sprt::SequentialTest;
use super::tidy::tidy;
use super::tries::Tries;
use crate::edit::repair;
use crate::finding::{Finding, Kind, Origin, sides};
use crate::harness::{Harness, HarnessError, RunReply, RunRequest, Verdict};
use crate::rng::Rng;
use crate::scenario::{Class, Operation, Scenario};
use crate::testcase::TestCase;
use crate::triage::{Judge, Tally};

/// The maximum time limit for a test case that hangs, because each run takes all of it.
pub(crate) const STALL_LIMIT: Duration = Duration::from_millis(1000);

/// The number of schedules tried with a candidate whose own schedule does not show the finding:
/// each cut shifts the steps that a seed counts.
pub(crate) const SEEDS: u64 = 6;
/// The same when nothing gets smaller any more, if there is time.
pub(crate) const MORE_SEEDS: u64 = 30;

/// The conditions that a candidate must meet.
#[derive(Clone, Debug)]
pub(crate) struct Predicate {
    /// The finding's id.
    pub id: String,
    pub kind: Kind,
    /// A greater class is not accepted.
    pub class: Class,
    /// The rate to preserve.
    pub rate: f64,
    /// Whether a run takes so long that only a few are possible.
    pub dear: bool,
    /// Whether every package must type-check, each by itself.
    pub valid: bool,
    pub origin: Origin,
    /// The harness of [`super::Options::patched`].
    pub patched: Option<Arc<Mutex<Harness>>>,
    /// Counts the runs.
    pub tries: Arc<Tries>,
    /// When runs must end, with or without an answer.
    pub deadline: Option<Instant>,
    /// The number of race reports after which a run is silent; 0 for no limit.
    pub reports: u16,
    /// The place of a fatal error on a map. During the search, a race at this place counts as well:
    /// two goroutines seldom meet in the map itself, and a process dies each time, but the race
    /// between them always shows.
    pub site: Option<String>,
    /// Additional seeds to try with a candidate.
    pub seeds: u64,
    /// Whether a candidate with a schedule is accepted after a few runs, and only the first of the
    /// additional seeds is tried: first cut, then make sure.
    pub hasty: bool,
    /// How long to wait for a run that hangs.
    pub stall: Duration,
    /// Whether checking a package alone does not end, so that it is unknown whether the package has
    /// errors.
    pub unknowable: bool,
}

/// The answer for a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It shows the finding often enough.
    Shows,
    /// It does not show it often enough.
    Not,
    /// It does not type-check, but must.
    Invalid,
    /// An earlier candidate won, or time is up.
    Abandoned,
}

/// A candidate being judged.
pub(crate) struct Candidate {
    pub case: TestCase,
    pub text: String,
}

impl From<TestCase> for Candidate {
    fn from(case: TestCase) -> Self {
        Self { text: case.to_source().to_txtar(), case }
    }
}

impl Candidate {
    /// A tidied candidate; `None` if it is not smaller than `limit`.
    pub fn new(mut case: TestCase, limit: Size) -> Option<Self> {
        tidy(&mut case);
        if case.packages.is_empty() || case.scenario.go.is_empty() {
            return None;
        }
        let text = case.to_source().to_txtar();
        (Size::of(&case, &text) < limit).then_some(Self { case, text })
    }

    /// The candidate after a repair; `None` if that changes nothing.
    pub fn repaired(&self, before: &TestCase, limit: Size) -> Option<Self> {
        let mut case = self.case.clone();
        repair(&mut case, before, &mut Rng::new(1));
        Self::new(case, limit).filter(|c| c.text != self.text)
    }
}

/// Whether a package of the reply has errors.
pub(crate) fn has_errors(reply: &RunReply) -> bool {
    let wrong = |v: Verdict| matches!(v, Verdict::TypeErrors | Verdict::SyntaxErrors);
    reply.verdicts.iter().any(|(v, _)| wrong(*v))
}

impl Predicate {
    fn hit(&self, findings: &[Finding]) -> bool {
        let races = |f: &Finding| {
            f.kind == Kind::DataRace
                && self.site.as_deref().is_some_and(|site| sides(&f.signature).any(|s| s == site))
        };
        findings.iter().any(|f| f.id == self.id || races(f))
    }

    /// Whether each run that shows it takes a whole time limit.
    pub fn stalls(&self) -> bool {
        self.kind.stalls()
    }

    /// The predicate for the finding itself, where a race stood in for it, and with longer limits.
    pub fn itself(&self) -> Self {
        Self { site: None, stall: STALL_LIMIT, hasty: false, ..self.clone() }
    }

    /// Makes one run. Returns whether it shows the finding, also on a patched go/types if that is
    /// asked for.
    pub fn run(&self, harness: &mut Harness, case: &TestCase) -> Result<bool, HarnessError> {
        let shows = self.run_on(harness, case)?;
        match &self.patched {
            Some(patched) if shows => {
                let mut patched = patched.lock().unwrap_or_else(PoisonError::into_inner);
                self.run_on(&mut patched, case)
            }
            _ => Ok(shows),
        }
    }

    fn run_on(&self, harness: &mut Harness, case: &TestCase) -> Result<bool, HarnessError> {
        if harness.is_interrupted() {
            return Err(HarnessError::Interrupted);
        }
        if self.stalls() {
            self.shorten(harness);
        }
        let source = case.to_source();
        let request = RunRequest::new(&case.scenario, &source.packages).with_reports(self.reports);
        let judge = Judge::new(self.origin.clone());
        let (_, judgement) = judge.examine(harness, &request)?;
        self.tries.record(&judgement.findings);
        Ok(self.hit(&judgement.findings))
    }

    /// Whether the checks of the packages, one after another, do not end.
    pub fn is_unknowable(
        &self,
        harness: &mut Harness,
        case: &TestCase,
    ) -> Result<bool, HarnessError> {
        self.shorten(harness);
        Ok(Self::checked(harness, case)?.is_none())
    }

    /// Sets the limits for a run that may hang.
    fn shorten(&self, harness: &mut Harness) {
        harness.set_limits(harness.limits().of_run(self.stall));
    }

    /// Checks each package separately; `None` if a check does not end.
    fn checked(harness: &mut Harness, case: &TestCase) -> Result<Option<RunReply>, HarnessError> {
        let check = |p: &crate::testcase::Package| Operation::Check { package: p.path.clone() };
        let scenario = Scenario {
            godebug: case.scenario.godebug.clone(),
            before: case.packages.iter().map(check).collect(),
            ..Scenario::default()
        };
        let source = case.to_source();
        Ok(harness.run(&RunRequest::new(&scenario, &source.packages))?.reply)
    }

    /// Whether every package type-checks. The scenario does not show this, because two checks of
    /// one package declare everything twice.
    pub fn is_valid(harness: &mut Harness, case: &TestCase) -> Result<bool, HarnessError> {
        let reply = Self::checked(harness, case)?;
        // Checking this program alone does not end, so it reports no errors.
        Ok(!reply.as_ref().is_some_and(has_errors))
    }

    /// Runs a candidate until the answer is clear. `won` is the index of the best candidate so far;
    /// later ones give up. A candidate with a schedule gets a seed that shows the finding, if its
    /// own does not.
    pub fn judge(
        &self,
        harness: &mut Harness,
        case: &mut TestCase,
        place: usize,
        won: &Arc<AtomicUsize>,
    ) -> Result<Answer, HarnessError> {
        let is_for = case.scenario.check_is_for(self.origin.checker());
        if case.scenario.class() > self.class || is_for.is_err() {
            return Ok(Answer::Not);
        }
        if self.stalls() {
            return self.judge_stall(harness, case);
        }
        if self.valid && !Self::is_valid(harness, case)? {
            return Ok(Answer::Invalid);
        }
        let Some(own) = case.scenario.schedule else {
            let test = SequentialTest::new(self.rate, self.dear);
            return self.test(harness, case, test, place, won);
        };
        let seeds = if self.hasty { 1 } else { self.seeds };
        for seed in std::iter::once(own).chain((1..=seeds).filter(|seed| *seed != own)) {
            case.scenario.schedule = Some(seed);
            if self.is_over(place, won) {
                return Ok(Answer::Abandoned);
            }
            if !self.run(harness, case)? {
                continue;
            }
            let mut test = SequentialTest::new(self.rate, self.dear || self.hasty);
            test.record(true);
            match self.test(harness, case, test, place, won)? {
                Answer::Not => {}
                answer => return Ok(answer),
            }
        }
        case.scenario.schedule = Some(own);
        Ok(Answer::Not)
    }

    /// The test case with a schedule that shows the finding, if one of those tried does.
    pub fn ask(&self, pool: &Pool, case: &TestCase) -> Result<Option<TestCase>, HarnessError> {
        let (predicate, mut case) = (self.clone(), case.clone());
        let won = Arc::new(AtomicUsize::new(usize::MAX));
        pool.ask(move |harness| {
            let answer = predicate.judge(harness, &mut case, 0, &won)?;
            Ok((answer == Answer::Shows).then_some(case))
        })
    }

    fn is_over(&self, place: usize, won: &AtomicUsize) -> bool {
        self.deadline.is_some_and(|d| Instant::now() >= d) || won.load(Ordering::Relaxed) < place
    }

    fn test(
        &self,
        harness: &mut Harness,
        case: &TestCase,
        mut test: SequentialTest,
        place: usize,
        won: &AtomicUsize,
    ) -> Result<Answer, HarnessError> {
        loop {
            if self.is_over(place, won) {
                return Ok(Answer::Abandoned);
            }
            match test.record(self.run(harness, case)?) {
                Some(true) => return Ok(Answer::Shows),
                Some(false) => return Ok(Answer::Not),
                None => {}
            }
        }
    }

    /// One run decides, because it costs a time limit and a process, and no other test case's stall
    /// has the same signature. The rate is measured at the end. Only candidates that show the
    /// finding are checked for errors, because checking a package alone may hang too.
    fn judge_stall(&self, harness: &mut Harness, case: &TestCase) -> Result<Answer, HarnessError> {
        if self.deadline.is_some_and(|d| Instant::now() >= d) {
            return Ok(Answer::Abandoned);
        }
        if !self.run(harness, case)? {
            return Ok(Answer::Not);
        }
        if self.valid && !Self::is_valid(harness, case)? {
            return Ok(Answer::Invalid);
        }
        Ok(Answer::Shows)
    }

    /// How often a test case shows the finding. With `fresh`, each run gets its own process. Stops
    /// early when the answer is clear.
    pub fn measure(
        &self,
        harness: &mut Harness,
        case: &TestCase,
        runs: u32,
        fresh: bool,
    ) -> Result<Tally, HarnessError> {
        let mut tally = Tally::default();
        while tally.runs < runs {
            if fresh {
                harness.recycle();
            }
            match self.run(harness, case) {
                Ok(shown) => tally.record(shown),
                // Time is up: the measurement so far is used.
                Err(HarnessError::Interrupted) if tally.runs > 0 => break,
                Err(e) => return Err(e),
            }
        }
        Ok(tally)
    }
}
