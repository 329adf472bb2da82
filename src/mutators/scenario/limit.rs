//! What holds for the scenario of every mutant.

use super::super::Context;
use super::pick;
use crate::edit::MAX_OPERATIONS;
use crate::edit::symbols::Symbols;
use crate::rng::Rng;
use crate::scenario::{Class, ELEMENTS, ElementKind, INSTANCES, Operation, Profile, Share};
use crate::testcase::TestCase;

/// Whether sharing it breaks a documented rule.
pub(super) fn breaches(share: Share) -> bool {
    ELEMENTS.iter().any(|e| {
        e.kind == ElementKind::Share && e.name == share.name() && e.class == Class::Contract
    })
}

/// Sees to it that the profile allows the scenario, that there are at least
/// two goroutines with something to do, and that packages have kept their
/// names.
///
/// Under [`Profile::All`] a breach that is new to the mutant stays by dice,
/// and an old one goes now and then: without that the breaches, which keep
/// finding coverage, would fill the corpus.
pub(crate) fn limit(case: &mut TestCase, before: &TestCase, cx: &mut Context<'_>) {
    let s = &mut case.scenario;
    if cx.profile == Profile::Safe {
        s.keep_contract();
    }
    s.go.retain(|ops| !ops.is_empty());
    if s.go.is_empty() {
        s.go.clone_from(&before.scenario.go);
    }
    resolve(case, cx.rng);
    while case.scenario.go.len() < 2 {
        let ops = match case.scenario.go.first() {
            Some(ops) => ops.clone(),
            None => pick::package(case, cx.rng)
                .map(|package| Operation::Check { package })
                .into_iter()
                .collect(),
        };
        if ops.is_empty() {
            break;
        }
        case.scenario.go.push(ops);
    }
    let s = &mut case.scenario;
    s.before.truncate(MAX_OPERATIONS);
    match cx.profile {
        Profile::Safe => s.share.retain(|x| !breaches(*x)),
        Profile::Contract => {
            if s.class() != Class::Contract {
                let all: Vec<Share> = Share::ALL.iter().copied().filter(|x| breaches(*x)).collect();
                s.share.extend(cx.rng.choose(&all));
            }
        }
        Profile::All => {
            if s.class() == Class::Contract && cx.rng.chance(25) {
                s.share.retain(|x| !breaches(*x));
                let sets = |op: &Operation| matches!(op, Operation::Set { .. });
                s.before.retain(|op| !sets(op));
                // A goroutine that does nothing else stays: two are needed.
                for ops in s.go.iter_mut().filter(|ops| !ops.iter().all(sets)) {
                    ops.retain(|op| !sets(op));
                }
            }
        }
    }
}

/// Packages and objects that are gone become ones that are there.
pub(crate) fn resolve(case: &mut TestCase, rng: &mut Rng) {
    let symbols = Symbols::new(case);
    let Some(any) = pick::package(case, rng) else { return };
    let fix_package = |p: &mut String| {
        if p != INSTANCES && symbols.package(p).is_none() {
            p.clone_from(&any);
        }
    };
    let mut scenario = std::mem::take(&mut case.scenario);
    for op in scenario.before.iter_mut().chain(scenario.go.iter_mut().flatten()) {
        match op {
            Operation::Check { package }
            | Operation::Import { package }
            | Operation::Export { package }
            | Operation::Ssa { package }
            | Operation::Eval { package, .. }
            | Operation::CheckExpr { package, .. }
            | Operation::Target { package, .. }
            | Operation::Walk { package, .. } => fix_package(package),
            Operation::Instantiate { .. } | Operation::Query { .. } | Operation::Set { .. } => {}
        }
        let known = |t: &crate::scenario::Target| {
            symbols.package(&t.package).is_some_and(|p| symbols.object(p, &t.object).is_some())
        };
        match op {
            Operation::Instantiate { target, args, .. } => {
                if !known(target) {
                    match pick::instantiate(&symbols, rng) {
                        Some(new) => *op = new,
                        // Nothing is generic any more.
                        None => *op = Operation::Check { package: any.clone() },
                    }
                } else if let Some(o) =
                    symbols.package(&target.package).and_then(|p| symbols.object(p, &target.object))
                {
                    args.resize(o.type_params.len().max(1), "int".to_owned());
                }
            }
            Operation::Query { target, other, .. } => {
                if !known(target)
                    && let Some(new) = pick::type_name(&symbols, rng)
                {
                    *target = new;
                }
                if other.as_ref().is_some_and(|o| !known(o)) {
                    *other = pick::type_name(&symbols, rng);
                }
                fix_package(&mut target.package);
            }
            Operation::Set { target, .. } => {
                if !known(target)
                    && let Some(new) = pick::type_name(&symbols, rng)
                {
                    *target = new;
                }
                fix_package(&mut target.package);
            }
            _ => {}
        }
    }
    case.scenario = scenario;
}
