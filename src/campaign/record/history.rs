//! The last executions: a failure may belong to one of them.

use std::collections::VecDeque;

use crate::testcase::SourceCase;

/// Executions that are stored with a failure that could not be confirmed.
const KEPT: usize = 8;

/// How much a process's heap may grow over all its executions. A process runs some
/// thousands: what each leaves behind is found out at some tens of kilobytes.
const GROWTH: u64 = 64 << 20;

/// The last executions, oldest first, and the heap that the harness had first.
#[derive(Debug, Default)]
pub(super) struct History {
    cases: VecDeque<SourceCase>,
    /// The process's number and its heap after its first collection.
    heap: Option<(u64, u64)>,
}

impl History {
    /// Notes an execution that is over.
    pub(super) fn push(&mut self, case: &SourceCase) {
        if self.cases.len() == KEPT {
            self.cases.pop_front();
        }
        self.cases.push_back(case.clone());
    }

    /// The execution before.
    pub(super) fn last(&self) -> Option<&SourceCase> {
        self.cases.back()
    }

    /// Files for a crash directory.
    pub(super) fn files(&self) -> Vec<(String, String)> {
        let file = |(i, case): (usize, &SourceCase)| (format!("last/{i}.txtar"), case.to_txtar());
        self.cases.iter().enumerate().map(file).collect()
    }

    /// By how much the heap of a process grew since its first collection, if that is
    /// more than test cases account for.
    pub(super) fn growth(&mut self, process: u64, heap: u64) -> Option<u64> {
        if heap == 0 {
            return None;
        }
        match self.heap {
            Some((of, first)) if of == process => {
                heap.checked_sub(first).filter(|&grown| grown > GROWTH)
            }
            _ => {
                self.heap = Some((process, heap));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_ones_are_kept_in_order() {
        let mut history = History::default();
        for i in 0..KEPT + 3 {
            history.push(&SourceCase::from_go("x.go", format!("package p{i}\n")));
        }
        let files = history.files();
        assert_eq!((files.len(), files[0].0.as_str()), (KEPT, "last/0.txtar"));
        assert!(files[0].1.contains("package p3\n"), "{}", files[0].1);
        assert!(history.last().unwrap().to_txtar().contains(&format!("package p{}", KEPT + 2)));
    }

    #[test]
    fn growth_is_of_one_process() {
        let mut history = History::default();
        let own = 5 << 20;
        assert_eq!(history.growth(1, 0), None, "not measured yet");
        assert_eq!(history.growth(1, own), None);
        assert_eq!(history.growth(1, own + GROWTH), None);
        assert_eq!(history.growth(1, own + GROWTH + 1), Some(GROWTH + 1));
        assert_eq!(history.growth(2, own + GROWTH + 1), None, "another one");
    }
}
