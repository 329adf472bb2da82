//! The real harness, built with the installed Go: what it finds, and that typerace survives
//! whatever happens to its process.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use typerace::harness::{
    BuiltHarness, CounterSite, End, GoOptions, Harness, HarnessConfig, HarnessError, Outcome,
    RunFlags, RunRequest, Verdict,
};
use typerace::testcase::SourceCase;

fn config() -> HarnessConfig {
    static BUILT: OnceLock<BuiltHarness> = OnceLock::new();
    let built = BUILT.get_or_init(|| {
        let options =
            GoOptions { toolchain: std::env::var("TYPERACE_TOOLCHAIN").ok(), ..Default::default() };
        BuiltHarness::get(&options, &mut |line| eprintln!("{line}")).unwrap()
    });
    HarnessConfig::new(&built.path)
}

fn start() -> Harness {
    Harness::start(config()).unwrap()
}

fn run_with(harness: &mut Harness, txtar: &str, flags: RunFlags) -> Outcome {
    let case = SourceCase::from_txtar(txtar).unwrap();
    let scenario = case.scenario.unwrap();
    harness.run(&RunRequest::new(&scenario, &case.packages).with_flags(flags)).unwrap()
}

fn run(harness: &mut Harness, txtar: &str) -> Outcome {
    run_with(harness, txtar, RunFlags::default())
}

const CLEAN: &str = "before check lib\ngo check a ; walk underlying lib\n\
    go check a ; walk underlying lib reversed\n\
    -- lib/lib.go --\npackage lib\n\ntype T struct{ F int }\n\n\
    -- a/a.go --\npackage a\n\nimport \"lib\"\n\nvar X lib.T\n";

const SHARED_INFO: &str = "share info\nmeet import\nbefore check lib\ngo check a\ngo check a\n\
    -- lib/lib.go --\npackage lib\n\nvar V int\n\
    -- a/a.go --\npackage a\n\nimport \"lib\"\n\nvar A, B, C = 1, 2, lib.V\n\nfunc F(x int) int { return x + A + B + C }\n";

fn signal(name: &str, pid: u32) {
    let status = Command::new("kill").args([name, &pid.to_string()]).status().unwrap();
    assert!(status.success());
}

