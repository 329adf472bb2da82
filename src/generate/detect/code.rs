//! Features of declarations, statements and expressions.

use super::super::features::Feature;
use super::Reader;
use super::names::{base_type, is_hidden, is_type_form, name_of, steps, type_args};
use crate::goast::scope::{flatten, receiver_type_params};
use crate::goast::walk::{walk_expr, walk_field, walk_func_type, walk_spec, walk_stmt};
use crate::goast::{
    BranchTok, ChanDir, CompositeLit, Decl, Expr, Field, FieldRole, FuncRole, FuncType, GenDecl,
    LitKind, Role, Spec, Stmt, Token, Visitor,
};

/// Predeclared functions that are features.
const BUILTINS: [(&str, Feature); 6] = [
    ("append", Feature::Append),
    ("min", Feature::MinMax),
    ("max", Feature::MinMax),
    ("clear", Feature::Clear),
    ("copy", Feature::Copy),
    ("recover", Feature::Recover),
];

impl Reader<'_> {
    fn literal(&mut self, x: &CompositeLit) {
        let keyed = matches!(x.elts.first(), Some(Expr::KeyValueExpr(_)));
        match x.typ.as_deref() {
            Some(Expr::ArrayType(a)) => {
                if matches!(a.len.as_deref(), Some(Expr::Ellipsis(_))) {
                    self.has(Feature::CountedArray);
                }
                if x.elts.iter().any(|e| matches!(e, Expr::KeyValueExpr(_))) {
                    self.has(Feature::IndexedLiteral);
                }
            }
            Some(Expr::Ident(_) | Expr::SelectorExpr(_) | Expr::StructType(_))
                if !keyed && x.elts.len() > 1 =>
            {
                self.has(Feature::KeylessLiteral);
            }
            _ => {}
        }
    }

    /// Features of a list of type parameters.
    fn type_param_list(&mut self, list: &[Field]) {
        let names: Vec<String> = flatten(list).into_iter().map(|p| p.0).collect();
        if names.len() >= 4 {
            self.has(Feature::LongTypeParams);
        }
        for (i, f) in list.iter().enumerate() {
            let later: Vec<&str> =
                list[i + 1..].iter().flat_map(|f| &f.names).map(|n| n.0.as_str()).collect();
            let text = f.typ.print();
            let mentions = |name: &str| {
                text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
            };
            if later.iter().any(|name| mentions(name)) {
                self.has(Feature::LaterParameter);
            }
            if mentions("comparable") && text.contains("struct{") {
                self.has(Feature::ComparableTerm);
            }
            if self.in_method && !self.generic.is_empty() && mentions(&self.generic.clone()) {
                self.has(Feature::ReceiverConstraint);
            }
        }
    }
}

