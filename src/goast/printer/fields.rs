//! Lists of fields: structs, interfaces, signatures, type
//! parameters.

use super::super::{Expr, Field, FuncType, Ident, InterfaceType, StructType, Token};
use super::Printer;
use super::align::Aligner;
use super::expr::unparen;
use super::types::is_type_name;

/// The longest field that may share the line with its struct's braces.
const ONE_LINE: usize = 30;

/// Which list of parameters is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Params {
    /// Parameters or a receiver: the last may be variadic.
    Ordinary,
    /// Results.
    Results,
}

impl Printer {
    pub(super) fn struct_type(&mut self, x: &StructType) {
        self.put("struct");
        match x.fields.as_slice() {
            [] => return self.put("{}"),
            [f] if f.tag.is_none() && self.one_line_field(f) => return,
            _ => {}
        }
        self.put(" {");
        self.indent += 1;
        let mut rows = Aligner::new();
        for f in &x.fields {
            if self.hopeless() {
                break;
            }
            self.newline();
            rows.row(self);
            // A single field has blanks for columns.
            self.field(f, (x.fields.len() > 1).then_some(&mut rows));
            rows.end_row(self);
        }
        rows.flush(self);
        self.indent -= 1;
        self.newline();
        self.put("}");
    }

    fn one_line_field(&mut self, f: &Field) -> bool {
        let start = self.out.len();
        self.put("{ ");
        let names = self.field_names(f);
        let fits = self.try_line(ONE_LINE - usize::from(names), |p| p.field_type(f));
        if fits {
            self.put(" }");
        } else {
            self.out.truncate(start);
        }
        fits
    }

    fn field(&mut self, f: &Field, mut rows: Option<&mut Aligner>) {
        let mut column = |p: &mut Self| match &mut rows {
            Some(rows) => rows.tab(p),
            None => p.put(" "),
        };
        let named = !f.names.is_empty() || !is_embeddable(&f.typ);
        if named {
            let names: &[Ident] = if f.names.is_empty() { &[blank()] } else { &f.names };
            self.commas(names, |p, n| p.put(&n.0));
            column(self);
        }
        self.field_type(f);
        if let Some(tag) = &f.tag {
            column(self);
            if named && rows.is_some() {
                // gofmt has a column for each, type and tag.
                if let Some(rows) = rows {
                    rows.tab(self);
                }
            }
            self.literal(tag);
        }
    }

    /// Writes the names and a blank; false if there are none.
    fn field_names(&mut self, f: &Field) -> bool {
        let named = !f.names.is_empty() || !is_embeddable(&f.typ);
        if f.names.is_empty() && named {
            self.put("_");
        }
        self.commas(&f.names, |p, n| p.put(&n.0));
        if named {
            self.put(" ");
        }
        named
    }

    fn field_type(&mut self, f: &Field) {
        match &f.typ {
            t if f.names.is_empty() && is_embeddable(t) => self.loose_typ(t),
            // `x [...]T` is no field; parentheses make the parser see a type.
            t if has_open_len(t) => {
                self.put("(");
                self.typ(t);
                self.put(")");
            }
            t => self.typ(t),
        }
    }

    pub(super) fn interface_type(&mut self, x: &InterfaceType) {
        self.put("interface");
        match x.methods.as_slice() {
            [] => return self.put("{}"),
            [m] => {
                let start = self.out.len();
                self.put("{ ");
                if let Some((name, _)) = method(m) {
                    self.put(&name.0);
                }
                // gofmt counts a blank and the word "func" for a method.
                let budget = if method(m).is_some() { ONE_LINE - 5 } else { ONE_LINE };
                if self.try_line(budget, |p| match method(m) {
                    Some((_, typ)) => p.signature(typ),
                    None => p.constraint(&m.typ, true),
                }) {
                    return self.put(" }");
                }
                self.out.truncate(start);
            }
            _ => {}
        }
        self.put(" {");
        self.indent += 1;
        for m in &x.methods {
            if self.hopeless() {
                break;
            }
            self.newline();
            match method(m) {
                Some((name, typ)) => {
                    self.put(&name.0);
                    self.signature(typ);
                }
                None => self.constraint(&m.typ, true),
            }
        }
        self.indent -= 1;
        self.newline();
        self.put("}");
    }

    /// Writes an element of an interface or a type parameter's constraint:
    /// terms separated by `|`.
    /// The first term of an interface's element is `loose`, see
    /// [`Printer::loose_typ`].
    fn constraint(&mut self, e: &Expr, loose: bool) {
        if self.hopeless() {
            return;
        }
        match e {
            Expr::BinaryExpr(x) if x.op == Token::Or => {
                self.constraint(&x.x, loose);
                self.put(" | ");
                self.constraint(&x.y, false);
            }
            Expr::UnaryExpr(x) if x.op == Token::Tilde => {
                self.put("~");
                self.typ(&x.x);
            }
            // Unions cannot stand in parentheses.
            Expr::ParenExpr(x) if is_type_set(unparen(&x.x)) => self.constraint(&x.x, loose),
            e if loose => self.loose_typ(e),
            e => self.typ(e),
        }
    }

