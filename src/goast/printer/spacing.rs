//! Where blanks go in a chain of binary operators.
//!
//! Blanks show how operators bind: `a*b + c`. How much room an expression has
//! is its *depth*: 1 for one on its own, more inside operands,
//! arguments and indices. Each chain gets one threshold; operators that bind
//! at least as tightly go without blanks.

use super::super::{BinaryExpr, Expr, Token};

/// The operator, or `+` for a token that is none.
pub(super) fn binary_op(e: &BinaryExpr) -> Token {
    if e.op.precedence() == 0 { Token::Add } else { e.op }
}

/// Operators of the chain with this precedence or a higher one have no blanks
/// around them.
pub(super) fn threshold(e: &BinaryExpr, depth: usize) -> u8 {
    let chain = Chain::of(e);
    match (chain.clash, chain.sums && chain.products) {
        (clash, _) if clash > 0 => clash + 1,
        (_, true) if depth == 1 => 5,
        (_, false) if depth == 1 => 6,
        _ => 4,
    }
}

/// What a chain of binary operators contains, parenthesized parts left out.
#[derive(Default)]
struct Chain {
    /// Operators of precedence 4.
    sums: bool,
    /// Operators of precedence 5.
    products: bool,
    /// The highest precedence of an operator that would merge with a unary
    /// operator on its right; such operators must have blanks.
    clash: u8,
}

impl Chain {
    fn of(e: &BinaryExpr) -> Self {
        let op = binary_op(e);
        let prec = op.precedence();
        let mut chain = Self { sums: prec == 4, products: prec == 5, clash: 0 };
        if let Expr::BinaryExpr(x) = &*e.x
            && binary_op(x).precedence() >= prec
        {
            chain.add(&Self::of(x));
        }
        match &*e.y {
            Expr::BinaryExpr(y) if binary_op(y).precedence() > prec => chain.add(&Self::of(y)),
            Expr::StarExpr(_) if op == Token::Quo => chain.clash = 5,
            Expr::UnaryExpr(y) => match (op, y.op) {
                (Token::And, Token::And | Token::Xor) => chain.clash = 5,
                (Token::Add, Token::Add) | (Token::Sub, Token::Sub) => {
                    chain.clash = chain.clash.max(4);
                }
                _ => {}
            },
            _ => {}
        }
        chain
    }

    fn add(&mut self, other: &Self) {
        self.sums |= other.sums;
        self.products |= other.products;
        self.clash = self.clash.max(other.clash);
    }
}
