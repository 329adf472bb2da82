//! The command line: one command a file.

mod bisect;
mod compile;
mod completions;
mod consequence;
mod corpus;
mod corpus_distill;
mod corpus_gate;
mod corpus_merge;
mod crash_dir;
mod doctor;
mod durations;
mod exit;
mod fuzz;
mod go_args;
mod growth;
mod harness;
mod hints;
mod interrupt;
mod known_args;
mod limit_args;
mod minimize;
mod minimize_keep;
mod overlay;
mod patches;
mod regress;
mod regress_columns;
mod regress_files;
mod regress_gate;
mod regress_runs;
mod removed;
mod report;
mod report_html;
mod report_roots;
mod report_verify;
mod reproduce;
mod scenarios;
mod suspects;
mod ticker;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::escape;

pub use exit::{Exit, OutputError};
pub use go_args::{GoArgs, say_patched, under_test};
pub use known_args::{KnownArgs, KnownFileError};
pub use limit_args::LimitArgs;

/// Finds data races in Go's type checker, go/types
#[derive(Debug, Parser)]
#[command(name = "typerace", version = env!("TYPERACE_VERSION"), about, disable_help_subcommand = true)]
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
    Fuzz(Box<fuzz::args::FuzzArgs>),
    Reproduce(reproduce::ReproduceArgs),
    Minimize(minimize::MinimizeArgs),
    Regress(regress::RegressArgs),
    Bisect(bisect::BisectArgs),
    Compile(compile::CompileArgs),
    Consequence(consequence::ConsequenceArgs),
    Report(report::ReportArgs),
    Overlay(overlay::OverlayArgs),
    Corpus(corpus::CorpusArgs),
    Patches(patches::PatchesArgs),
    Suspects(suspects::SuspectsArgs),
    Scenarios(scenarios::ScenariosArgs),
    Doctor(doctor::DoctorArgs),
    Harness(harness::HarnessArgs),
    Completions(completions::CompletionsArgs),
    Man(completions::ManArgs),
}

/// Parses the command line, runs the command, and reports its error.
#[must_use]
pub fn main() -> ExitCode {
    end_on_panic();
    crate::harness::return_memory();
    crate::harness::survive_file_size_limit();
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    if let Some(error) = removed::error(&args) {
        complain(&format!("{error}\n"));
        return Exit::Usage.into();
    }
    let result = match Cli::parse().command {
        Command::Fuzz(args) => fuzz::run(*args),
        Command::Reproduce(args) => reproduce::run(&args),
        Command::Minimize(args) => minimize::run(&args),
        Command::Regress(args) => regress::run(&args),
        Command::Bisect(args) => bisect::run(&args),
        Command::Compile(args) => compile::run(&args),
        Command::Consequence(args) => consequence::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Overlay(args) => overlay::run(&args),
        Command::Corpus(args) => corpus::run(&args),
        Command::Patches(args) => patches::run(&args),
        Command::Suspects(args) => suspects::run(&args),
        Command::Scenarios(args) => scenarios::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Harness(args) => harness::run(&args),
        Command::Completions(args) => completions::completions(&args),
        Command::Man(args) => completions::man(&args),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            complain(&exit::describe(&error, &hints::Flags::of(&args)));
            Exit::of(&error).into()
        }
    }
}

/// Makes a panic on any thread restore the terminal and end the process.
fn end_on_panic() {
    // In the hook instead of with catch_unwind: release builds abort on panic.
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        crate::campaign::screen::restore();
        default(info);
        complain("help: this is a bug in typerace; please report it\n");
        std::process::exit(i32::from(Exit::Internal as u8));
    }));
}

/// Writes a result to stdout, without control characters. A reader that closes the pipe early is not an error.
///
/// # Errors
/// Writing fails for another reason.
pub fn print(text: &str) -> Result<(), OutputError> {
    let mut out = io::stdout().lock();
    match out.write_all(escape::text(text).as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.map_err(OutputError),
    }
}

/// Writes a line of progress to stderr.
pub fn progress(line: &str) {
    complain(&format!("typerace: {line}\n"));
}

/// Writes to stderr, without control characters. A full disk or a terminal that is gone must not end
/// what is running, as a panic of `eprint!` would.
fn complain(text: &str) {
    let _ = io::stderr().lock().write_all(escape::text(text).as_bytes());
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::sync::Arc;
    use std::time::Duration;

    use clap::CommandFactory as _;

    use crate::campaign::screen::Screen;
    use crate::campaign::{Display, Style};

    /// [`a_panic_gives_the_terminal_back`] runs this on a terminal.
    #[test]
    #[ignore = "helper of another test"]
    fn helper_that_panics() {
        if std::env::var_os("TYPERACE_TEST_PANICS").is_none() {
            return;
        }
        super::end_on_panic();
        let screen = Screen::start(&Display::new(Style::Screen), Arc::default()).unwrap();
        std::thread::sleep(Duration::from_millis(600));
        // Release builds do not unwind.
        std::mem::forget(screen);
        panic!("planted");
    }

    #[test]
    fn a_panic_gives_the_terminal_back() {
        let exe = std::env::current_exe().unwrap();
        let helper = "cli::tests::helper_that_panics";
        let command = format!(
            "stty rows 30 cols 100; {} --ignored --exact {helper} --nocapture; \
             code=$?; stty -a | grep -o -- '-*icanon'; exit $code",
            exe.display()
        );
        let out = Command::new("script")
            .args(["-qfec", &command, "/dev/null"])
            .env("TERM", "xterm")
            .env("SHELL", "/bin/sh")
            .env("TYPERACE_TEST_PANICS", "1")
            .output()
            .expect("script, of util-linux, starts");
        let text = String::from_utf8_lossy(&out.stdout);
        assert_eq!(out.status.code(), Some(70), "{text}");
        assert!(text.contains("\x1b[?1049h"), "no screen was there: {text}");
        let (_, after) = text.rsplit_once("\x1b[?1049l").unwrap_or_else(|| panic!("{text}"));
        assert!(after.contains("\x1b[?25h") && after.contains("\nicanon"), "{after}");
        assert!(after.contains("planted") && after.contains("bug in typerace"), "{after}");
    }

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
