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
race_tests!(Page);

#[test]
fn outside_it_keeps_its_own_value() {
    static OUTSIDE: Hits = Hits::new();
    OUTSIDE.increment();
    let report = Explorer::new(subject!(Page)).budget(0.0).run();
    assert!(report.ok(), "{report}");
    OUTSIDE.increment();
    assert_eq!(OUTSIDE.get(), 2);
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
