//! Malicious test cases: none crashes, stalls or escapes the harness.
//!
//! "Escape" means a file that appears in the harness's folder, a process that is left over, or text
//! from this machine in an answer. What go/parser or the type checker says about the programs does
//! not matter here.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use typerace::harness::{
    BuiltHarness, End, GoOptions, Harness, HarnessConfig, RunFlags, RunRequest,
};
use typerace::scenario::Scenario;
use typerace::testcase::{SourceCase, SourcePackage};

fn config() -> HarnessConfig {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    let path = PATH.get_or_init(|| {
        let options =
            GoOptions { toolchain: std::env::var("TYPERACE_TOOLCHAIN").ok(), ..Default::default() };
        BuiltHarness::get(&options, &mut |line| eprintln!("{line}")).unwrap().path
    });
    HarnessConfig::new(path)
}

/// Programs of one file.
fn programs() -> Vec<(&'static str, String)> {
    let p = |body: &str| format!("package a\n\n{body}\n");
    let many = |n: usize, f: &dyn Fn(usize) -> String| (0..n).map(f).collect::<String>();
    vec![
        ("import of an absolute path", p("import \"/etc/passwd\"")),
        ("import that climbs", p("import \"../../../../etc\"")),
        ("import of a local path", p("import \"./b\"")),
        ("import of the working folder", p("import \".\"")),
        ("import of nothing", p("import \"\"")),
        ("import with a NUL", p("import \"a\\x00b\"")),
        ("import with a new line", p("import \"a\\nb\"")),
        ("import of itself", p("import \"a\"\nvar X = a.X")),
        ("import of C", p("// #include \"/etc/passwd\"\nimport \"C\"\nvar X = C.int(1)")),
        ("cgo flags", p("// #cgo LDFLAGS: -fplugin=/tmp/x.so\n// #cgo CFLAGS: -I/\nimport \"C\"")),
        ("cgo export", p("import \"C\"\n\n//export f\nfunc f() {}")),
        ("import of unsafe", p("import \"unsafe\"\nvar X = *(*int)(unsafe.Pointer(uintptr(0)))")),
        ("import of internal", p("import \"internal/abi\"\nvar X abi.Type")),
        ("import of another's internal", p("import \"runtime/internal/sys\"")),
        ("import of a vendored path", p("import \"vendor/golang.org/x/net/idna\"")),
        ("import of a URL", p("import \"file:///etc/passwd\"")),
        ("dot import of what is not there", p("import . \"os\"\nvar X = Args")),
        ("blank import", p("import _ \"os/exec\"")),
        ("ten thousand imports", format!("package a\n\n{}", many(10_000, &|i| format!("import \"p{i}\"\n")))),
        ("line directive to a file", p("//line /etc/passwd:1\nvar X int = \"s\"")),
        ("line directive that climbs", p("//line ../../../../etc/passwd:1:1\nvar X int = \"s\"")),
        ("line directive with a huge line", p("//line x.go:99999999999999999999\nvar X int = \"s\"")),
        ("line directive with a negative line", p("//line x.go:-1\nvar X int = \"s\"")),
        ("line directive without a name", p("//line :7\nvar X int = \"s\"")),
        ("line directive in the middle", p("var X /*line /dev/stdin:3:4*/ int = \"s\"")),
        ("line directive to a device", p("//line /dev/zero:1\nvar X int = \"s\"")),
        ("line directive with a NUL", "package a\n//line a\0b.go:1\nvar X int = \"s\"\n".into()),
        ("embed of a file", p("import _ \"embed\"\n\n//go:embed /etc/passwd\nvar X string")),
        ("embed that climbs", p("import _ \"embed\"\n\n//go:embed ../../*\nvar X []byte")),
        ("embed of everything", p("import \"embed\"\n\n//go:embed all:*\nvar X embed.FS")),
        ("generate", p("//go:generate touch /tmp/typerace-escaped\nvar X int")),
        ("linkname", p("import _ \"unsafe\"\n\n//go:linkname exit os.Exit\nfunc exit(int)")),
        ("cgo directives of the linker", p("//go:cgo_import_dynamic _ _ \"libevil.so\"\nvar X int")),
        ("build constraint that excludes", "//go:build ignore\n\npackage a\n".into()),
        ("build constraint of a version", "//go:build go1.99\n\npackage a\n\nvar X = 1\n".into()),
        ("build constraint that is none", "//go:build (((\n\npackage a\n".into()),
        ("old build constraint", "// +build !linux,,\n\npackage a\n".into()),
        ("assembly declared", p("func asm(x int) int")),
        ("gigantic integer", p(&format!("const X = {}", "9".repeat(50_000)))),
        ("gigantic float", p("const X = 1e1000000000")),
        ("gigantic exponent", p("const X = 0x1p2147483647")),
        ("gigantic string", p(&format!("const X = \"{}\"", "x".repeat(1 << 20)))),
        ("gigantic raw string", p(&format!("const X = `{}`", "\n".repeat(1 << 20)))),
        ("string that doubles", p(&format!("const S0 = \"x\"\n{}", many(24, &|i| format!("const S{} = S{i} + S{i}\n", i + 1))))),
        ("shift by much", p("const X = 1 << 1000000000")),
        ("shift of a shift", p("const X = 1 << (1 << 62)")),
        ("negative shift", p("const X = 1 << -1")),
        ("overflow of a constant", p("const X int8 = 1000\nconst Y = -X\nvar Z uint = -1")),
        ("division by zero", p("const X = 1 / 0\nvar Y = 1.0 / 0.0\nvar Z = 5 % 0")),
        ("constants that square", p(&format!("const C0 = 1 << 400\n{}", many(12, &|i| format!("const C{} = C{i} * C{i}\n", i + 1))))),
        ("parentheses", p(&format!("var X = {}1{}", "(".repeat(10_000), ")".repeat(10_000)))),
        ("a million parentheses", p(&format!("var X = {}1{}", "(".repeat(1_000_000), ")".repeat(1_000_000)))),
        ("open parentheses", p(&format!("var X = {}", "(".repeat(100_000)))),
        ("open braces", p(&format!("func f() {}", "{".repeat(100_000)))),
        ("unary operators", p(&format!("var X = {}1", "-+^".repeat(30_000)))),
        ("a long sum", p(&format!("var X = 1{}", " + 1".repeat(50_000)))),
        ("pointers", p(&format!("var X {}int", "*".repeat(20_000)))),
        ("slices", p(&format!("var X {}int", "[]".repeat(20_000)))),
        ("maps", p(&format!("var X {}int", "map[int]".repeat(9_000)))),
        ("functions in functions", p(&format!("var X = {}1{}", "func() int { return ".repeat(3_000), " }()".repeat(3_000)))),
        ("a chain of calls", p(&format!("type T struct{{}}\n\nfunc (t T) M() T {{ return t }}\n\nvar X = T{{}}{}", ".M()".repeat(10_000)))),
        ("a chain of selectors", p(&format!("type T struct{{ F *T }}\n\nvar Y T\nvar X = Y{}", ".F".repeat(10_000)))),
        ("an index of an index", p(&format!("var Y [1]int\nvar X = {}0{}", "Y[".repeat(5_000), "]".repeat(5_000)))),
        ("deep embedding", p(&many(2_000, &|i| format!("type T{i} struct{{ T{} }}\n", i + 1)).replace("T2000 }", "int }"))),
        ("embedding twice each", p(&many(24, &|i| format!("type T{i} struct{{ A{i}; B{i} }}\ntype A{i} struct{{ T{n} }}\ntype B{i} struct{{ T{n} }}\n", n = i + 1)).replace("T24 }", "F int }"))),
        ("interfaces that embed twice each", p(&many(18, &|i| format!("type I{i} interface{{ I{n}; J{i} }}\ntype J{i} interface{{ I{n} }}\n", n = i + 1)).replace("I18 }", "M() }"))),
        ("ten thousand fields", p(&format!("type T struct {{\n{}}}", many(10_000, &|i| format!("\tF{i} int\n"))))),
        ("ten thousand methods", p(&format!("type T int\n{}", many(10_000, &|i| format!("func (T) M{i}() {{}}\n"))))),
        ("ten thousand parameters", p(&format!("func f({}int) {{}}", many(10_000, &|i| format!("a{i}, "))))),
        ("a thousand type parameters", p(&format!("type T[{} any] int", many(1_000, &|i| format!("P{i}, ")).trim_end_matches(", ")))),
        ("a union of thousands", p(&format!("type C interface {{ {} }}", many(2_000, &|i| format!("~[{i}]int | ")).trim_end_matches(" | ")))),
        ("an array of all memory", p("var X [1 << 62]int\nvar Y [1 << 62][1 << 62]int")),
        ("an array of itself", p("type T [2]T\nvar X [len(X)]int")),
        ("a composite with a huge index", p("var X = []int{1 << 40: 1}\nvar Y = [...]int{9223372036854775807: 1}")),
        ("an instance in an instance", p(&format!("type G[P any] struct{{ F P }}\n\nvar X {}int{}", "G[".repeat(1_000), "]".repeat(1_000)))),
        ("instances without end", p("type T[P any] struct{ F *T[T[P]] }\n\nvar X T[int]")),
        ("instances that double", p(&format!("type P[A, B any] struct{{}}\n\ntype T0 = int\n{}var X T20", many(20, &|i| format!("type T{} = P[T{i}, T{i}]\n", i + 1))))),
        ("inference without end", p("func f[P any](x P) { f(&x) }\nfunc g() { f(1) }")),
        ("a constraint of itself", p("type C[P C[P]] interface{ M() C[P] }\nfunc f[P C[P]](x P) {}")),
        ("an alias of itself", p("type A = B\ntype B = A\nvar X A")),
        ("a huge identifier", p(&format!("var {} int", "x".repeat(1 << 20)))),
        ("identifiers of other scripts", p("var \u{540d}, \u{e9}t\u{e9}, \u{1d4d0} = 1, 2, 3")),
        ("identifiers that go right to left", p("var X\u{202e} int // \u{2066}")),
        ("a byte order mark", "\u{feff}package a\n\nvar X int\n".into()),
        ("a byte order mark in the middle", p("var X\u{feff} int")),
        ("NULs", "package a\0\n\nvar X\0 int\n".into()),
        ("only NULs", "\0".repeat(1 << 16)),
        ("CRLF", "package a\r\n\r\nvar X = `a\r\nb`\r\n".into()),
        ("CR alone", "package a\rvar X int\r".into()),
        ("not UTF-8, replaced", format!("package a\n\nvar X = \"{}\"\n", String::from_utf8_lossy(b"\xff\xfe\xc0\x80"))),
        ("bytes that are no UTF-8, escaped", p("const X = \"\\xff\\xfe\\xc0\\x80\"\ntype T struct{ F int `\u{fffd}`; G int \"\\xff\\x00\" }")),
        ("import of what is not UTF-8", p("import \"a\\xffb\"\nvar X = a.X")),
        ("line directive with escapes of a terminal", "package a\n//line \u{1b}[2Jx.go:1\nvar X int = \"\\x1b\"\n".into()),
        ("an empty file", String::new()),
        ("no package clause", "var X int\n".into()),
        ("the package main", "package main\n\nimport \"os\"\n\nfunc init() { os.Exit(7) }\nfunc main() { os.Exit(8) }\n".into()),
        ("the blank package", "package _\n".into()),
        ("comments without end", "package a\n/* ".to_owned() + &"* ".repeat(100_000)),
        ("a deep comment", p(&"// x\n".repeat(100_000))),
        ("labels and gotos", p(&format!("func f() {{\n{}}}", many(5_000, &|i| format!("L{i}:\n\tgoto L{}\n", (i * 7) % 5_000))))),
        ("a switch of thousands", p(&format!("func f(x int) {{\n\tswitch x {{\n{}\t}}\n}}", many(5_000, &|i| format!("\tcase {i}:\n"))))),
        ("an init that loops", p("func init() { for { } }\nvar X = func() int { for { } }()")),
        ("variables that need one another", p(&format!("{}var V2000 = V0", many(2_000, &|i| format!("var V{i} = V{}\n", i + 1))))),
    ]
}

