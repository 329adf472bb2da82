//! What happens to a finding after it was found.

mod load;
<<<<<<< HEAD
mod observe;
mod reproduce;

pub use load::*;
pub use observe::{observe, raw_report};
pub use reproduce::*;
=======
mod reproduce;

pub use load::{LoadError, load_case};
pub use reproduce::{Clear, Tally, runs_needed};
>>>>>>> w-find
