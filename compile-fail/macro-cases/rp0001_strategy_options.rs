//! Options of a strategy: one that it does not have, one twice, values that it does not take, two that do not go together.

use raceproof::guarded;

#[guarded(mutex, shards = 4)]
pub struct Locked {
    value: u64,
}

#[guarded(shards = 4, sharded, shards = 8)]
#[derive(Default)]
pub struct Twice {
    value: u64,
}

#[guarded(sharded, shards = 0, owner = caller)]
#[derive(Default)]
pub struct None {
    value: u64,
}

#[guarded(sharded, shards = many)]
#[derive(Default)]
pub struct Many {
    value: u64,
}

#[guarded(actor, mailbox = rings, owner = caller)]
#[derive(Default)]
pub struct Rings {
    value: u64,
}

#[guarded(actor, mailbox = drums)]
#[derive(Default)]
pub struct Drums {
    value: u64,
}

fn main() {}
