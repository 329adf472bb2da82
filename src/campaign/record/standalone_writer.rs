//! Writes the standalone programs of stored findings while the campaign goes on.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::triage::standalone;

/// A thread that writes the program and the text of crash directories.
#[derive(Debug)]
pub(super) struct StandaloneWriter {
    queue: Option<Sender<PathBuf>>,
    thread: Option<JoinHandle<()>>,
    failed: Arc<Mutex<Vec<String>>>,
}

impl Default for StandaloneWriter {
    fn default() -> Self {
        let (queue, paths) = channel();
        let failed = Arc::<Mutex<Vec<String>>>::default();
        let to = Arc::clone(&failed);
        let thread = std::thread::spawn(move || work(&paths, &to));
        Self { queue: Some(queue), thread: Some(thread), failed }
    }
}

impl StandaloneWriter {
    /// Has a crash directory's program written, or written again.
    pub(super) fn write(&self, path: PathBuf) {
        if let Some(queue) = &self.queue {
            // The thread ends with the queue; if it panicked, that was said.
            let _ = queue.send(path);
        }
    }

    /// What could not be written since this was asked last.
    pub(super) fn failed(&self) -> Vec<String> {
        std::mem::take(&mut *self.failed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ends when all is written.
    pub(super) fn end(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for StandaloneWriter {
    fn drop(&mut self) {
        self.end();
    }
}

fn work(paths: &Receiver<PathBuf>, failed: &Mutex<Vec<String>>) {
    while let Ok(first) = paths.recv() {
        // What is asked for again meanwhile is written once, as it is then.
        let mut batch = vec![first];
        while let Ok(path) = paths.try_recv() {
            if !batch.contains(&path) {
                batch.push(path);
            }
        }
        for path in batch {
            if let Err(e) = standalone::write(&path) {
                let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                failed.push(format!("{}: {e}", path.display()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_is_said_and_the_end_waits() {
        let mut writer = StandaloneWriter::default();
        for _ in 0..3 {
            writer.write(PathBuf::from("/nonexistent/crash"));
        }
        writer.end();
        let failed = writer.failed();
        assert!((1..=3).contains(&failed.len()), "{failed:?}");
        assert!(failed[0].contains("/nonexistent/crash"), "{failed:?}");
        assert!(writer.failed().is_empty());
    }
}
