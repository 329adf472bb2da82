//! The operators as one LibAFL mutator.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use libafl::Error;
use libafl::corpus::{Corpus, CorpusId};
use libafl::mutators::{MutationResult, Mutator};
use libafl::state::{HasCorpus, HasRand};
use libafl_bolts::Named;
use libafl_bolts::rands::Rand;

use super::{Context, Mutated, OperatorTable, Settings, mutate};
use crate::executor::LastRun;
use crate::generate;
use crate::rng::Rng;
use crate::scenario::Profile;
use crate::testcase::TestCase;

/// What a mutant may be.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which scenarios may come out.
    pub profile: Profile,
    /// What the generator may use.
    pub generate: generate::Options,
    /// How mutants are made.
    pub settings: Settings,
    /// Share of inputs made from nothing instead of from the corpus, percent.
    pub fresh_percent: u32,
}

/// Mutates the scheduled entry by the operators, or now and then puts a newly
/// generated test case in its place; learns from what came of it.
pub struct TreeMutator {
    options: Options,
    table: Rc<RefCell<OperatorTable>>,
    last: Rc<RefCell<LastRun>>,
    made_by: Option<Mutated>,
}

impl TreeMutator {
    /// A mutator that keeps its figures in `table`.
    #[must_use]
    pub fn new(
        options: Options,
        table: Rc<RefCell<OperatorTable>>,
        last: Rc<RefCell<LastRun>>,
    ) -> Self {
        Self { options, table, last, made_by: None }
    }
}

impl Named for TreeMutator {
    fn name(&self) -> &Cow<'static, str> {
        const NAME: Cow<'static, str> = Cow::Borrowed("tree");
        &NAME
    }
}

impl<S> Mutator<TestCase, S> for TreeMutator
where
    S: HasRand + HasCorpus<TestCase>,
{
    fn mutate(&mut self, state: &mut S, input: &mut TestCase) -> Result<MutationResult, Error> {
        // One number of the campaign's generator seeds everything that goes
        // into this mutant.
        let mut rng = Rng::new(state.rand_mut().next());
        if rng.chance(self.options.fresh_percent) {
            *input =
                generate::test_case(&mut rng, &self.options.generate, self.options.profile);
            self.made_by = Some(Mutated::default());
            return Ok(MutationResult::Mutated);
        }
        let corpus = state.corpus();
        let donor = match corpus.count() {
            0 => None,
            n => Some(corpus.get(corpus.nth(rng.below(n)))?.borrow()),
        };
        let mut cx = Context {
            rng: &mut rng,
            donor: donor.as_ref().and_then(|d| d.input().as_ref()),
            profile: self.options.profile,
            go_minor: self.options.generate.go_minor,
        };
        let table = self.table.borrow();
        self.made_by = mutate(input, &mut cx, table.weights(), &self.options.settings);
        Ok(match self.made_by {
            Some(_) => MutationResult::Mutated,
            None => MutationResult::Skipped,
        })
    }

    fn post_exec(&mut self, _state: &mut S, new: Option<CorpusId>) -> Result<(), Error> {
        if let Some(mutated) = self.made_by.take() {
            let last = *self.last.borrow();
            self.table.borrow_mut().learn(&mutated, last.parsed, last.checked, new.is_some(), last.new_findings);
        }
        Ok(())
    }
}
