//! A request's limits, measured by this process's clock: they also apply to a harness that is
//! stopped or busy with a garbage collection.

use std::fs;
use std::time::{Duration, Instant};

use super::config::{Limits, Stage};
use super::memfd::Memfd;

/// Size of the status after the coverage map, in bytes: `Status` in harness_go.
pub(super) const STATUS_SIZE: usize = 16;

/// How often a slow request is checked.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Memory that a process may use besides a heap of the cap's size. Above it, the process is killed
/// without asking for the size of its heap. It covers garbage and the race detector's shadow, which
/// is several times the heap (docs/FAULTS.md states the limits).
const SHADOW: u64 = 8;
const OWN: u64 = 1 << 30;

/// Where the harness writes its stage: after the coverage map, aligned.
pub(super) fn status_at(counters: u32) -> usize {
    (counters as usize).next_multiple_of(8)
}

/// The limit that was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exceeded {
    Time(Stage),
    Memory(u64),
}

/// A running request.
#[derive(Debug)]
pub(super) struct Watch<'a> {
    limits: Limits,
    began: Instant,
    looked: Instant,
    setup: Duration,
    concurrent: Duration,
    /// The map and the offset of the status in it; `None` if the request is not a test case.
    status: Option<(&'a Memfd, usize)>,
}

impl<'a> Watch<'a> {
    /// Starts the clock.
    pub(super) fn new(limits: Limits, status: Option<(&'a Memfd, usize)>) -> Self {
        Self::since(Instant::now(), limits, status)
    }

    /// A clock that started at `began`.
    pub(super) fn since(
        began: Instant,
        limits: Limits,
        status: Option<(&'a Memfd, usize)>,
    ) -> Self {
        Self {
            limits,
            began,
            looked: began,
            setup: Duration::ZERO,
            concurrent: Duration::ZERO,
            status,
        }
    }

    /// The latest time for the next check.
    pub(super) fn next(&self) -> Instant {
        (Instant::now() + LOOK_EVERY).min(self.began + self.limits.total)
    }

    /// The size of the heap if the harness reports that it exceeds the cap; otherwise 0.
    pub(super) fn heap(&self) -> u64 {
        self.status.map_or(0, |(map, at)| map.number(at + 8))
    }

    /// Checks the clock, the stage and the process's size.
    pub(super) fn look(&mut self, pid: u32) -> Option<Exceeded> {
        let now = Instant::now();
        let passed = now - std::mem::replace(&mut self.looked, now);
        if let Some((map, at)) = self.status {
            // A harness that has not begun yet counts as being in its setup.
            match map.number(at) {
                0 | 1 => self.setup += passed,
                2 => self.concurrent += passed,
                _ => {}
            }
            let heap = map.number(at + 8);
            if heap > 0 {
                return Some(Exceeded::Memory(heap));
            }
            let most = OWN.saturating_add(self.limits.memory.saturating_mul(SHADOW));
            if let Some(size) = resident(pid).filter(|&n| n > most) {
                return Some(Exceeded::Memory(size));
            }
        }
        let stage = if now - self.began >= self.limits.total {
            Stage::Total
        } else if self.setup >= self.limits.setup {
            Stage::Setup
        } else if self.concurrent >= self.limits.concurrent {
            Stage::Concurrent
        } else {
            return None;
        };
        Some(Exceeded::Time(stage))
    }
}

/// The resident memory of a process, in bytes.
pub(crate) fn resident(pid: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    let pages: u64 = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages.saturating_mul(4096))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(setup: u64, concurrent: u64, total: u64) -> Limits {
        let ms = Duration::from_millis;
        Limits {
            setup: ms(setup),
            concurrent: ms(concurrent),
            total: ms(total),
            ..Limits::default()
        }
    }

    fn first(limits: Limits, map: Option<&Memfd>) -> Exceeded {
        let mut watch = Watch::new(limits, map.map(|m| (m, 0)));
        loop {
            std::thread::sleep(Duration::from_millis(2));
            if let Some(exceeded) = watch.look(std::process::id()) {
                return exceeded;
            }
        }
    }

    #[test]
    fn the_stage_that_is_over_is_named() {
        let mut map = Memfd::new(c"typerace-test", 4096).unwrap();
        for (stage, l, want) in [
            (0, limits(20, 9_000, 9_000), Stage::Setup),
            (1, limits(20, 9_000, 9_000), Stage::Setup),
            (2, limits(9_000, 20, 9_000), Stage::Concurrent),
            (3, limits(10, 10, 60), Stage::Total),
        ] {
            map.bytes_mut()[..8].copy_from_slice(&u64::to_ne_bytes(stage));
            assert_eq!(first(l, Some(&map)), Exceeded::Time(want), "{stage}");
        }
        assert_eq!(first(limits(1, 1, 30), None), Exceeded::Time(Stage::Total), "no test case");
    }

    #[test]
    fn a_process_has_a_size() {
        assert!(resident(std::process::id()).is_some_and(|n| n > 1 << 20));
        assert_eq!(resident(u32::MAX), None);
    }
}
