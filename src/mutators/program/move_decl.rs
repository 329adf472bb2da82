//! Move a declaration to another package.

use std::collections::BTreeSet;

use super::super::{Context, Operator};
use crate::edit::MAX_PACKAGES;
use crate::edit::address::{self, Address};
use crate::edit::references::{on_uses, rename};
use crate::edit::repair::sort_packages;
use crate::edit::symbols::Symbols;
use crate::edit::walk::{Next, Site, walk_decl};
use crate::goast::build::{ident, selector};
use crate::goast::scope::{is_exported, method_base};
use crate::goast::{Decl, Expr, File, Ident};
use crate::testcase::{Package, PackageFile, TestCase};

/// Moves a declaration, with its methods and the declarations of its package that it needs, into
/// another package or a new one, which the old package then imports.
#[derive(Clone, Copy, Debug)]
pub struct MoveDecl;

/// The maximum number of declarations that move together.
const TOGETHER: usize = 6;

impl Operator for MoveDecl {
    fn apply(&self, case: &mut TestCase, cx: &mut Context<'_>) -> bool {
        let symbols = Symbols::new(case);
        let movable: Vec<Address> = address::all(case)
            .into_iter()
            .filter(|a| {
                let names = address::names(case, *a);
                names.len() == 1 && !matches!(names[0].as_str(), "_" | "init" | "main")
            })
            .collect();
        let Some(&at) = cx.rng.choose(&movable) else { return false };
        let Some(first) = address::names(case, at).into_iter().next() else { return false };
        let Some(moving) = closure(case, &symbols, at.package, first) else { return false };
        let targets: Vec<usize> = (0..case.packages.len())
            .filter(|&p| p != at.package && !symbols.depends(p, at.package))
            .filter(|&p| {
                // A name that exists there would be declared twice.
                !moving.iter().any(|n| symbols.object(p, &upper(n)).is_some())
            })
            .collect();
        let new = case.packages.len() < MAX_PACKAGES && cx.rng.chance(30);
        let target = match cx.rng.choose(&targets) {
            Some(&target) if !new => target,
            _ if case.packages.len() < MAX_PACKAGES => add_package(case, &symbols),
            _ => return false,
        };
        let symbols = Symbols::new(case);
        let moved = move_all(case, &symbols, at.package, target, &moving);
        sort_packages(case);
        moved
    }
}

/// Adds an empty package at the end and returns its index.
fn add_package(case: &mut TestCase, symbols: &Symbols) -> usize {
    let name = symbols.fresh("moved");
    let tree = File { name: Ident(name.clone()), go_version: None, decls: Vec::new() };
    let files = vec![PackageFile { name: format!("{name}.go"), tree }];
    case.packages.push(Package { path: name, files });
    case.packages.len() - 1
}

fn upper(name: &str) -> String {
    if is_exported(name) {
        return name.to_owned();
    }
    let mut chars = name.trim_start_matches('_').chars();
    match chars.next() {
        Some(c) if c.is_alphabetic() => c.to_uppercase().chain(chars).collect(),
        _ => format!("X{}", name.trim_start_matches('_')),
    }
}

/// The name, and all names of the package that its declaration needs; `None` if there are too many
/// or they cannot move.
pub(super) fn closure(
    case: &TestCase,
    symbols: &Symbols,
    package: usize,
    first: String,
) -> Option<BTreeSet<String>> {
    let mut moving = BTreeSet::new();
    let mut todo = vec![first];
    while let Some(name) = todo.pop() {
        if !moving.insert(name.clone()) {
            continue;
        }
        if moving.len() > TOGETHER {
            return None;
        }
        for (file, f) in case.packages.get(package)?.files.iter().enumerate() {
            for d in &f.tree.decls {
                if declares(d, &name) {
                    todo.extend(needs(d, symbols, package, file)?);
                }
            }
        }
    }
    Some(moving)
}

/// Whether the declaration declares the name or a method on it.
pub(super) fn declares(d: &Decl, name: &str) -> bool {
    match d {
        Decl::FuncDecl(f) if f.recv.is_some() => method_base(f) == Some(name),
        Decl::FuncDecl(f) => f.name.0 == name,
        Decl::GenDecl(g) => g.specs.iter().any(|s| match s {
            crate::goast::Spec::TypeSpec(t) => t.name.0 == name,
            crate::goast::Spec::ValueSpec(v) => v.names.iter().any(|n| n.0 == name),
            crate::goast::Spec::ImportSpec(_) => false,
        }),
    }
}

