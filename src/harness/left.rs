//! Processes that SIGKILL did not end in time. Nothing waits for them; that they are gone
//! is noticed later.

use std::process::Child;
use std::sync::Mutex;

static LEFT: Mutex<Left> = Mutex::new(Left { children: Vec::new(), news: Vec::new() });

#[derive(Debug)]
struct Left {
    children: Vec<Child>,
    /// Process numbers that are not reported yet.
    news: Vec<u32>,
}

fn with<T>(f: impl FnOnce(&mut Left) -> T) -> T {
    f(&mut LEFT.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
}

/// Leaves a process that was killed and is still there.
pub(super) fn leave(child: Child) {
    with(|left| {
        left.news.push(child.id());
        left.children.push(child);
    });
}

/// Takes note of those that have ended meanwhile, so that no zombies stay.
pub(super) fn reap() {
    with(|left| left.children.retain_mut(|child| matches!(child.try_wait(), Ok(None))));
}

/// The process numbers of those that were left since this was asked last.
#[must_use]
pub fn take_left() -> Vec<u32> {
    with(|left| std::mem::take(&mut left.news))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn one_that_is_left_is_reaped_when_it_is_gone() {
        let child =
            Command::new("/bin/cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let pid = child.id();
        let mut child = child;
        let pipe = child.stdin.take();
        leave(child);
        assert!(take_left().contains(&pid));
        assert!(!take_left().contains(&pid), "it is told once");
        reap();
        assert!(super::super::sys::is_alive(pid));
        drop(pipe);
        let until = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while super::super::sys::is_alive(pid) {
            assert!(std::time::Instant::now() < until);
            reap();
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}
