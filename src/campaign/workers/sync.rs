//! Shares a campaign's entries and findings with other machines, in a thread of the first process.
//!
//! Every few seconds, and at the end, it writes what the workers keep and find, and puts what is new
//! from others into the workers' inboxes. Fuzzing never waits for it. A storage that is away is
//! reported once; what could not be written waits on disk, where it is anyway.

use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::exchange::Exchange;
use crate::campaign::monitor::display::Display;
use crate::campaign::results::sync_figures::SyncFigures;
use crate::fleet::location::{Location, LocationError};

/// The time between two exchanges: while there is more to read, while there is news, and growing to
/// this.
const AT_ONCE: Duration = Duration::from_secs(1);
const SOON: Duration = Duration::from_secs(5);
const LATE: Duration = Duration::from_secs(15);
/// How long the last exchange may take.
const ENDING: Duration = Duration::from_secs(5);

/// What a campaign shares, and where.
#[derive(Clone, Debug)]
pub struct SyncPlan {
    /// The storage.
    pub location: Location,
    /// The build of the workers' harnesses.
    pub build: String,
    /// How long this campaign waits before it writes entries. The tasks of a batch start at the same
    /// time and find the same things at first: those that wait longer need not write them.
    pub delay: Duration,
}

/// The campaign's folders.
#[derive(Clone, Debug)]
pub struct Folders {
    /// The work folder.
    pub work: PathBuf,
    /// The crash directories.
    pub crashes: PathBuf,
    /// The number of workers.
    pub workers: u32,
}

enum Order {
    /// An object of a source did, or did not do, what it said.
    Judged(String, bool),
    End,
}

/// The thread, as the first process sees it.
pub struct Sync {
    orders: Sender<Order>,
    ended: mpsc::Receiver<()>,
    thread: Option<JoinHandle<()>>,
    figures: Arc<Mutex<SyncFigures>>,
    location: Location,
}

impl Sync {
    /// Starts the thread.
    ///
    /// # Errors
    /// The storage can never be used.
    pub fn start(
        plan: &SyncPlan,
        folders: Folders,
        display: Display,
    ) -> Result<Self, LocationError> {
        let exchange = Exchange::new(plan.location.open()?, plan, folders);
        let figures = Arc::new(Mutex::new(SyncFigures::default()));
        let (orders, inbound) = mpsc::channel();
        let (done, ended) = mpsc::channel();
        let (shared, location) = (Arc::clone(&figures), plan.location.clone());
        let thread = std::thread::spawn(move || {
            let mut syncer =
                Syncer { exchange, display, location, figures: shared, is_away: false };
            syncer.run(&inbound);
            // The other end may have given up.
            let _ = done.send(());
        });
        let location = plan.location.clone();
        Ok(Self { orders, ended, thread: Some(thread), figures, location })
    }

    /// Passes on whether an object of a source was what it said.
    pub fn judged(&self, source: String, is_good: bool) {
        let _ = self.orders.send(Order::Judged(source, is_good));
    }

    /// What was shared so far.
    #[must_use]
    pub fn figures(&self) -> SyncFigures {
        *self.figures.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what is left, and ends the thread. Says so if that takes too long.
    pub fn end(&mut self, display: &Display) {
        let Some(thread) = self.thread.take() else { return };
        let _ = self.orders.send(Order::End);
        if self.ended.recv_timeout(ENDING).is_ok() {
            let _ = thread.join();
        } else {
            // It hangs in a call to the storage, and ends with this process.
            display.say(&format!(
                "warning: {} does not answer; the rest is not shared",
                self.location
            ));
        }
    }
}

struct Syncer {
    exchange: Exchange,
    display: Display,
    location: Location,
    figures: Arc<Mutex<SyncFigures>>,
    is_away: bool,
}

impl Syncer {
    fn run(&mut self, orders: &mpsc::Receiver<Order>) {
        let mut pause = SOON;
        let mut next = Instant::now();
        loop {
            match orders.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Ok(Order::Judged(source, is_good)) => {
                    self.exchange.judge(&source, is_good);
                    self.tell();
                }
                Ok(Order::End) | Err(RecvTimeoutError::Disconnected) => {
                    self.exchange(true);
                    return;
                }
                Err(RecvTimeoutError::Timeout) => {
                    let had_news = self.exchange(false);
                    pause = if had_news { SOON } else { (pause + pause / 4).min(LATE) };
                    let has_more = self.exchange.has_more && !self.is_away;
                    next = Instant::now() + if has_more { AT_ONCE } else { pause };
                }
            }
        }
    }

    /// Exchanges once. Returns whether anything was written or taken.
    fn exchange(&mut self, is_last: bool) -> bool {
        let before = self.exchange.figures;
        let result = self.exchange.pass(is_last);
        self.tell();
        match result {
            Err(e) if !self.is_away => {
                self.is_away = true;
                self.display.say(&format!(
                    "warning: {} is away: {e}; the campaign goes on and tries again",
                    self.location
                ));
            }
            // The last time, there may be nothing to ask the storage for.
            Ok(()) if self.is_away && !is_last => {
                self.is_away = false;
                self.display.say(&format!("{} is back", self.location));
            }
            _ => {}
        }
        let now = self.exchange.figures;
        (now.bytes_sent, now.bytes_received) != (before.bytes_sent, before.bytes_received)
    }

    /// Says what there is to say, and publishes the figures.
    fn tell(&mut self) {
        for text in self.exchange.said.drain(..) {
            self.display.say(&text);
        }
        *self.figures.lock().unwrap_or_else(PoisonError::into_inner) = self.exchange.figures;
    }
}
