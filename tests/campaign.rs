//! Campaigns on the Go of PATH, from the command line to crash directories.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use typerace::testcase::SourceCase;

fn typerace(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(args).current_dir(dir).env("TMPDIR", dir).stdin(Stdio::null());
    command
}

/// Runs a campaign and returns its exit code and the single document on stdout.
#[track_caller]
fn fuzz(dir: &Path, args: &[&str]) -> (Option<i32>, Value) {
    let output = typerace(dir, &["fuzz", "--json"]).args(args).output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    let json = serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}\n{err}"));
    (output.status.code(), json)
}

#[test]
fn a_campaign_finds_races_and_stores_them_whole() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    // The bug is found after a few hundred executions; the first findings stored are breaches of
    // contract.
    let (code, summary) = fuzz(dir, &["--no-seeds", "--seed", "1", "--execs", "1500"]);
    assert_eq!(code, Some(1));
    let findings = summary["findings"].as_array().unwrap();
    let has = |class: &str, part: &str| {
        let is = |f: &&Value| {
            f["class"] == class && f["signature"].as_str().is_some_and(|s| s.contains(part))
        };
        findings.iter().find(is)
    };
    assert!(has("contract", "data-race").is_some(), "{findings:#?}");
    let bug = has("bug", "unalias").unwrap_or_else(|| panic!("{findings:#?}"));
    for f in findings {
        let path = dir.join(f["path"].as_str().unwrap());
        let case = fs::read_to_string(path.join("testcase.txtar")).unwrap();
        assert!(SourceCase::from_txtar(&case).unwrap().scenario.is_some());
        let json = fs::read_to_string(path.join("finding.json")).unwrap();
        let finding = typerace::finding::Finding::from_json(&json).unwrap();
        assert_eq!(finding.id, f["id"].as_str().unwrap());
        let report = fs::read_to_string(path.join("report.txt")).unwrap();
        assert!(f["kind"] != "data-race" || report.contains("WARNING: DATA RACE"), "{report}");
    }
    let path = bug["path"].as_str().unwrap();
    let output = typerace(dir, &["reproduce", "--runs", "10", path]).output().unwrap();
    let out = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{out}");
    assert!(out.contains(" of 10 on go1."), "{out}");
    let left: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["crashes"], "temporary files were left");
}

