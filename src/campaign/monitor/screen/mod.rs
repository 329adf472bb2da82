//! The screen of a campaign. It takes over the terminal, a thread draws it from the board, and the
//! terminal is restored however the campaign ends.
//!
//! While the screen is shown, standard error is a pipe into the log pane, so that nothing
//! overwrites the screen: neither this program nor its workers.

mod draw;
mod format;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::{cursor, execute, terminal};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;

use crate::campaign::monitor::display::Display;
use crate::escape;
use crate::harness::is_gone_after;
pub use draw::{View, draw};

/// Time between two pictures, unless a key or the terminal's size asks for one.
const EVERY: Duration = Duration::from_millis(250);
/// How long restoring the terminal waits for a picture that is being drawn.
const PATIENCE: Duration = Duration::from_millis(300);
/// How long the end of a campaign waits for the thread that draws.
const LEAVES: Duration = Duration::from_secs(1);
/// The maximum number of warnings to print again when the screen closes.
const TOLD_AGAIN: usize = 20;
/// The exit code of a process that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// The original standard error, while the screen is shown. There is one terminal, so this is
/// global; the panic hook and signal handlers need it too.
static TERMINAL: Mutex<Option<File>> = Mutex::new(None);
/// Whether the screen is shown.
static SHOWN: AtomicBool = AtomicBool::new(false);
/// Held while a picture is drawn.
static DRAWING: Mutex<()> = Mutex::new(());

/// A campaign's screen. Dropping it restores the terminal.
#[derive(Debug)]
pub struct Screen {
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    display: Display,
}

impl Screen {
    /// Takes over the terminal. `stop` is set when a key requests the campaign's end.
    ///
    /// # Errors
    /// The terminal cannot be set up; it is left unchanged.
    pub fn start(display: &Display, stop: Arc<AtomicBool>) -> io::Result<Self> {
        let stderr = io::stderr().as_fd().try_clone_to_owned()?;
        let out = BufWriter::new(File::from(stderr.try_clone()?));
        *TERMINAL.lock().unwrap_or_else(PoisonError::into_inner) = Some(File::from(stderr));
        SHOWN.store(true, Ordering::SeqCst);
        let started = Self::run(display, stop, out);
        if started.is_err() {
            restore();
        }
        started
    }

    fn run(display: &Display, stop: Arc<AtomicBool>, out: BufWriter<File>) -> io::Result<Self> {
        terminal::enable_raw_mode()?;
        let mut out = out;
        execute!(out, terminal::EnterAlternateScreen, cursor::Hide)?;
        let terminal = Terminal::new(CrosstermBackend::new(out))?;
        let (said, stderr) = io::pipe()?;
        rustix::stdio::dup2_stderr(&stderr)?;
        drop(stderr);
        let log = display.clone();
        // It ends with the last writer, which may be a worker.
        std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || listen(BufReader::new(said), &log))?;
        let ended = Arc::new(AtomicBool::new(false));
        let painter = Painter { terminal, display: display.clone(), stop, ended: ended.clone() };
        let thread =
            std::thread::Builder::new().name("screen".to_owned()).spawn(|| painter.run())?;
        Ok(Self { ended, thread: Some(thread), display: display.clone() })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Not forever: the terminal may be closed while the thread reads from it.
        let since = Instant::now();
        while self.thread.as_ref().is_some_and(|t| !t.is_finished()) && since.elapsed() < LEAVES {
            std::thread::sleep(Duration::from_millis(5));
        }
        restore();
        let board = self.display.board();
        let warnings: Vec<_> = board.log.iter().filter(|l| l.warning).collect();
        let left_out = warnings.len().saturating_sub(TOLD_AGAIN);
        let mut err = io::stderr().lock();
        for line in &warnings[left_out..] {
            let _ = writeln!(err, "{} {}", format::clock(line.at), escape::text(&line.text));
        }
        if left_out > 0 {
            let _ = writeln!(err, "and {left_out} warnings before");
        }
    }
}

/// Restores the terminal and standard error if a screen has taken them over. It may be called at
/// any time, more than once, and from a signal or panic handler.
pub fn restore() {
    if !SHOWN.swap(false, Ordering::SeqCst) {
        return;
    }
    // Wait for a picture that is being drawn, but not forever: the drawing thread may be the one
    // that panics.
    let since = Instant::now();
    let _drawing = loop {
        match DRAWING.try_lock() {
            Ok(guard) => break Some(guard),
            Err(TryLockError::Poisoned(e)) => break Some(e.into_inner()),
            Err(TryLockError::WouldBlock) if since.elapsed() > PATIENCE => break None,
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let Some(mut terminal) = TERMINAL.lock().unwrap_or_else(PoisonError::into_inner).take() else {
        return;
    };
    let _ = execute!(terminal, terminal::LeaveAlternateScreen, cursor::Show);
    let _ = terminal::disable_raw_mode();
    let _ = rustix::stdio::dup2_stderr(OwnedFd::from(terminal));
}

/// Moves standard error into the log. Text that arrives after the screen has closed is passed on.
fn listen(said: impl io::BufRead, display: &Display) {
    // Nothing guarantees that it is UTF-8.
    for line in said.split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        if line.is_empty() {
            continue;
        }
        if SHOWN.load(Ordering::SeqCst) {
            display.board().log(&line, true);
        } else {
            let _ = writeln!(io::stderr().lock(), "{}", escape::text(&line));
        }
    }
}

/// The thread that draws and reads keys.
struct Painter {
    terminal: Terminal<CrosstermBackend<BufWriter<File>>>,
    display: Display,
    stop: Arc<AtomicBool>,
    ended: Arc<AtomicBool>,
}

impl Painter {
    fn run(mut self) {
        while !self.ended.load(Ordering::SeqCst) {
            self.paint();
            // crossterm would read from a closed terminal forever, so it is asked only after this.
            if is_gone_after(io::stdin().as_fd(), EVERY) || self.heed_all().is_err() {
                // The terminal is gone, or sends no keys: the campaign goes on.
                std::thread::sleep(EVERY);
            }
        }
    }

    fn heed_all(&self) -> io::Result<()> {
        while event::poll(Duration::ZERO)? {
            self.heed(&event::read()?);
        }
        Ok(())
    }

    fn paint(&mut self) {
        // Copied, because drawing takes longer than the campaign should wait.
        let view = View::new(self.display.board().clone(), self.stop.load(Ordering::Relaxed));
        let _drawing = DRAWING.lock().unwrap_or_else(PoisonError::into_inner);
        if SHOWN.load(Ordering::SeqCst) {
            // A picture that cannot be drawn does not end a campaign.
            let _ = self.terminal.draw(|frame| draw(frame, &view));
        }
    }

    fn heed(&self, event: &Event) {
        let Event::Key(key) = event else { return };
        let ctrl_c = key.code == KeyCode::Char('c') && key.modifiers == KeyModifiers::CONTROL;
        if key.kind == KeyEventKind::Press && (ctrl_c || key.code == KeyCode::Char('q')) {
            // In raw mode Ctrl-C is a key. As with the signal, the second one ends the process at
            // once.
            if self.stop.swap(true, Ordering::SeqCst) && ctrl_c {
                restore();
                std::process::exit(INTERRUPTED);
            }
        }
    }
}
