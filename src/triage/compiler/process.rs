//! One run of the compiler, with limits of time and memory.

use std::io::{self, Read as _, Seek as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::finding::CompilerEnd;
use crate::harness::{are_builds_stopped, quit, resident, spawn_tied};

/// The time limit for one package.
const TIME: Duration = Duration::from_secs(10);
/// The limit on resident memory, in bytes. A stack that overflows takes up to 768 MiB first.
const MEMORY: u64 = 1 << 30;
/// How long the compiler may take to print its stacks.
const LAST_WORDS: Duration = Duration::from_secs(3);
/// How much of its output is kept.
const OUTPUT: u64 = 1 << 20;

/// Runs the compiler. Returns how it ended, and its output.
pub(super) fn run(command: &mut Command) -> io::Result<(CompilerEnd, String)> {
    let mut output = tempfile::tempfile()?;
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output.try_clone()?);
    let mut child = spawn_tied(command)?;
    let ended = wait(&mut child, TIME, true);
    let ended = match ended {
        Ok(None) => {
            // It prints the stack of every goroutine, and exits.
            quit(&child);
            let _ = wait(&mut child, LAST_WORDS, false);
            child.kill()?;
            child.wait()?;
            None
        }
        ended => {
            // Also if its state cannot be read.
            let _ = child.kill();
            child.wait()?;
            ended?
        }
    };
    let mut said = Vec::new();
    output.rewind()?;
    output.take(OUTPUT).read_to_end(&mut said)?;
    let said = String::from_utf8_lossy(&said).into_owned();
    let end = match ended {
        None => CompilerEnd::Hang,
        // Nothing here sends it a signal: the kernel did, for example because memory ran out.
        Some(status) if status.signal().is_some() => CompilerEnd::Hang,
        Some(status) => CompilerEnd::read(status.success(), &said),
    };
    Ok((end, said))
}

/// Waits for the end; `None` if it exceeds a limit.
fn wait(child: &mut Child, limit: Duration, bound: bool) -> io::Result<Option<ExitStatus>> {
    let began = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        // A campaign that ends waits for no answer.
        if are_builds_stopped() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if began.elapsed() > limit
            || (bound && resident(child.id()).is_some_and(|bytes| bytes > MEMORY))
        {
            return Ok(None);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}
