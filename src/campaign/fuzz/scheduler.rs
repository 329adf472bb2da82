//! Which corpus entry is mutated next.

use std::time::Duration;

use libafl::Error;
use libafl::corpus::{Corpus, CorpusId};
use libafl::fuzzer::HasScheduler;
use libafl::schedulers::Scheduler;
use libafl::state::{HasCorpus, HasRand};
use libafl_bolts::rands::Rand;
use libafl_bolts::tuples::{Handle, Handled as _, MatchName, MatchNameRef as _};

use crate::campaign::corpus::ancestry::SharedAncestry;
use crate::campaign::corpus::entry_name;
use crate::executor::{ExecutionObserver, State};
use crate::testcase::TestCase;

/// Draws an entry in proportion to its weight: the less often it was chosen, the smaller
/// it is and the more its mutants brought, the likelier; what never yields fades, and so
/// does what is slow.
///
/// LibAFL's own weighted schedulers rest on execution times and on the order
/// of hash maps. This one depends on the seed alone, but for entries that are slow beyond
/// doubt: see [`Cost`].
pub struct FreshFirstScheduler {
    /// In the order of their ids.
    entries: Vec<Entry>,
    execution: Handle<ExecutionObserver>,
    ancestry: SharedAncestry,
    cost: Cost,
}

#[derive(Debug)]
struct Entry {
    id: CorpusId,
    /// Packages' declarations: a size that is cheap to know.
    size: usize,
    chosen: u64,
    /// What its mutants brought: entries, and findings that are no breach of contract.
    yielded: u64,
    /// How often it was chosen since they brought something.
    barren: u64,
    /// A moving average of what its mutants take.
    took: Duration,
}

/// What a finding is worth in entries.
const FINDING: u64 = 4;
/// After this number of choices without a yield, an entry is as good as gone.
const BARREN: u64 = 32;

/// An entry of 31 declarations counts once; sizes are weighed in quarters.
const SMALL: u64 = 32 * SMALL_UNIT;
const SMALL_UNIT: u64 = 4;

impl Entry {
    /// What it is drawn by, before its cost: 2 to 64,000. A new entry of 31 declarations
    /// weighs 1,000 and one of 7 four times as much, as its mutants take less time; an
    /// old one weighs 10, one that has not yielded for long 2.
    fn worth(&self) -> u64 {
        let fresh = 1_000 / (1 + self.chosen);
        let small = (SMALL / (1 + self.size as u64)).clamp(1, 16 * SMALL_UNIT);
        // An entry a choice, and better, counts four times.
        let paid = 1 + 3 * self.yielded.min(1 + self.chosen) / (1 + self.chosen);
        (fresh * small * paid / SMALL_UNIT).max(if self.barren < BARREN { 10 } else { 2 })
    }

    fn weight(&self, cost: &Cost) -> u64 {
        (self.worth() >> (2 * cost.class(self.took))).max(1)
    }
}

/// Cost classes by measured time: each is a quarter of the one before.
///
/// What takes less than [`Cost::FLOOR`], or eight times what is usual, is in the first
/// class whatever the machine's load: almost every entry is, and a seed's choices then
/// repeat.
#[derive(Debug, Default)]
struct Cost {
    /// What half of the entries take at most.
    usual: Duration,
    /// Nothing is slow.
    off: bool,
}

impl Cost {
    const FLOOR: Duration = Duration::from_millis(100);
    const CLASSES: u32 = 4;
    /// `usual` is computed again after this number of new entries.
    const PERIOD: usize = 32;

    fn class(&self, took: Duration) -> u32 {
        if self.off {
            return 0;
        }
        let mut limit = (self.usual * 8).max(Self::FLOOR);
        let mut class = 0;
        while took >= limit && class + 1 < Self::CLASSES {
            class += 1;
            limit *= 4;
        }
        class
    }

    fn learn(&mut self, entries: &[Entry]) {
        let mut all: Vec<Duration> = entries.iter().map(|e| e.took).collect();
        all.sort();
        self.usual = all.get(all.len() / 2).copied().unwrap_or_default();
    }
}

impl FreshFirstScheduler {
    /// A scheduler of nothing yet. The observer says what executions took and found.
    #[must_use]
    pub fn new(execution: &ExecutionObserver, ancestry: SharedAncestry) -> Self {
        let execution = execution.handle();
        Self { entries: Vec::new(), execution, ancestry, cost: Cost::default() }
    }

    /// The same, but time decides nothing: for a campaign that is to repeat on a machine
    /// that does other things.
    #[must_use]
    pub fn without_clock(mut self, without: bool) -> Self {
        self.cost.off = without;
        self
    }

    /// Does not draw an entry any more.
    pub fn forget(&mut self, id: CorpusId) {
        self.entries.retain(|e| e.id != id);
    }

    fn entry(&mut self, id: CorpusId) -> Option<&mut Entry> {
        let at = self.entries.binary_search_by_key(&id, |e| e.id).ok()?;
        self.entries.get_mut(at)
    }
}

impl FreshFirstScheduler {
    /// How often an entry was chosen.
    #[must_use]
    pub fn chosen(&self, id: CorpusId) -> u64 {
        let at = self.entries.binary_search_by_key(&id, |e| e.id);
        at.map_or(0, |at| self.entries[at].chosen)
    }

