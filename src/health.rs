//! Detects campaigns that find nothing because something is broken.

use std::collections::VecDeque;

/// What one execution says about whether anything works.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pulse {
    /// The harness process ended with it.
    pub died: bool,
    /// Every package that was checked has no type error.
    pub valid: bool,
    /// A counter of go/types moved.
    pub covered: bool,
}

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Sick {
    /// The harness keeps dying.
    #[error(
        "the harness died in {died} of the last {of} executions: it restarts in a loop; look at \
         the findings, then try another Go (--toolchain) or run `typerace doctor`"
    )]
    Restarts {
        /// Executions that it died in.
        died: usize,
        /// All executions that were looked at.
        of: usize,
    },
    /// No counter moved.
    #[error(
        "no coverage counter of go/types moved in the last {0} executions: the harness was built \
         without instrumentation, or go/types does not run; run `typerace doctor`"
    )]
    NoCoverage(usize),
    /// No input type-checks.
    #[error(
        "none of the last {0} inputs type-checks: the type checker under test or the seeds are \
         broken, so it means nothing that this campaign finds nothing"
    )]
    NothingValid(usize),
}

/// The number of recent executions to check for restarts and coverage.
const WINDOW: usize = 100;
/// At least one of this many executions must type-check. A campaign starts with seeds and
/// generated programs, and most of those do.
const VALID_WINDOW: usize = 1000;
/// The number of deaths in a window that counts as a restart loop. Breaches of contract end
/// a process often; a broken harness always does.
const LOOP: usize = 95;

/// The minimum number of executions to judge a campaign that ends without a corpus.
const LEAST: usize = 10;

/// The last executions.
#[derive(Debug, Default)]
pub struct Health {
    pulses: VecDeque<Pulse>,
    since_valid: usize,
}

impl Health {
    /// What is broken when a campaign has ended. If the harness always dies, there is
    /// nothing to mutate and the campaign ends early.
    #[must_use]
    pub fn at_end(&self) -> Option<Sick> {
        let of = self.pulses.len();
        let died = self.pulses.iter().filter(|p| p.died).count();
        (of >= LEAST && died * WINDOW >= LOOP * of).then_some(Sick::Restarts { died, of })
    }

    /// Whether the harness survived any execution. Only then are there counters to look at.
    #[must_use]
    pub fn lived(&self) -> bool {
        self.pulses.iter().any(|p| !p.died)
    }

    /// Records an execution and returns what is broken, if anything.
    pub fn note(&mut self, pulse: Pulse) -> Option<Sick> {
        self.pulses.push_back(pulse);
        if self.pulses.len() > WINDOW {
            self.pulses.pop_front();
        }
        self.since_valid = if pulse.valid { 0 } else { self.since_valid + 1 };
        if self.pulses.len() == WINDOW {
            let died = self.pulses.iter().filter(|p| p.died).count();
            if died >= LOOP {
                return Some(Sick::Restarts { died, of: WINDOW });
            }
            if self.pulses.iter().all(|p| !p.covered) {
                return Some(Sick::NoCoverage(WINDOW));
            }
        }
        (self.since_valid >= VALID_WINDOW).then_some(Sick::NothingValid(VALID_WINDOW))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of executions after which something is reported, and what.
    fn sick(pulse: impl Fn(usize) -> Pulse) -> Option<(usize, Sick)> {
        let mut health = Health::default();
        (1..=5000).find_map(|i| Some((i, health.note(pulse(i))?)))
    }

    #[test]
    fn a_short_campaign_is_judged_too() {
        let mut health = Health::default();
        for i in 1..=LEAST {
            assert_eq!(health.at_end(), None);
            assert_eq!(health.note(Pulse { died: true, ..Pulse::default() }), None, "{i}");
        }
        assert_eq!(health.at_end(), Some(Sick::Restarts { died: LEAST, of: LEAST }));
        health.note(Pulse { died: false, valid: true, covered: true });
        assert_eq!(health.at_end(), None);
    }

    #[test]
    fn each_problem_is_reported_and_a_healthy_campaign_is_not() {
        let well = Pulse { died: false, valid: true, covered: true };
        assert_eq!(sick(|_| well), None);
        let crashing = |i: usize| Pulse { died: !i.is_multiple_of(10), ..well };
        assert_eq!(sick(crashing), None, "nine in ten is a fruitful campaign");
        let dead = |_| Pulse { died: true, valid: false, covered: true };
        assert_eq!(sick(dead), Some((100, Sick::Restarts { died: 100, of: 100 })));
        let later = |i: usize| if i < 1000 { well } else { Pulse { covered: false, ..well } };
        assert_eq!(sick(later), Some((1099, Sick::NoCoverage(100))), "it stopped");
        let wrong = |_| Pulse { valid: false, ..well };
        assert_eq!(sick(wrong), Some((1000, Sick::NothingValid(1000))));
        let rarely = |i: usize| Pulse { valid: i.is_multiple_of(900), ..well };
        assert_eq!(sick(rarely), None);
    }
}
