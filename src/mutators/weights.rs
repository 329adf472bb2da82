//! How often each operator is chosen: its prior weight, adapted by its yield.

use serde::{Deserialize, Serialize};

use super::{Mutated, OPERATORS, OperatorStats, Outcome};
use crate::rng::Rng;

/// The operators' weights and figures.
///
/// The scheme is a bandit of the kind of Exp3, on discounted counts: an
/// operator's share of the choices is its prior times its recent yield
/// divided by the mean yield, held within 1/4 and 4 times the prior, so that
/// none dies out and none takes over: an operator that is exhausted now may pay
/// again after the next new coverage. It uses only integers and no clock: the same outcomes in the same order give the same weights on every
/// machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weights {
    arms: Vec<Arm>,
    /// Whether yield changes the weights.
    learns: bool,
    /// Outcomes since the weights were last worked out.
    pending: u32,
}

/// How the operators' weights come about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// By prior weight and yield.
    #[default]
    Adaptive,
    /// By prior weight only.
    Fixed,
    /// All operators equally often.
    Uniform,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Arm {
    /// A name, so that figures survive a change of the list.
    name: String,
    prior: u32,
    weight: u32,
    /// Discounted, in thousandths.
    tries: u64,
    reward: u64,
    stats: OperatorStats,
}

/// Outcomes between two updates; after each the counts are discounted.
const PERIOD: u32 = 512;
/// How many sixteenths of a count an update keeps.
const KEEP: u64 = 14;
/// Weights are priors times this, so that a quarter is still an integer.
const SCALE: u32 = 64;
/// What a new finding that is not a breach of contract is worth, in inputs with
/// new coverage. Findings are the goal, and rare.
const FINDING_REWARD: u64 = 4;
/// Tries that every operator is credited with at the start, in thousandths, so
/// that a lucky first mutant does not decide.
const WARM_UP: u64 = 20_000;

impl Default for Weights {
    fn default() -> Self {
        let arm = |o: &super::Entry| Arm {
            name: o.name().to_owned(),
            prior: o.weight(),
            weight: o.weight() * SCALE,
            tries: 0,
            reward: 0,
            stats: OperatorStats::default(),
        };
        Self { arms: OPERATORS.iter().map(arm).collect(), learns: true, pending: 0 }
    }
}

impl Weights {
    /// The weights to start with.
    #[must_use]
    pub fn new(choice: Choice) -> Self {
        let mut weights = Self { learns: choice == Choice::Adaptive, ..Self::default() };
        if choice == Choice::Uniform {
            weights.arms.iter_mut().for_each(|a| a.weight = SCALE);
        }
        weights
    }

    /// The saved weights of operators that still exist, the priors of new
    /// ones: for a campaign that a newer build resumes.
    #[must_use]
    pub fn reconciled(self) -> Self {
        let mut fresh = Self { learns: self.learns, ..Self::default() };
        for arm in &mut fresh.arms {
            if let Some(old) = self.arms.iter().find(|a| a.name == arm.name) {
                let prior = arm.prior;
                *arm = Arm { prior, ..old.clone() };
            }
        }
        fresh
    }

    /// Takes over what an earlier campaign learned; only its figures if these weights
    /// do not learn.
    pub fn resume(&mut self, earlier: Self) {
        let earlier = earlier.reconciled();
        if self.learns {
            *self = Self { learns: true, ..earlier };
            return;
        }
        for (arm, old) in self.arms.iter_mut().zip(earlier.arms) {
            arm.stats = old.stats;
        }
    }

    /// Chooses an operator: an index into [`OPERATORS`].
    pub fn choose(&self, rng: &mut Rng) -> Option<usize> {
        let weights: Vec<u32> = self.arms.iter().map(|a| a.weight).collect();
        rng.weighted(&weights)
    }

    /// The current weight of an operator.
    #[must_use]
    pub fn weight(&self, operator: usize) -> u32 {
        self.arms.get(operator).map_or(0, |a| a.weight)
    }

    /// Each operator's name and figures, in the list's order.
    pub fn stats(&self) -> impl Iterator<Item = (&str, &OperatorStats)> {
        self.arms.iter().map(|a| (a.name.as_str(), &a.stats))
    }

    /// Records what became of a mutant.
    pub fn record(&mut self, mutated: &Mutated, outcome: Outcome) {
        // In a stack it is not known which operator earned the credit, so they share it.
        let share = 1000 / mutated.operators.len().max(1) as u64;
        let reward = u64::from(outcome.new_coverage) + FINDING_REWARD * u64::from(outcome.finding);
        for &i in &mutated.operators {
            let Some(arm) = self.arms.get_mut(i) else { continue };
            arm.stats.record(outcome);
            arm.tries += share;
            arm.reward += share * reward;
        }
        self.pending += 1;
        if self.pending >= PERIOD {
            self.pending = 0;
            if self.learns {
                self.update();
            }
        }
    }

