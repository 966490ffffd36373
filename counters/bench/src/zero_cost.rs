//! One counter and its double, written by hand: `zero-cost mutex ours`, `zero-cost mutex theirs`.
//!
//! Each side runs a million rounds of `increment` and `get` in a function of its own, which `zero_cost.sh` has callgrind
//! count and nothing else. Both sides have the same body, down to the places where the optimiser is told to look away,
//! so that what differs is the counter. The one by hand is always inlined: left to himself the optimiser calls it, and a
//! call's instructions would be counted in our favour. `zero-cost sizes` prints the sizes of the types.

#![forbid(unsafe_code)]

use std::hint::black_box;
use std::process::ExitCode;

const ROUNDS: u64 = 1_000_000;

mod mutex {
    use raceproof::guarded;
    use std::sync::Mutex;

    #[guarded(mutex)]
    #[derive(Default)]
    pub(crate) struct Ours {
        value: u64,
    }

    #[guarded]
    impl Ours {
        pub(crate) fn increment(&mut self) {
            self.value += 1;
        }
        pub(crate) fn get(&self) -> u64 {
            self.value
        }
    }

    #[derive(Default)]
    pub(crate) struct Theirs {
        // raceproof: allow(arc_mutex_primitive): the hand-written twin of the strategy that is measured
        value: Mutex<u64>,
    }

    impl Theirs {
        #[inline(always)]
        pub(crate) fn increment(&self) {
            *self.value.lock().unwrap() += 1;
        }
        #[inline(always)]
        pub(crate) fn get(&self) -> u64 {
            *self.value.lock().unwrap()
        }
    }
}

mod rwlock {
    use raceproof::guarded;
    use std::sync::RwLock;

    #[guarded(rwlock)]
    #[derive(Default)]
    pub(crate) struct Ours {
        value: u64,
    }

    #[guarded]
    impl Ours {
        pub(crate) fn increment(&mut self) {
            self.value += 1;
        }
        pub(crate) fn get(&self) -> u64 {
            self.value
        }
    }

    #[derive(Default)]
    pub(crate) struct Theirs {
        // raceproof: allow(arc_mutex_primitive): the hand-written twin of the strategy that is measured
        value: RwLock<u64>,
    }

    impl Theirs {
        #[inline(always)]
        pub(crate) fn increment(&self) {
            *self.value.write().unwrap() += 1;
        }
        #[inline(always)]
        pub(crate) fn get(&self) -> u64 {
            *self.value.read().unwrap()
        }
    }
}

mod atomic {
    use raceproof::guarded;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[guarded(atomic)]
    #[derive(Default)]
    pub(crate) struct Ours {
        value: u64,
    }

    #[guarded]
    impl Ours {
        pub(crate) fn increment(&mut self) {
            self.value = self.value.wrapping_add(1);
        }
        pub(crate) fn get(&self) -> u64 {
            self.value
        }
    }

    #[derive(Default)]
    pub(crate) struct Theirs {
        value: AtomicU64,
    }

    impl Theirs {
        // The orderings are those that the strategy's page promises.
        #[inline(always)]
        pub(crate) fn increment(&self) {
            self.value.fetch_add(1, Ordering::AcqRel);
        }
        #[inline(always)]
        pub(crate) fn get(&self) -> u64 {
            self.value.load(Ordering::Acquire)
        }
    }
}

/// The rounds of one type. The function's name is what callgrind looks for.
macro_rules! rounds {
    ($($function:ident: $counter:ty;)*) => { $(
        #[inline(never)]
        fn $function() -> u64 {
            // A function like another is merged with it, and callgrind then sees one of the two names.
            black_box(stringify!($function));
            let counter = <$counter>::default();
            let mut sum = 0_u64;
            for _ in 0..ROUNDS {
                // What the optimiser cannot see, it cannot keep in a register or leave out.
                let counter = black_box(&counter);
                counter.increment();
                sum = sum.wrapping_add(black_box(counter.get()));
            }
            sum
        }
    )* };
}

rounds! {
    rounds_mutex_ours: mutex::Ours;
    rounds_mutex_theirs: mutex::Theirs;
    rounds_rwlock_ours: rwlock::Ours;
    rounds_rwlock_theirs: rwlock::Theirs;
    rounds_atomic_ours: atomic::Ours;
    rounds_atomic_theirs: atomic::Theirs;
}

fn main() -> ExitCode {
    if raceproof::EXPLORE {
        eprintln!(
            "built with `explore`: this is not what ships. Build it alone: cargo build --release -p raceproof-bench"
        );
        return ExitCode::from(2);
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rounds = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["sizes"] => {
            println!("mutex {} {}", size_of::<mutex::Ours>(), size_of::<mutex::Theirs>());
            println!("rwlock {} {}", size_of::<rwlock::Ours>(), size_of::<rwlock::Theirs>());
            println!("atomic {} {}", size_of::<atomic::Ours>(), size_of::<atomic::Theirs>());
            return ExitCode::SUCCESS;
        }
        ["mutex", "ours"] => rounds_mutex_ours,
        ["mutex", "theirs"] => rounds_mutex_theirs,
        ["rwlock", "ours"] => rounds_rwlock_ours,
        ["rwlock", "theirs"] => rounds_rwlock_theirs,
        ["atomic", "ours"] => rounds_atomic_ours,
        ["atomic", "theirs"] => rounds_atomic_theirs,
        _ => {
            eprintln!("usage: zero-cost mutex|rwlock|atomic ours|theirs, or: zero-cost sizes");
            return ExitCode::from(2);
        }
    };
    // Each get sees the increment before it, so the sum is the same for all: nothing was left out.
    if rounds() != ROUNDS * (ROUNDS + 1) / 2 {
        eprintln!("a counter that does not count");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
