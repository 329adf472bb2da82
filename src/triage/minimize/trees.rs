//! Names in trees, below what scopes know: members and type parameters.

use std::collections::BTreeSet;

use crate::goast::scope::receiver_type_params;
use crate::goast::{
    Decl, Expr, File, Ident, NameRole, Role, Spec, Visitor, VisitorMut, scope, walk,
};
use crate::testcase::TestCase;

/// The type parameters that a piece of a declaration declares, a receiver's
/// among them.
pub(crate) fn type_params(decl: &Decl, spec: usize) -> Vec<String> {
    match decl {
        Decl::FuncDecl(f) => {
            let recv = f.recv.iter().flatten().flat_map(|r| receiver_type_params(&r.typ));
            let own = scope::flatten(&f.typ.type_params).into_iter().map(|(n, _)| n);
            recv.chain(own).collect()
        }
        Decl::GenDecl(g) => match g.specs.get(spec) {
            Some(Spec::TypeSpec(t)) => {
                scope::flatten(&t.type_params).into_iter().map(|(n, _)| n).collect()
            }
            _ => Vec::new(),
        },
    }
}

/// Renames a type parameter inside its declaration; false if the new name is in
/// use there.
pub(crate) fn rename_in_decl(decl: &mut Decl, old: &str, new: &str) -> bool {
    let (mut found, mut taken) = (false, false);
    Names(|id: &mut Ident| {
        found |= id.0 == old;
        taken |= id.0 == new;
    })
    .decl(decl);
    if !found || taken {
        return false;
    }
    Names(|id: &mut Ident| {
        if id.0 == old {
            new.clone_into(&mut id.0);
        }
    })
    .decl(decl);
    true
}

/// The names of all methods and all fields.
pub(crate) fn members(case: &TestCase) -> (BTreeSet<String>, BTreeSet<String>) {
    #[derive(Default)]
    struct Find(BTreeSet<String>, BTreeSet<String>);
    impl Visitor for Find {
        fn name(&mut self, name: &Ident, role: NameRole) {
            match role {
                NameRole::Method => self.0.insert(name.0.clone()),
                NameRole::Field => self.1.insert(name.0.clone()),
                _ => false,
            };
        }
    }
    let mut find = Find::default();
    for file in case.packages.iter().flat_map(|p| &p.files) {
        walk::walk_file(&mut find, &file.tree);
    }
    (find.0, find.1)
}

/// Renames every method and field of a name, with what selects them.
pub(crate) fn rename_everywhere(case: &mut TestCase, old: &str, new: &str) -> bool {
    struct Rename<'a>(&'a str, &'a str);
    impl VisitorMut for Rename<'_> {
        fn name(&mut self, name: &mut Ident, role: NameRole) {
            let member = matches!(role, NameRole::Method | NameRole::Field | NameRole::Selector);
            if member && name.0 == self.0 {
                self.1.clone_into(&mut name.0);
            }
        }
        fn expr(&mut self, e: &mut Expr, role: Role) {
            if let (Expr::Ident(id), Role::LitKey) = (&mut *e, role)
                && id.0 == self.0
            {
                self.1.clone_into(&mut id.0);
            }
            walk::walk_expr_mut(self, e, role);
        }
    }
    for file in case.packages.iter_mut().flat_map(|p| &mut p.files) {
        walk::walk_file_mut(&mut Rename(old, new), &mut file.tree);
    }
    true
}

/// Calls `f` with the name before and the name after each dot.
pub(crate) fn selectors(file: &mut File, mut f: impl FnMut(&mut Ident, &Ident)) {
    file.for_each_expr_mut(|e, _| {
        if let Expr::SelectorExpr(s) = e
            && let Expr::Ident(x) = &mut *s.x
        {
            f(x, &s.sel);
        }
    });
}

/// Hands every identifier and every declared type parameter to a function.
struct Names<F>(F);

impl<F: FnMut(&mut Ident)> VisitorMut for Names<F> {
    fn expr(&mut self, e: &mut Expr, role: Role) {
        if let Expr::Ident(id) = e {
            (self.0)(id);
        }
        walk::walk_expr_mut(self, e, role);
    }
    fn name(&mut self, name: &mut Ident, role: NameRole) {
        if role == NameRole::TypeParam {
            (self.0)(name);
        }
    }
}
