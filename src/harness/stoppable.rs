//! Builds in the background that end when their campaign does, with the compilers that they started.

use std::cell::RefCell;
use std::io::{self, Read as _, Seek as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::sys::{kill, spawn_tied, tie};

/// How often the flag is looked at. A campaign that ends waits for nothing else here.
const POLL: Duration = Duration::from_millis(5);

thread_local! {
    static STOP: RefCell<Option<Arc<AtomicBool>>> = const { RefCell::new(None) };
}

/// Whether the builds of the calling thread are to end.
#[must_use]
pub fn are_builds_stopped() -> bool {
    STOP.with_borrow(|stop| stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed)))
}

/// Makes the builds of the calling thread end when the flag is set. In other threads a build is in
/// the terminal's process group, so that Ctrl-C ends it.
pub fn stop_builds_with(flag: Arc<AtomicBool>) {
    STOP.set(Some(flag));
}

/// Runs a command of a build. Its output is that on standard error.
pub(super) fn output(command: &mut Command) -> io::Result<Output> {
    match STOP.with_borrow(Clone::clone) {
        None => tie(command).output(),
        Some(stop) => until(command, &stop),
    }
}

fn until(command: &mut Command, stop: &AtomicBool) -> io::Result<Output> {
    // A pipe that nobody reads could fill.
    let mut said = tempfile::tempfile()?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(said.try_clone()?);
    let mut child = spawn_tied(command)?;
    let _guard = Guard::of(&child).ok();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if stop.load(Ordering::Relaxed) {
            kill(&child);
            break child.wait()?;
        }
        std::thread::sleep(POLL);
    };
    let mut stderr = Vec::new();
    said.rewind()?;
    said.read_to_end(&mut stderr)?;
    Ok(Output { status, stdout: Vec::new(), stderr })
}

/// A process that kills the group of a build if this process is killed. Only the go command itself
/// is tied to this process, and the compilers that it started would go on without it.
struct Guard(Child);

impl Guard {
    fn of(build: &Child) -> io::Result<Self> {
        let group = i32::try_from(build.id()).map_err(io::Error::other)?;
        let mut shell = Command::new("/bin/sh");
        // The pipe ends when this process does.
        shell.args(["-c", "read nothing; kill -KILL 0"]).stdin(Stdio::piped());
        shell.stdout(Stdio::null()).stderr(Stdio::null()).process_group(group);
        shell.spawn().map(Self)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // Before its pipe ends. It may be gone, with the group.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt as _;
    use std::time::Instant;

    #[test]
    fn a_command_ends_with_what_it_started() {
        let stop = AtomicBool::new(false);
        let mut command = Command::new("sh");
        command.args(["-c", "echo said >&2; exit 3"]);
        let done = until(&mut command, &stop).unwrap();
        assert_eq!((done.status.code(), &done.stderr[..]), (Some(3), &b"said\n"[..]));

        stop.store(true, Ordering::Relaxed);
        let tmp = tempfile::tempdir().unwrap();
        let file = tmp.path().join("late");
        let late = format!("(sleep 1; touch {}) & sleep 20", file.display());
        let mut command = Command::new("sh");
        command.args(["-c", &late]);
        let began = Instant::now();
        assert!(!until(&mut command, &stop).unwrap().status.success());
        assert!(began.elapsed() < Duration::from_secs(10));
        std::thread::sleep(Duration::from_millis(1_500));
        assert!(!file.exists(), "a process that it started lives on");
    }

    #[test]
    fn a_build_ends_with_this_process() {
        let started = || {
            let mut command = Command::new("sh");
            command.args(["-c", "sleep 20 & wait"]);
            spawn_tied(&mut command).unwrap()
        };
        let mut child = started();
        let mut guard = Guard::of(&child).unwrap();
        // What the end of this process does.
        drop(guard.0.stdin.take());
        let began = Instant::now();
        assert_eq!(child.wait().unwrap().signal(), Some(9));
        assert_eq!(guard.0.wait().unwrap().signal(), Some(9), "all of its group");
        assert!(began.elapsed() < Duration::from_secs(10));

        let mut child = started();
        drop(Guard::of(&child).unwrap());
        std::thread::sleep(Duration::from_millis(200));
        assert!(child.try_wait().unwrap().is_none(), "the guard of a build that goes on");
        kill(&child);
        child.wait().unwrap();
    }
}
