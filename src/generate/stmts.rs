//! Function bodies: statements that use what is in scope.

use crate::goast::Ident;
use crate::goast::build::{
    assign, binary, block, convert, define, discard, gen_decl, ident, instance, new, operand_type,
    paren, selector, var_spec,
};
use std::rc::Rc;

use super::Gen;
use super::chains::Operand;
use super::exprs::Scope;
use super::members::Member;
use super::model::{Basic, Iface, Kind, Type, TypeId};
use super::names;
use super::types::Want;
use crate::goast::{BlockStmt, DeclTok, Expr, Stmt, Token, TypeAssertExpr};

/// The forms of a statement with their weights.
const FORMS: [(Form, u32); 17] = [
    (Form::Chain, 30),
    (Form::Interface, 14),
    (Form::Convert, 8),
    (Form::Call, 14),
    (Form::Local, 12),
    (Form::TypeSwitch, 8),
    (Form::Range, 9),
    (Form::Method, 8),
    (Form::Closure, 5),
    (Form::If, 4),
    (Form::Loop, 3),
    (Form::Switch, 3),
    (Form::Select, 3),
    (Form::Go, 3),
    (Form::Builtin, 6),
    (Form::Assert, 4),
    (Form::LocalType, 3),
];

#[derive(Clone, Copy, Debug)]
enum Form {
    Chain,
    Interface,
    Convert,
    Call,
    Local,
    TypeSwitch,
    Range,
    Method,
    Closure,
    If,
    Loop,
    Switch,
    Select,
    Go,
    Builtin,
    Assert,
    LocalType,
}

