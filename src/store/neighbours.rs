//! Similar findings in a store: small test cases to start from where a finding's own test case is
//! large or rarely shows it.

use std::cmp::Reverse;

use super::{MINIMIZED, Store};
use crate::files;
use crate::finding::{Finding, Kind, sides};
use crate::testcase::SourceCase;

impl Store {
    /// The minimized test cases of all races, or of all panics, including an earlier result for the
    /// finding itself. Those that share a side with the finding come first, and among them the
    /// shortest. Returns none for other kinds. Unreadable ones are left out.
    #[must_use]
    pub fn neighbours(&self, finding: &Finding) -> Vec<SourceCase> {
        if !matches!(finding.kind, Kind::DataRace | Kind::Panic) {
            return Vec::new();
        }
        let own: Vec<&str> = sides(&finding.signature).collect();
        let stored = self.list().unwrap_or_default().findings;
        let alike = stored.iter().filter(|(_, f)| f.kind == finding.kind);
        let mut found: Vec<_> = alike
            .filter_map(|(path, other)| {
                let text = files::as_text(files::read(&path.join(MINIMIZED))).ok()?;
                let case = SourceCase::from_txtar(&text).ok()?;
                let near = sides(&other.signature).filter(|side| own.contains(side)).count();
                Some((Reverse(near), case.lines(), &other.id, case))
            })
            .collect();
        found.sort_by(|a, b| (a.0, a.1, a.2).cmp(&(b.0, b.1, b.2)));
        found.into_iter().map(|(.., case)| case).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::finding::test_support::fatal;
    use crate::store::FINDING;

    #[test]
    fn the_nearest_comes_first_and_the_shortest_of_them() {
        let tmp = tempfile::tempdir().unwrap();
        let store = Store::open(tmp.path()).unwrap();
        let finding = |id: &str, signature: &str, kind| Finding {
            id: id.to_owned(),
            kind,
            signature: signature.to_owned(),
            ..fatal("x")
        };
        let put = |f: &Finding, lines: usize| {
            let dir = tmp.path().join(&f.id);
            fs::create_dir(&dir).unwrap();
            fs::write(dir.join(FINDING), f.to_json().unwrap()).unwrap();
            let text = format!(
                "go check a\n-- a/a.go --\npackage {}{}",
                f.id,
                "\nvar X int".repeat(lines)
            );
            fs::write(dir.join(MINIMIZED), text).unwrap();
        };
        let race = "data-race: go/types.f / go/types.g";
        let own = finding("own", race, Kind::DataRace);
        put(&own, 9);
        put(&finding("far", "data-race: go/types.x / go/types.y", Kind::DataRace), 1);
        put(&finding("near", "data-race: go/types.g / go/types.y", Kind::DataRace), 3);
        put(&finding("nearer", "data-race: go/types.f / go/types.z", Kind::DataRace), 2);
        put(&finding("other", race, Kind::Panic), 1);
        fs::create_dir(tmp.path().join("not_minimized")).unwrap();
        let names = |f: &Finding| -> Vec<String> {
            let cases = store.neighbours(f);
            let name = |c: &SourceCase| c.packages[0].files[0].1.lines().next().unwrap().to_owned();
            cases.iter().map(name).collect()
        };
        assert_eq!(names(&own), ["package own", "package nearer", "package near", "package far"]);
        assert!(names(&finding("own", race, Kind::Fatal)).is_empty());
    }
}