#[test]
fn hostile_programs_do_no_harm() {
    let all = programs();
    assert!(all.len() >= 60, "{}", all.len());
    let scenario = Scenario::parse("meet start\ngo check a\ngo check a").unwrap().unwrap();
    do_no_harm(all.into_iter().map(|(name, text)| {
        let package = SourcePackage { path: "a".into(), files: vec![("a.go".into(), text)] };
        (name, scenario.clone(), vec![package])
    }));
}

/// Runs test cases in one harness: none of them crashes it, stalls it or leaves a file.
fn do_no_harm<'a>(all: impl Iterator<Item = (&'a str, Scenario, Vec<SourcePackage>)>) {
    let mut harness = Harness::start(config()).unwrap();
    let cwd = fs::read_link(format!("/proc/{}/cwd", harness.process_id().unwrap())).unwrap();
    let limit = Duration::from_secs(12 + 5);
    let clean = Scenario::parse("meet start\ngo check a\ngo check a").unwrap().unwrap();
    for (name, scenario, packages) in all {
        let begin = Instant::now();
        let flags = RunFlags { sequential: true, ..RunFlags::default() };
        let request = RunRequest::new(&scenario, &packages).with_flags(flags);
        let outcome = harness.run(&request).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(begin.elapsed() < limit, "{name}: {:?}", begin.elapsed());
        match outcome.end {
            End::Replied => {
                let reply = outcome.reply.unwrap();
                assert!(reply.leaks.is_empty(), "{name}: {:?}", reply.leaks);
                let secret = reply.verdicts.iter().any(|(_, text)| text.contains("root:"));
                assert!(!secret, "{name}: {:?}", reply.verdicts);
            }
            // If the type checker does not survive, that is a finding with bounded size.
            End::Died { output, .. } => {
                assert!(output.contains("stack overflow"), "{name}: {output}");
            }
            End::TimedOut { .. } | End::OverMemory { .. } => eprintln!("{name}: over a limit"),
        }
        // The harness accepts the next test case.
        let next = harness.run(&RunRequest::new(&clean, &[])).unwrap();
        assert_eq!(next.end, End::Replied, "after {name}");
        if let Ok(entries) = fs::read_dir(&cwd) {
            let left: Vec<_> = entries.map(|e| e.unwrap().file_name()).collect();
            assert!(left.is_empty(), "{name} left {left:?}");
        }
    }
    assert!(!std::path::Path::new("/tmp/typerace-escaped").exists());
}

