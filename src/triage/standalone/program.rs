//! A test case → the text of a Go program.

use super::body::{Body, Line, Uses, delivered, shared_importer};
use super::check::{self, CHECKED, Mode, NEW_INFO, meets};
use super::direct::{Forms, PROBE};
use super::go_mod::{go_mod, go_sum};
use super::helpers::HELPERS;
use super::plan::{Imports, Plan};
use super::text::{comment, literal, quoted};
use super::walk;
use crate::finding::{Direct, Finding, Kind, RuleQuote, deciding_rules};
use crate::harness::source_file;
use crate::scenario::{Class, INSTANCES, Import, Meet, Operation, Scenario, Share};
use crate::testcase::SourceCase;

/// What is left open by a test case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How often the program tries, each time with packages made anew.
    pub attempts: u32,
    /// Whether each check records what it finds in a `types.Info`.
    pub info: bool,
    /// The minor version of the Go release that it is for: 27 of Go 1.27.
    pub go_minor: u32,
    /// Whether goroutines wait for one another in importers, where the scenario has
    /// it so.
    pub meet: bool,
    /// What stands in the place of operations.
    pub direct: Vec<Direct>,
    /// Whether the program is one that looks for that itself.
    pub probe: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            attempts: 100,
            info: false,
            go_minor: 26,
            meet: true,
            direct: Vec::new(),
            probe: false,
        }
    }
}

/// The files of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// main.go, as gofmt prints it.
    pub main_go: String,
    /// go.mod.
    pub go_mod: String,
    /// go.sum, where a module is needed.
    pub go_sum: Option<String>,
}

/// Import paths by the name that code uses.
const IMPORTS: [(&str, &str); 22] = [
    ("bytes", "bytes"),
    ("ast", "go/ast"),
    ("constant", "go/constant"),
    ("parser", "go/parser"),
    ("token", "go/token"),
    ("types", "go/types"),
    ("maps", "maps"),
    ("os", "os"),
    ("runtime", "runtime"),
    ("debug", "runtime/debug"),
    ("pprof", "runtime/pprof"),
    ("slices", "slices"),
    ("fmt", "fmt"),
    ("sync", "sync"),
    ("atomic", "sync/atomic"),
    ("time", "time"),
    ("gcexportdata", "golang.org/x/tools/go/gcexportdata"),
    ("ssa", "golang.org/x/tools/go/ssa"),
    ("objectpath", "golang.org/x/tools/go/types/objectpath"),
    ("typeutil", "golang.org/x/tools/go/types/typeutil"),
    ("strings", "strings"),
    ("sort", "sort"),
];

/// Writes the program of a test case. A finding adds what it shows, and what
/// its kind needs.
#[must_use]
pub fn program(
    case: &SourceCase,
    scenario: &Scenario,
    finding: Option<&Finding>,
    options: &Options,
) -> Program {
    let taken: Vec<&str> = HELPERS.iter().map(|h| h.name).collect();
    let mut quiet = scenario.clone();
    if !options.meet {
        quiet.meet.remove(&Meet::Import);
    }
    let plan = Plan::new(case, &quiet, &taken);
    let mode = Mode::new(&plan, options);
    let mut uses = Uses::default();
    let mut forms = Forms::new(&plan, options);
    let bodies: Vec<Vec<Line>> = (1..=scenario.go.len())
        .map(|id| Body::write(&plan, mode, id, &mut forms, &mut uses))
        .collect();
    let before = Body::write(&plan, mode, 0, &mut forms, &mut uses);
    let mut w =
        Writer { plan: &plan, mode, uses: &uses, options, early: forms.early, out: String::new() };
    w.write(finding, &before, &bodies);
    let mut code = w.out;
    // One goroutine that imports for itself needs no list of what is complete.
    if code.matches("packages").count() == 1 {
        code = code
            .lines()
            .filter(|l| !l.contains("packages := importer{"))
            .fold(String::new(), |out, l| out + l + "\n");
    }
    if options.probe {
        code.push_str(&format!("\nconst slots = {}\n", forms.slots.len()));
        code.push_str(PROBE);
    }
    code.push_str(&functions(&code, &plan, mode, &uses, options));
    let code = if options.probe { code } else { for_release(code, options.go_minor) };
    let imports = imports(&without_comments(&code));
    let tools = imports.iter().any(|p| p.starts_with("golang.org/"));
    let main_go = format!(
        "{}package main\n\n{}\n{}\n{code}",
        head(&plan, finding, options),
        import_block(&imports),
        sources(&plan, mode, &code),
    );
    Program {
        main_go,
        go_mod: go_mod(options.go_minor, tools),
        go_sum: tools.then(|| go_sum(options.go_minor)).flatten(),
    }
}

