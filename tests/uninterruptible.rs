//! Harnesses that no signal reaches: stuck where the runtime cannot stop them, ignoring signals, in
//! an uninterruptible wait, or still there after they were killed. All of them are the real
//! harness, with a go/types that causes the condition itself (tests/planted).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use typerace::harness::{
    BuiltHarness, End, GoOptions, Harness, HarnessConfig, Limits, RunRequest, Stage, take_left,
};
use typerace::store::Store;
use typerace::testcase::SourceCase;

#[path = "planted/overlay.rs"]
mod planted;

/// The overlay and the harness built with it.
fn built() -> &'static (PathBuf, PathBuf) {
    static BUILT: OnceLock<(PathBuf, PathBuf)> = OnceLock::new();
    BUILT.get_or_init(|| {
        let say = &mut |line: &str| eprintln!("{line}");
        let toolchain = std::env::var("TYPERACE_TOOLCHAIN").ok();
        let options = GoOptions { toolchain, ..GoOptions::default() };
        let goroot = BuiltHarness::get(&options, say).unwrap().toolchain.goroot;
        let overlay = planted::overlay(&goroot);
        let options = GoOptions { overlay: Some(overlay.clone()), ..options };
        (overlay, BuiltHarness::get(&options, say).unwrap().path)
    })
}

fn text(name: &str) -> String {
    format!("meet start\ngo check a\ngo check a\n-- a/a.go --\npackage a\n\ntype {name} int\n")
}

fn config() -> HarnessConfig {
    let second = Duration::from_secs(1);
    let limits =
        Limits { setup: 20 * second, concurrent: second, total: 30 * second, ..Limits::default() };
    HarnessConfig { limits, ..HarnessConfig::new(built().1.clone()) }
}

/// The states of a process's threads, from /proc.
fn states(pid: u32) -> Vec<char> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let state = |entry: fs::DirEntry| {
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        stat.rsplit_once(") ")?.1.chars().next()
    };
    tasks.filter_map(state).collect()
}

fn end_of(harness: &mut Harness, name: &str) -> End {
    let case = SourceCase::from_txtar(&text(name)).unwrap();
    let scenario = case.scenario.clone().unwrap();
    harness.run(&RunRequest::new(&scenario, &case.packages)).unwrap().end
}

/// Runs a planted fault between two innocent test cases. Returns its dump, the states that its
/// threads had meanwhile, and how long it took.
fn run(name: &'static str) -> (String, BTreeSet<char>, Duration) {
    let mut harness = Harness::start(config()).unwrap();
    assert_eq!(end_of(&mut harness, "Innocent"), End::Replied);
    let pid = harness.process_id().unwrap();
    let (began, done) = (Instant::now(), AtomicBool::new(false));
    let mut states_seen = BTreeSet::new();
    let end = thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                states_seen.extend(states(pid));
                thread::sleep(Duration::from_millis(20));
            }
        });
        let end = end_of(&mut harness, name);
        done.store(true, Ordering::Relaxed);
        end
    });
    let took = began.elapsed();
    assert_eq!(end_of(&mut harness, "Innocent"), End::Replied, "after {name}");
    let End::TimedOut { stage, dump } = end else { panic!("{name}: {end:?}") };
    assert_eq!(stage, Stage::Concurrent, "{name}");
    (dump, states_seen, took)
}

#[test]
fn what_no_signal_reaches_ends_at_its_limit() {
    built();
    // Several, because without aiming, SIGQUIT interrupts the right thread only half of the time.
    let stuck: Vec<_> = (0..3).map(|_| thread::spawn(|| run("FaultStuck"))).collect();
    let deaf = thread::spawn(|| run("FaultDeaf"));
    let waiting = thread::spawn(|| run("FaultUninterruptible"));
    // The runtime cannot stop the goroutine, but prints the stack of the thread that it interrupts.
    for stuck in stuck {
        let (dump, ..) = stuck.join().unwrap();
        assert!(dump.contains("go/types.plantedStuck"), "{dump}");
    }
    let (dump, ..) = deaf.join().unwrap();
    assert!(!dump.contains("SIGQUIT"), "it heard: {dump}");
    let (_, states, _) = waiting.join().unwrap();
    assert!(states.contains(&'D'), "no thread waited uninterruptibly: {states:?}");
}

/// A process that still exists after SIGKILL, as far as its parent can see.
#[test]
fn what_does_not_die_is_not_waited_for() {
    built();
    let (_, _, took) = run("FaultUndying");
    // Its tracer lives for 20 s from the start.
    let left = take_left();
    assert_eq!(left.len(), 1, "{took:?}");
    assert!(took < Duration::from_secs(19), "{took:?}");
    let until = Instant::now() + Duration::from_secs(60);
    while states(left[0]).iter().any(|s| *s != 'Z')
        || Path::new("/proc").join(left[0].to_string()).exists()
    {
        assert!(Instant::now() < until, "it is never reaped: {:?}", states(left[0]));
        thread::sleep(Duration::from_millis(200));
        // Starting another process reaps it.
        drop(Harness::start(config()).unwrap());
    }
}

fn typerace(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(args).arg("--overlay").arg(&built().0).current_dir(dir).env("TMPDIR", dir);
    if let Ok(toolchain) = std::env::var("TYPERACE_TOOLCHAIN") {
        command.args(["--toolchain", &toolchain]);
    }
    command.stdin(Stdio::null()).output().unwrap()
}

#[test]
fn a_campaign_stores_it_with_its_stage_and_goes_on() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    fs::create_dir(dir.join("seeds")).unwrap();
    fs::write(dir.join("seeds/undying.txtar"), text("FaultUndying")).unwrap();
    let args = ["fuzz", "--plain", "--corpus", "seeds", "--seed", "1", "--execs", "2"];
    let more = [
        "--limit-run",
        "1",
        "--limit-setup",
        "20",
        "--limit-total",
        "30",
        "--minimize-percent",
        "0",
    ];
    let output = typerace(dir, &[&args[..], &more].concat());
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains("was killed and is still there"), "{err}");
    let listing = Store::existing(&dir.join("crashes")).unwrap().list().unwrap();
    assert!(listing.problems.is_empty(), "{:?}", listing.problems);
    let stages: Vec<_> =
        listing.findings.iter().map(|(_, f)| (f.kind.as_str(), f.stage.clone())).collect();
    assert!(stages.contains(&("hang", Some("concurrent".to_owned()))), "{stages:?}\n{err}");
}
