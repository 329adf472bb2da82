//! Random kills of random processes of a campaign: main process, workers, harnesses. No stored data
//! is lost or torn, a campaign continues or can be resumed, also with another number of workers, and
//! at the end nothing of it is left. `make soak` does 100: `KILLS=100`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use typerace::harness::{BuiltHarness, GoOptions};
use typerace::rng::Rng;
use typerace::store::Store;
use typerace::testcase::{SourceCase, TestCase};

/// The number of different planted findings.
const PLANTED: usize = 30;

fn toolchain() -> Option<String> {
    std::env::var("TYPERACE_TOOLCHAIN").ok()
}

/// A go/types that panics in one of many functions, now and then.
fn overlay(dir: &Path) -> PathBuf {
    let options = GoOptions { toolchain: toolchain(), ..GoOptions::default() };
    let built = BuiltHarness::get(&options, &mut |line| eprintln!("{line}")).unwrap();
    let package = built.toolchain.goroot.join("src/go/types");
    let text = fs::read_to_string(package.join("struct.go")).unwrap();
    let head = "func NewStruct(fields []*Var, tags []string) *Struct {\n";
    let check = "func (check *Checker) structType(styp *Struct, e *ast.StructType) {\n";
    assert!(text.contains(head) && text.contains(check), "this Go's struct.go is not as expected");
    let planted = text
        .replace(head, &format!("{head}\tplantedMany(fields)\n"))
        .replace(check, &format!("{check}\tdefer func() {{ plantedMany(styp.fields) }}()\n"));
    fs::write(dir.join("struct.go"), planted).unwrap();
    let mut cases = String::new();
    let mut functions = String::new();
    for i in 0..PLANTED {
        writeln!(cases, "\tcase {i}:\n\t\tplantedPanic{i}()").unwrap();
        writeln!(functions, "\n//go:noinline\nfunc plantedPanic{i}() {{ panic(\"planted {i}\") }}")
            .unwrap();
    }
    let many = include_str!("planted/many.go.txt").replace("CASES", &cases) + &functions;
    fs::write(dir.join("planted_many.go"), many).unwrap();
    let replace: BTreeMap<_, _> = ["struct.go", "planted_many.go"]
        .map(|name| (package.join(name), dir.join(name)))
        .into_iter()
        .collect();
    let path = dir.join("overlay.json");
    fs::write(&path, serde_json::json!({ "Replace": replace }).to_string()).unwrap();
    // Built here and not by the campaign, because the compilers of a killed build live on for a
    // while.
    let options = GoOptions { overlay: Some(path.clone()), ..options };
    BuiltHarness::get(&options, &mut |line| eprintln!("{line}")).unwrap();
    path
}

/// Running processes that have this folder in their environment.
fn alive(dir: &Path) -> Vec<u32> {
    let needle = dir.to_str().unwrap().as_bytes();
    let mut pids = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|n| n.parse::<u32>().ok()) else {
            continue;
        };
        let Ok(environ) = fs::read(entry.path().join("environ")) else { continue };
        if environ.windows(needle.len()).any(|w| w == needle) {
            pids.push(pid);
        }
    }
    pids
}

fn gone(dir: &Path, within: Duration) -> bool {
    let until = Instant::now() + within;
    while !alive(dir).is_empty() {
        if Instant::now() > until {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}

fn signal(pid: u32, name: &str) {
    // It may have ended on its own.
    let _ = Command::new("kill").args([name, &pid.to_string()]).stderr(Stdio::null()).status();
}

/// The role of a process, for the report.
fn role(pid: u32, main: u32) -> &'static str {
    let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let line = String::from_utf8_lossy(&line).into_owned();
    match () {
        () if pid == main => "main",
        () if line.is_empty() => "other",
        () if line.contains("--worker") => "worker",
        () if line.contains("harness") => "harness",
        () => "other",
    }
}

fn shared_memory() -> BTreeSet<String> {
    let entries = fs::read_dir("/dev/shm").into_iter().flatten().flatten();
    entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect()
}

/// A main process. It does not outlive the test, whatever fails: its workers end with it.
struct Campaign(Child);

impl Deref for Campaign {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.0
    }
}

