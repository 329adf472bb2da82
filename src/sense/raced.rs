//! Which places wrote in the race detector's reports.

use std::collections::BTreeSet;

use crate::checker::Checker;
use crate::harness::Site;

/// The innermost place in go/types of each write in the reports. The race of a map or of a slice
/// begins in package runtime.
pub(super) fn writes(reports: &str) -> BTreeSet<Site> {
    let mut found = BTreeSet::new();
    let mut lines = reports.lines().peekable();
    let mut in_write = false;
    while let Some(line) = lines.next() {
        if line.starts_with("Write at ") || line.starts_with("Previous write at ") {
            in_write = true;
        } else if !line.starts_with("  ") {
            in_write = false;
        } else if let Some(function) = line.strip_prefix("  ").filter(|_| in_write)
            && Checker::of(function).is_some()
            && let Some(site) = lines.peek().and_then(|position| site(function, position))
        {
            found.insert(site);
            in_write = false;
        }
    }
    found
}

/// Reads `go/types.(*Scope).Insert()` and `      /go/src/go/types/scope.go:123 +0x45`.
fn site(function: &str, position: &str) -> Option<Site> {
    let function = function.strip_suffix("()").unwrap_or(function);
    let path = position.trim_start().split(' ').next()?;
    let (path, line) = path.rsplit_once(':')?;
    let file = path.rsplit('/').next()?;
    Some(Site { function: function.to_owned(), file: file.to_owned(), line: line.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_writes_of_a_report() {
        let report = "==================
WARNING: DATA RACE
Read at 0x00c000 by goroutine 9:
  go/types.(*Scope).Lookup()
      /usr/go/src/go/types/scope.go:70 +0x30
  go/types.lookup()
      /usr/go/src/go/types/lookup.go:7 +0x30

Previous write at 0x00c000 by goroutine 8:
  runtime.mapassign_faststr()
      /usr/go/src/internal/runtime/maps/fast.go:202 +0x0
  go/types.(*Scope).insert()
      /usr/go/src/go/types/scope.go:123 +0x45
  go/types.(*Scope).Insert()
      /usr/go/src/go/types/scope.go:99 +0x45

Goroutine 9 (running) created at:
  go/types.main()
      /usr/go/src/go/types/main.go:1 +0x1
==================
";
        let found: Vec<_> = writes(report).into_iter().collect();
        let function = "go/types.(*Scope).insert".to_owned();
        assert_eq!(found, [Site { function, file: "scope.go".to_owned(), line: 123 }]);
    }
}
