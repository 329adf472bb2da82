//! The arguments that choose Go, the same for every command.

use std::path::PathBuf;

use crate::harness::{BuiltHarness, GoOptions};
use crate::patches::{Choice, Wanted};

/// Says which patches are in a harness, if any were asked for.
pub fn say_patched(built: &BuiltHarness) {
    if let Some(line) = built.patched.line() {
        super::progress(&line);
    }
}

/// Which Go is tested.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Go")]
pub struct GoArgs {
    /// A go command, gotip for one; the one in PATH if not given
    #[arg(long, value_name = "PATH")]
    pub go: Option<PathBuf>,
    /// A local tree of Go that was built: the go command in its bin folder
    #[arg(long, value_name = "DIR", conflicts_with_all = ["go", "toolchain"])]
    pub goroot: Option<PathBuf>,
    /// A Go release, such as go1.25.3, fetched if it is not there
    #[arg(long, value_name = "VERSION")]
    pub toolchain: Option<String>,
    /// go build's own overlay: a patched go/types
    #[arg(long, value_name = "FILE")]
    pub overlay: Option<PathBuf>,
    /// Patches of known roots, so that what is found is new: known, none, or names such
    /// as R1,R3; `typerace patches` lists them
    #[arg(long, value_name = "WHICH", value_parser = str::parse::<Wanted>)]
    pub patch: Option<Wanted>,
    /// A folder of patches of your own, beside those inside typerace: docs/PATCHES.md
    #[arg(long, value_name = "DIR")]
    pub patches: Option<PathBuf>,
    /// A Go package of your own that registers operations: see docs/TARGETS.md
    #[arg(long, value_name = "DIR")]
    pub harness: Option<PathBuf>,
}

impl GoArgs {
    /// The same for the harness.
    #[must_use]
    pub fn options(&self) -> GoOptions {
        GoOptions {
            go: self.go.clone().or_else(|| Some(self.goroot.as_ref()?.join("bin/go"))),
            toolchain: self.toolchain.clone(),
            overlay: self.overlay.clone(),
            patches: Choice {
                wanted: self.patch.clone().unwrap_or_default(),
                dir: self.patches.clone(),
            },
            target: self.harness.clone(),
        }
    }

    /// One for each release that `--toolchain` lists, divided by commas.
    #[must_use]
    pub fn each(&self) -> Vec<GoOptions> {
        let all = self.options();
        let Some(list) = &self.toolchain else { return vec![all] };
        list.split(',')
            .map(|v| GoOptions { toolchain: Some(v.trim().to_owned()), ..all.clone() })
            .collect()
    }
}
