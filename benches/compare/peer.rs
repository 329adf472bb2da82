//! `go test -fuzz -race` on a handwritten target, compared with a campaign with the same seeds and
//! the same time, alternating on the same machine.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use typerace::finding::{Side, race_reports};

use super::Failure;
use super::results::Results;

/// Targets of `benches/peer`.
pub(super) const TARGETS: [&str; 2] = ["FuzzImporters", "FuzzSharedInfo"];
/// From the same seeds as the campaign, and from nothing.
const STARTS: [(&str, bool); 2] = [("seeds", true), ("no seeds", false)];

/// Each target and a campaign, from seeds and from nothing.
pub fn measure(results: &mut Results, seconds: u64) -> Result<(), Failure> {
    for (start, seeded) in STARTS {
        for target in TARGETS {
            let key = [target, start, &format!("{seconds} s")];
            results.measure("peer", &key, || go_test_fuzz(target, seeded, seconds))?;
        }
        let key = ["typerace", start, &format!("{seconds} s")];
        results.measure("peer", &key, || typerace(seeded, seconds))?;
    }
    Ok(())
}

pub(super) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the fuzz test until its time is over. It stops at its first failure, and is then restarted
/// with its corpus, as its user would do.
fn go_test_fuzz(target: &str, seeded: bool, seconds: u64) -> Result<Value, Failure> {
    let dir = tempfile::tempdir()?;
    let [stats, cache, work, seeds] =
        ["stats", "cache", "work", "seeds"].map(|name| dir.path().join(name));
    for dir in [&stats, &cache, &work, &seeds] {
        fs::create_dir(dir)?;
    }
    copy_seeds(&seeds)?;
    let binary = dir.path().join("peer.test");
    let built = Command::new("go")
        .args(["test", "-c", "-race", "-fuzz", target, "-o"])
        .arg(&binary)
        .arg(".")
        .current_dir(root().join("benches/peer"))
        .status()?;
    if !built.success() {
        return Err("go test -c failed".into());
    }
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut stops, mut shown) = (0, 0);
    // The workers' reports are not shown, so the detector's output is kept in files.
    let log = dir.path().join("race");
    let mut found = Found::default();
    let began = Instant::now();
    loop {
        let left = end.saturating_duration_since(Instant::now()).as_secs();
        if left == 0 || stops == 20 {
            break;
        }
        let mut fuzz = Command::new(&binary);
        fuzz.args(["-test.run=^$", "-test.parallel=2"])
            .arg(format!("-test.fuzz=^{target}$"))
            .arg(format!("-test.fuzztime={left}s"))
            .arg(format!("-test.fuzzcachedir={}", cache.display()))
            .env("PEER_STATS", &stats)
            .env("GORACE", format!("log_path={}", log.display()))
            .current_dir(&work)
            .stderr(Stdio::null());
        if seeded {
            fuzz.env("PEER_SEEDS", &seeds);
        }
        let output = fuzz.output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        shown += text.matches("DATA RACE").count();
        found.look(dir.path(), began.elapsed().as_secs_f64())?;
        if output.status.success() {
            break;
        }
        stops += 1;
    }
    let mut figures = found.figures(&stats, began.elapsed().as_secs_f64())?;
    figures["stops"] = stops.into();
    figures["race_reports_shown"] = shown.into();
    figures["coverage"] = coverage(&binary, &cache, dir.path(), seeded)?;
    Ok(figures)
}

/// The race detector's reports in a file.
#[derive(Default)]
pub(super) struct Found {
    /// The functions on both sides, sorted.
    places: BTreeSet<[String; 2]>,
    /// Seconds to the first report, and to that of issue 79035, accurate to the end of the run that
    /// it stopped.
    first: Option<f64>,
    unalias: Option<f64>,
}