impl Visitor for Reader<'_> {
    fn decl(&mut self, d: &Decl) {
        self.in_func = false;
        match d {
            Decl::GenDecl(g) => self.gen_decl(g),
            Decl::FuncDecl(f) => {
                let generic = !f.typ.type_params.is_empty();
                match f.recv.as_deref() {
                    Some([recv]) => {
                        self.method(f, recv);
                        let base = name_of(base_type(&recv.typ)).unwrap_or_default();
                        self.enter(base, receiver_type_params(&recv.typ));
                        self.expr(&recv.typ, Role::Receiver);
                        self.in_method = true;
                    }
                    _ if generic => self.has(Feature::GenericFunction),
                    _ => {}
                }
                self.in_generic = generic;
                self.func_type(&f.typ, FuncRole::Func);
                self.in_method = false;
                self.enter("", []);
                self.in_func = true;
                if let Some(b) = &f.body {
                    self.block(b);
                }
                self.in_generic = false;
            }
        }
    }

    fn gen_decl(&mut self, d: &GenDecl) {
        if d.specs.len() >= 20 {
            self.has(Feature::WideScope);
        }
        for s in &d.specs {
            match s {
                Spec::TypeSpec(t) => {
                    self.type_spec(t);
                    self.type_param_list(&t.type_params);
                    self.in_generic |= !t.type_params.is_empty();
                    if !self.in_func {
                        self.enter(&t.name.0, flatten(&t.type_params).into_iter().map(|p| p.0));
                    }
                    walk_spec(self, s);
                    self.in_generic = self.in_func && self.in_generic;
                    if !self.in_func {
                        self.enter("", []);
                    }
                }
                Spec::ValueSpec(v) => {
                    let generic =
                        |x: &Expr| name_of(x).is_some_and(|n| self.generic_funcs.contains_key(n));
                    if matches!(v.typ, Some(Expr::FuncType(_))) && v.values.iter().any(generic) {
                        self.has(Feature::ReverseInference);
                    }
                    if v.names.iter().any(|n| n.0 == "_") && v.typ.is_some() {
                        self.has(Feature::BlankAssignment);
                    }
                    walk_spec(self, s);
                }
                Spec::ImportSpec(_) => {}
            }
        }
    }

    fn func_type(&mut self, f: &FuncType, _: FuncRole) {
        if f.results.len() > 1 {
            self.has(Feature::MultipleResults);
        }
        if flatten(&f.params).len() >= 6 {
            self.has(Feature::LongParams);
        }
        self.type_param_list(&f.type_params);
        walk_func_type(self, f);
    }

    fn field(&mut self, f: &Field, role: FieldRole) {
        use Feature as F;
        match role {
            FieldRole::TypeParam => self.type_param(f),
            FieldRole::Struct if f.names.is_empty() => {
                self.has(F::EmbeddedField);
                let inner = match &f.typ {
                    Expr::StarExpr(p) => {
                        self.has(F::EmbeddedPointer);
                        &*p.x
                    }
                    x => x,
                };
                if inner.print().contains('.') {
                    self.has(F::EmbeddedForeign);
                }
                if self.is_alias(inner) {
                    self.has(F::EmbeddedAlias);
                }
            }
            FieldRole::Struct => {
                if f.tag.is_some() {
                    self.has(F::StructTag);
                }
                let text = f.typ.print();
                if self.generic_aliases.iter().any(|a| text.contains(&format!("{a}["))) {
                    self.has(F::AliasInField);
                }
                if f.names.iter().any(|n| is_hidden(&n.0)) {
                    self.has(F::Hidden);
                }
            }
            FieldRole::Interface if f.names.is_empty() => {
                let named = name_of(&f.typ)
                    .is_some_and(|n| n.starts_with(|c: char| c.is_ascii_uppercase()));
                if named {
                    self.has(F::EmbeddedInterface);
                }
                if self.is_alias(&f.typ) {
                    self.has(F::EmbeddedInterfaceAlias);
                }
            }
            _ => {}
        }
        walk_field(self, f, role);
    }

    fn stmt(&mut self, s: &Stmt) {
        use Feature as F;
        let found = match s {
            Stmt::LabeledStmt(_) => Some(F::Labels),
            Stmt::BranchStmt(b) => match (b.tok, &b.label) {
                (BranchTok::Goto, _) => Some(F::Goto),
                (BranchTok::Fallthrough, _) => Some(F::Fallthrough),
                (BranchTok::Break, Some(_)) => Some(F::LabelledBreak),
                (BranchTok::Continue, Some(_)) => Some(F::LabelledContinue),
                _ => None,
            },
            Stmt::AssignStmt(a) if a.lhs.len() == 2 && a.rhs.len() == 1 => {
                (!matches!(a.rhs[0], Expr::CallExpr(_))).then_some(F::CommaOk)
            }
            Stmt::TypeSwitchStmt(_) => Some(F::TypeSwitch),
            Stmt::SwitchStmt(_) => Some(F::Switch),
            Stmt::SelectStmt(_) => Some(F::Select),
            Stmt::GoStmt(_) => Some(F::Go),
            Stmt::DeferStmt(_) => Some(F::Defer),
            Stmt::RangeStmt(r) if r.key.is_some() && !r.define => Some(F::RangeAssign),
            Stmt::RangeStmt(r) => match (&r.x, &r.value) {
                (Expr::BasicLit(_), _) => Some(F::RangeInteger),
                (Expr::FuncLit(_), _) => Some(F::RangeFunction),
                (Expr::ParenExpr(p), _) if matches!(*p.x, Expr::FuncLit(_)) => {
                    Some(F::RangeFunction)
                }
                (_, Some(_)) => Some(F::RangeValue),
                _ => None,
            },
            _ => None,
        };
        if let Some(f) = found {
            self.has(f);
        }
        walk_stmt(self, s);
    }

    fn expr(&mut self, e: &Expr, role: Role) {
        use Feature as F;
        if let Some(name) = name_of(e) {
            self.mentions.insert(name.to_owned());
        }
        match e {
            Expr::Ident(n) if n.0 == "iota" => self.has(F::Iota),
            Expr::IndexExpr(x) => self.instance(&x.x, std::slice::from_ref(&x.index), role),
            Expr::IndexListExpr(x) => self.instance(&x.x, &x.indices, role),
            Expr::StarExpr(x)
                if role.is_type()
                    && role != Role::Receiver
                    && matches!(*x.x, Expr::IndexExpr(_) | Expr::IndexListExpr(_)) =>
            {
                self.has(F::InstanceBehindPointer);
            }
            Expr::BinaryExpr(_) if role.is_constraint() => self.has(F::Union),
            Expr::UnaryExpr(x) if x.op == Token::Tilde => self.has(F::Tilde),
            Expr::Ellipsis(x) if x.elt.is_some() => self.has(F::Variadic),
            Expr::InterfaceType(i) if i.methods.len() >= 10 => self.has(F::WideInterface),
            Expr::InterfaceType(i) if self.in_generic && !i.methods.is_empty() => {
                self.has(F::InterfaceInGeneric);
            }
            Expr::ChanType(c) if c.dir == ChanDir::Send => self.has(F::SendChannel),
            Expr::ChanType(c) if c.dir == ChanDir::Recv => self.has(F::ReceiveChannel),
            Expr::ArrayType(a) => match a.len.as_deref() {
                Some(Expr::CallExpr(_)) => self.has(F::SizeofLength),
                Some(Expr::Ident(_) | Expr::SelectorExpr(_)) => self.has(F::ConstantLength),
                _ => {}
            },
            Expr::FuncLit(_) => self.has(F::Closure),
            Expr::BasicLit(l) => match l.kind {
                LitKind::Imag => self.has(F::Complex),
                LitKind::Int if l.value.parse().is_ok_and(|n: u64| n > u64::from(u32::MAX)) => {
                    self.has(F::LargeNumber);
                }
                _ => {}
            },
            Expr::BinaryExpr(x) if matches!(x.op, Token::Shl | Token::Shr) => self.has(F::Shift),
            Expr::SliceExpr(x) if x.max.is_some() => self.has(F::SliceOfThree),
            Expr::StructType(x) if x.fields.len() >= 20 => self.has(F::WideStruct),
            Expr::CompositeLit(x) => self.literal(x),
            Expr::TypeAssertExpr(x) if x.typ.is_some() => self.has(F::TypeAssertion),
            Expr::SelectorExpr(x) => {
                if steps(e) >= 3 {
                    self.has(F::LongSelector);
                }
                let of_type = match &*x.x {
                    Expr::ParenExpr(p) => match &*p.x {
                        Expr::StarExpr(p) => is_type_form(&p.x),
                        _ => false,
                    },
                    x => is_type_form(x) && !matches!(x, Expr::SelectorExpr(_)),
                };
                if of_type {
                    self.has(F::MethodExpression);
                }
            }
            Expr::CallExpr(x) => match &*x.fun {
                Expr::Ident(n) if BUILTINS.iter().any(|b| b.0 == n.0) => {
                    self.found.extend(BUILTINS.iter().filter(|b| b.0 == n.0).map(|b| b.1));
                }
                _ if x.ellipsis => self.has(F::Spread),
                Expr::SelectorExpr(s) if s.sel.0 == "Offsetof" => self.has(F::Offsetof),
                fun @ (Expr::IndexExpr(_) | Expr::IndexListExpr(_)) if !role.takes_any_type() => {
                    self.has(F::Instantiation);
                    let arity = name_of(fun).and_then(|n| self.generic_funcs.get(n));
                    if arity.is_some_and(|&n| type_args(fun).len() < n) {
                        self.has(F::PartialInstantiation);
                    }
                }
                fun => {
                    if name_of(fun).is_some_and(|n| self.generic_funcs.contains_key(n)) {
                        self.has(F::Inference);
                    }
                }
            },
            _ => {}
        }
        walk_expr(self, e, role);
    }
}
