//! Turns frames into names that do not depend on the program, the schedule or the patch release.

use serde::{Deserialize, Serialize};

use super::frame::Frame;
use crate::checker::{Checker, TWIN};

/// Whose code a frame is, and thus who is to blame for a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Blame {
    /// The type checker and the go/… packages that it consists of.
    #[serde(rename = "go/types")]
    GoTypes,
    /// golang.org/x/tools.
    #[serde(rename = "x/tools")]
    XTools,
    /// A user's package that is built into the harness.
    #[serde(rename = "target")]
    Target,
    /// typerace's own harness, which means a bug in typerace.
    #[serde(rename = "harness")]
    Harness,
    /// The Go runtime and the rest of the standard library.
    #[serde(rename = "runtime")]
    Runtime,
    /// The Go compiler.
    #[serde(rename = "cmd/compile")]
    Compiler,
}

impl Blame {
    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Blame::GoTypes => "go/types",
            Blame::XTools => "x/tools",
            Blame::Target => "target",
            Blame::Harness => "harness",
            Blame::Runtime => "runtime",
            Blame::Compiler => "cmd/compile",
        }
    }
}

/// The frame with stable function and file names. The line is kept for people; signatures do not
/// use it.
#[must_use]
pub fn frame(raw: &Frame) -> Frame {
    Frame { function: function(&raw.function), file: file(raw), line: raw.line }
}

/// The function's name without type arguments, closure numbers and wrappers:
/// `go/types.(*Checker).later.func1.2` → `go/types.(*Checker).later`.
#[must_use]
pub fn function(raw: &str) -> String {
    let plain = without_brackets(raw);
    let (package, local) = split(&plain);
    let mut local = local;
    loop {
        let short = local.strip_suffix("-fm").unwrap_or(local);
        let short = match short.rsplit_once(['.', '-']) {
            Some((head, tail)) if !head.is_empty() && is_closure(tail) => head,
            _ => short,
        };
        if short == local {
            break;
        }
        local = short;
    }
    // A closure of m that is inlined into f is named f.(*T).m.func1, but its code is m's.
    if let Some(at) = local.rfind(".(").filter(|&at| at > 0) {
        local = &local[at + 1..];
    }
    if package.is_empty() { local.to_owned() } else { format!("{package}.{local}") }
}

/// Whose code a function is, by its package.
#[must_use]
pub fn owner(function: &str) -> Blame {
    let package = split(function).0;
    if package.starts_with("go/") {
        Blame::GoTypes
    } else if package.starts_with("cmd/compile/") {
        let own = package.strip_prefix(TWIN).is_some_and(|l| l.is_empty() || l.starts_with('/'));
        if own { Blame::Harness } else { Blame::Compiler }
    } else if package.starts_with("golang.org/x/tools/") {
        Blame::XTools
    } else if package == LOOSE_TARGET || package.split('/').next().is_some_and(is_domain) {
        Blame::Target
    } else if package == "main" || package == "typerace" || package.starts_with("typerace/") {
        Blame::Harness
    } else {
        Blame::Runtime
    }
}

/// The import path that the harness gives a target outside any module.
const LOOSE_TARGET: &str = "typerace/harness/loosetarget";

/// A module's path starts with a domain name, unlike those of the standard library.
fn is_domain(element: &str) -> bool {
    element.contains('.')
}

/// Whether the frame is code that operations call: a checker, x/tools or a target, not the packages
/// below them.
#[must_use]
pub fn is_library(function: &str) -> bool {
    Checker::of(function).is_some() || matches!(owner(function), Blame::XTools | Blame::Target)
}

/// Whether the frame is the runtime's map code.
#[must_use]
pub fn is_map(function: &str) -> bool {
    function.starts_with("runtime.map") || function.starts_with("internal/runtime/maps.")
}

/// `go/types`, `(*Named).Underlying`.
fn split(function: &str) -> (&str, &str) {
    // Type arguments contain slashes of their own.
    let path = &function[..function.find('[').unwrap_or(function.len())];
    let slash = path.rfind('/').map_or(0, |i| i + 1);
    match function[slash..].find('.') {
        Some(dot) => (&function[..slash + dot], &function[slash + dot + 1..]),
        None => ("", function),
    }
}

