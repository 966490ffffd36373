// The guard is asked once; the two fields are borrowed from the answer.

use std::sync::Mutex;
use std::thread;

struct Bank {
    alice: i64,
    bob: i64,
}

fn transfer(from: &mut i64, to: &mut i64, amount: i64) {
    *from -= amount;
    *to += amount;
}

fn main() {
    let bank = Mutex::new(Bank { alice: 100, bob: 0 });
    thread::scope(|scope| {
        scope.spawn(|| {
            let bank = &mut *bank.lock().unwrap();
            transfer(&mut bank.alice, &mut bank.bob, 10);
        });
        scope.spawn(|| bank.lock().unwrap().bob += 1);
    });
    let bank = bank.into_inner().unwrap();
    assert_eq!((bank.alice, bank.bob), (90, 11));
}
