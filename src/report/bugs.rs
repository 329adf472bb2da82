//! The page of bugs: one section per root, with the smallest program that shows it, its patch, and
//! the releases that have it.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::diff::diff;
use super::{Entry, Root, is_doubtful, rate, roots, seems_fixed};
use crate::escape::cell;
use crate::finding::{Blame, Known, OnRelease, RootBy, Search};
use crate::patches::Patch;
use crate::scenario::Import;
use crate::triage::standalone::{analysis, report as own_report};

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
    (!what.is_empty())
        .then(|| format!("- `{}` ({}): {}\n", f.signature, f.origin.go_version, what.join(", ")))
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
        plural(roots.len(), "root"),
        on.into_iter().collect::<Vec<_>>().join(", "),
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
            affected(r),
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
            let version = &e.finding.origin.go_version;
            let _ = writeln!(out, "- {} ({version}, 0 of {n})", cell(&e.finding.title));
        }
    }
    out
}

fn plural(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// `data race when … (R3, golang/go#79035 (open))`
fn title(root: &Root<'_>) -> String {
    let blame = match root.shown.finding.blame {
        Blame::GoTypes => String::new(),
        other => format!(", in {}", other.as_str()),
    };
    format!("{} ({}{blame})", root.heading.title, root.heading.name())
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
    if s.schedule.is_some() {
        out.push("a seeded schedule".to_owned());
    }
    out
}

fn section(out: &mut String, number: usize, root: &Root<'_>, with: &Bugs<'_>) {
    let _ = writeln!(out, "\n## {number}. {}\n", title(root));
    tracker(out, root, with.known);
    told(out, root);
    let needs = needs(root.shown);
    if !needs.is_empty() {
        let _ = writeln!(out, "Not seen without: {}.\n", needs.join(", "));
    }
    for rule in &root.shown.finding.rules {
        let _ = writeln!(out, "{}: {}\n", rule.elements.join(", "), rule.text());
    }
    releases(out, root);
    program(out, root.shown);
    patch(out, root, with);
    findings(out, &root.entries);
}

/// Its issues, and what was looked for in the tracker.
fn tracker(out: &mut String, root: &Root<'_>, known: &Known) {
    let heading = &root.heading;
    for issue in &heading.issues {
        let entry = known.of_root(&heading.id).find(|k| k.issue == issue.issue);
        let title = entry.or(root.shown.known.as_ref()).map(|k| k.title.as_str());
        let _ = writeln!(out, "{issue}: {}\n", title.unwrap_or_default());
    }
    let mut searched = false;
    for Search { date, about, words, found, .. } in known.searches(&heading.id) {
        searched = true;
        let words = match &words[..] {
            [] => String::new(),
            words => format!(", with the words {}", words.join(", ")),
        };
        let _ = writeln!(out, "Searched in the tracker on {date} for {about}{words}: {found}.\n");
    }
    if !searched && heading.issues.is_empty() {
        out.push_str("The tracker was not searched for it.\n\n");
    }
}

/// How its root was determined.
fn told(out: &mut String, root: &Root<'_>) {
    let of = root.shown.finding.root.as_ref();
    match (root.heading.by, of) {
        (Some(RootBy::Guess), _) => out.push_str(
            "Its root is a guess: no patch ends it, and what its scenario needs and what is \
             written put its findings together.\n\n",
        ),
        (Some(RootBy::Issue), _) => {
            out.push_str("Its root is that of the issue: no patch ends it.\n\n");
        }
        (None, _) => out.push_str("Its root was not determined.\n\n"),
        (Some(RootBy::Patch), _) => {}
    }
    let Some(tried) = of.map(|r| &r.tried).filter(|t| !t.is_empty()) else { return };
    let trials: Vec<String> =
        tried.iter().map(|t| format!("{} in {} of {} runs", t.patch, t.seen, t.runs)).collect();
    let _ = writeln!(out, "Seen with these patches: {}.\n", trials.join(", "));
}

/// What its program showed on each release.
fn releases(out: &mut String, root: &Root<'_>) {
    let tried = root.releases();
    if tried.is_empty() {
        let path = root.shown.path.display();
        let _ = writeln!(
            out,
            "It was not run on other releases: `typerace bisect {path}` does that and records the \
             result.\n"
        );
        return;
    }
    out.push_str("| Go | runs that showed it | |\n|---|---|---|\n");
    for OnRelease { go_version, reproduced: [k, n], instead, not_run } in tried {
        let runs = if *n == 0 { String::new() } else { format!("{k} of {n}") };
        let note = match (instead, not_run) {
            (_, Some(why)) => format!("not run: {}", cell(why)),
            (Some(i), _) => format!("{} of {n}: `{}`", i.hits, cell(&i.signature)),
            _ => String::new(),
        };
        let _ = writeln!(out, "| {go_version} | {runs} | {note} |");
    }
    out.push('\n');
}

fn program(out: &mut String, shown: &Entry) {
    let f = &shown.finding;
    let Some(crash) = &shown.crash else { return };
    let which = if crash.minimized { "Minimized" } else { "As found (not minimized)" };
    let _ = writeln!(out, "{which}, {}:\n\n```\n{}```", f.origin.go_version, crash.case.to_txtar());
    let shows = f.standalone.as_ref().is_some_and(|s| s.reproduced[0] > 0);
    if let (true, Ok(main)) = (shows, fs::read_to_string(shown.path.join("repro/main.go"))) {
        let lines = main.lines().count();
        let _ = writeln!(
            out,
            "\n<details><summary>The same as a program of its own, {lines} lines: \
             <code>go run -race .</code></summary>\n\n```go\n{main}```\n</details>"
        );
    }
    let locks = analysis(&own_report(f, &crash.report));
    if !locks.is_empty() {
        let _ = writeln!(out, "\n{locks}");
    }
}

/// Its patch as a diff of the sources of the release that showed it.
fn patch(out: &mut String, root: &Root<'_>, with: &Bugs<'_>) {
    let Some(patch) = with.patches.iter().find(|p| p.id == root.heading.id) else { return };
    let go = &root.shown.finding.origin.go_version;
    match diff(patch, go, (with.goroot)(go).as_deref()) {
        Some(text) => {
            let _ = writeln!(out, "\nThis ends it on {go}:\n\n```diff\n{text}```");
        }
        None => {
            let _ = writeln!(
                out,
                "\nIts patch, {}, is for Go {} and not for {go}.",
                Path::new(&patch.file).display(),
                patch.releases()
            );
        }
    }
}

/// Its signatures.
fn findings(out: &mut String, entries: &[&Entry]) {
    let summary = plural(entries.len(), "signature");
    let _ = writeln!(
        out,
        "\n<details><summary>{summary}</summary>\n\n| finding | class | Go | as found, one process \
         | minimized, new processes | standalone, new processes |\n|---|---|---|---|---|---|"
    );
    for e in entries {
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
    out.push_str("\n</details>\n");
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
