//! Phrases: declarations with holes, written as Go text.
//!
//! A name that ends in an underscore is a hole:
//!
//! | hole | stands for |
//! |---|---|
//! | `any_`, `any2_` | a type |
//! | `key_`, `key2_` | a comparable type |
//! | `named_` | a declared type, or an instance of one |
//! | `value_` | a value of any type |
//! | `hidden_` | a name of an imported package that is not exported |
//! | `lit_` | an integer from 0 to 9 |
//! | `big_` | a large integer that an array may be long |
//! | `arith_(x, y)` | `x + y`, `x - y` or `x * y` |
//! | `bit_`, `shift_`, `cmp_`, `eq_`, `logic_` | the same with `&`, `<<`, `<`, `==`, `&&` and their like |
//! | `switch pick_ { default: …; default: … }` | the statements of one clause |
//!
//! A type hole stands for the same type everywhere in a phrase. The trees are those that
//! `harness_go/internal/tree/cmd/treedump` writes for the text.

use std::collections::BTreeMap;

use super::address::{declared_names, is_import};
use crate::goast::build::{binary, int, paren};
use crate::goast::walk::{walk_expr, walk_expr_mut};
use crate::goast::{
    CallExpr, Decl, Expr, FieldRole, File, Ident, NameRole, Role, SelectorExpr, Stmt, SwitchStmt,
    Token, Visitor, VisitorMut,
};
use crate::rng::Rng;

/// A file of a phrase.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    /// The package clause.
    pub package: String,
    /// The Go release that it needs, 27 for Go 1.27.
    pub go_minor: u32,
    /// The language version of the file, if it asks for one.
    pub go_version: Option<String>,
    /// The imports.
    pub imports: Vec<Decl>,
    /// The other declarations.
    pub decls: Vec<Decl>,
    /// For each declaration, the package-level names that it declares.
    pub names: Vec<Vec<String>>,
    /// For each declaration, the others that it needs: what it names, and a type's methods.
    needs: Vec<Vec<usize>>,
    /// For each declaration, the names of [`IMPORTED`] that it uses.
    imported: Vec<Vec<String>>,
    /// For each declaration, its type holes.
    types: Vec<Vec<TypeHole>>,
}

/// The name by which the second file of a phrase knows the package of the first.
pub(crate) const IMPORTED: &str = "lib";

impl Text {
    /// Some declarations with everything that they need, in source order. `usable` decides whether
    /// a declaration may be taken.
    pub fn part(&self, rng: &mut Rng, usable: impl Fn(&Self, usize) -> bool) -> Vec<usize> {
        let mut wanted: Vec<usize> = (0..self.decls.len()).collect();
        rng.shuffle(&mut wanted);
        let most = match rng.below(16) {
            0 => wanted.len(),
            1..4 => 2,
            _ => 1,
        };
        let mut part = vec![false; self.decls.len()];
        for at in wanted.into_iter().take(most) {
            let mut with = part.clone();
            self.add(at, &mut with);
            if (0..with.len()).all(|i| !with[i] || part[i] || usable(self, i)) {
                part = with;
            }
        }
        (0..part.len()).filter(|&i| part[i]).collect()
    }

    fn add(&self, at: usize, part: &mut [bool]) {
        if !std::mem::replace(&mut part[at], true) {
            for &other in &self.needs[at] {
                self.add(other, part);
            }
        }
    }

    /// The names that a declaration takes from the imported package.
    pub fn imported(&self, decl: usize) -> &[String] {
        &self.imported[decl]
    }

    /// The type holes of a declaration.
    pub fn types(&self, decl: usize) -> &[TypeHole] {
        &self.types[decl]
    }

    /// The names that these declarations declare.
    pub fn names_of(&self, part: &[usize]) -> Vec<String> {
        part.iter().flat_map(|&at| self.names[at].clone()).collect()
    }
}

/// A hole that stands for a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TypeHole {
    Any,
    Any2,
    Key,
    Key2,
    Named,
}

impl TypeHole {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "any_" => TypeHole::Any,
            "any2_" => TypeHole::Any2,
            "key_" => TypeHole::Key,
            "key2_" => TypeHole::Key2,
            "named_" => TypeHole::Named,
            _ => return None,
        })
    }
}

