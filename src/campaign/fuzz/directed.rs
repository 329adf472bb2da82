//! Test cases that try to make a shared write race.

use crate::harness::Place;
use crate::scenario::{Meet, OperandMut, Operation, Order, Scenario};
use crate::sense::Lead;
use crate::testcase::TestCase;

/// How a test case tries.
#[derive(Clone, Copy)]
struct Try {
    /// With a reader of what was written; otherwise the operation runs against itself.
    against_reader: bool,
    /// The operations that came before the writer and the reader are done before the goroutines
    /// start. What they made is then shared.
    prepared: bool,
    /// The other goroutine comes first, and walks in the opposite order.
    reversed: bool,
    order: Interleaving,
}

/// Who decides the order of the goroutines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Interleaving {
    /// The runtime's scheduler.
    Free,
    /// A seed.
    Seeded,
    /// Each goroutine stops whenever it made such a write, at the first step after it, and lets the
    /// other one go to the same place. What others need to see the write in order, such as an atomic
    /// store, has not happened then.
    Stopped,
}

use Interleaving::{Free, Seeded, Stopped};

const fn own(prepared: bool, reversed: bool, order: Interleaving) -> Try {
    Try { against_reader: false, prepared, reversed, order }
}

const fn met(prepared: bool, reversed: bool, order: Interleaving) -> Try {
    Try { against_reader: true, ..own(prepared, reversed, order) }
}

/// What is tried for a write without a mutex: most promising first.
const OPEN: [Try; 9] = [
    own(false, false, Free),
    own(true, false, Free),
    met(false, false, Free),
    met(true, false, Free),
    own(true, false, Stopped),
    met(true, false, Stopped),
    own(true, true, Seeded),
    own(false, true, Seeded),
    met(false, true, Free),
];
/// The same for a write under a mutex.
const LOCKED: [Try; 4] = [
    own(true, false, Free),
    met(true, false, Free),
    own(true, false, Stopped),
    met(true, false, Stopped),
];
/// The bit of a schedule's seed that makes goroutines stop between two steps, which the lower 32 bits
/// name: see package schedule of the harness.
const BETWEEN: u64 = 1 << 40;

/// The test cases that follow a lead. `seed` seeds their interleavings, where schedules are wanted.
/// They have the program and the sharings of the test case, so they break no rule that it keeps.
pub fn directed(case: &TestCase, lead: &Lead, seed: Option<u64>) -> Vec<TestCase> {
    let tries: &[Try] = if lead.locked { &LOCKED } else { &OPEN };
    let mut scenarios: Vec<Scenario> = Vec::new();
    for (i, how) in tries.iter().enumerate() {
        let seed = match how.order {
            Free => None,
            Stopped if seed.is_none() || lead.between == 0 => continue,
            Stopped => Some(BETWEEN | u64::from(lead.between)),
            Seeded => seed.map(|seed| seed.wrapping_add(i as u64)),
        };
        let made = scenario(&case.scenario, lead, *how, seed);
        scenarios.extend(made.filter(|s| !scenarios.contains(s)));
    }
    scenarios.into_iter().map(|scenario| TestCase { scenario, ..case.clone() }).collect()
}

/// The operation of a lead against itself and against its reader, as they are and prepared, without
/// the tries that differ from these in nothing but the order.
pub fn mirrored(from: &Scenario, lead: &Lead) -> Vec<Scenario> {
    OPEN[..4].iter().filter_map(|how| scenario(from, lead, *how, None)).collect()
}

fn scenario(from: &Scenario, lead: &Lead, how: Try, schedule: Option<u64>) -> Option<Scenario> {
    let other = match how.against_reader {
        true => lead.reader?,
        false => lead.writer,
    };
    let mut scenario = Scenario { schedule, oracle: false, rounds: None, ..from.clone() };
    scenario.meet.insert(Meet::Start);
    let mut first = up_to(from, lead.writer)?.to_vec();
    let mut second = up_to(from, other)?.to_vec();
    if how.prepared {
        let last = first.split_off(first.len() - 1);
        scenario.before.append(&mut first);
        first = last;
        let last = second.split_off(second.len() - 1);
        if how.against_reader {
            scenario.before.append(&mut second);
        }
        second = last;
    }
    if how.reversed {
        second.iter_mut().for_each(turn_round);
        std::mem::swap(&mut first, &mut second);
    }
    scenario.go = vec![first, second];
    Some(scenario)
}

/// The operations of a goroutine up to one of them.
fn up_to(scenario: &Scenario, place: Place) -> Option<&[Operation]> {
    scenario.go.get(place.goroutine.checked_sub(1)?)?.get(..=place.operation)
}

/// Reverses a walk.
fn turn_round(op: &mut Operation) {
    for operand in op.operands_mut() {
        if let OperandMut::Order(order) = operand {
            *order = match order {
                Order::Reversed => Order::Declared,
                _ => Order::Reversed,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::Site;

    fn texts(writer: (usize, usize), reader: Option<(usize, usize)>, locked: bool) -> Vec<String> {
        let text = "share context\noracle sequential\nbefore check lib\n\
                    go check a ; walk methods a\ngo check b ; walk string lib";
        let scenario = Scenario::parse(text).unwrap().unwrap();
        let case = TestCase { scenario, packages: Vec::new() };
        let place = |(goroutine, operation)| Place { goroutine, operation };
        let (writer, reader) = (place(writer), reader.map(place));
        let lead = Lead { site: Site::default(), writer, reader, between: 4, locked };
        directed(&case, &lead, Some(7)).iter().map(|c| c.scenario.to_string()).collect()
    }

    #[test]
    fn an_operation_runs_against_itself() {
        let texts = texts((1, 1), None, false);
        assert_eq!(texts.len(), 5, "{texts:?}");
        assert!(texts[0].contains("go     check a ; walk methods a\ngo     check a ; walk"));
        assert!(texts[1].contains("before check lib ; check a\ngo     walk methods a\n"));
        // Its writer stops after the write.
        assert!(texts[2].contains("before check lib ; check a\ngo     walk methods a\n"));
        assert!(texts[2].contains(&format!("schedule seed {}", (1_u64 << 40) + 4)), "{}", texts[2]);
        assert!(texts[3].contains("go     walk methods a reversed\ngo     walk methods a\n"));
        assert!(texts[3].contains("schedule seed 13"));
        for text in &texts {
            assert!(text.contains("share context") && text.contains("meet start"), "{text}");
            assert!(!text.contains("oracle"), "{text}");
        }
    }

    #[test]
    fn an_operation_runs_against_a_reader() {
        let texts = texts((1, 1), Some((2, 1)), false).join("\n");
        assert!(
            texts.contains("go     check a ; walk methods a\ngo     check b ; walk string lib")
        );
        let prepared = "before check lib ; check a ; check b\ngo     walk methods a\n";
        assert!(texts.contains(&format!("{prepared}go     walk string lib")), "{texts}");
    }

    #[test]
    fn a_write_under_a_mutex_gets_fewer_tries() {
        assert_eq!(texts((1, 0), None, true).len(), 2);
        assert_eq!(texts((1, 0), Some((2, 1)), true).len(), 4);
        // A reply about another scenario.
        assert!(texts((3, 0), None, false).is_empty());
    }
}
