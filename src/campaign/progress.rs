//! What a campaign shows while it runs.

use std::cell::{Cell, RefCell};
use std::io::{IsTerminal, Write};
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use libafl::HasNamedMetadata;
use libafl::corpus::Corpus;
use libafl::feedbacks::map::MapFeedbackMetadata;
use libafl::state::{HasCorpus, HasExecutions};

use super::control::Control;
use super::message::Message;
use super::samples::{Sample, Samples};
use super::summary::{Coverage, Found};
use crate::executor::{COVERAGE, LastRun, State};

/// How progress is written to standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// One line that rewrites itself, for a terminal.
    Rewriting,
    /// A line every few seconds, for a log.
    Plain,
    /// A [`Message`] a line on standard output, for the process that started this
    /// worker.
    Worker,
}

impl Style {
    /// Rewriting on a terminal unless plain lines are asked for.
    #[must_use]
    pub fn choose(plain: bool) -> Self {
        if plain || !std::io::stderr().is_terminal() { Style::Plain } else { Style::Rewriting }
    }

    pub(super) fn every(self) -> Duration {
        match self {
            Style::Rewriting => Duration::from_millis(500),
            Style::Plain => Duration::from_secs(5),
            Style::Worker => Duration::from_secs(1),
        }
    }
}

/// Counts what ran and writes the progress line.
pub struct Progress {
    control: Control,
    style: Style,
    last: Rc<RefCell<LastRun>>,
    shown: Cell<Duration>,
    executions: Cell<u64>,
    valid: Cell<u64>,
    findings: Cell<usize>,
    samples: RefCell<Samples>,
    pairs: Cell<usize>,
}

impl Progress {
    /// Starts with nothing run.
    #[must_use]
    pub fn new(control: Control, style: Style, last: Rc<RefCell<LastRun>>) -> Self {
        Self {
            control,
            style,
            last,
            shown: Cell::default(),
            executions: Cell::default(),
            valid: Cell::default(),
            findings: Cell::default(),
            samples: RefCell::default(),
            pairs: Cell::default(),
        }
    }

    /// Whether the campaign is over.
    #[must_use]
    pub fn over(&self, executions: u64) -> bool {
        self.control.over(executions, self.findings.get())
    }

    /// The clock and the limits.
    #[must_use]
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// What the last execution was.
    #[must_use]
    pub fn last(&self) -> LastRun {
        *self.last.borrow()
    }

    /// Share of executions whose packages all type-check, percent.
    #[must_use]
    pub fn valid_percent(&self) -> f64 {
        percent(self.valid.get(), self.executions.get())
    }

    /// Counts the execution that just ended, and writes a line if it is time.
    pub fn tick(&self, state: &State) {
        let last = *self.last.borrow();
        self.executions.set(self.executions.get() + 1);
        self.valid.set(self.valid.get() + u64::from(last.checked));
        self.findings.set(self.findings.get() + last.new_findings);
        self.pairs.set(self.pairs.get() + last.new_pairs);
        let now = self.control.elapsed();
        self.sample(state, now);
        if now.saturating_sub(self.shown.get()) >= self.style.every() {
            self.shown.set(now);
            self.line(state, now);
        }
    }

    /// Where a line of figures goes every second.
    pub fn set_samples(&self, samples: Samples) {
        self.samples.replace(samples);
    }

    fn sample(&self, state: &State, now: Duration) {
        let mut samples = self.samples.borrow_mut();
        if !samples.is_due(now) {
            return;
        }
        let (coverage, counters) = coverage(state);
        samples.write(&Sample {
            seconds: now.as_secs_f64(),
            execs: *state.executions(),
            corpus: state.corpus().count(),
            coverage,
            counters,
            pairs: self.pairs.get(),
            valid_percent: self.valid_percent(),
            findings: self.findings.get(),
        });
    }

    fn line(&self, state: &State, now: Duration) {
        let (hit, total) = coverage(state);
        let figures = Figures {
            execs: *state.executions(),
            corpus: state.corpus().count(),
            coverage: Coverage { hit, total },
            interleavings: self.pairs.get(),
            counted: self.executions.get(),
            valid: self.valid.get(),
            findings: self.findings.get(),
        };
        if self.style == Style::Worker {
            Message::Figures(figures).send();
        } else {
            self.style.show(&figures.line(now));
        }
    }

    /// Announces a finding, in a line or to the process that wants to know.
    pub fn found(&self, found: &Found) {
        if self.style == Style::Worker {
            Message::Found(Box::new(found.clone())).send();
        } else {
            self.say(&found.line());
        }
    }

    /// Leaves the progress line as it stands last.
    pub fn end(&self) {
        self.style.end();
    }

    /// Writes a line of its own, above the progress line.
    pub fn say(&self, text: &str) {
        if self.style == Style::Worker {
            Message::Say(text.to_owned()).send();
        } else {
            self.style.say(text);
        }
    }
}

/// What a progress line is made of.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Figures {
    /// Executions.
    pub execs: u64,
    /// Corpus entries.
    pub corpus: usize,
    /// Counters.
    pub coverage: Coverage,
    /// Places of the interleaving map.
    pub interleavings: usize,
    /// Executions that `valid` is counted of.
    pub counted: u64,
    /// Executions whose packages all type-check.
    pub valid: u64,
    /// Findings.
    pub findings: usize,
}

impl Figures {
    /// The progress line.
    #[must_use]
    pub fn line(&self, now: Duration) -> String {
        let Coverage { hit, total } = self.coverage;
        format!(
            "{:>3}:{:02}  {} execs ({:.0}/s)  corpus {}  coverage {hit}/{total} ({:.1} %)  \
             interleavings {}  valid {:.0} %  findings {}",
            now.as_secs() / 60,
            now.as_secs() % 60,
            self.execs,
            self.execs as f64 / now.as_secs_f64().max(0.001),
            self.corpus,
            percent(hit as u64, total as u64),
            self.interleavings,
            percent(self.valid, self.counted),
            self.findings,
        )
    }
}

impl Style {
    /// Shows the progress line.
    pub fn show(self, text: &str) {
        let mut err = std::io::stderr().lock();
        // A closed standard error must not end a campaign.
        let _ = match self {
            Style::Rewriting => write!(err, "\r\x1b[K{text}").and_then(|()| err.flush()),
            Style::Plain | Style::Worker => writeln!(err, "{text}"),
        };
    }

    /// Leaves the progress line as it stands last.
    pub fn end(self) {
        if self == Style::Rewriting {
            let _ = writeln!(std::io::stderr().lock());
        }
    }

    /// Writes a line of its own, above the progress line.
    pub fn say(self, text: &str) {
        let clear = if self == Style::Rewriting { "\r\x1b[K" } else { "" };
        let _ = writeln!(std::io::stderr().lock(), "{clear}{text}");
    }
}

/// Counters hit since the start, and how many there are.
#[must_use]
pub fn coverage(state: &State) -> (usize, usize) {
    state
        .named_metadata_map()
        .get::<MapFeedbackMetadata<u8>>(COVERAGE)
        .map_or((0, 0), |m| (m.num_covered_map_indexes, m.history_map.len()))
}

/// `part` of `whole` in percent; 0 of nothing.
#[must_use]
pub fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 }
}
