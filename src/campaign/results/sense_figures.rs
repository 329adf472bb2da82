//! Figures of the sense for shared writes.

use serde::{Deserialize, Serialize};

/// What the sense for shared writes did. Of several workers, `runs` and `tried` are added up, and
/// the others are the greatest of one worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SenseFigures {
    /// Sequential runs that it saw.
    pub runs: u64,
    /// Executions that tried to make a write race.
    pub tried: u64,
    /// Places in go/types that wrote to shared memory.
    pub places: usize,
    /// Pairs of a place and a kind of operation that wrote there.
    pub kinds: usize,
    /// Pairs of a write and another goroutine's access to what was written, by place and kind of
    /// operation.
    pub pairs: usize,
}