    fn update(&mut self) {
        let tries: u64 = self.arms.iter().map(|a| a.tries).sum();
        let reward: u64 = self.arms.iter().map(|a| a.reward).sum();
        for arm in &mut self.arms {
            if reward > 0 && tries > 0 {
                // Yield over mean yield, with WARM_UP tries at the mean:
                // (r + w·R/T) / (t + w) · T/R, without division on the way.
                let (r, t) = (u128::from(arm.reward), u128::from(arm.tries));
                let (all_r, all_t) = (u128::from(reward), u128::from(tries));
                let w = u128::from(WARM_UP);
                let base = u128::from(arm.prior * SCALE);
                let weight = base * (r * all_t + w * all_r) / ((t + w) * all_r);
                let weight = u32::try_from(weight).unwrap_or(u32::MAX);
                let floor = arm.prior * SCALE / 4;
                arm.weight = weight.clamp(floor, arm.prior.saturating_mul(SCALE * 4));
            }
            arm.tries = arm.tries * KEEP / 16;
            arm.reward = arm.reward * KEEP / 16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play(weights: &mut Weights, rounds: u32, pays: usize, seed: u64) {
        let mut rng = Rng::new(seed);
        for _ in 0..rounds {
            let i = weights.choose(&mut rng).unwrap();
            let new_coverage = rng.chance(if i == pays { 20 } else { 2 });
            let mutated = Mutated { operators: vec![i], repaired: true };
            weights.record(&mutated, Outcome { parsed: true, new_coverage, ..Outcome::default() });
        }
    }

    #[test]
    fn what_pays_is_chosen_more() {
        let mut w = Weights::default();
        let priors: Vec<u32> = (0..OPERATORS.len()).map(|i| w.weight(i)).collect();
        play(&mut w, 40_000, 3, 1);
        assert!(w.weight(3) >= 3 * priors[3], "{} {}", w.weight(3), priors[3]);
        for (i, &prior) in priors.iter().enumerate() {
            assert!((prior / 4..=prior * 4).contains(&w.weight(i)));
            assert!(i == 3 || w.weight(i) < 2 * prior, "{}", OPERATORS[i].name());
        }
    }

    #[test]
    fn findings_pay_too() {
        let mut w = Weights::default();
        let (before, mut rng) = (w.weight(3), Rng::new(1));
        for _ in 0..20_000 {
            let i = w.choose(&mut rng).unwrap();
            let finding = i == 3 && rng.chance(5);
            let outcome = Outcome { new_coverage: rng.chance(2), finding, ..Outcome::default() };
            w.record(&Mutated { operators: vec![i], repaired: true }, outcome);
        }
        assert!(w.weight(3) >= 3 * before, "{} {before}", w.weight(3));
    }

    #[test]
    fn weights_that_do_not_learn() {
        for choice in [Choice::Fixed, Choice::Uniform] {
            let mut w = Weights::new(choice);
            let weights = |w: &Weights| (0..OPERATORS.len()).map(|i| w.weight(i)).collect();
            let before: Vec<u32> = weights(&w);
            assert_eq!(before.iter().all(|b| *b == before[0]), choice == Choice::Uniform);
            play(&mut w, 5_000, 3, 1);
            let after: Vec<u32> = weights(&w);
            assert_eq!(after, before);
        }
    }

    #[test]
    fn it_forgets_what_no_longer_pays() {
        let mut w = Weights::default();
        play(&mut w, 40_000, 3, 1);
        let high = w.weight(3);
        play(&mut w, 40_000, 5, 2);
        assert!(w.weight(3) < high / 2 && w.weight(5) > w.weight(3) / OPERATORS[3].weight());
    }

    #[test]
    fn the_same_outcomes_give_the_same_weights() {
        let (mut a, mut b) = (Weights::default(), Weights::default());
        play(&mut a, 5_000, 3, 7);
        play(&mut b, 5_000, 3, 7);
        assert_eq!(a, b);
        let json = serde_json::to_string(&a).unwrap();
        assert_eq!(serde_json::from_str::<Weights>(&json).unwrap(), a);
        assert_eq!(a.clone().reconciled(), Weights { pending: 0, ..a });
    }

    #[test]
    fn a_later_campaign_goes_on_with_what_was_learnt() {
        let mut learnt = Weights::default();
        play(&mut learnt, 20_000, 3, 1);
        let mut next = Weights::new(Choice::Adaptive);
        next.resume(learnt.clone());
        assert_eq!(next.weight(3), learnt.weight(3));
        let mut fixed = Weights::new(Choice::Fixed);
        let before = fixed.weight(3);
        fixed.resume(learnt.clone());
        assert_eq!(fixed.weight(3), before);
        assert!(fixed.stats().eq(learnt.stats()));
    }

    #[test]
    fn nothing_is_earned_without_reward() {
        let mut w = Weights::default();
        let before: Vec<u32> = (0..OPERATORS.len()).map(|i| w.weight(i)).collect();
        for i in 0..2000 {
            let mutated = Mutated { operators: vec![i % OPERATORS.len()], repaired: false };
            w.record(&mutated, Outcome::default());
        }
        assert_eq!((0..OPERATORS.len()).map(|i| w.weight(i)).collect::<Vec<_>>(), before);
        assert_eq!(w.stats().map(|(_, s)| s.made).sum::<u64>(), 2000);
    }
}
