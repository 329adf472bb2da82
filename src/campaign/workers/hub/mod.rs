//! The broker of a campaign: a process of its own that passes corpus entries between
//! workers, by LLMP, and between machines, by LLMP's broker-to-broker protocol, and
//! findings between machines.
//!
//! It is a separate process because LLMP panics when it cannot continue. Everything that it holds
//! is also on disk: if it is killed, a new one starts and reads the workers' folders, and workers
//! and peers reconnect.

pub mod findings;
pub mod link;
pub mod wire;

use std::cell::RefCell;
use std::collections::HashSet;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use libafl_bolts::llmp::{
    Flags, LLMP_FLAG_FROM_B2B, Listener, LlmpBroker, LlmpBrokerInner, LlmpHook, LlmpMsgHookResult,
    Tag,
};
use libafl_bolts::tuples::tuple_list;
use libafl_bolts::{ClientId, Error};
use serde::{Deserialize, Serialize};

use crate::campaign::corpus::worker_folders;
use crate::campaign::results::hub_figures::HubFigures;
use crate::campaign::results::message::Message;
use crate::files;
use crate::harness::{SharedProvider, raise_file_limit};
use crate::scenario::Class;
use crate::store::{Store, StoreError};
use findings::Outbox;
use link::{Links, News, Passed};
use wire::{EVENT, Entry, FINDING};

/// The interval at which workers' messages are read.
const PAUSE: Duration = Duration::from_millis(5);
/// The interval of reports, and the interval at which findings to send are looked for.
const EVERY: Duration = Duration::from_secs(1);
/// How long shutdown waits for messages that peers have not received yet.
const LAST_WORDS: Duration = Duration::from_millis(400);

/// A broker's command line arguments.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HubShare {
    /// The campaign's folder.
    pub work: PathBuf,
    /// Its crash directories.
    pub crashes: PathBuf,
    /// The address to which peers may connect.
    pub listen: Option<String>,
    /// Peers to connect to.
    pub connect: Vec<String>,
    /// The campaign's name among its peers.
    pub name: String,
}

/// Where workers find the broker: a file in the campaign's folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Its process.
    pub pid: u32,
    /// Its port on this machine.
    pub port: u16,
}

impl Address {
    const FILE: &str = "broker.json";

