//! Runs several harness processes in parallel.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use crate::harness::{EnvError, Harness, HarnessConfig, HarnessError};

type Job = Box<dyn FnOnce(&mut Harness) + Send>;

/// Threads with one harness each. A process dies with the thread that started it, so the same
/// thread keeps it all the time.
pub(crate) struct Pool {
    jobs: Option<Sender<Job>>,
    queue: Arc<Mutex<Receiver<Job>>>,
    config: HarnessConfig,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// Starts `n` harnesses.
    ///
    /// # Errors
    /// The error of the first harness that does not start.
    pub fn start(n: usize, config: &HarnessConfig) -> Result<Self, EnvError> {
        let (jobs, queue) = channel::<Job>();
        let mut pool = Self {
            jobs: Some(jobs),
            queue: Arc::new(Mutex::new(queue)),
            config: config.clone(),
            threads: Vec::new(),
        };
        pool.grow(n.max(1))?;
        Ok(pool)
    }

    /// Starts `n` more.
    ///
    /// # Errors
    /// The error of the first harness that does not start.
    pub fn grow(&mut self, n: usize) -> Result<(), EnvError> {
        let (ready, started) = channel();
        for _ in 0..n {
            let (queue, config, ready) =
                (Arc::clone(&self.queue), self.config.clone(), ready.clone());
            self.threads.push(std::thread::spawn(move || match Harness::start(config) {
                Ok(mut harness) => {
                    let _ = ready.send(Ok(()));
                    drop(ready);
                    work(&queue, &mut harness);
                }
                Err(e) => {
                    let _ = ready.send(Err(e));
                }
            }));
        }
        drop(ready);
        started.iter().collect()
    }

    /// The number of harnesses.
    pub fn size(&self) -> usize {
        self.threads.len()
    }

    /// Runs a job on any of the harnesses; the answer arrives through the channel.
    pub fn submit<T: Send + 'static>(
        &self,
        answer: Sender<Result<T, HarnessError>>,
        f: impl FnOnce(&mut Harness) -> Result<T, HarnessError> + Send + 'static,
    ) {
        if let Some(jobs) = &self.jobs {
            // If the search was abandoned, nothing waits for the answer.
            let _ = jobs.send(Box::new(move |harness| {
                let _ = answer.send(f(harness));
            }));
        }
    }

    /// Runs one job and waits for it.
    ///
    /// # Errors
    /// The harness's.
    pub fn ask<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Harness) -> Result<T, HarnessError> + Send + 'static,
    ) -> Result<T, HarnessError> {
        let (answer, result) = channel();
        self.submit(answer, f);
        // A thread that has ended sends no answer.
        result.recv().unwrap_or(Err(HarnessError::Interrupted))
    }
}

fn work(queue: &Mutex<Receiver<Job>>, harness: &mut Harness) {
    loop {
        let job = match queue.lock() {
            Ok(queue) => queue.recv(),
            Err(_) => return,
        };
        match job {
            Ok(job) => job(harness),
            Err(_) => return,
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}
