//! An object belongs to one world: used from another it is refused, by name, and never under two locks at once.

use crate::worlds::{failures, under_loom, under_shuttle};
use raceproof::__private::Recipe;
use raceproof::explore::engine::{End, Outcome};
use raceproof::explore::home::{Claim, Home, Origin};
use raceproof::explore::late::LateWord;
use raceproof::explore::world::{self, FailureKind};
use raceproof::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use raceproof::sync::{Arc, Condvar, Mutex, OnceLock, RwLock};
use raceproof::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Refused in both engines, with these words.
#[track_caller]
fn is_refused(words: &[&str], body: impl Fn() + Send + Sync + Clone + 'static) {
    for failure in failures(body) {
        assert_eq!(failure.kind, FailureKind::Refused, "{failure:?}");
        for word in words {
            assert!(failure.message.contains(word), "{word}: {failure:?}");
        }
    }
}

#[test]
fn objects_from_outside_are_refused() {
    let mutex = Arc::new(Mutex::new(0));
    drop(mutex.lock());
    is_refused(&["`Mutex`", "outside", "#[guarded]", "homes.rs"], move || drop(mutex.lock()));
    let lock = Arc::new(RwLock::new(0));
    drop(lock.read());
    is_refused(&["`RwLock`"], move || drop(lock.write()));
    let condvar = Arc::new(Condvar::new());
    condvar.notify_one();
    is_refused(&["`Condvar`"], move || condvar.notify_one());
    let once = Arc::new(OnceLock::from(1));
    once.get();
    is_refused(&["`OnceLock`"], move || assert!(once.get().is_some()));
    let atomic = Arc::new(AtomicU64::new(0));
    is_refused(&["`AtomicU64`", "created outside"], move || assert_eq!(atomic.load(Ordering::SeqCst), 0));
    let (sender, receiver) = raceproof::sync::mpsc::channel();
    sender.send(1).unwrap();
    is_refused(&["`Mutex`"], move || sender.send(2).unwrap());
    drop(receiver);
}

#[test]
fn a_static_is_refused() {
    static COUNT: Mutex<u64> = Mutex::new(0);
    is_refused(&["`Mutex`", "`static`"], || {
        let thread = thread::spawn(|| *COUNT.lock().unwrap() += 1);
        *COUNT.lock().unwrap() += 1;
        thread.join().unwrap();
    });
    // The explorations are over, and left no guard: outside it can be used.
    drop(COUNT.lock().unwrap());
}

#[test]
fn an_object_captured_from_outside_is_refused_at_the_second_execution() {
    // At the first it cannot be told from one of the execution's own.
    let mutex = Arc::new(Mutex::new(0));
    is_refused(&["`Mutex`", "another execution"], move || {
        let other = Arc::clone(&mutex);
        let thread = thread::spawn(move || drop(other.lock()));
        drop(mutex.lock());
        thread.join().unwrap();
    });
}

#[test]
fn two_worlds_never_share_a_lock() {
    static SHARED: Mutex<u64> = Mutex::new(0);
    let (inside, seen) = (std::sync::mpsc::channel(), std::sync::mpsc::channel());
    let exploration = std::thread::spawn(move || {
        let (inside, seen) = (std::sync::Mutex::new(inside.0), std::sync::Mutex::new(seen.1));
        under_loom(move || {
            let _guard = SHARED.lock().unwrap();
            inside.lock().unwrap().send(()).unwrap();
            let () = seen.lock().unwrap().recv().unwrap();
        })
    });
    let (inside, seen) = (inside.1, seen.0);
    // While the exploration holds the lock, the world outside must not get it.
    inside.recv().unwrap();
    let refused = catch_unwind(AssertUnwindSafe(|| world::quietly(|| drop(SHARED.lock()))));
    let words = *refused.unwrap_err().downcast::<String>().unwrap();
    assert!(words.contains("`Mutex` belongs to an exploration"), "{words}");
    seen.send(()).unwrap();
    let outcome = exploration.join().unwrap();
    assert!(matches!(outcome.end, End::Exhausted), "{outcome:?}");
    drop(SHARED.lock().unwrap());
}

