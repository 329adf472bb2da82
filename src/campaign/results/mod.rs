//! The results of a campaign as plain data. Nothing here runs or displays anything.

pub mod add;
pub mod figures;
pub mod found;
pub mod message;
pub mod never_hit;
pub mod operators;
pub mod roots;
pub mod sense_figures;
pub mod summary;
pub mod sync_figures;
