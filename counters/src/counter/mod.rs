//! One counter, in every strategy that can carry it.
//!
//! A counter never decreases, in debug and release builds alike. All have the same methods, and [`Counter`] has them as a
//! trait; what differs is how much they cost, and what they can know of the total:
//!
//! | counter | a task adds by | at [`u64::MAX`] | `get` |
//! |---|---|---|---|
//! | [`MutexCounter`] | locking | `try_add` refuses | linearizable |
//! | [`RwLockCounter`] | locking; readers share | `try_add` refuses | linearizable |
//! | [`AtomicCounter`] | one `fetch_add`; an amount, a compare-exchange | `try_add` refuses above [`AtomicCounter::MAX`] | linearizable |
//! | [`ActorCounter`] | posting a message to the owner's thread | `try_add` refuses | linearizable |
//! | [`SerialCounter`] | running it, or leaving it to whoever runs | `try_add` refuses | linearizable |
//! | [`ShardedCounter`] | locking its own shard | stays there | linearizable: holds all shards |
//! | [`StripedCounter`] | a plain load and store of its own stripe | stays there | see there |
//!
//! "Refuses" is `Err(Overflow)`, and the counter is as it was: whoever holds the whole value can look before he adds.
//! A shard or a stripe cannot see the total, so there a counter that has come to the top stays there, and
//! [`u64::MAX`] means "at least so many". No program gets there by ones; an increment stays there all the same, but for the
//! atomic one, which keeps half of its range as headroom instead.
//!
//! Nothing is poisoned by an amount: `try_add` decides inside the critical section and returns, and the panic of
//! [`add`](Counter::add) comes after it.
//!
//! ```
//! use raceproof::counter::{AtomicCounter, Counter, StripedCounter};
//!
//! static HITS: StripedCounter = StripedCounter::new();
//!
//! fn serve(pages: &impl Counter) {
//!     HITS.increment();
//!     pages.add(3);
//! }
//!
//! let pages = AtomicCounter::new();
//! std::thread::scope(|scope| {
//!     for _ in 0..4 {
//!         scope.spawn(|| serve(&pages));
//!     }
//! });
//! assert_eq!(HITS.get(), 4);
//! assert_eq!(pages.get(), 12);
//! assert!(pages.try_add(u64::MAX).is_err()); // and nothing has changed
//! assert_eq!(pages.get(), 12);
//! ```

mod exact;
mod parts;

pub use exact::{ActorCounter, AtomicCounter, MutexCounter, RwLockCounter, SerialCounter};
pub use parts::{ShardedCounter, StripedCounter};

/// An amount that would have taken a counter past its top; the counter is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow;

impl std::fmt::Display for Overflow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the counter cannot hold so much")
    }
}

impl std::error::Error for Overflow {}

/// A counter that tasks share, whatever its strategy.
///
/// ```
/// use raceproof::counter::{Counter, MutexCounter, ShardedCounter};
///
/// let counters: [Box<dyn Counter>; 2] = [Box::new(MutexCounter::new()), Box::new(ShardedCounter::new())];
/// for counter in &counters {
///     counter.increment();
///     counter.add(2);
///     counter.add(0); // nothing, and no mistake
///     assert_eq!(counter.get(), 3);
/// }
/// ```
pub trait Counter: Send + Sync {
    /// Adds 1; at the top it stays there.
    fn increment(&self);

    /// Adds an amount, 0 included, or changes nothing.
    ///
    /// # Errors
    /// [`Overflow`] if the sum is above the top, and the strategy can see it. The others stay there.
    fn try_add(&self, amount: u64) -> Result<(), Overflow>;

    /// The value.
    fn get(&self) -> u64;

    /// Adds an amount, 0 included.
    ///
    /// # Panics
    /// Where [`try_add`](Self::try_add) is an error, after it has returned: the counter is as it was, and not poisoned.
    #[track_caller]
    fn add(&self, amount: u64) {
        if let Err(overflow) = self.try_add(amount) {
            refused(amount, overflow);
        }
    }
}

/// The panic of `add`.
#[cold]
#[track_caller]
fn refused(amount: u64, overflow: Overflow) -> ! {
    panic!("{amount} was not added: {overflow}")
}

/// The trait, by the methods of the same names.
macro_rules! counts {
    ($($name:ident)*) => { $(
        impl Counter for $name {
            fn increment(&self) {
                $name::increment(self);
            }
            fn try_add(&self, amount: u64) -> Result<(), Overflow> {
                $name::try_add(self, amount)
            }
            fn get(&self) -> u64 {
                $name::get(self)
            }
            #[track_caller]
            fn add(&self, amount: u64) {
                $name::add(self, amount);
            }
        }
    )* };
}
counts!(MutexCounter RwLockCounter AtomicCounter ActorCounter SerialCounter ShardedCounter StripedCounter);
