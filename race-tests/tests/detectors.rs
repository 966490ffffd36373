//! Each detector with a planted bug that it must find, and the same program repaired, of which it must say nothing.
//!
//! Free code, in each world that can carry the bug; `RACEPROOF_SEEDS=20` runs 20 seeds, `cargo test` fewer. What is said
//! is checked too: from the report alone a reader has to know where to look.

#![allow(unreachable_pub, reason = "a public method is what threads share")]

use raceproof::cell::UnsafeCell;
use raceproof::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering::*, fence};
use raceproof::sync::mpsc::channel;
use raceproof::sync::{Arc, Barrier, Condvar, Mutex, Once, RwLock};
use raceproof::{concurrent, guarded, hint, thread};
use raceproof_test::{Explorer, Finding, Kind, RaceReport, RaceTest, Rung, Subject, subject};

fn seeds() -> std::ops::Range<u64> {
    let seeds = std::env::var("RACEPROOF_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(2);
    0..seeds
}

fn explore(rung: Rung, seed: u64, body: impl Fn() + Send + Sync + 'static) -> RaceReport<()> {
    RaceTest::new("planted", body).engines(&[rung]).seed(seed).budget(0.0).run()
}

/// Executions that a plant may take: a second or two.
const MOST: u64 = 20_000;

/// The bug is found by each of these engines, whatever the seed, in at most [`MOST`] executions; every finding says all of
/// `words`.
#[track_caller]
fn found(rungs: &[Rung], kind: Kind, words: &[&str], body: impl Fn() + Send + Sync + Clone + 'static) {
    for rung in rungs {
        for seed in seeds() {
            let report = explore(*rung, seed, body.clone());
            let executions: u64 = report.report.rungs.iter().map(|rung| rung.executions).sum();
            let finding = report.finding().unwrap_or_else(|| panic!("{rung}, seed {seed}: nothing found\n{report}"));
            assert_eq!(finding.kind, kind, "{rung}, seed {seed}: {finding}");
            let text = finding.to_string();
            for word in words {
                assert!(text.contains(word), "{rung}, seed {seed}: no `{word}` in\n{text}");
            }
            assert!(executions <= MOST, "{rung}, seed {seed}: {executions} executions");
        }
    }
}

/// No engine says anything of it, not even a warning.
#[track_caller]
fn silent(body: impl Fn() + Send + Sync + Clone + 'static) {
    for rung in EACH {
        for seed in seeds() {
            let report = explore(rung, seed, body.clone());
            assert!(report.ok(), "{rung}, seed {seed}: {report}");
            assert!(report.warnings.is_empty(), "{rung}, seed {seed}: {report}");
        }
    }
}

const EACH: [Rung; 3] = [Rung::Loom, Rung::Dpor, Rung::Shuttle];

/// Two threads: this one and another.
fn both(mine: impl FnOnce(), theirs: impl FnOnce() + Send + 'static) {
    let thread = thread::spawn(theirs);
    mine();
    thread.join().unwrap();
}

type Pair = Arc<(Mutex<u32>, Mutex<u32>)>;

fn left_then_right(pair: &Pair) {
    let _left = pair.0.lock().unwrap();
    let _right = pair.1.lock().unwrap();
}

fn right_then_left(pair: &Pair) {
    let _right = pair.1.lock().unwrap();
    let _left = pair.0.lock().unwrap();
}

#[test]
fn a_deadlock_is_told_with_its_cycle_and_what_each_thread_holds() {
    let words = [
        "cycle: A waits for B, B waits for A",
        "thread B holds it since race-tests/tests/detectors.rs",
        "holding Mutex #",
    ];
    found(&EACH, Kind::Deadlock, &words, || {
        let pair = Pair::default();
        let other = Arc::clone(&pair);
        both(|| left_then_right(&pair), move || right_then_left(&other));
    });
    silent(|| {
        let pair = Pair::default();
        let other = Arc::clone(&pair);
        both(|| left_then_right(&pair), move || left_then_right(&other));
    });
}

#[test]
fn a_lock_taken_twice_is_told_as_that() {
    found(&EACH, Kind::Deadlock, &["it holds that itself since", "cycle: A waits for itself"], || {
        let lock = Mutex::new(0);
        let _first = lock.lock().unwrap();
        let _second = lock.lock().unwrap();
    });
    silent(|| {
        let lock = Mutex::new(0);
        drop(lock.lock().unwrap());
        drop(lock.lock().unwrap());
    });
}

/// In one execution alone the deadlock itself is a matter of luck; the order of the locks shows all the same.
#[test]
fn an_inversion_is_seen_where_nothing_deadlocked() {
    let (mut told, mut deadlocked) = (0, 0);
    for seed in 0..10 {
        let report = RaceTest::new("inversion", || {
            let pair = Pair::default();
            let other = Arc::clone(&pair);
            both(|| left_then_right(&pair), move || right_then_left(&other));
        })
        .engines(&[Rung::Shuttle])
        .seed(seed)
        .executions(2)
        .run();
        match report.finding() {
            Some(finding) => {
                assert_eq!(finding.kind, Kind::Deadlock, "{finding}");
                deadlocked += 1;
            }
            None => {
                let warning = report.warnings.join("\n");
                assert!(warning.contains("locks taken in different orders"), "seed {seed}: {report}");
                assert!(warning.contains("thread B holds Mutex #") && warning.contains("detectors.rs:"), "{warning}");
                told += 1;
            }
        }
    }
    assert!(told > 0, "{deadlocked} of 10 deadlocked at once");
}

#[test]
fn an_inversion_that_cannot_bite_is_no_alarm() {
    // A gate: nobody takes the two but under a third.
    silent(|| {
        let pair = Arc::new((Pair::default(), Mutex::new(())));
        let other = Arc::clone(&pair);
        both(
            || {
                let _gate = pair.1.lock().unwrap();
                left_then_right(&pair.0);
            },
            move || {
                let _gate = other.1.lock().unwrap();
                right_then_left(&other.0);
            },
        );
    });
    // One thread.
    silent(|| {
        let pair = Pair::default();
        left_then_right(&pair);
        right_then_left(&pair);
    });
    // One after the other: started and joined in between.
    silent(|| {
        let pair = Pair::default();
        let other = Arc::clone(&pair);
        right_then_left(&pair);
        thread::spawn(move || left_then_right(&other)).join().unwrap();
        right_then_left(&pair);
    });
    // One after the other: told by a message.
    silent(|| {
        let pair = Pair::default();
        let other = Arc::clone(&pair);
        let (sender, receiver) = channel();
        both(
            || {
                left_then_right(&pair);
                sender.send(()).unwrap();
            },
            move || {
                receiver.recv().unwrap();
                right_then_left(&other);
            },
        );
    });
    // Readers share.
    silent(|| {
        let pair = Arc::new((RwLock::new(0), RwLock::new(0)));
        let other = Arc::clone(&pair);
        both(
            || {
                let _left = pair.0.read().unwrap();
                let _right = pair.1.read().unwrap();
            },
            move || {
                let _right = other.1.read().unwrap();
                let _left = other.0.read().unwrap();
            },
        );
    });
    // The second lock is only tried.
    silent(|| {
        let pair = Pair::default();
        let other = Arc::clone(&pair);
        both(
            || left_then_right(&pair),
            move || {
                let _right = other.1.lock().unwrap();
                let _left = other.0.try_lock();
            },
        );
    });
}

/// A cell that the code around keeps in order.
struct Shared {
    cell: UnsafeCell<u32>,
    flag: AtomicBool,
    lock: Mutex<()>,
}

// SAFETY: that is for the tests to find out; the engines run one simulated thread at a time.
unsafe impl Sync for Shared {}
// SAFETY: the same.
unsafe impl Send for Shared {}

impl Shared {
    fn new() -> Arc<Self> {
        Arc::new(Self { cell: UnsafeCell::new(0), flag: AtomicBool::new(false), lock: Mutex::new(()) })
    }

    fn write(&self) {
        // SAFETY: see `Shared`.
        self.cell.with_mut(|value| unsafe { *value += 1 });
    }

    fn read(&self) -> u32 {
        // SAFETY: see `Shared`.
        self.cell.with(|value| unsafe { *value })
    }
}

#[test]
fn a_race_on_a_cell_is_found_with_both_places() {
    let words = ["UnsafeCell #1: thread", "it at race-tests/tests/detectors.rs", "nothing orders the two"];
    found(&EACH, Kind::DataRace, &words, || {
        let shared = Shared::new();
        let other = Arc::clone(&shared);
        both(|| shared.write(), move || other.write());
    });
    silent(|| {
        let shared = Shared::new();
        let other = Arc::clone(&shared);
        both(
            || {
                let _lock = shared.lock.lock().unwrap();
                shared.write();
            },
            move || {
                let _lock = other.lock.lock().unwrap();
                other.write();
            },
        );
    });
}

#[test]
fn a_relaxed_flag_orders_nothing() {
    let hand_over = |store, load| {
        move || {
            let shared = Shared::new();
            let other = Arc::clone(&shared);
            both(
                || {
                    shared.write();
                    shared.flag.store(true, store);
                },
                move || {
                    if other.flag.load(load) {
                        other.read();
                    }
                },
            );
        }
    };
    // shuttle takes Relaxed for SeqCst: nothing goes wrong there, and the race is found all the same.
    found(&EACH, Kind::DataRace, &["nothing orders the two"], hand_over(Relaxed, Acquire));
    found(&EACH, Kind::DataRace, &["nothing orders the two"], hand_over(Release, Relaxed));
    silent(hand_over(Release, Acquire));
    silent(hand_over(SeqCst, SeqCst));
}

#[test]
fn fences_and_release_sequences_order() {
    let fenced = |release: bool| {
        move || {
            let shared = Shared::new();
            let other = Arc::clone(&shared);
            both(
                || {
                    shared.write();
                    if release {
                        fence(Release);
                    }
                    shared.flag.store(true, Relaxed);
                },
                move || {
                    if other.flag.load(Relaxed) {
                        fence(Acquire);
                        other.read();
                    }
                },
            );
        }
    };
    found(&EACH, Kind::DataRace, &["nothing orders the two"], fenced(false));
    silent(fenced(true));
    // A read-modify-write continues the release sequence, whatever its ordering; a store ends it.
    let sequence = |update: bool| {
        move || {
            let shared = Arc::new((Shared::new(), AtomicUsize::new(0)));
            let (second, third) = (Arc::clone(&shared), Arc::clone(&shared));
            let first = thread::spawn(move || {
                second.0.write();
                second.1.store(1, Release);
            });
            let middle = thread::spawn(move || {
                if third.1.load(Relaxed) == 1 {
                    if update {
                        third.1.fetch_add(1, Relaxed);
                    } else {
                        third.1.store(2, Relaxed);
                    }
                }
            });
            if shared.1.load(Acquire) == 2 {
                shared.0.read();
            }
            first.join().unwrap();
            middle.join().unwrap();
        }
    };
    // loom lets the sequence go on over another thread's store: see `docs/litmus.md`.
    found(&[Rung::Shuttle], Kind::DataRace, &["nothing orders the two"], sequence(false));
    silent(sequence(true));
}

#[test]
fn whatever_orders_in_std_orders_here() {
    silent(|| {
        let shared = Arc::new((Shared::new(), Barrier::new(2)));
        let other = Arc::clone(&shared);
        both(
            || {
                shared.0.write();
                shared.1.wait();
            },
            move || {
                other.1.wait();
                other.0.read();
            },
        );
    });
    silent(|| {
        let shared = Arc::new((Shared::new(), Once::new()));
        let other = Arc::clone(&shared);
        both(
            || {
                shared.1.call_once(|| shared.0.write());
                shared.0.read();
            },
            move || {
                other.1.call_once(|| other.0.write());
                other.0.read();
            },
        );
    });
    silent(|| {
        let shared = Shared::new();
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            thread::park();
            other.read();
        });
        shared.write();
        thread.thread().unpark();
        thread.join().unwrap();
        shared.write();
    });
    silent(|| {
        let shared = Arc::new((Shared::new(), Mutex::new(false), Condvar::new()));
        let other = Arc::clone(&shared);
        both(
            || {
                shared.0.write();
                *shared.1.lock().unwrap() = true;
                shared.2.notify_one();
            },
            move || {
                drop(other.2.wait_while(other.1.lock().unwrap(), |ready| !*ready).unwrap());
                other.0.read();
            },
        );
    });
    silent(|| {
        let lock = Arc::new((RwLock::new(()), Shared::new()));
        let other = Arc::clone(&lock);
        both(
            || {
                let _read = lock.0.read().unwrap();
                lock.1.read();
            },
            move || {
                let _write = other.0.write().unwrap();
                other.1.write();
            },
        );
    });
}

