// The question and the deed in one method.

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
    pub fn book(&mut self, guest: u32) -> bool {
        if !self.guests.is_empty() {
            return false;
        }
        self.guests.push(guest);
        true
    }
}

fn main() {
    let seat = Arc::new(Seat::default());
    let other = Arc::clone(&seat);
    let thread = thread::spawn(move || other.book(1));
    let booked = usize::from(seat.book(2)) + usize::from(thread.join().unwrap());
    assert_eq!(booked, 1);
}