/// Removes type arguments, which differ from program to program; shapes differ from release to
/// release.
fn without_brackets(raw: &str) -> String {
    let mut depth = 0_usize;
    raw.chars()
        .filter(|&c| {
            match c {
                '[' => depth += 1,
                ']' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}

/// `func12`, `gowrap1`, `deferwrap2`, `range1`, `3`.
fn is_closure(word: &str) -> bool {
    let kinds = ["func", "gowrap", "deferwrap", "range", ""];
    kinds.iter().any(|kind| {
        word.strip_prefix(kind)
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    })
}

/// The file with its package's folder, `go/types/named.go`, wherever the Go tree or the module
/// cache is.
fn file(raw: &Frame) -> String {
    let base = raw.file.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = without_brackets(&raw.function);
    match split(&plain).0 {
        _ if base.is_empty() => String::new(),
        "" | "main" => base.to_owned(),
        package => format!("{package}/{base}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let cases = [
            ("go/types.unalias", "go/types.unalias"),
            ("go/types.(*Named).Underlying", "go/types.(*Named).Underlying"),
            ("go/types.(*Checker).later.func1.2", "go/types.(*Checker).later"),
            ("go/types.(*Checker).Files.func1.deferwrap1", "go/types.(*Checker).Files"),
            ("go/types.(*Checker).f.(*Checker).later.func3", "go/types.(*Checker).later"),
            ("go/types.(*Checker).validType-fm", "go/types.(*Checker).validType"),
            ("go/types.(*Checker).all-range1", "go/types.(*Checker).all"),
            ("go/types.(*list[go.shape.struct { a/b.X int }]).M", "go/types.(*list).M"),
            ("slices.SortFunc[go.shape.[]int,go.shape.int]", "slices.SortFunc"),
            (
                "golang.org/x/tools/go/ssa.(*builder).expr0.func2",
                "golang.org/x/tools/go/ssa.(*builder).expr0",
            ),
            ("main.goroutines.gowrap1", "main.goroutines"),
            ("go/types.init.func1", "go/types.init"),
            ("panic", "panic"),
            ("go/types.func1", "go/types.func1"),
            ("", ""),
        ];
        for (raw, want) in cases {
            assert_eq!(function(raw), want, "{raw}");
            assert_eq!(function(want), want, "twice");
        }
    }

    #[test]
    fn files_lose_their_root() {
        let f = |function: &str, file: &str| {
            frame(&Frame { function: function.into(), file: file.into(), line: 3 }).file
        };
        for root in ["/usr/local/go", "/m/golang.org/toolchain@v0.0.1-go1.27.3.linux-amd64"] {
            assert_eq!(f("go/types.f", &format!("{root}/src/go/types/x.go")), "go/types/x.go");
        }
        assert_eq!(
            f("golang.org/x/tools/go/ssa.f", "/m/golang.org/x/tools@v0.1.0/go/ssa/b.go"),
            "golang.org/x/tools/go/ssa/b.go"
        );
        assert_eq!(f("main.main", "/tmp/h/main.go"), "main.go");
        assert_eq!(f("main.main", ""), "");
    }

    #[test]
    fn owners() {
        let cases = [
            ("go/types.f", Blame::GoTypes),
            ("go/constant.BinaryOp", Blame::GoTypes),
            ("golang.org/x/tools/go/ssa.f", Blame::XTools),
            ("example.org/lint.(*T).f", Blame::Target),
            ("typerace/harness/loosetarget.f", Blame::Target),
            ("typerace/harness/target.Register", Blame::Harness),
            ("cmd/compile/internal/typerace/internal/engine.f", Blame::Harness),
            ("cmd/compile/internal/types2.f", Blame::Compiler),
            ("cmd/compile/internal/syntax.f", Blame::Compiler),
            ("main.f", Blame::Harness),
            ("typerace/harness/internal/run.f", Blame::Harness),
            ("runtime.mapassign", Blame::Runtime),
            ("math/big.nat.add", Blame::Runtime),
            ("panic", Blame::Runtime),
            ("slices.SortFunc[go.shape.[]*go/types.Named]", Blame::Runtime),
            ("go/types.(*list[golang.org/x/tools/go/ssa.X]).M", Blame::GoTypes),
        ];
        for (f, want) in cases {
            assert_eq!(owner(f), want, "{f}");
        }
        assert!(is_library("cmd/compile/internal/types2.f"));
        assert!(is_library("go/types.f") && !is_library("go/ast.Walk") && !is_library("main.f"));
    }
}
