//! `sync_channel`: a channel with a bound, over the same queue.
//!
//! With a bound of 0 a message is handed over: it stands in the queue only while its sender waits for it to be taken.

use super::{Arc, Receiver, SendError, Shared, TrySendError, channel_of};
use crate::explore::world::{self, World};
use crate::sync::PoisonError;
use std::fmt;

/// A channel for at most `bound` messages; who sends one more waits. With a bound of 0 every sender waits for the
/// receiver.
pub fn sync_channel<T>(bound: usize) -> (SyncSender<T>, Receiver<T>) {
    let (shared, receiver) = channel_of(Some(bound));
    (SyncSender { shared }, receiver)
}

/// The end that sends, and waits where the channel is full, as [`std::sync::mpsc::SyncSender`].
pub struct SyncSender<T> {
    shared: Arc<Shared<T>>,
}

impl<T> SyncSender<T> {
    /// Sends a message when there is room; with a bound of 0, returns when it has been taken.
    ///
    /// # Errors
    /// If the receiver is gone, or goes while it waits: the message comes back.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        let mut state = self.shared.lock();
        let room = state.bound.unwrap_or(usize::MAX).max(1);
        while state.receiving && state.queue.len() >= room {
            if world::current() == World::Sequential {
                drop(state);
                world::block("it sends to a full channel".to_owned(), false);
            }
            state = self.shared.room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if !state.receiving {
            return Err(SendError(message));
        }
        state.queue.push_back(message);
        self.shared.news.notify_one();
        if state.bound != Some(0) {
            return Ok(());
        }
        // It is the only one in the queue, and the next to be taken.
        let before = state.taken;
        while state.receiving && state.taken == before {
            if world::current() == World::Sequential {
                state.queue.clear();
                drop(state);
                world::block("it hands a message over, and nobody takes it".to_owned(), false);
            }
            state = self.shared.room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.taken != before {
            return Ok(());
        }
        match state.queue.pop_front() {
            Some(message) => Err(SendError(message)),
            None => Ok(()),
        }
    }

    /// Sends a message if there is room now; with a bound of 0, if the receiver waits for one now.
    ///
    /// # Errors
    /// If there is no room, or no receiver: the message comes back.
    #[track_caller]
    pub fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        let mut state = self.shared.lock();
        if !state.receiving {
            return Err(TrySendError::Disconnected(message));
        }
        let room = match state.bound {
            Some(0) => usize::from(state.waiting),
            bound => bound.unwrap_or(usize::MAX),
        };
        if state.queue.len() >= room {
            return Err(TrySendError::Full(message));
        }
        state.queue.push_back(message);
        self.shared.news.notify_one();
        Ok(())
    }
}

impl<T> Clone for SyncSender<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        self.shared.lock().senders += 1;
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T> Drop for SyncSender<T> {
    fn drop(&mut self) {
        self.shared.sender_gone();
    }
}

impl<T> fmt::Debug for SyncSender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SyncSender").finish_non_exhaustive()
    }
}
