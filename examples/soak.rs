//! `make soak`: runs a campaign of the real program and observes it from outside.
//!
//!     cargo run --release --example soak -- TYPERACE SECONDS [--kill] [-- FUZZ_ARGS…]
//!
//! Every ten seconds it prints the memory of typerace and of its harness. With `--kill` it
//! kills the harness every few seconds. At the end it lists what was left behind: zombies,
//! temporary files, shared memory, and findings that were announced but are not stored. The
//! exit code is 1 if there is anything, or if memory grew by more than a tenth after the
//! first sixth of the time.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The resident memory, in kilobytes, and the state of a process.
fn process(pid: u32) -> Option<(u64, String)> {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let field = |name: &str| {
        let line = text.lines().find(|l| l.starts_with(name))?;
        line.split_whitespace().nth(1).map(str::to_owned)
    };
    let state = field("State:")?;
    Some((field("VmRSS:").and_then(|k| k.parse().ok()).unwrap_or(0), state))
}

/// Its children.
fn children(pid: u32) -> Vec<u32> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    text.split_whitespace().filter_map(|p| p.parse().ok()).collect()
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect()
}

fn median(values: &[u64]) -> u64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or(0)
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [typerace, seconds, rest @ ..] = &args[..] else {
        eprintln!("usage: soak TYPERACE SECONDS [--kill] [-- FUZZ_ARGS…]");
        return ExitCode::from(2);
    };
    let Ok(seconds) = seconds.parse::<u64>() else {
        eprintln!("SECONDS is a number");
        return ExitCode::from(2);
    };
    let (own, fuzz_args) = match rest.iter().position(|a| a == "--") {
        Some(at) => (&rest[..at], &rest[at + 1..]),
        None => (rest, &[][..]),
    };
    let kills = own.iter().any(|a| a == "--kill");
    let dir = tempfile::tempdir().expect("a temporary folder");
    let temporary = dir.path().join("tmp");
    fs::create_dir(&temporary).expect("a folder");
    let summary = dir.path().join("summary");
    let shared_before = names(Path::new("/dev/shm"));
    let mut campaign = Command::new(fs::canonicalize(typerace).expect("the program is there"))
        .args(["fuzz", "--plain", "--seed", "1", "--work", "work", "--time"])
        .arg(format!("{seconds}s"))
        .args(fuzz_args)
        .current_dir(dir.path())
        .env("TMPDIR", &temporary)
        .stdin(Stdio::null())
        .stdout(fs::File::create(&summary).expect("a file"))
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let log = Arc::new(Mutex::new(Vec::new()));
    let reader = {
        let (log, err) = (Arc::clone(&log), campaign.stderr.take().expect("it is piped"));
        std::thread::spawn(move || {
            for line in BufReader::new(err).lines().map_while(Result::ok) {
                log.lock().expect("no panic").push(line);
            }
        })
    };
    let begin = Instant::now();
    let (mut fuzzer, mut harness, mut zombies, mut killed) = (Vec::new(), Vec::new(), 0, 0);
    let (mut next_sample, mut next_kill, mut random) = (10, 5, 1_u64);
    let status = loop {
        if let Ok(Some(status)) = campaign.try_wait() {
            break status;
        }
        let passed = begin.elapsed().as_secs();
        if passed >= next_sample {
            next_sample += 10;
            let own = process(campaign.id()).map_or(0, |p| p.0);
            let of: Vec<_> = children(campaign.id()).into_iter().filter_map(process).collect();
            let theirs = of.iter().map(|p| p.0).max().unwrap_or(0);
            // A process that was just killed is reaped within a second.
            zombies += usize::from(of.iter().filter(|p| p.1 == "Z").count() > 1);
            fuzzer.push(own);
            harness.push(theirs);
            println!("{passed} s: typerace {} MiB, harness {} MiB", own >> 10, theirs >> 10);
        }
        if kills && passed >= next_kill {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            next_kill = passed + 2 + (random >> 33) % 5;
            // Not the builds.
            let is_harness = |pid: &u32| {
                let name = fs::read_to_string(format!("/proc/{pid}/comm"));
                name.is_ok_and(|name| name.trim_end() == "harness")
            };
            for pid in children(campaign.id()).iter().filter(|pid| is_harness(pid)) {
                let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
                killed += 1;
            }
        }
        std::thread::sleep(Duration::from_millis(200));
    };
    let over = begin.elapsed().as_secs_f64() - seconds as f64;
    let _ = reader.join();
    let log = log.lock().expect("no panic").clone();
    let announced = log.iter().filter(|l| l.starts_with("FOUND ")).count();
    let crashes = dir.path().join("crashes");
    // The store's go.mod and the list of suspects are files beside the findings.
    let mut stored = names(&crashes);
    stored.retain(|n| crashes.join(n).is_dir());
    let whole = stored.iter().filter(|n| crashes.join(n).join("finding.json").exists()).count();
    let left = names(&temporary);
    let shared = names(Path::new("/dev/shm")).len().saturating_sub(shared_before.len());
    let grown = |m: &[u64]| {
        let sixth = m.len() / 6;
        let (first, last) = (
            median(&m[sixth..(2 * sixth).max(sixth + 1).min(m.len())]),
            median(&m[m.len() - sixth.max(1).min(m.len())..]),
        );
        100.0 * (last as f64 - first as f64) / (first as f64).max(1.0)
    };
    if let Some(last) = log.iter().rev().find(|l| l.contains("execs (")) {
        println!("last progress line: {}", last.trim());
    }
    if !matches!(status.code(), Some(0 | 1)) {
        let tail = &log[log.len().saturating_sub(20)..];
        println!("what it said last:\n{}", tail.join("\n"));
    }
    println!("{}", fs::read_to_string(&summary).unwrap_or_default());
    println!("ended {status}, {over:.1} s after its time; harness killed {killed} times");
    println!("findings announced {announced}, stored {}, whole {whole}", stored.len());
    println!("zombies {zombies}, temporary files left {left:?}, shared memory left {shared}");
    let (own, theirs) = (grown(&fuzzer), grown(&harness));
    println!("memory after the first sixth: typerace {own:+.1} %, harness {theirs:+.1} %");
    let lost = whole < stored.len() || announced == 0 && !stored.is_empty();
    let bad = zombies > 0 || !left.is_empty() || shared > 0 || lost || own > 10.0 || theirs > 10.0;
    ExitCode::from(u8::from(bad || !matches!(status.code(), Some(0 | 1))))
}
