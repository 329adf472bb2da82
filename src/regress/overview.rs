//! The gate's result on one screen: the verdict, a line for each root, the verdict again.

use std::fmt::Write as _;

use super::behind::behind;
use super::text::counts;
use super::{
    Change, Changed, ColumnReport, Group, Judged, Report, RootEffect, Status, by_root, graver,
    untouched,
};
use crate::scenario::Class;
use crate::words::count;

/// Lines of a screen.
const SCREEN: usize = 40;
/// Lines about what the overlay changes. The rest of them is counted.
const EFFECTS: usize = 8;
/// Roots that fail the gate and have a line, however long the rest is.
const FAILING: usize = 10;
/// Lines of the table besides its rows.
const FRAME: usize = 3;
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
    let tail = |effects: String| {
        let mut tail = notes(report) + &behind(report) + &changed(&report.changed) + &effects;
        tail.push('\n');
        for column in &report.columns {
            let _ = writeln!(tail, "{}: {}", column.label, counts(column));
        }
        let _ = writeln!(tail, "{verdict}{never}");
        tail
    };
    let rows = rows(report);
    let least = least(&rows);
    let full = tail(effects(report, EFFECTS));
    let taken = head.lines().count() + full.lines().count();
    // What fails comes before what the change does in other words.
    let over = (taken + least).saturating_sub(SCREEN);
    let tail = if over > 0 { tail(effects(report, EFFECTS.saturating_sub(over))) } else { full };
    let taken = head.lines().count() + tail.lines().count();
    head + &table(report, &rows, SCREEN.saturating_sub(taken).max(least)) + &tail
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

    /// Where to look for what fails, as long as there is room, and shorter: the case, with the
    /// program and the command; and without the program.
    fn places(&self) -> Vec<String> {
        let failing = self.groups.iter().find(|(_, g)| g.status <= Status::New);
        let Some((_, group)) = failing else { return Vec::new() };
        let first = group.first();
        let case = first.shown.first().map(|s| s.case.as_str());
        let why = Some(first.why.as_str()).filter(|w| !w.is_empty());
        let parts: Vec<&str> = why.into_iter().chain(case).collect();
        let place = format!("\n    {}{}", parts.join("; "), group.more());
        let Some(sample) = group.findings.iter().find_map(|j| j.sample.as_ref()) else {
            return vec![place];
        };
        let program: String =
            sample.program.lines().map(|line| format!("\n        {line}")).collect();
        let again = self.again().unwrap_or_default();
        vec![format!("{place}{program}{again}"), format!("{place}{again}")]
    }

    /// The command that shows it again.
    fn again(&self) -> Option<String> {
        let failing = self.groups.iter().filter(|(_, g)| g.status <= Status::New);
        let sample = failing.flat_map(|(_, g)| &g.findings).find_map(|j| j.sample.as_ref())?;
        Some(format!("\n    again: {}", sample.command))
    }

    /// What each column shows, then what it is.
    fn line(&self, report: &Report, widths: &[usize]) -> String {
        let cells = widths.iter().enumerate().map(|(i, w)| format!("{:w$}", self.cell(i)));
        let title = self.groups[0].1.heading.line();
        let class = graver(report, &self.groups[0].1);
        format!("{}  {title} ({class})", cells.collect::<Vec<_>>().join("  "))
    }
}

