//! What happens to a finding after it was found.

mod observe;
mod reproduce;

pub use observe::{observe, raw_report};
pub use reproduce::*;
