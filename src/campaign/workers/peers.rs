//! LibAFL's event manager of a worker: what others found comes in, what it found goes
//! out, through the campaign's broker.
//!
//! LibAFL's own `LlmpEventManager` takes what another build observed for its own (it
//! does not compare configurations), returns an error for a message that is no event,
//! which ends the campaign, and panics when the broker is gone. This one compares,
//! passes over, and connects again.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant};

use libafl::Error;
use libafl::corpus::Corpus as _;
use libafl::events::{
    Event, EventConfig, EventFirer, EventReceiver, EventWithStats, ProgressReporter, SendExiting,
};
use libafl::state::{HasCorpus as _, HasExecutions as _};
use libafl_bolts::llmp::{LLMP_FLAG_COMPRESSED, LlmpClient};

use crate::campaign::monitor::progress::Progress;
use crate::campaign::workers::hub::Address;
use crate::campaign::workers::hub::wire::{Carried, EVENT, Entry, build};
use crate::executor::{Observers, State};
use crate::harness::{Shared, SharedProvider};
use crate::testcase::TestCase;

/// How often the broker is looked for.
const EVERY: Duration = Duration::from_secs(1);
/// How long it may take to answer.
const CONNECTING: Duration = Duration::from_secs(1);

/// A worker's link to the others; to nobody, if it is alone.
pub struct Peers {
    /// The campaign's folder, where the broker's address is.
    campaign: Option<PathBuf>,
    client: Option<(Address, LlmpClient<Shared, SharedProvider>)>,
    next: Instant,
    build: EventConfig,
    /// Entries that were sent or came, by [`Carried::key`].
    seen: BTreeSet<u64>,
    progress: Rc<Progress>,
    imported: u64,
}

impl Peers {
    /// A worker of the campaign in this folder, with a harness of this build.
    #[must_use]
    pub fn new(campaign: Option<PathBuf>, build_key: &str, progress: Rc<Progress>) -> Self {
        Self {
            campaign,
            client: None,
            next: Instant::now(),
            build: build(build_key),
            seen: BTreeSet::new(),
            progress,
            imported: 0,
        }
    }

    /// Entries that came and were looked at.
    #[must_use]
    pub fn imported(&self) -> u64 {
        self.imported
    }

    /// Entries that need not come again.
    #[must_use]
    pub fn seen(&self) -> &BTreeSet<u64> {
        &self.seen
    }

    /// Entries that an earlier process had seen.
    pub fn knows(&mut self, keys: impl IntoIterator<Item = u64>) {
        self.seen.extend(keys);
    }

    /// Finds the broker, and finds it again when there is a new one.
    fn look(&mut self) {
        let Some(campaign) = &self.campaign else { return };
        if Instant::now() < self.next {
            return;
        }
        self.next = Instant::now() + EVERY;
        let address = Address::read(campaign);
        if self.client.as_ref().map(|(a, _)| *a) == address {
            return;
        }
        self.client = None;
        let Some(address) = address else { return };
        // LLMP's own would wait for ever for one that is gone.
        let at = SocketAddr::from((Ipv4Addr::LOCALHOST, address.port));
        if TcpStream::connect_timeout(&at, CONNECTING).is_err() {
            return;
        }
        match LlmpClient::create_attach_to_tcp(SharedProvider, address.port) {
            Ok(client) => self.client = Some((address, client)),
            Err(e) => self.progress.say(&format!("warning: no link to the other workers: {e}")),
        }
    }

    /// The next entry that is new, if one is there.
    fn receive(&mut self) -> Option<Entry> {
        loop {
            let (_, client) = self.client.as_mut()?;
            let own = client.sender().id();
            match client.recv_buf_with_flags() {
                Ok(None) => return None,
                Ok(Some((from, tag, flags, bytes))) => {
                    if from == own || tag != EVENT {
                        continue;
                    }
                    let entry = Entry::decode(flags, bytes);
                    if let Some(entry) = entry.filter(|e| self.seen.insert(e.case.key())) {
                        return Some(entry);
                    }
                }
                // It is ending, or was killed and took its memory along.
                Err(_) => {
                    self.client = None;
                    return None;
                }
            }
        }
    }
}