/// The comment at the top: what it shows, and what is documented of it.
fn head(plan: &Plan<'_>, finding: Option<&Finding>, options: &Options) -> String {
    let mut out = String::new();
    if let Some(f) = finding {
        out.push_str(&comment(&format!("{}: {}", f.blame.as_str(), f.title), " "));
        out.push_str("//\n");
    }
    if plan.scenario.go.len() > 1 {
        rules(&mut out, plan);
    } else {
        out.push_str(&comment("One goroutine alone shows it.", " "));
    }
    let how = if plan.scenario.schedule.is_some() && options.attempts > 1 {
        "Run it with: go run -race . (it was found under a fixed schedule; here it is tried again and again until chance finds one like it)"
    } else {
        "Run it with: go run -race ."
    };
    out.push_str("//\n");
    out.push_str(&comment(how, " "));
    out
}

/// What is documented of it.
fn rules(out: &mut String, plan: &Plan<'_>) {
    let class = plan.scenario.class();
    out.push_str(&comment(
        match class {
            Class::Bug => "What it does concurrently is documented as safe:",
            Class::Unstated => {
                "The documentation does not say whether what it does may be done concurrently:"
            }
            Class::Contract => "It breaks a documented rule, so a race is to be expected:",
        },
        " ",
    ));
    for rule in concurrent_rules(plan) {
        // A lock needs no saying, and the whole place is in issue.md.
        if class != Class::Contract && rule.elements.iter().all(|e| e == "share importer") {
            continue;
        }
        let place = rule.place.split([';', ':']).next().unwrap_or_default();
        out.push_str(&comment(&format!("“{}” ({place})", rule.says), " "));
    }
}

/// The rules of what is done concurrently: what comes before is done by one
/// goroutine, and breaks none.
pub(super) fn concurrent_rules(plan: &Plan<'_>) -> Vec<RuleQuote> {
    let mut scenario = plan.scenario.clone();
    if scenario.class() == Class::Contract {
        return deciding_rules(&scenario);
    }
    scenario.before.clear();
    let mut rules = deciding_rules(&scenario);
    if plan.importing.iter().all(|n| *n == 0) && !scenario.go.iter().flatten().any(checks) {
        for rule in &mut rules {
            rule.elements.retain(|e| e != "import source");
        }
    }
    rules.retain(|rule| !rule.elements.is_empty());
    rules
}

fn checks(op: &Operation) -> bool {
    matches!(op, Operation::Check { .. } | Operation::Import { .. })
}

/// The packages' texts as constants, and a table of them if code wants one.
fn sources(plan: &Plan<'_>, mode: Mode, code: &str) -> String {
    let mut out = String::new();
    for p in &plan.packages {
        let name = format!("{}Source", p.variable);
        if mode.several_files {
            let files: Vec<_> = p.files.iter().map(|f| literal(f)).collect();
            out.push_str(&format!("var {name} = []string{{{}}}\n\n", files.join(", ")));
        } else if mentions(code, &name) || code.contains("sources[") {
            out.push_str(&format!("const {name} = {}\n\n", literal(p.files[0])));
        }
    }
    if code.contains("sources[") {
        let value = if mode.several_files { "[]string" } else { "string" };
        let all: Vec<_> = plan
            .packages
            .iter()
            .map(|p| format!("{}: {}Source", quoted(p.path), p.variable))
            .collect();
        out.push_str(&format!("var sources = map[string]{value}{{{}}}\n\n", all.join(", ")));
    }
    out.pop();
    out
}

