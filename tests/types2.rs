//! types2 under test, from end to end, with the Go of `$TYPERACE_TOOLCHAIN` or the one on PATH.

use std::process::Command;
use std::time::Duration;

use typerace::checker::Checker;
use typerace::finding::{Finding, Kind};
use typerace::harness::{
    BuiltHarness, GoOptions, Harness, HarnessConfig, HarnessError, Limits, RunFlags, RunRequest,
    Verdict,
};
use typerace::scenario::Class;
use typerace::testcase::SourceCase;
use typerace::triage::{Judge, origin_of};

fn built() -> BuiltHarness {
    let toolchain = std::env::var("TYPERACE_TOOLCHAIN").ok();
    let options = GoOptions { toolchain, checker: Checker::Types2, ..GoOptions::default() };
    BuiltHarness::get(&options, &mut |_| ()).unwrap()
}

fn case(text: &str) -> SourceCase {
    SourceCase::from_txtar(text).unwrap()
}

fn shipped(name: &str) -> SourceCase {
    let path = format!("{}/corpus/fixedbugs/types2/{name}", env!("CARGO_MANIFEST_DIR"));
    case(&std::fs::read_to_string(path).unwrap())
}

fn findings(built: &BuiltHarness, case: &SourceCase) -> Vec<Finding> {
    let mut config = HarnessConfig::new(&built.path);
    config.limits = Limits { concurrent: Duration::from_millis(1500), ..config.limits };
    let mut harness = Harness::start(config).unwrap();
    let scenario = case.scenario.clone().unwrap();
    let request = RunRequest::new(&scenario, &case.packages);
    let judge = Judge::new(origin_of(built));
    judge.examine(&mut harness, &request).unwrap().1.findings
}

/// A deadlock of the lazy importer, on one goroutine and in valid code (golang.org/issue/75757).
#[test]
fn the_importer_waits_for_its_own_mutex() {
    let built = built();
    if built.toolchain.minor < 24 {
        return; // no generic aliases
    }
    let found = findings(&built, &shipped("issue75757.txtar"));
    let [finding] = &found[..] else { panic!("{found:?}") };
    assert_eq!(
        (finding.kind, finding.class, finding.sequential),
        (Kind::Deadlock, Class::Bug, true)
    );
    let signature = &finding.signature;
    assert!(signature.contains("cmd/compile/internal/types2.(*Named)."), "{signature}");
    assert_eq!(finding.origin.checker(), Checker::Types2);
    let again = Finding::from_json(&finding.to_json().unwrap()).unwrap();
    assert_eq!(again.origin.checker(), Checker::Types2);
}

/// Two checkers that load different objects of one package race in its reader.
const READER: &str = "import unified\nmeet start import\n\
    go check a\ngo check b\n\
    -- lib/lib.go --\npackage lib\n\ntype A struct{ x map[string][]int }\n\ntype B struct{ y chan *string }\n\n\
    func F(A, []A) *A { return nil }\n\nfunc G(B, []B) *B { return nil }\n\
    -- a/a.go --\npackage a\n\nimport \"lib\"\n\nvar X = lib.F(lib.A{}, nil)\n\
    -- b/b.go --\npackage b\n\nimport \"lib\"\n\nvar X = lib.G(lib.B{}, nil)\n";

#[test]
fn checkers_race_in_the_reader_of_a_package() {
    let built = built();
    let case = case(READER);
    let mut seen = Vec::new();
    for _ in 0..20 {
        seen.extend(findings(&built, &case));
        if !seen.is_empty() {
            break;
        }
    }
    let finding = seen.first().expect("a race");
    assert_eq!((finding.kind, finding.class), (Kind::DataRace, Class::Unstated));
    assert!(finding.signature.contains("cmd/compile/internal/importer."), "{}", finding.signature);
}

/// The two checkers judge the same packages, and go/types says which error it is.
#[test]
fn go_types_judges_the_same_packages() {
    let built = built();
    let mut harness = Harness::start(HarnessConfig::new(&built.path)).unwrap();
    let case = case(
        "go check a ; check b\n-- a/a.go --\npackage a\n\nvar X int = 1\n\
         -- b/b.go --\npackage b\n\nimport \"a\"\n\nvar Y string = a.X\n",
    );
    let scenario = case.scenario.clone().unwrap();
    for other in [false, true] {
        let flags = RunFlags { sequential: true, answers: true, other, ..RunFlags::default() };
        let request = RunRequest::new(&scenario, &case.packages).with_flags(flags);
        let reply = harness.run(&request).unwrap().reply.unwrap();
        let verdicts: Vec<_> = reply.verdicts.iter().map(|(v, _)| *v).collect();
        assert_eq!(verdicts, [Verdict::Valid, Verdict::TypeErrors], "{:?}", reply.verdicts);
        let errors = reply.answers.iter().flatten().find(|a| a.subject == "errors b").unwrap();
        assert!(errors.value[0].starts_with("IncompatibleAssign"), "{errors:?}");
    }
}

#[test]
fn what_types2_does_not_have_is_refused() {
    let built = built();
    let mut harness = Harness::start(HarnessConfig::new(&built.path)).unwrap();
    let case = case("share fset\ngo eval a X\n-- a/a.go --\npackage a\n\nvar X int\n");
    let scenario = case.scenario.clone().unwrap();
    let e = harness.run(&RunRequest::new(&scenario, &case.packages)).unwrap_err();
    assert!(matches!(e, HarnessError::NotOffered(_)), "{e}");
    let said = e.to_string();
    assert!(said.contains("what types2 does not have: share fset, operation eval"), "{said}");
    let program = env!("CARGO_BIN_EXE_typerace");
    let output = Command::new(program).args(["scenarios", "--checker", "types2"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("\n  check ") && !text.contains("types.Eval in"), "{text}");
}
