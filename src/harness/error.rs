//! Errors that mean that there is no harness, or that it failed.

use std::io;
use std::path::PathBuf;

use super::build::is_of_checker;
use super::wire::WireError;
use crate::go_release;
use crate::goast;
use crate::patches::PatchError;
use crate::scenario::{NotOffered, UnknownTarget};

/// The environment does not work: no Go, no race detector. Exit code 3.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // The messages say what the fields are.
pub enum EnvError {
    #[error("no go command was found, and none could be installed: {why}")]
    NoGo { why: String },
    #[error("{path} is not a go command: {why}")]
    NotGo { path: PathBuf, why: String },
    #[error("the Go tree {goroot} is not built: it has no bin/go")]
    NotBuilt { goroot: PathBuf },
    #[error("{path} is {version}, which is too old: go1.{oldest} or later is needed", oldest = go_release::OLDEST)]
    GoTooOld { path: PathBuf, version: String },
    #[error("typerace does not run on {os}/{arch}")]
    NoPlatform { os: String, arch: String },
    #[error("there is no toolchain {wanted}: {why}")]
    NoToolchain { wanted: String, why: String },
    #[error("no C compiler was found ({tried}), and go build -race needs one")]
    NoCompiler { tried: String },
    #[error("the overlay {path} cannot be used: {why}")]
    BadOverlay { path: PathBuf, why: String },
    #[error(transparent)]
    Patch(#[from] PatchError),
    #[error("the target {path} cannot be used: {why}")]
    BadTarget { path: PathBuf, why: String },
    #[error("there is no folder for the cache: neither XDG_CACHE_HOME nor HOME is set")]
    NoCacheDir,
    #[error("cannot write to {path}: {source}")]
    Write { path: PathBuf, source: io::Error },
    #[error("the harness does not build with {version}:\n{output}")]
    Build { version: String, output: String },
    #[error("the build of the harness with {version} was killed{}", lines_below(output))]
    BuildKilled { version: String, output: String },
    #[error("cannot start the harness {path}: {source}")]
    Start { path: PathBuf, source: io::Error },
    #[error("the harness ended at its start, {status}:\n{output}")]
    DiedAtStart { status: String, output: String },
    #[error("the harness did not report ready within {seconds} s of its start:\n{output}")]
    SilentAtStart { seconds: u64, output: String },
    #[error("interrupted while the harness started")]
    Interrupted,
    #[error("the harness speaks version {theirs} of the protocol, typerace {ours}")]
    WrongProtocol { theirs: u32, ours: u32 },
    #[error("the harness's first message is not a valid hello: {source}")]
    BadHello { source: WireError },
    #[error("the harness was built without the race detector")]
    NoRaceDetector,
    #[error("the harness has no coverage counters: go/types was not instrumented")]
    NoCounters,
    #[error("the harness has {counters} coverage counters, more than the map's {room}")]
    TooManyCounters { counters: u32, room: usize },
}

impl EnvError {
    /// Whether the fault is in what the user gave, not in the machine.
    #[must_use]
    pub fn is_of_input(&self) -> bool {
        match self {
            Self::BadOverlay { .. } | Self::BadTarget { .. } | Self::Patch(_) => true,
            Self::Build { output, .. } => is_of_checker(output),
            _ => false,
        }
    }

