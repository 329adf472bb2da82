//! The second stage of a campaign: schedules of the entry that is scheduled.
//!
//! The entry's program runs in parallel first, as the runtime likes, and then under
//! seeds, by two strategies in turn. An entry is searched once; what is kept for a
//! new interleaving is an entry of its own and is searched further.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use libafl::Error;
use libafl::corpus::{CorpusId, HasCurrentCorpusId};
use libafl::fuzzer::Evaluator;
use libafl::stages::Stage;
use libafl::state::{HasCurrentTestcase, HasExecutions, HasRand};
use libafl_bolts::rands::Rand;
use serde::{Deserialize, Serialize};

use super::ancestry::{Making, SharedAncestry};
use super::progress::Progress;
use super::stage::begins_anew;
use crate::executor::State;
use crate::testcase::TestCase;

/// What a campaign does about schedules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedules {
    /// Run test cases under seeded schedules at all.
    pub seeds: bool,
    /// Run each corpus entry under several.
    pub search: bool,
    /// Keep what shows new interleavings.
    pub feedback: bool,
}

impl Schedules {
    /// Takes a test case's schedule away if there are to be none.
    pub fn restrict(self, case: &mut TestCase) {
        if !self.seeds {
            case.scenario.schedule = None;
        }
    }
}

/// How a schedule comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strategy {
    /// The runtime's scheduler, on several processors.
    Parallel,
    /// Priorities that change at a few steps (even seeds).
    Pct,
    /// The turn goes on at random (odd seeds).
    Random,
}

/// What the search ran by a strategy, and what was new in that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Searched {
    /// Executions.
    pub execs: u64,
    /// Pairs of the interleaving map.
    pub new_pairs: u64,
    /// Signatures of findings.
    pub new_findings: u64,
}

/// Seeds that every entry gets, half of them for each strategy. Few: another program
/// finds more than another seed (docs/SCHEDULES.md has the figures).
const SEEDS: u64 = 2;
/// Seeds that one with a new interleaving earns.
const MORE: u64 = 1;
/// The most that an entry gets.
const MOST: u64 = 8;
/// A new process for each execution costs too much to search there.
const FRESH_SEEDS: u64 = 1;

/// Runs each entry under several schedules, once.
pub struct ScheduleStage {
    schedules: Schedules,
    progress: Rc<Progress>,
    searched: Rc<RefCell<BTreeMap<Strategy, Searched>>>,
    done: BTreeSet<CorpusId>,
    ancestry: SharedAncestry,
}

impl ScheduleStage {
    /// A stage that reports to `progress` after each execution and counts in
    /// `searched`.
    pub fn new(
        schedules: Schedules,
        progress: Rc<Progress>,
        searched: Rc<RefCell<BTreeMap<Strategy, Searched>>>,
        ancestry: SharedAncestry,
    ) -> Self {
        Self { schedules, progress, searched, done: BTreeSet::new(), ancestry }
    }

    /// Runs a schedule; returns the pairs that were new in it.
    fn run<E, EM, Z>(
        &self,
        (fuzzer, executor, state, manager): (&mut Z, &mut E, &mut State, &mut EM),
        strategy: Strategy,
        case: &TestCase,
    ) -> Result<usize, Error>
    where
        Z: Evaluator<E, EM, TestCase, State>,
    {
        let by = vec!["schedule".to_owned()];
        self.ancestry.borrow_mut().making(Making::Mutant(by), case);
        let before = *state.executions();
        fuzzer.evaluate_filtered(state, executor, manager, case)?;
        if *state.executions() == before {
            // The filter knows it, or a signal ended it.
            return Ok(0);
        }
        self.progress.tick(state);
        let last = self.progress.last();
        let mut searched = self.searched.borrow_mut();
        let row = searched.entry(strategy).or_default();
        row.execs += 1;
        row.new_pairs += last.new_pairs as u64;
        row.new_findings += last.new_findings as u64;
        Ok(last.new_pairs)
    }
}

impl<E, EM, Z> Stage<E, EM, State, Z> for ScheduleStage
where
    Z: Evaluator<E, EM, TestCase, State>,
{
    fn perform(
        &mut self,
        fuzzer: &mut Z,
        executor: &mut E,
        state: &mut State,
        manager: &mut EM,
    ) -> Result<(), Error> {
        let Some(id) = state.current_corpus_id()? else { return Ok(()) };
        if !self.schedules.search || !self.done.insert(id) {
            return Ok(());
        }
        // The stage before says so if it cannot be read.
        let Ok(mut case) = state.current_input_cloned() else { return Ok(()) };
        if case.scenario.go.len() < 2 {
            return Ok(());
        }
        let over = |state: &State| self.progress.over(*state.executions());
        if case.scenario.schedule.take().is_some() && !over(state) {
            self.run((fuzzer, executor, state, manager), Strategy::Parallel, &case)?;
        }
        let mut seeds = if case.scenario.fresh { FRESH_SEEDS } else { SEEDS };
        let first = state.rand_mut().next();
        let mut done = 0;
        while done < seeds && !over(state) {
            let strategy = if done % 2 == 0 { Strategy::Random } else { Strategy::Pct };
            // Small, as people read it; its last bit chooses the strategy.
            case.scenario.schedule = Some(
                (first.wrapping_add(done) & 0xffff_fffe) | (strategy == Strategy::Random) as u64,
            );
            let new = self.run((fuzzer, executor, state, manager), strategy, &case)?;
            done += 1;
            if new > 0 && !case.scenario.fresh {
                seeds = (seeds + MORE).min(MOST);
            }
        }
        Ok(())
    }
}

begins_anew!(ScheduleStage);