/// Scenarios of the newer operations, each with a program that makes them hard. The text after the
/// scenario is the package `a`, which may import `b`.
fn scenarios() -> Vec<(&'static str, String, String)> {
    let p = |name, scenario: &str, body: &str| {
        (name, scenario.to_owned(), format!("package a\n\n{body}\n"))
    };
    let twice = |op: &str| format!("before check a\nmeet start\ngo {op}\ngo {op}");
    let big = |open: &str, n: usize, close: &str| format!("{}1{}", open.repeat(n), close.repeat(n));
    let t = "type T[P any] struct{ F *T[P] }\n\nfunc f(x int) { _ = x }";
    vec![
        p("eval of parentheses", &twice(&format!("eval a {}", big("(", 20_000, ")"))), t),
        p("eval of a long sum", &twice(&format!("eval a {}1", "1+".repeat(20_000))), t),
        p("eval of unary operators", &twice(&format!("eval a {}1", "-".repeat(20_000))), t),
        p("eval of a function that loops", &twice("eval a func()int{for{}}()"), t),
        p("eval of a huge constant", &twice("eval a 1<<1000000000"), t),
        p("eval of a division by zero", &twice("eval a 1/0"), t),
        p("eval of an import", &twice("eval a os.Exit(1)"), "import \"os\""),
        p(
            "eval of a composite without end",
            &twice(&format!("eval a {}int{{}}", "[]".repeat(20_000))),
            t,
        ),
        p(
            "eval of an instance in an instance",
            &twice(&format!("eval a {}int{}", "T[".repeat(2_000), "]".repeat(2_000))),
            t,
        ),
        p("eval of what is not UTF-8", &twice("eval a \"\\xff\\x00\""), t),
        p("eval of a new line in a string", &twice("eval a \"\\n\\r\\x1b[2J\""), t),
        p("eval far behind the last block", &twice("eval a at 4000000000 1+1"), t),
        p("eval at a place that is none", &twice("eval a at -1 1+1"), t),
        p("eval in the package of another", &twice("eval b 1+1"), t),
        p("eval of nothing but operators", &twice("eval a + * / % <-"), t),
        p(
            "eval of unsafe",
            &twice("eval a *(*int)(unsafe.Pointer(uintptr(0)))"),
            "import \"unsafe\"\n\nvar _ unsafe.Pointer",
        ),
        p("eval a thousand times", &twice(&vec!["eval a T[int]{}"; 1_000].join(" ; ")), t),
        p(
            "checkexpr of a chain",
            &twice(&format!("checkexpr a Y{}", ".F".repeat(10_000))),
            "type S struct{ F *S }\n\nvar Y S",
        ),
        p(
            "checkexpr of a literal",
            &twice(&format!("checkexpr a {}", big("func()int{return ", 2_000, "}()"))),
            t,
        ),
        p(
            "checkexpr of a conversion",
            &twice(&format!("checkexpr a {}", big("int(", 20_000, ")"))),
            t,
        ),
        p("checknode far away", &twice("checknode a 2147483647"), t),
        p(
            "checknode of every node",
            &twice(&(0..500).map(|i| format!("checknode a {i}")).collect::<Vec<_>>().join(" ; ")),
            &format!("var X = 1{}", " + 1".repeat(400)),
        ),
        p("configure a release that is none", &twice("configure goversion 99 ; check a"), t),
        p("configure the oldest release", &twice("configure goversion 1 ; check a"), t),
        p(
            "configure every setting",
            &twice(
                "configure nobodies ; configure silent ; configure unusedimports ; configure fakeimportc ; check a",
            ),
            "import \"C\"\n\nvar X = C.f(1)",
        ),
        p(
            "configure cgo",
            &twice("configure fakeimportc ; check a"),
            "// #cgo LDFLAGS: -fplugin=/tmp/x.so\nimport \"C\"\n\nvar X = C.system",
        ),
        p(
            "importers that fail",
            "import error\nmeet import\ngo check a\ngo check a",
            "import \"b\"\n\nvar X b.T",
        ),
        p(
            "importers that fail at first",
            "import flaky\nmeet import\ngo check a\ngo check a",
            "import \"b\"\n\nvar X b.T",
        ),
        p(
            "importers of faulty packages",
            "import faulty\nmeet import\ngo check a\ngo check a",
            "import \"b\"\n\nvar X b.T = b.Missing",
        ),
        p(
            "importers of one package for two paths",
            "import twice\nmeet import\ngo check a\ngo check a",
            "import \"b\"\nimport \"c\"\n\nvar X b.T = c.T{}",
        ),
        p(
            "importers of a cycle",
            "share importer parallel\nmeet import\ngo check a\ngo check a",
            "import \"a\"\n\nvar X a.T",
        ),
        p(
            "the compiler and linker directives",
            "import unified\nmeet start\ngo check a\ngo check a",
            "import \"b\"\n\n//go:cgo_import_dynamic _ _ \"libevil.so\"\n//go:linkname exit os.Exit\nvar X b.T",
        ),
        p(
            "the compiler and an embedded file",
            "import unified\ngo check a\ngo check a",
            "import \"b\"\nimport _ \"embed\"\n\n//go:embed /etc/passwd\nvar S string\nvar X b.T",
        ),
        p(
            "the compiler and a huge array",
            "import unified\ngo check a\ngo check a",
            "import \"b\"\n\nvar Big [1 << 40]b.T",
        ),
        p(
            "the compiler and a constant that takes long",
            "import mixed\ngo check a\ngo check a",
            "import \"b\"\n\nconst X = 1 << 1000000000\nvar Y b.T",
        ),
        p(
            "the compiler and a path that is a flag",
            "import unified\ngo check a\ngo check a",
            "import \"-o/tmp/typerace-escaped\"\n\nvar X = 1",
        ),
        p(
            "SSA of an endless instantiation",
            "before check a\nshare program\ngo ssa a\ngo ssaread string a ; ssaread methods a",
            "func f[P any](n int, x P) { if n > 0 { f[*P](n-1, &x) } }\n\nfunc g() { f(9, 1) }",
        ),
        p(
            "SSA of labels",
            "before check a\nshare program\ngo ssa a\ngo ssa a",
            &format!(
                "func f() {{\n{}}}",
                (0..3_000)
                    .map(|i| format!("L{i}:\n\tif x {{ goto L{} }}\n", (i * 7) % 3_000))
                    .collect::<String>()
                    + "\tvar x bool\n"
            ),
        ),
        p(
            "SSA of a big switch",
            "before check a\nshare program\ngo ssa a\ngo ssaread syntax a",
            &format!(
                "func f(x int) {{\n\tswitch x {{\n{}\t}}\n}}",
                (0..3_000).map(|i| format!("\tcase {i}:\n\t\tf({i})\n")).collect::<String>()
            ),
        ),
        p(
            "analysis of a format",
            &twice("analyze printf a"),
            &format!(
                "import \"fmt\"\n\nfunc f() {{ fmt.Printf(\"{}\", 1) }}",
                "%[1]*.*d".repeat(2_000)
            ),
        ),
        p(
            "analysis of tags",
            &twice("analyze structtag a"),
            &format!("type T struct {{ F int `{}` }}", "json:\"x\" ".repeat(5_000)),
        ),
        p(
            "analysis of directives",
            &twice("analyze directive a ; analyze buildtag a"),
            "//go:build ((((\n// +build !,,\n//go:debug x=y\n\n//go:generate rm -rf /\nvar X int",
        ),
        p(
            "analysis with a stack without end",
            &twice("analyze nilness a ; analyze ctrlflow a"),
            "func f() { f() }\n\nfunc g() int { for { select {} } }",
        ),
        p("analysis by an analyzer that is none", &twice("analyze printf b"), t),
        p(
            "a walk of instances that double",
            &twice("walk identical a"),
            &format!(
                "type P[A, B any] struct{{}}\n\ntype T0 = int\n{}var X T12",
                (0..12).map(|i| format!("type T{} = P[T{i}, T{i}]\n", i + 1)).collect::<String>()
            ),
        ),
        p(
            "instances of a huge type",
            &twice(&format!("instantiate a.T {}int", "[]".repeat(20_000))),
            t,
        ),
        p(
            "info of ten thousand expressions",
            &twice("info string a"),
            &format!("var X = []int{{{}}}", "1 + 1, ".repeat(10_000)),
        ),
    ]
}

