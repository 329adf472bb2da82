//! How test cases are chosen, mutated and paid for.

pub mod budget;
pub mod mutant_stage;
pub mod operator_table;
pub mod scheduler;
pub mod tree_mutator;
