use super::*;
use crate::finding::test_support::fatal;

fn race(id: &str, sides: &str, class: Class) -> Finding {
    Finding {
        id: id.to_owned(),
        kind: Kind::DataRace,
        class,
        signature: format!("data-race: {sides}"),
        reproduced: Some([5, 5]),
        ..fatal("x")
    }
}

fn root(id: &str) -> Root {
    let title = id.to_owned();
    Root { id: id.to_owned(), title, issues: Vec::new(), by: RootBy::Patch, tried: Vec::new() }
}

fn minimize(id: &str, time: Duration) -> Option<Job> {
    Some(Job::Minimize(id.to_owned(), time))
}

/// The next job, done at once.
fn next(queue: &mut Queue) -> Option<Job> {
    let job = queue.take(false);
    job.iter().for_each(|job| queue.release(job.id()));
    job
}

#[test]
fn a_crash_comes_before_races() {
    let mut queue = Queue::default();
    queue.add(&race("a", "x / y", Class::Bug), 9);
    queue.add(&Finding { kind: Kind::Panic, ..race("b", "z", Class::Bug) }, 9);
    queue.add(&Finding { kind: Kind::Panic, ..race("c", "w", Class::Unstated) }, 9);
    queue.add(&Finding { kind: Kind::Hang, ..race("d", "v", Class::Bug) }, 9);
    let mut roots = Vec::new();
    while let Some(Job::Root(id)) = next(&mut queue) {
        queue.set_root(&id, None);
        roots.push(id);
    }
    assert_eq!(roots, ["b", "a", "d", "c"]);
}

#[test]
fn roots_and_programs_take_turns() {
    let root_of = |id: &str| Some(Job::Root(id.to_owned()));
    let mut queue = Queue::default();
    assert_eq!(queue.add(&race("u", "x / y", Class::Unstated), 9), None);
    assert_eq!(queue.add(&race("a", "f / g", Class::Bug), 40), None);
    assert_eq!(queue.add(&race("b", "g / h", Class::Bug), 20), None);
    assert_eq!(next(&mut queue), root_of("a"));
    // b shares a function with a.
    let (is_new, presumed) = queue.set_root("a", Some(root("R1")));
    assert!(is_new && presumed.len() == 1 && presumed[0].0 == "b");
    assert!(presumed[0].1.id == "R1" && presumed[0].1.is_presumed());
    assert_eq!(next(&mut queue), minimize("a", SHORT));
    queue.set_program("a", 1.0, false);
    assert_eq!(next(&mut queue), root_of("u"));
    assert!(queue.set_root("u", Some(root("R8"))).0);
    let presumed = queue.add(&race("c", "h / f", Class::Bug), 5).unwrap();
    assert!(presumed.id == "R1" && presumed.is_presumed());
    assert_eq!(next(&mut queue), minimize("u", SHORT));
    queue.set_failed("u", false);
    assert_eq!((queue.progress(), queue.waiting()), ((1, 2), 1));
    assert_eq!(next(&mut queue), root_of("b"));
    assert!(!queue.is_finished());
    assert!(!queue.set_root("b", Some(root("R1"))).0);
    assert_eq!(next(&mut queue), root_of("c"));
    assert!(!queue.set_root("c", None).0);
    // With more time, u may show again.
    assert!(!queue.is_finished());
    assert_eq!(next(&mut queue), minimize("u", LONG));
    queue.set_failed("u", true);
    assert!(queue.is_finished());
    assert_eq!(next(&mut queue), Some(Job::Consequence("a".to_owned())));
    queue.set_consequence("a");
    assert_eq!(next(&mut queue), minimize("a", LONG));
    queue.set_program("a", 1.0, true);
    assert_eq!(next(&mut queue), None);
    let leak = Finding { kind: Kind::Leak, ..race("l", "z", Class::Bug) };
    assert_eq!(queue.add(&leak, 3), None);
    assert_eq!(next(&mut queue), minimize("l", SHORT), "it stands for itself");
}

#[test]
fn while_roots_are_unknown_unlike_findings_are_minimized() {
    let mut queue = Queue::default();
    for (id, sides, lines) in [("a", "f / g", 40), ("b", "g / h", 20), ("c", "x / y", 50)] {
        queue.add(&race(id, sides, Class::Bug), lines);
    }
    assert_eq!(queue.take(true), minimize("b", SHORT));
    queue.set_program("b", 1.0, true);
    assert_eq!(queue.take(true), minimize("c", SHORT), "a is like b");
    queue.set_failed("c", true);
    assert_eq!(queue.take(true), None);
    assert!(queue.is_busy());
    ["b", "c"].iter().for_each(|id| queue.release(id));
    assert!(!queue.is_finished());
    assert_eq!(queue.take(false), Some(Job::Root("b".to_owned())), "the small one first");
    assert_eq!(queue.take(false), Some(Job::Root("a".to_owned())), "another does that");
}

#[test]
fn the_one_that_minimizes_best_stands_for_a_root() {
    let mut queue = Queue::default();
    for (id, lines, shown) in [("a", 90, 5), ("b", 30, 5), ("c", 10, 1), ("d", 50, 5), ("e", 9, 1)]
    {
        let finding = race(id, id, Class::Bug);
        queue.add(&Finding { reproduced: Some([shown, 5]), ..finding }, lines);
        queue.set_root(id, Some(root("R1")));
    }
    // Those that show often come first, the shortest of them at once.
    for (id, rate) in [("b", 0.2), ("d", 0.1), ("a", 0.4)] {
        assert_eq!(queue.next(), minimize(id, SHORT));
        queue.set_program(id, rate, true);
    }
    assert_eq!(queue.next(), Some(Job::Consequence("a".to_owned())), "three were tried");
    assert_eq!(queue.progress(), (1, 1));
}
