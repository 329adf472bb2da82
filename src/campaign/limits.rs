//! Decides when a campaign ends.

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

/// The maximum time for roots at the end of a campaign.
const EXTRA: Duration = Duration::from_secs(30);

/// The limits; the first one reached ends the campaign.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Wall time.
    pub time: Option<Duration>,
    /// Executions.
    pub execs: Option<u64>,
    /// Distinct findings.
    pub findings: Option<usize>,
}

impl Limits {
    /// The time that a campaign may spend on its roots after its own time is up: a quarter of it,
    /// and at most 30 seconds. One that is limited otherwise ends at once.
    #[must_use]
    pub fn extra_time(&self) -> Duration {
        self.time.map_or(Duration::ZERO, |t| (t / 4).min(EXTRA))
    }
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

    /// Whether a signal requested the end.
    #[must_use]
    pub fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Whether the time is up or a signal requested the end. Then only necessary work is done.
    #[must_use]
    pub fn hurry(&self) -> bool {
        self.interrupted() || self.limits.time.is_some_and(|t| self.elapsed() >= t)
    }

    /// The flag that a signal sets.
    #[must_use]
    pub fn flag(&self) -> &AtomicBool {
        &self.interrupted
    }

    /// The time that the campaign may spend on its roots after its own time is up.
    #[must_use]
    pub fn extra_time(&self) -> Duration {
        self.limits.extra_time()
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
