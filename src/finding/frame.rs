//! Stack frames and goroutine traces as the Go runtime and the race detector
//! print them.

use serde::{Deserialize, Serialize};

/// One call of a stack. Inlined calls are frames of their own in Go's traces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Frame {
    /// With its package: `go/types.(*Named).Underlying`.
    pub function: String,
    /// The source file.
    pub file: String,
    /// 1-based; 0 if the trace does not say.
    pub line: u32,
}

/// One goroutine of a trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Goroutine {
    /// Its number.
    pub id: u64,
    /// What it does: `running`, `runnable`, `sync.Mutex.Lock`, …
    pub state: String,
    /// Innermost call first.
    pub frames: Vec<Frame>,
    /// The function whose `go` statement made it.
    pub created_by: Option<String>,
}

/// Every goroutine of a runtime trace (`goroutine 7 [running]:` and the lines
/// below it), in the order printed. Lines of any other shape are left out.
#[must_use]
pub fn goroutines(text: &str) -> Vec<Goroutine> {
    let mut all: Vec<Goroutine> = Vec::new();
    // A goroutine ends at a blank line; "runtime stack:" is not a goroutine.
    let mut open = false;
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some((id, state)) = header(line) {
            all.push(Goroutine { id, state, ..Goroutine::default() });
            open = true;
            continue;
        }
        if line.is_empty() || line == "runtime stack:" {
            open = false;
        }
        let Some(current) = all.last_mut().filter(|_| open) else { continue };
        let Some((file, line_number)) = lines.peek().and_then(|l| position(l)) else { continue };
        if let Some(creator) = line.strip_prefix("created by ") {
            let name = creator.split(" in goroutine ").next().unwrap_or(creator);
            current.created_by = Some(name.to_owned());
        } else if let Some(function) = called(line) {
            current.frames.push(Frame { function, file, line: line_number });
        }
    }
    all
}

/// `goroutine 7 gp=0xc0 m=nil [sync.Mutex.Lock, 2 minutes]:`
fn header(line: &str) -> Option<(u64, String)> {
    let rest = line.strip_prefix("goroutine ")?;
    let id = rest.split(' ').next()?.parse().ok()?;
    let state = rest.split_once('[')?.1.strip_suffix("]:")?;
    let state = state.split(',').next().unwrap_or(state);
    Some((id, state.trim_end_matches(" (scan)").to_owned()))
}

/// The function of `go/types.Unalias({0x1, 0x2})`.
fn called(line: &str) -> Option<String> {
    if line.starts_with(char::is_whitespace) || !line.ends_with(')') {
        return None;
    }
    let function = &line[..line.rfind('(')?];
    (!function.is_empty() && !function.contains(' ')).then(|| function.to_owned())
}

/// File and line of `<white space>/go/src/x.go:12 +0x1f fp=0x0`.
pub(super) fn position(line: &str) -> Option<(String, u32)> {
    let place = line.strip_prefix(['\t', ' '])?.trim_start();
    // A file name may contain spaces. An offset and pointers follow it.
    let end = [" +0x", " fp=0x"].iter().filter_map(|m| place.find(m)).min();
    let place = place[..end.unwrap_or(place.len())].trim_end();
    let (file, number) = place.rsplit_once(':')?;
    Some((file.to_owned(), number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_of_several_shapes() {
        let text = "\
SIGQUIT: quit

runtime stack:
runtime.throw({0x1})
\t/go/src/runtime/panic.go:1 +0x1

goroutine 7 gp=0xc000086780 m=nil [sync.Mutex.Lock, 3 minutes, locked to thread]:
go/types.(*T[...]).m(0xc, {0x1, 0x2})
\t/with space/src/go/types/x.go:12 +0x1f fp=0xc sp=0xd pc=0xe
go/types.inlined(...)
\t/go/src/go/types/x.go:9
racecall()
\t/go/src/runtime/race_amd64.s:438 fp=0xc000192710 sp=0xc000192708 pc=0x4c15c0
created by main.goroutines in goroutine 1
\t/h/main.go:69 +0x78

goroutine 8 [running]:
\tgoroutine running on other thread; stack unavailable
created by main.f
\t/h/main.go:70
";
        let all = goroutines(text);
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].id, all[0].state.as_str()), (7, "sync.Mutex.Lock"));
        let frames: Vec<_> =
            all[0].frames.iter().map(|f| (f.function.as_str(), f.file.as_str(), f.line)).collect();
        assert_eq!(
            frames,
            [
                ("go/types.(*T[...]).m", "/with space/src/go/types/x.go", 12),
                ("go/types.inlined", "/go/src/go/types/x.go", 9),
                ("racecall", "/go/src/runtime/race_amd64.s", 438),
            ]
        );
        assert_eq!(all[0].created_by.as_deref(), Some("main.goroutines"));
        assert_eq!((all[1].state.as_str(), all[1].frames.len()), ("running", 0));
        assert_eq!(all[1].created_by.as_deref(), Some("main.f"));
    }
}
