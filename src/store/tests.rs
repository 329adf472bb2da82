use std::collections::BTreeSet;
use std::process::Command;

use super::*;
use crate::finding::{End, Exit, Observed, Origin, findings};
use crate::scenario::{Class, Scenario};

fn finding(message: &str, scenario: &str) -> Finding {
    let output = format!("fatal error: {message}\n");
    let scenario = Scenario::parse(scenario).unwrap().unwrap();
    let origin = Origin { seed: 7, ancestors: vec!["a".into()], ..Origin::default() };
    let seen = Observed {
        reports: "",
        end: End::Died { exit: Exit::Code(2), output: &output },
        panics: &[],
        scenario: &scenario,
        sequential: false,
        origin: &origin,
    };
    findings(&seen).remove(0)
}

fn bug() -> Finding {
    finding("boom", "go check a")
}

fn breach() -> Finding {
    finding("boom", "share info\ngo check a")
}

fn names(dir: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name != "go.mod").collect()
}

#[test]
fn its_folder_is_a_module_of_its_own() {
    let tmp = tempfile::tempdir().unwrap();
    let go_mod = tmp.path().join("crashes/go.mod");
    let store = Store::open(&tmp.path().join("crashes")).unwrap();
    // A command may be refused after it opened the store.
    assert!(!go_mod.exists());
    store.save(&bug(), "t", "r", &[]).unwrap();
    assert!(fs::read_to_string(&go_mod).unwrap().ends_with("\nmodule crashes\n"));
    let listing = store.list().unwrap();
    assert!(listing.findings.len() == 1 && listing.problems.is_empty());
    // The user's own stays.
    fs::write(&go_mod, "module mine\n").unwrap();
    store.save(&breach(), "t", "r", &[]).unwrap();
    assert_eq!(fs::read_to_string(&go_mod).unwrap(), "module mine\n");
    // A folder with a package in it is not taken out of its module.
    fs::remove_file(&go_mod).unwrap();
    fs::write(store.dir().join("a.go"), "package a\n").unwrap();
    fs::remove_dir_all(store.path(&bug().id)).unwrap();
    store.save(&bug(), "t", "r", &[]).unwrap();
    assert!(!go_mod.exists());
    // Removed while a campaign runs.
    fs::remove_dir_all(store.dir()).unwrap();
    store.save(&bug(), "t", "r", &[]).unwrap();
    assert!(go_mod.is_file());
}

#[test]
fn a_finding_is_stored_once() {
    let tmp = tempfile::tempdir().unwrap();
    let store = Store::open(&tmp.path().join("a/crashes")).unwrap();
    let f = bug();
    let saved =
        store.save(&f, "go check a\n", "text", &[("repro/main.go", b"package main\n")]).unwrap();
    assert_eq!(saved, Saved::New(store.path(&f.id)));
    assert_eq!(store.save(&f, "other", "other", &[]).unwrap(), Saved::Known(store.path(&f.id)));
    assert_eq!(fs::read_to_string(saved.path().join(TESTCASE)).unwrap(), "go check a\n");
    assert_eq!(fs::read_to_string(saved.path().join("repro/main.go")).unwrap(), "package main\n");
    assert_eq!(names(store.dir()), BTreeSet::from([f.id.clone()]));
    let listing = store.list().unwrap();
    assert_eq!(listing.findings, [(store.path(&f.id), f)]);
    assert!(listing.problems.is_empty());
}

#[test]
fn eight_threads_store_one() {
    let tmp = tempfile::tempdir().unwrap();
    let store = Store::open(tmp.path()).unwrap();
    let new: usize = std::thread::scope(|s| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                s.spawn(|| {
                    let save = |f: &Finding| store.save(f, "t", "r", &[]).unwrap();
                    let fs: Vec<_> = ["a", "b", "c"].map(|m| finding(m, "go check a")).to_vec();
                    fs.iter().filter(|f| matches!(save(f), Saved::New(_))).count()
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).sum()
    });
    assert_eq!(new, 3);
    assert_eq!(store.list().unwrap().findings.len(), 3);
    assert_eq!(names(tmp.path()).len(), 3);
}

