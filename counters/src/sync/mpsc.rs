//! `std::sync::mpsc`, over the mutex and condition variable here: hang-up works in every world.
//!
//! In an exploration a `recv_timeout` may come to its end at any time, see [`super::Condvar::wait_timeout`].

mod bounded;

use super::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use crate::explore::world::{self, World};
use std::collections::VecDeque;
use std::fmt;
use std::time::{Duration, Instant};

pub use self::bounded::{SyncSender, sync_channel};
pub use std::sync::mpsc::{RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};

/// A channel without a bound.
pub fn channel<T>() -> (Sender<T>, Receiver<T>) {
    let (shared, receiver) = channel_of(None);
    (Sender { shared }, receiver)
}

fn channel_of<T>(bound: Option<usize>) -> (Arc<Shared<T>>, Receiver<T>) {
    let state = State { queue: VecDeque::new(), bound, senders: 1, receiving: true, waiting: false, taken: 0 };
    let shared = Arc::new(Shared { state: Mutex::new(state), news: Condvar::new(), room: Condvar::new() });
    (Arc::clone(&shared), Receiver { shared, not_sync: std::marker::PhantomData })
}

struct Shared<T> {
    state: Mutex<State<T>>,
    /// There is a message, or the last sender is gone.
    news: Condvar,
    /// A message has been taken, or the receiver is gone; asked only where there is a bound.
    room: Condvar,
}

struct State<T> {
    queue: VecDeque<T>,
    /// The most messages that wait.
    bound: Option<usize>,
    senders: usize,
    receiving: bool,
    /// Whether the receiver waits for a message.
    waiting: bool,
    /// How many messages have been taken, where there is a bound.
    taken: u64,
}

impl<T> Shared<T> {
    /// The state is whole between any two statements here, so poison means nothing.
    #[track_caller]
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the next message, and tells senders that wait for that.
    #[track_caller]
    fn take(&self, state: &mut State<T>) -> Option<T> {
        let message = state.queue.pop_front()?;
        if state.bound.is_some() {
            state.taken = state.taken.wrapping_add(1);
            self.room.notify_all();
        }
        Some(message)
    }

    fn sender_gone(&self) {
        if world::aborting() {
            return;
        }
        let mut state = self.lock();
        state.senders -= 1;
        if state.senders == 0 {
            self.news.notify_one();
        }
    }
}

/// The end that sends, as [`std::sync::mpsc::Sender`].
pub struct Sender<T> {
    shared: Arc<Shared<T>>,
}

/// The end that receives, as [`std::sync::mpsc::Receiver`].
pub struct Receiver<T> {
    shared: Arc<Shared<T>>,
    /// As in std, a receiver is for one thread at a time.
    not_sync: std::marker::PhantomData<std::cell::Cell<()>>,
}

impl<T> Sender<T> {
    /// Sends a message; gives it back if nobody will ever receive it.
    ///
    /// # Errors
    /// If the receiver is gone.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        let mut state = self.shared.lock();
        if !state.receiving {
            return Err(SendError(message));
        }
        state.queue.push_back(message);
        self.shared.news.notify_one();
        Ok(())
    }
}

impl<T> Clone for Sender<T> {
    #[track_caller]
    fn clone(&self) -> Self {
        self.shared.lock().senders += 1;
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        self.shared.sender_gone();
    }
}

impl<T> Receiver<T> {
    /// Waits for a message.
    ///
    /// # Errors
    /// If there is none, and no sender that could send one.
    #[track_caller]
    pub fn recv(&self) -> Result<T, RecvError> {
        let mut state = self.shared.lock();
        loop {
            if let Some(message) = self.shared.take(&mut state) {
                return Ok(message);
            }
            if state.senders == 0 {
                return Err(RecvError);
            }
            if world::current() == World::Sequential {
                drop(state);
                world::block("it receives from an empty channel".to_owned(), false);
            }
            state.waiting = true;
            state = self.shared.news.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting = false;
        }
    }

    /// A message, if there is one.
    ///
    /// # Errors
    /// If there is none; it says whether one may still come.
    #[track_caller]
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        let mut state = self.shared.lock();
        match self.shared.take(&mut state) {
            Some(message) => Ok(message),
            None if state.senders == 0 => Err(TryRecvError::Disconnected),
            None => Err(TryRecvError::Empty),
        }
    }

    /// Waits for a message for at most about this long. In an exploration the time may be over at any moment.
    ///
    /// # Errors
    /// If none came.
    #[track_caller]
    pub fn recv_timeout(&self, timeout: Duration) -> Result<T, RecvTimeoutError> {
        let start = Instant::now();
        let mut state = self.shared.lock();
        let mut over = false;
        loop {
            if let Some(message) = self.shared.take(&mut state) {
                return Ok(message);
            }
            if state.senders == 0 {
                return Err(RecvTimeoutError::Disconnected);
            }
            if over {
                return Err(RecvTimeoutError::Timeout);
            }
            let left = if world::current() == World::Std {
                let Some(left) = timeout.checked_sub(start.elapsed()) else { return Err(RecvTimeoutError::Timeout) };
                left
            } else {
                timeout
            };
            state.waiting = true;
            let (mut guard, result) =
                self.shared.news.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner);
            guard.waiting = false;
            over = result.timed_out();
            state = guard;
        }
    }

    /// Messages as they come, until the last sender is gone.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { receiver: self }
    }

    /// The messages that are there.
    pub fn try_iter(&self) -> TryIter<'_, T> {
        TryIter { receiver: self }
    }
}

impl<T> Drop for Receiver<T> {
    fn drop(&mut self) {
        if world::aborting() {
            return;
        }
        let mut state = self.shared.lock();
        state.receiving = false;
        // A message that is being handed over goes back to its sender, who waits for it.
        let unread = if state.bound == Some(0) { VecDeque::new() } else { std::mem::take(&mut state.queue) };
        if state.bound.is_some() {
            self.shared.room.notify_all();
        }
        drop(state);
        // Not under the lock: a message may hold a sender of this channel.
        drop(unread);
    }
}

/// See [`Receiver::iter`].
#[derive(Debug)]
pub struct Iter<'a, T> {
    receiver: &'a Receiver<T>,
}

/// See [`Receiver::try_iter`].
#[derive(Debug)]
pub struct TryIter<'a, T> {
    receiver: &'a Receiver<T>,
}

/// Messages as they come, until the last sender is gone.
#[derive(Debug)]
pub struct IntoIter<T> {
    receiver: Receiver<T>,
}

impl<T> Iterator for Iter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.recv().ok()
    }
}

impl<T> Iterator for TryIter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.try_recv().ok()
    }
}

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.receiver.recv().ok()
    }
}

impl<'a, T> IntoIterator for &'a Receiver<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T> IntoIterator for Receiver<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    fn into_iter(self) -> IntoIter<T> {
        IntoIter { receiver: self }
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Receiver<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver").finish_non_exhaustive()
    }
}
