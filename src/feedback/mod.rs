//! What makes an input worth keeping, and what makes it a finding.

mod covers;
mod finding;
mod interleaving;
mod lazy;

pub use covers::{Covers, CoversFeedback};
pub use finding::NewFindingFeedback;
pub use interleaving::{InterleavingFeedback, Pairs};
pub use lazy::{Known, LazyFeedback, LazyMap, Point};