#[test]
fn a_lost_wake_up_is_told_as_that() {
    let wait = |look_under_the_lock: bool| {
        move || {
            let pair = Arc::new((Mutex::new(false), Condvar::new()));
            let other = Arc::clone(&pair);
            both(
                || {
                    let mut ready = pair.0.lock().unwrap();
                    if !look_under_the_lock {
                        let seen = *ready;
                        drop(ready);
                        if seen {
                            return;
                        }
                        // Here the news may come.
                        drop(pair.1.wait(pair.0.lock().unwrap()).unwrap());
                        return;
                    }
                    while !*ready {
                        ready = pair.1.wait(ready).unwrap();
                    }
                },
                move || {
                    *other.0.lock().unwrap() = true;
                    other.1.notify_one();
                },
            );
        }
    };
    found(
        &EACH,
        Kind::Deadlock,
        &["lost wake-up: thread B called notify_one at race-tests/tests/detectors.rs"],
        wait(false),
    );
    silent(wait(true));
}

#[test]
fn a_loop_without_end_is_told_with_its_line() {
    let spin = |comes: bool, polite: bool| {
        move || {
            let flag = Arc::new(AtomicBool::new(false));
            let other = Arc::clone(&flag);
            both(
                || {
                    while !flag.load(Acquire) {
                        if polite {
                            hint::spin_loop();
                        }
                    }
                },
                move || other.store(comes, Release),
            );
        }
    };
    let words = ["thread A repeats load(Acquire) of AtomicU8 #1 at race-tests/tests/detectors.rs"];
    found(&[Rung::Shuttle], Kind::StepBound, &words, spin(false, true));
    found(&[Rung::Shuttle], Kind::StepBound, &["thread A never lets others go on"], spin(false, false));
    silent(spin(true, true));
    // On a machine it ends: no alarm, whatever an unfair policy does.
    for seed in seeds() {
        let report = explore(Rung::Shuttle, seed, spin(true, false));
        assert!(report.ok(), "seed {seed}: {report}");
    }
}

