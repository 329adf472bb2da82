//! The thread that does the work.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::queue::{Job, SHORT};
use super::{News, RootsConfig, Shared, processors};
use crate::finding::{Finding, NEW, Root};
use crate::harness::{BuiltHarness, HarnessConfig, HarnessError, stop_builds_with};
use crate::store::{MINIMIZED, Store};
use crate::triage::compiler::{Compiler, put_verdict};
use crate::triage::consequence;
use crate::triage::minimize::{self, MinimizeError, minimize};
use crate::triage::root::{self, Rooter, rest};
use crate::triage::standalone::{self, Crash, TARGET_TEST};

/// Runs used to measure a minimized test case and a program.
const RUNS: u32 = 10;
/// How long a finding is run without and, again, with each patch, at most.
const BUDGET: Duration = Duration::from_secs(4);
/// How long a finding is run without the race detector.
const CONSEQUENCE: Duration = Duration::from_secs(20);
/// How long the forms of a program are tried.
const VERIFY: Duration = Duration::from_secs(40);

pub(super) struct Worker {
    pub(super) config: RootsConfig,
    pub(super) store: Store,
    pub(super) shared: Arc<Shared>,
    pub(super) stop: Arc<AtomicBool>,
    pub(super) cut: Arc<AtomicBool>,
    pub(super) percent: Arc<AtomicU32>,
    /// Whether it works beside the campaign, and ends with it: others take its place.
    pub(super) is_beside: bool,
}

impl Worker {
    pub(super) fn run(self) {
        stop_builds_with(Arc::clone(&self.stop));
        let options = root::Options {
            harness: self.config.harness.clone(),
            go: self.config.go.clone(),
            known: self.config.known.clone(),
            budget: BUDGET,
            stop: Arc::clone(&self.stop),
            percent: Arc::clone(&self.percent),
        };
        let mut rooter = match Rooter::new(&self.config.built, options) {
            Ok(rooter) => rooter,
            Err(e) => return self.fail(&format!("no roots: {e}")),
        };
        // A campaign says it if there is none.
        let compiler = Compiler::find(&self.config.built.toolchain).ok();
        rooter.start();
        while let Some(job) = self.next(&mut rooter) {
            let id = job.id().to_owned();
            match job {
                Job::Root(_) => self.determine(&mut rooter, &id),
                Job::Minimize(_, time) => {
                    self.minimize(&mut rooter, compiler.as_ref(), &id, time);
                    self.rename(&rooter, &id);
                }
                Job::Consequence(_) => {
                    if let Err(why) = self.consequence(&id) {
                        self.fail(&format!("{id}: what it does to users is unknown: {why}"));
                    }
                    self.shared.lock().queue.set_consequence(&id);
                }
            }
            self.shared.lock().queue.release(&id);
        }
    }

