use super::*;
use crate::bisect::turns;
use crate::triage::Tally;

fn commits(n: usize) -> Vec<Commit> {
    (0..n).map(|i| Commit { hash: i.to_string(), subject: String::new() }).collect()
}

/// What a search over a row of states finds, and how many it tried.
fn found(row: &str) -> Result<(String, usize), RepoError> {
    let states: Vec<char> = row.chars().collect();
    let mut tried = 0;
    let (steps, _) = search::<RepoError>(&commits(states.len()), |c| {
        tried += 1;
        let i: usize = c.hash.parse().unwrap();
        Ok(match states[i] {
            '?' => Step::skipped(&c.hash, String::new()),
            s => Step::ran(&c.hash, Tally { hits: u32::from(s == 'x'), runs: 1 }),
        })
    })?;
    let turns = turns(&steps);
    assert_eq!(turns.len(), 1, "{steps:?}");
    Ok((format!("{}-{}", turns[0].from, turns[0].to), tried))
}

#[test]
fn few_are_tried() {
    assert_eq!(found(".x").unwrap(), ("0-1".to_owned(), 2));
    assert_eq!(found("...x").unwrap().0, "2-3");
    assert_eq!(found("xxx.....").unwrap().0, "2-3");
    let (turn, tried) = found(&format!("{}{}", ".".repeat(700), "x".repeat(324))).unwrap();
    assert_eq!(turn, "699-700");
    assert!(tried <= 12, "{tried}");
}

#[test]
fn what_cannot_be_built_is_gone_around() {
    assert_eq!(found("..?x").unwrap().0, "1-3");
    assert_eq!(found("..????xxxx").unwrap().0, "1-6");
    for row in ["??", "?x", "x?", "xx", ".."] {
        assert!(matches!(found(row), Err(RepoError::Range(_))), "{row}");
    }
}

fn git(dir: &Path, args: &[&str]) {
    let output = Command::new("git")
        .arg("-C")
        .arg(dir)
        .args(["-c", "user.name=a", "-c", "user.email=a", "-c", "commit.gpgsign=false"])
        .args(args)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_commit_becomes_an_overlay() {
    let tmp = tempfile::tempdir().unwrap();
    let (dir, goroot) = (tmp.path().join("repo"), tmp.path().join("go"));
    let types = dir.join(FOLDER);
    fs::create_dir_all(&types).unwrap();
    git(&dir, &["init", "-q"]);
    for (name, text) in [("a.go", "1"), ("a_test.go", "t")] {
        fs::write(types.join(name), text).unwrap();
    }
    git(&dir, &["add", "."]);
    git(&dir, &["commit", "-qm", "one"]);
    fs::write(dir.join("README"), "").unwrap();
    git(&dir, &["add", "."]);
    git(&dir, &["commit", "-qm", "elsewhere"]);
    fs::write(types.join("b.go"), "2").unwrap();
    git(&dir, &["add", "."]);
    git(&dir, &["commit", "-qm", "two: with a colon"]);

    let checkout = Checkout::open(&dir).unwrap();
    let commits = checkout.commits("HEAD~2", "HEAD").unwrap();
    let subjects: Vec<_> = commits.iter().map(|c| c.subject.as_str()).collect();
    assert_eq!(subjects, ["one", "two: with a colon"]);
    for (from, to, why) in [
        ("HEAD", "HEAD~2", "does not descend"),
        ("HEAD", "HEAD", "the same commit"),
        ("HEAD~2", "HEAD~1", "no commit between"),
        ("--all", "HEAD", "--all is not a revision"),
        ("nope", "HEAD", "nope is not a revision"),
    ] {
        let e = checkout.commits(from, to).unwrap_err().to_string();
        assert!(e.contains(why), "{e}");
    }

    let old = goroot.join(FOLDER);
    fs::create_dir_all(&old).unwrap();
    for name in ["a.go", "gone.go", "gone_test.go"] {
        fs::write(old.join(name), "old").unwrap();
    }
    let overlay = checkout.overlay(&commits[1], &goroot, &tmp.path().join("out")).unwrap();
    let json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(overlay).unwrap()).unwrap();
    let replaced = json["Replace"].as_object().unwrap();
    let of = |name: &str| replaced.get(old.join(name).to_str().unwrap()).and_then(|v| v.as_str());
    assert_eq!(of("gone.go"), Some(""));
    assert_eq!(of("gone_test.go"), None);
    assert_eq!(fs::read_to_string(of("b.go").unwrap()).unwrap(), "2");
    assert_eq!(fs::read_to_string(of("a.go").unwrap()).unwrap(), "1");
    assert!(Checkout::open(tmp.path()).is_err());
}
