//! Machines that share through object storage: a real S3 server from the Go module proxy, and three
//! campaigns that have nothing in common but its address. `make test-cloud` runs it.
#![cfg(feature = "cloud")]

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use typerace::finding::Finding;

use hosts::{Host, plant, wait};

mod hosts;

const SERVER: &str = "github.com/johannesboyne/gofakes3/cmd/gofakes3@v1.2.0";

struct Server {
    program: PathBuf,
    folder: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl Server {
    /// Builds it and finds a port.
    fn new(root: &Path) -> Self {
        let folder = root.join("server");
        fs::create_dir_all(&folder).unwrap();
        let mut install = Command::new("go");
        install.args(["install", SERVER]).env("GOBIN", &folder).env("GOFLAGS", "-mod=mod");
        let built = install.current_dir(&folder).output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { program: folder.join("gofakes3"), folder, port, child: None }
    }

    /// What it stores outlives it.
    fn start(&mut self) {
        let mut command = Command::new(&self.program);
        command.args(["-host", &format!("127.0.0.1:{}", self.port)]);
        command.args(["-backend", "bolt", "-bolt.db", "objects.db", "-initialbucket", "fleet"]);
        let log = fs::File::create(self.folder.join("log")).unwrap();
        command.current_dir(&self.folder).stdout(Stdio::null()).stderr(log);
        self.child = Some(command.spawn().unwrap());
        let port = self.port;
        wait("the server", &[], || TcpStream::connect(("127.0.0.1", port)).is_ok());
    }

    fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// What a person sets to use it.
    fn env(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT", format!("http://127.0.0.1:{}", self.port)),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
        ]
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

const URL: &str = "s3://fleet/typerace";

#[test]
fn three_machines_share_a_bucket_that_goes_away_for_a_minute() {
    let root = tempfile::tempdir().unwrap();
    let mut server = Server::new(root.path());
    server.start();
    let host = |name: &str| Host::at(root.path(), name, URL.to_owned(), server.env());
    let [mut a, mut b, mut c] = ["a", "b", "c"].map(host);
    let of_b = plant(&b, "at b");
    for (host, seed) in [(&mut a, "1"), (&mut b, "2"), (&mut c, "3")] {
        host.start(seed);
    }
    wait("b's finding is everywhere", &[&a, &b, &c], || a.has(&of_b) && c.has(&of_b));
    let of_a = plant(&a, "at a");
    let took = wait("a's finding is everywhere", &[&a, &b, &c], || b.has(&of_a) && c.has(&of_a));
    println!("a finding was on both other machines after {took:.1?}");
    wait("an entry of b is in c's corpus, or the other way round", &[&a, &b, &c], || {
        b.entries().intersection(&c.entries()).next().is_some()
    });
    for host in [&a, &b, &c] {
        assert_eq!(host.ports(), Vec::<String>::new());
    }

    // The server is away, and nothing ends.
    server.stop();
    wait("all notice", &[&a, &b, &c], || [&a, &b, &c].iter().all(|h| h.says("is away") == 1));
    let of_c = plant(&c, "at c");
    let entries = a.entries().len();
    std::thread::sleep(Duration::from_secs(60));
    assert!(a.entries().len() > entries, "work goes on");
    server.start();
    let took = wait("what was missed arrives", &[&a, &b, &c], || a.has(&of_c) && b.has(&of_c));
    println!("after a minute without the server, what was missed was there after {took:.1?}");

    for summary in [a.end(), b.end(), c.end()] {
        let sync = &summary["sync"];
        assert!(sync["entries_received"].as_u64().unwrap() > 0, "{sync}");
        assert_eq!((&sync["refused"], &sync["passed_over"]), (&0.into(), &0.into()), "{sync}");
    }
    the_bucket_is_read_and_distilled(root.path(), &server, &[&of_a, &of_b, &of_c]);
}

fn the_bucket_is_read_and_distilled(root: &Path, server: &Server, planted: &[&Finding]) {
    let typerace = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
        let output = command.args(args).current_dir(root).envs(server.env()).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{args:?}: {err}");
        (String::from_utf8_lossy(&output.stdout).into_owned(), err)
    };
    let (out, err) = typerace(&["report", "--json", "--crashes", "read", "--sync", URL]);
    assert!(planted.iter().all(|f| out.contains(&f.id)), "{out}\n{err}");
    assert!(err.contains("reported by 3 machines"), "{err}");
    let (out, err) = typerace(&["corpus", "distill", "--sync", URL]);
    println!("{out}{err}");
}

#[test]
fn a_bucket_that_cannot_be_used_is_an_error_at_the_start() {
    let root = tempfile::tempdir().unwrap();
    let mut server = Server::new(root.path());
    server.start();
    let fuzz = |url: &str, env: Vec<(&'static str, String)>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
        command.args(["fuzz", "--execs", "1", "--plain", "--sync", url]).current_dir(root.path());
        let output = command.envs(env).env("TMPDIR", root.path()).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, err) = fuzz("s3://nosuch/x", server.env());
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("s3://nosuch/x: there is no such bucket"), "{err}");
}
