//! A connection to another machine's campaign: LibAFL's broker-to-broker protocol.
//!
//! The messages are LLMP's. What drives them is not its own `b2b_thread_on`, which
//! panics on what it cannot read, loses bytes when a message comes in two pieces,
//! never reconnects, and gives a client's number to a connection that is made later.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs as _};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use libafl_bolts::ClientId;
use libafl_bolts::llmp::{BrokerId, Flags, Tag, TcpRequest, TcpResponse};
use libafl_bolts::shmem::ShMemDescription;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// LibAFL's tag of an event for the broker alone: here, a sign of life.
const ALIVE: Tag = Tag(0x2B80438);
const ALIVE_EVERY: Duration = Duration::from_secs(5);
/// A peer that says nothing for so long is gone.
const SILENCE: Duration = Duration::from_secs(30);
/// Between two tries to reach a peer, and how long one takes.
const AGAIN: Duration = Duration::from_secs(1);
const CONNECTING: Duration = Duration::from_secs(5);
/// A message that says it is longer is none.
const LONGEST: usize = 64 << 20;
/// Peers at a time; a stranger who opens more waits.
const MOST: usize = 64;

/// [`libafl_bolts::llmp::TcpRemoteNewMessage`], whose fields are private.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
struct Message {
    client_id: ClientId,
    tag: Tag,
    flags: Flags,
    payload: Vec<u8>,
}

/// A message with the link it came by; 0 is this machine.
#[derive(Clone, Debug)]
pub struct Passed {
    /// The link.
    pub from: usize,
    /// LLMP's tag.
    pub tag: Tag,
    /// LLMP's flags.
    pub flags: Flags,
    /// What it says.
    pub payload: Arc<[u8]>,
}

/// What a link tells the broker.
#[derive(Debug)]
pub enum News {
    /// A message came.
    Message(Passed),
    /// A line for people.
    Say(String),
    /// So many peers there are now.
    Peers(usize),
}

/// Everything that was passed on so far: a peer that comes late, or back, gets it all.
#[derive(Debug, Default)]
pub struct History {
    inner: Mutex<Vec<Passed>>,
    grown: Condvar,
}

impl History {
    /// Adds a message for every link but its own.
    pub fn push(&self, message: Passed) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).push(message);
        self.grown.notify_all();
    }

    /// The message at a place, waiting for it a while.
    fn get(&self, at: usize, patience: Duration) -> Option<Passed> {
        let all = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.grown.wait_timeout_while(all, patience, |all| all.len() <= at);
        waited.unwrap_or_else(PoisonError::into_inner).0.get(at).cloned()
    }
}

/// What all links of a broker have in common.
#[derive(Clone)]
pub struct Links {
    /// What is sent.
    pub history: Arc<History>,
    /// Where what comes goes.
    pub news: Sender<News>,
    /// This campaign, so that it does not talk to itself.
    pub name: String,
    numbers: Arc<Mutex<Numbers>>,
}

#[derive(Debug, Default)]
struct Numbers {
    next: usize,
    now: usize,
}

impl Links {
    /// None yet.
    #[must_use]
    pub fn new(news: Sender<News>, name: String) -> Self {
        Self { history: Arc::default(), news, name, numbers: Arc::default() }
    }

    fn say(&self, text: String) {
        let _ = self.news.send(News::Say(text));
    }

    fn number(&self) -> usize {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        numbers.next += 1;
        numbers.next
    }

    fn count(&self, up: bool) {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        numbers.now = if up { numbers.now + 1 } else { numbers.now.saturating_sub(1) };
        let _ = self.news.send(News::Peers(numbers.now));
    }

    fn full(&self) -> bool {
        self.numbers.lock().unwrap_or_else(PoisonError::into_inner).now >= MOST
    }

    /// Takes peers that connect, for ever.
    pub fn listen(&self, listener: TcpListener) {
        let links = self.clone();
        std::thread::spawn(move || {
            loop {
                match listener.accept() {
                    Ok((stream, peer)) if !links.full() => {
                        let links = links.clone();
                        std::thread::spawn(move || links.meet(stream, peer, false));
                    }
                    Ok(_) => {}
                    // Out of descriptors, say: it may get better.
                    Err(_) => std::thread::sleep(AGAIN),
                }
            }
        });
    }

    /// Keeps a connection to a peer, for ever: it may come later, or come back.
    pub fn connect(&self, address: String) {
        let links = self.clone();
        std::thread::spawn(move || {
            let mut said = false;
            loop {
                match dial(&address) {
                    Ok((stream, peer)) => {
                        links.meet(stream, peer, true);
                        said = false;
                    }
                    Err(e) if !said => {
                        links.say(format!(
                            "warning: {address} cannot be reached: {e}; it is tried again"
                        ));
                        said = true;
                    }
                    Err(_) => {}
                }
                std::thread::sleep(AGAIN);
            }
        });
    }

