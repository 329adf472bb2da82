//! Determines the features of a program from its trees.

mod code;
mod names;
mod types;

use std::collections::{BTreeMap, BTreeSet};

use super::features::Feature;
use crate::goast::scope::flatten;
use crate::goast::walk::walk_file;
use crate::goast::{Decl, Expr, ImportSpec, Role, Spec, Visitor};
use crate::testcase::Package;

impl Feature {
    /// The features of a program.
    #[must_use]
    pub fn of(packages: &[Package]) -> BTreeSet<Feature> {
        features(packages)
    }
}

fn features(packages: &[Package]) -> BTreeSet<Feature> {
    let mut all = BTreeSet::new();
    let mut importers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut generic_funcs: BTreeMap<&str, usize> = BTreeMap::new();
    let mut generic_aliases = BTreeSet::new();
    let mut aliases = BTreeSet::new();
    for p in packages {
        for spec in specs(p) {
            match spec {
                Spec::ImportSpec(x) => {
                    importers.entry(&x.path).or_default().push(&p.path);
                    import(x, &mut all);
                }
                Spec::TypeSpec(t) if t.assign => {
                    aliases.insert((p.path.as_str(), t.name.0.as_str()));
                    if !t.type_params.is_empty() {
                        generic_aliases.insert(t.name.0.as_str());
                    }
                }
                _ => {}
            }
        }
        for d in p.files.iter().flat_map(|f| &f.tree.decls) {
            if let Decl::FuncDecl(f) = d
                && f.recv.is_none()
                && !f.typ.type_params.is_empty()
            {
                // Functions of two packages may share a name: the lesser counts.
                let arity = flatten(&f.typ.type_params).len();
                let least = generic_funcs.entry(&f.name.0).or_insert(arity);
                *least = arity.min(*least);
            }
        }
        if p.files.len() > 1 {
            all.insert(Feature::TwoFiles);
        }
    }
    for (path, by) in &importers {
        if *path != "unsafe" && by.len() > 1 {
            all.insert(Feature::Diamond);
        }
        if by.iter().any(|p| importers.contains_key(p)) && *path != "unsafe" {
            all.insert(Feature::ImportChain);
        }
    }
    let (mut open, mut closed) = (BTreeSet::new(), BTreeSet::new());
    for p in packages {
        let mut r = Reader {
            found: &mut all,
            generic_funcs: &generic_funcs,
            generic_aliases: &generic_aliases,
            aliases: &aliases,
            path: &p.path,
            open: &mut open,
            closed: &mut closed,
            generic: String::new(),
            params: BTreeSet::new(),
            instances: BTreeMap::new(),
            mentions: BTreeSet::new(),
            in_method: false,
            in_generic: false,
            in_func: false,
        };
        r.package(p);
    }
    if !open.is_disjoint(&closed) {
        all.insert(Feature::SubstitutedInstance);
    }
    all
}

fn specs(p: &Package) -> impl Iterator<Item = &Spec> {
    p.files.iter().flat_map(|f| &f.tree.decls).flat_map(|d| match d {
        Decl::GenDecl(g) => g.specs.as_slice(),
        Decl::FuncDecl(_) => &[],
    })
}

fn import(x: &ImportSpec, all: &mut BTreeSet<Feature>) {
    match &x.name {
        Some(n) if n.0 == "." => all.insert(Feature::DotImport),
        Some(_) => all.insert(Feature::RenamedImport),
        None => false,
    };
}

struct Reader<'a> {
    found: &'a mut BTreeSet<Feature>,
    /// With the number of type parameters.
    generic_funcs: &'a BTreeMap<&'a str, usize>,
    generic_aliases: &'a BTreeSet<&'a str>,
    /// Packages' paths with their aliases' names.
    aliases: &'a BTreeSet<(&'a str, &'a str)>,
    /// The package's path.
    path: &'a str,
    /// Generic types whose declaration or methods mention an instance of another generic type over
    /// their own type parameters.
    open: &'a mut BTreeSet<String>,
    /// Generic types that have an instance without type parameters in its arguments.
    closed: &'a mut BTreeSet<String>,
    /// The type whose declaration or method is being read, with its type parameters.
    generic: String,
    params: BTreeSet<String>,
    /// Printed instances by generic type.
    instances: BTreeMap<String, BTreeSet<String>>,
    /// Names that the current declaration mentions.
    mentions: BTreeSet<String>,
    in_method: bool,
    in_generic: bool,
    in_func: bool,
}

