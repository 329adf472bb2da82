//! Displays a campaign's progress.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::campaign::corpus::work_dir::WorkDir;
use crate::campaign::monitor::board::{Board, WorkerState};
use crate::campaign::monitor::samples::{End, Sample, Samples, SamplesError};
use crate::campaign::results::figures::Figures;
use crate::campaign::results::found::Found;
use crate::campaign::results::summary::Summary;
use crate::campaign::roots::{News, Roots, RootsEnd};
use crate::escape;
use crate::finding::Root;
use crate::harness::process_group;
use crate::scenario::Class;
use crate::words::count;

/// How progress is written to standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A full screen, drawn from the board: see [`crate::campaign::monitor::screen`].
    Screen,
    /// A line every few seconds, for a log.
    Plain,
    /// One [`crate::campaign::Message`] on each line of standard output, for the process that
    /// started this worker.
    Worker,
}

/// How long the end of a campaign may take before it says what it waits for.
pub const PATIENCE: Duration = Duration::from_secs(2);
/// Time between two plain lines.
const PLAIN: Duration = Duration::from_secs(5);

/// A campaign's style, its board, and its file of figures. Clones share the last two.
#[derive(Clone, Debug)]
pub struct Display {
    style: Style,
    board: Arc<Mutex<Board>>,
    samples: Arc<Mutex<Samples>>,
}

impl Display {
    /// Creates a display in a style.
    #[must_use]
    pub fn new(style: Style) -> Self {
        Self { style, board: Arc::default(), samples: Arc::default() }
    }

    /// The screen if there is a terminal to show it on and to read keys from, unless the user asked
    /// for plain lines.
    #[must_use]
    pub fn choose(plain: bool) -> Self {
        let screen = !plain && Self::no_screen().is_none();
        Self::new(if screen { Style::Screen } else { Style::Plain })
    }

    /// The reason why there can be no screen, if any.
    #[must_use]
    pub fn no_screen() -> Option<&'static str> {
        let terminal = std::io::stdin();
        let ours = || {
            let group = rustix::termios::tcgetpgrp(&terminal).ok();
            group.is_none_or(|g| g.as_raw_nonzero().get() == process_group())
        };
        if !std::io::stderr().is_terminal() {
            Some("standard error is not a terminal")
        } else if !terminal.is_terminal() {
            Some("standard input is not a terminal")
        } else if std::env::var_os("TERM").is_none_or(|t| t.is_empty() || t == "dumb") {
            Some("TERM says that the terminal can only print lines")
        } else if !ours() {
            // A background job would be stopped when it configures the terminal.
            Some("the terminal belongs to another job")
        } else {
            None
        }
    }

    /// Switches from the screen to plain lines.
    pub fn be_plain(&mut self) {
        self.style = Style::Plain;
    }

    /// How it is shown.
    #[must_use]
    pub fn style(&self) -> Style {
        self.style
    }

    /// The board, locked. Hold the lock only briefly, because the campaign writes to it.
    pub fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often figures should be shown.
    #[must_use]
    pub fn every(&self) -> Duration {
        match self.style {
            Style::Screen | Style::Plain => Duration::from_millis(500),
            Style::Worker => Duration::from_secs(1),
        }
    }

    /// Shows the campaign's figures after `now`, and its workers, if it has any.
    pub fn show(&self, figures: Figures, now: Duration, workers: Vec<WorkerState>) {
        let mut board = self.board();
        board.update(figures, now);
        board.workers = workers;
        let due = board.printed.is_none_or(|at| now.saturating_sub(at) >= PLAIN);
        if self.style == Style::Plain && due {
            board.printed = Some(now);
            print(&format!("{}{}", figures.line(now), board.counts()));
        }
    }

    /// Opens the file of figures, if one is wanted; see [`Samples::open`].
    ///
    /// # Errors
    /// It cannot be written.
    pub fn open_samples(&self, path: Option<&Path>, work: &WorkDir) -> Result<(), SamplesError> {
        *self.samples() = Samples::open(path, work)?;
        Ok(())
    }

    fn samples(&self) -> MutexGuard<'_, Samples> {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a line of figures if one is due.
    pub fn sample(&self, figures: impl FnOnce() -> Figures, now: Duration) {
        if self.samples().is_due(now) {
            let sample = self.board().sample(&figures(), now);
            self.write(&sample);
        }
    }

    fn write(&self, sample: &Sample) {
        let failed = self.samples().write(sample).map(ToString::to_string);
        if let Some(why) = failed {
            self.say(&format!("warning: {why}; the campaign goes on without its figures"));
        }
    }

    /// Writes the last line of figures: those of the summary, if there is one, and how the campaign
    /// ended.
    ///
    /// # Errors
    /// A line, this one or an earlier one, could not be written.
    pub fn end_samples(&self, summary: Option<&Summary>, end: End) -> Result<(), SamplesError> {
        let mut board = self.board();
        if let Some(summary) = summary {
            board.found.clone_from(&summary.findings);
        }
        let mut sample = board.sample(&board.figures, board.elapsed());
        // They have ended by now.
        sample.workers = board.workers.len().max(1);
        drop(board);
        summary.iter().for_each(|summary| sample.conclude(summary));
        sample.end = Some(end);
        self.write(&sample);
        self.samples().take_failure()
    }

    /// Announces a finding. Breaches are only counted, unless each is to be shown, and so are
    /// findings that probably have the root of an earlier one.
    pub fn found(&self, found: &Found) {
        let is_further = self.board().is_further(found);
        self.board().add(found);
        if self.shows(found.class) && !is_further {
            self.line(&found.line(), false);
        }
    }

    /// Takes note of a finding's root.
    pub fn rooted(&self, finding: &str, root: &Root) {
        self.board().set_root(finding, root);
    }

    /// Shows what is new about roots.
    pub fn tell(&self, roots: &mut Roots) {
        for news in roots.news() {
            match news {
                News::Root { finding, root } => self.rooted(&finding, &root),
                News::Say(text) => self.say(&text),
            }
        }
    }

    /// Takes up to `time` more for roots that have no program yet, and ends the background work.
    pub fn finish_roots(
        &self,
        mut roots: Roots,
        time: Duration,
        interrupted: &AtomicBool,
    ) -> RootsEnd {
        let (began, mut is_said) = (Instant::now(), false);
        roots.finish(time, interrupted, &mut |roots, done| {
            if began.elapsed() >= PATIENCE && !std::mem::replace(&mut is_said, true) {
                let left = time.saturating_sub(began.elapsed()).as_secs();
                self.say(&format!(
                    "the time is up; roots without a program get up to {left} s more, and a signal ends \
                     that"
                ));
            }
            self.tell(roots);
            self.wait_for(done);
        });
        let end = roots.end();
        self.tell(&mut roots);
        self.say_failed(&end.failed);
        end
    }

    /// Says what could not be minimized or rooted. A full disk stops every finding, and is one line.
    fn say_failed(&self, failed: &[String]) {
        let is_full = |why: &&String| why.to_lowercase().contains("no space left");
        let (full, others): (Vec<_>, Vec<_>) = failed.iter().partition(is_full);
        for why in others {
            self.say(&format!("warning: not minimized: {why}"));
        }
        if let Some(first) = full.first() {
            let all = count(full.len(), "finding");
            self.say(&format!("warning: {all} not minimized, for example {first}"));
        }
    }

    /// Shows the time that a campaign takes for its roots at its end: how many have a program, and
    /// how many there are.
    fn wait_for(&self, done: (usize, usize)) {
        // Findings of which no root is determined are no group.
        if done.1 > 0 && self.board().waits_for != Some(done) {
            self.board().waits_for = Some(done);
            let (done, all) = done;
            self.say(&format!("roots: {done} of {all} have a program"));
        }
    }

    /// Whether a finding of a class is worth a line of its own.
    #[must_use]
    pub fn shows(&self, class: Class) -> bool {
        self.board().shows(class)
    }

    /// Shows a line to people.
    pub fn say(&self, text: &str) {
        self.line(text, text.contains("warning"));
    }

    fn line(&self, text: &str, warning: bool) {
        self.board().log(text, warning);
        if self.style != Style::Screen {
            print(text);
        }
    }
}