#[test]
fn a_graver_class_replaces() {
    let tmp = tempfile::tempdir().unwrap();
    let store = Store::open(tmp.path()).unwrap();
    let (bug, breach) = (bug(), breach());
    assert_eq!(bug.id, breach.id);
    assert_eq!((bug.class, breach.class), (Class::Bug, Class::Breach));
    assert!(breach.rules.iter().all(|r| r.elements == ["share info"]));
    let path = store.path(&bug.id);
    assert_eq!(store.save(&breach, "breach", "r", &[]).unwrap(), Saved::New(path.clone()));
    assert_eq!(store.save(&bug, "bug", "r", &[]).unwrap(), Saved::Raised(path.clone()));
    assert_eq!(store.save(&breach, "breach", "r", &[]).unwrap(), Saved::Known(path.clone()));
    assert_eq!(fs::read_to_string(path.join(TESTCASE)).unwrap(), "bug");
    assert_eq!(read(&path).unwrap(), bug);
    assert_eq!(names(tmp.path()).len(), 1);
}

#[test]
fn raising_at_once_leaves_one_bug() {
    for _ in 0..20 {
        let tmp = tempfile::tempdir().unwrap();
        let store = Store::open(tmp.path()).unwrap();
        let (bug, breach) = (bug(), breach());
        std::thread::scope(|s| {
            for f in [&breach, &bug, &breach, &bug] {
                s.spawn(|| store.save(f, f.class.as_str(), "r", &[]).unwrap());
            }
        });
        let stored = store.list().unwrap().findings;
        assert_eq!(stored.len(), 1);
        assert_eq!(stored[0].1.class, Class::Bug);
        assert_eq!(fs::read_to_string(stored[0].0.join(TESTCASE)).unwrap(), "bug");
        assert_eq!(names(tmp.path()).len(), 1);
    }
}

#[test]
fn what_dead_processes_left_is_taken_in() {
    let tmp = tempfile::tempdir().unwrap();
    let store = Store::open(tmp.path()).unwrap();
    let f = bug();
    store.save(&f, "t", "r", &[]).unwrap();
    let whole = tmp.path().join(".tmp-1-0-x");
    fs::rename(store.path(&f.id), &whole).unwrap();
    let half = tmp.path().join(".tmp-1-1-y");
    fs::create_dir(&half).unwrap();
    fs::write(half.join(TESTCASE), "t").unwrap();
    // A directory on which a living process is working stays.
    let living = Building::new(tmp.path(), "z").unwrap();
    Store::open(tmp.path()).unwrap();
    let living_name = living.path.file_name().unwrap().to_str().unwrap().to_owned();
    assert_eq!(names(tmp.path()), BTreeSet::from([f.id.clone(), living_name]));
    assert_eq!(read(&store.path(&f.id)).unwrap(), f);
    // If the signature is already stored, a second copy is not kept.
    fs::create_dir(&whole).unwrap();
    fs::write(whole.join(FINDING), f.to_json().unwrap()).unwrap();
    drop(living);
    Store::open(tmp.path()).unwrap();
    assert_eq!(names(tmp.path()), BTreeSet::from([f.id]));
}

#[test]
fn a_file_is_no_store() {
    let tmp = tempfile::tempdir().unwrap();
    let file = tmp.path().join("f");
    fs::write(&file, "").unwrap();
    for path in [file.clone(), file.join("below")] {
        let e = Store::open(&path).unwrap_err();
        assert!(matches!(&e, StoreError::NotADirectory(p) if *p == path), "{e}");
        assert!(Store::existing(&path).is_err());
    }
    let missing = tmp.path().join("missing");
    assert!(Store::existing(&missing).is_err() && !missing.exists());
    assert!(Store::existing(tmp.path()).unwrap().list().unwrap().findings.is_empty());
}

/// Root may write everywhere except in /proc.
#[test]
fn no_write_access_is_reported_at_once() {
    let e = Store::open(Path::new("/proc/self/fdinfo")).unwrap_err();
    assert!(e.to_string().contains("/proc/self/fdinfo"), "{e}");
    assert!(Store::open(Path::new("/proc/nothing")).is_err());
}

