//! `park` and `unpark`: a token for each simulated thread, over the facade's own mutex and condition variable.
//!
//! std promises that what came before `unpark` is seen after the `park` that takes its token; the mutex gives that.

use super::current::Parked;
use crate::explore::world::{self, ExecutionId, World};
use crate::sync::{Condvar, Mutex, PoisonError};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// One thread's token.
#[derive(Default)]
struct Parker {
    token: Mutex<bool>,
    news: Condvar,
}

thread_local! {
    /// The parkers of the execution on this OS thread, by the threads' numbers.
    static PARKERS: RefCell<(ExecutionId, HashMap<usize, Arc<Parker>>)> = RefCell::default();
}

fn parker(number: usize) -> Arc<Parker> {
    let id = world::id();
    PARKERS.with_borrow_mut(|(execution, parkers)| {
        if *execution != id {
            *execution = id;
            parkers.clear();
        }
        Arc::clone(parkers.entry(number).or_default())
    })
}

/// Waits until somebody unparks this thread, or has already; takes that token.
#[track_caller]
pub fn park() {
    match world::current() {
        World::Std => return std::thread::park(),
        World::Sequential => {
            world::block("it parks itself, and nobody is there to unpark it".to_owned(), false);
        }
        World::Loom | World::Shuttle => {}
    }
    let parker = parker(world::me());
    let mut token = parker.token.lock().unwrap_or_else(PoisonError::into_inner);
    while !*token {
        token = parker.news.wait(token).unwrap_or_else(PoisonError::into_inner);
    }
    *token = false;
}

/// As [`park`], for at most about this long. In an exploration the time may be over at any moment.
#[track_caller]
pub fn park_timeout(duration: Duration) {
    match world::current() {
        World::Std => return std::thread::park_timeout(duration),
        World::Sequential => {
            world::refuse(format_args!(
                "`park_timeout` in a specification: it ends by `unpark` or by time, and the plain struct cannot say by \
                 which; explore the code with `#[race_test]`"
            ));
        }
        World::Loom | World::Shuttle => {}
    }
    let parker = parker(world::me());
    let token = parker.token.lock().unwrap_or_else(PoisonError::into_inner);
    if *token {
        let mut token = token;
        *token = false;
        return;
    }
    let (mut token, _) = parker.news.wait_timeout(token, duration).unwrap_or_else(PoisonError::into_inner);
    *token = false;
}

/// Lets the thread go on: now if it is parked, otherwise when it parks the next time.
#[track_caller]
pub(super) fn unpark(parked: &Parked) {
    match (parked, world::current()) {
        (Parked::Real(thread), World::Std) => thread.unpark(),
        (Parked::Simulated(execution, number), _) if *execution == world::id() => {
            // In a specification a started thread has run already.
            if world::current() != World::Sequential {
                let parker = parker(*number);
                *parker.token.lock().unwrap_or_else(PoisonError::into_inner) = true;
                parker.news.notify_one();
            }
        }
        _ => world::refuse(format_args!(
            "`Thread::unpark` of a thread of another world: a handle belongs to the execution that it was made in"
        )),
    }
}