impl Reader<'_> {
    fn has(&mut self, f: Feature) {
        self.found.insert(f);
    }

    /// From here on, the code belongs to a type with these type parameters.
    fn enter(&mut self, generic: &str, params: impl IntoIterator<Item = String>) {
        generic.clone_into(&mut self.generic);
        self.params = params.into_iter().collect();
    }

    /// Whether a name is that of an alias or of an instance of one.
    fn is_alias(&self, e: &Expr) -> bool {
        let Some(name) = names::name_of(e) else { return false };
        let foreign = e.print().contains('.');
        self.aliases.iter().any(|a| a.1 == name && (a.0 == self.path) != foreign)
    }

    fn package(&mut self, p: &Package) {
        let mut mentions: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let mut vars: Vec<(&str, BTreeSet<String>)> = Vec::new();
        for f in &p.files {
            if f.tree.go_version.is_some() {
                self.has(Feature::FileVersion);
            }
            walk_file(self, &f.tree);
        }
        for spec in specs(p) {
            self.mentions.clear();
            self.in_func = true; // Counted above already.
            match spec {
                Spec::TypeSpec(t) => {
                    self.expr(&t.typ, Role::Type);
                    mentions.insert(&t.name.0, std::mem::take(&mut self.mentions));
                }
                Spec::ValueSpec(v) => {
                    for x in &v.values {
                        self.expr(x, Role::Value);
                    }
                    vars.extend(
                        v.names.first().map(|n| (n.0.as_str(), std::mem::take(&mut self.mentions))),
                    );
                }
                Spec::ImportSpec(_) => {}
            }
        }
        for (name, seen) in &mentions {
            if seen.contains(*name) {
                self.has(Feature::RecursiveType);
            }
            let back = |other: &String| {
                other != name && mentions.get(other.as_str()).is_some_and(|m| m.contains(*name))
            };
            if seen.iter().any(back) {
                self.has(Feature::MutualRecursion);
            }
        }
        let users: Vec<&str> = functions_that_mention(p, &vars);
        if vars.iter().any(|(_, seen)| users.iter().any(|f| seen.contains(*f))) {
            self.has(Feature::InitializationThroughFunction);
        }
        for (i, (_, seen)) in vars.iter().enumerate() {
            if vars[i + 1..].iter().any(|(later, _)| seen.contains(*later)) {
                self.has(Feature::Initialization);
            }
        }
        if self.instances.values().any(|of| of.len() >= 3) {
            self.has(Feature::ManyInstances);
        }
    }
}

/// The package's functions whose bodies mention one of its variables.
fn functions_that_mention<'a>(p: &'a Package, vars: &[(&str, BTreeSet<String>)]) -> Vec<&'a str> {
    struct Search<'a>(&'a [(&'a str, BTreeSet<String>)], bool);
    impl Visitor for Search<'_> {
        fn expr(&mut self, e: &Expr, role: Role) {
            self.1 |= matches!(e, Expr::Ident(n) if self.0.iter().any(|v| v.0 == n.0));
            crate::goast::walk::walk_expr(self, e, role);
        }
    }
    let mut out = Vec::new();
    for d in p.files.iter().flat_map(|f| &f.tree.decls) {
        if let Decl::FuncDecl(f) = d
            && f.recv.is_none()
            && let Some(body) = &f.body
        {
            let mut search = Search(vars, false);
            search.block(body);
            if search.1 {
                out.push(f.name.0.as_str());
            }
        }
    }
    out
}
