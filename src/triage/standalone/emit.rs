//! Turns operations into statements, with one entry for each operation.

use super::goroutine::{Goroutine, Latest};
use super::line::Line;
use super::queries::{Form, form, inline};
use super::scan::Declared;
use super::text::{quoted, type_of};
use super::type_args::expression;
use crate::scenario::{INSTANCES, ObjectRef, Operation, Order, Query, Setter, Share};

impl Goroutine<'_, '_> {
    /// Emits an operation.
    pub(super) fn operation(&mut self, op: &Operation) {
        match op {
            Operation::Check { package } => self.check(package),
            Operation::Import { package } => self.import_package(package),
            Operation::Instantiate { object: target, args, context } => {
                self.instantiate(target, args, *context);
            }
            Operation::Eval { package, place, expr } => self.eval(package, *place, expr),
            Operation::CheckExpr { package, place, expr } => {
                self.check_expr(package, *place, expr);
            }
            Operation::CheckNode { package, node } => self.check_node(package, *node),
            Operation::Universe { query } => self.universe(*query),
            Operation::Query { query, object: target, other } => {
                self.query(*query, target, other.as_ref());
            }
            Operation::Walk { query, package, order } => self.walk(*query, package, *order),
            Operation::Info { query, package } => self.info(*query, package),
            Operation::Export { package } => self.export(package),
            Operation::Ssa { package } => self.ssa(package),
            Operation::SsaRead { what, package } => self.read_ssa(*what, package),
            Operation::Analyze { analyzer, package } => self.analyze(analyzer, package),
            Operation::Set { object: target, what } => self.set(target, *what),
            Operation::Configure { setting } => self.settings.set(*setting),
            // There is no program for it, because it would need the user's package.
            Operation::Target { .. } => {}
        }
    }

    fn import_package(&mut self, path: &str) {
        let Some(i) = self.cx.plan.index(path) else { return };
        if self.id == 0 {
            self.finish(i);
        } else {
            let call = self.import(i);
            self.say(call);
        }
    }

    fn instantiate(&mut self, target: &ObjectRef, args: &[String], context: bool) {
        let Some((i, object)) = self.generic(target) else { return };
        let pkg = self.package(i);
        let args: Vec<String> = (0..object.type_params)
            .map(|n| args.get(n).map_or_else(|| "int".to_owned(), Clone::clone))
            .map(|text| expression(&text, &mut (&mut *self, i)))
            .collect();
        let ctxt = match (context, self.cx.mode.context) {
            (false, _) => "nil",
            (true, true) => "ctxt",
            (true, false) => "types.NewContext()",
        };
        let call = format!(
            "types.Instantiate({ctxt}, {}, []types.Type{{{}}}, true)",
            type_of(&pkg, &object.name),
            args.join(", ")
        );
        if self.keeps {
            self.keep(&format!("if t, err := {call}; err == nil"), "t");
            return;
        }
        match self.instance() {
            Some(name) => self.say(format!("{name}, _ := {call}")),
            None => self.say(call),
        }
    }

    /// Counts an instance that is not kept in a list. The variable for it, if something asks about
    /// it.
    pub(super) fn instance(&mut self) -> Option<String> {
        self.instances += 1;
        let name = match self.instances {
            1 => "inst".to_owned(),
            n => format!("inst{n}"),
        };
        let in_main = self.id == 0 || self.cx.plan.scenario.go.len() == 1;
        (in_main && self.forms.mentions(&name)).then_some(name)
    }

    /// Adds a type to the instances under a condition.
    pub(super) fn keep(&mut self, condition: &str, t: &str) {
        self.uses.instances = true;
        self.block(condition, &format!("instances = append(instances, {t})"));
    }

    /// For a generic object that does not exist, types are substituted before functions.
    fn generic(&self, target: &ObjectRef) -> Option<(usize, Declared)> {
        let is_generic = |d: &Declared| d.type_params > 0;
        let plan = self.cx.plan;
        let declared = &plan.packages[plan.index(&target.package)?].declared;
        let object = if declared.iter().any(|d| d.name == target.object && is_generic(d)) {
            plan.object(target, is_generic)
        } else {
            plan.object(target, |d| is_generic(d) && d.is_type)
                .or_else(|| plan.object(target, is_generic))
        };
        object.map(|(i, d)| (i, d.clone()))
    }

    fn query(&mut self, query: Query, target: &ObjectRef, other: Option<&ObjectRef>) {
        let plan = self.cx.plan;
        let Some((i, object)) = plan.object(target, |_| true) else { return };
        let pkg = self.package(i);
        let t = type_of(&pkg, &object.name);
        let second = other.and_then(|o| plan.object(o, |_| true)).map(|(j, o)| {
            let pkg = self.package(j);
            (type_of(&pkg, &o.name), o.type_params > 0)
        });
        let generic = object.type_params > 0 || second.as_ref().is_some_and(|s| s.1);
        let u = second.as_ref().map_or(t.clone(), |s| s.0.clone());
        let mut asked = vec![&t];
        // A query on one type asks the second operand too.
        if second.is_some() && matches!(form(query), Form::One(_) | Form::Stateful(_)) {
            asked.push(&u);
        }
        for t in asked {
            let call = match inline(query, t, &u).filter(|_| !generic) {
                Some(text) => text,
                None => match form(query) {
                    Form::One(f) => format!("{}({t})", self.uses.helper(f)),
                    Form::Two(f) => format!("{}({t}, {u})", self.uses.helper(f)),
                    Form::Scope => format!("{}({pkg}.Scope())", self.uses.helper("scope")),
                    Form::Stateful(f) => format!("{}()({t})", self.uses.helper(f)),
                },
            };
            self.say(call);
        }
    }