#[test]
fn a_livelock_is_two_loops() {
    let after_you = |somebody_begins: bool| {
        move || {
            let flags = Arc::new((AtomicBool::new(somebody_begins), AtomicBool::new(false)));
            let other = Arc::clone(&flags);
            let polite = |mine: &AtomicBool, theirs: &AtomicBool| {
                // "After you."
                while !theirs.load(Acquire) {
                    thread::yield_now();
                }
                mine.store(true, Release);
            };
            both(|| polite(&flags.0, &flags.1), move || polite(&other.1, &other.0));
        }
    };
    found(&[Rung::Shuttle], Kind::StepBound, &["livelock: 2 threads"], after_you(false));
    silent(after_you(true));
}

#[test]
fn a_seqlock_without_fences_hands_out_halves() {
    // An odd number: a write is under way.
    let seqlock = |fences: bool| {
        move || {
            let shared = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0)));
            let other = Arc::clone(&shared);
            let write = move || {
                other.0.store(1, Relaxed);
                if fences {
                    // Release: whoever sees a half sees the odd number.
                    fence(Release);
                }
                other.1.store(1, Relaxed);
                other.2.store(1, Relaxed);
                // Release: whoever sees the even number sees both halves.
                other.0.store(2, Release);
            };
            let read = || {
                // Acquire: pairs with the last store.
                let before = shared.0.load(Acquire);
                let halves = (shared.1.load(Relaxed), shared.2.load(Relaxed));
                if fences {
                    // Acquire: pairs with the writer's fence.
                    fence(Acquire);
                }
                if before.is_multiple_of(2) && shared.0.load(Relaxed) == before {
                    assert_eq!(halves.0, halves.1, "half a write");
                }
            };
            both(read, write);
        }
    };
    let words = ["half a write", "thread A at race-tests/tests/detectors.rs", "an old value"];
    found(&[Rung::Loom], Kind::Panic, &words, seqlock(false));
    silent(seqlock(true));
}

