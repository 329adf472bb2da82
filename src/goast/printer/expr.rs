//! Expressions in places where a value may stand. Types may stand there too.

use super::super::{
    BinaryExpr, BlockStmt, CallExpr, ChanDir, CompositeLit, Ellipsis, Expr, FuncLit, LitKind,
    SliceExpr, Token, TypeAssertExpr, UnaryExpr,
};
use super::spacing::{binary_op, threshold};
use super::{Printer, normalize_number};
use crate::goast::build::int;

/// Binds tighter than any binary operator.
const UNARY: u8 = 6;
/// Binds tighter than any operator.
const PRIMARY: u8 = 7;

/// Whether a conversion's type stands in parentheses in gofmt's output.
pub(in crate::goast) fn called_in_parentheses(fun: &Expr) -> bool {
    match fun {
        Expr::FuncType(_) => true,
        Expr::ChanType(c) => c.dir == ChanDir::Recv,
        _ => false,
    }
}

impl Printer {
    /// Writes an expression. An operator that binds less tightly than
    /// `min_prec` gets parentheses.
    pub(super) fn expr(&mut self, e: &Expr, min_prec: u8, depth: usize) {
        if self.hopeless() {
            return;
        }
        match e {
            Expr::Ident(x) => self.put(&x.0),
            Expr::BasicLit(x) => match x.kind {
                LitKind::Char | LitKind::String => self.literal(&x.value),
                _ => self.put(&normalize_number(&x.value)),
            },
            Expr::FuncLit(x) => self.func_lit(x),
            Expr::CompositeLit(x) => self.composite(x, depth),
            Expr::ParenExpr(x) => self.in_parentheses(&x.x, min_prec, depth),
            Expr::SelectorExpr(x) => {
                self.operand(&x.x, depth);
                self.dot(&x.x);
                self.put(&x.sel.0);
            }
            Expr::TypeAssertExpr(x) => self.type_assert(x, depth),
            Expr::IndexExpr(x) => {
                self.operand(&x.x, 1);
                self.put("[");
                self.nested(|p| p.expr(&x.index, 0, depth + 1));
                self.put("]");
            }
            Expr::IndexListExpr(x) => {
                self.operand(&x.x, 1);
                self.index_list(&x.indices, depth);
            }
            Expr::SliceExpr(x) => self.slice(x, depth),
            Expr::CallExpr(x) => self.call(x, depth),
            Expr::StarExpr(_) | Expr::UnaryExpr(_) if min_prec > UNARY => self.paren(e, depth),
            Expr::StarExpr(x) => {
                self.operator("*");
                self.expr(&x.x, UNARY, 1);
            }
            Expr::UnaryExpr(x) => self.unary(x, depth),
            Expr::BinaryExpr(x) => self.binary(x, e, min_prec, depth),
            Expr::Ellipsis(Ellipsis { elt: None }) => self.put("_"),
            Expr::KeyValueExpr(_) | Expr::Ellipsis(_) => self.expr(essence(e), min_prec, depth),
            _ if self.header && is_type_literal(e) => self.type_in_header(e),
            Expr::ArrayType(_)
            | Expr::StructType(_)
            | Expr::MapType(_)
            | Expr::FuncType(_)
            | Expr::InterfaceType(_)
            | Expr::ChanType(_) => self.type_literal(e),
        }
    }

    /// Writes what stands in parentheses, with the parentheses that gofmt leaves.
    fn in_parentheses(&mut self, inner: &Expr, min_prec: u8, depth: usize) {
        match inner {
            // gofmt removes doubled parentheses.
            Expr::ParenExpr(_) => self.expr(inner, min_prec, depth),
            // Even so, a brace behind them makes it a literal.
            Expr::ArrayType(_) | Expr::StructType(_) | Expr::MapType(_)
                if self.header && min_prec < PRIMARY =>
            {
                self.type_in_header(inner);
            }
            inner => self.paren(inner, depth),
        }
    }

    fn type_assert(&mut self, x: &TypeAssertExpr, depth: usize) {
        self.operand(&x.x, depth);
        self.dot(&x.x);
        self.put("(");
        match &x.typ {
            Some(t) => self.typ(t),
            None => self.put("type"),
        }
        self.put(")");
    }

    fn unary(&mut self, x: &UnaryExpr, depth: usize) {
        self.operator(unary_op(x.op).as_str());
        match &*x.x {
            // `<-chan T` is a type, not a receive operation.
            Expr::ChanType(_) if x.op == Token::Arrow => self.paren(&x.x, depth),
            operand => self.expr(operand, UNARY, depth),
        }
    }

