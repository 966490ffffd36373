//! Happens-before, by vector clocks over the facade's events, as C11's orderings say.
//!
//! The one thing to know: a Relaxed load or store gives no edge, even where the engine that made the trace took it for
//! sequentially consistent. So a race shows in an execution in which nothing went wrong.
//!
//! What gives an edge: starting and joining a thread; releasing and taking a lock; a store, or the release sequence that
//! it heads, that is Release and read by a load that is Acquire; the same with fences. (C++20, [intro.races] and
//! [atomics.fences]; a release sequence is continued by read-modify-writes alone.)

use super::{Moment, taken};
use raceproof::explore::event::{Access, Event, Object, Outcome, Sharing};
use std::collections::HashMap;
use std::sync::atomic::Ordering;

/// How far a thread has seen each thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Clock(Vec<u32>);

impl Clock {
    pub(super) fn get(&self, thread: usize) -> u32 {
        self.0.get(thread).copied().unwrap_or(0)
    }

    pub(super) fn tick(&mut self, thread: usize) {
        if self.0.len() <= thread {
            self.0.resize(thread + 1, 0);
        }
        self.0[thread] += 1;
    }

    pub(super) fn join(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = (*mine).max(*theirs);
        }
    }
}

/// Which edges count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Edges {
    /// All of them.
    All,
    /// All but those of these locks: the order in which they were taken is an accident of the schedule.
    Without(Vec<Object>),
    /// Starting and joining threads alone: what no schedule can change.
    Threads,
}

/// What a lock has seen of those who gave it back.
#[derive(Default)]
struct Lock {
    exclusive: Clock,
    shared: Clock,
}

/// The clocks of an execution, moment by moment.
pub(super) struct Clocks {
    edges: Edges,
    threads: Vec<Clock>,
    locks: HashMap<Object, Lock>,
    /// What the release sequence at the head of each atomic hands on.
    atomics: HashMap<Object, Clock>,
    /// By thread: what an acquire fence would take, from the Relaxed loads before it; what a Relaxed store after a release
    /// fence hands on.
    to_acquire: HashMap<usize, Clock>,
    released: HashMap<usize, Clock>,
}

fn acquires(ordering: Ordering) -> bool {
    matches!(ordering, Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst)
}

fn releases(ordering: Ordering) -> bool {
    matches!(ordering, Ordering::Release | Ordering::AcqRel | Ordering::SeqCst)
}

impl Clocks {
    pub(super) fn new(edges: Edges) -> Self {
        Self {
            edges,
            threads: Vec::new(),
            locks: HashMap::new(),
            atomics: HashMap::new(),
            to_acquire: HashMap::new(),
            released: HashMap::new(),
        }
    }

    /// What `thread` has seen.
    pub(super) fn of(&mut self, thread: usize) -> &mut Clock {
        if self.threads.len() <= thread {
            self.threads.resize_with(thread + 1, Clock::default);
        }
        &mut self.threads[thread]
    }

    /// Goes on by one moment. Afterwards the thread's clock is that of what it has just begun or ended.
    pub(super) fn advance(&mut self, moment: Moment<'_>) {
        match moment {
            Moment::Begin(event) => {
                self.begin(event);
                self.of(event.thread).tick(event.thread);
            }
            Moment::End(event) => {
                self.of(event.thread).tick(event.thread);
                self.end(event);
            }
        }
    }

    fn begin(&mut self, event: &Event) {
        let mine = self.of(event.thread).clone();
        match event.access {
            Access::Spawn => self.of(event.object.address).join(&mine),
            _ if self.edges == Edges::Threads => {}
            Access::Unlock(sharing) => self.give_back(event.object, sharing, &mine),
            Access::Wait { mutex, .. } => self.give_back(mutex, Sharing::Exclusive, &mine),
            _ => {}
        }
    }

    fn give_back(&mut self, lock: Object, sharing: Sharing, clock: &Clock) {
        if matches!(&self.edges, Edges::Without(locks) if locks.contains(&lock)) {
            return;
        }
        let lock = self.locks.entry(lock).or_default();
        match sharing {
            Sharing::Exclusive => lock.exclusive.join(clock),
            Sharing::Shared => lock.shared.join(clock),
        }
    }

    fn take(&mut self, thread: usize, lock: Object, sharing: Sharing) {
        let Some(lock) = self.locks.get(&lock) else { return };
        let mut seen = lock.exclusive.clone();
        if sharing == Sharing::Exclusive {
            seen.join(&lock.shared);
        }
        self.of(thread).join(&seen);
    }

    fn end(&mut self, event: &Event) {
        let thread = event.thread;
        match event.access {
            Access::Join => {
                let theirs = self.of(event.object.address).clone();
                self.of(thread).join(&theirs);
            }
            _ if self.edges == Edges::Threads => {}
            Access::Lock(sharing) | Access::TryLock(sharing) if taken(event) => {
                self.take(thread, event.object, sharing);
            }
            Access::Wait { mutex, .. } => self.take(thread, mutex, Sharing::Exclusive),
            Access::Load(ordering) => self.load(thread, event.object, ordering),
            Access::Store(ordering) => {
                let handed_on = self.handed_on(thread, ordering);
                self.atomics.insert(event.object, handed_on);
            }
            Access::Update(ordering) => self.update(thread, event.object, ordering),
            Access::Exchange { success, failure } => {
                // An exchange tells how it ended in its result's form.
                if matches!(&event.outcome, Outcome::Value(value) if value.starts_with("Err")) {
                    self.load(thread, event.object, failure);
                } else {
                    self.update(thread, event.object, success);
                }
            }
            Access::Fence(ordering) => {
                if acquires(ordering)
                    && let Some(seen) = self.to_acquire.remove(&thread)
                {
                    self.of(thread).join(&seen);
                }
                if releases(ordering) {
                    let mine = self.of(thread).clone();
                    self.released.insert(thread, mine);
                }
            }
            _ => {}
        }
    }

    fn load(&mut self, thread: usize, atomic: Object, ordering: Ordering) {
        let Some(seen) = self.atomics.get(&atomic).cloned() else { return };
        if acquires(ordering) {
            self.of(thread).join(&seen);
        } else {
            self.to_acquire.entry(thread).or_default().join(&seen);
        }
    }

    /// What a write of this thread hands on to who acquires it.
    fn handed_on(&mut self, thread: usize, ordering: Ordering) -> Clock {
        if releases(ordering) {
            self.of(thread).clone()
        } else {
            self.released.get(&thread).cloned().unwrap_or_default()
        }
    }

    fn update(&mut self, thread: usize, atomic: Object, ordering: Ordering) {
        self.load(thread, atomic, ordering);
        let handed_on = self.handed_on(thread, ordering);
        self.atomics.entry(atomic).or_default().join(&handed_on);
    }
}
