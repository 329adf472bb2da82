//! What makes an input worth keeping, and what makes it a finding.

mod covers;
mod finding;

pub use covers::{Covers, CoversFeedback};
pub use finding::NewFindingFeedback;
