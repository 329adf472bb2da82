//! What a campaign says about itself, as plain data: nothing here runs or shows anything.

pub mod add;
pub mod figures;
pub mod found;
pub mod hub_figures;
pub mod message;
pub mod operators;
pub mod summary;
