//! Every reader of files that others wrote, with valid files that were damaged: cut, spliced,
//! repeated, nested deeply, with numbers that are too large. A reader may refuse; it must not panic,
//! and what it accepts must be fit to show.

use std::path::Path;

use proptest::prelude::*;
use typerace::finding::{
    End, Exit, Finding, Known, Observed, Origin, Panic, findings, goroutines, race_reports,
};
use typerace::patches::Patch;
use typerace::regress::Baseline;
use typerace::report::html;
use typerace::scenario::Scenario;
use typerace::testcase::{SourceCase, TestCase};

/// A way to damage a text, at positions given in thousandths of its length.
#[derive(Clone, Debug)]
enum Damage {
    Cut(usize),
    Insert(usize, String),
    Repeat(usize, usize, usize),
    Remove(usize, usize),
    Numbers(String),
    Nest(usize, &'static str, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = || 0..=1000_usize;
    prop_oneof![
        at().prop_map(Damage::Cut),
        (at(), "\\PC{0,20}|[\u{0}-\u{1f}\"\\\\{}\\[\\]:,`\u{9b}\u{202e}]{1,8}|-- [./a]{0,9} --\n")
            .prop_map(|(at, text)| Damage::Insert(at, text)),
        (at(), 0..200_usize, 1..50_usize).prop_map(|(a, n, times)| Damage::Repeat(a, n, times)),
        (at(), 0..200_usize).prop_map(|(a, n)| Damage::Remove(a, n)),
        prop_oneof!["-?[0-9]{19,25}", "[0-9]e[0-9]{3}", Just("-1".to_owned())]
            .prop_map(Damage::Numbers),
        (at(), prop_oneof![Just("["), Just("{\"a\":"), Just("(")], 1..5_000_usize)
            .prop_map(|(at, what, n)| Damage::Nest(at, what, n)),
    ]
}

impl Damage {
    fn apply(&self, text: &str) -> String {
        let place = |at: usize| {
            let mut i = text.len() * at / 1000;
            while !text.is_char_boundary(i) {
                i -= 1;
            }
            i
        };
        let span = |at: usize, n: usize| {
            let from = place(at);
            let mut to = text.len().min(from + n);
            while !text.is_char_boundary(to) {
                to -= 1;
            }
            (from, to.max(from))
        };
        let put = |at: usize, new: &str| {
            let (before, after) = text.split_at(place(at));
            format!("{before}{new}{after}")
        };
        match self {
            Damage::Cut(at) => text[..place(*at)].to_owned(),
            Damage::Insert(at, new) => put(*at, new),
            Damage::Repeat(at, n, times) => {
                let (from, to) = span(*at, *n);
                put(*at, &text[from..to].repeat(*times))
            }
            Damage::Remove(at, n) => {
                let (from, to) = span(*at, *n);
                format!("{}{}", &text[..from], &text[to..])
            }
            Damage::Numbers(new) => {
                let digits = regex::Regex::new("[0-9]+").unwrap();
                digits.replace_all(text, new.as_str()).into_owned()
            }
            Damage::Nest(at, what, n) => put(*at, &what.repeat(*n)),
        }
    }
}

const RACE: &str = include_str!("reports/race-alias-instances-go1.27.3.txt");
const CASE: &str = include_str!("scenarios/operation_configure.txtar");

fn scenario() -> Scenario {
    Scenario::parse("go check a").unwrap().unwrap()
}

fn observed(reports: &str, end: End<'_>, panics: &[Panic<'_>]) -> Vec<Finding> {
    findings(&Observed {
        reports,
        end,
        panics,
        scenario: &scenario(),
        sequential: false,
        origin: &Origin::default(),
    })
}

fn shown(f: &Finding) {
    for text in [&f.title, &f.signature, &f.id] {
        assert!(!text.contains(char::is_control), "{text:?}");
    }
}

fn finding(text: &str) {
    if let Ok(f) = Finding::from_json(text) {
        shown(&f);
        assert_eq!(Path::new(&f.id).components().count(), 1, "{}", f.id);
        Finding::from_json(&f.to_json().unwrap()).unwrap();
    }
}

fn case(text: &str) {
    if let Ok(case) = SourceCase::from_txtar(text) {
        let again = SourceCase::from_txtar(&case.to_txtar()).unwrap();
        assert_eq!(again.scenario, case.scenario);
        for p in &case.packages {
            let climbs = Path::new(&p.path).components().any(|c| c.as_os_str() == "..");
            assert!(!climbs && !p.path.starts_with('/'), "{}", p.path);
        }
    }
}

fn report(text: &str) {
    let _ = (race_reports(text), goroutines(text));
    observed(text, End::Replied, &[]).iter().for_each(shown);
    observed("", End::TimedOut { dump: text }, &[]).iter().for_each(shown);
    observed("", End::Died { exit: Exit::Code(2), output: text }, &[]).iter().for_each(shown);
    let panic = Panic { goroutine: 1, operation: 0, value: text, stack: text };
    observed("", End::Replied, &[panic]).iter().for_each(shown);
}

fn baseline(text: &str) {
    let tmp = tempfile::tempdir().unwrap();
    let at = tmp.path().join("b.json");
    std::fs::write(&at, text).unwrap();
    let _ = Baseline::read(&at);
}

fn page(text: &str) {
    let _ = html::Coverage::parse(text);
    let tmp = tempfile::tempdir().unwrap();
    let at = tmp.path().join("samples.jsonl");
    std::fs::write(&at, text).unwrap();
    let _ = (html::samples(&at), html::json(&at));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_reader_panics(all in prop::collection::vec(damage(), 1..4)) {
        let tree = typerace::generate::test_case(
            &mut typerace::rng::Rng::new(1),
            &Default::default(),
            typerace::scenario::Profile::Safe,
        );
        let stored = observed(RACE, End::Replied, &[]).remove(0).to_json().unwrap();
        let bad = |text: &str| all.iter().fold(text.to_owned(), |text, d| d.apply(&text));
        finding(&bad(&stored));
        case(&bad(CASE));
        let _ = Scenario::parse(&bad(CASE));
        let _ = TestCase::from_json(&bad(&tree.to_json().unwrap()));
        report(&bad(RACE));
        report(&bad(include_str!("reports/dump-deadlock-go1.27.3.txt")));
        report(&bad(include_str!("reports/fatal-stack-overflow-go1.27.3.txt")));
        let _ = Known::shipped().add(&bad(include_str!("../known.toml")));
        let _ = Patch::parse("x.toml", &bad(include_str!("../patches/n1-eval-scope.toml")));
        baseline(&bad(include_str!("../corpus/baseline.json")));
        page(&bad("{\"seconds\": 1.0, \"execs\": 3}\n{\"seconds\": 2.0, \"execs\": 9}\n"));
        page(&bad("mode: set\ngo/types/named.go:12:\t(*Named).x\t12.5%\n"));
    }
}
