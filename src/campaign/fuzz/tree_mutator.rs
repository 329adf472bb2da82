//! The operators of [`crate::mutators`] as one LibAFL mutator.

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::fmt;
use std::rc::Rc;

use libafl::Error;
use libafl::corpus::{Corpus, CorpusId};
use libafl::mutators::{MutationResult, Mutator};
use libafl::state::{HasCorpus, HasRand};
use libafl_bolts::Named;
use libafl_bolts::rands::Rand;

use super::operator_table::{GENERATE, OperatorTable};
use crate::executor::Execution;
use crate::generate;
use crate::mutators::{Context, Donor, Mutated, OPERATORS, Outcome, Settings, Steering, mutate};
use crate::rng::Rng;
use crate::scenario::Profile;
use crate::testcase::TestCase;

/// Settings for mutants.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which scenarios are allowed.
    pub profile: Profile,
    /// Options of the generator.
    pub generate: generate::Options,
    /// Options for mutation; the share that is repaired follows from `ill_typed`.
    pub settings: Settings,
    /// Share of mutants that should be ill-typed, percent.
    pub ill_typed_percent: u32,
    /// Share of inputs generated from scratch instead of from the corpus, in percent.
    pub fresh_percent: u32,
}

/// How an input was made.
pub enum Made {
    /// By operators.
    Mutated(Mutated),
    /// From scratch.
    Generated,
}

impl Made {
    /// What made it: operators in order, or `generate`.
    #[must_use]
    pub fn by(&self) -> Vec<String> {
        match self {
            Made::Mutated(m) => {
                let operators = m.operators.iter().filter_map(|i| OPERATORS.get(*i));
                let repair = m.repaired.then(|| "repair".to_owned());
                operators.map(|o| o.name().to_owned()).chain(repair).collect()
            }
            Made::Generated => vec![GENERATE.to_owned()],
        }
    }
}

/// Mutates the scheduled entry with the operators, or now and then replaces it by a newly generated
/// test case. Learns from the results.
pub struct TreeMutator {
    options: Options,
    steering: Steering,
    table: Rc<RefCell<OperatorTable>>,
    made: Option<Made>,
}

impl TreeMutator {
    /// A mutator that keeps its figures in `table`.
    #[must_use]
    pub fn new(options: Options, table: Rc<RefCell<OperatorTable>>) -> Self {
        let steering = Steering::new(options.ill_typed_percent);
        Self { options, steering, table, made: None }
    }

    /// How the last input was made, to pass to [`TreeMutator::learn`]: another input may be made
    /// before this one has run.
    pub fn take_made(&mut self) -> Option<Made> {
        self.made.take()
    }

    /// Learns from an execution: how its input was made, and the entry that it became, if any.
    pub fn learn(&mut self, made: Option<Made>, new: Option<CorpusId>, execution: &Execution) {
        let mut table = self.table.borrow_mut();
        table.entry(new, execution.checked);
        let outcome = Outcome {
            parsed: execution.parsed,
            checked: execution.checked,
            new_coverage: execution.new_coverage,
            finding: execution.new_bugs > 0,
        };
        match made {
            Some(Made::Mutated(m)) => {
                table.record(&m, outcome);
                self.steering.record(outcome.checked);
            }
            Some(Made::Generated) => table.record_generated(outcome),
            None => {}
        }
    }

    /// The entry to mutate instead of the scheduled one; `None` to keep the scheduled one.
    pub fn instead<S: HasRand>(&self, state: &mut S, scheduled: CorpusId) -> Option<CorpusId> {
        let mut rng = Rng::new(state.rand_mut().next());
        self.steering.instead(scheduled, self.table.borrow().parents(), &mut rng)
    }
}

/// An entry that is looked up, and read, on demand.
struct Entry<'a, C> {
    corpus: &'a C,
    /// Its id in the corpus.
    at: usize,
    /// An unreadable entry yields nothing, and does not end the campaign.
    case: OnceCell<Option<TestCase>>,
}

impl<'a, C: Corpus<TestCase>> Entry<'a, C> {
    fn new(corpus: &'a C, at: usize) -> Self {
        Self { corpus, at, case: OnceCell::new() }
    }
}

impl<C> fmt::Debug for Entry<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {}", self.at)
    }
}

impl<C: Corpus<TestCase>> Donor for Entry<'_, C> {
    fn test_case(&self) -> Option<&TestCase> {
        let read = || self.corpus.cloned_input_for_id(self.corpus.nth(self.at)).ok();
        self.case.get_or_init(read).as_ref()
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
        // One number from the campaign's generator seeds all choices for this mutant.
        let mut rng = Rng::new(state.rand_mut().next());
        if rng.chance(self.options.fresh_percent) {
            *input = generate::test_case(&mut rng, &self.options.generate, self.options.profile);
            self.made = Some(Made::Generated);
            return Ok(MutationResult::Mutated);
        }
        let corpus = state.corpus();
        let donor = match corpus.count() {
            0 => None,
            n => Some(Entry::new(corpus, rng.below(n))),
        };
        let mut cx = Context {
            rng: &mut rng,
            donor: donor.as_ref().map(|d| d as &dyn Donor),
            profile: self.options.profile,
            go_minor: self.options.generate.go_minor,
            checker: self.options.generate.checker,
        };
        let table = self.table.borrow();
        let settings =
            Settings { repair_percent: self.steering.repair_percent(), ..self.options.settings };
        let mutated = mutate(input, &mut cx, table.weights(), &settings);
        self.made = mutated.map(Made::Mutated);
        Ok(if self.made.is_some() { MutationResult::Mutated } else { MutationResult::Skipped })
    }

    /// Does nothing, because learning also needs the execution: see [`TreeMutator::learn`].
    fn post_exec(&mut self, _state: &mut S, _new: Option<CorpusId>) -> Result<(), Error> {
        Ok(())
    }
}
