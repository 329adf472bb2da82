//! Processing of findings after they were found.

pub mod compiler;
pub mod consequence;
mod growth;
mod judge;
mod load;
pub mod minimize;
mod not_run;
mod observe;
mod oracle;
mod replay;
mod reproduce;
pub mod root;
pub mod standalone;
mod subject;
mod vouched;

pub use growth::{Growth, repeat};
pub use judge::{Judge, Judgement, origin_of};
pub use load::{LoadError, load_case, minimized_case};
pub use not_run::{Ran, not_run};
pub use observe::{observe, raw_report};
pub use replay::{Replay, anew, replay, shows};
pub use reproduce::{Clear, Tally, runs_needed};
pub use subject::{Quotes, SubjectError, again, subject_of};
