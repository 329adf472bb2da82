//! The compiler's verdict in finding.json.

use std::io;

use super::compile::Compiler;
use crate::store::{Store, StoreError};
use crate::testcase::{SourceCase, TestCaseError};

/// A verdict that could not be obtained or stored.
#[derive(Debug, thiserror::Error)]
pub enum VerdictError {
    /// The compiler did not run.
    #[error("cannot run the compiler: {0}")]
    Compiler(#[from] io::Error),
    /// The finding cannot be changed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Text that is not a test case.
    #[error(transparent)]
    Case(#[from] TestCaseError),
}

/// Asks the compiler about a finding's minimized test case, and stores what it says. `name` is the
/// name of the crash directory.
///
/// # Errors
/// The compiler does not run, or the finding cannot be changed.
pub fn put_verdict(
    store: &Store,
    name: &str,
    text: &str,
    compiler: &Compiler,
) -> Result<(), VerdictError> {
    let case = SourceCase::from_txtar(text)?;
    let verdict = compiler.compile(&case)?.verdict(&case, compiler);
    Ok(store.change(name, |finding| finding.compiler = Some(verdict))?)
}
