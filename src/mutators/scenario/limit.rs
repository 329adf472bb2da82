//! The rules that every mutant's scenario obeys.

use super::super::Context;
use super::pick;
use crate::edit::MAX_OPERATIONS;
use crate::edit::symbols::Symbols;
use crate::rng::Rng;
use crate::scenario::{Class, INSTANCES, ObjectRef, OperandMut, Operation, Profile, Share};
use crate::testcase::TestCase;

/// Makes sure that the profile allows the scenario, that as many goroutines have operations as the
/// checker asks for, and that operations name packages that exist.
///
/// Under [`Profile::All`], a scenario that breaks a rule loses the breach in a quarter of cases.
/// Otherwise breaches, which keep finding coverage, would fill the corpus.
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
    while case.scenario.go.len() < cx.checker.fewest_goroutines() {
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
    let is_safe = |share: &Share| share.class() != Class::Breach;
    match cx.profile {
        Profile::Safe => s.share.retain(is_safe),
        Profile::Contract => {
            if s.class() != Class::Breach {
                let mut all = Share::ALL.to_vec();
                all.retain(|share| !is_safe(share));
                s.share.extend(cx.rng.choose(&all));
            }
        }
        Profile::All => {
            if s.class() == Class::Breach && cx.rng.chance(25) {
                s.share.retain(is_safe);
                let breaks = |op: &Operation| op.class() == Class::Breach;
                s.before.retain(|op| !breaks(op));
                // A goroutine that consists of breaches keeps them: two goroutines are needed.
                for ops in s.go.iter_mut().filter(|ops| !ops.iter().all(breaks)) {
                    ops.retain(|op| !breaks(op));
                }
            }
        }
    }
}

/// Replaces missing packages and objects by existing ones.
pub(crate) fn resolve(case: &mut TestCase, rng: &mut Rng) {
    let symbols = Symbols::new(case);
    let Some(any) = pick::package(case, rng) else { return };
    let mut scenario = std::mem::take(&mut case.scenario);
    for op in scenario.operations_mut() {
        resolve_operation(op, &symbols, &any, rng);
    }
    case.scenario = scenario;
}

fn resolve_operation(op: &mut Operation, symbols: &Symbols, any: &str, rng: &mut Rng) {
    let found =
        |t: &ObjectRef| symbols.package(&t.package).and_then(|p| symbols.object(p, &t.object));
    let mut params = None;
    let mut operands = op.operands_mut();
    for operand in &mut operands {
        match operand {
            OperandMut::Source(p) | OperandMut::Package(p) | OperandMut::Home(p) => {
                fix_package(p, symbols, any);
            }
            OperandMut::Walked(p) if *p != INSTANCES => fix_package(p, symbols, any),
            OperandMut::Object(t) => {
                if found(t).is_none()
                    && let Some(new) = pick::type_name(symbols, rng)
                {
                    **t = new;
                }
                fix_package(&mut t.package, symbols, any);
            }
            OperandMut::Other(o) if o.as_ref().is_some_and(|o| found(o).is_none()) => {
                **o = pick::type_name(symbols, rng);
            }
            OperandMut::Generic(t) => {
                let Some(object) = found(t) else {
                    drop(operands);
                    let new = pick::instantiate(symbols, rng);
                    // There may be no generic object left.
                    *op = new.unwrap_or_else(|| Operation::Check { package: any.to_owned() });
                    return;
                };
                params = Some(object.type_params.len().max(1));
            }
            OperandMut::TypeArgs(args) => {
                args.resize(params.unwrap_or(args.len()), "int".to_owned());
            }
            _ => {}
        }
    }
}

fn fix_package(p: &mut String, symbols: &Symbols, any: &str) {
    if symbols.package(p).is_none() {
        any.clone_into(p);
    }
}
