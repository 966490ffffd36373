//! Messages: a header that the mailbox links, and behind it what only the sender knew the type of.
//!
//! | message | lies | gone |
//! |---|---|---|
//! | [`Question`] | on the stack of the caller, who waits | when its bell has rung for [`DONE`] |
//! | [`Parcel`] | in memory of its own, see `memory` | when it has been performed |
//! | [`Nudge`] | in memory of its own | when it has been performed |
//! | [`Stop`] | on the stack of who drops the actor, or in a parcel | when the owner's thread has ended |

use super::super::mutation::{Mutation, broken};
use super::super::op::Op;
use super::bell::{Bell, DONE, YOURS};
use super::memory::{self, Ledger};
use super::resident::{Reply, Resident};
use super::room::Room;
use crate::cell::UnsafeCell;
use crate::thread::catch;
use std::marker::PhantomData;
use std::ptr::{NonNull, null_mut};

/// What every message begins with.
#[repr(C)]
pub(super) struct Header<S> {
    /// The message that was posted before this one; in a batch, the one that comes after. Written by the sender, then by
    /// the owner. In an exploration this cell stands for the whole message: a race on it is a race on all.
    link: UnsafeCell<*mut Header<S>>,
    perform: Perform<S>,
}

type Perform<S> = unsafe fn(NonNull<Header<S>>, Errand<'_, S>) -> Answer;

/// What is to be done with a message.
pub(super) enum Errand<'a, S> {
    /// Run it on the state; `at_home` if who runs it is who sent it. After this the message is gone.
    Run { resident: &'a mut Resident<S>, left: &'a mut Left, at_home: bool },
    /// There is nobody to run it. After this it is gone.
    Discard(&'a mut Left),
    /// Make its sender the owner, if he waits.
    Relieve,
}

/// What posted messages leave when they are taken out: their memory, and their places in the mailbox.
pub(super) struct Left {
    ledger: Ledger,
    /// The actor's room, of the type that all its parcels know.
    room: *const (),
}

impl Left {
    /// Of the actor that has this room.
    pub(super) fn new<M: Room>(room: &M) -> Self {
        Self { ledger: Ledger::new(), room: std::ptr::from_ref(room).cast() }
    }

    /// Counts what memory is still to be counted.
    pub(super) fn close(self) {
        self.ledger.close();
    }
}

/// What came of an errand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is done.
    Done,
    /// It is not: the sender does not wait, and cannot take over.
    No,
    /// It is not: only its sender can run it.
    AtHome,
    /// The owner is to end. The message is still there.
    Stop,
    /// The owner is to end, and to free what he leaves.
    StopAndFree,
}

impl<S> Header<S> {
    #[cfg_attr(feature = "explore", track_caller)]
    fn new(perform: Perform<S>) -> Self {
        Self { link: UnsafeCell::new(null_mut()), perform }
    }

    /// # Safety
    /// `this` is alive, and the caller's alone: it has made it and not posted it, or has taken it from the mailbox.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) unsafe fn set_link(this: *const Self, link: *mut Self) {
        // SAFETY: by the caller's promise.
        unsafe { (*this).link.with_mut(|place| *place = link) };
    }

    /// # Safety
    /// As for [`Self::set_link`].
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) unsafe fn link(this: *const Self) -> *mut Self {
        // SAFETY: by the caller's promise.
        unsafe { (*this).link.with(|place| *place) }
    }

    /// # Safety
    /// `this` is alive, and the caller is the owner of the actor that it was posted to, and has taken it from the mailbox.
    /// If this unwinds, the message is gone, and nobody waits for it.
    pub(super) unsafe fn perform(this: NonNull<Self>, errand: Errand<'_, S>) -> Answer {
        // SAFETY: by the caller's promise; what made the header gave it the function of its own type.
        unsafe { ((*this.as_ptr()).perform)(this, errand) }
    }
}

/// A call whose caller waits: it may borrow, and has a reply.
#[repr(C)]
pub(super) struct Question<S, F, R> {
    header: Header<S>,
    ask: std::cell::UnsafeCell<Option<F>>,
    reply: UnsafeCell<Option<Reply<R>>>,
    pub(super) bell: Bell,
    /// Nobody but its caller can run it.
    at_home: bool,
}

