//! Values, and function literals, whose bodies open scopes.

use super::Asks;
use crate::goast::build::{
    array_of, assign, block, call, composite, define, discard, field, gen_decl, ident, int,
    slice_of, split_instance, struct_of, zero,
};
use crate::goast::{
    BranchStmt, BranchTok, CaseClause, DeclTok, Expr, Field, ForStmt, FuncLit, FuncType, Ident,
    IfStmt, LabeledStmt, RangeStmt, Spec, Stmt, Token, TypeAssertExpr, TypeSpec, TypeSwitchStmt,
};

impl Asks<'_, '_> {
    /// A value of a type.
    pub(super) fn value(&mut self, t: Expr, depth: usize) -> Expr {
        if self.rng.chance(40) {
            return zero(t);
        }
        match (t, depth.checked_sub(1)) {
            (Expr::FuncType(f), Some(less)) => {
                let params = f.params.into_iter().map(|p| self.named(p)).collect();
                self.literal(FuncType { params, ..f }, less)
            }
            (t, _) if self.has_literals(&t) => composite(t, Vec::new()),
            (t, _) => zero(t),
        }
    }

    /// Whether `t{}` is a value, as far as syntax shows.
    pub(super) fn has_literals(&self, t: &Expr) -> bool {
        let literal =
            |t: &Expr| matches!(t, Expr::StructType(_) | Expr::ArrayType(_) | Expr::MapType(_));
        let name = split_instance(t).0.as_ident();
        let declared = name.and_then(|name| self.scope.objects.get(name));
        match declared {
            Some(o) => o.typ.as_ref().is_some_and(literal),
            None => literal(t),
        }
    }

    /// A parameter with a name.
    fn named(&mut self, p: Field) -> Field {
        Field { names: vec![Ident(self.fresh("p"))], ..p }
    }

    /// A function literal that uses its parameters.
    pub(super) fn literal(&mut self, typ: FuncType, depth: usize) -> Expr {
        let mut list: Vec<Stmt> =
            typ.params.iter().flat_map(|p| &p.names).map(|n| discard(ident(&n.0))).collect();
        for _ in 0..self.rng.below(3) {
            list.extend(self.statements(depth));
        }
        let results: Vec<Expr> = typ.results.iter().map(|r| r.typ.clone()).collect();
        if !results.is_empty() {
            let values = results.into_iter().map(|t| self.value(t, depth)).collect();
            list.push(Stmt::ReturnStmt(values));
        }
        Expr::FuncLit(FuncLit { typ, body: block(list) })
    }

    /// Statements that declare something, and use it.
    fn statements(&mut self, depth: usize) -> Vec<Stmt> {
        let t = self.typ(depth.min(1));
        match self.rng.below(7) {
            0 => {
                let x = self.fresh("x");
                vec![define(&x, self.value(t, depth)), discard(ident(x))]
            }
            1 => self.local_type(t),
            2 => {
                let inner = self.func_type(depth.min(1), true);
                let inner = FuncType { params: Vec::new(), results: Vec::new(), ..inner };
                vec![Stmt::ExprStmt(call(self.literal(inner, depth.saturating_sub(1)), Vec::new()))]
            }
            3 => {
                let x = self.fresh("x");
                let body = block(vec![define(&x, self.value(t, depth)), discard(ident(x))]);
                vec![Stmt::IfStmt(IfStmt { init: None, cond: ident("true"), body, els: None })]
            }
            4 => self.type_switch(t),
            5 => self.labeled(),
            _ => self.range(t),
        }
    }

    fn local_type(&mut self, t: Expr) -> Vec<Stmt> {
        let name = self.fresh("t");
        let spec = TypeSpec {
            name: Ident(name.clone()),
            type_params: Vec::new(),
            assign: self.rng.chance(30),
            typ: struct_of(vec![field("f", t)]),
        };
        vec![
            Stmt::DeclStmt(gen_decl(DeclTok::Type, Spec::TypeSpec(spec))),
            discard(composite(ident(name), Vec::new())),
        ]
    }

    fn type_switch(&mut self, t: Expr) -> Vec<Stmt> {
        let x = self.fresh("x");
        let any = call(ident("any"), vec![zero(t.clone())]);
        let assert = Expr::TypeAssertExpr(TypeAssertExpr { x: Box::new(any), typ: None });
        let case = |list: Vec<Expr>| CaseClause { list, body: vec![discard(ident(&x))] };
        vec![Stmt::TypeSwitchStmt(TypeSwitchStmt {
            init: None,
            assign: Box::new(assign(vec![ident(&x)], Token::Define, vec![assert])),
            body: vec![case(vec![t]), case(Vec::new())],
        })]
    }

    fn labeled(&mut self) -> Vec<Stmt> {
        let label = Ident(self.fresh("l"));
        let out = BranchStmt { tok: BranchTok::Break, label: Some(label.clone()) };
        let body = block(vec![Stmt::BranchStmt(out)]);
        let stmt = Stmt::ForStmt(ForStmt { init: None, cond: None, post: None, body });
        vec![Stmt::LabeledStmt(LabeledStmt { label, stmt: Box::new(stmt) })]
    }

    fn range(&mut self, t: Expr) -> Vec<Stmt> {
        let (i, x) = (self.fresh("x"), self.fresh("x"));
        let over = if self.rng.chance(50) { slice_of(t) } else { array_of(int(2), t) };
        let body = block(vec![assign(
            vec![ident("_"), ident("_")],
            Token::Assign,
            vec![ident(&i), ident(&x)],
        )]);
        vec![Stmt::RangeStmt(RangeStmt {
            key: Some(ident(i)),
            value: Some(ident(x)),
            define: true,
            x: composite(over, Vec::new()),
            body,
        })]
    }
}
