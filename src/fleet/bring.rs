//! Brings the findings of a fleet into a folder of crash directories.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::test_case;
use super::key::Kind;
use super::news::News;
use super::objects::{Objects, ObjectsError};
use super::parcel::{self, Parcel};
use super::sources::Sources;
use crate::finding::Finding;
use crate::store::{Saved, Store, StoreError};

/// The result of [`bring`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Findings that were new here.
    pub new: usize,
    /// Findings that the fleet has.
    pub findings: usize,
    /// Machines that reported them.
    pub sources: usize,
    /// Objects that were refused, each with its key and the reason.
    pub refused: Vec<String>,
}

/// Errors of [`bring`].
#[derive(Debug, thiserror::Error)]
pub enum BringError {
    /// The storage is away.
    #[error(transparent)]
    Objects(#[from] ObjectsError),
    /// The crash directories cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Stores every finding of a fleet that is not in the store yet. Of several states of one finding,
/// the one with a root and a minimized program is taken, and among those the latest. What it says
/// is what the machine reported: `elsewhere` names that machine.
///
/// # Errors
/// The storage is away, or the store cannot be written.
pub fn bring(objects: &dyn Objects, store: &Store) -> Result<Brought, BringError> {
    let mut brought = Brought::default();
    let mut sources = Sources::default();
    let mut known = BTreeSet::new();
    let mut names = BTreeSet::new();
    let mut best: BTreeMap<String, (Rank, String, Parcel)> = BTreeMap::new();
    for key in all(objects, Kind::Finding)? {
        if !known.insert(key.digest.clone()) || sources.is_passed_over(&key.source) {
            continue;
        }
        let parcel = match objects.get(&key.to_string(), parcel::LONGEST) {
            Err(e @ ObjectsError::Away(_)) => return Err(e.into()),
            Err(e) => Err(e.to_string()),
            Ok(bytes) if super::key::digest(&bytes) != key.digest => {
                Err("its content does not fit its name".to_owned())
            }
            Ok(bytes) => parcel::decode(&bytes).map_err(|e| e.0),
        };
        match parcel {
            Ok(parcel) if key.id.as_ref() == Some(&parcel.finding.id) => {
                sources.good(&key.source);
                names.insert(key.source.clone());
                let rank = rank(&parcel.finding, &key.minute);
                let id = parcel.finding.id.clone();
                if best.get(&id).is_none_or(|(there, ..)| *there < rank) {
                    best.insert(id, (rank, key.source, parcel));
                }
            }
            other => {
                sources.failed(&key.source);
                let why = other.err().unwrap_or("it is another finding".to_owned());
                brought.refused.push(format!("{key}: {why}"));
            }
        }
    }
    (brought.findings, brought.sources) = (best.len(), names.len());
    for (_, source, parcel) in best.into_values() {
        brought.new += usize::from(keep(store, &source, parcel)?);
    }
    Ok(brought)
}

/// What is known of a finding decides which state of it is taken.
type Rank = (bool, bool, String);

fn rank(finding: &Finding, minute: &str) -> Rank {
    (finding.root.is_some(), finding.minimized.is_some(), minute.to_owned())
}

/// Stores a finding with what was reported of it.
fn keep(store: &Store, source: &str, parcel: Parcel) -> Result<bool, StoreError> {
    let reported = parcel.finding.clone();
    let claim = Finding {
        root: reported.root,
        reproduced: reported.reproduced,
        rates: reported.rates,
        ..parcel.claim(source)
    };
    let saved = store.save(&claim, &parcel.testcase, &parcel.report, &[])?;
    if !matches!(saved, Saved::New(_)) {
        return Ok(false);
    }
    if let (Some(text), Some(info)) = (&parcel.minimized, &reported.minimized)
        && test_case(text).is_ok()
    {
        store.put_minimized(&claim.id, text, info)?;
    }
    Ok(true)
}

/// The keys of all objects of a kind, one of each source in turn.
///
/// # Errors
/// The storage is away.
pub fn all(objects: &dyn Objects, kind: Kind) -> Result<Vec<super::key::Key>, ObjectsError> {
    let mut news = News::new(kind);
    let mut keys = Vec::new();
    loop {
        keys.extend(news.list(objects, &Sources::default(), &BTreeSet::new(), &mut 0)?);
        if !news.has_more() {
            return Ok(keys);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::test_support::fatal;
    use crate::finding::{Root, RootBy};
    use crate::fleet::folder::Folder;
    use crate::fleet::key::Key;

    const CASE: &str = "go check a\n-- a/a.go --\npackage a\n";

    #[test]
    fn the_best_known_state_of_each_finding_comes_once() {
        let tmp = tempfile::tempdir().unwrap();
        let shared = Folder::new(tmp.path().join("shared"));
        let store = |name: &str| Store::open(&tmp.path().join(name)).unwrap();
        let put = |source: &str, store: &Store, id: &str| {
            let bytes = parcel::encode(&store.path(id)).unwrap();
            shared.put(&Key::new(source, Some(id), &bytes).to_string(), &bytes).unwrap();
        };
        let (a, b, here) = (store("a"), store("b"), store("here"));
        let (one, two) = (fatal("one"), fatal("two"));
        a.save(&one, CASE, "report of a", &[]).unwrap();
        put("node-a", &a, &one.id);
        b.save(&one, CASE, "report of b", &[]).unwrap();
        let root = Root {
            id: "R1".to_owned(),
            title: "t".to_owned(),
            issues: Vec::new(),
            by: RootBy::Patch,
            tried: Vec::new(),
        };
        b.put_root(&one.id, &root).unwrap();
        put("node-b", &b, &one.id);
        a.save(&two, CASE, "report of a", &[]).unwrap();
        put("node-a", &a, &two.id);
        let mut forged = parcel::encode(&a.path(&two.id)).unwrap();
        let at = forged.len() / 2;
        forged[at] ^= 1;
        let key = Key { digest: "0".repeat(32), ..Key::new("node-c", Some(&two.id), &forged) };
        shared.put(&key.to_string(), &forged).unwrap();

        let brought = bring(&shared, &here).unwrap();
        assert_eq!((brought.new, brought.findings, brought.sources), (2, 2, 2));
        assert!(brought.refused[0].contains("does not fit its name"), "{:?}", brought.refused);
        let stored = crate::store::read(&here.path(&one.id)).unwrap();
        assert_eq!(stored.root.unwrap().id, "R1");
        assert_eq!(stored.elsewhere.as_deref(), Some("node-b"));
        assert!(!stored.confirmed);
        assert_eq!(bring(&shared, &here).unwrap().new, 0, "each is new once");
        // What a run here showed replaces a report.
        assert!(matches!(here.save(&one, CASE, "mine", &[]).unwrap(), Saved::Raised(_)));
        assert_eq!(crate::store::read(&here.path(&one.id)).unwrap().elsewhere, None);
    }
}