/// The functions that the code calls, and those that they call.
fn functions(code: &str, plan: &Plan<'_>, mode: Mode, uses: &Uses, options: &Options) -> String {
    let mut own: Vec<(&str, String)> = vec![
        ("check", check::check("check", plan, mode, false)),
        ("checkUnfinished", check::check("checkUnfinished", plan, mode, true)),
        ("checked", CHECKED.to_owned()),
        ("parse", check::parse(mode)),
        ("newInfo", NEW_INFO.to_owned()),
        ("importer", check::importers(plan, mode)),
        ("parallel", check::parallel(plan, mode)),
        ("meeting", check::meeting(plan)),
        ("walk", walk::walk(uses.ordered)),
        ("parts", walk::parts(plan, options.go_minor)),
    ];
    if code.contains("rebuild(") || plan.scenario.import == Import::Synthetic {
        own.push(("rebuild", rebuild(options.go_minor)));
    }
    own.extend(HELPERS.iter().map(|h| (h.name, h.text.to_owned())));
    // A name in a comment calls nothing.
    let code = &without_comments(code);
    let bare: Vec<String> = own.iter().map(|(_, text)| without_comments(text)).collect();
    let mut wanted: Vec<bool> = vec![false; own.len()];
    loop {
        let used: Vec<usize> = (0..own.len())
            .filter(|&i| !wanted[i])
            .filter(|&i| {
                let name = own[i].0;
                mentions(code, name)
                    || bare.iter().zip(&wanted).any(|(text, w)| *w && mentions(text, name))
            })
            .collect();
        if used.is_empty() {
            break;
        }
        for i in used {
            wanted[i] = true;
        }
    }
    let texts = own.iter().zip(wanted).filter(|(o, w)| *w && !o.1.is_empty());
    texts.map(|(o, _)| format!("\n{}", o.1.trim_start())).collect()
}

fn without_comments(code: &str) -> String {
    code.lines().map(|l| l.split("//").next().unwrap_or(l)).collect::<Vec<_>>().join("\n")
}

/// Whether code uses a name: as a call, a type or a value.
fn mentions(code: &str, name: &str) -> bool {
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == '"';
    code.match_indices(name).any(|(at, _)| {
        !code[..at].ends_with(word)
            && !code[at + name.len()..]
                .starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '"')
    })
}

/// The packages that the code uses, sorted as gofmt does not insist on but
/// people do.
fn imports(code: &str) -> Vec<&'static str> {
    let used = |name: &str| {
        code.match_indices(name).any(|(at, _)| {
            code[at + name.len()..].starts_with('.')
                && !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.')
        })
    };
    let mut all: Vec<_> = IMPORTS.iter().filter(|(n, _)| used(n)).map(|(_, p)| *p).collect();
    all.sort_unstable();
    all
}

fn import_block(imports: &[&str]) -> String {
    let (others, std): (Vec<_>, Vec<_>) = imports.iter().partition(|p| p.contains('.'));
    let line = |p: &&str| format!("\t\"{p}\"\n");
    let mut out = String::from("import (\n");
    out.extend(std.into_iter().map(line));
    if !others.is_empty() {
        out.push('\n');
        out.extend(others.into_iter().map(line));
    }
    out + ")\n"
}

/// Older releases lack parts of the API of aliases.
fn for_release(code: String, go_minor: u32) -> String {
    let code = match go_minor {
        23.. => code,
        _ => code.replace(
            "\tif a, ok := t.(*types.Alias); ok {\n\t\ta.Rhs()\n\t\ta.Origin()\n\t\ta.TypeArgs()\n\t}\n",
            "",
        ),
    };
    if go_minor >= 22 {
        return code;
    }
    code.replace("\ttypes.Unalias(t)\n", "").replace("types.Unalias(t).(", "t.(")
}

