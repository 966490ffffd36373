//! The ready-made counters, in every strategy: from 0, and close to the top.

use raceproof::counter::{
    ActorCounter, AtomicCounter, MutexCounter, RwLockCounter, SerialCounter, ShardedCounter, StripedCounter,
};
use raceproof::guarded;
use raceproof_test::{Explorer, Rung, race_tests, subject};

race_tests!(ShardedCounter, budget = 0.2);
race_tests!(StripedCounter, budget = 0.2);

/// Close to the top: amounts that do not fit any more meet increments that do.
mod top {
    use super::*;
    race_tests!(AtomicCounter = AtomicCounter::starting_at(AtomicCounter::MAX - 2), budget = 0.1);
    race_tests!(StripedCounter = StripedCounter::starting_at(u64::MAX - 2), budget = 0.1);
}

/// The strategies of these are explored in full elsewhere, on other types; here it is what the counter makes of its top.
#[test]
fn at_the_top_under_locks_and_owners() {
    let subjects = [
        subject!(MutexCounter = MutexCounter::starting_at(u64::MAX - 2)),
        subject!(RwLockCounter = RwLockCounter::starting_at(u64::MAX - 2)),
        subject!(ShardedCounter = ShardedCounter::starting_at(u64::MAX - 2)),
        subject!(SerialCounter = SerialCounter::starting_at(u64::MAX - 2)),
        subject!(ActorCounter = ActorCounter::starting_at(u64::MAX - 2)),
    ];
    for subject in subjects {
        let report = Explorer::new(subject).budget(0.1).rungs(&[Rung::Sequential, Rung::Shuttle, Rung::Threads]).run();
        assert!(report.ok(), "{report}");
    }
}

#[allow(missing_docs, reason = "as a user would write it")]
mod by_ones {
    use super::{guarded, race_tests};
    race_tests!(Hits, budget = 0.5);

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
