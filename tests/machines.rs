//! Campaigns that share entries and findings through a storage, as on several machines; here they
//! are several processes, each with its own way to one folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use typerace::feedback::Covers;
use typerace::finding::Finding;
use typerace::fleet::entry::Entry;
use typerace::fleet::key::{Key, digest};
use typerace::fleet::parcel;
use typerace::store::Store;
use typerace::testcase::SourceCase;

use hosts::{CASE, Host, plant, planted, wait};

mod hosts;

#[test]
fn findings_and_corpus_reach_every_machine_and_one_that_was_cut_off_catches_up() {
    let root = tempfile::tempdir().unwrap();
    let shared = root.path().join("shared");
    fs::create_dir(&shared).unwrap();
    let [mut a, mut b, mut c] = ["a", "b", "c"].map(|name| Host::new(root.path(), name));
    let of_b = plant(&b, "at b");
    a.start("1");
    b.start("2");
    c.start("3");
    wait("b's finding is everywhere", &[&a, &b, &c], || a.has(&of_b) && c.has(&of_b));
    // It showed in no run there, and is not passed off as if it had.
    let claim = c.finding(&of_b.id).unwrap();
    assert!(!claim.confirmed && claim.reproduced.is_some_and(|[k, n]| k == 0 && n > 0));
    assert!(claim.elsewhere.is_some());
    // c's own campaign may have received another finding that it did not see either.
    assert_eq!(c.says("not seen in 12 runs here: bug: fatal: planted at b"), 1, "{}", c.log());
    // With different seeds, campaigns do not produce the same entries.
    wait("an entry of b is in c's corpus, or the other way round", &[&a, &b, &c], || {
        b.entries().intersection(&c.entries()).next().is_some()
    });
    for host in [&a, &b, &c] {
        assert_eq!(host.ports(), Vec::<String>::new());
        assert!(host.processes().len() >= 3, "a campaign, a worker and a harness");
    }
    // A machine that is cut off says so once, and goes on.
    b.cut_off();
    wait("b notices", &[&b], || b.says("is away") == 1);
    let of_a = plant(&a, "at a");
    let took = wait("c has it", &[&a, &c], || c.has(&of_a));
    println!("a finding took {took:.1?} from one machine to another");
    let before = b.entries().len();
    assert!(!b.has(&of_a) && before > 0);
    b.connect(&shared);
    wait("b has what it missed", &[&a, &b], || b.has(&of_a));
    assert_eq!((b.says("is away"), b.says("is back")), (1, 1), "{}", b.log());
    // A campaign that is killed and resumed goes on.
    b.signal("-KILL");
    b.child.take().unwrap().wait().unwrap();
    b.start("2");
    // The storage is away for everyone, and nothing ends.
    let aside = root.path().join("aside");
    fs::rename(&shared, &aside).unwrap();
    wait("all notice", &[&a, &b, &c], || [&a, &c].iter().all(|h| h.says("is away") > 0));
    let more = plant(&c, "at c");
    std::thread::sleep(Duration::from_secs(3));
    assert!(!a.has(&more) && !b.has(&more));
    fs::rename(&aside, &shared).unwrap();
    wait("it goes on", &[&a, &b, &c], || a.has(&more) && b.has(&more));
    let (a, b, c) = (a.end(), b.end(), c.end());
    for summary in [&a, &b, &c] {
        let sync = &summary["sync"];
        assert!(sync["entries_received"].as_u64().unwrap() > 0, "{sync}");
        assert!(
            sync["findings_sent"].as_u64().unwrap() + sync["entries_sent"].as_u64().unwrap() > 0
        );
        assert_eq!((&sync["refused"], &sync["passed_over"]), (&0.into(), &0.into()), "{sync}");
        // What others report is no finding of the campaign.
        let ids = summary["findings"].as_array().unwrap();
        let planted = [&of_a.id, &of_b.id, &more.id];
        assert!(ids.iter().all(|f| planted.iter().all(|id| f["id"] != **id)), "{ids:?}");
    }
    let left: BTreeSet<_> = ["a", "b", "c"]
        .iter()
        .flat_map(|n| fs::read_dir(root.path().join(n).join("tmp")).unwrap().flatten())
        .map(|e| e.path())
        .collect();
    assert!(left.is_empty(), "temporary files: {left:?}");
    the_fleet_is_read_from_anywhere(root.path(), &[&of_a, &of_b, &more]);
}

/// Any machine can read the findings of all.
fn the_fleet_is_read_from_anywhere(root: &Path, planted: &[&Finding]) {
    let url = format!("file://{}", root.join("shared").display());
    let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
    command.args(["report", "--json", "--crashes", "fleet", "--sync", &url]).current_dir(root);
    let output = command.output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{err}");
    let out = String::from_utf8_lossy(&output.stdout);
    for finding in planted {
        assert!(out.contains(&finding.id), "{out}\n{err}");
    }
    assert!(err.contains("reported by 3 machines"), "{err}");
}

/// Writes an object as another machine would.
fn put(shared: &Path, source: &str, id: Option<&str>, bytes: &[u8]) {
    let at = shared.join(Key::new(source, id, bytes).to_string());
    fs::create_dir_all(at.parent().unwrap()).unwrap();
    fs::write(at, bytes).unwrap();
}

