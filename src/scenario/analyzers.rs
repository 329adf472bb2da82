//! The analyzers that `analyze` runs: import paths of packages of golang.org/x/tools. An analyzer
//! has the name of its package. `harness_go/internal/clients/analyzers.go` has the same list.

macro_rules! analyzers {
    ($($name:literal)*) => {
        /// The import path of each analyzer's package.
        const PATHS: &[&str] = &[$(concat!("golang.org/x/tools/go/analysis/passes/", $name),)*];
        /// The names of the analyzers. The order is that of draws.
        pub const ANALYZERS: &[&str] = &[$($name,)*];
    };
}

analyzers! {
    "appends" "assign" "bools" "composite" "copylock" "ctrlflow" "fieldalignment" "findcall"
    "ifaceassert" "lostcancel" "modernize" "nilfunc" "nilness" "pkgfact" "printf" "shadow"
    "shift" "stdmethods" "stringintconv" "structtag" "unreachable" "unsafeptr" "unusedresult"
    "unusedwrite" "usesgenerics"
}

/// The analyzers' names and the import paths of their packages.
pub fn analyzer_packages() -> impl Iterator<Item = (&'static str, &'static str)> {
    ANALYZERS.iter().copied().zip(PATHS.iter().copied())
}
