//! One harness process: starts it, sends requests, kills it, waits for it.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::config::{HarnessConfig, Late, Limits, Stage};
use super::error::EnvError;
use super::left;
use super::limits::{Exceeded, STATUS_SIZE, Watch, status_at};
use super::memfd::Memfd;
use super::program::{Program, missing};
use super::protocol::{Hello, VERSION};
use super::scratch::Scratch;
use super::sys::{Ready, set_nonblocking, signal_busiest, signal_group, spawn, wait_for};
use super::tail::Tail;
use super::wire::{MAX_FRAME, WireError};
use crate::patches::PATCH_VARIABLE;

/// How long a dying process may take to print every stack when asked, or to end after its pipe was
/// closed.
const DYING: Duration = Duration::from_secs(2);

/// How long a killed process may take to end. After that it is abandoned: see `left.rs`.
const KILLED: Duration = Duration::from_secs(5);

/// How long a request goes on after the user asked to stop.
const PATIENCE: Duration = Duration::from_millis(200);

/// A running harness. Dropping it kills it.
#[derive(Debug)]
pub(super) struct Process {
    /// `None` if the process was abandoned.
    child: Option<Child>,
    id: u32,
    status: Option<String>,
    requests: File,
    replies: File,
    output: Tail,
    pub(super) race_log: Tail,
    race_path: std::path::PathBuf,
    interrupt: Arc<AtomicBool>,
    until: Option<Instant>,
    /// Whether it writes something when it exits.
    last_words: bool,
}

/// Why a request has no reply.
#[derive(Debug)]
pub(super) enum Failure {
    /// The process ended, or was ended after it closed its pipe.
    Died {
        status: String,
        output: String,
    },
    /// It was killed at the deadline; `dump` holds every goroutine's stack.
    TimedOut {
        stage: Stage,
        dump: String,
    },
    /// It was killed because it exceeded the memory cap.
    OverMemory {
        bytes: u64,
        dump: String,
    },
    /// The reply is malformed.
    Reply(WireError),
    /// The user wants to stop.
    Interrupted,
    Io(io::Error),
}

impl From<io::Error> for Failure {
    fn from(e: io::Error) -> Self {
        Failure::Io(e)
    }
}

impl Process {
    /// Starts a harness and reads its first message.
    pub(super) fn start(
        config: &HarnessConfig,
        program: &Program,
        scratch: &Scratch,
        map: &Memfd,
    ) -> Result<(Self, Hello), EnvError> {
        let failed = |source: io::Error| {
            let temporary = std::env::temp_dir();
            let missing = missing(&[&config.path, Path::new("/dev/null"), &temporary]);
            let source = missing.map_or(source, |path| {
                io::Error::new(io::ErrorKind::NotFound, format!("there is no {}", path.display()))
            });
            EnvError::Start { path: config.path.clone(), source }
        };
        let mut process = Self::launch(config, program, scratch, map).map_err(failed)?;
        let start = Limits { total: config.limits.start, ..config.limits };
        let frame = match process.receive(&mut Watch::new(start, None)) {
            Ok(frame) => frame,
            Err(Failure::Died { status, output }) => {
                return Err(EnvError::DiedAtStart { status, output });
            }
            Err(Failure::TimedOut { dump, .. } | Failure::OverMemory { dump, .. }) => {
                let seconds = config.limits.start.as_secs();
                return Err(EnvError::SilentAtStart { seconds, output: dump });
            }
            Err(Failure::Reply(source)) => return Err(EnvError::BadHello { source }),
            Err(Failure::Interrupted) => return Err(EnvError::Interrupted),
            Err(Failure::Io(source)) => return Err(failed(source)),
        };
        let hello = Hello::decode(&frame).map_err(|source| EnvError::BadHello { source })?;
        let counters = hello.counters;
        let room = status_at(counters).saturating_add(STATUS_SIZE);
        if hello.version != VERSION {
            return Err(EnvError::WrongProtocol { theirs: hello.version, ours: VERSION });
        } else if config.race && !hello.race {
            return Err(EnvError::NoRaceDetector);
        } else if counters == 0 {
            return Err(EnvError::NoCounters);
        } else if room > map.len() {
            return Err(EnvError::TooManyCounters { counters, room: map.len() });
        }
        // Before its first message, the harness races on purpose to find out how reports are
        // bounded. No test case is to blame for that.
        process.race_log.skip().map_err(failed)?;
        Ok((process, hello))
    }

