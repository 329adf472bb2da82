//! Real reports, dumps and panics of several Go releases in tests/reports, with the expected
//! results in tests/snapshots.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use typerace::finding::{
    End, Exit, Finding, Frame, Kind, Observed, Origin, Panic, findings, goroutines, race_reports,
};
use typerace::scenario::Scenario;

fn reports() -> Vec<(String, String)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reports");
    let mut all: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .map(|p| {
            (p.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(p).unwrap())
        })
        .collect();
    all.sort();
    all
}

/// The findings in a report file, whose name says what kind it is.
fn read(name: &str, text: &str) -> Vec<Finding> {
    let scenario = Scenario::parse("go check a").unwrap().unwrap();
    let value = match name.split("-go").next().unwrap() {
        "panic-set-underlying" => "underlying type must not be nil",
        "panic-signature" => "variadic function must have at least one parameter",
        _ => "runtime error: invalid memory address or nil pointer dereference",
    };
    let panic = Panic { goroutine: 1, operation: 0, value, stack: text };
    let panics =
        if name.starts_with("panic-") && !name.contains("uncaught") { &[panic][..] } else { &[] };
    let end = match name.split('-').next().unwrap() {
        "dump" => End::TimedOut { dump: text },
        "race" => End::Replied,
        "panic" if !panics.is_empty() => End::Replied,
        _ => End::Died { exit: Exit::Code(2), output: text },
    };
    findings(&Observed {
        reports: if name.starts_with("race-") { text } else { "" },
        end,
        panics,
        scenario: &scenario,
        sequential: false,
        origin: &Origin::default(),
    })
}

fn frames(out: &mut String, stack: &[Frame]) {
    for f in stack {
        writeln!(out, "      {} {}:{}", f.function, f.file, f.line).unwrap();
    }
}

#[test]
fn parsed_and_signed() {
    let all = reports();
    assert!(all.len() > 25);
    for (name, text) in all {
        let mut out = String::new();
        let races = race_reports(&text);
        assert_eq!(races.len(), text.matches("WARNING: DATA RACE").count(), "{name}");
        for r in &races {
            assert!(r.is_whole(), "{name}");
            let [a, b] = r.sides.each_ref().map(|s| format!("{} {}", s.access, s.stack.len()));
            let made: Vec<_> = r.creations.iter().map(Vec::len).collect();
            writeln!(out, "race: {a} frames, {b} frames, created {made:?}").unwrap();
        }
        for g in goroutines(&text) {
            let by = g.created_by.unwrap_or_default();
            writeln!(out, "goroutine {} [{}]: {} frames, by '{by}'", g.id, g.state, g.frames.len())
                .unwrap();
        }
        for f in read(&name, &text) {
            writeln!(out, "\n{}\n  {}\n  {}", f.id, f.signature, f.title).unwrap();
            writeln!(out, "  blame {}, sequential {}", f.blame.as_str(), f.sequential).unwrap();
            for s in &f.stacks {
                writeln!(out, "    {}", s.of).unwrap();
                frames(&mut out, &s.frames[..s.frames.len().min(6)]);
            }
        }
        insta::assert_snapshot!(name, out);
    }
}

fn signatures(prefix: &str) -> BTreeSet<String> {
    reports()
        .iter()
        .filter(|(n, _)| n.starts_with(prefix))
        .flat_map(|(n, t)| read(n, t))
        .map(|f| f.signature)
        .collect()
}

/// One race from four releases, reached in twelve ways, with both access orders.
#[test]
fn the_alias_race_is_one_finding() {
    assert_eq!(
        signatures("race-alias-"),
        BTreeSet::from(["data-race: go/types.unalias / go/types.unalias".to_owned()])
    );
}

#[test]
fn releases_agree() {
    for prefix in [
        "dump-deadlock",
        "dump-hang",
        "fatal-fault",
        "fatal-stack",
        "memory-",
        "panic-uncaught",
        "race-incomplete",
    ] {
        let n = reports().iter().filter(|(n, _)| n.starts_with(prefix)).count();
        assert_eq!((n, signatures(prefix).len()), (2, 1), "{prefix}: {:#?}", signatures(prefix));
    }
}

