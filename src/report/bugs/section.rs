//! The section of one root.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::{Bugs, minimized, standalone, title};
use crate::escape::{block, cell, code, inline};
use crate::files;
use crate::finding::{Blame, Known, OnRelease, RootBy, Search};
use crate::patches::diff;
use crate::report::{Entry, Root, rate};
use crate::scenario::Import;
use crate::triage::standalone::{analysis, report as own_report};
use crate::words::count;

/// What the goroutines of a minimized test case share in addition to completed packages, and
/// its import mode, if the search could not remove them without losing the finding.
fn needs(e: &Entry) -> Vec<String> {
    let minimized = e.finding.minimized.as_ref().is_some_and(|m| m.complete);
    let Some(crash) = e.crash().filter(|c| minimized && c.minimized) else {
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

pub(super) fn section(out: &mut String, number: usize, root: &Root<'_>, with: &Bugs<'_>) {
    let _ = writeln!(out, "\n## {number}. {}\n", title(root));
    // Go's issues, patches and releases say nothing about a fault of a target.
    let is_of_target = root.shown.finding.blame == Blame::Target;
    if is_of_target {
        out.push_str("It is in the target, not in go/types.\n\n");
    } else {
        tracker(out, root, with.known);
        told(out, root);
    }
    let needs = needs(root.shown);
    if !needs.is_empty() {
        let _ = writeln!(out, "Not seen without: {}.\n", needs.join(", "));
    }
    for rule in &root.shown.finding.rules {
        let _ = writeln!(
            out,
            "{}\n",
            inline(&format!("{}: {}", rule.elements.join(", "), rule.text()))
        );
    }
    if !is_of_target || !root.releases().is_empty() {
        releases(out, root);
    }
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
        let _ = writeln!(out, "{issue}: {}\n", inline(title.unwrap_or_default()));
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
        (Some(RootBy::Guess), _) if root.heading.known => out.push_str(
            "Its root is presumed: its findings share functions with one that the patch ends, or \
             they show too seldom to be sure.\n\n",
        ),
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
    let _ = writeln!(out, "Seen with these patches: {}.\n", inline(&trials.join(", ")));
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
            (_, Some(why)) => format!("not run: {}", cell(&inline(why))),
            (Some(i), _) => format!("{} of {n}: {}", i.hits, cell(&code(&i.signature))),
            _ => String::new(),
        };
        let _ = writeln!(out, "| {} | {runs} | {note} |", cell(&inline(go_version)));
    }
    out.push('\n');
}

fn program(out: &mut String, shown: &Entry) {
    let f = &shown.finding;
    let Some(crash) = shown.crash() else { return };
    let which = if crash.minimized { "Minimized" } else { "As found (not minimized)" };
    let _ = writeln!(
        out,
        "{which}, {}:\n\n{}",
        inline(&f.origin.go_version),
        block("", &crash.case.to_txtar())
    );
    let shows = f.standalone.as_ref().is_some_and(|s| s.reproduced[0] > 0);
    if let (true, Ok(main)) =
        (shows, files::as_text(files::read_below(&shown.path, "repro/main.go")))
    {
        let lines = main.lines().count();
        let _ = writeln!(
            out,
            "\n<details><summary>The same as a program of its own, {lines} lines: \
             <code>go run -race .</code></summary>\n\n{}\n</details>",
            block("go", &main)
        );
    }
    let locks = analysis(&own_report(f, &crash.report), &crash.quotes, f.blame);
    if !locks.is_empty() {
        let _ = writeln!(out, "\n{locks}");
    }
}

/// Its patch as a diff of the sources of the release that showed it.
fn patch(out: &mut String, root: &Root<'_>, with: &Bugs<'_>) {
    let Some(patch) = with.patches.iter().find(|p| p.id == root.heading.id) else { return };
    let go = &root.shown.finding.origin.go_version;
    let goroot = (with.goroot)(go);
    let read = |file: &str| fs::read_to_string(goroot.as_ref()?.join("src").join(file)).ok();
    match diff(patch, go, &read) {
        Some(text) => {
            let _ = writeln!(out, "\nThis ends it on {}:\n\n{}", inline(go), block("diff", &text));
        }
        None => {
            let _ = writeln!(
                out,
                "\nIts patch, {}, is for Go {} and not for {}.",
                Path::new(&patch.file).display(),
                patch.releases(),
                inline(go)
            );
        }
    }
}

/// Its signatures.
fn findings(out: &mut String, entries: &[&Entry]) {
    let summary = count(entries.len(), "signature");
    let _ = writeln!(
        out,
        "\n<details><summary>{summary}</summary>\n\n| finding | class | Go | as found, one process \
         | minimized, new processes | standalone, new processes |\n|---|---|---|---|---|---|"
    );
    for e in entries {
        let f = &e.finding;
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            cell(&code(&f.signature)),
            f.class,
            cell(&inline(&f.origin.go_version)),
            rate(f.reproduced),
            minimized(e),
            standalone(e),
        );
    }
    out.push_str("\n</details>\n");
}
