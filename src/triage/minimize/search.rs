//! Runs reducers to a fixpoint.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use super::job::{Job, Judged};
use super::memory::{History, Verdicts};
use super::pool::Pool;
use super::predicate::{Answer, Candidate, MORE_SEEDS, Predicate};
use super::reducer::{Edit, Reducer};
use super::size::Size;
use super::starts::Starts;
use super::tidy::tidy;
use super::tune::{DEAR, mended};
use super::{MinimizeError, Status};
use crate::edit::address;
use crate::goast::build::struct_of;
use crate::harness::HarnessError;
use crate::testcase::TestCase;

/// The smallest test case so far, and what is known about others.
pub(crate) struct Search<'a> {
    pub pool: &'a Pool,
    pub predicate: Predicate,
    pub case: TestCase,
    pub size: Size,
    pub history: History,
    pub known: Verdicts,
    pub jobs: usize,
    pub deadline: Option<Instant>,
    pub stop: Arc<AtomicBool>,
    /// Other starting points.
    pub starts: Starts,
    /// The share of time that may be used, 1 to 100.
    pub percent: u32,
    pub started: Instant,
    /// Candidates judged.
    pub tried: u64,
    pub watch: &'a mut dyn FnMut(&Status),
}

/// One part in this many of the time is spent first on edits that leave no errors.
const ERRORS: u32 = 8;

