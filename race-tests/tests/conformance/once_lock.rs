//! `OnceLock`.

use crate::worlds::{worlds, worlds_and_sequential};
use raceproof::explore::world;
use raceproof::sync::atomic::{AtomicU32, Ordering};
use raceproof::sync::{Arc, OnceLock};
use raceproof::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};

static _STATIC: OnceLock<Vec<u8>> = OnceLock::new();

#[test]
fn is_set_once() {
    worlds_and_sequential(|| {
        let mut once = OnceLock::new();
        assert_eq!(once.get(), None);
        assert_eq!(once.set(1), Ok(()));
        assert_eq!(once.set(2), Err(2));
        assert_eq!(once.get_or_init(|| 3), &1);
        assert_eq!(once.clone().get(), Some(&1));
        assert_eq!(once, OnceLock::from(1));
        assert_eq!(once.get_mut(), Some(&mut 1));
        assert_eq!(once.take(), Some(1));
        assert_eq!(once.get(), None);
        assert_eq!(once.into_inner(), None);
        assert_eq!(OnceLock::<u8>::default().into_inner(), None);
    });
    assert_eq!(format!("{:?} {:?}", OnceLock::<u8>::new(), OnceLock::from(1)), "OnceLock(<uninit>) OnceLock(1)");
}

#[test]
fn is_made_once() {
    worlds(|| {
        let shared = Arc::new((OnceLock::new(), AtomicU32::new(0)));
        let other = Arc::clone(&shared);
        let make = |shared: &(OnceLock<u32>, AtomicU32)| {
            *shared.0.get_or_init(|| {
                shared.1.fetch_add(1, Ordering::Relaxed);
                thread::yield_now();
                7
            })
        };
        let thread = thread::spawn(move || make(&other));
        assert!(matches!(shared.0.get(), None | Some(7)));
        assert_eq!(make(&shared), 7);
        assert_eq!(thread.join().unwrap(), 7);
        assert_eq!(shared.1.load(Ordering::Relaxed), 1);
    });
}

#[test]
fn a_panic_leaves_it_unset() {
    worlds_and_sequential(|| {
        let once = OnceLock::new();
        let caught = catch_unwind(AssertUnwindSafe(|| {
            once.get_or_init(|| world::quietly(|| panic!("on purpose")));
        }));
        assert!(caught.is_err());
        assert_eq!(once.get_or_init(|| 5), &5);
    });
}
