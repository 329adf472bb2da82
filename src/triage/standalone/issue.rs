//! issue.md: the text of an issue about a finding, in the form that golang/go asks for.

use std::fmt::Write as _;

use super::analysis::{pairs, report};
use super::evidence::{consequence, frequency, owner, patches, searched};
use super::head::concurrent_rules;
use super::package_program;
use super::plan::Plan;
use super::write::Crash;
use crate::escape::{block, code, inline};
use crate::finding::{CompilerEnd, Finding, Kind, OnRelease};
use crate::scenario::{Class, Share};

/// The lines of a report that are shown.
const LINES: usize = 100;

impl Crash {
    /// The text of an issue about it.
    #[must_use]
    pub fn issue(&self) -> String {
        let f = &self.finding;
        let plan = self.plan();
        let mut out = format!("# {}\n\n", inline(&self.title()));
        let _ = writeln!(out, "### Go version\n\n{}\n", version(f));
        let _ = writeln!(out, "### Output of `go env`\n\n{}\n", block("", &self.env()));
        let (what, program) = (self.what(&plan), self.shown_program());
        let _ = writeln!(out, "### What did you do?\n\n{what}\n\n{program}");
        let _ = writeln!(out, "### What did you see happen?\n\n{}", self.seen());
        let _ = writeln!(out, "### What did you expect to see?\n\n{}", self.expected(&plan));
        for (head, text) in [
            ("Who owns what is raced on", owner(self, &plan)),
            ("What it does without the race detector", consequence(f)),
            ("Changes that were tried", patches(self)),
            ("How often", if self.is_compilers() { String::new() } else { frequency(f) }),
            ("Known issues", searched(f)),
        ] {
            if !text.is_empty() {
                let _ = writeln!(out, "### {head}\n\n{text}");
            }
        }
        out
    }

    /// Whether the compiler fails on the packages too, and one goroutine is enough. Then nothing
    /// else is needed to show it.
    #[must_use]
    pub fn is_compilers(&self) -> bool {
        let bad = self.finding.compiler.as_ref().is_some_and(|c| c.verdict.is_bad());
        bad && (self.finding.kind == Kind::Compiler || self.scenario.go.len() == 1)
    }

    fn title(&self) -> String {
        let f = &self.finding;
        let situation = f.root.as_ref().map_or(f.title.as_str(), |root| root.title.as_str());
        let blame = match (self.is_compilers(), f.kind) {
            (true, Kind::Compiler) => "cmd/compile",
            (true, _) => "cmd/compile, go/types",
            (false, _) => f.blame.as_str(),
        };
        format!("{blame}: {situation}")
    }

    /// The lines of `go env` that matter.
    fn env(&self) -> String {
        let (os, arch) = platform();
        let godebug = self.scenario.godebug.join(",");
        format!(
            "CGO_ENABLED='1'\nGOARCH='{arch}'\nGODEBUG='{godebug}'\nGOEXPERIMENT=''\nGOOS='{os}'\n"
        )
    }

    /// The report to show. The program's own names only the program's lines, not typerace's.
    pub(super) fn own_report(&self) -> String {
        report(&self.finding, self.own.as_deref().unwrap_or(&self.report))
    }

    /// A source file of the toolchain under test, such as `go/types/alias.go`.
    pub(super) fn source(&self, file: &str) -> Option<String> {
        let goroot = &self.finding.origin.subject.as_ref()?.goroot;
        self.quotes.read(&format!("{goroot}/src/{file}"))
    }

