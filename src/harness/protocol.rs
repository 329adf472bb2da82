//! The messages of docs/PROTOCOL.md. `harness_go/internal/wire` is the other side.

use std::time::Duration;

use super::shared_writes::SharedWrites;
use super::wire::{Reader, WireError, Writer};
use crate::checker::Checker;
use crate::scenario::{Class, Operation, Scenario};
use crate::testcase::SourcePackage;

/// The protocol's version, which must be the same on both sides.
pub const VERSION: u32 = 8;

/// The kind of a request and of its reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Run = 1,
    Parse = 2,
    Format = 3,
    Plant = 4,
    Heap = 5,
}

impl Kind {
    pub(super) fn verb(self) -> &'static str {
        match self {
            Kind::Run => "running a test case",
            Kind::Parse => "parsing",
            Kind::Format => "formatting",
            Kind::Plant => "running the planted race",
            Kind::Heap => "measuring the heap",
        }
    }
}

/// The harness's first message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// Its protocol version.
    pub version: u32,
    /// Its Go version, `go1.27.3`.
    pub go: String,
    /// Whether it was built with the race detector.
    pub race: bool,
    /// Bytes of its coverage map.
    pub counters: u32,
    /// Whether it can log writes to shared memory.
    pub sense: bool,
    /// Operations and queries it knows, sorted.
    pub knows: Vec<String>,
    /// The type checker under test.
    pub checker: Checker,
}

impl Hello {
    /// # Errors
    /// The frame is not a hello. Fields after the version are read only if the version matches,
    /// because other versions may have other fields.
    pub(super) fn decode(frame: &[u8]) -> Result<Self, WireError> {
        let mut r = Reader::new(frame);
        let version = r.u32("protocol version")?;
        let mut hello = Self {
            version,
            go: String::new(),
            race: false,
            counters: 0,
            sense: false,
            knows: vec![],
            checker: Checker::default(),
        };
        if version == VERSION {
            hello.go = r.str("Go version")?;
            hello.race = r.bool("race detector")?;
            hello.counters = r.u32("counters")?;
            hello.sense = r.bool("sense")?;
            hello.knows = r.strs("operations")?;
            let (field, word) = ("checker", r.str("checker")?);
            hello.checker = word.parse().map_err(|_| WireError::Value { field, value: 0 })?;
            r.end()?;
        }
        Ok(hello)
    }
}

/// How a test case is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunFlags {
    /// One goroutine runs every operation, in the order written, without meets.
    pub sequential: bool,
    /// Whether the operations' answers are wanted.
    pub answers: bool,
    /// Whether the substitutes for missing names are wanted.
    pub resolutions: bool,
    /// Whether writes to shared memory are wanted; only a sequential run knows them.
    pub sense: bool,
    /// Whether the other checker judges the packages: go/types, in a harness for types2.
    pub other: bool,
    /// The number of reports after which the race detector is silent until the run ends; 0 for no
    /// limit. A report costs about as much as a run.
    pub reports: u16,
}

impl RunFlags {
    fn bits(self) -> u32 {
        u32::from(self.sequential)
            | u32::from(self.answers) << 1
            | u32::from(self.resolutions) << 2
            | u32::from(self.sense) << 3
            | u32::from(self.other) << 4
            | u32::from(self.reports) << 16
    }
}

/// A test case to run. It borrows the test case to avoid a copy.
#[derive(Clone, Copy, Debug)]
pub struct RunRequest<'a> {
    /// An id that the reply repeats.
    pub id: u64,
    /// How it is run.
    pub flags: RunFlags,
    /// The goroutines' operations; its `oracle` and comment are not sent.
    pub scenario: &'a Scenario,
    /// The program.
    pub packages: &'a [SourcePackage],
}

impl<'a> RunRequest<'a> {
    /// A concurrent run, with answers if the scenario has an oracle, and with the substitutes for
    /// missing names, which reports mention.
    #[must_use]
    pub fn new(scenario: &'a Scenario, packages: &'a [SourcePackage]) -> Self {
        let answers = scenario.has_oracle();
        let flags = RunFlags { answers, resolutions: true, ..RunFlags::default() };
        Self { id: 0, flags, scenario, packages }
    }

