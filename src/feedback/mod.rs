//! What makes an input worth keeping, and what makes it a finding.

mod finding;

pub use finding::NewFindingFeedback;
