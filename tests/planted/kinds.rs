//! A fault of every kind in a larger test case, and its minimization: for the test and for
//! `examples/minimize_kinds`.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use typerace::finding::{Kind, Origin};
use typerace::harness::{BuiltHarness, GoOptions, HarnessConfig, Limits};
use typerace::testcase::SourceCase;
use typerace::triage::minimize::{Minimized, Options, minimize};

#[path = "overlay.rs"]
mod overlay;

pub const FAULTS: [(&str, Kind); 15] = [
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

/// A test case whose larger part has nothing to do with the fault.
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

pub struct Planted {
    config: HarnessConfig,
    go_minor: u32,
    pub go_version: String,
}

pub fn planted() -> Planted {
    let options = |overlay: Option<PathBuf>| GoOptions {
        toolchain: std::env::var("TYPERACE_TOOLCHAIN").ok(),
        overlay,
        ..GoOptions::default()
    };
    let say = &mut |line: &str| eprintln!("{line}");
    let toolchain = BuiltHarness::get(&options(None), say).unwrap().toolchain;
    let overlay = overlay::overlay(&toolchain.goroot);
    let built = BuiltHarness::get(&options(Some(overlay)), say).unwrap();
    let limits = Limits { memory: 64 << 20, ..Limits::default() };
    Planted {
        config: HarnessConfig { limits, ..HarnessConfig::new(&built.path) },
        go_minor: toolchain.minor,
        go_version: toolchain.version,
    }
}

impl Planted {
    pub fn minimize(&self, fault: &str, seconds: u64) -> Option<Minimized> {
        let options = Options {
            patched: None,
            harness: self.config.clone(),
            origin: Origin { go_version: self.go_version.clone(), ..Origin::default() },
            go_minor: self.go_minor,
            jobs: 2,
            time: Some(Duration::from_secs(seconds)),
            runs: 10,
            stop: Arc::new(AtomicBool::new(false)),
            percent: 100,
            neighbours: Vec::new(),
            tries: Arc::default(),
        };
        minimize(&case(fault), None, &options, &mut |_| ()).unwrap()
    }
}
