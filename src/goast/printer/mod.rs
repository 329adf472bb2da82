//! Prints trees as source text that gofmt leaves unchanged.
//!
//! Two promises, both tested over all of `internal/types/testdata` and large
//! standard packages:
//! - the text of a tree that came from source parses to the same tree (up to
//!   [`File::normalize`]), and `go/format` returns it unchanged;
//! - the text of *any* tree parses. Parentheses are added where precedence or the grammar
//!   requires them. A construct that the grammar has no form for (a statement in an expression's
//!   header, a number in place of a type) is replaced by the nearest construct that it has.
//!
//! gofmt keeps most line breaks that it finds, so the printer chooses a layout that depends little
//! on them: lists stay on one line, blocks are broken.

mod align;
mod control;
mod decl;
mod expr;
mod fields;
mod number;
mod spacing;
mod stmt;
mod types;

use super::{Expr, File, Stmt};

pub(super) use control::strippable;
pub(super) use decl::sorted_imports;
pub(super) use expr::called_in_parentheses;
pub(super) use number::normalize_number;

impl File {
    /// The file as gofmt would write it.
    #[must_use]
    pub fn print(&self) -> String {
        let mut p = Printer::with_capacity(2048);
        p.file(self);
        p.out
    }
}

impl Expr {
    /// The expression on its own.
    #[must_use]
    pub fn print(&self) -> String {
        let mut p = Printer::with_capacity(64);
        p.expr(self, 0, 1);
        p.out
    }
}

impl Stmt {
    /// The statement on its own, not indented.
    #[must_use]
    pub fn print(&self) -> String {
        let mut p = Printer::with_capacity(256);
        p.stmt(self, true);
        p.out
    }
}

/// The text written so far, and the state that layout decisions need.
struct Printer {
    out: String,
    /// Tabs at the start of a new line.
    indent: usize,
    /// Offsets of the lines that layout started, just after each newline. Lines inside raw strings
    /// are not among them.
    breaks: Vec<usize>,
    /// Newlines written, including those inside raw strings.
    newlines: usize,
    /// Whether an unprotected `T{` would be read as the start of a block: true in the header of
    /// `if`, `for` and `switch`, outside any bracket.
    header: bool,
    /// During a trial on one line: the greatest length that `out` may reach.
    limit: usize,
    /// Whether that trial failed. From then until it is abandoned, nothing is written.
    failed: bool,
    /// A buffer in which aligned rows are rebuilt.
    scratch: String,
}

const NO_LIMIT: usize = usize::MAX;

impl Printer {
    fn with_capacity(bytes: usize) -> Self {
        Self {
            out: String::with_capacity(bytes),
            indent: 0,
            breaks: Vec::new(),
            newlines: 0,
            header: false,
            limit: NO_LIMIT,
            failed: false,
            scratch: String::new(),
        }
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Writes an operator, with a space if it would merge with the operator before it: `- -x`, `&
    /// &x`, `& ^x`, `/ *x`.
    fn operator(&mut self, op: &str) {
        let (before, last) = match self.out.as_bytes() {
            [.., before, last] => (*before, Some(last)),
            [last] => (b' ', Some(last)),
            [] => (b' ', None),
        };
        let merges = match (last, op.as_bytes().first()) {
            (Some(b'+'), Some(b'+')) | (Some(b'/'), Some(b'*')) => true,
            (Some(b'&'), Some(b'&' | b'^')) => true,
            // `<-` also ends in a minus, but nothing merges with it.
            (Some(b'-'), Some(b'-')) => before != b'<',
            _ => false,
        };
        if merges {
            self.out.push(' ');
        }
        self.put(op);
    }

    /// Writes a literal, which may span lines.
    fn literal(&mut self, text: &str) {
        if text.contains('\n') {
            self.newlines += 1;
            self.failed |= self.limit != NO_LIMIT;
        }
        self.put(text);
    }

    /// Starts a line at the current indentation.
    fn newline(&mut self) {
        self.newline_at(self.indent);
    }

    fn newline_at(&mut self, tabs: usize) {
        if self.limit != NO_LIMIT {
            self.failed = true;
            return;
        }
        self.out.push('\n');
        self.newlines += 1;
        self.breaks.push(self.out.len());
        self.out.extend(std::iter::repeat_n('\t', tabs));
    }

    /// Runs `f` where a composite literal needs no protection: inside brackets or a function's
    /// body.
    fn nested<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let header = std::mem::replace(&mut self.header, false);
        let r = f(self);
        self.header = header;
        r
    }

    /// Tries `f` on one line of at most `budget` bytes. If the text does not fit, leaves no trace
    /// and returns false.
    fn try_line(&mut self, budget: usize, f: impl FnOnce(&mut Self)) -> bool {
        let (start, outer) = (self.out.len(), self.limit);
        let newlines = self.newlines;
        self.limit = outer.min(start + budget);
        f(self);
        let fits = !self.failed && self.out.len() <= self.limit;
        self.limit = outer;
        if !fits {
            self.out.truncate(start);
            self.newlines = newlines;
            // Inside another trial, the outer one has failed as well.
            self.failed = outer != NO_LIMIT;
        }
        fits
    }

    /// Whether the current trial has failed, so that further output is wasted.
    fn hopeless(&mut self) -> bool {
        self.failed |= self.out.len() > self.limit;
        self.failed
    }

    /// Writes `items` separated by commas.
    fn commas<T>(&mut self, items: &[T], mut f: impl FnMut(&mut Self, &T)) {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.put(", ");
            }
            f(self, item);
        }
    }
}

#[cfg(test)]
mod tests;
