//! Flags of `fuzz` that were removed.

use std::ffi::OsString;

/// Each flag that did not pay, with the feature that it belonged to.
const REMOVED: [(&str, &str); 7] = [
    ("--lazy", LAZY),
    ("--no-lazy", LAZY),
    ("--schedules", "the search of schedules"),
    ("--interleaving", INTERLEAVING),
    ("--no-interleaving", INTERLEAVING),
    ("--ablate", "ablations inside the program"),
    ("--replay", "replaying seeds for a benchmark"),
];

/// Flags that connected machines to each other.
const CONNECTED: [&str; 2] = ["--listen", "--connect"];

const LAZY: &str = "the search for lazy state";
const INTERLEAVING: &str = "interleaving feedback";

/// The error for a command line (without the program's name) that uses a removed flag.
pub(super) fn error(args: &[OsString]) -> Option<String> {
    if args.first()? != "fuzz" {
        return None;
    }
    let flags = args.iter().map(|a| a.to_string_lossy()).take_while(|a| a != "--");
    let removed = |arg: &str| {
        let flag = arg.split('=').next()?;
        if let Some(flag) = CONNECTED.iter().find(|name| **name == flag) {
            return Some(format!(
                "error: {flag} was removed: machines do not connect to each other any more\n\
                 help: give all of them the same --sync URL, of a folder that they share \
                 (--sync file:///mnt/shared/x) or a bucket; docs/FLEET.md has examples"
            ));
        }
        let (flag, feature) = REMOVED.iter().find(|(name, _)| *name == flag)?;
        Some(format!(
            "error: {flag} was removed with {feature}\n\
             help: docs/NEGATIVE-RESULTS.md says why, with the figures"
        ))
    };
    flags.filter_map(|a| removed(&a)).next()
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
        for flag in ["--listen 4000", "--connect=10.0.0.1:4000"] {
            let text = says(&format!("fuzz --work w {flag}")).unwrap();
            assert!(text.contains("--sync file:///") && text.contains("docs/FLEET.md"), "{text}");
        }
        for other in
            ["fuzz --no-schedules", "fuzz -- --lazy", "regress --replay", "fuzz --lazybones"]
        {
            assert_eq!(says(other), None, "{other}");
        }
        assert_eq!(error(&[]), None);
    }
}
