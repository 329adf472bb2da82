//! Operations → statements of one goroutine.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Mode, error_func, meets};
use super::direct::Forms;
use super::plan::{Imports, Plan};
use super::queries::{Form, form, inline};
use super::scan::Declared;
use super::text::quoted;
use super::type_args::{Names, expression};
use crate::scenario::{INSTANCES, Import, Meet, Operation, Order, Query, Setter, Share, Target};

/// A statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// As it stands.
    Text(String),
    /// Checks a package and keeps it as complete.
    Complete(usize),
}

/// What the statements of a program refer to.
#[derive(Clone, Debug, Default)]
pub struct Uses {
    /// Variables of completed packages.
    pub packages: BTreeSet<usize>,
    /// Variables of completed packages with their syntax.
    pub syntax: BTreeSet<usize>,
    /// Whether a walk takes types in another order.
    pub ordered: bool,
}

/// The statements of a goroutine, or of what comes before them.
pub struct Body<'p, 'a> {
    plan: &'p Plan<'a>,
    mode: Mode,
    /// 0 is what comes before, n the n-th goroutine.
    id: usize,
    /// Packages that are complete so far.
    complete: BTreeSet<usize>,
    /// Variables of packages that this goroutine checked or imported.
    latest: BTreeMap<usize, String>,
    /// Whether a walk visits instances.
    keeps: bool,
    op: usize,
    /// Variables of instances, where they are not kept in a list.
    instances: usize,
    forms: &'p mut Forms,
    pub uses: &'p mut Uses,
    pub lines: Vec<Line>,
}

impl<'p, 'a> Body<'p, 'a> {
    /// Writes the statements of the operations.
    pub fn write(
        plan: &'p Plan<'a>,
        mode: Mode,
        id: usize,
        forms: &'p mut Forms,
        uses: &'p mut Uses,
    ) -> Vec<Line> {
        let walks =
            |op: &Operation| matches!(op, Operation::Walk { package, .. } if package == INSTANCES);
        let ops = match id {
            0 => &plan.scenario.before,
            n => &plan.scenario.go[n - 1],
        };
        let keeps = match id {
            0 => plan.scenario.go.iter().flatten().chain(ops).any(walks),
            _ => ops.iter().any(walks),
        } && !forms.names_instances(plan.scenario);
        let complete = if id == 0 { BTreeSet::new() } else { plan.completed.clone() };
        let mut body = Self {
            plan,
            mode,
            id,
            complete,
            latest: BTreeMap::new(),
            keeps,
            op: 0,
            instances: 0,
            forms,
            uses,
            lines: Vec::new(),
        };
        let makes = ops.iter().any(|op| {
            matches!(
                op,
                Operation::Instantiate { .. }
                    | Operation::Eval { .. }
                    | Operation::CheckExpr { .. }
            )
        });
        if id > 0 && keeps && makes {
            body.say("instances := slices.Clip(instances)");
        }
        for (i, op) in ops.iter().enumerate() {
            body.op = i;
            if id > 0 && plan.scenario.meet.contains(&Meet::Operation) {
                body.say("time.Sleep(time.Millisecond) // so that the operations overlap");
            }
            if !body.shorter(op) {
                body.operation(op, &ops[i + 1..]);
            }
        }
        body.lines
    }

    fn say(&mut self, line: impl Into<String>) {
        self.lines.push(Line::Text(line.into()));
    }

