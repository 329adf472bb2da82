//! The arguments that choose the Go under test, the same for every command.

use std::path::PathBuf;

use crate::harness::GoOptions;

/// Which Go to test.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Go")]
pub struct GoArgs {
    /// Go command to use, for example gotip [default: the one in PATH]
    #[arg(long, value_name = "PATH")]
    pub go: Option<PathBuf>,
    /// Local Go tree, already built; uses the go command in its bin folder
    #[arg(long, value_name = "DIR", conflicts_with_all = ["go", "toolchain"])]
    pub goroot: Option<PathBuf>,
    /// Go release, such as go1.25.3; downloaded if it is not installed
    #[arg(long, value_name = "VERSION")]
    pub toolchain: Option<String>,
    /// Overlay file in the format of `go build -overlay`, to test a patched go/types
    #[arg(long, value_name = "FILE")]
    pub overlay: Option<PathBuf>,
    /// Folder of your own Go package that registers operations; see docs/TARGETS.md
    #[arg(long, value_name = "DIR")]
    pub harness: Option<PathBuf>,
}

impl GoArgs {
    /// Converts the arguments to the harness's options.
    #[must_use]
    pub fn options(&self) -> GoOptions {
        GoOptions {
            go: self.go.clone().or_else(|| Some(self.goroot.as_ref()?.join("bin/go"))),
            toolchain: self.toolchain.clone(),
            overlay: self.overlay.clone(),
            target: self.harness.clone(),
        }
    }

    /// Returns one set of options for each release in the comma-separated `--toolchain`.
    #[must_use]
    pub fn each(&self) -> Vec<GoOptions> {
        let all = self.options();
        let Some(list) = &self.toolchain else { return vec![all] };
        list.split(',')
            .map(|v| GoOptions { toolchain: Some(v.trim().to_owned()), ..all.clone() })
            .collect()
    }
}