/// Fills holes and names.
pub(crate) trait Filler {
    /// The source of random choices.
    fn rng(&mut self) -> &mut Rng;
    /// A type, the same one each time.
    fn typ(&mut self, hole: TypeHole) -> Expr;
    /// A value of any type.
    fn value(&mut self) -> Expr;
    /// A name of an imported package that is not exported.
    fn hidden(&mut self) -> Expr;
    /// The new name of something that the phrase declares; `None` to keep the name.
    fn rename(&mut self, name: &str) -> Option<String>;
    /// `package.name`, as it is written here; `None` to keep it.
    fn qualified(&mut self, package: &str, name: &str) -> Option<Expr>;
}

/// Reads the files of phrases by their paths. The JSON is part of the program.
pub(crate) fn read(json: &str) -> BTreeMap<String, Text> {
    let trees: BTreeMap<String, File> = serde_json::from_str(json).unwrap_or_default();
    trees.into_iter().map(|(path, file)| (path, text(file))).collect()
}

fn text(file: File) -> Text {
    let go_minor = file.name.0.strip_prefix("go1").and_then(|n| n.parse().ok()).unwrap_or(0);
    let (imports, decls): (Vec<Decl>, Vec<Decl>) = file.decls.into_iter().partition(is_import);
    let mut names: Vec<Vec<String>> = decls.iter().map(declared_names).collect();
    for declared in &mut names {
        declared.retain(|name| name != "_" && name != "init");
    }
    let home = |name: &String| names.iter().position(|names| names.contains(name));
    let mut needs = vec![Vec::new(); decls.len()];
    let (mut imported, mut types) = (Vec::new(), Vec::new());
    for (i, d) in decls.iter().enumerate() {
        let mut seen = Names::default();
        seen.decl(d);
        needs[i].extend(seen.all.iter().filter_map(home));
        if let Decl::FuncDecl(f) = d
            && let Some(receiver) = f.recv.iter().flatten().next()
        {
            let mut of = Names::default();
            of.field(receiver, FieldRole::Receiver);
            for base in of.all.iter().filter_map(home) {
                needs[base].push(i);
            }
        }
        seen.types.sort_unstable();
        seen.types.dedup();
        imported.push(seen.imported);
        types.push(seen.types);
    }
    Text {
        package: file.name.0,
        go_minor,
        go_version: file.go_version,
        imports,
        decls,
        names,
        needs,
        imported,
        types,
    }
}

/// The names in a declaration.
#[derive(Default)]
struct Names {
    all: Vec<String>,
    imported: Vec<String>,
    types: Vec<TypeHole>,
}

impl Visitor for Names {
    fn expr(&mut self, e: &Expr, role: Role) {
        match e {
            Expr::Ident(n) => match TypeHole::of(&n.0) {
                Some(hole) => self.types.push(hole),
                None => self.all.push(n.0.clone()),
            },
            Expr::SelectorExpr(s) => {
                if matches!(&*s.x, Expr::Ident(x) if x.0 == IMPORTED) {
                    self.imported.push(s.sel.0.clone());
                }
            }
            _ => {}
        }
        walk_expr(self, e, role);
    }
}

/// A declaration of a phrase with its holes filled.
pub(crate) fn fill(text: &Text, decl: usize, filler: &mut dyn Filler) -> Decl {
    let mut d = text.decls[decl].clone();
    Fill { text, filler }.decl(&mut d);
    d
}

struct Fill<'a> {
    text: &'a Text,
    filler: &'a mut dyn Filler,
}

const ARITH: &[Token] = &[Token::Add, Token::Sub, Token::Mul];
const BIT: &[Token] = &[Token::And, Token::Or, Token::Xor, Token::AndNot];
const SHIFT: &[Token] = &[Token::Shl, Token::Shr];
const CMP: &[Token] = &[Token::Lss, Token::Leq, Token::Gtr, Token::Geq];
const EQ: &[Token] = &[Token::Eql, Token::Neq];
const LOGIC: &[Token] = &[Token::LAnd, Token::LOr];

/// Large numbers at which something changes: the sizes of types and what a `float64` holds.
const BIG: [u64; 6] =
    [0x7fff_ffff, 0x8000_0000, 1 << 40, (1 << 53) + 1, 1 << 62, 0x7fff_ffff_ffff_ffff];

