//! Finds lock cycles from the addresses in a dump.
//!
//! Go does not record which goroutine holds a mutex. But most mutexes of go/types are fields, so
//! the mutex that a goroutine waits for is inside an object, and a method of that object is further
//! out in the stack of the goroutine that locked it.

use super::frame::goroutines;
use super::normalise::{function, is_library};
use crate::checker;

/// The maximum offset of a mutex inside its object: the largest object of go/types has about 200
/// bytes.
const OBJECT: u64 = 512;

/// A goroutine that waits for a mutex.
struct Waiter {
    id: u64,
    lock: u64,
    /// The function that tries to lock it.
    wants: String,
    /// Calls further out, with their receivers.
    outer: Vec<(String, u64)>,
}

/// The cycle of goroutines that wait for one another in a dump, if there is one: `(*Named).unpack
/// waits for (*Named).expand`. In a cycle of one, a goroutine waits for itself.
#[must_use]
pub fn lock_cycle(dump: &str) -> Option<String> {
    let waiters: Vec<Waiter> = dump.split("\n\n").filter_map(waiter).collect();
    for start in 0..waiters.len() {
        let (mut at, mut path) = (start, Vec::new());
        loop {
            let w = &waiters[at];
            let next = waiters.iter().enumerate().find_map(|(i, other)| {
                let held = other
                    .outer
                    .iter()
                    .find(|(_, on)| w.lock.checked_sub(*on).is_some_and(|offset| offset < OBJECT));
                held.map(|(by, _)| (i, by.clone()))
            });
            let Some((holder, by)) = next else { break };
            path.push(format!("{} waits for {by}", w.wants));
            if holder == start {
                let own = if path.len() == 1 { " of the same goroutine" } else { "" };
                path.sort();
                return Some(checker::short(&path.join(", ")) + own);
            }
            at = holder;
            if path.len() > waiters.len() {
                break;
            }
        }
    }
    None
}

/// The goroutine in a trace's paragraph, if it waits for a mutex.
fn waiter(text: &str) -> Option<Waiter> {
    let parsed = goroutines(&format!("{text}\n")).into_iter().next()?;
    if !parsed.state.starts_with("sync.") {
        return None;
    }
    let mut lock = None;
    let mut calls = Vec::new();
    for line in text.lines() {
        let Some((name, arguments)) = line.strip_suffix(')').and_then(|l| l.rsplit_once('('))
        else {
            continue;
        };
        let first = address(arguments);
        let waits = ["lockSlow", ").Lock", ").RLock"].iter().any(|f| name.ends_with(f));
        if waits && name.contains("sync.") {
            lock = lock.or(first);
        } else if is_library(name) {
            calls.push((function(name), first));
        }
    }
    let wants = calls.first()?.0.clone();
    let outer = calls.into_iter().skip(1).filter_map(|(f, on)| Some((f, on?))).collect();
    Some(Waiter { id: parsed.id, lock: lock?, wants, outer }).filter(|w| w.id != 0)
}

/// The first argument, unless the runtime marks it as unreliable.
fn address(arguments: &str) -> Option<u64> {
    let first = arguments.split(',').next()?.trim().trim_start_matches('{');
    let digits = first.strip_prefix("0x").filter(|d| !d.ends_with('?'))?;
    u64::from_str_radix(digits, 16).ok().filter(|&a| a > 4096)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goroutine(id: u32, lock: &str, calls: &[&str]) -> String {
        let mut out = format!(
            "goroutine {id} gp=0xc m=nil [sync.Mutex.Lock]:\ninternal/sync.(*Mutex).lockSlow({lock})\n\t/m.go:1 +0x1\nsync.(*Mutex).Lock({lock}?)\n\t/m.go:2 +0x1\n"
        );
        for c in calls {
            out += &format!("go/types.{c}\n\t/x.go:3 +0x1\n");
        }
        out + "\n"
    }

    #[test]
    fn who_waits_for_whom() {
        let one = goroutine(
            7,
            "0xc0000a2010",
            &["(*Named).unpack(0xc0000a2000)", "under(0x1)", "(*Named).expand(0xc0000b3000)"],
        );
        let two = goroutine(
            8,
            "0xc0000b3010",
            &["(*Named).unpack(0xc0000b3000)", "(*Named).expand(0xc0000a2000)"],
        );
        let cycle = lock_cycle(&format!("{one}{two}"));
        let waits = "(*Named).unpack waits for (*Named).expand";
        assert_eq!(cycle, Some(format!("{waits}, {waits}")));
        assert_eq!(lock_cycle(&one), None, "who holds it is not there");
        let own = goroutine(
            7,
            "0xc0000a2010",
            &["(*Named).unpack(0xc0000a2000)", "(*Named).expand(0xc0000a2000)"],
        );
        assert_eq!(lock_cycle(&own), Some(format!("{waits} of the same goroutine")));
        assert_eq!(lock_cycle("nothing"), None);
    }
}
