//! Where corpus entries come from: each entry's parent, and the operators that made the entry from
//! it.
//!
//! Entries are named after their content. So the journal in the work directory, with one line for
//! each entry, is still correct after a resume, and the other workers' journals describe the
//! entries that were taken over from them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use libafl::inputs::Input as _;
use serde::{Deserialize, Serialize};

use crate::campaign::corpus::worker_folders::WORKER;
use crate::files;
use crate::finding::Step;
use crate::testcase::TestCase;

/// The journal's name in a work directory.
pub const JOURNAL: &str = "ancestry.jsonl";

/// The maximum number of steps in a history, which is meant for people.
const STEPS: usize = 64;

/// How an entry was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The parent entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Operators in order, `generate`, or `seed` and a path.
    pub by: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    entry: String,
    #[serde(flatten)]
    made: Made,
}

/// What the campaign is running at the moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Making {
    /// A test case of unknown origin.
    #[default]
    Unknown,
    /// A test case without a parent.
    Root(Vec<String>),
    /// A mutant of the scheduled entry.
    Mutant(Vec<String>),
    /// An entry of this name, from an earlier campaign or another worker.
    Entry(String),
}

/// The ancestry of a campaign's corpus, shared by the code that runs test cases.
pub type SharedAncestry = Rc<RefCell<Ancestry>>;

/// The ancestry of a corpus.
#[derive(Debug, Default)]
pub struct Ancestry {
    /// The work directory; without one, no journal is kept.
    work: Option<PathBuf>,
    file: Option<File>,
    known: BTreeMap<String, Made>,
    making: Making,
    /// The name of the test case that `making` describes.
    of: String,
    /// Whether `making` describes the next test case that runs. Then its name, which takes long to
    /// compute, is not needed.
    announced: bool,
    /// Test cases without a parent that will be run, by name.
    roots: BTreeMap<String, Vec<String>>,
}

impl Ancestry {
    /// Opens the journal of a work directory. Keeps only the lines for entries from which `corpus`
    /// descends.
    ///
    /// # Errors
    /// The journal cannot be written. Unreadable lines are left out.
    pub fn open(work: Option<&Path>, corpus: &[String]) -> io::Result<Self> {
        let Some(work) = work else { return Ok(Self::default()) };
        let path = work.join(JOURNAL);
        let all = read(&path);
        let known = reachable(&all, corpus);
        if known.len() < all.len() {
            write(&path, &known)?;
        }
        let file = files::append(&path, true)?;
        Ok(Self { work: Some(work.to_owned()), file: Some(file), known, ..Self::default() })
    }

    /// Registers a test case without a parent that will run later; `by` says where it comes from.
    pub fn root(&mut self, case: &TestCase, by: &[&str]) {
        let by = by.iter().map(ToString::to_string).collect();
        self.roots.insert(case.generate_name(None), by);
    }

    /// Announces that the next test case to run is a mutant, or was made from scratch.
    pub fn made(&mut self, making: Making) {
        (self.making, self.of, self.announced) = (making, String::new(), true);
    }

    /// Notes that this test case runs. Unless [`Ancestry::made`] announced it, it is a seed, or an
    /// entry from elsewhere.
    pub fn runs(&mut self, case: &TestCase) {
        if !std::mem::take(&mut self.announced) {
            self.runs_named(case.generate_name(None));
        }
    }

    /// Notes that another worker's entry is taken over without being run.
    pub fn takes(&mut self, name: &str) {
        (self.making, self.of) = (Making::Entry(name.to_owned()), name.to_owned());
        self.announced = false;
    }

    fn runs_named(&mut self, name: String) {
        if self.of != name {
            self.making = match self.roots.remove(&name) {
                Some(by) => Making::Root(by),
                None => Making::Entry(name.clone()),
            };
            self.of = name;
        }
    }

