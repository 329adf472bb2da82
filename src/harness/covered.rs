//! A harness with Go's own coverage of go/types, which knows files and functions.
//!
//! The counters that campaigns are guided by have no table that says where each lies.
//! Go's coverage has one, and hides races: its counters are atomic under the race
//! detector. So this build serves the heat map alone, and no finding comes from it.

use super::build::{BuiltHarness, Extras, build_with};
use super::error::EnvError;
use super::toolchain::{GoOptions, Toolchain};
use super::xtools;

/// Instead of the campaign's counters. Without main among the packages, nothing writes what
/// was counted when the process ends.
const FLAGS: [&str; 3] = ["-cover", "-covermode=atomic", "-coverpkg=go/types,typerace/harness"];

impl BuiltHarness {
    /// The harness for [`super::HarnessConfig::cover_dir`], with the options' overlay and
    /// without their target.
    ///
    /// # Errors
    /// As for [`BuiltHarness::get`].
    pub fn covered(options: &GoOptions, progress: &mut dyn FnMut(&str)) -> Result<Self, EnvError> {
        let mut toolchain = Toolchain::find(options, progress)?;
        let options = GoOptions { target: None, ..options.clone() };
        let (extras, patched) = Extras::read(&mut toolchain, &options)?;
        let plain: Vec<String> = super::build::uninstrumented(toolchain.minor)
            .into_iter()
            .chain(FLAGS)
            .map(str::to_owned)
            .collect();
        let mut ways = vec![plain.clone()];
        if let Some(client) = xtools::flags(toolchain.minor) {
            ways.insert(0, [plain, client.to_vec()].concat());
        }
        let mut last = None;
        for flags in ways {
            match build_with(&toolchain, &flags, &extras, "with Go's coverage", progress) {
                Ok((path, key)) => {
                    return Ok(Self { path, key, toolchain, targets: Vec::new(), patched });
                }
                // Without x/tools, perhaps.
                Err(e @ EnvError::Build { .. }) => last = Some(e),
                Err(e) => return Err(e),
            }
        }
        Err(last.unwrap_or(EnvError::NoCounters))
    }
}
