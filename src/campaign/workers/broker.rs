//! The broker's process, as the one that started it sees it.

use std::ffi::OsString;
use std::io::{self, BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

use crate::campaign::results::hub_figures::HubFigures;
use crate::campaign::results::message::Message;
use crate::campaign::workers::hub::{Address, HubShare};
use crate::harness::{spawn_tied, terminate};

/// One that died sooner than this is started again after a pause, which doubles.
const LIVES: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How long the end may take: the last findings are on their way to other machines.
const ENDING: Duration = Duration::from_secs(1);

/// Starts a broker, and another one when it dies: the campaign goes on without one,
/// but workers do not learn from each other.
pub struct Broker {
    args: Vec<OsString>,
    share: HubShare,
    child: Option<Child>,
    began: Instant,
    /// Of those that died.
    lost: HubFigures,
    now: HubFigures,
    /// Deaths in a row that came soon.
    soon: u32,
    died: Instant,
}

impl Broker {
    /// Starts it. What it says goes to `say`.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(
        args: Vec<OsString>,
        share: HubShare,
        say: impl Fn(Option<Message>) + Send + Clone + 'static,
    ) -> io::Result<Self> {
        let mut broker = Self {
            args,
            share,
            child: None,
            began: Instant::now(),
            lost: HubFigures::default(),
            now: HubFigures::default(),
            soon: 0,
            died: Instant::now(),
        };
        // One that was killed with its campaign left it.
        Address::remove(&broker.share.work);
        broker.launch(say)?;
        Ok(broker)
    }

    fn launch(&mut self, say: impl Fn(Option<Message>) + Send + 'static) -> io::Result<()> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(&self.args).arg("--broker").arg(serde_json::to_string(&self.share)?);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = spawn_tied(&mut command)?;
        self.began = Instant::now();
        if let Some(out) = child.stdout.take() {
            std::thread::spawn(move || {
                for line in BufReader::new(out).lines().map_while(Result::ok) {
                    if let Ok(message) = serde_json::from_str(&line) {
                        say(Some(message));
                    }
                }
                say(None);
            });
        }
        self.child = Some(child);
        Ok(())
    }

    /// Takes a report. Says where peers may connect, when it is news.
    pub fn report(&mut self, figures: HubFigures) -> Option<String> {
        let port = figures.port.filter(|_| self.now.port.is_none());
        self.now = figures;
        let (Some(port), Some(address)) = (port, &mut self.share.listen) else { return None };
        // The next one listens where this one did, also if any port was asked for.
        let (host, _) = address.rsplit_once(':')?;
        *address = format!("{host}:{port}");
        Some(format!("listening on {address} for other machines"))
    }

    /// Its process is gone. Says so.
    pub fn ended(&mut self) -> String {
        let Some(mut child) = self.child.take() else { return String::new() };
        let status = child.wait().map_or_else(|e| e.to_string(), |s| s.to_string());
        Address::remove(&self.share.work);
        let (lost, now) = (self.lost, std::mem::take(&mut self.now));
        self.lost = sum(lost, now);
        self.now.port = now.port.or(lost.port);
        self.died = Instant::now();
        self.soon = if self.began.elapsed() < LIVES { self.soon + 1 } else { 0 };
        format!("warning: the broker died with {status}; it is started again")
    }

    /// Starts another one if it is time to.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn keep(&mut self, say: impl Fn(Option<Message>) + Send + 'static) -> io::Result<()> {
        let pause = Duration::from_millis(250) * (1 << self.soon.min(7));
        let pause = if self.soon == 0 { Duration::ZERO } else { pause.min(LONGEST_PAUSE) };
        if self.child.is_none() && self.died.elapsed() >= pause {
            // A failure is the next death.
            self.died = Instant::now();
            self.soon += 1;
            self.launch(say)?;
            self.soon -= 1;
        }
        Ok(())
    }

    /// What passed through it and those before.
    #[must_use]
    pub fn figures(&self) -> HubFigures {
        sum(self.lost, self.now)
    }

    /// Asks it to end and waits until it has.
    pub fn end(&mut self) {
        if let Some(child) = &mut self.child {
            terminate(child);
            let deadline = Instant::now() + ENDING;
            while matches!(child.try_wait(), Ok(None)) && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(5));
            }
            let _ = child.kill();
            let _ = child.wait();
            self.child = None;
        }
        Address::remove(&self.share.work);
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.end();
    }
}

fn sum(a: HubFigures, b: HubFigures) -> HubFigures {
    HubFigures {
        entries: a.entries + b.entries,
        bytes: a.bytes + b.bytes,
        duplicates: a.duplicates + b.duplicates,
        entries_received: a.entries_received + b.entries_received,
        findings_received: a.findings_received + b.findings_received,
        findings_sent: a.findings_sent + b.findings_sent,
        peers: b.peers,
        port: b.port.or(a.port),
    }
}

/// A channel's end as what [`Broker::start`] wants.
pub fn into(
    sender: &Sender<(usize, Option<Message>)>,
    as_whom: usize,
) -> impl Fn(Option<Message>) + Send + Clone + 'static {
    let sender = sender.clone();
    move |message| {
        let _ = sender.send((as_whom, message));
    }
}
