//! Tells a deadlock from a hang by the goroutines of a harness that made no progress.

use super::frame::{Goroutine, goroutines};
use super::kind::Kind;
use super::normalise::{Blame, function, is_library, owner};
use super::signature::{cycle, site};

/// What a dump of every goroutine's stack shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stall {
    /// `deadlock` if every worker is blocked, else `hang`.
    pub kind: Kind,
    /// The goroutines in go/types or x/tools, and others that run.
    pub workers: Vec<Goroutine>,
    /// One normalised text for each worker that blocks the others.
    pub sites: Vec<String>,
    /// Whose code is to blame.
    pub blame: Blame,
}

/// A function that occurs this often in a stack is the one that does not end.
const RECURS: usize = 6;
/// The frames at each end of a deep stack that the runtime prints.
const PRINTED: usize = 50;

/// Reads a dump.
#[must_use]
pub fn stall(dump: &str) -> Stall {
    let workers: Vec<Goroutine> = goroutines(dump).into_iter().filter(is_worker).collect();
    let running: Vec<&Goroutine> = workers.iter().filter(|g| !is_blocked(g)).collect();
    let blocked = running.is_empty() && !workers.is_empty();
    let kind = if blocked { Kind::Deadlock } else { Kind::Hang };
    let culprits = if blocked { workers.iter().collect() } else { running };
    let mut sites: Vec<String> = if blocked {
        culprits.iter().map(|g| format!("{} in {}", g.state, site(&g.frames))).collect()
    } else {
        culprits.iter().filter_map(|g| busy(g)).collect()
    };
    // Chance decides how many goroutines are in the same place.
    sites.sort();
    sites.dedup();
    let owners: Vec<Blame> = culprits.iter().map(|g| blame(g, blocked)).collect();
    let order = [Blame::GoTypes, Blame::Compiler, Blame::XTools, Blame::Target, Blame::Harness];
    let blame = order.into_iter().find(|b| owners.contains(b)).unwrap_or(Blame::Harness);
    Stall { kind, workers, sites, blame }
}

/// For a blocked goroutine, the blame is on the code that waits. For a running one, it is on the
/// type checker if that is anywhere in the stack, because the sample is random.
fn blame(g: &Goroutine, blocked: bool) -> Blame {
    if blocked {
        return site(&g.frames).owner();
    }
    g.frames.iter().find(|f| is_library(&f.function)).map_or(Blame::Harness, |f| owner(&f.function))
}

/// Where a running goroutine spends its time. The innermost frames differ from dump to
/// dump, but a recurring function, or else the entry point, does not. `None` if there is
/// no stack, as for a goroutine inside the race detector or on another thread.
fn busy(g: &Goroutine) -> Option<String> {
    // What recurs at the outer end does not end. At the inner end, it may call something that
    // recurs, too, and chance decides which of the two a dump shows.
    let inner = g.frames.len().saturating_sub(PRINTED);
    let recurring = [&g.frames[inner..], &g.frames].map(|frames| cycle(frames, RECURS));
    let recurring = recurring.into_iter().find(|r| !r.is_empty()).unwrap_or_default();
    if !recurring.is_empty() {
        return Some(format!("recursion of {}", recurring.join(" + ")));
    }
    let entry = g.frames.iter().rev().map(|f| function(&f.function)).find(|f| is_library(f));
    let at = site(&g.frames);
    entry.or_else(|| (at.owner() == Blame::Harness).then(|| at.to_string()))
}

/// Goroutines that wait for others to finish, and the runtime's own, are not workers.
fn is_worker(g: &Goroutine) -> bool {
    let any = |test: &dyn Fn(&str) -> bool| g.frames.iter().any(|f| test(&f.function));
    if g.id == 0 {
        return false;
    }
    if any(&|f| is_library(f)) {
        return true;
    }
    let system = g.created_by.as_deref().is_some_and(|c| {
        // The goroutines that print the dump and forward the signal are running at that moment.
        ["runtime.", "os/signal.", "time.goFunc"].iter().any(|s| c.starts_with(s))
            || c.contains("/internal/dump.") && owner(c) == Blame::Harness
    });
    let dumps = any(&|f| {
        ["runtime.Stack", "runtime/debug.Stack"].contains(&f) || f.starts_with("runtime/pprof.")
    });
    matches!(g.state.as_str(), "running" | "runnable") && !system && !dumps
}