    /// Writes what stands in the place of an operation, if something does.
    fn shorter(&mut self, op: &Operation) -> bool {
        let Some(slot) = self.forms.slots.iter().position(|s| s.is(self.id, self.op)) else {
            return false;
        };
        if self.forms.probe {
            let roots = match op {
                Operation::Walk { package, .. } if package == INSTANCES => {
                    "instanceRoots(instances)".to_owned()
                }
                Operation::Walk { package, .. } => {
                    let Some(pkg) = self.package_of(package) else { return false };
                    format!("scopeRoots(\"{pkg}\", {pkg})")
                }
                Operation::Query { target, other, .. } => {
                    let mut roots = Vec::new();
                    for t in std::iter::once(target).chain(other) {
                        let found = self.plan.object(t, |_| true).map(|(i, o)| (i, o.name.clone()));
                        let Some((i, name)) = found else { return false };
                        let text = type_of(&self.package(i), &name);
                        roots.push(format!("{{`{text}`, func() types.Type {{ return {text} }}}}"));
                    }
                    format!("[]root{{{}}}", roots.join(", "))
                }
                _ => return false,
            };
            let own = self.lines.len();
            self.operation(op, &[]);
            let general: Vec<String> = self
                .lines
                .drain(own..)
                .filter_map(|l| match l {
                    Line::Text(text) => Some(text),
                    Line::Complete(_) => None,
                })
                .collect();
            let pairs = matches!(op, Operation::Walk { query, .. } | Operation::Query { query, .. }
                if matches!(form(*query), Form::Two(_)));
            if self.forms.slots[slot].early {
                self.forms.early.push(format!("early({slot}, {roots})"));
            }
            self.say(format!("ask({slot}, {pairs}, {roots}, func() {{ {} }})", general.join("; ")));
            return true;
        }
        let Some(direct) = self.forms.slots[slot].direct.clone() else { return false };
        // The variables that the expressions name are made.
        for i in 0..self.plan.packages.len() {
            let scope = format!("{}.Scope()", self.plan.packages[i].variable);
            let names = |text: &str| {
                text.match_indices(&scope).any(|(at, _)| {
                    !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.')
                })
            };
            if names(&direct.value) || direct.other.as_deref().is_some_and(names) {
                self.package(i);
            }
        }
        let line = self.forms.line(&direct);
        self.say(line);
        true
    }

    fn block(&mut self, head: String, inner: &str) {
        self.say(format!("{head} {{\n\t{inner}\n}}"));
    }

    fn operation(&mut self, op: &Operation, later: &[Operation]) {
        match op {
            Operation::Check { package } => self.check(package, later),
            Operation::Import { package } => {
                if let Some(i) = self.plan.index(package) {
                    if self.id == 0 {
                        self.finish(i);
                    } else {
                        let path = self.plan.packages[i].path;
                        self.say(format!("{}.Import({})", self.importer(), quoted(path)));
                    }
                }
            }
            Operation::Instantiate { target, args, context } => {
                self.instantiate(target, args, *context);
            }
            Operation::Eval { package, expr } => {
                let Some(pkg) = self.package_of(package) else { return };
                let fset = if self.mode.fset { "fset" } else { "token.NewFileSet()" };
                let call = format!("types.Eval({fset}, {pkg}, token.NoPos, {})", quoted(expr));
                if self.keeps {
                    self.block(
                        format!("if tv, err := {call}; err == nil"),
                        "instances = append(instances, tv.Type)",
                    );
                } else {
                    self.say(call);
                }
            }
            Operation::CheckExpr { package, expr } => self.check_expr(package, expr),
            Operation::Query { query, target, other } => self.query(*query, target, other.as_ref()),
            Operation::Walk { query, package, order } => self.walk(*query, package, *order),
            Operation::Export { package } => {
                if let Some(pkg) = self.package_of(package) {
                    self.say(format!("exportData({pkg})"));
                }
            }
            Operation::Ssa { package } => self.ssa(package),
            Operation::Set { target, what } => self.set(target, *what),
            // Its program is not written: it would need the user's package.
            Operation::Target { .. } => {}
        }
    }

    /// Has a package and what it imports checked, dependencies first.
    fn finish(&mut self, i: usize) {
        if !self.complete.insert(i) {
            return;
        }
        for dep in self.plan.packages[i].imports.clone() {
            self.finish(dep);
        }
        self.lines.push(Line::Complete(i));
    }

    /// The importer of a goroutine's checks.
    fn importer(&self) -> String {
        if self.id > 0 && (meets(self.plan) || self.plan.imports == Imports::Own) {
            return "im".to_owned();
        }
        shared_importer(self.plan).to_owned()
    }

    /// An expression for a package, which is imported if need be.
    fn package(&mut self, i: usize) -> String {
        if self.id == 0 {
            self.finish(i);
        }
        if self.complete.contains(&i) {
            self.uses.packages.insert(i);
            return self.plan.packages[i].variable.clone();
        }
        if let Some(v) = self.latest.get(&i) {
            return if self.mode.syntax && !v.ends_with("Imported") {
                format!("{v}.Package")
            } else {
                v.clone()
            };
        }
        let p = &self.plan.packages[i];
        let v =
            if self.mode.syntax { format!("{}Imported", p.variable) } else { p.variable.clone() };
        self.say(format!("{v}, _ := {}.Import({})", self.importer(), quoted(p.path)));
        self.latest.insert(i, v.clone());
        v
    }