#[test]
fn a_guard_that_was_left_behind_keeps_the_object_from_the_world_outside() {
    thread_local! {
        static KEPT: std::cell::RefCell<Option<raceproof::sync::MutexGuard<'static, u64>>> =
            const { std::cell::RefCell::new(None) };
    }
    static KEEPS: Mutex<u64> = Mutex::new(0);
    let outcome = under_shuttle(1, || KEPT.set(Some(KEEPS.lock().unwrap())));
    assert!(matches!(outcome.end, End::Stopped), "{outcome:?}");
    assert!(catch_unwind(AssertUnwindSafe(|| world::quietly(|| drop(KEEPS.lock())))).is_err());
    KEPT.set(None);
    drop(KEEPS.lock().unwrap());
}

#[test]
fn a_specification_is_a_world_too() {
    static SPECIFIED: Mutex<u64> = Mutex::new(0);
    let id = world::fresh_id();
    world::sequential(id, || *SPECIFIED.lock().unwrap() += 1);
    world::sequential(id, || *SPECIFIED.lock().unwrap() += 1);
    let (other, _) = world::sequential(world::fresh_id(), || catch_unwind(|| drop(SPECIFIED.lock())).is_err());
    assert!(other, "another specification");
    world::sequential(id, || {
        let _guard = SPECIFIED.lock().unwrap();
        // While the specification runs, the world outside must not get in.
        std::thread::spawn(|| {
            let refused = catch_unwind(|| world::quietly(|| drop(SPECIFIED.lock())));
            assert!(refused.is_err());
        })
        .join()
        .unwrap();
    });
    assert_eq!(*SPECIFIED.lock().unwrap(), 2);
}

#[test]
fn a_home_has_one_owner() {
    let home = Home::new();
    assert_eq!(home.claim(), Claim::Mine);
    assert!(home.is_std());
    let (claim, _) = world::sequential(world::fresh_id(), || home.claim());
    assert_eq!(claim, Claim::Foreign(world::STD));
}

/// A `#[guarded]` static, without the macro.
struct Guarded {
    own: Mutex<u64>,
    origin: Origin<u64>,
}

impl Guarded {
    const fn new(value: u64, rebuild: Option<fn() -> u64>) -> Self {
        let recipe = match rebuild {
            Some(rebuild) => Recipe::again(rebuild).unmarked(),
            None => Recipe::once(),
        };
        Self { own: Mutex::new(value), origin: Origin::new(recipe) }
    }

    fn increment(&self) -> u64 {
        let mut value = self.origin.resolve(&self.own, "Guarded", |value, _| Mutex::new(value)).lock().unwrap();
        *value += 1;
        *value
    }
}

static HITS: Guarded = Guarded::new(40, Some(|| 40));

#[test]
fn a_guarded_static_is_set_up_afresh() {
    let body = || {
        let threads: Vec<_> = (0..2).map(|_| thread::spawn(|| HITS.increment())).collect();
        let sum: u64 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        assert_eq!(sum, 41 + 42);
    };
    assert_eq!(HITS.increment(), 41);
    crate::worlds::simulated(body);
    let (value, _) = world::sequential(world::fresh_id(), || HITS.increment());
    assert_eq!(value, 41);
    assert_eq!(HITS.increment(), 42);
}

#[test]
fn a_guarded_static_that_an_exploration_touched_first_keeps_its_own_value_outside() {
    static FIRST: Guarded = Guarded::new(7, Some(|| 7));
    crate::worlds::simulated(|| assert_eq!(FIRST.increment(), 8));
    assert_eq!(FIRST.increment(), 8);
    assert_eq!(FIRST.increment(), 9);
}

#[test]
fn a_guarded_static_without_a_recipe_is_refused_by_its_name() {
    static FIXED: Guarded = Guarded::new(7, None);
    FIXED.increment();
    is_refused(&["`Guarded`"], || assert!(FIXED.increment() > 7));
}

static WORD: LateWord = LateWord::new(40);

