//! Files, declarations and their specs.

use std::borrow::Cow;

use super::super::{
    Decl, DeclTok, Expr, File, FuncDecl, GenDecl, ImportSpec, Spec, Token, TypeSpec, ValueSpec,
};
use super::Printer;
use super::align::Aligner;
use super::fields::Params;
use super::types::is_surely_type;

impl Printer {
    pub(super) fn file(&mut self, f: &File) {
        if let Some(version) = &f.go_version {
            self.put("//go:build ");
            self.put(version);
            self.newline();
            self.newline();
        }
        self.put("package ");
        self.put(&f.name.0);
        // The parser requires imports first.
        let is_import = |d: &&Decl| matches!(d, Decl::GenDecl(g) if g.tok == DeclTok::Import);
        let mut above = None;
        for d in f.decls.iter().filter(is_import) {
            above = self.top_level(d, above);
        }
        for d in f.decls.iter().filter(|d| !is_import(d)) {
            above = self.top_level(d, above);
        }
        self.put("\n");
    }

    /// Writes a declaration below another one, after an empty line unless both are lines of the
    /// same keyword. `above` is the keyword of the declaration above; the return value is that of
    /// this one.
    fn top_level(&mut self, d: &Decl, above: Option<DeclTok>) -> Option<DeclTok> {
        let start = self.out.len();
        self.put("\n\n");
        let newlines = self.newlines;
        let tok = match d {
            Decl::GenDecl(g) => {
                self.gen_decl(g);
                (self.newlines == newlines).then_some(g.tok)
            }
            Decl::FuncDecl(x) => {
                self.func_decl(x);
                None
            }
        };
        if tok.is_some() && tok == above {
            self.out.remove(start);
        }
        tok
    }

    fn func_decl(&mut self, x: &FuncDecl) {
        let (start, newlines) = (self.out.len(), self.newlines);
        self.put("func ");
        if let Some(recv) = &x.recv {
            self.params(recv, Params::Ordinary);
            self.put(" ");
        }
        self.put(&x.name.0);
        self.type_params(&x.typ.type_params, false);
        self.signature(&x.typ);
        if let Some(body) = &x.body {
            // gofmt counts one column more here than for a literal.
            self.func_body(start, newlines, 99, body);
        }
    }

    pub(super) fn gen_decl(&mut self, d: &GenDecl) {
        self.put(d.tok.as_str());
        self.put(" ");
        let specs: Cow<'_, [Spec]> = if d.tok == DeclTok::Import && d.grouped {
            sorted_imports(&d.specs)
        } else if d.specs.iter().all(|s| fits(s, d.tok)) {
            Cow::Borrowed(&d.specs)
        } else {
            d.specs.iter().filter(|s| fits(s, d.tok)).cloned().collect()
        };
        match &*specs {
            [] => self.put("()"),
            [one] if !d.grouped => self.spec(d.tok, one, false, None),
            specs => self.group(d.tok, specs),
        }
    }

    fn group(&mut self, tok: DeclTok, specs: &[Spec]) {
        let keep = keep_type_column(specs);
        let mut rows = Aligner::new();
        self.put("(");
        self.indent += 1;
        for (i, spec) in specs.iter().enumerate() {
            if self.hopeless() {
                break;
            }
            self.newline();
            rows.row(self);
            // A single spec has spaces instead of columns.
            let columns = (specs.len() > 1 && tok != DeclTok::Import).then_some(&mut rows);
            self.spec(tok, spec, keep.get(i).is_some_and(|k| *k), columns);
            rows.end_row(self);
        }
        rows.flush(self);
        self.indent -= 1;
        self.newline();
        self.put(")");
    }

    fn spec(&mut self, tok: DeclTok, s: &Spec, keep: bool, mut rows: Option<&mut Aligner>) {
        let column = |p: &mut Self| match &mut rows {
            Some(rows) => rows.tab(p),
            None => p.put(" "),
        };
        match s {
            Spec::ImportSpec(x) => self.import_spec(x),
            Spec::ValueSpec(x) => self.value_spec(tok, x, keep, column),
            Spec::TypeSpec(x) => self.type_spec(x, column),
        }
    }

    fn import_spec(&mut self, x: &ImportSpec) {
        if let Some(name) = &x.name {
            self.put(&name.0);
            self.put(" ");
        }
        self.put("\"");
        for c in x.path.chars() {
            match c {
                '"' | '\\' => {
                    self.put("\\");
                    self.out.push(c);
                }
                // A path may have been a raw string that spans lines.
                c if c.is_ascii_control() => self.put(&format!("\\x{:02x}", u32::from(c))),
                // A byte order mark is allowed only at the start of a file.
                '\u{feff}' => self.put("\\ufeff"),
                c => self.out.push(c),
            }
        }
        self.put("\"");
    }

    fn value_spec(
        &mut self,
        tok: DeclTok,
        x: &ValueSpec,
        keep: bool,
        mut column: impl FnMut(&mut Self),
    ) {
        match x.names.as_slice() {
            [] => self.put("_"),
            names => self.commas(names, |p, n| p.put(&n.0)),
        }
        if x.typ.is_some() || keep {
            column(self);
        }
        match &x.typ {
            Some(t) => self.typ(t),
            None if tok == DeclTok::Var && x.values.is_empty() => {
                // A variable has a type or a value.
                column(self);
                self.put("int");
            }
            None => {}
        }
        if !x.values.is_empty() {
            column(self);
            self.put("= ");
            self.exprs(&x.values, 1, false);
        }
    }

    fn type_spec(&mut self, x: &TypeSpec, mut column: impl FnMut(&mut Self)) {
        self.put(&x.name.0);
        self.type_params(&x.type_params, true);
        column(self);
        if x.assign {
            self.put("= ");
        }
        match &x.typ {
            Expr::ArrayType(a) if x.type_params.is_empty() && !x.assign => {
                let protect = a.len.as_deref().is_some_and(reads_as_type_params);
                self.array_type(a, protect);
            }
            t => self.typ(t),
        }
    }
}

