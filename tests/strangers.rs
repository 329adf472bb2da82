//! Files from strangers: crash directories, work folders, lists and patches. Whatever is in them,
//! no command waits forever, follows a link, fills the memory, or writes something to the terminal
//! or into a report that was made to look like its own words.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use typerace::finding::{End, Finding, Observed, Origin, Step, findings};
use typerace::scenario::Scenario;

/// Clears the screen in two ways, forges a line in three, turns text around, and is HTML, code and
/// an image in Markdown.
const EVIL: &str = "\u{1b}[2J\u{9b}2J\r\nFOUND bug: forged\u{2028}FOUND bug: forged\
                    \u{202e}<script>alert(1)</script>`code`![x](http://example.com/x.png)|";

const CASE: &str = "before check lib\ngo check a\ngo check a\n-- lib/lib.go --\npackage lib\n\n\
                    type T struct{ F int }\n-- a/a.go --\npackage a\n\nimport \"lib\"\n\nvar X lib.T\n";

/// The longest that a command may take, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(120);

fn typerace(dir: &Path, args: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_typerace"))
        .args(args)
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let streams = [read_all(child.stdout.take().unwrap()), read_all(child.stderr.take().unwrap())];
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begin.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("{args:?} does not end");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let [stdout, stderr] = streams.map(|s| s.join().unwrap());
    Output { status, stdout, stderr }
}

fn read_all(mut from: impl std::io::Read + Send + 'static) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        bytes
    })
}

/// A data race, as a campaign would have stored it.
fn finding() -> Finding {
    let report = include_str!("reports/race-alias-instances-go1.27.3.txt");
    let scenario = Scenario::parse("go check a").unwrap().unwrap();
    let origin = Origin { go_version: "go1.27.3".to_owned(), ..Origin::default() };
    let mut f = findings(&Observed {
        reports: report,
        end: End::Replied,
        panics: &[],
        scenario: &scenario,
        sequential: false,
        origin: &origin,
    })
    .remove(0);
    f.origin.history = vec![Step { entry: Some("e".to_owned()), by: vec!["seed".to_owned()] }];
    f.reproduced = Some([3, 5]);
    f
}

/// Adds [`EVIL`] to every text that has no fixed vocabulary.
fn poison(value: &mut Value, key: &str) {
    const FIXED: [&str; 7] = ["kind", "class", "blame", "id", "by", "source", "verdict"];
    match value {
        Value::String(s) if !FIXED.contains(&key) => s.push_str(EVIL),
        Value::Array(all) => all.iter_mut().for_each(|v| poison(v, key)),
        Value::Object(all) => all.iter_mut().for_each(|(k, v)| poison(v, k)),
        _ => {}
    }
}

/// `crashes/ID`, with a poisoned finding, report and test case.
fn crash(dir: &Path) -> String {
    let f = finding();
    let mut value = serde_json::to_value(&f).unwrap();
    value["root"] = serde_json::json!({
        "id": "R1", "title": "a root", "by": "guess",
        "tried": [{ "patch": "R2", "seen": 1, "runs": 2 }]
    });
    value["consequence"] = serde_json::json!({
        "rounds": 9, "seconds": 1.0, "panics": [], "wrong_answers": 1, "wrong_answer": "w",
        "type_errors": 1, "type_error": "t", "hangs": 0, "go_version": "go1.27.3",
        "processors": 2
    });
    value["releases"] = serde_json::json!([
        { "go_version": "go1.26.8", "reproduced": [1, 2] },
        { "go_version": "go1.25.5", "reproduced": [0, 0], "not_run": "why" }
    ]);
    poison(&mut value, "");
    value["root"]["id"] = "R1".into();
    let at = dir.join("crashes").join(&f.id);
    fs::create_dir_all(&at).unwrap();
    fs::write(at.join("finding.json"), serde_json::to_string(&value).unwrap()).unwrap();
    fs::write(
        at.join("report.txt"),
        format!("{}{EVIL}\n```\n", include_str!("reports/race-alias-instances-go1.27.3.txt")),
    )
    .unwrap();
    let comment = "# \u{1b}[2J\u{9b}`````<script>alert(1)</script>\n";
    let go = "\n// \u{1b}[2J `````` <script>alert(1)</script>\nvar Y int = \"\u{202e}\"\n";
    fs::write(at.join("testcase.txtar"), format!("{comment}{CASE}{go}")).unwrap();
    f.id
}

