//! The gate's result on one screen: the verdict, a line for each root, the verdict again.

use std::fmt::Write as _;

use super::behind::behind;
use super::text::counts;
use super::{Change, Changed, ColumnReport, Group, Judged, Report, Status, by_root, untouched};
use crate::scenario::Class;
use crate::words::count;

/// Lines of a screen.
const SCREEN: usize = 40;
/// Lines about what the overlay changes. The rest of them is counted.
const EFFECTS: usize = 8;
/// Lines about functions that changed.
const FUNCTIONS: usize = 8;

/// The whole text. (Writing to a String cannot fail.)
#[must_use]
pub fn overview(report: &Report) -> String {
    let verdict = if report.passed { "passed" } else { "FAILED" };
    let fails: Vec<String> = deciding(report).filter_map(what_fails).collect();
    let about = if fails.is_empty() { String::new() } else { format!(": {}", fails.join("; ")) };
    let never = untouched(&report.changed).map(|t| format!("; {t}")).unwrap_or_default();
    let never = never + &undecided(report);
    let head = format!("{verdict}{about}{never}\n");
    let mut tail = notes(report);
    tail += &behind(report);
    tail += &changed(&report.changed);
    tail += &effects(report);
    tail.push('\n');
    for column in &report.columns {
        let _ = writeln!(tail, "{}: {}", column.label, counts(column));
    }
    let _ = writeln!(tail, "{verdict}{never}");
    let taken = head.lines().count() + tail.lines().count();
    head + &table(report, SCREEN.saturating_sub(taken)) + &tail
}

/// What a verdict leaves open: bugs that a longer time may confirm. Empty if it fails anyway.
fn undecided(report: &Report) -> String {
    let open = |j: &&Judged| j.status == Status::Unconfirmed && j.class == Class::Bug;
    let roots = |c: &ColumnReport| by_root(c.verdict.findings.iter().filter(open)).len();
    match deciding(report).map(roots).sum::<usize>() {
        0 => String::new(),
        _ if !report.passed => String::new(),
        n => format!("; {} of bugs not confirmed: a longer --time may decide", count(n, "root")),
    }
}

/// The columns that fail the gate if they fail. The one that is compared with does not.
fn deciding(report: &Report) -> impl Iterator<Item = &ColumnReport> {
    report.columns.iter().skip(usize::from(report.against))
}

/// The functions that a change touches, with the counters in them that the cases reached.
pub(super) fn changed(all: &[Changed]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{} of go/types changed:\n", count(all.len(), "function"));
    let mut order: Vec<&Changed> = all.iter().collect();
    order.sort_by_key(|f| !f.is_untouched());
    for f in order.iter().take(FUNCTIONS) {
        let reached = match f.counters {
            Some([0, 0]) => "compiled into its callers, or not at all".to_owned(),
            Some([0, all]) => format!("NEVER ENTERED ({})", count(all, "counter")),
            Some([reached, all]) => format!("{reached} of {} reached", count(all, "counter")),
            None => "counters not known".to_owned(),
        };
        let _ = writeln!(out, "  {} ({}:{}): {reached}", f.function, f.file, f.line);
    }
    if order.len() > FUNCTIONS {
        let _ = writeln!(out, "  and {} more: --json", order.len() - FUNCTIONS);
    }
    out
}

/// `2 new roots on go1.27.3`
fn what_fails(column: &ColumnReport) -> Option<String> {
    let of = |status, word: &str| {
        let roots = by_root(column.verdict.findings.iter().filter(|j| j.status == status)).len();
        (roots > 0).then(|| count(roots, &format!("{word} root")))
    };
    let all: Vec<String> =
        [of(Status::New, "new"), of(Status::Worse, "worse")].into_iter().flatten().collect();
    (!all.is_empty()).then(|| format!("{} on {}", all.join(", "), column.label))
}

/// A root in all columns.
struct Row<'a> {
    /// The groups, with their columns.
    groups: Vec<(usize, Group<'a>)>,
}

impl Row<'_> {
    /// The worst status in any column.
    fn status(&self) -> Option<Status> {
        self.groups.iter().map(|(_, g)| g.status).min()
    }

    fn fails(&self) -> bool {
        self.status().is_some_and(|s| s <= Status::New)
    }

    /// What a column shows: `NEW 20/21`.
    fn cell(&self, column: usize) -> String {
        let here = self.groups.iter().filter(|(c, _)| *c == column).map(|(_, g)| g);
        let Some(group) = here.min_by_key(|g| g.status) else { return "–".to_owned() };
        let word = match group.status {
            Status::New => "NEW",
            Status::Worse => "WORSE",
            Status::Gone => "gone",
            Status::Unconfirmed => return "unsure".to_owned(),
            Status::Listed => "listed",
            Status::Contract => return "contract".to_owned(),
        };
        match group.first().shown.first() {
            Some(s) => format!("{word} {}/{}", s.hits, s.runs),
            None => word.to_owned(),
        }
    }

    /// Where to look for what fails.
    fn place(&self) -> Option<String> {
        let (_, group) = self.groups.iter().find(|(_, g)| g.status <= Status::New)?;
        let first = group.first();
        let case = first.shown.first().map(|s| s.case.as_str());
        let why = Some(first.why.as_str()).filter(|w| !w.is_empty());
        let parts: Vec<&str> = why.into_iter().chain(case).collect();
        let mut out = format!("    {}{}", parts.join("; "), group.more());
        if let Some(sample) = group.findings.iter().find_map(|j| j.sample.as_ref()) {
            for line in sample.program.lines() {
                out.push_str(&format!("\n        {line}"));
            }
            out.push_str(&format!("\n    again: {}", sample.command));
        }
        Some(out)
    }
}

