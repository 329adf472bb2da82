//! Variables and labels that nothing uses.

use std::collections::BTreeSet;

use crate::goast::{DeclTok, Expr, Ident, Spec, Stmt, Token};
use crate::mutators::build::{discard, ident};
use crate::mutators::symbols::Symbols;
use crate::mutators::walk::{Go, Role, Site, walk};
use crate::testcase::TestCase;

/// Writes `_ = x` after the statement that declares a variable which the
/// rest of its list does not use, and `var` for a variable that has no new
/// name left.
pub(super) fn mend(case: &mut TestCase) {
    let symbols = Symbols::new(case);
    walk(case, &symbols, |site, env| {
        let Site::Stmts(list) = site else { return Go::In };
        let mut i = 0;
        while i < list.len() {
            let declared = declared(&list[i]);
            let mut used = BTreeSet::new();
            for s in &mut list[i + 1..] {
                let mut scope = env.clone();
                crate::mutators::walk::walk_stmt(s, &mut scope, |site, _| {
                    if let Site::Expr(Expr::Ident(Ident(name)), role) = site
                        && role != Role::Target
                    {
                        used.insert(name.clone());
                    }
                    Go::In
                });
            }
            for name in declared.into_iter().filter(|n| n != "_" && !used.contains(n)) {
                i += 1;
                list.insert(i, discard(ident(&name)));
            }
            i += 1;
        }
        Go::In
    });
}

/// The variables that a statement declares for the rest of its list.
fn declared(s: &Stmt) -> Vec<String> {
    match s {
        Stmt::AssignStmt(a) if a.tok == Token::Define => a
            .lhs
            .iter()
            .filter_map(|e| if let Expr::Ident(id) = e { Some(id.0.clone()) } else { None })
            .collect(),
        Stmt::DeclStmt(g) if g.tok == DeclTok::Var => g
            .specs
            .iter()
            .filter_map(|s| if let Spec::ValueSpec(v) = s { Some(v) } else { None })
            .flat_map(|v| v.names.iter().map(|n| n.0.clone()))
            .collect(),
        Stmt::LabeledStmt(l) => declared(&l.stmt),
        _ => Vec::new(),
    }
}