    /// The same, with the number of race reports that a campaign examines. Under a breach of
    /// contract all reports say the same.
    #[must_use]
    pub fn exploring(self) -> Self {
        let contract = self.scenario.class() == Class::Breach;
        self.with_reports(if contract { 8 } else { 64 })
    }

    /// The same with a limit on race reports; 0 for none.
    #[must_use]
    pub fn with_reports(self, reports: u16) -> Self {
        Self { flags: RunFlags { reports, ..self.flags }, ..self }
    }

    /// The same with different flags.
    #[must_use]
    pub fn with_flags(self, flags: RunFlags) -> Self {
        Self { flags, ..self }
    }

    /// The complete frame, as written to descriptor 3.
    ///
    /// # Errors
    /// The test case is too long for a frame.
    pub fn encode(&self) -> Result<Vec<u8>, WireError> {
        let s = self.scenario;
        let mut w = Writer::new(Kind::Run as u8);
        w.u64(self.id);
        w.u32(self.flags.bits() | u32::from(s.fresh) << 8);
        w.u32(s.procs.unwrap_or(0));
        w.u32(s.rounds.unwrap_or(1).max(1));
        w.bool(s.schedule.is_some());
        w.u64(s.schedule.unwrap_or(0));
        w.str(&s.godebug.join(","));
        let importing = s.importing.iter().map(|i| i.name());
        let imports: Vec<&str> = std::iter::once(s.import.name()).chain(importing).collect();
        w.str(&imports.join(" "));
        w.list(s.share.iter(), |w, x| w.str(x.name()));
        w.list(s.meet.iter(), |w, x| w.str(x.name()));
        w.list(s.before.iter(), operation);
        w.list(s.go.iter(), |w, ops| w.list(ops.iter(), operation));
        w.list(self.packages.iter(), |w, p| {
            w.str(&p.path);
            w.list(p.files.iter(), |w, (name, text)| {
                w.str(name);
                w.str(text);
            });
        });
        w.finish()
    }
}

fn operation(w: &mut Writer, op: &Operation) {
    w.str(&op.to_string());
}

/// The type checker's verdict on a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It does not parse.
    SyntaxErrors,
    /// It parses and has type errors.
    TypeErrors,
    /// It type-checks.
    Valid,
    /// No operation checked it.
    NotChecked,
}

/// A panic that an operation recovered from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoPanic {
    /// 0 is `before`, n the n-th `go`.
    pub goroutine: u32,
    /// Index of the operation, from 0.
    pub operation: u32,
    /// The value as text.
    pub value: String,
    /// The goroutines' stacks.
    pub stack: String,
}

/// An answer of an operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Index of the operation, from 0.
    pub operation: u32,
    /// The question.
    pub subject: String,
    /// The answer, in parts that are compared.
    pub value: Vec<String>,
    /// For people, and never compared: the messages of a check's errors.
    pub note: String,
}

/// The result of a test case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunReply {
    /// The id of the request.
    pub id: u64,
    /// Reports that the race detector wrote during this run.
    pub races: u32,
    /// Time until the goroutines started.
    pub setup: Duration,
    /// Time of the concurrent part.
    pub concurrent: Duration,
    /// For each package of the request, with the first error's text.
    pub verdicts: Vec<(Verdict, String)>,
    /// Panics in go/types.
    pub panics: Vec<GoPanic>,
    /// Operations executed, by name, with their counts.
    pub operations: Vec<(String, u32)>,
    /// Operations that were not executed, with the reason.
    pub skipped: Vec<String>,
    /// Answers of each goroutine, those of `before` first; empty if not requested.
    pub answers: Vec<Vec<Answer>>,
    /// Substitutes for missing names; empty if not requested.
    pub resolutions: Vec<String>,
    /// Probes passed under a seeded schedule; 0 without a schedule.
    pub steps: u64,
    /// A hash over the goroutine and function of each step, which identifies the interleaving.
    pub trace: u64,
    /// Stacks of goroutines that outlived every operation.
    pub leaks: Vec<String>,
    /// Live bytes after the last collection; 0 if there was none.
    pub heap: u64,
    /// Fields of syntax trees that operations changed, with their packages.
    pub changed: Vec<String>,
    /// Writes to shared memory; empty if not requested.
    pub shared: SharedWrites,
}

