//! The function `main`: settings, attempts, the goroutines.

use super::line::Line;
use super::text::quoted;
use super::uses::{Context, Uses};
use crate::finding::{Finding, Kind};
use crate::scenario::Meet;

/// The statements of a program before they are put together.
pub(super) struct Statements {
    /// The statements before the goroutines.
    pub before: Vec<String>,
    /// The statements of each goroutine.
    pub goroutines: Vec<Vec<Line>>,
}

/// The variable for the `types.Context`, and the function `main`, or `attempt` if a probe calls it.
pub(super) fn main(
    cx: Context<'_, '_>,
    finding: Option<&Finding>,
    statements: Statements,
    uses: &mut Uses,
) -> String {
    let options = cx.options;
    let once = options.attempts <= 1 && !options.probe;
    let mut out = String::new();
    if cx.mode.context {
        let value = if once { " = types.NewContext()" } else { " *types.Context" };
        out.push_str(&format!("var ctxt{value} // in every types.Config\n\n"));
    }
    let mut attempt = Vec::new();
    if cx.mode.context && !once {
        attempt.push("ctxt = types.NewContext()".to_owned());
    }
    attempt.extend(statements.before);
    attempt.extend(goroutines(cx, &statements.goroutines, uses));
    if uses.helpers.contains("Watch") {
        attempt.push(
            "for _, field := range changed() {\n\tprintln(\"SYNTAX CHANGED:\", field)\n}"
                .to_owned(),
        );
    }
    let mut main = settings(cx, finding, uses);
    if options.probe {
        main.push(format!("{}()", uses.helper("probe")));
    } else if once {
        main.append(&mut attempt);
    } else {
        main.push(times(cx, options.attempts));
        main.push("\t// Each attempt has packages of its own.".to_owned());
        main.extend(attempt.drain(..).map(|line| indented(&line)));
        main.push("}".to_owned());
    }
    main.extend(finding.and_then(|f| afterwards(f, uses)));
    function(&mut out, "main", &main);
    if options.probe {
        out.push('\n');
        function(&mut out, "attempt", &attempt);
    }
    out
}

fn function(out: &mut String, name: &str, statements: &[String]) {
    out.push_str(&format!("func {name}() {{\n"));
    for line in statements {
        out.push_str(&indented(line));
        out.push('\n');
    }
    out.push_str("}\n");
}

/// A statement, indented by one more tab.
fn indented(statement: &str) -> String {
    format!("\t{}", statement.replace('\n', "\n\t"))
}

/// The head of a loop.
fn times(cx: Context<'_, '_>, n: impl std::fmt::Display) -> String {
    match cx.options.go_minor {
        22.. => format!("for range {n} {{"),
        _ => format!("for i := 0; i < {n}; i++ {{"),
    }
}

/// gofmt puts a longer function literal on several lines.
const ONE_LINE: usize = 80;

/// Settings made before anything else.
fn settings(cx: Context<'_, '_>, finding: Option<&Finding>, uses: &mut Uses) -> Vec<String> {
    let scenario = cx.plan.scenario;
    let mut out = Vec::new();
    let mut settings = scenario.godebug.clone();
    if cx.options.go_minor == 22 && !settings.iter().any(|s| s.starts_with("gotypesalias=")) {
        settings.push("gotypesalias=1".to_owned());
    }
    if !settings.is_empty() {
        out.push(format!("os.Setenv(\"GODEBUG\", {})", quoted(&settings.join(","))));
    }
    out.extend(scenario.procs.map(|n| format!("runtime.GOMAXPROCS({n})")));
    // The runtime reports a deadlock by itself, unless a timer is running.
    if finding.is_some_and(|f| f.kind == Kind::Hang) {
        out.push(format!("{}()", uses.helper("watch")));
    }
    out
}

/// The final output.
fn afterwards(finding: &Finding, uses: &mut Uses) -> Option<String> {
    let print = match finding.kind {
        Kind::Leak => "printGoroutines",
        Kind::Memory => "printMemory",
        _ => return None,
    };
    Some(format!("{}()", uses.helper(print)))
}

/// Statements that run the goroutines, and wait for them.
fn goroutines(cx: Context<'_, '_>, bodies: &[Vec<Line>], uses: &mut Uses) -> Vec<String> {
    let bodies: Vec<Vec<&str>> =
        bodies.iter().map(|lines| lines.iter().filter_map(Line::text).collect()).collect();
    let mut out = Vec::new();
    let meets = cx.plan.meets();
    if meets {
        let waiting = uses.helper("waiting");
        out.push(format!("{waiting}.Store({})", cx.plan.importing()));
    }
    let n = bodies.len();
    if let [alone] = &bodies[..] {
        out.extend(alone.iter().map(|line| (*line).to_owned()));
        return out;
    }
    out.push("var wg sync.WaitGroup".to_owned());
    if cx.options.go_minor < 25 {
        out.push(format!("wg.Add({n})"));
    }
    let start = cx.plan.scenario.meet.contains(&Meet::Start) && !meets;
    if start {
        out.push("start := make(chan struct{})".to_owned());
    }
    let mut first = Vec::new();
    if meets {
        first.push("defer waiting.Add(-1)");
    }
    if start {
        first.push("<-start");
    }
    let all_alike = n > 1 && bodies.iter().all(|b| *b == bodies[0]);
    if all_alike {
        out.push(times(cx, n));
        out.extend(goroutine(cx, &first, &bodies[0]).iter().map(|line| indented(line)));
        out.push("}".to_owned());
    } else {
        out.extend(bodies.iter().flat_map(|body| goroutine(cx, &first, body)));
    }
    if start {
        out.push("close(start)".to_owned());
    }
    out.push("wg.Wait()".to_owned());
    out
}

/// The statement that starts a goroutine.
fn goroutine(cx: Context<'_, '_>, first: &[&str], body: &[&str]) -> Vec<String> {
    // WaitGroup.Go counts, and calls Done.
    let by_group = cx.options.go_minor >= 25;
    if let ([], [line], true) = (first, body, by_group)
        && line.len() <= ONE_LINE
        && !line.contains('\n')
    {
        return vec![format!("wg.Go(func() {{ {line} }})")];
    }
    let mut out = Vec::new();
    out.push(if by_group { "wg.Go(func() {" } else { "go func() {" }.to_owned());
    if !by_group {
        out.push("\tdefer wg.Done()".to_owned());
    }
    out.extend(first.iter().chain(body).map(|line| indented(line)));
    out.push(if by_group { "})" } else { "}()" }.to_owned());
    out
}
