//! Change the number of parameters of a function type, anywhere.

use super::super::{Context, Operator};
use crate::edit::references::on_calls;
use crate::edit::symbols::Symbols;
use crate::edit::types::{basic, some_type};
use crate::edit::walk::{Next, Site, at_random, walk};
use crate::goast::FuncRole;
use crate::goast::build::{field, unnamed, zero};
use crate::goast::scope::count;
use crate::goast::{Expr, Field, FuncType};
use crate::testcase::TestCase;

/// Adds a parameter or removes one. Sometimes calls follow and, for a method,
/// every method of the same name.
#[derive(Clone, Copy, Debug)]
pub struct Parameters;

/// A change to a parameter list.
#[derive(Clone, Debug)]
enum Change {
    Insert(usize, Expr),
    Remove(usize),
}

impl Operator for Parameters {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let mend = cx.rng.chance(75);
        let mut done = None;
        at_random(
            case,
            &symbols,
            cx.rng,
            |site, env| {
                let fixed = matches!(env.owner.as_deref(), Some("init" | "main"));
                match site {
                    Site::Signature(_, FuncRole::Func) if fixed => 0,
                    // The type and the literal of a value cannot both follow.
                    Site::Signature(_, FuncRole::FuncLit) => 1,
                    Site::Signature(..) => 4,
                    _ => 0,
                }
            },
            |site, env, rng| {
                let Site::Signature(typ, whose) = site else { return false };
                let n = count(&typ.params);
                let change = if n > 0 && rng.chance(40) {
                    Change::Remove(rng.below(n))
                } else {
                    // A basic type can be written at every call that has to be fixed.
                    let wide = whose == FuncRole::FuncType && rng.chance(70);
                    let new = if wide { some_type(env, rng, 1) } else { basic(rng) };
                    Change::Insert(rng.below(n + 1), new)
                };
                if !change.apply(typ) {
                    return false;
                }
                let at = (env.package, env.file, env.decl);
                done = Some((change, whose, at, env.owner.clone()));
                true
            },
        );
        let Some((change, whose, at, owner)) = done else { return false };
        if mend && let Some(name) = owner {
            match whose {
                FuncRole::Func => fix_calls(case, &symbols, at.0, &name, false, &change),
                FuncRole::Method | FuncRole::InterfaceMethod => {
                    let interface = whose == FuncRole::InterfaceMethod;
                    mend_methods(case, &symbols, &name, &change, at, interface);
                    fix_calls(case, &symbols, at.0, &name, true, &change);
                }
                FuncRole::FuncLit | FuncRole::FuncType => {}
            }
        }
        true
    }
}

impl Change {
    /// False if the list does not have the parameter.
    fn apply(&self, typ: &mut FuncType) -> bool {
        match self {
            Change::Insert(at, new) => insert(&mut typ.params, *at, new.clone()),
            Change::Remove(at) => remove(&mut typ.params, *at),
        }
    }

    fn apply_args(&self, args: &mut Vec<Expr>) {
        match self {
            Change::Insert(at, new) => args.insert((*at).min(args.len()), zero(new.clone())),
            Change::Remove(at) if *at < args.len() => {
                args.remove(*at);
            }
            Change::Remove(_) => {}
        }
    }
}

fn insert(params: &mut Vec<Field>, at: usize, new: Expr) -> bool {
    let named = params.iter().any(|f| !f.names.is_empty());
    // One field for each name: a list whose names share a type is split.
    split(params);
    let variadic = params.last().is_some_and(|f| matches!(f.typ, Expr::Ellipsis(_)));
    let at = at.min(params.len() - usize::from(variadic));
    params.insert(at, if named { field("_", new) } else { unnamed(new) });
    true
}

fn remove(params: &mut Vec<Field>, at: usize) -> bool {
    split(params);
    if at >= params.len() {
        return false;
    }
    params.remove(at);
    true
}

fn split(params: &mut Vec<Field>) {
    let each = |f: Field| -> Vec<Field> {
        if f.names.len() < 2 {
            return vec![f];
        }
        f.names.iter().map(|n| Field { names: vec![n.clone()], ..f.clone() }).collect()
    };
    *params = std::mem::take(params).into_iter().flat_map(each).collect();
}

fn fix_calls(
    case: &mut TestCase,
    symbols: &Symbols,
    package: usize,
    name: &str,
    method: bool,
    change: &Change,
) {
    on_calls(case, symbols, package, name, method, |call, _| {
        if !call.ellipsis {
            change.apply_args(&mut call.args);
        }
    });
}

/// Changes every other method and interface method of that name, so that
/// interfaces stay implemented. The one at `changed` has already changed.
fn mend_methods(
    case: &mut TestCase,
    symbols: &Symbols,
    name: &str,
    change: &Change,
    changed: (usize, usize, usize),
    interface: bool,
) {
    walk(case, symbols, |site, env| {
        if let Site::Signature(typ, whose) = site
            && matches!(whose, FuncRole::Method | FuncRole::InterfaceMethod)
            && env.owner.as_deref() == Some(name)
        {
            let itself = changed == (env.package, env.file, env.decl)
                && interface == (whose == FuncRole::InterfaceMethod);
            if !itself {
                change.apply(typ);
            }
        }
        Next::In
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-func (s Square) Area(scale int) float64 {
+func (s Square) Area(scale int, _ uint) float64 {
"#;
        example(&Parameters, 19, want);
    }
}
