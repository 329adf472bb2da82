//! Reducers of scenarios.

pub(super) mod completed;
pub(super) mod expressions;
pub(super) mod goroutines;
pub(super) mod instances;
pub(super) mod meets;
pub(super) mod operations;
pub(super) mod queries;
pub(super) mod redirect;
pub(super) mod schedule;
pub(super) mod settings;