/// The harness's code that builds a package by hand, as importers do.
fn rebuild(go_minor: u32) -> String {
    let aliases: &[&str] = match go_minor {
        24.. => &["synthetic/alias_go124.go"],
        22..=23 => &["synthetic/alias_old.go", "synthetic/aliased_go122.go"],
        _ => &["synthetic/alias_old.go", "synthetic/aliased_go121.go"],
    };
    let files = ["synthetic/synthetic.go", "synthetic/types.go"].iter().chain(aliases);
    let texts: Vec<String> = files
        .filter_map(|name| source_file(name))
        .map(|text| {
            // What follows the package clause and the imports.
            let rest = text.split_once("package synthetic\n").map_or(text, |(_, r)| r);
            let rest = rest.trim_start();
            let rest = match rest.strip_prefix("import (") {
                Some(r) => r.split_once("\n)\n").map_or(r, |(_, r)| r),
                None => rest.strip_prefix("import \"go/types\"\n").unwrap_or(rest),
            };
            rest.trim()
                .replace("// Package returns", "// rebuild returns")
                .replace("func Package(", "func rebuild(")
        })
        .collect();
    texts.join("\n\n") + "\n"
}

struct Writer<'p, 'a> {
    plan: &'p Plan<'a>,
    mode: Mode,
    uses: &'p Uses,
    options: &'p Options,
    /// What is done before the goroutines start, for what they do.
    early: Vec<String>,
    out: String,
}

