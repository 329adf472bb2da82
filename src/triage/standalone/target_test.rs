//! `target_test.go` of a crash directory: a Go test of the target's package that shows the finding.
//! Its author can run it and keep it, without this program.

use super::text::literal;
use super::write::Crash;
use crate::finding::{Kind, TargetOrigin};

/// The file's name in the crash directory.
pub const TARGET_TEST: &str = "target_test.go";

/// The test; `None` if a Go test does not show this kind of finding, or nobody knows which package
/// the target was.
pub fn target_test(crash: &Crash) -> Option<String> {
    let target = crash.finding.origin.target.as_ref()?;
    let shows = [Kind::DataRace, Kind::Panic, Kind::Fatal, Kind::Deadlock, Kind::Hang];
    shows.contains(&crash.finding.kind).then(|| text(crash, target))
}

fn text(crash: &Crash, target: &TargetOrigin) -> String {
    let f = &crash.finding;
    let name = test_name(&f.id);
    // go test sees only files that end like this, and two findings may be kept in one folder.
    let file = format!("{}_test.go", f.id.replace(|c: char| !c.is_ascii_alphanumeric(), "_"));
    // Foreign text must not end the comment.
    let title = f.title.replace(['\n', '\r'], " ");
    let case = literal(&crash.case.to_txtar());
    format!(
        "// {title}\n\
         //\n\
         // Copy this file into the folder of {path}, as {file} for example, and run\n\
         //\n\
         //\tgo test -race -run {name}\n\
         //\n\
         // It needs the module typerace/harness. typerace harness --write DIR writes it and says\n\
         // what go.mod needs.\n\
         package {package}\n\n\
         import (\n\t\"testing\"\n\n\t\"typerace/harness/targettest\"\n)\n\n\
         // Found by typerace with {go}.\n\
         func {name}(t *testing.T) {{\n\ttargettest.Run(t, {case})\n}}\n",
        path = target.path,
        package = target.name,
        go = f.origin.go_version,
    )
}

/// `TestDataRace0123456789ab` for `data-race-0123456789ab`.
fn test_name(id: &str) -> String {
    let words = id.split(|c: char| !c.is_ascii_alphanumeric());
    words.fold("Test".to_owned(), |name, word| {
        let mut letters = word.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        name + &first.into_iter().chain(letters).collect::<String>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::test_support::fatal;
    use crate::testcase::SourceCase;
    use crate::triage::Quotes;

    #[test]
    fn a_test_of_the_package() {
        let case =
            SourceCase::from_txtar("go target count a\n-- a/a.go --\npackage a\n\nvar S = `x`\n")
                .unwrap();
        let mut finding = fatal("concurrent map writes\nsecond line");
        finding.id = "fatal-0123456789ab".to_owned();
        finding.origin.target = Some(TargetOrigin {
            name: "fuzz".to_owned(),
            path: "example.org/linter/fuzz".to_owned(),
        });
        let mut crash = Crash {
            scenario: case.scenario.clone().unwrap(),
            case,
            minimized: true,
            finding,
            report: String::new(),
            own: None,
            quotes: Quotes::default(),
        };
        let text = target_test(&crash).unwrap();
        for part in [
            "package fuzz\n",
            "folder of example.org/linter/fuzz, as fatal_0123456789ab_test.go for example,",
            "func TestFatal0123456789ab(t *testing.T) {\n\ttargettest.Run(t, `import source\ngo     target count a\n",
            "var S = ` + \"`\" + `x",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        // Another finding's test can stand beside it.
        crash.finding.id = "fatal-ba9876543210".to_owned();
        let other = target_test(&crash).unwrap();
        assert!(other.contains("func TestFatalBa9876543210(t"), "{other}");
        crash.finding.kind = Kind::Leak;
        assert_eq!(target_test(&crash), None);
    }
}
