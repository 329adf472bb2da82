//! A finding: the content of finding.json.

use serde::{Deserialize, Serialize};

use super::compiler::CompilerVerdict;
use super::consequence::Consequence;
use super::frame::Frame;
use super::kind::Kind;
use super::normalise::Blame;
use super::releases::OnRelease;
use super::root::{Root, RootBy};
use super::subject::Subject;
use crate::checker::Checker;
use crate::escape;
use crate::scenario::{Class, ElementKind, Rule, Scenario, SourceKind};

/// The version of [`Finding`]'s JSON that this program writes. Fields may be
/// added under the same version; other changes raise it.
pub const VERSION: u32 = 1;

/// A failure kind together with a signature.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The format version, [`VERSION`].
    pub version: u32,
    /// `<kind>-<12 hex of the signature>`: the crash directory's name.
    pub id: String,
    /// What went wrong.
    pub kind: Kind,
    /// The class, which the scenario decides.
    pub class: Class,
    /// The signature: two reports with the same one are the same finding.
    pub signature: String,
    /// One line for people.
    pub title: String,
    /// Whose code fails.
    pub blame: Blame,
    /// Whether one goroutine alone shows it.
    pub sequential: bool,
    /// The stacks: both sides of a race, the goroutine that panicked, or all that are stuck.
    pub stacks: Vec<Stack>,
    /// The rules that decide the class.
    pub rules: Vec<RuleQuote>,
    /// `[k, n]`: seen in k of n runs; not tried yet if `None`.
    #[serde(default)]
    pub reproduced: Option<[u32; 2]>,
    /// The same, separately for each way to run: under its schedule's seed, in a process that ran
    /// other things, in new processes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rates: Option<Rates>,
    /// Whether it was seen again after it was found.
    #[serde(default)]
    pub confirmed: bool,
    /// The size and quality of minimized.txtar, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimized: Option<Minimization>,
    /// The result of running its standalone program; `None` if not tried yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standalone: Option<Standalone>,
    /// Which stage's time limit was exceeded: `setup`, `concurrent` or `total`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Files of the crash directory with the executions before it, if it could not be confirmed and
    /// one of them may be at fault. The last one is the most recent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspects: Vec<String>,
    /// The fault behind it; `None` if not determined yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<Root>,
    /// What the compiler says about the packages of the minimized test case; `None` if it was not
    /// asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compiler: Option<CompilerVerdict>,
    /// What users of go/types would notice; `None` if typerace did not look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consequence: Option<Consequence>,
    /// What its test case showed on other Go releases; empty if `bisect` has not run it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub releases: Vec<OnRelease>,
    /// The machine that reported it, if no run here has shown it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<String>,
    /// When and how it was found.
    #[serde(flatten)]
    pub origin: Origin,
    /// The number of crash directories with its signature that were merged into this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<u32>,
}

/// How often runs of one kind showed a finding.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Runs that showed it.
    pub seen: u32,
    /// All runs.
    pub runs: u32,
    /// With 95 % confidence, the true rate lies between this and `high`.
    pub low: f64,
    /// See `low`.
    pub high: f64,
}

impl std::fmt::Display for Rate {
    /// `7 of 10 (95 %: 40 to 89 %)`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { seen, runs, low, high } = self;
        write!(f, "{seen} of {runs} (95 %: {:.0} to {:.0} %)", low * 100.0, high * 100.0)
    }
}

/// How often a finding showed, by kind of run. Kinds that were not tried are `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rates {
    /// Under the seed of its schedule, in one process.
    pub schedule: Option<Rate>,
    /// As the runtime's scheduler decides, in one process.
    pub persistent: Option<Rate>,
    /// Each run in a new process.
    pub fresh: Option<Rate>,
}

impl Rates {
    /// The measured rates, each with a description.
    #[must_use]
    pub fn named(&self) -> Vec<(&'static str, Rate)> {
        let all = [
            ("under its seed, in one process", self.schedule),
            ("in one process", self.persistent),
            ("in new processes", self.fresh),
        ];
        all.into_iter().filter_map(|(name, rate)| Some((name, rate?))).collect()
    }
}

/// The result of minimizing a test case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Minimization {
    /// Lines of Go over all packages, blank ones left out.
    pub lines: usize,
    /// Packages.
    pub packages: usize,
    /// Goroutines of the scenario.
    pub goroutines: usize,
    /// Operations of the goroutine that has the most.
    pub operations: usize,
    /// Operations in `before`.
    pub before: usize,
    /// The class of the minimized scenario, which is never greater than the original's.
    pub class: Class,
    /// `[k, n]`: the original showed it in k of n runs.
    pub original: [u32; 2],
    /// `[k, n]`: seen in k of n new processes; `[0, 0]` if there was no time
    /// to measure.
    pub reproduced: [u32; 2],
    /// Seconds that it took.
    pub seconds: f64,
    /// Whether no reducer could shrink it further; otherwise time ran out.
    pub complete: bool,
    /// The Go release used to minimize it, `go1.27.3`.
    pub go_version: String,
}

