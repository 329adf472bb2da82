//! The compiler against go/types: a verdict on a test case's packages, and a finding where the
//! compiler is wrong by itself.

use std::io;

use super::compile::{Compiled, Compiler};
use super::differences::{By, is_known};
use crate::checker::Checker;
use crate::finding::{
    CompilerEnd, CompilerFault, CompilerVerdict, Finding, Origin, compiler_finding, message_shape,
};
use crate::harness::{End, Harness, HarnessError, Outcome, RunFlags, RunRequest, Verdict};
use crate::scenario::{Operation, Scenario};
use crate::testcase::SourceCase;

/// What the compiler and go/types say about a test case.
#[derive(Clone, Debug)]
pub struct Opinion {
    /// The compiler's verdict.
    pub verdict: CompilerVerdict,
    /// What the compiler does wrong and go/types does not.
    pub finding: Option<Finding>,
    /// The text for report.txt; empty without a finding.
    pub report: String,
}

/// A compiler or a harness that does not work.
#[derive(Debug, thiserror::Error)]
pub enum OpinionError {
    /// The compiler or its folder.
    #[error("cannot run the compiler: {0}")]
    Compiler(#[from] io::Error),
    /// The harness.
    #[error(transparent)]
    Harness(#[from] HarnessError),
}

/// The test case of a finding about the compiler: its packages, checked one after another.
#[must_use]
pub fn compiler_case(case: &SourceCase) -> SourceCase {
    let check = |path: &str| Operation::Check { package: path.to_owned() };
    let go = vec![case.packages.iter().map(|p| check(&p.path)).collect()];
    SourceCase { scenario: Some(Scenario { go, ..Scenario::default() }), ..case.clone() }
}

/// Asks the compiler about a test case, and compares its verdicts with those of go/types.
///
/// # Errors
/// The compiler or the harness does not work.
pub fn second_opinion(
    compiler: &Compiler,
    harness: &mut Harness,
    case: &SourceCase,
    origin: &Origin,
) -> Result<Opinion, OpinionError> {
    let case = compiler_case(case);
    let compiled = compiler.compile(&case)?;
    let mut opinion = Opinion {
        verdict: compiled.verdict(&case, compiler),
        finding: None,
        report: String::new(),
    };
    let scenario = case.scenario.clone().unwrap_or_default();
    let flags = RunFlags { answers: true, sequential: true, ..RunFlags::default() };
    let request = RunRequest::new(&scenario, &case.packages).with_flags(flags);
    let outcome = harness.run(&request)?;
    if !is_well(&outcome) {
        // The checker fails as well, which is a finding of its own.
        return Ok(opinion);
    }
    let finding = |fault: CompilerFault<'_>| compiler_finding(fault, &scenario, origin);
    let mut found = None;
    if origin.checker() == Checker::Types2 {
        let flags = RunFlags { other: true, ..flags };
        let tools = harness.run(&request.with_flags(flags))?;
        found = differ(&case, &outcome, &tools, finding);
    }
    let checker = origin.checker().as_str();
    if let Some((finding, report)) =
        found.or_else(|| fault(&case, &compiled, &outcome, checker, finding))
    {
        opinion.finding = Some(finding);
        opinion.report = report;
    }
    Ok(opinion)
}

/// Whether go/types finished every check.
fn is_well(outcome: &Outcome) -> bool {
    let finished = outcome.reply.as_ref().is_some_and(|r| r.panics.is_empty());
    finished && matches!(outcome.end, End::Replied)
}

/// What the compiler does wrong, and the report of it.
fn fault(
    case: &SourceCase,
    compiled: &Compiled,
    outcome: &Outcome,
    checker: &str,
    finding: impl Fn(CompilerFault<'_>) -> Finding,
) -> Option<(Finding, String)> {
    let reply = outcome.reply.as_ref()?;
    for package in &compiled.packages {
        let path = &case.packages[package.index].path;
        let (verdict, error) = reply.verdicts.get(package.index)?;
        let output = &package.output;
        match (package.end, verdict) {
            (end, _) if end.is_bad() => {
                let word = if *verdict == Verdict::Valid { "accepts" } else { "rejects" };
                let report = format!(
                    "{checker} {word} package {path}; go tool compile: {}\n\n{output}",
                    end.as_str()
                );
                return Some((finding(CompilerFault::Ended(end, output)), report));
            }
            (CompilerEnd::Error, Verdict::Valid) => {
                let Some(why) = unknown_error(output) else { continue };
                let report =
                    format!("{checker} accepts package {path}. go tool compile:\n\n{output}");
                return Some((finding(CompilerFault::Rejects(&why)), report));
            }
            (CompilerEnd::Ok, Verdict::TypeErrors | Verdict::SyntaxErrors) => {
                if is_known(By::GoTypes, error) {
                    continue;
                }
                let why = code(reply, path).unwrap_or_else(|| message_shape(error));
                let report =
                    format!("go tool compile accepts package {path}. {checker}:\n\n{error}\n");
                return Some((finding(CompilerFault::Accepts(&why)), report));
            }
            _ => {}
        }
    }
    None
}

/// The first package on which types2 and go/types differ without reason, and the report of it. What
/// imports a package on which they differ says nothing, and neither do syntax errors: the parsers
/// differ.
fn differ(
    case: &SourceCase,
    outcome: &Outcome,
    tools: &Outcome,
    finding: impl Fn(CompilerFault<'_>) -> Finding,
) -> Option<(Finding, String)> {
    let (types2, tools) = (outcome.reply.as_ref()?, tools.reply.as_ref()?);
    for (i, package) in case.packages.iter().enumerate() {
        let path = &package.path;
        let (ours, error) = types2.verdicts.get(i)?;
        let (theirs, other) = tools.verdicts.get(i)?;
        if error.contains("could not import ") {
            continue; // a package with a syntax error
        }
        match (ours, theirs) {
            (Verdict::TypeErrors, Verdict::Valid) if !is_known(By::Compiler, error) => {
                let why = code(types2, path).unwrap_or_else(|| message_shape(error));
                let report = format!("go/types accepts package {path}. types2:\n\n{error}\n");
                return Some((finding(CompilerFault::Rejects(&why)), report));
            }
            (Verdict::Valid, Verdict::TypeErrors) if !is_known(By::GoTypes, other) => {
                let why = code(tools, path).unwrap_or_else(|| message_shape(other));
                let report = format!("types2 accepts package {path}. go/types:\n\n{other}\n");
                return Some((finding(CompilerFault::Accepts(&why)), report));
            }
            _ => {}
        }
    }
    None
}

/// The code of the first error that go/types reports in a package.
fn code(reply: &crate::harness::RunReply, path: &str) -> Option<String> {
    let subject = format!("errors {path}");
    let answer = reply.answers.iter().flatten().find(|a| a.subject == subject)?;
    Some(answer.value.first()?.split(' ').next()?.to_owned())
}

/// The code or the shape of the compiler's first error that go/types should report too.
fn unknown_error(output: &str) -> Option<String> {
    let first = output.lines().find(|line| {
        !line.starts_with('\t')
            && !line.ends_with("too many errors")
            && !is_known(By::Compiler, line)
    })?;
    if let Some((_, rest)) = first.split_once("[go.dev/e/") {
        return rest.split(']').next().map(str::to_owned);
    }
    Some(message_shape(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_error_that_is_not_meant_to_differ() {
        let main = "<unknown>: function main is undeclared in the main package\n";
        assert_eq!(unknown_error(main), None);
        let two = format!("{main}a/a.go:2:5: undefined: z [go.dev/e/UndeclaredName]\n");
        assert_eq!(unknown_error(&two).as_deref(), Some("UndeclaredName"));
        let plain = "a/a.go:2:5: label L1 defined and not used\n";
        assert_eq!(unknown_error(plain).as_deref(), Some("label L"));
    }

    #[test]
    fn the_scenario_checks_every_package() {
        let case = SourceCase::from_txtar(
            "share context\ngo walk methods a\n-- a/a.go --\npackage a\n-- b/b.go --\npackage b\n",
        );
        let text = compiler_case(&case.unwrap()).to_txtar();
        assert!(text.starts_with("import source\ngo     check a ; check b\n-- a/a.go"), "{text}");
    }
}