    fn package_of(&mut self, path: &str) -> Option<String> {
        self.plan.index(path).map(|i| self.package(i))
    }

    fn check(&mut self, path: &str, later: &[Operation]) {
        let Some(i) = self.plan.index(path) else { return };
        if self.id == 0 {
            self.finish(i);
            return;
        }
        let p = &self.plan.packages[i];
        let wanted = !self.complete.contains(&i)
            && later
                .iter()
                .take_while(|op| !matches!(op, Operation::Check { package } if self.plan.index(package) == Some(i)))
                .any(|op| !matches!(op, Operation::Import { .. }) && self.plan.subject(op) == Some(i));
        if self.mode.special {
            self.special_check(i, wanted);
            return;
        }
        let importer = match self.plan.imports {
            Imports::None => String::new(),
            _ => format!(", {}", self.importer()),
        };
        let call = format!("check({}, {}Source{importer})", quoted(p.path), p.variable);
        if !wanted {
            self.say(call);
        } else if self.latest.get(&i) == Some(&p.variable) {
            self.say(format!("{} = {call}", p.variable));
        } else {
            self.say(format!("{} := {call}", p.variable));
            self.latest.insert(i, p.variable.clone());
        }
    }

    /// A check that shares what should be its own.
    fn special_check(&mut self, i: usize, wanted: bool) {
        let shares = |s| self.plan.scenario.share.contains(&s);
        let p = &self.plan.packages[i];
        let v = &p.variable;
        let files = if shares(Share::Ast) {
            format!("{v}Files")
        } else {
            format!("parse({}, {v}Source)", quoted(p.path))
        };
        let mut pkg = format!("types.NewPackage({}, \"\")", quoted(p.path));
        let mut setup = None;
        if shares(Share::Package) || shares(Share::Checker) {
            pkg = format!("{v}Package");
        } else if shares(Share::Incomplete) {
            pkg = format!("{v}Package{}", self.id);
        } else if wanted {
            // A second check of it in one goroutine takes the variable that is there.
            let sign = if self.latest.get(&i) == Some(v) { "=" } else { ":=" };
            setup = Some(format!("{v} {sign} {pkg}"));
            pkg = v.clone();
        }
        if wanted {
            self.latest.insert(i, pkg.clone());
        }
        let conf = if shares(Share::Config) {
            "conf".to_owned()
        } else {
            let context = if self.mode.context { "Context: ctxt, " } else { "" };
            format!(
                "&types.Config{{{context}Importer: {}, Error: {}}}",
                self.importer(),
                error_func(self.plan)
            )
        };
        let info = match (shares(Share::Info), self.mode.info) {
            (true, _) => "info",
            (false, true) => "newInfo()",
            (false, false) => "nil",
        };
        self.lines.extend(setup.map(Line::Text));
        if shares(Share::Checker) {
            self.say(format!("{v}Checker.Files({files})"));
        } else {
            self.say(format!("types.NewChecker({conf}, fset, {pkg}, {info}).Files({files})"));
        }
    }

    fn instantiate(&mut self, target: &Target, args: &[String], context: bool) {
        let Some((i, object)) = self.generic(target) else { return };
        let pkg = self.package(i);
        let args: Vec<String> = (0..object.type_params)
            .map(|n| args.get(n).map_or_else(|| "int".to_owned(), Clone::clone))
            .map(|text| expression(&text, &mut Scope { body: self, package: i }))
            .collect();
        let ctxt = match (context, self.mode.context) {
            (false, _) => "nil",
            (true, true) => "ctxt",
            // Its own, as long as nobody shares one.
            (true, false) => "types.NewContext()",
        };
        let call = format!(
            "types.Instantiate({ctxt}, {}, []types.Type{{{}}}, true)",
            type_of(&pkg, &object.name),
            args.join(", ")
        );
        if self.keeps {
            self.block(
                format!("if t, err := {call}; err == nil"),
                "instances = append(instances, t)",
            );
        } else {
            self.instances += 1;
            let name = instance(self.instances);
            if self.id == 0 && self.forms.mentions(&name) {
                self.say(format!("{name}, _ := {call}"));
            } else {
                self.say(call);
            }
        }
    }

