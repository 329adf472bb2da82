//! What passed between workers and machines, in figures.

use serde::{Deserialize, Serialize};

/// What passed through a broker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubFigures {
    /// Entries that workers sent, and their bytes as they went, compressed.
    pub entries: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Of them, those that had passed before.
    pub duplicates: u64,
    /// Entries and findings that came from other machines and were new.
    pub entries_received: u64,
    /// Findings.
    pub findings_received: u64,
    /// Findings sent, each state of one once.
    pub findings_sent: u64,
    /// Machines that are connected now.
    pub peers: u64,
    /// The port on which peers may connect.
    pub port: Option<u16>,
}