    /// Whether the running test case is a mutant of the scheduled entry.
    #[must_use]
    pub fn is_mutant(&self) -> bool {
        matches!(self.making, Making::Mutant(_))
    }

    /// Notes that the running test case became an entry. `scheduled` is the parent of mutants.
    pub fn entered(&mut self, name: &str, scheduled: Option<&str>) {
        if self.known.contains_key(name) {
            return;
        }
        let made = match &self.making {
            Making::Root(by) => Made { parent: None, by: by.clone() },
            Making::Mutant(by) => Made { parent: scheduled.map(ToOwned::to_owned), by: by.clone() },
            Making::Unknown | Making::Entry(_) => return,
        };
        let line = Line { entry: name.to_owned(), made };
        if let (Some(file), Ok(text)) = (&mut self.file, serde_json::to_string(&line)) {
            // A full disk costs the history, not the campaign.
            let _ = file.write_all((text + "\n").as_bytes());
        }
        self.known.insert(line.entry, line.made);
    }

    /// The history of the running test case, the latest step first.
    pub fn history(&mut self, scheduled: Option<&str>) -> Vec<Step> {
        let (first, mut next) = match &self.making {
            Making::Unknown => return Vec::new(),
            Making::Root(by) => (Some(by.clone()), None),
            Making::Mutant(by) => (Some(by.clone()), scheduled.map(ToOwned::to_owned)),
            Making::Entry(name) => (None, Some(name.clone())),
        };
        let mut steps: Vec<Step> = first.map(|by| Step { entry: None, by }).into_iter().collect();
        let mut looked = false;
        let mut seen = BTreeSet::new();
        while let Some(name) = next.take().filter(|_| steps.len() < STEPS) {
            if !self.known.contains_key(&name) && !looked {
                looked = true;
                self.ask_others();
            }
            let made = self.known.get(&name).cloned().unwrap_or_default();
            // A corpus may have been put together by hand, so a chain could be endless.
            next = made.parent.filter(|_| seen.insert(name.clone()));
            steps.push(Step { entry: Some(name), by: made.by });
        }
        steps
    }

    /// Reads the journals of the other workers, and of the campaign's own folder.
    fn ask_others(&mut self) {
        let Some(own) = &self.work else { return };
        let is_worker = own.file_name().is_some_and(|n| n.to_string_lossy().starts_with(WORKER));
        let root = if is_worker { own.parent() } else { Some(own.as_path()) };
        for journal in root.map(journals).unwrap_or_default() {
            for (name, made) in read(&journal) {
                self.known.entry(name).or_insert(made);
            }
        }
    }
}

/// The journals of a campaign's folder and its workers', in the order of their names.
#[must_use]
pub fn journals(root: &Path) -> Vec<PathBuf> {
    let mut folders = vec![root.to_owned()];
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let workers = entries.filter(|e| e.file_name().to_string_lossy().starts_with(WORKER));
    folders.extend(workers.map(|e| e.path()));
    folders.sort();
    folders.into_iter().map(|f| f.join(JOURNAL)).filter(|p| p.is_file()).collect()
}

/// Reads a journal. A line that is cut off or malformed is left out.
#[must_use]
pub fn read(path: &Path) -> BTreeMap<String, Made> {
    let text = files::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines = text.lines().filter_map(|l| serde_json::from_str::<Line>(l).ok());
    lines.map(|l| (l.entry, l.made)).collect()
}

/// Entries and all entries from which they descend.
#[must_use]
pub fn reachable(all: &BTreeMap<String, Made>, from: &[String]) -> BTreeMap<String, Made> {
    let mut kept = BTreeMap::new();
    let mut open: Vec<&String> = from.iter().collect();
    while let Some(name) = open.pop() {
        if let Some(made) = all.get(name)
            && kept.insert(name.clone(), made.clone()).is_none()
        {
            open.extend(&made.parent);
        }
    }
    kept
}

