//! The page of bugs: one section per cause, with the smallest program that shows it.

use std::fmt::Write as _;
use std::fs;

use super::cause::groups;
use super::{Entry, is_doubtful, rate, seems_fixed, write_site};
use crate::escape::cell;
use crate::finding::{Blame, State};
use crate::scenario::{Class, Import};
use crate::triage::standalone::{analysis, report as own_report};

/// The goals for a minimized program.
const LINES: usize = 15;
const SECONDS: u32 = 60;

/// The goals that a finding's programs miss, as a list item; `None` if they meet all.
fn misses(e: &Entry) -> Option<String> {
    let f = &e.finding;
    let mut what = Vec::new();
    match &f.minimized {
        None => what.push("not minimized".to_owned()),
        Some(m) => {
            if m.lines > LINES {
                what.push(format!("{} lines", m.lines));
            }
            if m.goroutines > 2 || m.operations > 3 {
                what.push(format!("{} × {} operations", m.goroutines, m.operations));
            }
            // Allow for a last run that ends a little late.
            if m.seconds > f64::from(SECONDS) + 2.0 {
                what.push(format!("{:.0} s", m.seconds));
            }
        }
    }
    match &f.standalone {
        None => what.push("its program was not run".to_owned()),
        Some(s) if s.reproduced[0] * 10 < s.reproduced[1] * 9 => {
            what.push(format!("its program: {}", rate(Some(s.reproduced))));
        }
        Some(_) => {}
    }
    (!what.is_empty())
        .then(|| format!("- `{}` ({}): {}\n", f.signature, f.origin.go_version, what.join(", ")))
}

/// The page for the findings of one or more stores. Leaves out findings whose scenario breaks
/// a documented rule, because they are not bugs.
#[must_use]
pub fn bugs(entries: &[Entry]) -> String {
    let bug = |e: &&Entry| e.finding.class != Class::Breach && !is_doubtful(&e.finding);
    let sure: Vec<Entry> = entries.iter().filter(bug).cloned().collect();
    let group = groups(&sure);
    let causes = group.iter().max().map_or(0, |g| g + 1);
    let mut out = String::from("# Bugs\n\n");
    let _ = writeln!(
        out,
        "{} findings, {causes} causes. Two findings have the same cause if they write at the same place, belong to the same issue or, unless they are races, have the same minimized test case. Causes that this rule does not join may still have a common root.\n",
        sure.len()
    );
    out.push_str("| | cause | class | findings | Go | minimized | standalone |\n|---|---|---|---|---|---|---|\n");
    let members = |g: usize| -> Vec<&Entry> {
        let of = sure.iter().zip(&group).filter(move |(_, n)| **n == g);
        of.map(|(e, _)| e).collect()
    };
    for g in 0..causes {
        let all = members(g);
        let Some(best) = best(&all) else { continue };
        let f = &best.finding;
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            g + 1,
            heading(best),
            f.class,
            all.len(),
            releases(&all).join(", "),
            minimized(best),
            standalone(best),
        );
    }
    let missed: Vec<String> = sure.iter().filter_map(misses).collect();
    let _ = writeln!(
        out,
        "\n{} of the {} findings have a program of at most {LINES} lines and 2 goroutines with 3 operations each, made in {SECONDS} s, and a standalone program that shows them in nine of ten processes.{}\n",
        sure.len() - missed.len(),
        sure.len(),
        if missed.is_empty() { "" } else { " The others:" },
    );
    missed.iter().for_each(|m| out.push_str(m));
    for g in 0..causes {
        section(&mut out, g + 1, &members(g));
    }
    let doubtful: Vec<&Entry> = entries.iter().filter(|e| is_doubtful(&e.finding)).collect();
    if !doubtful.is_empty() {
        out.push_str("\n## Seen once and never again\n\nNot counted above: neither the test case nor a smaller one reproduced them.\n\n");
        for e in doubtful {
            let [_, n] = e.finding.reproduced.unwrap_or_default();
            let version = &e.finding.origin.go_version;
            let _ = writeln!(out, "- {} ({version}, 0 of {n})", cell(&e.finding.title));
        }
    }
    out
}

/// The finding that represents a cause: a known one if there is one, then the smallest.
fn best<'a>(all: &[&'a Entry]) -> Option<&'a Entry> {
    all.iter().copied().min_by_key(|e| {
        let m = e.finding.minimized.as_ref();
        let shown = e.finding.standalone.as_ref().map_or(0, |s| s.reproduced[0]);
        let size = m.map_or(usize::MAX, |m| m.lines + 3 * m.operations);
        (e.known.is_none(), shown == 0, size, e.finding.id.as_str())
    })
}

