//! Determines whether a test case leaves something behind in the process.

use crate::finding::{Finding, Origin, growth};
use crate::harness::{End, Harness, HarnessError, RunRequest};

/// Runs before the first measurement, by which everything that is made only once exists. The tables
/// of the Go runtime and the harness grow for about 200 runs.
const WARM_UP: u32 = 100;

/// The number of parts that the runs are divided into. The heap is measured after each. It counts
/// as growing if it grows in every part, and again in every one of as many more.
const PARTS: u32 = 4;

/// If the heap grows by less than this for each execution, it keeps nothing of the test case: the
/// smallest object that go/types makes for one is larger. The runtime's own maps vary by some
/// bytes.
const LEAST: u64 = 64;

/// The effect on the heap of repeating a test case in one process.
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
    /// Why the repetition ended early, if it did.
    pub stopped: Option<String>,
}

/// Repeats a test case in a fresh process. The harness profiles every allocation in that process,
/// which costs time.
///
/// # Errors
/// The harness's.
pub fn repeat(
    harness: &mut Harness,
    request: &RunRequest<'_>,
    runs: u32,
    origin: &Origin,
) -> Result<Growth, HarnessError> {
    // If the process were replaced in between, the measurement would start over.
    let recycled = harness.set_recycle_after(u32::MAX);
    harness.recycle();
    let result = repeat_in(harness, request, (runs / PARTS).max(1), origin);
    harness.set_recycle_after(recycled);
    // The process profiles every allocation.
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
