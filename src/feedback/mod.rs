//! What makes an input worth keeping, and what makes it a finding.

mod finding;
mod lazy;

pub use finding::NewFindingFeedback;
pub use lazy::{Known, LazyFeedback, LazyMap, Point};
