//! Decides which inputs to keep and which are findings.

mod covers;
mod finding;
mod shared_write;
mod time;

pub use covers::{Covers, CoversFeedback};
pub use finding::NewFindingFeedback;
pub use shared_write::SharedWriteFeedback;
pub use time::RunTimeFeedback;
