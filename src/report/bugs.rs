//! The page of bugs: one section per root, with the smallest program that shows it, its patch, and
//! the releases that have it.

mod section;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use super::{Entry, Root, is_doubtful, rate, roots, seems_fixed};
use crate::escape::{cell, code, inline};
use crate::finding::{Blame, Known};
use crate::patches::Patch;
use crate::words::count;
use section::section;

/// The goals for a minimized program.
const LINES: usize = 15;
const SECONDS: u32 = 60;

/// The goals that the programs of a root's representative miss, as a list item; `None` if they meet all.
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
    (!what.is_empty()).then(|| {
        format!(
            "- {} ({}): {}\n",
            code(&f.signature),
            inline(&f.origin.go_version),
            what.join(", ")
        )
    })
}

/// What the page says beside the findings.
pub struct Bugs<'a> {
    /// Issues, and the searches for them.
    pub known: &'a Known,
    /// Patches of roots.
    pub patches: &'a [Patch],
    /// The GOROOT of a release, if it is at hand: a patch becomes a diff of its sources.
    pub goroot: &'a dyn Fn(&str) -> Option<PathBuf>,
}

/// The page for the findings of one or more stores. Leaves out findings whose scenario breaks
/// a documented rule, because they are not bugs.
#[must_use]
pub fn bugs(entries: &[Entry], with: &Bugs<'_>) -> String {
    let roots = roots(entries);
    let findings: usize = roots.iter().map(|r| r.entries.len()).sum();
    let on: BTreeSet<&str> = roots.iter().flat_map(Root::found_on).collect();
    let mut out = String::from("# Bugs\n\n");
    let _ = writeln!(
        out,
        "{} on {}. {findings} findings have them. A root is what one change of go/types ends: a \
         finding has the root whose patch, and no other, silences it. Where no patch does, findings \
         with one issue are one root, and every other finding is a root of its own, unless a guess \
         put it with others; the page says so.\n",
        count(roots.len(), "root"),
        inline(&on.into_iter().collect::<Vec<_>>().join(", ")),
    );
    out.push_str(
        "| | root | class | findings | releases that show it | minimized | standalone |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for (i, r) in roots.iter().enumerate() {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            i + 1,
            cell(&title(r)),
            r.class,
            r.entries.len(),
            cell(&inline(&affected(r))),
            minimized(r.shown),
            standalone(r.shown),
        );
    }
    out.push('\n');
    goals(&mut out, &roots);
    for (i, r) in roots.iter().enumerate() {
        section(&mut out, i + 1, r, with);
    }
    unreachable(&mut out, with.known);
    let doubtful: Vec<&Entry> = entries.iter().filter(|e| is_doubtful(&e.finding)).collect();
    if !doubtful.is_empty() {
        out.push_str("\n## Seen once and never again\n\nNot counted above: neither the test case nor a smaller one reproduced them.\n\n");
        for e in doubtful {
            let [_, n] = e.finding.reproduced.unwrap_or_default();
            let version = inline(&e.finding.origin.go_version);
            let _ = writeln!(out, "- {} ({version}, 0 of {n})", cell(&inline(&e.finding.title)));
        }
    }
    out
}

/// `data race when … (R3, golang/go#79035 (open))`
fn title(root: &Root<'_>) -> String {
    let blame = match root.shown.finding.blame {
        Blame::GoTypes => String::new(),
        other => format!(", in {}", other.as_str()),
    };
    inline(&format!("{} ({}{blame})", root.heading.title, root.heading.name()))
}

/// How many programs reach the goals, and what the others miss.
fn goals(out: &mut String, roots: &[Root<'_>]) {
    let missed: Vec<String> = roots.iter().filter_map(|r| misses(r.shown)).collect();
    let _ = writeln!(
        out,
        "{} of the {} roots have a program of at most {LINES} lines and 2 goroutines with 3 operations each, made in {SECONDS} s, and a standalone program that shows them in nine of ten processes.{}\n",
        roots.len() - missed.len(),
        roots.len(),
        if missed.is_empty() { "" } else { " The others:" },
    );
    missed.iter().for_each(|m| out.push_str(m));
}

/// The releases that showed it. Those that campaigns found it on, if it was not run on others.
fn affected(root: &Root<'_>) -> String {
    let mut on: BTreeSet<&str> = root.found_on();
    on.extend(root.releases().iter().filter(|r| r.shows()).map(|r| r.go_version.as_str()));
    let mut on: Vec<&str> = on.into_iter().collect();
    on.sort_by_key(|v| crate::bisect::release_order(v));
    on.join(", ")
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
        "{}, {} × {}, {measured}, {:.0} s{more}",
        count(m.lines, "line"),
        count(m.goroutines, "goroutine"),
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

/// Known issues that no test case can show.
fn unreachable(out: &mut String, known: &Known) {
    let mut all = known.unreachable().peekable();
    if all.peek().is_some() {
        out.push_str("\n## Known, and out of reach\n\n");
    }
    for k in all {
        let why = k.unreachable.as_deref().unwrap_or_default();
        let _ = writeln!(out, "- {} ({}), {}: {why}", k.issue, k.state.as_str(), k.title);
    }
}

#[cfg(test)]
mod tests;