    /// The same, as it was in an earlier campaign.
    pub fn set_chosen(&mut self, id: CorpusId, chosen: u64) {
        if let Some(entry) = self.entries.iter_mut().rfind(|e| e.id == id) {
            entry.chosen = chosen;
        }
    }
}

impl<S> Scheduler<TestCase, S> for FreshFirstScheduler
where
    S: HasCorpus<TestCase> + HasRand,
{
    fn on_add(&mut self, state: &mut S, id: CorpusId) -> Result<(), Error> {
        let is_mutant = self.ancestry.borrow().is_mutant();
        let current = *state.corpus().current();
        let scheduled = current.filter(|_| is_mutant);
        let parent = scheduled.and_then(|id| entry_name(state, id));
        let mut testcase = state.corpus().get(id)?.borrow_mut();
        testcase.set_parent_id_optional(current);
        if let Some(name) = testcase.filename() {
            self.ancestry.borrow_mut().entered(name, parent.as_deref());
        }
        let size = testcase.input().as_ref().map_or(0, |case| {
            let files = case.packages.iter().flat_map(|p| &p.files);
            files.map(|f| f.tree.decls.len()).sum()
        });
        let took = testcase.exec_time().unwrap_or_default();
        drop(testcase);
        if let Some(parent) = scheduled.and_then(|id| self.entry(id)) {
            parent.yielded += 1;
            parent.barren = 0;
        }
        self.entries.push(Entry { id, size, chosen: 0, yielded: 0, barren: 0, took });
        if self.entries.len().is_multiple_of(Cost::PERIOD) {
            self.cost.learn(&self.entries);
        }
        Ok(())
    }

    fn on_evaluation<OT>(
        &mut self,
        state: &mut S,
        _: &TestCase,
        observers: &OT,
    ) -> Result<(), Error>
    where
        OT: MatchName,
    {
        let Some(observer) = observers.get(&self.execution) else { return Ok(()) };
        let execution = *observer.execution();
        let is_mutant = self.ancestry.borrow().is_mutant();
        let scheduled = state.corpus().current().filter(|_| is_mutant);
        if let Some(parent) = scheduled.and_then(|id| self.entry(id)) {
            parent.took = (parent.took * 7 + execution.took) / 8;
            if execution.new_bugs > 0 {
                parent.yielded += FINDING;
                parent.barren = 0;
            }
        }
        Ok(())
    }

    fn next(&mut self, state: &mut S) -> Result<CorpusId, Error> {
        let total: u64 = self.entries.iter().map(|e| e.weight(&self.cost)).sum();
        if total == 0 {
            return Err(Error::empty("the corpus is empty"));
        }
        let mut at = ((u128::from(state.rand_mut().next()) * u128::from(total)) >> 64) as u64;
        let mut drawn = 0;
        for (i, entry) in self.entries.iter().enumerate() {
            drawn = i;
            let weight = entry.weight(&self.cost);
            if at < weight {
                break;
            }
            at -= weight;
        }
        self.entries[drawn].chosen += 1;
        self.entries[drawn].barren += 1;
        let id = self.entries[drawn].id;
        <Self as Scheduler<TestCase, S>>::set_current_scheduled(self, state, Some(id))?;
        Ok(id)
    }

    fn set_current_scheduled(
        &mut self,
        state: &mut S,
        next_id: Option<CorpusId>,
    ) -> Result<(), Error> {
        *state.corpus_mut().current_mut() = next_id;
        Ok(())
    }
}

/// The scheduler of a fuzzer. LibAFL's trait has parameters that a caller would have to
/// name.
pub fn scheduler_of<Z>(fuzzer: &mut Z) -> &mut FreshFirstScheduler
where
    Z: HasScheduler<TestCase, State, Scheduler = FreshFirstScheduler>,
{
    fuzzer.scheduler_mut()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(chosen: u64, yielded: u64, barren: u64, took: u64) -> Entry {
        let took = Duration::from_millis(took);
        Entry { id: CorpusId(0), size: 31, chosen, yielded, barren, took }
    }

    #[test]
    fn what_yields_stays_and_what_does_not_fades() {
        let cost = Cost::default();
        let weight =
            |chosen, yielded, barren, took| entry(chosen, yielded, barren, took).weight(&cost);
        assert_eq!(weight(0, 0, 0, 5), 1_000);
        assert!(weight(9, 10, 0, 5) == 4 * weight(9, 0, 9, 5));
        assert!(weight(9, 5, 0, 5) > weight(9, 0, 9, 5));
        assert_eq!((weight(500, 0, BARREN - 1, 5), weight(500, 0, BARREN, 5)), (10, 2));
        // Slow ones fade by class, and none is gone for good.
        assert_eq!(
            [5, 99, 100, 400, 1_600, 60_000].map(|ms| weight(0, 0, 0, ms)),
            [1_000, 1_000, 250, 62, 15, 15]
        );
        assert_eq!(weight(500, 0, 99, 60_000), 1);
        let off = Cost { off: true, ..Cost::default() };
        assert_eq!(entry(0, 0, 0, 60_000).weight(&off), 1_000);
    }

    #[test]
    fn on_a_slow_machine_nothing_is_slow_that_is_usual() {
        let mut cost = Cost::default();
        let entries: Vec<Entry> = (0..64).map(|i| entry(0, 0, 0, 200 + i)).collect();
        cost.learn(&entries);
        assert_eq!(entries.iter().map(|e| cost.class(e.took)).max(), Some(0));
        assert_eq!(cost.class(Duration::from_secs(2)), 1);
    }
}