/// Whether text would do something to a terminal, or looks like a line of ours.
#[track_caller]
fn harmless(what: &str, bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap_or_else(|e| panic!("{what}: {e}"));
    let odd = |c: char| c.is_control() && c != '\n' && c != '\t' || "\u{2028}\u{202e}".contains(c);
    if let Some(at) = text.find(odd) {
        let from = text[..at].rfind('\n').map_or(0, |i| i + 1);
        panic!("{what}: {:?}", text[from..].lines().next());
    }
    let forged = text.lines().find(|l| l.trim_start().starts_with("FOUND bug: forged"));
    assert_eq!(forged, None, "{what}");
}

/// A line of Markdown without its spans of code. A span ends at as many backticks as began it.
fn without_code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find('`') {
        let n = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let after = &rest[at + n..];
        let runs = after.match_indices('`').map(|(i, _)| i);
        let mut starts = runs.filter(|&i| i == 0 || after.as_bytes()[i - 1] != b'`');
        let end =
            starts.find(|&i| after[i..].len() - after[i..].trim_start_matches('`').len() == n);
        let escaped = rest[..at].ends_with('\\');
        out.push_str(&rest[..at]);
        rest = match end {
            Some(end) if !escaped => &after[end + n..],
            _ => after,
        };
    }
    out + rest
}

/// Markdown without HTML outside of its blocks of code. A block ends at a fence that is at least as
/// long as the one that began it.
#[track_caller]
fn plain_markdown(what: &str, bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap();
    let mut fence: Option<usize> = None;
    for line in text.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            Some(n) if ticks >= n && line.len() == ticks => fence = None,
            None if ticks >= 3 => fence = Some(ticks),
            None => {
                let plain = without_code(line);
                assert!(!plain.contains("<script"), "{what}: {line}");
                assert!(!plain.contains("![x](http"), "{what}: {line}");
            }
            Some(_) => {}
        }
    }
    assert_eq!(fence, None, "{what}: a block has no end");
}

#[test]
fn what_strangers_write_is_harmless_in_every_format() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    let id = crash(dir);
    let crash = format!("crashes/{id}");
    let known = format!(
        "[[known]]\nissue = 79035\ntitle = {t}\nstate = \"open\"\nfunctions = [\"a\", \"b\"]\n",
        t = serde_json::to_string(EVIL).unwrap().replace('\u{9b}', "\\u009b")
    );
    fs::write(dir.join("known.toml"), known).unwrap();
    let baseline = serde_json::json!({
        "version": 1, "go": [EVIL], "roots": [EVIL],
        "findings": [{ "kind": "data-race", "class": "bug", "signature": EVIL,
                       "seen": { EVIL: { "case": EVIL, "hits": 1, "runs": 1 } } }]
    });
    fs::write(dir.join("baseline.json"), baseline.to_string()).unwrap();
    let bugs = ["report", "--bugs"];
    fs::create_dir(dir.join("corpus")).unwrap();
    fs::write(dir.join("corpus/x.txtar"), CASE).unwrap();
    for args in [
        &["report"][..],
        &["report", "--verbose", "--known", "known.toml"],
        &["report", "--json"],
        &["report", "--markdown", "--known", "known.toml"],
        &["report", "--html", "page.html"],
        &bugs,
        &["reproduce", &crash, "--runs", "1", "--fresh-runs", "0"],
        &["reproduce", &crash, "--runs", "1", "--fresh-runs", "0", "--json"],
        &["minimize", &crash, "--time", "10s"],
        &["minimize", &crash, "--time", "10s", "--json"],
        &["compile", &crash],
        &["compile", &crash, "--json"],
        &[
            "regress",
            "--corpus",
            "corpus",
            "--github",
            "--runs",
            "1",
            "--junit",
            "j.xml",
            "--sarif",
            "s.json",
            "--baseline",
            "baseline.json",
        ],
        &[
            "regress",
            "--corpus",
            "corpus",
            "--runs",
            "1",
            "--verbose",
            "--baseline",
            "baseline.json",
        ],
        &["regress", "--corpus", "corpus", "--runs", "1", "--json", "--baseline", "baseline.json"],
    ] {
        let output = typerace(dir, args);
        let what = args.join(" ");
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{what}: {:?} {err}", output.status);
        harmless(&what, &output.stdout);
        harmless(&what, &output.stderr);
        if args.contains(&"--markdown") || args == bugs {
            plain_markdown(&what, &output.stdout);
        }
        if args.contains(&"--json") {
            serde_json::from_slice::<Value>(&output.stdout)
                .unwrap_or_else(|e| panic!("{what}: {e}"));
        }
    }
    for file in ["page.html", "j.xml", "s.json"] {
        let bytes = fs::read(dir.join(file)).unwrap();
        harmless(file, &bytes);
        let text = String::from_utf8(bytes).unwrap();
        assert!(file == "s.json" || !text.contains("<script>alert"), "{file}");
    }
    // `minimize` wrote the text of an issue, if it could show the finding.
    if let Ok(issue) = fs::read(dir.join(&crash).join("issue.md")) {
        harmless("issue.md", &issue);
        plain_markdown("issue.md", &issue);
    }
}

