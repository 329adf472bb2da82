//! The smallest possible test cases, as starting points: every kind of declaration, every use of it
//! in a package that imports it, every common scenario, each in as few lines as possible.
//!
//! Cuts lead from a program to the smallest one of its kind, and from another program to a
//! different one. The shapes tried here are the same whatever the original was.

use super::size::SHARED;
use crate::finding::Kind;

/// The kind of a type's underlying type, which decides how the type can be used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Underlying {
    /// An interface: it has a method `M`, can be a constraint, and can be assigned to.
    Interface,
    /// A struct with a field `F`.
    Struct,
    /// Any other type.
    Other,
}
use Underlying::{Interface, Other, Struct};

/// Declarations of a package `p`, with the type that other packages use.
const DECLS: &[(Underlying, &str, &str)] = &[
    (Other, "p.T[int]", "type T[P any] int"),
    (Other, "p.T[int]", "type T[P any] int\nfunc (T[P]) M() {}"),
    (Other, "p.T[int]", "type T[P any] int\nfunc (T[P]) M(interface{ M() P }) {}"),
    (Other, "p.T[int]", "type T[P any] int\nfunc (T[P]) M[Q any](interface{ M() Q }) {}"),
    (Other, "p.T[int]", "type T[P any] U[P]\ntype U[P any] int"),
    (Other, "p.T[int]", "type T[P any] *U[P]\ntype U[P any] int"),
    (
        Other,
        "p.T[p.V]",
        "type T[P U[P]] int\ntype U[P any] interface{ M() }\ntype V int\nfunc (V) M() {}",
    ),
    (Other, "p.T[int]", "type T[P any] = int"),
    (Other, "p.T[int]", "type T[P any] = U[P]\ntype U[P any] int"),
    (Interface, "p.T[int]", "type T[P any] interface{ M() }"),
    (Interface, "p.T[int]", "type T[P any] interface{ M(P) }"),
    (Interface, "p.T[int]", "type T[P any] interface{ M() T[P] }"),
    (Interface, "p.T[int]", "type T[P any] interface {\n\tM()\n\tcomparable\n}"),
    (Interface, "p.T[int]", "type T[P any] interface {\n\tM()\n\tany\n}"),
    (Interface, "p.T[int]", "type T[P comparable] interface{ M() }"),
    (Interface, "p.T[any, int]", "type T[P, Q any] interface{ M(T[int, Q]) }"),
    (Interface, "p.T[int]", "type T[P any] U[P]\ntype U[P any] interface{ M() }"),
    (Interface, "p.U[int]", "type T[P U[P]] int\ntype U[P any] interface{ M() }"),
    (Interface, "p.T[int]", "type T[P any] = interface{ M(P) }"),
    (Interface, "p.T", "type T interface{ U }\ntype U interface{ M() }"),
    (Struct, "p.T[int]", "type T[P any] struct{ F P }"),
    (Struct, "p.T[int]", "type T[P any] struct{ F interface{ M(P) } }"),
    (Struct, "p.T[int]", "type T[P any] struct{ F U[P] }\ntype U[P any] struct{ F P }"),
    (Struct, "p.T", "type T struct{ F U }\ntype U struct{ F int }"),
    (
        Struct,
        "p.U[int]",
        "type T[P any] struct{ F int }\nvar X U[int]\ntype U[P any] struct{ F T[P] }",
    ),
];

/// Declarations of a package `a` that use a type `$`, if it is of the given kind; `None` for any
/// kind.
const USES: &[(Option<Underlying>, &str)] = &[
    (None, "var X $"),
    (None, "type X = $"),
    (None, "type X $"),
    (None, "type X struct{ F $ }"),
    (None, "type X map[$]X"),
    (None, "type X func($)"),
    (None, "type X[P comparable] int\nvar _ X[$]"),
    (None, "type X[P comparable] interface{ N(X[$]) }"),
    (None, "var X $\nvar _ interface{}"),
    (None, "var Y $\nvar X = Y.M"),
    (None, "func X($) any {\n\ttype T int\n\treturn 0\n}"),
    (Some(Interface), "type X[P $] int"),
    (Some(Interface), "type X[P $] $"),
    (Some(Interface), "func X[P $]() {}"),
    (Some(Interface), "var X $ = nil"),
    (Some(Interface), "var X interface{ M() } = $(nil)"),
    (Some(Interface), "var X interface{ M() }\nvar _ = X.($)"),
    (Some(Interface), "type Y int\nfunc (Y) M() {}\nvar X $ = Y(0)"),
    (Some(Interface), "type X[P $] int\nvar _ X[interface{ M() }]"),
    (Some(Interface), "type T int\nfunc (T) X(x $) {\n\t_ = int(x)\n}"),
    (Some(Struct), "var Y $\nvar X = Y.F"),
    (Some(Struct), "var Y $\nvar X = Y.F.M"),
    (Some(Struct), "var X = p.X.F"),
    (Some(Struct), "var X = p.X.F.F"),
];

