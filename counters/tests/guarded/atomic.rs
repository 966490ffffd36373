//! The word: several fields in one, and each recognised read-modify-write beside the plain code that it stands for.

#![allow(clippy::assign_op_pattern, reason = "both spellings are recognised, and both are looked at")]

use raceproof::guarded;

/// Each method changes the field, and returns something, in the way that becomes one instruction; the same on a plain
/// value beside it.
macro_rules! numbers {
    ($($module:ident: $integer:ident, [$($sample:expr),+];)+) => { $(
        mod $module {
            use raceproof::guarded;

            #[guarded(atomic)]
            #[derive(Clone, Copy, Debug, Default)]
            struct Word {
                value: $integer,
            }

            #[guarded]
            impl Word {
                pub const fn at(value: $integer) -> Self {
                    Self { value }
                }
                pub fn add(&mut self, n: $integer) -> $integer {
                    let old = self.value;
                    self.value = self.value.wrapping_add(n);
                    old
                }
                pub fn sub(&mut self, n: $integer) -> ($integer, Option<$integer>) {
                    self.value = self.value.wrapping_sub(n);
                    (self.value, Some(n))
                }
                pub fn raise(&mut self, n: $integer) -> $integer {
                    self.value = self.value.max(n);
                    self.value
                }
                pub fn lower(&mut self, n: $integer) -> Result<$integer, ()> {
                    self.value = self.value.min(n);
                    Ok(self.value)
                }
                pub fn set(&mut self, n: $integer) {
                    self.value = n;
                }
                pub fn replace(&mut self, n: $integer) -> $integer {
                    std::mem::replace(&mut self.value, n)
                }
                pub fn take(&mut self) -> $integer {
                    std::mem::take(&mut self.value)
                }
                pub fn keep(&mut self, mask: $integer) -> $integer {
                    self.value &= mask;
                    self.value
                }
                pub fn clear(&mut self, mask: $integer) {
                    self.value &= !mask;
                }
                pub fn mark(&mut self, mask: $integer) -> $integer {
                    let old = self.value;
                    self.value |= mask;
                    old
                }
                pub fn flip(&mut self, mask: $integer) {
                    self.value = self.value ^ mask;
                }
                pub fn up(&mut self) {
                    self.value = self.value.wrapping_add(1);
                }
                pub fn get(&self) -> $integer {
                    self.value
                }
                /// The amount is no argument's: the name is hidden. And no effect stands alone.
                pub fn hidden(&mut self, n: $integer) -> $integer {
                    let n = n.wrapping_mul(2);
                    self.value = self.value.wrapping_add(n);
                    n
                }
            }

            #[test]
            fn does_what_the_plain_code_does() {
                let all: &[$integer] = &[$($sample),+, 0, 1, $integer::MAX, $integer::MIN];
                for start in all {
                    for n in all {
                        let (start, n) = (*start, *n);
                        let word = Word::at(start);
                        assert_eq!(word.add(n), start);
                        let mut plain = start.wrapping_add(n);
                        assert_eq!(word.get(), plain);
                        assert_eq!(word.raise(n), plain.max(n));
                        plain = plain.max(n).wrapping_sub(start);
                        assert_eq!(word.sub(start), (plain, Some(start)));
                        plain = plain.min(n);
                        assert_eq!(word.lower(n), Ok(plain));
                        word.up();
                        plain = plain.wrapping_add(1);
                        assert_eq!(word.mark(start), plain);
                        plain |= start;
                        word.flip(n);
                        plain ^= n;
                        assert_eq!(word.get(), plain);
                        assert_eq!(word.keep(start), plain & start);
                        plain &= start;
                        word.clear(n);
                        plain &= !n;
                        assert_eq!(word.replace(n), plain);
                        assert_eq!(word.hidden(start), start.wrapping_mul(2));
                        assert_eq!(word.take(), n.wrapping_add(start.wrapping_mul(2)));
                        assert_eq!(word.get(), 0);
                        word.set(n);
                        assert_eq!((word.get(), word.clone().get()), (n, n));
                    }
                }
            }
        }
    )+ };
}
numbers! {
    bytes: u8, [7, 200];
    signed_bytes: i8, [-7, 100];
    shorts: u16, [1000];
    signed_words: i32, [-5, 1 << 20];
    longs: u64, [1 << 40, 3];
    signed_longs: i64, [-1, 1 << 40];
    sizes: usize, [5];
    signed_sizes: isize, [-5];
}

