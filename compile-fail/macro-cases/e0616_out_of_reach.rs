//! The lock is out of reach for code in the same module: whatever it tries on the generated field, there is nothing to get.

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Counter {
    value: u64,
}

fn reach(counter: &Counter) {
    let _ = counter.value;
    let _ = counter.put_derives_below_guarded.cell;
    let _ = counter.put_derives_below_guarded.lock();
    let _ = counter.put_derives_below_guarded.state;
    let _ = *counter.put_derives_below_guarded;
    let _ = counter.put_derives_below_guarded.get_mut();
}

fn main() {}
