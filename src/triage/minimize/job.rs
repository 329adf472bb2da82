//! One candidate of a batch, judged by one harness.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::predicate::{Answer, Candidate, Predicate};
use super::size::Size;
use crate::harness::{Harness, HarnessError};
use crate::testcase::TestCase;

/// A candidate, and what is needed to judge it.
pub(crate) struct Job {
    /// Its place in the batch.
    pub at: usize,
    pub candidate: Candidate,
    /// The answer, if the candidate was judged before.
    pub known: Option<Answer>,
    pub predicate: Predicate,
    /// The test case that the candidate comes from, for repair.
    pub before: Arc<TestCase>,
    /// The size that a repaired candidate must stay below.
    pub limit: Size,
    /// The first place of the batch that shows the finding so far.
    pub won: Arc<AtomicUsize>,
}

/// The result of a [`Job`].
pub(crate) struct Judged {
    /// The place in the batch.
    pub at: usize,
    /// The candidate, or what repair made of it, if that shows the finding.
    pub shown: Option<Candidate>,
    /// New answers, by the candidates' text.
    pub said: Vec<(String, Answer)>,
}

impl Job {
    /// Judges the candidate and, if it does not type-check, the repaired one.
    pub fn run(mut self, harness: &mut Harness) -> Result<Judged, HarnessError> {
        let mut said = Vec::new();
        let mut verdict = match self.known {
            Some(verdict) => verdict,
            None => self.judge(harness, &mut said)?,
        };
        if verdict == Answer::Invalid
            && let Some(mended) = self.candidate.repaired(&self.before, self.limit)
        {
            self.candidate = mended;
            verdict = self.judge(harness, &mut said)?;
        }
        let shows = verdict == Answer::Shows;
        if shows {
            self.won.fetch_min(self.at, Ordering::Relaxed);
        }
        Ok(Judged { at: self.at, shown: shows.then_some(self.candidate), said })
    }

    fn judge(
        &mut self,
        harness: &mut Harness,
        said: &mut Vec<(String, Answer)>,
    ) -> Result<Answer, HarnessError> {
        let candidate = &mut self.candidate;
        let schedule = candidate.case.scenario.schedule;
        let verdict = self.predicate.judge(harness, &mut candidate.case, self.at, &self.won)?;
        // What shows under another seed only is another test case.
        if candidate.case.scenario.schedule == schedule {
            said.push((candidate.text.clone(), verdict));
        } else {
            candidate.text = candidate.case.to_source().to_txtar();
        }
        Ok(verdict)
    }
}
