//! A harness with Go's own coverage of go/types, which knows files and functions.
//!
//! The counters that guide campaigns have no table of their source positions. Go's coverage has
//! one, but it hides races, because its counters are atomic under the race detector. So this build
//! serves only the heat map, and produces no findings.

use super::build::{BuiltHarness, Extras, build_with};
use super::error::EnvError;
use super::toolchain::{GoOptions, Toolchain};
use super::xtools;

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
                // The build may have failed because of x/tools: try without it.
                Err(e @ EnvError::Build { .. }) => last = Some(e),
                Err(e) => return Err(e),
            }
        }
        Err(last.unwrap_or(EnvError::NoCounters))
    }
}