    /// Writes a type that is a whole operand in a header. No such program is
    /// valid, and the brace that follows would make it a literal: so it is
    /// one.
    fn type_in_header(&mut self, e: &Expr) {
        let (start, newlines) = (self.out.len(), self.newlines);
        self.type_literal(e);
        match e {
            Expr::ArrayType(_) | Expr::StructType(_) | Expr::MapType(_) => self.put("{}"),
            Expr::FuncType(_) => self.func_body(start, newlines, 100, &BlockStmt::default()),
            _ => {}
        }
    }

    /// Writes the expression in parentheses.
    pub(super) fn paren(&mut self, e: &Expr, depth: usize) {
        self.put("(");
        self.nested(|p| p.expr(e, 0, depth.saturating_sub(1).max(1)));
        self.put(")");
    }

    /// Writes the operand of a selector, an index or the like.
    pub(super) fn operand(&mut self, e: &Expr, depth: usize) {
        let e = essence(e);
        match e {
            // Their last part would take the selector for its own.
            Expr::ArrayType(_) | Expr::MapType(_) | Expr::ChanType(_) | Expr::FuncType(_) => {
                self.paren(e, depth);
            }
            Expr::StructType(_) | Expr::InterfaceType(_) => self.type_literal(e),
            _ => self.expr(e, PRIMARY, depth),
        }
    }

    /// Writes the dot after `x`; `1.x` would be a floating-point number.
    pub(super) fn dot(&mut self, x: &Expr) {
        let int = matches!(essence(x), Expr::BasicLit(l) if l.kind == LitKind::Int);
        self.put(if int { " ." } else { "." });
    }

    /// Writes `[x, T]`: behind the first, which could be an index, the
    /// grammar requires types.
    fn index_list(&mut self, indices: &[Expr], depth: usize) {
        let Some((first, rest)) = indices.split_first() else { return };
        self.put("[");
        self.nested(|p| {
            p.expr(first, 0, depth + 1);
            for t in rest {
                p.put(", ");
                p.typ(t);
            }
        });
        self.put("]");
    }

    fn binary(&mut self, x: &BinaryExpr, e: &Expr, min_prec: u8, depth: usize) {
        let op = binary_op(x);
        let prec = op.precedence();
        if prec < min_prec {
            return self.paren(e, depth);
        }
        let blanks = prec < threshold(x, depth);
        let same = matches!(&*x.x, Expr::BinaryExpr(l) if binary_op(l).precedence() == prec);
        if op == Token::Mul && ends_in_bare_func(&x.x) {
            // `func() * x` is a function that returns a pointer.
            self.paren(&x.x, depth + 1);
        } else {
            self.expr(&x.x, prec, depth + usize::from(!same));
        }
        if blanks {
            self.put(" ");
        }
        self.operator(op.as_str());
        if blanks {
            self.put(" ");
        }
        self.expr(&x.y, prec + 1, depth + 1);
    }

    fn slice(&mut self, x: &SliceExpr, depth: usize) {
        self.operand(&x.x, 1);
        let mut bounds = [x.low.as_deref(), x.high.as_deref(), x.max.as_deref()];
        let zero;
        if x.max.is_some() && x.high.is_none() {
            // The grammar has no form without it.
            zero = int(0);
            bounds[1] = Some(&zero);
        }
        let bounds = if x.max.is_some() { &bounds[..] } else { &bounds[..2] };
        let some = bounds.iter().flatten();
        let blanks = depth <= 1
            && some.clone().count() > 1
            && some.clone().any(|b| matches!(b, Expr::BinaryExpr(_)));
        self.put("[");
        self.nested(|p| {
            for (i, bound) in bounds.iter().enumerate() {
                if i > 0 {
                    p.put(if blanks && bounds[i - 1].is_some() { " :" } else { ":" });
                    p.put(if blanks && bound.is_some() { " " } else { "" });
                }
                if let Some(b) = bound {
                    p.expr(b, 0, depth + 1);
                }
            }
        });
        self.put("]");
    }

    fn call(&mut self, x: &CallExpr, depth: usize) {
        let depth = depth + usize::from(x.args.len() > 1);
        match essence(&x.fun) {
            t if called_in_parentheses(t) => self.paren(&x.fun, depth),
            // The arguments would be the function type's results.
            t if is_type_literal(t) && ends_in_bare_func(t) => self.paren(t, depth),
            t if is_type_literal(t) => self.type_literal(t),
            fun => self.operand(fun, depth),
        }
        self.put("(");
        self.nested(|p| p.commas(&x.args, |p, a| p.expr(a, 0, depth)));
        if let Some(last) = x.args.last().filter(|_| x.ellipsis) {
            self.put(if ends_in_int(last) { " ..." } else { "..." });
        }
        self.put(")");
    }