    /// What is known about its test case before it runs.
    pub(super) fn plan(&self) -> Plan<'_> {
        Plan::new(&self.case, &self.scenario, &[])
    }

    fn what(&self, plan: &Plan<'_>) -> String {
        let valid = self.validity();
        if self.is_compilers() {
            return format!("Compiled this program. {valid}");
        }
        let n = self.scenario.go.len();
        let complete = plan.completed_paths();
        let packages = match complete.len() {
            0 => String::new(),
            1 => format!(" Package {} was complete before.", complete[0]),
            _ => format!(" Packages {} were complete before.", complete.join(", ")),
        };
        let shared = match self.scenario.share.contains(&Share::Context) {
            true => " They share a `types.Context`.",
            false => "",
        };
        match n {
            1 => format!("Used go/types on one goroutine. {valid}"),
            n => format!(
                "Used go/types on {n} goroutines at the same time.{packages}{shared} {valid}"
            ),
        }
    }

    /// Whether the packages are valid Go, as the compiler says.
    fn validity(&self) -> String {
        if self.finding.kind == Kind::Compiler {
            // Its first line says what go/types and the compiler say.
            return self.report.lines().next().unwrap_or_default().to_owned() + ".";
        }
        let Some(compiler) = &self.finding.compiler else {
            return "Whether the type-checked packages are valid Go was not determined.".to_owned();
        };
        let go = &compiler.go_version;
        match compiler.verdict {
            CompilerEnd::Ok => {
                format!("The packages are valid Go: `go tool compile` of {go} accepts them.")
            }
            CompilerEnd::Error => {
                // An error has a place; a note about a panic before it has none.
                let is_error = |l: &&str| l.contains(".go:") && !l.starts_with('\t');
                let first = compiler.output.lines().find(is_error).unwrap_or_default();
                format!(
                    "The packages are not valid Go. `go tool compile` of {go} says: {}",
                    code(first)
                )
            }
            bad => format!("`go tool compile` of {go} ends with: {}.", bad.as_str()),
        }
    }

    /// The program, or the packages themselves if the compiler shows it.
    fn shown_program(&self) -> String {
        if !self.is_compilers() {
            let program = self.program(&self.options());
            let run = match &self.finding.origin.subject {
                Some(subject) => subject.run_command(self.needs_race()),
                None if self.needs_race() => "go run -race .".to_owned(),
                None => "go run .".to_owned(),
            };
            return format!("{}\n\nRun with `{run}`.\n", block("go", &program.main_go));
        }
        let (module, how) = package_program::files(&self.case, self.options().go_minor);
        match &module[..] {
            [(_, only)] => format!("{}\n\n{how}\n", block("go", only)),
            all => {
                let files: String =
                    all.iter().map(|(name, text)| format!("-- {name} --\n{text}")).collect();
                format!("{}\n\n{how}\n", block("", &files))
            }
        }
    }

    fn seen(&self) -> String {
        let f = &self.finding;
        if let Some(compiler) = f.compiler.as_ref().filter(|_| self.is_compilers()) {
            let mut out = format!("`go tool compile`: {}.\n\n", compiler.verdict.as_str());
            let _ = writeln!(out, "{}", block("", &format!("{}\n", compiler.output.trim_end())));
            if f.kind != Kind::Compiler {
                let own = shortened(&self.own_report(), 25);
                let _ = writeln!(out, "\ngo/types: {}.\n\n{}", inline(&f.title), block("", &own));
            }
            return out;
        }
        let own = shortened(&self.own_report(), LINES);
        let mut out = format!("{}:\n\n{}\n", says(f.kind), block("", &own));
        if f.kind == Kind::DataRace {
            let more = f.standalone.iter().flat_map(|s| &s.others);
            let all: Vec<&str> =
                std::iter::once(f.signature.as_str()).chain(more.map(String::as_str)).collect();
            out.push_str(&pairs(&all));
        }
        out
    }

    fn expected(&self, plan: &Plan<'_>) -> String {
        if self.is_compilers() {
            return "The compiler accepts the program or reports errors in it.\n".to_owned();
        }
        if self.scenario.go.len() < 2 {
            return "An answer, or errors in the program.\n".to_owned();
        }
        let (rules, silent) = concurrent_rules(plan);
        let mut out = match self.finding.class {
            Class::Bug => {
                "No race. This is documented, or stated by the maintainers:\n\n".to_owned()
            }
            Class::Unstated => format!(
                "No race, or documentation that forbids it. The documentation is silent about: {}.\n\n",
                silent.join(", ")
            ),
            Class::Breach => "A race: the program breaks a rule.\n\n".to_owned(),
        };
        // Two quotations are enough; the first ones are about what is shared.
        for rule in rules.iter().filter(|r| r.source.is_quotation()).take(2) {
            let _ = writeln!(out, "> {}\n\n({})\n", rule.says, rule.remarks());
        }
        if self.finding.class == Class::Breach {
            for rule in rules.iter().filter(|r| !r.source.is_quotation()) {
                let _ = writeln!(out, "{}\n", rule.text());
            }
        }
        out.truncate(out.trim_end().len());
        out + "\n"
    }
}

