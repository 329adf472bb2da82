//! What makes an input worth keeping, and what makes it a finding.

mod finding;
mod interleaving;

pub use finding::NewFindingFeedback;
pub use interleaving::{InterleavingFeedback, Pairs};
