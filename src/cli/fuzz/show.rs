//! How a campaign shows itself: the screen or lines, metrics, and what is to be known at its start.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::args::FuzzArgs;
use crate::campaign::screen::Screen;
use crate::campaign::{Display, Style, metrics};
use crate::cli::progress;
use crate::store::Store;

/// Says, once, which crash directories of earlier campaigns cannot be read: a finding in one of
/// them is lost to every command.
pub(super) fn say_damaged(store: &Store, display: &Display) {
    // The campaign needs none of them.
    let damaged = store.list().map(|listing| listing.problems).unwrap_or_default();
    let (dir, n) = (store.dir().display(), damaged.len());
    match &damaged[..] {
        [] => {}
        [one] => display.say(&format!("warning: a folder in {dir} cannot be read: {one}")),
        [first, ..] => display.say(&format!(
            "warning: {n} folders in {dir} cannot be read, for example {first}; typerace report \
             names them"
        )),
    }
}

/// Progress in the way that was asked for, with metrics if they are wanted.
pub(super) fn start_display(
    args: &FuzzArgs,
    worker: bool,
    seed: u64,
    go_version: &str,
) -> anyhow::Result<Display> {
    let display = if worker { Display::new(Style::Worker) } else { Display::choose(args.plain) };
    {
        let mut board = display.board();
        (board.seed, board.go_version) = (seed, go_version.to_owned());
        board.verbose = args.verbose;
    }
    if let Some(why) = Display::no_screen().filter(|_| args.tui) {
        progress(&format!("using plain lines instead of a screen: {why}"));
    }
    if let Some(addr) = args.metrics {
        let addr = metrics::serve(addr, display.clone())?;
        display.say(&format!("metrics on http://{addr}/metrics"));
    }
    Ok(display)
}

/// Starts the screen if one is wanted. A terminal that refuses does not stop the campaign.
pub(super) fn show_screen(display: &mut Display, stop: &Arc<AtomicBool>) -> Option<Screen> {
    if display.style() != Style::Screen {
        return None;
    }
    match Screen::start(display, Arc::clone(stop)) {
        Ok(screen) => Some(screen),
        Err(e) => {
            progress(&format!("using plain lines instead of a screen: {e}"));
            display.be_plain();
            None
        }
    }
}
