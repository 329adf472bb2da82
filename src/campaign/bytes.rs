//! The ablation `--ablate bytes`: what a fuzzer that knows no trees would do to the same
//! corpus. LibAFL's havoc changes the bytes of a printed file, without crossover, as the
//! corpus has trees; text that parses becomes a test case again, and other text runs as
//! it is, and is not kept. Scenarios stay. For `make bench` alone.

use std::rc::Rc;

use libafl::Error;
use libafl::fuzzer::Evaluator;
use libafl::inputs::{BytesInput, HasMutatorBytes};
use libafl::mutators::havoc_mutations::{
    HavocMutationsNoCrossoverType, havoc_mutations_no_crossover,
};
use libafl::mutators::{HavocScheduledMutator, Mutator};
use libafl::stages::Stage;
use libafl::state::{HasCurrentTestcase, HasExecutions, HasRand};
use libafl_bolts::rands::Rand;

use super::ancestry::{Making, SharedAncestry};
use super::progress::Progress;
use super::stage::{MAX_MUTANTS, MutantStage, begins_anew};
use crate::executor::{Ahead, State, Texts};
use crate::testcase::TestCase;

/// Havoc stacks up to so many powers of two of changes.
const MAX_STACK: usize = 3;

/// What makes a campaign's mutants.
pub enum Mutants {
    /// The operators on trees.
    Trees(Box<MutantStage>),
    /// This ablation.
    Bytes(ByteStage),
}

/// Mutates the text of the scheduled entry.
pub struct ByteStage {
    havoc: HavocScheduledMutator<HavocMutationsNoCrossoverType>,
    progress: Rc<Progress>,
    ancestry: SharedAncestry,
}

impl ByteStage {
    /// A stage that reports to `progress` after each execution.
    pub fn new(progress: Rc<Progress>, ancestry: SharedAncestry) -> Self {
        let havoc =
            HavocScheduledMutator::with_max_stack_pow(havoc_mutations_no_crossover(), MAX_STACK);
        Self { havoc, progress, ancestry }
    }

    fn run<E, EM, Z>(
        &mut self,
        fuzzer: &mut Z,
        executor: &mut E,
        state: &mut State,
        manager: &mut EM,
    ) -> Result<(), Error>
    where
        E: Texts,
        Z: Evaluator<E, EM, TestCase, State>,
    {
        let entry = state.current_input_cloned()?;
        for _ in 0..1 + state.rand_mut().next() % MAX_MUTANTS {
            if self.progress.over(*state.executions()) {
                break;
            }
            let mut source = entry.to_source();
            let pick = state.rand_mut().next();
            let mut files: Vec<_> = source.packages.iter_mut().flat_map(|p| &mut p.files).collect();
            let at = (pick % files.len().max(1) as u64) as usize;
            let Some((name, text)) = files.get_mut(at) else { break };
            let mut bytes = BytesInput::from(text.as_bytes());
            self.havoc.mutate(state, &mut bytes)?;
            *text = String::from_utf8_lossy(bytes.mutator_bytes()).into_owned();
            let tree = executor.parse(name, text)?;
            let mut case = entry.clone();
            let mut files = case.packages.iter_mut().flat_map(|p| &mut p.files);
            match (tree, files.nth(at)) {
                (Some(tree), Some(file)) => file.tree = tree,
                _ => executor.run_instead(source),
            }
            self.ancestry.borrow_mut().made(Making::Mutant(vec!["bytes".to_owned()]));
            fuzzer.evaluate_input(state, executor, manager, &case)?;
            self.progress.tick(state);
        }
        Ok(())
    }
}

impl<E, EM, Z> Stage<E, EM, State, Z> for Mutants
where
    E: Ahead + Texts,
    Z: Evaluator<E, EM, TestCase, State>,
{
    fn perform(
        &mut self,
        fuzzer: &mut Z,
        executor: &mut E,
        state: &mut State,
        manager: &mut EM,
    ) -> Result<(), Error> {
        match self {
            Mutants::Trees(stage) => stage.perform(fuzzer, executor, state, manager),
            Mutants::Bytes(stage) => stage.run(fuzzer, executor, state, manager),
        }
    }
}

begins_anew!(Mutants);