    /// Waits for a job; `None` at the end.
    fn next(&self, rooter: &mut Rooter) -> Option<Job> {
        let mut state = self.shared.lock();
        loop {
            if state.ended || self.is_beside && state.until.is_some() {
                return None;
            }
            let is_blind = !rooter.is_ready();
            if let Some(job) = state.queue.take(is_blind) {
                return Some(job);
            }
            // A build that ends wakes nobody.
            let wait = if is_blind { Duration::from_millis(100) } else { Duration::MAX };
            let wake = self.shared.wake.wait_timeout(state, wait);
            state = wake.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn fail(&self, why: &str) {
        self.shared.lock().failed.push(why.to_owned());
    }

    fn determine(&self, rooter: &mut Rooter, id: &str) {
        // The builds of patched harnesses are no news.
        let root = match rooter.settle(&self.store, id, &mut |_| ()) {
            Err(_) if self.stop.load(Ordering::Relaxed) => return,
            Err(e) => {
                self.fail(&format!("{id}: its root is unknown: {e}"));
                None
            }
            Ok(root) => root,
        };
        let mut state = self.shared.lock();
        let (is_new, presumed) = state.queue.set_root(id, root.clone());
        let mut rooted = presumed.clone();
        if let Some(root) = root {
            if is_new {
                state.news.push(News::Say(line(&root)));
            }
            rooted.push((id.to_owned(), root));
        }
        state.news.extend(rooted.into_iter().map(|(finding, root)| News::Root { finding, root }));
        drop(state);
        for (id, root) in presumed {
            if let Err(e) = self.store.put_root(&id, &root) {
                self.fail(&format!("{id}: {e}"));
            }
        }
    }

    /// What a new root needs is known once the finding is minimized.
    fn rename(&self, rooter: &Rooter, id: &str) {
        match rooter.rename(&self.store, id) {
            Ok(None) => {}
            Ok(Some(root)) => {
                let mut state = self.shared.lock();
                state.queue.rename(id, root.clone());
                state.news.push(News::Root { finding: id.to_owned(), root });
            }
            Err(e) => self.fail(&format!("{id}: {e}")),
        }
    }

    fn minimize(&self, rooter: &mut Rooter, compiler: Option<&Compiler>, id: &str, time: Duration) {
        self.cut.store(self.stop.load(Ordering::Relaxed), Ordering::Relaxed);
        match self.try_to_minimize(rooter, compiler, id, time) {
            Ok(Some(finding)) => {
                let shown = finding.standalone.as_ref().map_or([0, 0], |s| s.reproduced);
                let lines = finding.standalone.as_ref().map_or(0, |s| s.lines);
                let is_complete = finding.minimized.as_ref().is_some_and(|m| m.complete);
                let dir = self.store.path(id);
                let what = match &finding.root {
                    Some(root) => format!("root {}", root.id),
                    None => finding.title.clone(),
                };
                // No program can import types2: the issue has the packages. For a target there is a
                // test, if a test can show it.
                let places = ["repro", "issue.md", TARGET_TEST];
                let place = places.into_iter().find(|p| dir.join(p).exists()).unwrap_or(MINIMIZED);
                let has_program = place == "repro";
                let rate = match has_program {
                    true => f64::from(shown[0]) / f64::from(shown[1].max(1)),
                    false => 1.0,
                };
                let mut state = self.shared.lock();
                state.minimized += 1;
                // A search that was given all its time would not get further with more.
                let is_complete = is_complete || time > SHORT;
                state.queue.set_program(id, rate, is_complete);
                let says = match shown {
                    _ if !has_program => "minimized".to_owned(),
                    [_, 0] => "minimized; there was no time to run its program".to_owned(),
                    [k, n] => {
                        format!("a program of {lines} lines shows it in {k} of {n} processes")
                    }
                };
                let line = format!("{what}: {says}: {}/{place}", dir.display());
                state.news.push(News::Say(line));
            }
            Ok(None) => {
                // On a busy machine, it may need more time to show.
                if time > SHORT {
                    self.fail(&format!("{id}: it did not show again"));
                }
                self.shared.lock().queue.set_failed(id, time > SHORT);
            }
            // It will be its turn again, if there is time.
            Err(_) if self.cut.load(Ordering::Relaxed) => {}
            Err(why) => {
                self.fail(&format!("{id}: {why}"));
                self.shared.lock().queue.set_failed(id, true);
            }
        }
    }

    /// Minimizes a finding, asks the compiler about it, and runs its program. `None` if it does not
    /// show.
    fn try_to_minimize(
        &self,
        rooter: &mut Rooter,
        compiler: Option<&Compiler>,
        id: &str,
        time: Duration,
    ) -> Result<Option<Finding>, String> {
        let path = self.store.path(id);
        let crash = Crash::read(&path).map_err(|e| e.to_string())?;
        let percent = self.percent.load(Ordering::Relaxed);
        let time = self.shared.lock().share_of(time);
        let patched = rooter.sieve(&crash.finding, &mut |_| ()).map_err(|e| e.to_string())?;
        let options = minimize::Options {
            harness: self.config.harness.clone(),
            patched,
            origin: self.config.origin.clone(),
            go_minor: self.config.built.toolchain.minor,
            jobs: 1,
            time: Some(time * 100 / percent),
            runs: RUNS,
            stop: Arc::clone(&self.cut),
            percent,
            neighbours: self.store.neighbours(&crash.finding),
            tries: Arc::default(),
        };
        // An earlier result is a good start.
        match minimize(&crash.case, Some(&crash.finding), &options, &mut |_| ()) {
            Ok(Some(m)) => {
                let keeps = rooter.keeps_root(&crash.finding, &m.text, &mut |_| ());
                if let Some(drift) = keeps.map_err(|e| e.to_string())? {
                    return Err(drift);
                }
                self.store.put_minimized(id, &m.text, &m.info).map_err(|e| e.to_string())?;
                if let Some(compiler) = compiler {
                    put_verdict(&self.store, id, &m.text, compiler).map_err(|e| e.to_string())?;
                }
            }
            Ok(None) => return Ok(None),
            Err(MinimizeError::Harness(HarnessError::Interrupted)) if crash.minimized => {}
            Err(e) => return Err(e.to_string()),
        }
        // From now on, the standalone program is made from the smaller test case.
        standalone::write(&path).map_err(|e| e.to_string())?;
        if crash.scenario.uses_targets() {
            // It has a test instead of a program, and that needs the target's package.
            return crate::store::read(&path).map(Some).map_err(|e| e.to_string());
        }
        let began = Instant::now();
        if let Some(finding) = self.verify(&path)? {
            self.store.update_finding(id, &finding).map_err(|e| e.to_string())?;
            standalone::write(&path).map_err(|e| e.to_string())?;
        }
        rest(began.elapsed(), &self.percent, &self.stop);
        crate::store::read(&path).map(Some).map_err(|e| e.to_string())
    }

    /// Runs a finding without the race detector. The harness for that is built once.
    fn consequence(&self, id: &str) -> Result<(), String> {
        let path = self.store.path(id);
        let began = Instant::now();
        let built = BuiltHarness::unwatched(&self.config.go, &mut |_| ());
        if self.stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        let harness = HarnessConfig {
            interrupt: Arc::clone(&self.stop),
            ..HarnessConfig::new(built.map_err(|e| e.to_string())?.path)
        };
        let options =
            consequence::Options { harness, origin: self.config.origin.clone(), time: CONSEQUENCE };
        let cases = consequence::cases(&path).map_err(|e| e.to_string())?;
        let seen = match consequence::consequence(&cases, &options, &mut |_| ()) {
            Err(_) if self.stop.load(Ordering::Relaxed) => return Ok(()),
            seen => seen.map_err(|e| e.to_string())?,
        };
        let says = seen.sentence();
        let changed = self.store.change(id, |finding| finding.consequence = Some(seen.clone()));
        changed.map_err(|e| e.to_string())?;
        standalone::write(&path).map_err(|e| e.to_string())?;
        let root = crate::store::read(&path).ok().and_then(|f| f.root);
        let what = root.map_or_else(|| id.to_owned(), |root| format!("root {}", root.id));
        self.shared.lock().news.push(News::Say(format!("{what}: {says}")));
        // It runs on all processors.
        rest(began.elapsed() * processors(), &self.percent, &self.stop);
        Ok(())
    }

    /// Runs the program of a crash directory; `None` if there was no time for any form of it.
    fn verify(&self, path: &Path) -> Result<Option<Finding>, String> {
        let (over, done) = (AtomicBool::new(false), AtomicBool::new(false));
        let until = Instant::now() + VERIFY;
        let measured = std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    if self.stop.load(Ordering::Relaxed) || Instant::now() > until {
                        over.store(true, Ordering::Relaxed);
                    }
                    std::thread::sleep(Duration::from_millis(20));
                }
            });
            let go = &self.config.built.toolchain;
            let measured = standalone::verify(path, go, RUNS, &over, &mut |_| ());
            done.store(true, Ordering::Relaxed);
            measured
        });
        match measured {
            Ok(finding) => Ok(Some(finding)),
            Err(_) if over.load(Ordering::Relaxed) => Ok(None),
            Err(e) => Err(e.to_string()),
        }
    }
}

/// The line for a root that is new to the campaign.
fn line(root: &Root) -> String {
    if root.is_new() {
        return format!("NEW ROOT {}: {}", root.id.trim_start_matches(NEW), root.title);
    }
    let issues: Vec<String> = root.issues.iter().map(|n| format!("golang/go#{n}")).collect();
    let issues =
        if issues.is_empty() { String::new() } else { format!(" ({})", issues.join(", ")) };
    format!("ROOT {}: {}{issues}", root.id, root.title)
}
