//! Reads the features of a program off its trees.

use std::collections::{BTreeMap, BTreeSet};

use super::features::Feature;
use crate::goast::walk::{walk_expr, walk_field, walk_file, walk_func_type, walk_spec, walk_stmt};
use crate::goast::{
    BranchTok, ChanDir, Decl, Expr, Field, FieldRole, FuncDecl, FuncType, GenDecl, ImportSpec,
    Role, Spec, Stmt, Token, TypeSpec, Visitor,
};
use crate::testcase::Package;

/// The features of a program.
pub(super) fn features(packages: &[Package]) -> BTreeSet<Feature> {
    let mut all = BTreeSet::new();
    let mut importers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut generic_funcs = BTreeSet::new();
    let mut generic_aliases = BTreeSet::new();
    let mut aliases = BTreeSet::new();
    for p in packages {
        for spec in specs(p) {
            match spec {
                Spec::ImportSpec(x) => {
                    importers.entry(&x.path).or_default().push(&p.path);
                    import(x, &mut all);
                }
                Spec::TypeSpec(t) if t.assign && !t.type_params.is_empty() => {
                    generic_aliases.insert(t.name.0.as_str());
                }
                Spec::TypeSpec(t) if t.assign => {
                    aliases.insert((p.path.as_str(), t.name.0.as_str()));
                }
                _ => {}
            }
        }
        for d in p.files.iter().flat_map(|f| &f.tree.decls) {
            if let Decl::FuncDecl(f) = d
                && f.recv.is_none()
                && !f.typ.type_params.is_empty()
            {
                generic_funcs.insert(f.name.0.as_str());
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
    for p in packages {
        let mut r = Reader {
            found: &mut all,
            generic_funcs: &generic_funcs,
            generic_aliases: &generic_aliases,
            aliases: aliases.iter().filter(|a| a.0 == p.path).map(|a| a.1).collect(),
            instances: BTreeMap::new(),
            mentions: BTreeSet::new(),
            in_method: false,
            in_generic: false,
            in_func: false,
        };
        r.package(p);
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
    generic_funcs: &'a BTreeSet<&'a str>,
    generic_aliases: &'a BTreeSet<&'a str>,
    /// The package's aliases without type parameters.
    aliases: BTreeSet<&'a str>,
    /// Printed instances by generic type.
    instances: BTreeMap<String, BTreeSet<String>>,
    /// Names that the declaration at hand mentions.
    mentions: BTreeSet<String>,
    in_method: bool,
    in_generic: bool,
    in_func: bool,
}

impl Reader<'_> {
    fn has(&mut self, f: Feature) {
        self.found.insert(f);
    }

    fn package(&mut self, p: &Package) {
        let mut mentions: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        let mut vars: Vec<(&str, BTreeSet<String>)> = Vec::new();
        for f in &p.files {
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
        for (i, (_, seen)) in vars.iter().enumerate() {
            if vars[i + 1..].iter().any(|(later, _)| seen.contains(*later)) {
                self.has(Feature::Initialization);
            }
        }
        if self.instances.values().any(|of| of.len() >= 3) {
            self.has(Feature::ManyInstances);
        }
    }

    fn type_spec(&mut self, t: &TypeSpec) {
        use Feature as F;
        let generic = !t.type_params.is_empty();
        let first = match (t.assign, generic) {
            (true, true) => F::GenericAlias,
            (true, false) => F::Alias,
            (false, true) => F::GenericType,
            (false, false) => return self.plain_type_spec(t),
        };
        self.has(first);
        self.plain_type_spec(t);
    }

    fn plain_type_spec(&mut self, t: &TypeSpec) {
        use Feature as F;
        if t.type_params.iter().any(|p| name_of(&p.typ) == Some(&t.name.0)) {
            self.has(F::RecursiveConstraint);
        }
        if is_hidden(&t.name.0) {
            self.has(F::Hidden);
        }
        if self.in_func {
            self.has(F::LocalType);
        }
        if t.assign {
            return;
        }
        let form = match &t.typ {
            Expr::StructType(_) => Some(F::StructType),
            Expr::StarExpr(_) => Some(F::PointerType),
            Expr::ArrayType(a) if a.len.is_none() => Some(F::SliceType),
            Expr::ArrayType(_) => Some(F::ArrayType),
            Expr::MapType(_) => Some(F::MapType),
            Expr::ChanType(_) => Some(F::ChanType),
            Expr::FuncType(_) => Some(F::FuncType),
            Expr::InterfaceType(i) => {
                let set = |m: &Field| {
                    m.names.is_empty() && matches!(m.typ, Expr::UnaryExpr(_) | Expr::BinaryExpr(_))
                };
                let constraint = i.methods.iter().any(set);
                Some(if constraint { F::ConstraintType } else { F::InterfaceType })
            }
            x => name_of(x)
                .filter(|n| n.starts_with(|c: char| c.is_ascii_uppercase()))
                .map(|_| F::Definition),
        };
        if let Some(form) = form {
            self.has(form);
        }
    }

    fn method(&mut self, f: &FuncDecl, recv: &Field) {
        use Feature as F;
        if !f.typ.type_params.is_empty() {
            self.has(F::GenericMethod);
        }
        let pointer = matches!(recv.typ, Expr::StarExpr(_));
        self.has(if pointer { F::PointerReceiver } else { F::ValueReceiver });
        let text = recv.typ.print();
        if self.aliases.contains(text.trim_start_matches('*')) {
            self.has(F::AliasReceiver);
        }
        if ["T1", "P1", "Q1"].iter().any(|p| text.contains(p)) {
            self.has(F::RenamedReceiver);
        }
        for x in f.typ.params.iter().chain(&f.typ.results) {
            let text = x.typ.print();
            if self.generic_aliases.iter().any(|a| text.contains(&format!("{a}["))) {
                self.has(F::AliasInSignature);
            }
        }
    }

    fn instance(&mut self, generic: &Expr, args: &[Expr], role: Role) {
        use Feature as F;
        let Some(name) = name_of(generic) else { return };
        if !(role.is_type() || args.iter().any(is_type_form)) {
            return;
        }
        let text: Vec<String> = args.iter().map(Expr::print).collect();
        self.instances.entry(name.to_owned()).or_default().insert(text.join(","));
        if self.in_method {
            self.has(F::InstanceInSignature);
        }
        if role == Role::Constraint {
            self.has(F::GenericConstraint);
        }
        if role == Role::Embedded {
            self.has(F::EmbeddedInstance);
        }
        let nested = |a: &Expr| matches!(a, Expr::IndexExpr(_) | Expr::IndexListExpr(_));
        if args.iter().any(nested) {
            self.has(F::NestedInstance);
        }
    }

    fn type_param(&mut self, f: &Field) {
        use Feature as F;
        let text = f.typ.print();
        let own = f.names.first().map_or("", |n| n.0.as_str());
        if let Expr::InterfaceType(i) = &f.typ {
            if !i.methods.is_empty() && text.contains(&format!("({own})")) {
                self.has(F::SelfConstraint);
            }
            let pointer = i.methods.iter().any(|m| matches!(m.typ, Expr::StarExpr(_)));
            if pointer && i.methods.len() > 1 {
                self.has(F::PointerConstraint);
            }
        }
        if text.starts_with("~[]") || text.starts_with("~map") || text.starts_with("~func") {
            self.has(F::CoreConstraint);
        }
        if text == "comparable" {
            self.has(F::Comparable);
        }
    }
}

impl Visitor for Reader<'_> {
    fn decl(&mut self, d: &Decl) {
        self.in_func = false;
        match d {
            Decl::GenDecl(g) => self.gen_decl(g),
            Decl::FuncDecl(f) => {
                let generic = !f.typ.type_params.is_empty();
                match f.recv.as_deref() {
                    Some([recv]) => {
                        self.method(f, recv);
                        self.expr(&recv.typ, Role::Receiver);
                        self.in_method = true;
                    }
                    _ if generic => self.has(Feature::GenericFunction),
                    _ => {}
                }
                self.in_generic = generic;
                self.func_type(&f.typ);
                self.in_method = false;
                self.in_func = true;
                if let Some(b) = &f.body {
                    self.block(b);
                }
                self.in_generic = false;
            }
        }
    }

    fn gen_decl(&mut self, d: &GenDecl) {
        for s in &d.specs {
            match s {
                Spec::TypeSpec(t) => {
                    self.type_spec(t);
                    self.in_generic |= !t.type_params.is_empty();
                    walk_spec(self, s);
                    self.in_generic = self.in_func && self.in_generic;
                }
                Spec::ValueSpec(v) => {
                    if v.names.iter().any(|n| n.0 == "_") && v.typ.is_some() {
                        self.has(Feature::BlankAssignment);
                    }
                    walk_spec(self, s);
                }
                Spec::ImportSpec(_) => {}
            }
        }
    }

    fn func_type(&mut self, f: &FuncType) {
        if f.results.len() > 1 {
            self.has(Feature::MultipleResults);
        }
        walk_func_type(self, f);
    }

    fn field(&mut self, f: &Field, role: FieldRole) {
        use Feature as F;
        match role {
            FieldRole::TypeParam => self.type_param(f),
            FieldRole::Struct if f.names.is_empty() => {
                self.has(F::EmbeddedField);
                let inner = match &f.typ {
                    Expr::StarExpr(p) => {
                        self.has(F::EmbeddedPointer);
                        &*p.x
                    }
                    x => x,
                };
                if inner.print().contains('.') {
                    self.has(F::EmbeddedForeign);
                }
            }
            FieldRole::Struct => {
                let text = f.typ.print();
                if self.generic_aliases.iter().any(|a| text.contains(&format!("{a}["))) {
                    self.has(F::AliasInField);
                }
                if f.names.iter().any(|n| is_hidden(&n.0)) {
                    self.has(F::Hidden);
                }
            }
            FieldRole::Interface if f.names.is_empty() => {
                let named = name_of(&f.typ)
                    .is_some_and(|n| n.starts_with(|c: char| c.is_ascii_uppercase()));
                if named {
                    self.has(F::EmbeddedInterface);
                }
            }
            _ => {}
        }
        walk_field(self, f, role);
    }

    fn stmt(&mut self, s: &Stmt) {
        use Feature as F;
        let found = match s {
            Stmt::LabeledStmt(_) => Some(F::Labels),
            Stmt::BranchStmt(b) if b.tok == BranchTok::Goto => Some(F::Goto),
            Stmt::TypeSwitchStmt(_) => Some(F::TypeSwitch),
            Stmt::SwitchStmt(_) => Some(F::Switch),
            Stmt::SelectStmt(_) => Some(F::Select),
            Stmt::GoStmt(_) => Some(F::Go),
            Stmt::DeferStmt(_) => Some(F::Defer),
            Stmt::RangeStmt(r) => match (&r.x, &r.value) {
                (Expr::BasicLit(_), _) => Some(F::RangeInteger),
                (Expr::FuncLit(_), _) => Some(F::RangeFunction),
                (Expr::ParenExpr(p), _) if matches!(*p.x, Expr::FuncLit(_)) => {
                    Some(F::RangeFunction)
                }
                (_, Some(_)) => Some(F::RangeValue),
                _ => None,
            },
            _ => None,
        };
        if let Some(f) = found {
            self.has(f);
        }
        walk_stmt(self, s);
    }

    fn expr(&mut self, e: &Expr, role: Role) {
        use Feature as F;
        if let Some(name) = name_of(e) {
            self.mentions.insert(name.to_owned());
        }
        match e {
            Expr::IndexExpr(x) => self.instance(&x.x, std::slice::from_ref(&x.index), role),
            Expr::IndexListExpr(x) => self.instance(&x.x, &x.indices, role),
            Expr::StarExpr(x)
                if role.is_type()
                    && role != Role::Receiver
                    && matches!(*x.x, Expr::IndexExpr(_) | Expr::IndexListExpr(_)) =>
            {
                self.has(F::InstanceBehindPointer);
            }
            Expr::BinaryExpr(_) if role == Role::Constraint => self.has(F::Union),
            Expr::UnaryExpr(x) if x.op == Token::Tilde => self.has(F::Tilde),
            Expr::Ellipsis(x) if x.elt.is_some() => self.has(F::Variadic),
            Expr::InterfaceType(i) if self.in_generic && !i.methods.is_empty() => {
                self.has(F::InterfaceInGeneric);
            }
            Expr::ChanType(c) if c.dir == ChanDir::Send => self.has(F::SendChannel),
            Expr::ChanType(c) if c.dir == ChanDir::Recv => self.has(F::ReceiveChannel),
            Expr::ArrayType(a) => match a.len.as_deref() {
                Some(Expr::CallExpr(_)) => self.has(F::SizeofLength),
                Some(Expr::Ident(_) | Expr::SelectorExpr(_)) => self.has(F::ConstantLength),
                _ => {}
            },
            Expr::FuncLit(_) => self.has(F::Closure),
            Expr::TypeAssertExpr(x) if x.typ.is_some() => self.has(F::TypeAssertion),
            Expr::SelectorExpr(x) => {
                if steps(e) >= 3 {
                    self.has(F::LongSelector);
                }
                let of_type = match &*x.x {
                    Expr::ParenExpr(p) => match &*p.x {
                        Expr::StarExpr(p) => is_type_form(&p.x),
                        _ => false,
                    },
                    x => is_type_form(x) && !matches!(x, Expr::SelectorExpr(_)),
                };
                if of_type {
                    self.has(F::MethodExpression);
                }
            }
            Expr::CallExpr(x) => match &*x.fun {
                Expr::Ident(n) if n.0 == "append" => self.has(F::Append),
                Expr::IndexExpr(_) | Expr::IndexListExpr(_) if role != Role::Type => {
                    self.has(F::Instantiation);
                }
                fun => {
                    if name_of(fun).is_some_and(|n| self.generic_funcs.contains(n)) {
                        self.has(F::Inference);
                    }
                }
            },
            _ => {}
        }
        walk_expr(self, e, role);
    }
}

/// The last name of `x`, `p.x` and their instances.
fn name_of(e: &Expr) -> Option<&str> {
    match e {
        Expr::Ident(n) => Some(&n.0),
        Expr::SelectorExpr(x) if matches!(*x.x, Expr::Ident(_)) => Some(&x.sel.0),
        Expr::IndexExpr(x) => name_of(&x.x),
        Expr::IndexListExpr(x) => name_of(&x.x),
        _ => None,
    }
}

/// Whether an expression can only be a type: by its form, or because a name
/// is spelled as generated types are.
fn is_type_form(e: &Expr) -> bool {
    match e {
        Expr::Ident(n) => {
            let b = n.0.as_bytes();
            b[0].is_ascii_uppercase() && b[0] != b'X' && b.len() < 3
                || ["int", "string", "any", "bool", "byte", "rune"].contains(&n.0.as_str())
        }
        Expr::SelectorExpr(x) => {
            matches!(*x.x, Expr::Ident(_)) && is_type_form(&Expr::Ident(x.sel.clone()))
        }
        Expr::IndexExpr(x) => is_type_form(&x.x),
        Expr::IndexListExpr(_)
        | Expr::ArrayType(_)
        | Expr::MapType(_)
        | Expr::ChanType(_)
        | Expr::FuncType(_)
        | Expr::StructType(_)
        | Expr::InterfaceType(_) => true,
        Expr::StarExpr(x) => is_type_form(&x.x),
        _ => false,
    }
}

fn is_hidden(name: &str) -> bool {
    name != "_" && name != "own" && name.starts_with(|c: char| c.is_ascii_lowercase())
}

/// How many selectors, calls and indices follow one another.
fn steps(e: &Expr) -> usize {
    match e {
        Expr::SelectorExpr(x) => 1 + steps(&x.x),
        Expr::CallExpr(x) => steps(&x.fun),
        Expr::IndexExpr(x) => steps(&x.x),
        Expr::ParenExpr(x) => steps(&x.x),
        Expr::StarExpr(x) => steps(&x.x),
        _ => 0,
    }
}
