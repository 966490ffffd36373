//! Numbers of actors, which never come back, and small ones of threads: no two threads have one at the same time, and those
//! of threads that have ended come back.
//!
//! A number comes back under a lock, and is taken under it: so who takes it comes after all that the one before has put
//! into the rings of that number, and goes on where that one has stopped.

#[cfg(feature = "explore")]
use crate::explore::native::{Mutex, atomic};
#[cfg(not(feature = "explore"))]
use crate::sync::{Mutex, atomic};
use crate::thread::thread_local;
use std::cell::Cell;
use std::ptr::null;

/// A number for a new actor. No engine's affair: it says nothing of the order in which actors were made.
pub(super) fn of_actor() -> u64 {
    static NEXT: atomic::AtomicU64 = atomic::AtomicU64::new(1);
    // Relaxed: a number, which publishes nothing.
    NEXT.fetch_add(1, atomic::Ordering::Relaxed)
}

struct Numbers {
    next: usize,
    free: Vec<usize>,
}

/// In an exploration simulated threads have the engine's numbers, and this is for real ones alone.
static NUMBERS: Mutex<Numbers> = Mutex::new(Numbers { next: 0, free: Vec::new() });

fn take() -> usize {
    // Nothing panics under this lock.
    let mut numbers = NUMBERS.lock().unwrap_or_else(|e| e.into_inner());
    numbers.free.pop().unwrap_or_else(|| {
        numbers.next += 1;
        numbers.next - 1
    })
}

fn give_back(number: usize) {
    NUMBERS.lock().unwrap_or_else(|e| e.into_inner()).free.push(number);
}

/// A thread's number, which it gives back when it ends.
struct Own(Cell<Option<usize>>);

impl Drop for Own {
    fn drop(&mut self) {
        forget();
        if let Some(number) = self.0.get() {
            give_back(number);
        }
    }
}

/// Rings that a thread remembers, by the number of their actor.
const NEAR: usize = 16;
type Near = [Cell<(u64, *const ())>; NEAR];

thread_local! {
    static OWN: Own = const { Own(Cell::new(None)) };
    /// Without a destructor, so that asking is a load.
    static RINGS: Near = const { [const { Cell::new((0, null())) }; NEAR] };
}

/// Runs `body` with the calling thread's number, and whether it is the thread's for good. A thread that is about to end has
/// one for this time.
pub(super) fn with_own<R>(body: impl FnOnce(usize, bool) -> R) -> R {
    #[cfg(feature = "explore")]
    if crate::explore::world::simulates() {
        return body(crate::explore::world::me(), false);
    }
    let kept = OWN.try_with(|own| {
        let number = own.0.get().unwrap_or_else(take);
        own.0.set(Some(number));
        number
    });
    match kept {
        Ok(number) => body(number, true),
        Err(_) => {
            /// Gives it back, also when unwinding.
            struct Lent(usize);
            impl Drop for Lent {
                fn drop(&mut self) {
                    give_back(self.0);
                }
            }
            let lent = Lent(take());
            body(lent.0, false)
        }
    }
}

/// The calling thread's ring in an actor, if the thread remembers it. Never in an execution.
#[inline(always)]
pub(super) fn near(actor: u64) -> Option<*const ()> {
    #[cfg(feature = "explore")]
    if crate::explore::world::simulates() {
        return None;
    }
    RINGS.with(|rings| {
        let (of, ring) = rings[actor as usize % NEAR].get();
        (of == actor).then_some(ring)
    })
}

/// Remembers a ring for as long as the thread has its number.
pub(super) fn remember(actor: u64, ring: *const ()) {
    RINGS.with(|rings| rings[actor as usize % NEAR].set((actor, ring)));
}

fn forget() {
    RINGS.with(|rings| rings.iter().for_each(|ring| ring.set((0, null()))));
}
