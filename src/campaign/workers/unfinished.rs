//! Workers that end without a summary.

use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use crate::campaign::results::figures::Figures;
use crate::campaign::results::summary::Summary;

/// What ends a worker that does not handle signals yet: Ctrl-C reaches it in the process group, and
/// a campaign that ends sends SIGTERM.
const ASKED: [i32; 3] = [1, 2, 15];

/// Whether a worker ended because the campaign does, and not because something killed it.
pub fn is_ours(status: ExitStatus, is_killed: bool, is_ending: bool) -> bool {
    is_killed || (is_ending && status.signal().is_some_and(|s| ASKED.contains(&s)))
}

/// Adds what a worker last reported to the summary of the others.
pub fn add(all: &mut Summary, lost: &Figures) {
    let valid = all.valid_percent * all.execs as f64 + lost.valid_percent() * lost.execs as f64;
    all.execs += lost.execs;
    all.valid_percent = valid / (all.execs as f64).max(1.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_campaign_ends_is_no_death() {
        let signal = ExitStatus::from_raw;
        assert!(is_ours(signal(9), true, true), "killed by us");
        assert!(!is_ours(signal(9), false, true), "by the kernel, for its memory");
        assert!(is_ours(signal(15), false, true) && is_ours(signal(2), false, true));
        assert!(!is_ours(signal(15), false, false), "by somebody else");
        assert!(!is_ours(signal(3 << 8), false, true), "it says why");
    }

    #[test]
    fn a_summary_has_what_was_last_reported() {
        let lost = Figures { execs: 100, counted: 80, valid: 60, ..Figures::default() };
        let mut all = Summary::default();
        add(&mut all, &lost);
        assert_eq!((all.execs, all.valid_percent), (100, 75.0));
        let mut all = Summary { execs: 300, valid_percent: 95.0, ..Summary::default() };
        add(&mut all, &lost);
        assert_eq!((all.execs, all.valid_percent), (400, 90.0));
        add(&mut all, &Figures::default());
        assert_eq!(all.valid_percent, 90.0);
    }
}