#[test]
fn foreign_and_broken_directories_are_reported() {
    let tmp = tempfile::tempdir().unwrap();
    let store = Store::open(tmp.path()).unwrap();
    let f = bug();
    store.save(&f, "t", "r", &[]).unwrap();
    fs::write(tmp.path().join("README"), "").unwrap();
    fs::create_dir(tmp.path().join(".git")).unwrap();
    for (name, text) in [("a", "{"), ("b", r#"{"version": 2}"#), ("c", r#"{"version": 1}"#)] {
        fs::create_dir(tmp.path().join(name)).unwrap();
        fs::write(tmp.path().join(name).join(FINDING), text).unwrap();
    }
    fs::create_dir(tmp.path().join("d")).unwrap();
    let listing = store.list().unwrap();
    assert_eq!(listing.findings.len(), 1);
    let told: Vec<_> = listing.problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 4, "{told:?}");
    for (text, want) in
        told.iter().zip(["a/finding.json", "version 2", "missing field", "d/finding.json"])
    {
        assert!(text.contains(want), "{text}");
    }
    // Nothing is overwritten, neither a foreign directory nor a file.
    let other = finding("other", "go check a");
    fs::create_dir(store.path(&other.id)).unwrap();
    fs::write(store.path(&other.id).join("x"), "x").unwrap();
    assert!(matches!(store.save(&other, "t", "r", &[]), Err(StoreError::Occupied(_))));
    let third = finding("third", "go check a");
    fs::write(store.path(&third.id), "x").unwrap();
    assert!(matches!(store.save(&third, "t", "r", &[]), Err(StoreError::Occupied(_))));
    assert!(names(tmp.path()).iter().all(|n| !n.starts_with(TEMPORARY)));
}

#[test]
fn findings_are_updated_whole() {
    let tmp = tempfile::tempdir().unwrap();
    let store = Store::open(tmp.path()).unwrap();
    let mut f = bug();
    assert!(store.update_finding(&f.id, &f).is_err());
    store.save(&f, "t", "r", &[]).unwrap();
    f.reproduced = Some([3, 10]);
    f.confirmed = true;
    store.update_finding(&f.id, &f).unwrap();
    assert_eq!(read(&store.path(&f.id)).unwrap(), f);
    store.put(&f.id, "repro/go.mod", b"module repro\n").unwrap();
    for name in ["../x", "/x", "", "repro/", "a/../../x"] {
        assert!(store.put(&f.id, name, b"").is_err(), "{name}");
        assert!(store.save(&finding("n", "go check a"), "", "", &[(name, b"")]).is_err(), "{name}");
    }
    assert_eq!(
        names(&store.path(&f.id)),
        BTreeSet::from([FINDING, REPORT, TESTCASE, "repro"].map(String::from))
    );
}

/// A small file system: one page for each file, and few pages.
#[test]
fn a_full_disk_leaves_nothing_behind() {
    let tmp = tempfile::tempdir().unwrap();
    let mount = |args: &[&str]| Command::new(args[0]).args(&args[1..]).arg(tmp.path()).output();
    match mount(&["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs"]) {
        Ok(o) if o.status.success() => {}
        _ => {
            eprintln!("skipped: mounting a small file system is not allowed here");
            return;
        }
    }
    let result = std::panic::catch_unwind(|| {
        let store = Store::open(tmp.path()).unwrap();
        let f = bug();
        let big = "x".repeat(200_000);
        let e = store.save(&f, "t", &big, &[]).unwrap_err();
        assert!(matches!(e, StoreError::Full { .. }), "{e}");
        assert!(e.to_string().contains(REPORT), "{e}");
        assert!(names(tmp.path()).is_empty());
        assert!(matches!(store.save(&f, "t", "small", &[]), Ok(Saved::New(_))));
        // On a full disk, updating a file keeps its old text.
        let _ = fs::write(tmp.path().join("fill"), &big);
        assert!(matches!(store.put(&f.id, REPORT, big.as_bytes()), Err(StoreError::Full { .. })));
        assert_eq!(fs::read_to_string(store.path(&f.id).join(REPORT)).unwrap(), "small");
    });
    let _ = mount(&["umount"]);
    result.unwrap();
}

#[test]
fn a_work_folder_is_no_store() {
    let tmp = tempfile::tempdir().unwrap();
    let work = tmp.path().join("work");
    fs::create_dir_all(work.join("corpus")).unwrap();
    Store::existing(&work).unwrap();
    fs::write(work.join("lock"), "").unwrap();
    let e = Store::existing(&work).unwrap_err();
    assert!(
        e.to_string().contains("fuzz --work") && e.to_string().contains("fuzz --crashes"),
        "{e}"
    );
    // One folder for both.
    Store::open(&work).unwrap().save(&bug(), "t", "r", &[]).unwrap();
    fs::remove_file(work.join("go.mod")).unwrap();
    Store::existing(&work).unwrap();
}
