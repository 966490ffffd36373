//! Channels with a bound.

use crate::worlds::{failures, outcomes, under_shuttle, worlds, worlds_and_sequential};
use raceproof::explore::engine::End;
use raceproof::explore::world::{self, FailureKind};
use raceproof::sync::mpsc::{SendError, TrySendError, sync_channel};
use raceproof::sync::{Arc, atomic::AtomicBool, atomic::Ordering::Relaxed};
use raceproof::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[test]
fn a_full_channel_makes_its_senders_wait() {
    worlds(|| {
        let (sender, receiver) = sync_channel(1);
        let thread = thread::spawn(move || (0..3).for_each(|i| sender.send(i).unwrap()));
        assert_eq!(receiver.iter().collect::<Vec<_>>(), [0, 1, 2]);
        thread.join().unwrap();
    });
}

#[test]
fn without_a_buffer_a_message_is_handed_over() {
    worlds(|| {
        let (sender, receiver) = sync_channel(0);
        let taken = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&taken);
        let thread = thread::spawn(move || {
            sender.send(1).unwrap();
            // Relaxed: what the receiver did before it received is seen by who has handed over.
            assert!(seen.load(Relaxed));
        });
        taken.store(true, Relaxed);
        assert_eq!(receiver.recv(), Ok(1));
        thread.join().unwrap();
    });
}

#[test]
fn two_hand_over_to_one() {
    // Too many interleavings for loom.
    let outcome = under_shuttle(2_000, || {
        let (sender, receiver) = sync_channel(0);
        let other = sender.clone();
        let a = thread::spawn(move || sender.send(1).unwrap());
        let b = thread::spawn(move || other.send(2).unwrap());
        assert_eq!(receiver.recv().unwrap() + receiver.recv().unwrap(), 3);
        assert!(receiver.recv().is_err());
        a.join().unwrap();
        b.join().unwrap();
    });
    assert!(matches!(outcome.end, End::Stopped), "{outcome:?}");
}

#[test]
fn trying_does_not_wait() {
    worlds_and_sequential(|| {
        let (sender, receiver) = sync_channel(1);
        sender.try_send(1).unwrap();
        assert_eq!(sender.try_send(2), Err(TrySendError::Full(2)));
        assert_eq!(receiver.recv(), Ok(1));
        drop(receiver);
        assert_eq!(sender.try_send(3), Err(TrySendError::Disconnected(3)));
        assert_eq!(sender.send(4), Err(SendError(4)));
        let (sender, _receiver) = sync_channel(0);
        assert_eq!(sender.try_send(5), Err(TrySendError::Full(5)));
    });
}

#[test]
fn a_try_hands_over_if_somebody_waits() {
    let sent = outcomes(|| {
        let (sender, receiver) = sync_channel(0);
        let thread = thread::spawn(move || sender.try_send(1).is_ok());
        let received = receiver.recv().is_ok();
        let sent = thread.join().unwrap();
        assert_eq!(sent, received, "what was sent was received");
        sent
    });
    assert_eq!(sent, [false, true]);
}

#[test]
fn hanging_up_gives_the_message_back() {
    for bound in [0, 1] {
        worlds(move || {
            let (sender, receiver) = sync_channel(bound);
            let thread = thread::spawn(move || {
                // With room for one, the first may have been accepted; the second finds nobody.
                let first = sender.send(1).err();
                (first, sender.send(2))
            });
            drop(receiver);
            let (first, second) = thread.join().unwrap();
            assert!(first.is_none_or(|error| error == SendError(1)));
            assert_eq!(second, Err(SendError(2)));
        });
    }
}

#[test]
fn sending_where_nobody_receives_is_a_deadlock() {
    for failure in failures(|| {
        let (sender, _receiver) = sync_channel(0);
        let _ = sender.send(1);
    }) {
        assert_eq!(failure.kind, FailureKind::Deadlock, "{failure:?}");
    }
    for bound in [0, 1] {
        let (result, _) = world::sequential(world::fresh_id(), || {
            let (sender, _receiver) = sync_channel(bound);
            catch_unwind(AssertUnwindSafe(|| (0..=bound).for_each(|_| sender.send(1).unwrap())))
        });
        let blocked = *result.unwrap_err().downcast::<world::Blocked>().unwrap();
        assert!(!blocked.forever, "{blocked:?}");
    }
}
