//! Progress of long commands: one line that is rewritten on a terminal, a new line now and then
//! elsewhere. Whatever keeps a command for longer than two seconds says what it waits for.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::progress;

/// How often a terminal's line is redrawn.
const TERMINAL: Duration = Duration::from_millis(200);
/// When a log gets its first line, and the time between the next ones.
const FIRST: Duration = Duration::from_secs(2);
const LOG: Duration = Duration::from_secs(10);

/// Shows what is going on until it is dropped.
pub struct Ticker {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    text: String,
    ended: bool,
    /// Whether the terminal's last line stays when it ends.
    stays: bool,
}

impl Ticker {
    /// Shows `text` with the seconds that have passed.
    #[must_use]
    pub fn start(text: &str) -> Self {
        Self::with(text, false)
    }

    fn with(text: &str, stays: bool) -> Self {
        let state = Mutex::new(State { text: text.to_owned(), ended: false, stays });
        let shared = Arc::new(Shared { state, changed: Condvar::new() });
        let theirs = Arc::clone(&shared);
        let terminal = io::stderr().is_terminal();
        let thread = std::thread::Builder::new()
            .name("ticker".to_owned())
            .spawn(move || if terminal { theirs.rewrite() } else { theirs.log() });
        // If the thread cannot start, the work goes on without progress.
        Self { shared, thread: thread.ok() }
    }

    /// Changes the text.
    pub fn set(&self, text: &str) {
        text.clone_into(&mut self.shared.lock().text);
    }

    /// Shows a line that stays.
    pub fn say(&self, line: &str) {
        // Not while the other line is being written.
        let _state = self.shared.lock();
        let clear = if io::stderr().is_terminal() { "\r\x1b[K" } else { "" };
        let _ = writeln!(io::stderr().lock(), "{clear}typerace: {line}");
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.lock().ended = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits, then returns the text, or `None` at the end.
    fn wait(&self, time: Duration) -> Option<String> {
        let waited = self.changed.wait_timeout_while(self.lock(), time, |s| !s.ended);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        (!state.ended).then(|| state.text.clone())
    }

    fn rewrite(&self) {
        let began = Instant::now();
        let line = |text: &str| format!("typerace: {text} … {} s", began.elapsed().as_secs());
        let write = |text: String| {
            let mut err = io::stderr().lock();
            // The work goes on if standard error is closed.
            let _ = write!(err, "{text}").and_then(|()| err.flush());
        };
        // Work that ends at once needs no line.
        while let Some(text) = self.wait(TERMINAL) {
            write(format!("\r\x1b[K{}", cut(&line(&text), columns())));
        }
        let state = self.lock();
        let last = if state.stays { line(&state.text) + "\n" } else { String::new() };
        write(format!("\r\x1b[K{last}"));
    }

    fn log(&self) {
        let began = Instant::now();
        let mut pause = FIRST;
        while let Some(text) = self.wait(pause) {
            pause = LOG;
            progress(&format!("{text} … {} s", began.elapsed().as_secs()));
        }
    }
}

fn columns() -> usize {
    crossterm::terminal::size().map_or(80, |(w, _)| usize::from(w)).max(20)
}

/// Cuts a line to the terminal's width: a longer one would scroll instead of being rewritten.
fn cut(text: &str, columns: usize) -> String {
    if text.chars().count() < columns {
        return text.to_owned();
    }
    let kept: String = text.chars().take(columns.saturating_sub(2)).collect();
    kept + "…"
}

/// A progress callback for work that announces each step: a line is shown at once, then
/// with the elapsed time for as long as the step lasts.
pub fn waiting() -> impl FnMut(&str) {
    // The first step is to ask go for its version.
    let mut last = Some(Ticker::start("looking for Go"));
    move |line| {
        // Ends the previous step's line.
        drop(last.take());
        if !io::stderr().is_terminal() {
            progress(line);
        }
        last = Some(Ticker::with(line, true));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_fits_the_terminal() {
        assert_eq!(cut("short", 20), "short");
        let long = cut(&"ü".repeat(50), 20);
        assert_eq!((long.chars().count(), long.ends_with('…')), (19, true));
    }

    #[test]
    fn the_end_is_not_waited_for() {
        let began = Instant::now();
        let ticker = Ticker::start("something");
        ticker.set("something else");
        assert_eq!(ticker.shared.lock().text, "something else");
        drop(ticker);
        assert!(began.elapsed() < LOG);
    }
}
