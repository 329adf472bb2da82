//! Expressions for `eval` and `checkexpr`, typed against the declarations of a package that
//! exists as trees. Programs are made from a model; expressions are not, because they must fit
//! programs that were mutated or imported.

mod body;
mod forms;
mod types;

use std::collections::BTreeMap;

use crate::goast::Expr;
use crate::goast::scope::{Object, ObjectKind, PackageScope};
use crate::rng::Rng;

pub use forms::{FORMS, Form};

/// The longest expression. A longer one is dropped, because nobody could read it.
const LONGEST: usize = 400;

/// How many attempts an expression gets: a package may lack what a form needs.
const ATTEMPTS: usize = 4;

/// An expression in the scope of a package, on one line. `inside` says that it will be evaluated
/// inside a file, where the names of imported packages are visible.
#[must_use]
pub fn expression(rng: &mut Rng, scope: &PackageScope, inside: bool) -> Option<String> {
    let weights: [u32; FORMS.len()] = std::array::from_fn(|i| FORMS[i].weight);
    for _ in 0..ATTEMPTS {
        let form = &FORMS[rng.weighted(&weights)?];
        if let Some(text) = of_form(form, rng, scope, inside) {
            return Some(text);
        }
    }
    None
}

/// An expression of one form.
fn of_form(form: &Form, rng: &mut Rng, scope: &PackageScope, inside: bool) -> Option<String> {
    let e = (form.make)(&mut Asks { rng, scope, inside, names: 0 })?;
    Some(one_line(&e.print())).filter(|text| text.len() <= LONGEST)
}

/// A type in the scope of a package, on one line.
#[must_use]
pub fn type_text(rng: &mut Rng, scope: &PackageScope) -> String {
    let t = Asks { rng, scope, inside: false, names: 0 }.typ(1);
    one_line(&t.print())
}

/// A number of a block, for `at N`: mostly none, the package's scope.
#[must_use]
pub fn place(rng: &mut Rng) -> Option<u32> {
    rng.chance(40).then(|| rng.below(12) as u32)
}

/// A number of an expression, for `checknode`.
#[must_use]
pub fn node(rng: &mut Rng) -> u32 {
    rng.below(64) as u32
}

/// Puts gofmt's lines into one, with semicolons where line ends stood for them.
fn one_line(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        if !out.is_empty() {
            let open = out.ends_with(['{', '(', '[', ',', ':']);
            out.push_str(if open || line.starts_with('}') { " " } else { "; " });
        }
        out.push_str(&line.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    out
}

/// The state while one expression is made.
struct Asks<'r, 'a> {
    rng: &'r mut Rng,
    scope: &'a PackageScope,
    /// Whether the names of imported packages are visible.
    inside: bool,
    /// How many local names there are.
    names: usize,
}

impl<'a> Asks<'_, 'a> {
    /// A name that the expression declares.
    fn fresh(&mut self, stem: &str) -> String {
        self.names += 1;
        format!("{stem}{}", self.names)
    }

    /// An object that fits.
    fn object(&mut self, fits: impl Fn(&str, &Object) -> bool) -> Option<(&'a String, &'a Object)> {
        let all: Vec<_> = self.scope.objects.iter().filter(|(n, o)| fits(n, o)).collect();
        self.rng.choose(&all).copied()
    }

    /// Whether the names in an expression of the package are visible where the new one stands.
    fn visible(&self, e: &Expr) -> bool {
        self.inside || !e.print().replace("...", "").contains('.')
    }
}

/// Whether it is a type that is not only a constraint.
fn is_type(_: &str, o: &Object) -> bool {
    o.kind == ObjectKind::TypeName && !o.constraint
}

/// Type arguments by the names of the type parameters.
type Args = BTreeMap<String, Expr>;

#[cfg(test)]
mod tests;
