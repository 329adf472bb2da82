//! What makes an input worth keeping, and what makes it a finding.

mod finding;
mod interleaving;
mod lazy;

pub use finding::NewFindingFeedback;
pub use interleaving::{InterleavingFeedback, Pairs};
pub use lazy::{Known, LazyFeedback, LazyMap, Point};
