//! The atomic integers.

use super::{Ordering, action, require_born_here};
use crate::explore::event::{self, Deed, Object, Outcome};
use crate::explore::loads;
use crate::explore::weaken::{self, Operation};
use crate::explore::world::{self, ExecutionId, Life, World};
use std::fmt;
use std::panic::Location;

/// loom does not lend its value out for as long as `get_mut` must, so `get_mut` moves it to `base`, and from then on
/// loom's value is what is to be added to that. Until then `base` is zero.
#[derive(Debug)]
enum Carrier<S, L, H, V> {
    Plain(S),
    Loom { atomic: L, base: V },
    Shuttle(H),
}

macro_rules! integers {
    ($($name:ident $integer:ident)*) => { $(
        #[doc = concat!("An atomic `", stringify!($integer), "`, as [`std::sync::atomic::", stringify!($name), "`].")]
        pub struct $name {
            owner: ExecutionId,
            /// Its number in the execution.
            serial: usize,
            /// Ends with it: see [`Life`].
            _life: Life,
            carrier: Carrier<
                std::sync::atomic::$name,
                loads::$name,
                shuttle::sync::atomic::$name,
                $integer,
            >,
        }

        impl $name {
            /// An atomic of the execution under way.
            #[track_caller]
            pub fn new(value: $integer) -> Self {
                let carrier = match world::current() {
                    World::Std | World::Sequential => Carrier::Plain(std::sync::atomic::$name::new(value)),
                    World::Loom => Carrier::Loom {
                        atomic: world::engine(|| loads::$name::new(value)),
                        base: 0,
                    },
                    World::Shuttle => Carrier::Shuttle(shuttle::sync::atomic::$name::new(value)),
                };
                let serial = world::serial();
                if world::observing() {
                    let object = Object { kind: stringify!($name), address: serial };
                    world::with_trace(|trace| trace.born(object, value.to_string()));
                }
                Self { owner: world::id(), serial, _life: Life::new(stringify!($name), serial), carrier }
            }

            #[inline]
            fn operate<R>(
                &self,
                deed: Deed,
                location: &'static Location<'static>,
                describe: impl FnOnce(&R) -> Outcome,
                perform: impl FnOnce() -> R,
            ) -> R {
                let object = Object { kind: stringify!($name), address: self.serial };
                world::operation(object, deed, location, describe, || world::engine(perform))
            }

            /// The value.
            #[inline]
            #[track_caller]
            pub fn load(&self, ordering: Ordering) -> $integer {
                require_born_here(stringify!($name), self.owner);
                let show = |value: &$integer| Outcome::Value(value.to_string());
                let ordering = weaken::ordering(Operation::Load, ordering, Location::caller());
                match &self.carrier {
                    Carrier::Plain(atomic) => atomic.load(ordering),
                    Carrier::Loom { atomic, base } => self.operate(action::load(ordering), Location::caller(), show, || {
                        atomic.load(ordering).wrapping_add(*base)
                    }),
                    Carrier::Shuttle(atomic) => {
                        self.operate(action::load(ordering), Location::caller(), show, || atomic.load(ordering))
                    }
                }
            }

            /// Sets the value.
            #[inline]
            #[track_caller]
            pub fn store(&self, value: $integer, ordering: Ordering) {
                require_born_here(stringify!($name), self.owner);
                let show = |(): &()| Outcome::Value(value.to_string());
                let ordering = weaken::ordering(Operation::Store, ordering, Location::caller());
                match &self.carrier {
                    Carrier::Plain(atomic) => atomic.store(value, ordering),
                    Carrier::Loom { atomic, base } => self.operate(action::store(ordering), Location::caller(), show, || {
                        atomic.store(value.wrapping_sub(*base), ordering)
                    }),
                    Carrier::Shuttle(atomic) => {
                        self.operate(action::store(ordering), Location::caller(), show, || atomic.store(value, ordering))
                    }
                }
            }

            integers!(@homomorphic $name $integer
                /// Sets the value, and gives the old one.
                swap |value, base| value.wrapping_sub(base), |_old, value| value;
                /// Adds, wrapping around, and gives the old value.
                fetch_add |value, _base| value, |old, value| old.wrapping_add(value);
                /// Subtracts, wrapping around, and gives the old value.
                fetch_sub |value, _base| value, |old, value| old.wrapping_sub(value);
            );
            integers!(@other $name $integer
                /// Bitwise "and"; gives the old value.
                fetch_and |old, value| old & value;
                /// Bitwise "not and"; gives the old value.
                fetch_nand |old, value| !(old & value);
                /// Bitwise "or"; gives the old value.
                fetch_or |old, value| old | value;
                /// Bitwise "exclusive or"; gives the old value.
                fetch_xor |old, value| old ^ value;
                /// The larger of the two; gives the old value.
                fetch_max |old, value| old.max(value);
                /// The smaller of the two; gives the old value.
                fetch_min |old, value| old.min(value);
            );

            /// Sets the value if it is `old`.
            ///
            /// # Errors
            /// If it is another, which is given.
            #[inline]
            #[track_caller]
            pub fn compare_exchange(
                &self,
                old: $integer,
                new: $integer,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$integer, $integer> {
                require_born_here(stringify!($name), self.owner);
                let show = |result: &Result<$integer, $integer>| {
                    if result.is_ok() {
                        event::wrote(new.to_string());
                    }
                    Outcome::Value(format!("{result:?}"))
                };
                let (success, failure) = weaken::exchange(success, failure, Location::caller());
                let action = action::compare_exchange(success, failure);
                match &self.carrier {
                    Carrier::Plain(atomic) => atomic.compare_exchange(old, new, success, failure),
                    Carrier::Loom { atomic, base } => self.operate(action, Location::caller(), show, || {
                        atomic
                            .compare_exchange(old.wrapping_sub(*base), new.wrapping_sub(*base), success, failure)
                            .map(|value| value.wrapping_add(*base))
                            .map_err(|value| value.wrapping_add(*base))
                    }),
                    Carrier::Shuttle(atomic) => self.operate(action, Location::caller(), show, || {
                        atomic.compare_exchange(old, new, success, failure)
                    }),
                }
            }

            /// As [`Self::compare_exchange`], but may fail for no reason; in an exploration it does not.
            ///
            /// # Errors
            /// If the value is another, which is given.
            #[inline]
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                old: $integer,
                new: $integer,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$integer, $integer> {
                if let Carrier::Plain(atomic) = &self.carrier {
                    require_born_here(stringify!($name), self.owner);
                    return atomic.compare_exchange_weak(old, new, success, failure);
                }
                self.compare_exchange(old, new, success, failure)
            }

            /// Sets the value to what `update` makes of it, as long as that is something; gives the old one.
            ///
            /// # Errors
            /// If `update` gave nothing; the value is given.
            #[inline]
            #[track_caller]
            pub fn fetch_update<F>(&self, set: Ordering, fetch: Ordering, mut update: F) -> Result<$integer, $integer>
            where
                F: FnMut($integer) -> Option<$integer>,
            {
                let mut old = self.load(fetch);
                while let Some(new) = update(old) {
                    match self.compare_exchange_weak(old, new, set, fetch) {
                        Ok(old) => return Ok(old),
                        Err(found) => old = found,
                    }
                }
                Err(old)
            }

            /// The value, which nobody else can reach.
            #[track_caller]
            pub fn get_mut(&mut self) -> &mut $integer {
                require_born_here(stringify!($name), self.owner);
                match &mut self.carrier {
                    Carrier::Plain(atomic) => atomic.get_mut(),
                    Carrier::Loom { atomic, base } => {
                        world::engine(|| atomic.with_mut(|value| *base = base.wrapping_add(std::mem::take(value))));
                        base
                    }
                    Carrier::Shuttle(atomic) => atomic.get_mut(),
                }
            }

            /// The value.
            #[track_caller]
            pub fn into_inner(mut self) -> $integer {
                *self.get_mut()
            }
        }

        impl Default for $name {
            #[track_caller]
            fn default() -> Self {
                Self::new(0)
            }
        }

        impl From<$integer> for $name {
            #[track_caller]
            fn from(value: $integer) -> Self {
                Self::new(value)
            }
        }

        impl fmt::Debug for $name {
            /// In an exploration it does not look: printing is not to be a step of the program.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match &self.carrier {
                    Carrier::Plain(atomic) => atomic.fmt(f),
                    _ => f.write_str("<explored>"),
                }
            }
        }
    )* };

    // Operations that give the same result whether done on the value or on loom's part of it.
    (@homomorphic $name:ident $integer:ident
        $( $(#[$doc:meta])* $method:ident |$value:ident, $base:ident| $theirs:expr, |$old:ident, $by:ident| $new:expr; )*
    ) => { $(
        $(#[$doc])*
        #[inline]
        #[track_caller]
        pub fn $method(&self, value: $integer, ordering: Ordering) -> $integer {
            require_born_here(stringify!($name), self.owner);
            let show = |old: &$integer| {
                let ($old, $by) = (*old, value);
                event::wrote(($new).to_string());
                Outcome::Value(old.to_string())
            };
            let ordering = weaken::ordering(Operation::Rmw, ordering, Location::caller());
            match &self.carrier {
                Carrier::Plain(atomic) => atomic.$method(value, ordering),
                Carrier::Loom { atomic, base } => self.operate(action::$method(ordering), Location::caller(), show, || {
                    let ($value, $base) = (value, *base);
                    atomic.$method($theirs, ordering).wrapping_add(*base)
                }),
                Carrier::Shuttle(atomic) => {
                    self.operate(action::$method(ordering), Location::caller(), show, || atomic.$method(value, ordering))
                }
            }
        }
    )* };

    // Operations that are only right on the whole value: where `base` is not zero, a compare-exchange loop.
    (@other $name:ident $integer:ident
        $( $(#[$doc:meta])* $method:ident |$old:ident, $value:ident| $new:expr; )*
    ) => { $(
        $(#[$doc])*
        #[inline]
        #[track_caller]
        pub fn $method(&self, $value: $integer, ordering: Ordering) -> $integer {
            require_born_here(stringify!($name), self.owner);
            let show = |old: &$integer| {
                let $old = *old;
                event::wrote(($new).to_string());
                Outcome::Value($old.to_string())
            };
            let ordering = weaken::ordering(Operation::Rmw, ordering, Location::caller());
            match &self.carrier {
                Carrier::Plain(atomic) => atomic.$method($value, ordering),
                Carrier::Loom { atomic, base: 0 } => {
                    self.operate(action::$method(ordering), Location::caller(), show, || atomic.$method($value, ordering))
                }
                Carrier::Loom { atomic, base } => self.operate(action::$method(ordering), Location::caller(), show, || {
                    // The failure ordering cannot release; Acquire is stronger than a failure needs, and never seen: the
                    // loop goes on until it succeeds.
                    let result = atomic.fetch_update(ordering, Ordering::Acquire, |old| {
                        let $old = old.wrapping_add(*base);
                        Some(($new).wrapping_sub(*base))
                    });
                    result.unwrap_or_else(|old| old).wrapping_add(*base)
                }),
                Carrier::Shuttle(atomic) => {
                    self.operate(action::$method(ordering), Location::caller(), show, || atomic.$method($value, ordering))
                }
            }
        }
    )* };
}

integers! {
    AtomicU8 u8 AtomicU16 u16 AtomicU32 u32 AtomicU64 u64 AtomicUsize usize
    AtomicI8 i8 AtomicI16 i16 AtomicI32 i32 AtomicI64 i64 AtomicIsize isize
}
