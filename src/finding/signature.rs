//! Signatures: two reports with the same one are the same finding.
//!
//! The signature takes one frame from each side of a race: the innermost that is not in the runtime
//! or a helper package. docs/FINDINGS.md has the measurements behind that choice.

use std::collections::BTreeMap;
use std::fmt;

use super::frame::Frame;
use super::kind::Kind;
use super::normalise::{Blame, function, is_library, is_map, owner};
use crate::fnv::fnv1a;

/// Where something happened, in names that do not depend on the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// The innermost function outside the runtime. Below go/types, also the go/types or x/tools
    /// function that called it. Empty if the stack is lost.
    pub functions: Vec<String>,
    /// Whether the runtime's map code was called there. Titles mention it, but signatures do not:
    /// an assignment to a map shows with or without that code, because the function itself writes
    /// the slot.
    pub map: bool,
}

/// The site of a stack.
#[must_use]
pub fn site(stack: &[Frame]) -> Site {
    // Names are made only when needed: stacks are deep, and most findings are known.
    let Some(at) = stack.iter().position(|f| owner(&f.function) != Blame::Runtime) else {
        let innermost = stack.first().map(|f| function(&f.function));
        return Site { functions: innermost.into_iter().collect(), map: false };
    };
    let (below, rest) = stack.split_at(at);
    let mut own = rest.iter().filter(|f| is_library(&f.function));
    let mut functions = vec![function(&rest[0].function)];
    let below_checker = matches!(owner(&rest[0].function), Blame::GoTypes | Blame::Compiler);
    if below_checker && !is_library(&rest[0].function) {
        functions.extend(own.next().map(|f| function(&f.function)));
    }
    Site { functions, map: below.iter().any(|f| is_map(&f.function)) }
}

impl Site {
    /// The site for people, with ` (map)` where the runtime's map code was called.
    #[must_use]
    pub fn spelled(&self) -> String {
        format!("{self}{}", if self.map { " (map)" } else { "" })
    }

    /// Whose code it is.
    #[must_use]
    pub fn owner(&self) -> Blame {
        self.functions.first().map_or(Blame::Runtime, |f| owner(f))
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.functions.is_empty() {
            return f.write_str("stack lost");
        }
        f.write_str(&self.functions.join(" < "))
    }
}

/// The functions of go/types and x/tools that recur in a stack, sorted: those that occur at least
/// `least` times, and at least half as often as the most frequent one.
#[must_use]
pub fn cycle(stack: &[Frame], least: usize) -> Vec<String> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for name in stack.iter().map(|f| function(&f.function)).filter(|n| is_library(n)) {
        *counts.entry(name).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or(0);
    counts.into_iter().filter(|&(_, n)| n >= least && n * 2 >= most).map(|(f, _)| f).collect()
}

/// `data-race: go/types.a / go/types.b`: the kind, the message, and the sites in alphabetical
/// order.
#[must_use]
pub fn signature(kind: Kind, what: &str, sites: &[String]) -> String {
    let mut sites = sites.to_vec();
    sites.sort();
    let mut out = kind.to_string();
    for part in [what.to_owned(), sites.join(" / ")] {
        if !part.is_empty() {
            out.push_str(": ");
            out.push_str(&part);
        }
    }
    out
}

/// The finding's id, which is the name of its crash directory: the kind and
/// 12 hexadecimal digits of the signature's 64-bit FNV-1a hash.
#[must_use]
pub fn id(kind: Kind, signature: &str) -> String {
    format!("{kind}-{:012x}", fnv1a(signature.as_bytes()) >> 16)
}

/// The part after the last colon of a signature: the sides of a race, the place of a fatal error.
pub fn sides(signature: &str) -> impl Iterator<Item = &str> {
    signature.rsplit(": ").next().unwrap_or_default().split(" / ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(names: &[&str]) -> Vec<Frame> {
        names.iter().map(|n| Frame { function: (*n).to_owned(), ..Frame::default() }).collect()
    }

    #[test]
    fn sites() {
        let cases: &[(&[&str], &str)] = &[
            (&["go/types.unalias", "go/types.Unalias", "main.f"], "go/types.unalias"),
            (
                &["runtime.mapassign_fast64ptr", "go/types.(*Checker).recordUse"],
                "go/types.(*Checker).recordUse",
            ),
            (&["internal/runtime/maps.(*Iter).Init", "main.f"], "main.f"),
            (&["runtime.slicecopy", "go/types.f"], "go/types.f"),
            (
                &[
                    "math/big.nat.set",
                    "go/constant.BinaryOp",
                    "go/constant.x",
                    "go/types.(*Checker).binary.func1",
                ],
                "go/constant.BinaryOp < go/types.(*Checker).binary",
            ),
            (&["go/ast.(*Ident).Pos", "main.f"], "go/ast.(*Ident).Pos"),
            (&["runtime.racewrite", "runtime.goexit"], "runtime.racewrite"),
            (&[], "stack lost"),
        ];
        for (names, want) in cases {
            assert_eq!(site(&stack(names)).to_string(), *want);
        }
    }

    #[test]
    fn cycles() {
        let s = stack(&[
            "go/types.top",
            "go/types.a",
            "go/types.b",
            "main.a",
            "go/types.a",
            "go/types.b",
            "go/types.a",
            "go/types.b",
            "go/types.c",
        ]);
        assert_eq!(cycle(&s, 3), ["go/types.a", "go/types.b"]);
        assert!(cycle(&s, 4).is_empty());
    }

    #[test]
    fn ids_never_change() {
        // Fixed, because crash directories of old campaigns must be found again.
        assert_eq!(id(Kind::DataRace, "foobar"), "data-race-85944171f739");
    }

    #[test]
    fn sides_are_unordered() {
        let s = |v: [&str; 2]| signature(Kind::DataRace, "", &v.map(str::to_owned));
        assert_eq!(s(["b", "a"]), "data-race: a / b");
        assert_eq!(s(["a", "b"]), s(["b", "a"]));
        assert_eq!(signature(Kind::Hang, "", &[]), "hang");
    }
}