fn heading(e: &Entry) -> String {
    let known = match &e.known {
        Some(k) => {
            let state = if k.state == State::Open { "open" } else { "fixed" };
            format!("{} ({state})", k.issue)
        }
        None => "new".to_owned(),
    };
    let blame = match e.finding.blame {
        Blame::GoTypes => String::new(),
        other => format!(", in {}", other.as_str()),
    };
    format!("{} ({known}{blame})", cell(&e.finding.title))
}

fn releases(all: &[&Entry]) -> Vec<String> {
    let mut of: Vec<String> = all.iter().map(|e| e.finding.origin.go_version.clone()).collect();
    of.sort();
    of.dedup();
    of
}

/// `4 lines, 2 goroutines × 1, 10 of 10`
fn minimized(e: &Entry) -> String {
    let Some(m) = &e.finding.minimized else { return "no".to_owned() };
    let measured = match m.reproduced {
        [_, 0] => "not measured".to_owned(),
        [k, n] => format!("{k} of {n}"),
    };
    let more = if m.complete { "" } else { ", out of time" };
    format!(
        "{} line{}, {} goroutine{} × {}, {measured}, {:.0} s{more}",
        m.lines,
        if m.lines == 1 { "" } else { "s" },
        m.goroutines,
        if m.goroutines == 1 { "" } else { "s" },
        m.operations,
        m.seconds,
    )
}

/// `10 of 10, 45 lines`
fn standalone(e: &Entry) -> String {
    let Some(s) = &e.finding.standalone else { return "not run".to_owned() };
    let attempts = match s.attempts {
        1 => String::new(),
        n => format!(", {n} attempts each"),
    };
    let fixed = seems_fixed(&e.finding).map(|f| format!("; {f}")).unwrap_or_default();
    format!("{}, {} lines{attempts}{fixed}", rate(Some(s.reproduced)), s.lines)
}

/// What the goroutines of a minimized test case share in addition to completed packages, and
/// its import mode, if the search could not remove them without losing the finding.
fn needs(e: &Entry) -> Vec<String> {
    let minimized = e.finding.minimized.as_ref().is_some_and(|m| m.complete);
    let Some(crash) = e.crash.as_ref().filter(|c| minimized && c.minimized) else {
        return Vec::new();
    };
    let s = &crash.scenario;
    let mut out: Vec<String> = s.share.iter().map(|s| format!("share {}", s.name())).collect();
    if s.import != Import::default() {
        out.push(format!("import {}", s.import.name()));
    }
    out.extend(s.importing.iter().map(|i| format!("import {}", i.name())));
    if s.schedule.is_some() {
        out.push("a seeded schedule".to_owned());
    }
    out
}

fn section(out: &mut String, number: usize, all: &[&Entry]) {
    let Some(shown) = best(all) else { return };
    let f = &shown.finding;
    let _ = writeln!(out, "\n## {number}. {}\n", heading(shown));
    if let Some(known) = &shown.known {
        let _ = writeln!(out, "{}: {}\n", known.issue, known.title);
    }
    if let Some(site) = write_site(f) {
        let _ = writeln!(out, "Written in `{site}`.\n");
    }
    let needs = needs(shown);
    if !needs.is_empty() {
        let _ = writeln!(out, "Not seen without: {}.\n", needs.join(", "));
    }
    out.push_str("| finding | class | Go | as found, one process | minimized, new processes | standalone, new processes |\n|---|---|---|---|---|---|\n");
    for e in all {
        let f = &e.finding;
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} | {} | {} |",
            cell(&f.signature),
            f.class,
            f.origin.go_version,
            rate(f.reproduced),
            minimized(e),
            standalone(e),
        );
    }
    for rule in &f.rules {
        let _ = writeln!(out, "\n{}: {}", rule.elements.join(", "), rule.text());
    }
    let Some(crash) = &shown.crash else { return };
    let which = if crash.minimized { "Minimized" } else { "As found (not minimized)" };
    let _ =
        writeln!(out, "\n{which}, {}:\n\n```\n{}```", f.origin.go_version, crash.case.to_txtar());
    let shows = f.standalone.as_ref().is_some_and(|s| s.reproduced[0] > 0);
    if let (true, Ok(main)) = (shows, fs::read_to_string(shown.path.join("repro/main.go"))) {
        let _ = writeln!(out, "\n`go run -race .`:\n\n```go\n{main}```");
    }
    let locks = analysis(&own_report(f, &crash.report));
    if !locks.is_empty() {
        let _ = writeln!(out, "\n{locks}");
    }
}
