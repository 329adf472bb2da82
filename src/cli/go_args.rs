//! The arguments that choose the Go under test, the same for every command.

use std::path::{Path, PathBuf};

use crate::checker::Checker;
use crate::finding::Finding;
use crate::harness::{BuiltHarness, GoOptions};
use crate::patches::{Choice, Wanted};
use crate::triage::{SubjectError, again};

/// Prints which patches are in a harness, if any were requested.
pub fn say_patched(built: &BuiltHarness) {
    if let Some(line) = built.patched.line() {
        super::progress(&line);
    }
}

/// The options for building the Go under test; see [`GoArgs::under_test`].
pub fn under_test(mut options: GoOptions) -> GoOptions {
    if options.patches.is_none() {
        options.patches.dir = None;
    }
    options
}

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
    /// Type checker to test: go/types, or types2, the compiler's own [default: go/types]
    #[arg(long, value_name = "CHECKER", value_parser = str::parse::<Checker>)]
    pub checker: Option<Checker>,
    /// Overlay file in the format of `go build -overlay`, to test a patched go/types
    #[arg(long, value_name = "FILE")]
    pub overlay: Option<PathBuf>,
    /// Patches of known roots to apply, so that every finding is new: known, none, or names
    /// such as R1,R3; `typerace patches` lists them [default: none]
    #[arg(long, value_name = "WHICH", value_parser = str::parse::<Wanted>)]
    pub patch: Option<Wanted>,
    /// Folder of your own patches, in addition to the built-in ones; see docs/PATCHES.md
    #[arg(long, value_name = "DIR")]
    pub patches: Option<PathBuf>,
    /// Folder of your own Go package that registers operations; see docs/TARGETS.md
    #[arg(long, value_name = "DIR")]
    pub harness: Option<PathBuf>,
}

impl GoArgs {
    /// The type checker.
    #[must_use]
    pub fn checker(&self) -> Checker {
        self.checker.unwrap_or_default()
    }

    /// Converts the arguments to the harness's options.
    #[must_use]
    pub fn options(&self) -> GoOptions {
        GoOptions {
            checker: self.checker(),
            go: self.go.clone().or_else(|| Some(self.goroot.as_ref()?.join("bin/go"))),
            toolchain: self.toolchain.clone(),
            // Commands run in other folders.
            overlay: self.overlay.as_ref().map(|p| std::path::absolute(p).unwrap_or(p.clone())),
            patches: Choice {
                wanted: self.patch.clone().unwrap_or_default(),
                dir: self.patches.clone(),
            },
            target: self.harness.clone(),
        }
    }

    /// The options for building the Go under test, for a command that also runs findings under
    /// patches that are not in it. A folder of patches needs no `--patch` there.
    #[must_use]
    pub fn under_test(&self) -> GoOptions {
        under_test(self.options())
    }

    /// The options for running a stored test case again: those that the user chose or, without any,
    /// the go/types that the finding was found in. Prints what that is, if it is not a release.
    ///
    /// # Errors
    /// The finding was found in something that is not at hand.
    pub fn again(
        &self,
        crash: &Path,
        finding: Option<&Finding>,
    ) -> Result<GoOptions, SubjectError> {
        let mut given = self.options();
        if let Some(subject) = finding.and_then(|f| f.origin.subject.as_deref()) {
            if self.checker.is_some_and(|checker| checker != subject.checker) {
                // What it was found in says nothing about another checker.
                return Ok(given);
            }
            given.checker = subject.checker;
        }
        let (options, note) = again(crash, finding, given)?;
        if let Some(note) = note {
            super::progress(&note);
        }
        Ok(options)
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
