// The last seat, asked for and taken: each call is one critical section, and there are two.

use raceproof::guarded;
use raceproof::sync::Arc;
use raceproof::thread;

#[guarded(tests = off)]
#[derive(Default)]
pub struct Seat {
    guests: Vec<u32>,
}

#[guarded]
impl Seat {
    pub fn is_free(&self) -> bool {
        self.guests.is_empty()
    }

    pub fn take(&mut self, guest: u32) {
        assert!(self.guests.is_empty(), "two guests have one seat");
        self.guests.push(guest);
    }
}

fn main() {
    let seat = Arc::new(Seat::default());
    let other = Arc::clone(&seat);
    let book = |seat: &Seat, guest| {
        if seat.is_free() {
            seat.take(guest); // another may have taken it since
        }
    };
    let thread = thread::spawn(move || book(&other, 1));
    book(&seat, 2);
    thread.join().unwrap();
}
