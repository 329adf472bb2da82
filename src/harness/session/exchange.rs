//! Requests and replies, with a process that is started when there is none.

use std::io;
use std::time::{Duration, Instant};

use super::Harness;
use crate::harness::config::{Limits, Stage};
use crate::harness::error::{EnvError, HarnessError};
use crate::harness::limits::{STATUS_SIZE, Watch, status_at};
use crate::harness::misuse::misuse;
use crate::harness::process::{Failure, Process};
use crate::harness::protocol::Kind;
use crate::harness::wire::{Reader, WireError};

/// How often a process that worked before is started again if it dies at its start.
const RESTARTS: u32 = 3;

/// The time limit of a request for a heap profile.
const PROFILING: Duration = Duration::from_secs(60);

/// A request whose reply has not been read yet.
#[derive(Debug)]
pub(super) struct Sent {
    kind: Kind,
    /// When it was requested, and when a process was ready for it.
    asked: Instant,
    began: Instant,
    /// An error to report to the caller that reads the reply.
    result: Result<(), Failure>,
}

impl Harness {
    /// Makes a request whose failure is not blamed on a test case.
    pub(super) fn ask<T>(
        &mut self,
        kind: Kind,
        frame: Result<Vec<u8>, WireError>,
        decode: impl FnOnce(&mut Reader<'_>) -> Result<T, WireError>,
    ) -> Result<T, HarnessError> {
        let during = kind.verb();
        let frame = frame.map_err(|source| HarnessError::Request { during, source })?;
        self.exchange(kind, &frame, decode)?.map_err(|gone| {
            self.discard();
            match gone {
                Gone::Died { status, output } => HarnessError::Died { during, status, output },
                Gone::TimedOut { dump, .. } | Gone::OverMemory { dump, .. } => {
                    HarnessError::TimedOut { during, dump }
                }
            }
        })
    }

    fn exchange<T>(
        &mut self,
        kind: Kind,
        frame: &[u8],
        decode: impl FnOnce(&mut Reader<'_>) -> Result<T, WireError>,
    ) -> Result<Result<T, Gone>, HarnessError> {
        self.send(kind, frame)?;
        self.receive(kind, decode)
    }

    /// Sends a request to a living process.
    pub(super) fn send(&mut self, kind: Kind, frame: &[u8]) -> Result<(), HarnessError> {
        let asked = Instant::now();
        if self.sent.is_some() {
            // The reply to that request would be taken for the reply to this one.
            self.discard();
        }
        let status = status_at(self.hello.counters);
        let counters = self.counters();
        self.map.clear(0..counters);
        self.map.clear(status..status + STATUS_SIZE);
        self.ready()?;
        let began = Instant::now();
        let limits = self.limits_of(kind);
        let status = (kind == Kind::Run).then_some((&self.map, status));
        let mut watch = Watch::since(began, limits, status);
        let process = self.process.as_mut().ok_or_else(no_process)?;
        let result = process.send(frame, &mut watch);
        self.sent = Some(Sent { kind, asked, began, result });
        Ok(())
    }

    fn limits_of(&self, kind: Kind) -> Limits {
        let limits = self.config.limits;
        match kind {
            // This request is not a test case: a profile of every allocation takes its time.
            Kind::Heap => Limits { total: limits.total.max(PROFILING), ..limits },
            _ => limits,
        }
    }

    /// Receives the reply to the request that was sent.
    pub(super) fn receive<T>(
        &mut self,
        kind: Kind,
        decode: impl FnOnce(&mut Reader<'_>) -> Result<T, WireError>,
    ) -> Result<Result<T, Gone>, HarnessError> {
        let during = kind.verb();
        let sent = self.sent.take().filter(|sent| sent.kind == kind).ok_or_else(no_process)?;
        let status = status_at(self.hello.counters);
        let status = (kind == Kind::Run).then_some((&self.map, status));
        let mut watch = Watch::since(sent.began, self.limits_of(kind), status);
        let process = self.process.as_mut().ok_or_else(no_process)?;
        let reply = sent.result.and_then(|()| process.reply(&mut watch));
        self.worked += sent.asked.elapsed();
        let reply = match reply {
            Ok(reply) => reply,
            Err(Failure::Died { status, output }) => {
                if let Some(what) = misuse(&output) {
                    self.discard();
                    return Err(HarnessError::Misuse { what: what.to_owned() });
                }
                return Ok(Err(Gone::Died { status, output }));
            }
            Err(Failure::TimedOut { stage, dump }) => {
                return Ok(Err(Gone::TimedOut { stage, dump }));
            }
            Err(Failure::OverMemory { bytes, dump }) => {
                return Ok(Err(Gone::OverMemory { bytes, dump }));
            }
            Err(Failure::Reply(source)) => {
                self.discard();
                return Err(HarnessError::Reply { during, source });
            }
            Err(Failure::Interrupted) => {
                self.discard();
                return Err(HarnessError::Interrupted);
            }
            Err(Failure::Io(source)) => {
                self.discard();
                return Err(HarnessError::Io { doing: during, source });
            }
        };
        let mut reader = Reader::new(&reply);
        let decoded = reader.u8("kind").and_then(|k| {
            if k != kind as u8 {
                return Err(WireError::Value { field: "kind", value: k.into() });
            }
            let value = decode(&mut reader)?;
            reader.end()?;
            Ok(value)
        });
        decoded.map(Ok).map_err(|source| {
            // Later messages of this process cannot be trusted either.
            self.discard();
            HarnessError::Reply { during, source }
        })
    }

    /// Makes sure that a process is running. Output of the previous one is kept.
    fn ready(&mut self) -> Result<(), HarnessError> {
        if self.listen()? {
            self.discard();
        }
        if self.process.is_none() {
            let mut started = Process::start(&self.config, &self.program, &self.scratch, &self.map);
            // The system can kill a process at its start, for example when it is short of memory.
            for _ in 0..RESTARTS {
                if !matches!(started, Err(EnvError::DiedAtStart { .. })) {
                    break;
                }
                started = Process::start(&self.config, &self.program, &self.scratch, &self.map);
            }
            let (process, hello) = started.map_err(|e| match e {
                EnvError::Interrupted => HarnessError::Interrupted,
                e => e.into(),
            })?;
            if hello != self.hello {
                let what = "the executable has changed since its first start".to_owned();
                return Err(HarnessError::Confused { during: "starting again", what });
            }
            self.runs = 0;
            self.starts += 1;
            self.process = Some(process);
        }
        Ok(())
    }

    /// Reads output of the process since its last reply, which belongs to an earlier run. Returns
    /// whether the process has ended.
    pub(super) fn listen(&mut self) -> Result<bool, HarnessError> {
        let Some(process) = self.process.as_mut() else { return Ok(false) };
        let said = process.late().map_err(|source| HarnessError::Io {
            doing: "looking at what the harness said between requests",
            source,
        })?;
        let ended = said.death.is_some();
        // If the process has run nothing, there is no test case to blame.
        if self.runs > 0 && (ended || !said.reports.is_empty()) {
            let late = self.late.get_or_insert_default();
            late.reports.push_str(&said.reports);
            late.death = said.death.or(late.death.take());
        }
        Ok(ended)
    }
}

/// Why a request has no reply, although the protocol was not violated.
pub(super) enum Gone {
    Died { status: String, output: String },
    TimedOut { stage: Stage, dump: String },
    OverMemory { bytes: u64, dump: String },
}

fn no_process() -> HarnessError {
    HarnessError::Io { doing: "starting", source: io::Error::other("no process") }
}
