//! Splice a subtree of the same role from another test case.

use super::super::{Context, Operator};
use super::move_decl::{closure, declares};
use crate::edit::address;
use crate::edit::members::field_names;
use crate::edit::members::may_have_methods;
use crate::edit::references::rename;
use crate::edit::repair::bind_names;
use crate::edit::symbols::Symbols;
use crate::edit::walk::{Next, Site, change_expr, change_fields, change_stmts, walk};
use crate::goast::build::{ident, instance, panic_body};
use crate::goast::scope::receiver_type_params;
use crate::goast::{Decl, Expr, Field, Stmt};
use crate::goast::{FieldRole, Role};
use crate::rng::Rng;
use crate::testcase::TestCase;

/// Takes a subtree of the donor, or of the test case itself if there is no
/// donor, and puts it where one of the same role stands. Free names are bound
/// to what is in scope.
#[derive(Clone, Copy, Debug)]
pub struct Splice(What);

#[derive(Clone, Copy, Debug)]
enum What {
    Type,
    Decl,
    Method,
    Field,
    Stmt,
    Expr,
}

/// A type for a type.
pub static SPLICE_TYPE: Splice = Splice(What::Type);
/// Adds a declaration with what it needs.
pub static SPLICE_DECL: Splice = Splice(What::Decl);
/// A method onto another type.
pub static SPLICE_METHOD: Splice = Splice(What::Method);
/// A field or an interface's element into another list.
pub static SPLICE_FIELD: Splice = Splice(What::Field);
/// A statement into another list.
pub static SPLICE_STMT: Splice = Splice(What::Stmt);
/// A value for a value.
pub static SPLICE_EXPR: Splice = Splice(What::Expr);

impl Operator for Splice {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let donor = cx.donor.and_then(|d| d.test_case()).unwrap_or(case).clone();
        let done = match self.0 {
            What::Type => splice_expr(case, donor, cx.rng, is_type),
            What::Expr => splice_expr(case, donor, cx.rng, is_value),
            What::Decl => splice_decl(case, donor, cx.rng),
            What::Method => splice_method(case, &donor, cx.rng),
            What::Field => splice_field(case, donor, cx.rng),
            What::Stmt => splice_stmt(case, donor, cx.rng),
        };
        if done {
            bind_names(case, cx.rng);
        }
        done
    }
}

fn is_type(e: &Expr, role: Role) -> bool {
    matches!(role, Role::Type | Role::TypeArg) && !matches!(e, Expr::Ellipsis(_))
}

fn is_value(e: &Expr, role: Role) -> bool {
    role == Role::Value && !matches!(e, Expr::KeyValueExpr(_) | Expr::TypeAssertExpr(_))
        // A literal without a type stands only in another literal.
        && !matches!(e, Expr::CompositeLit(c) if c.typ.is_none())
}

fn splice_expr(
    case: &mut TestCase,
    mut donor: TestCase,
    rng: &mut Rng,
    want: fn(&Expr, Role) -> bool,
) -> bool {
    let symbols = Symbols::new(&donor);
    let mut parts = Vec::new();
    walk(&mut donor, &symbols, |site, _| {
        if let Site::Expr(e, role) = site
            && want(e, role)
        {
            // A lone name is of little use: larger parts are taken more often.
            let weight = if matches!(e, Expr::Ident(_)) { 1 } else { 4 };
            parts.push((weight, e.clone()));
        }
        Next::In
    });
    let weights: Vec<u32> = parts.iter().map(|(w, _)| *w).collect();
    let Some(new) = rng.weighted(&weights).map(|i| parts.swap_remove(i).1) else { return false };
    change_expr(
        case,
        rng,
        |e, role, env| match want(e, role) {
            true if env.in_body => 1,
            true => 5,
            false => 0,
        },
        |e, _, _, _| {
            *e = new;
            true
        },
    )
}

/// Puts a declaration of one of the donor's packages, with what it needs, beside
/// the others; names that are taken get new ones.
pub(super) fn splice_decl(case: &mut TestCase, mut donor: TestCase, rng: &mut Rng) -> bool {
    let (theirs, ours) = (Symbols::new(&donor), Symbols::new(case));
    let all: Vec<_> = address::all(&donor)
        .into_iter()
        .filter(|a| {
            let names = address::names(&donor, *a);
            names.len() == 1 && !matches!(names[0].as_str(), "_" | "init" | "main")
        })
        .collect();
    let Some(&at) = rng.choose(&all) else { return false };
    let Some(first) = address::names(&donor, at).into_iter().next() else { return false };
    let Some(names) = closure(&donor, &theirs, at.package, first) else { return false };
    let to = rng.below(case.packages.len());
    let mut brought = Vec::new();
    for name in &names {
        let taken = ours.object(to, name).is_some();
        if taken {
            let free =
                |n: &String| ours.object(to, n).is_none() && theirs.object(at.package, n).is_none();
            let new = (1..).map(|i| format!("{name}x{i}")).find(free).unwrap_or_default();
            rename(&mut donor, &theirs, at.package, name, &new);
            brought.push(new);
        } else {
            brought.push(name.clone());
        }
    }
    let decls: Vec<Decl> = donor.packages[at.package]
        .files
        .iter()
        .flat_map(|f| &f.tree.decls)
        .filter(|d| brought.iter().any(|n| declares(d, n)))
        .cloned()
        .collect();
    let changed = !decls.is_empty();
    address::append(case, to, 0, decls);
    changed
}

