//! How a campaign of several processes ends: by one signal, by two, without workers, on a full
//! disk.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use typerace::harness::is_ignored;
use typerace::store::Store;

struct Campaign {
    dir: tempfile::TempDir,
    child: Child,
}

impl Campaign {
    fn start(args: &[&str]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let tmp = dir.path().join("tmp-of-an-ending");
        fs::create_dir(&tmp).unwrap();
        let file = |name: &str| File::create(dir.path().join(name)).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_typerace"))
            .args(["fuzz", "--json", "--plain", "--no-seeds", "--work", "work", "--cores", "2"])
            .args(args)
            .current_dir(dir.path())
            .env("TMPDIR", tmp)
            .stdin(Stdio::null())
            .stdout(file("out"))
            .stderr(file("err"))
            .spawn()
            .unwrap();
        Self { dir, child }
    }

    fn err(&self) -> String {
        fs::read_to_string(self.dir.path().join("err")).unwrap_or_default()
    }

    fn tmp(&self) -> PathBuf {
        self.dir.path().join("tmp-of-an-ending")
    }

    /// Its processes except the first, with their command lines.
    fn others(&self) -> Vec<(u32, String)> {
        let needle = self.tmp().to_str().unwrap().as_bytes().to_vec();
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|n| n.parse().ok()) else {
                continue;
            };
            let environ = fs::read(entry.path().join("environ")).unwrap_or_default();
            if pid != self.child.id() && environ.windows(needle.len()).any(|w| w == needle) {
                let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
                found.push((pid, String::from_utf8_lossy(&line).into_owned()));
            }
        }
        found
    }

    fn runs(&self) {
        let until = Instant::now() + Duration::from_secs(180);
        let corpus = self.dir.path().join("work/worker-0/corpus");
        while fs::read_dir(&corpus).map_or(0, Iterator::count) < 2 {
            assert!(Instant::now() < until, "nothing runs: {}", self.err());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn signal(&self, name: &str) {
        kill(self.child.id(), name);
    }

    #[track_caller]
    fn end(&mut self) -> ExitStatus {
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "it does not end: {}", self.err());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[track_caller]
    fn leaves_no_process(&self) {
        let until = Instant::now() + Duration::from_secs(10);
        while !self.others().is_empty() {
            assert!(Instant::now() < until, "left: {:?}", self.others());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Campaign {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn kill(pid: u32, name: &str) {
    let _ = Command::new("kill").args([name, &pid.to_string()]).stderr(Stdio::null()).status();
}

#[test]
fn one_signal_ends_it_with_a_summary_and_a_second_at_once() {
    let mut campaign = Campaign::start(&[]);
    campaign.runs();
    // Its folder is no longer in use.
    let second = Command::new(env!("CARGO_BIN_EXE_typerace"))
        .args(["fuzz", "--execs", "1", "--cores", "2", "--work", "work"])
        .current_dir(campaign.dir.path())
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&second.stderr).contains("in use by another campaign"));
    let began = Instant::now();
    campaign.signal("-INT");
    let status = campaign.end();
    println!("Ctrl-C: ended after {:.2?}", began.elapsed());
    assert!(matches!(status.code(), Some(0 | 1)), "{status}: {}", campaign.err());
    campaign.leaves_no_process();
    let out = fs::read(campaign.dir.path().join("out")).unwrap();
    let summary: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(summary["interrupted"], true);
    assert!(summary["execs"].as_u64().unwrap() > 0);
    assert_eq!(fs::read_dir(campaign.tmp()).unwrap().count(), 0, "temporary files");

    let mut campaign = Campaign::start(&[]);
    campaign.runs();
    campaign.signal("-INT");
    campaign.signal("-INT");
    let status = campaign.end();
    // The first signal may have been enough.
    assert!(matches!(status.code(), Some(0 | 1 | 130)), "{status}");
    campaign.leaves_no_process();
}

/// A closed terminal: the system and the shell each send a signal.
#[test]
fn a_closed_terminal_ends_it_with_a_summary() {
    if is_ignored(libc::SIGHUP) {
        println!("not tested: SIGHUP is ignored here, as with nohup");
        return;
    }
    let mut campaign = Campaign::start(&["--jsonl", "figures"]);
    campaign.runs();
    campaign.signal("-HUP");
    campaign.signal("-HUP");
    let status = campaign.end();
    assert!(matches!(status.code(), Some(0 | 1)), "{status}: {}", campaign.err());
    campaign.leaves_no_process();
    let out = fs::read(campaign.dir.path().join("out")).unwrap();
    let summary: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(summary["interrupted"], true);
    let figures = fs::read_to_string(campaign.dir.path().join("figures")).unwrap();
    let last: serde_json::Value = serde_json::from_str(figures.lines().last().unwrap()).unwrap();
    assert_eq!(last["end"]["by"], "signal", "{last:#}");
    assert_eq!(last["end"]["exit"].as_i64(), status.code().map(i64::from), "{last:#}");
    assert_eq!(last["execs"], summary["execs"], "{last:#}");
}

/// With nohup, it outlives its terminal.
#[test]
fn an_ignored_signal_stays_ignored() {
    let tmp = tempfile::tempdir().unwrap();
    let script = "trap '' HUP
        \"$TYPERACE\" fuzz --no-seeds --time 3s --minimize-percent 0 --json --jsonl figures &
        until [ -s figures ]; do kill -0 $! || exit; sleep 0.1; done
        kill -HUP $!; wait $!";
    let mut command = Command::new("sh");
    command.args(["-c", script]).current_dir(tmp.path()).stdin(Stdio::null());
    let output = command.env("TYPERACE", env!("CARGO_BIN_EXE_typerace")).output().unwrap();
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
    assert_eq!(summary["interrupted"], false, "{summary:#}");
}

#[test]
fn a_campaign_whose_workers_all_die_is_an_error() {
    let mut campaign = Campaign::start(&["--time", "10m"]);
    let until = Instant::now() + Duration::from_secs(120);
    let status = loop {
        if let Some(status) = campaign.child.try_wait().unwrap() {
            break status;
        }
        assert!(Instant::now() < until, "it goes on: {}", campaign.err());
        for (pid, _) in campaign.others().iter().filter(|(_, line)| line.contains("--worker")) {
            kill(*pid, "-KILL");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let err = campaign.err();
    assert_eq!(status.code(), Some(70), "{err}");
    assert!(err.contains("all 2 workers died"), "{err}");
    campaign.leaves_no_process();
}

/// Titles of announced findings.
fn announced(err: &str) -> BTreeSet<String> {
    let title = |line: &str| {
        let (_, rest) = line.strip_prefix("FOUND ")?.split_once(": ")?;
        Some(rest.rsplit_once(" (after ")?.0.to_owned())
    };
    err.lines().filter_map(title).collect()
}

fn titles(dir: &Path) -> BTreeSet<String> {
    let Ok(store) = Store::existing(dir) else { return BTreeSet::new() };
    let listing = store.list().unwrap();
    assert!(listing.problems.is_empty(), "torn: {:?}", listing.problems);
    listing.findings.into_iter().map(|(_, f)| f.title).collect()
}

#[test]
fn a_full_disk_loses_no_finding() {
    let dir = tempfile::tempdir().unwrap();
    let tmp = dir.path().join("tmp");
    fs::create_dir(&tmp).unwrap();
    // A separate disk, in a separate namespace.
    let run = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", script]);
        command.current_dir(dir.path()).env("TMPDIR", &tmp).stdin(Stdio::null());
        command.env("TYPERACE", env!("CARGO_BIN_EXE_typerace"));
        command.output().unwrap()
    };
    let mount = "mkdir -p disk && mount -t tmpfs -o size=320k tmpfs disk";
    if !run(mount).status.success() {
        eprintln!("skipped: this machine does not allow mounting a disk");
        return;
    }
    let output = run(&format!(
        "{mount} && \"$TYPERACE\" fuzz --no-seeds --seed 1 --execs 400 --plain --verbose \
         --work disk/work --crashes disk/crashes --minimize-percent 0; code=$?; cp -r disk/crashes kept; exit $code"
    ));
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(err.contains("in memory"), "nothing was full: {err}");
    let announced = announced(&err);
    assert!(!announced.is_empty(), "{err}");
    let mut there = titles(&dir.path().join("kept"));
    let rescued = fs::read_dir(&tmp).unwrap().flatten().map(|e| e.path());
    let rescued: Vec<_> =
        rescued.filter(|p| p.to_string_lossy().contains("typerace-unsaved")).collect();
    rescued.iter().for_each(|at| there.extend(titles(at)));
    let lost: Vec<_> = announced.difference(&there).collect();
    assert!(lost.is_empty(), "lost: {lost:?}\n{err}");
    // It is said once, whatever cannot be written, and again at the end.
    let full = err.lines().filter(|l| l.to_lowercase().contains("no space left")).count();
    assert!(full <= 4, "said {full} times: {err}");
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(out.contains(" executions in "), "no summary: {out}\n{err}");
    assert_eq!(out.contains("not stored in the folder"), !rescued.is_empty(), "{out}");
    // What cannot be stored in the requested place is the environment's fault.
    let lost = !rescued.is_empty() || out.contains("not stored in the work folder");
    assert_eq!(output.status.code(), Some(if lost { 3 } else { 1 }), "{err}");
}
