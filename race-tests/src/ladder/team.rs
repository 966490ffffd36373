//! A rung's scenarios on several OS threads, and what comes of them in the scenarios' order.
//!
//! What a rung says must not depend on how many explore for it, so nothing is decided where a scenario is explored. The
//! scenarios are handed out one after the other; each is explored as if it were the only one; and the rung's own OS thread
//! looks at what came of them in their order, and stops at the first that settles its verdict. What was explored behind
//! that one is thrown away. One worker goes the same way as ten.

use super::seats::{self, Seat};
use crate::explore::{self, Progress};
use crate::options::Options;
use raceproof::explore::engine::{Stuck, Supervised};
use raceproof::explore::native::atomic::{AtomicBool, Ordering::Relaxed};
use raceproof::explore::native::{Arc, Mutex, mpsc};
use raceproof::explore::world::{self, Failure, Refused};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// How often the workers are looked after while nothing comes from them.
const TICK: Duration = Duration::from_millis(20);

/// What came of one item.
pub(crate) enum Came<T> {
    /// It was worked on to its end.
    Done {
        result: T,
        /// Whether the code under test asked which thread it runs on.
        told_apart: bool,
        /// Whether the worker's OS thread is of no more use: what failed there is not to be tried again.
        tainted: bool,
    },
    /// Its worker does not come back; with what it was at.
    Stuck(Stuck, Arc<Progress>),
}

/// Items that are still to be handed out.
struct Queue<I> {
    items: Box<dyn Iterator<Item = I> + Send>,
    next: u64,
    ended: bool,
}

/// An item, by its number, and what came of it.
type Seen<I, T> = (u64, (Arc<I>, Came<T>));

/// What a worker is at.
type At<I> = Arc<Mutex<Option<(u64, Arc<I>)>>>;

enum Event<I, T> {
    Came(u64, Arc<I>, Came<T>),
    /// This worker has ended of itself.
    Left(u64),
}

struct Worker<I> {
    number: u64,
    job: Supervised<()>,
    at: At<I>,
    progress: Arc<Progress>,
    /// Given back when the worker goes, however it goes.
    _seat: Option<Seat>,
}

/// Who works on a rung's items.
pub(crate) struct Team<'a, I, T> {
    /// How long they may be silent.
    options: &'a Options,
    /// How many are to work; otherwise as many as there are seats for.
    wanted: Option<usize>,
    queue: Arc<Mutex<Queue<I>>>,
    work: Arc<dyn Fn(&I) -> T + Send + Sync>,
    /// An OS thread for each item, because it may be of no use afterwards.
    one_each: bool,
    /// What its work counts for.
    progress: Arc<Progress>,
    workers: Vec<Worker<I>>,
    hired: u64,
    enough: Arc<AtomicBool>,
}

fn locked<T>(mutex: &Mutex<T>) -> raceproof::explore::native::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

impl<'a, I: Send + Sync + 'static, T: Send + 'static> Team<'a, I, T> {
    /// A team for these items. They are asked for in order, and only when somebody is there to work on them: where they
    /// depend on the time, that is when.
    pub(crate) fn new(
        options: &'a Options,
        items: impl Iterator<Item = I> + Send + 'static,
        work: impl Fn(&I) -> T + Send + Sync + 'static,
    ) -> Self {
        let queue = Queue { items: Box::new(items), next: 0, ended: false };
        Self {
            options,
            wanted: options.workers,
            queue: Arc::new(Mutex::new(queue)),
            work: Arc::new(work),
            one_each: false,
            progress: explore::told(),
            workers: Vec::new(),
            hired: 0,
            enough: Arc::default(),
        }
    }

    /// With an OS thread for each item, and for a rung that does not work itself.
    pub(crate) fn one_each(mut self, progress: &Arc<Progress>) -> Self {
        self.one_each = true;
        self.progress = Arc::clone(progress);
        self
    }

    /// For explorations under loom: one worker, unless a number was asked for. loom maps and unmaps a stack for each simulated
    /// thread of each execution, and a process's OS threads wait for each other there.
    pub(crate) fn under_loom(mut self) -> Self {
        self.wanted = self.wanted.or_else(|| (!seats::asked_for()).then_some(1));
        self
    }

    /// Works on the items, and shows what came of each to `look`, in their order, until it has seen enough.
    pub(crate) fn run<B>(mut self, mut look: impl FnMut(&I, Came<T>) -> ControlFlow<B>) -> Option<B> {
        let (tell, events) = mpsc::channel();
        let mut ready = BTreeMap::new();
        let mut looked = 0;
        let mut visited = Instant::now();
        loop {
            while let Some((item, came)) = ready.remove(&looked) {
                looked += 1;
                world::beat();
                let item: Arc<I> = item;
                if let ControlFlow::Break(settled) = look(&item, came) {
                    return Some(settled);
                }
            }
            let ended = {
                let queue = locked(&self.queue);
                if queue.ended && queue.next == looked {
                    return None;
                }
                queue.ended
            };
            if !ended {
                self.hire(&tell);
            }
            world::beat();
            match events.recv_timeout(TICK) {
                Ok(Event::Came(index, item, came)) => _ = ready.insert(index, (item, came)),
                Ok(Event::Left(number)) => self.workers.retain(|worker| worker.number != number),
                Err(_) => {}
            }
            if visited.elapsed() >= TICK {
                visited = Instant::now();
                ready.extend(self.stuck());
            }
        }
    }