    /// Advice for the user.
    #[must_use]
    pub fn help(&self) -> String {
        let retry = "rm -r the harness's folder in the cache (typerace doctor shows it) and try again; if that does not help, report it";
        match self {
            EnvError::NoGo { .. } => {
                "install Go 1.21 or later, or python3 with pip (typerace then gets Go by itself), or give --go PATH".into()
            }
            EnvError::NotGo { path, .. } if path.ends_with("bin/go") && !path.exists() => {
                "give --goroot the root of a Go tree that is built: a folder with src and, after src/make.bash, bin/go; or give --go the path of a go command".into()
            }
            EnvError::NotGo { .. } => "give --go the path of a go command, GOROOT/bin/go".into(),
            EnvError::NotBuilt { goroot } => {
                format!("build it first: cd {} && ./make.bash; then give --goroot again", goroot.join("src").display())
            }
            EnvError::GoTooOld { .. } => {
                "install a newer Go, give --go PATH, or let typerace get one: --toolchain go1.27.3".into()
            }
            EnvError::NoPlatform { .. } => {
                "use Linux on x86-64 or arm64, for example in a container or a virtual machine; findings can be read anywhere (typerace report)".into()
            }
            EnvError::NoToolchain { .. } => {
                "give --toolchain a released version such as go1.26.0; getting one needs the Go module proxy or pip's index".into()
            }
            EnvError::NoCompiler { .. } => {
                "install gcc or clang with the C library's headers (Debian: apt-get install gcc libc6-dev), or set CC".into()
            }
            EnvError::BadOverlay { .. } => {
                "--overlay takes the file of go build -overlay: {\"Replace\": {\"/path/in/GOROOT\": \"/path/of/replacement\"}}".into()
            }
            EnvError::Patch(e) => e.help().into(),
            EnvError::BadTarget { .. } => {
                "--harness takes the folder of a Go package that registers operations with typerace/harness/target; docs/TARGETS.md has examples".into()
            }
            EnvError::NoCacheDir => "set XDG_CACHE_HOME to a folder that can be written".into(),
            EnvError::Write { source, .. } => if crate::files::is_full(source) {
                "make room on that disk, or set XDG_CACHE_HOME and TMPDIR to folders elsewhere".into()
            } else {
                "make it writable, or set XDG_CACHE_HOME and TMPDIR to folders that are".into()
            },
            EnvError::Build { output, .. } => build_help(output).into(),
            EnvError::BuildKilled { .. } => {
                "the system kills a process when memory is short: make room, and start again".into()
            }
            EnvError::Start { .. } | EnvError::BadHello { .. } | EnvError::NoCounters => retry.into(),
            EnvError::DiedAtStart { .. } | EnvError::SilentAtStart { .. } => {
                "the lines above are the harness's own; the race detector needs a 64-bit system that grants it address space: check ulimit -v, containers' limits, and that kernel.randomize_va_space or a hardened kernel does not refuse it".into()
            }
            EnvError::WrongProtocol { .. } => retry.into(),
            EnvError::Interrupted => "start again".into(),
            EnvError::NoRaceDetector => {
                "the Go toolchain builds without -race even when asked to use it: check GOFLAGS and the go command's wrappers".into()
            }
            EnvError::TooManyCounters { .. } => "report it: the map has to grow".into(),
        }
    }
}

fn lines_below(output: &str) -> String {
    if output.is_empty() { String::new() } else { format!(":\n{output}") }
}

/// The most likely remedy for a failed build.
fn build_help(output: &str) -> &'static str {
    if output.contains("no space left") {
        "make room on the disk, or set GOCACHE, GOTMPDIR and XDG_CACHE_HOME to folders elsewhere"
    } else if output.contains("runtime/cgo") || output.contains("stdlib.h") {
        "the C compiler does not work: install the C library's headers (Debian: apt-get install gcc libc6-dev), or set CC"
    } else if is_of_checker(output) {
        "the checker under test does not compile: correct the lines above, then run the same command again"
    } else if output.contains("-race") && output.contains("support") {
        "this system or processor has no race detector; linux/amd64 and linux/arm64 have one"
    } else {
        "try another Go: --toolchain go1.27.3; with --overlay or --patches, check that the replacement compiles"
    }
}

/// A harness that does not do what it was asked to do.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum HarnessError {
    #[error(transparent)]
    Env(#[from] EnvError),
    #[error(transparent)]
    Target(#[from] UnknownTarget),
    #[error(transparent)]
    NotOffered(#[from] NotOffered),
    #[error("the harness sent a reply that does not decode while {during}: {source}")]
    Reply { during: &'static str, source: WireError },
    #[error("the harness sent the wrong reply while {during}: {what}")]
    Confused { during: &'static str, what: String },
    #[error("the request for {during} cannot be sent: {source}")]
    Request { during: &'static str, source: WireError },
    #[error("the harness died while {during}, {status}:\n{output}")]
    Died { during: &'static str, status: String, output: String },
    #[error("the harness did not answer in time while {during}:\n{dump}")]
    TimedOut { during: &'static str, dump: String },
    #[error(
        "the harness misused go/types, which is its own fault and no finding; please report it \
         with the test case: {what}"
    )]
    Misuse { what: String },
    #[error("interrupted")]
    Interrupted,
    #[error("the harness's tree does not decode: {0}")]
    Tree(#[source] goast::ImportError),
    #[error("{doing}: {source}")]
    Io { doing: &'static str, source: io::Error },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_build_says_what_it_needs() {
        let help = |output: &str| {
            EnvError::Build { version: "go1.27.3".into(), output: output.into() }.help()
        };
        assert!(help("# runtime/cgo\nfatal error: stdlib.h: No such file").contains("libc6-dev"));
        assert!(help("write x: no space left on device").contains("GOCACHE"));
        assert!(help("-race is not supported on linux/386").contains("linux/amd64"));
        assert!(help("undefined: types.Foo").contains("--toolchain"));
    }

    #[test]
    fn a_full_disk_has_its_own_help() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let e = EnvError::Write { path: "/c".into(), source: full };
        assert!(e.help().contains("make room"), "{}", e.help());
    }
}
