//! Atomics and fences.

use crate::worlds::{failures, under_loom, worlds, worlds_and_sequential};
use raceproof::explore::engine::End;
use raceproof::explore::world::FailureKind;
use raceproof::sync::Arc;
use raceproof::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release, SeqCst};
use raceproof::sync::atomic::{
    AtomicBool, AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicPtr, AtomicU8, AtomicU16, AtomicU32,
    AtomicU64, AtomicUsize, compiler_fence, fence,
};
use raceproof::thread;

/// Runs every operation on ours and on std's, before and after `get_mut`, and compares.
macro_rules! like_std {
    ($($name:ident $integer:ident)*) => { $({
        let mut ours = $name::new(5);
        let mut theirs = std::sync::atomic::$name::new(5);
        for round in 0..3 {
            let value = [3, 100, $integer::MAX][round];
            macro_rules! both {
                ($method:ident($value:expr)) => {
                    assert_eq!(ours.$method($value, AcqRel), theirs.$method($value, AcqRel), "{} {round}", stringify!($method));
                    assert_eq!(ours.load(Acquire), theirs.load(Acquire), "after {} {round}", stringify!($method));
                };
            }
            both!(swap(value));
            both!(fetch_add(7));
            both!(fetch_sub(value));
            both!(fetch_and(0x5d));
            both!(fetch_nand(0x36));
            both!(fetch_or(0x41));
            both!(fetch_xor(value));
            both!(fetch_max(value));
            both!(fetch_min(9));
            ours.store(value, Release);
            theirs.store(value, Release);
            assert_eq!(ours.compare_exchange(value, 1, AcqRel, Acquire), Ok(value));
            assert_eq!(theirs.compare_exchange(value, 1, AcqRel, Acquire), Ok(value));
            assert_eq!(ours.compare_exchange(value, 2, SeqCst, Relaxed), Err(1));
            while ours.compare_exchange_weak(1, value, SeqCst, Relaxed).is_err() {}
            assert_eq!(ours.fetch_update(AcqRel, Acquire, |old| Some(old.wrapping_mul(3))), Ok(value));
            assert_eq!(ours.fetch_update(AcqRel, Acquire, |_| None), Err(value.wrapping_mul(3)));
            *ours.get_mut() = 77;
            *theirs.get_mut() = 77;
        }
        assert_eq!(ours.into_inner(), 77);
        assert_eq!($name::default().into_inner(), 0);
        assert_eq!($name::from(3).into_inner(), 3);
    })* };
}

#[test]
fn integers_compute_as_in_std() {
    worlds_and_sequential(|| {
        like_std!(
            AtomicU8 u8 AtomicU16 u16 AtomicU32 u32 AtomicU64 u64 AtomicUsize usize
            AtomicI8 i8 AtomicI16 i16 AtomicI32 i32 AtomicI64 i64 AtomicIsize isize
        );
    });
}

#[test]
fn booleans_compute_as_in_std() {
    worlds_and_sequential(|| {
        let mut ours = AtomicBool::new(false);
        let theirs = std::sync::atomic::AtomicBool::new(false);
        for round in 0..16 {
            let value = round % 2 == 0;
            macro_rules! both {
                ($method:ident) => {{
                    assert_eq!(
                        ours.$method(value, SeqCst),
                        theirs.$method(value, SeqCst),
                        "{} {round}",
                        stringify!($method)
                    );
                    assert_eq!(ours.load(SeqCst), theirs.load(SeqCst));
                }};
            }
            match round % 5 {
                0 => both!(fetch_and),
                1 => both!(fetch_nand),
                2 => both!(fetch_or),
                3 => both!(fetch_xor),
                _ => both!(swap),
            }
            let now = ours.load(SeqCst);
            *ours.get_mut() = !now;
            assert_eq!(ours.load(SeqCst), !now);
            assert_eq!(ours.fetch_not(SeqCst), !now);
            theirs.store(ours.load(SeqCst), SeqCst);
        }
        ours.store(true, SeqCst);
        assert_eq!(ours.compare_exchange(true, false, SeqCst, SeqCst), Ok(true));
        assert_eq!(ours.compare_exchange(true, false, SeqCst, SeqCst), Err(false));
        assert_eq!(ours.fetch_update(SeqCst, SeqCst, |old| Some(!old)), Ok(false));
        assert!(ours.into_inner());
    });
}