#[test]
fn hostile_scenarios_do_no_harm() {
    let all = scenarios();
    assert!(all.len() >= 40, "{}", all.len());
    let mut refused = Vec::new();
    let mut parsed = Vec::new();
    for (name, scenario, text) in all {
        let packages = [("b", "package b\n\ntype T struct{}\n".to_owned()), ("a", text)];
        let packages = packages.map(|(path, text)| SourcePackage {
            path: path.into(),
            files: vec![("x.go".into(), text)],
        });
        match Scenario::parse(&scenario) {
            Ok(scenario) => parsed.push((name, scenario.unwrap(), packages.to_vec())),
            Err(e) => refused.push((name, e.to_string())),
        }
    }
    assert!(refused.len() <= 8, "{refused:#?}");
    do_no_harm(parsed.into_iter());
    assert!(!std::path::Path::new("/tmp/typerace-escaped").exists());
}

/// A test case that nobody can run as it is written says so.
#[test]
fn blind_success_is_impossible() {
    let tmp = tempfile::tempdir().unwrap();
    let case = |name: &str, text: String| fs::write(tmp.path().join(name), text).unwrap();
    let packages: String =
        (0..10_000).map(|i| format!("-- p{i}/p.go --\npackage p{i}\n")).collect();
    let a = "-- a/a.go --\npackage a\n";
    case("packages.txtar", format!("go check p0\ngo check p9999\n{packages}"));
    case("goroutines.txtar", format!("{}{a}", "go check a\n".repeat(50_000)));
    case("operations.txtar", format!("go {}\n{a}", vec!["check a"; 100_000].join(" ; ")));
    case("nothing.txtar", format!("before check a\ngo walk methods z ; eval z 1\ngo check z\n{a}"));
    case("part.txtar", format!("before check a\ngo check a ; instantiate a.T int\n{a}"));
    case("none.txtar", format!("go instantiate a.T int\ngo instantiate a.U int\n{a}"));
    let run = |name: &str| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_typerace"))
            .args([
                "reproduce",
                name,
                "--runs",
                "1",
                "--fresh-runs",
                "0",
                "--limit-run",
                "100",
                "--limit-total",
                "110",
            ])
            .current_dir(tmp.path())
            .output()
            .unwrap();
        let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, out, err) = run("packages.txtar");
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("a run: 2 of 2 operations, 2 of 10000 packages checked"), "{out}");
    let (code, out, err) = run("goroutines.txtar");
    assert_eq!(code, Some(2), "{out}{err}");
    assert!(err.contains("line 8001: more than 8000 goroutines"), "{err}");
    // All of them run, or the limit ends the run, which is a finding.
    let (code, out, err) = run("operations.txtar");
    let ran = out.contains("a run: 100000 of 100000 operations");
    assert!(
        code == Some(0) && ran || code == Some(1) && out.contains("over the limit"),
        "{out}{err}"
    );
    let (code, out, err) = run("nothing.txtar");
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("did not run as written") && out.contains("name resolved in"), "{out}");
    let (code, out, err) = run("none.txtar");
    assert_eq!(code, Some(2), "{out}{err}");
    assert!(out.contains("nothing ran") && out.contains("nothing generic"), "{out}");
    let (code, out, err) = run("part.txtar");
    assert_eq!(code, Some(0), "{out}{err}");
    assert!(out.contains("did not run as written") && out.contains("a run: 2 of 3"), "{out}");
}

