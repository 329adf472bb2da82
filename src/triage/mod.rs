//! What is done with a finding after it was found.

mod judge;
mod load;
mod observe;
mod oracle;
mod replay;
mod reproduce;

pub use judge::{Judge, Judgement};
pub use load::{LoadError, load_case};
pub use observe::{observe, raw_report};
pub use replay::{Replay, replay, shows};
pub use reproduce::{Clear, Tally, runs_needed};
