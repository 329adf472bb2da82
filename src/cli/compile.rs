//! `typerace compile`: asks the compiler about a test case.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use super::ticker::{Ticker, waiting};
use super::{Exit, GoArgs, print, say_patched};
use crate::finding::{CompilerVerdict, Finding, Origin, rfc3339};
use crate::harness::{BuiltHarness, Harness, HarnessConfig};
use crate::store::Store;
use crate::testcase::SourceCase;
use crate::triage::compiler::{Compiler, Opinion, compiler_case, second_opinion};
use crate::triage::{load_case, minimized_case, origin_of, standalone};

/// Compile the packages of a test case, and compare the compiler's verdict with that of go/types
#[derive(Args, Debug)]
pub struct CompileArgs {
    /// A crash directory, a .txtar or a .go file
    #[arg(value_name = "CRASH")]
    crash: PathBuf,
    /// Store what the compiler does wrong in this folder of crash directories
    #[arg(long, value_name = "DIR")]
    crashes: Option<PathBuf>,
    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    go: GoArgs,
}

/// What `compile --json` prints.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    verdict: &'a CompilerVerdict,
    /// What the compiler does wrong and go/types does not.
    finding: Option<&'a Finding>,
    /// Its crash directory, if it was stored.
    path: Option<&'a Path>,
}

/// Runs the command.
///
/// # Errors
/// Unusable input or environment.
pub fn run(args: &CompileArgs) -> anyhow::Result<Exit> {
    let (found, finding) = load_case(&args.crash)?;
    let case = minimized_case(&args.crash)?.unwrap_or(found);
    let options = args.go.again(&args.crash, finding.as_ref())?;
    let built = BuiltHarness::get(&options, &mut waiting())?;
    say_patched(&built);
    let compiler = Compiler::find(&built.toolchain).context("cannot find the compiler")?;
    let mut harness = Harness::start(HarnessConfig::new(&built.path))?;
    let origin = Origin { found_at: rfc3339(std::time::SystemTime::now()), ..origin_of(&built) };
    let ticker = Ticker::start("compiling its packages, and checking them with go/types");
    let opinion = second_opinion(&compiler, &mut harness, &case, &origin);
    drop(ticker);
    let opinion = opinion?;
    let path = match &args.crashes {
        Some(dir) => store(dir, &case, &opinion)?,
        None => None,
    };
    if args.json {
        let finding = opinion.finding.as_ref();
        let report = Report { verdict: &opinion.verdict, finding, path: path.as_deref() };
        print(&(serde_json::to_string(&report)? + "\n"))?;
    } else {
        print(&text(&opinion, path.as_deref()))?;
    }
    Ok(if opinion.finding.is_some() { Exit::Findings } else { Exit::Nothing })
}

/// Runs the command for a crash directory of the kind `compiler`.
///
/// # Errors
/// As for [`run`].
pub fn again(crash: &Path, json: bool, go: &GoArgs) -> anyhow::Result<Exit> {
    run(&CompileArgs { crash: crash.to_owned(), crashes: None, json, go: go.clone() })
}

/// Stores what the compiler does wrong, if anything. Returns its crash directory.
fn store(dir: &Path, case: &SourceCase, opinion: &Opinion) -> anyhow::Result<Option<PathBuf>> {
    let Some(finding) = &opinion.finding else { return Ok(None) };
    let finding = Finding { compiler: Some(opinion.verdict.clone()), ..finding.clone() };
    let text = compiler_case(case).to_txtar();
    let saved = Store::open(dir)?.save(&finding, &text, &opinion.report, &[])?;
    standalone::write(saved.path())?;
    Ok(Some(saved.path().to_owned()))
}

fn text(opinion: &Opinion, path: Option<&Path>) -> String {
    let v = &opinion.verdict;
    let package = v.package.as_ref().map(|p| format!(", package {p}")).unwrap_or_default();
    let mut out = format!("go tool compile of {}: {}{package}\n", v.go_version, v.verdict.as_str());
    match &opinion.finding {
        Some(f) => {
            out.push_str(&format!("finding: {}\n\n{}\n", f.title, opinion.report.trim_end()));
        }
        None if v.verdict.is_bad() => {
            out.push_str(
                "go/types fails as well, so this is no finding about the compiler alone\n",
            );
            out.push_str(&format!("\n{}\n", v.output));
        }
        None => out.push_str("go/types judges the packages in the same way\n"),
    }
    if let Some(path) = path {
        out.push_str(&format!("\nstored in {}\n", path.display()));
    }
    out
}
