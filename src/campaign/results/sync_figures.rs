//! What a campaign shared with other machines, in figures.

use serde::{Deserialize, Serialize};

/// What passed between a campaign and the storage that it shares with others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncFigures {
    /// Entries that were written there.
    pub entries_sent: u64,
    /// Findings that were written there, each state of a finding once.
    pub findings_sent: u64,
    /// Entries of other machines that were taken, to be run here.
    pub entries_received: u64,
    /// Findings of other machines that were taken, to be run here.
    pub findings_received: u64,
    /// Objects that were refused.
    pub refused: u64,
    /// Sources that are passed over because their objects failed.
    pub passed_over: u64,
    /// Bytes written.
    pub bytes_sent: u64,
    /// Bytes read.
    pub bytes_received: u64,
    /// Requests to the storage: lists, reads and writes.
    pub requests: u64,
}