#[test]
fn double_checked_initialisation_needs_an_acquire_at_its_first_look() {
    let get = |first_look| {
        move || {
            let shared = Arc::new((Shared::new(), AtomicBool::new(false), Mutex::new(())));
            let other = Arc::clone(&shared);
            let get = move |(value, ready, lock): &(Arc<Shared>, AtomicBool, Mutex<()>)| {
                if !ready.load(first_look) {
                    let _guard = lock.lock().unwrap();
                    // Relaxed: the lock orders it.
                    if !ready.load(Relaxed) {
                        value.write();
                        // Release: pairs with the first look.
                        ready.store(true, Release);
                    }
                }
                value.read();
            };
            both(|| get(&shared), move || get(&other));
        }
    };
    // In the clocks it shows to every engine, and to loom in the values.
    found(&EACH, Kind::DataRace, &["nothing orders the two"], get(Relaxed));
    silent(get(Acquire));
}

#[test]
fn use_of_a_poisoned_lock_is_told_with_who_poisoned_it() {
    let use_it = |unwrap: bool| {
        move || {
            let lock = Arc::new(Mutex::new(0));
            let other = Arc::clone(&lock);
            let thread = thread::spawn(move || {
                let _guard = other.lock().unwrap();
                panic!("on purpose");
            });
            assert!(thread.join().is_err());
            if unwrap {
                *lock.lock().unwrap() += 1;
            } else {
                *lock.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) += 1;
            }
        }
    };
    let words =
        ["use of a poisoned object", "thread B panicked while it held Mutex #1 since race-tests/tests/detectors.rs"];
    found(&EACH, Kind::Panic, &words, use_it(true));
    silent(use_it(false));
}

