//! What the Go compiler says about a test case's packages: its verdict, and the finding if the
//! compiler is wrong by itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::finding::{Finding, Origin, Stack};
use super::frame::{Frame, Goroutine, goroutines};
use super::kind::Kind;
use super::normalise::{self, Blame, function};
use super::observe::Draft;
use super::panic::{origin as panic_origin, shape};
use super::signature::signature;
use crate::scenario::Scenario;

/// How the compiler ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CompilerEnd {
    /// It compiled every package.
    Ok,
    /// It reported errors in the program.
    Error,
    /// It crashed.
    InternalError,
    /// The runtime noticed that all its goroutines are blocked.
    Deadlock,
    /// It did not end within its limits of time and memory.
    Hang,
}

impl CompilerEnd {
    /// The end, judging by the exit status and the output.
    #[must_use]
    pub fn read(success: bool, output: &str) -> Self {
        let line = |start: &str| output.lines().any(|l| l.starts_with(start));
        if success {
            Self::Ok
        } else if line("fatal error: all goroutines are asleep - deadlock!") {
            Self::Deadlock
        } else if output.contains("internal compiler error: ")
            || ["panic: ", "fatal error: ", "SIG"].into_iter().any(line)
        {
            Self::InternalError
        } else {
            Self::Error
        }
    }

    /// Whether the compiler is at fault, whatever the program is.
    #[must_use]
    pub fn is_bad(self) -> bool {
        matches!(self, Self::InternalError | Self::Deadlock | Self::Hang)
    }

    /// The word for people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::InternalError => "internal error",
            Self::Deadlock => "deadlock",
            Self::Hang => "hang",
        }
    }
}

/// The compiler's verdict on the packages of a test case, as finding.json has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompilerVerdict {
    /// How it ended.
    pub verdict: CompilerEnd,
    /// The package with which it ended like that; `None` if it compiled all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The first lines of its output.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub output: String,
    /// The compiler's release.
    pub go_version: String,
}

