// A seat is booked if it is still free.

use std::collections::HashMap;
use std::sync::Mutex;
use std::thread;

#[derive(Default)]
struct Seats {
    guests: Mutex<HashMap<u32, String>>,
}

impl Seats {
    fn book(&self, seat: u32, guest: &str) -> bool {
        let free = !self.guests.lock().unwrap().contains_key(&seat);
        // Here the lock is released, and the seat may be taken.
        if free {
            self.guests.lock().unwrap().insert(seat, guest.to_owned());
        }
        free
    }
}

fn main() {
    let seats = Seats::default();
    thread::scope(|scope| {
        scope.spawn(|| println!("Ada: {}", seats.book(1, "Ada")));
        scope.spawn(|| println!("Bob: {}", seats.book(1, "Bob"))); // both may say true
    });
}
