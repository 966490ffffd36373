//! Structures that publish: an RCU pointer, a reference count, a hand-rolled seqlock, a token bucket, an exchanger.

use crate::support::{fails, passes};
use raceproof::cell::UnsafeCell;
use raceproof::concurrent;
use raceproof::hint::spin_loop;
use raceproof::spec::Allowed;
use raceproof::sync::atomic::{AtomicU8, AtomicU32, Ordering, fence};
use raceproof_test::{Kind, Subject, subject};

/// A value that is read or replaced.
#[derive(Clone, Default, Hash)]
struct Register(u8);

impl Register {
    fn read(&self) -> u8 {
        self.0
    }
    fn write(&mut self, value: u8) {
        self.0 = value;
    }
}

/// Read-copy-update with two copies: readers say in which one they are, and the writer waits for those of the other.
struct Rcu {
    current: AtomicU32,
    readers: [AtomicU32; 2],
    copies: [UnsafeCell<u8>; 2],
    waits_for_readers: bool,
}

// SAFETY: a copy is written only while it is not the current one and no reader is in it.
unsafe impl Sync for Rcu {}

impl Rcu {
    fn with(waits_for_readers: bool) -> Self {
        Self {
            current: AtomicU32::new(0),
            readers: std::array::from_fn(|_| AtomicU32::new(0)),
            copies: std::array::from_fn(|_| UnsafeCell::new(0)),
            waits_for_readers,
        }
    }
}

#[concurrent(spec = Register, tests = off)]
impl Rcu {
    pub fn read(&self) -> u8 {
        loop {
            // Acquire: the copy that it names is written.
            let at = self.current.load(Ordering::Acquire) as usize;
            // AcqRel: the writer that reads a zero here comes before us, and one that comes after sees us. A
            // read-modify-write, so that it and the writer's are in one order.
            self.readers[at].fetch_add(1, Ordering::AcqRel);
            // The writer may have gone on meanwhile. A read-modify-write reads the last value there is.
            // AcqRel: as above.
            let still = self.current.fetch_add(0, Ordering::AcqRel) as usize == at;
            // SAFETY: it is the current copy, and we are counted in it.
            let value = still.then(|| self.copies[at].with(|value| unsafe { *value }));
            // Release: the writer may write once our read is over.
            self.readers[at].fetch_sub(1, Ordering::Release);
            if let Some(value) = value {
                return value;
            }
        }
    }

    #[single(writer)]
    pub fn write(&self, value: u8) {
        // Relaxed: only writers change it, and there is one.
        let next = 1 - self.current.load(Ordering::Relaxed);
        // AcqRel: the reads of those who were in there are over. A read-modify-write, as in `read`.
        while self.waits_for_readers && self.readers[next as usize].fetch_add(0, Ordering::AcqRel) != 0 {
            spin_loop();
        }
        // SAFETY: it is not the current copy, and nobody who looks now stays in it.
        self.copies[next as usize].with_mut(|copy| unsafe { *copy = value });
        // AcqRel: publishes the copy.
        self.current.swap(next, Ordering::AcqRel);
    }
}

#[test]
fn rcu_pointer() {
    passes(some_rcu(true));
}

#[test]
fn rcu_pointer_without_grace_period() {
    insta::assert_snapshot!(fails(some_rcu(false), Kind::DataRace));
}

/// A value that lives as long as somebody uses it; its owner lets go of it once.
struct Counted {
    count: AtomicU32,
    owned: AtomicU32,
    value: UnsafeCell<Option<u8>>,
    release: Ordering,
}

// SAFETY: the value is read while its reader is counted, and taken away by whoever counts down to nothing.
unsafe impl Sync for Counted {}

impl Counted {
    fn with(release: Ordering) -> Self {
        Self { count: AtomicU32::new(1), owned: AtomicU32::new(1), value: UnsafeCell::new(Some(7)), release }
    }

    fn let_go(&self) {
        // `release` is Release where it is right: our last look comes before the end.
        if self.count.fetch_sub(1, self.release) == 1 {
            // Acquire: so do all others'.
            fence(Ordering::Acquire);
            // SAFETY: nobody is counted, and from nothing nobody counts up.
            self.value.with_mut(|value| unsafe { *value = None });
        }
    }
}

#[derive(Clone, Hash)]
struct Value(Option<u8>);

impl Value {
    /// While somebody still looks, the value is there although its owner has let go: both are right.
    fn look(&self) -> Allowed<Option<u8>> {
        if self.0.is_some() { Allowed::only(self.0) } else { Allowed::one_of([None, Some(7)]) }
    }
    fn drop_owner(&mut self) -> bool {
        self.0.take().is_some()
    }
}

