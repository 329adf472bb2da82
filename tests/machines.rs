//! Three campaigns that share corpus and findings, as on three machines; here they are three
//! processes on loopback.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use typerace::finding::{End, Exit, Finding, Observed, Origin, findings};
use typerace::scenario::Scenario;
use typerace::store::Store;

struct Host {
    dir: PathBuf,
    child: Option<Child>,
}

impl Host {
    fn new(root: &Path, name: &str) -> Self {
        let dir = root.join(name);
        fs::create_dir_all(dir.join("tmp")).unwrap();
        Self { dir, child: None }
    }

    fn start(&mut self, seed: &str, args: &[&str]) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
        command.args(["fuzz", "--plain", "--json", "--no-seeds", "--work", "work"]);
        command.args(["--profile", "safe", "--cores", "1", "--seed", seed]).args(args);
        command.current_dir(&self.dir).env("TMPDIR", self.dir.join("tmp")).stdin(Stdio::null());
        let file = |name: &str| File::create(self.dir.join(name)).unwrap();
        self.child = Some(command.stdout(file("out")).stderr(file("log")).spawn().unwrap());
    }

    fn signal(&self, name: &str) {
        let pid = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    fn end(&mut self) -> Value {
        self.signal("-TERM");
        let status = self.child.take().unwrap().wait().unwrap();
        assert!(matches!(status.code(), Some(0 | 1)), "{status}\n{}", self.log());
        serde_json::from_slice(&fs::read(self.dir.join("out")).unwrap()).unwrap()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.dir.join("log")).unwrap_or_default()
    }

    fn crashes(&self) -> PathBuf {
        self.dir.join("crashes")
    }

    fn has(&self, finding: &Finding) -> bool {
        let dir = self.crashes().join(&finding.id);
        ["finding.json", "testcase.txtar", "report.txt"].iter().all(|f| dir.join(f).exists())
    }

    /// Its worker's corpus; entries are named after their content.
    fn entries(&self) -> BTreeSet<String> {
        let entries = fs::read_dir(self.dir.join("work/worker-0/corpus")).into_iter().flatten();
        let names = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned());
        names.filter(|n| !n.starts_with('.')).collect()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[track_caller]
fn wait(what: &str, hosts: &[&Host], mut so: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(180);
    while !so() {
        let logs: Vec<_> = hosts.iter().map(|h| h.log()).collect();
        assert!(Instant::now() < until, "not in time: {what}\n{}", logs.join("\n---\n"));
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A finding that no campaign produces.
fn plant(host: &Host, name: &str) -> Finding {
    let scenario = Scenario::parse("go check a").unwrap().unwrap();
    let output = format!("fatal error: planted {name}\n");
    let origin = Origin::default();
    let end = End::Died { exit: Exit::Code(2), output: &output };
    let seen = Observed {
        reports: "",
        end,
        panics: &[],
        scenario: &scenario,
        sequential: true,
        origin: &origin,
    };
    let finding = findings(&seen).remove(0);
    let store = Store::open(&host.crashes()).unwrap();
    store.save(&finding, "go check a\n-- a/a.go --\npackage a\n", &output, &[]).unwrap();
    finding
}

#[test]
fn findings_and_corpus_reach_every_machine_and_a_lost_one_comes_back() {
    let root = tempfile::tempdir().unwrap();
    let [mut a, mut b, mut c] = ["a", "b", "c"].map(|name| Host::new(root.path(), name));
    let of_b = plant(&b, "at b");
    a.start("1", &["--listen", "127.0.0.1:0"]);
    wait("a listens", &[&a], || a.log().contains("listening on "));
    let log = a.log();
    let line = log.lines().find_map(|l| l.strip_prefix("listening on ")).unwrap();
    let address = line.split_whitespace().next().unwrap().to_owned();
    b.start("2", &["--connect", &address]);
    c.start("3", &["--connect", &address]);
    // From one leaf to the other, through a.
    wait("b's finding is everywhere", &[&a, &b, &c], || a.has(&of_b) && c.has(&of_b));
    assert!(c.log().contains("FOUND elsewhere"), "{}", c.log());
    // With different seeds, campaigns do not produce the same entries.
    wait("an entry of b is in c's corpus, or the other way round", &[&a, &b, &c], || {
        b.entries().intersection(&c.entries()).next().is_some()
    });
    // A lost peer stops no other campaign.
    b.signal("-KILL");
    b.child.take().unwrap().wait().unwrap();
    wait("a notices", &[&a], || a.log().contains("is lost"));
    let of_a = plant(&a, "at a");
    wait("a and c go on", &[&a, &c], || c.has(&of_a));
    assert!(!b.has(&of_a));
    // It comes back and receives what it missed.
    b.start("2", &["--connect", &address]);
    wait("b has what it missed", &[&a, &b], || b.has(&of_a));
    // A stranger does no harm.
    {
        use std::io::Write as _;
        let mut stranger = std::net::TcpStream::connect(&address).unwrap();
        stranger.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    }
    let more = plant(&c, "at c");
    wait("messages still pass", &[&a, &b, &c], || a.has(&more) && b.has(&more));
    let (a, b, c) = (a.end(), b.end(), c.end());
    for summary in [&a, &b, &c] {
        let broker = &summary["broker"];
        assert!(broker["entries_received"].as_u64().unwrap() > 0, "{broker}");
    }
    let left: BTreeSet<_> = ["a", "b", "c"]
        .iter()
        .flat_map(|n| fs::read_dir(root.path().join(n).join("tmp")).unwrap().flatten())
        .map(|e| e.path())
        .collect();
    assert!(left.is_empty(), "temporary files: {left:?}");
}

#[test]
fn addresses_that_cannot_be() {
    let root = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let fuzz = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
        command.args(["fuzz", "--execs", "1"]).args(args).current_dir(root.path());
        let output = command.env("TMPDIR", root.path()).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, err) = fuzz(&["--listen", &address]);
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains(&format!("cannot listen on {address}")), "{err}");
    for bad in ["nonsense", "host:", ":1", "host:99999"] {
        let (code, err) = fuzz(&["--connect", bad]);
        assert!(code == Some(2) && err.contains("10.0.0.7:4000"), "{bad}: {err}");
    }
}
