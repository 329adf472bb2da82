//! `typerace doctor`: checks the setup, and that the race detector really detects.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::ticker::waiting;
use super::{Exit, GoArgs, print};
use crate::escape;
use crate::harness::{
    BuiltHarness, EnvError, Harness, HarnessConfig, HarnessError, RunRequest, Toolchain, Verdict,
    source_file,
};
use crate::patches::Patched;
use crate::testcase::SourceCase;
use crate::words::count;

/// Check that Go, the C compiler and the race detector work
#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
    // Last, because its heading applies to everything after it.
    #[command(flatten)]
    go: GoArgs,
}

/// One line of the report.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    /// What was seen.
    detail: String,
    /// What to do, if it failed or is doubtful.
    fix: Option<String>,
    /// Whether it passed, but is probably not what the user wants.
    warning: bool,
    /// Whether it was not examined, because a check before it failed.
    skipped: bool,
}

impl Check {
    /// A check that passed.
    fn passed(name: &'static str, detail: String) -> Self {
        Self { name, ok: true, detail, fix: None, warning: false, skipped: false }
    }

    fn mark(&self) -> &'static str {
        match self {
            Self { skipped: true, .. } => "skip",
            Self { ok: false, .. } => "FAIL",
            Self { warning: true, .. } => "WARN",
            _ => "ok  ",
        }
    }
}

#[derive(Debug, Serialize)]
struct Report {
    ok: bool,
    /// The patches in the harness.
    patched: Vec<String>,
    checks: Vec<Check>,
}

/// In the order of their dependencies. The last one needs a target.
const NAMES: [&str; 8] = [
    "go command",
    "C compiler",
    "harness",
    "race detector",
    "planted race",
    "coverage counters",
    "one execution",
    "target",
];

/// Why a check failed, and what to do about it.
#[derive(Debug)]
struct Wrong {
    detail: String,
    fix: String,
    /// Whether the fault is in what the user gave.
    is_of_input: bool,
}

impl From<EnvError> for Wrong {
    fn from(e: EnvError) -> Self {
        Self { detail: e.to_string(), fix: e.help(), is_of_input: e.is_of_input() }
    }
}

impl From<HarnessError> for Wrong {
    fn from(e: HarnessError) -> Self {
        match e {
            HarnessError::Env(e) => e.into(),
            e => Self {
                detail: e.to_string(),
                fix: "this is a bug in the harness; please report it".into(),
                is_of_input: false,
            },
        }
    }
}

/// What runs on the small program.
const SCENARIO: &str = "\
meet start
before check lib
go check a ; walk methods lib
go check a ; walk methods lib reversed
";

/// A small program. It is generic, so that go/types computes something lazily.
const SAMPLE: &str = "\
-- lib/lib.go --
package lib

type List[T any] struct {
	Value T
	next  *List[T]
}

func (l *List[T]) Next() *List[T] { return l.next }

var Ints *List[int]
-- a/a.go --
package a

import \"lib\"

var Value = lib.Ints.Next().Value
";

const EXECUTIONS: usize = 200;

/// Runs the checks.
///
/// # Errors
/// The result cannot be printed.
pub fn run(args: &DoctorArgs) -> anyhow::Result<Exit> {
    let mut checks = Vec::new();
    let mut patched = Patched::default();
    let wrong = examine(args, &mut checks, &mut patched).err();
    let is_of_input = wrong.as_ref().is_some_and(|w| w.is_of_input);
    if let Some(Wrong { detail, fix, .. }) = wrong {
        let name = NAMES[checks.len()];
        checks.push(Check { ok: false, fix: Some(fix), ..Check::passed(name, detail) });
        let others = if args.go.options().target.is_some() { 0 } else { 1 };
        for name in NAMES.iter().take(NAMES.len() - others).skip(checks.len()) {
            let detail = "not checked, because a check above failed".to_owned();
            checks.push(Check { ok: false, skipped: true, ..Check::passed(name, detail) });
        }
    }
    let report = Report { ok: checks.iter().all(|c| c.ok), patched: patched.ids, checks };
    print(&if args.json { serde_json::to_string(&report)? + "\n" } else { text(&report) })?;
    Ok(match report.ok {
        true => Exit::Nothing,
        false if is_of_input => Exit::Usage,
        false => Exit::Environment,
    })
}

fn text(report: &Report) -> String {
    let mut out = String::new();
    for c in &report.checks {
        let mark = c.mark();
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{mark} {:<18} {}", c.name, c.detail.replace('\n', "\n     "));
        if let Some(fix) = &c.fix {
            let _ = writeln!(out, "     what to do: {fix}");
        }
    }
    out
}