/// Stops a process. It continues for a moment after the signal was sent.
fn stop(pid: u32) {
    signal("-STOP", pid);
    let runs = |entry: std::io::Result<std::fs::DirEntry>| {
        let stat = std::fs::read_to_string(entry.unwrap().path().join("stat")).unwrap_or_default();
        !stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T'))
    };
    let until = Instant::now() + Duration::from_secs(60);
    while std::fs::read_dir(format!("/proc/{pid}/task")).unwrap().any(runs) {
        assert!(Instant::now() < until, "it does not stop");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn cwd_of(pid: u32) -> PathBuf {
    std::fs::read_link(format!("/proc/{pid}/cwd")).unwrap()
}

#[test]
fn a_clean_program_replies_and_moves_counters() {
    let mut harness = start();
    assert!(harness.hello().race && harness.hello().go.starts_with("go1."));
    assert!(harness.counters() > 1000, "{}", harness.counters());
    for _ in 0..20 {
        let outcome = run(&mut harness, CLEAN);
        assert_eq!((&outcome.end, outcome.reports.as_str()), (&End::Replied, ""));
        let reply = outcome.reply.unwrap();
        assert_eq!(reply.races, 0);
        assert!(reply.verdicts.iter().all(|(v, _)| *v == Verdict::Valid), "{:?}", reply.verdicts);
        assert!(reply.operations.iter().any(|(n, c)| n == "check" && *c >= 3), "{reply:?}");
        assert!(harness.coverage().iter().filter(|&&c| c > 0).count() > 100);
    }
    assert_eq!((harness.starts(), harness.runs_of_process()), (1, 20));
}

#[test]
fn verdicts_tell_what_is_wrong() {
    let mut harness = start();
    let outcome = run(
        &mut harness,
        "go check bad ; check worse\n-- bad/b.go --\npackage bad\n\nvar X int = \"s\"\n\
         -- worse/w.go --\npackage worse\n\nvar (\n",
    );
    let verdicts = outcome.reply.unwrap().verdicts;
    assert_eq!(verdicts[0].0, Verdict::TypeErrors, "{verdicts:?}");
    assert_eq!(verdicts[1].0, Verdict::SyntaxErrors, "{verdicts:?}");
    assert!(verdicts.iter().all(|(_, e)| !e.is_empty()), "{verdicts:?}");
}

#[test]
fn answers_come_when_asked_for() {
    let mut harness = start();
    let flags =
        RunFlags { sequential: true, answers: true, resolutions: true, ..RunFlags::default() };
    let reply = run_with(&mut harness, CLEAN, flags).reply.unwrap();
    assert_eq!(reply.answers.len(), 3, "before and two goroutines: {:?}", reply.answers);
    assert!(reply.answers.iter().any(|a| !a.is_empty()));
    assert!(run(&mut harness, CLEAN).reply.unwrap().answers.is_empty());
}

/// Two checkers on one Info race or, at worst, end the process; the next test case runs and is not
/// blamed. They meet in the importer: otherwise, up to Go 1.26, an atomic counter in the checker
/// orders two checks that do not overlap, and only 1 run of 5 shows the race.
#[test]
fn a_shared_info_races() {
    let mut harness = start();
    let mut reported = 0;
    for i in 0..20 {
        let outcome = run(&mut harness, SHARED_INFO);
        let found = outcome.reports.contains("WARNING: DATA RACE");
        match outcome.end {
            End::Replied => assert_eq!(outcome.reply.unwrap().races > 0, found, "run {i}"),
            End::Died { output, .. } => assert!(output.contains("concurrent map"), "{output}"),
            End::TimedOut { .. } | End::OverMemory { .. } => panic!("over a limit: {outcome:?}"),
        }
        if found {
            assert!(outcome.reports.contains("go/types.(*Checker)"), "{}", outcome.reports);
            reported += 1;
        }
        let clean = run(&mut harness, CLEAN);
        assert_eq!((clean.end, clean.reports.as_str()), (End::Replied, ""), "after run {i}");
    }
    assert!(reported >= 15, "only {reported} of 20 runs were reported");
}

/// The race detector is silent once a run has reached its number of reports, and reports again in
/// the next run. This changes the detector's own memory, which any Go release can break.
#[test]
fn reports_are_bounded_where_it_is_asked_for() {
    let mut harness = start();
    let text = "share ast\nshare package\nmeet start\ngo check a\ngo check a\n-- a/a.go --\npackage a\n\n"
        .to_owned()
        + &(0..30)
            .map(|i| format!("type T{i} struct{{ f [{i}]int }}\n\nfunc (T{i}) M() int {{ return {i} }}\n\n"))
            .collect::<String>();
    let mut most = [0, 0];
    for i in 0..20 {
        for (most, reports) in most.iter_mut().zip([0, 4]) {
            let flags = RunFlags { reports, ..RunFlags::default() };
            let outcome = run_with(&mut harness, &text, flags);
            if let End::Died { output, .. } = &outcome.end {
                assert!(output.contains("concurrent map"), "{output}");
            }
            let n = outcome.reports.matches("WARNING: DATA RACE").count();
            *most = n.max(*most);
        }
        assert_eq!(harness.plant().unwrap().0, 1, "after run {i}");
    }
    // Goroutines that are in the detector when it is silenced report one more race each.
    assert!(most[0] > 20 && (4..=8).contains(&most[1]), "{most:?}");
}

#[test]
fn the_planted_race_is_reported_each_time() {
    let mut harness = start();
    for _ in 0..3 {
        let (races, report) = harness.plant().unwrap();
        assert!(races > 0);
        assert!(report.contains("plantedRace") && report.contains("plant.go:"), "{report}");
    }
}

#[test]
fn a_process_killed_between_runs_costs_no_test_case() {
    let mut harness = start();
    run(&mut harness, CLEAN);
    signal("-KILL", harness.process_id().unwrap());
    // Until the kernel has finished killing it, a request could still be written.
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(run(&mut harness, CLEAN).end, End::Replied);
    assert_eq!(harness.starts(), 2);
}

/// An allocation that the detector does not see makes false reports; see `experiments` in
/// src/harness/build.rs.
#[test]
fn the_detector_sees_every_allocation() {
    let path = config().path;
    let output = Command::new("go").args(["tool", "nm"]).arg(&path).output().unwrap();
    let symbols = String::from_utf8(output.stdout).unwrap();
    assert!(symbols.contains("runtime.mallocgcSmallNoscan"), "{symbols}");
    let blind: Vec<&str> = symbols
        .lines()
        .filter(|line| {
            let name = line.rsplit(' ').next().unwrap_or_default();
            let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
            name.starts_with("runtime.malloc") && name.ends_with("SC")
        })
        .collect();
    assert!(blind.is_empty(), "{blind:?}");
}

/// Cleaners of temporary folders and of caches remove what was not touched for days.
#[test]
fn removed_folders_and_a_removed_executable_end_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("harness");
    std::fs::copy(&config().path, &path).unwrap();
    let mut harness = Harness::start(HarnessConfig { path: path.clone(), ..config() }).unwrap();
    std::fs::remove_file(&path).unwrap();
    let id = harness.process_id().unwrap();
    let cwd = std::fs::read_link(format!("/proc/{id}/cwd")).unwrap();
    std::fs::remove_dir_all(cwd.parent().unwrap()).unwrap();
    // The running process, and then a new one.
    for starts in [1, 2] {
        let outcome = run(&mut harness, SHARED_INFO);
        assert!(outcome.reports.contains("WARNING: DATA RACE"), "{outcome:?}");
        assert_eq!(harness.starts(), starts);
        if starts == 1 {
            signal("-KILL", harness.process_id().unwrap());
            std::thread::sleep(Duration::from_millis(200));
        }
    }
    let e = Harness::start(HarnessConfig { path: path.clone(), ..config() }).unwrap_err();
    assert!(e.to_string().contains(path.to_str().unwrap()), "{e}");
}

#[test]
fn a_request_may_begin_before_its_outcome_is_asked_for() {
    let mut harness = start();
    let parsed = |txtar| SourceCase::from_txtar(txtar).unwrap();
    let (clean, races) = (parsed(CLEAN), parsed(SHARED_INFO));
    let (quiet, racing) = (clean.scenario.as_ref().unwrap(), races.scenario.as_ref().unwrap());
    let quiet = RunRequest { id: 1, ..RunRequest::new(quiet, &clean.packages) };
    let racing = RunRequest { id: 2, ..RunRequest::new(racing, &races.packages) };
    let worked = harness.worked();
    harness.begin(&quiet).unwrap();
    let outcome = harness.finish(&quiet).unwrap();
    assert!(matches!(outcome.end, End::Replied) && outcome.reply.unwrap().id == 1);
    assert!(harness.coverage().iter().any(|&n| n > 0));
    assert!(harness.worked() > worked);
    assert_eq!(harness.starts(), 1);
    // Another request gets its own answer, from another process.
    harness.begin(&racing).unwrap();
    let outcome = harness.run(&quiet).unwrap();
    assert_eq!((outcome.reply.unwrap().id, outcome.reports.as_str()), (1, ""));
    assert_eq!(harness.starts(), 2);
    // A request that was not begun has no outcome, and asking for it costs nothing.
    assert!(harness.finish(&quiet).is_err());
    // If a process dies in between, the death belongs to this request.
    let pid = harness.process_id().unwrap();
    stop(pid);
    harness.begin(&quiet).unwrap();
    signal("-KILL", pid);
    let end = harness.finish(&quiet).unwrap().end;
    assert!(matches!(end, End::Died { .. }), "{end:?}");
    assert!(matches!(harness.run(&quiet).unwrap().end, End::Replied));
}

#[test]
fn a_stopped_process_is_dumped_killed_and_replaced() {
    let mut config = config();
    config.limits.total = Duration::from_millis(500);
    let mut harness = Harness::start(config).unwrap();
    let pid = harness.process_id().unwrap();
    stop(pid);
    let outcome = run(&mut harness, CLEAN);
    let End::TimedOut { dump, .. } = outcome.end else { panic!("{outcome:?}") };
    assert!(dump.contains("SIGUSR1") && dump.contains("goroutine 1 "), "{dump}");
    assert!(!Path::new(&format!("/proc/{pid}")).exists(), "a zombie is left");
    assert!(harness.coverage().len() == harness.counters());
    assert_eq!(run(&mut harness, CLEAN).end, End::Replied);
}

#[test]
fn an_interrupt_ends_a_long_request_and_no_short_one() {
    let config = config();
    let interrupt = Arc::clone(&config.interrupt);
    let mut harness = Harness::start(config).unwrap();
    // Only now, because a start that takes long is interrupted, too.
    interrupt.store(true, Ordering::Relaxed);
    let case = SourceCase::from_txtar(CLEAN).unwrap();
    let scenario = case.scenario.unwrap();
    let request = RunRequest::new(&scenario, &case.packages);
    // On a busy machine even the shortest request may take long.
    let short = (0..50).find_map(|_| harness.run(&request).ok());
    assert_eq!(short.unwrap().end, End::Replied);
    stop(harness.process_id().unwrap());
    let begin = Instant::now();
    let e = harness.run(&request).unwrap_err();
    assert!(matches!(e, HarnessError::Interrupted), "{e}");
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
}

/// This is not a test: the next test starts it as a process and kills it.
#[test]
#[ignore = "a helper that sleeps"]
fn helper_that_is_killed() {
    let harness = start();
    let pid = harness.process_id().unwrap();
    println!("\nharness {pid} {}", cwd_of(pid).display());
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn a_killed_typerace_leaves_no_process_and_the_next_one_sweeps() {
    let mut helper = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "helper_that_is_killed", "--nocapture"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(helper.stdout.take().unwrap()).lines();
    let line = lines.map(|l| l.unwrap()).find(|l| l.starts_with("harness ")).unwrap();
    let [_, pid, cwd] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
    assert!(Path::new(cwd).exists());
    helper.kill().unwrap();
    helper.wait().unwrap();
    // Its harness may have init as its parent, or nothing that waits for it, so a zombie counts as
    // dead.
    let alive = || {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        !stat.is_empty() && !stat.contains(") Z ")
    };
    let begin = Instant::now();
    while alive() {
        assert!(begin.elapsed() < Duration::from_secs(5), "the harness outlived typerace");
        std::thread::sleep(Duration::from_millis(10));
    }
    drop(start());
    assert!(!Path::new(cwd).exists(), "{cwd} was not swept");
}

#[test]
fn fresh_and_old_processes_are_replaced() {
    let mut config = config();
    config.recycle_after = 3;
    let mut harness = Harness::start(config).unwrap();
    for _ in 0..7 {
        run(&mut harness, CLEAN);
    }
    assert_eq!((harness.starts(), harness.runs_of_process()), (3, 1));
    let fresh = format!("fresh\n{CLEAN}");
    run(&mut harness, &fresh);
    run(&mut harness, &fresh);
    assert_eq!((harness.starts(), harness.runs_of_process()), (5, 1));
}

#[test]
fn a_long_race_log_replaces_the_process() {
    let mut config = config();
    config.recycle_litter = 100;
    let mut harness = Harness::start(config).unwrap();
    harness.plant().unwrap();
    run(&mut harness, CLEAN);
    assert_eq!(harness.starts(), 2);
}

#[test]
fn nothing_is_left_behind() {
    let mut harness = start();
    let pid = harness.process_id().unwrap();
    harness.plant().unwrap();
    let cwd = cwd_of(pid);
    let logs = std::fs::read_dir(cwd.parent().unwrap()).unwrap();
    let names: Vec<_> = logs.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.contains(&format!("race.{pid}")), "{names:?}");
    drop(harness);
    assert!(!Path::new(&format!("/proc/{pid}")).exists(), "the process is left");
    assert!(!cwd.parent().unwrap().exists(), "{} is left", cwd.display());
}

#[test]
fn files_are_parsed_and_formatted() {
    let mut harness = start();
    let tree = harness.parse("x.go", "package p\n\ntype T[P any] = []P\n").unwrap().unwrap();
    assert_eq!((tree.name.0.as_str(), tree.decls.len()), ("p", 1));
    let errors = harness.parse("x.go", "package p\n\nfunc {\n").unwrap().unwrap_err();
    assert_eq!(errors[0].line, 3, "{errors:?}");
    assert_eq!(harness.format("package  p").unwrap().unwrap(), "package p\n");
    assert!(!harness.format("package").unwrap().unwrap_err().is_empty());
    // Deeply nested, but within the harness's limit.
    let nested = format!("package p\n\nvar x = {}1{}\n", "(".repeat(300), ")".repeat(300));
    assert!(harness.parse("x.go", &nested).unwrap().is_ok());
    let deep = format!("package p\n\nvar x = {}1{}\n", "(".repeat(5000), ")".repeat(5000));
    assert!(harness.parse("x.go", &deep).unwrap().is_err());
}

#[test]
fn every_counter_has_a_place() {
    if std::env::consts::ARCH != "x86_64" {
        return;
    }
    let sites = CounterSite::all(&config().path).unwrap().unwrap();
    assert_eq!(sites.len(), start().hello().counters as usize);
    assert!(sites.iter().all(|s| !s.function.is_empty() && s.line > 0), "a counter is missing");
    let insert: Vec<_> =
        sites.iter().filter(|s| s.function == "go/types.(*Scope).Insert").collect();
    assert!(insert.len() >= 3, "{insert:?}");
    assert!(insert.iter().all(|s| s.file.ends_with("go/types/scope.go")), "{insert:?}");
}
