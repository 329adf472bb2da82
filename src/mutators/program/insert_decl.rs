//! Insert a declaration that gives the checker a lot of lazy work.

use super::super::{Context, Operator};
use crate::edit::address;
use crate::edit::env::Env;
use crate::edit::symbols::Symbols;
use crate::edit::types::{named_type, some_type};
use crate::go_release;
use crate::goast::build::{
    field, func_of, ident, instance, interface_of, star, struct_of, type_decl, var_decl,
};
use crate::goast::{Decl, Expr, Ident, TypeSpec};
use crate::testcase::TestCase;

/// Adds a type of one of a few shapes, built on existing types, and sometimes a
/// variable of it.
#[derive(Clone, Copy, Debug)]
pub struct InsertDecl;

impl Operator for InsertDecl {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let package = cx.rng.below(case.packages.len());
        let Some(files) = case.packages.get(package).map(|p| p.files.len()) else { return false };
        let file = cx.rng.below(files);
        let env = Env::new(&symbols, package, file);
        let name = symbols.fresh("N");
        let shape = cx.rng.below(if go_release::has_generic_aliases(cx.go_minor) { 6 } else { 5 });
        let inner = named_type(&env, cx.rng, 2).unwrap_or_else(|| some_type(&env, cx.rng, 1));
        let param = || vec![field("P", ident("any"))];
        let own = |arg: Expr| instance(ident(&name), vec![arg]);
        let (type_params, assign, typ) = match shape {
            // A list of the type.
            0 => (
                vec![],
                false,
                struct_of(vec![field("V", inner), field("Next", star(ident(&name)))]),
            ),
            // Generic, its element a deeper instance through a pointer.
            1 => (
                param(),
                false,
                struct_of(vec![field("V", ident("P")), field("Next", star(own(ident("P"))))]),
            ),
            // A recursive generic interface.
            2 => {
                let m = func_of(vec![own(ident("P"))], vec![ident("P"), inner]);
                (param(), false, interface_of(vec![field("M", Expr::FuncType(m))]))
            }
            3 => (vec![], true, inner),
            // A type defined by another.
            4 => (vec![], false, star(inner)),
            // A generic alias.
            _ => {
                let f = func_of(vec![ident("P")], vec![inner]);
                (param(), true, Expr::FuncType(f))
            }
        };
        let generic = !type_params.is_empty();
        let spec = TypeSpec { name: Ident(name.clone()), type_params, assign, typ };
        let mut decls: Vec<Decl> = vec![type_decl(spec)];
        if cx.rng.chance(50) {
            let args = if generic { vec![some_type(&env, cx.rng, 2)] } else { Vec::new() };
            let typ = star(instance(ident(&name), args));
            decls.push(var_decl(symbols.fresh("V"), typ));
        }
        address::append(case, package, file, decls);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
+
+type N1[P any] interface{ M(N1[P]) (P, lib.Shape) }
+
+var V1 *N1[lib.Shape]
"#;
        example(&InsertDecl, 8, want);
    }
}
