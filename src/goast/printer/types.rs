//! Types in places where only a type may stand, fields and signatures.

use super::super::{
    ArrayType, ChanDir, ChanType, Expr, Field, FuncType, Ident, InterfaceType, StructType, Token,
};
use super::Printer;
use super::align::Aligner;
use super::expr::unparen;

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
    fn loose_typ(&mut self, e: &Expr) {
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

    fn struct_type(&mut self, x: &StructType) {
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

    fn interface_type(&mut self, x: &InterfaceType) {
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

/// `T` or `p.T`
fn is_type_name(e: &Expr) -> bool {
    match e {
        Expr::Ident(_) => true,
        Expr::SelectorExpr(x) => matches!(*x.x, Expr::Ident(_)),
        _ => false,
    }
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

/// Whether no value looks like this.
pub(super) fn is_surely_type(e: &Expr) -> bool {
    match e {
        Expr::ArrayType(_)
        | Expr::StructType(_)
        | Expr::FuncType(_)
        | Expr::InterfaceType(_)
        | Expr::MapType(_)
        | Expr::ChanType(_) => true,
        Expr::UnaryExpr(x) => x.op == Token::Tilde,
        Expr::BinaryExpr(x) => is_surely_type(&x.x) || is_surely_type(&x.y),
        Expr::ParenExpr(x) => is_surely_type(&x.x),
        _ => false,
    }
}
