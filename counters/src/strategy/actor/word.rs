//! The mailbox's head: one word that says who works, and where the newest message lies.
//!
//! | bits | meaning |
//! |---|---|
//! | all zero, [`idle`] | nobody works, and there is no message |
//! | [`BUSY`] | somebody works; he will look at the word again before he rests |
//! | [`TIRED`], with `BUSY` | who works has worked for others for long: a sender is asked to wait and to take over |
//! | the others | the newest message; each message holds the one that came before it |
//!
//! A message that is posted while nobody works makes its sender responsible: he works himself, or wakes the owner. So no
//! message ever lies there unseen, and nobody is woken who is awake.

use super::message::Header;
use std::ptr::null_mut;

/// Somebody works.
pub(super) const BUSY: usize = 1;
/// Who works wants to be relieved.
pub(super) const TIRED: usize = 2;
const TAGS: usize = BUSY | TIRED;

/// The word of a mailbox that nobody works at.
pub(super) const fn idle<S>() -> *mut Header<S> {
    null_mut()
}

/// The message that a word points to, if any.
#[inline(always)]
pub(super) fn message<S>(word: *mut Header<S>) -> *mut Header<S> {
    word.map_addr(|address| address & !TAGS)
}

/// The tags of a word.
#[inline(always)]
pub(super) fn tags<S>(word: *mut Header<S>) -> usize {
    word.addr() & TAGS
}

/// A word that points to `message`, with these tags.
#[inline(always)]
pub(super) fn tagged<S>(message: *mut Header<S>, tags: usize) -> *mut Header<S> {
    message.map_addr(|address| address | tags)
}