/// Errors quote what is wrong.
#[test]
fn errors_are_harmless() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    fs::create_dir(dir.join("patches")).unwrap();
    fs::write(dir.join("patches/x.toml"), "id = \"a\u{9b}2J\u{202e}\"\ntitle = 3\n").unwrap();
    fs::write(dir.join("known.toml"), "[[known]]\n\u{9b}2J = \"\u{202e}\"\n").unwrap();
    fs::write(dir.join("x.txtar"), "go\u{1b}[2J check a\n-- a/a.go --\npackage a\n").unwrap();
    fs::write(dir.join("y.txtar"), "go check a\n-- a/\u{1b}[2J.go --\npackage a\n").unwrap();
    fs::write(dir.join("b.json"), "{\"version\": 1, \"\u{9b}2J\": 1}").unwrap();
    fs::write(dir.join("z.go"), "package a\n\n//line \u{1b}[2J.go:1\nvar X = \u{1b}\n").unwrap();
    for (args, code) in [
        (&["patches", "--patches", "patches"][..], 2),
        (&["report", "--crashes", ".", "--known", "known.toml"], 2),
        (&["reproduce", "x.txtar"], 2),
        (&["reproduce", "y.txtar", "--runs", "1", "--fresh-runs", "0"], 0),
        (&["reproduce", "z.go"], 2),
        (&["reproduce", "\u{1b}[2J.go"], 2),
        (&["regress", "--corpus", ".", "--baseline", "b.json"], 2),
        (&["corpus", "import", "z.go", "--to", "out"], 0),
    ] {
        let output = typerace(dir, args);
        let what = args.join(" ");
        assert_eq!(output.status.code(), Some(code), "{what}: {output:?}");
        harmless(&what, &output.stdout);
        harmless(&what, &output.stderr);
    }
}

