//! Several harness processes at once.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use crate::harness::{EnvError, Harness, HarnessConfig, HarnessError};

type Job = Box<dyn FnOnce(&mut Harness) + Send>;

/// Threads with a harness each: its process dies with the thread that started
/// it, so one thread keeps it all the time.
pub(crate) struct Pool {
    jobs: Option<Sender<Job>>,
    queue: Arc<Mutex<Receiver<Job>>>,
    config: HarnessConfig,
    nice: bool,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// Starts `n` harnesses.
    ///
    /// # Errors
    /// The first that does not start.
    pub fn start(n: usize, config: &HarnessConfig, nice: bool) -> Result<Self, EnvError> {
        let (jobs, queue) = channel::<Job>();
        let mut pool = Self {
            jobs: Some(jobs),
            queue: Arc::new(Mutex::new(queue)),
            config: config.clone(),
            nice,
            threads: Vec::new(),
        };
        pool.grow(n.max(1))?;
        Ok(pool)
    }

    /// Starts `n` more.
    ///
    /// # Errors
    /// The first that does not start.
    pub fn grow(&mut self, n: usize) -> Result<(), EnvError> {
        let (ready, started) = channel();
        let nice = self.nice;
        for _ in 0..n {
            let (queue, config, ready) =
                (Arc::clone(&self.queue), self.config.clone(), ready.clone());
            self.threads.push(std::thread::spawn(move || {
                if nice {
                    crate::harness::lower_priority();
                }
                match Harness::start(config) {
                    Ok(mut harness) => {
                        let _ = ready.send(Ok(()));
                        drop(ready);
                        work(&queue, &mut harness);
                    }
                    Err(e) => {
                        let _ = ready.send(Err(e));
                    }
                }
            }));
        }
        drop(ready);
        started.iter().collect()
    }

    /// How many there are.
    pub fn size(&self) -> usize {
        self.threads.len()
    }

    /// Does something with any of the harnesses; the answer comes through the
    /// channel.
    pub fn submit<T: Send + 'static>(
        &self,
        answer: Sender<Result<T, HarnessError>>,
        f: impl FnOnce(&mut Harness) -> Result<T, HarnessError> + Send + 'static,
    ) {
        if let Some(jobs) = &self.jobs {
            // Nothing waits for the answer if the search was given up.
            let _ = jobs.send(Box::new(move |harness| {
                let _ = answer.send(f(harness));
            }));
        }
    }

    /// Does one thing and waits for it.
    ///
    /// # Errors
    /// The harness's.
    pub fn ask<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Harness) -> Result<T, HarnessError> + Send + 'static,
    ) -> Result<T, HarnessError> {
        let (answer, result) = channel();
        self.submit(answer, f);
        // A thread that has ended gives no answer.
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