    /// One connection from its first word to its end.
    fn meet(&self, stream: TcpStream, peer: SocketAddr, calling: bool) {
        let hands = if calling { self.call(&stream) } else { self.answer(&stream) };
        let who = match hands {
            Ok(who) => who,
            Err(e) => {
                self.say(format!("warning: {peer} is no typerace: {e}"));
                return;
            }
        };
        if who == self.name {
            self.say(format!("warning: {peer} is this campaign itself"));
            std::thread::sleep(SILENCE);
            return;
        }
        self.say(format!("connected with {peer}"));
        self.count(true);
        let number = self.number();
        let writer = stream.try_clone().map(|stream| {
            let links = self.clone();
            std::thread::spawn(move || links.write(&stream, number))
        });
        let end = self.read(&stream, number);
        // The writer's next word fails.
        let _ = stream.shutdown(std::net::Shutdown::Both);
        if let Ok(writer) = writer {
            let _ = writer.join();
        }
        self.count(false);
        self.say(format!("warning: the connection with {peer} is lost: {end}"));
    }

    fn hello(&self) -> TcpRequest {
        TcpRequest::RemoteBrokerHello { hostname: self.name.clone() }
    }

    /// Says hello to a broker that was called.
    fn call(&self, stream: &TcpStream) -> io::Result<String> {
        let TcpResponse::BrokerConnectHello { hostname, .. } = get(stream)? else {
            return Err(io::Error::other("it is no broker"));
        };
        put(stream, &self.hello())?;
        match get(stream)? {
            TcpResponse::RemoteBrokerAccepted { .. } => Ok(hostname),
            _ => Err(io::Error::other("it does not want us")),
        }
    }

    /// The same, for who calls. Only brokers are taken: no stranger maps our memory.
    fn answer(&self, stream: &TcpStream) -> io::Result<String> {
        let nowhere = ShMemDescription::from_string_and_size("", 0);
        put(
            stream,
            &TcpResponse::BrokerConnectHello {
                broker_shmem_description: nowhere,
                hostname: self.name.clone(),
            },
        )?;
        let TcpRequest::RemoteBrokerHello { hostname } = get(stream)? else {
            return Err(io::Error::other("it is no broker"));
        };
        put(stream, &TcpResponse::RemoteBrokerAccepted { broker_id: BrokerId(0) })?;
        Ok(hostname)
    }

    fn read(&self, stream: &TcpStream, number: usize) -> io::Error {
        let mut broken = 0;
        loop {
            match get::<Message>(stream) {
                Ok(message) if message.tag == ALIVE => {}
                Ok(Message { tag, flags, payload, .. }) => {
                    let passed = Passed { from: number, tag, flags, payload: payload.into() };
                    if self.news.send(News::Message(passed)).is_err() {
                        return io::Error::other("the campaign ends");
                    }
                }
                // It was read whole, so the next one can be.
                Err(e) if e.kind() == io::ErrorKind::InvalidData && broken < 10 => broken += 1,
                Err(e) => return e,
            }
        }
    }

    fn write(&self, stream: &TcpStream, number: usize) {
        let (mut at, mut said) = (0, Instant::now());
        loop {
            let next = self.history.get(at, ALIVE_EVERY);
            at += usize::from(next.is_some());
            let message = match next {
                Some(passed) if passed.from != number => Message {
                    client_id: ClientId(0),
                    tag: passed.tag,
                    flags: passed.flags,
                    payload: passed.payload.to_vec(),
                },
                _ if said.elapsed() < ALIVE_EVERY => continue,
                _ => {
                    Message { client_id: ClientId(0), tag: ALIVE, flags: Flags(0), payload: vec![] }
                }
            };
            said = Instant::now();
            if put(stream, &message).is_err() {
                // The reader notices.
                let _ = stream.shutdown(std::net::Shutdown::Both);
                return;
            }
        }
    }
}

fn dial(address: &str) -> io::Result<(TcpStream, SocketAddr)> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "it has no address");
    for peer in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&peer, CONNECTING) {
            Ok(stream) => return Ok((stream, peer)),
            Err(e) => last = e,
        }
    }
    Err(last)
}

/// Writes a message as LibAFL does: its length, big end first, and postcard.
fn put<T: Serialize>(mut stream: &TcpStream, message: &T) -> io::Result<()> {
    let body = postcard::to_allocvec(message).map_err(io::Error::other)?;
    let length = u32::try_from(body.len()).map_err(io::Error::other)?;
    let frame = [&length.to_be_bytes()[..], &body].concat();
    stream.set_write_timeout(Some(SILENCE))?;
    stream.write_all(&frame)
}

/// Reads one. `InvalidData` is one that was read and means nothing.
fn get<T: DeserializeOwned>(mut stream: &TcpStream) -> io::Result<T> {
    stream.set_read_timeout(Some(SILENCE))?;
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length) as usize;
    if length > LONGEST {
        return Err(io::Error::other(format!("a message of {length} bytes")));
    }
    // As it comes: what only says that it is long takes no memory.
    let mut body = Vec::new();
    stream.take(length as u64).read_to_end(&mut body)?;
    if body.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    postcard::from_bytes(&body).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
}
