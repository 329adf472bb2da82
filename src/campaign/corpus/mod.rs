//! A campaign's corpus on disk: seeds, entries, where they come from, and their bounds.

pub mod ancestry;
pub mod bounds;
pub mod covers_journal;
pub mod distill;
pub mod distill_fleet;
pub mod gate;
pub mod import;
pub mod journal_tail;
pub mod merge;
pub mod seeds;
pub mod seen_filter;
mod set_cover;
pub mod slices;
pub mod stored;
mod test_packages;
pub mod work_dir;
pub mod worker_folders;

use libafl::corpus::{Corpus as _, CorpusId};
use libafl::state::HasCorpus;

use crate::testcase::TestCase;

/// The file name of a corpus entry.
pub(in crate::campaign) fn entry_name<S: HasCorpus<TestCase>>(
    state: &S,
    id: CorpusId,
) -> Option<String> {
    state.corpus().get(id).ok()?.borrow().filename().clone()
}
