//! The gate's result in full: a table of cases, new findings with program and report, and what the
//! overlay changes.

use std::fmt::Write as _;

use super::behind::behind;
use super::overview::changed;
use super::{
    CaseKind, CaseRun, ColumnReport, Effect, Group, Judged, Report, RootEffect, Status, by_root,
    graver, untouched,
};
use crate::scenario::Class;
use crate::words::count;

/// The whole text. (Writing to a String cannot fail.)
#[must_use]
pub fn text(report: &Report) -> String {
    let mut out = String::new();
    matrix(&mut out, report);
    for column in &report.columns {
        for judged in &column.verdict.findings {
            if matches!(judged.status, Status::Worse | Status::New) {
                failure(&mut out, report, column, judged);
            }
        }
    }
    for column in &report.columns {
        notes(&mut out, column);
    }
    out.push_str(&behind(report));
    out.push_str(&changed(&report.changed));
    effects(&mut out, &report.effects, &report.root_effects);
    out.push('\n');
    for column in &report.columns {
        let _ = writeln!(out, "{}: {}", column.label, counts(column));
    }
    let never = untouched(&report.changed).map(|t| format!("; {t}")).unwrap_or_default();
    let _ = writeln!(out, "{}{never}", if report.passed { "passed" } else { "FAILED" });
    out
}

/// Roots, as in the verdict and in the table, with their signatures where there are more of these:
/// `2 new roots (5 signatures), 0 worse, 1 listed, 0 gone; 3 signatures of class contract, as
/// expected; …`
pub(super) fn counts(column: &ColumnReport) -> String {
    let groups = by_root(&column.verdict.findings);
    // Of a listed root, some signatures may not have shown.
    let shown = |g: &Group| g.findings.iter().filter(|j| j.finding.is_some()).count();
    let listed = |g: &Group| g.status == Status::Listed;
    let number = |word: &str, is: &dyn Fn(&Group) -> bool| {
        let all: Vec<&Group> = groups.iter().filter(|g| is(g)).collect();
        let (roots, n) = (all.len(), all.iter().map(|g| shown(g)).sum::<usize>());
        let roots =
            if word == "new" { count(roots, "new root") } else { format!("{roots} {word}") };
        let more = if n > all.len() { format!(" ({n} signatures)") } else { String::new() };
        (!all.is_empty(), format!("{roots}{more}"))
    };
    let always = [
        number("new", &|g| g.status == Status::New),
        number("worse", &|g| g.status == Status::Worse),
        number("listed", &|g| listed(g) && shown(g) > 0),
        number("gone", &|g| g.status == Status::Gone),
    ];
    let more = [
        number("not confirmed", &|g| g.status == Status::Unconfirmed),
        number("listed that did not show", &|g| listed(g) && shown(g) == 0),
    ];
    let more = more.into_iter().filter(|(any, _)| *any);
    let parts: Vec<String> = always.into_iter().chain(more).map(|(_, text)| text).collect();
    let mut text = parts.join(", ");
    let breaches = column.verdict.count(Status::Contract);
    if breaches > 0 {
        let them = count(breaches, "signature");
        let _ = write!(text, "; {them} of class contract, as expected");
    }
    let runs: u64 = column.cases.iter().map(|c| u64::from(c.runs)).sum();
    let _ = write!(text, "; {} in {:.1} s", count(runs, "run"), column.seconds);
    text
}

/// A cell of the table: the worst finding that the case showed.
#[must_use]
pub fn cell(column: &ColumnReport, case: &CaseRun) -> String {
    let by_contract = case.seen.iter().any(|s| s.finding.class == Class::Breach);
    let shown = case.seen.iter().filter_map(|s| {
        let judged = &column.verdict.findings;
        let status = judged.iter().find(|j| j.signature == s.finding.signature)?.status;
        Some((status, s.hits))
    });
    let worst = shown.min_by_key(|(status, hits)| (*status, u32::MAX - hits));
    match worst {
        None if case.runs == 0 => "not run".to_owned(),
        None if !case.notes.is_empty() => "partly ok".to_owned(),
        None => "ok".to_owned(),
        Some((Status::New, k)) => format!("NEW {k}/{}", case.runs),
        Some((Status::Worse, k)) => format!("WORSE {k}/{}", case.runs),
        Some((Status::Unconfirmed, _)) => "unsure".to_owned(),
        Some((Status::Contract, _)) => "contract".to_owned(),
        Some(_) if by_contract => "contract".to_owned(),
        Some((_, k)) => format!("listed {k}/{}", case.runs),
    }
}