/// What the standalone program in `repro/` showed when built with `go build -race` and run in new
/// processes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standalone {
    /// `[k, n]`: k of n processes showed the finding's signature.
    pub reproduced: [u32; 2],
    /// The number of tries in one process.
    pub attempts: u32,
    /// Whether its checks record their results in a `types.Info`.
    #[serde(default)]
    pub info: bool,
    /// Other signatures that the program showed.
    #[serde(default)]
    pub others: Vec<String>,
    /// The Go release used.
    pub go_version: String,
    /// Whether its goroutines wait for one another in importers.
    #[serde(default = "yes")]
    pub meet: bool,
    /// The questions that it asks in place of operations.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub direct: Vec<Direct>,
    /// Lines of main.go; 0 if written by a version of typerace that did not count them.
    #[serde(default)]
    pub lines: usize,
}

fn yes() -> bool {
    true
}

/// One question about one type, in place of an operation that asks about many.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Direct {
    /// The goroutine, counted from 1.
    pub goroutine: usize,
    /// The operation, counted from 0.
    pub operation: usize,
    /// The Go expression for the type.
    pub value: String,
    /// The Go expression for a second type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// The Go statement that asks; `$1` and `$2` stand for the types.
    pub ask: String,
    /// Whether the types are computed before the goroutines start.
    pub early: bool,
}

/// When and how a finding was found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// `go1.27.3`.
    pub go_version: String,
    /// Which harness build: its key in the cache.
    pub coverage_build: String,
    /// The patches that were in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub patched: Vec<String>,
    /// What it was found in; `None` if it was stored by a version of typerace that did not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Box<Subject>>,
    /// The campaign's seed.
    pub seed: u64,
    /// The corpus entries from which the test case descends, nearest first.
    pub ancestors: Vec<String>,
    /// How the test case was made, then how its ancestors were made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<Step>,
    /// Seconds from the campaign's start.
    pub seconds_to_find: f64,
    /// Executions from the campaign's start.
    pub execs_to_find: u64,
    /// RFC 3339, UTC; see [`super::rfc3339`].
    pub found_at: String,
    /// The user's package whose operations were part of the vocabulary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<TargetOrigin>,
}

/// A target: a user's package that registers operations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetOrigin {
    /// The name in its package clause.
    pub name: String,
    /// Its import path; without a module, its folder.
    pub path: String,
}

/// How one test case in a finding's ancestry was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The corpus entry; `None` is the finding's own test case.
    pub entry: Option<String>,
    /// The operators that made it from the next step's test case, in order; or `generate`; or
    /// `seed` and its path. Empty if unknown.
    pub by: Vec<String>,
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let by = if self.by.is_empty() { "unknown".to_owned() } else { self.by.join(", ") };
        match &self.entry {
            Some(entry) => write!(f, "{entry}: {by}"),
            None => f.write_str(&by),
        }
    }
}

/// One stack of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stack {
    /// What the stack shows: `write`, `read`, `panic`, `goroutine 7: sync.Mutex.Lock`.
    pub of: String,
    /// Innermost call first, names normalised.
    pub frames: Vec<Frame>,
}

/// A rule that a scenario keeps or breaks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleQuote {
    /// The elements of the scenario that the rule concerns: `share info`.
    pub elements: Vec<String>,
    /// The text of the rule.
    pub says: String,
    /// Where it stands. Empty for a statement of typerace's.
    pub place: String,
    /// Whose sentence it is.
    #[serde(default)]
    pub source: SourceKind,
    /// What it means here, in typerace's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl RuleQuote {
    /// A rule for files and people.
    #[must_use]
    pub fn new(elements: Vec<String>, rule: Rule) -> Self {
        Self {
            elements,
            says: rule.says.to_owned(),
            place: rule.source.place(),
            source: rule.source.kind(),
            note: rule.note.to_owned(),
        }
    }

    /// The sentence, between quotation marks only if it is a quotation.
    #[must_use]
    pub fn sentence(&self) -> String {
        if self.source.is_quotation() { format!("“{}”", self.says) } else { self.says.clone() }
    }

    /// Where it stands and what it means here. May be empty.
    #[must_use]
    pub fn remarks(&self) -> String {
        let parts = [self.place.as_str(), self.note.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
    }

    /// Both: `“Contexts are safe for concurrent use.” (go/types, type Context)`.
    #[must_use]
    pub fn text(&self) -> String {
        match self.remarks() {
            none if none.is_empty() => self.sentence(),
            remarks => format!("{} ({remarks})", self.sentence()),
        }
    }
}

