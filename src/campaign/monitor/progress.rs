//! The progress of a running campaign.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::time::Duration;

use libafl::HasNamedMetadata;
use libafl::corpus::Corpus;
use libafl::feedbacks::map::MapFeedbackMetadata;
use libafl::state::{HasCorpus, HasExecutions};

use crate::campaign::limits::Control;
use crate::campaign::monitor::display::{Display, Style};
use crate::campaign::results::figures::{Coverage, Figures, percent};
use crate::campaign::results::found::Found;
use crate::campaign::results::message::Message;
use crate::campaign::roots::{Roots, RootsEnd};
use crate::executor::{COVERAGE, Execution, State};
use crate::finding::Root;
use crate::scenario::Class;

/// Counts executions and writes the progress line.
pub struct Progress {
    control: Control,
    display: Display,
    shown: Cell<Duration>,
    executions: Cell<u64>,
    valid: Cell<u64>,
    /// The ids of findings: one that shows again with a graver class is news, but no other finding.
    findings: RefCell<BTreeSet<String>>,
    restarts: Cell<u64>,
    last_coverage: Cell<Option<f64>>,
    last_finding: Cell<Option<f64>>,
}

impl Progress {
    /// Creates the counters, all zero.
    #[must_use]
    pub fn new(control: Control, display: Display) -> Self {
        Self {
            control,
            display,
            shown: Cell::default(),
            executions: Cell::default(),
            valid: Cell::default(),
            findings: RefCell::default(),
            restarts: Cell::default(),
            last_coverage: Cell::default(),
            last_finding: Cell::default(),
        }
    }

    /// Whether the campaign is over.
    #[must_use]
    pub fn over(&self, executions: u64) -> bool {
        self.control.over(executions, self.findings.borrow().len())
    }

    /// The clock and the limits.
    #[must_use]
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Share of executions whose packages all type-check, percent.
    #[must_use]
    pub fn valid_percent(&self) -> f64 {
        percent(self.valid.get(), self.executions.get())
    }

    /// Counts the execution that just ended, and writes a line if one is due.
    pub fn tick(&self, state: &State, last: &Execution) {
        self.executions.set(self.executions.get() + 1);
        self.valid.set(self.valid.get() + u64::from(last.checked));
        let now = self.control.elapsed();
        self.restarts.set(last.starts.saturating_sub(1));
        if last.new_coverage {
            self.last_coverage.set(Some(now.as_secs_f64()));
        }
        if last.new_findings > 0 {
            self.last_finding.set(Some(now.as_secs_f64()));
        }
        self.display.sample(|| self.figures(state), now);
        if now.saturating_sub(self.shown.get()) >= self.display.every() {
            self.shown.set(now);
            self.line(state, now);
        }
    }

    fn figures(&self, state: &State) -> Figures {
        Figures {
            execs: *state.executions(),
            corpus: state.corpus().count(),
            coverage: coverage(state),
            counted: self.executions.get(),
            valid: self.valid.get(),
            findings: self.findings.borrow().len(),
            restarts: self.restarts.get(),
            last_coverage: self.last_coverage.get(),
            last_finding: self.last_finding.get(),
        }
    }

    fn line(&self, state: &State, now: Duration) {
        let figures = self.figures(state);
        if self.display.style() == Style::Worker {
            Message::Figures(figures).send();
        } else {
            self.display.show(figures, now, Vec::new());
        }
    }

    /// Tells the process that started this worker the last figures: what a worker does at its end may
    /// take longer than that process waits for the summary.
    pub fn end(&self, state: &State) {
        if self.display.style() == Style::Worker {
            Message::Figures(self.figures(state)).send();
        }
    }

    /// Announces a finding, on a line or to the process that started this worker.
    pub fn found(&self, found: &Found) {
        self.findings.borrow_mut().insert(found.id.clone());
        if self.display.style() == Style::Worker {
            Message::Found(Box::new(found.clone())).send();
        } else {
            self.display.found(found);
        }
    }

    /// Takes note of a finding's root.
    pub fn rooted(&self, finding: &str, root: Option<&Root>) {
        if let Some(root) = root {
            self.display.rooted(finding, root);
        }
    }

    /// Shows what is new about roots.
    pub fn tell(&self, roots: &mut Roots) {
        self.display.tell(roots);
    }

    /// Takes some more time for roots that have no program yet, and ends the background work.
    pub fn finish_roots(&self, roots: Roots) -> RootsEnd {
        let control = self.control();
        self.display.finish_roots(roots, control.extra_time(), control.flag())
    }

    /// Whether a finding of a class is worth a line of its own.
    #[must_use]
    pub fn shows(&self, class: Class) -> bool {
        self.display.shows(class)
    }

    /// Shows a line to people.
    pub fn say(&self, text: &str) {
        if self.display.style() == Style::Worker {
            Message::Say(text.to_owned()).send();
        } else {
            self.display.say(text);
        }
    }
}

/// Counters hit since the start, and the total number of counters.
#[must_use]
pub fn coverage(state: &State) -> Coverage {
    state.named_metadata_map().get::<MapFeedbackMetadata<u8>>(COVERAGE).map_or_else(
        Coverage::default,
        |m| Coverage { hit: m.num_covered_map_indexes, total: m.history_map.len() },
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use super::*;
    use crate::campaign::Limits;
    use crate::campaign::monitor::board::tests::found;
    use crate::finding::Kind;

    #[test]
    fn a_finding_with_a_graver_class_is_no_second_one() {
        let limits = Limits { findings: Some(2), ..Limits::default() };
        let control = Control::new(limits, Arc::new(AtomicBool::new(false)));
        let progress = Progress::new(control, Display::new(Style::Screen));
        progress.found(&found(1, Kind::DataRace, Class::Breach, "a"));
        progress.found(&found(1, Kind::DataRace, Class::Bug, "a"));
        assert!(!progress.over(0));
        progress.found(&found(2, Kind::DataRace, Class::Breach, "b"));
        assert!(progress.over(0));
    }
}