/// `go version go1.26.8 linux/amd64`, and the other releases that show it.
fn version(f: &Finding) -> String {
    let (os, arch) = platform();
    let mut out = format!("go version {} {os}/{arch}", inline(&f.origin.go_version));
    if let Some(subject) = f.origin.subject.as_ref().filter(|s| s.is_changed()) {
        let what = subject.describe(&f.origin.go_version, &f.origin.patched);
        let _ = write!(
            out,
            "\n\nThe go/types under test was not that of the release: {}.",
            inline(&what)
        );
    }
    let others: Vec<String> = f
        .releases
        .iter()
        .filter(|r| r.go_version != f.origin.go_version)
        .map(|r| inline(&on_release(r)))
        .collect();
    if !others.is_empty() {
        let _ = write!(out, "\n\nOn other releases: {}.", others.join("; "));
    }
    out
}

/// What another release showed.
fn on_release(on: &OnRelease) -> String {
    let (go, [k, n]) = (&on.go_version, on.reproduced);
    match (&on.not_run, &on.instead, k) {
        (Some(_), ..) => format!("{go}: not tried"),
        (None, Some(other), 0) => {
            format!("{go}: another failure in {} of {n} runs, {}", other.hits, other.signature)
        }
        (None, _, 0) => format!("{go}: not in {n} runs"),
        _ => format!("{go}: {k} of {n} runs"),
    }
}

/// The operating system and the architecture in Go's words.
fn platform() -> (&'static str, &'static str) {
    let arch = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    (std::env::consts::OS, arch)
}

fn says(kind: Kind) -> &'static str {
    match kind {
        Kind::DataRace => "The race detector reports data races. One of its reports",
        Kind::Fatal => "The runtime ends the program with a fatal error",
        Kind::Panic => "A panic",
        Kind::Deadlock => "A deadlock, which the runtime reports",
        Kind::Hang => "The program does not end",
        Kind::Mismatch => "Answers differ from those of a sequential run",
        Kind::Leak | Kind::Memory | Kind::Compiler => "A failure",
    }
}

/// The first lines of a report, with the toolchain's folder replaced by `$GOROOT`, and without that
/// of the harness's sources, which exist only while it is built.
fn shortened(report: &str, most: usize) -> String {
    let mut out = String::new();
    let mut function = "";
    for line in report.lines().take(most) {
        let path = line.split_once("/src/").filter(|(root, _)| root.trim_start().starts_with('/'));
        let is_harness = ["typerace/harness", "main."].iter().any(|h| function.starts_with(h));
        let _ = match path {
            Some((_, rest)) if is_harness => writeln!(out, "      typerace/harness/{rest}"),
            Some((root, rest)) if !root.contains("/mod/") || root.contains("/toolchain@") => {
                writeln!(out, "      $GOROOT/src/{rest}")
            }
            _ => writeln!(out, "{line}"),
        };
        function = line.trim();
    }
    let left = report.lines().count().saturating_sub(most);
    if left > 0 {
        let _ = writeln!(out, "… {left} more lines");
    }
    out
}
