//! The `typerace` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    typerace::cli::main()
}
