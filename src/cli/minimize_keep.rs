//! Stores what `typerace minimize` found in a crash directory.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::crash_dir::CrashDir;
use super::ticker::Ticker;
use super::{progress, report_roots};
use crate::finding::{Finding, Root, Standalone};
use crate::harness::BuiltHarness;
use crate::store::{MINIMIZED, TESTCASE};
use crate::triage::compiler::{Compiler, put_verdict};
use crate::triage::minimize::Minimized;
use crate::triage::root::{Rooter, has_root};
use crate::triage::standalone;

/// What was stored in the crash directory.
#[derive(Default)]
pub(super) struct Stored {
    pub(super) path: Option<PathBuf>,
    pub(super) shown: Option<Standalone>,
    pub(super) root: Option<Root>,
}

/// Stores a result, and what is learned from it.
pub(super) struct Keeper<'a> {
    pub(super) place: CrashDir,
    pub(super) built: &'a BuiltHarness,
    pub(super) rooter: Rooter,
    pub(super) stop: &'a Arc<AtomicBool>,
}

impl Keeper<'_> {
    /// Whether a minimized test case has the root of the finding. If it has another one, that is
    /// said, and the test case as found remains what the compiler is asked about.
    pub(super) fn keeps_root(
        &mut self,
        expected: Option<&Finding>,
        text: &str,
    ) -> anyhow::Result<bool> {
        let Some(finding) = expected else { return Ok(true) };
        match self.rooter.keeps_root(finding, text, &mut progress) {
            Ok(Some(drift)) => {
                progress(&format!("{}: {drift}", finding.id));
                let found = std::fs::read_to_string(self.place.path().join(TESTCASE))?;
                self.ask_compiler(&found)?;
                Ok(false)
            }
            Err(e) if !self.is_stopped() => Err(e.into()),
            _ => Ok(true),
        }
    }

    /// Stores the result of minimizing `crash` and, if there are `runs` for that, measures the
    /// standalone program and determines the root.
    pub(super) fn keep(
        &mut self,
        stored: &mut Stored,
        crash: &Path,
        m: &Minimized,
        runs: Option<u32>,
    ) -> anyhow::Result<()> {
        self.place.store.put_minimized(&self.place.name, &m.text, &m.info)?;
        self.ask_compiler(&m.text)?;
        stored.path = Some(crash.join(MINIMIZED));
        let Some(runs) = runs.filter(|_| !self.is_stopped()) else { return Ok(()) };
        stored.shown = self.verify(runs)?;
        if !self.is_stopped() {
            stored.root = self.root()?;
        }
        Ok(())
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Stores what the compiler says about a test case, and writes the standalone program again: from
    /// now on, it is that of the minimized test case, or of the package alone.
    fn ask_compiler(&self, text: &str) -> anyhow::Result<()> {
        let CrashDir { store, name } = &self.place;
        let asked = Compiler::find(&self.built.toolchain).map_err(anyhow::Error::from);
        if let Err(e) = asked.and_then(|compiler| Ok(put_verdict(store, name, text, &compiler)?)) {
            progress(&format!("the compiler was not asked: {e}"));
        }
        Ok(standalone::write(&self.place.path())?)
    }

    /// Runs the standalone program and stores how often it showed the finding. Prints why
    /// and returns `None` if it cannot run here.
    fn verify(&self, runs: u32) -> anyhow::Result<Option<Standalone>> {
        let (dir, go) = (self.place.path(), &self.built.toolchain);
        let ticker = Ticker::start("running the standalone program");
        let measured = standalone::verify(&dir, go, runs, self.stop, &mut |line| ticker.say(line));
        drop(ticker);
        match measured {
            Ok(finding) => {
                self.place.store.update_finding(&self.place.name, &finding)?;
                standalone::write(&dir)?;
                Ok(finding.standalone)
            }
            Err(_) if self.is_stopped() => Ok(None),
            // The minimized test case is stored in any case.
            Err(e) => {
                progress(&format!("the standalone program was not run: {e}"));
                Ok(None)
            }
        }
    }

    /// The root of the finding, which is determined and stored unless it is settled.
    fn root(&mut self) -> anyhow::Result<Option<Root>> {
        let finding = crate::store::read(&self.place.path())?;
        if !has_root(&finding) || self.rooter.is_settled(&finding) {
            return Ok(finding.root);
        }
        let ticker = Ticker::start(report_roots::doing(&finding));
        let CrashDir { store, name } = &self.place;
        let root = self.rooter.settle(store, name, &mut |line| ticker.say(line));
        drop(ticker);
        match root {
            Err(_) if self.is_stopped() => Ok(None),
            root => Ok(root?),
        }
    }
}
