//! Go programs as syntax trees: nodes named as in `go/ast`, a printer, walks,
//! scopes. Knows no LibAFL and no process.

pub mod build;
mod import;
mod node;
mod normalize;
mod printer;
mod query;
pub mod scope;
mod token;
pub mod walk;

#[cfg(test)]
mod tests;

pub use import::ImportError;
pub use node::*;
pub use query::{MAX_DEPTH, Size};
pub use token::{BranchTok, ChanDir, DeclTok, LitKind, Token, is_keyword};
pub use walk::{FieldRole, FuncRole, NameRole, Role, Visitor, VisitorMut};
