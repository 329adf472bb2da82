//! What passed between workers and machines, in figures.

use serde::{Deserialize, Serialize};

/// What passed through a broker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubFigures {
    /// Entries that workers sent, and their bytes as they went, compressed.
    pub entries: u64,
    /// Their bytes.
    pub bytes: u64,
    /// How many of these had passed before.
    pub duplicates: u64,
    /// Entries that came from other machines and were new.
    pub entries_received: u64,
    /// Findings that came from other machines and were new.
    pub findings_received: u64,
    /// Findings sent, each state of a finding once.
    pub findings_sent: u64,
    /// Machines that are connected now.
    pub peers: u64,
    /// The port to which peers may connect.
    pub port: Option<u16>,
}
