//! Reads the race detector's reports.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::frame::{Frame, position};
use super::normalise::{Blame, is_library, owner};

/// The kind of access on one side of a race.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// A plain write.
    Write,
    /// A plain read.
    Read,
    /// A write through sync/atomic.
    AtomicWrite,
    /// A read through sync/atomic.
    AtomicRead,
    /// The report ends before it says which.
    #[default]
    Unknown,
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Access::Write => "write",
            Access::Read => "read",
            Access::AtomicWrite => "atomic write",
            Access::AtomicRead => "atomic read",
            Access::Unknown => "access",
        })
    }
}

/// One of the two accesses of a race. It has no address or goroutine number, because these differ
/// from run to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// The kind of access.
    pub access: Access,
    /// Innermost call first; empty if the detector had lost the stack or the
    /// report is cut off.
    pub stack: Vec<Frame>,
}

/// One `WARNING: DATA RACE` report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RaceReport {
    /// The access that the detector stopped at, then the previous one.
    pub sides: [Side; 2],
    /// Where the goroutines were created, if the report says so.
    pub creations: Vec<Vec<Frame>>,
    /// The report's lines, without the `=` lines around them.
    pub raw: String,
}

impl RaceReport {
    /// Whether both stacks are present.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.sides.iter().all(|s| !s.stack.is_empty())
    }
}

const WARNING: &str = "WARNING: DATA RACE";
const RULE: &str = "==================";

/// Every report of a race log, in order. Reports may be cut off or mixed with lines of other
/// reports; unreadable parts are left out.
#[must_use]
pub fn race_reports(log: &str) -> Vec<RaceReport> {
    let mut reports = Vec::new();
    let mut lines = log.lines().peekable();
    while let Some(line) = lines.next() {
        if !line.ends_with(WARNING) {
            continue;
        }
        let mut body = vec![WARNING];
        while let Some(next) = lines.next_if(|l| !l.starts_with(RULE) && !l.ends_with(WARNING)) {
            body.push(next);
        }
        let ended = lines.peek().is_some_and(|l| l.starts_with(RULE));
        reports.push(report(&body, ended));
    }
    reports
}

/// A race log in which the reports that `is_wanted` stand first. Every byte of the log stays.
#[must_use]
pub fn reports_first(log: &str, is_wanted: impl Fn(&RaceReport) -> bool) -> String {
    let starts = log.match_indices(WARNING).map(|(at, _)| {
        // The rule above a report belongs to it.
        let line = log[..at].rfind('\n').map_or(0, |end| end + 1);
        let above = log[..line].strip_suffix('\n').unwrap_or_default();
        let rule = above.rfind('\n').map_or(0, |end| end + 1);
        if above[rule..].starts_with(RULE) { rule } else { line }
    });
    let mut starts: Vec<usize> = starts.collect();
    let Some(first) = starts.first().copied() else { return log.to_owned() };
    starts.push(log.len());
    let parts = starts.windows(2).map(|w| &log[w[0]..w[1]]);
    let (wanted, others): (Vec<&str>, Vec<&str>) =
        parts.partition(|part| race_reports(part).iter().any(&is_wanted));
    log[..first].to_owned() + &wanted.concat() + &others.concat()
}

/// Which stack of a report the frames belong to.
enum Part {
    None,
    Side(usize),
    Creation,
}

fn report(lines: &[&str], ended: bool) -> RaceReport {
    let mut out = RaceReport { raw: lines.join("\n"), ..RaceReport::default() };
    let mut part = Part::None;
    let mut sides = 0;
    for (i, line) in lines.iter().enumerate() {
        if let Some(access) = access(line) {
            part = if sides < 2 { Part::Side(sides) } else { Part::None };
            if let Some(side) = out.sides.get_mut(sides) {
                side.access = access;
            }
            sides += 1;
        } else if line.starts_with("Goroutine ") && line.ends_with("created at:") {
            out.creations.push(Vec::new());
            part = Part::Creation;
        } else if let Some(frame) = frame(line, lines.get(i + 1)) {
            match part {
                Part::Side(n) => out.sides[n].stack.push(frame),
                Part::Creation => out.creations.last_mut().into_iter().for_each(|c| {
                    c.push(frame.clone());
                }),
                Part::None => {}
            }
        }
    }
    // A stack that is cut off inside the runtime or a helper package does not identify
    // the access.
    let settled = |f: &Frame| is_library(&f.function) || owner(&f.function) == Blame::Harness;
    if !ended
        && out.creations.is_empty()
        && let Some(last) = out.sides.iter_mut().rfind(|s| s.access != Access::Unknown)
        && !last.stack.iter().any(settled)
    {
        last.stack.clear();
    }
    out
}

