//! Interleaving coverage: pairs of functions that worked, one after the other and
//! on two goroutines, on a common object.
//!
//! It is a second map beside go/types' counters. Only executions under a seeded
//! schedule have one, and what those show a seed repeats, so nothing is confirmed.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use libafl::Error;
use libafl::corpus::Corpus;
use libafl::executors::ExitKind;
use libafl::feedbacks::{Feedback, StateInitializer};
use libafl::state::HasCorpus;
use libafl_bolts::Named;

use crate::executor::LastRun;

/// The pairs that a campaign has seen.
#[derive(Clone, Debug, Default)]
pub struct Pairs {
    seen: Vec<bool>,
    hit: usize,
}

impl Pairs {
    /// Takes the interleaving map of an execution, a byte a pair, 0 if it did not
    /// come up. Returns how many pairs are new.
    pub fn add(&mut self, map: &[u8]) -> usize {
        self.seen.resize(self.seen.len().max(map.len()), false);
        let mut new = 0;
        for (seen, _) in self.seen.iter_mut().zip(map).filter(|(seen, n)| **n > 0 && !**seen) {
            *seen = true;
            new += 1;
        }
        self.hit += new;
        new
    }

    /// Pairs seen so far. A map's place stands for several pairs if their hashes
    /// meet.
    #[must_use]
    pub fn hit(&self) -> usize {
        self.hit
    }

    /// Places of the map; 0 before the first execution under a schedule.
    #[must_use]
    pub fn total(&self) -> usize {
        self.seen.len()
    }
}

/// One of how many corpus entries may be there for their interleaving alone: there
/// are many times more interleavings than branches, and what they run is the same.
const QUOTA: usize = 5;

/// True if the last execution showed new pairs, as long as there are not too many
/// entries of that kind.
pub struct InterleavingFeedback {
    enabled: bool,
    last: Rc<RefCell<LastRun>>,
    kept: usize,
}

impl InterleavingFeedback {
    /// Reads what the executor left. Nothing is interesting if it is not enabled.
    #[must_use]
    pub fn new(enabled: bool, last: Rc<RefCell<LastRun>>) -> Self {
        Self { enabled, last, kept: 0 }
    }
}

impl Named for InterleavingFeedback {
    fn name(&self) -> &Cow<'static, str> {
        const NAME: Cow<'static, str> = Cow::Borrowed("interleaving");
        &NAME
    }
}

impl<S> StateInitializer<S> for InterleavingFeedback {}

impl<EM, I, OT, S: HasCorpus<I>> Feedback<EM, I, OT, S> for InterleavingFeedback {
    fn is_interesting(
        &mut self,
        state: &mut S,
        _manager: &mut EM,
        _input: &I,
        _observers: &OT,
        _exit_kind: &ExitKind,
    ) -> Result<bool, Error> {
        let last = self.last.borrow();
        // With new coverage it is kept anyway, and is no burden on the quota.
        let keep = self.enabled
            && last.new_pairs > 0
            && !last.new_coverage
            && self.kept * QUOTA < state.corpus().count();
        self.kept += usize::from(keep);
        Ok(keep)
    }
}

#[cfg(test)]
mod tests {
    use libafl::corpus::{Corpus as _, InMemoryCorpus, Testcase};
    use libafl::inputs::BytesInput;
    use libafl::state::StdState;
    use libafl_bolts::rands::StdRand;

    use super::*;

    #[test]
    fn pairs_are_new_once() {
        let mut pairs = Pairs::default();
        assert_eq!((pairs.hit(), pairs.total()), (0, 0));
        assert_eq!(pairs.add(&[0, 1, 0, 7]), 2);
        assert_eq!(pairs.add(&[0, 1, 0, 1]), 0);
        assert_eq!(pairs.add(&[2, 1, 0, 1]), 1);
        assert_eq!((pairs.hit(), pairs.total()), (3, 4));
    }

    #[test]
    fn interleavings_do_not_drown_coverage() {
        type Corpora = InMemoryCorpus<BytesInput>;
        let mut state =
            StdState::new(StdRand::with_seed(1), Corpora::new(), Corpora::new(), &mut (), &mut ())
                .unwrap();
        let last = Rc::new(RefCell::new(LastRun { new_pairs: 3, ..LastRun::default() }));
        let mut feedback = InterleavingFeedback::new(true, Rc::clone(&last));
        let mut kept = 0;
        let mut offer = |state: &mut StdState<Corpora, BytesInput, StdRand, Corpora>| {
            let input = BytesInput::new(vec![]);
            feedback.is_interesting(state, &mut (), &input, &(), &ExitKind::Ok).unwrap()
        };
        assert!(!offer(&mut state), "an empty corpus has no room");
        for entries in 1..=50 {
            state.corpus_mut().add(Testcase::new(BytesInput::new(vec![]))).unwrap();
            for _ in 0..10 {
                kept += usize::from(offer(&mut state));
            }
            assert!(kept <= entries / QUOTA + 1, "{kept} of {entries}");
        }
        assert!(kept >= 9, "{kept}");
        last.borrow_mut().new_coverage = true;
        state.corpus_mut().add(Testcase::new(BytesInput::new(vec![]))).unwrap();
        assert!(!offer(&mut state), "coverage keeps it");
    }
}
