use std::collections::BTreeSet;

use super::{ATTEMPTS, FORMS, expression, of_form, one_line};
use crate::generate::{Options, packages};
use crate::goast::build::{
    block, field, func_type, ident, instance, interface_of, star, struct_of, type_decl, unnamed,
};
use crate::goast::scope::PackageScope;
use crate::goast::{Decl, Expr, File, FuncDecl, Ident, TypeSpec};
use crate::rng::Rng;

#[test]
fn lines_become_one() {
    let text = "func(p int) string {\n\ttype t struct {\n\t\tf, g int\n\t\th    T\n\t}\n\tfor {\n\t}\n\treturn \"\"\n}";
    assert_eq!(
        one_line(text),
        "func(p int) string { type t struct { f, g int; h T }; for { }; return \"\" }"
    );
}

fn scopes(seeds: u64) -> impl Iterator<Item = (u64, PackageScope)> {
    (0..seeds).flat_map(|seed| {
        let all = packages(&mut Rng::new(seed), &Options::default());
        let scope = |p: &crate::testcase::Package| {
            (seed, PackageScope::new(p.files.iter().map(|f| &f.tree)))
        };
        all.iter().map(scope).collect::<Vec<_>>()
    })
}

/// A scenario's text has them on one line, and `#` starts a comment there.
#[test]
fn expressions_survive_in_a_scenario() {
    for (seed, scope) in scopes(300) {
        let rng = &mut Rng::new(seed);
        for _ in 0..10 {
            let Some(text) = expression(rng, &scope, false) else { continue };
            let line = format!("go     eval lib at 3 {text} ; checkexpr lib {text}\n");
            let s = crate::scenario::Scenario::parse(&line).unwrap().unwrap();
            assert_eq!(s.go[0].len(), 2, "{line}");
            assert!(s.to_string().ends_with(&line), "{line}{s}");
        }
    }
}

#[test]
fn every_form_is_made() {
    let mut made = BTreeSet::new();
    for (seed, scope) in scopes(200) {
        let rng = &mut Rng::new(seed);
        for form in FORMS {
            for _ in 0..ATTEMPTS {
                if of_form(form, rng, &scope, false).is_some() {
                    made.insert(form.name);
                }
            }
        }
    }
    for form in FORMS {
        assert!(made.contains(form.name), "{}", form.name);
    }
}

/// `type T[P any, Q interface{ M(P, Q) }] struct{}` with `func (*T[P, Q]) M()`: the only type that
/// has the method needs one itself. A campaign was lost in this once.
#[test]
fn a_type_that_needs_itself_as_an_argument_ends() {
    let params = |constraint| vec![field("P", ident("any")), field("Q", constraint)];
    let needs = func_type(vec![unnamed(ident("P")), unnamed(ident("Q"))], vec![]);
    let spec = TypeSpec {
        name: Ident("T".to_owned()),
        type_params: params(interface_of(vec![field("M", Expr::FuncType(needs))])),
        assign: false,
        typ: struct_of(vec![]),
    };
    let receiver = star(instance(ident("T"), vec![ident("P"), ident("Q")]));
    let method = FuncDecl {
        recv: Some(vec![unnamed(receiver)]),
        name: Ident("M".to_owned()),
        typ: func_type(vec![], vec![]),
        body: Some(block(vec![])),
    };
    let decls = vec![type_decl(spec), Decl::FuncDecl(method)];
    let file = File { name: Ident("p".to_owned()), go_version: None, decls };
    let scope = PackageScope::new([&file].into_iter());
    let made = (0..2_000).filter(|seed| expression(&mut Rng::new(*seed), &scope, false).is_some());
    assert!(made.count() > 1_000);
}
