//! Hints name only flags that the command has: most errors can come from several commands.

use std::collections::BTreeSet;
use std::ffi::OsString;

use clap::CommandFactory as _;

use super::Cli;

/// The flags of a command.
pub struct Flags {
    flags: BTreeSet<String>,
    /// The names of all commands: a hint may name one, with its flags.
    commands: BTreeSet<String>,
}

impl Flags {
    /// The flags of the command in these arguments, which are without the program's name.
    pub fn of(args: &[OsString]) -> Self {
        let mut command = Cli::command();
        let commands = command.get_subcommands().map(|c| c.get_name().to_owned()).collect();
        for arg in args {
            match command.find_subcommand(arg) {
                Some(sub) => command = sub.clone(),
                None => break,
            }
        }
        let flags = command.get_arguments().filter_map(|a| Some(format!("--{}", a.get_long()?)));
        Self { flags: flags.collect(), commands }
    }

    /// What of a hint the user can do. Its alternatives stand between “, or”.
    pub fn fit(&self, hint: &str) -> Option<String> {
        let mut is_named = false;
        let mut has_all = |part: &&str| {
            part.split_whitespace().all(|word| {
                let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '-');
                is_named |= self.commands.contains(word);
                is_named || !word.starts_with("--") || self.flags.contains(word)
            })
        };
        let parts: Vec<&str> = hint.split(", or ").filter(|part| has_all(part)).collect();
        (!parts.is_empty()).then(|| parts.join(", or "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(command: &[&str], hint: &str) -> Option<String> {
        Flags::of(&command.iter().map(OsString::from).collect::<Vec<_>>()).fit(hint)
    }

    #[test]
    fn a_hint_has_only_flags_of_the_command() {
        let seeds = "leave --corpus out, or use --no-seeds";
        assert_eq!(fit(&["fuzz"], seeds).as_deref(), Some(seeds));
        assert_eq!(fit(&["regress"], seeds).as_deref(), Some("leave --corpus out"));
        assert_eq!(fit(&["corpus", "merge"], seeds), None);
        let crashes = "give --crashes a folder";
        assert_eq!(fit(&["report"], crashes).as_deref(), Some(crashes));
        assert_eq!(fit(&["reproduce", "--runs", "report"], crashes), None);
        for hint in ["set XDG_CACHE_HOME", "fuzz --sync URL makes it; report takes --crashes DIR"] {
            assert_eq!(fit(&["suspects"], hint).as_deref(), Some(hint));
        }
    }

    /// Every flag of every command says what it does.
    #[test]
    fn flags_are_described() {
        fn look(command: &clap::Command, path: &str, bare: &mut Vec<String>) {
            if command.get_about().is_none() && command.get_long_about().is_none() {
                bare.push(path.to_owned());
            }
            for arg in command.get_arguments().filter(|a| !a.is_hide_set()) {
                if arg.get_help().is_none() && arg.get_long_help().is_none() {
                    bare.push(format!("{path} {}", arg.get_id()));
                }
                if arg.get_possible_values().iter().any(|v| v.get_help().is_some()) {
                    let values = arg.get_possible_values();
                    let bare_values = values.iter().filter(|v| v.get_help().is_none());
                    bare.extend(bare_values.map(|v| format!("{path} {}", v.get_name())));
                }
            }
            for sub in command.get_subcommands() {
                look(sub, &format!("{path} {}", sub.get_name()), bare);
            }
        }
        let mut bare = Vec::new();
        look(&Cli::command(), "typerace", &mut bare);
        assert!(bare.is_empty(), "{bare:#?}");
    }
}
