//! Turns a test case into the files of a Go program.

use std::collections::{BTreeMap, BTreeSet};

use super::checks::{Check, Mode, load};
use super::forms::Forms;
use super::go_mod::{go_mod, go_sum};
use super::goroutine::emit;
use super::head::head;
use super::library::{Library, Selection};
use super::line::Line;
use super::main_func::{Statements, main};
use super::options::Options;
use super::plan::Plan;
use super::queries::{Form, form};
use super::scan::{Token, tokens};
use super::text::{literal, quoted};
use super::uses::{Context, Uses};
use crate::finding::{Finding, Kind};
use crate::scenario::{Meet, Operation, Order, Scenario};
use crate::testcase::SourceCase;

/// The files of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// main.go, in gofmt's format.
    pub main_go: String,
    /// go.mod.
    pub go_mod: String,
    /// go.sum, if a module is needed.
    pub go_sum: Option<String>,
}

/// Writes the program of a test case. A finding adds what it shows and what its kind needs.
#[must_use]
pub fn program(
    case: &SourceCase,
    scenario: &Scenario,
    finding: Option<&Finding>,
    options: &Options,
) -> Program {
    let library = Library::new(options.go_minor);
    let mut quiet = scenario.clone();
    if !options.meet {
        quiet.meet.remove(&Meet::Import);
    }
    let taken: Vec<&str> = library.names().collect();
    let plan = Plan::new(case, &quiet, &taken);
    let mut forms = Forms::new(&plan, options);
    let mode = Mode::new(&plan, options);
    let cx = Context { plan: &plan, mode, options, ordered: is_ordered(&quiet, &forms) };
    let mut uses = Uses::default();
    let statements = statements(cx, finding, &mut forms, &mut uses);
    let mut code = main(cx, finding, statements, &mut uses);
    let stalls = finding.is_some_and(|f| f.kind == Kind::Deadlock);
    let selection = declarations(cx, &library, &mut uses, &forms, stalls, &mut code);
    code.push_str(&selection.text);
    let imports = imports(&code, &library);
    let tools = imports.keys().any(|path| path.starts_with("golang.org/"));
    let main_go = format!(
        "{}package main\n\n{}{}{code}",
        head(&plan, finding),
        import_block(&imports),
        sources(cx, selection.own.contains("load"), &code),
    );
    Program {
        main_go,
        go_mod: go_mod(options.go_minor, tools, code.contains("wg.Go(")),
        go_sum: tools.then(|| go_sum(options.go_minor)).flatten(),
    }
}

/// Whether some walk visits types in another order than the one in which it reaches them.
fn is_ordered(scenario: &Scenario, forms: &Forms) -> bool {
    scenario.go.iter().enumerate().any(|(g, ops)| {
        ops.iter().enumerate().any(|(i, op)| match op {
            Operation::Walk { query, order: Order::Reversed | Order::Shuffled(_), .. } => {
                !matches!(form(*query), Form::Scope) && !forms.replaces(g + 1, i)
            }
            _ => false,
        })
    })
}

/// The statements of the goroutines and of `before`. Those of `before` come last, because they
/// create what the others use.
fn statements(
    cx: Context<'_, '_>,
    finding: Option<&Finding>,
    forms: &mut Forms,
    uses: &mut Uses,
) -> Statements {
    let goroutines: Vec<Vec<Line>> =
        (1..=cx.plan.scenario.go.len()).map(|id| emit(cx, id, forms, uses)).collect();
    let lines = emit(cx, 0, forms, uses);
    let mut shared = cx.shared(uses);
    shared.extend(cx.shared_tools(finding, uses));
    let mut before = cx.before(&lines, uses);
    before.extend(shared);
    before.append(&mut forms.early);
    Statements { before, goroutines }
}

/// Adds the functions that the program declares itself, and selects declarations from the library.
fn declarations(
    cx: Context<'_, '_>,
    library: &Library,
    uses: &mut Uses,
    forms: &Forms,
    stalls: bool,
    code: &mut String,
) -> Selection {
    let own = library.select(&uses.helpers).own;
    if own.contains("load") {
        uses.check(Check::default(), cx.mode);
        uses.helpers.extend(cx.delivery());
    }
    if own.contains("slots") {
        code.push_str(&format!("\nconst slots = {}\n", forms.slots.len()));
        // A walk over the types that are to ask about would fail like the program.
        let deepest = if stalls { 0 } else { 7 };
        code.push_str(&format!("\nconst deepest = {deepest}\n"));
    }
    for check in &uses.checks {
        code.push_str(&check.declaration(cx.mode));
    }
    if own.contains("load") {
        code.push_str(&load(cx.plan, cx.mode));
    }
    library.select(&uses.helpers)
}

/// The packages' texts as constants, and a table of them for importers that check.
fn sources(cx: Context<'_, '_>, table: bool, code: &str) -> String {
    let mut out = String::new();
    let words: BTreeSet<Token<'_>> = tokens(code).into_iter().collect();
    for p in &cx.plan.packages {
        let name = format!("{}Source", p.variable);
        if !table && !words.contains(&Token::Word(&name)) {
            continue;
        }
        if cx.mode.several_files {
            let files: Vec<_> = p.files.iter().map(|f| literal(f)).collect();
            out.push_str(&format!("var {name} = []string{{{}}}\n\n", files.join(", ")));
        } else {
            out.push_str(&format!("const {name} = {}\n\n", literal(p.files[0])));
        }
    }
    if table {
        let all: Vec<_> = cx
            .plan
            .packages
            .iter()
            .map(|p| format!("{}: {}Source", quoted(p.path), p.variable))
            .collect();
        let value = cx.mode.source();
        out.push_str(&format!("var sources = map[string]{value}{{{}}}\n\n", all.join(", ")));
    }
    out
}

/// The import paths of the packages that code uses, sorted, with the names that it uses.
fn imports<'c>(code: &'c str, library: &Library) -> BTreeMap<&'static str, &'c str> {
    let tokens = tokens(code);
    let before = std::iter::once(&Token::Mark(';')).chain(&tokens);
    let used = before.zip(tokens.windows(2)).filter_map(|(before, pair)| match pair {
        [Token::Word(name), Token::Mark('.')] if *before != Token::Mark('.') => {
            library.import(name).map(|path| (path, *name))
        }
        _ => None,
    });
    used.collect()
}

fn import_block(imports: &BTreeMap<&str, &str>) -> String {
    let (others, std): (Vec<_>, Vec<_>) = imports.iter().partition(|(path, _)| path.contains('.'));
    let line = |(path, name): (&&str, &&str)| {
        if path.rsplit('/').next() == Some(name) {
            format!("\t\"{path}\"\n")
        } else {
            format!("\t{name} \"{path}\"\n")
        }
    };
    if imports.is_empty() {
        return String::new();
    }
    let mut out = String::from("import (\n");
    out.extend(std.into_iter().map(line));
    if !others.is_empty() {
        out.push('\n');
        out.extend(others.into_iter().map(line));
    }
    out + ")\n\n"
}
