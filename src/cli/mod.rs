//! The command line: one command a file.

mod bisect;
mod corpus;
mod corpus_distill;
mod corpus_merge;
mod doctor;
mod exit;
mod fuzz;
mod go_args;
mod growth;
mod known_args;
mod limit_args;
mod minimize;
mod regress;
mod report;
mod report_html;
mod reproduce;
mod scenarios;
mod ticker;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use exit::{Exit, OutputError};
pub use go_args::GoArgs;
pub use known_args::{KnownArgs, KnownFileError};
pub use limit_args::LimitArgs;

/// Finds data races in Go's type checker, go/types
#[derive(Debug, Parser)]
#[command(name = "typerace", version, about, disable_help_subcommand = true)]
#[command(
    after_help = "Exit codes: 0 nothing found, 1 findings, 2 wrong usage or unusable input, \
    3 the environment cannot work, 70 internal error"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Fuzz(Box<fuzz::FuzzArgs>),
    Reproduce(reproduce::ReproduceArgs),
    Minimize(minimize::MinimizeArgs),
    Regress(regress::RegressArgs),
    Bisect(bisect::BisectArgs),
    Report(report::ReportArgs),
    Corpus(corpus::CorpusArgs),
    Scenarios(scenarios::ScenariosArgs),
    Doctor(doctor::DoctorArgs),
}

/// Parses the command line, runs the command, and reports its error.
#[must_use]
pub fn main() -> ExitCode {
    // In the hook and not by catch_unwind: a release aborts on panic.
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        crate::campaign::screen::restore();
        default(info);
        eprintln!("help: this is a fault of typerace; please report it");
        std::process::exit(i32::from(Exit::Internal as u8));
    }));
    let result = match Cli::parse().command {
        Command::Fuzz(args) => fuzz::run(*args),
        Command::Reproduce(args) => reproduce::run(&args),
        Command::Minimize(args) => minimize::run(&args),
        Command::Regress(args) => regress::run(&args),
        Command::Bisect(args) => bisect::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Corpus(args) => corpus::run(&args),
        Command::Scenarios(args) => scenarios::run(&args),
        Command::Doctor(args) => doctor::run(&args),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            eprint!("{}", exit::describe(&error));
            Exit::of(&error).into()
        }
    }
}

/// Writes a result to stdout. A reader that has seen enough is no error.
///
/// # Errors
/// It cannot be written for another reason.
pub fn print(text: &str) -> Result<(), OutputError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(OutputError),
    }
}

/// Writes a line of progress to stderr.
pub fn progress(line: &str) {
    eprintln!("typerace: {line}");
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
