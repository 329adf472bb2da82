//! What Ctrl-C and SIGTERM do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::iterator::Signals;

/// Returns a flag that the first Ctrl-C or SIGTERM sets. The second one ends the
/// process, and with it the harness, at once.
pub(super) fn interrupt_flag() -> std::io::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    let mut signals = Signals::new([signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM])?;
    // A thread instead of a signal handler, because it may restore the terminal.
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            if set.swap(true, Ordering::SeqCst) {
                crate::campaign::screen::restore();
                signal_hook::low_level::exit(128 + signal);
            }
        }
    })?;
    Ok(flag)
}