/// Adds a line for each check that passes, and stops at the first one that fails.
fn examine(args: &DoctorArgs, checks: &mut Vec<Check>, patched: &mut Patched) -> Result<(), Wrong> {
    let mut fine = |detail: String| {
        checks.push(Check::passed(NAMES[checks.len()], detail));
    };
    let options = args.go.options();
    let mut toolchain = Toolchain::locate(&options, &mut waiting())?;
    fine(format!("{} at {}", toolchain.version, toolchain.go.display()));
    toolchain.find_compiler()?;
    fine(toolchain.cc.clone());
    let begin = Instant::now();
    let built = BuiltHarness::build(toolchain, &options, &mut waiting())?;
    let said = built.patched.line().map(|line| format!("; {line}")).unwrap_or_default();
    let took = begin.elapsed().as_secs_f64();
    fine(format!("{} ({took:.1} s){said}", built.path.display()));
    *patched = built.patched;
    let mut harness = Harness::start(HarnessConfig::new(&built.path))?;
    fine(format!("on, in a harness built with {}", harness.hello().go));
    fine(planted(&mut harness)?);
    let (hit, median) = executions(&mut harness)?;
    fine(format!("{hit} of {} hit by a small program", harness.counters()));
    fine(format!("{:.2} ms (median of {EXECUTIONS})", median.as_secs_f64() * 1e3));
    if !built.targets.is_empty() {
        let names: Vec<&str> = built.targets.iter().map(|t| t.name.as_str()).collect();
        let mut errors = Vec::new();
        for name in &names {
            errors.extend(try_operation(&mut harness, name)?);
        }
        let ran = count(names.len(), "operation");
        let detail = format!("{ran}, each run alone on a small program: {}", names.join(", "));
        let passed = Check::passed(NAMES[checks.len()], detail);
        checks.push(with_errors(passed, &errors));
    }
    Ok(())
}

/// The check of the target, with the errors that its operations returned.
fn with_errors(check: Check, errors: &[String]) -> Check {
    if errors.is_empty() {
        return check;
    }
    let detail = format!("{}\n{}", check.detail, errors.join("\n"));
    let fix = "an operation that returns an error ran nothing, and an error is no finding. Correct it, \
               or, if it needs what another operation keeps, give --corpus a test case in which it works";
    Check { detail, fix: Some(fix.to_owned()), warning: true, ..check }
}

/// Runs an operation of the target on one goroutine. Returns its error, if it returns one.
fn try_operation(harness: &mut Harness, name: &str) -> Result<Option<String>, Wrong> {
    let wrong = |detail: String| Wrong {
        detail: format!("{name}, alone on a small program: {detail}"),
        fix: "correct the operation: what fails without concurrency is no race, and a campaign \
              would report it again and again"
            .into(),
        is_of_input: true,
    };
    let text = format!("before check lib ; check a\ngo target {name} a\n{SAMPLE}");
    let case = SourceCase::from_txtar(&text).map_err(|e| wrong(e.to_string()))?;
    let scenario = case.scenario.clone().unwrap_or_default();
    let outcome = harness.run(&RunRequest::new(&scenario, &case.packages))?;
    match &outcome.reply {
        None => Err(wrong(format!("the process ended: {:?}", outcome.end))),
        Some(reply) if !reply.panics.is_empty() => {
            Err(wrong(format!("panic: {}", reply.panics[0].value)))
        }
        // Nothing else in this scenario can be left out.
        Some(reply) => Ok(reply.skipped.first().map(|why| escape::line(why))),
    }
}

/// Runs the planted race twice: a detector that suppresses repeated reports would miss
/// the second.
fn planted(harness: &mut Harness) -> Result<String, Wrong> {
    let wrong = |detail: String| {
        Wrong {
        detail,
        fix: "this race detector does not work: try another Go (--toolchain go1.27.3); if that does not help, please report it".into(),
        is_of_input: false,
    }
    };
    let (_, first) = harness.plant()?;
    let (races, report) = harness.plant()?;
    if races == 0 || !report.contains("WARNING: DATA RACE") {
        return Err(wrong(if first.contains("WARNING: DATA RACE") {
            "the second of two identical races was not reported".into()
        } else {
            "a planted race was not reported".into()
        }));
    }
    let source = source_file("plant.go").unwrap_or_default();
    let at = planted_line(source).ok_or_else(|| wrong("plant.go has no planted race".into()))?;
    let named = named_lines(&report);
    if named.is_empty() || named.iter().any(|&line| line != at) || !report.contains("plantedRace") {
        return Err(wrong(format!(
            "the race is at plant.go:{at}, the report names {named:?}:\n{}",
            report.trim()
        )));
    }
    Ok(format!("reported at plant.go:{at}, the right line, by {} accesses", named.len()))
}

