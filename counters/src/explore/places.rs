//! Memory whose addresses are the same puzzle in each execution.
//!
//! Where addresses are compared, as by an actor's mailbox, it decides what an exchange does whether something lies where an
//! earlier one lay. An allocator answers that one way in this execution and another way in the next, and an engine that takes
//! a path again would find another program. Here the place that was left last is always the next to be taken: the same in
//! each execution, and the answer that is the hardest for a list of such places (the ABA problem).

use super::world::{self, ExecutionId, STD};
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::RefCell;
use std::mem::MaybeUninit;
use std::ptr::NonNull;

/// Places that were left, for the next ones of the same execution.
struct Left {
    execution: ExecutionId,
    places: Vec<(Layout, NonNull<u8>)>,
}

thread_local! {
    static LEFT: RefCell<Left> = const { RefCell::new(Left { execution: STD, places: Vec::new() }) };
}

impl Left {
    /// Frees what another execution has left.
    fn enter(&mut self, execution: ExecutionId) {
        if self.execution != execution {
            self.clear();
            self.execution = execution;
        }
    }

    fn clear(&mut self) {
        for (layout, place) in self.places.drain(..) {
            // SAFETY: allocated with this layout, and nobody uses it.
            unsafe { dealloc(place.as_ptr(), layout) };
        }
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        self.clear();
    }
}

/// Room for a `T`, uninitialised.
pub(crate) fn take<T>() -> NonNull<T> {
    let layout = Layout::new::<T>();
    if !world::simulates() || layout.size() == 0 {
        return NonNull::from(Box::leak(Box::new(MaybeUninit::<T>::uninit()))).cast();
    }
    let left = LEFT.with_borrow_mut(|left| {
        left.enter(world::id());
        let at = left.places.iter().rposition(|(of, _)| *of == layout)?;
        Some(left.places.remove(at).1)
    });
    // SAFETY: the layout has a size.
    let place = left.or_else(|| NonNull::new(unsafe { alloc(layout) }));
    place.unwrap_or_else(|| handle_alloc_error(layout)).cast()
}

/// Gives it back.
///
/// # Safety
/// `place` is from [`take`] for this `T`, holds nothing that needs to be dropped, and is not used again.
pub(crate) unsafe fn leave<T>(place: NonNull<T>) {
    let layout = Layout::new::<T>();
    let kept = world::simulates()
        && layout.size() > 0
        && LEFT
            .try_with(|left| {
                let mut left = left.borrow_mut();
                left.enter(world::id());
                left.places.push((layout, place.cast()));
            })
            .is_ok();
    if !kept {
        // SAFETY: by the caller's promise; a box of this type is memory of this layout.
        drop(unsafe { Box::from_raw(place.as_ptr().cast::<MaybeUninit<T>>()) });
    }
}

#[cfg(test)]
mod tests {
    use super::{leave, take};
    use crate::explore::engine::{Flow, loom as loom_engine};
    use crate::explore::native::Arc;
    use crate::explore::native::atomic::{AtomicUsize, Ordering::Relaxed};

    /// Whatever the allocator does meanwhile.
    #[test]
    fn the_place_that_was_left_last_is_taken_next() {
        let agreed = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&agreed);
        loom_engine::explore(&loom_engine::Config::default(), move || {
            let places = [take::<[u64; 5]>(), take()];
            let waste = places.map(|place| {
                // SAFETY: taken above, as this type, and not used any more.
                unsafe { leave(place) };
                Box::new([0_u64; 5])
            });
            let again = [take::<[u64; 5]>(), take()];
            count.fetch_add(usize::from(again[0] == places[1]) + usize::from(again[1] == places[0]), Relaxed);
            for place in again {
                // SAFETY: as above.
                unsafe { leave(place) };
            }
            drop(waste);
            Flow::Stop
        });
        assert_eq!(agreed.load(Relaxed), 2);
    }
}
