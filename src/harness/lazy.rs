//! What reading changes: the harness's answer to a lazy request.

use std::time::Duration;

use super::protocol::{Kind, RunRequest};
use super::wire::{Reader, WireError};

/// A lazy request may take this long: it runs a test case's operations some
/// twenty times in one goroutine, and one that stalls is not waited for.
pub(super) const LIMIT: Duration = Duration::from_secs(3);

/// A field that an operation of one goroutine changed in completed packages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LazyChange {
    /// `Named.underlying`.
    pub field: String,
    /// The words of the operation's text.
    pub operation: Vec<String>,
    /// What has the field, for people: `lib.T[int]`.
    pub object: String,
    /// A lock or atomic among the fields of the same struct, `sync.Mutex`;
    /// empty if there is none.
    pub guard: String,
}

/// What a test case's packages keep to themselves until they are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LazyReply {
    /// Values that were compared.
    pub nodes: u32,
    /// Operations that were tried.
    pub operations: u32,
    /// Time it took.
    pub time: Duration,
    /// Fields that changed, with the operation that changed them.
    pub changes: Vec<LazyChange>,
}

impl LazyReply {
    pub(super) fn decode(r: &mut Reader<'_>) -> Result<Self, WireError> {
        Ok(Self {
            nodes: r.u32("nodes")?,
            operations: r.u32("operations")?,
            time: Duration::from_nanos(r.u64("time")?),
            changes: r.list("changes", 16, |r| {
                Ok(LazyChange {
                    field: r.str("field")?,
                    operation: r.strs("operation")?,
                    object: r.str("object")?,
                    guard: r.str("guard")?,
                })
            })?,
        })
    }
}

/// The frame of a lazy request: a run request of another kind.
///
/// # Errors
/// The test case is too long for a frame.
pub(super) fn request(run: &RunRequest<'_>) -> Result<Vec<u8>, WireError> {
    let mut frame = run.encode()?;
    // After the frame's length.
    frame[4] = Kind::Lazy as u8;
    Ok(frame)
}

#[cfg(test)]
mod tests {
    use super::super::wire::Writer;
    use super::*;

    fn sample() -> (LazyReply, Vec<u8>) {
        let change = LazyChange {
            field: "Named.x".into(),
            operation: vec!["check".into(), "a".into()],
            object: "a.T".into(),
            guard: "sync.Mutex".into(),
        };
        let time = Duration::from_nanos(9);
        let reply = LazyReply { nodes: 7, operations: 8, time, changes: vec![change.clone()] };
        let mut w = Writer::new(0);
        w.u32(7);
        w.u32(8);
        w.u64(9);
        w.list([change].iter(), |w, c| {
            w.str(&c.field);
            w.list(c.operation.iter(), |w, s| w.str(s));
            w.str(&c.object);
            w.str(&c.guard);
        });
        (reply, w.finish().unwrap()[5..].to_vec())
    }

    #[test]
    fn a_reply_decodes_and_a_torn_one_is_an_error() {
        let (want, frame) = sample();
        let mut r = Reader::new(&frame);
        assert_eq!(LazyReply::decode(&mut r), Ok(want));
        assert_eq!(r.end(), Ok(()));
        for n in 0..frame.len() {
            assert!(LazyReply::decode(&mut Reader::new(&frame[..n])).is_err(), "{n}");
        }
    }
}
