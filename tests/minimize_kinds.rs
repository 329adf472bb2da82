//! Minimization of every kind of finding: planted faults in a test case of three
//! packages, three goroutines and eight operations become a few lines. CI has three
//! (`make minimize-kinds` runs all and prints a table).

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use typerace::finding::{Kind, Origin};
use typerace::harness::{BuiltHarness, GoOptions, HarnessConfig, Limits};
use typerace::testcase::SourceCase;
use typerace::triage::minimize::{Minimized, Options, minimize};

#[path = "planted/overlay.rs"]
mod planted;

const FAULTS: [(&str, Kind); 15] = [
    ("FaultRace", Kind::DataRace),
    ("FaultMapWrites", Kind::Fatal),
    ("FaultUnlock", Kind::Fatal),
    ("FaultStack", Kind::Fatal),
    ("FaultOutOfMemory", Kind::Memory),
    ("FaultAsleep", Kind::Deadlock),
    ("FaultPanic", Kind::Panic),
    ("FaultPanicTogether", Kind::Panic),
    ("FaultDeadlock", Kind::Deadlock),
    ("FaultSelfDeadlock", Kind::Deadlock),
    ("FaultSpin", Kind::Hang),
    ("FaultConstants", Kind::Hang),
    ("FaultLeak", Kind::Leak),
    ("FaultMemory", Kind::Memory),
    ("FaultMismatch", Kind::Mismatch),
];

/// A test case in which most has nothing to do with the fault.
fn case(fault: &str) -> SourceCase {
    let (oracle, before, ask) = match fault {
        "FaultMismatch" => {
            ("oracle sequential\n", "check a ; check b", format!("comparable b.{fault}"))
        }
        _ => ("", "check a", "check b".to_owned()),
    };
    let text = format!(
        "meet start\n{oracle}before {before}
go walk methods a ; {ask} ; walk underlying a reversed
go {ask} ; walk string a ; check c
go walk fields a ; check c
-- a/a.go --
package a

type L[T any] struct {{
	next *L[T]
	v    T
}}

func (l *L[T]) Next() *L[T] {{ return l.next }}

var Ints L[int]
-- b/b.go --
package b

import \"a\"

type Other struct{{ x a.L[string] }}

func (o Other) M() int {{ return 1 }}

type {fault} struct{{ F int }}

func (f {fault}) G(o Other) int {{ return f.F + o.M() }}

var V = {fault}{{}}
-- c/c.go --
package c

import \"a\"

type C struct{{ a.L[string] }}
"
    );
    SourceCase::from_txtar(&text).unwrap()
}

struct Planted {
    config: HarnessConfig,
    go_minor: u32,
    go_version: String,
}

fn planted() -> Planted {
    let options = |overlay: Option<PathBuf>| GoOptions {
        toolchain: std::env::var("TYPERACE_TOOLCHAIN").ok(),
        overlay,
        ..GoOptions::default()
    };
    let say = &mut |line: &str| eprintln!("{line}");
    let toolchain = BuiltHarness::get(&options(None), say).unwrap().toolchain;
    let overlay = planted::overlay(&toolchain.goroot);
    let built = BuiltHarness::get(&options(Some(overlay)), say).unwrap();
    let limits = Limits { memory: 64 << 20, ..Limits::default() };
    Planted {
        config: HarnessConfig { limits, ..HarnessConfig::new(&built.path) },
        go_minor: toolchain.minor,
        go_version: toolchain.version,
    }
}

impl Planted {
    fn minimize(&self, fault: &str, seconds: u64) -> Option<Minimized> {
        let options = Options {
            harness: self.config.clone(),
            origin: Origin { go_version: self.go_version.clone(), ..Origin::default() },
            go_minor: self.go_minor,
            jobs: 2,
            time: Some(Duration::from_secs(seconds)),
            runs: 10,
            stop: Arc::new(AtomicBool::new(false)),
            percent: 100,
            nice: false,
            neighbours: Vec::new(),
        };
        minimize(&case(fault), None, &options, &mut |_| ()).unwrap()
    }
}

#[track_caller]
fn check(fault: &str, kind: Kind, m: &Minimized) {
    let i = &m.info;
    assert_eq!(m.finding.kind, kind, "{fault}: {}", m.finding.title);
    assert!(i.lines <= 15 && i.goroutines <= 2 && i.operations <= 3, "{fault}: {i:?}\n{}", m.text);
    assert!(i.reproduced[0] > 0, "{fault}: {i:?}\n{}", m.text);
}

#[test]
fn a_fatal_error_a_panic_and_a_wrong_answer_become_small() {
    let planted = planted();
    for fault in ["FaultUnlock", "FaultPanicTogether", "FaultMismatch"] {
        let kind = FAULTS.iter().find(|f| f.0 == fault).unwrap().1;
        // A loaded machine gets more time than the minute that it should take.
        let m = planted.minimize(fault, 180).unwrap();
        check(fault, kind, &m);
    }
}

#[test]
#[ignore = "minutes: make minimize-kinds"]
fn table() {
    let planted = planted();
    let mut table = String::from(
        "| fault | kind | lines | goroutines × operations | reproduced | seconds | fixpoint |\n|---|---|---|---|---|---|---|\n",
    );
    // Some of them: TYPERACE_FAULTS=FaultDeadlock,FaultSpin.
    let only = std::env::var("TYPERACE_FAULTS").unwrap_or_default();
    let wanted = |fault: &str| only.is_empty() || only.split(',').any(|f| f == fault);
    for (fault, kind) in FAULTS.into_iter().filter(|(fault, _)| wanted(fault)) {
        match planted.minimize(fault, 60) {
            Some(m) => {
                let i = &m.info;
                let [k, n] = i.reproduced;
                writeln!(
                    table,
                    "| {fault} | {kind} | {} | {} × {} | {k} of {n} | {:.0} | {} |",
                    i.lines, i.goroutines, i.operations, i.seconds, i.complete
                )
                .unwrap();
            }
            None => writeln!(table, "| {fault} | {kind} | not shown | | | | |").unwrap(),
        }
    }
    println!("{} \n{table}", planted.go_version);
}