impl Search<'_> {
    /// Whether time is up or the user asked for the end.
    pub fn over(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.deadline.is_some_and(|d| Instant::now() >= d)
    }

    /// The whole search. It first heads for a program without errors, as far as possible. Returns
    /// true if it finished.
    ///
    /// # Errors
    /// The harness's. The best result so far is kept.
    pub fn descend(&mut self) -> Result<bool, MinimizeError> {
        self.predicate.hasty = self.case.scenario.schedule.is_some();
        if !self.predicate.valid {
            let all = super::reducers();
            self.predicate.valid = true;
            self.known.clear();
            let size = self.size;
            let whole = self.deadline;
            // If the errors cause the finding, this leads nowhere.
            let share = whole.map(|d| d.saturating_duration_since(self.started) / ERRORS);
            self.deadline = share.map(|share| Instant::now() + share).min(whole);
            for reducer in all {
                if !self.exhaust(reducer)? || self.size != size {
                    break;
                }
            }
            self.deadline = whole;
            self.predicate.valid = self.size != size;
            self.known.clear();
        }
        let all = super::reducers();
        let (all, last) = all.split_at(all.len() - super::LAST);
        let mut complete = self.fixpoint(all)?;
        if complete && self.predicate.hasty {
            self.make_sure()?;
            complete = self.fixpoint(all)?;
        }
        if complete && !self.predicate.valid {
            self.mend()?;
            if self.predicate.valid {
                complete = self.fixpoint(all)?;
            }
        }
        while complete && let Some(candidate) = self.elsewhere()? {
            self.take(candidate);
            complete = self.fixpoint(all)?;
        }
        if complete && self.case.scenario.schedule.is_some() {
            // A cut that was refused may only have shifted the steps.
            self.predicate.seeds = MORE_SEEDS;
            self.known.clear();
            complete = self.fixpoint(all)?;
        }
        for reducer in last {
            complete = complete && self.exhaust(*reducer)?;
        }
        Ok(complete)
    }

    /// Ends the time of hasty cuts: goes back to the smallest test case that passes the whole test.
    fn make_sure(&mut self) -> Result<(), MinimizeError> {
        self.predicate.hasty = false;
        self.known.clear();
        self.show("making sure that it still shows");
        let mut back = 1;
        while !self.over() {
            if let Some(sure) = self.predicate.ask(self.pool, &self.case)? {
                self.case = sure;
                break;
            }
            if self.history.is_empty() {
                break;
            }
            for _ in 0..back {
                self.case = self.history.pop().unwrap_or_else(|| self.case.clone());
            }
            back *= 2;
        }
        self.size = Size::of_case(&self.case);
        Ok(())
    }

    /// Looks for a smaller test case that no cut leads to.
    fn elsewhere(&mut self) -> Result<Option<Candidate>, MinimizeError> {
        self.show("programs of other findings");
        let began = Instant::now();
        let found = self.starts.next(self.pool, &self.predicate, self.size)?;
        self.pace(began.elapsed());
        Ok(found.map(|(case, _)| case.into()))
    }

    /// Runs reducers in order until none finds anything. Returns true if none would.
    ///
    /// # Errors
    /// The harness's. The best result so far is kept.
    pub fn fixpoint(&mut self, reducers: &[&dyn Reducer]) -> Result<bool, MinimizeError> {
        loop {
            let before = self.size;
            for reducer in reducers {
                if !self.exhaust(*reducer)? {
                    return Ok(false);
                }
            }
            if self.size == before {
                return Ok(true);
            }
        }
    }

    /// Applies one reducer until it finds nothing; false if time ran out.
    fn exhaust(&mut self, reducer: &dyn Reducer) -> Result<bool, MinimizeError> {
        let mut start = 0;
        loop {
            self.show(reducer.name());
            let edits = reducer.edits(&self.case);
            let n = edits.len();
            let mut at = 0;
            let won = loop {
                if at >= n {
                    break None;
                }
                if self.over() {
                    return Ok(false);
                }
                let (next, won) = self.batch(&edits, start, at)?;
                if won.is_some() {
                    break won;
                }
                at = next;
            };
            let Some((place, candidate)) = won else { return Ok(true) };
            // The earlier edits did not help, and seldom do after a cut.
            start = place;
            self.take(candidate);
            self.notice_valid()?;
            self.notice_cheap()?;
        }
    }

    /// Tries the smallest test case without its errors, and variants that have none.
    pub fn mend(&mut self) -> Result<(), MinimizeError> {
        self.show("a program without errors");
        let predicate = Predicate { valid: true, ..self.predicate.clone() };
        let mut variants = vec![mended(&self.case)];
        // `T{}` wants a struct.
        for at in address::types(&self.case) {
            let mut case = self.case.clone();
            if let Some(spec) = address::type_spec_mut(&mut case, at) {
                spec.typ = struct_of(Vec::new());
                variants.push(mended(&case));
                variants.push(case);
            }
        }
        for mut case in variants {
            tidy(&mut case);
            if self.over() {
                break;
            }
            if let Some(case) = predicate.ask(self.pool, &case)? {
                self.predicate = predicate;
                self.take(case.into());
                return Ok(());
            }
        }
        // Otherwise another program without errors, even if it is larger.
        let began = Instant::now();
        if !self.predicate.unknowable
            && let Some((case, _)) = self.starts.shape(self.pool, &predicate)?
        {
            self.predicate = predicate;
            self.take(case.into());
        }
        self.pace(began.elapsed());
        Ok(())
    }

    /// Once a program has no errors, it must stay that way.
    fn notice_valid(&mut self) -> Result<(), MinimizeError> {
        if !self.predicate.valid && !self.predicate.unknowable {
            let case = self.case.clone();
            let valid = self.pool.ask(move |harness| Predicate::is_valid(harness, &case));
            self.predicate.valid = match valid {
                Err(HarnessError::Interrupted) => false,
                other => other?,
            };
        }
        Ok(())
    }

    /// If runs have become cheap, candidates are judged more strictly.
    fn notice_cheap(&mut self) -> Result<(), MinimizeError> {
        if !self.predicate.dear {
            return Ok(());
        }
        let (predicate, case) = (self.predicate.clone(), self.case.clone());
        let took = self.pool.ask(move |harness| {
            let began = Instant::now();
            predicate.run(harness, &case)?;
            Ok(began.elapsed())
        });
        match took {
            Err(HarnessError::Interrupted) => {}
            took => self.predicate.dear = took? > DEAR,
        }
        Ok(())
    }

    /// Makes a candidate the new smallest test case.
    pub fn take(&mut self, candidate: Candidate) {
        self.size = Size::of(&candidate.case, &candidate.text);
        // Once a scenario breaks no rule, it must stay that way.
        self.predicate.class = self.predicate.class.min(candidate.case.scenario.class());
        self.history.push(&self.case);
        self.case = candidate.case;
    }

    /// Shows what the search does from now on.
    pub fn show(&mut self, doing: &'static str) {
        let status = Status { doing, lines: self.case.to_source().lines(), tried: self.tried };
        (self.watch)(&status);
    }

    /// Judges the next candidates, from `at` on, cyclically from `start`. Returns where to
    /// continue, or the first candidate that shows the finding.
    fn batch(
        &mut self,
        edits: &[Edit],
        start: usize,
        mut at: usize,
    ) -> Result<(usize, Option<(usize, Candidate)>), MinimizeError> {
        let mut batch = Vec::new();
        while at < edits.len() && batch.len() < self.jobs * 2 {
            let place = (start + at) % edits.len();
            at += 1;
            let mut case = self.case.clone();
            if !edits[place](&mut case) {
                continue;
            }
            let Some(candidate) = Candidate::new(case, self.size) else { continue };
            match self.known.get(&candidate.text) {
                Some(Answer::Not) => {}
                _ if batch.iter().any(|(_, c): &(_, Candidate)| c.text == candidate.text) => {}
                _ => batch.push((place, candidate)),
            }
        }
        if batch.is_empty() {
            return Ok((at, None));
        }
        let began = Instant::now();
        let judged = self.judge(batch)?;
        self.pace(began.elapsed());
        Ok((at, judged))
    }

    fn judge(
        &mut self,
        batch: Vec<(usize, Candidate)>,
    ) -> Result<Option<(usize, Candidate)>, MinimizeError> {
        let won = Arc::new(AtomicUsize::new(usize::MAX));
        let (answer, answers) = channel();
        let before = Arc::new(self.case.clone());
        let mut places = Vec::new();
        for (i, (place, candidate)) in batch.into_iter().enumerate() {
            places.push(place);
            let job = Job {
                at: i,
                known: self.known.get(&candidate.text),
                candidate,
                predicate: self.predicate.clone(),
                before: Arc::clone(&before),
                limit: self.size,
                won: Arc::clone(&won),
            };
            self.pool.submit(answer.clone(), move |harness| job.run(harness));
        }
        drop(answer);
        let mut first: Option<(usize, Candidate)> = None;
        let mut failed = None;
        for judged in answers {
            match judged {
                Ok(Judged { at: i, shown, said }) => {
                    self.tried += said.len() as u64;
                    for (text, answer) in said.iter().filter(|(_, a)| *a != Answer::Abandoned) {
                        self.known.record(text, *answer);
                    }
                    if let Some(candidate) = shown
                        && first.as_ref().is_none_or(|(j, _)| i < *j)
                    {
                        first = Some((i, candidate));
                    }
                }
                // The user asked for the end, or a process broke the protocol.
                Err(e) => failed = Some(e),
            }
        }
        match (first, failed) {
            (Some((i, candidate)), _) => Ok(Some((places[i], candidate))),
            (None, Some(HarnessError::Interrupted)) | (None, None) => Ok(None),
            (None, Some(e)) => Err(e.into()),
        }
    }

    /// Rests so that at most the share of time is used.
    pub fn pace(&self, worked: Duration) {
        if self.percent >= 100 {
            return;
        }
        let rest = worked * (100 - self.percent) / self.percent.max(1);
        let until = Instant::now() + rest;
        while Instant::now() < until && !self.over() {
            std::thread::sleep(Duration::from_millis(20).min(rest));
        }
    }
}
