//! What can be determined about a test case before it runs: which package a name stands for, which
//! packages are complete when the goroutines start, and how imports are answered.

use std::collections::BTreeSet;

use super::scan::{Declared, scan};
use super::text::variable;
use crate::fnv::fnv1a_32;
use crate::scenario::{Family, INSTANCES, Import, Meet, ObjectRef, Operation, Scenario, Share};
use crate::testcase::SourceCase;

/// A package of the test case.
#[derive(Debug)]
pub struct Package<'a> {
    /// Import path.
    pub path: &'a str,
    /// The texts of its files.
    pub files: Vec<&'a str>,
    /// Name of the variable that holds the checked package.
    pub variable: String,
    /// Indices of the packages that it imports.
    pub imports: Vec<usize>,
    /// Whether it imports a package that the test case does not have.
    pub imports_others: bool,
    /// Objects of its scope, sorted by name.
    pub declared: Vec<Declared>,
}

/// How imports are answered while the goroutines run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imports {
    /// Nothing is imported.
    None,
    /// Everything that is imported is already complete.
    Completed,
    /// Each goroutine checks incomplete packages for itself.
    Own,
    /// One importer for all, with a lock.
    Locked,
    /// One importer for all, which checks several packages at the same time.
    Parallel,
    /// One importer for all, without a lock.
    Unlocked,
}

/// What is known about a test case before it runs.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The goroutines' operations.
    pub scenario: &'a Scenario,
    /// In the test case's order.
    pub packages: Vec<Package<'a>>,
    /// Packages that are complete when the goroutines start.
    pub completed: BTreeSet<usize>,
    /// How imports are answered.
    pub imports: Imports,
    /// For each goroutine, the number of imports it asks for; 0 if it never calls an importer.
    pub importing: Vec<usize>,
}

impl<'a> Plan<'a> {
    /// Examines a test case. Variables avoid the `taken` names.
    #[must_use]
    pub fn new(case: &'a SourceCase, scenario: &'a Scenario, taken: &[&str]) -> Self {
        let mut names: Vec<String> = taken.iter().map(|n| (*n).to_owned()).collect();
        let paths: Vec<&str> = case.packages.iter().map(|p| p.path.as_str()).collect();
        let packages: Vec<Package<'a>> = case
            .packages
            .iter()
            .map(|p| {
                let files: Vec<&str> = p.files.iter().map(|(_, text)| text.as_str()).collect();
                let facts: Vec<_> = files.iter().map(|text| scan(text)).collect();
                let wanted: Vec<_> = facts.iter().flat_map(|f| &f.imports).collect();
                let mut declared: Vec<Declared> =
                    facts.iter().flat_map(|f| f.declared.iter().cloned()).collect();
                declared.retain(|d| d.name != "_" && d.name != "init");
                declared.sort_by(|a, b| a.name.cmp(&b.name));
                declared.dedup_by(|a, b| a.name == b.name);
                Package {
                    path: &p.path,
                    files,
                    variable: variable(&p.path, &mut names),
                    imports: wanted
                        .iter()
                        .filter_map(|w| paths.iter().position(|p| p == w))
                        .collect(),
                    imports_others: wanted.iter().any(|w| !paths.contains(&w.as_str())),
                    declared,
                }
            })
            .collect();
        let mut plan = Self {
            scenario,
            packages,
            completed: BTreeSet::new(),
            imports: Imports::None,
            importing: Vec::new(),
        };
        plan.completed = plan.complete();
        plan.importing = scenario.go.iter().map(|ops| plan.calls(ops)).collect();
        plan.imports = plan.importer();
        plan
    }

    fn complete(&self) -> BTreeSet<usize> {
        let mut done = BTreeSet::new();
        for op in &self.scenario.before {
            if let Some(i) = self.subject(op) {
                self.close(i, &mut done);
            }
        }
        // One goroutine alone gets the same from a package whether it is checked before or when
        // it is first imported.
        if let [ops] = &self.scenario.go[..]
            && self.scenario.share.is_empty()
            && self.scenario.importing.is_empty()
        {
            let mut checked = BTreeSet::new();
            for op in ops {
                let Some(i) = self.subject(op) else { continue };
                if matches!(op, Operation::Check { .. }) {
                    self.packages[i].imports.iter().for_each(|&dep| self.close(dep, &mut done));
                    checked.insert(i);
                } else if !checked.contains(&i) {
                    self.close(i, &mut done);
                }
            }
        }
        done
    }

    /// The import paths of the packages that are complete when the goroutines start, as code in
    /// Markdown.
    pub(super) fn completed_paths(&self) -> Vec<String> {
        self.completed.iter().map(|i| format!("`{}`", self.packages[*i].path)).collect()
    }

    /// The package that an operation is about; an operation of `before` completes it.
    #[must_use]
    pub fn subject(&self, op: &Operation) -> Option<usize> {
        let package = op.packages().into_iter().next()?;
        if package == INSTANCES { None } else { self.index(package) }
    }

    /// Adds a package and all that it imports.
    pub(super) fn close(&self, i: usize, done: &mut BTreeSet<usize>) {
        if done.insert(i) {
            for &dep in &self.packages[i].imports {
                self.close(dep, done);
            }
        }
    }

    /// How many imports the checks and imports of a goroutine ask for.
    fn calls(&self, ops: &[Operation]) -> usize {
        let mut checked = BTreeSet::new();
        let mut calls = |op: &Operation| match op {
            Operation::Check { package } => self.index(package).map_or(0, |i| {
                checked.insert(i);
                let p = &self.packages[i];
                p.imports.len() + usize::from(p.imports_others)
            }),
            Operation::Import { .. } => 1,
            // Later operations are about the package that the goroutine has checked.
            other => self
                .subject(other)
                .map_or(0, |i| usize::from(!self.completed.contains(&i) && !checked.contains(&i))),
        };
        ops.iter().map(&mut calls).sum()
    }