/// A way to make a file that must not be read.
type Trap = (&'static str, fn(&Path));

const TRAPS: [Trap; 4] = [
    ("a pipe", |at| {
        assert!(Command::new("mkfifo").arg(at).status().unwrap().success());
    }),
    ("a link to a secret", |at| {
        std::os::unix::fs::symlink(at.with_file_name("../secret"), at).unwrap();
    }),
    ("a link to a device", |at| std::os::unix::fs::symlink("/dev/zero", at).unwrap()),
    ("a gigabyte", |at| fs::File::create(at).unwrap().set_len(1 << 30).unwrap()),
];

const SECRET: &str = "root:$6$hash";

#[track_caller]
fn ends_quietly(what: &str, output: &Output) {
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(matches!(output.status.code(), Some(0..=2)), "{what}: {:?}\n{err}", output.status);
    assert!(!out.contains(SECRET) && !err.contains(SECRET), "{what}:\n{out}\n{err}");
}

#[test]
fn only_regular_files_of_a_crash_directory_are_opened() {
    for (trap, set) in TRAPS {
        for file in
            ["finding.json", "testcase.txtar", "report.txt", "minimized.txtar", "repro/main.go"]
        {
            let tmp = tempfile::tempdir().unwrap();
            let dir = tmp.path();
            let id = crash(dir);
            let at = dir.join("crashes").join(&id).join(file);
            fs::create_dir_all(at.parent().unwrap()).unwrap();
            fs::write(at.with_file_name("../secret"), SECRET).unwrap();
            let _ = fs::remove_file(&at);
            set(&at);
            let crash = format!("crashes/{id}");
            for args in [
                &["report", "--html", "page.html"][..],
                &["report", "--markdown"],
                &["report", "--bugs"],
                &["compile", &crash],
            ] {
                let what = format!("{trap} as {file}: {}", args.join(" "));
                ends_quietly(&what, &typerace(dir, args));
            }
            let page = fs::read_to_string(dir.join("page.html")).unwrap();
            assert!(!page.contains(SECRET), "{trap} as {file}");
        }
    }
}

#[test]
fn only_regular_files_are_opened_elsewhere() {
    for (trap, set) in TRAPS {
        let tmp = tempfile::tempdir().unwrap();
        let dir = tmp.path();
        fs::write(dir.join("secret"), SECRET).unwrap();
        for folder in ["patches", "corpus", "work", "work/corpus", "crashes"] {
            fs::create_dir(dir.join(folder)).unwrap();
            fs::write(dir.join(folder).join("../secret"), SECRET).unwrap();
        }
        for file in [
            "patches/x.toml",
            "corpus/x.txtar",
            "work/checkpoint.json",
            "work/ancestry.jsonl",
            "work/covers.jsonl",
            "work/corpus/0123456789abcdef",
        ] {
            set(&dir.join(file));
        }
        let fuzz = [
            "fuzz",
            "--work",
            "work",
            "--crashes",
            "crashes",
            "--no-seeds",
            "--execs",
            "3",
            "--cores",
            "1",
            "--plain",
            "--seed",
            "1",
        ];
        for args in [
            &["patches", "--patches", "patches"][..],
            &["corpus", "list", "corpus"],
            &["corpus", "list", "work"],
            &["regress", "--corpus", "corpus", "--runs", "1"],
            &fuzz,
        ] {
            let what = format!("{trap}: {}", args.join(" "));
            ends_quietly(&what, &typerace(dir, args));
        }
    }
    // Files that the user names may be links, but not pipes without a writer or devices.
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    fs::create_dir(dir.join("crashes")).unwrap();
    fs::write(dir.join("x.txtar"), CASE).unwrap();
    for (name, set) in [TRAPS[0], TRAPS[2], TRAPS[3]] {
        set(&dir.join(name));
        for args in [
            &["report", "--known", name][..],
            &["regress", "--corpus", ".", "--baseline", name],
            &["reproduce", "x.txtar", "--overlay", name],
        ] {
            let output = typerace(dir, args);
            let err = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{name}: {args:?}: {err}");
        }
    }
}

/// Folders that are links: nothing is written, moved or removed through them.
#[test]
fn folders_of_strangers_lead_nowhere() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    let mine = dir.join("mine");
    fs::create_dir(&mine).unwrap();
    let files = ["main.go", "go.mod", "notes", "lock"];
    for file in files {
        fs::write(mine.join(file), "mine").unwrap();
    }
    let fuzz = |work: &str| {
        let args = [
            "fuzz",
            "--work",
            work,
            "--crashes",
            "found",
            "--no-seeds",
            "--execs",
            "3",
            "--cores",
            "1",
            "--plain",
            "--seed",
            "1",
        ];
        typerace(dir, &args)
    };
    for name in ["corpus", "corpus.previous", "solutions"] {
        let work = format!("work-{name}");
        fs::create_dir(dir.join(&work)).unwrap();
        std::os::unix::fs::symlink(&mine, dir.join(&work).join(name)).unwrap();
        let output = fuzz(&work);
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{name}: {err}");
        assert!(err.contains("is a symbolic link"), "{name}: {err}");
    }
    fs::create_dir(dir.join("work")).unwrap();
    std::os::unix::fs::symlink(mine.join("lock"), dir.join("work/lock")).unwrap();
    assert_eq!(fuzz("work").status.code(), Some(2));
    // The name of a finding becomes the name of a folder.
    for id in ["../../mine/x", "/tmp/x", "..", "a/b", ""] {
        let at = dir.join("theirs/crashes/x");
        fs::create_dir_all(&at).unwrap();
        let mut f = finding();
        f.id = id.to_owned();
        fs::write(at.join("finding.json"), f.to_json().unwrap()).unwrap();
        fs::write(at.join("testcase.txtar"), CASE).unwrap();
        let _ = fs::remove_dir_all(dir.join("out"));
        let output = typerace(dir, &["corpus", "merge", "out", "theirs"]);
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains("is not the name of a finding"), "{id}: {said}");
    }
    // A program would be written into `repro`.
    let id = crash(dir);
    std::os::unix::fs::symlink(&mine, dir.join("crashes").join(&id).join("repro")).unwrap();
    typerace(dir, &["minimize", &format!("crashes/{id}"), "--time", "10s"]);
    typerace(dir, &["report", "--verify", "1"]);
    for file in files {
        assert_eq!(fs::read_to_string(mine.join(file)).unwrap(), "mine", "{file}");
    }
    assert_eq!(fs::read_dir(&mine).unwrap().count(), files.len());
}

