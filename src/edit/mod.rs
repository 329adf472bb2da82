//! The kit for editing trees, which mutators and the minimizer share: a walk
//! that knows scopes, references, names, repair, bounds, types that fit a
//! place. It draws from no corpus and knows no operator.

pub(crate) mod address;
mod bounds;
pub(crate) mod env;
pub(crate) mod members;
pub(crate) mod phrase;
pub(crate) mod references;
pub(crate) mod repair;
mod slice;
pub(crate) mod symbols;
pub(crate) mod syntax;
#[cfg(test)]
pub(crate) mod test_support;
pub(crate) mod types;
pub(crate) mod walk;

pub use bounds::{MAX_DEPTH, MAX_GOROUTINES, MAX_OPERATIONS, MAX_PACKAGES, node_count, within};
pub use repair::repair;
pub use slice::slices;
