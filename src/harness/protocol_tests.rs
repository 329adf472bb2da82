use super::super::shared_writes::{MadeBy, Meeting, Place, SharedWrite, Site};
use super::*;
use crate::testcase::SourceCase;

fn sample_reply() -> (RunReply, Vec<u8>) {
    let reply = RunReply {
        id: 9,
        races: 2,
        setup: Duration::from_nanos(3),
        concurrent: Duration::from_nanos(4),
        verdicts: vec![(Verdict::Valid, String::new()), (Verdict::TypeErrors, "no".into())],
        panics: vec![GoPanic {
            goroutine: 1,
            operation: 2,
            value: "nil".into(),
            stack: "goroutine 1".into(),
        }],
        operations: vec![("walk methods".into(), 3)],
        skipped: vec!["check b: no such package".into()],
        answers: vec![
            vec![Answer {
                operation: 1,
                subject: "a".into(),
                value: vec!["b".into(), "c".into()],
                note: "n".into(),
            }],
            vec![],
        ],
        resolutions: vec!["x.T: a.T".into()],
        steps: 7,
        trace: 8,
        leaks: vec!["goroutine 7".into()],
        heap: 6,
        changed: vec!["ast.Field.Doc in p".into()],
        shared: sample_shared(),
    };
    let mut w = Writer::new(0);
    w.u64(9);
    w.u32(2);
    w.u64(3);
    w.u64(4);
    w.list([(2u8, ""), (1, "no")].into_iter(), |w, (v, e)| {
        w.raw(&[v]);
        w.str(e);
    });
    w.count(1);
    w.u32(1);
    w.u32(2);
    w.str("nil");
    w.str("goroutine 1");
    w.count(1);
    w.str("walk methods");
    w.u32(3);
    w.list(["check b: no such package"].iter(), |w, s| w.str(s));
    w.count(2);
    w.count(1);
    w.u32(1);
    w.str("a");
    w.list(["b", "c"].iter(), |w, s| w.str(s));
    w.str("n");
    w.count(0);
    w.list(["x.T: a.T"].iter(), |w, s| w.str(s));
    w.u64(7);
    w.u64(8);
    w.list(["goroutine 7"].iter(), |w, s| w.str(s));
    w.u64(6);
    w.list(["ast.Field.Doc in p"].iter(), |w, s| w.str(s));
    w.u32(11);
    w.list(["go/types.f", "go/types.g"].iter(), |w, f| {
        w.str(f);
        w.str("a.go");
        w.u32(3);
    });
    w.count(1);
    [1, 2, 1].into_iter().for_each(|n| w.u32(n));
    w.raw(&[2, 1]);
    w.u32(7);
    w.count(1);
    [0, 2, 1, 0].into_iter().for_each(|n| w.u32(n));
    w.raw(&[1, 0]);
    // Length and kind are the caller's.
    (reply, w.finish().unwrap()[5..].to_vec())
}

fn sample_shared() -> SharedWrites {
    let site = |f: &str| Site { function: format!("go/types.{f}"), file: "a.go".into(), line: 3 };
    let place = |goroutine, operation| Place { goroutine, operation };
    SharedWrites {
        entries: 11,
        writes: vec![SharedWrite {
            place: place(1, 2),
            site: site("g"),
            made_by: MadeBy::Same,
            locked: true,
            between: 7,
        }],
        meetings: vec![Meeting {
            write: 0,
            place: place(2, 1),
            site: site("f"),
            is_write: true,
            locked: false,
        }],
    }
}

#[test]
fn a_reply_decodes() {
    let (want, frame) = sample_reply();
    let mut r = Reader::new(&frame);
    assert_eq!(RunReply::decode(&mut r), Ok(want));
    assert_eq!(r.end(), Ok(()));
}

#[test]
fn a_torn_reply_is_an_error_wherever_it_is_torn() {
    let (_, frame) = sample_reply();
    for n in 0..frame.len() {
        let torn = RunReply::decode(&mut Reader::new(&frame[..n]));
        assert!(matches!(torn, Err(WireError::Short { .. })), "{n}: {torn:?}");
    }
}

#[test]
fn any_bytes_decode_without_a_panic() {
    let (_, frame) = sample_reply();
    let mut rng = crate::rng::Rng::new(5);
    let mut errors = 0;
    for _ in 0..20_000 {
        let mut bad = frame.clone();
        for _ in 0..=rng.below(4) {
            let at = rng.below(bad.len());
            bad[at] = rng.next_u64() as u8;
        }
        errors += usize::from(RunReply::decode(&mut Reader::new(&bad)).is_err());
        let _ = parse_reply(&mut Reader::new(&bad));
        let _ = format_reply(&mut Reader::new(&bad));
        let _ = Hello::decode(&bad);
    }
    assert!(errors > 1000, "only {errors} mutants were refused");
}

#[test]
fn a_request_is_as_the_protocol_says() {
    let case = SourceCase::from_txtar(
        "share fset\nshare info\nimport source\nmeet start\nprocs 2\nrounds 3\nschedule seed 9\n\
         godebug gotypesalias=0\ngodebug x=1\nbefore check lib\ngo check a ; walk methods lib\n\
         go check a\n-- lib/lib.go --\npackage lib\n-- a/a.go --\npackage a\n",
    )
    .unwrap();
    let scenario = case.scenario.unwrap();
    let flags = RunFlags { answers: true, ..RunFlags::default() };
    let request = RunRequest { id: 5, ..RunRequest::new(&scenario, &case.packages) };
    let frame = request.with_flags(flags).encode().unwrap();
    let mut r = Reader::new(&frame[4..]);
    assert_eq!(r.u8("kind"), Ok(1));
    assert_eq!(r.u64("id"), Ok(5));
    assert_eq!(r.u32("flags"), Ok(2));
    assert_eq!(r.u32("procs"), Ok(2));
    assert_eq!(r.u32("rounds"), Ok(3));
    assert_eq!((r.bool("seeded"), r.u64("schedule")), (Ok(true), Ok(9)));
    assert_eq!(r.str("godebug").unwrap(), "gotypesalias=0,x=1");
    assert_eq!(r.str("import").unwrap(), "source");
    assert_eq!(r.strs("share").unwrap(), ["fset", "info"]);
    assert_eq!(r.strs("meet").unwrap(), ["start"]);
    assert_eq!(r.strs("before").unwrap(), ["check lib"]);
    let go = r.list("go", 4, |r| r.strs("ops")).unwrap();
    assert_eq!(go[0], ["check a", "walk methods lib"]);
    assert_eq!(go[1], ["check a"]);
    let packages = r
        .list("packages", 8, |r| {
            Ok((r.str("path")?, r.list("files", 8, |r| Ok((r.str("name")?, r.str("text")?)))?))
        })
        .unwrap();
    let files = |p: usize| (packages[p].0.as_str(), packages[p].1[0].1.as_str());
    assert_eq!((files(0), files(1)), (("lib", "package lib\n"), ("a", "package a\n")));
    assert_eq!(r.end(), Ok(()));
}

#[test]
fn a_hello_of_another_version_still_tells_its_version() {
    let hello = Hello::decode(&[1, 0, 0, 0, 0xff]).unwrap();
    assert_eq!(hello.version, 1);
    let same = u8::try_from(VERSION).unwrap();
    assert!(Hello::decode(&[same, 0, 0, 0, 0xff]).is_err());
}
