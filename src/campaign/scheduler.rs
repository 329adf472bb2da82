//! Which corpus entry is mutated next.

use libafl::Error;
use libafl::corpus::{Corpus, CorpusId};
use libafl::schedulers::Scheduler;
use libafl::state::{HasCorpus, HasRand};
use libafl_bolts::rands::Rand;

use crate::testcase::TestCase;

/// Draws an entry in proportion to its weight: the less often it was chosen
/// and the smaller it is, the likelier.
///
/// LibAFL's own weighted schedulers rest on execution times and on the order
/// of hash maps. This one depends on the seed alone.
#[derive(Debug, Default)]
pub struct FreshFirstScheduler {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    id: CorpusId,
    /// Packages' declarations: a size that is cheap to know.
    size: usize,
    chosen: u64,
}

impl Entry {
    /// 10 to 2,000: a new small entry weighs 200 times an old one.
    fn weight(&self) -> u64 {
        let fresh = 1_000 / (1 + self.chosen);
        let small = if self.size <= 16 { 2 } else { 1 };
        (fresh * small).max(10)
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
        let parent = *state.corpus().current();
        let mut testcase = state.corpus().get(id)?.borrow_mut();
        testcase.set_parent_id_optional(parent);
        let size = testcase.input().as_ref().map_or(0, |case| {
            let files = case.packages.iter().flat_map(|p| &p.files);
            files.map(|f| f.tree.decls.len()).sum()
        });
        drop(testcase);
        self.entries.push(Entry { id, size, chosen: 0 });
        Ok(())
    }

    fn next(&mut self, state: &mut S) -> Result<CorpusId, Error> {
        let total: u64 = self.entries.iter().map(Entry::weight).sum();
        if total == 0 {
            return Err(Error::empty("the corpus is empty"));
        }
        let mut at = ((u128::from(state.rand_mut().next()) * u128::from(total)) >> 64) as u64;
        let mut drawn = 0;
        for (i, entry) in self.entries.iter().enumerate() {
            drawn = i;
            let weight = entry.weight();
            if at < weight {
                break;
            }
            at -= weight;
        }
        self.entries[drawn].chosen += 1;
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
