//! The screen, used as on a real terminal: `script` provides one.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use typerace::harness::is_ignored;

/// A campaign on its own terminal.
struct Session {
    script: Child,
    output: Arc<Mutex<Vec<u8>>>,
}

const ALTERNATE: &str = "\x1b[?1049h";
const NORMAL: &str = "\x1b[?1049l";
const CURSOR: &str = "\x1b[?25h";
/// Much longer than any step takes, for machines that are busy with other work.
const PATIENCE: Duration = Duration::from_secs(180);

impl Session {
    fn start(dir: &Path, term: &str, args: &str) -> Self {
        // exec, so that the signal and the exit code are the campaign's. The output of stty
        // afterwards shows whether the terminal was restored.
        let command = format!(
            "stty rows 30 cols 100; {} fuzz --seed 1 --no-seeds --minimize-percent 0 {args}; \
             code=$?; stty -a | grep -o -- '-*icanon'; exit $code",
            env!("CARGO_BIN_EXE_typerace")
        );
        let mut script = Command::new("script")
            .args(["-qfec", &command, "/dev/null"])
            .current_dir(dir)
            .env("TERM", term)
            .env("SHELL", "/bin/sh")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("script, of util-linux, starts");
        let output = Arc::new(Mutex::new(Vec::new()));
        let (mut from, to) = (script.stdout.take().unwrap(), Arc::clone(&output));
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(n @ 1..) = from.read(&mut chunk) {
                to.lock().unwrap().extend_from_slice(&chunk[..n]);
            }
        });
        Self { script, output }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.output.lock().unwrap()).into_owned()
    }

    #[track_caller]
    fn wait_for(&self, what: &str) {
        let since = Instant::now();
        while !self.text().contains(what) {
            assert!(since.elapsed() < PATIENCE, "no {what:?} in:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn press(&mut self, keys: &[u8]) {
        let stdin = self.script.stdin.as_mut().unwrap();
        stdin.write_all(keys).and_then(|()| stdin.flush()).unwrap();
    }

    /// Waits for the end. Returns the exit code and everything written.
    #[track_caller]
    fn end(mut self) -> (Option<i32>, String) {
        let since = Instant::now();
        let status = loop {
            if let Some(status) = self.script.try_wait().unwrap() {
                break status;
            }
            assert!(since.elapsed() < PATIENCE, "it does not end:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(50));
        };
        // The reader may lag behind.
        std::thread::sleep(Duration::from_millis(300));
        (status.code(), self.text())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.script.kill();
        let _ = self.script.wait();
    }
}

/// Checks that the terminal is restored: the normal screen, a cursor, line editing.
#[track_caller]
fn given_back(text: &str) {
    let (_, after) = text.rsplit_once(NORMAL).unwrap_or_else(|| panic!("{text}"));
    assert!(after.contains(CURSOR), "{text}");
    let edited = after.contains("icanon") && !after.contains("-icanon");
    assert!(edited, "raw mode was left on:\n{after}");
}

#[test]
fn q_ends_a_campaign_with_its_summary() {
    let tmp = tempfile::tempdir().unwrap();
    let mut session = Session::start(tmp.path(), "xterm", "--cores 1");
    session.wait_for(ALTERNATE);
    session.wait_for("q ends it");
    // There are findings, as the exit code says.
    session.wait_for("the newest first");
    session.press(b"x");
    session.press(b"q");
    let (code, text) = session.end();
    assert_eq!(code, Some(1), "{text}");
    given_back(&text);
    let (_, after) = text.rsplit_once(NORMAL).unwrap();
    assert!(after.contains(" executions in ") && after.contains("finding"), "{after}");
    // The log is in its pane, and the summary is on the normal screen, which stays.
    assert!(!after.contains("FOUND"), "{after}");
}

/// The campaign gets a SIGHUP, and ends although nothing can be read or shown any more.
#[test]
fn a_closed_terminal_ends_a_campaign() {
    if is_ignored(libc::SIGHUP) {
        println!("not tested: SIGHUP is ignored here, as with nohup");
        return;
    }
    let tmp = tempfile::tempdir().unwrap();
    let mut session = Session::start(tmp.path(), "xterm", "--cores 1 --jsonl figures");
    session.wait_for("q ends it");
    session.wait_for("the newest first");
    session.script.kill().unwrap();
    let figures = || std::fs::read_to_string(tmp.path().join("figures")).unwrap_or_default();
    let since = Instant::now();
    while !figures().contains("\"end\":{\"by\":\"signal\"") {
        assert!(since.elapsed() < PATIENCE, "it does not end: {}", figures());
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Ctrl-C is a key here, and SIGTERM to the campaign alone also ends it; both with workers.
#[test]
fn a_signal_gives_the_terminal_back() {
    for by_key in [true, false] {
        let tmp = tempfile::tempdir().unwrap();
        let mut session = Session::start(tmp.path(), "xterm", "--cores 2 --work work");
        session.wait_for(ALTERNATE);
        // Only changes are drawn, so it is impossible to search the output for a state.
        let since = Instant::now();
        let running = |n: u32| {
            let folder = tmp.path().join(format!("work/worker-{n}/corpus"));
            std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
        };
        while !(running(0) && running(1)) {
            assert!(since.elapsed() < PATIENCE, "no worker runs:\n{}", session.text());
            std::thread::sleep(Duration::from_millis(50));
        }
        if by_key {
            session.press(b"\x03");
        } else {
            let campaign = campaign_of(session.script.id());
            let kill = Command::new("kill").args(["-TERM", &campaign.to_string()]).status();
            assert!(kill.unwrap().success());
        }
        let (code, text) = session.end();
        assert!(code.is_some_and(|c| c == 0 || c == 1), "{code:?}: {text}");
        given_back(&text);
        let (_, after) = text.rsplit_once(NORMAL).unwrap();
        assert!(after.contains(" executions in "), "{after}");
    }
}

/// The second Ctrl-C does not wait, and leaves no more behind than the first.
#[test]
fn two_signals_give_the_terminal_back() {
    let tmp = tempfile::tempdir().unwrap();
    let mut session = Session::start(tmp.path(), "xterm", "--cores 1");
    session.wait_for(ALTERNATE);
    session.wait_for("q ends it");
    session.press(b"\x03\x03");
    let (code, text) = session.end();
    // The first signal may have been enough.
    assert!(matches!(code, Some(0 | 1 | 130)), "{code:?}: {text}");
    given_back(&text);
}

#[test]
fn another_size_has_another_picture() {
    let tmp = tempfile::tempdir().unwrap();
    let mut session = Session::start(tmp.path(), "xterm", "--cores 1");
    session.wait_for("the newest first");
    let fd = format!("/proc/{}/fd/0", campaign_of(session.script.id()));
    let terminal = std::fs::read_link(fd).unwrap();
    for (rows, columns) in [(40, 60), (5, 20), (24, 90)] {
        let before = session.text().len();
        let size = ["rows", &rows.to_string(), "cols", &columns.to_string()].map(str::to_owned);
        let stty = Command::new("stty").arg("-F").arg(&terminal).args(size).status();
        assert!(stty.unwrap().success());
        // The whole picture is drawn from scratch, its first line up to the last column; frames of
        // the old size may come first.
        let since = Instant::now();
        while !is_drawn(&session.text()[before..], rows, columns) {
            let text = session.text();
            assert!(since.elapsed() < PATIENCE, "{rows} x {columns}: {:?}", &text[before..]);
            std::thread::sleep(Duration::from_millis(50));
        }
    }
    session.press(b"q");
    let (code, text) = session.end();
    assert_eq!(code, Some(1), "{text}");
    given_back(&text);
}

/// Whether the screen was cleared and then written within this size only, header first.
fn is_drawn(text: &str, rows: usize, columns: usize) -> bool {
    let Some((_, picture)) = text.rsplit_once("\x1b[2J") else { return false };
    let places = picture.split("\x1b[").filter_map(|part| {
        let (place, _) = part.split_once('H')?;
        let (row, column) = place.split_once(';')?;
        Some((row.parse::<usize>().ok()?, column.parse::<usize>().ok()?))
    });
    picture.contains("typerace") && places.clone().all(|(r, c)| r <= rows && c <= columns)
}

/// The first typerace found among the descendants of a process.
fn campaign_of(ancestor: u32) -> u32 {
    let children = |pid: u32| -> Vec<u32> {
        let path = format!("/proc/{pid}/task/{pid}/children");
        let text = std::fs::read_to_string(path).unwrap_or_default();
        text.split_whitespace().filter_map(|p| p.parse().ok()).collect()
    };
    let mut open = vec![ancestor];
    while let Some(pid) = open.pop() {
        let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        if name.trim() == "typerace" {
            return pid;
        }
        open.extend(children(pid));
    }
    panic!("no typerace below {ancestor}")
}

#[test]
fn where_no_screen_is_possible_or_wanted_there_are_lines() {
    for (term, args) in
        [("dumb", "--execs 3"), ("xterm", "--execs 3 --plain"), ("dumb", "--execs 3 --tui")]
    {
        let tmp = tempfile::tempdir().unwrap();
        let (code, text) = Session::start(tmp.path(), term, args).end();
        assert!(code.is_some_and(|c| c == 0 || c == 1), "{code:?}: {text}");
        assert!(!text.contains(ALTERNATE), "{text}");
        assert!(text.contains(" executions in "), "{text}");
        assert_eq!(text.contains("TERM says"), args.ends_with("--tui"), "{text}");
    }
}