    /// Types stand in for generic objects that do not exist before functions do.
    fn generic(&self, target: &Target) -> Option<(usize, Declared)> {
        let is_generic = |d: &Declared| d.type_params > 0;
        let i = self.plan.index(&target.package)?;
        let declared = &self.plan.packages[i].declared;
        if declared.iter().any(|d| d.name == target.object && is_generic(d)) {
            return self.plan.object(target, is_generic).map(|(i, d)| (i, d.clone()));
        }
        let types = self.plan.object(target, |d| is_generic(d) && d.is_type);
        types.or_else(|| self.plan.object(target, is_generic)).map(|(i, d)| (i, d.clone()))
    }

    fn check_expr(&mut self, path: &str, expr: &str) {
        let Some(pkg) = self.package_of(path) else { return };
        let fset = if self.mode.fset { "fset" } else { "token.NewFileSet()" };
        let mut inner = String::new();
        if self.keeps {
            inner.push_str("info := &types.Info{Types: make(map[ast.Expr]types.TypeAndValue)}\n\t");
            inner.push_str(&format!("if types.CheckExpr({fset}, {pkg}, token.NoPos, expr, info) == nil {{\n\t\tinstances = append(instances, info.TypeOf(expr))\n\t}}"));
        } else {
            inner.push_str(&format!("types.CheckExpr({fset}, {pkg}, token.NoPos, expr, nil)"));
        }
        self.block(
            format!("if expr, err := parser.ParseExpr({}); err == nil", quoted(expr)),
            &inner,
        );
    }

    fn query(&mut self, query: Query, target: &Target, other: Option<&Target>) {
        let Some((i, object)) = self.plan.object(target, |_| true) else { return };
        let object = object.clone();
        let pkg = self.package(i);
        let t = type_of(&pkg, &object.name);
        let second = other.and_then(|o| self.plan.object(o, |_| true)).map(|(j, o)| {
            let o = o.clone();
            let pkg = self.package(j);
            (type_of(&pkg, &o.name), o.type_params > 0)
        });
        let generic = object.type_params > 0 || second.as_ref().is_some_and(|s| s.1);
        let u = second.as_ref().map_or(t.clone(), |s| s.0.clone());
        let asked = |t: &str, u: &str| match form(query) {
            Form::One(f) => format!("{f}({t})"),
            Form::Two(f) => format!("{f}({t}, {u})"),
            Form::Scope => format!("scope({pkg}.Scope())"),
            Form::Stateful(f) => format!("{f}()({t})"),
        };
        let one = |t: &str| match inline(query, t, &u).filter(|_| !generic) {
            Some(text) => text,
            None => asked(t, &u),
        };
        let first = one(&t);
        self.say(first);
        // Of a query on one type, a second operand is asked too.
        if second.is_some() && matches!(form(query), Form::One(_) | Form::Stateful(_)) {
            let again = one(&u);
            self.say(again);
        }
    }

    fn walk(&mut self, query: Query, package: &str, order: Order) {
        let next = match order {
            Order::Declared | Order::Rotated(_) => "nil".to_owned(),
            Order::Reversed => "last".to_owned(),
            Order::Shuffled(seed) => format!("shuffle({seed})"),
        };
        if let Form::Scope = form(query) {
            // Instances have no scope of their own.
            if package != INSTANCES
                && let Some(pkg) = self.package_of(package)
            {
                self.say(format!("walkScopes({pkg}.Scope(), {next}, scope)"));
            }
            return;
        }
        let mut roots = if package == INSTANCES {
            if self.id > 0 && self.plan.scenario.share.contains(&Share::Alias) {
                self.say("completeAliases(instances)");
            }
            "instances".to_owned()
        } else {
            let Some(pkg) = self.package_of(package) else { return };
            format!("roots({pkg})")
        };
        if let Order::Rotated(n) = order {
            roots = format!("rotate({roots}, {n})");
        }
        let visit = match form(query) {
            Form::One(f) => f.to_owned(),
            Form::Two(f) => format!("pairs({f})"),
            Form::Stateful(f) => format!("{f}()"),
            Form::Scope => return,
        };
        self.uses.ordered |= next != "nil";
        self.say(format!("walk({roots}, {next}, {visit})"));
    }