/// A folder that is removed while a campaign runs is made again, and the campaign ends as usual.
#[test]
fn folders_that_are_removed_are_made_again() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    let child = Command::new(env!("CARGO_BIN_EXE_typerace"))
        .args(["fuzz", "--no-seeds", "--cores", "1", "--plain", "--seed", "3", "--time", "40s"])
        .args(["--work", "work", "--crashes", "crashes"])
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begin = Instant::now();
    let has_finding = || {
        let entries = fs::read_dir(dir.join("crashes")).into_iter().flatten().flatten();
        entries.map(|e| e.path()).any(|at| at.is_dir())
    };
    while !has_finding() || !dir.join("work/checkpoint.json").exists() {
        assert!(begin.elapsed() < PATIENCE, "no finding and no checkpoint");
        std::thread::sleep(Duration::from_millis(50));
    }
    for folder in ["crashes", "work/corpus"] {
        // At once: the campaign may write into it while its files are removed.
        fs::rename(dir.join(folder), dir.join("gone")).unwrap();
        fs::remove_dir_all(dir.join("gone")).unwrap();
    }
    let _ = fs::remove_file(dir.join("work/covers.jsonl"));
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(!err.contains("Backtrace"), "{err}");
    assert!(!err.contains("kept in memory and tried again"), "{err}");
    assert!(dir.join("work/corpus").is_dir() && dir.join("work/covers.jsonl").is_file(), "{err}");
}

/// A limit on the size of files (`ulimit -f`) is an error like a full disk, not a silent end.
#[test]
fn a_limit_on_the_size_of_files_is_said() {
    let tmp = tempfile::tempdir().unwrap();
    let command =
        format!("ulimit -f 1; exec {} scenarios --json > out.json", env!("CARGO_BIN_EXE_typerace"));
    let output =
        Command::new("sh").args(["-c", &command]).current_dir(tmp.path()).output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{:?} {err}", output.status);
    assert!(err.contains("cannot write the result"), "{err}");
}

/// A checkpoint that is cut off: the first lines say what is read instead.
#[test]
fn a_broken_checkpoint_is_replaced_by_the_corpus() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path();
    let fuzz = [
        "fuzz",
        "--no-seeds",
        "--execs",
        "40",
        "--cores",
        "1",
        "--plain",
        "--seed",
        "1",
        "--work",
        "work",
    ];
    typerace(dir, &fuzz);
    let at = dir.join("work/checkpoint.json");
    let text = fs::read(&at).unwrap();
    fs::write(&at, &text[..text.len() / 2]).unwrap();
    let entries = fs::read_dir(dir.join("work/corpus")).unwrap();
    let entries =
        entries.filter(|e| !e.as_ref().unwrap().file_name().to_str().unwrap().starts_with('.'));
    let n = entries.count();
    let err = String::from_utf8(typerace(dir, &fuzz).stderr).unwrap();
    let first: Vec<&str> = err.lines().take(4).collect();
    let says = format!("instead, the campaign reads the {n} corpus entries in work/corpus");
    assert!(first.iter().any(|l| l.contains(&says)), "{err}");
}
