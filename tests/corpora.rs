//! `corpus distill` and `corpus merge`, and what a campaign keeps of its corpus.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn typerace(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(args).current_dir(dir).env("TMPDIR", dir).stdin(Stdio::null());
    command.output().unwrap()
}

#[track_caller]
fn json(output: &Output) -> Value {
    let err = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}\n{err}"))
}

#[track_caller]
fn refused(dir: &Path, args: &[&str], wanted: &str) {
    let output = typerace(dir, args);
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {err}");
    assert!(err.contains(wanted), "{args:?}: no {wanted:?} in {err}");
    assert!(output.stdout.is_empty() && !err.contains("panicked"), "{err}");
}

fn names(dir: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn unusable_folders_are_usage_errors() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    fs::create_dir_all(dir.join("empty")).unwrap();
    fs::create_dir_all(dir.join("full/corpus")).unwrap();
    fs::create_dir_all(dir.join("seeds")).unwrap();
    fs::write(dir.join("seeds/a.go"), "package a\n").unwrap();
    fs::write(dir.join("file"), "").unwrap();
    for (args, wanted) in [
        (&["distill", "missing", "--out", "o"][..], "missing is not a folder"),
        (&["distill", "file", "--out", "o"], "file is not a folder"),
        (&["distill", "empty", "--out", "o"], "holds no .txtar"),
        (&["distill", "--work", "missing", "--out", "o"], "missing is not a folder"),
        (&["distill", "--work", "empty", "--out", "o"], "empty is not a work directory"),
        (&["distill", "--work", "full", "--out", "o"], "nothing in the corpus of full"),
        (&["distill", "seeds", "--out", "full"], "full is there and not empty"),
        (&["distill", "seeds", "--out", "file"], "file is not a folder"),
        (&["distill", "seeds"], "--out"),
        (&["distill", "--out", "o"], "required"),
        (&["distill", "--sync", "seeds"], "write file:///"),
        (&["merge", "o", "missing"], "missing is not a folder"),
        (&["merge", "o", "full", "empty"], "empty is not a work directory"),
        (&["merge", "full", "full"], "full is there and not empty"),
        (&["merge", "o"], "required"),
    ] {
        let args: Vec<&str> = ["corpus"].iter().chain(args).copied().collect();
        refused(dir, &args, wanted);
    }
    // What is meant is said, too: the fleet's storage, or a folder without a fleet.
    for (name, why) in [
        ("missing", "does not exist"),
        ("seeds", "is not the storage of a fleet"),
        ("file", "is not a folder"),
    ] {
        let url = format!("file://{}", dir.join(name).display());
        let help =
            if name == "file" { "file:///mnt/shared/x" } else { "distill takes DIR or --work DIR" };
        for wanted in [why, help] {
            refused(dir, &["corpus", "distill", "--sync", &url], wanted);
        }
    }
}