#[test]
fn a_late_word_first_used_off_the_main_thread_is_no_false_alarm() {
    struct Counter(LateWord, Origin<u64>);
    static COUNTER: Counter = Counter(LateWord::new(40), Origin::new(Recipe::again(|| 40).unmarked()));
    crate::worlds::simulated(|| {
        let word = || COUNTER.1.resolve(&COUNTER.0, "Counter", |value, _| LateWord::new(value));
        let threads: Vec<_> = (0..2)
            .map(|i| {
                thread::spawn(move || {
                    if i == 0 {
                        word().fetch_add(1, Ordering::Relaxed);
                    } else {
                        let old = word().load(Ordering::Relaxed);
                        assert!(old == 40 || old == 41);
                        let _ = word().compare_exchange_weak(41, 50, Ordering::AcqRel, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        let last = word().load(Ordering::Relaxed);
        assert!(last == 41 || last == 50, "{last}");
    });
    assert_eq!(WORD.fetch_add(1, Ordering::SeqCst), 40);
    assert_eq!(LateWord::new(3).into_inner(), 3);
}

#[test]
fn a_late_word_is_taken_apart_where_it_lives() {
    crate::worlds::worlds_and_sequential(|| {
        let word = LateWord::new(5);
        word.settle();
        word.fetch_add(2, Ordering::SeqCst);
        assert_eq!(word.into_inner(), 7);
    });
}

#[test]
fn when_there_are_too_many_late_words_the_pool_grows() {
    let use_many = || (0..20).for_each(|i| assert_eq!(LateWord::new(i).fetch_add(1, Ordering::Relaxed), i));
    let many = || under_loom(move || thread::spawn(use_many).join().unwrap());
    let mut runs = 0;
    loop {
        runs += 1;
        match many() {
            Outcome { end: End::Exhausted, .. } => break,
            Outcome { end: End::Failed(failure), .. } => {
                assert!(failure.message.starts_with(raceproof::explore::late::NEEDS_RESTART), "{failure:?}");
            }
            other => panic!("{other:?}"),
        }
    }
    assert!((2..=3).contains(&runs), "{runs}");
}

/// A thread uses a word for the first time only if it has seen the other's store, or only if it has not: one of the two is
/// not so in the first execution, and the next ones begin with no more words than that has used.
#[test]
fn words_that_the_first_execution_does_without_are_there_for_the_others() {
    use raceproof::explore::engine::{Flow, loom};
    let config = loom::Config::default();
    let body = |wanted: bool| {
        move || {
            let flag = Arc::new(AtomicBool::new(false));
            let theirs = Arc::clone(&flag);
            let thread = thread::spawn(move || {
                if theirs.load(Ordering::Relaxed) == wanted {
                    assert_eq!(LateWord::new(3).fetch_add(1, Ordering::Relaxed), 3);
                }
            });
            flag.store(true, Ordering::Relaxed);
            thread.join().unwrap();
            Flow::Continue
        }
    };
    // Whether there were too few is remembered by the OS thread.
    let afresh = |wanted| {
        let explore = move || {
            let first = loom::explore(&loom::Config::default(), body(wanted));
            let again = loom::explore(&loom::Config::default(), body(wanted));
            assert!(matches!(again.end, End::Exhausted), "{again:?}");
            let paths: Vec<_> = (1..=again.executions)
                .map(|number| loom::path_of(&loom::Config::default(), number, body(wanted)))
                .collect();
            (first, paths)
        };
        std::thread::spawn(explore).join().expect("it explores")
    };
    let mut short = 0;
    for wanted in [false, true] {
        let (first, paths) = afresh(wanted);
        match &first.end {
            End::Exhausted => {}
            End::Failed(failure) => {
                assert!(failure.message.starts_with(raceproof::explore::late::NEEDS_RESTART), "{failure:?}");
                short += 1;
            }
            other => panic!("{other:?}"),
        }
        assert!(paths.len() > 1 && paths.iter().all(Option::is_some), "{paths:?}");
        // The same on an OS thread that has still to find it out.
        let last = paths.len() as u64;
        let find = {
            let config = config.clone();
            move || loom::path_of(&config, last, body(wanted))
        };
        assert_eq!(std::thread::spawn(find).join().expect("it finds"), paths[paths.len() - 1]);
    }
    assert_eq!(short, 1);
}

#[test]
fn explorations_run_side_by_side() {
    let run = |seed: u64| {
        move || {
            let outcome = under_loom(move || {
                let mutex = Arc::new(Mutex::new(seed));
                let other = Arc::clone(&mutex);
                let thread = thread::spawn(move || *other.lock().unwrap() += 1);
                *mutex.lock().unwrap() += 1;
                thread.join().unwrap();
                assert_eq!(*mutex.lock().unwrap(), seed + 2);
                assert_eq!(HITS.increment(), 41);
            });
            assert!(matches!(outcome.end, End::Exhausted), "{outcome:?}");
            let outcome = under_shuttle(500, || assert_eq!(HITS.increment(), 41));
            assert!(matches!(outcome.end, End::Stopped), "{outcome:?}");
            outcome.executions
        }
    };
    let threads: Vec<_> = (0..4).map(|seed| std::thread::spawn(run(seed))).collect();
    for thread in threads {
        assert_eq!(thread.join().unwrap(), 500);
    }
}
