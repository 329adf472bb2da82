//! Does a test case leave something behind in the process?

use crate::finding::{Finding, Origin, growth};
use crate::harness::{End, Harness, HarnessError, RunRequest};

/// Runs before the first measurement: what is made once is made by then.
const WARM_UP: u32 = 20;

/// Parts of the runs; the heap is measured after each, and grows if it does in all.
const PARTS: u32 = 4;

/// A heap that grows by less for each execution keeps nothing of a test case: the
/// smallest object that go/types makes for one is larger. Maps of the runtime's own
/// wander by some bytes.
const LEAST: u64 = 64;

/// What repeating a test case in one process did to the heap.
#[derive(Clone, Debug)]
pub struct Growth {
    /// Live bytes after the warm-up and after each part.
    pub heap: Vec<u64>,
    /// Executions in each part.
    pub runs: u32,
    /// The finding, if the heap grew in every part.
    pub finding: Option<Finding>,
    /// The heap's profile at the end.
    pub profile: String,
    /// How the repetition ended early, if it did.
    pub stopped: Option<String>,
}

/// Repeats a test case in a fresh process. The harness's profile of that process has
/// every allocation, which costs time.
///
/// # Errors
/// The harness's.
pub fn repeat(
    harness: &mut Harness,
    request: &RunRequest<'_>,
    runs: u32,
    origin: &Origin,
) -> Result<Growth, HarnessError> {
    // A process that is replaced in between would start from nothing.
    let recycled = harness.set_recycle_after(u32::MAX);
    harness.recycle();
    let result = repeat_in(harness, request, (runs / PARTS).max(1), origin);
    harness.set_recycle_after(recycled);
    // It profiles everything.
    harness.recycle();
    result
}

fn repeat_in(
    harness: &mut Harness,
    request: &RunRequest<'_>,
    runs: u32,
    origin: &Origin,
) -> Result<Growth, HarnessError> {
    let scenario = &crate::scenario::Scenario { fresh: false, ..request.scenario.clone() };
    let request = &RunRequest { scenario, ..*request };
    harness.heap(true, false)?;
    let starts = harness.starts();
    let mut growth_seen =
        Growth { heap: Vec::new(), runs, finding: None, profile: String::new(), stopped: None };
    let mut first = String::new();
    for part in 0..=PARTS {
        for _ in 0..if part == 0 { WARM_UP } else { runs } {
            let outcome = harness.run(request)?;
            if !matches!(outcome.end, End::Replied) || harness.starts() != starts {
                growth_seen.stopped = Some("an execution ended the process".to_owned());
                return Ok(growth_seen);
            }
        }
        let heap = harness.heap(true, part == 0 || part == PARTS)?;
        if harness.starts() != starts {
            growth_seen.stopped = Some("the process was replaced".to_owned());
            return Ok(growth_seen);
        }
        growth_seen.heap.push(heap.live);
        growth_seen.profile = heap.profile;
        if part == 0 {
            first = growth_seen.profile.clone();
        }
    }
    let least = LEAST * u64::from(runs);
    if growth_seen.heap.windows(2).all(|w| w[1] > w[0] + least) {
        let (from, to) = (growth_seen.heap[0], growth_seen.heap[PARTS as usize]);
        let each = (to - from) / u64::from(runs * PARTS);
        growth_seen.finding =
            Some(growth(each, &first, &growth_seen.profile, request.scenario, origin));
    }
    Ok(growth_seen)
}