/// Bytes that are not UTF-8 in the harness's answers: constants, tags, errors.
#[test]
fn answers_may_be_any_bytes() {
    let mut harness = Harness::start(config()).unwrap();
    let text = "package a\n\nimport \"b\\xff\"\n\nconst X = \"\\xff\\xfe\"\n\n\
                type T struct{ F int \"\\xff\\x00\" }\n\nvar Y int = \"\\xff\"\n";
    let packages = [SourcePackage { path: "a".into(), files: vec![("a.go".into(), text.into())] }];
    let text = "before check a\ngo walk scope a ; walk fields a ; eval a X+\"\\xfd\"";
    let scenario = Scenario::parse(text).unwrap().unwrap();
    let flags = RunFlags { answers: true, ..RunFlags::default() };
    let request = RunRequest::new(&scenario, &packages).with_flags(flags);
    let outcome = harness.run(&request).unwrap();
    assert_eq!(outcome.end, End::Replied);
    let reply = outcome.reply.unwrap();
    let answers = format!("{:?} {:?}", reply.answers, reply.verdicts);
    assert!(answers.contains("const a.X = "), "{answers}");
    assert!(answers.contains("xff") && answers.contains('\u{fffd}'), "{answers}");
}

/// Files that are not UTF-8 are refused with their position: go/types never gets them.
#[test]
fn files_that_are_not_utf8_are_refused() {
    let tmp = tempfile::tempdir().unwrap();
    let txtar = b"go check a\n-- a/a.go --\npackage a\n\nvar X = \"\xff\xfe\"\n";
    let go = b"package a\n\nvar X\xff int\n";
    for (name, bytes, line) in [("a.txtar", &txtar[..], "line 5"), ("a.go", &go[..], "line 3")] {
        fs::write(tmp.path().join(name), bytes).unwrap();
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_typerace"))
            .args(["reproduce", name])
            .current_dir(tmp.path())
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{name}: {err}");
        assert!(err.contains(line) && err.contains("not UTF-8"), "{name}: {err}");
    }
}

