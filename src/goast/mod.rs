//! Go programs as syntax trees: nodes named as in `go/ast`, a printer, walks,
//! scopes. Knows no LibAFL and no process.

mod build;
mod import;
mod node;
mod normalize;
mod printer;
pub mod scope;
mod token;
pub mod walk;

#[cfg(test)]
mod tests;

pub use build::MAX_DEPTH;
pub use import::ImportError;
pub use node::*;
pub use token::{BranchTok, ChanDir, DeclTok, LitKind, Token, is_keyword};
pub use walk::{FieldRole, NameRole, Role, Visitor, VisitorMut};
