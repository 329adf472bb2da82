//! How the go command is called to build a harness.

use std::path::Path;

use crate::checker::{Checker, TWIN};
use crate::go_release;

/// The harness's import path, where it is a module of its own.
const OWN_MODULE: &str = "typerace/harness";

/// Flags of a harness without counters in the checker, and therefore without probes.
pub(super) fn uninstrumented(minor: u32, checker: Checker) -> Vec<String> {
    let mut flags = flags(minor, checker);
    flags.retain(|f| !f.ends_with(COUNTERS));
    flags.push(format!("-gcflags={COUNTERS_ELSEWHERE}{COUNTERS}"));
    flags
}

/// Flags of a harness without the race detector, with counters and probes.
pub(super) fn unwatched(minor: u32, checker: Checker) -> Vec<String> {
    let mut flags = flags(minor, checker);
    flags.retain(|f| !f.contains("-race"));
    flags
}

/// Counters for the checker's packages alone, because coverage of the harness itself is not news.
const COUNTERS: &str = "=-d=libfuzzer";
/// The build needs counters in some package, because a harness without any is refused. This package
/// is not used while goroutines run.
pub(super) const COUNTERS_ELSEWHERE: &str = "text/tabwriter";

pub(super) fn flags(minor: u32, checker: Checker) -> Vec<String> {
    // Only one goroutine uses what the parser writes until the parser is done, and watching it
    // costs a tenth of a run. The protocol is also read and written by one goroutine.
    let (parsers, module): (&[&str], _) = match checker {
        Checker::GoTypes => (&["go/parser", "go/scanner"], OWN_MODULE),
        Checker::Types2 => (&["cmd/compile/internal/syntax"], TWIN),
    };
    let mut flags = vec!["-race".to_owned()];
    flags.extend(checker.packages().iter().map(|p| format!("-gcflags={p}{COUNTERS}")));
    flags.extend(parsers.iter().map(|p| format!("-gcflags={p}=-race=false")));
    let unwatched = ["wire", "sense"];
    flags.extend(unwatched.map(|p| format!("-gcflags={module}/internal/{p}=-race=false")));
    if go_release::checks_linknames(minor) {
        // Older linkers let any package use the runtime's hooks.
        flags.push("-ldflags=-checklinkname=0".to_owned());
    }
    if checker == Checker::Types2 {
        flags.push("-tags=types2".to_owned());
    }
    flags
}

/// The GOEXPERIMENT of a build, if it must not be the user's.
///
/// Since Go 1.27, packages that are compiled without the race detector allocate with functions made
/// for one size, and these do not tell the detector that memory is used again. Syntax trees, which
/// the parser allocates, then seem to race with whatever used their memory before.
pub(super) fn experiments(goroot: &Path) -> Option<String> {
    let name = "sizespecializedmalloc";
    let file = format!("src/internal/goexperiment/exp_{name}_on.go");
    let users = std::env::var("GOEXPERIMENT").unwrap_or_default();
    let all = if users.is_empty() { format!("no{name}") } else { format!("{users},no{name}") };
    goroot.join(file).is_file().then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_depend_on_the_go_version() {
        let checks =
            |minor, checker| flags(minor, checker).iter().any(|f| f == "-ldflags=-checklinkname=0");
        for checker in Checker::ALL {
            assert!(!checks(22, checker) && checks(23, checker));
        }
    }
}