fn splice_method(case: &mut TestCase, donor: &TestCase, rng: &mut Rng) -> bool {
    let methods = address::methods(donor);
    let Some(Decl::FuncDecl(method)) = rng.choose(&methods).and_then(|a| address::copy(donor, *a))
    else {
        return false;
    };
    let symbols = Symbols::new(case);
    let mut bases = Vec::new();
    for (p, package) in symbols.packages.iter().enumerate() {
        for (name, o) in &package.scope.objects {
            let has = package.scope.methods.get(name);
            let taken = has.is_some_and(|m| m.contains_key(&method.name.0));
            if !taken && may_have_methods(&symbols, p, o, 4) {
                bases.push((p, name, o));
            }
        }
    }
    let Some(&(package, name, o)) = rng.choose(&bases) else { return false };
    let mut method = method;
    let Some(recv) = method.recv.as_mut().and_then(|r| r.first_mut()) else { return false };
    let theirs = receiver_type_params(&recv.typ);
    let args = (0..o.type_params.len())
        .map(|i| ident(theirs.get(i).map_or("_", String::as_str)))
        .collect();
    let base = instance(ident(name), args);
    let pointer = matches!(recv.typ, Expr::StarExpr(_));
    recv.typ = if pointer { crate::goast::build::star(base) } else { base };
    // A body seldom fits another receiver type.
    if rng.chance(70) {
        method.body = Some(panic_body());
    }
    address::append(case, package, o.at.0, [Decl::FuncDecl(method)]);
    true
}

fn splice_field(case: &mut TestCase, mut donor: TestCase, rng: &mut Rng) -> bool {
    let symbols = Symbols::new(&donor);
    let mut parts: Vec<(FieldRole, Field)> = Vec::new();
    walk(&mut donor, &symbols, |site, _| {
        if let Site::Fields(fields, list @ (FieldRole::Struct | FieldRole::Interface)) = site {
            parts.extend(fields.iter().map(|f| (list, f.clone())));
        }
        Next::In
    });
    let Some((list, mut new)) = rng.choose(&parts).cloned() else { return false };
    new.names.truncate(1);
    change_fields(
        case,
        rng,
        |fields, role, _| {
            let clash =
                field_names(&new).any(|n| fields.iter().any(|f| field_names(f).any(|m| m == n)));
            u32::from(role == list && !clash)
        },
        |fields, _, _, rng| {
            fields.insert(rng.below(fields.len() + 1), new.clone());
            true
        },
    )
}

fn splice_stmt(case: &mut TestCase, mut donor: TestCase, rng: &mut Rng) -> bool {
    let symbols = Symbols::new(&donor);
    let mut parts: Vec<Stmt> = Vec::new();
    walk(&mut donor, &symbols, |site, _| {
        if let Site::Stmts(list) = site {
            // These make sense only where they stand.
            let fits = |s: &&Stmt| {
                !matches!(s, Stmt::ReturnStmt(_) | Stmt::BranchStmt(_) | Stmt::LabeledStmt(_))
            };
            parts.extend(list.iter().filter(fits).cloned());
        }
        Next::In
    });
    let Some(new) = rng.choose(&parts).cloned() else { return false };
    change_stmts(
        case,
        rng,
        |_| 1,
        |list, rng| {
            list.insert(rng.below(list.len() + 1), new);
            true
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_splice_type() {
        let want = r#"
-	Data        lib.Pair[string, lib.Ints]
+	Data        func(lib.List[int])
"#;
        example(&SPLICE_TYPE, 1, want);
    }

    #[test]
    fn example_of_splice_declaration() {
        let want = r#"
+
+type Node[T any] interface{ Edges() []Node[T] }
+type Graph struct{ All map[string]Node[int] }
+
+func (g *Graph) Walk(f func(Node[int])) {
+	for _, n := range g.All {
+		f(n)
+	}
+}
"#;
        example(&SPLICE_DECL, 1, want);
    }

    #[test]
    fn example_of_splice_method() {
        let want = r#"
+
+func (g *Square) Walk(f func(List[int])) {
+	panic(0)
+}
"#;
        example(&SPLICE_METHOD, 1, want);
    }

    #[test]
    fn example_of_splice_field() {
        let want = r#"
+	All map[string]List[int]
"#;
        example(&SPLICE_FIELD, 1, want);
    }

    #[test]
    fn example_of_splice_statement() {
        let want = r#"
+		for _, n := range g.All {
+			f(n)
+		}
"#;
        example(&SPLICE_STMT, 3, want);
    }

    #[test]
    fn example_of_splice_expression() {
        let want = r#"
-var One = lib.Map("1", len)
+var One = lib.Map("1", f(n))
"#;
        example(&SPLICE_EXPR, 1, want);
    }
}
