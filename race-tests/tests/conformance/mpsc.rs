//! Channels.

use crate::worlds::{failures, worlds, worlds_and_sequential};
use raceproof::explore::world::{self, FailureKind};
use raceproof::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, channel};
use raceproof::thread;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

#[test]
fn carries_messages_in_order() {
    worlds_and_sequential(|| {
        let (sender, receiver) = channel();
        for i in 0..3 {
            sender.send(i).unwrap();
        }
        assert_eq!(receiver.recv(), Ok(0));
        assert_eq!(receiver.try_recv(), Ok(1));
        assert_eq!(receiver.try_iter().collect::<Vec<_>>(), [2]);
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
        drop(sender);
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Disconnected));
        assert_eq!(receiver.recv(), Err(RecvError));
    });
}

#[test]
fn hanging_up_ends_the_receiver() {
    worlds(|| {
        let (sender, receiver) = channel();
        let other = sender.clone();
        let a = thread::spawn(move || sender.send(1).unwrap());
        let b = thread::spawn(move || drop(other));
        assert_eq!(receiver.iter().sum::<i32>(), 1);
        a.join().unwrap();
        b.join().unwrap();
    });
}

#[test]
fn hanging_up_is_seen_by_the_sender() {
    worlds_and_sequential(|| {
        let (sender, receiver) = channel();
        sender.send(1).unwrap();
        drop(receiver);
        assert_eq!(sender.send(2), Err(SendError(2)));
    });
}

#[test]
fn a_message_may_hold_the_channel() {
    worlds_and_sequential(|| {
        struct Message(#[expect(dead_code)] raceproof::sync::mpsc::Sender<Message>);
        let (sender, receiver) = channel();
        sender.send(Message(sender.clone())).unwrap();
        drop(receiver);
    });
}

#[test]
fn owned_iteration() {
    worlds(|| {
        let (sender, receiver) = channel();
        let thread = thread::spawn(move || receiver.into_iter().collect::<Vec<u8>>());
        sender.send(1).unwrap();
        drop(sender);
        assert_eq!(thread.join().unwrap(), [1]);
    });
}

#[test]
fn waiting_for_a_message_that_cannot_come_is_a_deadlock() {
    for failure in failures(|| {
        let (_sender, receiver) = channel::<u8>();
        let _ = receiver.recv();
    }) {
        assert_eq!(failure.kind, FailureKind::Deadlock, "{failure:?}");
    }
    let (result, _) = world::sequential(world::fresh_id(), || {
        let (_sender, receiver) = channel::<u8>();
        catch_unwind(AssertUnwindSafe(|| receiver.recv().is_ok()))
    });
    let blocked = *result.unwrap_err().downcast::<world::Blocked>().unwrap();
    assert!(!blocked.forever && blocked.message.contains("empty channel"), "{blocked:?}");
}

#[test]
fn timeouts_are_real_outside() {
    let (sender, receiver) = channel();
    assert_eq!(receiver.recv_timeout(Duration::from_millis(1)), Err(RecvTimeoutError::Timeout));
    sender.send(1).unwrap();
    assert_eq!(receiver.recv_timeout(Duration::from_secs(9)), Ok(1));
    drop(sender);
    assert_eq!(receiver.recv_timeout(Duration::from_secs(9)), Err(RecvTimeoutError::Disconnected));
}
