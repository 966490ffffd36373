//! The types that come with raceproof.

use raceproof::counter::{AtomicCounter, MutexCounter, RwLockCounter};
use raceproof::map::{MutexMap, RwLockMap};
use raceproof_test::{Subject, subject};

/// A built-in type.
pub(crate) struct Builtin {
    pub(crate) subject: Subject,
    pub(crate) strategy: &'static str,
}

/// All of them; the first is the plainest.
pub(crate) fn all() -> Vec<Builtin> {
    vec![
        Builtin { subject: subject!(MutexCounter), strategy: "mutex" },
        Builtin { subject: subject!(RwLockCounter), strategy: "rwlock" },
        Builtin { subject: subject!(AtomicCounter), strategy: "atomic" },
        Builtin { subject: subject!(MutexMap<u8, u8>), strategy: "mutex" },
        Builtin { subject: subject!(RwLockMap<u8, u8>), strategy: "rwlock" },
    ]
}
