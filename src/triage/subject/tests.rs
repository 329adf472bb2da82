use super::*;
use crate::finding::test_support::fatal;

/// A finding in a release with one replaced file, and its crash directory.
fn stored(dir: &Path, keep: bool) -> Finding {
    let go = Toolchain::locate(&GoOptions::default(), &mut |_| ()).unwrap();
    let text: Arc<[u8]> = b"package types // mine\n"[..].into();
    let from = dir.join("mine.go");
    fs::write(&from, &text).unwrap();
    vouch(&text);
    vouch(tree_path(&go.goroot).as_bytes());
    let replaced = Replaced { file: "src/go/types/a.go".into(), from, content: Some(text) };
    let mut contents = BTreeMap::new();
    let file = record(&replaced, "overlay", keep, &mut contents);
    for (name, bytes) in contents {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    let subject = Subject {
        goroot: go.goroot.to_string_lossy().into_owned(),
        tree: checker_hash(&go.goroot, Checker::GoTypes),
        overlay: vec![file],
        ..Subject::default()
    };
    let mut finding = fatal("boom");
    finding.origin.go_version = go.version;
    finding.origin.subject = Some(Box::new(subject));
    finding
}

fn run(dir: &Path, finding: &Finding) -> Result<(GoOptions, Option<String>), SubjectError> {
    again(dir, Some(finding), GoOptions::default())
}

#[test]
fn a_kept_file_is_used_when_the_users_is_gone() {
    let tmp = tempfile::tempdir().unwrap();
    let finding = stored(tmp.path(), true);
    fs::remove_file(tmp.path().join("mine.go")).unwrap();
    let (options, note) = run(tmp.path(), &finding).unwrap();
    let overlay = fs::read_to_string(options.overlay.unwrap()).unwrap();
    assert!(overlay.contains("/subject/overlay/src/go/types/a.go"), "{overlay}");
    assert!(note.unwrap().contains("with src/go/types/a.go replaced"));
    // It is quoted too.
    let quotes = Quotes::of(tmp.path(), &finding);
    let quoted = quotes.read("/any/root/src/go/types/a.go");
    assert_eq!(quoted.as_deref(), Some("package types // mine\n"));
}

#[test]
fn a_file_that_was_not_kept_must_be_as_it_was() {
    let tmp = tempfile::tempdir().unwrap();
    let finding = stored(tmp.path(), false);
    assert!(run(tmp.path(), &finding).unwrap().0.overlay.is_some());
    fs::write(tmp.path().join("mine.go"), "package types // other\n").unwrap();
    let e = run(tmp.path(), &finding).unwrap_err();
    assert!(matches!(e, SubjectError::NoFile { .. }), "{e}");
    assert_eq!(Quotes::of(tmp.path(), &finding).read("/r/src/go/types/a.go"), None);
}

#[test]
fn a_users_choice_counts_more() {
    let tmp = tempfile::tempdir().unwrap();
    let finding = stored(tmp.path(), false);
    fs::remove_file(tmp.path().join("mine.go")).unwrap();
    let given = GoOptions { toolchain: Some("go1.27.3".into()), ..GoOptions::default() };
    assert_eq!(again(tmp.path(), Some(&finding), given.clone()).unwrap(), (given, None));
    assert_eq!(again(tmp.path(), None, GoOptions::default()).unwrap().0, GoOptions::default());
}

#[test]
fn a_local_tree_must_be_there_and_unchanged() {
    let tmp = tempfile::tempdir().unwrap();
    let mut finding = stored(tmp.path(), true);
    let subject = finding.origin.subject.as_mut().unwrap();
    subject.release = Some(false);
    subject.tree = "another".into();
    assert!(matches!(run(tmp.path(), &finding), Err(SubjectError::Changed { .. })));
    finding.origin.subject.as_mut().unwrap().goroot = "/nonexistent".into();
    assert!(matches!(run(tmp.path(), &finding), Err(SubjectError::NoTree { .. })));
}

/// finding.json may come from anywhere.
#[test]
fn a_path_does_not_lead_out_of_the_tree() {
    let tmp = tempfile::tempdir().unwrap();
    for bad in ["/etc/passwd", "src/../../x", "bin/go"] {
        let mut finding = stored(tmp.path(), true);
        finding.origin.subject.as_mut().unwrap().overlay[0].file = bad.into();
        assert!(matches!(run(tmp.path(), &finding), Err(SubjectError::Path(_))), "{bad}");
    }
    let mut finding = stored(tmp.path(), true);
    let file = &mut finding.origin.subject.as_mut().unwrap().overlay[0];
    (file.kept, file.from) = ("../mine.go".into(), String::new());
    assert!(matches!(run(tmp.path(), &finding), Err(SubjectError::NoFile { .. })));
}

/// Somebody else's go/types would run.
#[test]
fn a_strangers_code_is_not_compiled() {
    let tmp = tempfile::tempdir().unwrap();
    let mut finding = stored(tmp.path(), true);
    let evil = format!("package types // {:?}\n", std::time::SystemTime::now());
    let file = &mut finding.origin.subject.as_mut().unwrap().overlay[0];
    file.hash = hash(evil.as_bytes());
    fs::write(tmp.path().join(&file.kept), &evil).unwrap();
    let e = run(tmp.path(), &finding).unwrap_err();
    assert!(matches!(e, SubjectError::Stranger(_)), "{e}");
    // It may be quoted.
    let quotes = Quotes::of(tmp.path(), &finding);
    assert_eq!(quotes.read("/r/src/go/types/a.go"), Some(evil));

    // A tree of theirs is not even asked for its version.
    let mut finding = stored(tmp.path(), true);
    let subject = finding.origin.subject.as_mut().unwrap();
    (subject.goroot, subject.release) = (tmp.path().display().to_string(), Some(false));
    fs::create_dir(tmp.path().join("bin")).unwrap();
    let go = tmp.path().join("bin/go");
    fs::write(&go, format!("#!/bin/sh\ntouch {}/ran\n", tmp.path().display())).unwrap();
    fs::set_permissions(&go, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let e = run(tmp.path(), &finding).unwrap_err();
    assert!(matches!(e, SubjectError::Stranger(_)), "{e}");
    assert!(!tmp.path().join("ran").exists());
}