    /// Writes parameters and results.
    pub(super) fn signature(&mut self, f: &FuncType) {
        self.params(&f.params, Params::Ordinary);
        match f.results.as_slice() {
            [] => {}
            [r] if r.names.is_empty() => {
                self.put(" ");
                self.typ(unparen(&r.typ));
            }
            results => {
                self.put(" ");
                self.params(results, Params::Results);
            }
        }
    }

    /// Writes `(a, b T, c ...U)`.
    pub(super) fn params(&mut self, fields: &[Field], kind: Params) {
        let named = fields.iter().any(|f| !f.names.is_empty());
        self.put("(");
        for (i, f) in fields.iter().enumerate() {
            if i > 0 {
                self.put(", ");
            }
            if named {
                // All parameters have names or none has.
                let names: &[Ident] = if f.names.is_empty() { &[blank()] } else { &f.names };
                self.commas(names, |p, n| p.put(&n.0));
                self.put(" ");
            }
            let last = i + 1 == fields.len() && f.names.len() <= 1;
            match unparen(&f.typ) {
                Expr::Ellipsis(x) => {
                    let variadic = kind == Params::Ordinary && last;
                    self.put(if variadic { "..." } else { "[]" });
                    match &x.elt {
                        Some(elt) => self.typ(elt),
                        None => self.put("int"),
                    }
                }
                Expr::ArrayType(x) if named && has_open_len(&f.typ) => {
                    self.put("[]");
                    self.typ(&x.elt);
                }
                t if named => self.typ(t),
                t => self.loose_typ(t),
            }
        }
        self.put(")");
    }

    /// Writes `[P, Q C]`; nothing if there are no type parameters. After a
    /// type's name a list may need a comma to not look like an array length.
    pub(super) fn type_params(&mut self, fields: &[Field], of_type: bool) {
        if fields.is_empty() {
            return;
        }
        self.put("[");
        self.commas(fields, |p, f| {
            let names: &[Ident] = if f.names.is_empty() { &[blank()] } else { &f.names };
            p.commas(names, |p, n| p.put(&n.0));
            p.put(" ");
            match unparen(&f.typ) {
                Expr::ArrayType(x) if has_open_len(&f.typ) => {
                    p.put("[]");
                    p.typ(&x.elt);
                }
                t => p.constraint(t, false),
            }
        });
        if let [f] = fields
            && of_type
            && f.names.len() <= 1
            && combines_with_name(unparen(&f.typ))
        {
            self.put(",");
        }
        self.put("]");
    }
}

fn blank() -> Ident {
    Ident("_".to_owned())
}

/// A method of an interface: one that has a name and a function type.
fn method(f: &Field) -> Option<(&Ident, &FuncType)> {
    match (f.names.first(), &f.typ) {
        (Some(name), Expr::FuncType(typ)) => Some((name, typ)),
        _ => None,
    }
}

fn has_open_len(e: &Expr) -> bool {
    let Expr::ArrayType(x) = unparen(e) else { return false };
    matches!(x.len.as_deref(), Some(Expr::Ellipsis(_)))
}

/// What a struct can embed: `T`, `p.T`, `T[A]` and pointers to them.
fn is_embeddable(e: &Expr) -> bool {
    let e = if let Expr::StarExpr(x) = e { &x.x } else { e };
    match e {
        Expr::IndexExpr(x) => is_type_name(&x.x),
        Expr::IndexListExpr(x) => is_type_name(&x.x),
        e => is_type_name(e),
    }
}

/// Whether the expression can only be an element of an interface.
fn is_type_set(e: &Expr) -> bool {
    match e {
        Expr::UnaryExpr(x) => x.op == Token::Tilde,
        Expr::BinaryExpr(x) => x.op == Token::Or,
        _ => false,
    }
}

/// Whether a name followed by the constraint reads as a value: `P *C` as a
/// product.
fn combines_with_name(e: &Expr) -> bool {
    match e {
        Expr::StarExpr(x) => reads_as_value(&x.x),
        Expr::BinaryExpr(x) if x.op == Token::Or => {
            combines_with_name(&x.x) && reads_as_value(&x.y)
        }
        Expr::ParenExpr(x) => reads_as_value(&x.x),
        _ => false,
    }
}

/// Whether the text that [`Printer::typ`] writes could be a value's.
fn reads_as_value(e: &Expr) -> bool {
    match e {
        Expr::Ident(_) | Expr::StarExpr(_) => true,
        Expr::SelectorExpr(x) => matches!(*x.x, Expr::Ident(_)),
        Expr::IndexExpr(x) => is_type_name(&x.x),
        Expr::IndexListExpr(x) => is_type_name(&x.x),
        Expr::ParenExpr(x) => reads_as_value(&x.x),
        Expr::KeyValueExpr(x) => reads_as_value(&x.value),
        Expr::Ellipsis(x) => x.elt.as_deref().is_none_or(reads_as_value),
        Expr::CompositeLit(x) => x.typ.as_deref().is_some_and(reads_as_value),
        _ => false,
    }
}
