//! The ready-made counters, in every strategy: from 0, and close to the top.

use raceproof::counter::{
    ActorCounter, AtomicCounter, MutexCounter, RwLockCounter, SerialCounter, ShardedCounter, StripedCounter,
};
use raceproof::guarded;
use raceproof_test::race_tests;

race_tests!(ActorCounter, budget = 0.5);
race_tests!(SerialCounter, budget = 0.5);
race_tests!(ShardedCounter, budget = 0.5);
race_tests!(StripedCounter, budget = 0.5);

/// Close to the top: amounts that do not fit any more meet increments that do.
mod top {
    use super::*;
    race_tests!(MutexCounter = MutexCounter::starting_at(u64::MAX - 2), budget = 0.1);
    race_tests!(RwLockCounter = RwLockCounter::starting_at(u64::MAX - 2), budget = 0.1);
    race_tests!(AtomicCounter = AtomicCounter::starting_at(u64::MAX - 2), budget = 0.1);
    race_tests!(ShardedCounter = ShardedCounter::starting_at(u64::MAX - 2), budget = 0.1);
    race_tests!(StripedCounter = StripedCounter::starting_at(u64::MAX - 2), budget = 0.1);
}

#[allow(missing_docs, reason = "as a user would write it")]
mod by_ones {
    use super::{guarded, race_tests};
    race_tests!(Hits, budget = 1);

    /// Only ever by ones: then a read of the stripes is linearizable, and declares nothing weaker.
    #[guarded(striped)]
    #[derive(Default)]
    pub struct Hits {
        value: u64,
    }

    #[guarded]
    impl Hits {
        pub fn hit(&mut self) {
            self.value = self.value.saturating_add(1);
        }
        pub fn get(&self) -> u64 {
            self.value
        }
    }
}