/// A line for each root: what each column shows, then what it is. What fails comes first, with a
/// second line.
fn table(report: &Report, lines: usize) -> String {
    let rows = rows(report);
    if rows.is_empty() {
        return String::new();
    }
    let width = |(i, c): (usize, &ColumnReport)| {
        let cells = rows.iter().map(|r| r.cell(i).chars().count());
        cells.chain([c.label.chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = report.columns.iter().enumerate().map(width).collect();
    let mut out = String::from("\n");
    let labels = report.columns.iter().zip(&widths).map(|(c, w)| format!("{:w$}", c.label));
    let _ = writeln!(out, "{}", labels.collect::<Vec<_>>().join("  ").trim_end());
    let mut left = lines.saturating_sub(3);
    for (n, row) in rows.iter().enumerate() {
        let cells = widths.iter().enumerate().map(|(i, w)| format!("{:w$}", row.cell(i)));
        let title = row.groups[0].1.heading.line();
        let class = row.groups.iter().map(|(_, g)| g.class).min().unwrap_or(Class::Bug);
        let mut text = format!("{}  {title} ({class})", cells.collect::<Vec<_>>().join("  "));
        if let Some(place) = row.place() {
            text = format!("{text}\n{place}");
        }
        let needs = text.lines().count();
        if needs > left {
            let _ = writeln!(out, "and {} more: --verbose", rows.len() - n);
            break;
        }
        left -= needs;
        let _ = writeln!(out, "{text}");
    }
    out
}

/// The roots that a column showed or lost, those that fail first. What is listed and was not seen
/// this time, and what breaks the contract, is only counted.
fn rows(report: &Report) -> Vec<Row<'_>> {
    let mut groups: Vec<(usize, Group)> = Vec::new();
    for (i, column) in report.columns.iter().enumerate() {
        let shown = column.verdict.findings.iter().filter(|j| match j.status {
            Status::Contract => false,
            Status::Listed => j.finding.is_some(),
            _ => true,
        });
        groups.extend(by_root(shown).into_iter().map(|g| (i, g)));
    }
    let mut rows: Vec<Row> = Vec::new();
    for (column, group) in groups {
        let same = |r: &&mut Row| r.groups[0].1.key == group.key;
        match rows.iter_mut().find(same) {
            Some(row) => row.groups.push((column, group)),
            None => rows.push(Row { groups: vec![(column, group)] }),
        }
    }
    rows.sort_by_key(|r| (!r.fails(), r.status()));
    rows
}

/// How many cases a Go could not run.
fn notes(report: &Report) -> String {
    let mut out = String::new();
    for column in &report.columns {
        let part = column.cases.iter().filter(|c| !c.notes.is_empty()).count();
        if part > 0 {
            let _ = writeln!(
                out,
                "\n{part} of {} cases did not run on {}, or only in part: --verbose says why",
                column.cases.len(),
                column.label
            );
        }
    }
    out
}

fn effects(report: &Report) -> String {
    let all = &report.effects;
    if all.is_empty() {
        return String::new();
    }
    let mut out = match report.against {
        true => format!("\nwith the change, compared with {}:\n", report.columns[0].label),
        false => String::from("\nwith the overlay or the patches:\n"),
    };
    let changed = all.iter().filter(|e| e.change <= Change::Fixed);
    for e in changed.clone().take(EFFECTS) {
        let word = if e.change == Change::Broken { "BREAKS" } else { "fixes" };
        let ([a, an], [b, bn]) = (e.without, e.with);
        let _ = writeln!(out, "  {word:6} {}: {a}/{an} without, {b}/{bn} with it", e.title);
    }
    let more = changed.count().saturating_sub(EFFECTS);
    let count = |change| all.iter().filter(|e| e.change == change).count();
    let more = if more > 0 { format!("{more} more of these, ") } else { String::new() };
    let _ = writeln!(
        out,
        "  {more}{} left as they are, {} unclear, of {} signatures in all: --verbose",
        count(Change::Same),
        count(Change::Unclear),
        all.len()
    );
    out
}