#[test]
fn kinds() {
    for (name, text) in reports() {
        let want = match name.split("-go").next().unwrap() {
            n if n.starts_with("race") => Kind::DataRace,
            n if n.starts_with("panic") => Kind::Panic,
            n if n.starts_with("fatal") => Kind::Fatal,
            n if n.starts_with("memory") => Kind::Memory,
            "dump-deadlock" => Kind::Deadlock,
            "dump-hang" => Kind::Hang,
            n => panic!("{n} has no kind"),
        };
        let found = read(&name, &text);
        assert!(!found.is_empty() && found.iter().all(|f| f.kind == want), "{name}: {found:?}");
    }
}

/// Line numbers, addresses, goroutine numbers, GOROOTs and closure numbers change nothing.
#[test]
fn signatures_survive_noise() {
    let digits = |text: &str| -> String {
        text.lines()
            .map(|l| {
                let l = l.replace("/usr/local/go/", "/opt/other go/").replace(".func1", ".func7");
                if l.starts_with("    ") || l.starts_with('\t') || l.contains(" at 0x") {
                    l.replace(['1', '2', '3'], "4") + "\n"
                } else {
                    l + "\n"
                }
            })
            .collect()
    };
    for (name, text) in reports() {
        let ids =
            |t: &str| -> BTreeSet<String> { read(&name, t).into_iter().map(|f| f.id).collect() };
        assert_eq!(ids(&text), ids(&digits(&text)), "{name}");
    }
}

/// A process that dies leaves incomplete text, which must never be taken for another race.
#[test]
fn cut_off_texts_are_read() {
    for (name, text) in reports() {
        let whole: BTreeSet<String> = read(&name, &text).into_iter().map(|f| f.signature).collect();
        for cut in (0..text.len()).step_by(31).filter(|&i| text.is_char_boundary(i)) {
            for f in read(&name, &text[..cut]) {
                let known = whole.contains(&f.signature) || f.signature.contains("stack lost");
                assert!(known || f.kind != Kind::DataRace, "{name} cut at {cut}: {}", f.signature);
            }
        }
    }
}

/// The detector can lose the stack of one side. Such a report counts on its own, but not next to a
/// complete one with the same access.
#[test]
fn a_lost_stack_is_not_another_race() {
    let (_, text) = reports().into_iter().find(|(n, _)| n == "race-importers-go1.27.3").unwrap();
    let previous = text.find("Previous").unwrap();
    let creation = text.find("\nGoroutine 8").unwrap();
    let head = text[previous..].lines().next().unwrap();
    let lost = format!(
        "{}{head}\n  [failed to restore the stack]\n{}",
        &text[..previous],
        &text[creation..]
    );
    let ids = |t: &str| -> Vec<_> { read("race-", t).into_iter().map(|f| f.signature).collect() };
    assert_eq!(ids(&lost), ["data-race: go/types.(*Named).unpack / stack lost"]);
    assert_eq!(ids(&(lost + &text)), ids(&text));
}

/// The example in docs/FINDINGS.md is the finding of a stored report.
#[test]
fn the_documented_example_is_true() {
    let docs = include_str!("../docs/FINDINGS.md");
    let json = docs.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let example = Finding::from_json(json).unwrap();
    let (name, text) = reports().into_iter().find(|(n, _)| n == "race-importers-go1.27.3").unwrap();
    let real = read(&name, &text).remove(0);
    assert_eq!(
        (&example.id, &example.signature, &example.title),
        (&real.id, &real.signature, &real.title)
    );
    for (said, is) in example.stacks.iter().zip(&real.stacks) {
        assert_eq!((&said.of, said.frames.as_slice()), (&is.of, &is.frames[..said.frames.len()]));
    }
    assert_eq!(Finding::from_json(&example.to_json().unwrap()).unwrap(), example);
}
