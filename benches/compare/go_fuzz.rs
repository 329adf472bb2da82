//! go-fuzz, built for the race detector, on the targets of `benches/peer`.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Failure;
use super::peer::{Found, copy_seeds, counts, imported, root};

/// go-fuzz has no releases, and its newest commit is of 2022; what it needs of x/tools
/// must know today's Go.
const MODULES: [&str; 2] =
    ["github.com/dvyukov/go-fuzz@v0.0.0-20220726122315-1d375ef9f9f6", "golang.org/x/tools@v0.52.0"];

/// Runs it from the seeds for so long, with two workers.
pub fn run(target: &str, seconds: u64) -> Result<Value, Failure> {
    let dir = tempfile::tempdir()?;
    let [module, stats, work] = ["module", "stats", "work"].map(|name| dir.path().join(name));
    let [corpus, crashers] = ["corpus", "crashers"].map(|name| work.join(name));
    for dir in [&module, &stats, &work, &corpus] {
        fs::create_dir(dir)?;
    }
    copy_seeds(&corpus)?;
    let archive = build(target, &module)?;
    let log = dir.path().join("race");
    let began = Instant::now();
    let mut fuzz = Command::new(module.join("go-fuzz"))
        .args(["-procs", "2", "-bin"])
        .arg(&archive)
        .arg("-workdir")
        .arg(&work)
        .env("PEER_STATS", &stats)
        // A race alone ends no process, and go-fuzz sees only those that end.
        .env("GORACE", format!("halt_on_error=1 log_path={}", log.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let mut found = Found::default();
    while began.elapsed() < Duration::from_secs(seconds) {
        if fuzz.try_wait()?.is_some() {
            return Err("go-fuzz ended by itself".into());
        }
        sleep(Duration::from_secs(1));
        found.look(dir.path(), began.elapsed().as_secs_f64())?;
    }
    let ran = began.elapsed().as_secs_f64();
    let [unparsed, parsed, checked] = counts(&stats)?;
    Command::new("kill").args(["-INT", &fuzz.id().to_string()]).status()?;
    fuzz.wait()?;
    let execs = unparsed + parsed + checked;
    Ok(json!({
        "seconds": ran,
        "execs": execs,
        "execs_per_second": execs as f64 / ran,
        "parsed": parsed + checked,
        "type_checked": checked,
        "race_reports_shown": shown(&crashers),
        "findings": found.places.len(),
        "seconds_to_first_race": found.first,
        "seconds_to_79035": found.unalias,
        "coverage": coverage(&corpus, dir.path())?,
    }))
}

/// go-fuzz itself and a target for it, in a module that needs them.
fn build(target: &str, module: &Path) -> Result<std::path::PathBuf, Failure> {
    for file in ["go.mod", "target.go", "gofuzz.go"] {
        fs::copy(root().join("benches/peer").join(file), module.join(file))?;
    }
    let archive = module.join("peer.zip");
    let go = |args: &[&str]| ("go".to_owned(), args.iter().map(|&a| a.to_owned()).collect());
    let own = |name: &str, args: &[&str]| {
        let args: Vec<String> = args.iter().map(|&a| a.to_owned()).collect();
        (module.join(name).display().to_string(), args)
    };
    let steps: [(String, Vec<String>); 4] = [
        go(&["get", MODULES[0], MODULES[1]]),
        go(&["build", "-mod=mod", "-o", ".", "github.com/dvyukov/go-fuzz/go-fuzz"]),
        go(&["build", "-mod=mod", "-o", ".", "github.com/dvyukov/go-fuzz/go-fuzz-build"]),
        own("go-fuzz-build", &["-race", "-func", &format!("{target}Bytes"), "-o", "peer.zip", "."]),
    ];
    for (program, args) in steps {
        let output = Command::new(&program).args(&args).current_dir(module).output()?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr);
            return Err(format!("{program} {}: {text}", args.join(" ")).into());
        }
    }
    Ok(archive)
}

/// Crashes that it kept with an output.
fn shown(crashers: &Path) -> usize {
    let outputs = fs::read_dir(crashers).into_iter().flatten().flatten();
    let is_output = |p: &Path| p.extension().is_some_and(|e| e == "output");
    outputs.filter(|e| is_output(&e.path())).count()
}

/// What its corpus reaches.
fn coverage(corpus: &Path, dir: &Path) -> Result<Value, Failure> {
    let kept = dir.join("kept");
    fs::create_dir(&kept)?;
    for (i, entry) in fs::read_dir(corpus)?.enumerate() {
        fs::copy(entry?.path(), kept.join(format!("kept{i}.txtar")))?;
    }
    imported(&kept, dir)
}