fn matrix(out: &mut String, report: &Report) {
    let names = report.columns.first().map_or(&[][..], |c| &c.cases);
    let wide = names.iter().map(|c| c.case.chars().count()).max().unwrap_or(0);
    let width = |c: &ColumnReport| c.label.chars().count().max(12);
    let _ = write!(out, "{:wide$}", "");
    for c in &report.columns {
        let _ = write!(out, "  {:w$}", c.label, w = width(c));
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    let mut silent = 0;
    for (i, row) in names.iter().enumerate() {
        let is_gate = report.source(&row.case).is_some_and(|c| c.kind == CaseKind::Gate);
        let here = report.columns.iter().filter_map(|c| c.cases.get(i));
        if is_gate && here.clone().all(|c| c.seen.is_empty()) {
            silent += usize::from(here.clone().any(|c| c.runs > 0));
            continue;
        }
        let _ = write!(out, "{:wide$}", row.case);
        for c in &report.columns {
            let cell = c.cases.get(i).map_or_else(String::new, |case| cell(c, case));
            let _ = write!(out, "  {cell:w$}", w = width(c));
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
    }
    if silent > 0 {
        let _ =
            writeln!(out, "and {} of the gate's corpus that showed nothing", count(silent, "case"));
    }
}

fn failure(out: &mut String, report: &Report, column: &ColumnReport, judged: &Judged) {
    let word = if judged.status == Status::Worse { "WORSE" } else { "NEW" };
    let class = by_root([judged]).first().map_or(judged.class, |group| graver(report, group));
    let _ = writeln!(out, "\n{word} on {}: {} ({class})", column.label, judged.title);
    if !judged.why.is_empty() {
        let _ = writeln!(out, "    {}", judged.why);
    }
    let _ = writeln!(out, "    signature: {}", judged.signature);
    for s in &judged.shown {
        let _ = writeln!(out, "    {} of {} in {}", s.hits, s.runs, s.case);
    }
    if let Some(sample) = &judged.sample {
        let _ = writeln!(out, "    again: {}", sample.command);
    }
    if let Some(case) = judged.shown.first().and_then(|s| report.source(&s.case)) {
        let _ = writeln!(out, "\n{}", indent(&case.text));
    }
    let _ = writeln!(out, "{}", indent(&judged.report));
}

fn indent(text: &str) -> String {
    let lines = text
        .trim_end()
        .lines()
        .map(|l| if l.is_empty() { "\n".to_owned() } else { format!("    {l}\n") });
    lines.collect()
}

/// The findings that are gone or were seen once, and what this Go could not run.
fn notes(out: &mut String, column: &ColumnReport) {
    for judged in &column.verdict.findings {
        let what = match judged.status {
            Status::Gone => "gone",
            Status::Unconfirmed => "not confirmed, so not counted",
            _ => continue,
        };
        let _ = writeln!(out, "\n{} on {}: {}", what, column.label, judged.signature);
        if !judged.why.is_empty() {
            let _ = writeln!(out, "    {}", judged.why);
        }
    }
    for case in &column.cases {
        for note in case.notes.iter().filter(|_| case.runs == 0 || case.seen.is_empty()) {
            let _ = writeln!(out, "note: {} on {}: {note}", case.case, column.label);
        }
    }
}

fn effects(out: &mut String, effects: &[Effect], roots: &[RootEffect]) {
    if effects.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nwith the change:");
    for e in roots {
        let ([a, an], [b, bn], word) = (e.without, e.with, e.change.word());
        let _ = writeln!(out, "  {word:7} root {}, whose test case is {}", e.root, e.case);
        let _ = writeln!(out, "          {a} of {an} without, {b} of {bn} with it");
    }
    for e in effects {
        let word = e.change.word();
        let ([a, an], [b, bn]) = (e.without, e.with);
        let _ = writeln!(out, "  {word:7} {} ({})", e.signature, e.class);
        let more = e.cases.map_or_else(String::new, |n| format!(" and {} more", n - 1));
        let _ = writeln!(
            out,
            "          {a} of {an} without, {b} of {bn} with it, in {}{more}",
            e.case
        );
    }
}
