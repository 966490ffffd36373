// A method is one critical section, whatever it does inside.

use std::collections::HashMap;
use std::thread;

use raceproof::guarded;

#[guarded]
#[derive(Default)]
pub struct Seats {
    guests: HashMap<u32, String>,
}

#[guarded]
impl Seats {
    pub fn book(&mut self, seat: u32, guest: &str) -> bool {
        let free = !self.guests.contains_key(&seat);
        if free {
            self.guests.insert(seat, guest.to_owned());
        }
        free
    }
}

fn main() {
    let seats = Seats::default();
    let booked: usize = thread::scope(|scope| {
        let calls = [scope.spawn(|| seats.book(1, "Ada")), scope.spawn(|| seats.book(1, "Bob"))];
        calls.into_iter().map(|call| usize::from(call.join().unwrap())).sum()
    });
    assert_eq!(booked, 1);
}