#[guarded(atomic)]
#[derive(Debug, Default)]
struct Flag(bool);

#[guarded]
impl Flag {
    pub fn raise(&mut self) -> bool {
        !std::mem::replace(&mut self.0, true)
    }
    pub fn and(&mut self, other: bool) -> bool {
        self.0 &= other;
        self.0
    }
    pub fn and_not(&mut self, other: bool) {
        self.0 &= !other;
    }
    pub fn toggle(&mut self) -> bool {
        self.0 ^= true;
        self.0
    }
    pub fn lower(&mut self) -> bool {
        std::mem::take(&mut self.0)
    }
    pub fn is_up(&self) -> bool {
        self.0
    }
}

#[test]
fn a_flag() {
    let flag = Flag::default();
    assert_eq!((flag.raise(), flag.raise(), flag.is_up()), (true, false, true));
    assert_eq!((flag.and(true), flag.and(false), flag.toggle(), flag.toggle()), (true, false, true, false));
    flag.raise();
    flag.and_not(false);
    assert!(flag.is_up());
    flag.and_not(true);
    assert_eq!((flag.is_up(), flag.raise(), flag.lower(), flag.lower()), (false, true, true, false));
}

#[derive(Clone, Copy, Debug, PartialEq, Default)]
enum Phase {
    #[default]
    Idle = 3,
    Running = -2,
    Done = 200,
}
raceproof::pack!(Phase { Idle, Running, Done });

impl std::ops::Not for Phase {
    type Output = Self;
    fn not(self) -> Self {
        if self == Self::Idle { Self::Running } else { Self::Idle }
    }
}

type Count = i16;

/// Fields of many kinds: 8 + 16 + 1 + 21 bits and those of the enum.
#[guarded(atomic)]
#[derive(Clone, Debug)]
struct Job {
    phase: Phase,
    tries: Count,
    urgent: bool,
    letter: char,
    priority: u8,
    #[cfg(any())]
    never: String,
}

#[guarded]
impl Job {
    pub const fn new() -> Self {
        Self { phase: Phase::Idle, tries: -1, urgent: true, letter: 'ä', priority: 255 }
    }
    pub fn start(&mut self) -> Result<i16, Phase> {
        if self.phase != Phase::Idle {
            return Err(self.phase);
        }
        self.phase = Phase::Running;
        self.tries -= 1;
        Ok(self.tries)
    }
    pub fn finish(&mut self, letter: char) {
        self.phase = Phase::Done;
        self.urgent = !self.urgent;
        self.letter = letter;
        self.priority = self.priority.wrapping_add(1);
    }
    pub fn all(&self) -> (Phase, i16, bool, char, u8) {
        (self.phase, self.tries, self.urgent, self.letter, self.priority)
    }
}

static JOB: Job = Job::new();

#[test]
fn several_fields_change_together() {
    assert_eq!(JOB.all(), (Phase::Idle, -1, true, 'ä', 255));
    let started = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| JOB.start().is_ok())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).filter(|started| *started).count()
    });
    assert_eq!(started, 1);
    assert_eq!(JOB.start(), Err(Phase::Running));
    JOB.finish('\u{10ffff}');
    assert_eq!(JOB.all(), (Phase::Done, -2, false, '\u{10ffff}', 0));
    assert!(format!("{JOB:?}").starts_with("Job { phase: Done, tries: -2"));
}

/// The exchange is for any field that is alone, the default's bits are for numbers only.
#[guarded(atomic)]
#[derive(Default)]
struct Alone {
    phase: Phase,
}