    fn importer(&self) -> Imports {
        let shares = |s| self.scenario.share.contains(&s);
        let mut reached = BTreeSet::new();
        for op in self.scenario.go.iter().flatten() {
            match op {
                Operation::Check { package } => {
                    for &dep in self.index(package).iter().flat_map(|i| &self.packages[*i].imports)
                    {
                        self.close(dep, &mut reached);
                    }
                }
                other => reached.extend(self.subject(other)),
            }
        }
        let missing = reached.iter().any(|i| !self.completed.contains(i));
        let any = self.importing.iter().any(|n| *n > 0)
            || self.packages.iter().any(|p| !p.imports.is_empty() || p.imports_others);
        let compiled = matches!(self.scenario.import, Import::Unified | Import::Mixed);
        if compiled && missing {
            // The compiler's export data is read into one map.
            Imports::Locked
        } else if shares(Share::UnlockedImporter) && missing {
            Imports::Unlocked
        } else if shares(Share::ParallelImporter) && missing && !self.is_cyclic() {
            Imports::Parallel
        } else if missing
            && (shares(Share::Importer)
                || shares(Share::ParallelImporter)
                || shares(Share::Config)
                || shares(Share::Checker))
        {
            Imports::Locked
        } else if missing {
            Imports::Own
        } else if any {
            Imports::Completed
        } else {
            Imports::None
        }
    }

    /// Whether goroutines wait for one another in their importers.
    #[must_use]
    pub fn meets(&self) -> bool {
        self.scenario.meet.contains(&Meet::Import)
            && self.importing() > 1
            // The importer of a shared Config does not know which goroutine calls it.
            && !self.scenario.share.contains(&Share::Config)
            && !self.scenario.share.contains(&Share::Checker)
    }

    /// How many goroutines can call an importer.
    #[must_use]
    pub fn importing(&self) -> usize {
        self.importing.iter().filter(|n| **n > 0).count()
    }

    /// Whether packages import one another in a cycle.
    fn is_cyclic(&self) -> bool {
        (0..self.packages.len()).any(|i| {
            let mut reached = BTreeSet::new();
            for &dep in &self.packages[i].imports {
                self.close(dep, &mut reached);
            }
            reached.contains(&i)
        })
    }

    /// The package with this path, or the harness's substitute for it.
    #[must_use]
    pub fn index(&self, path: &str) -> Option<usize> {
        let at = self.packages.iter().position(|p| p.path == path);
        at.or_else(|| stand_in(path, self.packages.len()))
    }

    /// The object of a target that `fits`, or the harness's substitute for it.
    #[must_use]
    pub fn object(
        &self,
        target: &ObjectRef,
        fits: impl Fn(&Declared) -> bool,
    ) -> Option<(usize, &Declared)> {
        let i = self.index(&target.package)?;
        let declared = &self.packages[i].declared;
        let named = declared.iter().find(|d| d.name == target.object && fits(d));
        let fitting = || declared.iter().filter(|d| fits(d)).collect::<Vec<_>>();
        let object = named.or_else(|| {
            let all = fitting();
            stand_in(&target.object, all.len()).map(|n| all[n])
        })?;
        Some((i, object))
    }
}

/// The index, among n, of the substitute for a name: the harness's choice, FNV-1a.
fn stand_in(name: &str, n: usize) -> Option<usize> {
    (n > 0).then(|| fnv1a_32(name.as_bytes()) as usize % n)
}

/// Whether an operation visits the instances.
pub fn walks_instances(op: &Operation) -> bool {
    matches!(op, Operation::Walk { package, .. } if package == INSTANCES)
}

/// Whether an operation adds an instance.
pub fn makes_instances(op: &Operation) -> bool {
    matches!(op.row().family, Family::Instantiate | Family::Eval)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_the_harnesss() {
        // harness_go/internal/engine/resolve.go: hash("x") % 7.
        assert_eq!(stand_in("", 10), Some(2_166_136_261_usize % 10));
        assert_eq!(stand_in("a", usize::MAX), Some(0xe40c_292c));
        assert_eq!(stand_in("a", 0), None);
    }

    #[test]
    fn completeness_and_importers() {
        let text = |scenario: &str| {
            format!(
                "{scenario}\n-- d/d.go --\npackage d\n-- lib/l.go --\npackage lib\nimport \"d\"\ntype T[P any] int\n-- a/a.go --\npackage a\nimport \"lib\"\n"
            )
        };
        for (scenario, imports, completed) in [
            ("before check lib\ngo check a\ngo check a", Imports::Completed, 2),
            ("before check d\ngo check a\ngo check a", Imports::Own, 1),
            ("share importer\ngo check a\ngo check a", Imports::Locked, 0),
            ("share importer unlocked\ngo check a", Imports::Unlocked, 0),
            ("go check d\ngo check d", Imports::Completed, 0),
        ] {
            let case = SourceCase::from_txtar(&text(scenario)).unwrap();
            let plan = Plan::new(&case, case.scenario.as_ref().unwrap(), &[]);
            assert_eq!((plan.imports, plan.completed.len()), (imports, completed), "{scenario}");
            let t = ObjectRef { package: "lib".into(), object: "Gone".into() };
            assert_eq!(plan.object(&t, |d| d.type_params > 0).unwrap().1.name, "T");
        }
    }
}