#[test]
fn threads_left_running_are_a_warning() {
    let start = |join: bool| {
        move || {
            let thread = thread::spawn(|| drop(Mutex::new(0).lock().unwrap()));
            if join {
                thread.join().unwrap();
            }
        }
    };
    for rung in EACH {
        let report = explore(rung, 0, start(false));
        assert!(report.ok(), "{report}");
        assert!(report.warnings.iter().any(|warning| warning.starts_with("threads left running: 1")), "{report}");
        let strict = RaceTest::new("strict", start(false)).engines(&[rung]).budget(0.0).strict(true).run();
        assert!(!strict.ok(), "{strict}");
    }
    silent(start(true));
}

/// Holds another one of its kind.
struct Link {
    hits: AtomicUsize,
    up: Mutex<Option<Arc<Link>>>,
}

impl Link {
    fn new() -> Arc<Self> {
        Arc::new(Self { hits: AtomicUsize::new(0), up: Mutex::new(None) })
    }
}

#[test]
fn what_is_never_dropped_is_told_with_where_it_was_made() {
    // Each holds the other, unless one of them lets go in the end.
    let cycle = |lets_go: bool| {
        move || {
            let (one, two) = (Link::new(), Link::new());
            *one.up.lock().unwrap() = Some(Arc::clone(&two));
            *two.up.lock().unwrap() = Some(Arc::clone(&one));
            let shared = Arc::clone(&two);
            both(|| _ = one.hits.fetch_add(1, Relaxed), move || _ = shared.hits.fetch_add(1, Relaxed));
            if lets_go {
                *two.up.lock().unwrap() = None;
            }
        }
    };
    for rung in [Rung::Dpor, Rung::Shuttle] {
        let report = explore(rung, 0, cycle(false));
        assert!(report.ok(), "{rung}: {report}");
        let leaked = "leaked: the AtomicUsize made at race-tests/tests/detectors.rs:";
        assert_eq!(report.warnings.len(), 1, "one line, however many were made there: {report}");
        assert!(report.warnings[0].starts_with(leaked), "{rung}: {report}");
        let strict = RaceTest::new("strict", cycle(false)).engines(&[rung]).budget(0.0).strict(true).run();
        assert!(!strict.ok(), "{strict}");
    }
    silent(cycle(true));
    // What lives as long as its thread, or as a static does, is none.
    silent(|| {
        raceproof::thread_local!(static MINE: AtomicUsize = AtomicUsize::new(0));
        both(|| _ = MINE.with(|mine| mine.fetch_add(1, Relaxed)), || _ = MINE.with(|mine| mine.fetch_add(1, Relaxed)));
    });
}

