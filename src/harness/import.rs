//! Parses a test case's text into trees with the toolchain's own parser.

use super::wire::MAX_FRAME;
use super::{Harness, HarnessError, SyntaxError, WireError};
use crate::testcase::{SourceCase, TestCase};

/// Errors that keep a test case's text from becoming trees.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file is not Go.
    #[error("{file} does not parse: {}", list(.errors))]
    Syntax {
        /// The file's name.
        file: String,
        /// The position and the reason.
        errors: Vec<SyntaxError>,
    },
    /// A file is longer than a request may be.
    #[error("{file} is {bytes} bytes long, more than the {} MiB that the harness takes", MAX_FRAME >> 20)]
    TooLong {
        /// The file's name.
        file: String,
        /// Its length.
        bytes: usize,
    },
    /// The harness does not respond.
    #[error(transparent)]
    Harness(#[from] HarnessError),
}

/// The first few messages, each with its place.
fn list(errors: &[SyntaxError]) -> String {
    let shown: Vec<_> = errors
        .iter()
        .take(3)
        .map(|e| match e.line {
            0 => e.message.clone(),
            line => format!("line {line}:{}: {}", e.column, e.message),
        })
        .collect();
    let more = if errors.len() > 3 { "; …" } else { "" };
    shown.join("; ") + more
}

impl Harness {
    /// Parses every file of a test case. A test case without directives gets the default scenario.
    ///
    /// # Errors
    /// A file that does not parse, or a harness that does not answer.
    pub fn import(&mut self, source: &SourceCase) -> Result<TestCase, ImportError> {
        TestCase::from_source(source, &mut |name, text| {
            let file = || name.to_owned();
            match self.parse(name, text) {
                Err(HarnessError::Request { source: WireError::TooLong(_), .. }) => {
                    Err(ImportError::TooLong { file: file(), bytes: text.len() })
                }
                Err(e) => Err(e.into()),
                Ok(tree) => tree.map_err(|errors| ImportError::Syntax { file: file(), errors }),
            }
        })
    }
}
