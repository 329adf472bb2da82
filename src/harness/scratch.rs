//! The private folder of a harness: its working directory and its race logs.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use super::sys::is_alive;

const PREFIX: &str = "typerace-run-";

/// A temporary folder. It is removed when dropped or, if typerace was killed, by the next typerace
/// that starts.
#[derive(Debug)]
pub(crate) struct Scratch(tempfile::TempDir);

impl Scratch {
    pub(crate) fn new() -> io::Result<Self> {
        Self::new_in(&std::env::temp_dir())
    }

    fn new_in(parent: &Path) -> io::Result<Self> {
        sweep(parent);
        let space = pid_namespace().unwrap_or_else(|| "x".to_owned());
        let prefix = format!("{PREFIX}{space}-{}-", std::process::id());
        let dir = tempfile::Builder::new().prefix(&prefix).tempdir_in(parent)?;
        fs::create_dir(dir.path().join("cwd"))?;
        Ok(Self(dir))
    }

    /// Makes the folder again if it was removed, as cleaners of temporary folders do with what
    /// nobody has touched for days.
    pub(super) fn restore(&self) -> io::Result<()> {
        match fs::DirBuilder::new().recursive(true).mode(0o700).create(self.cwd()) {
            Err(e) => Err(io::Error::new(e.kind(), format!("{}: {e}", self.cwd().display()))),
            ok => ok,
        }
    }

    /// An empty working directory.
    pub(crate) fn cwd(&self) -> PathBuf {
        self.0.path().join("cwd")
    }

    /// The file for the profile of a harness whose heap exceeds the cap.
    pub(super) fn heap_profile(&self) -> PathBuf {
        self.0.path().join("heap")
    }

    /// The race detector's `log_path`: it appends a dot and the process id.
    pub(super) fn race_log(&self) -> PathBuf {
        self.0.path().join("race")
    }
}

/// The number of the process id namespace: containers that share a temporary folder have processes
/// with the same ids.
fn pid_namespace() -> Option<String> {
    let link = fs::read_link("/proc/self/ns/pid").ok()?;
    let number: String = link.to_str()?.chars().filter(char::is_ascii_digit).collect();
    (!number.is_empty()).then_some(number)
}

/// Removes the temporary folders of processes that were killed.
pub(crate) fn sweep_scratch() {
    sweep(&std::env::temp_dir());
}

fn sweep(parent: &Path) {
    let Some(space) = pid_namespace() else { return };
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let dead = name
            .to_str()
            .and_then(|n| n.strip_prefix(PREFIX)?.strip_prefix(space.as_str())?.strip_prefix('-'))
            .and_then(|n| n.split('-').next()?.parse().ok())
            .is_some_and(|pid| !is_alive(pid));
        if dead {
            // It belongs to another user, or another process is sweeping too; leave it.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_the_dead_are_swept() {
        let parent = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new("/bin/true").spawn().unwrap();
        child.wait().unwrap();
        let space = pid_namespace().unwrap();
        let make = |name: String| {
            let path = parent.path().join(name);
            fs::create_dir(&path).unwrap();
            fs::write(path.join("race.1"), "x").unwrap();
            path
        };
        let stale = make(format!("{PREFIX}{space}-{}-abc", child.id()));
        let other_container = make(format!("{PREFIX}7-{}-abc", child.id()));
        let other_program = make(format!("other-{}-abc", child.id()));
        let live = Scratch::new_in(parent.path()).unwrap();
        let second = Scratch::new_in(parent.path()).unwrap();
        assert!(!stale.exists());
        assert!(other_container.exists() && other_program.exists());
        assert!(live.cwd().is_dir() && second.cwd().is_dir());
        let path = second.cwd();
        drop(second);
        assert!(!path.exists());
    }
}
