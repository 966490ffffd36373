//! A name may stand for anything: here the compiler says that it does not fit.

use raceproof::guarded;

#[derive(Clone, Copy)]
struct Point;

#[guarded(atomic)]
pub struct Place {
    at: Point,
}

fn main() {}