#[test]
fn pointers_point() {
    worlds_and_sequential(|| {
        let (mut a, mut b) = (1_u32, 2_u32);
        let (a, b) = (&raw mut a, &raw mut b);
        let mut pointer = AtomicPtr::new(a);
        assert_eq!(pointer.swap(b, AcqRel), a);
        assert_eq!(pointer.compare_exchange(a, a, AcqRel, Acquire), Err(b));
        assert_eq!(pointer.compare_exchange(b, a, AcqRel, Acquire), Ok(b));
        *pointer.get_mut() = b;
        assert_eq!(pointer.load(Acquire), b);
        pointer.store(a, Release);
        // SAFETY: points to a local that is still there.
        assert_eq!(unsafe { *pointer.load(Acquire) }, 1);
        assert_eq!(pointer.fetch_update(AcqRel, Acquire, |_| Some(std::ptr::null_mut())), Ok(a));
        assert!(pointer.into_inner().is_null());
        assert!(AtomicPtr::<u8>::default().into_inner().is_null());
    });
}

#[test]
fn additions_are_not_lost() {
    worlds(|| {
        let count = Arc::new(AtomicU64::new(0));
        let other = Arc::clone(&count);
        let thread = thread::spawn(move || other.fetch_add(1, Relaxed));
        count.fetch_add(1, Relaxed);
        thread.join().unwrap();
        assert_eq!(count.load(Relaxed), 2);
    });
}

#[test]
fn a_lost_update_is_found() {
    for failure in failures(|| {
        let count = Arc::new(AtomicU64::new(0));
        let other = Arc::clone(&count);
        let thread = thread::spawn(move || other.store(other.load(SeqCst) + 1, SeqCst));
        count.store(count.load(SeqCst) + 1, SeqCst);
        thread.join().unwrap();
        assert_eq!(count.load(SeqCst), 2, "lost");
    }) {
        assert_eq!(failure.kind, FailureKind::Panic, "{failure:?}");
        assert!(failure.message.contains("lost"), "{failure:?}");
        assert!(failure.location.as_deref().is_some_and(|place| place.contains("atomic.rs")), "{failure:?}");
    }
}

/// Message passing through a flag with these orderings: whether loom sees the old data.
fn message_is_lost(
    store: raceproof::sync::atomic::Ordering,
    load: raceproof::sync::atomic::Ordering,
    fences: bool,
) -> bool {
    let outcome = under_loom(move || {
        let shared = Arc::new((AtomicBool::new(false), AtomicU32::new(0)));
        let other = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            other.1.store(1, Relaxed);
            if fences {
                fence(Release);
            }
            other.0.store(true, store);
        });
        if shared.0.load(load) {
            if fences {
                fence(Acquire);
            }
            assert_eq!(shared.1.load(Relaxed), 1);
        }
        thread.join().unwrap();
        compiler_fence(SeqCst);
    });
    matches!(outcome.end, End::Failed(_))
}

#[test]
fn loom_has_weak_memory() {
    assert!(message_is_lost(Relaxed, Relaxed, false));
    assert!(!message_is_lost(Release, Acquire, false));
    assert!(!message_is_lost(Relaxed, Relaxed, true));
}

#[test]
fn a_fresh_node_that_is_published_without_order_is_found() {
    // The reason why atomics are created where they are constructed.
    let failure = crate::worlds::failure("loom", || {
        under_loom(|| {
            let slot = Arc::new(AtomicPtr::new(std::ptr::null_mut::<AtomicU32>()));
            let other = Arc::clone(&slot);
            let thread = thread::spawn(move || {
                other.store(Box::into_raw(Box::new(AtomicU32::new(7))), Relaxed);
            });
            let node = slot.load(Relaxed);
            if !node.is_null() {
                // SAFETY: never freed.
                let _ = unsafe { &*node }.load(Relaxed);
            }
            thread.join().unwrap();
        })
    });
    assert_eq!(failure.kind, FailureKind::DataRace, "{failure:?}");
}

#[test]
fn fences_fence_everywhere() {
    worlds_and_sequential(|| fence(SeqCst));
}
