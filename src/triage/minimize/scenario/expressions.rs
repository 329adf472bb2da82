//! Makes the expressions of evaluations simpler.

use super::super::reducer::{Edit, Reducer};
use crate::scenario::{Operand, OperandMut, Operation, Parts, replaced};
use crate::testcase::TestCase;

/// Replaces an expression by a short one that opens a scope or makes a type, or by a part of
/// itself; empties brackets, deletes elements and type arguments, and evaluates in the package's
/// scope instead of in a body.
#[derive(Clone, Copy, Debug)]
pub struct Expressions;

/// The shortest expressions that still leave something behind.
const SHORT: [&str; 5] = ["func()", "func() {}", "interface{ m() }", "struct{}{}", "[]int{}"];

/// Changes every operation that equals an old one.
fn everywhere(old: &Operation, new: Operation) -> Edit {
    let old = old.clone();
    Box::new(move |case| {
        let mut changed = false;
        for op in case.scenario.operations_mut().filter(|op| **op == old) {
            op.clone_from(&new);
            changed = true;
        }
        changed && old != new
    })
}

/// Simpler expressions than this one, the boldest first.
fn simpler(text: &str) -> Vec<String> {
    let parts = Parts::of(text);
    let mut out: Vec<String> = SHORT.iter().map(|s| (*s).to_owned()).collect();
    out.extend(parts.brackets.iter().map(|r| text[r.clone()].trim().to_owned()));
    out.extend(parts.brackets.iter().map(|r| replaced(text, r, "")));
    for r in &parts.brackets {
        let with = r.start - 1..r.end + 1;
        if text[with.clone()].starts_with('[') {
            out.push(replaced(text, &with, ""));
            out.push(replaced(text, r, "int"));
        }
    }
    out.extend(parts.elements.iter().map(|r| replaced(text, r, "")));
    out.extend(parts.words.iter().map(|r| replaced(text, r, "int")));
    out.retain(|e| !e.is_empty() && e.len() < text.len());
    out
}

/// The edits of one evaluation.
fn edits_of(op: &Operation) -> Vec<Edit> {
    let mut out = Vec::new();
    for operand in op.operands() {
        let mut change = |change: &dyn Fn(&mut OperandMut<'_>)| {
            out.push(everywhere(op, op.changed(|mut operand| change(&mut operand))));
        };
        match operand {
            Operand::Place(Some(n)) => {
                let fewer = *n / 2;
                for place in [None, Some(0), Some(fewer)] {
                    change(&|operand| {
                        if let OperandMut::Place(p) = operand {
                            **p = place;
                        }
                    });
                }
            }
            Operand::Node(n) => {
                for fewer in [0, *n / 2, n.saturating_sub(1)] {
                    change(&|operand| {
                        if let OperandMut::Node(n) = operand {
                            **n = fewer;
                        }
                    });
                }
            }
            Operand::Expr(text) => {
                for new in simpler(text) {
                    change(&|operand| {
                        if let OperandMut::Expr(text) = operand {
                            text.clone_from(&new);
                        }
                    });
                }
            }
            _ => {}
        }
    }
    if let Operation::CheckNode { package, .. } = op {
        for text in SHORT {
            let (package, expr) = (package.clone(), text.to_owned());
            out.push(everywhere(op, Operation::Eval { package, place: None, expr }));
        }
    }
    out
}

impl Reducer for Expressions {
    fn name(&self) -> &'static str {
        "simplify expressions"
    }

    fn edits(&self, case: &TestCase) -> Vec<Edit> {
        let mut seen: Vec<&Operation> = Vec::new();
        for op in case.scenario.operations() {
            if !seen.contains(&op) {
                seen.push(op);
            }
        }
        seen.into_iter().flat_map(edits_of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_lose_parts() {
        let got = simpler("f[T](g(x), func() { h() })");
        for want in [
            "g(x), func() { h() }",
            "x",
            "f(g(x), func() { h() })",
            "f[T]( func() { h() })",
            "f[T](g(x), func() {})",
        ] {
            assert!(got.iter().any(|e| e == want), "{want}: {got:?}");
        }
        assert!(simpler("x").is_empty());
    }

    #[test]
    fn every_equal_evaluation_changes() {
        let text = "go eval a at 3 f(x)\ngo eval a at 3 f(x)\n-- a/a.go --\npackage a\n";
        let source = crate::testcase::SourceCase::from_txtar(text).unwrap();
        let case = TestCase { scenario: source.scenario.unwrap(), packages: Vec::new() };
        let results: Vec<String> = Expressions
            .edits(&case)
            .iter()
            .map(|edit| {
                let mut case = case.clone();
                assert!(edit(&mut case));
                case.scenario.to_string()
            })
            .collect();
        for want in ["go     eval a f(x)\n", "go     eval a at 0 f(x)\n", "go     eval a at 3 x\n"]
        {
            assert!(results.iter().any(|r| r.matches(want).count() == 2), "{want}: {results:?}");
        }
    }
}
