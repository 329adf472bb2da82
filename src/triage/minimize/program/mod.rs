//! Reducers of programs.

pub(super) mod bodies;
pub(super) mod decls;
pub(super) mod files;
pub(super) mod forget;
pub(super) mod inline;
pub(super) mod lift;
pub(super) mod members;
pub(super) mod merge_packages;
pub(super) mod packages;
pub(super) mod signatures;
pub(super) mod source;
pub(super) mod stmts;
pub(super) mod type_params;
pub(super) mod types;
pub(super) mod unname;
pub(super) mod values;
pub(super) mod vars;
