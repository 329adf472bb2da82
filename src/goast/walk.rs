//! Visits every node of a tree, in source order, with the role of each
//! expression and each name.
//!
//! [`Visitor`] reads, [`VisitorMut`] changes. Their methods walk on by
//! default; a method that is overridden calls the `walk_…` function of its
//! node to reach the node's parts.

mod role;

pub use role::{FieldRole, FuncRole, NameRole, Role};

use super::{
    AssignStmt, BlockStmt, CaseClause, CommClause, Decl, Expr, Field, File, FuncDecl, FuncType,
    GenDecl, Ident, Spec, Stmt, Token,
};
use role::{arg_role, inherit, operand_role};

macro_rules! visitor {
    (
        $(#[$doc:meta])* $Visitor:ident [$($m:ident)?]
        $walk_file:ident $walk_decl:ident $walk_spec:ident $walk_field:ident
        $walk_func_type:ident $walk_block:ident $walk_stmt:ident $walk_expr:ident
    ) => {
        $(#[$doc])*
        pub trait $Visitor: Sized {
            /// A top-level declaration.
            fn decl(&mut self, d: &$($m)? Decl) { $walk_decl(self, d); }
            /// A declaration with specs, in a file or in a body.
            fn gen_decl(&mut self, d: &$($m)? GenDecl) {
                for s in &$($m)? d.specs { self.spec(s); }
            }
            /// A line of a declaration.
            fn spec(&mut self, s: &$($m)? Spec) { $walk_spec(self, s); }
            /// A field, parameter, result, type parameter or element of an
            /// interface.
            fn field(&mut self, f: &$($m)? Field, role: FieldRole) {
                $walk_field(self, f, role);
            }
            /// A list of fields, parameters, results, type parameters or elements of
            /// an interface.
            #[allow(clippy::ptr_arg)]
            fn fields(&mut self, list: &$($m)? Vec<Field>, role: FieldRole) {
                for f in list { self.field(f, role); }
            }
            /// A function's type.
            fn func_type(&mut self, f: &$($m)? FuncType, _role: FuncRole) {
                $walk_func_type(self, f);
            }
            /// The statements of a block, a body or a clause.
            #[allow(clippy::ptr_arg)]
            fn stmts(&mut self, list: &$($m)? Vec<Stmt>) { for s in list { self.stmt(s); } }
            /// A block or a function's body.
            fn block(&mut self, b: &$($m)? BlockStmt) { $walk_block(self, b); }
            /// A statement.
            fn stmt(&mut self, s: &$($m)? Stmt) { $walk_stmt(self, s); }
            /// An expression.
            fn expr(&mut self, e: &$($m)? Expr, role: Role) { $walk_expr(self, e, role); }
            /// A name that is not an expression.
            fn name(&mut self, _name: &$($m)? Ident, _role: NameRole) {}
        }

        /// Visits the parts of a file.
        pub fn $walk_file<V: $Visitor>(v: &mut V, f: &$($m)? File) {
            v.name(&$($m)? f.name, NameRole::Package);
            for d in &$($m)? f.decls { v.decl(d); }
        }

        /// Visits the parts of a top-level declaration.
        pub fn $walk_decl<V: $Visitor>(v: &mut V, d: &$($m)? Decl) {
            match d {
                Decl::GenDecl(g) => v.gen_decl(g),
                Decl::FuncDecl(FuncDecl { recv, name, typ, body }) => {
                    let (role, of) = match recv {
                        Some(_) => (NameRole::Method, FuncRole::Method),
                        None => (NameRole::Func, FuncRole::Func),
                    };
                    if let Some(list) = recv { v.fields(list, FieldRole::Receiver); }
                    v.name(name, role);
                    v.func_type(typ, of);
                    if let Some(b) = body { v.block(b); }
                }
            }
        }

        /// Visits the parts of a spec.
        pub fn $walk_spec<V: $Visitor>(v: &mut V, s: &$($m)? Spec) {
            match s {
                Spec::ImportSpec(x) => {
                    if let Some(n) = &$($m)? x.name { v.name(n, NameRole::Import); }
                }
                Spec::ValueSpec(x) => {
                    for n in &$($m)? x.names { v.name(n, NameRole::Value); }
                    if let Some(t) = &$($m)? x.typ { v.expr(t, Role::Type); }
                    for e in &$($m)? x.values { v.expr(e, Role::Value); }
                }
                Spec::TypeSpec(x) => {
                    v.name(&$($m)? x.name, NameRole::Type);
                    v.fields(&$($m)? x.type_params, FieldRole::TypeParam);
                    v.expr(&$($m)? x.typ, Role::Rhs(x.assign));
                }
            }
        }

        /// Visits the parts of a field.
        pub fn $walk_field<V: $Visitor>(v: &mut V, f: &$($m)? Field, role: FieldRole) {
            let embedded = f.names.is_empty();
            for n in &$($m)? f.names { v.name(n, role.name_role()); }
            v.expr(&$($m)? f.typ, role.type_role(embedded));
        }

        /// Visits the parts of a function's type.
        pub fn $walk_func_type<V: $Visitor>(v: &mut V, f: &$($m)? FuncType) {
            v.fields(&$($m)? f.type_params, FieldRole::TypeParam);
            v.fields(&$($m)? f.params, FieldRole::Param);
            v.fields(&$($m)? f.results, FieldRole::Result);
        }

        /// Visits the statements of a block.
        pub fn $walk_block<V: $Visitor>(v: &mut V, b: &$($m)? BlockStmt) {
            v.stmts(&$($m)? b.list);
        }

        /// Visits the parts of a statement.
        pub fn $walk_stmt<V: $Visitor>(v: &mut V, s: &$($m)? Stmt) {
            match s {
                Stmt::DeclStmt(d) => v.gen_decl(d),
                Stmt::EmptyStmt => {}
                Stmt::LabeledStmt(x) => {
                    v.name(&$($m)? x.label, NameRole::Label);
                    v.stmt(&$($m)? x.stmt);
                }
                Stmt::ExprStmt(x) => v.expr(x, Role::Value),
                Stmt::SendStmt(x) => {
                    v.expr(&$($m)? x.chan, Role::Value);
                    v.expr(&$($m)? x.value, Role::Value);
                }
                Stmt::IncDecStmt(x) => v.expr(&$($m)? x.x, Role::Lhs),
                Stmt::AssignStmt(AssignStmt { lhs, tok, rhs }) => {
                    let role = if *tok == Token::Define { Role::Def } else { Role::Lhs };
                    for e in lhs { v.expr(e, role); }
                    for e in rhs { v.expr(e, Role::Value); }
                }
                Stmt::GoStmt(x) | Stmt::DeferStmt(x) => v.expr(x, Role::Call),
                Stmt::ReturnStmt(list) => for e in list { v.expr(e, Role::Value); },
                Stmt::BranchStmt(x) => {
                    if let Some(l) = &$($m)? x.label { v.name(l, NameRole::LabelUse); }
                }
                Stmt::BlockStmt(b) => v.block(b),
                Stmt::IfStmt(x) => {
                    if let Some(s) = &$($m)? x.init { v.stmt(s); }
                    v.expr(&$($m)? x.cond, Role::Value);
                    v.block(&$($m)? x.body);
                    if let Some(s) = &$($m)? x.els { v.stmt(s); }
                }
                Stmt::SwitchStmt(x) => {
                    if let Some(s) = &$($m)? x.init { v.stmt(s); }
                    if let Some(e) = &$($m)? x.tag { v.expr(e, Role::Value); }
                    for CaseClause { list, body } in &$($m)? x.body {
                        for e in list { v.expr(e, Role::Value); }
                        v.stmts(body);
                    }
                }
                Stmt::TypeSwitchStmt(x) => {
                    if let Some(s) = &$($m)? x.init { v.stmt(s); }
                    v.stmt(&$($m)? x.assign);
                    for CaseClause { list, body } in &$($m)? x.body {
                        for e in list { v.expr(e, Role::Used); }
                        v.stmts(body);
                    }
                }
                Stmt::SelectStmt(x) => {
                    for CommClause { comm, body } in &$($m)? x.body {
                        if let Some(s) = comm { v.stmt(s); }
                        v.stmts(body);
                    }
                }
                Stmt::ForStmt(x) => {
                    if let Some(s) = &$($m)? x.init { v.stmt(s); }
                    if let Some(e) = &$($m)? x.cond { v.expr(e, Role::Value); }
                    if let Some(s) = &$($m)? x.post { v.stmt(s); }
                    v.block(&$($m)? x.body);
                }
                Stmt::RangeStmt(x) => {
                    let role = if x.define { Role::Def } else { Role::Lhs };
                    if let Some(e) = &$($m)? x.key { v.expr(e, role); }
                    if let Some(e) = &$($m)? x.value { v.expr(e, role); }
                    v.expr(&$($m)? x.x, Role::Value);
                    v.block(&$($m)? x.body);
                }
            }
        }

        /// Visits the parts of an expression.
        pub fn $walk_expr<V: $Visitor>(v: &mut V, e: &$($m)? Expr, role: Role) {
            match e {
                Expr::Ident(_) | Expr::BasicLit(_) => {}
                Expr::Ellipsis(x) => {
                    if let Some(e) = &$($m)? x.elt { v.expr(e, Role::Type); }
                }
                Expr::FuncLit(x) => {
                    v.func_type(&$($m)? x.typ, FuncRole::FuncLit);
                    v.block(&$($m)? x.body);
                }
                Expr::CompositeLit(x) => {
                    if let Some(t) = &$($m)? x.typ { v.expr(t, Role::LitType); }
                    for e in &$($m)? x.elts { v.expr(e, Role::LitElem); }
                }
                Expr::ParenExpr(x) => v.expr(&$($m)? x.x, role),
                Expr::SelectorExpr(x) => {
                    v.expr(&$($m)? x.x, Role::Operand);
                    v.name(&$($m)? x.sel, NameRole::Selector);
                }
                Expr::IndexExpr(x) => {
                    v.expr(&$($m)? x.x, operand_role(role));
                    let arg = if role.is_type() { Role::TypeArg } else { Role::Either };
                    v.expr(&$($m)? x.index, arg);
                }
                Expr::IndexListExpr(x) => {
                    v.expr(&$($m)? x.x, Role::Generic);
                    for e in &$($m)? x.indices { v.expr(e, Role::TypeArg); }
                }
                Expr::SliceExpr(x) => {
                    v.expr(&$($m)? x.x, Role::Value);
                    for e in [&$($m)? x.low, &$($m)? x.high, &$($m)? x.max] {
                        if let Some(e) = e { v.expr(e, Role::Value); }
                    }
                }
                Expr::TypeAssertExpr(x) => {
                    v.expr(&$($m)? x.x, Role::Value);
                    if let Some(t) = &$($m)? x.typ { v.expr(t, Role::Used); }
                }
                Expr::CallExpr(x) => {
                    v.expr(&$($m)? x.fun, Role::Callee);
                    let first = arg_role(&x.fun);
                    for (i, e) in (&$($m)? x.args).into_iter().enumerate() {
                        v.expr(e, if i == 0 { first } else { Role::Value });
                    }
                }
                Expr::StarExpr(x) => v.expr(&$($m)? x.x, inherit(role)),
                Expr::UnaryExpr(x) => {
                    let part = if x.op == Token::Tilde { Role::Type } else { Role::Value };
                    v.expr(&$($m)? x.x, part);
                }
                Expr::BinaryExpr(x) => {
                    let part = if role.is_constraint() { role } else { Role::Value };
                    v.expr(&$($m)? x.x, part);
                    v.expr(&$($m)? x.y, part);
                }
                Expr::KeyValueExpr(x) => {
                    v.expr(&$($m)? x.key, Role::LitKey);
                    v.expr(&$($m)? x.value, Role::LitElem);
                }
                Expr::ArrayType(x) => {
                    if let Some(e) = &$($m)? x.len { v.expr(e, Role::Len); }
                    v.expr(&$($m)? x.elt, Role::Type);
                }
                Expr::StructType(x) => {
                    v.fields(&$($m)? x.fields, FieldRole::Struct);
                }
                Expr::FuncType(x) => {
                    let method = role == Role::Method;
                    v.func_type(x, if method { FuncRole::InterfaceMethod } else { FuncRole::FuncType });
                }
                Expr::InterfaceType(x) => {
                    v.fields(&$($m)? x.methods, FieldRole::Interface);
                }
                Expr::MapType(x) => {
                    v.expr(&$($m)? x.key, Role::MapKey);
                    v.expr(&$($m)? x.value, Role::Type);
                }
                Expr::ChanType(x) => v.expr(&$($m)? x.value, Role::Type),
            }
        }
    };
}

visitor! {
    /// Reads a tree.
    Visitor []
    walk_file walk_decl walk_spec walk_field walk_func_type walk_block walk_stmt walk_expr
}

visitor! {
    /// Changes a tree in place.
    VisitorMut [mut]
    walk_file_mut walk_decl_mut walk_spec_mut walk_field_mut walk_func_type_mut walk_block_mut
    walk_stmt_mut walk_expr_mut
}