/// Objects of the package that a declaration uses. `None` if it uses an
/// import: its new file may not have it.
fn needs(d: &Decl, symbols: &Symbols, package: usize, file: usize) -> Option<Vec<String>> {
    let (mut out, mut ok) = (Vec::new(), true);
    // Groups, and specs with several names, stay where they are.
    if let Decl::GenDecl(g) = d
        && g.specs.len() != 1
    {
        return None;
    }
    walk_decl(&mut d.clone(), symbols, (package, file), |site, env| {
        if let Site::Expr(e, _) = site {
            match e {
                Expr::Ident(id) => {
                    if let Some(crate::edit::env::Found::Object(p, _)) = env.lookup(&id.0) {
                        ok &= p == package;
                        out.push(id.0.clone());
                    }
                }
                Expr::SelectorExpr(_) if env.resolve(e).is_some() => ok = false,
                _ => {}
            }
        }
        Next::In
    });
    ok.then_some(out)
}

fn move_all(
    case: &mut TestCase,
    symbols: &Symbols,
    from: usize,
    to: usize,
    moving: &BTreeSet<String>,
) -> bool {
    for name in moving.iter().filter(|n| !is_exported(n)) {
        rename(case, symbols, from, name, &upper(name));
    }
    let moving: BTreeSet<String> = moving.iter().map(|n| upper(n)).collect();
    let mut moved = Vec::new();
    for file in &mut case.packages[from].files {
        let decls = std::mem::take(&mut file.tree.decls);
        for d in decls {
            if moving.iter().any(|n| declares(&d, n)) {
                moved.push(d);
            } else {
                file.tree.decls.push(d);
            }
        }
    }
    if moved.is_empty() {
        return false;
    }
    qualify(case, from, to, &moving, &moved);
    address::append(case, to, 0, moved);
    true
}

/// Makes uses in the old package and in its importers name the new package.
fn qualify(case: &mut TestCase, from: usize, to: usize, moving: &BTreeSet<String>, moved: &[Decl]) {
    // The symbols before the move, under the new names, for resolving names.
    let mut old = case.clone();
    address::append(&mut old, from, 0, moved.iter().cloned());
    let before = Symbols::new(&old);
    let mut users = BTreeSet::new();
    for name in moving {
        on_uses(case, &before, from, name, |_, _, env| {
            users.insert((env.package, env.file));
        });
    }
    let mut locals = Vec::new();
    for &(package, file) in users.iter().filter(|(p, _)| *p != to) {
        // The old symbols do not have the import that is added.
        if let Some(local) = address::ensure_import(case, &before, package, file, to) {
            locals.push(((package, file), local));
        }
    }
    for name in moving {
        on_uses(case, &before, from, name, |e, _, env| {
            let at = (env.package, env.file);
            let new = match locals.iter().find(|(f, _)| *f == at) {
                Some((_, local)) => selector(ident(local), name),
                None if env.package == to => ident(name),
                None => return,
            };
            replace_name(e, new);
        });
    }
}

/// Replaces the name of a use and leaves its type arguments.
fn replace_name(e: &mut Expr, new: Expr) {
    match e {
        Expr::IndexExpr(i) => *i.x = new,
        Expr::IndexListExpr(i) => *i.x = new,
        _ => *e = new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mutators::test_support::example;

    #[test]
    fn example_of_what_it_does() {
        let want = r#"
-type Pair[K comparable, V any] struct {
-	Key K
-	Val V
-}
-
+-- b/b.go --
+package b
+
+import "lib"
+
+type Named lib.Shape
+
+var All = []lib.Shape{lib.Square{}}
+var One = lib.Map("1", len)
+
+func Len(l *lib.List[int]) int {
+	if l == nil {
+		return 0
+	}
+	return 1 + Len(l.Next)
+}
+-- moved1/moved1.go --
+package moved1
+
+type Pair[K comparable, V any] struct {
+	Key K
+	Val V
+}
+import "moved1"
-	Data        lib.Pair[string, lib.Ints]
+	Data        moved1.Pair[string, lib.Ints]
--- b/b.go --
-package b
-
-import "lib"
-
-type Named lib.Shape
-
-var All = []lib.Shape{lib.Square{}}
-var One = lib.Map("1", len)
-
-func Len(l *lib.List[int]) int {
-	if l == nil {
-		return 0
-	}
-	return 1 + Len(l.Next)
-}
"#;
        example(&MoveDecl, 8, want);
    }
}
