//! `make patches`: every patch on every release, written to docs/PATCHES.md.
//!
//! With releases as arguments (`go1.26.8 go1.27.3`), the tables are printed instead.

use std::fmt::Write as _;
use std::path::Path;

use typerace::go_release::NEWEST;
use typerace::harness::{GoOptions, Toolchain};
use typerace::patches::{Patch, built_in};

#[path = "../tests/patches/matrix.rs"]
mod matrix;
use matrix::{NAMES, Programs, Shown, is_of, overlay};

const PAGE: &str = "docs/PATCHES.md";
/// The line of the page after which the tables stand.
const MARK: &str = "<!-- make patches writes what follows -->\n";

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let all = wanted.is_empty();
    let releases = if all { NEWEST.map(str::to_owned).to_vec() } else { wanted };
    let mut out = String::new();
    for release in releases {
        let options = GoOptions { toolchain: Some(release.clone()), ..GoOptions::default() };
        match Toolchain::find(&options, &mut |line| eprintln!("{line}")) {
            Ok(go) => table(&mut out, &go),
            Err(e) => writeln!(out, "\n## {release}\n\nNot tried: {e}").unwrap(),
        }
    }
    if !all {
        print!("{out}");
        return;
    }
    let page = std::fs::read_to_string(PAGE).expect(PAGE);
    let (head, _) = page.split_once(MARK).expect("the page has its mark");
    std::fs::write(PAGE, format!("{head}{MARK}{out}")).expect(PAGE);
}

/// A row for each patch, and one for all together.
fn table(out: &mut String, go: &Toolchain) {
    let patches: Vec<Patch> = built_in().expect("patches");
    let here: Vec<&str> =
        patches.iter().filter(|p| p.variant(&go.version).is_some()).map(|p| &*p.id).collect();
    eprintln!("{}: {}", go.version, here.join(", "));
    let plain = Programs::build(go, None).expect("the programs build");
    let before: Vec<(&str, Shown)> =
        NAMES.map(|n| (n, plain.shows(n))).into_iter().filter(|b| b.1 != Shown::Nothing).collect();
    let shown: Vec<String> = before.iter().map(|(n, s)| format!("{n} {}", s.as_str())).collect();
    writeln!(out, "\n## {}\n\nWithout a patch: {}.\n", go.version, shown.join(", ")).unwrap();
    writeln!(out, "| patch | builds | its programs | other programs | go test -short go/types |")
        .unwrap();
    writeln!(out, "|---|---|---|---|---|").unwrap();
    for ids in here.iter().map(std::slice::from_ref).chain([&here[..]]) {
        eprintln!("{}: {}", go.version, ids.join(", "));
        let overlay = overlay(go, ids).expect("a patch changes a file");
        let name = if ids.len() == 1 { ids[0] } else { "all" };
        let row = match Programs::build(go, Some(&overlay)) {
            Err(_) => "no | | ".to_owned(),
            Ok(built) => format!("yes | {}", programs(&built, ids, &before)),
        };
        writeln!(out, "| {name} | {row} | {} |", go_test(go, &overlay)).unwrap();
    }
}

/// What the programs of the patches' roots show, and which others have become silent.
fn programs(built: &Programs, ids: &[&str], before: &[(&str, Shown)]) -> String {
    let (own, others): (Vec<_>, Vec<_>) =
        before.iter().partition(|(name, _)| ids.iter().any(|id| is_of(name, id)));
    let loud: Vec<String> = own
        .iter()
        .map(|(name, _)| (name, built.run(name)))
        .filter(|(_, shown)| *shown != Shown::Nothing)
        .map(|(name, shown)| format!("{name} {}", shown.as_str()))
        .collect();
    let silent: Vec<&str> = others
        .iter()
        .filter(|(name, _)| built.shows(name) == Shown::Nothing)
        .map(|(name, _)| *name)
        .collect();
    let own = match (&own[..], &loud[..]) {
        ([], _) => "none here".to_owned(),
        (_, []) => "silent".to_owned(),
        (_, loud) => loud.join(", "),
    };
    let others = match (&others[..], &silent[..]) {
        ([], _) => "–".to_owned(),
        (_, []) => "as before".to_owned(),
        (_, silent) => format!("silent: {}", silent.join(", ")),
    };
    format!("{own} | {others}")
}

/// `passes`, or the tests that fail.
fn go_test(go: &Toolchain, overlay: &Path) -> String {
    let mut test = go.command();
    test.args(["test", "-short", "-overlay"]).arg(overlay).arg("go/types");
    // Outside of GOROOT, where the go command would take files by other paths.
    let output = test.current_dir(std::env::temp_dir()).output().expect("go test");
    if output.status.success() {
        return "passes".to_owned();
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let failed: Vec<&str> = said
        .lines()
        .filter_map(|l| l.trim_start().strip_prefix("--- FAIL: "))
        .filter_map(|l| l.split(' ').next())
        .collect();
    if failed.is_empty() { "does not build".to_owned() } else { failed.join(", ") }
}
