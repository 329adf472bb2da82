//! What is done with a finding after it was found.

pub mod load;
pub mod reproduce;
