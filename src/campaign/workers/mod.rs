//! A campaign of several processes.
//!
//! Each worker is another process of this program, with its own harness and its own folder in the
//! campaign's. Workers read each other's journals in these folders, see [`siblings`]; the store
//! decides which of them stores a finding. The process that started them adds up their reports,
//! shares with other machines what they keep, and ends them when it ends, in whatever way.

mod exchange;
pub mod inbox;
mod outbox;
pub mod siblings;
pub mod sync;
mod sync_state;
mod unfinished;

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::campaign::corpus::work_dir::{WorkDir, WorkError};
use crate::campaign::corpus::worker_folders::{self, WORKER};
use crate::campaign::limits::Limits;
use crate::campaign::monitor::board::WorkerState;
use crate::campaign::monitor::display::{Display, PATIENCE};
use crate::campaign::monitor::samples::SamplesError;
use crate::campaign::results::add::{findings, merge};
use crate::campaign::results::figures::Figures;
use crate::campaign::results::found::Found;
use crate::campaign::results::message::Message;
use crate::campaign::results::summary::Summary;
use crate::campaign::roots::{Roots, RootsConfig, RootsEnd};
use crate::fleet::location::LocationError;
use crate::harness::{spawn_tied, sweep_scratch, terminate};
use crate::store::{Store, StoreError};
use crate::words::count;
use siblings::Place;
use sync::{Folders, Sync, SyncPlan};

/// A worker's share of the campaign, passed on its command line beside the campaign's own
/// arguments.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Share {
    /// Its folder.
    pub work: PathBuf,
    /// Its seed.
    pub seed: u64,
    /// Its time limit, in seconds.
    pub seconds: Option<f64>,
    /// Its limit of executions.
    pub execs: Option<u64>,
    /// Processors for its harness.
    pub procs: Option<u32>,
    /// Whether the user chose the seed.
    pub seed_given: bool,
    /// Its number.
    pub index: u32,
    /// The number of workers.
    pub workers: u32,
}

impl Share {
    /// Its place among the workers.
    #[must_use]
    pub fn place(&self) -> Place {
        Place { work: self.work.clone(), index: self.index, workers: self.workers }
    }
}

/// The campaign to start.
pub struct Plan {
    /// Arguments of the campaign, without the program's name. [`Share`] is added to them.
    pub args: Vec<OsString>,
    /// The number of workers.
    pub workers: u32,
    /// The campaign's folder; a temporary one if there is none.
    pub work: Option<PathBuf>,
    /// Crash directories.
    pub crashes: PathBuf,
    /// The storage that it shares with other machines.
    pub sync: Option<SyncPlan>,
    /// Processors for each worker's harness.
    pub procs: Option<u32>,
    /// The file that gets a line of figures every second.
    pub jsonl: Option<PathBuf>,
    /// The limits for all workers together.
    pub limits: Limits,
    /// The first worker's seed; the seeds of the others are drawn from it.
    pub seed: u64,
    /// Whether the user chose the seed.
    pub seed_given: bool,
    /// The background work on roots, for all workers together.
    pub roots: Option<RootsConfig>,
    /// The go/types under test.
    pub go_version: String,
    /// The patches in it.
    pub patched: Vec<String>,
    /// How progress is shown.
    pub display: Display,
    /// Set by a signal handler to end the campaign.
    pub interrupted: Arc<AtomicBool>,
}

