//! A finding for tests of what is done with findings.

use super::{End, Exit, Finding, Observed, Origin, findings};
use crate::scenario::Scenario;

/// A fatal error of this message, of the scenario `go check a`.
///
/// # Panics
/// Never: the scenario parses, and the message makes one finding.
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
