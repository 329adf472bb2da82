//! What a program is like beside its test case.

use crate::finding::Direct;

/// Properties of a program that the test case does not determine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The number of attempts, each with new packages.
    pub attempts: u32,
    /// Whether each check records its results in a `types.Info`.
    pub info: bool,
    /// The minor version of the Go release that the program is for: 27 for Go 1.27.
    pub go_minor: u32,
    /// Whether goroutines wait for one another in importers, if the scenario says so.
    pub meet: bool,
    /// Replacements of operations.
    pub direct: Vec<Direct>,
    /// Whether the program is a probe, which looks for replacements itself.
    pub probe: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            attempts: 100,
            info: false,
            go_minor: 26,
            meet: true,
            direct: Vec::new(),
            probe: false,
        }
    }
}
