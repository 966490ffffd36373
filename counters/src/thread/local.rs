//! `thread_local!`: outside explorations std's own; inside, a value for each simulated thread, since these share one OS
//! thread. It is dropped when its thread ends.

use crate::explore::world::{self, World};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

/// A name for a value that each thread has for itself, as [`std::thread::LocalKey`].
pub struct LocalKey<T: 'static> {
    init: fn() -> T,
    outside: &'static std::thread::LocalKey<T>,
}

/// The value has been dropped already: its thread is ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessError(());

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("already destroyed")
    }
}

impl std::error::Error for AccessError {}

/// A simulated thread's value.
struct Entry {
    thread: usize,
    /// The key's address; keys are statics.
    key: usize,
    /// Nothing once it has been dropped.
    value: Option<Rc<dyn Any>>,
}

thread_local! {
    /// The values of the simulated threads of the execution on this OS thread, or of the one on which an object is tried
    /// alone.
    static VALUES: RefCell<Vec<Entry>> = const { RefCell::new(Vec::new()) };
}

impl<T: 'static> LocalKey<T> {
    /// What the macro says.
    #[doc(hidden)]
    pub const fn new(init: fn() -> T, outside: &'static std::thread::LocalKey<T>) -> Self {
        Self { init, outside }
    }

    /// Uses this thread's value, which is made if it is not there.
    ///
    /// # Panics
    /// If it has been dropped already.
    #[track_caller]
    pub fn with<R>(&'static self, body: impl FnOnce(&T) -> R) -> R {
        match self.try_with(body) {
            Ok(result) => result,
            Err(error) => panic!("cannot access a thread-local value during or after its destruction: {error}"),
        }
    }

    /// Uses this thread's value, which is made if it is not there.
    ///
    /// # Errors
    /// If it has been dropped already.
    #[track_caller]
    pub fn try_with<R>(&'static self, body: impl FnOnce(&T) -> R) -> Result<R, AccessError> {
        match world::current() {
            World::Std => self.outside.try_with(body).map_err(|_| AccessError(())),
            World::Sequential if !world::is_alone() => world::refuse(format_args!(
                "a `thread_local!` is used in a specification, which has no threads: its value would be somebody else's"
            )),
            World::Sequential | World::Loom | World::Shuttle => Ok(body(&*self.value()?)),
        }
    }

    fn value(&'static self) -> Result<Rc<T>, AccessError> {
        let (thread, key) = (world::me(), std::ptr::from_ref(self) as usize);
        let known = || {
            VALUES.with_borrow(|values| {
                values.iter().find(|entry| (entry.thread, entry.key) == (thread, key)).map(|entry| entry.value.clone())
            })
        };
        let value = match known() {
            Some(value) => value.ok_or(AccessError(()))?,
            None => {
                // Without the borrow: it may use other keys, or this one.
                let made: Rc<dyn Any> = Rc::new((self.init)());
                match known() {
                    Some(value) => value.ok_or(AccessError(()))?,
                    None => {
                        VALUES.with_borrow_mut(|values| {
                            values.push(Entry { thread, key, value: Some(Rc::clone(&made)) });
                        });
                        made
                    }
                }
            }
        };
        Ok(value.downcast().expect("a key has one type"))
    }
}

impl<T: 'static> LocalKey<Cell<T>> {
    /// Sets this thread's value.
    #[track_caller]
    pub fn set(&'static self, value: T) {
        self.with(|cell| cell.set(value));
    }

    /// This thread's value.
    #[track_caller]
    pub fn get(&'static self) -> T
    where
        T: Copy,
    {
        self.with(Cell::get)
    }

    /// Takes this thread's value, and leaves the default.
    #[track_caller]
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(Cell::take)
    }

    /// Sets this thread's value, and gives the old one.
    #[track_caller]
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

impl<T: 'static> LocalKey<RefCell<T>> {
    /// Uses this thread's value.
    #[track_caller]
    pub fn with_borrow<R>(&'static self, body: impl FnOnce(&T) -> R) -> R {
        self.with(|cell| body(&cell.borrow()))
    }

    /// Uses this thread's value, and may change it.
    #[track_caller]
    pub fn with_borrow_mut<R>(&'static self, body: impl FnOnce(&mut T) -> R) -> R {
        self.with(|cell| body(&mut cell.borrow_mut()))
    }

    /// Sets this thread's value.
    #[track_caller]
    pub fn set(&'static self, value: T) {
        self.with(|cell| *cell.borrow_mut() = value);
    }

    /// Takes this thread's value, and leaves the default.
    #[track_caller]
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(RefCell::take)
    }

    /// Sets this thread's value, and gives the old one.
    #[track_caller]
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

impl<T: 'static> fmt::Debug for LocalKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalKey").finish_non_exhaustive()
    }
}

/// Drops the values of the simulated thread that ends: the last made first, as std does, and those that destructors make
/// as well.
pub(crate) fn end_of_thread() {
    let me = world::me();
    while let Some(value) = VALUES.with_borrow_mut(|values| {
        values
            .iter_mut()
            .rev()
            .find(|entry| entry.thread == me && entry.value.is_some())
            .and_then(|entry| entry.value.take())
    }) {
        drop(value);
    }
}

/// The execution is over. Values that are left may hold the engine's objects, which is gone: they are not dropped.
pub(crate) fn forget_locals() {
    let values = VALUES.with_borrow_mut(std::mem::take);
    for entry in values {
        std::mem::forget(entry.value);
    }
}

/// Declares values that each thread has for itself, as [`std::thread_local!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __thread_local {
    () => {};
    ($(#[$attribute:meta])* $vis:vis static $name:ident: $type:ty = const $init:block $(; $($rest:tt)*)?) => {
        $crate::__thread_local!(@one $(#[$attribute])* $vis $name, $type, const $init);
        $($crate::__thread_local!($($rest)*);)?
    };
    ($(#[$attribute:meta])* $vis:vis static $name:ident: $type:ty = $init:expr $(; $($rest:tt)*)?) => {
        $crate::__thread_local!(@one $(#[$attribute])* $vis $name, $type, $init);
        $($crate::__thread_local!($($rest)*);)?
    };
    (@one $(#[$attribute:meta])* $vis:vis $name:ident, $type:ty, $init:expr) => {
        $(#[$attribute])*
        $vis static $name: $crate::thread::LocalKey<$type> = {
            fn init() -> $type {
                $init
            }
            ::std::thread_local! {
                static OUTSIDE: $type = init();
            }
            $crate::thread::LocalKey::new(init, &OUTSIDE)
        };
    };
}