    fn launch(
        config: &HarnessConfig,
        program: &Program,
        scratch: &Scratch,
        map: &Memfd,
    ) -> io::Result<Self> {
        left::reap();
        scratch.restore()?;
        let (their_requests, requests) = io::pipe()?;
        let (replies, their_replies) = io::pipe()?;
        set_nonblocking(requests.as_fd())?;
        set_nonblocking(replies.as_fd())?;
        // A file, because with a pipe a dying process could wait for a reader.
        let output = tempfile::tempfile()?;
        let mut command = Command::new(program.path());
        command
            .env_clear()
            .env("GORACE", config.gorace(&scratch.race_log())?)
            .env("GOTRACEBACK", "all")
            .env("TMPDIR", scratch.cwd())
            .env("TYPERACE_HEAP_CAP", config.limits.memory.to_string())
            .env("TYPERACE_HEAP_PROFILE", scratch.heap_profile())
            .current_dir(scratch.cwd())
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output.try_clone()?);
        if let Some(dir) = &config.cover_dir {
            command.env("GOCOVERDIR", dir);
        }
        if let Some(n) = config.procs {
            command.env("GOMAXPROCS", n.to_string());
        }
        if let Some(n) = config.patch {
            command.env(PATCH_VARIABLE, n.to_string());
        }
        let theirs = [OwnedFd::from(their_requests), OwnedFd::from(their_replies)];
        let child = spawn(&mut command, [&theirs[0], &theirs[1], map.fd()])?;
        let id = child.id();
        let race_path = scratch.race_log().with_extension(id.to_string());
        Ok(Self {
            child: Some(child),
            id,
            status: None,
            requests: File::from(OwnedFd::from(requests)),
            replies: File::from(OwnedFd::from(replies)),
            output: Tail::of(output),
            race_log: Tail::at(race_path.clone()),
            race_path,
            interrupt: Arc::clone(&config.interrupt),
            until: config.until,
            last_words: config.cover_dir.is_some(),
        })
    }

    pub(super) fn id(&self) -> u32 {
        self.id
    }

    /// Whether it ended on its own, between requests.
    pub(super) fn has_ended(&mut self) -> bool {
        self.status.is_some() || !self.is_running()
    }

    /// Checks whether it is running, and records how it ended.
    fn is_running(&mut self) -> bool {
        let Some(child) = &mut self.child else { return false };
        match child.try_wait() {
            Ok(None) => return true,
            Ok(Some(status)) => self.status = Some(status.to_string()),
            Err(e) => self.status = Some(e.to_string()),
        }
        false
    }

    /// The size of its log and its output in bytes.
    pub(super) fn litter(&mut self) -> io::Result<u64> {
        Ok(self.race_log.len()? + self.output.len()?)
    }

    /// Its output since the last exchange: a late report, or how it ended.
    pub(super) fn late(&mut self) -> io::Result<Late> {
        let reports = self.race_log.read()?;
        let death = if self.has_ended() {
            let status = self.kill();
            Some((status, self.output.read()?))
        } else {
            self.output.skip()?;
            None
        };
        Ok(Late { reports, death })
    }

    /// Receives the reply to the frame that was sent.
    pub(super) fn reply(&mut self, watch: &mut Watch<'_>) -> Result<Vec<u8>, Failure> {
        let reply = self.receive(watch)?;
        match watch.heap() {
            0 => Ok(reply),
            // It finished before the limits were checked.
            bytes => Err(Failure::OverMemory { bytes, dump: self.dump() }),
        }
    }

    /// Sends a frame.
    pub(super) fn send(&mut self, mut bytes: &[u8], watch: &mut Watch<'_>) -> Result<(), Failure> {
        while !bytes.is_empty() {
            match self.requests.write(bytes) {
                Ok(n) => bytes = &bytes[n..],
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if e.kind() == io::ErrorKind::BrokenPipe => return Err(self.died()),
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    self.wait_until(Ready::Write, watch)?;
                }
                Err(e) => return Err(e.into()),
            }
        }
        Ok(())
    }

    fn receive(&mut self, watch: &mut Watch<'_>) -> Result<Vec<u8>, Failure> {
        let mut length = [0; 4];
        self.fill(&mut length, watch)?;
        let length = u32::from_le_bytes(length) as usize;
        if length > MAX_FRAME {
            return Err(Failure::Reply(WireError::TooLong(length)));
        }
        let mut frame = vec![0; length];
        self.fill(&mut frame, watch)?;
        Ok(frame)
    }

    fn fill(&mut self, buffer: &mut [u8], watch: &mut Watch<'_>) -> Result<(), Failure> {
        let mut at = 0;
        while at < buffer.len() {
            match self.replies.read(&mut buffer[at..]) {
                Ok(0) => return Err(self.died()),
                Ok(n) => at += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    self.wait_until(Ready::Read, watch)?;
                }
                Err(e) => return Err(e.into()),
            }
        }
        Ok(())
    }

    /// Waits for the pipe, and checks the limits meanwhile. The interrupt counts only after a
    /// period without activity, so that a run that is about to end is not lost.
    fn wait_until(&mut self, ready: Ready, watch: &mut Watch<'_>) -> Result<(), Failure> {
        let fd = match ready {
            Ready::Read => self.replies.as_fd(),
            Ready::Write => self.requests.as_fd(),
        };
        let patience = Instant::now() + PATIENCE;
        loop {
            if wait_for(fd, ready, watch.next())? {
                return Ok(());
            }
            match watch.look(self.id) {
                Some(Exceeded::Time(stage)) => {
                    return Err(Failure::TimedOut { stage, dump: self.dump() });
                }
                Some(Exceeded::Memory(bytes)) => {
                    return Err(Failure::OverMemory { bytes, dump: self.dump() });
                }
                None => {}
            }
            let now = Instant::now();
            let stop = self.interrupt.load(Ordering::Relaxed)
                || self.until.is_some_and(|until| now >= until);
            if now >= patience && stop {
                return Err(Failure::Interrupted);
            }
        }
    }

    fn died(&mut self) -> Failure {
        self.wait(DYING);
        let status = self.kill();
        let output = self.output.read().unwrap_or_else(|e| format!("(its output is lost: {e})"));
        Failure::Died { status, output }
    }

    /// Collects every goroutine's stack and ends the process.
    fn dump(&mut self) -> String {
        if self.status.is_none() {
            // The harness prints the stack of every goroutine that can be stopped, and exits.
            signal_group(self.id(), libc::SIGUSR1);
            // A stopped process gets the signal only when it continues.
            signal_group(self.id(), libc::SIGCONT);
            self.wait(DYING);
        }
        if self.status.is_none() {
            // Fall back to the runtime's own dump, because no goroutine can be stopped.
            signal_busiest(self.id(), libc::SIGQUIT);
            self.wait(DYING);
        }
        self.kill();
        self.output.read().unwrap_or_else(|e| format!("(the dump is lost: {e})"))
    }

    /// Waits for its end, but not longer than `limit`.
    fn wait(&mut self, limit: Duration) {
        let deadline = Instant::now() + limit;
        let mut pause = Duration::from_micros(200);
        while self.status.is_none() && self.is_running() && Instant::now() < deadline {
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(10));
        }
    }

    /// Ends it and returns its status. No zombie is left, unless SIGKILL did not end the process in
    /// time: the system is busy with it, or a debugger traces it.
    fn kill(&mut self) -> String {
        if self.status.is_none() && self.is_running() {
            signal_group(self.id(), libc::SIGKILL);
            self.wait(KILLED);
        }
        if self.status.is_none()
            && let Some(child) = self.child.take()
        {
            left::leave(child);
        }
        let gone = || format!("not gone {} s after SIGKILL", KILLED.as_secs());
        self.status.get_or_insert_with(gone).clone()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.last_words
            && let Ok(null) = File::open("/dev/null")
        {
            // When its pipe has no writer, it exits.
            self.requests = null;
            self.wait(DYING);
        }
        self.kill();
        // Most processes never race and have no log.
        let _ = std::fs::remove_file(&self.race_path);
    }
}