#[test]
fn nondeterminism_of_the_code_itself_is_named() {
    let order = |random: bool| {
        move || {
            let first = Mutex::new(());
            let second = Mutex::new(());
            let third = Mutex::new(());
            // A set's order is another one in each execution; a vector's is not. Each lock has a line of its own.
            let set: std::collections::HashSet<usize> = (0..12).collect();
            let order: Vec<usize> = if random { set.into_iter().collect() } else { (0..12).collect() };
            for at in order {
                match at % 3 {
                    0 => drop(first.lock().unwrap()),
                    1 => drop(second.lock().unwrap()),
                    _ => drop(third.lock().unwrap()),
                }
            }
        }
    };
    let words = ["the order of a `HashMap`", "step ", "by replaying"];
    found(&[Rung::Loom, Rung::Shuttle], Kind::Uncontrolled, &words, order(true));
    // Where a load comes instead of a lock, loom stumbles over it by itself.
    let shared = || {
        let both = Arc::new((Mutex::new(()), AtomicUsize::new(0)));
        let body = move |(lock, word): &(Mutex<()>, AtomicUsize)| {
            let set: std::collections::HashSet<usize> = (0..4).collect();
            for at in set {
                if at % 2 == 0 {
                    drop(lock.lock().unwrap());
                } else {
                    word.store(word.load(Relaxed) + 1, Relaxed);
                }
            }
        };
        let theirs = Arc::clone(&both);
        let other = thread::spawn(move || body(&theirs));
        body(&both);
        other.join().unwrap();
    };
    found(&[Rung::Loom], Kind::Uncontrolled, &["the order of a `HashMap`"], shared);
    silent(order(false));
    // Addresses order these locks: whichever way it goes, it is the same in every round.
    silent(|| {
        let (here, there) = (Box::new(Mutex::new(())), Box::new(Mutex::new(())));
        let first = std::ptr::from_ref(&*here) < std::ptr::from_ref(&*there);
        let (one, two) = if first { (&here, &there) } else { (&there, &here) };
        let _one = one.lock().unwrap();
        drop(two.lock().unwrap());
    });
}

