//! Harnesses that break the protocol. They are shell scripts, because the real harness cannot be
//! made to do so; tests/harness.rs tests the real one.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use typerace::harness::{End, EnvError, Harness, HarnessConfig, HarnessError, RunRequest};
use typerace::scenario::Scenario;

/// Version 8, go1.27.3, race detector on, 64 counters, a sense for shared writes, no operations,
/// go/types.
const HELLO: &str =
    r"\046\0\0\0\010\0\0\0\010\0\0\0go1.27.3\001\100\0\0\0\001\0\0\0\0\010\0\0\0go/types";

/// The reply to run 0 of a test case without packages: its kind, then an id, a count of races, two
/// times, six empty lists, steps, trace, an empty list, the heap, an empty list, a count of logged
/// accesses and three empty lists. All of these are 0.
fn reply_frame() -> String {
    let zeros = 8 + 4 + 8 + 8 + 6 * 4 + 8 + 8 + 4 + 8 + 4 + 4 + 3 * 4;
    format!(r"\{:03o}\0\0\0\001{}", zeros + 1, r"\0".repeat(zeros))
}

struct Fake {
    config: HarnessConfig,
    _dir: tempfile::TempDir,
}

/// A script that sends `hello`, waits for the first byte of a request, and continues with `then`.
/// Another process writes the script: see harness/test_support.rs.
fn fake(hello: &str, then: &str) -> Fake {
    let dir = tempfile::tempdir().unwrap();
    let path: PathBuf = dir.path().join("harness");
    let wait = "head -c1 <&3 >/dev/null";
    let script = format!("#!/bin/sh\nPATH=/usr/bin:/bin\nprintf '{hello}' >&4\n{wait}\n{then}\n");
    let written = Command::new("/bin/sh")
        .args(["-c", "printf %s \"$1\" > \"$2\" && chmod +x \"$2\"", "sh", &script])
        .arg(&path)
        .status();
    assert!(written.unwrap().success());
    let mut config = HarnessConfig::new(path);
    config.limits.start = Duration::from_millis(1500);
    config.limits.total = Duration::from_millis(700);
    Fake { config, _dir: dir }
}

fn start_error(hello: &str, then: &str) -> EnvError {
    Harness::start(fake(hello, then).config.clone()).unwrap_err()
}

/// Runs a test case without packages.
fn run(fake: &Fake) -> (Harness, Result<typerace::harness::Outcome, HarnessError>) {
    let mut harness = Harness::start(fake.config.clone()).unwrap();
    let scenario = Scenario::default();
    let outcome = harness.run(&RunRequest::new(&scenario, &[]));
    (harness, outcome)
}

#[test]
fn a_good_fake_is_accepted() {
    // This makes sure that the refusals below have the stated reasons.
    let reply = reply_frame();
    let (harness, outcome) = run(&fake(HELLO, &format!("printf '{reply}' >&4; sleep 9")));
    assert_eq!(harness.counters(), 64);
    assert!(outcome.unwrap().reply.is_some());
}

#[test]
fn a_bad_hello_is_refused() {
    let sleep = "sleep 9";
    let e = start_error(r"\004\0\0\0\006\0\0\0", sleep);
    assert!(matches!(e, EnvError::WrongProtocol { theirs: 6, ours: 8 }), "{e}");
    let e = start_error(&HELLO.replace(r"go1.27.3\001", r"go1.27.3\000"), sleep);
    assert!(matches!(e, EnvError::NoRaceDetector), "{e}");
    let e = start_error(&HELLO.replace(r"\100\0\0\0", r"\000\0\0\0"), sleep);
    assert!(matches!(e, EnvError::NoCounters), "{e}");
    let e = start_error(&HELLO.replace(r"\100\0\0\0", r"\0\0\0\100"), sleep);
    assert!(matches!(e, EnvError::TooManyCounters { .. }), "{e}");
    let e = start_error(r"\005\0\0\0\010\0\0\0\377", sleep);
    assert!(matches!(e, EnvError::BadHello { .. }), "{e}");
    let e = start_error(r"\377\377\377\377", sleep);
    assert!(matches!(e, EnvError::BadHello { .. }), "{e}");
}