    fn ssa(&mut self, path: &str) {
        let Some(i) = self.plan.index(path) else { return };
        if self.id == 0 {
            self.finish(i);
        }
        if self.complete.contains(&i) {
            self.uses.syntax.insert(i);
            self.say(format!("buildSSA({}Syntax)", self.plan.packages[i].variable));
        } else if let Some(v) = self.latest.get(&i).filter(|v| !v.ends_with("Imported")).cloned() {
            self.say(format!("buildSSA({v})"));
        }
    }

    fn set(&mut self, target: &Target, what: Setter) {
        // Another name for each, as methods and objects must not meet.
        let name = format!("\"Absent{}x{}\"", self.id, self.op);
        let object = match what {
            Setter::Constraint => self.generic(target),
            Setter::Underlying | Setter::Method => {
                self.plan.object(target, |d| d.is_type).map(|(i, d)| (i, d.clone()))
            }
            Setter::Typeparams => {
                let Some(pkg) = self.package_of(&target.package) else { return };
                self.say(format!("setTypeParams({pkg}, {})", quoted(&target.object)));
                return;
            }
            Setter::Insert => {
                let Some(pkg) = self.package_of(&target.package) else { return };
                self.say(format!("insert({pkg}, {name})"));
                return;
            }
        };
        let Some((i, object)) = object else { return };
        let pkg = self.package(i);
        let t = type_of(&pkg, &object.name);
        self.say(match what {
            Setter::Constraint => format!("setConstraint({t})"),
            Setter::Method => format!("addMethod({t}, {name})"),
            _ => format!("{t}.(*types.Named).SetUnderlying({t}.Underlying())"),
        });
    }
}

/// The importer that all goroutines have in common.
pub fn shared_importer(plan: &Plan<'_>) -> &'static str {
    match plan.imports {
        Imports::None => "nil",
        Imports::Completed | Imports::Own => "packages",
        Imports::Locked | Imports::Parallel | Imports::Unlocked => "shared",
    }
}

/// How a checked package reaches those who import it.
pub fn delivered(import: Import, expression: &str) -> String {
    match import {
        Import::Source => expression.to_owned(),
        Import::Export => format!("reimport({expression})"),
        Import::Synthetic => format!("rebuild({expression})"),
    }
}

/// The variable of the n-th instance, as the probe names it.
fn instance(n: usize) -> String {
    if n == 1 { "inst".to_owned() } else { format!("inst{n}") }
}

fn type_of(package: &str, object: &str) -> String {
    format!("{package}.Scope().Lookup({}).Type()", quoted(object))
}

/// Names in type arguments.
struct Scope<'b, 'p, 'a> {
    body: &'b mut Body<'p, 'a>,
    package: usize,
}

impl Names for Scope<'_, '_, '_> {
    fn named(&mut self, package: Option<&str>, name: &str) -> Option<(String, usize)> {
        let plan = self.body.plan;
        let is = |d: &&Declared| d.name == name && d.is_type;
        let Some(path) = package else {
            if let Some(d) = plan.packages[self.package].declared.iter().find(is) {
                let pkg = self.body.package(self.package);
                return Some((type_of(&pkg, name), d.type_params));
            }
            const BASIC: [&str; 18] = [
                "bool",
                "int",
                "int8",
                "int16",
                "int32",
                "int64",
                "uint",
                "uint8",
                "uint16",
                "uint32",
                "uint64",
                "uintptr",
                "float32",
                "float64",
                "complex64",
                "complex128",
                "string",
                "byte",
            ];
            const OTHER: [&str; 4] = ["any", "error", "comparable", "rune"];
            return match name {
                _ if BASIC[..17].contains(&name) => {
                    let upper = name[..1].to_uppercase() + &name[1..];
                    Some((format!("types.Typ[types.{upper}]"), 0))
                }
                _ if OTHER.contains(&name) || name == "byte" => {
                    Some((format!("types.Universe.Lookup(\"{name}\").Type()"), 0))
                }
                _ => None,
            };
        };
        let target = Target { package: path.to_owned(), object: name.to_owned() };
        let (i, d) = plan.object(&target, |_| true)?;
        if !d.is_type {
            return None;
        }
        let (name, params) = (d.name.clone(), d.type_params);
        let pkg = self.body.package(i);
        Some((type_of(&pkg, &name), params))
    }
}
