//! The smallest set of a fleet's entries of past days with the same coverage.
//!
//! What is kept is written again as of today, and then the old objects are removed. Machines know
//! objects by their content, so nothing is read a second time; one that joins later reads little.

use std::path::PathBuf;
use std::time::SystemTime;

use crate::campaign::corpus::distill::{Amount, Distilled, measure, union};
use crate::campaign::corpus::set_cover::{Set, cover};
use crate::campaign::corpus::stored::{CorpusError, Problem};
use crate::fleet::bring::all;
use crate::fleet::entry::{self, Entry};
use crate::fleet::key::{self, Key, Kind};
use crate::fleet::objects::{Objects, ObjectsError};
use crate::harness::{Harness, ImportError};

/// Distills the entries of past days (UTC) of one build. Those of other builds, of other Go
/// releases for example, stay. Objects that are no entries go.
///
/// # Errors
/// The storage is away, a harness that does not work, a signal. Nothing is removed then, or only
/// what is superfluous.
pub fn distill_fleet(
    objects: &dyn Objects,
    harness: &mut Harness,
    build: &str,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Distilled, CorpusError> {
    let today = key::minute(SystemTime::now());
    let mut keys = all(objects, Kind::Entry)?;
    keys.retain(|key| key.minute[..10] < today[..10]);
    let (mut sets, mut measured) = (Vec::new(), Vec::new());
    let (mut left_out, mut old) = (Vec::new(), Vec::new());
    let mut before = Amount::default();
    let n = keys.len();
    for (i, key) in keys.into_iter().enumerate() {
        progress(i, n);
        let covers = match read(objects, &key)? {
            Ok((entry, _)) if entry.build != build => continue,
            Ok((entry, bytes)) => {
                before.bytes += bytes.len() as u64;
                match harness.import(&entry.case) {
                    Ok(case) => measure(harness, &case)?.map(|covers| (covers, bytes)),
                    Err(ImportError::Harness(e)) => return Err(e.into()),
                    Err(e) => Err(e.to_string()),
                }
            }
            Err(why) => Err(why),
        };
        before.entries += 1;
        match covers {
            Ok((covers, bytes)) => {
                sets.push(Set { covers, cost: bytes.len() as u64 });
                measured.push((key.clone(), bytes));
            }
            Err(why) => left_out.push(Problem { path: PathBuf::from(key.to_string()), why }),
        }
        old.push(key);
    }
    progress(n, n);
    let kept = cover(&sets);
    let mut after = Amount::default();
    let mut names = Vec::new();
    for &i in &kept {
        let (key, bytes) = &measured[i];
        let key = Key { minute: today.clone(), ..key.clone() };
        objects.put(&key.to_string(), bytes)?;
        after.entries += 1;
        after.bytes += bytes.len() as u64;
        names.push(PathBuf::from(key.to_string()));
    }
    // What is kept is there by now.
    for key in old {
        objects.delete(&key.to_string())?;
    }
    let counters = harness.counters();
    Ok(Distilled {
        before,
        after,
        coverage: union(&sets, 0..sets.len(), counters),
        coverage_after: union(&sets, kept.iter().copied(), counters),
        kept: names,
        left_out,
    })
}

/// An entry and its bytes. The inner error says why the object is none.
fn read(
    objects: &dyn Objects,
    key: &Key,
) -> Result<Result<(Entry, Vec<u8>), String>, ObjectsError> {
    let bytes = match objects.get(&key.to_string(), entry::LONGEST) {
        Ok(bytes) => bytes,
        Err(ObjectsError::Unusable(why)) => return Ok(Err(why)),
        Err(away) => return Err(away),
    };
    if key::digest(&bytes) != key.digest {
        return Ok(Err("its content does not fit its name".to_owned()));
    }
    Ok(Entry::decode(&bytes).map(|entry| (entry, bytes)).map_err(|e| e.0))
}