#[guarded]
impl Alone {
    pub fn set(&mut self, phase: Phase) -> Phase {
        std::mem::replace(&mut self.phase, phase)
    }
    pub fn run(&mut self) {
        self.phase = Phase::Running;
    }
    pub fn reset(&mut self) -> Phase {
        std::mem::take(&mut self.phase)
    }
    pub fn set_not(&mut self, phase: Phase) -> Phase {
        self.phase = !phase;
        self.phase
    }
}

#[test]
fn an_enum_alone() {
    let alone = Alone::default();
    // What `!` is of an enum is its impl's to say, not the processor's.
    assert_eq!((alone.set_not(Phase::Idle), alone.reset()), (Phase::Running, Phase::Running));
    assert_eq!(alone.set(Phase::Done), Phase::Idle);
    alone.run();
    assert_eq!((alone.reset(), alone.reset()), (Phase::Running, Phase::Idle));
}

/// A body that is no instruction runs until its outcome is kept, and one that panics leaves the word as it was.
#[guarded(atomic)]
#[derive(Default)]
struct Total {
    sum: u32,
    most: u32,
}

#[guarded]
impl Total {
    pub fn add(&mut self, n: u32) -> u32 {
        assert!(n < 1000, "too much");
        self.sum += n;
        self.most = self.most.max(n);
        self.sum
    }
    pub fn get(&self) -> (u32, u32) {
        (self.sum, self.most)
    }
}

#[test]
fn many_threads_lose_nothing() {
    let total = Total::default();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let total = &total;
            scope.spawn(move || (0..1000).for_each(|n| _ = total.add((n + thread) % 8)));
        }
    });
    assert_eq!(total.get(), (4 * 125 * 28, 7));
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| total.add(1000))).is_err());
    assert_eq!(total.get(), (4 * 125 * 28, 7));
}

/// What a user's own operators and destructors may do: panic, the first time.
#[derive(Clone)]
struct Mine {
    value: u64,
}
#[derive(Clone, Copy)]
struct Refuses;
#[derive(Clone)]
struct Falls;

impl std::ops::Deref for Mine {
    type Target = Wrapped;
    fn deref(&self) -> &Wrapped {
        assert_eq!(self.value, 0, "looked behind");
        &Wrapped { inner: 7 }
    }
}
struct Wrapped {
    inner: u64,
}
impl std::ops::Not for Refuses {
    type Output = bool;
    fn not(self) -> bool {
        panic!("not so");
    }
}
impl Drop for Falls {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "fallen");
    }
}

/// Changes of one field that look like one instruction, with something beside them that can panic.
#[guarded(atomic, tests = off)]
#[derive(Default)]
struct Careful {
    value: u64,
}

#[guarded]
impl Careful {
    pub fn set_and_deny(&mut self, n: u64, refuses: Refuses) -> bool {
        self.value = n;
        !refuses
    }
    pub fn set_and_look(&mut self, n: u64, mine: Mine) -> u64 {
        self.value = n;
        mine.inner
    }
    pub fn set_and_drop(&mut self, n: u64, falls: Falls) -> u64 {
        self.value = n;
        let _falls = falls;
        n
    }
    #[allow(unused_variables)]
    pub fn set_beside(&mut self, n: u64, falls: Falls) {
        self.value = n;
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

#[test]
fn what_panics_beside_a_change_comes_before_it() {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    let careful = Careful::default();
    assert_eq!(careful.set_and_look(1, Mine { value: 0 }), 7);
    let panics: [(&str, &dyn Fn()); 4] = [
        ("!", &|| _ = careful.set_and_deny(2, Refuses)),
        ("Deref", &|| _ = careful.set_and_look(3, Mine { value: 1 })),
        ("Drop of a local", &|| _ = careful.set_and_drop(4, Falls)),
        ("Drop of an argument", &|| careful.set_beside(5, Falls)),
    ];
    for (what, call) in panics {
        assert!(catch_unwind(AssertUnwindSafe(call)).is_err(), "{what} panics");
        assert_eq!(careful.get(), 1, "{what}");
    }
}
