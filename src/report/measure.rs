//! Measures how much of each function of go/types a corpus reaches. Each input runs in a
//! harness with Go's own coverage, sequentially and, if it breaks no rule, concurrently.

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::html::{Coverage, LoadError};
use crate::files;
use crate::harness::{
    BuiltHarness, End, GoOptions, Harness, HarnessConfig, HarnessError, ImportError, RunFlags,
    RunRequest, Scratch, Toolchain,
};
use crate::scenario::{Class, Scenario};
use crate::testcase::SourceCase;

/// Why coverage could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// The harness failed.
    #[error(transparent)]
    Harness(#[from] HarnessError),
    /// A folder of inputs cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// One of Go's coverage tools failed.
    #[error("{tool} failed: {why}")]
    Tool {
        /// The command.
        tool: &'static str,
        /// Its error output.
        why: String,
    },
    /// The temporary folder cannot be used.
    #[error("cannot use a temporary folder: {0}")]
    Temporary(#[source] std::io::Error),
    /// There is nothing to run.
    #[error("there are no inputs to measure the coverage of")]
    Empty,
}

/// The number of runs per process. If a process dies, its coverage is lost and its inputs run
/// again.
const RUNS_OF_PROCESS: usize = 100;

/// The result of a measurement.
#[derive(Debug)]
pub struct Measured {
    /// Coverage by function.
    pub coverage: Coverage,
    /// The number of inputs that ran.
    pub inputs: usize,
    /// The number of inputs that do not count: they killed their process, did not end, or
    /// cannot be parsed by this Go.
    pub lost: usize,
    /// The Go that ran them.
    pub go_version: String,
}

/// A way to run an input.
#[derive(Clone, Copy)]
struct Todo {
    input: usize,
    sequential: bool,
}

/// Measures the coverage of some inputs.
///
/// # Errors
/// There is no harness or no input, or Go's coverage tools fail.
pub fn measure(
    options: &GoOptions,
    inputs: &[SourceCase],
    interrupted: &Arc<AtomicBool>,
    progress: &mut dyn FnMut(&str),
) -> Result<Measured, MeasureError> {
    if inputs.is_empty() {
        return Err(MeasureError::Empty);
    }
    let built = BuiltHarness::covered(options, progress).map_err(HarnessError::from)?;
    let scratch = Scratch::new().map_err(MeasureError::Temporary)?;
    let tmp = scratch.cwd();
    let dir = tmp.join("counters");
    fs::create_dir(&dir).map_err(MeasureError::Temporary)?;
    let lost = run_all(&built, inputs, &dir, interrupted, progress)?;
    let profile = tmp.join("profile");
    let args = ["tool", "covdata", "textfmt"].map(str::to_owned);
    let files = [format!("-i={}", dir.display()), format!("-o={}", profile.display())];
    tool(&built.toolchain, "go tool covdata", &[&args[..], &files].concat())?;
    only_library(&profile).map_err(MeasureError::Temporary)?;
    let args = [String::from("tool"), "cover".to_owned(), format!("-func={}", profile.display())];
    let text = tool(&built.toolchain, "go tool cover", &args)?;
    let mut coverage = Coverage::parse(&text);
    name_receivers(&mut coverage, &built.toolchain.goroot.join("src/go/types"));
    if coverage.functions.is_empty() {
        let why = "it lists no function of go/types".to_owned();
        return Err(MeasureError::Tool { tool: "go tool cover", why });
    }
    let (inputs, go_version) = (inputs.len() - lost, built.toolchain.version);
    Ok(Measured { coverage, inputs, lost, go_version })
}

/// Adds receivers to method names, from the sources, because Go's tool leaves them out.
/// Methods in a file that an overlay replaces keep their names if the lines do not match.
fn name_receivers(coverage: &mut Coverage, folder: &Path) {
    let method = regex::Regex::new(r"^func \((?:\w+ )?(\*?)(\w+)[^)]*\) (\w+)\(")
        .expect("a constant expression");
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for f in &mut coverage.functions {
        let text = files
            .entry(f.file.clone())
            .or_insert_with(|| fs::read_to_string(folder.join(&f.file)).unwrap_or_default());
        let line = (f.line as usize).checked_sub(1).and_then(|n| text.lines().nth(n));
        if let Some(m) = line.and_then(|l| method.captures(l))
            && m[3] == f.name
        {
            f.name = match &m[1] {
                "*" => format!("(*{}).{}", &m[2], &m[3]),
                _ => format!("{}.{}", &m[2], &m[3]),
            };
        }
    }
}

/// Keeps only the lines of go/types. The harness's own packages are not part of the result,
/// and the next tool could not find them.
fn only_library(profile: &Path) -> std::io::Result<()> {
    let text = fs::read_to_string(profile)?;
    let mut lines: Vec<&str> =
        text.lines().filter(|l| l.starts_with("mode:") || l.starts_with("go/types/")).collect();
    lines.push("");
    files::output(profile, lines.join("\n").as_bytes())
}

fn tool(go: &Toolchain, tool: &'static str, args: &[String]) -> Result<String, MeasureError> {
    let failed = |why: String| MeasureError::Tool { tool, why };
    let output = go
        .command()
        .args(args)
        // Away from any go.mod.
        .current_dir("/")
        .stdin(Stdio::null())
        .output()
        .map_err(|e| failed(e.to_string()))?;
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs every input, and returns the number of lost ones.
fn run_all(
    built: &BuiltHarness,
    inputs: &[SourceCase],
    dir: &Path,
    interrupted: &Arc<AtomicBool>,
    progress: &mut dyn FnMut(&str),
) -> Result<usize, MeasureError> {
    let config = HarnessConfig {
        cover_dir: Some(dir.to_owned()),
        interrupt: Arc::clone(interrupted),
        recycle_after: u32::MAX,
        ..HarnessConfig::new(&built.path)
    };
    let mut harness = Harness::start(config).map_err(HarnessError::from)?;
    let mut scenarios: Vec<Option<Scenario>> = vec![None; inputs.len()];
    let mut lost = vec![false; inputs.len()];
    let mut queue: VecDeque<Todo> = VecDeque::new();
    queue.extend((0..inputs.len()).map(|input| Todo { input, sequential: true }));
    queue.extend((0..inputs.len()).map(|input| Todo { input, sequential: false }));
    // What the current process has run since it started. If it dies, the next one repeats it.
    let mut since: Vec<Todo> = Vec::new();
    let (mut done, step) = (0, (inputs.len() / 2).max(50));
    while let Some(todo) = queue.pop_front() {
        if interrupted.load(Ordering::Relaxed) {
            return Err(HarnessError::Interrupted.into());
        }
        let input = &inputs[todo.input];
        if since.len() >= RUNS_OF_PROCESS {
            harness.recycle();
            since.clear();
        }
        if scenarios[todo.input].is_none() {
            match scenario(&mut harness, input) {
                Ok(s) => scenarios[todo.input] = Some(s),
                Err(ImportError::Harness(e)) => return Err(e.into()),
                // This Go cannot parse it.
                Err(_) => lost[todo.input] = true,
            }
        }
        let Some(scenario) = scenarios[todo.input].as_mut() else { continue };
        if scenario.uses_targets() || !todo.sequential && scenario.class() == Class::Breach {
            // An input that breaks a rule may kill the process, and reaches nothing else.
            continue;
        }
        scenario.fresh = false;
        scenario.rounds = None;
        let flags = RunFlags { sequential: todo.sequential, ..RunFlags::default() };
        let request = RunRequest { flags, ..RunRequest::new(scenario, &input.packages) };
        let request = request.exploring();
        let outcome = harness.run(&RunRequest { id: done, ..request })?;
        done += 1;
        if outcome.end == End::Replied {
            since.push(todo);
        } else {
            // Repeat the runs whose coverage is lost, but not the one that killed the process.
            lost[todo.input] |= todo.sequential;
            queue.extend(since.drain(..));
        }
        if (done as usize).is_multiple_of(step) {
            progress(&format!("coverage: {done} runs done, {} to go", queue.len()));
        }
    }
    // The last process writes its coverage when it ends.
    drop(harness);
    Ok(lost.iter().filter(|l| **l).count())
}

fn scenario(harness: &mut Harness, input: &SourceCase) -> Result<Scenario, ImportError> {
    match &input.scenario {
        Some(scenario) => Ok(scenario.clone()),
        None => Ok(harness.import(input)?.scenario),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_get_their_receivers() {
        let tmp = tempfile::tempdir().unwrap();
        let text = "package types\nfunc (t *Named) A() {}\nfunc (l list[T]) B() {}\nfunc (*Basic) C(\nfunc D() {}\n";
        fs::write(tmp.path().join("x.go"), text).unwrap();
        let lines: String = (2..6u8)
            .map(|n| format!("go/types/x.go:{n}:\t{}\t1.0%\n", char::from(b'A' + n - 2)))
            .collect();
        let mut c = Coverage::parse(&(lines + "go/types/y.go:1:\tE\t1.0%\n"));
        name_receivers(&mut c, tmp.path());
        let names: Vec<_> = c.functions.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["(*Named).A", "list.B", "(*Basic).C", "D", "E"]);
    }
}
