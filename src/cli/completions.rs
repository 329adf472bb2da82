//! `typerace completions` and `typerace man`: what a shell and man(1) read. Packagers install them.

use clap::error::ErrorKind;
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::{Cli, Exit, OutputError, print};

/// Print the completions for a shell: `typerace completions bash > ~/.local/share/bash-completion/completions/typerace`
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Shell,
}

/// Print the manual page, or that of a command: `typerace man | man -l -`
#[derive(Args, Debug)]
pub struct ManArgs {
    /// The command, for example `fuzz` or `corpus merge` [default: typerace itself]
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

/// Runs `completions`.
///
/// # Errors
/// Standard output cannot be written.
pub fn completions(args: &CompletionsArgs) -> anyhow::Result<Exit> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "typerace", &mut text);
    print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Nothing)
}

/// Runs `man`.
///
/// # Errors
/// There is no such command, or standard output cannot be written.
pub fn man(args: &ManArgs) -> anyhow::Result<Exit> {
    let mut command = Cli::command().flatten_help(true);
    command.build();
    for name in &args.command {
        let Some(found) = command.find_subcommand(name) else {
            let known = command.get_subcommands().map(clap::Command::get_name);
            let why = format!(
                "there is no command '{}'; there are: {}\n",
                args.command.join(" "),
                known.collect::<Vec<_>>().join(", ")
            );
            // Exit code 2, like every other wrong argument.
            Cli::command().error(ErrorKind::InvalidSubcommand, why).exit();
        };
        command = found.clone();
    }
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text).map_err(OutputError::from)?;
    print(&String::from_utf8_lossy(&text))?;
    Ok(Exit::Nothing)
}