/// What a nightly job does: shards, with their logs beside them, are merged and distilled, and
/// tomorrow's shards start from the result.
#[test]
fn tomorrows_shards_take_over_a_distilled_folder() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    let shard = |n: &str, more: &[&str]| {
        let (work, crashes) = (format!("shard-{n}"), format!("shard-{n}/crashes"));
        let args = ["fuzz", "--seed", n, "--work", &work, "--crashes", &crashes];
        let rest = ["--minimize-percent", "0", "--compiler-percent", "0", "--json"];
        let output = typerace(dir, &[&args[..], &rest, more].concat());
        (json(&output), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    for n in ["1", "2"] {
        shard(n, &["--no-seeds", "--execs", "60", "--jsonl", "samples"]);
    }
    fs::write(dir.join("shard-1.log"), "a log that the pattern matches").unwrap();
    let merge = ["corpus", "merge", "night", "shard-1", "shard-1.log", "shard-2"];
    let merged = typerace(dir, &merge);
    let said = String::from_utf8_lossy(&merged.stdout);
    assert_eq!(merged.status.code(), Some(0), "{}", String::from_utf8_lossy(&merged.stderr));
    assert!(
        said.contains("left out shard-1.log: a file") && said.contains("from 2 folders"),
        "{said}"
    );
    let distill = typerace(dir, &["corpus", "distill", "--work", "night", "--out", "tomorrow"]);
    assert_eq!(distill.status.code(), Some(0), "{}", String::from_utf8_lossy(&distill.stderr));
    let kept = names(&dir.join("tomorrow/corpus")).len() as u64;
    let (summary, _) = shard("3", &["--corpus", "tomorrow", "--execs", "1000000", "--time", "1s"]);
    assert!(kept > 0 && summary["execs"].as_u64().unwrap() > 0, "{summary:#}");

    // A campaign that goes on adds its lines, and one in another folder replaces them.
    let lines = || fs::read_to_string(dir.join("samples")).unwrap().lines().count();
    fs::write(dir.join("samples"), "{\"seconds\":90.5,\"execs\":400}\n{\"seconds\":91.5").unwrap();
    shard("2", &["--execs", "10", "--jsonl", "samples"]);
    let resumed = lines();
    assert!(resumed > 2, "{resumed}");
    let page = ["report", "--html", "page.html", "--samples", "samples"];
    let report = typerace(dir, &[&page[..], &["--crashes", "shard-2/crashes"]].concat());
    assert_eq!(report.status.code(), Some(0), "{}", String::from_utf8_lossy(&report.stderr));
    shard("4", &["--no-seeds", "--execs", "10", "--jsonl", "samples"]);
    assert!(!fs::read_to_string(dir.join("samples")).unwrap().contains("90.5"));
}

/// Several copies of one seed, and one that reaches more.
#[test]
fn seeds_are_distilled() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    let write = |name: &str, text: &str| {
        let path = dir.join("seeds").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("a.go", "package p\n\nvar X = 1\n");
    write("long/b.go", "package p\n\n// Longer, and no more.\nvar X = 1\n");
    let generic = "package p\n\ntype L[T any] struct{ next *L[T] }\n\nvar X *L[int]\n";
    write("c.go", generic);
    write("broken.go", "package p\nfunc {\n");
    let args = ["corpus", "distill", "seeds", "--out", "out", "--json"];
    let output = typerace(dir, &args);
    assert_eq!(output.status.code(), Some(0));
    let d = json(&output);
    assert_eq!(d["before"]["entries"], 4);
    assert_eq!(d["left_out"].as_array().unwrap().len(), 1, "{d}");
    assert!(d["left_out"][0]["path"].as_str().unwrap().ends_with("broken.go"));
    assert!(d["coverage"]["hit"].as_u64().unwrap() > 100);
    assert_eq!(d["coverage"], d["coverage_after"]);
    let kept = names(&dir.join("out"));
    assert!(kept.contains("c.go") && !kept.contains("long"), "{kept:?}");
    assert_eq!(fs::read_to_string(dir.join("out/c.go")).unwrap(), generic);
    // The result is a corpus that cannot be distilled any further.
    let list = json(&typerace(dir, &["corpus", "list", "out", "--json"]));
    assert_eq!(list.as_array().map(Vec::len), Some(kept.len()), "{list}");
    let again = typerace(dir, &["corpus", "distill", "out", "--out", "out2", "--json"]);
    assert_eq!(json(&again)["after"], d["after"]);
}

/// Two shards of a campaign are merged, distilled and resumed. Findings made afterwards have a
/// complete history.
#[test]
fn shards_merge_distil_and_resume() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    let fuzz = |seed: &str, work: &str, execs: &str| {
        let crashes = format!("{work}/crashes");
        let args = [
            "fuzz",
            "--json",
            "--plain",
            "--no-seeds",
            "--minimize-percent",
            "0",
            // What the compiler shows, if it is asked in time, has no history.
            "--compiler-percent",
            "0",
            "--seed",
            seed,
            "--execs",
            execs,
            "--work",
            work,
            "--crashes",
            &crashes,
        ];
        json(&typerace(dir, &args))
    };
    fuzz("1", "one", "150");
    fuzz("2", "two", "150");
    fs::write(dir.join("two/corpus/broken"), "{").unwrap();
    let union: BTreeSet<String> =
        names(&dir.join("one/corpus")).union(&names(&dir.join("two/corpus"))).cloned().collect();
    let output = typerace(dir, &["corpus", "merge", "all", "one", "two", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    let merged = json(&output);
    assert_eq!(merged["kept"].as_u64(), Some(union.len() as u64 - 1), "{merged}");
    assert_eq!(merged["left_out"].as_array().unwrap().len(), 1, "{merged}");
    let crashes: BTreeSet<String> =
        names(&dir.join("one/crashes")).union(&names(&dir.join("two/crashes"))).cloned().collect();
    assert!(!crashes.is_empty());
    assert_eq!(names(&dir.join("all/crashes")), crashes);
    let both = merged["findings"].as_array().unwrap().iter().filter(|f| f["merged"] == 2).count();
    // The list of suspects is no finding.
    let findings = |names: &BTreeSet<String>| names.iter().filter(|n| !n.contains('.')).count();
    let of = |work: &str| findings(&names(&dir.join(work).join("crashes")));
    assert_eq!(both, of("one") + of("two") - findings(&crashes));

    let output = typerace(dir, &["corpus", "distill", "--work", "all", "--out", "small", "--json"]);
    let small = json(&output);
    let (before, after) = (&small["before"]["entries"], &small["after"]["entries"]);
    assert_eq!(before.as_u64(), merged["kept"].as_u64());
    assert!(after.as_u64() < before.as_u64(), "{small}");
    assert_eq!(small["coverage"], small["coverage_after"]);
    assert_eq!(names(&dir.join("small/corpus")).len() as u64, after.as_u64().unwrap());

    // A campaign resumes it, and its findings name entries of the earlier campaigns.
    let summary = fuzz("3", "small", "400");
    assert!(summary["corpus"].as_u64() > Some(0));
    let journal = fs::read_to_string(dir.join("small/ancestry.jsonl")).unwrap();
    let mut parents = 0;
    for line in journal.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(!line["by"].as_array().unwrap().is_empty(), "{line}");
        parents += usize::from(line["parent"].is_string());
    }
    assert!(parents > 0, "{journal}");
    let mut longest = longest_history(dir, &summary);
    // Chance decides whether the first findings come of mutants or of the entries themselves.
    for seed in 4..10 {
        if longest > 1 {
            break;
        }
        longest = longest_history(dir, &fuzz(&seed.to_string(), "small", "400"));
    }
    assert!(longest > 1, "no finding came of a mutant");
    let path = summary["findings"][0]["path"].as_str().unwrap();
    let again = json(&typerace(dir, &["reproduce", "--runs", "1", "--json", path]));
    assert!(!again["history"].as_array().unwrap().is_empty(), "{again}");
}

/// The most steps in the history of a campaign's findings, each of which has one.
fn longest_history(dir: &Path, summary: &Value) -> usize {
    let findings = summary["findings"].as_array().unwrap();
    let lengths = findings.iter().map(|found| {
        let path = dir.join(found["path"].as_str().unwrap()).join("finding.json");
        let finding: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let history = finding["history"].as_array().unwrap();
        assert!(!history.is_empty(), "{finding}");
        let entries = history.iter().filter(|s| s["entry"].is_string()).count();
        assert_eq!(finding["ancestors"].as_array().unwrap().len(), entries);
        history.len()
    });
    lengths.max().unwrap_or(0)
}

/// The limits hold, and the campaign's coverage is kept.
#[test]
fn a_corpus_is_bounded() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    let run = |max: &str| {
        let args = [
            "fuzz",
            "--json",
            "--plain",
            "--no-seeds",
            "--minimize-percent",
            "0",
            "--seed",
            "1",
            "--execs",
            "400",
            "--work",
            max,
            "--max-corpus",
            max,
            "--jsonl",
            "figures",
        ];
        json(&typerace(dir, &args))
    };
    let free = run("1000");
    let bounded = run("40");
    let (free, kept) = (free["corpus"].as_u64().unwrap(), bounded["corpus"].as_u64().unwrap());
    assert!(kept < free, "{kept} of {free}");
    assert_eq!(names(&dir.join("40/corpus")).len() as u64, kept);
    // Counters that were hit stay hit when entries are removed.
    let hits: Vec<u64> = fs::read_to_string(dir.join("figures"))
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).unwrap()["coverage"].as_u64().unwrap())
        .collect();
    assert!(hits.is_sorted() && hits.len() > 1, "{hits:?}");
    for field in [
        "seconds",
        "execs",
        "execs_per_second",
        "corpus",
        "coverage",
        "counters",
        "valid_percent",
        "findings",
        "findings_by",
        "harness_restarts",
        "last_coverage",
        "last_finding",
        "workers",
    ] {
        let figures = fs::read_to_string(dir.join("figures")).unwrap();
        let line: Value = serde_json::from_str(figures.lines().last().unwrap()).unwrap();
        assert!(!line[field].is_null(), "{field}: {line}");
    }
}

