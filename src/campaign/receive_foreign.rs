//! Runs what other machines share. Nothing of it counts before it has run here.

use libafl::state::HasExecutions as _;

use super::Campaign;
use super::config::CampaignError;
use super::receive::{adds, is_confirmed};
use super::results::message::Message;
use super::workers::inbox::Letter;
use crate::edit::node_count;
use crate::finding::Kind;
use crate::fleet::entry::Entry;
use crate::fleet::key;
use crate::fleet::parcel::{self, Parcel};
use crate::harness::{HarnessError, ImportError};
use crate::testcase::{SourceCase, TestCase};

/// Objects run between two scheduled entries, so that this worker's own work goes on.
const OBJECTS: u32 = 4;
/// The most nodes of a test case from elsewhere: a few times those of a large mutant.
const MAX_NODES: usize = 50_000;
/// Runs of a finding until it shows, and how many of them are in the process at hand; the others
/// are each in a new one.
const RUNS: u32 = 12;
const IN_PROCESS: u32 = 8;
/// The same for one that takes its whole time limit.
const LONG_RUNS: u32 = 2;

impl Campaign {
    /// Runs objects of other machines, if there are any.
    pub(super) fn receive_foreign(&mut self) -> Result<(), CampaignError> {
        for _ in 0..OBJECTS {
            if self.progress.over(*self.state.executions()) {
                break;
            }
            let Some(Letter { source, kind, bytes }) = self.inbox.take() else { break };
            let is_good = match kind {
                key::Kind::Entry => self.run_entry(&bytes)?,
                key::Kind::Finding => self.run_finding(&source, &bytes)?,
            };
            if let Some(is_good) = is_good {
                Message::Judged { source, is_good }.send();
            }
        }
        Ok(())
    }

    /// Runs an entry. Returns whether it did what it is said to do, if that can be known.
    fn run_entry(&mut self, bytes: &[u8]) -> Result<Option<bool>, CampaignError> {
        // The first process has read it already, so this fails only if the disk did.
        let Ok(entry) = Entry::decode(bytes) else { return Ok(Some(false)) };
        let is_ours = entry.build == self.saving.build;
        if is_ours && !adds(&entry.covers, &self.state) {
            return Ok(None);
        }
        let case = match self.import(&entry.case)? {
            Ok(case) => case,
            Err(Foreign::NotNow) => return Ok(None),
            Err(Foreign::Bad) => return Ok(Some(false)),
        };
        let hit = self.run_foreign(&case)?;
        Ok(hit.filter(|_| is_ours).map(|hit| is_confirmed(&entry.covers, &hit)))
    }

    /// Runs a finding until it shows: then it is this campaign's own, with its own report. If it
    /// does not show, it is stored as reported elsewhere and not confirmed.
    fn run_finding(&mut self, source: &str, bytes: &[u8]) -> Result<Option<bool>, CampaignError> {
        let Ok(parcel) = parcel::decode(bytes) else { return Ok(Some(false)) };
        // It may have been found here while it waited.
        if self.has_found(&parcel.finding.id) {
            return Ok(None);
        }
        let case = match self.import(&parcel.case)? {
            Ok(case) => case,
            Err(Foreign::NotNow) => return Ok(None),
            Err(Foreign::Bad) => return Ok(Some(false)),
        };
        let Parcel { finding, .. } = &parcel;
        // The compiler's faults do not show in the harness.
        let runs = match finding.kind {
            Kind::Compiler => 0,
            kind if kind.stalls() || kind == Kind::Memory => LONG_RUNS,
            _ => RUNS,
        };
        let mut done = 0;
        while done < runs && !self.progress.control().hurry() {
            if done >= IN_PROCESS.min(runs - 1) {
                self.executor.harness_mut().recycle();
            }
            self.run_foreign(&case)?;
            done += 1;
            if self.has_found(&finding.id) {
                return Ok(Some(true));
            }
        }
        let claim = parcel.claim(source);
        self.executor.recorder_mut().keep_claim(claim, parcel.testcase, &parcel.report, done);
        Ok(None)
    }

    fn has_found(&mut self, id: &str) -> bool {
        self.executor.recorder_mut().found().iter().any(|f| f.id == id)
    }

    /// The trees of a test case from elsewhere, if it may run here.
    fn import(&mut self, source: &SourceCase) -> Result<Result<TestCase, Foreign>, CampaignError> {
        let mut case = match self.executor.harness_mut().import(source) {
            Ok(case) => case,
            Err(ImportError::Harness(HarnessError::Interrupted)) => {
                return Ok(Err(Foreign::NotNow));
            }
            Err(ImportError::Harness(HarnessError::Env(e))) => return Err(e.into()),
            Err(_) => return Ok(Err(Foreign::Bad)),
        };
        if node_count(&case) > MAX_NODES {
            return Ok(Err(Foreign::Bad));
        }
        if !self.options.profile.allows(case.scenario.class()) {
            return Ok(Err(Foreign::NotNow));
        }
        case.scenario.fit(self.options.generate.checker);
        if !self.schedules {
            case.scenario.schedule = None;
        }
        Ok(Ok(case))
    }
}

/// Why a test case from elsewhere does not run.
enum Foreign {
    /// It is no Go, or too much of it.
    Bad,
    /// It is not this campaign's business.
    NotNow,
}