impl<S, F: FnOnce(&mut Resident<S>) -> Reply<R>, R> Question<S, F, R> {
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn new(ask: F, at_home: bool) -> Self {
        Self {
            header: Header::new(Self::perform),
            ask: std::cell::UnsafeCell::new(Some(ask)),
            reply: UnsafeCell::new(None),
            bell: Bell::new(),
            at_home,
        }
    }

    pub(super) fn header(&self) -> *mut Header<S> {
        // Of the whole question, not of the header alone: `perform` looks behind it.
        std::ptr::from_ref(self).cast_mut().cast()
    }

    /// The reply, if it is there: the bell has rung, or the caller has run it himself.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn take_reply(&self) -> Option<Reply<R>> {
        // SAFETY: the bell has rung, or this thread is the owner: nobody else touches the reply.
        self.reply.with_mut(|reply| unsafe { (*reply).take() })
    }

    unsafe fn perform(header: NonNull<Header<S>>, errand: Errand<'_, S>) -> Answer {
        let this = header.cast::<Self>().as_ptr();
        match errand {
            Errand::Run { resident, at_home, .. } => {
                // SAFETY: the question lives until its bell has rung, and `Header::perform` says that it is ours.
                let question = unsafe { &*this };
                if question.at_home && !at_home {
                    return Answer::AtHome;
                }
                if broken(Mutation::ReplyToAnother) {
                    question.change_places();
                }
                // SAFETY: as above; the reference ends before the closure is called.
                let ask = unsafe { (*question.ask.get()).take() };
                let reply = ask.map_or(Reply::Nobody, |ask| ask(resident));
                if broken(Mutation::ReplyLost) && !at_home {
                    return Answer::Done;
                }
                // SAFETY: as above, and this is the last that is done with it.
                unsafe { Self::answer(this, reply, at_home) };
                Answer::Done
            }
            Errand::Discard(_) => {
                // SAFETY: as above. What is asked goes here, before the answer: whoever waits for something else than the
                // reply hears so that it will not come.
                let dropped = catch(|| drop(unsafe { (*(*this).ask.get()).take() }));
                let reply = dropped.map_or_else(Reply::Panicked, |()| Reply::Nobody);
                // SAFETY: as above, and this is the last that is done with it.
                unsafe { Self::answer(this, reply, false) };
                Answer::Done
            }
            Errand::Relieve => {
                // SAFETY: it is alive, and has not rung.
                unsafe { Bell::ring(&raw const (*this).bell, YOURS) };
                Answer::Done
            }
        }
    }

    /// # Safety
    /// The caller is the owner and has the question. Once the bell has rung it may be gone: so this is given no reference,
    /// which would have to be good until the end.
    #[cfg_attr(feature = "explore", track_caller)]
    unsafe fn answer(this: *const Self, reply: Reply<R>, at_home: bool) {
        // SAFETY: by the caller's promise; the one who waits looks at the reply only when the bell has rung, for the last
        // time.
        unsafe {
            (*this).reply.with_mut(|place| *place = Some(reply));
            if !at_home {
                Bell::ring(&raw const (*this).bell, DONE);
            }
        }
    }

    /// The mutant: if the next message is a question of the same kind, each gets the other's reply.
    fn change_places(&self) {
        // SAFETY: the owner has the whole batch; the same function means the same type.
        unsafe {
            let next = Header::link(&raw const self.header);
            if !next.is_null() && std::ptr::fn_addr_eq((*next).perform, self.header.perform) {
                let next = &*next.cast::<Self>();
                std::ptr::swap(self.ask.get(), next.ask.get());
            }
        }
    }
}

/// A call whose caller has gone on: it owns its arguments, and has no reply. It has taken a place in a room of type `M`, and
/// is posted to the actor of that room.
#[repr(C)]
pub(super) struct Parcel<M, S, O> {
    header: Header<S>,
    op: O,
    room: PhantomData<fn(&M)>,
}

