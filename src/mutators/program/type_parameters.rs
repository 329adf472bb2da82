//! Change the number of type parameters of a declaration.

use super::super::{Context, Operator};
use crate::edit::address::{self, Address};
use crate::edit::references::{
    on_receivers, on_uses, rebuild_instance, rebuild_receiver, substitute_decl,
};
use crate::edit::symbols::Symbols;
use crate::edit::types::basic;
use crate::goast::build::{field, ident, split_instance};
use crate::goast::scope::flatten;
use crate::goast::{Decl, Expr, Field, Ident};
use crate::rng::Rng;
use crate::testcase::TestCase;

/// Adds a type parameter to a generic declaration or removes one. Sometimes
/// instances and receivers follow.
#[derive(Clone, Copy, Debug)]
pub struct TypeParameters;

impl Operator for TypeParameters {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let mut generic: Vec<Address> = address::types(case);
        generic.extend(address::funcs(case));
        generic.retain(|a| type_params(case, *a).is_some_and(|p| !p.is_empty()));
        let Some(&at) = cx.rng.choose(&generic) else { return false };
        let mend = cx.rng.chance(80);
        if cx.rng.chance(60) {
            add(case, at, mend, cx.rng).is_some()
        } else {
            remove(case, at, mend, cx.rng)
        }
    }
}

fn type_params(case: &TestCase, at: Address) -> Option<&Vec<Field>> {
    match address::type_spec(case, at) {
        Some(t) => Some(&t.type_params),
        None => address::func(case, at).map(|f| &f.typ.type_params),
    }
}

fn type_params_mut(case: &mut TestCase, at: Address) -> Option<&mut Vec<Field>> {
    if address::type_spec(case, at).is_some() {
        return address::type_spec_mut(case, at).map(|t| &mut t.type_params);
    }
    address::func_mut(case, at).map(|f| &mut f.typ.type_params)
}

fn name(case: &TestCase, at: Address) -> Option<String> {
    address::names(case, at).into_iter().next()
}

/// A name for a type parameter that the package does not use otherwise.
fn fresh_param(symbols: &Symbols, declared: &[(String, Expr)]) -> String {
    let free = |n: &str| {
        !declared.iter().any(|(d, _)| d == n)
            && !symbols.packages.iter().any(|p| p.scope.objects.contains_key(n))
    };
    ["P", "Q", "R", "S"]
        .iter()
        .find(|n| free(n))
        .map_or_else(|| symbols.fresh("P"), |n| (*n).to_owned())
}

/// Adds a type parameter and gives its name; it becomes the first, so that
/// calls which infer the others can still name it.
pub(super) fn add(case: &mut TestCase, at: Address, mend: bool, rng: &mut Rng) -> Option<String> {
    let symbols = Symbols::new(case);
    let object = name(case, at)?;
    let params = type_params_mut(case, at)?;
    let new = fresh_param(&symbols, &flatten(params));
    let constraint = if rng.chance(80) { "any" } else { "comparable" };
    params.insert(0, field(&new, ident(constraint)));
    if mend {
        on_uses(case, &symbols, at.package, &object, |e, _, env| {
            // Inside its own declaration the parameter itself can be the argument.
            let own = env.owner.as_deref() == Some(object.as_str());
            let arg = if own { ident(&new) } else { basic(rng) };
            rebuild_instance(e, &mut |args| args.insert(0, arg.clone()));
        });
        on_receivers(case, at.package, &object, |typ| {
            rebuild_receiver(typ, &mut |args| args.insert(0, ident("_")));
        });
    }
    Some(new)
}

fn remove(case: &mut TestCase, at: Address, mend: bool, rng: &mut Rng) -> bool {
    let symbols = Symbols::new(case);
    let Some(object) = name(case, at) else { return false };
    let Some(params) = type_params_mut(case, at) else { return false };
    let declared = flatten(params);
    let n = rng.below(declared.len());
    let Some((gone, _)) = declared.get(n).cloned() else { return false };
    for f in params.iter_mut() {
        f.names.retain(|id| id.0 != gone);
    }
    params.retain(|f| !f.names.is_empty());
    if !mend {
        return true;
    }
    let by = basic(rng);
    replace_param(case, &symbols, at, &gone, &by);
    on_uses(case, &symbols, at.package, &object, |e, _, _| {
        // A call that infers its arguments has none to remove.
        if split_instance(e).1.len() > n {
            rebuild_instance(e, &mut |args| {
                args.remove(n);
            });
        }
    });
    mend_methods(case, &symbols, at.package, &object, n, &by);
    true
}

/// Replaces the parameter by `by` in the declaration.
fn replace_param(case: &mut TestCase, symbols: &Symbols, at: Address, gone: &str, by: &Expr) {
    let mut shadow = symbols.clone();
    // A parameter that is gone must not resolve to an object of its name.
    shadow.packages[at.package].scope.objects.remove(gone);
    let Some(decl) = address::decl_mut(case, at) else { return };
    match decl {
        // The other specs of a group have parameters of their own.
        Decl::GenDecl(g) if g.specs.len() > 1 => {
            let spec = g.specs[at.spec].clone();
            let mut one = Decl::GenDecl(crate::goast::GenDecl { specs: vec![spec], ..g.clone() });
            substitute_decl(&mut one, &shadow, (at.package, at.file), gone, by);
            if let Decl::GenDecl(mut one) = one {
                g.specs[at.spec] = one.specs.remove(0);
            }
        }
        _ => substitute_decl(decl, &shadow, (at.package, at.file), gone, by),
    }
}

/// Removes the n-th name from every receiver, and its uses from the methods.
fn mend_methods(
    case: &mut TestCase,
    symbols: &Symbols,
    package: usize,
    object: &str,
    n: usize,
    by: &Expr,
) {
    for at in address::methods(case) {
        let Some(f) = address::func_mut(case, at).filter(|_| at.package == package) else {
            continue;
        };
        let Some(recv) = f.recv.as_mut().and_then(|r| r.first_mut()) else { continue };
        if crate::goast::scope::receiver_base(&recv.typ) != Some(object) {
            continue;
        }
        let mut named = None;
        rebuild_receiver(&mut recv.typ, &mut |args| {
            if n < args.len() {
                named = Some(args.remove(n));
            }
        });
        if let Some(Expr::Ident(Ident(gone))) = named
            && gone != "_"
        {
            replace_param(case, symbols, at, &gone, by);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-func Map[A, B any](x A, f func(A) B) B {
+func Map[B any](x byte, f func(byte) B) B {
-	m := lib.Map[int, string](n, func(int) string {
+	m := lib.Map[string](n, func(int) string {
"#;
        example(&TypeParameters, 2, want);
    }
}
