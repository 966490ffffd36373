//! The mailbox: an unbounded queue of messages whose senders never wait for one another.
//!
//! Senders put their messages in front of each other, with one compare-exchange of the head word (see `word`). Who works
//! takes all that lie there at once, and turns their order round: so they are run in the order in which they were posted,
//! and that order is the one in which the object is linearizable.

use super::super::mutation::{Mutation, broken};
use super::super::pointer::Pointer;
use super::message::Header;
use super::word::{BUSY, TIRED, idle, message, tagged, tags};
use crate::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed, Release};
use crate::thread::alone;
use std::ptr::{NonNull, null_mut};

/// The head word, and what may be done to it.
pub(super) struct Mailbox<S> {
    head: Pointer<Header<S>>,
}

/// What came of posting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Posted {
    /// Somebody works, and will come to it.
    Seen,
    /// Nobody worked: it is up to the sender now.
    Yours,
    /// Not posted: who works wants to be relieved, and this message's sender could not do that.
    Relieve,
}

/// What came of looking for messages.
pub(super) enum Taken<S> {
    /// These, the oldest first.
    Batch(NonNull<Header<S>>),
    /// None. Nobody works from now on.
    Rest,
    /// None, and nobody worked before: woken for no reason.
    Nothing,
}

/// Leaves the mailbox of a specification if its method would wait: the same specification is asked again.
pub(super) struct Abandon<'a, S>(pub(super) &'a Mailbox<S>);

impl<S> Drop for Abandon<'_, S> {
    fn drop(&mut self) {
        // Otherwise nothing unwinds here but an engine that has given up: nobody will come again.
        if alone() {
            self.0.abandon();
        }
    }
}

/// The ordering that is meant, unless this execution is to do without.
#[inline(always)]
pub(super) fn ordered(meant: Ordering) -> Ordering {
    if broken(Mutation::OrderingsRelaxed) { Relaxed } else { meant }
}

impl<S> Mailbox<S> {
    pub(super) const fn new() -> Self {
        Self { head: Pointer::new() }
    }

    /// Begins to work, if nobody does.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn enter(&self) -> bool {
        // Acquire: what the last one did who worked is seen. Relaxed: if not, nothing is touched.
        self.head.exchange(idle(), tagged(idle(), BUSY), ordered(Acquire), Relaxed).is_ok()
    }

    /// Whether a message lies there.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn has_message(&self) -> bool {
        // Relaxed: nothing is followed, `take` looks for itself.
        !message(self.head.load(Relaxed)).is_null()
    }

    /// Ends what [`Self::enter`] began, where there can have been no other sender.
    #[cfg_attr(feature = "explore", track_caller)]
    fn abandon(&self) {
        let mut seen = tagged(idle(), BUSY);
        // Release: as in `take`.
        while let Err(found) = self.head.exchange(seen, idle(), Release, Relaxed) {
            seen = found;
        }
    }

    /// Posts a message. `waits` says whether its sender waits for it.
    ///
    /// # Safety
    /// The message is alive until it has been performed, and was posted nowhere else.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) unsafe fn post(&self, new: NonNull<Header<S>>, waits: bool) -> Posted {
        // In an exploration a guess, which costs no step: a wrong one is put right by the first exchange.
        // Relaxed: it is only compared and linked.
        let mut seen = if cfg!(feature = "explore") { idle() } else { self.head.load(Relaxed) };
        loop {
            if tags(seen) & TIRED != 0 && !waits {
                return Posted::Relieve;
            }
            // SAFETY: it is not posted yet, so it is the sender's alone.
            unsafe { Header::set_link(new.as_ptr(), message(seen)) };
            let with = tagged(new.as_ptr(), tags(seen) | BUSY);
            // Release: the message is seen by who takes it. Acquire: if nobody worked, we do, as in `enter`. Relaxed: what
            // is found is only compared and linked.
            match self.head.exchange(seen, with, ordered(AcqRel), Relaxed) {
                Ok(()) if tags(seen) & BUSY == 0 => return Posted::Yours,
                Ok(()) => return Posted::Seen,
                Err(found) => seen = found,
            }
        }
    }

    /// Takes all messages; if there are none, whoever works rests. `tired` asks the next senders to take over.
    ///
    /// # Safety
    /// The caller works at this mailbox, or was woken to.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) unsafe fn take(&self, tired: bool) -> Taken<S> {
        let busy = tagged(idle(), if tired { BUSY | TIRED } else { BUSY });
        let mut seen = tagged(idle(), BUSY);
        loop {
            if message(seen).is_null() {
                // Release: the next one who works sees what was done. Relaxed: nothing is followed yet.
                match self.head.exchange(seen, idle(), ordered(Release), Relaxed) {
                    Ok(()) => return Taken::Rest,
                    Err(found) if found == idle() => return Taken::Nothing,
                    Err(found) => seen = found,
                }
            } else {
                // Acquire: the messages are seen as they were posted.
                match self.head.exchange(seen, busy, ordered(Acquire), Relaxed) {
                    // SAFETY: taken just now, by the one who works.
                    Ok(()) => return Taken::Batch(unsafe { oldest_first(message(seen)) }),
                    Err(found) => seen = found,
                }
            }
        }
    }

    pub(super) fn can_ask(&self) -> bool {
        self.head.can_ask()
    }

    /// Whether somebody works.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn is_busy(&self) -> bool {
        // Relaxed: asked where there is no other thread.
        tags(self.head.load(Relaxed)) & BUSY != 0
    }

    /// Looks so many times whether a message has come: to take one that comes soon is better than to rest, and to take
    /// many is better than to take one.
    #[inline]
    pub(super) fn look(&self, times: u32) {
        for _ in 0..times {
            crate::thread::yield_now();
            if self.has_message() {
                return;
            }
        }
    }
}

/// Turns a list round.
///
/// # Safety
/// The list is not empty, and all of it is the caller's.
unsafe fn oldest_first<S>(newest: *mut Header<S>) -> NonNull<Header<S>> {
    if broken(Mutation::OrderNotKept) {
        // SAFETY: not empty.
        return unsafe { NonNull::new_unchecked(newest) };
    }
    let mut done = null_mut();
    let mut rest = newest;
    while !rest.is_null() {
        // SAFETY: by the caller's promise.
        unsafe {
            let next = Header::link(rest);
            Header::set_link(rest, done);
            done = rest;
            rest = next;
        }
    }
    // SAFETY: the list was not empty.
    unsafe { NonNull::new_unchecked(done) }
}
