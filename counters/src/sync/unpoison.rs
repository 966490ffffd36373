//! Releasing loom's locks while this OS thread unwinds.
//!
//! loom keeps a std lock inside each of its own. std poisons that if a guard goes while `std::thread::panicking()`, which
//! is true for *all* simulated threads while one of them unwinds, and from then on loom panics whenever it takes the lock.
//! The facade keeps its own account of poisoning, so the inner poison means nothing; it is cleared before any other
//! simulated thread can run, which it cannot inside a release: loom does not switch there.
//!
//! loom does not hand the inner lock out, so it is found by measuring: a guard dereferences to the byte inside the std
//! lock inside the loom lock, and how far that byte is from the start of the std lock is read off a std lock of our own.

use crate::explore::world;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync;

/// What the engines' locks hold: a byte, so that a guard of theirs has something to point at.
pub(super) type Byte = u8;

/// An std lock inside an engine's lock.
trait Inner {
    /// How far the byte is from the start of this lock.
    fn byte_offset() -> usize;
    fn is_poisoned(&self) -> bool;
    fn clear_poison(&self);
}

impl Inner for sync::Mutex<Byte> {
    fn byte_offset() -> usize {
        let sample = Self::new(0);
        let guard = sample.lock().unwrap_or_else(|e| e.into_inner());
        std::ptr::from_ref::<Byte>(&guard) as usize - std::ptr::from_ref(&sample) as usize
    }

    fn is_poisoned(&self) -> bool {
        Self::is_poisoned(self)
    }

    fn clear_poison(&self) {
        Self::clear_poison(self);
    }
}

impl Inner for sync::RwLock<Byte> {
    fn byte_offset() -> usize {
        let sample = Self::new(0);
        let guard = sample.read().unwrap_or_else(|e| e.into_inner());
        std::ptr::from_ref::<Byte>(&guard) as usize - std::ptr::from_ref(&sample) as usize
    }

    fn is_poisoned(&self) -> bool {
        Self::is_poisoned(self)
    }

    fn clear_poison(&self) {
        Self::clear_poison(self);
    }
}

/// Drops a guard of loom's mutex.
pub(super) fn release_mutex(lock: &loom::sync::Mutex<Byte>, guard: loom::sync::MutexGuard<'_, Byte>) {
    if !std::thread::panicking() {
        return drop(guard);
    }
    let byte = std::ptr::from_ref::<Byte>(&guard);
    // SAFETY: loom 0.7.2's `Mutex<T>` is a struct with a field `data: std::sync::Mutex<T>`, which `byte` is inside.
    unsafe { release::<sync::Mutex<Byte>, _, _>(lock, byte, guard) }
}

/// Drops a write guard of loom's read-write lock. Read guards do not poison.
pub(super) fn release_write(lock: &loom::sync::RwLock<Byte>, guard: loom::sync::RwLockWriteGuard<'_, Byte>) {
    if !std::thread::panicking() {
        return drop(guard);
    }
    let byte = std::ptr::from_ref::<Byte>(&guard);
    // SAFETY: loom 0.7.2's `RwLock<T>` is a struct with a field `data: std::sync::RwLock<T>`, which `byte` is inside.
    unsafe { release::<sync::RwLock<Byte>, _, _>(lock, byte, guard) }
}

/// Drops `guard` while this OS thread unwinds, and clears the poison of the `I` inside `lock`.
///
/// # Safety
/// `byte` is the byte inside an `I` that lies inside `lock`.
unsafe fn release<I: Inner, L, G>(lock: &L, byte: *const Byte, guard: G) {
    let offset = (byte as usize).wrapping_sub(std::ptr::from_ref(lock) as usize).wrapping_sub(I::byte_offset());
    // What the caller promises can be checked this far.
    let fits = offset.checked_add(size_of::<I>()).is_some_and(|end| end <= size_of::<L>());
    let inner = fits.then(|| {
        // SAFETY: inside `lock`, as was just seen.
        unsafe { std::ptr::from_ref(lock).cast::<u8>().add(offset) }.cast::<I>()
    });
    // The engine may have given up without the facade's knowing. A panic here would end the process.
    if catch_unwind(AssertUnwindSafe(|| drop(guard))).is_err() {
        return world::give_up();
    }
    let Some(inner) = inner.filter(|inner| inner.is_aligned()) else { return world::give_up() };
    // SAFETY: an `I`, by the caller's promise; its offset was measured; a shared reference, as `lock` is.
    let inner = unsafe { &*inner };
    if inner.is_poisoned() {
        inner.clear_poison();
    }
}
