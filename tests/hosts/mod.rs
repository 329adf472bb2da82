//! Campaigns as on several machines: processes that share through a storage alone.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use typerace::finding::{End, Exit, Finding, Observed, Origin, findings};
use typerace::scenario::Scenario;
use typerace::store::Store;

pub const CASE: &str = "go check a\n-- a/a.go --\npackage a\n";

pub struct Host {
    pub dir: PathBuf,
    pub child: Option<Child>,
    url: String,
    env: Vec<(&'static str, String)>,
}

impl Host {
    /// One that shares `root`/shared, by a way of its own.
    pub fn new(root: &Path, name: &str) -> Self {
        let url = format!("file://{}", root.join(name).join("shared").display());
        let host = Self::at(root, name, url, Vec::new());
        host.connect(&root.join("shared"));
        host
    }

    /// One that shares what is at a URL.
    pub fn at(root: &Path, name: &str, url: String, env: Vec<(&'static str, String)>) -> Self {
        let dir = root.join(name);
        fs::create_dir_all(dir.join("tmp")).unwrap();
        Self { dir, child: None, url, env }
    }

    /// The folder under the host's own name: without it, the host is cut off.
    pub fn connect(&self, shared: &Path) {
        std::os::unix::fs::symlink(shared, self.dir.join("shared")).unwrap();
    }

    pub fn cut_off(&self) {
        fs::remove_file(self.dir.join("shared")).unwrap();
    }

    pub fn start(&mut self, seed: &str) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
        command.args(["fuzz", "--plain", "--json", "--no-seeds", "--work", "work"]);
        command.args(["--profile", "safe", "--cores", "1", "--seed", seed]);
        command.args(["--minimize-percent", "0", "--compiler-percent", "0"]);
        command.args(["--sync", &self.url]).envs(self.env.iter().map(|(k, v)| (k, v)));
        command.current_dir(&self.dir).env("TMPDIR", self.dir.join("tmp")).stdin(Stdio::null());
        let log = File::options().create(true).append(true).open(self.dir.join("log")).unwrap();
        let out = File::create(self.dir.join("out")).unwrap();
        self.child = Some(command.stdout(out).stderr(log).spawn().unwrap());
    }

    pub fn signal(&self, name: &str) {
        let pid = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    pub fn end(&mut self) -> Value {
        self.signal("-TERM");
        let status = self.child.take().unwrap().wait().unwrap();
        assert!(matches!(status.code(), Some(0 | 1)), "{status}\n{}", self.log());
        serde_json::from_slice(&fs::read(self.dir.join("out")).unwrap()).unwrap()
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.dir.join("log")).unwrap_or_default()
    }

    /// How often its log says something.
    pub fn says(&self, text: &str) -> usize {
        self.log().lines().filter(|line| line.contains(text)).count()
    }

    pub fn crashes(&self) -> PathBuf {
        self.dir.join("crashes")
    }

    pub fn finding(&self, id: &str) -> Option<Finding> {
        typerace::store::read(&self.crashes().join(id)).ok()
    }

    pub fn has(&self, finding: &Finding) -> bool {
        self.finding(&finding.id).is_some()
    }

    /// Its worker's corpus; entries are named after their content.
    pub fn entries(&self) -> BTreeSet<String> {
        let entries = fs::read_dir(self.dir.join("work/worker-0/corpus")).into_iter().flatten();
        let names = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned());
        names.filter(|n| !n.starts_with('.')).collect()
    }

    /// Its processes.
    pub fn processes(&self) -> Vec<PathBuf> {
        let needle = self.dir.join("tmp").to_str().unwrap().as_bytes().to_vec();
        let all = fs::read_dir("/proc").unwrap().flatten().map(|e| e.path());
        all.filter(|p| {
            let environ = fs::read(p.join("environ")).unwrap_or_default();
            environ.windows(needle.len()).any(|w| w == needle)
        })
        .collect()
    }

    /// Ports on which one of its processes listens.
    pub fn ports(&self) -> Vec<String> {
        let mut ports = Vec::new();
        for process in self.processes() {
            let sockets: BTreeSet<String> = fs::read_dir(process.join("fd"))
                .into_iter()
                .flatten()
                .flatten()
                .filter_map(|fd| fs::read_link(fd.path()).ok())
                .filter_map(|to| {
                    let to = to.to_string_lossy().into_owned();
                    Some(to.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())
                })
                .collect();
            for table in ["net/tcp", "net/tcp6", "net/udp", "net/udp6"] {
                let text = fs::read_to_string(process.join(table)).unwrap_or_default();
                for line in text.lines().skip(1) {
                    let columns: Vec<_> = line.split_whitespace().collect();
                    let is_open = columns[3] == "0A" || table.contains("udp");
                    if is_open && sockets.contains(columns[9]) {
                        ports.push(columns[1].to_owned());
                    }
                }
            }
        }
        ports
    }

    /// The most memory that its first process ever had, and what it has now.
    pub fn memory(&self) -> [u64; 2] {
        let pid = self.child.as_ref().unwrap().id();
        let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        ["VmHWM:", "VmRSS:"].map(|field| {
            let line = text.lines().find_map(|l| l.strip_prefix(field)).unwrap();
            line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() << 10
        })
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
pub fn wait(what: &str, hosts: &[&Host], mut so: impl FnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !so() {
        let logs: Vec<_> = hosts.iter().map(|h| h.log()).collect();
        let late = began.elapsed() > Duration::from_secs(180);
        assert!(!late, "not in time: {what}\n{}", logs.join("\n---\n"));
        std::thread::sleep(Duration::from_millis(100));
    }
    began.elapsed()
}

/// A finding that no campaign produces.
pub fn planted(name: &str) -> (Finding, String) {
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
    (findings(&seen).remove(0), output)
}

pub fn plant(host: &Host, name: &str) -> Finding {
    let (finding, output) = planted(name);
    let store = Store::open(&host.crashes()).unwrap();
    store.save(&finding, CASE, &output, &[]).unwrap();
    finding
}
