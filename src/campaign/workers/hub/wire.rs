//! What travels between workers, brokers and machines: LLMP messages. Test cases are
//! LibAFL's own events; findings, which LibAFL has no event for, have a tag of ours.

use std::hash::Hasher as _;

use libafl::events::{Event, EventConfig, EventWithStats};
use libafl::executors::ExitKind;
use libafl_bolts::compress::GzipCompressor;
use libafl_bolts::hasher_std;
use libafl_bolts::llmp::{Flags, LLMP_FLAG_COMPRESSED, Tag};
use serde::{Deserialize, Serialize};

use crate::testcase::TestCase;

/// LibAFL's tag of an event for the broker and the clients.
pub const EVENT: Tag = Tag(0x2B0741);
/// A crash directory.
pub const FINDING: Tag = Tag(0x7459_7065);

/// Shorter messages are not compressed; LibAFL's own threshold.
const THRESHOLD: usize = 1024;

/// A test case as it travels. Events go as postcard, in which a field that is left out
/// (serde's `skip_serializing_if`, which trees use throughout) shifts all that follow:
/// so it is the corpus's JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried(pub String);

impl Carried {
    /// Of a test case; `None` if it has no JSON, which cannot be.
    #[must_use]
    pub fn new(case: &TestCase) -> Option<Self> {
        case.to_json().ok().map(Self)
    }

    /// What tells test cases apart.
    #[must_use]
    pub fn key(&self) -> u64 {
        let mut hasher = hasher_std();
        hasher.write(self.0.as_bytes());
        hasher.finish()
    }
}

/// A new corpus entry on its way.
#[derive(Debug)]
pub struct Entry {
    /// The test case.
    pub case: Carried,
    /// What was observed when it ran, for workers of the same build.
    pub observers: Option<Vec<u8>>,
    /// How it ended.
    pub exit: ExitKind,
    /// The build that observed it.
    pub build: EventConfig,
    /// The sender's executions.
    pub executions: u64,
    /// The sender's corpus.
    pub corpus: usize,
}

impl Entry {
    /// One of the disk, of which nothing is known.
    #[must_use]
    pub fn stored(json: String) -> Self {
        Self {
            case: Carried(json),
            observers: None,
            exit: ExitKind::Ok,
            build: EventConfig::AlwaysUnique,
            executions: 0,
            corpus: 0,
        }
    }

    /// The LLMP message.
    #[must_use]
    pub fn encode(self) -> Option<(Flags, Vec<u8>)> {
        let event = Event::NewTestcase {
            input: self.case,
            observers_buf: self.observers,
            exit_kind: self.exit,
            corpus_size: self.corpus,
            client_config: self.build,
            forward_id: None,
        };
        let event = EventWithStats::with_current_time(event, self.executions);
        postcard::to_allocvec(&event).ok().map(pack)
    }

    /// Reads an LLMP message; `None` if it is no new corpus entry.
    #[must_use]
    pub fn decode(flags: Flags, bytes: &[u8]) -> Option<Self> {
        let bytes = unpack(flags, bytes)?;
        let event: EventWithStats<Carried> = postcard::from_bytes(&bytes).ok()?;
        let (event, _) = event.into_parts();
        let Event::NewTestcase {
            input,
            observers_buf,
            exit_kind,
            corpus_size,
            client_config,
            forward_id: _,
        } = event
        else {
            return None;
        };
        Some(Self {
            case: input,
            observers: observers_buf,
            exit: exit_kind,
            build: client_config,
            executions: 0,
            corpus: corpus_size,
        })
    }
}

/// Compresses what is long.
#[must_use]
pub fn pack(bytes: Vec<u8>) -> (Flags, Vec<u8>) {
    match GzipCompressor::with_threshold(THRESHOLD).maybe_compress(&bytes) {
        Some(short) => (LLMP_FLAG_COMPRESSED, short),
        None => (Flags(0), bytes),
    }
}

/// Undoes [`pack`].
#[must_use]
pub fn unpack(flags: Flags, bytes: &[u8]) -> Option<Vec<u8>> {
    if flags & LLMP_FLAG_COMPRESSED == LLMP_FLAG_COMPRESSED {
        GzipCompressor::new().decompress(bytes).ok()
    } else {
        Some(bytes.to_vec())
    }
}

/// The campaign's builds of the same go/types, with the same counters.
#[must_use]
pub fn build(key: &str) -> EventConfig {
    EventConfig::from_name(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;
    use crate::scenario::Profile;

    #[test]
    fn an_entry_travels_whole_and_rubbish_is_none() {
        for seed in 0..20 {
            let mut rng = Rng::new(seed);
            let case = crate::generate::test_case(&mut rng, &Default::default(), Profile::All);
            let carried = Carried::new(&case).unwrap();
            let mut entry = Entry::stored(carried.0.clone());
            (entry.observers, entry.build) = (Some(vec![0, 1, 2]), build("x"));
            let (flags, bytes) = entry.encode().unwrap();
            let back = Entry::decode(flags, &bytes).unwrap();
            assert_eq!(TestCase::from_json(&back.case.0).unwrap(), case);
            assert_eq!(back.case.key(), carried.key());
            assert_eq!(back.observers, Some(vec![0, 1, 2]));
            assert!(back.build.match_with(&build("x")) && !back.build.match_with(&build("y")));
            for n in 0..bytes.len().min(64) {
                let _ = Entry::decode(flags, &bytes[..n]);
            }
        }
        assert!(Entry::decode(Flags(0), b"nonsense").is_none());
        assert!(Entry::decode(LLMP_FLAG_COMPRESSED, b"nonsense").is_none());
    }
}