/// The operators that a hole with this name stands for.
fn operators(name: &str) -> Option<&'static [Token]> {
    Some(match name {
        "arith_" => ARITH,
        "bit_" => BIT,
        "shift_" => SHIFT,
        "cmp_" => CMP,
        "eq_" => EQ,
        "logic_" => LOGIC,
        _ => return None,
    })
}

impl Fill<'_> {
    /// What a name stands for; `None` if it stands for itself.
    fn hole(&mut self, name: &str) -> Option<Expr> {
        if let Some(hole) = TypeHole::of(name) {
            return Some(self.filler.typ(hole));
        }
        match name {
            "lit_" => Some(int(self.filler.rng().below(10) as u64)),
            "big_" => Some(int(BIG[self.filler.rng().below(BIG.len())])),
            "value_" => Some(self.filler.value()),
            "hidden_" => Some(self.filler.hidden()),
            _ => None,
        }
    }

    fn renamed(&mut self, name: &mut Ident) {
        if self.text.names.iter().flatten().any(|declared| *declared == name.0)
            && let Some(new) = self.filler.rename(&name.0)
        {
            name.0 = new;
        }
    }

    /// `op_(x, y)` as an operation.
    fn operation(&mut self, c: &mut CallExpr) -> Option<Expr> {
        let Expr::Ident(fun) = &*c.fun else { return None };
        let ops = operators(&fun.0)?;
        let op = ops[self.filler.rng().below(ops.len())];
        let y = c.args.pop()?;
        Some(paren(binary(c.args.pop()?, op, y)))
    }

    /// The statements of one clause of `switch pick_ { … }`.
    fn picked(&mut self, s: &mut Stmt) -> Option<Vec<Stmt>> {
        let Stmt::SwitchStmt(SwitchStmt { tag: Some(Expr::Ident(tag)), body, .. }) = s else {
            return None;
        };
        if tag.0 != "pick_" || body.is_empty() {
            return None;
        }
        let at = self.filler.rng().below(body.len());
        Some(std::mem::take(&mut body[at].body))
    }
}

impl VisitorMut for Fill<'_> {
    fn expr(&mut self, e: &mut Expr, role: Role) {
        let filled = match e {
            Expr::Ident(n) => {
                self.renamed(n);
                let name = n.0.ends_with('_').then(|| n.0.clone());
                name.and_then(|name| self.hole(&name))
            }
            Expr::SelectorExpr(SelectorExpr { x, sel }) => match &**x {
                Expr::Ident(package) => self.filler.qualified(&package.0, &sel.0),
                _ => None,
            },
            Expr::CallExpr(c) => {
                let made = self.operation(c);
                if let Some(made) = made {
                    *e = made;
                }
                None
            }
            _ => None,
        };
        match filled {
            Some(filled) => *e = filled,
            None => walk_expr_mut(self, e, role),
        }
    }

    fn stmts(&mut self, list: &mut Vec<Stmt>) {
        let mut at = 0;
        while at < list.len() {
            match self.picked(&mut list[at]) {
                Some(chosen) => {
                    list.splice(at..=at, chosen);
                }
                None => at += 1,
            }
        }
        for s in list {
            self.stmt(s);
        }
    }

    fn name(&mut self, name: &mut Ident, role: NameRole) {
        if !matches!(role, NameRole::Method | NameRole::Label | NameRole::LabelUse) {
            self.renamed(name);
        }
    }
}

/// Checks that trees are those of the text, whatever the layout.
#[cfg(test)]
pub(crate) fn assert_same(txtar: &str, json: &str) {
    let trees: BTreeMap<String, File> = serde_json::from_str(json).unwrap();
    // Layout differs in white space, semicolons, commas at the end of lists, and parentheses.
    let essence = |text: &str| -> String {
        text.chars().filter(|c| !c.is_whitespace() && !";,()".contains(*c)).collect()
    };
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    let mut name = None;
    for line in txtar.lines() {
        match line.strip_prefix("-- ").and_then(|l| l.strip_suffix(" --")) {
            Some(path) => name = Some(path),
            None => {
                if let Some(name) = name {
                    *files.entry(name).or_default() += &format!("{line}\n");
                }
            }
        }
    }
    assert_eq!(files.len(), trees.len());
    for (path, tree) in &trees {
        assert_eq!(essence(&tree.print()), essence(&files[path.as_str()]), "{path}");
    }
}
