//! Insert code with a type error, chosen by the error's code.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::super::{Context, Operator};
use crate::edit::address;
use crate::edit::env::Env;
use crate::edit::phrase::{self, Filler, Text, TypeHole};
use crate::edit::symbols::Symbols;
use crate::edit::types::{basic, named_type, some_type};
use crate::goast::build::{ident, int, selector};
use crate::goast::scope::{ObjectKind, is_exported};
use crate::goast::{Decl, Expr, File, Stmt};
use crate::rng::Rng;
use crate::testcase::{PackageFile, TestCase};

/// Adds declarations that provoke an error of go/types, with types and values of the program in
/// them. Chance seldom meets the rarer error paths. The table is `errors/errors.txtar`.
#[derive(Clone, Copy, Debug)]
pub struct ProvokeError;

/// The code's texts, by the code.
fn table() -> &'static [(String, Vec<Text>)] {
    static TABLE: OnceLock<Vec<(String, Vec<Text>)>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut codes: BTreeMap<String, Vec<Text>> = BTreeMap::new();
        for (path, text) in phrase::read(include_str!("errors/errors.json")) {
            let code = path.split('/').next().unwrap_or_default().to_owned();
            codes.entry(code).or_default().push(text);
        }
        codes.into_iter().collect()
    })
}

impl Operator for ProvokeError {
    fn is_repairable(&self) -> bool {
        false
    }

    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let Some((_, texts)) = cx.rng.choose(table()) else { return false };
        let Some(text) = cx.rng.choose(texts) else { return false };
        let symbols = Symbols::new(case);
        let package = cx.rng.below(case.packages.len());
        let Some(files) = case.packages.get(package).map(|p| p.files.len()) else { return false };
        let file = cx.rng.below(files);
        let env = Env::new(&symbols, package, file);
        let whole = cx.rng.chance(25);
        let part: Vec<usize> = match whole {
            true => (0..text.decls.len()).collect(),
            false => text.part(cx.rng, |_, _| true),
        };
        let mut filler =
            FromProgram { env: &env, rng: cx.rng, types: Vec::new(), names: BTreeMap::new() };
        let mut decls: Vec<Decl> =
            part.iter().map(|&at| phrase::fill(text, at, &mut filler)).collect();
        if !whole {
            decls.iter_mut().for_each(|d| thin(d, cx.rng));
        }
        let files = &mut case.packages[package].files;
        match text.package.as_str() {
            "main" => files.iter_mut().for_each(|f| f.tree.name = text.package.as_str().into()),
            "other" => {
                let tree = File {
                    name: text.package.as_str().into(),
                    go_version: text.go_version.clone(),
                    decls,
                };
                files.push(PackageFile { name: "other.go".to_owned(), tree });
                return true;
            }
            _ => {}
        }
        let tree = &mut files[file].tree;
        for import in &text.imports {
            if !tree.decls.contains(import) {
                tree.decls.insert(0, import.clone());
            }
        }
        if text.go_version.is_some() {
            tree.go_version.clone_from(&text.go_version);
        }
        address::append(case, package, file, decls);
        true
    }
}

/// Removes about half of the statements of a long body, so that each error is now and then the
/// first one.
fn thin(d: &mut Decl, rng: &mut Rng) {
    if let Decl::FuncDecl(f) = d
        && let Some(body) = &mut f.body
        && body.list.len() > 2
    {
        body.list.retain(|s| matches!(s, Stmt::ReturnStmt(_)) || rng.chance(50));
    }
}

/// Fills holes with what is in scope.
struct FromProgram<'a, 's> {
    env: &'a Env<'s>,
    rng: &'a mut Rng,
    types: Vec<(TypeHole, Expr)>,
    names: BTreeMap<String, String>,
}

impl Filler for FromProgram<'_, '_> {
    fn rng(&mut self) -> &mut Rng {
        self.rng
    }

    fn typ(&mut self, hole: TypeHole) -> Expr {
        if let Some(known) = self.types.iter().find(|t| t.0 == hole) {
            return known.1.clone();
        }
        let named = match hole {
            TypeHole::Any | TypeHole::Any2 => Some(some_type(self.env, self.rng, 1)),
            TypeHole::Key | TypeHole::Key2 => None,
            TypeHole::Named => named_type(self.env, self.rng, 1),
        };
        let typ = named.unwrap_or_else(|| basic(self.rng));
        self.types.push((hole, typ.clone()));
        typ
    }

    fn value(&mut self) -> Expr {
        let choices = self.env.choices();
        let vars: Vec<_> = choices.iter().filter(|c| c.kind == ObjectKind::Var).collect();
        self.rng.choose(&vars).map_or_else(|| int(0), |c| c.expr.clone())
    }

    fn hidden(&mut self) -> Expr {
        let packages = self.env.imports().into_iter().flat_map(|i| &i.packages);
        let names: Vec<Expr> = packages
            .flat_map(|(local, &p)| {
                let objects = self.env.symbols.packages[p].scope.objects.keys();
                let hidden = objects.filter(|name| !is_exported(name));
                hidden.map(move |name| selector(ident(local), name))
            })
            .collect();
        self.rng.choose(&names).cloned().unwrap_or_else(|| ident("hidden"))
    }

    fn rename(&mut self, name: &str) -> Option<String> {
        let symbols = self.env.symbols;
        let new = self.names.entry(name.to_owned()).or_insert_with(|| match name {
            // Names that are errors.
            "main" | "unsafe" => name.to_owned(),
            _ => symbols.fresh(&format!("{name}x")),
        });
        Some(new.clone())
    }

    fn qualified(&mut self, _: &str, _: &str) -> Option<Expr> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn trees_are_those_of_the_text() {
        phrase::assert_same(
            include_str!("errors/errors.txtar"),
            include_str!("errors/errors.json"),
        );
    }

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
+var e1x1 = []Pair[int, uint]{}[2:1]
+var e2x1 = "abc"[3:0] + e3x1[3+1 : 0-9][3:2]
+var e3x1 string
+var e4x1 = []Pair[int, uint]{}[3:2:1]
+var e5x1 = new([9]Pair[int, uint])[1:5:4]
"#;
        example(&ProvokeError, 1, want);
    }
}