#[test]
fn a_harness_that_dies_or_is_silent_at_its_start_is_refused() {
    let dying = fake("", "");
    let script = "#!/bin/sh\necho no such luck >&2\nexit 66\n";
    let rewrite = Command::new("/bin/sh")
        .args(["-c", "printf %s \"$1\" > \"$2\"", "sh", script])
        .arg(&dying.config.path)
        .status();
    assert!(rewrite.unwrap().success());
    let e = Harness::start(dying.config.clone()).unwrap_err();
    let EnvError::DiedAtStart { status, output } = &e else { panic!("{e}") };
    assert_eq!((status.as_str(), output.as_str()), ("exit status: 66", "no such luck\n"));

    let e = start_error("", "sleep 9");
    assert!(matches!(e, EnvError::SilentAtStart { .. }), "{e}");

    let e = Harness::start(HarnessConfig::new("/nonexistent/harness")).unwrap_err();
    assert!(matches!(e, EnvError::Start { .. }), "{e}");
}

#[test]
fn replies_that_do_not_decode_are_errors() {
    let reply = reply_frame();
    let long = r"\377\377\377\377".to_owned();
    let other_kind = reply.replacen(r"\0\0\0\001", r"\0\0\0\002", 1);
    let short = r"\001\0\0\0\001".to_owned();
    for bad in [long, other_kind, short] {
        let (_, outcome) = run(&fake(HELLO, &format!("printf '{bad}' >&4; sleep 9")));
        assert!(matches!(outcome, Err(HarnessError::Reply { .. })), "{bad}: {outcome:?}");
    }
}

#[test]
fn a_reply_to_another_request_is_an_error() {
    let fake = fake(HELLO, &format!("printf '{}' >&4; sleep 9", reply_frame()));
    let mut harness = Harness::start(fake.config.clone()).unwrap();
    let scenario = Scenario::default();
    let outcome = harness.run(&RunRequest { id: 5, ..RunRequest::new(&scenario, &[]) });
    assert!(matches!(outcome, Err(HarnessError::Confused { .. })), "{outcome:?}");
    assert_eq!(harness.process_id(), None, "what it says next cannot be trusted");
}

#[test]
fn a_torn_reply_is_a_death() {
    let torn = &reply_frame()[..30];
    let torn = &torn[..torn.rfind('\\').unwrap()];
    let (_, outcome) = run(&fake(HELLO, &format!("printf '{torn}' >&4; echo bye; exit 2")));
    let End::Died { status, output } = outcome.unwrap().end else { panic!("not dead") };
    assert_eq!((status.as_str(), output.as_str()), ("exit status: 2", "bye\n"));
}

#[test]
fn one_that_ignores_every_signal_is_killed_all_the_same() {
    let then = "trap '' QUIT TERM INT HUP USR1; echo still here; while :; do sleep 1; done";
    let begin = Instant::now();
    let (harness, outcome) = run(&fake(HELLO, then));
    let End::TimedOut { dump, .. } = outcome.unwrap().end else { panic!("not timed out") };
    assert!(dump.starts_with("still here"), "{dump}");
    assert!(begin.elapsed() < Duration::from_secs(8), "{:?}", begin.elapsed());
    assert_eq!(harness.process_id(), None);
}

#[test]
fn one_that_closes_its_pipe_and_lives_on_is_killed() {
    let (_, outcome) = run(&fake(HELLO, "exec 4>&-; sleep 60"));
    let End::Died { status, .. } = outcome.unwrap().end else { panic!("not dead") };
    assert_eq!(status, "signal: 9 (SIGKILL)");
}

#[test]
fn a_request_that_is_not_read_times_out() {
    // More than a pipe can hold.
    let big = "x".repeat(1 << 20);
    let mut harness = Harness::start(fake(HELLO, "sleep 60").config.clone()).unwrap();
    let e = harness.format(&big).unwrap_err();
    assert!(matches!(e, HarnessError::TimedOut { during: "formatting", .. }), "{e}");
    let e = harness.format(&"x".repeat(65 << 20)).unwrap_err();
    assert!(matches!(e, HarnessError::Request { .. }), "{e}");
}
