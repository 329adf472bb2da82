//! Statements.

use super::super::{AssignStmt, BlockStmt, CommClause, DeclTok, Expr, LabeledStmt, Stmt, Token};
use super::Printer;
use super::expr::{ends_in_bare_func, unparen};

impl Printer {
    /// Writes statements, each on its own line at the current indentation. `closes` says that a
    /// closing brace follows.
    pub(super) fn stmts(&mut self, list: &[Stmt], closes: bool) {
        let last = list.iter().rposition(|s| !is_nothing(s));
        for (i, s) in list.iter().enumerate() {
            if is_nothing(s) {
                continue;
            }
            if self.hopeless() {
                return;
            }
            self.stmt_line(s);
            self.stmt(s, closes && Some(i) == last);
        }
    }

    /// Starts the statement's line. Labels are indented one tab less.
    fn stmt_line(&mut self, s: &Stmt) {
        let label = matches!(s, Stmt::LabeledStmt(_));
        self.newline_at(self.indent.saturating_sub(usize::from(label)));
    }

    /// Writes a statement. `closes` says that a closing brace follows.
    pub(super) fn stmt(&mut self, s: &Stmt, closes: bool) {
        match s {
            Stmt::DeclStmt(d) => self.gen_decl(d),
            Stmt::EmptyStmt => {}
            Stmt::LabeledStmt(x) => self.labeled(x, closes),
            Stmt::ExprStmt(_) | Stmt::SendStmt(_) | Stmt::IncDecStmt(_) | Stmt::AssignStmt(_) => {
                self.simple(s);
            }
            Stmt::GoStmt(x) => {
                self.put("go ");
                self.call_stmt(x);
            }
            Stmt::DeferStmt(x) => {
                self.put("defer ");
                self.call_stmt(x);
            }
            Stmt::ReturnStmt(results) => self.return_stmt(results),
            Stmt::BranchStmt(x) => {
                self.put(x.tok.as_str());
                if let Some(label) = &x.label {
                    self.put(" ");
                    self.put(&label.0);
                }
            }
            Stmt::BlockStmt(x) => self.block(x),
            Stmt::IfStmt(x) => self.if_stmt(x),
            Stmt::SwitchStmt(x) => {
                self.put("switch");
                self.clause_header(x.init.as_deref(), x.tag.as_ref());
                self.cases(&x.body);
            }
            Stmt::TypeSwitchStmt(x) => self.type_switch(x),
            Stmt::SelectStmt(x) if x.body.is_empty() => self.put("select {}"),
            Stmt::SelectStmt(x) => {
                self.put("select ");
                self.clauses(&x.body, |p, c: &CommClause| {
                    p.comm(c.comm.as_deref());
                    &c.body
                });
            }
            Stmt::ForStmt(x) => self.for_stmt(x),
            Stmt::RangeStmt(x) => self.range_stmt(x),
        }
    }

    pub(super) fn block(&mut self, b: &BlockStmt) {
        self.put("{");
        self.indent += 1;
        self.stmts(&b.list, true);
        self.indent -= 1;
        self.newline();
        self.put("}");
    }

    /// Writes a function's body. The function's text starts at offset `start`, when `newlines`
    /// newlines had been written. `{}` stays on the header's line if the header is on one line and
    /// no longer than `room`.
    pub(super) fn func_body(
        &mut self,
        start: usize,
        newlines: usize,
        room: usize,
        body: &BlockStmt,
    ) {
        let short = newlines == self.newlines && self.out.len() - start <= room;
        self.put(" ");
        if short && body.list.iter().all(is_nothing) {
            self.put("{}");
        } else {
            self.block(body);
        }
    }

    fn labeled(&mut self, x: &LabeledStmt, closes: bool) {
        self.put(&x.label.0);
        self.put(":");
        if !is_nothing(&x.stmt) {
            self.stmt_line(&x.stmt);
            self.stmt(&x.stmt, closes);
        } else if !closes {
            self.newline();
            self.put(";");
        }
    }

    /// Writes a statement that may stand in a header.
    pub(super) fn simple(&mut self, s: &Stmt) {
        match s {
            Stmt::ExprStmt(x) => self.first_expr(x, 1),
            Stmt::SendStmt(x) => {
                if ends_in_bare_func(&x.chan) {
                    // The arrow would be read as the start of the function's result.
                    self.paren(&x.chan, 1);
                } else {
                    self.first_expr(&x.chan, 1);
                }
                self.put(" <- ");
                self.expr(&x.value, 0, 1);
            }
            Stmt::IncDecStmt(x) => {
                self.first_expr(&x.x, 2);
                self.put(if x.tok == Token::Dec { "--" } else { "++" });
            }
            Stmt::AssignStmt(x) => self.assign(x),
            _ => {}
        }
    }