/// The line of plant.go that races.
fn planted_line(source: &str) -> Option<usize> {
    source.lines().position(|l| l.trim() == "*planted++").map(|i| i + 1)
}

/// The line of the innermost frame of each access in a report.
fn named_lines(report: &str) -> Vec<usize> {
    let mut lines = report.lines();
    let mut named = Vec::new();
    while let Some(line) = lines.next() {
        let access = ["Write at", "Read at", "Previous write at", "Previous read at"];
        if !access.iter().any(|a| line.trim_start().starts_with(a)) {
            continue;
        }
        let place = lines.nth(1).and_then(|l| l.split("/plant.go:").nth(1));
        let number = place.and_then(|p| p.split(|c: char| !c.is_ascii_digit()).next());
        // 0, a wrong line, for an access somewhere else.
        named.push(number.and_then(|n| n.parse().ok()).unwrap_or(0));
    }
    named
}

/// The number of counters that one program hits, and the median time of an execution.
fn executions(harness: &mut Harness) -> Result<(usize, Duration), Wrong> {
    let wrong = |detail: String| Wrong {
        detail,
        fix: "please report it, with the output of typerace doctor --json".into(),
        is_of_input: false,
    };
    let case =
        SourceCase::from_txtar(&format!("{SCENARIO}{SAMPLE}")).map_err(|e| wrong(e.to_string()))?;
    let scenario = case.scenario.clone().unwrap_or_default();
    let request = RunRequest::new(&scenario, &case.packages);
    let mut times = Vec::with_capacity(EXECUTIONS);
    for _ in 0..EXECUTIONS {
        let begin = Instant::now();
        let outcome = harness.run(&request)?;
        times.push(begin.elapsed());
        let Some(reply) = outcome.reply else {
            return Err(wrong(format!("a small program does not run: {:?}", outcome.end)));
        };
        if let Some((_, error)) = reply.verdicts.iter().find(|(v, _)| *v != Verdict::Valid) {
            return Err(wrong(format!("a valid program does not type-check: {error}")));
        }
    }
    let hit = harness.coverage().iter().filter(|&&c| c > 0).count();
    if hit == 0 {
        return Err(wrong("no counter moved while a program was checked".into()));
    }
    times.sort_unstable();
    Ok((hit, times[EXECUTIONS / 2]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "WARNING: DATA RACE\n\
        Write at 0x00c by goroutine 8:\n  e.plantedRace.func1()\n      /t/src/plant.go:21 +0x1\n\n\
        Previous write at 0x00c by goroutine 7:\n  e.plantedRace.func1()\n      /t/src/plant.go:21 +0x1\n\n\
        Goroutine 8 (running) created at:\n  e.plantedRace()\n      /t/src/plant.go:20 +0x1\n";

    #[test]
    fn both_accesses_are_where_the_race_is() {
        assert_eq!(planted_line("package e\n\nfunc f() {\n\t\t*planted++\n}\n"), Some(4));
        assert!(planted_line(source_file("plant.go").unwrap()).is_some());
        assert_eq!(named_lines(REPORT), [21, 21]);
        assert_eq!(named_lines(&REPORT.replacen(":21", ":7", 1)), [7, 21]);
        assert_eq!(named_lines(&REPORT.replacen("plant.go:21", "other.go:21", 1)), [0, 21]);
        assert!(named_lines("nothing").is_empty());
    }

    #[test]
    fn a_failing_line_says_what_to_do() {
        let args = DoctorArgs {
            go: GoArgs { go: Some("/nonexistent".into()), ..GoArgs::default() },
            json: false,
        };
        let mut checks = Vec::new();
        let wrong = examine(&args, &mut checks, &mut Patched::default()).unwrap_err();
        assert!(checks.is_empty());
        assert!(wrong.detail.contains("/nonexistent is not a go command"), "{}", wrong.detail);
        let passed = |detail: &str| Check::passed(NAMES[0], detail.to_owned());
        let check = Check { ok: false, fix: Some(wrong.fix), ..passed(&wrong.detail) };
        let skipped = Check { ok: false, skipped: true, ..passed("not checked") };
        let warned = with_errors(passed("1 operation"), &["lint: no files".to_owned()]);
        assert!(warned.ok && with_errors(passed("fine"), &[]).fix.is_none());
        let checks = vec![check, skipped, warned];
        let text = text(&Report { ok: false, patched: Vec::new(), checks });
        assert!(text.contains("\nskip go command"), "{text}");
        assert!(
            text.contains("\nWARN go command         1 operation\n     lint: no files\n"),
            "{text}"
        );
        assert!(text.starts_with("FAIL go command"), "{text}");
        assert!(text.contains("what to do: give --go"), "{text}");
    }
}
