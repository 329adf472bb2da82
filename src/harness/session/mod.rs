//! A harness for a whole campaign: one process at a time, restarted when it dies and recycled when
//! it is old.

mod exchange;

use std::ptr::NonNull;
use std::sync::atomic::Ordering;
use std::time::Duration;

use self::exchange::{Gone, Sent};
use super::config::{End, HarnessConfig, Late, Limits, Outcome};
use super::error::{EnvError, HarnessError};
use super::memfd::Memfd;
use super::process::Process;
use super::program::Program;
use super::protocol::{self, Heap, Hello, Kind, RunReply, RunRequest, SyntaxError};
use super::scratch::Scratch;
use crate::goast;

/// How often the planted race is asked for again if the process dies.
const REPEATS: u32 = 3;

/// A harness and its coverage map. The process is killed when the thread that started it ends
/// (`PR_SET_PDEATHSIG`), so one thread uses it all the time.
#[derive(Debug)]
pub struct Harness {
    // First, so that the process is gone before its folder is removed.
    process: Option<Process>,
    config: HarnessConfig,
    hello: Hello,
    runs: u32,
    starts: u64,
    map: Memfd,
    program: Program,
    scratch: Scratch,
    late: Option<Late>,
    sent: Option<Sent>,
    worked: Duration,
}

impl Harness {
    /// Starts the first process.
    ///
    /// # Errors
    /// It does not start, has no working race detector, or has no counters.
    pub fn start(config: HarnessConfig) -> Result<Self, EnvError> {
        let failed = |source| EnvError::Write { path: std::env::temp_dir(), source };
        let scratch = Scratch::new().map_err(failed)?;
        let map = Memfd::new(c"typerace-coverage", config.map_size).map_err(failed)?;
        let program = Program::open(&config.path)
            .map_err(|source| EnvError::Start { path: config.path.clone(), source })?;
        let (process, hello) = Process::start(&config, &program, &scratch, &map)?;
        Ok(Self {
            process: Some(process),
            config,
            hello,
            runs: 0,
            starts: 1,
            map,
            program,
            scratch,
            late: None,
            sent: None,
            worked: Duration::ZERO,
        })
    }

    /// The harness's first message.
    #[must_use]
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// The number of coverage counters.
    #[must_use]
    pub fn counters(&self) -> usize {
        self.hello.counters as usize
    }

    /// The counters of the last run.
    #[must_use]
    pub fn coverage(&self) -> &[u8] {
        &self.map.bytes()[..self.counters()]
    }

    /// The address of [`Harness::coverage`], for LibAFL's map observer. It stays the same, also
    /// across restarts, for as long as `self` lives.
    #[must_use]
    pub fn coverage_ptr(&self) -> NonNull<u8> {
        self.map.ptr()
    }

    /// The process id of the current process, if one runs.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// Processes started so far.
    #[must_use]
    pub fn starts(&self) -> u64 {
        self.starts
    }

    /// Test cases that the current process has run.
    #[must_use]
    pub fn runs_of_process(&self) -> u32 {
        self.runs
    }

    /// Makes the next run start a new process.
    pub fn recycle(&mut self) {
        // If this cannot be read now, it cannot be read later either.
        let _ = self.listen();
        self.discard();
    }

    /// Ends the process, whose output has been read.
    fn discard(&mut self) {
        self.process = None;
        self.sent = None;
    }

    /// How long processes worked: from each request to its reply, and until a new process was
    /// ready.
    #[must_use]
    pub fn worked(&self) -> Duration {
        self.worked
    }