/// Breaches of contract are one line; `--verbose` has a line for each, and the operators.
#[test]
fn breaches_are_one_line() {
    let tmp = tempfile::tempdir().unwrap();
    let run = |crashes: &str, more: &[&str]| {
        let args = ["fuzz", "--no-seeds", "--seed", "1", "--profile", "contract", "--execs", "250"];
        let mut command = typerace(tmp.path(), &args);
        command.args(["--minimize-percent", "0", "--crashes", crashes]).args(more);
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert_eq!(output.status.code(), Some(1), "{out}{err}");
        (out, err)
    };
    let breach = |line: &&str| line.starts_with("FOUND contract: ");
    let counter = |line: &&str| line.contains(" to break the contract raced");

    let (out, err) = run("quiet", &[]);
    assert_eq!(err.lines().filter(breach).count(), 0, "{err}");
    assert!(!err.contains("unconfirmed contract"), "{err}");
    let [line] = out.lines().filter(counter).collect::<Vec<_>>()[..] else { panic!("{out}") };
    assert!(line.contains("should: --verbose lists "), "{line}");
    assert!(!out.contains("type-check %"), "{out}");
    assert!(out.lines().count() <= 40, "{out}");
    // What the line counts is stored, and nothing else says where.
    let stored = typerace::store::Store::existing(&tmp.path().join("quiet")).unwrap();
    let findings = stored.list().unwrap().findings;
    let breaches: Vec<_> =
        findings.iter().filter(|(_, f)| f.class == typerace::scenario::Class::Breach).collect();
    assert!(line.starts_with(&format!("{} way", breaches.len())), "{line}");
    assert!(breaches.iter().all(|(_, f)| !out.contains(&f.id)), "{out}");

    let report = |more: &[&str]| {
        let args = ["report", "--crashes", "quiet"];
        let output = typerace(tmp.path(), &args).args(more).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let (text, verbose) = (report(&[]), report(&["-v"]));
    assert_eq!(text.lines().filter(counter).count(), 1, "{text}");
    assert!(breaches.iter().all(|(_, f)| !text.contains(&f.id)), "{text}");
    assert!(breaches.iter().all(|(_, f)| verbose.contains(&f.id)), "{verbose}");

    let (out, err) = run("loud", &["--verbose"]);
    assert!(err.lines().filter(breach).count() > 0, "{err}");
    assert!(out.contains("loud/data-race-"), "{out}");
    assert!(out.contains("type-check %"), "{out}");
}

/// A seed repeats every choice that typerace makes. The scheduler decides what goroutines reach and
/// which of their races show, and later random choices depend on that. So one campaign may diverge
/// from the others (see docs/DECISIONS.md), but two of four are equal only if the seed decides the
/// rest.
#[test]
fn a_seed_repeats_a_campaign() {
    let tmp = tempfile::tempdir().unwrap();
    let sequence = |seed: &str, crashes: &str| {
        // The seeds, and with them the toolchain's test data if it is in the cache, would come first.
        let args = ["--no-seeds", "--seed", seed, "--execs", "60", "--crashes", crashes];
        fuzz(tmp.path(), &args).1["sequence"].as_str().unwrap().to_owned()
    };
    let mut seen = BTreeSet::new();
    let repeats = ["a", "b", "c", "d"].iter().any(|name| !seen.insert(sequence("1", name)));
    assert!(repeats, "{seen:?}");
    assert!(!seen.contains(&sequence("2", "e")));
}

#[test]
fn limits_and_the_document() {
    let tmp = tempfile::tempdir().unwrap();
    let (code, none) = fuzz(tmp.path(), &["--execs", "0", "--seed", "1"]);
    assert_eq!((code, &none["execs"]), (Some(0), &0.into()));
    for field in ["seconds", "execs_per_second", "corpus", "coverage", "valid_percent", "findings"]
    {
        assert!(!none[field].is_null(), "{field}");
    }
    let (code, one) = fuzz(tmp.path(), &["--until-finding", "1", "--seed", "1"]);
    assert_eq!(code, Some(1));
    assert!(!one["findings"].as_array().unwrap().is_empty());
}

#[test]
fn a_campaign_resumes_and_is_alone() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    let run = |execs: &str| {
        let args = ["--no-seeds", "--seed", "1", "--work", "work", "--execs", execs];
        fuzz(dir, &args).1["corpus"].as_u64().unwrap()
    };
    let entries = || fs::read_dir(dir.join("work/corpus")).unwrap().count() as u64;
    let first = run("20");
    assert!(first > 0);
    assert_eq!(entries(), first);
    // As if from another Go release: coverage is counted from scratch, by running the corpus again.
    let checkpoint = dir.join("work/checkpoint.json");
    let text = fs::read_to_string(&checkpoint).unwrap();
    let mut json: Value = serde_json::from_str(&text).unwrap();
    json["build"] = "another".into();
    fs::write(&checkpoint, json.to_string()).unwrap();
    // The limit is lower than the number of entries: nothing may be lost.
    run("1");
    let kept = fs::read_dir(dir.join("work/corpus.previous")).unwrap().count() as u64;
    assert!(entries() + kept >= first);
    let third = run("40");
    assert!(third > 0);
    // An input that the previous run had already reached becomes an entry only once.
    assert_eq!(entries(), third);
    assert!(!dir.join("work/corpus.previous").exists());
    // With the same Go release, nothing is run again, and coverage is known before anything runs.
    let mut command = typerace(dir, &["fuzz", "--json", "--no-seeds", "--work", "work"]);
    let output = command.args(["--execs", "1"]).output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(
        err.contains(&format!("resuming with {third} corpus entries, of which 0 are")),
        "{err}"
    );
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(summary["corpus"].as_u64().unwrap() >= third);
    assert!(summary["coverage"]["hit"].as_u64().unwrap() > 1000, "{}", summary["coverage"]);
    assert_eq!(summary["seed"], 1, "it goes on with the seed that it had");
    let lock = File::open(dir.join("work/lock")).unwrap();
    lock.lock().unwrap();
    let output = typerace(dir, &["fuzz", "--execs", "1", "--work", "work"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("in use by another campaign"));
}

/// What the workers of a campaign kept is there for any other number of workers.
#[test]
fn a_campaign_resumes_with_another_number_of_workers() {
    let tmp = tempfile::tempdir().unwrap();
    let run = |cores: &str, execs: &str| {
        let args = ["--no-seeds", "--work", "work", "--profile", "safe", "--cores", cores];
        let more = ["--execs", execs, "--minimize-percent", "0", "--compiler-percent", "0"];
        let (_, summary) = fuzz(tmp.path(), &[&args[..], &more[..]].concat());
        summary["coverage"]["hit"].as_u64().unwrap()
    };
    let mut best = 0;
    // The last one has one process, and runs the entries of the others again.
    for (cores, execs) in [("3", "120"), ("2", "2"), ("4", "40"), ("1", "400")] {
        let hit = run(cores, execs);
        assert!(hit * 100 >= best * 97, "{hit} with {cores} workers after {best}");
        best = best.max(hit);
    }
    let folder = |i: u32| tmp.path().join(format!("work/worker-{i}/covers.jsonl"));
    assert!((0..4).all(|i| folder(i).exists()));
}

/// A full disk is the environment's fault, and findings are safe.
#[test]
fn output_that_cannot_be_written() {
    let tmp = tempfile::tempdir().unwrap();
    let full = || File::options().write(true).open("/dev/full").unwrap();
    let fuzz = |more: &[&str]| {
        let mut command = typerace(tmp.path(), &["fuzz", "--execs", "1", "--seed", "1"]);
        command.args(more);
        command
    };
    let output = fuzz(&["--json"]).stdout(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stderr).contains("standard output"));

    // Figures that cannot be written are said at once and at the end, and cost no finding.
    let output = fuzz(&["--jsonl", "/dev/full"]).output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{err}");
    let warning = "warning: cannot write /dev/full: No space left on device";
    assert_eq!(err.matches(warning).count(), 1, "{err}");
    assert!(
        err.contains("\nerror: cannot write /dev/full") && err.contains("help: free some"),
        "{err}"
    );
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 executions in "), "{output:?}");

    // Nobody reads the progress, and the campaign goes on.
    let output = fuzz(&["--json"]).stderr(full()).output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap()["execs"], 1);
}