    fn func_lit(&mut self, x: &FuncLit) {
        let (start, newlines) = (self.out.len(), self.newlines);
        self.put("func");
        self.nested(|p| {
            p.signature(&x.typ);
            p.func_body(start, newlines, 100, &x.body);
        });
    }

    fn composite(&mut self, x: &CompositeLit, depth: usize) {
        let named = |t: &Expr| {
            matches!(
                t,
                Expr::Ident(_)
                    | Expr::SelectorExpr(_)
                    | Expr::IndexExpr(_)
                    | Expr::IndexListExpr(_)
            )
        };
        let typ = x.typ.as_deref().map(unparen);
        // In a header the brace would start the block.
        let protect = self.header && typ.is_some_and(named);
        if protect {
            self.put("(");
        }
        self.nested(|p| {
            match typ {
                Some(t @ (Expr::ArrayType(_) | Expr::StructType(_) | Expr::MapType(_))) => {
                    p.type_literal(t);
                }
                Some(t) if named(t) => p.operand(t, depth),
                Some(t) => {
                    // Any other type has no literals.
                    p.put("[]");
                    p.typ(t);
                }
                // Only inside another literal may the type be missing.
                None => p.put("struct{}"),
            }
            p.elements(&x.elts);
        });
        if protect {
            self.put(")");
        }
    }

    fn elements(&mut self, elts: &[Expr]) {
        self.put("{");
        self.commas(elts, |p, e| match e {
            Expr::KeyValueExpr(kv) => {
                p.element(&kv.key);
                p.put(": ");
                p.element(&kv.value);
            }
            e => p.element(e),
        });
        self.put("}");
    }

    fn element(&mut self, e: &Expr) {
        match e {
            Expr::CompositeLit(x) if x.typ.is_none() => self.elements(&x.elts),
            e => self.expr(e, 0, 1),
        }
    }
}

/// The operator, or `+` for a token that is none.
fn unary_op(op: Token) -> Token {
    use Token::{Add, And, Arrow, Not, Sub, Tilde, Xor};
    match op {
        Add | Sub | Not | Xor | And | Arrow | Tilde => op,
        _ => Add,
    }
}

/// The expression inside any parentheses.
pub(super) fn unparen(mut e: &Expr) -> &Expr {
    while let Expr::ParenExpr(p) = e {
        e = &p.x;
    }
    e
}

/// What to write for two forms that are allowed only in lists, in other places.
fn essence(mut e: &Expr) -> &Expr {
    loop {
        e = match e {
            Expr::KeyValueExpr(x) => &x.value,
            Expr::Ellipsis(Ellipsis { elt: Some(elt) }) => elt,
            _ => return e,
        };
    }
}

/// Whether the last token is an integer, which would take a dot for its own.
fn ends_in_int(mut e: &Expr) -> bool {
    loop {
        e = match essence(e) {
            Expr::BasicLit(x) => return x.kind == LitKind::Int,
            Expr::UnaryExpr(x) => &x.x,
            Expr::StarExpr(x) => &x.x,
            Expr::BinaryExpr(x) => &x.y,
            _ => return false,
        };
    }
}

pub(super) fn is_type_literal(e: &Expr) -> bool {
    matches!(
        e,
        Expr::ArrayType(_)
            | Expr::StructType(_)
            | Expr::MapType(_)
            | Expr::FuncType(_)
            | Expr::InterfaceType(_)
            | Expr::ChanType(_)
    )
}

/// Whether the last part is a function type without results, which would
/// take what follows for its results.
pub(super) fn ends_in_bare_func(mut e: &Expr) -> bool {
    loop {
        e = match e {
            Expr::FuncType(f) => match f.results.as_slice() {
                [] => return true,
                [r] if r.names.is_empty() => &r.typ,
                _ => return false,
            },
            Expr::ArrayType(x) => &x.elt,
            Expr::MapType(x) => &x.value,
            Expr::ChanType(x) => &x.value,
            Expr::StarExpr(x) => &x.x,
            Expr::UnaryExpr(x) => &x.x,
            Expr::BinaryExpr(x) => &x.y,
            _ => return false,
        };
    }
}