    /// As many workers as there may be just now.
    fn hire(&mut self, tell: &mpsc::Sender<Event<I, T>>) {
        loop {
            let seat = match (self.workers.len(), self.wanted) {
                // The rung's own seat: its OS thread only waits meanwhile.
                (0, _) => None,
                (count, Some(wanted)) if count < wanted => None,
                (_, Some(_)) => return,
                (_, None) => match seats::spare() {
                    Some(seat) => Some(seat),
                    None => return,
                },
            };
            let at = At::<I>::default();
            let progress = Progress::part(&self.progress);
            let number = self.hired;
            let shift = Shift {
                number,
                queue: Arc::clone(&self.queue),
                work: Arc::clone(&self.work),
                at: Arc::clone(&at),
                progress: Arc::clone(&progress),
                enough: Arc::clone(&self.enough),
                tell: tell.clone(),
                one_each: self.one_each,
                makes_way: seat.is_some(),
            };
            match Supervised::start(self.options.patience, move || shift.work()) {
                Ok(job) => self.workers.push(Worker { number, job, at, progress, _seat: seat }),
                // Those who are there will do.
                Err(_) if !self.workers.is_empty() => return,
                Err(Stuck::Abandoned(Failure { message, .. })) => std::panic::panic_any(Refused(message)),
                Err(Stuck::Panicked(payload)) => std::panic::resume_unwind(payload),
            }
            self.hired += 1;
        }
    }

    /// The items whose workers do not come back.
    fn stuck(&mut self) -> Vec<Seen<I, T>> {
        let mut stuck = Vec::new();
        self.workers.retain_mut(|worker| {
            let Some(result) = worker.job.wait(Duration::ZERO) else { return true };
            let at = locked(&worker.at).take();
            match (result, at) {
                // It has told that it left; the message is on its way.
                (Ok(()), _) => {}
                (Err(why), Some((index, item))) => {
                    stuck.push((index, (item, Came::Stuck(why, Arc::clone(&worker.progress)))));
                }
                (Err(Stuck::Panicked(payload)), None) => std::panic::resume_unwind(payload),
                (Err(Stuck::Abandoned(Failure { message, .. })), None) => std::panic::panic_any(Refused(message)),
            }
            false
        });
        stuck
    }
}

impl<I, T> Drop for Team<'_, I, T> {
    fn drop(&mut self) {
        self.enough.store(true, Relaxed);
        for worker in &self.workers {
            worker.progress.cancelled.store(true, Relaxed);
        }
    }
}

impl<I> Queue<I> {
    fn take(&mut self) -> Option<(u64, I)> {
        let item = self.items.next();
        let Some(item) = item else {
            self.ended = true;
            return None;
        };
        self.next += 1;
        Some((self.next - 1, item))
    }
}

/// What a worker does, from when it is hired until it leaves.
struct Shift<I, T> {
    number: u64,
    queue: Arc<Mutex<Queue<I>>>,
    work: Arc<dyn Fn(&I) -> T + Send + Sync>,
    at: At<I>,
    progress: Arc<Progress>,
    enough: Arc<AtomicBool>,
    tell: mpsc::Sender<Event<I, T>>,
    one_each: bool,
    /// Whether it leaves as soon as there is a crowd.
    makes_way: bool,
}

impl<I, T> Shift<I, T> {
    fn work(self) {
        explore::tell(Arc::clone(&self.progress));
        // Relaxed: what is done in vain is only thrown away.
        while !(self.enough.load(Relaxed) || self.makes_way && seats::crowded()) {
            world::beat();
            // From taking an item on, whoever looks for it finds it here.
            let mut at = locked(&self.at);
            let Some((index, item)) = locked(&self.queue).take() else { break };
            let item = Arc::new(item);
            *at = Some((index, Arc::clone(&item)));
            drop(at);
            world::forget_told_apart();
            let result = (self.work)(&item);
            let tainted = world::tainted();
            let came = Came::Done { result, told_apart: world::told_apart(), tainted };
            *locked(&self.at) = None;
            // Nobody listens any more where enough has been seen.
            let _ = self.tell.send(Event::Came(index, item, came));
            if tainted || self.one_each {
                break;
            }
        }
        let _ = self.tell.send(Event::Left(self.number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn under_loom_one_works_where_nobody_asks_for_more() {
        let wanted = |workers| {
            let options = Options { workers, ..Options::default() };
            Team::new(&options, 0..8_u64, |_| ()).under_loom().wanted
        };
        assert_eq!(wanted(Some(3)), Some(3));
        // `RACEPROOF_WORKERS` asks for a number, too.
        assert_eq!(wanted(None), if seats::asked_for() { None } else { Some(1) });
    }
}
