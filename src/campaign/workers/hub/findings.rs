//! Crash directories on their way between machines.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use libafl_bolts::llmp::Flags;
use serde::{Deserialize, Serialize};

use super::wire::{pack, unpack};
use crate::finding::Finding;
use crate::store::{FINDING, MINIMIZED, REPORT, Saved, Store, TESTCASE};
use crate::triage::standalone;

/// A finding that was changed a moment ago is still being measured.
const SETTLED: Duration = Duration::from_secs(2);
/// Files that are longer stay where they are.
const LONGEST: u64 = 8 << 20;
const FORMAT: u32 = 1;

/// A crash directory as it travels.
#[derive(Serialize, Deserialize)]
struct Parcel {
    format: u32,
    finding: String,
    testcase: String,
    report: String,
    minimized: Option<String>,
}

/// What is new in a store, each state of a finding once.
#[derive(Default)]
pub struct Outbox {
    /// Of each crash directory, when its finding.json was last changed.
    sent: BTreeMap<String, SystemTime>,
}

impl Outbox {
    /// Messages for what is new or changed; of what is still being measured, the `last`
    /// time.
    pub fn look(&mut self, store: &Store, last: bool) -> Vec<(Flags, Vec<u8>)> {
        let mut messages = Vec::new();
        let mut names: Vec<_> = fs::read_dir(store.dir())
            .into_iter()
            .flatten()
            .flatten()
            .map(|e| e.file_name().to_string_lossy().into_owned())
            .filter(|n| !n.starts_with('.'))
            .collect();
        names.sort();
        for name in names {
            let dir = store.dir().join(&name);
            let Ok(changed) = fs::metadata(dir.join(FINDING)).and_then(|m| m.modified()) else {
                continue;
            };
            if self.sent.get(&name) == Some(&changed)
                || !last && changed.elapsed().is_ok_and(|age| age < SETTLED)
            {
                continue;
            }
            if let Some(message) = parcel(&dir) {
                messages.push(message);
            }
            self.sent.insert(name, changed);
        }
        messages
    }
}

fn parcel(dir: &Path) -> Option<(Flags, Vec<u8>)> {
    let read = |name: &str| {
        let path = dir.join(name);
        let short = fs::metadata(&path).is_ok_and(|m| m.len() <= LONGEST);
        short.then(|| fs::read(path).ok()).flatten()
    };
    let text = |name: &str| read(name).map(|b| String::from_utf8_lossy(&b).into_owned());
    let parcel = Parcel {
        format: FORMAT,
        finding: text(FINDING)?,
        testcase: text(TESTCASE)?,
        report: text(REPORT)?,
        minimized: text(MINIMIZED),
    };
    postcard::to_allocvec(&parcel).ok().map(pack)
}

/// Stores a finding of another machine. Gives it if it is news.
///
/// # Errors
/// It is none, or cannot be stored; as text for people.
pub fn receive(store: &Store, flags: Flags, bytes: &[u8]) -> Result<Option<Finding>, String> {
    let bytes = unpack(flags, bytes).ok_or("it is not compressed as it says")?;
    let parcel: Parcel = postcard::from_bytes(&bytes).map_err(|e| e.to_string())?;
    if parcel.format != FORMAT {
        return Err(format!("format {} is not {FORMAT}: other version there", parcel.format));
    }
    let finding = Finding::from_json(&parcel.finding).map_err(|e| e.to_string())?;
    if !is_id(&finding.id) {
        return Err(format!("'{}' is no finding's name", finding.id));
    }
    let news = match store.save(&finding, &parcel.testcase, &parcel.report, &[]) {
        Ok(Saved::New(at) | Saved::Raised(at)) => {
            // For people; the finding is stored whatever becomes of it.
            let _ = standalone::write(&at);
            true
        }
        Ok(Saved::Known(_)) => false,
        Err(e) => return Err(e.to_string()),
    };
    let here = store.path(&finding.id);
    if let (Some(text), Some(info)) = (&parcel.minimized, &finding.minimized)
        && !here.join(MINIMIZED).exists()
        && store.put_minimized(&finding.id, text, info).is_ok()
    {
        let _ = standalone::write(&here);
    }
    Ok(news.then_some(finding))
}

/// Whether it can be a crash directory's name: `<kind>-<12 hex>`, and no path.
fn is_id(id: &str) -> bool {
    let Some((kind, hex)) = id.rsplit_once('-') else { return false };
    hex.len() == 12
        && hex.bytes().all(|b| b.is_ascii_hexdigit())
        && !kind.is_empty()
        && kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::test_support::fatal;

    #[test]
    fn a_finding_goes_to_another_store_once() {
        let tmp = tempfile::tempdir().unwrap();
        let a = Store::open(&tmp.path().join("a")).unwrap();
        let b = Store::open(&tmp.path().join("b")).unwrap();
        let f = fatal("planted");
        a.save(&f, "go check a\n-- a/a.go --\npackage a\n", "fatal error: planted\n", &[]).unwrap();
        let mut outbox = Outbox::default();
        assert!(outbox.look(&a, false).is_empty(), "it is still being measured");
        let past = SystemTime::now() - 2 * SETTLED;
        let json = fs::File::options().write(true).open(a.path(&f.id).join(FINDING)).unwrap();
        json.set_modified(past).unwrap();
        let sent = outbox.look(&a, false);
        assert_eq!(sent.len(), 1);
        assert!(outbox.look(&a, false).is_empty(), "once");
        let (flags, bytes) = &sent[0];
        assert_eq!(receive(&b, *flags, bytes).unwrap().unwrap().id, f.id);
        assert!(receive(&b, *flags, bytes).unwrap().is_none(), "it is known now");
        let stored = fs::read_to_string(b.path(&f.id).join(TESTCASE)).unwrap();
        assert!(stored.starts_with("go check a\n"));
        assert!(receive(&b, Flags(0), b"rubbish").is_err());
    }

    #[test]
    fn names_are_no_paths() {
        assert!(is_id("data-race-0123456789ab"));
        for bad in
            ["../../x-0123456789ab", "x", "-0123456789ab", "a-0123456789a/", "a/b-0123456789ab"]
        {
            assert!(!is_id(bad), "{bad}");
        }
    }
}