/// What differs shows in the result alone: no step does.
#[test]
fn chance_that_only_the_result_tells_is_named() {
    let drawn = |random: bool| {
        RaceTest::new("drawn", move || {
            let set: std::collections::HashSet<u32> = (0..64).collect();
            let word = Arc::new(AtomicUsize::new(0));
            let theirs = Arc::clone(&word);
            both(|| word.store(1, Relaxed), move || theirs.store(2, Relaxed));
            if random { set.into_iter().next().unwrap() } else { 7 }
        })
        .budget(0.0)
    };
    for rung in [Rung::Loom, Rung::Shuttle] {
        let report = drawn(true).engines(&[rung]).run();
        let finding = report.finding().unwrap_or_else(|| panic!("{rung}: {report}"));
        assert_eq!(finding.kind, Kind::Uncontrolled, "{rung}: {finding}");
        assert!(finding.to_string().contains("it returned"), "{rung}: {finding}");
        assert!(drawn(false).engines(&[rung]).run().ok(), "{rung}");
    }
}

#[test]
fn code_that_never_comes_back_is_told_as_hung() {
    let report = RaceTest::new("hung", || {
        loop {
            std::hint::black_box(());
        }
    })
    .engines(&[Rung::Shuttle])
    .patience(0.3)
    .run();
    assert_eq!(report.finding().map(|finding| finding.kind), Some(Kind::Hung), "{report}");
}

/// A type whose readers share a cell that one of them writes.
#[guarded(rwlock, tests = off)]
struct Cached {
    shared: Arc<Shared>,
}

#[guarded]
impl Cached {
    pub fn new() -> Self {
        Self { shared: Shared::new() }
    }
    pub fn touch(&self) {
        self.shared.write();
    }
    pub fn locked(&mut self) {
        self.shared.write();
    }
}

/// The same, repaired.
#[guarded(tests = off)]
struct Sound {
    shared: Arc<Shared>,
}

#[guarded]
impl Sound {
    pub fn new() -> Self {
        Self { shared: Shared::new() }
    }
    pub fn touch(&self) {
        self.shared.write();
    }
}

/// Two locks in two orders, of which no scenario of two calls at a time need deadlock.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Crossed {
    pair: Pair,
}

#[guarded]
impl Crossed {
    pub fn there(&self) {
        left_then_right(&self.pair);
    }
    pub fn back(&self) {
        right_then_left(&self.pair);
    }
}

fn of_type(subject: Subject, rung: Rung, seed: u64) -> raceproof_test::Report {
    Explorer::new(subject).rungs(&[rung]).seed(seed).budget(0.0).run()
}

fn finding(report: &raceproof_test::Report) -> &Finding {
    report.finding().unwrap_or_else(|| panic!("nothing found: {report}"))
}

#[test]
fn generated_scenarios_have_the_same_detectors() {
    for seed in seeds() {
        // To loom readers that do not overlap are ordered, and without a step between them they never do.
        let report = of_type(subject!(Cached), Rung::Shuttle, seed);
        let race = finding(&report);
        assert_eq!(race.kind, Kind::DataRace, "{race}");
        assert!(race.to_string().contains("nothing orders the two"), "{race}");
    }
    for rung in EACH {
        for seed in seeds() {
            let report = of_type(subject!(Sound), rung, seed);
            assert!(report.ok(), "{report}");
            let report = of_type(subject!(Crossed), rung, seed);
            let deadlock = finding(&report);
            assert_eq!(deadlock.kind, Kind::Deadlock, "{deadlock}");
            assert!(deadlock.to_string().contains("cycle: A waits for B, B waits for A"), "{deadlock}");
        }
    }
}

/// Keeps the last value in a box of its own.
struct Last {
    value: AtomicPtr<AtomicUsize>,
    frees: bool,
}

impl Last {
    fn with(frees: bool) -> Self {
        Self { value: AtomicPtr::new(std::ptr::null_mut()), frees }
    }

    /// Takes the box apart that was there.
    fn take(&self, instead: *mut AtomicUsize) -> Option<usize> {
        // AcqRel: what is in the new box is published, and what is in the old one is seen.
        let old = self.value.swap(instead, AcqRel);
        if old.is_null() {
            return None;
        }
        // SAFETY: it came from `Box::into_raw`, and only one thread gets it back from the swap.
        let old = unsafe { Box::from_raw(old) };
        // Relaxed: nobody else has it.
        let value = old.load(Relaxed);
        if !self.frees {
            std::mem::forget(old);
        }
        Some(value)
    }
}

