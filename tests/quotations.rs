//! What typerace puts between quotation marks stands in its source. The sources of Go
//! are those of the `go` on PATH; golang.org/x/tools is the version that the harness
//! uses with it, if the module cache has it. Issues are in `scenario::ISSUES`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;
use typerace::go_release;
use typerace::scenario::{ELEMENTS, ISSUES, Rule, Source, TYPES2};

fn go_env(name: &str) -> String {
    let output = Command::new("go").args(["env", name]).output().expect("go on PATH");
    assert!(output.status.success(), "go env {name}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Minor version of the go command: 26 of go1.26.8.
fn minor() -> u32 {
    let version = go_env("GOVERSION");
    let minor = version.split('.').nth(1).unwrap_or_else(|| panic!("{version}"));
    minor.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap()
}

/// The root of the x/tools that the harness uses with this Go, if it was fetched.
fn tools() -> Option<PathBuf> {
    let text = fs::read_to_string(Path::new("harness_go").join(go_release::xtools(minor())?));
    let text = text.unwrap();
    let version = text.split_once("golang.org/x/tools ").unwrap().1.lines().next().unwrap();
    let dir = Path::new(&go_env("GOMODCACHE")).join(format!("golang.org/x/tools@{version}"));
    dir.is_dir().then_some(dir)
}

/// Single spaces, without the markers of line comments.
fn plain(text: &str) -> String {
    let lines = text.lines().map(|l| l.trim().trim_start_matches("//"));
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// The comments of a file.
fn comments(text: &str) -> String {
    let lines = text.lines().filter_map(|l| l.split_once("//").map(|(_, comment)| comment));
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// The documentation of a declaration: the comment that ends in the line before it,
/// and for a type the comments in it.
fn documentation(text: &str, declaration: &str) -> Option<String> {
    let pattern = match declaration.strip_prefix("func (") {
        Some(method) => {
            let (receiver, name) = method.split_once(") ").unwrap();
            format!(r"^func \(\w+ {}\) {name}\(", regex::escape(receiver))
        }
        None => format!(r"^{}\b", regex::escape(declaration)),
    };
    let starts = Regex::new(&pattern).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|l| starts.is_match(l))?;
    let first = lines[..at].iter().rposition(|l| !l.starts_with("//")).map_or(0, |n| n + 1);
    let is_type = declaration.starts_with("type ") && lines[at].ends_with('{');
    let end = if is_type { at + lines[at..].iter().position(|l| *l == "}")? } else { at };
    Some(comments(&lines[first..end].join("\n")))
}

/// Every rule once.
fn rules() -> BTreeMap<(String, &'static str), Rule> {
    let rules = ELEMENTS.iter().map(|e| e.rule).chain(TYPES2.iter().copied());
    rules.map(|rule| ((rule.source.place(), rule.says), rule)).collect()
}

#[test]
fn every_quotation_stands_in_its_source() {
    let (goroot, tools) = (PathBuf::from(go_env("GOROOT")).join("src"), tools());
    if tools.is_none() {
        eprintln!("golang.org/x/tools is not in the module cache: its quotations are not checked");
    }
    let mut checked = BTreeMap::new();
    for ((place, says), rule) in rules() {
        let (kind, found) = match rule.source {
            Source::Go { file, declaration } => {
                // Alias has existed since Go 1.22.
                let Ok(text) = fs::read_to_string(goroot.join(file)) else {
                    assert!(file == "go/types/alias.go" && minor() < 22, "no {file}");
                    continue;
                };
                let text = documentation(&text, declaration);
                ("go", text.unwrap_or_else(|| panic!("no {declaration} in {file}")))
            }
            // The test came with the fix, in Go 1.24.
            Source::GoComment { file } if file.ends_with("_test.go") && minor() < 24 => continue,
            Source::GoComment { file } => {
                ("comment", comments(&fs::read_to_string(goroot.join(file)).unwrap()))
            }
            Source::Tools { file, declaration } => {
                let Some(tools) = &tools else { continue };
                // Its documentation had no such sentence in the version for Go 1.25.
                if declaration == "func (*Encoder) For" && minor() < 26 {
                    continue;
                }
                let text =
                    documentation(&fs::read_to_string(tools.join(file)).unwrap(), declaration);
                ("x/tools", text.unwrap_or_else(|| panic!("no {declaration} in {file}")))
            }
            Source::Issue(quotation) => {
                assert!(ISSUES.contains(quotation), "{place}: not in the list");
                ("issue", quotation.says.to_owned())
            }
            Source::Target(_) => panic!("{place}: no target is registered here"),
            Source::Own => continue,
        };
        assert!(found.contains(says), "{place}: {says}\nis not in: {found}");
        *checked.entry(kind).or_insert(0) += 1;
        println!("{place}: “{says}”");
    }
    assert!(checked["go"] >= 12 && checked["issue"] == 2, "{checked:?}");
    assert_eq!(checked["comment"], if minor() < 24 { 1 } else { 2 });
    assert_eq!(checked.contains_key("x/tools"), tools.is_some());
}

#[test]
fn a_changed_quotation_is_noticed() {
    let text = "// A T is\n// safe.\n//\n// See [U].\ntype T struct {\n\t// F is set.\n\tF int // or not\n}\n\n\
                // G runs.\nfunc (t *T) G() {}\n\n// Free.\n\n// H ends.\nfunc H() {}\n";
    let docs = |declaration| documentation(text, declaration).unwrap();
    assert_eq!(docs("type T"), "A T is safe. See [U]. F is set. or not");
    assert_eq!(docs("func (*T) G"), "G runs.");
    assert_eq!(docs("func H"), "H ends.");
    assert_eq!(documentation(text, "func G"), None);
    assert!(!docs("type T").contains("See U."), "brackets count");
}

#[test]
fn issues_have_an_author_and_a_date() {
    let date = Regex::new(r"^20\d\d-\d\d-\d\d$").unwrap();
    let mut seen = BTreeSet::new();
    for q in ISSUES {
        assert!(!q.author.is_empty() && date.is_match(q.date), "{q:?}");
        assert!(seen.insert((q.number, q.says)), "twice: {q:?}");
        let is = |rule: &Rule| rule.source == Source::Issue(q);
        assert!(rules().values().any(is), "no rule needs {q:?}");
    }
}

/// The files that people read, and the sources of what they read.
fn texts() -> Vec<PathBuf> {
    fn add(path: PathBuf, all: &mut Vec<PathBuf>) {
        if path.is_dir() {
            let entries = fs::read_dir(&path).unwrap().map(|e| e.unwrap().path());
            entries.for_each(|p| add(p, all));
        } else if path
            .extension()
            .is_some_and(|e| ["md", "rs", "go", "txtar", "snap", "toml"].iter().any(|x| e == *x))
        {
            all.push(path);
        }
    }
    let mut all = Vec::new();
    let roots = [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "known.toml",
        "docs",
        "src",
        "harness_go",
        "examples",
        "benches",
        "corpus",
        "tests",
    ];
    roots.iter().for_each(|root| add(PathBuf::from(root), &mut all));
    all
}

/// A quotation that is followed by one of our sources in parentheses.
fn attributed(text: &str) -> Vec<(String, String)> {
    let quoted = Regex::new(
        r#"(?:“([^“”]{12,400})”|"([^"“”]{12,400})")[ ]?\(((?:go/|go\.dev/|golang\.org/|a comment in |issue )[^()]*)"#,
    )
    .unwrap();
    let text = plain(text);
    let all = quoted.captures_iter(&text).map(|c| {
        let says = c.get(1).or(c.get(2)).unwrap().as_str();
        (says.to_owned(), c[3].to_owned())
    });
    all.collect()
}

#[test]
fn no_page_quotes_what_is_not_in_the_list() {
    let rules = rules();
    let listed = |says: &str, place: &str| {
        let is = |(p, s): &(String, &str)| *s == says && p.starts_with(place.trim());
        rules.keys().any(is)
    };
    let mut quoted = 0;
    for path in texts().iter().filter(|p| !p.ends_with("tests/quotations.rs")) {
        // A Markdown page escapes a backquote that it shows.
        let text = fs::read_to_string(path).unwrap().replace("\\`", "`");
        for (says, place) in attributed(&text) {
            // The place up to a parenthesis or a note.
            let place = place.split(';').next().unwrap();
            assert!(listed(&says, place), "{}: “{says}” ({place}", path.display());
            quoted += 1;
        }
    }
    assert!(quoted > 20, "{quoted}: docs/BUGS.md has more");

    let page = "// “Contexts are\n// safe.” (go/types, type Context)\n\"You may do that now.\" (golang.org/issue/1)";
    assert_eq!(
        attributed(page),
        [
            ("Contexts are safe.".to_owned(), "go/types, type Context".to_owned()),
            ("You may do that now.".to_owned(), "golang.org/issue/1".to_owned()),
        ]
    );
}

/// The rules that the targets of this repository register.
#[test]
fn targets_quote_their_sources() {
    let Some(tools) = tools() else {
        eprintln!("golang.org/x/tools is not in the module cache: targets are not checked");
        return;
    };
    let rule =
        Regex::new(r#"Rule:\s+"([^"]+)",\s+Place:\s+"golang\.org/x/tools/([^",]+), ([^"]+)","#);
    let rule = rule.unwrap();
    let mut checked = 0;
    for path in texts() {
        let text = fs::read_to_string(&path).unwrap();
        for c in rule.captures_iter(&text) {
            let entries = fs::read_dir(tools.join(&c[2])).unwrap().map(|e| e.unwrap().path());
            let docs: Vec<String> = entries
                .filter(|p| p.extension().is_some_and(|e| e == "go"))
                .filter_map(|p| documentation(&fs::read_to_string(p).unwrap(), &c[3]))
                .collect();
            let found = docs.iter().any(|d| d.contains(&c[1]));
            assert!(found, "{}: {} of {}: {docs:?}", path.display(), &c[1], &c[3]);
            checked += 1;
        }
    }
    assert!(checked >= 3, "{checked}");
}
