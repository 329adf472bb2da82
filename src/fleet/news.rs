//! What is new in a storage.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, SystemTime};

use super::key::{Key, Kind, since};
use super::objects::{Objects, ObjectsError};
use super::sources::Sources;

/// How far back is listed: the clocks of machines differ, and a copied folder is late.
const BACK: Duration = Duration::from_secs(600);
/// After so many looks, everything is listed, for objects that came later than that.
const ALL_EVERY: u32 = 64;
/// Keys in one list.
const MOST: usize = 10_000;

/// A position in a storage, for one kind of objects.
#[derive(Debug)]
pub struct News {
    kind: Kind,
    looks: u32,
    /// Where the last list began.
    after: String,
    /// Where the next list begins, if not at the time before now.
    goes_on: Option<String>,
}

impl News {
    /// From the beginning.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        Self { kind, looks: 0, after: String::new(), goes_on: None }
    }

    /// The keys of objects whose digests are not `known`: one of each source in turn, so that no
    /// source keeps the others waiting.
    ///
    /// # Errors
    /// The storage is away.
    pub fn list(
        &mut self,
        objects: &dyn Objects,
        sources: &Sources,
        known: &BTreeSet<String>,
        requests: &mut u64,
    ) -> Result<Vec<Key>, ObjectsError> {
        let after = match self.goes_on.take() {
            Some(after) => after,
            None if self.looks.is_multiple_of(ALL_EVERY) => String::new(),
            None => since(self.kind, SystemTime::now(), BACK),
        };
        let keys = objects.list(self.kind.prefix(), &after, MOST)?;
        // A request lists a thousand.
        *requests += 1 + keys.len() as u64 / 1_000;
        if keys.len() == MOST {
            self.goes_on = keys.last().cloned();
        } else {
            self.looks = self.looks.wrapping_add(1);
        }
        self.after = after;
        let mut seen = BTreeSet::new();
        let keys = keys.iter().filter_map(|text| Key::parse(text)).filter(|key| {
            key.kind == self.kind
                && !known.contains(&key.digest)
                && !sources.is_passed_over(&key.source)
                && seen.insert(key.digest.clone())
        });
        Ok(in_turns(keys))
    }

    /// Whether the last list was cut off, so that the next one goes on there.
    #[must_use]
    pub fn has_more(&self) -> bool {
        self.goes_on.is_some()
    }

    /// Lists the same keys again next time, because not all of them could be handled.
    pub fn again(&mut self) {
        self.goes_on = Some(std::mem::take(&mut self.after));
    }
}

/// One of each source, then the next of each, and so on.
fn in_turns(keys: impl Iterator<Item = Key>) -> Vec<Key> {
    let mut by_source: BTreeMap<String, VecDeque<Key>> = BTreeMap::new();
    keys.for_each(|key| by_source.entry(key.source.clone()).or_default().push_back(key));
    let mut queues: VecDeque<VecDeque<Key>> = by_source.into_values().collect();
    let mut out = Vec::new();
    while let Some(mut queue) = queues.pop_front() {
        out.extend(queue.pop_front());
        if !queue.is_empty() {
            queues.push_back(queue);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::folder::Folder;

    #[test]
    fn new_objects_come_in_turns_and_once() {
        let tmp = tempfile::tempdir().unwrap();
        let folder = Folder::new(tmp.path().join("x"));
        let put = |source: &str, text: &str| {
            let key = Key::new(source, None, text.as_bytes());
            folder.put(&key.to_string(), text.as_bytes()).unwrap();
            key
        };
        for i in 0..5 {
            put("many", &format!("m{i}"));
        }
        let few = put("few", "f");
        // The same content under another source's name.
        put("copy", "f");
        let bad = put("bad", "b");
        let mut sources = Sources::default();
        assert!((0..8).any(|_| sources.failed("bad")));
        let (mut news, mut requests) = (News::new(Kind::Entry), 0);
        let mut known = BTreeSet::new();
        let got = news.list(&folder, &sources, &known, &mut requests).unwrap();
        assert_eq!(got.len(), 6);
        assert!(got[..2].iter().any(|k| k.digest == few.digest), "{got:?}");
        assert!(got.iter().all(|k| k.digest != bad.digest));
        known.extend(got.into_iter().map(|k| k.digest));
        let again = news.list(&folder, &sources, &known, &mut requests).unwrap();
        assert!(again.is_empty());
        assert_eq!(requests, 2);
        // A late one, with an old name, is found when all is listed.
        let late = Key { minute: "2020-01-01/0000".into(), ..Key::new("late", None, b"l") };
        folder.put(&late.to_string(), b"l").unwrap();
        let found = (0..ALL_EVERY).any(|_| {
            let got = news.list(&folder, &sources, &known, &mut requests).unwrap();
            got.contains(&late)
        });
        assert!(found);
    }
}