impl RunReply {
    pub(super) fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(Self {
            id: r.u64("id")?,
            races: r.u32("races")?,
            setup: Duration::from_nanos(r.u64("setup time")?),
            concurrent: Duration::from_nanos(r.u64("concurrent time")?),
            verdicts: r.list("verdicts", 5, |r| Ok((verdict(r)?, r.str("first error")?)))?,
            panics: r.list("panics", 16, |r| {
                Ok(GoPanic {
                    goroutine: r.u32("panic's goroutine")?,
                    operation: r.u32("panic's operation")?,
                    value: r.str("panic's value")?,
                    stack: r.str("panic's stack")?,
                })
            })?,
            operations: r.list("operations", 8, |r| {
                Ok((r.str("operation")?, r.u32("operation's count")?))
            })?,
            skipped: r.strs("skipped operations")?,
            answers: r.list("answers", 4, |r| r.list("answers of a goroutine", 16, answer))?,
            resolutions: r.strs("resolutions")?,
            steps: r.u64("steps")?,
            trace: r.u64("trace")?,
            leaks: r.strs("leaks")?,
            heap: r.u64("heap")?,
            changed: r.strs("changed syntax")?,
            shared: SharedWrites::decode(r)?,
        })
    }
}

fn answer(r: &mut Reader<'_>) -> Result<Answer, WireError> {
    Ok(Answer {
        operation: r.u32("answer's operation")?,
        subject: r.str("answer's subject")?,
        value: r.strs("answer's value")?,
        note: r.str("answer's note")?,
    })
}

fn verdict(r: &mut Reader<'_>) -> Result<Verdict, WireError> {
    match r.u8("verdict")? {
        0 => Ok(Verdict::SyntaxErrors),
        1 => Ok(Verdict::TypeErrors),
        2 => Ok(Verdict::Valid),
        3 => Ok(Verdict::NotChecked),
        n => Err(WireError::Value { field: "verdict", value: n.into() }),
    }
}

/// One message of go/parser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// 1-based; 0 if unknown.
    pub line: u32,
    /// 1-based, in bytes; 0 if unknown.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

pub(super) fn parse_request(name: &str, text: &str) -> Result<Vec<u8>, WireError> {
    let mut w = Writer::new(Kind::Parse as u8);
    w.str(name);
    w.str(text);
    w.finish()
}

/// A tree as JSON, or the reason why there is none.
pub(super) fn parse_reply(
    r: &mut Reader<'_>,
) -> Result<Result<String, Vec<SyntaxError>>, WireError> {
    if r.bool("ok")? {
        return Ok(Ok(r.str("tree")?));
    }
    Ok(Err(r.list("syntax errors", 12, |r| {
        Ok(SyntaxError {
            line: r.u32("line")?,
            column: r.u32("column")?,
            message: r.str("message")?,
        })
    })?))
}

pub(super) fn format_request(text: &str) -> Result<Vec<u8>, WireError> {
    let mut w = Writer::new(Kind::Format as u8);
    w.str(text);
    w.finish()
}

/// The formatted text, or gofmt's message.
pub(super) fn format_reply(r: &mut Reader<'_>) -> Result<Result<String, String>, WireError> {
    let ok = r.bool("ok")?;
    let text = r.str("text")?;
    Ok(if ok { Ok(text) } else { Err(text) })
}

pub(super) fn plant_request() -> Result<Vec<u8>, WireError> {
    Writer::new(Kind::Plant as u8).finish()
}

pub(super) fn plant_reply(r: &mut Reader<'_>) -> Result<u32, WireError> {
    r.u32("races")
}

/// The content of the heap after a collection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heap {
    /// Bytes.
    pub live: u64,
    /// A heap profile as text, as `go tool pprof` reads it.
    pub profile: String,
}

/// With `exact`, every later allocation is profiled; `profile` asks for a profile.
pub(super) fn heap_request(exact: bool, profile: bool) -> Result<Vec<u8>, WireError> {
    let mut w = Writer::new(Kind::Heap as u8);
    w.bool(exact);
    w.bool(profile);
    w.finish()
}

pub(super) fn heap_reply(r: &mut Reader<'_>) -> Result<Heap, WireError> {
    Ok(Heap { live: r.u64("live bytes")?, profile: r.str("profile")? })
}

#[cfg(test)]
#[path = "protocol_tests.rs"]
mod tests;
