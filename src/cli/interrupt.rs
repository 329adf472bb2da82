//! What Ctrl-C, SIGTERM and SIGHUP do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::harness::is_ignored;

/// Returns a flag that the first Ctrl-C, SIGTERM or SIGHUP sets. The second Ctrl-C or SIGTERM ends
/// the process, and with it the harness, at once.
pub(super) fn interrupt_flag() -> std::io::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    let mut wanted = vec![SIGINT, SIGTERM];
    // With nohup, the process is to outlive its terminal.
    if !is_ignored(SIGHUP) {
        wanted.push(SIGHUP);
    }
    let mut signals = Signals::new(wanted)?;
    // A thread instead of a signal handler, because it may restore the terminal.
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            // A terminal that is closed sends more than one SIGHUP: the system does, and the shell.
            if set.swap(true, Ordering::SeqCst) && signal != SIGHUP {
                crate::campaign::screen::restore();
                signal_hook::low_level::exit(128 + signal);
            }
        }
    })?;
    Ok(flag)
}
