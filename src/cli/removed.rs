//! Flags of `fuzz` that were removed because what they turned on did not pay.

use std::ffi::OsString;

/// Each flag with the feature that it belonged to.
const REMOVED: [(&str, &str); 7] = [
    ("--lazy", LAZY),
    ("--no-lazy", LAZY),
    ("--schedules", "the search of schedules"),
    ("--interleaving", INTERLEAVING),
    ("--no-interleaving", INTERLEAVING),
    ("--ablate", "ablations inside the program"),
    ("--replay", "replaying seeds for a benchmark"),
];

const LAZY: &str = "the search for lazy state";
const INTERLEAVING: &str = "interleaving feedback";

/// The error for a command line (without the program's name) that uses a removed flag.
pub(super) fn error(args: &[OsString]) -> Option<String> {
    if args.first()? != "fuzz" {
        return None;
    }
    let flags = args.iter().map(|a| a.to_string_lossy()).take_while(|a| a != "--");
    let removed = |arg: &str| {
        let flag = arg.split('=').next();
        REMOVED.iter().find(|(name, _)| Some(*name) == flag)
    };
    let (flag, feature) = flags.filter_map(|a| removed(&a)).next()?;
    Some(format!(
        "error: {flag} was removed with {feature}\n\
         help: docs/NEGATIVE-RESULTS.md says why, with the figures"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(line: &str) -> Option<String> {
        error(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn removed_flags_are_named_and_no_others() {
        for (flag, feature) in REMOVED {
            let text = says(&format!("fuzz --seed 3 {flag}=x --json")).unwrap();
            assert!(text.contains(flag) && text.contains(feature), "{text}");
        }
        for other in
            ["fuzz --no-schedules", "fuzz -- --lazy", "regress --replay", "fuzz --lazybones"]
        {
            assert_eq!(says(other), None, "{other}");
        }
        assert_eq!(error(&[]), None);
    }
}
