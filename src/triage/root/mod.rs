//! Which root a finding has: it is run under each patch that could end it.
//!
//! ```text
//! showing    a way to run the test case in which the finding shows often
//! builds     harnesses on a patched go/types
//! decision   the effects of the patches → which patch's root it is
//! guess      a name where no patch and no issue has one
//! ```

mod builds;
mod decision;
mod guess;
mod showing;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::finding::{Blame, Finding, Kind, Known, Number, Root, RootBy, Trial};
use crate::harness::{
    BuiltHarness, EnvError, GoOptions, Harness, HarnessConfig, HarnessError, applicable,
};
use crate::patches::{Patch, load};
use crate::scenario::Scenario;
use crate::store::{Store, StoreError};
use crate::testcase::SourceCase;
use crate::triage::standalone::{Crash, WriteError};
use builds::{Builds, Patched};
use decision::{Decision, Effect, appeared, decide, effect};
use guess::guess;
use showing::Showing;

/// Settings of the search for roots.
#[derive(Clone, Debug)]
pub struct Options {
    /// The harness with the Go under test.
    pub harness: HarnessConfig,
    /// How that Go was chosen. Patches of its folder may end a finding, too.
    pub go: GoOptions,
    /// The findings that have an issue.
    pub known: Known,
    /// How long a finding may be run without and, again, with each patch.
    pub budget: Duration,
    /// When set from elsewhere, ends the search.
    pub stop: Arc<AtomicBool>,
    /// The share of time that may be used, 1 to 100.
    pub percent: Arc<AtomicU32>,
}

/// A root that cannot be searched for.
#[derive(Debug, thiserror::Error)]
pub enum RootError {
    /// A patch or a harness cannot be used.
    #[error(transparent)]
    Environment(#[from] EnvError),
    /// The harness does not respond.
    #[error(transparent)]
    Harness(#[from] HarnessError),
    /// The crash directory cannot be read.
    #[error(transparent)]
    Crash(#[from] WriteError),
    /// The root cannot be stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RootError {
    /// Whether it was asked to stop, or the time was up: nothing is wrong. A harness may have been
    /// running, or about to start.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        matches!(
            self,
            Self::Environment(EnvError::Interrupted)
                | Self::Harness(
                    HarnessError::Interrupted | HarnessError::Env(EnvError::Interrupted)
                )
        )
    }
}

/// The builds on the Go that this harness was built with, all patches, and the ids of those that are
/// tried.
fn builds(
    built: &BuiltHarness,
    go: &GoOptions,
    stop: Arc<AtomicBool>,
) -> Result<(Builds, Vec<Patch>, BTreeSet<String>), EnvError> {
    let all = load(go.patches.dir.as_deref())?;
    let base = built.patched.ids.clone();
    let why = applicable(&built.toolchain, go.overlay.as_deref(), &all)?;
    let open = all.iter().zip(why).filter(|(p, why)| why.is_none() && !base.contains(&p.id));
    let open: BTreeSet<String> = open.map(|(p, _)| p.id.clone()).collect();
    let tried = all.iter().filter(|p| open.contains(&p.id)).cloned().collect();
    let builds = Builds::new(built.toolchain.clone(), go.clone(), base, tried, stop);
    Ok((builds, all, open))
}

/// Builds the harness that has the patches in it, before a campaign begins: beside it, that takes six
/// times as long, and no root is determined until then. A patch that does not build is reported when
/// it is needed.
///
/// # Errors
/// A patch or an overlay that cannot be used.
pub fn prepare(
    built: &BuiltHarness,
    go: &GoOptions,
    progress: &mut dyn FnMut(&str),
) -> Result<(), EnvError> {
    let (mut builds, ..) = builds(built, go, Arc::default())?;
    // Nothing interrupts it, except a signal, which ends the process.
    let _ = builds.wait(&AtomicBool::new(false), progress);
    Ok(())
}

/// Determines roots. Patched harnesses are built once.
pub struct Rooter {
    options: Options,
    builds: Builds,
    /// All patches.
    all: Vec<Patch>,
    /// The ids of those that apply to the Go under test and are not in it.
    open: BTreeSet<String>,
}

impl Rooter {
    /// A search on the Go that this harness was built with.
    ///
    /// # Errors
    /// A patch or an overlay that cannot be used.
    pub fn new(built: &BuiltHarness, options: Options) -> Result<Self, EnvError> {
        let stop = Arc::clone(&options.stop);
        let (builds, all, open) = builds(built, &options.go, stop)?;
        Ok(Self { options, builds, all, open })
    }