impl EventFirer<TestCase, State> for Peers {
    fn fire(&mut self, state: &mut State, event: EventWithStats<TestCase>) -> Result<(), Error> {
        if self.campaign.is_none() {
            return Ok(());
        }
        let (event, _) = event.into_parts();
        let Event::NewTestcase { input, observers_buf, exit_kind, corpus_size, .. } = event else {
            return Ok(());
        };
        let Some(case) = Carried::new(&input) else { return Ok(()) };
        self.seen.insert(case.key());
        self.look();
        // One that was killed reads nothing, and LLMP panics when nobody reads. What is
        // not sent is on disk, where the next broker finds it.
        let alive = |a: &Address| crate::harness::is_alive(a.pid);
        self.client.take_if(|(address, _)| !alive(address));
        let Some((_, client)) = &mut self.client else { return Ok(()) };
        let entry = Entry {
            case,
            observers: observers_buf,
            exit: exit_kind,
            build: self.build,
            executions: *state.executions(),
            corpus: corpus_size,
        };
        if let Some((flags, bytes)) = entry.encode() {
            let sent = if flags == LLMP_FLAG_COMPRESSED {
                client.send_buf_with_flags(EVENT, flags, &bytes)
            } else {
                client.send_buf(EVENT, &bytes)
            };
            if sent.is_err() {
                self.client = None;
            }
        }
        Ok(())
    }

    fn configuration(&self) -> EventConfig {
        // Observers are only made into bytes for somebody who reads them.
        if self.campaign.is_some() { self.build } else { EventConfig::AlwaysUnique }
    }

    fn should_send(&self) -> bool {
        self.campaign.is_some()
    }
}

impl EventReceiver<TestCase, State> for Peers {
    fn try_receive(
        &mut self,
        state: &mut State,
    ) -> Result<Option<(EventWithStats<TestCase>, bool)>, Error> {
        self.look();
        loop {
            if self.progress.over(*state.executions()) {
                return Ok(None);
            }
            let Some(entry) = self.receive() else { return Ok(None) };
            // Another version's, say: its sender's affair.
            let Ok(input) = TestCase::from_json(&entry.case.0) else { continue };
            self.imported += 1;
            // It descends from no entry here.
            *state.corpus_mut().current_mut() = None;
            // Rubbish would end the campaign.
            let known = entry.build.match_with(&self.build)
                && (entry.observers.as_ref())
                    .is_some_and(|o| postcard::from_bytes::<Observers>(o).is_ok());
            let event = Event::NewTestcase {
                input,
                observers_buf: entry.observers.filter(|_| known),
                exit_kind: entry.exit,
                corpus_size: entry.corpus,
                client_config: entry.build,
                forward_id: None,
            };
            return Ok(Some((EventWithStats::with_current_time(event, entry.executions), known)));
        }
    }

    fn on_interesting(&mut self, _: &mut State, _: EventWithStats<TestCase>) -> Result<(), Error> {
        Ok(())
    }
}

impl ProgressReporter<State> for Peers {
    fn maybe_report_progress(&mut self, _: &mut State, _: Duration) -> Result<(), Error> {
        Ok(())
    }

    fn report_progress(&mut self, _: &mut State) -> Result<(), Error> {
        Ok(())
    }
}

impl SendExiting for Peers {
    fn send_exiting(&mut self) -> Result<(), Error> {
        if let Some((_, client)) = &mut self.client {
            client.sender_mut().send_exiting()?;
        }
        Ok(())
    }

    fn on_shutdown(&mut self) -> Result<(), Error> {
        self.send_exiting()
    }
}