/// Test cases that cannot be written as a program of one file.
#[test]
fn hostile_txtars_are_refused_or_harmless() {
    let file = "-- a/a.go --\npackage a\n";
    let cases: Vec<(&str, String)> = vec![
        ("a path that climbs", "go check a\n-- ../a.go --\npackage a\n".into()),
        ("a path that climbs inside", "go check a\n-- a/../../b.go --\npackage a\n".into()),
        ("an absolute path", "go check a\n-- /etc/passwd.go --\npackage a\n".into()),
        ("an empty name", "go check a\n--  --\npackage a\n".into()),
        ("a name of dots", "go check a\n-- a/..go --\npackage a\n".into()),
        ("the same file twice", format!("go check a\n{file}{file}")),
        ("a name with a NUL", "go check a\n-- a/\0.go --\npackage a\n".into()),
        ("a name of a link", "go check a\n-- a/proc/self/root.go --\npackage a\n".into()),
        ("a very long name", format!("go check a\n-- {}/a.go --\npackage a\n", "d/".repeat(5_000))),
        ("two package names", "go check a\n-- a/a.go --\npackage a\n-- a/b.go --\npackage b\n".into()),
        ("an import cycle", "go check a\n-- a/a.go --\npackage a\nimport \"b\"\n-- b/b.go --\npackage b\nimport \"a\"\n".into()),
        ("an unknown directive", format!("exec rm -rf /\n{file}")),
        ("a directive of NULs", format!("go\0check a\n{file}")),
        ("a package that is not there", format!("go check z ; walk methods y\n{file}")),
        ("no operation", format!("go\n{file}")),
        ("thousands of goroutines", format!("{}{file}", "go check a\n".repeat(9_000))),
        ("very many rounds", format!("rounds 4000000000\ngo check a\n{file}")),
        ("very many processors", format!("procs 4000000000\ngo check a\n{file}")),
        ("hostile godebug", format!("godebug panicnil=1,gctrace=1,netdns=9,=,\ngo check a\n{file}")),
        ("no file", "go check a\n".into()),
        ("nothing", String::new()),
        ("only a marker", "-- --".into()),
    ];
    let mut config = config();
    config.limits.total = Duration::from_secs(4);
    let mut harness = Harness::start(config).unwrap();
    let mut refused = 0;
    for (name, text) in cases {
        let Ok(case) = SourceCase::from_txtar(&text) else {
            refused += 1;
            continue;
        };
        let Some(scenario) = case.scenario else { continue };
        let begin = Instant::now();
        // If the harness does not accept a word, it ends with a line that says so.
        let outcome = harness.run(&RunRequest::new(&scenario, &case.packages));
        assert!(begin.elapsed() < Duration::from_secs(15), "{name}: {:?}", begin.elapsed());
        let outcome = outcome.unwrap_or_else(|e| panic!("{name}: {e}"));
        if let End::Died { output, .. } = &outcome.end {
            assert!(
                output.contains("harness: ") || output.contains("race: limit"),
                "{name}: {output}"
            );
        }
    }
    assert!(refused >= 5, "{refused}");
    let clean = Scenario::parse("go check a").unwrap().unwrap();
    let case = SourceCase::from_txtar(&format!("go check a\n{file}")).unwrap();
    let outcome = harness.run(&RunRequest::new(&clean, &case.packages)).unwrap();
    assert_eq!(outcome.end, End::Replied);
}
