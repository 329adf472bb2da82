//! What happens to a finding after it was found.

mod load;
mod observe;
mod reproduce;

pub use load::*;
pub use observe::{observe, raw_report};
pub use reproduce::*;
