//! `owner = caller`: no thread. Whoever finds nobody working works himself, for all who come meanwhile.
//!
//! An idle actor is its state, one word for the mailbox and one for the poison, and its first call allocates nothing. A call
//! that finds it idle is one atomic operation to enter, the method, and one to leave: there is no hand-over between
//! threads. A call that finds it busy leaves its message and waits until it is run, or until it is made the owner.
//!
//! Who works must come home some day, however many messages others post. So he works for others [`PATIENCE`] times, and then
//! makes the next one who waits the owner; if nobody waits, the mailbox says that he is tired, and the next sender waits for
//! once, and takes over.

use super::super::frame::{Frame, asks_itself};
use super::super::op::{Named, Op};
use super::bell::YOURS;
use super::mailbox::{Abandon, Mailbox, Posted, Taken};
use super::memory::Ledger;
use super::message::{Answer, Errand, Header, Left, Parcel, Question};
use super::resident::{Reply, Resident, Rooms, unheard};
use super::room::Room;
use crate::thread::catch;
use std::ptr::{NonNull, null_mut};

/// How many messages of others one caller runs, if somebody else could. In an exploration fewer, so that it happens.
const PATIENCE: usize = if cfg!(feature = "explore") { 1 } else { 200 };

/// The state, and a mailbox that its callers empty.
pub struct CallerCell<M, S> {
    mailbox: Mailbox<S>,
    room: M,
    resident: Rooms<Resident<S>>,
}

// SAFETY: the state is touched by one thread at a time, whichever has entered the mailbox; so it must be `Send`. The
// messages in the mailbox are `Send` each, as `send` and `ask` demand.
unsafe impl<M: Send, S: Send> Send for CallerCell<M, S> {}
// SAFETY: the same.
unsafe impl<M: Sync, S: Send> Sync for CallerCell<M, S> {}

impl<M: Room, S> CallerCell<M, S> {
    pub(super) const fn new(state: S) -> Self {
        Self { mailbox: Mailbox::new(), room: M::EMPTY, resident: Rooms::new(Resident::new(state)) }
    }

    fn address(&self) -> *const () {
        std::ptr::from_ref(self).cast()
    }

    /// Runs `ask` on the resident, here or on the thread that works just now, and gives its reply. `at_home` if it must be
    /// here.
    ///
    /// What is not `at_home` must be `Send`, and so must its reply: the caller sees to that.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn ask<F, R>(&self, what: &str, at_home: bool, ask: F) -> Reply<R>
    where
        S: Named,
        F: FnOnce(&mut Resident<S>) -> Reply<R>,
    {
        if self.mailbox.enter() { self.work_on(ask) } else { self.ask_the_owner(what, at_home, ask) }
    }

    /// The mailbox has been entered.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn work_on<R>(&self, first: impl FnOnce(&mut Resident<S>) -> R) -> R {
        let abandon = Abandon(&self.mailbox);
        // SAFETY: this thread has entered the mailbox.
        let reply = Frame::within(self.address(), || unsafe { self.resident.enter(first) });
        // SAFETY: the same.
        match unsafe { self.mailbox.take(false) } {
            Taken::Batch(batch) => self.work(batch.as_ptr(), null_mut()),
            Taken::Rest | Taken::Nothing => {}
        }
        std::mem::forget(abandon);
        reply
    }

    #[cold]
    #[inline(never)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn ask_the_owner<F, R>(&self, what: &str, at_home: bool, ask: F) -> Reply<R>
    where
        S: Named,
        F: FnOnce(&mut Resident<S>) -> Reply<R>,
    {
        if Frame::inside(self.address(), || true) {
            asks_itself(S::NAME, what);
        }
        let question = Question::new(ask, at_home);
        let me = question.header();
        // SAFETY: the question is on this stack, and nobody leaves before its bell has rung or it has been run here.
        match unsafe { self.mailbox.post(NonNull::new_unchecked(me), true) } {
            Posted::Yours => self.work(null_mut(), me),
            Posted::Seen | Posted::Relieve => {
                if question.bell.wait() == YOURS {
                    // What was handed over begins with this question.
                    self.work(me, me);
                }
            }
        }
        question.take_reply().unwrap_or(Reply::Nobody)
    }

    /// Leaves an operation to be run, here if nobody works just now.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn send<O>(&self, op: O)
    where
        S: Named,
        O: Op<S> + Send + 'static,
    {
        if self.mailbox.enter() {
            if let Err(payload) = self.work_on(|resident| catch(|| resident.run_unheard(op))) {
                unheard(payload);
            }
        } else {
            self.send_to_the_owner(op);
        }
    }

    #[cold]
    #[inline(never)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn send_to_the_owner<O>(&self, op: O)
    where
        S: Named,
        O: Op<S> + Send + 'static,
    {
        // A method that sends to its own actor cannot wait for it.
        let inside = Frame::inside(self.address(), || true);
        self.room.take(|| inside);
        let parcel = Parcel::<M, S, O>::pack(op);
        // SAFETY: packed just now, and freed by whoever performs it.
        match unsafe { self.mailbox.post(parcel, inside) } {
            Posted::Seen => {}
            Posted::Yours => self.work(null_mut(), null_mut()),
            Posted::Relieve => {
                // SAFETY: not posted, so it is still ours.
                let op = unsafe { Parcel::<M, S, O>::unpack(parcel, &mut Ledger::new()) };
                self.room.give_back();
                let reply = self.ask(O::NAME, false, |resident| match catch(|| resident.run_unheard(op)) {
                    Ok(()) => Reply::Done(()),
                    Err(payload) => Reply::Panicked(payload),
                });
                if let Reply::Panicked(payload) = reply {
                    unheard(payload);
                }
            }
        }
    }

    /// Works until nothing is left, or until somebody else does. The batch is this thread's; `me` is its own question, the
    /// first that it comes to.
    #[cfg_attr(feature = "explore", track_caller)]
    fn work(&self, mut batch: *mut Header<S>, me: *mut Header<S>) {
        let abandon = Abandon(&self.mailbox);
        let mut foreign = 0;
        Frame::within(self.address(), || {
            loop {
                let mut left = Left::new(&self.room);
                while let Some(message) = NonNull::new(batch) {
                    let at_home = batch == me;
                    // SAFETY: the batch is the owner's, and each message alive until it has been performed; a message
                    // that does not accept the ownership is still the owner's.
                    unsafe {
                        batch = Header::link(batch);
                        if !at_home && foreign >= PATIENCE && Header::perform(message, Errand::Relieve) == Answer::Done
                        {
                            return;
                        }
                        let left = &mut left;
                        let run = |resident: &mut Resident<S>| {
                            catch(|| Header::perform(message, Errand::Run { resident, left, at_home }))
                        };
                        match self.resident.enter(run) {
                            Ok(Answer::AtHome) => {
                                Header::perform(message, Errand::Relieve);
                                return;
                            }
                            Ok(_) => {}
                            // Only what nobody waits for unwinds.
                            Err(payload) => unheard(payload),
                        }
                    }
                    foreign += usize::from(!at_home);
                }
                left.close();
                // SAFETY: this thread works at the mailbox.
                match unsafe { self.mailbox.take(foreign >= PATIENCE) } {
                    Taken::Batch(next) => batch = next.as_ptr(),
                    Taken::Rest | Taken::Nothing => return,
                }
            }
        });
        std::mem::forget(abandon);
    }

    /// Whoever works has borrowed this object, so nobody does, and nobody rests before the mailbox is empty.
    pub(super) fn into_resident(self) -> Resident<S> {
        self.resident.into_inner()
    }
}