/// Whether the goroutine waits for another one.
fn is_blocked(g: &Goroutine) -> bool {
    ["sync.", "chan ", "select", "semacquire"].iter().any(|s| g.state.starts_with(s))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goroutine(id: u64, state: &str, frames: &[&str]) -> String {
        let mut out = format!("goroutine {id} [{state}]:\n");
        for f in frames {
            out += &format!("{f}(0x1)\n\t/x/y.go:1 +0x1\n");
        }
        out + "\n"
    }

    #[test]
    fn a_hang_is_signed_by_what_recurs_at_the_outer_end() {
        let round = ["go/types.(*subster).typ"; 3].into_iter().chain(["go/types.(*Named).unpack"]);
        let outer: Vec<&str> = round.cycle().take(50).collect();
        let of = |inner: &str, n: usize| {
            let frames = [vec![inner; n], outer.clone()].concat();
            stall(&goroutine(7, "runnable", &frames)).sites
        };
        let same = ["recursion of go/types.(*subster).typ"];
        assert_eq!(of("go/types.(*typeWriter).typ", 50), same, "in the middle of a long string");
        assert_eq!(of("runtime.mallocgc", 1), same, "at its start");
        // A stack whose outer end says nothing.
        let frames = [["go/types.g"; 9], ["main.f"; 9]].concat();
        assert_eq!(stall(&goroutine(7, "runnable", &frames)).sites, ["recursion of go/types.g"]);
    }

    #[test]
    fn one_runner_makes_it_a_hang() {
        let locked = goroutine(
            5,
            "sync.Mutex.Lock",
            &["sync.(*Mutex).Lock", "go/types.(*Named).unpack", "go/types.under"],
        );
        let waits = goroutine(1, "sync.WaitGroup.Wait", &["sync.(*WaitGroup).Wait", "main.main"]);
        let dumper = goroutine(9, "running", &["runtime.Stack", "main.watch"]);
        let alone = stall(&(waits.clone() + &locked + &dumper));
        assert_eq!(alone.kind, Kind::Deadlock);
        assert_eq!(alone.workers.len(), 1);
        assert_eq!(alone.sites, ["sync.Mutex.Lock in go/types.(*Named).unpack"]);
        assert_eq!(alone.blame, Blame::GoTypes);
        // On a loaded machine the goroutines that cause the dump are still running.
        let by = |frame: &str, by: &str| {
            goroutine(8, "runnable", &[frame]).trim_end().to_owned()
                + &format!("\ncreated by {by} in goroutine 1\n\t/x/y.go:1 +0x1\n\n")
        };
        let printing = by("os.(*File).Write", "typerace/harness/internal/dump.WhenAsked");
        let passing = by("os/signal.loop", "os/signal.Notify.func1.1");
        assert_eq!(stall(&(waits.clone() + &locked + &printing + &passing)), alone);
        let runner =
            goroutine(6, "runnable", &["go/types.x", "go/types.(*Checker).Files", "main.f"]);
        let two = stall(&(waits.clone() + &locked + &runner));
        assert_eq!((two.kind, two.workers.len()), (Kind::Hang, 2));
        assert_eq!(two.sites, ["go/types.(*Checker).Files"]);
        let harness = stall(&waits);
        assert_eq!((harness.kind, harness.blame), (Kind::Hang, Blame::Harness));
        let callback = goroutine(
            7,
            "chan receive",
            &["main.(*meet).wait", "go/types.(*Checker).importPackage"],
        );
        assert_eq!(stall(&callback).blame, Blame::Harness);
    }
}
