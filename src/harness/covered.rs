//! A harness with Go's own coverage of go/types, which knows files and functions.
//!
//! The counters that guide campaigns have no table of their source positions. Go's coverage has
//! one, but it hides races, because its counters are atomic under the race detector. So this build
//! serves only the heat map, and produces no findings.

use super::build::{BuiltHarness, build_for};
use super::error::EnvError;
use super::flags::uninstrumented;
use super::toolchain::GoOptions;

/// Replaces the campaign's counters. Unless main is among the packages, nothing writes the counts
/// when the process exits.
const FLAGS: [&str; 3] = ["-cover", "-covermode=atomic", "-coverpkg=go/types,typerace/harness"];

impl BuiltHarness {
    /// Builds the harness for [`super::HarnessConfig::cover_dir`], with the options' overlay but
    /// without their target.
    ///
    /// # Errors
    /// As for [`BuiltHarness::get`].
    pub fn covered(options: &GoOptions, progress: &mut dyn FnMut(&str)) -> Result<Self, EnvError> {
        let flags = |minor, checker| {
            let mut flags = uninstrumented(minor, checker);
            flags.extend(FLAGS.map(str::to_owned));
            flags
        };
        build_for(options, flags, "with Go's coverage", progress)
    }
}