/// The last line of the figures says how a campaign ended.
#[test]
fn figures_have_an_end() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    let last = |args: &[&str]| {
        let args = [&["fuzz", "--no-seeds", "--seed", "1", "--jsonl", "figures"], args].concat();
        let code = typerace(dir, &args).output().unwrap().status.code();
        let text = fs::read_to_string(dir.join("figures")).unwrap();
        let lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        let (last, others) = lines.split_last().unwrap();
        assert!(others.iter().all(|line| line.get("end").is_none()), "{text}");
        assert_eq!(last["end"]["exit"].as_i64(), code.map(i64::from), "{last:#}");
        last.clone()
    };
    let by_execs = last(&["--execs", "30"]);
    assert_eq!((&by_execs["end"]["by"], &by_execs["execs"]), (&"execs".into(), &30.into()));
    let by_time = last(&["--time", "1s", "--cores", "2", "--minimize-percent", "0"]);
    assert_eq!(by_time["end"]["by"], "time", "{by_time:#}");
    assert!(by_time["findings_by"].is_object() && by_time["end"].get("error").is_none());
    // What went wrong is said, too.
    let full = File::options().write(true).open("/dev/full").unwrap();
    let args = ["fuzz", "--no-seeds", "--execs", "5", "--json", "--jsonl", "figures"];
    typerace(dir, &args).stdout(full).output().unwrap();
    let text = fs::read_to_string(dir.join("figures")).unwrap();
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    assert_eq!(last["end"]["exit"], 3, "{last:#}");
    assert!(last["end"]["error"].as_str().unwrap().contains("standard output"), "{last:#}");
}

/// A folder that no command can read is a finding that is lost: it is said once.
#[test]
fn damaged_crash_directories_are_said_once() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    for (name, text) in [("data-race-0", None), ("panic-0", Some("{"))] {
        fs::create_dir_all(dir.join("crashes").join(name)).unwrap();
        if let Some(text) = text {
            fs::write(dir.join("crashes").join(name).join("finding.json"), text).unwrap();
        }
    }
    for cores in ["1", "2"] {
        let args = ["fuzz", "--no-seeds", "--execs", "5", "--seed", "1", "--cores", cores];
        let output = typerace(dir, &args).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{err}");
        let said: Vec<&str> = err.lines().filter(|l| l.contains("cannot be read")).collect();
        let want =
            "2 folders in crashes cannot be read, for example crashes/data-race-0/finding.json";
        assert!(said.len() == 1 && said[0].contains(want), "{err}");
    }
}

/// The error names the removed flag and where to read why it was removed.
#[test]
fn a_removed_flag_is_a_usage_error() {
    for flag in ["--lazy", "--schedules", "--interleaving", "--ablate=bytes", "--replay"] {
        let out =
            Command::new(env!("CARGO_BIN_EXE_typerace")).args(["fuzz", flag]).output().unwrap();
        let text = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(2), "{text}");
        assert!(
            text.contains("was removed") && text.contains("docs/NEGATIVE-RESULTS.md"),
            "{text}"
        );
    }
}
