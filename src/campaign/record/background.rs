//! Minimizes new findings during a campaign, in a share of the time.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::finding::{Finding, Origin};
use crate::harness::{HarnessConfig, HarnessError};
use crate::scenario::Class;
use crate::store::Store;
use crate::testcase::SourceCase;
use crate::triage::compiler::{Compiler, put_verdict};
use crate::triage::minimize::{MinimizeError, Options, minimize};
use crate::triage::standalone;

/// Settings of a background minimizer.
#[derive(Clone, Debug)]
pub struct BackgroundConfig {
    /// The harness; a separate process is started for the first finding.
    pub harness: HarnessConfig,
    /// What findings record about their origin.
    pub origin: Origin,
    /// Minor version of the Go under test.
    pub go_minor: u32,
    /// The share of one processor's time that may be used, 1 to 100.
    pub percent: u32,
    /// The compiler, which is asked about each minimized test case.
    pub compiler: Option<Compiler>,
}

/// The time limit for one finding, if the minimizer had the processor for itself.
const WORK: Duration = Duration::from_secs(30);
/// Runs used to measure a result.
const RUNS: u32 = 10;

/// A thread that minimizes findings, bugs first.
pub struct Background {
    config: BackgroundConfig,
    store: Store,
    shared: Arc<Shared>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<(Finding, String)>,
    done: usize,
    failed: Vec<String>,
    ended: bool,
}

/// The results of a background minimizer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BackgroundEnd {
    /// Findings that now have a minimized.txtar.
    pub done: usize,
    /// Findings that were still waiting.
    pub waiting: usize,
    /// Findings that could not be minimized, and why.
    pub failed: Vec<String>,
}

impl Background {
    /// A minimizer that stores its results in this store. Nothing runs yet.
    #[must_use]
    pub fn new(store: Store, config: BackgroundConfig) -> Self {
        let (shared, stop) = (Arc::default(), Arc::default());
        Self { config, store, shared, stop, thread: None }
    }

    /// Puts a stored finding in the queue, without waiting.
    pub fn push(&mut self, finding: Finding, testcase: String) {
        let mut state = self.shared.lock();
        // Of one finding, the newest test case counts, because its class is better.
        state.waiting.retain(|(f, _)| f.id != finding.id);
        state.waiting.push_back((finding, testcase));
        drop(state);
        self.shared.wake.notify_one();
        if self.thread.is_none() {
            let config = self.config.clone();
            let (store, shared, stop) =
                (self.store.clone(), Arc::clone(&self.shared), Arc::clone(&self.stop));
            self.thread = Some(std::thread::spawn(move || work(&config, &store, &shared, &stop)));
        }
    }

    /// Stops, and keeps the best result so far of the finding in progress.
    pub fn end(&mut self) -> BackgroundEnd {
        self.stop.store(true, Ordering::Relaxed);
        self.shared.lock().ended = true;
        self.shared.wake.notify_one();
        if let Some(thread) = self.thread.take() {
            // A panic was reported when it happened.
            let _ = thread.join();
        }
        let state = self.shared.lock();
        BackgroundEnd {
            done: state.done,
            waiting: state.waiting.len(),
            failed: state.failed.clone(),
        }
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.end();
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next finding, a bug if there is one; `None` when the queue is closed.
    fn next(&self) -> Option<(Finding, String)> {
        let mut state = self.lock();
        loop {
            if state.ended {
                return None;
            }
            let first = |class: Class| state.waiting.iter().position(|(f, _)| f.class == class);
            let at = [Class::Bug, Class::Unstated, Class::Breach].into_iter().find_map(first);
            if let Some(next) = at.and_then(|at| state.waiting.remove(at)) {
                return Some(next);
            }
            state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn work(config: &BackgroundConfig, store: &Store, shared: &Shared, stop: &Arc<AtomicBool>) {
    let percent = config.percent.clamp(1, 100);
    let mut options = Options {
        harness: config.harness.clone(),
        origin: config.origin.clone(),
        go_minor: config.go_minor,
        jobs: 1,
        time: Some(WORK * 100 / percent),
        runs: RUNS,
        stop: Arc::clone(stop),
        percent,
        nice: true,
        neighbours: Vec::new(),
    };
    while let Some((finding, testcase)) = shared.next() {
        let source = match SourceCase::from_txtar(&testcase) {
            Ok(source) => source,
            Err(e) => {
                shared.lock().failed.push(format!("{}: {e}", finding.id));
                continue;
            }
        };
        options.neighbours = store.neighbours(&finding);
        let result = minimize(&source, Some(&finding), &options, &mut |_| ());
        let failed = match result {
            Ok(Some(m)) => match store.put_minimized(&finding.id, &m.text, &m.info) {
                Ok(()) => {
                    let asked = config.compiler.as_ref().map_or(Ok(()), |compiler| {
                        put_verdict(store, &finding.id, &m.text, compiler)
                    });
                    // From now on, the standalone program is made from the smaller test case.
                    let written = standalone::write(&store.path(&finding.id));
                    let failed = written.err().map(|e| e.to_string());
                    failed.or_else(|| asked.err().map(|e| e.to_string()))
                }
                Err(e) => Some(e.to_string()),
            },
            Ok(None) => Some("it did not show again".to_owned()),
            Err(MinimizeError::Harness(HarnessError::Interrupted)) => {
                shared.lock().waiting.push_front((finding, testcase));
                return;
            }
            Err(e) => Some(e.to_string()),
        };
        let mut state = shared.lock();
        match failed {
            None => state.done += 1,
            Some(why) => state.failed.push(format!("{}: {why}", finding.id)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::test_support::fatal;

    fn finding(message: &str, class: Class) -> Finding {
        Finding { class, ..fatal(message) }
    }

    #[test]
    fn bugs_come_first_and_the_end_is_the_end() {
        let shared = Shared::default();
        for (message, class) in
            [("one", Class::Breach), ("two", Class::Bug), ("three", Class::Unstated)]
        {
            shared.lock().waiting.push_back((finding(message, class), String::new()));
        }
        let order: Vec<_> = (0..3).map(|_| shared.next().unwrap().0.class).collect();
        assert_eq!(order, [Class::Bug, Class::Unstated, Class::Breach]);
        shared.lock().waiting.push_back((finding("four", Class::Bug), String::new()));
        shared.lock().ended = true;
        assert!(shared.next().is_none());
    }

    #[test]
    fn an_end_without_work_is_quick() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let config = BackgroundConfig {
            harness: HarnessConfig::new("/nonexistent"),
            origin: Origin::default(),
            go_minor: 26,
            percent: 10,
            compiler: None,
        };
        assert_eq!(Background::new(store.clone(), config.clone()).end(), BackgroundEnd::default());
        // If the harness does not start, that is reported, and the finding stays stored.
        let mut background = Background::new(store.clone(), config);
        let f = finding("five", Class::Bug);
        store.save(&f, "go check a\n-- a/a.go --\npackage a\n", "", &[]).unwrap();
        background.push(f.clone(), "go check a\n-- a/a.go --\npackage a\n".to_owned());
        while background.shared.lock().failed.is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(background.end().failed.len(), 1);
        assert_eq!(store.list().unwrap().findings.len(), 1);
    }
}
