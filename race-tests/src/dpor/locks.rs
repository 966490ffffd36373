//! Who holds which lock, and what each thread's next step would be: can it be taken, and does it need a choice?

use raceproof::explore::event::{Access, Object, Sharing};
use raceproof::explore::world::watch::{self, Step};
use std::collections::HashMap;

/// A thread at a switch.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    /// What it does next concerns nobody else: it goes on at once.
    Local,
    /// It would take this step.
    Step(Step),
    /// It waits for a lock; this is the step it would take.
    Waits(Step),
}

/// The locks of the execution under way, as far as its log goes.
#[derive(Debug, Default)]
pub(super) struct Locks {
    /// The entries of the log that are taken into account.
    read: usize,
    held: HashMap<Object, Held>,
    /// Whether giving a lock back is a step that needs a choice. Only who tries a lock without waiting can tell.
    pub(super) unlocks: bool,
}

#[derive(Debug, Default)]
struct Held {
    readers: usize,
    writer: bool,
}

impl Held {
    fn free_for(&self, sharing: Sharing) -> bool {
        !self.writer && (sharing == Sharing::Shared || self.readers == 0)
    }

    fn take(&mut self, sharing: Sharing) {
        match sharing {
            Sharing::Exclusive => self.writer = true,
            Sharing::Shared => self.readers += 1,
        }
    }

    fn give_back(&mut self, sharing: Sharing) {
        match sharing {
            Sharing::Exclusive => self.writer = false,
            Sharing::Shared => self.readers = self.readers.saturating_sub(1),
        }
    }
}

impl Locks {
    /// An execution begins.
    pub(super) fn clear(&mut self) {
        self.read = 0;
        self.held.clear();
    }

    /// Takes into account what has been done since the last time, and shows it.
    pub(super) fn catch_up(&mut self, mut show: impl FnMut(&Step)) {
        watch::with_log(|log| {
            for step in &log[self.read..] {
                self.apply(step);
                show(step);
            }
            self.read = log.len();
        });
    }

    fn apply(&mut self, step: &Step) {
        let object = match step.access {
            Access::Wait { mutex, .. } => mutex,
            Access::Lock(_) | Access::TryLock(_) | Access::Unlock(_) => step.object,
            _ => return,
        };
        let held = self.held.entry(object).or_default();
        match step.access {
            Access::Lock(sharing) => held.take(sharing),
            Access::TryLock(sharing) if held.free_for(sharing) => held.take(sharing),
            Access::Unlock(sharing) => held.give_back(sharing),
            Access::Wait { .. } if step.stage == 1 => held.give_back(Sharing::Exclusive),
            Access::Wait { .. } if step.stage == 2 => held.take(Sharing::Exclusive),
            _ => {}
        }
    }

    fn free(&self, object: Object, sharing: Sharing) -> bool {
        self.held.get(&object).is_none_or(|held| held.free_for(sharing))
    }

    /// What a thread that the engine would let go on does next.
    pub(super) fn next(&self, thread: usize) -> Next {
        let Some(pending) = watch::pending(thread) else { return Next::Local };
        // The stage of the choice that it waits for.
        let step = Step { stage: pending.stage + 1, ..pending };
        let choice = |free| if free { Next::Step(step) } else { Next::Waits(step) };
        match (step.access, step.stage) {
            (Access::Wait { .. }, 1) => Next::Step(step),
            (Access::Wait { mutex, .. }, 2) => choice(self.free(mutex, Sharing::Exclusive)),
            // It has had its choice, and is on its way through the engine.
            (_, 2..) => Next::Local,
            (Access::Lock(sharing), _) => choice(self.free(step.object, sharing)),
            (Access::Unlock(_), _) if !self.unlocks => Next::Local,
            (
                Access::Load(_)
                | Access::Store(_)
                | Access::Update(_)
                | Access::Exchange { .. }
                | Access::TryLock(_)
                | Access::Unlock(_)
                | Access::NotifyOne
                | Access::NotifyAll
                | Access::Park { .. }
                | Access::Unpark,
                _,
            ) => Next::Step(step),
            // The engine lets a thread join only one that has ended, so nothing can come between.
            (
                Access::Join
                | Access::Spawn
                | Access::Fence(_)
                | Access::Yield
                | Access::Read
                | Access::Write
                | Access::Call
                | Access::Return
                | Access::Wait { .. },
                _,
            ) => Next::Local,
        }
    }

    /// What a thread would do that the engine does not let go on, if that is a step at all.
    pub(super) fn blocked(thread: usize) -> Option<Step> {
        let pending = watch::pending(thread)?;
        Some(Step { stage: pending.stage + 1, ..pending })
    }
}