fn print(line: &str) {
    // A closed standard error must not end a campaign.
    let _ = writeln!(std::io::stderr().lock(), "{}", escape::text(line));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::monitor::board::tests::found;
    use crate::finding::Kind;

    #[test]
    fn breaches_are_counted_and_bugs_announced() {
        for (verbose, lines) in [(false, 2), (true, 3)] {
            let display = Display::new(Style::Screen);
            display.board().verbose = verbose;
            display.found(&found(1, Kind::DataRace, Class::Breach, "a"));
            display.found(&found(2, Kind::DataRace, Class::Unstated, "b"));
            // A breach that turns out to be a bug is news.
            display.found(&found(1, Kind::DataRace, Class::Bug, "a"));
            let board = display.board();
            assert_eq!((board.log.len(), board.found.len()), (lines, 2));
            let last = &board.log[lines - 1].text;
            assert!(last.starts_with("FOUND bug: a"), "{last}");
        }
    }

    #[test]
    fn roots_are_told_when_there_are_some() {
        let display = Display::new(Style::Screen);
        [(0, 0), (0, 1), (0, 1)].into_iter().for_each(|done| display.wait_for(done));
        let board = display.board();
        let said: Vec<_> = board.log.iter().map(|l| l.text.as_str()).collect();
        assert_eq!(said, ["roots: 0 of 1 have a program"]);
    }

    #[test]
    fn clones_share_what_is_shown() {
        let display = Display::new(Style::Screen);
        let other = display.clone();
        let figures = Figures { execs: 7, ..Figures::default() };
        other.show(figures, Duration::from_secs(2), Vec::new());
        other.say("warning: the disk is full");
        other.say("resuming");
        let board = display.board();
        assert_eq!(board.figures.execs, 7);
        assert!(board.elapsed() >= Duration::from_secs(2));
        assert_eq!(board.log.iter().map(|l| l.warning).collect::<Vec<_>>(), [true, false]);
    }
}