/// What the compiler does wrong by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompilerFault<'a> {
    /// It ended badly, with this output.
    Ended(CompilerEnd, &'a str),
    /// It rejects a package that go/types accepts, with an error that has this code or shape.
    Rejects(&'a str),
    /// It accepts a package that go/types rejects with an error that has this code or shape.
    Accepts(&'a str),
}

/// The finding for what the compiler does wrong.
#[must_use]
pub fn compiler_finding(fault: CompilerFault<'_>, scenario: &Scenario, origin: &Origin) -> Finding {
    let (what, title, places, stacks) = match fault {
        CompilerFault::Ended(end, output) => ended(end, output),
        CompilerFault::Rejects(why) => {
            let title = format!("the compiler rejects what go/types accepts: {why}");
            (format!("rejects: {why}"), title, Vec::new(), Vec::new())
        }
        CompilerFault::Accepts(why) => {
            let title = format!("the compiler accepts what go/types rejects: {why}");
            (format!("accepts: {why}"), title, Vec::new(), Vec::new())
        }
    };
    let draft = Draft {
        kind: Kind::Compiler,
        signature: signature(Kind::Compiler, &what, &places),
        title,
        blame: Blame::Compiler,
        alone: true,
        stacks,
    };
    draft.finding(scenario, true, origin)
}

fn ended(end: CompilerEnd, output: &str) -> (String, String, Vec<String>, Vec<Stack>) {
    // The first goroutine with a stack inside the compiler is the one that matters: the compiler
    // checks types on one goroutine.
    let culprit = goroutines(output).into_iter().find(|g| g.frames.iter().any(is_compiler));
    let (frames, state) = match culprit {
        Some(g) if end == CompilerEnd::InternalError => (panic_frames(g), "panic".to_owned()),
        Some(g) => (g.frames, g.state),
        None => (Vec::new(), String::new()),
    };
    let mut places = match end {
        CompilerEnd::Hang => recurring(&frames),
        _ => Vec::new(),
    };
    if places.is_empty() {
        places.extend(frames.iter().find(|f| is_compiler(f)).map(name));
    }
    let word = end.as_str();
    let (what, said) = match (end, message(output)) {
        (CompilerEnd::InternalError, message) => {
            (format!("{word}: {}", shape(message)), format!("{word}: {message}"))
        }
        _ => (word.to_owned(), word.to_owned()),
    };
    let title = match places.join(" + ") {
        none if none.is_empty() => said,
        places => format!("{said}: {places}"),
    };
    let stacks = match frames.is_empty() {
        true => Vec::new(),
        false => {
            let frames = frames.iter().map(normalise::frame).collect();
            vec![Stack { of: state, frames }]
        }
    };
    (what, title, places, stacks)
}

/// The message of a crash.
fn message(output: &str) -> &str {
    let after = |mark: &str| output.split_once(mark).map(|(_, rest)| rest);
    let rest = after("internal compiler error: ")
        .or_else(|| after("panic: "))
        .or_else(|| after("fatal error: "))
        .unwrap_or(output);
    let line = rest.lines().next().unwrap_or_default();
    line.strip_prefix("panic: ").unwrap_or(line)
}

/// The stack of a panic, without what reports it.
fn panic_frames(goroutine: Goroutine) -> Vec<Frame> {
    let reports = |f: &Frame| {
        f.function.starts_with("cmd/compile/internal/base.")
            || !f.function.starts_with("cmd/compile/")
    };
    let mut frames = panic_origin(goroutine);
    let skip = frames.iter().take_while(|f| reports(f)).count();
    if skip < frames.len() {
        frames.drain(..skip);
    }
    frames
}

fn is_compiler(frame: &Frame) -> bool {
    frame.function.starts_with("cmd/compile/internal/")
}

/// `types2.(*Named).unpack`.
fn name(frame: &Frame) -> String {
    let name = function(&frame.function);
    name.trim_start_matches("cmd/compile/internal/").to_owned()
}

/// The functions that recur in the stack of something that does not end.
fn recurring(frames: &[Frame]) -> Vec<String> {
    const LEAST: usize = 8;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for f in frames.iter().filter(|f| is_compiler(f)) {
        *counts.entry(name(f)).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or(0);
    counts.into_iter().filter(|&(_, n)| n >= LEAST && n * 2 >= most).map(|(f, _)| f).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CRASH: &str = "The following panic happened checking types near:\n\tp/p.go:3:6\n<unknown line number>: internal compiler error: panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\nruntime/debug.Stack()\n\truntime/debug/stack.go:26 +0x5e\ncmd/compile/internal/base.FatalfAt({0xa})\n\tcmd/compile/internal/base/print.go:230 +0x18c\npanic({0xf926c0?})\n\truntime/panic.go:860 +0x13a\ncmd/compile/internal/types2.(*Checker).handleBailout(0x3)\n\tcmd/compile/internal/types2/check.go:448 +0x294\npanic({0xf926c0?})\n\truntime/panic.go:860 +0x13a\nruntime.goPanicIndex(0x3)\n\truntime/panic.go:115 +0x74\ncmd/compile/internal/types2.(*typeWriter).typ(0x3)\n\tcmd/compile/internal/types2/typestring.go:122 +0xad4\n\n";

    fn of(end: CompilerEnd, output: &str) -> Finding {
        let scenario = Scenario::default();
        compiler_finding(CompilerFault::Ended(end, output), &scenario, &Origin::default())
    }

    #[test]
    fn ends() {
        for (success, output, end) in [
            (true, "", CompilerEnd::Ok),
            (false, "p.go:2:13: undefined: z [go.dev/e/UndeclaredName]\n", CompilerEnd::Error),
            (false, CRASH, CompilerEnd::InternalError),
            (false, "panic: nil\n\ngoroutine 1 [running]:\n", CompilerEnd::InternalError),
            (
                false,
                "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [x]:\n",
                CompilerEnd::Deadlock,
            ),
            (false, "fatal error: stack overflow\n", CompilerEnd::InternalError),
        ] {
            assert_eq!(CompilerEnd::read(success, output), end, "{output}");
        }
        assert_eq!(
            serde_json::to_string(&CompilerEnd::InternalError).unwrap(),
            "\"internal-error\""
        );
    }

    #[test]
    fn a_crash_is_signed_by_message_and_function() {
        let f = of(CompilerEnd::InternalError, CRASH);
        assert_eq!(
            f.signature,
            "compiler: internal error: runtime error: index out of range [N] with length N: types2.(*typeWriter).typ"
        );
        assert_eq!(
            f.title,
            "internal error: runtime error: index out of range [5] with length 3: types2.(*typeWriter).typ"
        );
        assert!(f.sequential && f.blame == Blame::Compiler && f.stacks.len() == 1);
        // Without a stack, the message is all there is.
        let short = "x.go:1:1: internal compiler error: width not calculated: T[int]\n";
        assert_eq!(
            of(CompilerEnd::InternalError, short).signature,
            "compiler: internal error: width not calculated"
        );
    }

    #[test]
    fn a_deadlock_is_signed_by_the_caller_and_a_hang_by_what_recurs() {
        let locked = "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [sync.Mutex.Lock]:\nsync.(*Mutex).Lock(...)\n\tsync/mutex.go:46\ncmd/compile/internal/types2.(*Named).unpack(0x2)\n\tcmd/compile/internal/types2/named.go:229 +0x74\n";
        assert_eq!(
            of(CompilerEnd::Deadlock, locked).signature,
            "compiler: deadlock: types2.(*Named).unpack"
        );
        let frame = |f: &str| format!("cmd/compile/internal/types2.{f}(0x2)\n\tx.go:1 +0x74\n");
        let hang = format!(
            "SIGQUIT: quit\n\ngoroutine 1 [runnable]:\n{}{}{}",
            frame("(*writer).byte"),
            frame("(*writer).typ").repeat(9),
            frame("(*Checker).Files"),
        );
        assert_eq!(of(CompilerEnd::Hang, &hang).signature, "compiler: hang: types2.(*writer).typ");
    }
}