/// `Previous write at 0x00c0000d67b0 by goroutine 7:`
fn access(line: &str) -> Option<Access> {
    let (what, rest) = line.split_once(" at 0x")?;
    if !rest.contains(" by ") {
        return None;
    }
    let what = what.to_ascii_lowercase();
    match what.strip_prefix("previous ").unwrap_or(&what) {
        "read" => Some(Access::Read),
        "write" => Some(Access::Write),
        "atomic read" => Some(Access::AtomicRead),
        "atomic write" => Some(Access::AtomicWrite),
        _ => None,
    }
}

/// `  go/types.Unalias()` with the position on the next line.
fn frame(line: &str, next: Option<&&str>) -> Option<Frame> {
    let function = line.strip_prefix("  ")?.strip_suffix("()")?;
    if function.is_empty() || function.starts_with(' ') {
        return None;
    }
    // The position is lost when the report is cut off here.
    let (file, line) = next.and_then(|l| position(l)).unwrap_or_default();
    Some(Frame { function: function.to_owned(), file, line })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = include_str!("../../tests/reports/race-alias-instances-go1.26.8.txt");

    #[test]
    fn two_whole_reports() {
        let reports = race_reports(WHOLE);
        assert_eq!(reports.len(), 2);
        let r = &reports[0];
        assert_eq!(r.sides[0].access, Access::Read);
        assert_eq!(r.sides[1].access, Access::Write);
        let top = &r.sides[0].stack[0];
        assert_eq!((top.function.as_str(), top.line), ("go/types.unalias", 112));
        assert_eq!(r.sides.each_ref().map(|s| s.stack.len()), [6, 6]);
        assert_eq!(r.creations.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3]);
    }

    #[test]
    fn a_wanted_report_stands_first_and_nothing_is_lost() {
        let log = format!("noise\n{WHOLE}");
        let [first, second] = <[RaceReport; 2]>::try_from(race_reports(&log)).unwrap();
        assert_eq!(reports_first(&log, |r| *r == first), log);
        assert_eq!(reports_first(&log, |_| false), log);
        assert_eq!(reports_first("", |_| true), "");
        let moved = reports_first(&log, |r| *r == second);
        assert_eq!(race_reports(&moved), [second, first]);
        assert!(moved.starts_with("noise\n") && moved.len() == log.len());
        for (cut, _) in WHOLE.char_indices() {
            let cut = &WHOLE[..cut];
            assert_eq!(reports_first(cut, |_| false), cut);
        }
    }

    #[test]
    fn a_report_cut_anywhere_keeps_what_was_there() {
        let whole = &race_reports(WHOLE)[0];
        let first = WHOLE.find("Goroutine").unwrap();
        for (cut, _) in WHOLE.char_indices().take_while(|(i, _)| *i <= first) {
            for r in race_reports(&WHOLE[..cut]) {
                for (side, full) in r.sides.iter().zip(&whole.sides) {
                    assert!(side.stack.len() <= full.stack.len());
                    let n = side.stack.len();
                    assert!(
                        side.stack
                            .iter()
                            .zip(&full.stack)
                            .take(n.saturating_sub(1))
                            .all(|(a, b)| a == b)
                    );
                }
            }
        }
    }

    #[test]
    fn lost_stacks_main_goroutine_and_atomics() {
        let text = "\
==================
noise WARNING: DATA RACE
Atomic write at 0x00c0000d67b0 by main goroutine:
  [failed to restore the stack]

Previous atomic read at 0x00c0000d67b0 by goroutine 7:
a line of something else
  go/types.(*Named).state()
      /go/src/go/types/named.go:5 +0x1

Goroutine 7 (finished) created at:
  main.main()
      /h/main.go:1 +0x2
==================
";
        let reports = race_reports(text);
        assert_eq!(reports.len(), 1);
        assert_eq!(reports[0].sides[0], Side { access: Access::AtomicWrite, stack: Vec::new() });
        assert_eq!(reports[0].sides[1].access, Access::AtomicRead);
        assert_eq!(reports[0].sides[1].stack.len(), 1);
        assert!(!reports[0].is_whole());
    }

    #[test]
    fn a_report_without_its_end_does_not_swallow_the_next() {
        let start = WHOLE.find("Previous").unwrap();
        let text = format!("{}{WHOLE}", &WHOLE[..start]);
        let reports = race_reports(&text);
        assert_eq!(reports.len(), 3);
        assert!(!reports[0].is_whole() && reports[1].is_whole() && reports[2].is_whole());
    }
}