#[concurrent(spec = Value, start = Value(Some(7)), tests = off)]
impl Counted {
    pub fn drop_owner(&self) -> bool {
        // Relaxed: it says who was first, and publishes nothing.
        let first = self.owned.swap(0, Ordering::Relaxed) == 1;
        if first {
            self.let_go();
        }
        first
    }

    pub fn look(&self) -> Option<u8> {
        // Relaxed: a guess; the exchange decides.
        let mut count = self.count.load(Ordering::Relaxed);
        while count != 0 {
            // Relaxed: whoever gives us our share has the value, or we find it ended.
            match self.count.compare_exchange(count, count + 1, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => {
                    // SAFETY: we are counted.
                    let value = self.value.with(|value| unsafe { *value });
                    self.let_go();
                    return value;
                }
                Err(now) => count = now,
            }
        }
        None
    }
}

#[test]
fn reference_count() {
    passes(some_counted(Ordering::Release));
}

#[test]
fn reference_count_that_drops_relaxed() {
    insta::assert_snapshot!(fails(some_counted(Ordering::Relaxed), Kind::DataRace));
}

/// Two words that belong together, behind a number that is odd while they are written.
struct Seqlock {
    number: AtomicU32,
    words: [AtomicU8; 2],
    fences: bool,
}

impl Seqlock {
    fn with(fences: bool) -> Self {
        Self { number: AtomicU32::new(0), words: std::array::from_fn(|_| AtomicU8::new(0)), fences }
    }
}

#[derive(Clone, Default, Hash)]
struct Pair(u8);

impl Pair {
    fn read(&self) -> (u8, u8) {
        (self.0, self.0)
    }
    fn write(&mut self, value: u8) {
        self.0 = value;
    }
}

#[concurrent(spec = Pair, tests = off)]
impl Seqlock {
    pub fn read(&self) -> (u8, u8) {
        loop {
            // Acquire: what was written before it became even is seen.
            let before = self.number.load(Ordering::Acquire);
            // Relaxed: the fence orders them before the second look.
            let pair = (self.words[0].load(Ordering::Relaxed), self.words[1].load(Ordering::Relaxed));
            if self.fences {
                // Acquire: if a word was of a later write, the second look sees at least that write's odd number.
                fence(Ordering::Acquire);
            }
            // Relaxed: the fence stands before it.
            if before.is_multiple_of(2) && self.number.load(Ordering::Relaxed) == before {
                return pair;
            }
            spin_loop();
        }
    }

    #[single(writer)]
    pub fn write(&self, value: u8) {
        // Relaxed: there is one writer.
        let number = self.number.load(Ordering::Relaxed);
        self.number.store(number + 1, Ordering::Relaxed);
        if self.fences {
            // Release: who sees one of the words sees the odd number.
            fence(Ordering::Release);
        }
        // Relaxed: as above, and below.
        self.words[0].store(value, Ordering::Relaxed);
        self.words[1].store(value, Ordering::Relaxed);
        // Release: who sees the even number sees the words.
        self.number.store(number + 2, Ordering::Release);
    }
}

#[test]
fn seqlock() {
    passes(some_seqlock(true));
}

#[test]
fn seqlock_without_fences() {
    insta::assert_snapshot!(fails(some_seqlock(false), Kind::NotLinearizable));
}

/// Tokens that are taken if there are enough.
struct Bucket {
    tokens: AtomicU32,
    at_once: bool,
}

impl Bucket {
    fn with(at_once: bool) -> Self {
        Self { tokens: AtomicU32::new(2), at_once }
    }
}

#[derive(Clone, Hash)]
struct Tokens(u32);

impl Tokens {
    fn take(&mut self, count: u32) -> bool {
        let left = self.0.checked_sub(count);
        self.0 = left.unwrap_or(self.0);
        left.is_some()
    }
    fn refill(&mut self) {
        self.0 = 2;
    }
    fn left(&self) -> u32 {
        self.0
    }
}

#[concurrent(spec = Tokens, start = Tokens(2), tests = off)]
impl Bucket {
    pub fn take(&self, #[arg(1..3u32)] count: u32) -> bool {
        // Relaxed: a number, which publishes nothing; here and below.
        let mut tokens = self.tokens.load(Ordering::Relaxed);
        while let Some(left) = tokens.checked_sub(count) {
            if !self.at_once {
                // Whoever else has looked meanwhile takes the same tokens.
                self.tokens.store(left, Ordering::Relaxed);
                return true;
            }
            match self.tokens.compare_exchange(tokens, left, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => tokens = now,
            }
        }
        false
    }

    pub fn refill(&self) {
        self.tokens.store(2, Ordering::Relaxed);
    }

    pub fn left(&self) -> u32 {
        self.tokens.load(Ordering::Relaxed)
    }
}

#[test]
fn token_bucket() {
    passes(some_bucket(true));
}