    /// Reads the address of a campaign's current broker.
    #[must_use]
    pub fn read(work: &Path) -> Option<Self> {
        let text = std::fs::read(work.join(Self::FILE)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    fn write(self, work: &Path) -> io::Result<()> {
        files::replace_unsynced(&work.join(Self::FILE), &serde_json::to_vec(&self)?)
    }

    /// Removes the address, because the broker is gone.
    pub fn remove(work: &Path) {
        let _ = std::fs::remove_file(work.join(Self::FILE));
    }
}

/// Errors that keep a broker from working.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The address is in use, or does not belong to this machine.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: String,
        /// The reason.
        source: io::Error,
    },
    /// The campaign's folder cannot be written.
    #[error("cannot write the broker's address to {path}: {source}")]
    Address {
        /// The folder.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The crash directories cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An error of LLMP.
    #[error("the broker cannot go on: {0}")]
    Llmp(#[from] Error),
}

/// Drops messages that are not corpus entries or passed before, and records the rest for peers.
struct Hook {
    seen: Rc<RefCell<HashSet<u64>>>,
    figures: Rc<RefCell<HubFigures>>,
    links: Option<Links>,
}

impl<SHM, SP> LlmpHook<SHM, SP> for Hook {
    fn on_new_message(
        &mut self,
        _broker: &mut LlmpBrokerInner<SHM, SP>,
        _client: ClientId,
        tag: &mut Tag,
        flags: &mut Flags,
        msg: &mut [u8],
        _new: &mut Vec<(Tag, Flags, Vec<u8>)>,
    ) -> Result<LlmpMsgHookResult, Error> {
        let entry = if *tag == EVENT { Entry::decode(*flags, msg) } else { None };
        let Some(entry) = entry else { return Ok(LlmpMsgHookResult::Handled) };
        let mut figures = self.figures.borrow_mut();
        figures.entries += 1;
        figures.bytes += msg.len() as u64;
        if !self.seen.borrow_mut().insert(entry.case.key()) {
            figures.duplicates += 1;
            return Ok(LlmpMsgHookResult::Handled);
        }
        if let Some(links) = &self.links {
            let payload = Arc::from(&*msg);
            links.history.push(Passed { from: 0, tag: *tag, flags: *flags, payload });
        }
        Ok(LlmpMsgHookResult::ForwardToClients)
    }
}

struct Hub {
    broker: LlmpBroker<(Hook, ()), crate::harness::Shared, SharedProvider>,
    seen: Rc<RefCell<HashSet<u64>>>,
    figures: Rc<RefCell<HubFigures>>,
    store: Store,
    outbox: Outbox,
    links: Option<Links>,
    verbose: bool,
}

/// Passes messages until it is asked to end; a verbose one announces breaches of contract too.
///
/// # Errors
/// No port, no memory, or a worker's memory that is gone: start another broker.
pub fn run(share: &HubShare, verbose: bool, interrupted: &AtomicBool) -> Result<(), HubError> {
    raise_file_limit();
    let (sender, news) = mpsc::channel();
    let linked = share.listen.is_some() || !share.connect.is_empty();
    let links = linked.then(|| Links::new(sender.clone(), share.name.clone()));
    let figures: Rc<RefCell<HubFigures>> = Rc::default();
    if let (Some(address), Some(links)) = (&share.listen, &links) {
        let failed = |source| HubError::Listen { address: address.clone(), source };
        let listener = TcpListener::bind(address).map_err(failed)?;
        figures.borrow_mut().port = listener.local_addr().ok().map(|a| a.port());
        links.listen(listener);
    }
    let seen: Rc<RefCell<HashSet<u64>>> = Rc::default();
    let hook = Hook { seen: Rc::clone(&seen), figures: Rc::clone(&figures), links: links.clone() };
    let mut hub = Hub {
        broker: LlmpBroker::new(SharedProvider, tuple_list!(hook))?,
        seen,
        figures,
        store: Store::existing(&share.crashes)?,
        outbox: Outbox::default(),
        links,
        verbose,
    };
    // Entries that workers stored before come first; workers know their own.
    for file in worker_folders::stored(&share.work, None) {
        if let Ok(json) = std::fs::read_to_string(file) {
            hub.stored(json)?;
        }
    }
    let failed = |source| HubError::Address { path: share.work.clone(), source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    hub.broker.inner_mut().launch_listener(Listener::Tcp(listener))?;
    Address { pid: std::process::id(), port }.write(&share.work).map_err(failed)?;
    if let Some(links) = &hub.links {
        share.connect.iter().for_each(|address| links.connect(address.clone()));
    }
    let mut next = Instant::now();
    while !interrupted.load(Ordering::Relaxed) {
        let mut busy = hub.broker.broker_once()?;
        while let Ok(one) = news.try_recv() {
            hub.take(one)?;
            busy = true;
        }
        if Instant::now() >= next {
            next = Instant::now() + EVERY;
            hub.send_findings(false);
            Message::Hub(*hub.figures.borrow()).send();
        }
        if !busy {
            std::thread::sleep(PAUSE);
        }
    }
    hub.broker.broker_once()?;
    hub.send_findings(true);
    if hub.figures.borrow().peers > 0 {
        std::thread::sleep(LAST_WORDS);
    }
    Message::Hub(*hub.figures.borrow()).send();
    Ok(())
}

impl Hub {
    /// Sends an entry from disk to everyone.
    fn stored(&mut self, json: String) -> Result<(), Error> {
        let entry = Entry::stored(json);
        if !self.seen.borrow_mut().insert(entry.case.key()) {
            return Ok(());
        }
        let Some((flags, payload)) = entry.encode() else { return Ok(()) };
        self.broker.inner_mut().send_buf_with_flags(EVENT, flags, &payload)?;
        if let Some(links) = &self.links {
            links.history.push(Passed { from: 0, tag: EVENT, flags, payload: payload.into() });
        }
        Ok(())
    }

    fn take(&mut self, news: News) -> Result<(), Error> {
        match news {
            News::Say(text) => Message::Say(text).send(),
            News::Peers(n) => self.figures.borrow_mut().peers = n as u64,
            News::Message(passed) if passed.tag == EVENT => self.entry(passed)?,
            News::Message(passed) if passed.tag == FINDING => {
                match findings::receive(&self.store, passed.flags, &passed.payload) {
                    Ok(Some(f)) => {
                        self.figures.borrow_mut().findings_received += 1;
                        if self.verbose || f.class != Class::Breach {
                            let text = format!("FOUND elsewhere {}: {}", f.class, f.title);
                            Message::Say(text).send();
                        }
                    }
                    Ok(None) => {}
                    Err(e) => Message::Say(format!("warning: a peer's finding: {e}")).send(),
                }
            }
            // LibAFL's other messages are ignored.
            News::Message(_) => {}
        }
        Ok(())
    }

    /// Sends an entry of another machine to the workers and the other machines.
    fn entry(&mut self, passed: Passed) -> Result<(), Error> {
        let Some(entry) = Entry::decode(passed.flags, &passed.payload) else { return Ok(()) };
        if !self.seen.borrow_mut().insert(entry.case.key()) {
            return Ok(());
        }
        self.figures.borrow_mut().entries_received += 1;
        let flags = passed.flags | LLMP_FLAG_FROM_B2B;
        self.broker.inner_mut().send_buf_with_flags(EVENT, flags, &passed.payload)?;
        if let Some(links) = &self.links {
            links.history.push(passed);
        }
        Ok(())
    }

    fn send_findings(&mut self, last: bool) {
        let Some(links) = &self.links else { return };
        for (flags, payload) in self.outbox.look(&self.store, last) {
            self.figures.borrow_mut().findings_sent += 1;
            links.history.push(Passed { from: 0, tag: FINDING, flags, payload: payload.into() });
        }
    }
}
