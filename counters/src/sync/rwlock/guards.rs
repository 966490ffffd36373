//! The guards of `RwLock`: how they give access, and how they let go in each world.

use super::super::unpoison;
use super::{Lock, RawWrite, Reader, RwLockReadGuard, RwLockWriteGuard, Writer};
use crate::explore::event::{Deed, Outcome};
use crate::explore::world;
use std::fmt;
use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::Relaxed;

impl<T: ?Sized> RwLockReadGuard<'_, T> {
    #[cold]
    #[inline(never)]
    fn release_elsewhere(&mut self) {
        let home = &self.lock.home;
        home.let_go();
        let engine = self.lock.engine_of_guard();
        if let Lock::Sequential(state) = &engine.lock {
            state.set(state.get() - 1);
            engine.readers.borrow_mut().pop();
            return;
        }
        if !home.can_ask() {
            // The engine has given up, or the execution has ended: what it knew of the lock does not matter any more.
            return;
        }
        let me = world::me();
        let mut readers = engine.readers.borrow_mut();
        let Some(index) = readers.iter().position(|reader| reader.thread == me) else { return };
        let Reader { raw, location, .. } = readers.swap_remove(index);
        drop(readers);
        // Readers do not poison, so nothing is to be mended even if this OS thread unwinds. shuttle may switch here,
        // before it releases. The engine may have given up without the facade's knowing, and a panic while this thread
        // unwinds would end the process.
        let raw = ManuallyDrop::into_inner(raw);
        world::operation(
            engine.object(),
            Deed::UNLOCK_READ,
            location,
            |()| Outcome::Done,
            || {
                if !std::thread::panicking() {
                    drop(raw);
                } else if catch_unwind(AssertUnwindSafe(|| drop(raw))).is_err() {
                    world::give_up();
                }
            },
        );
    }
}

impl<T: ?Sized> RwLockWriteGuard<'_, T> {
    #[cold]
    #[inline(never)]
    fn release_elsewhere(&mut self) {
        let home = &self.lock.home;
        home.let_go();
        let engine = self.lock.engine_of_guard();
        let Some(Writer { raw, location, panicking }) = engine.writer.take() else { return };
        let poisons = !panicking && world::panicking();
        if poisons {
            self.lock.poisoned.store(true, Relaxed);
        }
        let raw = ManuallyDrop::into_inner(raw);
        if let Lock::Sequential(state) = &engine.lock {
            return state.set(0);
        }
        if !home.can_ask() {
            // As for a read guard.
            return std::mem::forget(raw);
        }
        world::operation(
            engine.object(),
            if poisons { Deed::POISONS } else { Deed::UNLOCK },
            location,
            |()| Outcome::Done,
            || match raw {
                RawWrite::Loom(lock, raw) => unpoison::release_write(lock, raw),
                RawWrite::Shuttle(raw) => drop(raw),
                RawWrite::Sequential => {}
            },
        );
    }
}

impl<T: ?Sized> Drop for RwLockReadGuard<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        // The world outside releases by dropping `plain`.
        if self.plain.is_none() {
            self.release_elsewhere();
        }
    }
}

impl<T: ?Sized> Drop for RwLockWriteGuard<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        // The world outside releases by dropping `plain`.
        if self.plain.is_none() {
            self.release_elsewhere();
        }
    }
}

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: the guard holds the lock, so nobody writes.
        unsafe { &*self.lock.data.get() }
    }
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: the guard holds the lock.
        unsafe { &*self.lock.data.get() }
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard holds the lock alone, and is borrowed exclusively.
        unsafe { &mut *self.lock.data.get() }
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Debug> fmt::Debug for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + fmt::Display> fmt::Display for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
