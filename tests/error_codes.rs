//! How many of go/types' error codes mutants provoke.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use typerace::mutators::{Context, OPERATORS, Settings, mutate_by};
use typerace::scenario::Profile;
use typerace::{generate, rng::Rng};

/// Codes that no program can have that parses, or that go/types never gives.
const OUT_OF_REACH: [&str; 7] = [
    "Test",
    "BlankPkgName",
    "InvalidTypeCycle",
    "InvalidInitSig",
    "InvalidPostDecl",
    "BadTypeKeyword",
    "InvalidMethodTypeParams",
];

/// A hundred thousand mutants of a campaign have about 2,500 of this operator.
const MUTANTS: usize = 1500;

#[test]
fn nine_of_ten_error_codes_are_provoked() {
    // What the oldest release parses, every release parses.
    let options =
        generate::Options { go_minor: typerace::go_release::OLDEST, ..Default::default() };
    let rng = &mut Rng::new(1);
    let operator = OPERATORS.iter().position(|o| o.name() == "provoke error").unwrap();
    let (mut programs, mut made) = (String::new(), 0);
    while made < MUTANTS {
        let mut case = generate::test_case(rng, &options, Profile::All);
        let mut cx = Context {
            rng,
            donor: None,
            profile: Profile::All,
            go_minor: options.go_minor,
            checker: options.checker,
        };
        if mutate_by(operator, &mut case, &mut cx, &Settings::default()).is_none() {
            continue;
        }
        writeln!(programs, "=== {made}").unwrap();
        for p in &case.packages {
            for f in &p.files {
                write!(programs, "-- {}/{} --\n{}", p.path, f.name, f.tree.print()).unwrap();
            }
        }
        made += 1;
    }
    let mut count = Command::new("go")
        .args(["run", "./internal/tree/cmd/errorcodes"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("harness_go"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = count.stdin.take().unwrap();
    std::thread::spawn(move || stdin.write_all(programs.as_bytes()).unwrap());
    let output = count.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let (mut found, mut missing) = (0, Vec::new());
    for line in text.lines() {
        let (code, n) = line.split_once('\t').unwrap();
        match n {
            "0" if !OUT_OF_REACH.contains(&code) => missing.push(code),
            "0" => {}
            _ => found += 1,
        }
    }
    let all = found + missing.len();
    println!("{found} of {all} codes; not provoked: {missing:?}");
    assert!(all > 100 && found * 10 >= all * 9, "{found} of {all}; missing: {missing:?}");
}
