//! The system calls that std does not have, except shared memory: see `memfd`. Unsafe code is only
//! in these two files.
#![allow(unsafe_code)]

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsRawFd as _, BorrowedFd, FromRawFd as _, OwnedFd, RawFd};
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// Makes the calling thread, and the processes that it starts, give way to others.
pub fn lower_priority() {
    // SAFETY: no memory is involved. On Linux, 0 is the calling thread. A
    // refusal changes nothing but the speed of others.
    let _ = unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, 10) };
}

unsafe extern "C" {
    /// A function of mimalloc that sets one of its options.
    fn mi_option_set(option: libc::c_int, value: libc::c_long);
}

/// mimalloc's option for the delay, in milliseconds, after which it returns free memory.
const PURGE_DELAY: libc::c_int = 15;

/// Makes mimalloc return memory as soon as it is free, in pages of 4 KiB. mimalloc asks for huge
/// pages, and a huge page stays resident for the few hundred bytes in it that a long campaign
/// keeps: memory grew in steps without being used. Processes started from here on have no huge
/// pages either.
pub fn return_memory() {
    // SAFETY: no memory is involved; a refusal changes nothing but the memory used.
    unsafe {
        libc::prctl(libc::PR_SET_THP_DISABLE, 1, 0, 0, 0);
        mi_option_set(PURGE_DELAY, 0);
    }
}

/// Makes a write over the limit on the size of files (`ulimit -f`) an error like that of a full
/// disk. Its signal would end the process without a word.
pub fn survive_file_size_limit() {
    // SAFETY: no memory is involved; ignoring a signal installs no handler.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}

/// Whether this process was started with a signal ignored, as `nohup` does with SIGHUP.
pub fn is_ignored(signal: libc::c_int) -> bool {
    // SAFETY: sigaction is plain data, for which zeros are valid; the call only reads the present
    // action into it.
    unsafe {
        let mut now: libc::sigaction = std::mem::zeroed();
        let asked = libc::sigaction(signal, std::ptr::null(), &raw mut now);
        asked == 0 && now.sa_sigaction == libc::SIG_IGN
    }
}

/// The process group of this process, which is the shell's job.
pub(crate) fn process_group() -> i32 {
    // SAFETY: no memory is involved, and it cannot fail.
    unsafe { libc::getpgrp() }
}

/// The first of the descriptors that the harness inherits.
const FIRST: RawFd = 3;

/// A descriptor that dup2 onto 3, 4 and 5 does not overwrite.
pub(super) fn above(fd: &OwnedFd) -> io::Result<OwnedFd> {
    dup_from(fd, FIRST + 3)
}

fn dup_from(fd: &OwnedFd, least: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: `fd` is open; the new descriptor belongs to nobody else.
    unsafe {
        let new = check(libc::fcntl(fd.as_raw_fd(), libc::F_DUPFD_CLOEXEC, least))?;
        Ok(OwnedFd::from_raw_fd(new))
    }
}

/// Starts a command that inherits `fds` as 3, 4 and 5, and otherwise only its standard streams. It
/// runs in its own process group, without core files, and is killed when the thread that started it
/// ends.
pub(super) fn spawn(command: &mut Command, fds: [&OwnedFd; 3]) -> io::Result<std::process::Child> {
    let high = [above(fds[0])?, above(fds[1])?, above(fds[2])?];
    // std reports a failed exec through a pipe: it must not get 3, 4 or 5,
    // which dup2 would overwrite.
    let placeholders = (0..3).map(|_| dup_from(&high[0], FIRST)).collect::<Result<Vec<_>, _>>()?;
    let from = [high[0].as_raw_fd(), high[1].as_raw_fd(), high[2].as_raw_fd()];
    let parent = std::process::id();
    command.process_group(0);
    // SAFETY: only async-signal-safe calls, and no memory is asked for.
    unsafe {
        command.pre_exec(move || {
            // First: it changes credentials, which clears the signal below. Where it
            // is not permitted the network stays: nothing in the harness uses it.
            libc::unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET);
            check(libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL))?;
            // The parent may have died before the call.
            if u32::try_from(libc::getppid()) != Ok(parent) {
                return Err(io::Error::from_raw_os_error(libc::ESRCH));
            }
            let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
            check(libc::setrlimit(libc::RLIMIT_CORE, &raw const none))?;
            limit(libc::RLIMIT_NOFILE, FILES)?;
            limit(libc::RLIMIT_FSIZE, FILE_SIZE)?;
            for (to, fd) in (FIRST..).zip(from) {
                check(libc::dup2(fd, to))?;
            }
            close_others_on_exec(FIRST + 3)
        });
    }
    let child = command.spawn();
    drop((high, placeholders));
    child
}

/// Limits on descriptors and on the size of a file for the harness: it needs a dozen descriptors,
/// and a race log of some megabytes before it is replaced.
const FILES: libc::rlim_t = 64;
const FILE_SIZE: libc::rlim_t = 1 << 30;