    /// Starts to build the harness that has the patches in it, without waiting.
    pub fn start(&mut self) {
        self.builds.start();
    }

    /// Whether that harness is built.
    pub fn is_ready(&mut self) -> bool {
        self.builds.is_ready()
    }

    /// Whether a finding's root is settled: more runs would say the same.
    #[must_use]
    pub fn is_settled(&self, finding: &Finding) -> bool {
        let Some(root) = &finding.root else { return false };
        let was_tried = |id: &String| root.tried.iter().any(|t| t.patch == *id);
        // A patch that is new may end it; none ends a fault of a target.
        finding.blame == Blame::Target
            || root.by != RootBy::Guess
            || !root.tried.is_empty() && self.open.iter().all(was_tried)
    }

    /// Determines the root of a crash directory's finding, from its minimized test case if there is
    /// one, and stores it. See [`Rooter::determine`].
    ///
    /// # Errors
    /// Interrupted, a harness that does not work, or a directory that cannot be used.
    pub fn settle(
        &mut self,
        store: &Store,
        name: &str,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Option<Root>, RootError> {
        let crash = Crash::read(&store.path(name))?;
        let root = self.determine(&crash.finding, &crash.case, &crash.scenario, progress)?;
        if let Some(root) = &root {
            store.put_root(name, root)?;
        }
        Ok(root)
    }

    /// The root of a finding that has this test case. `None` if the finding does not show, or shows
    /// so seldom that the patches remain undecided.
    ///
    /// # Errors
    /// Interrupted, or a harness that does not work.
    pub fn determine(
        &mut self,
        finding: &Finding,
        case: &SourceCase,
        scenario: &Scenario,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Option<Root>, RootError> {
        if scenario.uses_targets() && self.options.go.target.is_none() {
            return Ok(None);
        }
        let showing = self.showing(finding, case, scenario)?;
        if showing.tally.hits == 0 {
            return Ok(None);
        }
        let subject = Subject { finding, case, scenario, showing };
        let (likely, others) = self.candidates(&subject);
        let mut trials = Vec::new();
        let mut decision = self.try_all(&subject, &likely, &mut trials, progress)?;
        if decision == Decision::Survives {
            decision = self.try_all(&subject, &others, &mut trials, progress)?;
        }
        Ok(self.root(&subject, &decision, trials))
    }

    /// Why a minimized test case of a finding must not be kept: minimization keeps the signature,
    /// and one signature can have several roots. `None` if the root that was told by a patch is
    /// still that of the test case, or if no patch has told it.
    ///
    /// # Errors
    /// Interrupted, or a harness that does not work.
    pub fn keeps_root(
        &mut self,
        finding: &Finding,
        text: &str,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Option<String>, RootError> {
        let told = finding.root.as_ref().filter(|r| r.by == RootBy::Patch);
        let patch = told.and_then(|root| self.all.iter().find(|p| p.id == root.id)).cloned();
        let Some(patch) = patch.filter(|p| self.open.contains(&p.id)) else { return Ok(None) };
        let Ok(case) = SourceCase::from_txtar(text) else { return Ok(None) };
        let Some(scenario) = &case.scenario else { return Ok(None) };
        let showing = self.showing(finding, &case, scenario)?;
        let subject = Subject { finding, case: &case, scenario, showing };
        let tried = self.try_one(&subject, &patch, progress)?;
        Ok(tried.filter(|(effect, _)| *effect == Effect::Shows).map(|_| {
            format!(
                "its minimized test case shows the same with the patch of {}, and therefore has \
                 another root; it is not kept",
                patch.id
            )
        }))
    }

    /// The harness on which a minimized test case must show the finding as well
    /// ([`crate::triage::minimize::Options::patched`]): one with the patch of another root that did
    /// not end the finding, although the patch of the finding's own root also ends what that one ends.
    ///
    /// # Errors
    /// Interrupted.
    pub fn sieve(
        &mut self,
        finding: &Finding,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Option<HarnessConfig>, RootError> {
        let root = finding.root.as_ref().filter(|r| r.by == RootBy::Patch);
        let Some(root) = root else { return Ok(None) };
        let own = self.all.iter().filter(|p| p.id == root.id).flat_map(|p| &p.also_ends);
        let showed = |id: &&String| root.tried.iter().any(|t| t.patch == **id && t.seen > 0);
        let other = own.filter(|id| self.open.contains(*id)).find(showed).cloned();
        let Some(other) = other else { return Ok(None) };
        let patched = self.builds.get(&other, &self.options.stop, progress)?;
        Ok(patched.ok().map(|patched| self.config(Some(patched))))
    }

    /// A way to run a test case in which the finding shows.
    fn showing(
        &self,
        finding: &Finding,
        case: &SourceCase,
        scenario: &Scenario,
    ) -> Result<Showing, RootError> {
        let mut harness = Harness::start(self.config(None))?;
        let budget = self.options.budget;
        Ok(self.paced(|| Showing::find(&mut harness, finding, case, scenario, budget))?)
    }

    /// Names a new root again, from a smaller test case that has less in it than the one that the
    /// root was determined with.
    ///
    /// # Errors
    /// A directory that cannot be used.
    pub fn rename(&self, store: &Store, name: &str) -> Result<Option<Root>, RootError> {
        let crash = Crash::read(&store.path(name))?;
        let Some(root) = crash.finding.root.clone().filter(Root::is_new) else { return Ok(None) };
        let id = guess(&crash.finding, &crash.case, &crash.scenario);
        let renamed = Root { id, ..root };
        store.put_root(name, &renamed)?;
        Ok(Some(renamed))
    }

    /// The patches that could end the finding: those that are for its kind, and the others. A
    /// patch whose root is out of the scenario's reach is neither.
    fn candidates(&self, subject: &Subject<'_>) -> (Vec<Patch>, Vec<Patch>) {
        // Changes of go/types end no fault of a target.
        let is_go_types = subject.finding.blame != Blame::Target;
        let open = self.all.iter().filter(|p| is_go_types && self.open.contains(&p.id));
        let kind = subject.finding.kind.as_str();
        let in_reach = open.filter(|p| p.is_within_reach(subject.scenario)).cloned();
        in_reach.partition(|p| p.kinds.iter().any(|k| k == kind))
    }

    fn try_all(
        &mut self,
        subject: &Subject<'_>,
        patches: &[Patch],
        trials: &mut Vec<Trial>,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Decision, RootError> {
        let mut effects = Vec::new();
        for patch in patches {
            if let Some((effect, trial)) = self.try_one(subject, patch, progress)? {
                trials.push(trial);
                effects.push((patch, effect));
            }
        }
        Ok(decide(&effects))
    }

    /// Runs a finding under a patch. `None` if the harness does not build with it.
    fn try_one(
        &mut self,
        subject: &Subject<'_>,
        patch: &Patch,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Option<(Effect, Trial)>, RootError> {
        let patched = match self.builds.get(&patch.id, &self.options.stop, progress)? {
            Ok(patched) => patched,
            Err(why) => {
                let first = why.lines().next().unwrap_or_default();
                progress(&format!("warning: go/types does not build with {}: {first}", patch.id));
                return Ok(None);
            }
        };
        let mut harness = Harness::start(self.config(Some(patched)))?;
        let (finding, showing) = (subject.finding, &subject.showing);
        let (needed, budget) = (showing.needed(finding), self.options.budget);
        let seen =
            self.paced(|| showing.watch(&mut harness, finding, subject.case, needed, budget))?;
        let others = appeared(&seen.all, &showing.usual);
        let (hits, runs) = (seen.tally.hits, seen.tally.runs);
        let effect = effect(hits, runs, needed, !others.is_empty());
        Ok(Some((effect, Trial { patch: patch.id.clone(), seen: hits, runs, others })))
    }

    fn config(&self, patched: Option<Patched>) -> HarnessConfig {
        let mut config = self.options.harness.clone();
        config.interrupt = Arc::clone(&self.options.stop);
        if let Some(patched) = patched {
            (config.path, config.patch) = (patched.path, patched.number);
        }
        config
    }

    /// Does something, and then waits so that it takes its share of the time and no more.
    fn paced<T>(&self, work: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let result = work();
        rest(began.elapsed(), &self.options.percent, &self.options.stop);
        result
    }

    fn root(&self, subject: &Subject<'_>, decision: &Decision, tried: Vec<Trial>) -> Option<Root> {
        let finding = subject.finding;
        let of = |id: &str, by| {
            let patch = self.all.iter().find(|p| p.id == id);
            patch.map(|p| of_patch(p, by, tried.clone()))
        };
        match decision {
            Decision::Ends(id) => of(id, RootBy::Patch),
            Decision::Likely(id) => of(id, RootBy::Guess),
            // An issue may say which of them it is. Otherwise the first one is a guess.
            Decision::Several(ids) => {
                let known = self.by_issue(finding, &tried).filter(|root| ids.contains(&root.id));
                known.or_else(|| of(ids.first()?, RootBy::Guess))
            }
            Decision::Unclear => self.by_issue(finding, &tried),
            Decision::Survives => Some(self.by_issue(finding, &tried).unwrap_or_else(|| Root {
                id: guess(finding, subject.case, subject.scenario),
                title: finding.title.clone(),
                issues: Vec::new(),
                by: RootBy::Guess,
                tried,
            })),
        }
    }

    /// The root by the list of known issues. An issue of a patch's root is that root: the patch may
    /// not end all of it.
    fn by_issue(&self, finding: &Finding, tried: &[Trial]) -> Option<Root> {
        let known = self.options.known.look_up(finding.kind, &finding.signature, &finding.title)?;
        let patch = self.all.iter().find(|p| match &known.issue {
            Number::Number(n) => p.issues.iter().any(|i| u64::from(*i) == *n),
            Number::Text(_) => false,
        });
        if let Some(patch) = patch {
            return Some(of_patch(patch, RootBy::Issue, tried.to_vec()));
        }
        Some(Root {
            id: known.issue.to_string(),
            title: known.title.clone(),
            issues: match known.issue {
                Number::Number(n) => vec![n],
                Number::Text(_) => Vec::new(),
            },
            by: RootBy::Issue,
            tried: tried.to_vec(),
        })
    }
}

/// What is run.
struct Subject<'a> {
    finding: &'a Finding,
    case: &'a SourceCase,
    scenario: &'a Scenario,
    showing: Showing,
}

fn of_patch(patch: &Patch, by: RootBy, tried: Vec<Trial>) -> Root {
    Root {
        id: patch.id.clone(),
        title: patch.title.clone(),
        issues: patch.issues.iter().map(|i| u64::from(*i)).collect(),
        by,
        tried,
    }
}

/// Waits after work that took some time, so that the two take their share of the time: `percent`,
/// which may change meanwhile.
pub fn rest(took: Duration, percent: &AtomicU32, stop: &AtomicBool) {
    let began = Instant::now();
    loop {
        let percent = percent.load(Ordering::Relaxed).clamp(1, 100);
        let over = began.elapsed() >= took * (100 - percent) / percent;
        if over || stop.load(Ordering::Relaxed) {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Whether roots are determined for a finding: a breach of contract is expected to fail, and what
/// the compiler does is not go/types'.
#[must_use]
pub fn has_root(finding: &Finding) -> bool {
    finding.class != crate::scenario::Class::Breach
        && !matches!(finding.kind, Kind::Leak | Kind::Compiler)
}
