// Two cash desks take the last ticket: each call is atomic, the two together are not.

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

static TICKETS: AtomicU32 = AtomicU32::new(1);

fn sell() -> bool {
    let left = TICKETS.load(Ordering::SeqCst);
    if left == 0 {
        return false;
    }
    TICKETS.store(left - 1, Ordering::SeqCst); // another desk may have sold it meanwhile
    true
}

fn main() {
    let sold: usize = thread::scope(|scope| {
        let desks = [scope.spawn(sell), scope.spawn(sell)];
        desks.into_iter().map(|desk| usize::from(desk.join().unwrap())).sum()
    });
    println!("{sold} sold"); // one, and now and then two
}
