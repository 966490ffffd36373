//! `thread_local!`: a simulated thread's own.

use crate::worlds::worlds;
use raceproof::sync::{Arc, Mutex};
use raceproof::thread;
use std::cell::{Cell, RefCell};

raceproof::thread::thread_local! {
    static NUMBER: Cell<u32> = const { Cell::new(7) };
    static NAMES: RefCell<Vec<String>> = RefCell::new(vec!["first".to_owned()]);
    static LOUD: RefCell<Option<Loud>> = RefCell::new(None);
    static NESTED: u32 = NUMBER.with(Cell::get) + 1;
}

#[test]
fn each_thread_has_its_own() {
    worlds(|| {
        NUMBER.set(1);
        let thread = thread::spawn(|| {
            assert_eq!(NUMBER.get(), 7);
            NUMBER.set(2);
            thread::yield_now();
            NUMBER.get()
        });
        thread::yield_now();
        assert_eq!(NUMBER.replace(3), 1);
        assert_eq!(thread.join().unwrap(), 2);
        assert_eq!(NUMBER.take(), 3);
        NUMBER.set(7);
        NAMES.with_borrow_mut(|names| names.push("second".to_owned()));
        NAMES.with_borrow(|names| assert_eq!(names.len(), 2));
        assert_eq!(NAMES.replace(vec!["first".to_owned()]).len(), 2);
        assert_eq!(NESTED.with(|value| *value), 8);
    });
}

struct Loud(Arc<Mutex<u32>>);

impl Drop for Loud {
    fn drop(&mut self) {
        *self.0.lock().unwrap() += 1;
        // Its own is gone, others may be made still.
        assert!(LOUD.try_with(|_| ()).is_err());
        NUMBER.set(9);
    }
}

#[test]
fn dropped_when_the_thread_ends() {
    worlds(|| {
        let drops = Arc::new(Mutex::new(0));
        let theirs = Arc::clone(&drops);
        let thread = thread::spawn(move || LOUD.set(Some(Loud(theirs))));
        thread.join().unwrap();
        assert_eq!(*drops.lock().unwrap(), 1);
    });
}
