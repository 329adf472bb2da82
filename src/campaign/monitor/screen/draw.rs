//! Draws a campaign's state, for a terminal of any size.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Paragraph, Sparkline};

use super::format::{ago, clock, plain, rate};
use crate::campaign::monitor::board::Board;
use crate::campaign::results::figures::percent;
use crate::campaign::results::found::Found;
use crate::finding::Kind;
use crate::scenario::Class;
use crate::words::grouped;

/// The content of a picture.
#[derive(Clone, Debug)]
pub struct View {
    board: Board,
    ending: bool,
    elapsed: std::time::Duration,
}

impl View {
    /// The board's current state.
    #[must_use]
    pub fn new(board: Board, ending: bool) -> Self {
        Self { elapsed: board.elapsed(), board, ending }
    }

    /// The board's state at another time, for tests.
    #[cfg(test)]
    #[must_use]
    pub fn at(mut self, elapsed: std::time::Duration) -> Self {
        self.elapsed = elapsed;
        self
    }
}

/// Below this width, panes are stacked.
const TWO_COLUMNS: u16 = 72;
/// Lines of the figures.
const FIGURES: u16 = 7;
/// The maximum number of worker lines, so that findings have room.
const WORKERS: usize = 8;

/// Draws the picture. If there is not enough room, the least important parts are left out first.
pub fn draw(frame: &mut Frame<'_>, view: &View) {
    let area = frame.area();
    let [top, rest] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(area);
    header(frame, top, view);
    if rest.height < 5 || rest.width < 30 {
        // There is no room for panes: show the most informative lines.
        return lines(frame, rest, brief(view));
    }
    if rest.width >= TWO_COLUMNS { wide(frame, rest, view) } else { narrow(frame, rest, view) }
}

fn wide(frame: &mut Frame<'_>, area: Rect, view: &View) {
    let upper = (FIGURES + 2).min(area.height);
    let workers = worker_lines(view, usize::from(area.width - 2));
    let lower = area.height - upper;
    let (found, working, log) = share(lower, found_lines(view).len(), workers.len());
    let [a, b, c, d] = stack(area, [upper, found, working, log]);
    let [left, right] = Layout::horizontal([Constraint::Length(40), Constraint::Min(0)]).areas(a);
    pane(frame, left, "figures", figures(view));
    curve(frame, right, view);
    findings(frame, b, view);
    pane(frame, c, "workers", workers);
    log_pane(frame, d, view);
}

fn narrow(frame: &mut Frame<'_>, area: Rect, view: &View) {
    let upper = (FIGURES + 2).min(area.height);
    let middle = if area.height - upper >= 5 { 5 } else { 0 };
    let workers = worker_lines(view, usize::from(area.width - 2));
    let lower = area.height - upper - middle;
    let (found, working, log) = share(lower, found_lines(view).len(), workers.len());
    let [a, b, c, d, e] = stack(area, [upper, middle, found, working, log]);
    pane(frame, a, "figures", figures(view));
    curve(frame, b, view);
    findings(frame, c, view);
    pane(frame, d, "workers", workers);
    log_pane(frame, e, view);
}

/// Divides the room between findings, workers and log: findings come first, and the log gets the
/// rest.
fn share(room: u16, found: usize, workers: usize) -> (u16, u16, u16) {
    if room < 3 {
        return (0, 0, 0);
    }
    let workers = if workers == 0 { 0 } else { workers as u16 + 2 };
    let workers = if room >= workers + 8 { workers } else { 0 };
    let left = room - workers;
    let log = (left / 3).min(12);
    let log = if log < 3 { 0 } else { log };
    let found = (found as u16 + 2).clamp(4, (left - log).max(4)).min(left);
    let log = if left - found < 3 { 0 } else { left - found };
    (if log == 0 { left } else { found }, workers, log)
}

fn stack<const N: usize>(area: Rect, heights: [u16; N]) -> [Rect; N] {
    let mut y = area.y;
    heights.map(|height| {
        let height = height.min(area.bottom().saturating_sub(y));
        let rect = Rect { y, height, ..area };
        y += height;
        rect
    })
}

fn header(frame: &mut Frame<'_>, area: Rect, view: &View) {
    let board = &view.board;
    let key = if view.ending { " ending… " } else { " q ends it " };
    let text =
        format!(" typerace  {}  {}  seed {}", clock(view.elapsed), board.go_version, board.seed);
    let bar = Style::new().add_modifier(Modifier::REVERSED);
    frame.render_widget(Paragraph::new(text).style(bar), area);
    let width = key.chars().count() as u16;
    if area.width > width + 16 {
        let right = Rect { x: area.right() - width, width, ..area };
        frame.render_widget(Paragraph::new(key).style(bar), right);
    }
}

fn figures(view: &View) -> Vec<Line<'static>> {
    let (board, f) = (&view.board, &view.board.figures);
    let share = percent(f.coverage.hit as u64, f.coverage.total as u64);
    let now = view.elapsed;
    let row = |name: &str, value: String| {
        Line::from(vec![
            Span::styled(format!("{name:<13}"), Style::new().fg(Color::Cyan)),
            Span::raw(value),
        ])
    };
    vec![
        row("executions", grouped(f.execs)),
        row("a second", format!("{}, now {}", rate(f.rate(now)), rate(board.recent_rate()))),
        row("valid", format!("{:.1} %", f.valid_percent())),
        row("coverage", format!("{} of {} ({share:.1} %)", f.coverage.hit, f.coverage.total)),
        row("corpus", grouped(f.corpus as u64)),
        row("new coverage", ago(f.last_coverage, now)),
        row(
            "new finding",
            format!("{}; {} restarts", ago(f.last_finding, now), grouped(f.restarts)),
        ),
    ]
}