/// Replaces a journal atomically.
///
/// # Errors
/// The system's error.
pub fn write(path: &Path, all: &BTreeMap<String, Made>) -> io::Result<()> {
    let mut text = String::new();
    for (entry, made) in all {
        let line = Line { entry: entry.clone(), made: made.clone() };
        text.push_str(&serde_json::to_string(&line)?);
        text.push('\n');
    }
    files::replace(path, text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(ToOwned::to_owned).collect()
    }

    fn making(ancestry: &mut Ancestry, making: Making) {
        ancestry.making = making;
    }

    #[test]
    fn an_unannounced_case_is_a_seed_or_from_elsewhere() {
        let mut rng = crate::rng::Rng::new(1);
        let mut case =
            || crate::generate::test_case(&mut rng, &Default::default(), Default::default());
        let (seed, other) = (case(), case());
        let mut a = Ancestry::default();
        a.root(&seed, &["seed", "x.go"]);
        a.made(Making::Mutant(words("rename")));
        a.runs(&other);
        assert!(a.is_mutant());
        a.runs(&seed);
        assert_eq!(a.making, Making::Root(words("seed x.go")));
        a.runs(&other);
        assert_eq!(a.making, Making::Entry(other.generate_name(None)));
    }

    fn shown(steps: &[Step]) -> Vec<(Option<&str>, String)> {
        steps.iter().map(|s| (s.entry.as_deref(), s.by.join(" "))).collect()
    }

    #[test]
    fn a_history_survives_a_resume() {
        let tmp = tempfile::tempdir().unwrap();
        let mut a = Ancestry::open(Some(tmp.path()), &[]).unwrap();
        making(&mut a, Making::Root(words("seed x.txtar")));
        a.entered("one", Some("of no matter"));
        making(&mut a, Making::Mutant(words("rename splice")));
        a.entered("two", Some("one"));
        a.entered("dead", Some("one"));
        drop(a);
        // Cut off by a kill.
        let path = tmp.path().join(JOURNAL);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text + "{\"entry\":\"thr").unwrap();
        let mut b = Ancestry::open(Some(tmp.path()), &words("two")).unwrap();
        assert_eq!(read(&path).len(), 2, "what nothing descends from is gone");
        making(&mut b, Making::Entry("two".to_owned()));
        b.entered("two", None);
        let steps = b.history(None);
        assert_eq!(
            shown(&steps),
            [(Some("two"), "rename splice".into()), (Some("one"), "seed x.txtar".into())]
        );
        making(&mut b, Making::Mutant(words("infer")));
        assert!(b.is_mutant());
        assert_eq!(
            shown(&b.history(Some("two")))[..2],
            [(None, "infer".to_owned()), (Some("two"), "rename splice".to_owned())]
        );
        making(&mut b, Making::Root(words("generate")));
        assert_eq!(shown(&b.history(Some("two"))), [(None, "generate".to_owned())]);
    }

    #[test]
    fn other_workers_are_asked_and_no_chain_is_endless() {
        let tmp = tempfile::tempdir().unwrap();
        let own = tmp.path().join("worker-0");
        let other = tmp.path().join("worker-1");
        fs::create_dir_all(&own).unwrap();
        fs::create_dir_all(&other).unwrap();
        let made = |parent: &str| Made { parent: Some(parent.into()), by: words("x") };
        let all = BTreeMap::from([("a".into(), made("b")), ("b".into(), made("a"))]);
        write(&other.join(JOURNAL), &all).unwrap();
        let mut ancestry = Ancestry::open(Some(&own), &[]).unwrap();
        making(&mut ancestry, Making::Mutant(words("y")));
        let names: Vec<_> = ancestry.history(Some("a")).into_iter().map(|s| s.entry).collect();
        assert_eq!(names, [None, Some("a".into()), Some("b".into()), Some("a".into())]);
        assert!(ancestry.history(Some("nobody's"))[1].by.is_empty());
    }
}