    fn walk(&mut self, query: Query, package: &str, order: Order) {
        let next = match order {
            Order::Declared | Order::Rotated(_) => "nil".to_owned(),
            Order::Reversed => self.uses.helper("last").to_owned(),
            Order::Shuffled(seed) => format!("{}({seed})", self.uses.helper("shuffle")),
        };
        if let Form::Scope = form(query) {
            // Instances have no scope of their own.
            if package != INSTANCES
                && let Some(pkg) = self.package_of(package)
            {
                let (walk, visit) = (self.uses.helper("walkScopes"), self.visitor(query));
                self.say(format!("{walk}({pkg}.Scope(), {next}, {visit})"));
            }
            return;
        }
        let mut roots = if package == INSTANCES {
            self.uses.instances = true;
            if self.id > 0 && self.cx.shares(Share::Alias) {
                let complete = self.uses.helper("completeAliases");
                self.say(format!("{complete}(instances)"));
            }
            "instances".to_owned()
        } else {
            let Some(pkg) = self.package_of(package) else { return };
            // A walk over nothing would only make the program longer.
            let mut named = self.cx.plan.packages.iter().filter(|p| p.path == package);
            if named.any(|p| p.declared.is_empty()) {
                return;
            }
            format!("{}({pkg})", self.uses.helper("typesOf"))
        };
        if let Order::Rotated(n) = order {
            roots = format!("{}({roots}, {n})", self.uses.helper("rotate"));
        }
        self.walk_from(&roots, &next, query);
    }

    /// Emits a walk over the types that roots lead to.
    fn walk_from(&mut self, roots: &str, next: &str, query: Query) {
        let visit = self.visitor(query);
        let call = if self.cx.ordered {
            format!("{}({roots}, {next}, {visit})", self.uses.helper("walkBy"))
        } else {
            format!("{}({roots}, {visit})", self.uses.helper("walk"))
        };
        self.say(call);
    }

    /// The function that asks a query of each type, or scope, that a walk visits.
    fn visitor(&mut self, query: Query) -> String {
        match form(query) {
            Form::One(f) => self.uses.helper(f).to_owned(),
            Form::Two(f) => format!("{}({})", self.uses.helper("pairs"), self.uses.helper(f)),
            Form::Stateful(f) => format!("{}()", self.uses.helper(f)),
            Form::Scope => self.uses.helper("scope").to_owned(),
        }
    }

    fn universe(&mut self, query: Query) {
        if let Form::Scope = form(query) {
            let visit = self.visitor(query);
            self.say(format!("{visit}(types.Universe)"));
        } else {
            let roots = format!("{}()", self.uses.helper("universeTypes"));
            self.walk_from(&roots, "nil", query);
        }
    }

    fn info(&mut self, query: Query, path: &str) {
        let Some(syntax) = self.syntax(path) else { return };
        if let Form::Scope = form(query) {
            let (scopes, visit) = (self.uses.helper("recordedScopes"), self.visitor(query));
            self.block(&format!("for _, s := range {scopes}({syntax})"), &format!("{visit}(s)"));
        } else {
            let roots = format!("{}({syntax})", self.uses.helper("recordedTypes"));
            self.walk_from(&roots, "nil", query);
        }
    }

    fn export(&mut self, path: &str) {
        if let Some(pkg) = self.package_of(path) {
            let export = self.uses.helper("exportData");
            self.say(format!("{export}({pkg})"));
        }
    }

    /// An expression for a package with its syntax, if the goroutine can have that.
    pub(super) fn syntax(&mut self, path: &str) -> Option<String> {
        let i = self.cx.plan.index(path)?;
        if self.id == 0 {
            self.finish(i);
        }
        if self.complete.contains(&i) {
            self.uses.syntax.insert(i);
            Some(format!("{}Syntax", self.cx.plan.packages[i].variable))
        } else if let Some(&Latest::Checked(at)) = self.latest.get(&i)
            && let Line::Check(check) = &mut self.lines[at]
        {
            check.syntax(&mut self.declared)
        } else {
            None
        }
    }

    fn set(&mut self, target: &ObjectRef, what: Setter) {
        // A new name each time: objects and methods must not collide.
        let name = format!("\"Absent{}x{}\"", self.id, self.op);
        let object = match what {
            Setter::Constraint => self.generic(target),
            Setter::Underlying | Setter::Method => {
                self.cx.plan.object(target, |d| d.is_type).map(|(i, d)| (i, d.clone()))
            }
            Setter::Package => {
                let Some(pkg) = self.package_of(&target.package) else { return };
                let set = self.uses.helper("setPackage");
                self.say(format!("{set}({pkg})"));
                return;
            }
            Setter::Typeparams | Setter::Insert => {
                let Some(pkg) = self.package_of(&target.package) else { return };
                let (set, name) = match what {
                    Setter::Insert => ("insert", name),
                    _ => ("setTypeParams", quoted(&target.object)),
                };
                let set = self.uses.helper(set);
                self.say(format!("{set}({pkg}, {name})"));
                return;
            }
        };
        let Some((i, object)) = object else { return };
        let pkg = self.package(i);
        let t = type_of(&pkg, &object.name);
        let call = match what {
            Setter::Constraint => format!("{}({t})", self.uses.helper("setConstraint")),
            Setter::Method => format!("{}({t}, {name})", self.uses.helper("addMethod")),
            _ => format!("{t}.(*types.Named).SetUnderlying({t}.Underlying())"),
        };
        self.say(call);
    }
}
