//! Chooses test cases, mutates them, and accounts for their cost.

pub mod budget;
pub mod directed;
pub mod follow;
pub mod mutant_stage;
pub mod operator_table;
pub mod scheduler;
pub mod tree_mutator;
