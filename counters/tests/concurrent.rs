//! `#[concurrent]` in a build that ships: the impl as it is written, and nothing beside it.

#![allow(missing_docs, reason = "the methods of a test's types")]

use raceproof::concurrent;
use raceproof::spec::Allowed;
use raceproof::sync::atomic::{AtomicU64, Ordering};

/// Counts.
#[derive(Default)]
pub struct Tickets {
    next: AtomicU64,
}

/// The spec need not be hidden from builds that do not use it.
#[derive(Clone, Default, Hash)]
struct Numbers(u64);

impl Numbers {
    fn draw(&mut self, count: u64) -> u64 {
        self.0 += count;
        self.0
    }
    fn by(&self, thread: usize) -> usize {
        thread
    }
    fn drawn(&self) -> Allowed<u64> {
        let drawn = self.0;
        Allowed::when(move |seen| *seen <= drawn)
    }
}

#[concurrent(spec = Numbers, threads = 3)]
impl Tickets {
    /// A constant is none of the attribute's business.
    pub const FIRST: u64 = 1;

    pub fn draw(&self, #[arg(1..3u64)] count: u64) -> u64 {
        // Relaxed: a number, which publishes nothing.
        self.next.fetch_add(count, Ordering::Relaxed) + count
    }
    #[spurious(0)]
    pub fn drawn(&self) -> u64 {
        self.next.load(Ordering::Relaxed)
    }
    pub fn by(&self, #[thread] thread: usize) -> usize {
        thread
    }
    #[invariant]
    fn sane(&self) {
        assert!(self.drawn() < u64::MAX);
    }
}

#[test]
fn the_impl_is_as_written() {
    let tickets = Tickets::default();
    assert_eq!((tickets.draw(1), tickets.draw(2), tickets.drawn()), (Tickets::FIRST, 3, 3));
    assert_eq!(tickets.by(2), 2);
    tickets.sane();
    assert_eq!(size_of::<Tickets>(), size_of::<AtomicU64>());
}

/// Generic types keep their bounds.
pub struct Holder<T> {
    item: raceproof::sync::Mutex<T>,
}

/// A value.
pub struct One<T>(T);

impl<T: Clone> One<T> {
    fn get(&self) -> T {
        self.0.clone()
    }
}

#[concurrent(spec = One<T>, start = |holder: &Holder<T>| One(holder.get()), tests = off)]
impl<T: Clone + Send> Holder<T> {
    pub fn new(item: T) -> Self {
        Self { item: raceproof::sync::Mutex::new(item) }
    }
    pub fn get(&self) -> T {
        self.item.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }
}

#[test]
fn generic_types_are_as_written() {
    assert_eq!(Holder::new("x").get(), "x");
}
