//! go-fuzz, built for the race detector, on the targets of `benches/peer`.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Failure;
use super::campaigns::interrupt;
use super::peer::{Found, TARGETS, copy_seeds, imported, root};
use super::results::Results;

/// go-fuzz has no releases, and its newest commit is from 2022. The x/tools release that it uses
/// must support today's Go.
const MODULES: [&str; 2] =
    ["github.com/dvyukov/go-fuzz@v0.0.0-20220726122315-1d375ef9f9f6", "golang.org/x/tools@v0.52.0"];

/// Each target, from the seeds.
pub fn measure(results: &mut Results, seconds: u64) -> Result<(), Failure> {
    for target in TARGETS {
        let key = [&format!("go-fuzz {target}"), "seeds", &format!("{seconds} s")];
        results.measure("peer", &key, || run(target, seconds))?;
    }
    Ok(())
}

/// Runs it from the seeds for the given time, with two workers.
fn run(target: &str, seconds: u64) -> Result<Value, Failure> {
    let dir = tempfile::tempdir()?;
    let [module, stats, work] = ["module", "stats", "work"].map(|name| dir.path().join(name));
    let [corpus, crashers] = ["corpus", "crashers"].map(|name| work.join(name));
    for dir in [&module, &stats, &work, &corpus] {
        fs::create_dir(dir)?;
    }
    copy_seeds(&corpus)?;
    build(target, &module)?;
    let log = dir.path().join("race");
    let began = Instant::now();
    let mut fuzz = Command::new(module.join("go-fuzz"))
        .args(["-procs", "2", "-bin"])
        .arg(module.join(ARCHIVE))
        .arg("-workdir")
        .arg(&work)
        .env("PEER_STATS", &stats)
        // A race alone does not end a process, and go-fuzz notices only processes that end.
        .env("GORACE", format!("halt_on_error=1 log_path={}", log.display()))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let watched = (|| {
        let mut found = Found::default();
        while began.elapsed() < Duration::from_secs(seconds) {
            if fuzz.try_wait()?.is_some() {
                return Err("go-fuzz ended by itself".into());
            }
            sleep(Duration::from_secs(1));
            found.look(dir.path(), began.elapsed().as_secs_f64())?;
        }
        found.figures(&stats, began.elapsed().as_secs_f64())
    })();
    // Whatever happened, it must not continue in a folder that has been removed.
    interrupt(&fuzz)?;
    fuzz.wait()?;
    let mut figures = watched?;
    figures["race_reports_shown"] = shown(&crashers).into();
    figures["coverage"] = coverage(&corpus, dir.path())?;
    Ok(figures)
}

/// The instrumented target, in the module's folder.
const ARCHIVE: &str = "peer.zip";

/// go-fuzz itself and a target for it, in a module that needs them.
fn build(target: &str, module: &Path) -> Result<(), Failure> {
    for file in ["go.mod", "target.go", "gofuzz.go"] {
        fs::copy(root().join("benches/peer").join(file), module.join(file))?;
    }
    let run = |program: &Path, args: &[&str]| {
        let output = Command::new(program).args(args).current_dir(module).output()?;
        if output.status.success() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&output.stderr);
        Err(Failure::from(format!("{} {}: {text}", program.display(), args.join(" "))))
    };
    let go = Path::new("go");
    run(go, &[&["get"], &MODULES[..]].concat())?;
    for tool in ["github.com/dvyukov/go-fuzz/go-fuzz", "github.com/dvyukov/go-fuzz/go-fuzz-build"] {
        run(go, &["build", "-mod=mod", "-o", ".", tool])?;
    }
    let function = format!("{target}Bytes");
    run(&module.join("go-fuzz-build"), &["-race", "-func", &function, "-o", ARCHIVE, "."])
}

/// The number of crashes that it stored with an output.
fn shown(crashers: &Path) -> usize {
    let outputs = fs::read_dir(crashers).into_iter().flatten().flatten();
    let is_output = |p: &Path| p.extension().is_some_and(|e| e == "output");
    outputs.filter(|e| is_output(&e.path())).count()
}

/// The coverage of its corpus.
fn coverage(corpus: &Path, dir: &Path) -> Result<Value, Failure> {
    let kept = dir.join("kept");
    fs::create_dir(&kept)?;
    for (i, entry) in fs::read_dir(corpus)?.enumerate() {
        fs::copy(entry?.path(), kept.join(format!("kept{i}.txtar")))?;
    }
    imported(&kept, dir)
}
