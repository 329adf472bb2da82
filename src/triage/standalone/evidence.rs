//! The parts of an issue that say how sure the finding is, and what it means: who owns the object,
//! what happens without the race detector, which changes end it.

use std::fmt::Write as _;

use super::plan::Plan;
use super::write::Crash;
use crate::escape::block;
use crate::finding::{Finding, Frame, Kind, RaceReport, Rates, race_reports};
use crate::patches::{built_in, diff};
use crate::scenario::Share;
use crate::triage::Tally;

/// The frames of a stack that are shown.
const FRAMES: usize = 12;

/// Which goroutine's Checker made the object that is raced on, as far as scenario and stacks say
/// it. The race detector of Go prints no allocation stacks.
pub(super) fn owner(crash: &Crash, plan: &Plan<'_>) -> String {
    let report = crash.own_report();
    let reports = race_reports(&report);
    let Some(race) = reports.first().filter(|_| crash.finding.kind == Kind::DataRace) else {
        return String::new();
    };
    let mut out = String::new();
    for side in &race.sides {
        let _ = writeln!(out, "- The {} is {}.", side.access, place(&side.stack));
    }
    let complete = plan.completed_paths();
    let shares = |share| crash.scenario.share.contains(&share);
    if checks(race) && shares(Share::Context) {
        out.push_str(
            "- The goroutines have no package in common that is still being checked. What they \
             have in common and write to is the Context: one Checker put an instance into it \
             before it was complete, and the other got it from there.\n",
        );
    } else if !complete.is_empty() && !shares(Share::Context) {
        let _ = writeln!(
            out,
            "- The goroutines have nothing in common but {}, complete before they start, so the \
             object belongs to {}. Its Checker is done.",
            complete.join(", "),
            if complete.len() == 1 { "it" } else { "one of them" }
        );
    }
    out
}

/// Whether a side of the race is inside a check.
fn checks(race: &RaceReport) -> bool {
    race.sides.iter().any(|s| s.stack.iter().any(is_check))
}

fn is_check(frame: &Frame) -> bool {
    frame.function.starts_with("go/types.(*Checker).checkFiles")
}

/// What a goroutine was doing.
fn place(stack: &[Frame]) -> String {
    let Some(inner) = stack.iter().find(|f| f.function.starts_with("go/")) else {
        return "in a stack that the detector lost".to_owned();
    };
    let outer = stack.iter().rfind(|f| f.function.starts_with("go/")).unwrap_or(inner);
    let who = match is_check(outer) || stack.iter().any(is_check) {
        true => "a goroutine whose own check is running",
        false => "a goroutine that asks a question",
    };
    // A method of a type that calls a Checker's method runs the Checker that made the type.
    let foreign = stack.windows(2).any(|pair| {
        pair[0].function.starts_with("go/types.(*Checker).")
            && ["expandMethod", "unpack", "resolve", "typeSet", "Underlying", "under"].iter().any(
                |m| {
                    pair[1].function.starts_with("go/types.(*Named).")
                        && pair[1].function.ends_with(m)
                },
            )
    });
    let mut out = format!("in `{}`, by {who} (`{}`)", inner.function, outer.function);
    if foreign {
        out.push_str(
            "; it runs code of the Checker that made the type, which is another goroutine's",
        );
    }
    out
}

/// What users notice.
pub(super) fn consequence(f: &Finding) -> String {
    let Some(c) = &f.consequence else { return String::new() };
    let mut out = format!(
        "The same scenario built without `-race`, {:.0} s on {} processors with {}: {}.\n",
        c.seconds,
        c.processors,
        c.go_version,
        c.sentence().trim_start_matches("without -race: ")
    );
    if !c.type_error.is_empty() {
        let _ = writeln!(out, "\nA type error in a valid program: `{}`", c.type_error);
    }
    if !c.wrong_answer.is_empty() {
        let _ = writeln!(out, "\n```\n{}```", c.wrong_answer);
    }
    if let Some(first) = c.panics.first() {
        // Each frame has two lines.
        let stack: Vec<&str> = first.stack.lines().take(2 * FRAMES).collect();
        let _ = writeln!(out, "\n{}:\n\n```\n{}\n```", first.what(), stack.join("\n"));
    }
    out
}

/// The diff of the patch that ends the finding. The names of the others mean nothing to a reader of
/// the issue; finding.json has them.
pub(super) fn patches(crash: &Crash) -> String {
    let f = &crash.finding;
    let Some(root) = &f.root else { return String::new() };
    let known = built_in().unwrap_or_default();
    let mut out = String::new();
    // Other patches may hide it as well.
    let own = root.tried.iter().filter(|t| t.patch == root.id && t.runs > 0 && t.seen == 0);
    for trial in own {
        let _ =
            writeln!(out, "With this change the program is silent (0 of {} runs):\n", trial.runs);
        let patch = known.iter().find(|p| p.is_called(&trial.patch));
        let text = patch.and_then(|p| diff(p, &f.origin.go_version, &|file| crash.source(file)));
        if let Some(text) = text {
            let _ = writeln!(out, "{}\n", block("diff", &text));
        }
    }
    out
}

/// How often the test case and the program showed it.
pub(super) fn frequency(f: &Finding) -> String {
    let mut out = String::new();
    if let Some(s) = &f.standalone {
        let [hits, runs] = s.reproduced;
        let attempts = match s.attempts {
            1 => "one attempt".to_owned(),
            n => format!("{n} attempts"),
        };
        let _ = writeln!(
            out,
            "The program above, {attempts} in each process: {} processes with {}.",
            Tally { hits, runs },
            s.go_version
        );
    }
    for (what, rate) in f.rates.iter().flat_map(Rates::named) {
        let _ = writeln!(out, "The test case that it was found with, {what}: {rate}.");
    }
    out
}

/// The issues that typerace knows for the root.
pub(super) fn searched(f: &Finding) -> String {
    let Some(root) = &f.root else { return String::new() };
    if root.issues.is_empty() {
        return "typerace knows none. Before filing, search golang/go for the functions above and \
                for the situation in the title.\n"
            .to_owned();
    }
    let all: Vec<String> = root.issues.iter().map(|n| format!("golang/go#{n}")).collect();
    format!("Known as {}.\n", all.join(", "))
}