    /// Whether the user asked to stop. A request does not check this at once, so that a run that is
    /// about to end is not lost. Code that makes many requests checks it between them.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.config.interrupt.load(Ordering::Relaxed)
    }

    /// The limits of later runs.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.config.limits
    }

    /// Sets the time limits of later runs.
    pub fn set_limits(&mut self, limits: Limits) {
        if limits.memory != self.config.limits.memory {
            // A process gets the limit when it starts.
            self.recycle();
        }
        self.config.limits = limits;
    }

    /// Sets how many test cases a process runs before it is replaced. Returns the previous number.
    pub fn set_recycle_after(&mut self, runs: u32) -> u32 {
        std::mem::replace(&mut self.config.recycle_after, runs)
    }

    /// Output of processes between requests since the last call, without checking for more.
    pub fn noted_late(&mut self) -> Option<Late> {
        self.late.take()
    }

    /// Output of processes between requests, up to now.
    ///
    /// # Errors
    /// The race log or the output cannot be read.
    pub fn take_late(&mut self) -> Result<Option<Late>, HarnessError> {
        if self.listen()? {
            self.discard();
        }
        Ok(self.late.take())
    }

    /// Measures the heap of the current process after a collection. With `exact`, every later
    /// allocation is profiled. `profile` asks for a profile.
    ///
    /// # Errors
    /// The harness does not respond.
    pub fn heap(&mut self, exact: bool, profile: bool) -> Result<Heap, HarnessError> {
        self.ask(Kind::Heap, protocol::heap_request(exact, profile), protocol::heap_reply)
    }

    /// Runs a test case, in a new process if its scenario says `fresh`. What the test case does to
    /// the process is not an error but the outcome's `end`.
    ///
    /// # Errors
    /// No process can be started, or the harness breaks the protocol.
    pub fn run(&mut self, request: &RunRequest<'_>) -> Result<Outcome, HarnessError> {
        self.begin(request)?;
        self.finish(request)
    }

    /// Starts to run a test case. [`Harness::finish`] returns the outcome; any other request in
    /// between ends the process.
    ///
    /// # Errors
    /// No process can be started, or the request cannot be sent.
    pub fn begin(&mut self, request: &RunRequest<'_>) -> Result<(), HarnessError> {
        request.scenario.check_targets()?;
        request.scenario.check_is_for(self.hello.checker)?;
        let during = Kind::Run.verb();
        let frame = request.encode().map_err(|source| HarnessError::Request { during, source })?;
        if self.is_old()? || (request.scenario.fresh && !request.flags.sequential && self.runs > 0)
        {
            self.recycle();
        }
        self.send(Kind::Run, &frame)
    }

    /// The outcome of the latest request passed to [`Harness::begin`].
    ///
    /// # Errors
    /// The harness breaks the protocol.
    pub fn finish(&mut self, request: &RunRequest<'_>) -> Result<Outcome, HarnessError> {
        let during = Kind::Run.verb();
        let mut outcome = Outcome { reply: None, reports: String::new(), end: End::Replied };
        match self.receive(Kind::Run, RunReply::decode)? {
            Ok(reply) if reply.id != request.id => {
                self.discard();
                let what = format!("the reply is for {}, not {}", reply.id, request.id);
                return Err(HarnessError::Confused { during, what });
            }
            Ok(reply) if reply.verdicts.len() != request.packages.len() => {
                self.discard();
                let (n, of) = (reply.verdicts.len(), request.packages.len());
                return Err(HarnessError::Confused {
                    during,
                    what: format!("{n} verdicts for {of} packages"),
                });
            }
            Ok(reply) => outcome.reply = Some(reply),
            Err(Gone::Died { status, output }) => outcome.end = End::Died { status, output },
            Err(Gone::TimedOut { stage, dump }) => outcome.end = End::TimedOut { stage, dump },
            Err(Gone::OverMemory { bytes, dump }) => {
                let path = self.scratch.heap_profile();
                let profile = std::fs::read_to_string(&path).unwrap_or_default();
                // The next harness writes a new one.
                let _ = std::fs::remove_file(&path);
                outcome.end = End::OverMemory { bytes, dump, profile };
            }
        }
        self.runs += 1;
        outcome.reports = self.reports()?;
        match &outcome.reply {
            None => self.discard(),
            // A goroutine that is still running would disturb the next run too.
            Some(reply) if !reply.leaks.is_empty() => self.recycle(),
            Some(_) => {}
        }
        Ok(outcome)
    }

    /// Imports a Go file: returns its tree, or go/parser's messages.
    ///
    /// # Errors
    /// The harness does not respond.
    pub fn parse(
        &mut self,
        name: &str,
        text: &str,
    ) -> Result<Result<goast::File, Vec<SyntaxError>>, HarnessError> {
        let request = protocol::parse_request(name, text);
        match self.ask(Kind::Parse, request, protocol::parse_reply)? {
            Ok(json) => goast::File::from_json(json.as_bytes()).map(Ok).map_err(HarnessError::Tree),
            Err(errors) => Ok(Err(errors)),
        }
    }

    /// The text as gofmt writes it, or gofmt's message.
    ///
    /// # Errors
    /// The harness does not respond.
    pub fn format(&mut self, text: &str) -> Result<Result<String, String>, HarnessError> {
        self.ask(Kind::Format, protocol::format_request(text), protocol::format_reply)
    }

    /// Runs the harness's own race. Returns the number of reports that the detector counted, and
    /// their text.
    ///
    /// # Errors
    /// The harness does not respond.
    pub fn plant(&mut self) -> Result<(u32, String), HarnessError> {
        let mut asked = self.ask(Kind::Plant, protocol::plant_request(), protocol::plant_reply);
        // If it was killed, that says nothing about the detector.
        for _ in 0..REPEATS {
            if !matches!(asked, Err(HarnessError::Died { .. })) {
                break;
            }
            asked = self.ask(Kind::Plant, protocol::plant_request(), protocol::plant_reply);
        }
        Ok((asked?, self.reports()?))
    }

    fn is_old(&mut self) -> Result<bool, HarnessError> {
        let Some(process) = &mut self.process else { return Ok(false) };
        let litter = process
            .litter()
            .map_err(|source| HarnessError::Io { doing: "looking at the race log", source })?;
        Ok(self.runs >= self.config.recycle_after || litter > self.config.recycle_litter)
    }

    fn reports(&mut self) -> Result<String, HarnessError> {
        self.process.as_mut().map_or(Ok(String::new()), |p| {
            p.race_log
                .read()
                .map_err(|source| HarnessError::Io { doing: "reading the race log", source })
        })
    }
}
