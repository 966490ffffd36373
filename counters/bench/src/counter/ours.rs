//! Ours, by strategy.

use super::{Hand, Tally, contender};
use crate::measure::{Contender, Kind};
use raceproof::counter::{ActorCounter, Counter, SerialCounter};
use raceproof::guarded;

/// An actor whose senders have a queue each: additions commute.
#[guarded(actor, mailbox = rings)]
#[derive(Default)]
pub(super) struct RingsCounter {
    value: u64,
}

#[guarded]
impl RingsCounter {
    #[commutes]
    pub(super) fn increment(&mut self) {
        self.value = self.value.saturating_add(1);
    }
    pub(super) fn get(&self) -> u64 {
        self.value
    }
}

/// A counter whose additions all wait for a reply, as over a rendezvous channel: `increment` would be posted.
struct Answered<C>(C);

impl<C: Counter + Default> Tally for Answered<C> {
    type Hand<'a>
        = &'a Self
    where
        C: 'a;
    fn new() -> Self {
        Self(C::default())
    }
    fn hand(&self) -> &Self {
        self
    }
    fn total(self) -> u64 {
        self.0.get()
    }
}

impl<C: Counter> Hand for &Answered<C> {
    #[inline(always)]
    fn increment(&self) {
        self.0.try_add(1).expect("it fits");
    }
    #[inline(always)]
    fn get(&self) -> u64 {
        self.0.get()
    }
}

/// Counters that are called directly.
macro_rules! direct {
    ($($name:literal $counter:ty;)*) => {
        pub(super) fn all() -> Vec<Contender> {
            let mut all = vec![$(contender::<$counter>($name, Kind::Ours)),*];
            all.push(contender::<Answered<ActorCounter>>("raceproof actor, answered", Kind::Ours));
            all.push(contender::<Answered<SerialCounter>>("raceproof actor, caller runs, answered", Kind::Ours));
            all
        }
        $(
            impl Tally for $counter {
                type Hand<'a> = &'a Self;
                fn new() -> Self {
                    Self::default()
                }
                fn hand(&self) -> &Self {
                    self
                }
                fn total(self) -> u64 {
                    self.get()
                }
            }
            impl Hand for &$counter {
                #[inline(always)]
                fn increment(&self) {
                    <$counter>::increment(self);
                }
                #[inline(always)]
                fn get(&self) -> u64 {
                    <$counter>::get(self)
                }
            }
        )*
    };
}

direct! {
    "raceproof mutex" raceproof::counter::MutexCounter;
    "raceproof rwlock" raceproof::counter::RwLockCounter;
    "raceproof atomic" raceproof::counter::AtomicCounter;
    "raceproof actor" raceproof::counter::ActorCounter;
    "raceproof actor, rings" RingsCounter;
    "raceproof actor, caller runs" raceproof::counter::SerialCounter;
    "raceproof sharded" raceproof::counter::ShardedCounter;
    "raceproof striped" raceproof::counter::StripedCounter;
}
