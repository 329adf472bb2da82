//! The trees that source as gofmt writes it has.
//!
//! gofmt drops some of what a tree can say: empty statements, doubled
//! parentheses, parentheses around a parameter's type or a condition, upper
//! case in numbers, the order of imports in a group; and it adds parentheses, around
//! function types in conversions. [`File::normalize`]
//! drops it from the tree, so that a tree equals what its text parses to.

use crate::goast::build::ident;
use std::borrow::Cow;

use super::printer::{called_in_parentheses, normalize_number, sorted_imports, strippable};
use super::walk::{
    FieldRole, Role, VisitorMut, walk_block_mut, walk_expr_mut, walk_field_mut, walk_file_mut,
    walk_stmt_mut,
};
use super::{
    BlockStmt, DeclTok, Expr, Field, File, GenDecl, LitKind, ParenExpr, Stmt, TypeAssertExpr,
    TypeSwitchStmt,
};

impl File {
    /// Brings the tree into the form that gofmt's output has. Trees from
    /// [`File::from_json`] are in that form.
    pub fn normalize(&mut self) {
        walk_file_mut(&mut Normalizer, self);
    }
}

struct Normalizer;

impl VisitorMut for Normalizer {
    fn gen_decl(&mut self, d: &mut GenDecl) {
        d.grouped |= d.specs.len() != 1;
        if d.tok == DeclTok::Import
            && d.grouped
            && let Cow::Owned(sorted) = sorted_imports(&d.specs)
        {
            d.specs = sorted;
        }
        for s in &mut d.specs {
            self.spec(s);
        }
    }

    fn field(&mut self, f: &mut Field, role: FieldRole) {
        if !matches!(role, FieldRole::Struct | FieldRole::Interface) {
            while let Expr::ParenExpr(_) = f.typ {
                unwrap_paren(&mut f.typ);
            }
        }
        walk_field_mut(self, f, role);
    }

    fn block(&mut self, b: &mut BlockStmt) {
        drop_empty(&mut b.list);
        walk_block_mut(self, b);
    }

    fn stmt(&mut self, s: &mut Stmt) {
        if let Stmt::SwitchStmt(x) = s {
            x.tag.iter_mut().for_each(strip);
            type_switch(s);
        }
        match s {
            Stmt::IfStmt(x) => {
                drop_empty_part(&mut x.init);
                strip(&mut x.cond);
            }
            Stmt::SwitchStmt(x) => {
                drop_empty_part(&mut x.init);
                x.body.iter_mut().for_each(|c| drop_empty(&mut c.body));
            }
            Stmt::TypeSwitchStmt(x) => {
                drop_empty_part(&mut x.init);
                x.body.iter_mut().for_each(|c| drop_empty(&mut c.body));
            }
            Stmt::SelectStmt(x) => x.body.iter_mut().for_each(|c| drop_empty(&mut c.body)),
            Stmt::ForStmt(x) => {
                drop_empty_part(&mut x.init);
                drop_empty_part(&mut x.post);
                x.cond.iter_mut().for_each(strip);
            }
            Stmt::RangeStmt(x) => strip(&mut x.x),
            _ => {}
        }
        walk_stmt_mut(self, s);
    }

    fn expr(&mut self, e: &mut Expr, role: Role) {
        match e {
            Expr::BasicLit(x) if !matches!(x.kind, LitKind::Char | LitKind::String) => {
                if let Cow::Owned(text) = normalize_number(&x.value) {
                    x.value = text;
                }
            }
            Expr::ParenExpr(_) => {
                while let Expr::ParenExpr(x) = e
                    && let Expr::ParenExpr(_) = *x.x
                {
                    unwrap_paren(e);
                }
            }
            Expr::CallExpr(x) if called_in_parentheses(&x.fun) => {
                let fun = std::mem::replace(&mut *x.fun, ident(""));
                *x.fun = Expr::ParenExpr(ParenExpr { x: Box::new(fun) });
            }
            _ => {}
        }
        walk_expr_mut(self, e, role);
    }
}

fn drop_empty(list: &mut Vec<Stmt>) {
    list.retain(|s| *s != Stmt::EmptyStmt);
}

fn drop_empty_part(part: &mut Option<Box<Stmt>>) {
    if part.as_deref() == Some(&Stmt::EmptyStmt) {
        *part = None;
    }
}

/// `switch (x.(type))`, which parses as an expression switch, is a type switch
/// once the parentheses are gone.
fn type_switch(s: &mut Stmt) {
    if let Stmt::SwitchStmt(x) = s
        && let Some(tag @ Expr::TypeAssertExpr(TypeAssertExpr { typ: None, .. })) = &x.tag
    {
        let assign = Box::new(Stmt::ExprStmt(tag.clone()));
        let (init, body) = (x.init.take(), std::mem::take(&mut x.body));
        *s = Stmt::TypeSwitchStmt(TypeSwitchStmt { init, assign, body });
    }
}

/// Strips what gofmt strips from an expression in a header.
fn strip(e: &mut Expr) {
    while let Expr::ParenExpr(x) = e
        && strippable(&x.x)
    {
        unwrap_paren(e);
    }
}

fn unwrap_paren(e: &mut Expr) {
    if let Expr::ParenExpr(x) = e {
        *e = std::mem::replace(&mut *x.x, ident(""));
    }
}
