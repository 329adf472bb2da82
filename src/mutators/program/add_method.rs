//! Add a method, on the type or through an alias of it.

use super::super::{Context, Operator};
use crate::edit::address;
use crate::edit::env::{Env, Local};
use crate::edit::members::may_have_methods;
use crate::edit::symbols::Symbols;
use crate::edit::types::some_type;
use crate::goast::build::{field, func_of, ident, instance, panic_body, star};
use crate::goast::scope::ObjectKind;
use crate::goast::{Decl, Expr, FuncDecl, Ident};
use crate::testcase::TestCase;

/// Declares a method on a type. Its result is sometimes an instance of the
/// receiver's own type with a deeper argument: a type that exists only after
/// substitution, and is expanded by the first goroutine that needs it.
#[derive(Clone, Copy, Debug)]
pub struct AddMethod;

impl Operator for AddMethod {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let mut bases = Vec::new();
        for (p, package) in symbols.packages.iter().enumerate() {
            for (name, o) in &package.scope.objects {
                if may_have_methods(&symbols, p, o, 4) {
                    bases.push((p, name, o));
                }
            }
        }
        let Some(&(package, name, o)) = cx.rng.choose(&bases) else { return false };
        let names: Vec<String> = o.type_params.iter().map(|(n, _)| n.clone()).collect();
        let mut env = Env::new(&symbols, package, o.at.0);
        env.in_body = true;
        for n in &names {
            let (name, kind) = (n.clone(), ObjectKind::TypeParam);
            env.locals.push(Local { name, kind, typ: None, arity: 0 });
        }
        let args: Vec<Expr> = names.iter().map(ident).collect();
        let base = instance(ident(name), args.clone());
        let result = if !args.is_empty() && cx.rng.chance(50) {
            // T[P] gives T[*T[P]]: never the same type twice.
            let mut deeper = args;
            let at = cx.rng.below(deeper.len());
            let constrained = !crate::edit::types::is_any(&o.type_params[at].1);
            if !constrained {
                deeper[at] = star(base.clone());
            }
            star(instance(ident(name), deeper))
        } else {
            some_type(&env, cx.rng, 2)
        };
        let recv = if cx.rng.chance(60) { star(base) } else { base };
        let mut typ = func_of(Vec::new(), vec![result]);
        if cx.rng.chance(30) {
            typ.params.push(field("_", some_type(&env, cx.rng, 1)));
        }
        let method = symbols_fresh_method(&symbols, cx);
        let decl = FuncDecl {
            recv: Some(vec![crate::goast::build::unnamed(recv)]),
            name: Ident(method),
            typ,
            body: Some(panic_body()),
        };
        address::append(case, package, o.at.0, [Decl::FuncDecl(decl)]);
        true
    }
}

/// A new method's name: now and then one that another type has.
fn symbols_fresh_method(symbols: &Symbols, cx: &mut Context<'_>) -> String {
    let mut known: Vec<&String> = symbols
        .packages
        .iter()
        .flat_map(|p| p.scope.methods.values().flat_map(std::collections::BTreeMap::keys))
        .collect();
    known.sort();
    known.dedup();
    if cx.rng.chance(15)
        && let Some(name) = cx.rng.choose(&known)
    {
        return (*name).clone();
    }
    let free = |n: &String| !known.contains(&n) && crate::goast::scope::universe(n).is_none();
    (1..).map(|n| format!("M{n}")).find(free).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
+
+func (*List[T]) M1() *List[*List[T]] {
+	panic(0)
+}
"#;
        example(&AddMethod, 7, want);
    }
}