    fn assign(&mut self, x: &AssignStmt) {
        let depth = if x.lhs.len() > 1 && x.rhs.len() > 1 { 2 } else { 1 };
        self.exprs(&x.lhs, depth, true);
        self.put(" ");
        self.put(assign_tok(x.tok).as_str());
        self.put(" ");
        self.exprs(&x.rhs, depth, false);
    }

    /// Writes a list that must not be empty. `first` says that the list starts a statement.
    pub(super) fn exprs(&mut self, list: &[Expr], depth: usize, first: bool) {
        match list.split_first() {
            None => self.put("_"),
            Some((head, tail)) => {
                if first {
                    self.first_expr(head, depth);
                } else {
                    self.expr(head, 0, depth);
                }
                for e in tail {
                    self.put(", ");
                    self.expr(e, 0, depth);
                }
            }
        }
    }

    /// Writes the expression that starts a statement. Outside headers the
    /// parser does not expect `~` there.
    pub(super) fn first_expr(&mut self, e: &Expr, depth: usize) {
        let mut left = e;
        while let Expr::BinaryExpr(x) = left {
            left = &x.x;
        }
        match left {
            Expr::UnaryExpr(x) if x.op == Token::Tilde && !self.header => self.paren(e, depth),
            _ => self.expr(e, 0, depth),
        }
    }

    /// Writes the operand of `go` and `defer`: a call without parentheses around it.
    fn call_stmt(&mut self, e: &Expr) {
        match unparen(e) {
            call @ Expr::CallExpr(_) => self.expr(call, 0, 1),
            other => {
                self.paren(other, 1);
                self.put("()");
            }
        }
    }

    fn return_stmt(&mut self, results: &[Expr]) {
        self.put("return");
        if results.is_empty() {
            return;
        }
        self.put(" ");
        let (start, first_break) = (self.out.len(), self.breaks.len());
        let mut commas = Vec::new();
        let mut tall = 0;
        for (i, e) in results.iter().enumerate() {
            if i > 0 {
                commas.push(self.out.len());
                self.put(", ");
            }
            let newlines = self.newlines;
            self.expr(e, 0, 1);
            tall += usize::from(self.newlines != newlines);
        }
        if tall > 1 {
            self.one_result_a_line(start, first_break, &commas);
        }
    }

    /// Puts results on lines of their own, one tab further in. How gofmt lays out several results
    /// that span lines depends on its version, unless each result has its own line.
    fn one_result_a_line(&mut self, start: usize, first_break: usize, commas: &[usize]) {
        let old = self.out.split_off(start);
        let old_breaks = self.breaks.split_off(first_break);
        let mut commas = commas.iter().copied().peekable();
        let mut breaks = old_breaks.into_iter().peekable();
        let mut from = start;
        self.indent += 1;
        loop {
            let comma = commas.peek().copied().unwrap_or(usize::MAX);
            let line = breaks.peek().copied().unwrap_or(usize::MAX);
            let to = comma.min(line);
            if to == usize::MAX {
                break;
            }
            self.out.push_str(&old[from - start..to - start]);
            from = to;
            if comma < line {
                commas.next();
                self.out.push(',');
                self.newline();
                from += ", ".len();
            } else {
                breaks.next();
                self.breaks.push(self.out.len());
                self.out.push('\t');
            }
        }
        self.indent -= 1;
        self.out.push_str(&old[from - start..]);
    }
}

/// Whether gofmt writes nothing for the statement, or no body may contain it.
fn is_nothing(s: &Stmt) -> bool {
    match s {
        Stmt::EmptyStmt => true,
        Stmt::DeclStmt(d) => d.tok == DeclTok::Import,
        _ => false,
    }
}

/// Whether the statement may stand in a header.
pub(super) fn is_simple(s: &Stmt) -> bool {
    matches!(s, Stmt::ExprStmt(_) | Stmt::SendStmt(_) | Stmt::IncDecStmt(_) | Stmt::AssignStmt(_))
}

/// The token, or `=` if the token does not assign.
fn assign_tok(tok: Token) -> Token {
    use Token::{
        AddAssign, AndAssign, AndNotAssign, Assign, Define, MulAssign, OrAssign, QuoAssign,
        RemAssign, ShlAssign, ShrAssign, SubAssign, XorAssign,
    };
    match tok {
        Define | AddAssign | SubAssign | MulAssign | QuoAssign | RemAssign | AndAssign
        | OrAssign | XorAssign | ShlAssign | ShrAssign | AndNotAssign => tok,
        _ => Assign,
    }
}
