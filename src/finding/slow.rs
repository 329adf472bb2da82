//! Finds a more exact name for a stall than its stacks give.

use super::dump::stall;
use super::finding::Finding;
use super::frame::goroutines;
use super::kind::Kind;
use super::locks::lock_cycle;
use super::signature::{id, signature};

/// The title of a hang whose goroutine computes constants. It is slow but ends eventually: the
/// language puts no limit on the size of constants.
pub const CONSTANTS: &str = "constant arithmetic";

/// The title of a deadlock whose goroutines wait for one another. It never ends.
pub const LOCK_CYCLE: &str = "lock cycle: ";

/// Names the lock cycle of a deadlock and the constant arithmetic of a hang.
pub fn name_stall(finding: &mut Finding, dump: &str) {
    match finding.kind {
        Kind::Deadlock => {
            if let Some(cycle) = lock_cycle(dump) {
                finding.title.push_str(&format!(" ({LOCK_CYCLE}{cycle})"));
            }
        }
        Kind::Hang => {
            if let Some(function) = constants(dump) {
                finding.title = format!("hang: {CONSTANTS} ({function})");
                finding.signature = signature(Kind::Hang, CONSTANTS, &[]);
                finding.id = id(Kind::Hang, &finding.signature);
            }
        }
        _ => {}
    }
}

/// The go/constant function, or else the math/big function, that a worker is in.
fn constants(dump: &str) -> Option<String> {
    let workers = stall(dump).workers;
    // The thread that received the signal prints its goroutine's frames without a state.
    let frames = workers.iter().flat_map(|g| &g.frames);
    let all: Vec<String> = frames.map(|f| f.function.clone()).collect();
    let named = |package: &str| all.iter().rev().find(|f| f.starts_with(package)).cloned();
    named("go/constant.").or_else(|| named("math/big.")).or_else(|| {
        let any = goroutines(dump)
            .into_iter()
            .find(|g| g.frames.first().is_some_and(|f| f.function.starts_with("math/big.")));
        any.map(|g| g.frames[0].function.clone())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{End, Observed, Origin, findings};
    use crate::scenario::Scenario;

    #[test]
    fn constants_are_named_and_are_one_finding() {
        let dump = |op: &str| {
            format!(
                "goroutine 7 [running]:\nmath/big.nat.mul(0x1)\n\t/b.go:1 +0x1\ngo/constant.{op}(0x1)\n\t/c.go:2 +0x1\n\
                 go/types.(*Checker).binary(0x1)\n\t/t.go:3 +0x1\n\n"
            )
        };
        let seen = |dump: &str| {
            let scenario = Scenario::default();
            let end = End::TimedOut { dump };
            let origin = Origin::default();
            let seen = Observed {
                reports: "",
                end,
                panics: &[],
                scenario: &scenario,
                sequential: false,
                origin: &origin,
            };
            let mut f = findings(&seen).remove(0);
            name_stall(&mut f, dump);
            f
        };
        let (a, b) = (seen(&dump("Shift")), seen(&dump("BinaryOp")));
        assert_eq!(a.title, "hang: constant arithmetic (go/constant.Shift)");
        assert_eq!((&a.signature, a.id == b.id), (&"hang: constant arithmetic".to_owned(), true));
        let other = seen("goroutine 7 [running]:\ngo/types.f(0x1)\n\t/t.go:3 +0x1\n\n");
        assert_eq!(other.title, "hang: f");
    }
}
