//! A finding for tests of code that works on findings.

use super::{End, Exit, Finding, Observed, Origin, findings};
use crate::scenario::Scenario;

/// A fatal error with this message, from the scenario `go check a`.
///
/// # Panics
/// Never: the scenario parses, and the message yields one finding.
pub fn fatal(message: &str) -> Finding {
    let scenario = Scenario::parse("go check a").unwrap().unwrap();
    let output = format!("fatal error: {message}\n");
    let origin = Origin::default();
    let end = End::Died { exit: Exit::Code(2), output: &output };
    let seen = Observed {
        reports: "",
        end,
        panics: &[],
        scenario: &scenario,
        sequential: true,
        origin: &origin,
    };
    findings(&seen).remove(0)
}