/// Entries that were restored can be removed without running again first.
#[test]
fn restored_entries_can_be_removed() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    let run = |work: &str, execs: &str, max: &str| {
        let args = ["fuzz", "--json", "--plain", "--no-seeds", "--minimize-percent", "0"];
        let caps = ["--seed", "1", "--execs", execs, "--work", work, "--max-corpus", max];
        let output = typerace(dir, &[&args[..], &caps[..]].concat());
        let hit = json(&output)["coverage"]["hit"].as_u64().unwrap();
        (names(&dir.join(work).join("corpus")), hit, String::from_utf8(output.stderr).unwrap())
    };
    let (before, hit, _) = run("work", "200", "1000");
    for copy in ["known", "unknown"] {
        let mut cp = std::process::Command::new("cp");
        assert!(cp.args(["-r", "work", copy]).current_dir(dir).status().unwrap().success());
    }
    let (kept, still, err) = run("known", "1", "8");
    assert!(err.contains(&format!("{} corpus entries, of which 0 are", before.len())), "{err}");
    assert!(kept.intersection(&before).count() < before.len(), "{kept:?}");
    assert!(still >= hit, "{still} of {hit} counters");
    let lines = fs::read_to_string(dir.join("known/covers.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 1 + kept.len());
    // Without the journal, the coverage of an entry is unknown, so the entry stays.
    fs::remove_file(dir.join("unknown/covers.jsonl")).unwrap();
    let (kept, _, err) = run("unknown", "1", "8");
    assert!(err.contains("of which 0 are") && kept.is_superset(&before), "{err}");
}

#[test]
fn metrics_are_served_where_they_are_asked_for() {
    let tmp = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    refused(tmp.path(), &["fuzz", "--execs", "1", "--metrics", &addr], "cannot serve metrics on");
    refused(tmp.path(), &["fuzz", "--execs", "1", "--metrics", "here"], "'here' is not an address");
}
