//! The file of results: one measurement an entry, written after each.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Failure, machine};

/// Where results are kept, in the repository.
pub fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/results.json")
}

/// One measurement.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// `limit`, `peer`, `ablation`, `survival`.
    pub part: String,
    /// What was measured: the variant, the Go release, the seed, the seconds.
    pub key: Vec<String>,
    /// Day, machine, its load before, commit of typerace.
    pub date: String,
    pub machine: String,
    /// The go command's version, where the measurement names none.
    pub go: String,
    /// How typerace was built: `release`, or `dev`, whose own share is larger.
    pub build: String,
    /// Processes that wanted to run when it began, of a minute's average: figures of a
    /// busy machine are ratios only.
    pub load: f64,
    pub commit: String,
    /// What came out.
    pub figures: Value,
}

/// All measurements.
#[derive(Debug)]
pub struct Results {
    entries: Vec<Entry>,
    again: bool,
}

impl Results {
    /// What there is; `again` has nothing of it count as measured.
    pub fn open(again: bool) -> Result<Self, Failure> {
        Ok(Self { entries: read()?, again })
    }

    /// Every entry of a part, in the order measured.
    pub fn of<'a>(&'a self, part: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(move |e| e.part == part)
    }

    /// Whether there is something to measure; says so if not.
    pub fn wants(&self, part: &str, key: &[String]) -> bool {
        let there = !self.again && self.entries.iter().any(|e| e.part == part && e.key == key);
        if there {
            eprintln!("{part} {}: there already", key.join(", "));
        }
        !there
    }

    /// Where and when a measurement begins.
    pub fn begin() -> Begun {
        Begun { date: machine::today(), load: machine::load(), commit: commit() }
    }

    /// Measures, unless that was done before, and writes the file.
    pub fn measure(
        &mut self,
        part: &str,
        key: &[&str],
        measurement: impl FnOnce() -> Result<Value, Failure>,
    ) -> Result<(), Failure> {
        let key: Vec<String> = key.iter().map(|&k| k.to_owned()).collect();
        if !self.wants(part, &key) {
            return Ok(());
        }
        eprintln!("{part} {}", key.join(", "));
        let begun = Self::begin();
        let figures = measurement()?;
        self.add(part, &key, begun, figures)
    }

    /// Takes in a measurement, and writes the file. Another part may have written to it.
    pub fn add(
        &mut self,
        part: &str,
        key: &[String],
        begun: Begun,
        figures: Value,
    ) -> Result<(), Failure> {
        self.entries = read()?;
        let entry = Entry {
            part: part.to_owned(),
            key: key.to_vec(),
            date: begun.date,
            machine: machine::describe(),
            go: machine::go(),
            build: if cfg!(debug_assertions) { "dev" } else { "release" }.to_owned(),
            load: begun.load,
            commit: begun.commit,
            figures,
        };
        match self.entries.iter().position(|e| e.part == part && e.key == key) {
            Some(i) => self.entries[i] = entry,
            None => self.entries.push(entry),
        }
        let text = serde_json::to_string_pretty(&self.entries)? + "\n";
        Ok(typerace::files::replace(&file(), text.as_bytes())?)
    }
}

fn read() -> Result<Vec<Entry>, Failure> {
    match fs::read_to_string(file()) {
        Ok(text) => {
            Ok(serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file().display()))?)
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(format!("{}: {e}", file().display()).into()),
    }
}

/// Where and when a measurement began.
#[derive(Clone, Debug)]
pub struct Begun {
    date: String,
    load: f64,
    commit: String,
}

/// The commit that is measured, `-dirty` with changes beyond what a bench writes itself.
fn commit() -> String {
    let git = |args: &[&str]| Command::new("git").args(args).output().ok();
    let name = git(&["rev-parse", "--short", "HEAD"]).filter(|o| o.status.success());
    let Some(name) = name else { return "unknown".to_owned() };
    let written = [":!benches/results.json", ":!docs/BENCHMARKS.md"];
    let same = git(&[&["diff", "--quiet", "HEAD", "--", "."], &written[..]].concat());
    let dirty = if same.is_some_and(|o| o.status.success()) { "" } else { "-dirty" };
    String::from_utf8_lossy(&name.stdout).trim().to_owned() + dirty
}
