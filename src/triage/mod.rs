//! What is done with a finding after it was found.

mod load;
mod observe;
mod reproduce;

pub use load::{LoadError, load_case};
pub use observe::{observe, raw_report};
pub use reproduce::{Clear, Tally, runs_needed};