impl DerefMut for Campaign {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Campaign {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Arena {
    dir: PathBuf,
    /// TMPDIR, which identifies its processes.
    tmp: PathBuf,
    overlay: PathBuf,
    logs: usize,
    stored: BTreeSet<String>,
    best: u64,
}

impl Arena {
    fn start(&mut self) -> Campaign {
        self.logs += 1;
        let log = File::create(self.log()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
        // Each resume has another number of workers.
        let workers = ["2", "3"][self.logs % 2];
        command.args(["fuzz", "--plain", "--no-seeds", "--profile", "safe", "--cores", workers]);
        command.args(["--work", "work", "--json", "--overlay"]).arg(&self.overlay);
        if let Some(toolchain) = toolchain() {
            command.args(["--toolchain", &toolchain]);
        }
        command.current_dir(&self.dir).env("TMPDIR", &self.tmp).stdin(Stdio::null());
        let out = File::create(self.dir.join("out.json")).unwrap();
        Campaign(command.stdout(out).stderr(log).spawn().unwrap())
    }

    fn log(&self) -> PathBuf {
        self.dir.join(format!("log{}", self.logs))
    }

    /// Checks that everything that was stored or announced exists and is complete.
    #[track_caller]
    fn check(&mut self) {
        // First: what is announced is stored by then, and more may be stored while this reads.
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let store = Store::existing(&self.dir.join("crashes")).unwrap();
        let listing = store.list().unwrap();
        assert!(listing.problems.is_empty(), "torn: {:?}", listing.problems);
        let mut titles = BTreeSet::new();
        let mut ids = BTreeSet::new();
        for (path, finding) in &listing.findings {
            let case = fs::read_to_string(path.join("testcase.txtar")).unwrap();
            SourceCase::from_txtar(&case).unwrap();
            assert!(path.join("report.txt").exists());
            titles.insert(finding.title.clone());
            ids.insert(finding.id.clone());
        }
        let lost: Vec<_> = self.stored.difference(&ids).collect();
        assert!(lost.is_empty(), "lost: {lost:?}");
        self.stored = ids;
        for line in log.lines() {
            // What was stored before is in `ids`. Its title is that of the first report, and another
            // report of the same signature may say that the access is to a map.
            if let Some(found) = line.strip_prefix("FOUND ")
                && !found.starts_with("AGAIN ")
                && let Some((_, rest)) = found.split_once(": ")
                && let Some((title, _)) = rest.rsplit_once(" (after ")
            {
                assert!(titles.contains(title), "announced and not stored: {line}");
            }
            assert!(!line.contains("left out"), "torn: {line}");
            if let Some((_, rest)) = line.split_once("coverage ")
                && let Some((hit, _)) = rest.split_once('/')
            {
                self.best = self.best.max(hit.parse().unwrap_or(0));
            }
        }
    }

    /// Checks that no entry in any worker's corpus is torn. Returns the number of entries.
    fn corpus(&self) -> usize {
        let mut n = 0;
        for worker in fs::read_dir(self.dir.join("work")).into_iter().flatten().flatten() {
            for folder in ["corpus", "corpus.previous"] {
                let files = fs::read_dir(worker.path().join(folder)).into_iter().flatten();
                for file in files.flatten() {
                    let hidden = file.file_name().to_string_lossy().starts_with('.');
                    if let (false, Ok(text)) = (hidden, fs::read_to_string(file.path())) {
                        TestCase::from_json(&text).unwrap_or_else(|e| panic!("torn: {e}"));
                        n += 1;
                    }
                }
            }
        }
        n
    }
}

/// Waits for the end, within the allowed time.
fn wait(child: &mut Child, within: Duration) -> Option<ExitStatus> {
    let until = Instant::now() + within;
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return Some(status);
        }
        if Instant::now() > until {
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn kills_lose_nothing_and_leave_nothing() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let kills = number("KILLS").unwrap_or(8);
    let mut rng = Rng::new(number("KILLS_SEED").unwrap_or(1));
    let root = tempfile::tempdir().unwrap();
    let tmp = root.path().join("tmp-of-the-kill-test");
    fs::create_dir(&tmp).unwrap();
    let shared = shared_memory();
    let overlay = overlay(root.path());
    let dir = root.path().to_owned();
    let mut arena =
        Arena { dir, tmp: tmp.clone(), overlay, logs: 0, stored: BTreeSet::new(), best: 0 };
    let mut main = arena.start();
    let (mut killed, mut resumes) = (BTreeMap::<&str, u32>::new(), 0);
    let mut done = 0;
    while done < kills {
        std::thread::sleep(Duration::from_millis(300 + rng.below(2_700) as u64));
        if let Some(status) = main.try_wait().unwrap() {
            let log = fs::read_to_string(arena.log()).unwrap_or_default();
            panic!("the campaign ended with {status} though its main process lived:\n{log}");
        }
        let all = alive(&tmp);
        // Every kind of process is killed equally often, however many there are.
        let mut roles: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        all.iter().for_each(|&pid| roles.entry(role(pid, main.id())).or_default().push(pid));
        let roles: Vec<_> = roles.into_iter().filter(|(r, _)| *r != "other").collect();
        let Some((what, pids)) = rng.choose(&roles) else { continue };
        // The first kills come when something is running.
        if done == 0 && *what == "main" && arena.corpus() == 0 {
            continue;
        }
        let Some(&victim) = rng.choose(pids) else { continue };
        signal(victim, "-KILL");
        done += 1;
        *killed.entry(what).or_default() += 1;
        if victim == main.id() {
            main.wait().unwrap();
            let named = |pid| fs::read_to_string(format!("/proc/{pid}/cmdline"));
            let orphans = || alive(&tmp).into_iter().map(named).collect::<Vec<_>>();
            assert!(gone(&tmp, Duration::from_secs(10)), "orphans: {:?}", orphans());
            arena.check();
            arena.corpus();
            main = arena.start();
            resumes += 1;
        } else {
            arena.check();
        }
    }
    // A campaign that was resumed last reaches at least as much as those before.
    let until = Instant::now() + Duration::from_secs(120);
    let reached = |arena: &mut Arena| {
        let best = std::mem::take(&mut arena.best);
        arena.check();
        let now = std::mem::replace(&mut arena.best, best);
        arena.best = arena.best.max(now);
        now * 100 >= best * 95 && now > 0
    };
    while !reached(&mut arena) {
        let log = fs::read_to_string(arena.log()).unwrap_or_default();
        assert!(Instant::now() < until, "coverage is lost, it was {}:\n{log}", arena.best);
        std::thread::sleep(Duration::from_millis(200));
    }
    // SIGTERM to the main process alone ends the whole campaign, with a summary.
    let began = Instant::now();
    signal(main.id(), "-TERM");
    let status = wait(&mut main, Duration::from_secs(20));
    let took = began.elapsed();
    let log = fs::read_to_string(arena.log()).unwrap_or_default();
    let status = status.unwrap_or_else(|| panic!("it does not end:\n{log}"));
    assert!(matches!(status.code(), Some(0 | 1)), "{status}\n{log}");
    assert!(gone(&tmp, Duration::from_secs(5)), "orphans: {:?}", alive(&tmp));
    let summary = fs::read(root.path().join("out.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_slice(&summary).unwrap();
    assert_eq!(summary["interrupted"], true);
    arena.check();
    let entries = arena.corpus();
    assert!(entries > 0 && !arena.stored.is_empty(), "{entries} entries\n{log}");
    let left: Vec<_> = fs::read_dir(&tmp).unwrap().flatten().map(|e| e.file_name()).collect();
    assert!(left.is_empty(), "temporary files: {left:?}");
    let left: Vec<_> = shared_memory().into_iter().filter(|n| n.contains("libafl")).collect();
    assert!(left.iter().all(|n| shared.contains(n)), "shared memory: {left:?}");
    println!(
        "{kills} kills {killed:?}, {resumes} resumes, {} findings, {entries} corpus entries, \
         coverage {}, the end took {took:.1?}",
        arena.stored.len(),
        arena.best
    );
}
