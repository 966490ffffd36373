//! The types that come with raceproof.

use raceproof::counter::{
    ActorCounter, AtomicCounter, MutexCounter, RwLockCounter, SerialCounter, ShardedCounter, StripedCounter,
};
use raceproof::map::{ActorMap, LeftRightMap, MutexMap, RwLockMap, SerialMap};
use raceproof_test::{__subject, Subject};

/// A built-in type.
pub(crate) struct Builtin {
    pub(crate) subject: Subject,
    pub(crate) strategy: &'static str,
}

macro_rules! builtin {
    ($($type:ty, $strategy:literal;)*) => {
        vec![$(Builtin {
            subject: __subject! { $type; name = stringify!($type); ; { replay_command: crate::replay_command() } },
            strategy: $strategy,
        }),*]
    };
}

/// All of them; the first is the plainest.
pub(crate) fn all() -> Vec<Builtin> {
    builtin! {
        MutexCounter, "mutex";
        RwLockCounter, "rwlock";
        AtomicCounter, "atomic";
        ActorCounter, "actor";
        SerialCounter, "actor, caller runs";
        ShardedCounter, "sharded";
        StripedCounter, "striped";
        MutexMap<u8, u8>, "mutex";
        RwLockMap<u8, u8>, "rwlock";
        LeftRightMap<u8, u8>, "left_right";
        ActorMap<u8, u8>, "actor";
        SerialMap<u8, u8>, "actor, caller runs";
    }
}