impl Gen<'_> {
    /// A body with a limited number of statements before the one that returns.
    pub fn body(&mut self, scope: &mut Scope, results: &[TypeId], most: usize) -> BlockStmt {
        self.labels = 0;
        let mut list = Vec::new();
        for _ in 0..self.rng.below(most + 1) {
            self.statement(scope, 1, &mut list);
        }
        list.extend(self.return_stmt(scope, results));
        block(list)
    }

    /// Adds a statement, or two if the first declares something.
    pub fn statement(&mut self, scope: &mut Scope, depth: u8, list: &mut Vec<Stmt>) {
        let weights: [u32; 17] = std::array::from_fn(|i| FORMS[i].1);
        let form = FORMS[self.rng.weighted(&weights).unwrap_or(0)].0;
        let before = list.len();
        if self.attempt(|g| g.try_statement(form, scope, depth, list)).is_none() {
            list.truncate(before);
        }
    }

    fn try_statement(
        &mut self,
        form: Form,
        scope: &mut Scope,
        depth: u8,
        list: &mut Vec<Stmt>,
    ) -> Option<()> {
        match form {
            Form::Chain => {
                let (x, _) = self.rewarding_value(scope)?;
                list.push(discard(x));
            }
            Form::Interface => {
                let (typ, x) = self.interface_assignment(scope)?;
                let spec = var_spec("_", Some(typ), Some(x));
                list.push(Stmt::DeclStmt(gen_decl(DeclTok::Var, spec)));
            }
            Form::Convert => list.push(discard(self.conversion(scope)?)),
            Form::Call => {
                let (x, typ) = self.call_function(scope)?;
                self.define_and_use(scope, list, x, typ)?;
            }
            Form::Local => self.local_variable(scope, list)?,
            Form::TypeSwitch => list.push(self.type_switch(scope)?),
            Form::Range => list.push(self.range(scope)?),
            Form::Method => list.push(discard(self.method(scope)?)),
            Form::Closure => {
                let sig = self.random_sig(&scope.site.clone(), 1);
                let typ = self.w.intern(Type::Func(sig.clone()));
                let x = self.func_lit(scope, &sig)?;
                self.define_and_use(scope, list, x, typ)?;
            }
            Form::If => list.push(self.if_else(scope, depth)?),
            Form::Loop => list.push(self.labelled_loop(scope, depth)?),
            Form::Switch => list.push(self.switch(scope, depth)?),
            Form::Select => list.push(self.select(scope, depth)?),
            Form::Go => list.push(self.go_or_defer(scope, depth)),
            Form::Builtin => list.push(self.builtin(scope)?),
            Form::Assert => list.push(self.assertion(scope)?),
            Form::LocalType => self.local_type(scope, list)?,
        }
        Some(())
    }

    /// `var x T` or `x := value`, and a use of `x`.
    fn local_variable(&mut self, scope: &mut Scope, list: &mut Vec<Stmt>) -> Option<()> {
        let typ = self.rewarding_type(&scope.site.clone());
        if !self.rng.chance(30) {
            let x = self.value(scope, typ, true)?;
            return self.define_and_use(scope, list, x, typ);
        }
        let name = scope.fresh()?;
        let spec = var_spec(name, Some(self.type_expr(typ)), None);
        list.push(Stmt::DeclStmt(gen_decl(DeclTok::Var, spec)));
        scope.locals.push((name, typ));
        list.push(self.use_of(scope, name, typ));
        Some(())
    }

    /// A method value or a method expression.
    fn method(&mut self, scope: &Scope) -> Option<Expr> {
        let at = if self.rng.chance(60) { self.start(scope) } else { None };
        if let Some(at) = at {
            return self.method_value(at);
        }
        let t = self.random_named(&scope.site.clone(), Want::ANY)?;
        self.method_expr(t)
    }

    /// `_, _ = any(x).(T)`
    fn assertion(&mut self, scope: &Scope) -> Option<Stmt> {
        let x = self.start(scope)?;
        let typ = self.random_named(&scope.site.clone(), Want::ANY)?;
        let x = convert(ident("any"), x.x);
        let typ = Some(Box::new(self.type_expr(typ)));
        let x = Expr::TypeAssertExpr(TypeAssertExpr { x: Box::new(x), typ });
        Some(assign(vec![ident("_"), ident("_")], Token::Assign, vec![x]))
    }

    /// `x := value` and a use of `x`.
    fn define_and_use(
        &mut self,
        scope: &mut Scope,
        list: &mut Vec<Stmt>,
        value: Expr,
        typ: TypeId,
    ) -> Option<()> {
        let name = scope.fresh()?;
        list.push(define(name, value));
        scope.locals.push((name, typ));
        list.push(self.use_of(scope, name, typ));
        Some(())
    }

    pub fn use_of(&mut self, scope: &Scope, name: &'static str, typ: TypeId) -> Stmt {
        let at = Operand { x: ident(name), typ, addressable: true };
        let steps = self.rng.below(self.policy.steps + 1);
        discard(self.chain(scope, at, steps).x)
    }

    pub fn inner(&mut self, scope: &Scope, depth: u8) -> BlockStmt {
        let mut list = Vec::new();
        if depth > 0 {
            let mut inner = scope.clone();
            self.statement(&mut inner, depth - 1, &mut list);
        }
        block(list)
    }

    /// An expression whose type is worth reaching, and that type.
    pub fn rewarding_value(&mut self, scope: &Scope) -> Option<(Expr, TypeId)> {
        if self.rng.chance(25)
            && let Some(found) = self.call_function(scope)
        {
            return Some(found);
        }
        let at = self.start(scope)?;
        let steps = self.rng.between(1, self.policy.steps + 1);
        let end = self.chain(scope, at, steps);
        Some((end.x, end.typ))
    }

    /// An interface type and a value that is assignable to it; sometimes a
    /// function's type and a generic function.
    pub fn interface_assignment(&mut self, scope: &Scope) -> Option<(Expr, Expr)> {
        if self.rng.chance(20) {
            let found = self.attempt(|g| g.function_assignment(scope));
            if found.is_some() {
                return found;
            }
        }
        for _ in 0..3 {
            let found = self.attempt(|g| g.assign_declared(scope));
            if found.is_some() {
                return found;
            }
        }
        self.attempt(|g| g.assign_literal(scope))
    }

    fn assign_declared(&mut self, scope: &Scope) -> Option<(Expr, Expr)> {
        let target = self.random_named(&scope.site.clone(), Want::ANY)?;
        if !self.w.is_interface(target) {
            return None;
        }
        let set = self.w.type_set(target);
        if set.terms.is_some() || set.comparable {
            return None;
        }
        let found = self.attempt(|g| {
            let at = g.start(scope)?;
            g.w.implements(at.typ, &set.methods).then_some(at.x)
        });
        if let Some(x) = found {
            return Some((self.type_expr(target), x));
        }
        let t = self.implementer(&set.methods, false)?;
        if !self.nameable(t, &scope.site.params) {
            return None;
        }
        let x = self.value(scope, t, true)?;
        Some((self.type_expr(target), x))
    }

    fn assign_literal(&mut self, scope: &Scope) -> Option<(Expr, Expr)> {
        // Instances of one type in an interface literal of its methods.
        let at = self.start(scope)?;
        let members = self.w.members(at.typ, self.package);
        let mut methods = Vec::new();
        for (name, m) in members {
            if let Member::Method(m) = m
                && m.own_params.is_empty()
                && !m.needs_address
                && m.sig
                    .params
                    .iter()
                    .chain(&m.sig.results)
                    .all(|&t| self.nameable(t, &scope.site.params))
            {
                methods.push((name, m.sig));
            }
        }
        if methods.is_empty() {
            return None;
        }
        let iface = Iface { methods, ..Default::default() };
        let t = self.w.intern(Type::Interface(Rc::new(iface)));
        Some((self.type_expr(t), at.x))
    }

    /// `T(x)` between types with one underlying type.
    fn conversion(&mut self, scope: &Scope) -> Option<Expr> {
        let at = self.start(scope)?;
        let u = self.w.underlying(at.typ)?;
        if !self.nameable(u, &scope.site.params) || matches!(self.w.get(u), Type::Param(_)) {
            let any = self.w.basic(Basic::Any);
            return Some(convert(self.type_expr(any), at.x));
        }
        if let Type::Struct(fields) = self.w.get(u)
            && fields.iter().any(|f| !names::visible(f.name, self.package))
        {
            return None;
        }
        let t = operand_type(self.type_expr(u));
        Some(convert(t, at.x))
    }

    pub fn condition(&mut self, scope: &Scope) -> Option<Expr> {
        let found = self.attempt(|g| {
            let at = g.start(scope).filter(|_| g.rng.chance(60))?;
            g.w.comparable(at.typ).then_some(at.x)
        });
        if let Some(x) = found {
            return Some(binary(x.clone(), Token::Eql, x));
        }
        let bool = self.w.basic(Basic::Bool);
        self.value(scope, bool, false).map(paren)
    }

    /// A method value of an operand.
    fn method_value(&mut self, at: Operand) -> Option<Expr> {
        let members = self.w.members(at.typ, self.package);
        let found = members.iter().find(|(_, m)| match m {
            Member::Method(m) => m.own_params.is_empty() && (at.addressable || !m.needs_address),
            Member::Field { .. } => false,
        });
        found.map(|(name, _)| selector(at.x, *name))
    }

    /// A type declared in a function, and an instance of it if possible.
    fn local_type(&mut self, scope: &mut Scope, list: &mut Vec<Stmt>) -> Option<()> {
        let typ = self.rewarding_type(&scope.site.clone());
        let typ = self.type_expr(typ);
        let alias = self.rng.chance(40);
        let spec = crate::goast::TypeSpec {
            name: Ident::from("own"),
            type_params: vec![],
            assign: alias,
            typ,
        };
        let spec = crate::goast::Spec::TypeSpec(spec);
        list.push(Stmt::BlockStmt(block(vec![
            Stmt::DeclStmt(gen_decl(DeclTok::Type, spec)),
            discard(new(self.over_local(scope))),
        ])));
        Some(())
    }

    /// `own`, or `L[own]` of a generic type whose constraint is `any`.
    fn over_local(&mut self, scope: &Scope) -> Expr {
        let any = self.w.basic(Basic::Any);
        // In a generic function, an instance over the function's own type can close an
        // instantiation cycle only through calls, and there are none here.
        if scope.site.params.is_empty()
            && let Some(d) = self.pick_decl()
            && let [p] = self.w.decl(d).params[..]
            && self.w.param(p).constraint == any
            && self.w.decl(d).kind != Kind::Constraint
        {
            let (package, name) = (self.w.decl(d).package, self.w.decl(d).name);
            let x = self.qualified(package, name);
            return instance(x, vec![ident("own")]);
        }
        ident("own")
    }
}
