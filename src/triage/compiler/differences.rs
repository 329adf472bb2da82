//! What the compiler and go/types may judge differently, each with the reason. Everything else is
//! a fault of one of them.

/// A difference that is meant to be.
struct Known {
    /// Text of the message.
    message: &'static str,
    /// Who reports it; the other one accepts the package.
    by: By,
    #[allow(dead_code, reason = "for the reader of the table")]
    reason: &'static str,
}

/// Who rejects a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Compiler,
    GoTypes,
}

const KNOWN: &[Known] = &[
    Known {
        message: "function main is undeclared in the main package",
        by: By::Compiler,
        reason: "a package main without main is complete for go/types",
    },
    Known {
        message: "missing function body",
        by: By::Compiler,
        reason: "go/types allows functions without a body, because they may be in assembly",
    },
    Known {
        message: "too large",
        by: By::Compiler,
        reason: "only the compiler lays out memory: types, stack frames, address space",
    },
    Known {
        message: "incomplete (or unallocatable)",
        by: By::Compiler,
        reason: "go:notinheap types are checked after types2",
    },
    Known { message: "go:embed", by: By::Compiler, reason: "go/types does not read comments" },
    Known { message: "go:linkname", by: By::Compiler, reason: "go/types does not read comments" },
    Known {
        message: "misplaced compiler directive",
        by: By::Compiler,
        reason: "go/types does not read comments",
    },
    Known {
        message: "anonymous interface refers to itself (see https://go.dev/issue/56103)",
        by: By::Compiler,
        reason: "only the compiler enforces the restriction of issue 56103",
    },
    Known {
        message: "larger than address space",
        by: By::Compiler,
        reason: "only the compiler lays out memory",
    },
];

/// Whether a difference is meant to be, judging by the message of whoever rejects the package.
pub(super) fn is_known(by: By, message: &str) -> bool {
    KNOWN.iter().any(|k| k.by == by && message.contains(k.message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_side_counts() {
        let main = "function main is undeclared in the main package";
        assert!(is_known(By::Compiler, main) && !is_known(By::GoTypes, main));
        assert!(!is_known(By::Compiler, "undefined: x"));
        assert!(KNOWN.iter().all(|k| !k.reason.is_empty()));
    }
}