impl<M: Room, S, O: Op<S>> Parcel<M, S, O> {
    /// Packs an operation.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn pack(op: O) -> NonNull<Header<S>> {
        let place = memory::allocate::<Self>();
        // SAFETY: it is of this layout, and ours.
        unsafe { place.as_ptr().write(Self { header: Header::new(Self::perform), op, room: PhantomData }) };
        place.cast()
    }

    /// Unpacks it again.
    ///
    /// # Safety
    /// `header` is from [`Self::pack`], of this type, and the caller's alone; it is gone afterwards.
    pub(super) unsafe fn unpack(header: NonNull<Header<S>>, ledger: &mut Ledger) -> O {
        let place = header.cast::<Self>();
        // SAFETY: by the caller's promise. The header has nothing to drop.
        let Self { op, .. } = unsafe { place.as_ptr().read() };
        // SAFETY: it was allocated as this type, and has been read out.
        unsafe { memory::release(place, ledger) };
        op
    }

    /// Takes it out of the mailbox: its place and its memory are free, and the operation may take as long as it likes.
    ///
    /// # Safety
    /// As for [`Self::unpack`], and `left` is of the actor that it was posted to.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    unsafe fn take_out(header: NonNull<Header<S>>, left: &mut Left) -> O {
        // SAFETY: by the caller's promise; the actor of this parcel has a room of type `M`, which outlives the owner's work.
        unsafe {
            let op = Self::unpack(header, &mut left.ledger);
            (*left.room.cast::<M>()).give_back();
            op
        }
    }

    unsafe fn perform(header: NonNull<Header<S>>, errand: Errand<'_, S>) -> Answer {
        match errand {
            Errand::Run { resident, left, .. } => {
                // SAFETY: `Header::perform` says that it is ours, and `pack` that it is of this type.
                let op = unsafe { Self::take_out(header, left) };
                if !broken(Mutation::DrainSkipped) {
                    resident.run_unheard(op);
                }
                Answer::Done
            }
            Errand::Discard(left) => {
                // SAFETY: as above.
                drop(unsafe { Self::take_out(header, left) });
                Answer::Done
            }
            Errand::Relieve => Answer::No,
        }
    }
}

/// Nothing but a reason to wake up, for an owner who is to look elsewhere.
#[repr(C)]
pub(super) struct Nudge<S> {
    header: Header<S>,
    state: PhantomData<S>,
}

impl<S> Nudge<S> {
    pub(super) fn pack() -> NonNull<Header<S>> {
        let place = memory::allocate::<Self>();
        // SAFETY: it is of this layout, and ours.
        unsafe { place.as_ptr().write(Self { header: Header::new(Self::perform), state: PhantomData }) };
        place.cast()
    }

    unsafe fn perform(header: NonNull<Header<S>>, errand: Errand<'_, S>) -> Answer {
        match errand {
            Errand::Run { left, .. } | Errand::Discard(left) => {
                // SAFETY: it was allocated as this type, has nothing to drop, and `Header::perform` says that it is ours.
                unsafe { memory::release(header.cast::<Self>(), &mut left.ledger) };
                Answer::Done
            }
            Errand::Relieve => Answer::No,
        }
    }
}

/// The last message: after it the owner's thread ends.
#[repr(C)]
pub(super) struct Stop<S> {
    header: Header<S>,
    state: PhantomData<S>,
}

impl<S> Stop<S> {
    /// On the stack of who waits for the thread to end.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn awaited() -> Self {
        Self { header: Header::new(|_, _| Answer::Stop), state: PhantomData }
    }

    /// In memory of its own, where nobody waits: the thread frees what is left.
    pub(super) fn unattended() -> NonNull<Header<S>> {
        let place = memory::allocate::<Self>();
        // SAFETY: it is of this layout, and ours.
        unsafe { place.as_ptr().write(Self { header: Header::new(Self::perform_unattended), state: PhantomData }) };
        place.cast()
    }

    unsafe fn perform_unattended(header: NonNull<Header<S>>, errand: Errand<'_, S>) -> Answer {
        if let Errand::Run { left, .. } | Errand::Discard(left) = errand {
            // SAFETY: it was allocated as this type, has nothing to drop, and `Header::perform` says that it is ours.
            unsafe { memory::release(header.cast::<Self>(), &mut left.ledger) };
        }
        Answer::StopAndFree
    }

    pub(super) fn header(&self) -> *mut Header<S> {
        std::ptr::from_ref(self).cast_mut().cast()
    }
}
