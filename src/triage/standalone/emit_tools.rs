//! Turns the operations of golang.org/x/tools' SSA and analyzers into statements.

use std::collections::BTreeSet;

use super::goroutine::Goroutine;
use super::uses::{Context, Uses};
use crate::finding::{Finding, SYNTAX_CHANGED};
use crate::scenario::{Operation, Reading, Share};

impl Goroutine<'_, '_> {
    pub(super) fn ssa(&mut self, path: &str) {
        let Some(syntax) = self.syntax(path) else { return };
        if self.in_shared_program(path) {
            let build = self.uses.helper("buildIn");
            self.say(format!("{build}(prog, {syntax})"));
        } else {
            let build = self.uses.helper("buildSSA");
            self.say(format!("{build}({syntax})"));
        }
    }

    pub(super) fn read_ssa(&mut self, what: Reading, path: &str) {
        if !self.in_shared_program(path) {
            return;
        }
        let Some(syntax) = self.syntax(path) else { return };
        let read = self.uses.helper(match what {
            Reading::String => "readString",
            Reading::Origin => "readOrigin",
            Reading::Syntax => "readFunctionSyntax",
            Reading::Methods => "readMethods",
            Reading::Blocks => "readBlocks",
            Reading::Referrers => "readReferrers",
        });
        self.say(format!("{read}(prog, {syntax})"));
    }

    pub(super) fn analyze(&mut self, analyzer: &str, path: &str) {
        let Some(syntax) = self.syntax(path) else { return };
        let plan = self.cx.plan;
        let Some(i) = plan.index(path) else { return };
        if self.id > 0 && self.cx.shares(Share::Analyses) && plan.completed.contains(&i) {
            self.say("analyses()");
            return;
        }
        let (mut all, mut deps) = (vec![syntax], BTreeSet::new());
        plan.close(i, &mut deps);
        deps.remove(&i);
        for dep in deps {
            if self.complete.contains(&dep) {
                self.uses.syntax.insert(dep);
                all.push(format!("{}Syntax", plan.packages[dep].variable));
            }
        }
        let analyze = self.uses.helper("analyze");
        self.say(format!("{analyze}({}, true, 1, {})", list([analyzer]), all.join(", ")));
    }

    fn in_shared_program(&self, path: &str) -> bool {
        let complete =
            self.cx.plan.index(path).is_some_and(|i| self.cx.plan.completed.contains(&i));
        self.id > 0 && complete && shares_program(&self.cx)
    }
}

/// The operations that read functions have no program of their own.
fn shares_program(cx: &Context<'_, '_>) -> bool {
    let reads = |op: &Operation| matches!(op, Operation::SsaRead { .. });
    cx.shares(Share::Program) || cx.plan.scenario.go.iter().flatten().any(reads)
}

/// An expression for a list of analyzers.
fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let (mut single, mut suite) = (Vec::new(), None);
    for name in names {
        match name {
            // A suite of several analyzers.
            "modernize" => suite = Some("modernize.Suite"),
            name => single.push(format!("{name}.Analyzer")),
        }
    }
    match (single.is_empty(), suite) {
        (true, Some(suite)) => suite.to_owned(),
        (_, suite) => {
            let single = format!("[]*analysis.Analyzer{{{}}}", single.join(", "));
            suite.map_or(single.clone(), |suite| format!("append({single}, {suite}...)"))
        }
    }
}

impl Context<'_, '_> {
    /// Statements that create the `ssa.Program` and the analyses that goroutines share.
    pub(super) fn shared_tools(&self, finding: Option<&Finding>, uses: &mut Uses) -> Vec<String> {
        let (mut built, mut analyzed) = (BTreeSet::new(), BTreeSet::new());
        let mut analyzers = BTreeSet::new();
        for op in self.plan.scenario.go.iter().flatten() {
            let complete = self.plan.subject(op).filter(|i| self.plan.completed.contains(i));
            match (op, complete) {
                (Operation::Ssa { .. } | Operation::SsaRead { .. }, Some(i)) => {
                    built.insert(i);
                }
                (Operation::Analyze { analyzer, .. }, Some(i)) => {
                    analyzed.insert(i);
                    analyzers.insert(analyzer.as_str());
                }
                _ => {}
            }
        }
        let syntax = |i: &usize| format!("{}Syntax", self.plan.packages[*i].variable);
        let all = |of: &BTreeSet<usize>| of.iter().map(syntax).collect::<Vec<_>>().join(", ");
        let mut out = Vec::new();
        if shares_program(self) && !built.is_empty() {
            uses.syntax.extend(&built);
            out.push(format!("prog := {}({})", uses.helper("newProgram"), all(&built)));
        }
        if self.shares(Share::Analyses) && !analyzed.is_empty() {
            let mut deps = BTreeSet::new();
            for i in &analyzed {
                self.plan.close(*i, &mut deps);
            }
            uses.syntax.extend(&deps);
            let mut packages: Vec<String> = analyzed.iter().map(syntax).collect();
            packages.extend(deps.difference(&analyzed).map(syntax));
            out.push(format!(
                "analyses := sync.OnceFunc(func() {{\n\t{}({}, false, {}, {})\n}})",
                uses.helper("analyze"),
                list(analyzers),
                analyzed.len(),
                packages.join(", ")
            ));
        }
        if finding.is_some_and(changes_syntax) && !uses.syntax.is_empty() {
            let files: Vec<_> =
                uses.syntax.iter().map(|i| format!("{}.files", syntax(i))).collect();
            out.push(format!("changed := {}({})", uses.helper("Watch"), files.join(", ")));
        }
        out
    }
}

/// Whether a finding is about syntax that changed.
pub(super) fn changes_syntax(finding: &Finding) -> bool {
    finding.signature.starts_with(SYNTAX_CHANGED)
}
