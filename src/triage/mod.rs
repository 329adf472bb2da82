//! What happens to a finding after it was found.

mod observe;
mod reproduce;

pub use observe::observe;
pub use reproduce::*;
