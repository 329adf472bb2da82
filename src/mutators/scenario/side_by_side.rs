//! Let goroutines run analyzers, or build SSA code, side by side.

use super::super::{Context, Operator};
use super::pick;
use crate::edit::symbols::Symbols;
use crate::rng::Rng;
use crate::scenario::{ANALYZERS, Meet, Operation, Profile, Reading, Share};
use crate::testcase::TestCase;

/// With more packages than this, such operations take too long.
const MOST_PACKAGES: usize = 4;

/// Every goroutine gets such an operation on a package that is complete. Most often the goroutines
/// share the `ssa.Program` or the graph of analyses.
#[derive(Clone, Copy, Debug)]
pub struct SideBySide;

impl Operator for SideBySide {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        if case.packages.len() > MOST_PACKAGES {
            return false;
        }
        let symbols = Symbols::new(case);
        let analyzes = cx.rng.chance(50);
        let n = case.scenario.go.len().max(2);
        let mut operations = Vec::new();
        for i in 0..n {
            let Some(package) = pick::dependency(case, &symbols, cx.rng) else { return false };
            operations.push(operation(package, analyzes, i == 0, cx));
        }
        let s = &mut case.scenario;
        for package in operations.iter().flat_map(Operation::packages) {
            pick::complete(s, package);
        }
        s.go.resize(n, Vec::new());
        for (ops, op) in s.go.iter_mut().zip(operations) {
            pick::put_first(ops, op);
        }
        if cx.rng.chance(70) {
            s.share.insert(if analyzes { Share::Analyses } else { Share::Program });
        }
        s.meet.insert(Meet::Start);
        true
    }
}

fn operation(package: String, analyzes: bool, first: bool, cx: &mut Context<'_>) -> Operation {
    if analyzes {
        let analyzer = ANALYZERS[cx.rng.below(ANALYZERS.len())].to_owned();
        return Operation::Analyze { analyzer, package };
    }
    if first || cx.rng.chance(60) {
        return Operation::Ssa { package };
    }
    let what = reading(cx.profile, cx.rng);
    Operation::SsaRead { what, package }
}

/// What is read; seldom something that breaks a rule.
fn reading(profile: Profile, rng: &mut Rng) -> Reading {
    let any = match profile {
        Profile::Safe => false,
        Profile::Contract => rng.chance(50),
        Profile::All => rng.chance(10),
    };
    let from = if any { Reading::ALL } else { Reading::SAFE };
    from[rng.below(from.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
+share program
-go     check a ; walk methods lib
-go     check b ; walk underlying lib reversed ; lookup lib.List
-go     walk methodset lib shuffled 3 ; identical lib.Ints lib.List
+go     ssa lib ; check a ; walk methods lib
+go     ssa lib ; check b ; walk underlying lib reversed ; lookup lib.List
+go     ssa lib ; walk methodset lib shuffled 3 ; identical lib.Ints lib.List
"#;
        example(&SideBySide, 1, want);
    }
}
