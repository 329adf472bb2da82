//! The statements of one goroutine, or of `before`: which variable holds a package, what answers
//! imports, and what is recorded as used.

use std::collections::{BTreeMap, BTreeSet};

use super::forms::Forms;
use super::line::{CheckLine, Line};
use super::plan::{Imports, makes_instances, walks_instances};
use super::settings::Settings;
use super::text::quoted;
use super::uses::{Context, Uses};
use crate::scenario::Meet;

/// The source of a package in a goroutine, if it was not complete when the goroutine started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Latest {
    /// Its importer.
    Imported,
    /// The check at this line.
    Checked(usize),
}

/// The statements of a goroutine while they are emitted.
pub struct Goroutine<'p, 'a> {
    pub(super) cx: Context<'p, 'a>,
    /// 0 for `before`, n for the n-th goroutine.
    pub(super) id: usize,
    /// Index of the operation being emitted.
    pub(super) op: usize,
    /// Packages that are complete so far.
    pub(super) complete: BTreeSet<usize>,
    pub(super) latest: BTreeMap<usize, Latest>,
    /// Variables that it has declared.
    pub(super) declared: BTreeSet<String>,
    /// Whether instances are kept in a list.
    pub(super) keeps: bool,
    /// The number of instances that are not kept in a list.
    pub(super) instances: usize,
    /// What its later checks have in their Config.
    pub(super) settings: Settings,
    /// Its importer, and how often it is used as an argument and as a receiver.
    importer: String,
    imports: (usize, usize),
    pub(super) forms: &'p mut Forms,
    pub(super) uses: &'p mut Uses,
    pub(super) lines: Vec<Line>,
}

/// Emits the statements for a goroutine's operations; for those of `before` if it is 0.
pub fn emit(cx: Context<'_, '_>, id: usize, forms: &mut Forms, uses: &mut Uses) -> Vec<Line> {
    let before = (forms.clone(), uses.clone());
    let (mut lines, imports) = run(cx, id, "im", forms, uses);
    match imports {
        (0, 0) => lines,
        // An importer that is used once needs no variable.
        (1, 0) => {
            (*forms, *uses) = before;
            let own = own_importer(cx, uses);
            run(cx, id, &own, forms, uses).0
        }
        _ => {
            let own = own_importer(cx, uses);
            lines.insert(0, Line::Text(format!("im := {own}")));
            lines
        }
    }
}

fn run(
    cx: Context<'_, '_>,
    id: usize,
    importer: &str,
    forms: &mut Forms,
    uses: &mut Uses,
) -> (Vec<Line>, (usize, usize)) {
    let scenario = cx.plan.scenario;
    let ops = if id == 0 { &scenario.before } else { &scenario.go[id - 1] };
    let walks = match id {
        0 => scenario.go.iter().flatten().chain(ops).any(walks_instances),
        _ => ops.iter().any(walks_instances),
    };
    let mut goroutine = Goroutine {
        cx,
        id,
        op: 0,
        complete: if id == 0 { BTreeSet::new() } else { cx.plan.completed.clone() },
        latest: BTreeMap::new(),
        declared: BTreeSet::new(),
        keeps: walks && !forms.names_instances(scenario),
        instances: 0,
        settings: Settings::default(),
        importer: importer.to_owned(),
        imports: (0, 0),
        forms,
        uses,
        lines: Vec::new(),
    };
    if id > 0 && goroutine.keeps && ops.iter().any(makes_instances) {
        goroutine.uses.instances = true;
        // One goroutine alone runs inside main, which has the list.
        if scenario.go.len() > 1 {
            goroutine.say("instances := append([]types.Type(nil), instances...)");
        }
    }
    for (i, op) in ops.iter().enumerate() {
        goroutine.op = i;
        if id > 0 && scenario.meet.contains(&Meet::Operation) {
            goroutine.say("time.Sleep(time.Millisecond) // so that the operations overlap");
        }
        if !goroutine.shorter(op) {
            goroutine.operation(op);
        }
    }
    if id == 0 {
        let complete = &cx.plan.completed;
        complete.iter().for_each(|&i| goroutine.finish(i));
    }
    let Goroutine { imports, lines, uses, .. } = goroutine;
    let lines = lines.into_iter().flat_map(|line| line.resolve(cx.mode, uses)).collect();
    (lines, imports)
}

/// The expression that makes a goroutine's own importer.
fn own_importer(cx: Context<'_, '_>, uses: &mut Uses) -> String {
    let answers = match cx.plan.imports {
        Imports::Own => uses.loader(&cx),
        _ => uses.importer(cx.plan).to_owned(),
    };
    let answers = cx.renamed(answers, uses);
    let mut answers = cx.flaky(answers, uses);
    if cx.plan.meets() {
        answers = format!("&{}{{Importer: {answers}}}", uses.helper("meeting"));
    }
    cx.with_errors(answers, uses)
}

impl Goroutine<'_, '_> {
    pub(super) fn say(&mut self, line: impl Into<String>) {
        self.lines.push(Line::Text(line.into()));
    }

    pub(super) fn block(&mut self, head: &str, inner: &str) {
        self.say(format!("{head} {{\n\t{inner}\n}}"));
    }

    /// Makes sure that a package and its imports are checked, dependencies first.
    pub(super) fn finish(&mut self, i: usize) {
        if !self.complete.insert(i) {
            return;
        }
        for &dep in &self.cx.plan.packages[i].imports {
            self.finish(dep);
        }
        self.lines.push(Line::Complete(i, self.settings));
    }

    fn has_own_importer(&self) -> bool {
        let plan = self.cx.plan;
        let differs = !plan.scenario.importing.is_empty() && plan.imports != Imports::None;
        self.id > 0 && (plan.meets() || plan.imports == Imports::Own || differs)
    }

    /// The importer of a goroutine's checks.
    pub(super) fn importer(&mut self) -> String {
        if self.has_own_importer() {
            self.imports.0 += 1;
            return self.importer.clone();
        }
        self.uses.importer(self.cx.plan).to_owned()
    }

    /// A call of the goroutine's importer.
    pub(super) fn import(&mut self, i: usize) -> String {
        let importer = if self.has_own_importer() {
            self.imports.1 += 1;
            self.importer.as_str()
        } else {
            self.uses.importer(self.cx.plan)
        };
        format!("{importer}.Import({})", quoted(self.cx.plan.packages[i].path))
    }

    /// An expression for a package, which is imported if necessary.
    pub(super) fn package(&mut self, i: usize) -> String {
        if self.id == 0 {
            self.finish(i);
        }
        let v = self.cx.plan.packages[i].variable.clone();
        if self.complete.contains(&i) {
            self.uses.packages.insert(i);
            return v;
        }
        match self.latest.get(&i) {
            Some(Latest::Imported) => v,
            Some(&Latest::Checked(at)) => match &mut self.lines[at] {
                Line::Check(check) => check.package(&mut self.declared),
                _ => v,
            },
            None => {
                let call = self.import(i);
                self.say(format!("{v}, _ := {call}"));
                self.declared.insert(v.clone());
                self.latest.insert(i, Latest::Imported);
                v
            }
        }
    }

    /// An expression for the package with this import path.
    pub(super) fn package_of(&mut self, path: &str) -> Option<String> {
        self.cx.plan.index(path).map(|i| self.package(i))
    }

    /// Adds a statement that checks a package.
    pub(super) fn checked(&mut self, i: usize, check: CheckLine) {
        self.latest.insert(i, Latest::Checked(self.lines.len()));
        self.lines.push(Line::Check(check));
    }
}
