//! Goroutines that outlived every operation.

use super::finding::{Finding, Origin};
use super::frame::{Frame, goroutines};
use super::kind::Kind;
use super::normalise::function;
use super::observe::{Draft, stack};
use super::signature::{signature, site};
use super::title;
use crate::scenario::Scenario;

/// The findings of stacks that the harness saw three times after every operation had
/// returned, each signature once.
#[must_use]
pub fn leaked(stacks: &[String], scenario: &Scenario, origin: &Origin) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::new();
    for goroutine in stacks.iter().flat_map(|text| goroutines(text)) {
        // A running goroutine is somewhere else in every sample, so its entry point counts.
        let runs = goroutine.state.starts_with("run") || goroutine.state.starts_with("sleep");
        let outermost = |frames: &[Frame]| frames.last().map(|f| function(&f.function));
        let place = if runs {
            outermost(&goroutine.frames).unwrap_or_else(|| "stack lost".to_owned())
        } else {
            site(&goroutine.frames).to_string()
        };
        let state = if runs { "running" } else { &goroutine.state };
        let made = goroutine.created_by.as_deref().map(function).unwrap_or_default();
        let sites = [format!("{state} in {place}, made in {made}")];
        let draft = Draft {
            kind: Kind::Leak,
            signature: signature(Kind::Leak, "", &sites),
            title: title::at("leaked goroutine", &sites),
            blame: super::normalise::owner(&made),
            alone: false,
            stacks: vec![stack(
                format!("goroutine {}: {}", goroutine.id, goroutine.state),
                &goroutine.frames,
            )],
        };
        let finding = draft.finding(scenario, false, origin);
        if !out.iter().any(|f| f.id == finding.id) {
            out.push(finding);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Blame;

    #[test]
    fn a_leak_is_where_it_waits_and_who_made_it() {
        let text = |id: u32, address: &str| {
            format!(
                "goroutine {id} [chan receive, 2 minutes]:\ngo/types.wait({address})\n\t/go/src/go/types/w.go:3 +0x1\n\
                 created by go/types.(*Checker).later.func1 in goroutine 4\n\t/go/src/go/types/c.go:9 +0x2\n"
            )
        };
        let found =
            leaked(&[text(7, "0xc01"), text(9, "0xc02")], &Scenario::default(), &Origin::default());
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].signature,
            "leak: chan receive in go/types.wait, made in go/types.(*Checker).later"
        );
        assert_eq!((found[0].kind, found[0].blame), (Kind::Leak, Blame::GoTypes));
        let running = text(7, "0x1").replace("chan receive, 2 minutes", "runnable");
        let found = leaked(&[running], &Scenario::default(), &Origin::default());
        assert!(found[0].title.contains("running in wait"), "{}", found[0].title);
    }
}
