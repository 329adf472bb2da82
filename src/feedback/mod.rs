//! What makes an input worth keeping, and what makes it a finding.

mod covers;
mod finding;
mod time;

pub use covers::{Covers, CoversFeedback};
pub use finding::NewFindingFeedback;
pub use time::RunTimeFeedback;
