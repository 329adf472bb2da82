//! Reads the output of a harness that died.

use super::frame::{Frame, Goroutine, goroutines};
use super::kind::Kind;
use super::panic::{origin, shape};

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By a signal.
    Signal(i32),
}

/// Why a harness died.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Death {
    /// `fatal`, `panic`, `memory` or `deadlock`.
    pub kind: Kind,
    /// The runtime's message, without the parts that differ from run to run.
    pub message: String,
    /// The stack of the goroutine that failed, innermost call first.
    pub stack: Vec<Frame>,
    /// Whether the stack overflowed: its frames recur.
    pub overflow: bool,
    /// Whether the kind is `fatal` and the process printed no message from Go: the harness ended
    /// it, or something outside did.
    pub silent: bool,
}

/// Phrases of the runtime and the race detector that mean memory ran out.
const MEMORY: [&str; 5] = [
    "out of memory",
    "cannot allocate memory",
    "too many address space collisions",
    "failed to allocate",
    "failed to create new OS thread",
];

/// How the compiler reports a fault of its own.
const INTERNAL: &str = "internal compiler error: ";

/// The signals with which a person or a supervisor ends a process: hangup, interrupt, quit,
/// terminate. They are not findings.
const ASKED: [i32; 4] = [1, 2, 3, 15];

/// Reads the output of a process that ended without a reply. `None` if someone
/// asked it to end.
#[must_use]
pub fn death(exit: Exit, output: &str) -> Option<Death> {
    let line_after = |start: &str| output.lines().find_map(|l| l.strip_prefix(start));
    let goroutine = || running(output);
    let death = |kind, message: String, stack| {
        Some(Death { kind, message, stack, overflow: false, silent: false })
    };
    if let Some(message) = line_after("fatal error: ") {
        let stack = goroutine().map(|g| g.frames).unwrap_or_default();
        if MEMORY.iter().any(|m| message.contains(m)) {
            return death(Kind::Memory, "out of memory".to_owned(), stack);
        }
        if message.starts_with("all goroutines are asleep") {
            return death(Kind::Deadlock, message.to_owned(), stack);
        }
        let message = match line_after("[signal ") {
            Some(signal) => format!("{message} {}", signal.split(':').next().unwrap_or_default()),
            None => message.to_owned(),
        };
        let overflow = message == "stack overflow";
        return Some(Death { kind: Kind::Fatal, message, stack, overflow, silent: false });
    }
    if let Some(value) = line_after("panic: ") {
        let value = value.split(" [recovered").next().unwrap_or(value);
        return death(Kind::Panic, shape(value), goroutine().map(origin).unwrap_or_default());
    }
    if let Some(line) =
        output.lines().find(|l| l.contains("ThreadSanitizer") || l.starts_with("race: "))
    {
        let memory = MEMORY.iter().any(|m| line.contains(m));
        let (kind, message) = if memory {
            (Kind::Memory, "out of memory".to_owned())
        } else {
            (Kind::Fatal, race_runtime(line))
        };
        return death(kind, message, Vec::new());
    }
    // The compiler's packages end the process so, without a stack.
    if let Some((_, message)) = output.lines().find_map(|l| l.split_once(INTERNAL)) {
        return death(Kind::Fatal, format!("{INTERNAL}{}", shape(message)), Vec::new());
    }
    let asked = match exit {
        Exit::Signal(n) => ASKED.contains(&n),
        // The Go runtime turns SIGQUIT into a dump and exit code 2.
        Exit::Code(_) => output.lines().any(|l| l == "SIGQUIT: quit"),
    };
    (!asked).then(|| silent(exit, output))
}

/// The goroutine that failed is the running one, printed first after the message. Stacks of panics
/// that the harness recovered may come before it.
fn running(output: &str) -> Option<Goroutine> {
    let message = ["fatal error: ", "panic: "].iter().find_map(|m| {
        let at_start = output.starts_with(m).then_some(0);
        at_start.or_else(|| output.find(&format!("\n{m}")))
    });
    let all = goroutines(&output[message.unwrap_or(0)..]);
    let at = all.iter().position(|g| g.state == "running").unwrap_or(0);
    all.into_iter().nth(at)
}

/// `==12==ERROR: ThreadSanitizer: SEGV on unknown address 0x1` without process
/// number, addresses and what follows.
fn race_runtime(line: &str) -> String {
    let line = line.find("ThreadSanitizer").map_or(line, |at| &line[at..]);
    let end = line.find(|c: char| c == '(' || c.is_ascii_digit()).unwrap_or(line.len());
    line[..end].trim().to_owned()
}

fn silent(exit: Exit, output: &str) -> Death {
    let last = output.lines().rev().map(str::trim).find(|l| !l.is_empty());
    let (kind, how) = match exit {
        // Only the kernel's out-of-memory killer sends it uninvited.
        Exit::Signal(9) => (Kind::Memory, "killed by signal 9".to_owned()),
        Exit::Signal(n) => (Kind::Fatal, format!("killed by signal {n}")),
        // Go's runtime does not end a process so.
        Exit::Code(0) => (Kind::Fatal, "exit status 0, as from os.Exit".to_owned()),
        Exit::Code(n) => (Kind::Fatal, format!("exit status {n}")),
    };
    let message = match last.map(shape).filter(|l| !l.is_empty()) {
        Some(line) => format!("{how}, {line}"),
        None => format!("{how} without output"),
    };
    Death { kind, message, stack: Vec::new(), overflow: false, silent: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deaths_without_a_trace() {
        let d = |exit, out| death(exit, out).map(|d| (d.kind, d.message));
        let f = |m: &str| Some((Kind::Fatal, m.to_owned()));
        let m = |m: &str| Some((Kind::Memory, m.to_owned()));
        assert_eq!(d(Exit::Code(3), ""), f("exit status 3 without output"));
        assert_eq!(d(Exit::Code(3), "protocol: frame of 7 bytes\n"), f("exit status 3, protocol"));
        assert_eq!(d(Exit::Signal(11), "\n"), f("killed by signal 11 without output"));
        assert_eq!(d(Exit::Signal(9), ""), m("killed by signal 9 without output"));
        assert_eq!(d(Exit::Signal(15), ""), None);
        assert_eq!(d(Exit::Code(2), "SIGQUIT: quit\nPC=0x1\n"), None);
        let ice = "???: internal compiler error: unexpected x with 11 y\n\nPlease file a bug\n";
        assert_eq!(d(Exit::Code(2), ice), f("internal compiler error: unexpected x with"));
        assert_eq!(
            d(
                Exit::Code(66),
                "==12==ERROR: ThreadSanitizer: SEGV on unknown address 0x7f (pc 0x1)\n"
            ),
            f("ThreadSanitizer: SEGV on unknown address")
        );
        assert_eq!(
            d(Exit::Code(66), "==9==ERROR: ThreadSanitizer failed to allocate 0x1 bytes\n"),
            m("out of memory")
        );
        assert_eq!(
            d(
                Exit::Code(66),
                "race: limit on 8128 simultaneously alive goroutines is exceeded, dying\n"
            ),
            f("race: limit on")
        );
        assert_eq!(
            d(Exit::Code(2), "fatal error: runtime: out of memory\n\ngoroutine 1 [running]:\n"),
            m("out of memory")
        );
    }

    #[test]
    fn a_signal_is_named() {
        let text = include_str!("../../tests/reports/fatal-fault-go1.26.8.txt");
        let d = death(Exit::Code(2), text).unwrap();
        assert_eq!(d.message, "fault SIGSEGV");
        assert!(d.stack.iter().any(|f| f.function == "main.segv.func1"));
    }
}
