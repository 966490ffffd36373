//! Runs a job on an OS thread of its own and survives whatever becomes of that thread.
//!
//! Code under test may loop without ever reaching the facade; then nothing inside its OS thread can stop it. And an
//! engine that has given up may be asked something by a destructor; then its OS thread stops for good. In both cases
//! the supervisor says what happened and abandons the thread, which costs its stack until the process ends.

use super::super::native::{atomic::AtomicU64, atomic::Ordering, mpsc, thread};
use super::super::world::{self, Failure, FailureKind};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Why a job has no result.
#[derive(Debug)]
pub enum Stuck {
    /// Its OS thread stopped for good, or shows no sign of life.
    Abandoned(Failure),
    /// It panicked.
    Panicked(Box<dyn Any + Send>),
}

/// A job under way on an OS thread of its own.
#[derive(Debug)]
pub struct Supervised<T> {
    patience: Duration,
    result: mpsc::Receiver<std::thread::Result<T>>,
    failure: mpsc::Receiver<Failure>,
    beats: &'static AtomicU64,
    /// The beat that was seen last.
    beat: u64,
    /// How long nothing has been heard since.
    quiet: Duration,
    looked: Instant,
}

/// What one look can add to the quiet time: who was kept from looking for longer, by a machine that is busy or asleep, knows
/// as little of the job, which was kept from beating too.
const LOOK: Duration = Duration::from_millis(100);

/// Runs `job` on an OS thread of its own and waits for it, as long as it shows signs of life (see [`world::beat`]) at
/// least every `patience`.
pub fn supervise<T: Send + 'static>(patience: Duration, job: impl FnOnce() -> T + Send + 'static) -> Result<T, Stuck> {
    let mut job = Supervised::start(patience, job)?;
    loop {
        if let Some(result) = job.wait(Duration::from_millis(20)) {
            return result;
        }
    }
}

impl<T: Send + 'static> Supervised<T> {
    /// Starts `job`. Whoever has started it is to look after it, with [`wait`](Self::wait).
    ///
    /// # Errors
    /// If the operating system has no thread for it.
    pub fn start(patience: Duration, job: impl FnOnce() -> T + Send + 'static) -> Result<Self, Stuck> {
        world::install_hook();
        // A few bytes a job, for good: an abandoned thread goes on beating.
        let beats: &'static AtomicU64 = Box::leak(Box::new(AtomicU64::new(0)));
        let (failed, failure) = mpsc::channel();
        let (done, result) = mpsc::channel();
        let spawned = thread::Builder::new().name("raceproof".to_owned()).stack_size(4 << 20).spawn(move || {
            world::supervised_by(failed, beats);
            let outcome = catch_unwind(AssertUnwindSafe(job));
            let _ = done.send(outcome);
        });
        match spawned {
            Ok(_) => {
                Ok(Self { patience, result, failure, beats, beat: 0, quiet: Duration::ZERO, looked: Instant::now() })
            }
            Err(error) => {
                let message = format!("no OS thread could be had for an exploration: {error}");
                Err(Stuck::Abandoned(Failure { kind: FailureKind::Refused, message, location: None }))
            }
        }
    }

    /// What came of the job, if it is over within `time` or is given up now; not to be asked again after that.
    pub fn wait(&mut self, time: Duration) -> Option<Result<T, Stuck>> {
        match self.result.recv_timeout(time) {
            Ok(Ok(value)) => return Some(Ok(value)),
            Ok(Err(payload)) => return Some(Err(Stuck::Panicked(payload))),
            Err(_) => {
                if let Ok(failure) = self.failure.try_recv() {
                    return Some(Err(Stuck::Abandoned(failure)));
                }
            }
        }
        // Relaxed: a number that only has to change some time.
        let beat = self.beats.load(Ordering::Relaxed);
        let since = std::mem::replace(&mut self.looked, Instant::now()).elapsed();
        if beat != self.beat {
            (self.beat, self.quiet) = (beat, Duration::ZERO);
        } else {
            self.quiet += since.min(LOOK);
        }
        if self.quiet >= self.patience {
            let message = format!(
                "nothing has happened for {} s: the code under test neither returns nor reaches raceproof's facade, \
                 so it cannot be stopped from inside",
                self.patience.as_secs_f32()
            );
            return Some(Err(Stuck::Abandoned(Failure { kind: FailureKind::Hung, message, location: None })));
        }
        None
    }
}
