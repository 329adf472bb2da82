//! Go programs as syntax trees: nodes named as in `go/ast`, a printer, walks,
//! scopes. Knows no LibAFL and no process.

mod node;
pub mod scope;
mod token;

pub use node::*;
pub use token::{BranchTok, ChanDir, DeclTok, LitKind, Token};
