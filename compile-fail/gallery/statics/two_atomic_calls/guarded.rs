// Any number of fields, and still one step: the method is the critical section.

use std::thread;

use raceproof::guarded;

#[guarded]
pub struct Tickets {
    left: u32,
}

#[guarded]
impl Tickets {
    pub const fn new(left: u32) -> Self {
        Self { left }
    }

    pub fn sell(&mut self) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        true
    }
}

static TICKETS: Tickets = Tickets::new(1);

fn main() {
    let sold: usize = thread::scope(|scope| {
        let desks = [scope.spawn(|| TICKETS.sell()), scope.spawn(|| TICKETS.sell())];
        desks.into_iter().map(|desk| usize::from(desk.join().unwrap())).sum()
    });
    assert_eq!(sold, 1);
}
