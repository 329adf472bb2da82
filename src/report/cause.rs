//! The place where a race writes.

use crate::checker::Checker;
use crate::finding::{Finding, Frame, Kind};

/// Where a race writes: the functions of go/types on the sides that write. If a function
/// computes something lazily and publishes it without synchronization, it races with every
/// reader. These are several races, but they share the place that writes. `None` if the
/// finding is not a race.
#[must_use]
pub fn write_site(finding: &Finding) -> Option<String> {
    if finding.kind != Kind::DataRace {
        return None;
    }
    let library = |f: &&Frame| Checker::of(&f.function).is_some();
    let mut sites: Vec<&str> = finding
        .stacks
        .iter()
        .filter(|s| s.of.contains("write"))
        .filter_map(|s| s.frames.iter().find(library))
        .map(|f| f.function.as_str())
        .collect();
    sites.sort_unstable();
    sites.dedup();
    (!sites.is_empty()).then(|| sites.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{End, Observed, Origin, findings};
    use crate::scenario::Scenario;

    fn race(write: &str, other: (&str, &str)) -> Finding {
        let text = format!(
            "==================\nWARNING: DATA RACE\nWrite at 0x00c0 by goroutine 8:\n  go/types.{write}()\n      /go/src/go/types/a.go:6 +0x1\n\nPrevious {} at 0x00c0 by goroutine 7:\n  go/types.{}()\n      /go/src/go/types/b.go:12 +0x1\n\nGoroutine 8 (running) created at:\n  main.f()\n      /x/main.go:1 +0x1\n==================\n",
            other.0, other.1
        );
        let mut found = findings(&Observed {
            reports: &text,
            end: End::Replied,
            panics: &[],
            scenario: &Scenario::default(),
            sequential: false,
            origin: &Origin::default(),
        });
        found.remove(0)
    }

    #[test]
    fn the_function_that_writes() {
        let site = |write, other| write_site(&race(write, other));
        assert_eq!(site("compute", ("read", "IsAll")).as_deref(), Some("go/types.compute"));
        assert_eq!(site("compute", ("write", "compute")).as_deref(), Some("go/types.compute"));
        let both = site("cleanup", ("write", "compute"));
        assert_eq!(both.as_deref(), Some("go/types.cleanup and go/types.compute"));
    }
}