/// Whoever can write to the storage can neither blind a campaign nor fill its memory, and no file
/// is written outside.
#[test]
fn nothing_foreign_is_believed() {
    let root = tempfile::tempdir().unwrap();
    let shared = root.path().join("shared");
    fs::create_dir(&shared).unwrap();
    let mut host = Host::new(root.path(), "a");
    host.start("1");
    let checkpoint = host.dir.join("work/worker-0/checkpoint.json");
    wait("a checkpoint", &[&host], || checkpoint.exists());
    let saved: Value = serde_json::from_slice(&fs::read(&checkpoint).unwrap()).unwrap();
    let (build, counters) =
        (saved["build"].as_str().unwrap().to_owned(), saved["counters"].as_u64().unwrap());
    let [_, before] = host.memory();

    // Maps of ones, with real programs under them.
    let ones: Covers = (0..usize::try_from(counters).unwrap()).collect();
    let case = |i: usize| {
        let text = format!("go check a\n-- a/a.go --\npackage a\n\nvar X{i} int\n");
        SourceCase::from_txtar(&text).unwrap()
    };
    let entry = |build: &str, i: usize| {
        let entry = Entry { build: build.to_owned(), covers: ones.clone(), case: case(i) };
        entry.encode().unwrap()
    };
    (0..12).for_each(|i| put(&shared, "liar", None, &entry(&build, i)));
    // Beginnings of deflate streams, and garbage of one source and of a thousand.
    for i in 0..10_u8 {
        put(&shared, "bomb", None, &[&[0x78, 0x9c, 0xed, 0xc1, i][..], &[0; 400_000]].concat());
    }
    put(&shared, "big", None, &vec![b'x'; 64 << 20]);
    (0..9_000).for_each(|i| put(&shared, "garbage", None, format!("garbage {i}").as_bytes()));
    (0..1_000).for_each(|i| put(&shared, &format!("many-{i}"), None, format!("{i}").as_bytes()));
    // Findings: forged ones, and one whose program is harmless.
    let (finding, report) = planted("by nobody");
    let store = Store::open(&root.path().join("forger")).unwrap();
    store.save(&finding, CASE, &report, &[]).unwrap();
    let honest = parcel::encode(&store.path(&finding.id)).unwrap();
    let text = String::from_utf8(honest.clone()).unwrap();
    let other = "fatal-0123456789ab";
    put(&shared, "forger", Some(other), text.replace(&finding.id, other).as_bytes());
    put(&shared, "forger", Some("..-..-x"), text.replace(&finding.id, "../../x").as_bytes());
    put(&shared, "forger", Some(&finding.id), text.replace("-- a/a.go", "-- ../a/a.go").as_bytes());
    put(&shared, "reporter", Some(&finding.id), &honest);
    // Links to what is none of theirs.
    let secret = root.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    let minute = shared.join(Key::new("link", None, b"secret").to_string());
    std::os::unix::fs::symlink(&secret, &minute).unwrap();
    // Between all that, an entry that is worth a run.
    put(&shared, "honest", None, &entry("another-build", 99));

    wait("the liar is passed over", &[&host], || host.says("nothing more is taken from liar") == 1);
    wait("the harmless finding was run", &[&host], || host.has(&finding));
    wait("garbage is passed over", &[&host], || {
        ["garbage", "bomb"]
            .iter()
            .all(|s| host.says(&format!("nothing more is taken from {s}:")) == 1)
    });
    wait("a thousand names of one attacker are refused", &[&host], || {
        let text = fs::read_to_string(host.dir.join("work/sync.txt")).unwrap();
        let handled: BTreeSet<_> = text.lines().collect();
        (0..1_000).all(|i| handled.contains(digest(format!("{i}").as_bytes()).as_str()))
    });
    let [most, _] = host.memory();
    assert!(most < before + (64 << 20), "{} MiB more", most.saturating_sub(before) >> 20);
    assert!(!host.finding(&finding.id).unwrap().confirmed);
    assert!(host.finding(other).is_none());
    let summary = host.end();
    let (hit, total) = (&summary["coverage"]["hit"], &summary["coverage"]["total"]);
    assert!(hit.as_u64().unwrap() * 10 < total.as_u64().unwrap() * 9, "{hit} of {total}");
    let sync = &summary["sync"];
    assert!(sync["refused"].as_u64().unwrap() >= 1_000, "{sync}");
    // Twelve of the liar's, the harmless finding and the honest entry, at most.
    assert!((2..=14).contains(&sync["entries_received"].as_u64().unwrap()), "{sync}");
    assert!(sync["bytes_received"].as_u64().unwrap() < 8 << 20, "{sync}");
    let names = |dir: &Path| -> BTreeSet<String> {
        let names = fs::read_dir(dir).unwrap().flatten();
        names.map(|e| e.file_name().to_string_lossy().into_owned()).collect()
    };
    let want = ["a", "forger", "secret", "shared"].map(ToOwned::to_owned);
    assert_eq!(names(root.path()), BTreeSet::from(want));
    assert!(!names(&host.dir).contains("x"), "{:?}", names(&host.dir));
}

#[test]
fn urls_that_cannot_be_and_flags_that_are_gone() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("file"), "").unwrap();
    let fuzz = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_typerace"));
        command.args(["fuzz", "--execs", "1"]).args(args).current_dir(root.path());
        let output = command.env("TMPDIR", root.path()).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let file = format!("file://{}", root.path().join("file").display());
    for (args, want) in [
        (["--sync", "/mnt/x"], "file:///mnt/shared/x"),
        (["--sync", "10.0.0.7:4000"], "file:///mnt/shared/x"),
        (["--sync", &file], "is not a folder"),
        (["--shard", "9/8"], "1/8 for the first of eight"),
        (["--shard", "0/8"], "1/8 for the first of eight"),
        (["--listen", "4000"], "--sync file:///mnt/shared/x"),
        (["--connect", "one:4000"], "--sync file:///mnt/shared/x"),
    ] {
        let (code, err) = fuzz(&args);
        assert!(code == Some(2) && err.contains(want), "{args:?}: {code:?} {err}");
    }
}
