//! Types in places where only a type may stand.

use super::super::{ArrayType, ChanDir, ChanType, Expr, Field, InterfaceType, Token};
use super::Printer;
use super::expr::is_type_literal;

impl Printer {
    /// Writes a type where the grammar accepts nothing else.
    pub(super) fn typ(&mut self, e: &Expr) {
        if self.hopeless() {
            return;
        }
        match e {
            Expr::Ident(x) => self.put(&x.0),
            Expr::SelectorExpr(x) if matches!(*x.x, Expr::Ident(_)) => self.expr(e, 0, 1),
            Expr::IndexExpr(x) if is_type_name(&x.x) => {
                self.type_args(&x.x, std::slice::from_ref(&x.index));
            }
            Expr::IndexListExpr(x) if is_type_name(&x.x) => self.type_args(&x.x, &x.indices),
            Expr::StarExpr(x) => {
                self.put("*");
                self.typ(&x.x);
            }
            Expr::ParenExpr(x) if matches!(*x.x, Expr::ParenExpr(_)) => self.typ(&x.x),
            Expr::ParenExpr(x) => {
                self.put("(");
                self.typ(&x.x);
                self.put(")");
            }
            Expr::ArrayType(_)
            | Expr::StructType(_)
            | Expr::MapType(_)
            | Expr::FuncType(_)
            | Expr::InterfaceType(_)
            | Expr::ChanType(_) => self.type_literal(e),
            // From here on: not types. The nearest type takes their place.
            Expr::BinaryExpr(x) if x.op == Token::Or => self.implicit_interface(e),
            Expr::UnaryExpr(x) if x.op == Token::Tilde => self.implicit_interface(e),
            Expr::Ellipsis(x) => match &x.elt {
                Some(elt) => self.typ(elt),
                None => self.put("int"),
            },
            Expr::KeyValueExpr(x) => self.typ(&x.value),
            Expr::FuncLit(x) => {
                self.put("func");
                self.signature(&x.typ);
            }
            Expr::CompositeLit(x) if x.typ.is_some() => {
                x.typ.iter().for_each(|t| self.typ(t));
            }
            other => {
                self.put("[");
                self.paren(other, 1);
                self.put("]int");
            }
        }
    }

    /// A union or `~T` outside a constraint, as the interface it stands for.
    fn implicit_interface(&mut self, e: &Expr) {
        let field = Field { names: Vec::new(), typ: e.clone(), tag: None };
        self.interface_type(&InterfaceType { methods: vec![field] });
    }

    fn type_args(&mut self, x: &Expr, args: &[impl std::borrow::Borrow<Expr>]) {
        self.expr(x, 0, 1);
        if args.is_empty() {
            return;
        }
        self.put("[");
        self.commas(args, |p, t| p.typ(t.borrow()));
        self.put("]");
    }

    /// Writes an embedded `T[…]` or an unnamed parameter of that type. The
    /// parser cannot know yet that it is a type, so that type arguments may be
    /// any expressions.
    pub(super) fn loose_typ(&mut self, e: &Expr) {
        match e {
            Expr::IndexExpr(x) if matches!(*x.x, Expr::Ident(_)) => self.expr(e, 0, 1),
            e => self.typ(e),
        }
    }

    /// Writes a type that starts with a keyword, a bracket or an arrow.
    pub(super) fn type_literal(&mut self, e: &Expr) {
        match e {
            Expr::ArrayType(x) => self.array_type(x, false),
            Expr::StructType(x) => self.struct_type(x),
            Expr::MapType(x) => {
                self.put("map[");
                self.typ(&x.key);
                self.put("]");
                self.typ(&x.value);
            }
            Expr::FuncType(x) => {
                self.put("func");
                self.signature(x);
            }
            Expr::InterfaceType(x) => self.interface_type(x),
            Expr::ChanType(x) => self.chan_type(x),
            other => self.typ(other),
        }
    }

    /// Writes `[n]T`. A protected length stands in parentheses.
    pub(super) fn array_type(&mut self, x: &ArrayType, protect: bool) {
        self.put("[");
        match x.len.as_deref() {
            None => {}
            Some(Expr::Ellipsis(_)) => self.put("..."),
            Some(len) if protect => self.paren(len, 1),
            Some(len) => self.nested(|p| p.expr(len, 0, 1)),
        }
        self.put("]");
        self.typ(&x.elt);
    }

    fn chan_type(&mut self, x: &ChanType) {
        self.put(x.dir.as_str());
        self.put(" ");
        match &*x.value {
            // `chan <-chan T` would be `chan<- chan T`.
            Expr::ChanType(v) if x.dir == ChanDir::Both && v.dir == ChanDir::Recv => {
                self.put("(");
                self.chan_type(v);
                self.put(")");
            }
            value => self.typ(value),
        }
    }
}

/// `T` or `p.T`
pub(super) fn is_type_name(e: &Expr) -> bool {
    match e {
        Expr::Ident(_) => true,
        Expr::SelectorExpr(x) => matches!(*x.x, Expr::Ident(_)),
        _ => false,
    }
}

/// Whether no value looks like this.
pub(super) fn is_surely_type(e: &Expr) -> bool {
    match e {
        _ if is_type_literal(e) => true,
        Expr::UnaryExpr(x) => x.op == Token::Tilde,
        Expr::BinaryExpr(x) => is_surely_type(&x.x) || is_surely_type(&x.y),
        Expr::ParenExpr(x) => is_surely_type(&x.x),
        _ => false,
    }
}
