// The decision is made inside the one atomic step.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

static TICKETS: AtomicU32 = AtomicU32::new(1);

fn sell() -> bool {
    // Nothing else is published through the number, so that it need not order anything.
    TICKETS.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
}

fn main() {
    let sold: usize = thread::scope(|scope| {
        let desks = [scope.spawn(sell), scope.spawn(sell)];
        desks.into_iter().map(|desk| usize::from(desk.join().unwrap())).sum()
    });
    assert_eq!(sold, 1);
}