#[test]
fn token_bucket_that_looks_first() {
    insta::assert_snapshot!(fails(some_bucket(false), Kind::NotLinearizable));
}

/// Two threads give each other a value: the first leaves an offer, the second answers it, the first takes the answer.
/// Whoever finds nobody within a few looks goes away with nothing.
struct Exchanger {
    /// [`EMPTY`]; an offer; or an answer, for whoever made the offer.
    slot: AtomicU32,
    /// Whether an offer is withdrawn only if nobody has answered it.
    looks_back: bool,
}

const EMPTY: u32 = 0;
const OFFER: u32 = 0x100;
const ANSWER: u32 = 0x200;
/// How long an offer stands.
const LOOKS: usize = 1;

impl Exchanger {
    fn with(looks_back: bool) -> Self {
        Self { slot: AtomicU32::new(EMPTY), looks_back }
    }
}

/// An exchange is two calls at once, and an order has one after the other: the first is believed what it says it got, and
/// the next that gets something must be the other half.
#[derive(Clone, Default, Hash)]
struct Halves(Option<(u8, u8)>);

impl Halves {
    fn exchange(&mut self, given: u8) -> Allowed<Option<u8>> {
        Allowed::then(move |halves: &mut Self, got: &Option<u8>| match (halves.0.take(), *got) {
            (None, Some(got)) => {
                halves.0 = Some((given, got));
                true
            }
            (Some((theirs, wanted)), Some(got)) => got == theirs && given == wanted,
            // To go away with nothing is always allowed, though not between two halves.
            (half, None) => half.is_none(),
        })
    }
    /// Between exchanges there is no half left over.
    fn settled(&self) -> bool {
        self.0.is_none()
    }
}

#[concurrent(spec = Halves, tests = off)]
impl Exchanger {
    pub fn exchange(&self, given: u8) -> Option<u8> {
        let given = u32::from(given);
        // Acquire, AcqRel: an offer is seen whole; in one word there is nothing more to it.
        match self.slot.compare_exchange(EMPTY, OFFER | given, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => {
                for _ in 0..LOOKS {
                    // Acquire: the answer.
                    let seen = self.slot.load(Ordering::Acquire);
                    if seen & ANSWER != 0 {
                        self.slot.store(EMPTY, Ordering::Release);
                        return Some(seen as u8);
                    }
                    spin_loop();
                }
                if !self.looks_back {
                    // Somebody may have answered since.
                    self.slot.store(EMPTY, Ordering::Release);
                    return None;
                }
                // AcqRel: as above.
                match self.slot.compare_exchange(OFFER | given, EMPTY, Ordering::AcqRel, Ordering::Acquire) {
                    Ok(_) => None,
                    Err(answer) => {
                        self.slot.store(EMPTY, Ordering::Release);
                        Some(answer as u8)
                    }
                }
            }
            Err(offer) if offer & OFFER != 0 => {
                // AcqRel: as above.
                let answered = self.slot.compare_exchange(offer, ANSWER | given, Ordering::AcqRel, Ordering::Acquire);
                answered.is_ok().then_some(offer as u8)
            }
            Err(_) => None,
        }
    }

    /// Whether nobody is here. Once all threads are done, nobody is.
    pub fn settled(&self) -> bool {
        true
    }

    #[invariant]
    fn nobody_is_left(&self) {
        assert_eq!(self.slot.load(Ordering::Acquire), EMPTY, "an offer or an answer is left");
    }
}

#[test]
fn exchanger() {
    passes(some_exchanger(true));
}

#[test]
fn exchanger_that_leaves_without_looking_back() {
    insta::assert_snapshot!(fails(some_exchanger(false), Kind::NotLinearizable));
}

// What the tests explore, and the benchmark beside raw loom.
pub(crate) fn some_rcu(waits_for_readers: bool) -> Subject {
    if waits_for_readers { subject!(Rcu = Rcu::with(true)) } else { subject!(Rcu = Rcu::with(false)) }
}

pub(crate) fn some_counted(release: Ordering) -> Subject {
    match release {
        Ordering::Release => subject!(Counted = Counted::with(Ordering::Release)),
        _ => subject!(Counted = Counted::with(Ordering::Relaxed)),
    }
}

pub(crate) fn some_seqlock(fences: bool) -> Subject {
    if fences { subject!(Seqlock = Seqlock::with(true)) } else { subject!(Seqlock = Seqlock::with(false)) }
}

pub(crate) fn some_bucket(at_once: bool) -> Subject {
    if at_once { subject!(Bucket = Bucket::with(true)) } else { subject!(Bucket = Bucket::with(false)) }
}

pub(crate) fn some_exchanger(looks_back: bool) -> Subject {
    if looks_back { subject!(Exchanger = Exchanger::with(true)) } else { subject!(Exchanger = Exchanger::with(false)) }
}