/// Errors that keep a campaign of several workers from succeeding.
#[derive(Debug, thiserror::Error)]
pub enum WorkersError {
    /// The work directory cannot be used.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// The file of figures cannot be written.
    #[error(transparent)]
    Samples(#[from] SamplesError),
    /// The crash directories cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A worker cannot be started.
    #[error("cannot start a worker: {0}")]
    Start(#[source] std::io::Error),
    /// The storage of other machines can never be used.
    #[error("cannot use --sync: {0}")]
    Sync(#[from] LocationError),
    /// No worker finished. They reported why on standard error.
    #[error("all {workers} workers died, the last one with {status}")]
    AllDied {
        /// The number of workers.
        workers: u32,
        /// The exit status of the last one.
        status: String,
        /// Its exit code, if it had one.
        code: Option<i32>,
    },
    /// Summaries that cannot be added up.
    #[error("the workers' summaries cannot be added up: {0}")]
    Merge(#[from] serde_json::Error),
}

/// The maximum number of consecutive restarts after early deaths; a worker that lived longer is
/// always restarted.
const RESTARTS: u32 = 5;
/// A death before this time is early.
const LIVES: Duration = Duration::from_secs(5);
/// The pause before a restart: this for each consecutive early death.
const PAUSE: Duration = Duration::from_millis(200);
/// How long workers may take to stop when time is up; a run that does not end is abandoned before.
const STOPPING: Duration = Duration::from_secs(20);
/// The same after a signal, because a user is waiting. Findings are stored by then.
const HURRY: Duration = Duration::from_millis(1_500);

struct Worker {
    share: Share,
    child: Option<Child>,
    began: Instant,
    restarts: u32,
    /// Consecutive early deaths.
    soon: u32,
    /// When to restart it, if it is dead and will be restarted.
    again: Option<Instant>,
    /// Whether it was killed because it took too long to end.
    is_killed: bool,
    /// Figures of the processes that ended without a summary.
    lost: Figures,
    figures: Figures,
    summary: Option<Summary>,
}

/// The seed of a campaign's part: the first one has the campaign's own.
#[must_use]
pub fn seed_of(campaign: u64, index: u64) -> u64 {
    campaign.wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// Runs a campaign to its end. All workers have ended when it returns.
///
/// # Errors
/// No worker finished. Findings made before that are in the store.
pub fn run(plan: &Plan) -> Result<Summary, WorkersError> {
    let work = WorkDir::open(plan.work.as_deref())?;
    plan.display.open_samples(plan.jsonl.as_deref(), &work)?;
    let mut campaign = Workers::start(plan, &work)?;
    let result = campaign.watch();
    campaign.end();
    let roots = campaign.finish_roots();
    // Last, so that the roots and the programs of findings are shared too.
    if let Some(sync) = &mut campaign.sync {
        sync.end(&plan.display);
    }
    result?;
    campaign.summary(&roots)
}

/// Says what becomes of the workers of an earlier campaign that this one does not have.
fn say_former(plan: &Plan, work: &WorkDir) {
    let folders = worker_folders::folders(work.path());
    let numbers = folders.iter().filter_map(|f| worker_folders::number(f));
    let former = numbers.filter(|n| *n >= plan.workers).count();
    if former > 0 {
        let workers = count(former as u64, "more worker");
        plan.display.say(&format!(
            "an earlier campaign in this folder had {workers}: this one reads what they kept"
        ));
    }
}

struct Workers<'a> {
    plan: &'a Plan,
    began: Instant,
    workers: Vec<Worker>,
    sync: Option<Sync>,
    messages: mpsc::Receiver<(usize, Option<Message>)>,
    sender: Sender<(usize, Option<Message>)>,
    found: Vec<Found>,
    roots: Option<Roots>,
    stopping: Option<Instant>,
    /// Whether it was said what it waits for after its time.
    is_late: bool,
    last_end: (String, Option<i32>),
}

impl<'a> Workers<'a> {
    fn start(plan: &'a Plan, work: &WorkDir) -> Result<Self, WorkersError> {
        let (sender, messages) = mpsc::channel();
        let count = u64::from(plan.workers);
        let workers = (0..plan.workers).map(|index| Worker {
            share: Share {
                work: work.path().join(format!("{WORKER}{index}")),
                // The first worker runs what a campaign of one worker would.
                seed: seed_of(plan.seed, u64::from(index)),
                seconds: None,
                execs: plan
                    .limits
                    .execs
                    .map(|n| n / count + u64::from(u64::from(index) < n % count)),
                procs: plan.procs,
                seed_given: plan.seed_given,
                index,
                workers: plan.workers,
            },
            child: None,
            began: Instant::now(),
            restarts: 0,
            soon: 0,
            again: None,
            is_killed: false,
            lost: Figures::default(),
            figures: Figures::default(),
            summary: None,
        });
        let mut campaign = Self {
            plan,
            began: Instant::now(),
            workers: workers.collect(),
            sync: None,
            messages,
            sender,
            found: Vec::new(),
            roots: match &plan.roots {
                Some(roots) => Some(Roots::new(Store::open(&plan.crashes)?, roots.clone())),
                None => None,
            },
            stopping: None,
            is_late: false,
            last_end: ("no process".to_owned(), None),
        };
        if let Some(sync) = &plan.sync {
            let folders = Folders {
                work: work.path().to_owned(),
                crashes: plan.crashes.clone(),
                workers: plan.workers,
            };
            campaign.sync = Some(Sync::start(sync, folders, plan.display.clone())?);
        }
        say_former(plan, work);
        for i in 0..campaign.workers.len() {
            if let Err(e) = campaign.launch(i) {
                campaign.end();
                return Err(WorkersError::Start(e));
            }
        }
        Ok(campaign)
    }

    /// Starts a worker's process. It dies with this thread, which is the program's main thread and
    /// waits for it.
    fn launch(&mut self, i: usize) -> std::io::Result<()> {
        let worker = &mut self.workers[i];
        let mut share = worker.share.clone();
        let elapsed = self.began.elapsed();
        let left = self.plan.limits.time.map(|t| t.saturating_sub(elapsed));
        share.seconds = left.map(|t| t.as_secs_f64());
        share.execs = share.execs.map(|n| n.saturating_sub(worker.lost.execs));
        share.seed = share.seed.wrapping_add(u64::from(worker.restarts));
        // The signal that killed it would come again.
        share.seed_given |= worker.restarts > 0;
        let mut command = Command::new(std::env::current_exe()?);
        command.args(&self.plan.args).arg("--worker");
        command.arg(serde_json::to_string(&share)?);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = spawn_tied(&mut command)?;
        worker.began = Instant::now();
        let sender = self.sender.clone();
        if let Some(out) = child.stdout.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(out).lines().map_while(Result::ok) {
                    if let Ok(message) = serde_json::from_str(&line) {
                        let _ = sender.send((i, Some(message)));
                    }
                }
                let _ = sender.send((i, None));
            });
        }
        worker.child = Some(child);
        Ok(())
    }

    /// Handles the workers' messages until all have ended.
    fn watch(&mut self) -> Result<(), WorkersError> {
        let mut shown = Duration::ZERO;
        while self.workers.iter().any(|w| w.child.is_some() || w.again.is_some()) {
            match self.messages.recv_timeout(Duration::from_millis(100)) {
                Ok((i, Some(message))) => self.take(i, message),
                Ok((i, None)) => self.ended(i)?,
                // This end keeps a sender, so the channel is never disconnected.
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
            let enough = self.plan.limits.findings.is_some_and(|n| self.found.len() >= n);
            if enough || self.plan.interrupted.load(Ordering::Relaxed) {
                self.stop();
            }
            let now = self.began.elapsed();
            self.plan.display.sample(|| self.figures(), now);
            if let Some(roots) = &mut self.roots {
                self.plan.display.tell(roots);
            }
            self.start_again()?;
            self.say_late(now);
            let late = self.plan.limits.time.is_some_and(|t| now > t + STOPPING);
            let patience =
                if self.plan.interrupted.load(Ordering::Relaxed) { HURRY } else { STOPPING };
            if late || self.stopping.is_some_and(|t| t.elapsed() > patience) {
                self.kill();
            }
            if now.saturating_sub(shown) >= self.plan.display.every() {
                shown = now;
                self.plan.display.show(self.figures(), now, self.states());
            }
        }
        Ok(())
    }

    fn take(&mut self, i: usize, message: Message) {
        match message {
            Message::Figures(figures) => {
                let later = self.workers[i].began.saturating_duration_since(self.began);
                self.workers[i].figures = figures.later_by(later);
            }
            Message::Say(text) => self.plan.display.say(&format!("worker {i}: {text}")),
            Message::Found(found) => {
                let news = |f: &Found| f.id == found.id && f.class <= found.class;
                if !self.found.iter().any(news) {
                    self.plan.display.found(&found);
                    if let Some(roots) = &mut self.roots
                        && let Some(root) = roots.push(&found.path)
                    {
                        self.plan.display.rooted(&found.id, &root);
                    }
                }
                self.found.push(*found);
                self.found = findings(std::mem::take(&mut self.found));
            }
            Message::Judged { source, is_good } => {
                if let Some(sync) = &self.sync {
                    sync.judged(source, is_good);
                }
            }
            Message::Summary(summary) => self.workers[i].summary = Some(*summary),
        }
    }

    /// Handles the end of a worker's process: it finished, is restarted, or is lost.
    fn ended(&mut self, i: usize) -> Result<(), WorkersError> {
        let Some(mut child) = self.workers[i].child.take() else { return Ok(()) };
        let status = child.wait().map_err(WorkersError::Start)?;
        let is_ending = self.is_ending();
        let worker = &mut self.workers[i];
        if worker.summary.is_some() {
            return Ok(());
        }
        worker.lost.add(&worker.figures);
        worker.figures = Figures::default();
        if unfinished::is_ours(status, worker.is_killed, is_ending) {
            let text = format!("worker {i} was ended: what it last reported counts");
            self.plan.display.say(&text);
            return Ok(());
        }
        self.last_end = (status.to_string(), status.code());
        worker.soon = if worker.began.elapsed() < LIVES { worker.soon + 1 } else { 0 };
        // An exit code was chosen by the worker itself: it would end the same way again.
        let spoke = matches!(status.code(), Some(2 | 3));
        let again = self.stopping.is_none() && !spoke && worker.soon <= RESTARTS;
        worker.restarts += 1;
        worker.again = again.then(|| Instant::now() + PAUSE * worker.soon);
        let then = if again { "it is started again" } else { "the others go on" };
        self.plan.display.say(&format!("warning: worker {i} died with {status}; {then}"));
        Ok(())
    }

    /// Restarts dead workers when it is time.
    fn start_again(&mut self) -> Result<(), WorkersError> {
        for i in 0..self.workers.len() {
            if self.stopping.is_some() {
                self.workers[i].again = None;
            }
            if self.workers[i].again.take_if(|at| Instant::now() >= *at).is_some() {
                self.launch(i).map_err(WorkersError::Start)?;
            }
        }
        Ok(())
    }

    /// Asks the workers to stop, once.
    fn stop(&mut self) {
        if self.stopping.is_none() {
            self.stopping = Some(Instant::now());
            for child in self.workers.iter().filter_map(|w| w.child.as_ref()) {
                terminate(child);
            }
        }
    }

    /// Says, once, what a campaign waits for whose time is up.
    fn say_late(&mut self, now: Duration) {
        let is_late = self.plan.limits.time.is_some_and(|t| now > t + PATIENCE);
        if is_late && !self.is_late && self.stopping.is_none() {
            self.is_late = true;
            let left = self.workers.iter().filter(|w| w.child.is_some()).count();
            let workers = count(left as u64, "worker");
            let text = format!("the time is up; waiting for the last test case of {workers}");
            self.plan.display.say(&text);
        }
    }

    /// Whether the workers are asked to stop, or are about to be.
    fn is_ending(&self) -> bool {
        self.stopping.is_some() || self.plan.interrupted.load(Ordering::Relaxed)
    }

    /// Kills the workers that take too long to stop. [`Self::ended`] handles their ends.
    fn kill(&mut self) {
        for worker in &mut self.workers {
            if let Some(child) = &mut worker.child {
                worker.is_killed = true;
                let _ = child.kill();
            }
        }
    }

    /// Kills the remaining workers.
    fn end(&mut self) {
        for mut child in self.workers.iter_mut().filter_map(|w| w.child.take()) {
            let _ = child.kill();
            let _ = child.wait();
        }
        sweep_scratch();
    }

    /// Takes some more time for roots that have no program yet, and ends the background work.
    fn finish_roots(&mut self) -> RootsEnd {
        let Some(roots) = self.roots.take() else { return RootsEnd::default() };
        let Plan { limits, interrupted, display, .. } = self.plan;
        display.finish_roots(roots, limits.extra_time(), interrupted)
    }

    fn states(&self) -> Vec<WorkerState> {
        let state = |(number, w): (usize, &Worker)| WorkerState {
            number,
            state: match (&w.child, self.stopping) {
                (Some(_), Some(_)) => "stopping",
                (Some(_), None) if w.figures.execs == 0 => "starting",
                (Some(_), None) => "running",
                (None, _) if w.summary.is_some() || w.is_killed => "ended",
                (None, _) => "lost",
            },
            pid: w.child.as_ref().map(Child::id),
            execs: w.lost.execs + w.figures.execs,
            restarts: w.restarts,
        };
        self.workers.iter().enumerate().map(state).collect()
    }

    fn figures(&self) -> Figures {
        let mut sum = Figures::default();
        for w in &self.workers {
            sum.add(&w.lost);
            sum.add(&w.figures);
        }
        Figures { findings: self.found.len(), ..sum }
    }

    /// The summary of a campaign of which no worker finished, before what they reported.
    fn unfinished(&self) -> Summary {
        let Plan { go_version, patched, .. } = self.plan;
        Summary { go_version: go_version.clone(), patched: patched.clone(), ..Summary::default() }
    }

    fn summary(&mut self, roots: &RootsEnd) -> Result<Summary, WorkersError> {
        let ended: Vec<Summary> = self.workers.iter().filter_map(|w| w.summary.clone()).collect();
        let interrupted = self.plan.interrupted.load(Ordering::Relaxed);
        // A signal that arrived before any worker had finished is not a failure, and neither is a
        // worker that did not end in time.
        let is_killed = self.workers.iter().any(|w| w.is_killed);
        let none = || (interrupted || is_killed).then(|| self.unfinished());
        let Some(mut all) = merge(&ended)?.or_else(none) else {
            let (status, code) = self.last_end.clone();
            return Err(WorkersError::AllDied { workers: self.plan.workers, status, code });
        };
        self.workers.iter().for_each(|w| unfinished::add(&mut all, &w.lost));
        let seen = self.figures();
        all.corpus = all.corpus.max(seen.corpus);
        if seen.coverage.hit > all.coverage.hit {
            all.coverage = seen.coverage;
        }
        // Findings of a process that died are stored, and are reported.
        let told = std::mem::take(&mut self.found);
        let missing = told.into_iter().filter(|f| !all.findings.iter().any(|g| g.id == f.id));
        let missing: Vec<Found> = missing.collect();
        all.findings.extend(missing);
        all.findings = findings(std::mem::take(&mut all.findings));
        all.seconds = self.began.elapsed().as_secs_f64();
        all.execs_per_second = all.execs as f64 / all.seconds.max(0.001);
        all.seed = self.plan.seed;
        all.minimized = roots.minimized;
        all.not_minimized = roots.waiting + roots.failed.len();
        all.interrupted |= interrupted;
        all.sync = self.sync.as_ref().map(Sync::figures);
        Ok(all)
    }
}
