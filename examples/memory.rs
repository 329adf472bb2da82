//! Measures the memory that a campaign's process needs for a corpus with many entries.
//!
//!     cargo run --release --example memory -- TYPERACE ENTRIES SECONDS [-- FUZZ_ARGS…]
//!
//! Fills a work folder with generated entries, as if campaigns had kept them, and continues
//! with it for SECONDS while watching the process's memory from outside. Before that, it
//! prints the size of an entry as text and as a tree, and how long it takes to read one.

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use libafl::inputs::Input as _;
use serde_json::{Value, json};
use typerace::generate;
use typerace::rng::Rng;
use typerace::scenario::Profile;
use typerace::testcase::TestCase;

/// Entries that are measured one by one.
const SAMPLE: usize = 1_000;

/// A field of /proc/PID/status, in KiB.
fn kib(pid: u32, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find(|l| l.starts_with(name));
    let number = line.and_then(|l| l.split_whitespace().nth(1)?.parse().ok());
    number.unwrap_or(0)
}

fn case(seed: u64) -> TestCase {
    generate::test_case(&mut Rng::new(seed), &generate::Options::default(), Profile::Safe)
}

/// Says what entries cost in this process.
fn sample() -> Result<(), Box<dyn Error>> {
    let texts: Vec<String> =
        (0..SAMPLE as u64).map(|i| case(i).to_json()).collect::<Result<_, _>>()?;
    let bytes: usize = texts.iter().map(String::len).sum();
    let before = kib(std::process::id(), "VmRSS:");
    let began = Instant::now();
    let cases: Vec<TestCase> =
        texts.iter().map(|t| TestCase::from_json(t)).collect::<Result<_, _>>()?;
    let read = began.elapsed();
    let trees = kib(std::process::id(), "VmRSS:").saturating_sub(before);
    let began = Instant::now();
    let copies = cases.clone();
    let copied = began.elapsed();
    let each = |t: Duration| t.as_micros() / SAMPLE as u128;
    println!(
        "an entry, of {}: {} bytes as text, {} KiB as a tree, read in {} µs, copied in {} µs",
        copies.len(),
        bytes / SAMPLE,
        trees / SAMPLE as u64,
        each(read),
        each(copied)
    );
    Ok(())
}

fn fuzz(
    typerace: &Path,
    dir: &Path,
    seconds: u64,
    args: &[String],
) -> std::io::Result<std::process::Child> {
    Command::new(typerace)
        .args(["fuzz", "--plain", "--no-seeds", "--seed", "1", "--work", "work"])
        .args(["--minimize-percent", "0", "--time", &format!("{seconds}s")])
        .args(args)
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(dir.join("log"))?)
        .spawn()
}

/// Adds entries to a campaign's folder and to its checkpoint. What counters they hit is
/// taken from entries that were run, in turn.
fn fill(work: &Path, entries: usize) -> Result<(), Box<dyn Error>> {
    let at = work.join("checkpoint.json");
    let mut checkpoint: Value = serde_json::from_slice(&fs::read(&at)?)?;
    let list = checkpoint["entries"].as_array_mut().ok_or("a checkpoint without entries")?;
    let mut names: BTreeSet<String> =
        list.iter().filter_map(|e| Some(e["name"].as_str()?.to_owned())).collect();
    let journal = work.join("covers.jsonl");
    let mut covers = fs::read_to_string(&journal).unwrap_or_default();
    let lines: Vec<Value> = covers.lines().filter_map(|l| serde_json::from_str(l).ok()).collect();
    let mut known = lines.iter().filter(|l| l["entry"].is_string()).cycle();
    for seed in 0.. {
        if names.len() >= entries {
            break;
        }
        let case = case(seed);
        let name = case.generate_name(None);
        if !names.insert(name.clone()) {
            continue;
        }
        fs::write(work.join("corpus").join(&name), case.to_json()?)?;
        if let Some(line) = known.next() {
            let mut line = line.clone();
            line["entry"] = name.clone().into();
            covers += &(line.to_string() + "\n");
        }
        list.push(json!({ "name": name, "chosen": 3, "checked": true }));
    }
    if !lines.is_empty() {
        fs::write(journal, covers)?;
    }
    fs::write(at, serde_json::to_vec(&checkpoint)?)?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [typerace, entries, seconds, rest @ ..] = &args[..] else {
        return Err("usage: memory TYPERACE ENTRIES SECONDS [-- FUZZ_ARGS…]".into());
    };
    let (entries, seconds): (usize, u64) = (entries.parse()?, seconds.parse()?);
    let rest = rest.strip_prefix(&["--".to_owned()][..]).unwrap_or(rest);
    let typerace = fs::canonicalize(typerace)?;
    sample()?;
    let tmp = tempfile::tempdir()?;
    let work = tmp.path().join("work");
    fuzz(&typerace, tmp.path(), 5, rest)?.wait()?;
    fill(&work, entries)?;
    let mut campaign = fuzz(&typerace, tmp.path(), seconds, rest)?;
    let pid = campaign.id();
    let (began, mut next) = (Instant::now(), Duration::ZERO);
    let mut most = 0;
    while campaign.try_wait()?.is_none() {
        most = kib(pid, "VmHWM:").max(most);
        if began.elapsed() >= next {
            println!("{:>4} s: {} MiB", began.elapsed().as_secs(), kib(pid, "VmRSS:") >> 10);
            next += Duration::from_secs(5);
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    let log = fs::read_to_string(tmp.path().join("log"))?;
    for line in log.lines().filter(|l| l.contains("resuming") || l.contains("warning")) {
        println!("{line}");
    }
    if let Some(last) = log.lines().rev().find(|l| l.contains("execs (")) {
        println!("last progress line: {}", last.trim());
    }
    println!("at most {} MiB", most >> 10);
    Ok(())
}