impl Writer<'_, '_> {
    fn say(&mut self, indent: usize, text: &str) {
        for line in text.split('\n') {
            self.out.extend(std::iter::repeat_n('\t', indent));
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    /// The function `main`, and `attempt` where a probe calls it.
    fn write(&mut self, finding: Option<&Finding>, before: &[Line], bodies: &[Vec<Line>]) {
        let options = self.options;
        if self.mode.fset {
            self.say(0, "var fset = token.NewFileSet()\n");
        }
        let once = options.attempts <= 1 && !options.probe;
        if self.mode.context && once {
            self.say(0, "var ctxt = types.NewContext() // in every types.Config\n");
        } else if self.mode.context {
            self.say(0, "var ctxt *types.Context // in every types.Config\n");
        }
        self.say(0, "func main() {");
        self.settings(finding);
        if once {
            self.attempt(before, bodies);
        } else if options.probe {
            self.say(1, "probe()");
        } else {
            let n = options.attempts;
            self.say(
                1,
                &match options.go_minor {
                    22.. => format!("for range {n} {{"),
                    _ => format!("for i := 0; i < {n}; i++ {{"),
                },
            );
            let above = std::mem::take(&mut self.out);
            self.say(1, "// Each attempt has packages of its own.");
            if self.mode.context {
                self.say(1, "ctxt = types.NewContext()");
            }
            self.attempt(before, bodies);
            let body = std::mem::replace(&mut self.out, above);
            for line in body.lines() {
                self.say(1, line);
            }
            self.say(1, "}");
        }
        match finding.map(|f| f.kind) {
            Some(Kind::Leak) => {
                self.say(1, "// Everything has returned: only this goroutine should be left.");
                self.say(1, "time.Sleep(time.Second)");
                self.say(1, "pprof.Lookup(\"goroutine\").WriteTo(os.Stdout, 1)");
            }
            Some(Kind::Memory) => {
                self.say(1, "var m runtime.MemStats");
                self.say(1, "runtime.ReadMemStats(&m)");
                self.say(1, "fmt.Println(\"allocated in all:\", m.TotalAlloc>>20, \"MiB\")");
            }
            _ => {}
        }
        self.say(0, "}");
        if options.probe {
            self.say(0, "\nfunc attempt() {");
            if self.mode.context {
                self.say(1, "ctxt = types.NewContext()");
            }
            self.attempt(before, bodies);
            self.say(0, "}");
        }
    }

    fn settings(&mut self, finding: Option<&Finding>) {
        let scenario = self.plan.scenario;
        let mut settings = scenario.godebug.clone();
        if self.options.go_minor == 22 && !settings.iter().any(|s| s.starts_with("gotypesalias=")) {
            settings.push("gotypesalias=1".to_owned());
        }
        if !settings.is_empty() {
            self.say(1, &format!("os.Setenv(\"GODEBUG\", {})", quoted(&settings.join(","))));
        }
        if let Some(n) = scenario.procs {
            self.say(1, &format!("runtime.GOMAXPROCS({n})"));
        }
        if finding.is_some_and(|f| f.kind.stalls()) {
            self.say(1, "// If it does not come to its end, print where every goroutine is.");
            self.say(1, "debug.SetTraceback(\"all\")");
            self.say(1, "time.AfterFunc(10*time.Second, func() { panic(\"no end after 10 s\") })");
        }
    }

    /// Where a scenario's `before` checks: without Config.Error if it leaves
    /// packages unfinished.
    fn check_before(&self, i: usize) -> String {
        let p = &self.plan.packages[i];
        let check = if self.plan.scenario.share.contains(&Share::Unfinished) {
            "checkUnfinished"
        } else {
            "check"
        };
        let importer = if self.plan.imports == Imports::None { "" } else { ", packages" };
        format!("{check}({}, {}Source{importer})", quoted(p.path), p.variable)
    }

    fn complete(&mut self, i: usize) {
        let p = &self.plan.packages[i];
        let import = self.plan.scenario.import;
        let mut checked = self.check_before(i);
        if self.mode.syntax {
            if self.uses.syntax.contains(&i) {
                self.say(1, &format!("{}Syntax := {checked}", p.variable));
                checked = format!("{}Syntax", p.variable);
            }
            checked.push_str(".Package");
        }
        let value = delivered(import, &checked);
        let keeps = self.plan.imports != Imports::None;
        let entry = format!("packages[{}]", quoted(p.path));
        match (self.uses.packages.contains(&i), keeps) {
            (true, _) => {
                self.say(1, &format!("{} := {value}", p.variable));
                if keeps {
                    self.say(1, &format!("{entry} = {}", p.variable));
                }
            }
            (false, true) => self.say(1, &format!("{entry} = {value}")),
            (false, false) if value.ends_with(')') => self.say(1, &value),
            (false, false) => {}
        }
    }

    fn attempt(&mut self, before: &[Line], bodies: &[Vec<Line>]) {
        let above = std::mem::take(&mut self.out);
        let alone = self.plan.imports == Imports::Parallel && self.plan.completed.is_empty();
        if self.plan.imports != Imports::None && !alone {
            let unsafe_ = self.plan.packages.iter().any(|p| p.imports_others)
                && self
                    .plan
                    .packages
                    .iter()
                    .flat_map(|p| &p.files)
                    .any(|f| f.contains("\"unsafe\""));
            let first = if unsafe_ { "\"unsafe\": types.Unsafe" } else { "" };
            self.say(1, &format!("packages := importer{{{first}}}"));
        }
        let importer = std::mem::take(&mut self.out);
        let all = before.iter().chain(bodies.iter().flatten());
        let makes = |l: &Line| matches!(l, Line::Text(t) if t.contains("instances"));
        if all.into_iter().any(makes) {
            self.say(1, "var instances []types.Type");
        }
        for line in before {
            match line {
                Line::Complete(i) => self.complete(*i),
                Line::Text(text) => self.statement(1, text),
            }
        }
        let head = std::mem::take(&mut self.out);
        self.one_importer();
        let shared = std::mem::take(&mut self.out);
        self.shared();
        for line in std::mem::take(&mut self.early) {
            self.say(1, &line);
        }
        self.goroutines(bodies);
        let rest = std::mem::replace(&mut self.out, head);
        // An operation that only walks over instances imports nothing.
        if rest.contains("shared") {
            self.out.push_str(&shared);
        }
        self.out.push_str(&rest);
        let body = std::mem::replace(&mut self.out, above);
        if body.contains("packages") {
            self.out.push_str(&importer);
        }
        self.out.push_str(&body);
    }

    /// A statement; walks are told their order only where one has another.
    fn statement(&mut self, indent: usize, text: &str) {
        if self.uses.ordered {
            self.say(indent, text);
        } else {
            self.say(
                indent,
                &if text.contains("walk(") {
                    text.replace(", nil, ", ", ")
                } else {
                    text.to_owned()
                },
            );
        }
    }

    /// The importer that goroutines share.
    fn one_importer(&mut self) {
        let complete = !self.plan.completed.is_empty();
        match self.plan.imports {
            Imports::Locked if complete => {
                self.say(1, "shared := &locked{importer: importer{}, complete: packages}");
            }
            Imports::Locked => self.say(1, "shared := &locked{importer: packages}"),
            Imports::Parallel if complete => {
                self.say(1, "shared := &parallel{complete: packages}");
            }
            Imports::Parallel => self.say(1, "shared := new(parallel)"),
            Imports::Unlocked if complete => {
                self.say(1, "shared := unlocked{importer{}, packages}");
            }
            Imports::Unlocked => self.say(1, "shared := packages"),
            _ => {}
        }
    }

    /// What else goroutines share beside completed packages.
    fn shared(&mut self) {
        let scenario = self.plan.scenario;
        let shares = |s| scenario.share.contains(&s);
        for (share, make) in [(Share::Interface, "openInterfaces"), (Share::Alias, "openAliases")] {
            if !shares(share) || !self.walks_instances() {
                continue;
            }
            for &i in &self.plan.completed {
                let v = if self.uses.packages.contains(&i) {
                    self.plan.packages[i].variable.clone()
                } else if self.plan.imports == Imports::None {
                    continue;
                } else {
                    format!("packages[{}]", quoted(self.plan.packages[i].path))
                };
                self.say(1, &format!("instances = append(instances, {make}({v})...)"));
            }
        }
        let checks: Vec<(usize, usize)> = scenario
            .go
            .iter()
            .enumerate()
            .flat_map(|(g, ops)| ops.iter().map(move |op| (g + 1, op)))
            .filter_map(|(g, op)| match op {
                Operation::Check { package } => self.plan.index(package).map(|i| (g, i)),
                _ => None,
            })
            .collect();
        if checks.is_empty() {
            return;
        }
        let importer = shared_importer(self.plan);
        let context = if self.mode.context { "Context: ctxt, " } else { "" };
        let conf = format!(
            "&types.Config{{{context}Importer: {importer}, Error: {}}}",
            check::error_func(self.plan)
        );
        if shares(Share::Config) {
            self.say(1, &format!("conf := {conf}"));
        }
        if shares(Share::Info) {
            self.say(1, "info := newInfo()");
        }
        let mut seen = Vec::new();
        for &(g, i) in &checks {
            let (v, path) =
                (self.plan.packages[i].variable.clone(), quoted(self.plan.packages[i].path));
            let own = !shares(Share::Package) && !shares(Share::Checker);
            if shares(Share::Incomplete) && own && !seen.contains(&(g, i)) {
                let name = format!("{v}Package{g}");
                self.say(1, &format!("{name} := types.NewPackage({path}, \"\")"));
                self.say(1, &format!("{name}.MarkComplete()"));
                if self.plan.imports != Imports::None && !self.plan.completed.contains(&i) {
                    self.say(1, &format!("packages[{path}] = {name}"));
                }
            }
            seen.push((g, i));
            if seen.iter().filter(|(_, j)| *j == i).count() > 1 {
                continue;
            }
            if shares(Share::Ast) {
                self.say(1, &format!("{v}Files := parse({path}, {v}Source)"));
            }
            if !own {
                self.say(1, &format!("{v}Package := types.NewPackage({path}, \"\")"));
                if shares(Share::Incomplete) && self.plan.imports != Imports::None {
                    self.say(1, &format!("packages[{path}] = {v}Package"));
                }
            }
            if shares(Share::Checker) {
                let conf = if shares(Share::Config) { "conf" } else { conf.as_str() };
                let info = if shares(Share::Info) { "info" } else { "newInfo()" };
                let line =
                    format!("{v}Checker := types.NewChecker({conf}, fset, {v}Package, {info})");
                self.say(1, &line);
            }
        }
    }

    fn walks_instances(&self) -> bool {
        let walks =
            |op: &Operation| matches!(op, Operation::Walk { package, .. } if package == INSTANCES);
        self.plan.scenario.go.iter().flatten().any(walks)
    }

    fn goroutines(&mut self, bodies: &[Vec<Line>]) {
        let meets = meets(self.plan);
        if meets {
            self.say(1, "arrived.Store(0)");
        }
        let n = bodies.len();
        let alone = n == 1;
        let first = self.goroutine(bodies, 0);
        if alone {
            for line in first {
                self.statement(1, &line);
            }
            return;
        }
        // WaitGroup.Go counts and calls Done itself.
        let by_group = self.options.go_minor >= 25;
        self.say(1, "var wg sync.WaitGroup");
        if !by_group {
            self.say(1, &format!("wg.Add({n})"));
        }
        let start = self.plan.scenario.meet.contains(&Meet::Start) && !meets;
        if start {
            self.say(1, "start := make(chan struct{})");
        }
        let all: Vec<Vec<String>> = (0..n).map(|i| self.goroutine(bodies, i)).collect();
        let same = n > 1 && all.iter().all(|b| *b == all[0]);
        let indent = if same { 2 } else { 1 };
        if same {
            let times = match self.options.go_minor {
                22.. => format!("for range {n} {{"),
                _ => format!("for i := 0; i < {n}; i++ {{"),
            };
            self.say(1, &times);
        }
        for body in all.iter().take(if same { 1 } else { n }) {
            if let ([line], true) = (&body[..], by_group && !meets && !start)
                && !line.contains('\n')
            {
                self.statement(indent, &format!("wg.Go(func() {{ {line} }})"));
                continue;
            }
            if by_group {
                self.say(indent, "wg.Go(func() {");
            } else {
                self.say(indent, "go func() {");
                self.say(indent + 1, "defer wg.Done()");
            }
            if meets {
                self.say(indent + 1, "defer arrived.Add(1) // nobody waits for this one any more");
            }
            if start {
                self.say(indent + 1, "<-start");
            }
            for line in body {
                self.statement(indent + 1, line);
            }
            self.say(indent, if by_group { "})" } else { "}()" });
        }
        if same {
            self.say(1, "}");
        }
        if start {
            self.say(1, "close(start)");
        }
        self.say(1, "wg.Wait()");
    }

    /// A goroutine's statements with its importer.
    fn goroutine(&self, bodies: &[Vec<Line>], i: usize) -> Vec<String> {
        let Some(body) = bodies.get(i) else { return Vec::new() };
        let mut lines: Vec<String> = body
            .iter()
            .filter_map(|l| match l {
                Line::Text(t) => Some(t.clone()),
                Line::Complete(_) => None,
            })
            .collect();
        let uses = |l: &String| {
            l.contains(", im)") || l.contains("im.Import(") || l.contains("Importer: im,")
        };
        let times = lines.iter().filter(|l| uses(l)).count();
        if times == 0 {
            return lines;
        }
        let own = match self.plan.imports {
            Imports::Own if self.plan.completed.is_empty() => "importer{}".to_owned(),
            Imports::Own => "maps.Clone(packages)".to_owned(),
            _ => shared_importer(self.plan).to_owned(),
        };
        let made = if meets(self.plan) { format!("&meeting{{Importer: {own}}}") } else { own };
        if times == 1 && lines.iter().any(|l| l.ends_with(", im)") && l.starts_with("check(")) {
            for line in &mut lines {
                *line = line.replace(", im)", &format!(", {made})"));
            }
        } else {
            lines.insert(0, format!("im := {made}"));
        }
        lines
    }
}
