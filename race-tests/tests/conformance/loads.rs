//! A load beside a load and a store: both orders are run. loom itself runs one, see `explore/loads.rs`.

use raceproof::explore::engine::loom::{Config, explore};
use raceproof::explore::engine::{End, Flow};
use raceproof::explore::native::{Arc, Mutex};
use raceproof::sync::atomic::AtomicU8;
use raceproof::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use raceproof::thread;
use std::collections::BTreeSet;

/// What one execution can come to, over all of them.
fn outcomes(body: impl Fn() -> (u8, u8) + Send + Sync + 'static) -> (BTreeSet<(u8, u8)>, u64) {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let into = Arc::clone(&seen);
    let outcome = explore(&Config::default(), move || {
        let result = body();
        into.lock().unwrap().insert(result);
        Flow::Continue
    });
    assert!(matches!(outcome.end, End::Exhausted), "{:?}", outcome.end);
    let seen = seen.lock().unwrap().clone();
    (seen, outcome.executions)
}

#[test]
fn a_load_comes_before_and_after_a_store_whose_thread_has_loaded() {
    let (seen, executions) = outcomes(|| {
        let word = Arc::new(AtomicU8::new(0));
        let theirs = Arc::clone(&word);
        let other = thread::spawn(move || {
            let value = theirs.load(Acquire);
            theirs.store(value + 1, Release);
        });
        let seen = word.load(Acquire);
        other.join().unwrap();
        (seen, word.load(Acquire))
    });
    assert_eq!(seen, BTreeSet::from([(0, 1), (1, 1)]));
    println!("load | load; store: {executions} executions");
}

#[test]
fn and_of_a_compare_exchange_in_any_order_of_the_threads() {
    for reader_first in [false, true] {
        let (seen, executions) = outcomes(move || {
            let word = Arc::new(AtomicU8::new(0));
            let (ours, theirs) = (Arc::clone(&word), Arc::clone(&word));
            let read = move || ours.load(Relaxed);
            let change = move || {
                let value = theirs.load(Relaxed);
                let _ = theirs.compare_exchange(value, value + 1, AcqRel, Relaxed);
            };
            let seen = if reader_first {
                let reader = thread::spawn(read);
                let writer = thread::spawn(change);
                writer.join().unwrap();
                reader.join().unwrap()
            } else {
                let writer = thread::spawn(change);
                let reader = thread::spawn(read);
                writer.join().unwrap();
                reader.join().unwrap()
            };
            (seen, word.load(Acquire))
        });
        assert_eq!(seen, BTreeSet::from([(0, 1), (1, 1)]), "reader first: {reader_first}");
        println!("load | load; compare_exchange: {executions} executions");
    }
}

#[test]
fn and_where_a_third_thread_stores_first() {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let into = Arc::clone(&seen);
    explore(&Config::default(), move || {
        let word = Arc::new(AtomicU8::new(0));
        let (first, second) = (Arc::clone(&word), Arc::clone(&word));
        let head = thread::spawn(move || first.store(1, Release));
        let middle = thread::spawn(move || {
            if second.load(Relaxed) == 1 {
                second.store(2, Relaxed);
            }
        });
        into.lock().unwrap().insert(word.load(Acquire));
        head.join().unwrap();
        middle.join().unwrap();
        Flow::Continue
    });
    assert_eq!(*seen.lock().unwrap(), BTreeSet::from([0, 1, 2]));
}