impl Drop for Last {
    fn drop(&mut self) {
        self.take(std::ptr::null_mut());
    }
}

#[derive(Clone, Default, Hash)]
struct Latest(Option<usize>);

impl Latest {
    fn set(&mut self, value: usize) -> Option<usize> {
        self.0.replace(value)
    }
}

#[concurrent(spec = Latest, tests = off)]
impl Last {
    pub fn set(&self, value: usize) -> Option<usize> {
        self.take(Box::into_raw(Box::new(AtomicUsize::new(value))))
    }
}

/// A lock that spins until it is free.
struct Spinning {
    taken: AtomicBool,
    count: AtomicUsize,
    yields: bool,
    lets_go: bool,
}

impl Spinning {
    fn with(yields: bool, lets_go: bool) -> Self {
        Self { taken: AtomicBool::new(false), count: AtomicUsize::new(0), yields, lets_go }
    }
}

#[derive(Clone, Default, Hash)]
struct Count(usize);

impl Count {
    fn add(&mut self) -> usize {
        self.0 += 1;
        self.0
    }
}

#[concurrent(spec = Count, tests = off)]
impl Spinning {
    pub fn add(&self) -> usize {
        // Acquire: what the last holder did is seen.
        while self.taken.swap(true, Acquire) {
            if self.yields {
                thread::yield_now();
            }
        }
        // Relaxed: the lock orders it.
        let count = self.count.load(Relaxed) + 1;
        self.count.store(count, Relaxed);
        if self.lets_go {
            // Release: pairs with the next holder.
            self.taken.store(false, Release);
        }
        count
    }
}

/// A counter that panics at an odd moment, with its lock held or not.
struct Touchy {
    count: Mutex<usize>,
    holds: bool,
}

impl Touchy {
    fn with(holds: bool) -> Self {
        Self { count: Mutex::new(0), holds }
    }
}

#[concurrent(spec = Count, tests = off)]
impl Touchy {
    pub fn add(&self) -> usize {
        let mut count = self.count.lock().unwrap();
        *count += 1;
        let now = *count;
        if !self.holds {
            drop(count);
            let _ = std::panic::catch_unwind(|| panic!("on purpose"));
            return now;
        }
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
            let _held = count;
            panic!("on purpose")
        }));
        now
    }
}

fn warnings(report: &raceproof_test::Report) -> Vec<&String> {
    report.rungs.iter().flat_map(|rung| &rung.warnings).collect()
}

#[test]
fn generated_scenarios_leak_spin_and_poison() {
    for seed in seeds() {
        let report = of_type(subject!(Last = Last::with(false)), Rung::Shuttle, seed);
        assert!(report.ok(), "{report}");
        assert!(
            warnings(&report).iter().any(|warning| warning.starts_with("leaked: the AtomicUsize made at")),
            "{report}"
        );
        let report = of_type(subject!(Last = Last::with(true)), Rung::Shuttle, seed);
        assert!(report.ok() && warnings(&report).is_empty(), "{report}");

        let report = of_type(subject!(Spinning = Spinning::with(true, false)), Rung::Shuttle, seed);
        let spins = finding(&report);
        assert_eq!(spins.kind, Kind::StepBound, "{spins}");
        assert!(spins.to_string().contains("swap(Acquire) of AtomicU8 #1 at race-tests/tests/detectors.rs"), "{spins}");
        let report = of_type(subject!(Spinning = Spinning::with(true, true)), Rung::Shuttle, seed);
        assert!(report.ok(), "{report}");

        for rung in EACH {
            let report = of_type(subject!(Touchy = Touchy::with(true)), rung, seed);
            let poisoned = finding(&report).to_string();
            assert!(poisoned.contains("PoisonError") || poisoned.contains("poisons it"), "{rung}: {poisoned}");
            let report = of_type(subject!(Touchy = Touchy::with(false)), rung, seed);
            assert!(report.ok(), "{rung}: {report}");
        }
    }
}