impl Found {
    pub fn look(&mut self, dir: &Path, now: f64) -> Result<(), Failure> {
        for entry in fs::read_dir(dir)? {
            let path = entry?.path();
            if path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("race.")) {
                for report in race_reports(&String::from_utf8_lossy(&fs::read(path)?)) {
                    let top = |s: &Side| s.stack.first().map(|f| f.function.clone());
                    let mut place = report.sides.each_ref().map(|s| top(s).unwrap_or_default());
                    place.sort();
                    self.first.get_or_insert(now);
                    if place.iter().all(|f| f == "go/types.unalias") {
                        self.unalias.get_or_insert(now);
                    }
                    self.places.insert(place);
                }
            }
        }
        Ok(())
    }

    /// The figures of a fuzzer that ran for the given number of seconds, with the workers' counts
    /// from `stats`.
    pub fn figures(&self, stats: &Path, ran: f64) -> Result<Value, Failure> {
        let [unparsed, parsed, checked] = counts(stats)?;
        let execs = unparsed + parsed + checked;
        Ok(json!({
            "seconds": ran,
            "execs": execs,
            "execs_per_second": execs as f64 / ran,
            "parsed": parsed + checked,
            "type_checked": checked,
            "findings": self.places.len(),
            "seconds_to_first_race": self.first,
            "seconds_to_79035": self.unalias,
        }))
    }
}

/// The sums of the workers' counts: unparsed, parsed, type-checked.
fn counts(stats: &Path) -> Result<[u64; 3], Failure> {
    let mut sums = [0; 3];
    for entry in fs::read_dir(stats)? {
        let text = fs::read_to_string(entry?.path())?;
        for (sum, n) in sums.iter_mut().zip(text.split_whitespace()) {
            *sum += n.parse::<u64>()?;
        }
    }
    Ok(sums)
}

/// The coverage in go/types of the inputs that the fuzzer kept, when typerace runs each once; with
/// the seeds if the fuzzer had them.
fn coverage(binary: &Path, cache: &Path, dir: &Path, seeded: bool) -> Result<Value, Failure> {
    let kept = dir.join("kept");
    fs::create_dir(&kept)?;
    let written = Command::new(binary)
        .args(["-test.run=^TestExport$", "-test.count=1"])
        .env("PEER_CACHE", cache)
        .env("PEER_KEPT", &kept)
        .stdout(Stdio::null())
        .status()?;
    if !written.success() {
        return Err("the peer's corpus cannot be read".into());
    }
    if seeded {
        copy_seeds(&kept)?;
    }
    imported(&kept, dir)
}

/// The coverage of test cases in go/types when typerace runs each once.
pub(super) fn imported(kept: &Path, dir: &Path) -> Result<Value, Failure> {
    if fs::read_dir(kept)?.next().is_none() {
        return Ok(Value::Null);
    }
    let output = Command::new(env!("CARGO_BIN_EXE_typerace"))
        .args(["corpus", "import", "--json", "--to"])
        .args([&dir.join("imported"), kept])
        .stderr(Stdio::null())
        .output()?;
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    Ok(summary["coverage"].clone())
}

/// Copies a campaign's seeds to a folder.
pub(super) fn copy_seeds(to: &Path) -> Result<(), Failure> {
    let corpus = root().join("corpus");
    for entry in walk(&corpus)? {
        // Two folders may have seeds with the same name.
        let name = entry.strip_prefix(&corpus)?.to_string_lossy().replace('/', "-");
        fs::copy(&entry, to.join(name))?;
    }
    Ok(())
}

/// The txtar files below a folder, without the known races of `fixedbugs`.
fn walk(dir: &Path) -> Result<Vec<std::path::PathBuf>, Failure> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() && !path.ends_with("fixedbugs") {
            files.extend(walk(&path)?);
        } else if path.extension().is_some_and(|e| e == "txtar") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// A campaign with the same duration.
fn typerace(seeded: bool, seconds: u64) -> Result<Value, Failure> {
    // As many workers as the fuzz test has.
    let mut flags = vec!["--cores", "2"];
    if !seeded {
        flags.push("--no-seeds");
    }
    let figures = super::campaigns::campaign(None, 1, seconds, &flags, None)?;
    let execs = figures["execs"].as_u64().unwrap_or(0);
    let checked = execs as f64 * figures["valid_percent"].as_f64().unwrap_or(0.0) / 100.0;
    Ok(json!({
        "seconds": seconds,
        "execs": execs,
        "execs_per_second": figures["execs_per_second"],
        "parsed": execs,
        "type_checked": checked as u64,
        "findings": figures["findings"],
        "seconds_to_first_race": figures["race"]["seconds"],
        "seconds_to_79035": figures["79035"]["seconds"],
        "coverage": figures["coverage"],
    }))
}