/// The content for a terminal of only a few lines.
fn brief(view: &View) -> Vec<Line<'static>> {
    let f = &view.board.figures;
    let share = percent(f.coverage.hit as u64, f.coverage.total as u64);
    vec![
        Line::raw(format!("{} execs, {}/s", grouped(f.execs), rate(view.board.recent_rate()))),
        Line::raw(format!("{} findings, {share:.1} % covered", f.findings)),
        Line::raw(format!("corpus {}, valid {:.0} %", f.corpus, f.valid_percent())),
        Line::raw(format!("coverage {}", ago(f.last_coverage, view.elapsed))),
    ]
}

fn curve(frame: &mut Frame<'_>, area: Rect, view: &View) {
    let curve = &view.board.curve;
    let first = curve.iter().find(|p| p.1 > 0);
    let (first, last) = (first.map_or(0, |p| p.1), curve.last().map_or(0, |p| p.1));
    let title = format!("coverage, {first} to {last} counters");
    let block = Block::new().borders(Borders::ALL).title(title);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    if inner.is_empty() {
        return;
    }
    // One column for each slice of time, from the start to now.
    let end = view.elapsed.as_secs_f64().max(0.001);
    let base = first.saturating_sub(1);
    let mut at = 0;
    let columns = (0..inner.width).map(|column| {
        let until = end * f64::from(column + 1) / f64::from(inner.width);
        while at + 1 < curve.len() && curve[at + 1].0 <= until {
            at += 1;
        }
        curve.get(at).map_or(0, |p| p.1.saturating_sub(base) as u64)
    });
    let data: Vec<u64> = columns.collect();
    frame.render_widget(
        Sparkline::default()
            .data(data)
            .max(last.saturating_sub(base).max(1) as u64)
            .style(Style::new().fg(Color::Green)),
        inner,
    );
}

/// Kinds with counts by class, the roots, and the newest titles among the rest.
fn found_lines(view: &View) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for (kind, classes) in view.board.kinds() {
        let mut spans = vec![Span::raw(format!("{:<9}", kind.as_str()))];
        for (class, n) in classes {
            spans.push(Span::styled(format!(" {class} {n}"), colour(class)));
        }
        lines.push(Line::from(spans));
    }
    for (root, n) in view.board.roots() {
        let name = if root.is_new() { "new" } else { &root.id };
        let style = if root.is_new() { colour(Class::Bug) } else { colour(Class::Unstated) };
        lines.push(Line::from(vec![
            Span::raw(format!("{n:>5}× ")),
            Span::styled(format!("{} ", plain(name)), style),
            Span::raw(plain(&root.title)),
        ]));
    }
    let has_line =
        |f: &&Found| f.root.is_none() && view.board.shows(f.class) && !view.board.is_further(f);
    for found in view.board.found.iter().rev().filter(has_line) {
        let at = clock(std::time::Duration::from_secs_f64(found.seconds_to_find.max(0.0)));
        lines.push(Line::from(vec![
            Span::raw(format!("{at:>6} ")),
            Span::styled(format!("{} ", found.class), colour(found.class)),
            Span::raw(plain(&found.title)),
        ]));
    }
    lines
}

fn colour(class: Class) -> Style {
    match class {
        Class::Bug => Style::new().fg(Color::Red).add_modifier(Modifier::BOLD),
        Class::Unstated => Style::new().fg(Color::Yellow),
        Class::Breach => Style::new(),
    }
}

fn findings(frame: &mut Frame<'_>, area: Rect, view: &View) {
    let n = view.board.found.len();
    let races = view.board.found.iter().filter(|f| f.kind == Kind::DataRace).count();
    let roots = view.board.roots().len();
    let title = match n {
        0 => "nothing found yet".to_owned(),
        _ if roots > 0 => format!("findings: {n}, {races} of them races; roots: {roots}"),
        _ => format!("findings: {n}, {races} of them races; the newest first"),
    };
    pane(frame, area, &title, found_lines(view));
}

fn worker_lines(view: &View, width: usize) -> Vec<Line<'static>> {
    let workers = &view.board.workers;
    let (mut lines, mut line) = (Vec::new(), String::new());
    for w in workers {
        let again =
            if w.restarts > 0 { format!(", again {}×", w.restarts) } else { String::new() };
        let cell = format!("{} {} {}{again}", w.number, w.state, grouped(w.execs));
        let gap = if line.is_empty() { "" } else { "   " };
        if line.chars().count() + gap.len() + cell.chars().count() > width && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push_str("   ");
        }
        line.push_str(&cell);
    }
    lines.extend((!line.is_empty()).then_some(line));
    lines.truncate(WORKERS);
    lines.into_iter().map(Line::raw).collect()
}

fn log_pane(frame: &mut Frame<'_>, area: Rect, view: &View) {
    let room = usize::from(area.height.saturating_sub(2));
    let log = &view.board.log;
    let newest = log.iter().skip(log.len().saturating_sub(room)).map(|line| {
        let style = match line.warning {
            true => Style::new().fg(Color::Yellow),
            false => Style::new().add_modifier(Modifier::DIM),
        };
        Line::styled(format!("{:>6} {}", clock(line.at), plain(&line.text)), style)
    });
    pane(frame, area, "log", newest.collect());
}

fn pane(frame: &mut Frame<'_>, area: Rect, title: &str, text: Vec<Line<'static>>) {
    if area.height < 3 {
        return;
    }
    let block = Block::new().borders(Borders::ALL).title(title.to_owned());
    let inner = block.inner(area);
    frame.render_widget(block, area);
    lines(frame, inner, text);
}

fn lines(frame: &mut Frame<'_>, area: Rect, mut text: Vec<Line<'static>>) {
    text.truncate(usize::from(area.height));
    frame.render_widget(Paragraph::new(text), area);
}
