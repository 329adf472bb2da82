//! Decides which inputs to keep and which are findings.

mod covers;
mod finding;
mod time;

pub use covers::{Covers, CoversFeedback};
pub use finding::NewFindingFeedback;
pub use time::RunTimeFeedback;