/// Whether a declaration with the keyword may contain the spec.
fn fits(s: &Spec, tok: DeclTok) -> bool {
    match s {
        Spec::ImportSpec(_) => tok == DeclTok::Import,
        Spec::ValueSpec(_) => matches!(tok, DeclTok::Const | DeclTok::Var),
        Spec::TypeSpec(_) => tok == DeclTok::Type,
    }
}

/// The imports of a group in gofmt's order: by path, then by name, each once.
pub(in crate::goast) fn sorted_imports(specs: &[Spec]) -> Cow<'_, [Spec]> {
    fn key(s: &Spec) -> (&str, &str) {
        match s {
            Spec::ImportSpec(x) => (&x.path, x.name.as_ref().map_or("", |n| &n.0)),
            _ => ("", ""),
        }
    }
    let ordered = specs.windows(2).all(|w| key(&w[0]) < key(&w[1]));
    if ordered && specs.iter().all(|s| fits(s, DeclTok::Import)) {
        return Cow::Borrowed(specs);
    }
    let mut sorted: Vec<_> = specs.iter().filter(|s| fits(s, DeclTok::Import)).cloned().collect();
    sorted.sort_by(|a, b| key(a).cmp(&key(b)));
    sorted.dedup_by(|a, b| key(a) == key(b));
    Cow::Owned(sorted)
}

/// Which specs have a column for the type. In a run of specs with values, all have it if one has a
/// type; otherwise the values take its place.
fn keep_type_column(specs: &[Spec]) -> Vec<bool> {
    let value = |s: &Spec| match s {
        Spec::ValueSpec(x) if !x.values.is_empty() => Some(x.typ.is_some()),
        _ => None,
    };
    let mut keep = vec![false; specs.len()];
    let mut at = 0;
    while at < specs.len() {
        let run = specs[at..].iter().take_while(|s| value(s).is_some()).count();
        let typed = specs[at..at + run].iter().any(|s| value(s) == Some(true));
        keep[at..at + run].fill(typed);
        at += run.max(1);
    }
    keep
}

/// Whether the right-hand side after a type's name reads as a list of type parameters: `P[…`, `P
/// *T`, `P (T)` with a `T` that can only be a type.
fn reads_as_type_params(len: &Expr) -> bool {
    fn starts_with_index(e: &Expr) -> bool {
        match e {
            Expr::IndexExpr(x) => matches!(*x.x, Expr::Ident(_)) || starts_with_index(&x.x),
            Expr::IndexListExpr(x) => matches!(*x.x, Expr::Ident(_)) || starts_with_index(&x.x),
            Expr::SliceExpr(x) => matches!(*x.x, Expr::Ident(_)) || starts_with_index(&x.x),
            Expr::SelectorExpr(x) => starts_with_index(&x.x),
            Expr::TypeAssertExpr(x) => starts_with_index(&x.x),
            Expr::CallExpr(x) => starts_with_index(&x.fun),
            Expr::CompositeLit(x) => x.typ.as_deref().is_some_and(starts_with_index),
            Expr::BinaryExpr(x) => starts_with_index(&x.x),
            _ => false,
        }
    }
    fn is_type_like(e: &Expr) -> bool {
        match e {
            Expr::BinaryExpr(x) if matches!(x.op, Token::Mul | Token::Or) => {
                is_type_like(&x.x) || is_surely_type(&x.y)
            }
            Expr::CallExpr(x) => {
                matches!(*x.fun, Expr::Ident(_)) && x.args.iter().any(is_surely_type)
            }
            _ => false,
        }
    }
    starts_with_index(len) || is_type_like(len)
}
