//! Restores what an earlier campaign left: its checkpoint, and the entries that must run again.

use std::collections::BTreeSet;

use libafl::inputs::Input as _;

use super::checkpoint::Parts;
use super::config::{CampaignError, Config};
use super::corpus::work_dir;
use super::corpus::worker_folders;
use super::fuzz::scheduler::scheduler_of;
use super::workers::siblings::key;
use super::{Campaign, Replay};
use crate::testcase::TestCase;
use crate::words::{count, left_out};

/// Programs generated before the first mutation, in addition to the seeds.
const GENERATED_AT_START: usize = 32;

impl Campaign {
    /// Loads the last checkpoint, if there is one. `asked` is the seed that the user chose. Returns
    /// the names of the entries that need not run again.
    pub(super) fn restore(
        &mut self,
        asked: Option<u64>,
    ) -> Result<BTreeSet<String>, CampaignError> {
        let mut taken = BTreeSet::new();
        let Some(mut checkpoint) = self.saving.last(&self.progress) else { return Ok(taken) };
        self.replay.is_partial = checkpoint.is_partial();
        let counters = self.executor.harness_mut().counters();
        let fits = checkpoint.fits(&self.saving.build, counters, self.work.path());
        let mut parts = Parts {
            state: &mut self.state,
            scheduler: scheduler_of(&mut self.fuzzer),
            table: &mut self.table.borrow_mut(),
        };
        self.may_save = fits;
        if fits {
            let covers = self.saving.covers();
            taken = checkpoint.restore_corpus(&mut parts, &self.work, covers, &self.seen)?;
        }
        let (memory, known) = checkpoint.restore(&mut parts, asked);
        self.seed = checkpoint.seed(asked);
        self.executor.recorder_mut().remember(memory);
        // After a change of Go, the entries of the others may cover something new.
        if fits {
            self.siblings.knows(known);
        }
        Ok(taken)
    }

    /// Decides what runs before the first mutant. Entries that an earlier campaign ran need not run
    /// again if their coverage is known.
    pub(super) fn plan_replay(
        &mut self,
        config: &Config,
        seeds: Vec<TestCase>,
        taken: &BTreeSet<String>,
    ) -> Result<(), CampaignError> {
        let resumed = self.work.resume(taken)?;
        let (known, again) = (taken.len(), resumed.entries.len());
        if known + again > 0 {
            self.progress.say(&format!(
                "resuming with {} corpus entries, of which {again} are run again",
                known + again
            ));
        }
        let key = |case: &TestCase| key(&case.generate_name(None));
        let mut keys = Vec::new();
        let mut is_new = |case: &TestCase| {
            let key = key(case);
            let new = known == 0 || key.is_none_or(|key| !self.siblings.seen().contains(&key));
            keys.extend(key.filter(|_| new));
            new
        };
        let seeds: Vec<TestCase> = seeds.into_iter().filter(&mut is_new).collect();
        // The campaign before this one may have had more workers.
        let mut of_workers = match (self.siblings.place(), &config.work) {
            (Some(_), _) => self.siblings.left_over(),
            (None, Some(work)) => worker_folders::stored(work, Some(work)),
            (None, None) => Vec::new(),
        };
        if self.siblings.place().is_none() && !of_workers.is_empty() {
            self.progress.say(&format!(
                "an earlier campaign in this folder had several workers: what they kept is run again, {}",
                count(of_workers.len(), "test case")
            ));
        }
        let mut broken = resumed.broken;
        of_workers.retain(|file| match work_dir::read(file) {
            Ok(case) => is_new(&case),
            Err(e) => {
                broken.push(format!("{}: not a test case: {e}", file.display()));
                false
            }
        });
        for line in left_out(&broken) {
            self.progress.say(&format!("warning: {line}"));
        }
        keys.extend(work_dir::cases(&resumed.entries).filter_map(|c| key(&c)));
        self.unrun.extend(&keys);
        self.siblings.knows(keys);
        let generates = known == 0 || self.replay.is_partial;
        let generated = if generates { GENERATED_AT_START } else { 0 };
        self.replay =
            Replay { resumed: resumed.entries, of_workers, seeds, generated, ..self.replay };
        Ok(())
    }
}
