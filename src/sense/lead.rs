//! What to try at once, because a sequential run showed half of a race.

use crate::harness::{Place, Site};

/// A write to shared memory that is worth trying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// Where in go/types.
    pub site: Site,
    /// The operation that wrote.
    pub writer: Place,
    /// An operation of another goroutine that used what was written, if that is what is new.
    pub reader: Option<Place>,
    /// [`SharedWrite::between`](crate::harness::SharedWrite::between) of the write.
    pub between: u32,
    /// Whether the goroutine held a mutex: then few tries are enough.
    pub locked: bool,
}
