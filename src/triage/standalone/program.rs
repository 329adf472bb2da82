//! A test case → the text of a Go program.

use super::body::{Body, Line, Uses};
use super::check::{self, CHECKED, Mode, NEW_INFO};
use super::direct::{Forms, PROBE};
use super::go_mod::{go_mod, go_sum};
use super::helpers::HELPERS;
use super::plan::Plan;
use super::text::{comment, literal, quoted};
use super::walk;
use super::writer::Writer;
use crate::finding::{Direct, Finding, RuleQuote, deciding_rules};
use crate::harness::source_file;
use crate::scenario::{Class, Import, Meet, Operation, Scenario};
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
    let mut code = without_unused(w.out);
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
        } else if mentions(code, &name) > 0 || code.contains("sources[") {
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
                mentions(code, name) > 0
                    || bare.iter().zip(&wanted).any(|(text, w)| *w && mentions(text, name) > 0)
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

/// Leaves out the importers that nothing uses: one goroutine that imports for itself
/// needs no list of what is complete, and a walk over instances imports nothing.
fn without_unused(mut code: String) -> String {
    // The shared one is often made of the list.
    for name in ["shared", "packages"] {
        let statements = code.lines().filter(|l| !l.trim_start().starts_with("//"));
        if statements.map(|l| mentions(l, name)).sum::<usize>() == 1 {
            let declares = format!("{name} := ");
            let rest = code.lines().filter(|l| !l.trim_start().starts_with(&declares));
            code = rest.fold(String::new(), |out, l| out + l + "\n");
        }
    }
    code
}

/// How often code uses a name: as a call, a type or a value.
fn mentions(code: &str, name: &str) -> usize {
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '.' || c == '"';
    let places = code.match_indices(name).filter(|(at, _)| {
        !code[..*at].ends_with(word)
            && !code[at + name.len()..]
                .starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '"')
    });
    places.count()
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