/// The lines that the table needs: one for each root that fails, and one command.
fn least(rows: &[Row<'_>]) -> usize {
    match rows.iter().filter(|r| r.fails()).count() {
        0 => 0,
        n => FRAME + n.min(FAILING) + 1,
    }
}

/// A line for each root: what each column shows, then what it is. What fails comes first, and has
/// more lines if there is room for them.
fn table(report: &Report, rows: &[Row<'_>], lines: usize) -> String {
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
    let shown = details(rows, lines.saturating_sub(FRAME));
    for (row, more) in rows.iter().zip(&shown) {
        let _ = writeln!(out, "{}{more}", row.line(report, &widths));
    }
    if shown.len() < rows.len() {
        let _ = writeln!(out, "and {} more: --verbose", rows.len() - shown.len());
    } else if rows.iter().zip(&shown).any(|(row, more)| row.fails() && more.is_empty()) {
        out.push_str("which cases show the others: --verbose\n");
    }
    out
}

/// What follows the line of each row that is shown, in this many lines. First, the roots that fail get
/// their line, and one of them its command. Then they get more, from the first on. The rest is for
/// the other rows.
fn details(rows: &[Row<'_>], lines: usize) -> Vec<String> {
    let failing = rows.iter().filter(|r| r.fails()).count();
    let one = rows.iter().find_map(Row::again);
    let reserved = usize::from(one.is_some());
    let mut shown = vec![String::new(); failing.min(FAILING).min(lines.saturating_sub(reserved))];
    let mut left = lines - shown.len();
    let mut has_command = false;
    for (row, more) in rows.iter().zip(&mut shown) {
        let reserved = if has_command || row.again().is_some() { 0 } else { reserved };
        let fits = |place: &String| place.lines().count() - 1 + reserved <= left;
        if let Some(place) = row.places().into_iter().find(fits) {
            left -= place.lines().count() - 1;
            has_command |= row.again().is_some();
            *more = place;
        }
    }
    let own = rows.iter().position(|r| r.again().is_some()).filter(|i| *i < shown.len());
    if let Some(more) = shown.get_mut(own.unwrap_or(0)).filter(|_| !has_command) {
        let one = one.unwrap_or_default();
        left = left.saturating_sub(usize::from(!one.is_empty()));
        more.push_str(&one);
    }
    for row in rows.iter().skip(shown.len()).take(left) {
        // Not the first ones, but there may be room.
        let places = if row.fails() { row.places() } else { Vec::new() };
        let fits = places.into_iter().find(|p| p.lines().count() <= left).unwrap_or_default();
        let needs = fits.lines().count().max(1);
        if needs > left {
            break;
        }
        left -= needs;
        shown.push(fits);
    }
    shown
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

/// How many cases a Go could not run, on one line.
fn notes(report: &Report) -> String {
    let part = |c: &ColumnReport| c.cases.iter().filter(|c| !c.notes.is_empty()).count();
    let mut parts: Vec<(String, Vec<&str>)> = Vec::new();
    for column in report.columns.iter().filter(|c| part(c) > 0) {
        let many = format!("{} of {} cases", part(column), column.cases.len());
        match parts.iter_mut().find(|(m, _)| *m == many) {
            Some((_, labels)) => labels.push(&column.label),
            None => parts.push((many, vec![&column.label])),
        }
    }
    let parts: Vec<String> = parts
        .into_iter()
        .map(|(many, labels)| format!("{many} did not run on {}", labels.join(" and on ")))
        .collect();
    match parts.is_empty() {
        true => String::new(),
        false => format!("\n{}, or only in part: --verbose says why\n", parts.join(", ")),
    }
}

/// The roots that the change ends, and the others that have a test case, a line each.
fn roots(all: &[RootEffect]) -> String {
    let line = |change: Change| {
        let those = all.iter().filter(|e| e.change == change);
        let those: Vec<&str> = those.map(|e| e.root.as_str()).collect();
        match those.is_empty() {
            true => String::new(),
            false => format!(
                "  {:6} {}: {}\n",
                change.word(),
                count(those.len(), "root"),
                those.join(", ")
            ),
        }
    };
    [Change::Broken, Change::Fixed, Change::Unclear, Change::Same].map(line).concat()
}

/// What the change breaks and fixes, with this many of these at most.
fn effects(report: &Report, most: usize) -> String {
    let all = &report.effects;
    if all.is_empty() {
        return String::new();
    }
    let mut out = match report.against {
        true => format!("\nwith the change, compared with {}:\n", report.columns[0].label),
        false => String::from("\nwith the overlay or the patches:\n"),
    };
    out += &roots(&report.root_effects);
    let changed = all.iter().filter(|e| e.change <= Change::Fixed);
    for e in changed.clone().take(most) {
        let word = e.change.word();
        let ([a, an], [b, bn]) = (e.without, e.with);
        let _ = writeln!(out, "  {word:6} {}: {a}/{an} without, {b}/{bn} with it", e.title);
    }
    let more = changed.count().saturating_sub(most);
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
