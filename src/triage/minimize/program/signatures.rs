//! Changes all methods of one name together.

use std::collections::BTreeSet;

use super::super::reducer::{Edit, Reducer};
use super::super::trees::members;
use crate::goast::{BlockStmt, Decl, Expr, Field, FieldRole, FuncDecl, FuncType, VisitorMut, walk};
use crate::testcase::TestCase;

/// Removes the results, or a parameter, from every method with a given name, in types and in
/// interfaces: otherwise a type would no longer implement the interface.
#[derive(Clone, Copy, Debug)]
pub struct Signatures;

/// Changes every method with a given name.
struct Change<'a, F> {
    name: &'a str,
    change: F,
}

impl<F: FnMut(&mut FuncType, Option<&mut BlockStmt>)> VisitorMut for Change<'_, F> {
    fn decl(&mut self, d: &mut Decl) {
        if let Decl::FuncDecl(FuncDecl { recv: Some(_), name, typ, body }) = d
            && name.0 == self.name
        {
            (self.change)(typ, body.as_mut());
        }
        walk::walk_decl_mut(self, d);
    }
    fn field(&mut self, f: &mut Field, role: FieldRole) {
        if role == FieldRole::Interface
            && f.names.iter().any(|n| n.0 == self.name)
            && let Expr::FuncType(typ) = &mut f.typ
        {
            (self.change)(typ, None);
        }
        walk::walk_field_mut(self, f, role);
    }
}

fn edit(
    name: &str,
    change: impl Fn(&mut FuncType, Option<&mut BlockStmt>) + Send + Sync + 'static,
) -> Edit {
    let name = name.to_owned();
    Box::new(move |case| {
        let mut each = Change { name: &name, change: &change };
        for file in case.packages.iter_mut().flat_map(|p| &mut p.files) {
            walk::walk_file_mut(&mut each, &mut file.tree);
        }
        true
    })
}

impl Reducer for Signatures {
    fn name(&self) -> &'static str {
        "delete parameters of all methods of a name"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let methods: BTreeSet<String> = members(case).0;
        let mut out = Vec::new();
        for name in &methods {
            out.push(edit(name, |typ, body| {
                typ.results.clear();
                if let Some(body) = body {
                    body.list.clear();
                }
            }));
            out.push(edit(name, |typ, _| typ.params.clear()));
            for i in 0..3 {
                out.push(edit(name, move |typ, _| {
                    if i < typ.params.len() {
                        typ.params.remove(i);
                    }
                }));
            }
        }
        out
    }
}
