//! A harness without the race detector. It is several times as fast, and runs what users of go/types
//! run. It shows what a race does to them, and reports no races.

use super::build::{BuiltHarness, build_for};
use super::error::EnvError;
use super::flags::unwatched;
use super::toolchain::GoOptions;

impl BuiltHarness {
    /// Builds the harness for [`super::HarnessConfig::race`] `false`, with the options' overlay and
    /// patches but without their target.
    ///
    /// # Errors
    /// As for [`BuiltHarness::get`].
    pub fn unwatched(
        options: &GoOptions,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Self, EnvError> {
        build_for(options, unwatched, "without the race detector", progress)
    }
}
