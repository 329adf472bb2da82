//! When a campaign ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The limits of a campaign and the clock they are measured with.
#[derive(Debug)]
pub struct Control {
    start: Instant,
    limits: Limits,
    interrupted: Arc<AtomicBool>,
}

/// What ends a campaign; whichever comes first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Wall time.
    pub time: Option<Duration>,
    /// Executions.
    pub execs: Option<u64>,
    /// Distinct findings.
    pub findings: Option<usize>,
}

impl Control {
    /// Starts the clock.
    #[must_use]
    pub fn new(limits: Limits, interrupted: Arc<AtomicBool>) -> Self {
        Self { start: Instant::now(), limits, interrupted }
    }

    /// Wall time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// Whether a signal asked for the end.
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Whether the time is up or a signal asked for the end: then nothing is done that is
    /// not necessary.
    #[must_use]
    pub fn hurry(&self) -> bool {
        self.interrupted() || self.limits.time.is_some_and(|t| self.elapsed() >= t)
    }

    /// Whether the campaign is over.
    #[must_use]
    pub fn over(&self, executions: u64, findings: usize) -> bool {
        self.interrupted()
            || self.limits.time.is_some_and(|t| self.elapsed() >= t)
            || self.limits.execs.is_some_and(|n| executions >= n)
            || self.limits.findings.is_some_and(|n| findings >= n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_limit_ends_it() {
        let flag = Arc::new(AtomicBool::new(false));
        let limits = Limits { execs: Some(10), findings: Some(2), time: None };
        let c = Control::new(limits, Arc::clone(&flag));
        assert!(!c.over(9, 1) && !c.hurry());
        assert!(c.over(10, 0) && !c.hurry());
        assert!(c.over(0, 2));
        flag.store(true, Ordering::Relaxed);
        assert!(c.over(0, 0) && c.hurry());
    }
}
