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

/// Runs `job` on an OS thread of its own and waits for it, as long as it shows signs of life (see [`world::beat`]) at
/// least every `patience`.
pub fn supervise<T: Send + 'static>(patience: Duration, job: impl FnOnce() -> T + Send + 'static) -> Result<T, Stuck> {
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
    if let Err(error) = spawned {
        let message = format!("no OS thread could be had for an exploration: {error}");
        return Err(Stuck::Abandoned(Failure { kind: FailureKind::Refused, message, location: None }));
    }
    let mut last = (0, Instant::now());
    loop {
        match result.recv_timeout(Duration::from_millis(20)) {
            Ok(Ok(value)) => return Ok(value),
            Ok(Err(payload)) => return Err(Stuck::Panicked(payload)),
            Err(_) => {
                if let Ok(failure) = failure.try_recv() {
                    return Err(Stuck::Abandoned(failure));
                }
            }
        }
        let now = beats.load(Ordering::Relaxed);
        if now != last.0 {
            last = (now, Instant::now());
        } else if last.1.elapsed() >= patience {
            let message = format!(
                "nothing has happened for {} s: the code under test neither returns nor reaches raceproof's facade, \
                 so it cannot be stopped from inside",
                patience.as_secs_f32()
            );
            return Err(Stuck::Abandoned(Failure { kind: FailureKind::Hung, message, location: None }));
        }
    }
}