/// Self-referential declarations for a package `p` alone, which may cause panics. Declarations
/// whose check does not end are left out, because each run would cost a time limit.
const CYCLES: &[&str] = &[
    "type T[P T[P]] int",
    "type T[P T[P]] = int",
    "type T[P T[P]] interface{ M() }",
    "type T interface{ M() U[int] }\ntype U[P any] = interface{ T }",
    "type T[P U[P]] int\ntype U[P any] = interface{ T[int] }",
    "type T[P any] int\nfunc (T[P]) M() [unsafe(X.M)]any {}\nvar X T[int]",
    "import \"unsafe\"\ntype T [unsafe.Sizeof(T{})]int",
    "import \"unsafe\"\ntype T[P any] [unsafe.Sizeof(T[P]{})]int",
];

/// Declarations without generics for a package `p` alone, for checkers that share their
/// configuration.
const PLAIN: &[&str] = &[
    "",
    "var _ int",
    "const _ = 0",
    "type T int",
    "type T []T",
    "type A = int",
    "type T int\ntype A = T",
    "type T interface{ M(T) }",
    "type T[P any] int\nvar _ T[int]",
    "func F() {}",
];

/// Scenarios of `p` and `a`, for every use.
const OF_TWO: &[&str] = &[
    "share context\nbefore check p\ngo check a\ngo check a\n",
    "share context\nbefore check p\ngo walk underlying a\ngo underlying a.X\n",
    "before check p\ngo check a\ngo check a\n",
];

/// The same for `var X $` only.
const OF_VAR: &[&str] = &[
    "share context\nbefore check p\ngo typeset a.X\ngo typeset a.X\n",
    "share context\nbefore check p\ngo methods a.X\ngo methods a.X\n",
];

/// Scenarios for `p` alone.
const OF_ONE: &[&str] = &[
    "before check p\ngo walk underlying p\ngo walk underlying p\n",
    "before check p\ngo walk methods p\ngo walk methods p\n",
    "before instantiate p.T int\ngo walk underlying instances\ngo walk underlying instances\n",
    "before instantiate p.T int\ngo walk methods instances\ngo walk methods instances\n",
    "go underlying p.T\n",
];

/// Scenarios for a `p` without generics.
const OF_CONFIG: &[&str] = &[
    "share config\ngo check p\ngo check p\n",
    "share config\ngodebug gotypesalias=0\ngo check p\ngo check p\n",
    "share config\ngo check p ; check p\ngo check p\n",
    "share config\ngo check p ; check p\ngo check p ; check p\n",
];

/// Scenarios for an empty package.
const OF_NONE: &[&str] = &[
    "share interface\nbefore check p\ngo walk typeset instances\ngo walk typeset instances\n",
    "share interface\nbefore check p\ngo walk underlying instances\ngo walk underlying instances\n",
    "share alias\nbefore check p\ngo walk underlying instances\ngo walk underlying instances\n",
];

/// All shapes for such findings as txtar, the shortest first, where [`super::size`] says how much
/// sharing counts. None for findings that take a process or a time limit to show.
pub(crate) fn all(kind: Kind) -> Vec<String> {
    let cycles = match kind {
        Kind::DataRace => &[],
        Kind::Panic => CYCLES,
        _ => return Vec::new(),
    };
    let lib = |scenario: &str, decl: &str| format!("{scenario}-- p/p.go --\npackage p\n{decl}\n");
    let mut all: Vec<String> = OF_NONE.iter().map(|scenario| lib(scenario, "")).collect();
    let alone = DECLS.iter().map(|(_, _, decl)| decl).chain(cycles);
    all.extend(PLAIN.iter().flat_map(|decl| OF_CONFIG.iter().map(move |s| lib(s, decl))));
    all.extend(alone.flat_map(|decl| OF_ONE.iter().map(move |scenario| lib(scenario, decl))));
    for (underlying, typ, decl) in DECLS {
        let uses = USES.iter().filter(|(of, _)| of.is_none_or(|of| of == *underlying));
        for (i, (_, used)) in uses.enumerate() {
            let app =
                format!("-- a/a.go --\npackage a\nimport \"p\"\n{}\n", used.replace('$', typ));
            let scenarios = OF_TWO.iter().chain(OF_VAR.iter().filter(|_| i == 0));
            all.extend(scenarios.map(|scenario| lib(scenario, decl) + &app));
        }
    }
    let shares = |text: &str| SHARED * text.lines().filter(|l| l.starts_with("share ")).count();
    all.sort_by_cached_key(|text| (text.lines().count() + shares(text), text.len()));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testcase::SourceCase;

    #[test]
    fn each_is_a_test_case_of_its_own() {
        let all = all(Kind::Panic);
        assert!(all.len() > super::all(Kind::DataRace).len());
        let mut distinct = all.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), all.len());
        for text in &all {
            let case = SourceCase::from_txtar(text).unwrap_or_else(|e| panic!("{e}\n{text}"));
            assert!(!case.scenario.unwrap().go.is_empty(), "{text}");
        }
    }
}
