//! A harness without the race detector. It is several times as fast, and runs what users of go/types
//! run. It shows what a race does to them, and reports no races.

use super::build::{BuiltHarness, Extras, build_for, unwatched};
use super::error::EnvError;
use super::toolchain::{GoOptions, Toolchain};

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
        let mut toolchain = Toolchain::find(options, progress)?;
        let options = GoOptions { target: None, ..options.clone() };
        let (extras, patched) = Extras::read(&mut toolchain, &options)?;
        let flags = unwatched(toolchain.minor);
        let how = "without the race detector";
        let (path, key) = build_for(&toolchain, &flags, &extras, how, progress)?;
        Ok(Self { path, key, toolchain, targets: Vec::new(), patched })
    }
}
