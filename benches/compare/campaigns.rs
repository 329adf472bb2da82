//! Whole campaigns of the program itself, in a process of their own: what they reached
//! and when they found what is known to be there.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::Failure;
use super::results::Results;

/// Campaigns with a part taken out or put in, by flags of `typerace fuzz`.
const VARIANTS: [(&str, &[&str]); 9] = [
    ("default", &[]),
    ("without coverage feedback", &["--ablate", "coverage"]),
    ("without tree mutation: bytes", &["--ablate", "trees"]),
    ("without scenario mutation", &["--ablate", "scenarios"]),
    ("without seeded schedules", &["--no-schedules"]),
    ("with schedule search", &["--schedules"]),
    ("with interleaving feedback", &["--interleaving"]),
    ("with the search for lazy state", &["--lazy"]),
    ("operators chosen uniformly", &["--operators", "uniform"]),
];

/// The release on which parts are compared: both publicly open races are in it.
const RELEASE: &str = "go1.27.3";

/// Each variant with each seed, from generated programs alone. Seeds go round the
/// variants, so that a stopped part has compared something.
pub fn ablations(results: &mut Results, seeds: &[u64], seconds: u64) -> Result<(), Failure> {
    for seed in seeds {
        for (variant, flags) in VARIANTS {
            let key = [variant, &format!("seed {seed}"), &format!("{seconds} s")];
            results.measure("ablation", &key, || {
                let flags: Vec<&str> = [&["--no-seeds"], flags].concat();
                campaign(Some(RELEASE), *seed, seconds, &flags)
            })?;
        }
    }
    Ok(())
}

/// Default campaigns from nothing and from the seeds, so many for each release.
pub fn survival(
    results: &mut Results,
    releases: &[(&str, u64)],
    seconds: u64,
) -> Result<(), Failure> {
    for &(release, seeds) in releases {
        for seed in 1..=seeds {
            for (start, flags) in [("--no-seeds", &["--no-seeds"][..]), ("default corpus", &[])] {
                let key = [release, start, &format!("seed {seed}"), &format!("{seconds} s")];
                results
                    .measure("survival", &key, || campaign(Some(release), seed, seconds, flags))?;
            }
        }
    }
    Ok(())
}

/// Runs a campaign, on the go command in PATH or a release, and keeps of its summary
/// what is compared.
pub fn campaign(
    release: Option<&str>,
    seed: u64,
    seconds: u64,
    flags: &[&str],
) -> Result<Value, Failure> {
    let dir = tempfile::tempdir()?;
    let toolchain = release.map(|r| ["--toolchain", r]);
    let output = Command::new(env!("CARGO_BIN_EXE_typerace"))
        .args(["fuzz", "--plain", "--json"])
        .args(toolchain.iter().flatten())
        .args(["--seed", &seed.to_string(), "--time", &format!("{seconds}s")])
        .args(flags)
        .current_dir(dir.path())
        .stderr(Stdio::null())
        .output()?;
    if !matches!(output.status.code(), Some(0 | 1)) {
        return Err(format!("the campaign ended with {}", output.status).into());
    }
    let summary: Value = serde_json::from_slice(&output.stdout)?;
    let findings = summary["findings"].as_array().cloned().unwrap_or_default();
    // Of an issue, or of the first breach of contract, when it was found first.
    let first = |wanted: &dyn Fn(&Value) -> bool| {
        let times = findings
            .iter()
            .filter(|f| wanted(f))
            .filter_map(|f| Some((f["seconds_to_find"].as_f64()?, f["execs_to_find"].as_u64()?)));
        times.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(s, n)| json!({"seconds": s, "execs": n}))
    };
    let issue = |n: u64| first(&|f| f["known"]["issue"] == n);
    Ok(json!({
        "execs": summary["execs"],
        "execs_per_second": summary["execs_per_second"],
        "coverage": summary["coverage"],
        "valid_percent": summary["valid_percent"],
        "findings": findings.len(),
        "not_contract": findings.iter().filter(|f| f["class"] != "contract").count(),
        "79035": issue(79035),
        "81122": issue(81122),
        "contract": first(&|f| f["class"] == "contract"),
    }))
}
