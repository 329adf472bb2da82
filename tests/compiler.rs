//! The compiler as a second opinion, with the compilers of Go releases that have the faults.

use std::fs;
use std::path::Path;

use typerace::finding::{CompilerEnd, Kind, Origin};
use typerace::harness::{BuiltHarness, GoOptions, Harness, HarnessConfig, Toolchain};
use typerace::testcase::SourceCase;
use typerace::triage::compiler::{Compiler, second_opinion};

fn case(name: &str) -> SourceCase {
    let path = Path::new("tests/compiler").join(name).with_extension("txtar");
    SourceCase::from_txtar(&fs::read_to_string(path).unwrap()).unwrap()
}

fn options(release: &str) -> GoOptions {
    GoOptions { toolchain: Some(release.to_owned()), ..GoOptions::default() }
}

/// Programs with which go/types fails on one goroutine: the compiler fails with six of them too, and
/// reports ordinary errors for the others.
#[test]
fn the_compiler_fails_with_go_types_or_reports_errors() {
    for release in ["go1.26.8", "go1.27.3"] {
        let go = Toolchain::locate(&options(release), &mut |_| ()).unwrap();
        let compiler = Compiler::find(&go).unwrap();
        for (name, end) in [
            ("cause11", CompilerEnd::InternalError),
            ("cause12", CompilerEnd::Error),
            ("cause13", CompilerEnd::Deadlock),
            ("cause14", CompilerEnd::Hang),
            ("cause17", CompilerEnd::InternalError),
            ("cause24", CompilerEnd::InternalError),
            ("cause25", CompilerEnd::Error),
            ("cause26", CompilerEnd::Hang),
        ] {
            let case = case(name);
            let verdict = compiler.compile(&case).unwrap().verdict(&case, &compiler);
            assert_eq!(verdict.verdict, end, "{name} on {release}: {verdict:?}");
            assert_eq!(verdict.go_version, release);
        }
    }
}

/// What only the compiler does wrong is a finding.
#[test]
fn what_only_the_compiler_does_wrong_is_a_finding() {
    let built = BuiltHarness::get(&options("go1.27.3"), &mut |_| ()).unwrap();
    let compiler = Compiler::find(&built.toolchain).unwrap();
    let mut harness = Harness::start(HarnessConfig::new(&built.path)).unwrap();
    let mut ask =
        |name| second_opinion(&compiler, &mut harness, &case(name), &Origin::default()).unwrap();
    let opinion = ask("n4");
    let finding = opinion.finding.unwrap();
    assert_eq!((finding.kind, finding.sequential), (Kind::Compiler, true));
    assert!(finding.signature.starts_with("compiler: internal error: "), "{}", finding.signature);
    assert!(finding.signature.contains("types2."), "{}", finding.signature);
    assert!(opinion.report.starts_with("go/types accepts package user;"), "{}", opinion.report);
    // go/types crashes as well, which is a finding of another kind.
    let opinion = ask("cause24");
    assert_eq!(opinion.verdict.verdict, CompilerEnd::InternalError);
    assert!(opinion.finding.is_none(), "{:?}", opinion.finding);
}
