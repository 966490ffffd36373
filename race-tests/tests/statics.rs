//! Guarded statics: set up afresh for each execution, and with a value of their own outside.

use raceproof::guarded;
use raceproof::sync::Mutex;
use raceproof_test::{Explorer, Kind, Rung, race_tests, subject};

#[guarded(tests = off)]
struct Hits {
    value: u64,
}

#[guarded]
impl Hits {
    pub const fn new() -> Self {
        Self { value: 0 }
    }
    pub fn increment(&mut self) -> u64 {
        self.value += 1;
        self.value
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

static HITS: Hits = Hits::new();

/// A page whose hits are counted in a static: no state of its own.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Page {}

#[guarded]
impl Page {
    pub fn hit(&self) -> u64 {
        HITS.increment()
    }
    pub fn hits(&self) -> u64 {
        HITS.get()
    }
}

// If the static kept its value from one execution to the next, the second would already differ from the specification.
race_tests!(Page, budget = 0.3);

#[test]
fn outside_it_keeps_its_own_value() {
    static OUTSIDE: Hits = Hits::new();
    OUTSIDE.increment();
    let report = Explorer::new(subject!(Page)).budget(0.0).run();
    assert!(report.ok(), "{report}");
    OUTSIDE.increment();
    assert_eq!(OUTSIDE.get(), 2);
}

/// A static in parts: each copy begins with the state that it was made of in one part, and neutral ones in the others.
#[guarded(sharded, tests = off)]
struct Parts {
    value: u64,
}

#[guarded]
impl Parts {
    pub const fn new() -> Self {
        Self { value: 0 }
    }
    pub const fn starting_at(value: u64) -> Self {
        Self { value }
    }
    pub fn add(&mut self, n: u64) {
        self.value = self.value.wrapping_add(n);
    }
    #[merge(sum)]
    pub fn get(&self) -> u64 {
        self.value
    }
}

/// A static of two fields in one word.
#[guarded(atomic, tests = off)]
struct Packed {
    low: u8,
    high: u8,
}

#[guarded]
impl Packed {
    pub const fn new() -> Self {
        Self { low: 250, high: 1 }
    }
    pub fn step(&mut self) -> (u8, u8) {
        self.low = self.low.wrapping_add(3);
        self.high = self.high.wrapping_add(u8::from(self.low < 3));
        (self.low, self.high)
    }
}

static PARTS: Parts = Parts::new();
static PACKED: Packed = Packed::new();

#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Shelf {}

#[guarded]
impl Shelf {
    pub fn put(&self) {
        PARTS.add(1);
    }
    pub fn count(&self) -> u64 {
        PARTS.get()
    }
    pub fn step(&self) -> (u8, u8) {
        PACKED.step()
    }
}

race_tests!(Shelf, budget = 0.5);

#[test]
fn in_parts_it_keeps_its_own_value_outside() {
    static OUTSIDE: Parts = Parts::starting_at(40);
    OUTSIDE.add(2);
    assert_eq!((OUTSIDE.get(), PARTS.get()), (42, 0));
}

static PLAIN: Mutex<u64> = Mutex::new(0);

#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Leaky {}

#[guarded]
impl Leaky {
    pub fn hit(&self) -> u64 {
        let mut hits = PLAIN.lock().unwrap_or_else(|e| e.into_inner());
        *hits += 1;
        *hits
    }
}

#[test]
fn a_plain_static_is_refused_by_name() {
    let report = Explorer::new(subject!(Leaky)).rungs(&[Rung::Loom, Rung::Shuttle]).budget(0.0).run();
    let finding = report.finding().unwrap_or_else(|| panic!("{report}"));
    assert_eq!(finding.kind, Kind::Refused, "{finding}");
    let text = finding.to_string();
    assert!(text.contains("`Mutex` belongs to") && text.contains("#[guarded]"), "{text}");
}