/// Lowers a limit, between fork and exec; a limit that is already lower stays.
fn limit(what: libc::__rlimit_resource_t, most: libc::rlim_t) -> io::Result<()> {
    let mut now = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: system calls on a structure that lives through them.
    unsafe {
        check(libc::getrlimit(what, &raw mut now))?;
        let lower = now.rlim_max.min(most);
        let new = libc::rlimit { rlim_cur: lower, rlim_max: lower };
        check(libc::setrlimit(what, &raw const new))?;
    }
    Ok(())
}

/// Starts a command that is killed when the thread that started it ends. It runs in its own process
/// group, so a terminal's Ctrl-C reaches only this process.
pub(crate) fn spawn_tied(command: &mut Command) -> io::Result<std::process::Child> {
    command.process_group(0);
    tie(command).spawn()
}

/// Makes sure that a command's process is killed when the thread that starts it ends.
pub(crate) fn tie(command: &mut Command) -> &mut Command {
    let parent = std::process::id();
    // SAFETY: only async-signal-safe calls, and no memory is asked for.
    unsafe {
        command.pre_exec(move || {
            check(libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL))?;
            // The parent may have died before the call.
            if u32::try_from(libc::getppid()) != Ok(parent) {
                return Err(io::Error::from_raw_os_error(libc::ESRCH));
            }
            Ok(())
        })
    }
}

/// Asks a process of [`spawn_tied`] to end.
pub(crate) fn terminate(child: &std::process::Child) {
    signal_group(child.id(), libc::SIGTERM);
}

/// Kills a process of [`spawn_tied`] and those that it started. It must not have been waited for.
pub(crate) fn kill(child: &std::process::Child) {
    signal_group(child.id(), libc::SIGKILL);
}

/// Makes a Go program of [`spawn_tied`] print its stacks and end.
pub(crate) fn quit(child: &std::process::Child) {
    signal_group(child.id(), libc::SIGQUIT);
}

/// Called between fork and exec. Not closed at once, as std still needs its pipe.
fn close_others_on_exec(first: RawFd) -> io::Result<()> {
    // SAFETY: flags of descriptors, in a process about to exec.
    unsafe {
        let (low, high) = (first as libc::c_uint, libc::c_uint::MAX);
        let flag = libc::CLOSE_RANGE_CLOEXEC;
        if libc::syscall(libc::SYS_close_range, low, high, flag) == 0 {
            return Ok(());
        }
        // Kernels before Linux 5.11 do not have it.
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        check(libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit))?;
        for fd in first..RawFd::try_from(limit.rlim_cur.min(65_536)).unwrap_or(65_536) {
            libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC);
        }
        Ok(())
    }
}

/// Makes reads and writes return instead of waiting.
pub(super) fn set_nonblocking(fd: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: flags of an open descriptor.
    unsafe {
        let flags = check(libc::fcntl(fd.as_raw_fd(), libc::F_GETFL))?;
        check(libc::fcntl(fd.as_raw_fd(), libc::F_SETFL, flags | libc::O_NONBLOCK))?;
    }
    Ok(())
}

/// What [`wait_for`] waits for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ready {
    Read,
    Write,
}

