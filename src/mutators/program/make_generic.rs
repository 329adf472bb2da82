//! Make a declaration generic and its uses instances.

use super::super::{Context, Operator};
use super::type_parameters::add;
use crate::edit::address::{self, Address};
use crate::edit::walk::change_expr;
use crate::go_release;
use crate::goast::Expr;
use crate::goast::Role;
use crate::goast::build::ident;
use crate::testcase::TestCase;

/// Gives a type or function its first type parameter, uses it for a type inside,
/// and turns uses into instances.
#[derive(Clone, Copy, Debug)]
pub struct MakeGeneric;

impl Operator for MakeGeneric {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let go_minor = cx.go_minor;
        let plain = |a: &Address| match (address::type_spec(case, *a), address::func(case, *a)) {
            (Some(t), _) => {
                t.type_params.is_empty() && (!t.assign || go_release::has_generic_aliases(go_minor))
            }
            (_, Some(f)) => {
                let fixed = matches!(f.name.0.as_str(), "init" | "main" | "_");
                f.recv.is_none() && f.typ.type_params.is_empty() && !fixed
            }
            _ => false,
        };
        let all: Vec<Address> = address::all(case).into_iter().filter(plain).collect();
        let Some(&at) = cx.rng.choose(&all) else { return false };
        let is_type = address::type_spec(case, at).is_some();
        let owner = address::names(case, at).into_iter().next();
        let Some(param) = add(case, at, true, cx.rng) else { return false };
        // If no place inside takes it, an unused parameter is just as good.
        if is_type && cx.rng.chance(80) {
            change_expr(
                case,
                cx.rng,
                |e, role, env| {
                    let inside = (env.package, env.file, env.decl)
                        == (at.package, at.file, at.decl)
                        && env.owner == owner;
                    let other = matches!(e, Expr::Ident(id) if id.0 != param);
                    u32::from(inside && other && matches!(role, Role::Type | Role::TypeArg))
                },
                |e, _, _, _| {
                    *e = ident(&param);
                    true
                },
            );
        }
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
-type Square struct {
+type Square[P any] struct {
-func (s Square) Area(scale int) float64 {
+func (s Square[_]) Area(scale int) float64 {
-	var s lib.Shape = lib.Square{}
+	var s lib.Shape = lib.Square[int]{}
-var All = []lib.Shape{lib.Square{}}
+var All = []lib.Shape{lib.Square[bool]{}}
"#;
        example(&MakeGeneric, 70, want);
    }
}
