//! Is each ordering needed? Orderings that bear load, with what breaks without them, and orderings that do not.

use raceproof::guarded;
use raceproof::sync::atomic::{AtomicUsize, Ordering, fence};
use raceproof_test::orderings::{Need, OrderingSite, Orderings, Strength};
use raceproof_test::{Explorer, Kind, Subject, subject};

fn study(subject: Subject) -> Orderings {
    Explorer::new(subject).budget(0.0).orderings()
}

/// The sites of one written ordering.
fn written(report: &Orderings, strength: Strength) -> Vec<&OrderingSite> {
    let sites: Vec<_> = report.sites.iter().filter(|one| one.site.written == strength).collect();
    assert!(!sites.is_empty(), "{report}");
    sites
}

fn breaks(site: &OrderingSite, weaker: Strength) -> bool {
    site.witnesses().any(|(strength, finding)| strength == weaker && finding.kind == Kind::NotLinearizable)
}

fn suffices(site: &OrderingSite, weaker: Strength) -> bool {
    site.weaker.iter().any(|(strength, need)| *strength == weaker && matches!(need, Need::Suffices { .. }))
}

/// A value published by a flag: neither ordering can go.
#[guarded(rwlock, tests = off)]
struct Letter {
    value: AtomicUsize,
    full: AtomicUsize,
    store: Ordering,
    load: Ordering,
}

#[guarded]
impl Letter {
    pub fn with(store: Ordering, load: Ordering) -> Self {
        Self { value: AtomicUsize::new(0), full: AtomicUsize::new(0), store, load }
    }
    pub fn put(&self) {
        self.value.store(7, Ordering::Relaxed);
        self.full.store(1, self.store);
    }
    pub fn take(&self) -> Option<usize> {
        (self.full.load(self.load) == 1).then(|| self.value.load(Ordering::Relaxed))
    }
}

#[test]
fn both_sides_of_message_passing_bear_load() {
    let report = study(subject!(Letter = Letter::with(Ordering::Release, Ordering::Acquire)));
    assert!(report.failure.is_none(), "{report}");
    for strength in [Strength::Release, Strength::Acquire] {
        assert!(breaks(written(&report, strength)[0], Strength::Relaxed), "{report}");
    }
    assert!(written(&report, Strength::Relaxed).iter().all(|one| one.weaker.is_empty()), "{report}");
    assert_eq!(report.stronger_than_needed().count(), 0, "{report}");
    let text = report.to_string();
    let letter = subject!(Letter = Letter::with(Ordering::Release, Ordering::Acquire));
    let several = Explorer::new(letter).budget(0.0).workers(3).orderings();
    assert_eq!(several.to_string(), text, "three workers say what one or more said");
    assert!(text.contains("orderings.rs") && text.contains("(witness 1)"), "{text}");
}

#[test]
fn what_loom_cannot_tell_apart_is_undecided() {
    let report = study(subject!(Letter = Letter::with(Ordering::SeqCst, Ordering::SeqCst)));
    let sites = written(&report, Strength::SeqCst);
    assert_eq!(sites.len(), 2, "{report}");
    for site in sites {
        assert!(breaks(site, Strength::Relaxed), "{report}");
        assert!(matches!(site.weaker.last(), Some((_, Need::Undecided(_)))), "{report}");
    }
}

#[test]
fn what_fails_as_it_is_written_is_not_studied() {
    let report = study(subject!(Letter = Letter::with(Ordering::Relaxed, Ordering::Acquire)));
    let (why, finding) = report.failure.as_ref().expect("a missing Release");
    assert!(why.contains("as it is written") && finding.is_some(), "{report}");
    assert!(report.sites.is_empty());
}

/// One word, and nothing that it publishes.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Tickets {
    next: AtomicUsize,
}

#[guarded]
impl Tickets {
    pub fn draw(&self) -> usize {
        self.next.fetch_add(1, Ordering::SeqCst)
    }
}

#[test]
fn a_lonely_counter_needs_no_order() {
    let report = study(subject!(Tickets));
    let [site] = written(&report, Strength::SeqCst)[..] else { panic!("{report}") };
    assert!(suffices(site, Strength::Relaxed), "{report}");
    // What lies between is weaker than what is written and stronger than what suffices: nothing to say of it.
    assert_eq!(site.weaker.len(), 1, "{report}");
    assert!(report.to_string().contains("is no proof"), "{report}");
}

/// Message passing by fences around Relaxed accesses.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Fenced {
    value: AtomicUsize,
    full: AtomicUsize,
}

#[guarded]
impl Fenced {
    pub fn put(&self) {
        self.value.store(7, Ordering::Relaxed);
        fence(Ordering::Release);
        self.full.store(1, Ordering::Relaxed);
    }
    pub fn take(&self) -> Option<usize> {
        let full = self.full.load(Ordering::Relaxed) == 1;
        fence(Ordering::Acquire);
        full.then(|| self.value.load(Ordering::Relaxed))
    }
}

#[test]
fn a_fence_that_is_left_out_is_missed() {
    let report = study(subject!(Fenced));
    for strength in [Strength::Release, Strength::Acquire] {
        assert!(breaks(written(&report, strength)[0], Strength::None), "{report}");
    }
}

/// A state without atomics.
#[guarded(tests = off)]
#[derive(Default)]
struct Plain {
    value: u8,
}

#[guarded]
impl Plain {
    pub fn add(&mut self) -> u8 {
        self.value = self.value.wrapping_add(1);
        self.value
    }
}

#[test]
fn a_type_without_atomics_has_nothing_to_weaken() {
    let report = study(subject!(Plain));
    assert!(report.failure.is_none() && report.sites.is_empty(), "{report}");
    assert!(report.to_string().contains("no atomic operation"), "{report}");
}
