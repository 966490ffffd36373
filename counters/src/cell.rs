//! `UnsafeCell` with checked access: who reads or writes says so for how long, so that an exploration can tell a race.
//!
//! The interface is a closure's, as in loom: std's bare `get` could not say when the access ends. Without the feature
//! `explore` it is std's cell and nothing else.

#[cfg(feature = "explore")]
use self::track::Track;

/// A cell whose content can be changed through a shared reference, by code that sees to the order itself.
///
/// ```
/// use raceproof::cell::UnsafeCell;
///
/// let cell = UnsafeCell::new(1);
/// // SAFETY: one thread.
/// cell.with_mut(|value| unsafe { *value += 1 });
/// assert_eq!(cell.into_inner(), 2);
/// ```
#[derive(Debug)]
pub struct UnsafeCell<T: ?Sized> {
    #[cfg(feature = "explore")]
    track: Track,
    data: std::cell::UnsafeCell<T>,
}

impl<T> UnsafeCell<T> {
    /// A cell.
    #[cfg(not(feature = "explore"))]
    #[inline(always)]
    pub const fn new(value: T) -> Self {
        Self { data: std::cell::UnsafeCell::new(value) }
    }

    /// A cell of the execution under way.
    #[cfg(feature = "explore")]
    #[track_caller]
    pub fn new(value: T) -> Self {
        Self { track: Track::new(), data: std::cell::UnsafeCell::new(value) }
    }

    /// The content.
    #[inline(always)]
    pub fn into_inner(self) -> T {
        self.data.into_inner()
    }
}

impl<T: ?Sized> UnsafeCell<T> {
    /// Reads: for as long as `read` runs, nobody may write.
    #[inline(always)]
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
        #[cfg(feature = "explore")]
        let _access = self.track.read();
        read(self.data.get())
    }

    /// Writes: for as long as `write` runs, nobody else may read or write.
    #[inline(always)]
    #[cfg_attr(feature = "explore", track_caller)]
    pub fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
        #[cfg(feature = "explore")]
        let _access = self.track.write();
        write(self.data.get())
    }

    /// The content, which nobody else can reach. Not checked in an exploration: the reference says it already, and under
    /// std's `Arc`, whose last drop orders what loom does not see, a check in a destructor would be a false alarm.
    #[inline(always)]
    pub fn get_mut(&mut self) -> &mut T {
        self.data.get_mut()
    }
}

impl<T: Default> Default for UnsafeCell<T> {
    #[cfg_attr(feature = "explore", track_caller)]
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> From<T> for UnsafeCell<T> {
    #[cfg_attr(feature = "explore", track_caller)]
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

/// Who accesses a cell, in an exploration.
#[cfg(feature = "explore")]
mod track {
    use crate::explore::event::{Access as Kind, Deed, Object, Outcome};
    use crate::explore::world::{self, ExecutionId, Life, World};
    use crate::sync::atomic::require_born_here;
    use std::mem::ManuallyDrop;
    use std::panic::Location;

    #[derive(Debug)]
    pub(super) struct Track {
        owner: ExecutionId,
        tracker: Tracker,
        /// The cell's number in the execution.
        serial: usize,
        /// Ends with it: see [`Life`].
        _life: Life,
    }

    #[derive(Debug)]
    enum Tracker {
        /// Nobody looks: outside explorations, and in specifications.
        None,
        Loom(loom::cell::UnsafeCell<()>),
        /// The accesses are events; who reads the trace tells a race by them.
        Events,
    }

    /// loom's word that the access goes on.
    enum Access {
        Read(loom::cell::ConstPtr<()>),
        Write(loom::cell::MutPtr<()>),
    }

    /// An access under way.
    pub(super) struct Guard(Option<ManuallyDrop<Access>>);

    impl Track {
        #[track_caller]
        pub(super) fn new() -> Self {
            let tracker = match world::current() {
                World::Loom => Tracker::Loom(world::engine(|| loom::cell::UnsafeCell::new(()))),
                World::Shuttle => Tracker::Events,
                World::Std | World::Sequential => Tracker::None,
            };
            let serial = if matches!(tracker, Tracker::None) { 0 } else { world::serial() };
            Self { owner: world::id(), tracker, serial, _life: Life::new("UnsafeCell", serial) }
        }

        fn object(&self) -> Object {
            Object { kind: "UnsafeCell", address: self.serial }
        }

        #[inline]
        #[track_caller]
        pub(super) fn read(&self) -> Guard {
            require_born_here("UnsafeCell", self.owner);
            self.access(Deed::new("read", Kind::Read), Location::caller(), |cell| Access::Read(cell.get()))
        }

        #[inline]
        #[track_caller]
        pub(super) fn write(&self) -> Guard {
            require_born_here("UnsafeCell", self.owner);
            self.access(Deed::new("write", Kind::Write), Location::caller(), |cell| Access::Write(cell.get_mut()))
        }

        #[inline]
        fn access(
            &self,
            deed: Deed,
            location: &'static Location<'static>,
            begin: fn(&loom::cell::UnsafeCell<()>) -> Access,
        ) -> Guard {
            match &self.tracker {
                Tracker::None => Guard(None),
                Tracker::Events => {
                    world::record(self.object(), deed, location);
                    Guard(None)
                }
                // loom finds a race here, so the event must have been announced.
                Tracker::Loom(cell) => {
                    let access = || world::engine(|| begin(cell));
                    let access = world::operation(self.object(), deed, location, |_| Outcome::Done, access);
                    Guard(Some(ManuallyDrop::new(access)))
                }
            }
        }
    }

    impl Drop for Guard {
        #[inline]
        fn drop(&mut self) {
            let Some(access) = self.0.take() else { return };
            if world::aborting() {
                return;
            }
            // loom looks once more when an access ends, and may find a race then: not while this OS thread unwinds.
            match ManuallyDrop::into_inner(access) {
                Access::Read(pointer) => world::engine(|| drop(pointer)),
                Access::Write(pointer) => world::engine(|| drop(pointer)),
            }
        }
    }

    // SAFETY: loom's cell is a number in loom's tables, used on the execution's OS thread alone.
    unsafe impl Send for Track {}
    // SAFETY: the same. (The cell around is `!Sync`, as std's is.)
    unsafe impl Sync for Track {}
}
