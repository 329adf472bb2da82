//! Does a test case leave something behind in the process?

use crate::finding::{Finding, Origin, growth};
use crate::harness::{End, Harness, HarnessError, RunRequest};

/// Runs before the first measurement: what is made once is made by then. The Go runtime
/// and the harness make tables larger for some 200 runs.
const WARM_UP: u32 = 100;

/// Parts of the runs; the heap is measured after each, and grows if it does in all, and
/// in all of as many more.
const PARTS: u32 = 4;

/// A heap that grows by less for each execution keeps nothing of a test case: the
/// smallest object that go/types makes for one is larger. Maps of the runtime's own
/// wander by some bytes.
const LEAST: u64 = 64;

/// What repeating a test case in one process did to the heap.
#[derive(Clone, Debug)]
pub struct Growth {
    /// Live bytes after the warm-up and after each part. There are twice as many parts if
    /// the heap grew in all of the first half.
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
    let least = LEAST * u64::from(runs);
    let grows = |heap: &[u64]| heap.windows(2).all(|w| w[1] > w[0] + least);
    for part in 0..=2 * PARTS {
        if part > PARTS && !grows(&growth_seen.heap) {
            break;
        }
        for _ in 0..if part == 0 { WARM_UP } else { runs } {
            let outcome = harness.run(request)?;
            if !matches!(outcome.end, End::Replied) || harness.starts() != starts {
                growth_seen.stopped = Some("an execution ended the process".to_owned());
                return Ok(growth_seen);
            }
        }
        let heap = harness.heap(true, part == 0 || part == 2 * PARTS)?;
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
    let heap = &growth_seen.heap;
    if let [from, .., to] = heap[..]
        && heap.len() > 2 * PARTS as usize
        && grows(heap)
    {
        let each = (to - from) / u64::from(runs * 2 * PARTS);
        growth_seen.finding =
            Some(growth(each, &first, &growth_seen.profile, request.scenario, origin));
    }
    Ok(growth_seen)
}
