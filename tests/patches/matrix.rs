//! Patches against the programs of roots: builds the programs beside this file with a patched
//! go/types, and records what each shows. For the test and for `make patches`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use include_dir::{Dir, include_dir};
use typerace::harness::{Toolchain, patched_overlay};
use typerace::patches::{Choice, Wanted};

static PROGRAMS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/tests/patches");

/// The programs; the part before the first hyphen is the root.
pub const NAMES: [&str; 21] = [
    "n1",
    "n2",
    "n3",
    "n4",
    "n5",
    "n6",
    "r1",
    "r2",
    "r3",
    "r4",
    "r5",
    "r5-endless",
    "r5-61561",
    "r6",
    "r6-79655",
    "r6-76078",
    "r6-80150",
    "r7",
    "r8",
    "r9",
    "r10",
];

/// The time limit of a program. Programs that take long without the fault end quickly with it.
const LIMIT: Duration = Duration::from_secs(60);
const STUCK: Duration = Duration::from_secs(10);

/// The result of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// It finished.
    Nothing,
    /// A race.
    Race,
    /// A panic or a fatal error.
    Crash,
    /// It did not finish.
    Stuck,
}

impl Shown {
    pub fn as_str(self) -> &'static str {
        match self {
            Shown::Nothing => "–",
            Shown::Race => "race",
            Shown::Crash => "crash",
            Shown::Stuck => "stuck",
        }
    }
}

/// Whether a program belongs to a patch's root.
pub fn is_of(program: &str, id: &str) -> bool {
    program.split('-').next().is_some_and(|root| root.eq_ignore_ascii_case(id))
}

/// The overlay with some patches.
pub fn overlay(go: &Toolchain, ids: &[&str]) -> Option<PathBuf> {
    let names = ids.iter().map(|&id| id.to_owned()).collect();
    let choice = Choice { wanted: Wanted::Names(names), dir: None };
    patched_overlay(go, None, &choice).unwrap_or_else(|e| panic!("{ids:?}: {e}")).0
}

/// The built programs.
pub struct Programs {
    dir: tempfile::TempDir,
}

impl Programs {
    /// Builds them with an overlay.
    pub fn build(go: &Toolchain, overlay: Option<&Path>) -> Result<Self, String> {
        let dir = tempfile::tempdir().unwrap();
        for file in PROGRAMS.files().filter(|f| f.path().extension().is_some_and(|e| e == "go")) {
            fs::write(dir.path().join(file.path()), file.contents()).unwrap();
        }
        fs::write(dir.path().join("go.mod"), "module patches\n\ngo 1.21\n").unwrap();
        let mut build = go.command();
        build.args(["build", "-race", "-o", "patches"]).current_dir(dir.path());
        build.args(overlay.iter().flat_map(|o| [Path::new("-overlay"), o]));
        let output = build.arg(".").output().unwrap();
        match output.status.success() {
            true => Ok(Self { dir }),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }

    /// Runs one.
    pub fn run(&self, name: &str) -> Shown {
        let mut child = Command::new(self.dir.path().join("patches"))
            .arg(name)
            .env("GORACE", "atexit_sleep_ms=0 halt_on_error=1")
            .env("GODEBUG", "gotypesalias=1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(self.dir.path().join("output")).unwrap())
            .spawn()
            .unwrap();
        let began = Instant::now();
        let limit = if name.starts_with("r5") || name == "n5" { STUCK } else { LIMIT };
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return match status.code() {
                    Some(0) => Shown::Nothing,
                    Some(66) => Shown::Race,
                    Some(2) => Shown::Crash,
                    // For example, out of memory.
                    _ => Shown::Stuck,
                };
            }
            if began.elapsed() > limit {
                child.kill().unwrap();
                child.wait().unwrap();
                return Shown::Stuck;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Runs a program, up to three times until it shows something, because a race shows by chance.
    pub fn shows(&self, name: &str) -> Shown {
        let mut runs = (0..3).map(|_| self.run(name));
        runs.find(|s| *s != Shown::Nothing).unwrap_or(Shown::Nothing)
    }
}