/// Waits until the descriptor is ready or its other end is closed; `false` at the deadline.
pub(super) fn wait_for(fd: BorrowedFd<'_>, ready: Ready, deadline: Instant) -> io::Result<bool> {
    let events = match ready {
        Ready::Read => libc::POLLIN,
        Ready::Write => libc::POLLOUT,
    };
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        // Rounded up: the last millisecond must not become a busy loop.
        let ms = if left.is_zero() { 0 } else { left.as_millis().min(1_000_000) as i32 + 1 };
        let mut p = libc::pollfd { fd: fd.as_raw_fd(), events, revents: 0 };
        // SAFETY: one pollfd, which lives through the call.
        match check(unsafe { libc::poll(&raw mut p, 1, ms) }) {
            Ok(0) if left > Duration::from_millis(999_999) => {}
            Ok(n) => return Ok(n > 0),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

/// Waits until a terminal sends something, at most `time`. Returns whether the terminal is gone: then
/// there is something to read forever, and it is nothing.
pub(crate) fn is_gone_after(terminal: BorrowedFd<'_>, time: Duration) -> bool {
    let ms = i32::try_from(time.as_millis()).unwrap_or(i32::MAX);
    let mut p = libc::pollfd { fd: terminal.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: one pollfd, which lives through the call. A signal ends the wait early, which is fine.
    let ready = unsafe { libc::poll(&raw mut p, 1, ms) };
    ready > 0 && p.revents & (libc::POLLHUP | libc::POLLERR | libc::POLLNVAL) != 0
}

/// Sends a signal to the process group of `leader`. `leader` must not have been waited for, because
/// its id could have been reused.
pub(super) fn signal_group(leader: u32, signal: i32) {
    if let Ok(pid) = libc::pid_t::try_from(leader)
        && pid > 1
    {
        // SAFETY: a system call without memory. That the group is gone is fine.
        unsafe { libc::kill(-pid, signal) };
    }
}

/// Sends a signal to the busiest thread of a process, or to the process if no thread is busy. A Go
/// process that gets SIGQUIT this way prints the stack of the goroutine that does not end; it does
/// not print goroutines that run on other threads.
pub(super) fn signal_busiest(pid: u32, signal: i32) {
    let before = thread_times(pid);
    std::thread::sleep(BUSY);
    let busiest = thread_times(pid)
        .into_iter()
        .map(|(tid, now)| (now.saturating_sub(before.get(&tid).copied().unwrap_or(0)), tid))
        .filter(|(time, _)| *time > 0)
        .max();
    let sent = match (busiest, libc::pid_t::try_from(pid)) {
        (Some((_, tid)), Ok(pid)) if pid > 1 => {
            // SAFETY: a system call without memory. A thread that is gone is an error.
            check(unsafe { libc::syscall(libc::SYS_tgkill, pid, tid, signal) as i32 }).is_ok()
        }
        _ => false,
    };
    if !sent {
        signal_group(pid, signal);
    }
}

/// How long threads are observed.
const BUSY: Duration = Duration::from_millis(50);

/// The processor time of each thread of a process, in nanoseconds.
fn thread_times(pid: u32) -> BTreeMap<libc::pid_t, u64> {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let time = |entry: std::fs::DirEntry| {
        let tid = entry.file_name().to_str()?.parse().ok()?;
        let stat = std::fs::read_to_string(entry.path().join("schedstat")).ok()?;
        Some((tid, stat.split(' ').next()?.parse().ok()?))
    };
    threads.filter_map(time).collect()
}

/// Whether a process with this id exists.
pub(crate) fn is_alive(pid: u32) -> bool {
    let Ok(pid) = libc::pid_t::try_from(pid) else { return false };
    // SAFETY: signal 0 only asks.
    check(unsafe { libc::kill(pid, 0) }).map_or_else(
        // The process belongs to another user.
        |e| e.raw_os_error() == Some(libc::EPERM),
        |_| true,
    )
}

#[cfg(test)]
mod tests {
    use super::super::memfd::Memfd;
    use super::*;
    use std::io::Read as _;
    use std::os::fd::AsFd as _;

    #[test]
    fn a_child_inherits_three_descriptors_and_shares_the_map() {
        let mut map = Memfd::new(c"typerace-test", 4096).unwrap();
        let (mut out, child_end) = io::pipe().unwrap();
        let (zero, _keep) = io::pipe().unwrap();
        let leak = std::fs::File::open("/dev/null").unwrap();
        // SAFETY: leaves a descriptor without close-on-exec, as a careless library does.
        unsafe { libc::fcntl(leak.as_raw_fd(), libc::F_SETFD, 0) };
        let script = "printf ok >&5; ulimit -c >&4; echo $(ls /proc/self/fd) >&4";
        let mut sh = Command::new("/bin/sh");
        sh.args(["-c", script]);
        let (zero, child_end) = (OwnedFd::from(zero), OwnedFd::from(child_end));
        let mut child = spawn(&mut sh, [&zero, &child_end, map.fd()]).unwrap();
        drop(child_end);
        let mut said = String::new();
        out.read_to_string(&mut said).unwrap();
        assert!(child.wait().unwrap().success());
        // The last one is ls's own, for the folder that it lists.
        assert_eq!(said, "0\n0 1 2 3 4 5 6\n");
        assert_eq!(&map.bytes()[..3], b"ok\0");
        map.clear(0..1);
        assert_eq!(&map.bytes()[..3], b"\0k\0");
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let (r, w) = io::pipe().unwrap();
        let (r, w) = (OwnedFd::from(r), OwnedFd::from(w));
        let e = spawn(&mut Command::new("/nonexistent"), [&r, &w, &r]).unwrap_err();
        assert_eq!(e.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn waiting_ends_at_the_deadline() {
        let (r, w) = io::pipe().unwrap();
        let begin = Instant::now();
        let deadline = begin + Duration::from_millis(30);
        assert!(!wait_for(r.as_fd(), Ready::Read, deadline).unwrap());
        assert!(begin.elapsed() >= Duration::from_millis(30));
        assert!(wait_for(w.as_fd(), Ready::Write, deadline).unwrap());
        drop(w);
        // Not at once: another test's child may hold the other end between its fork and exec.
        let deadline = Instant::now() + Duration::from_secs(20);
        assert!(wait_for(r.as_fd(), Ready::Read, deadline).unwrap(), "an end of file is ready");
    }

    #[test]
    fn the_busiest_thread_gets_the_signal() {
        // In a shell that spins there is a busiest thread, and in one that waits there is none:
        // both get the signal.
        for script in ["while :; do :; done", "read x"] {
            let mut child = Command::new("/bin/sh")
                .args(["-c", script])
                .stdin(std::process::Stdio::piped())
                .process_group(0)
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_millis(100));
            signal_busiest(child.id(), libc::SIGTERM);
            let status = child.wait().unwrap();
            assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(libc::SIGTERM));
        }
    }

    #[test]
    fn the_living_are_alive() {
        assert!(is_alive(std::process::id()));
        let mut child = Command::new("/bin/true").spawn().unwrap();
        let pid = child.id();
        child.wait().unwrap();
        assert!(!is_alive(pid));
        assert!(!is_alive(u32::MAX));
    }
}