/// A finding.json that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FindingError {
    /// Not JSON, or not a finding.
    #[error("it is not a finding: {0}")]
    Json(#[from] serde_json::Error),
    /// Written by an incompatible version of this program.
    #[error("it has version {0}, this typerace reads version {VERSION}")]
    Version(u64),
    /// Its id, which becomes the name of a folder, is none.
    #[error("its id {0:?} is not the name of a finding")]
    Id(String),
}

/// What repetitions showed, for people: the same words in every list.
#[must_use]
pub fn again([shown, runs]: [u32; 2]) -> String {
    if runs == 0 { "not run again".to_owned() } else { format!("reproduced {shown} of {runs}") }
}

/// Whether k of n repetitions leave a finding unconfirmed. Without a repetition, only a hang is: a
/// busy machine can cause it.
#[must_use]
pub fn is_unconfirmed(kind: Kind, [shown, runs]: [u32; 2]) -> bool {
    shown == 0 && (runs > 0 || kind == Kind::Hang)
}

impl Finding {
    /// Whether any run after the first showed it: a repetition, its minimized test case, its
    /// program, or the runs that told its root by a patch.
    #[must_use]
    pub fn showed_again(&self) -> bool {
        let again = |shown: Option<[u32; 2]>| shown.is_some_and(|[k, _]| k > 0);
        self.confirmed
            || again(self.reproduced)
            || again(self.minimized.as_ref().map(|m| m.reproduced))
            || again(self.standalone.as_ref().map(|s| s.reproduced))
            || self.root.as_ref().is_some_and(|root| root.by == RootBy::Patch)
    }

    /// Whether it was run again, and no run showed it: it may belong to another execution, or be a
    /// mistake of the race detector.
    #[must_use]
    pub fn is_unconfirmed(&self) -> bool {
        is_unconfirmed(self.kind, self.reproduced.unwrap_or_default()) && !self.showed_again()
    }

    /// The text of finding.json.
    ///
    /// # Errors
    /// None in practice: every field has a JSON form.
    pub fn to_json(&self) -> Result<String, FindingError> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Reads finding.json.
    ///
    /// # Errors
    /// Text that is not a finding's JSON, or another version's.
    pub fn from_json(text: &str) -> Result<Self, FindingError> {
        let mut value: serde_json::Value = serde_json::from_str(text)?;
        // It may be a stranger's. Only texts of programs have several lines.
        escape::document(&mut value, &["output", "stack", "message", "wrong_answer", "type_error"]);
        // The version first: the fields of another version would only confuse.
        if let Some(version) = value.get("version").and_then(serde_json::Value::as_u64)
            && version != u64::from(VERSION)
        {
            return Err(FindingError::Version(version));
        }
        let finding: Self = serde_json::from_value(value)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if finding.id.is_empty() || finding.id.len() > 100 || !finding.id.chars().all(plain) {
            return Err(FindingError::Id(finding.id));
        }
        Ok(finding)
    }
}

impl Origin {
    /// The type checker that was under test.
    #[must_use]
    pub fn checker(&self) -> Checker {
        self.subject.as_deref().map_or_else(Checker::default, |s| s.checker)
    }
}

/// The class of what a checker shows in a scenario, and the rules that decide it: those of the
/// elements with that class, each rule once, unless the checker has one of its own. `alone` says that
/// one goroutine is enough.
#[must_use]
pub fn class_and_rules(
    scenario: &Scenario,
    checker: Checker,
    alone: bool,
) -> (Class, Vec<RuleQuote>) {
    match scenario.class_for(checker, alone) {
        (class, None) => (class, deciding_rules(scenario)),
        (class, Some(rule)) => (class, vec![RuleQuote::new(Vec::new(), rule)]),
    }
}

/// The rules that decide a scenario's class for go/types.
#[must_use]
pub fn deciding_rules(scenario: &Scenario) -> Vec<RuleQuote> {
    let class = scenario.class();
    let mut rules: Vec<RuleQuote> = Vec::new();
    for element in scenario.elements().into_iter().filter(|e| e.class == class) {
        let name = match element.kind {
            ElementKind::Share => format!("share {}", element.name),
            ElementKind::Import => format!("import {}", element.name),
            ElementKind::Meet => format!("meet {}", element.name),
            ElementKind::Setter => format!("set {}", element.name),
            ElementKind::Config => format!("configure {}", element.name),
            ElementKind::Reading => format!("ssaread {}", element.name),
            _ => element.name.to_owned(),
        };
        let mut rule = RuleQuote::new(Vec::new(), element.rule);
        match rules.iter_mut().find(|r| r.says == rule.says && r.place == rule.place) {
            Some(known) => known.elements.push(name),
            None => {
                rule.elements.push(name);
                rules.push(rule);
            }
        }
    }
    rules
}
