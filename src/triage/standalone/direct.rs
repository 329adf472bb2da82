//! One question about one type, which replaces an operation that asks many questions or walks over
//! all types.

use super::goroutine::Goroutine;
use super::queries::{Form, form};
use super::scan::{Token, tokens};
use super::text::type_of;
use crate::scenario::{INSTANCES, Operation};

impl Goroutine<'_, '_> {
    /// Emits the replacement of an operation, if it has one.
    pub(super) fn shorter(&mut self, op: &Operation) -> bool {
        let Some(slot) = self.forms.slots.iter().position(|s| s.is(self.id, self.op)) else {
            return false;
        };
        if self.forms.probe {
            return self.probed(slot, op);
        }
        let Some(direct) = self.forms.slots[slot].direct.clone() else { return false };
        // This creates the variables that the expressions name.
        for i in 0..self.cx.plan.packages.len() {
            let v = &self.cx.plan.packages[i].variable;
            let names = |text: &str| {
                tokens(text).windows(2).any(|t| *t == [Token::Word(v), Token::Mark('.')])
            };
            if names(&direct.value) || direct.other.as_deref().is_some_and(names) {
                self.package(i);
            }
        }
        let line = self.forms.line(&direct);
        self.say(line);
        true
    }

    /// Emits an operation that a probe may replace while it runs.
    fn probed(&mut self, slot: usize, op: &Operation) -> bool {
        let Some(roots) = self.roots(op) else { return false };
        let own = self.lines.len();
        self.operation(op);
        let lines = self.lines.split_off(own);
        let general: Vec<&str> = lines.iter().filter_map(super::line::Line::text).collect();
        let pairs = matches!(op, Operation::Walk { query, .. } | Operation::Query { query, .. }
            if matches!(form(*query), Form::Two(_)));
        if self.forms.slots[slot].early {
            let prepare = self.uses.helper("prepare");
            self.forms.early.push(format!("{prepare}({slot}, {roots})"));
        }
        let ask = self.uses.helper("askOne");
        let general = general.join("; ");
        self.say(format!("{ask}({slot}, {pairs}, {roots}, func() {{ {general} }})"));
        true
    }

    /// The types that an operation starts from, in the form that a probe takes.
    fn roots(&mut self, op: &Operation) -> Option<String> {
        match op {
            Operation::Walk { package, .. } if package == INSTANCES => {
                self.uses.instances = true;
                Some(format!("{}(instances)", self.uses.helper("instanceRoots")))
            }
            Operation::Walk { package, .. } => {
                let pkg = self.package_of(package)?;
                Some(format!("{}(\"{pkg}\", {pkg})", self.uses.helper("scopeRoots")))
            }
            Operation::Query { object: target, other, .. } => {
                let mut roots = Vec::new();
                for t in std::iter::once(target).chain(other) {
                    let (i, object) = self.cx.plan.object(t, |_| true)?;
                    let text = type_of(&self.package(i), &object.name);
                    roots.push(format!("{{`{text}`, func() types.Type {{ return {text} }}}}"));
                }
                Some(format!("[]{}{{{}}}", self.uses.helper("origin"), roots.join(", ")))
            }
            _ => None,
        }
    }
}
