//! Waiting for at most a while, where there is no time.
//!
//! A timed wait lets its lock go, *decides* in a step of its own whether news has come, and takes the lock again. The
//! scheduler may put any amount of other work before the decision and after it, which gives every outcome that real time
//! gives: news came; the time was over before any news; the time was over, and news came before the lock was had again.
//! The last is what people forget. No engine is asked to wait, so a timed wait is never part of a deadlock.
//!
//! What it hides: the first time that a thread's wait runs out comes at any moment, but each further one comes only after
//! other threads have been let on (a loop of timed waits would otherwise be an execution without end). Where a waiter is
//! woken by a `notify_one` without the lock, between the waiter's registration and its letting go, real code may miss it.

use crate::explore::event::{Access, Deed, Object, Outcome};
use crate::explore::late::NEEDS_RESTART;
use crate::explore::world::{self, World};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::panic::Location;
use std::rc::Rc;
use std::sync::atomic::Ordering::Relaxed;

/// Who waits at a condition variable, the longest first.
#[derive(Debug)]
pub(super) struct Waiters {
    queue: Rc<RefCell<VecDeque<Waiter>>>,
    moment: Moment,
}

#[derive(Debug)]
enum Waiter {
    /// In the engine's own queue.
    Untimed,
    Timed(Flag),
}

/// Whether news has come for one timed wait.
#[derive(Clone, Debug)]
pub(super) struct Flag(Rc<Cell<bool>>);

/// What a decision and a notification both touch, so that the engine tries both orders: it does not see the queue. All
/// its orderings are Relaxed, because a notification orders nothing, the lock does; and it is read-modify-write only, so
/// that under loom there is nothing to choose but the moment.
#[derive(Clone, Debug)]
enum Moment {
    Loom(Rc<loom::sync::atomic::AtomicBool>),
    Shuttle(Rc<shuttle::sync::atomic::AtomicBool>),
    /// Nobody waits for a while in this exploration: a notification is spared one step.
    None,
}

thread_local! {
    /// Whether the code that this OS thread explores under loom waits for a while anywhere.
    static USED: Cell<bool> = const { Cell::new(false) };
}

/// Whether condition variables under loom are prepared for timed waits. A path says so too, since it has more steps then.
pub(crate) fn prepared() -> bool {
    USED.get()
}

/// Prepares them, or not: before the first execution of an exploration.
pub(crate) fn prepare(used: bool) {
    USED.set(used);
}

impl Moment {
    fn new() -> Self {
        match world::current() {
            World::Loom if USED.get() => {
                Self::Loom(Rc::new(world::engine(|| loom::sync::atomic::AtomicBool::new(false))))
            }
            World::Shuttle => Self::Shuttle(Rc::new(shuttle::sync::atomic::AtomicBool::new(false))),
            _ => Self::None,
        }
    }

    /// A step of the engine's.
    fn touch(&self) {
        match self {
            Self::Loom(moment) => _ = moment.swap(true, Relaxed),
            Self::Shuttle(moment) => _ = moment.swap(true, Relaxed),
            Self::None => {}
        }
    }
}

impl Waiters {
    /// Nobody waits.
    pub(super) fn new() -> Self {
        Self { queue: Rc::default(), moment: Moment::new() }
    }

    /// One more waits in the engine's queue.
    pub(super) fn untimed(&self) {
        self.queue.borrow_mut().push_back(Waiter::Untimed);
    }

    /// One more waits for at most a while.
    #[track_caller]
    pub(super) fn timed(&self) -> Waiting {
        if matches!(self.moment, Moment::None) {
            USED.set(true);
            world::refuse(format_args!("{NEEDS_RESTART}: the first timed wait of this exploration; run it again"));
        }
        let flag = Flag(Rc::default());
        self.queue.borrow_mut().push_back(Waiter::Timed(flag.clone()));
        Waiting { flag, queue: Rc::clone(&self.queue), moment: self.moment.clone() }
    }

    /// Wakes the one who has waited longest, if that is a timed wait; says whether it was.
    pub(super) fn notify_one(&self) -> bool {
        if matches!(self.moment, Moment::Shuttle(_)) && self.nobody_timed() {
            // Under shuttle every order is tried anyway.
            self.queue.borrow_mut().pop_front();
            return false;
        }
        self.moment.touch();
        match self.queue.borrow_mut().pop_front() {
            Some(Waiter::Timed(flag)) => {
                flag.0.set(true);
                true
            }
            Some(Waiter::Untimed) | None => false,
        }
    }

    /// Wakes all timed waits, and forgets the others: the engine wakes them.
    pub(super) fn notify_all(&self) {
        if !matches!(self.moment, Moment::Shuttle(_)) || !self.nobody_timed() {
            self.moment.touch();
        }
        for waiter in self.queue.borrow_mut().drain(..) {
            if let Waiter::Timed(flag) = waiter {
                flag.0.set(true);
            }
        }
    }

    fn nobody_timed(&self) -> bool {
        !self.queue.borrow().iter().any(|waiter| matches!(waiter, Waiter::Timed(_)))
    }
}

/// A timed wait under way.
pub(super) struct Waiting {
    flag: Flag,
    queue: Rc<RefCell<VecDeque<Waiter>>>,
    moment: Moment,
}

thread_local! {
    /// Who has run out of time in the execution on this OS thread: its number, and the threads'.
    static RUN_OUT: RefCell<(world::ExecutionId, Vec<usize>)> = const { RefCell::new((world::UNTOUCHED, Vec::new())) };
}

/// Notes that this thread's wait has run out; whether it is not the first time.
fn again() -> bool {
    let (id, me) = (world::id(), world::me());
    RUN_OUT.with_borrow_mut(|(execution, threads)| {
        if *execution != id {
            *execution = id;
            threads.clear();
        }
        let again = threads.contains(&me);
        if !again {
            threads.push(me);
        }
        again
    })
}

impl Waiting {
    /// Whether news has come until now.
    pub(super) fn decide(self, object: Object, location: &'static Location<'static>) -> bool {
        let describe = |news: &bool| Outcome::Value(if *news { "notified" } else { "timed out" }.to_owned());
        let news =
            world::operation(object, Deed::new("wait_timeout", Access::Update(Relaxed)), location, describe, || {
                world::engine(|| self.moment.touch());
                self.flag.0.get()
            });
        if !news {
            self.queue
                .borrow_mut()
                .retain(|waiter| !matches!(waiter, Waiter::Timed(flag) if Rc::ptr_eq(&flag.0, &self.flag.0)));
            if again() {
                crate::thread::give_way("time_passes", location);
            }
        }
        news
    }
}
