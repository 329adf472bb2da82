//! The compiler as a second opinion: `go tool compile` on the packages of a test case.
//!
//! ```text
//! process       one run of the compiler, with limits of time and memory
//! compile       the packages in the order of their imports
//! differences   what the compiler and go/types may judge differently
//! judge         the compiler against go/types: a verdict, and findings
//! stored        the verdict in finding.json
//! ```

mod compile;
mod differences;
mod judge;
mod process;
mod stored;

pub use compile::{Compiled, Compiler};
pub use judge::{Opinion, OpinionError, compiler_case, second_opinion};
pub use stored::put_verdict;
