// One guard for the question and the deed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Mutex;
use std::thread;

#[derive(Default)]
struct Seats {
    guests: Mutex<HashMap<u32, String>>,
}

impl Seats {
    fn book(&self, seat: u32, guest: &str) -> bool {
        match self.guests.lock().unwrap().entry(seat) {
            Entry::Occupied(_) => false,
            Entry::Vacant(free) => {
                free.insert(guest.to_owned());
                true
            }
        }
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
