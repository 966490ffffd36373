//! A queue a sender, for posted calls that commute: to post is a store, and no two senders write to one cache line.
//!
//! A reply must come after every call that was over before it was asked for. But the queues cannot be looked at in one
//! moment, and a call that is missed in the first may be over before another begins that is found in the second: a state that
//! never was. So the owner takes a cut. Each call bears the epoch that its sender has read; having taken the questions out of
//! the mailbox, the owner counts the epoch up and goes round until he finds no call of an epoch before that. Then the calls
//! he has run are closed under what came before them:
//!
//! - *Before the question.* A call that was over when the question was asked is in its ring for who has taken the question;
//!   and its sender has read the epoch before it was counted up: a read that comes before a store does not see it.
//! - *Before another call.* Of two calls one after the other the earlier bears no later epoch. Who has taken out the later
//!   one sees the earlier in its ring from then on, and one round follows in which he looks there.
//! - *An end.* A sender who reads the new epoch is not waited for; each other one has at most the call that it was making.
//!
//! All that needs the epoch to be is one word, coherent and otherwise unordered. What was put in reaches the owner who rests
//! by a barrier with a cheap side, the sender's, and a dear one (see `barrier`): a sender puts its call in and then looks
//! whether the owner is about to rest; an owner who is says so, and then looks at the rings once more, while they are still
//! his: without a thread of its own an actor has one owner after the other. A sender who finds him about to rest posts a
//! message to the mailbox, which loses none.

mod call;
mod number;
mod ring;

use super::super::left_right::barrier::Barrier;
use super::super::mutation::{Mutation, broken};
use super::super::op::Op;
use crate::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use crate::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64};
use ring::Ring;
use std::ptr::{NonNull, null_mut};

pub(super) use call::Call;

/// Calls that are taken out of one ring at a time where nobody waits: who asks is not to wait for a sender without end.
const MANY: usize = 1_024;

/// The senders' queues of one actor. On a cache line of its own: all senders read it, and next to nobody writes it.
#[repr(align(128))]
pub(super) struct Rings<S> {
    /// The ring that was made last. Rings go with the actor: a thread that ends leaves its ring, and what is in it, to the
    /// next thread of its number.
    newest: AtomicPtr<Ring<S>>,
    epoch: AtomicU64,
    /// Whether the owner rests or is about to.
    resting: AtomicBool,
    barrier: Barrier,
    /// No other actor has or had it.
    number: u64,
}

impl<S> Rings<S> {
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn new() -> Self {
        Self {
            newest: AtomicPtr::new(null_mut()),
            epoch: AtomicU64::new(0),
            resting: AtomicBool::new(false),
            barrier: Barrier::new(),
            number: number::of_actor(),
        }
    }

    /// Puts a call into the calling thread's ring. Says whether the owner may rest without having seen it.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn put<O>(&self, op: O) -> bool
    where
        S: 'static,
        O: Op<S> + 'static,
    {
        // Relaxed: see the module.
        let epoch = self.epoch.load(Relaxed);
        match number::near(self.number) {
            // SAFETY: the thread has found it here, by its number, and has that number still; the actor is alive, and so
            // its rings are.
            Some(ring) => unsafe { (*ring.cast::<Ring<S>>()).put(op, epoch) },
            None => self.put_far(op, epoch),
        }
        // As a mutant, the barrier that is forgotten.
        if !broken(Mutation::BarrierLeftOut) {
            self.barrier.light();
        }
        // Relaxed: what orders this look is the barrier.
        self.resting.load(Relaxed)
    }

    #[cold]
    #[inline(never)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn put_far<O>(&self, op: O, epoch: u64)
    where
        S: 'static,
        O: Op<S> + 'static,
    {
        number::with_own(|number, kept| {
            let ring = self.ring(number, epoch);
            if kept {
                number::remember(self.number, std::ptr::from_ref(ring).cast());
            }
            // SAFETY: the number is the calling thread's, and with it the ring.
            unsafe { ring.put(op, epoch) };
        });
    }

    /// The ring of this number, which is the calling thread's.
    #[cfg_attr(feature = "explore", track_caller)]
    fn ring(&self, number: usize, epoch: u64) -> &Ring<S> {
        // Acquire: rings as they were made.
        let mut newest = self.newest.load(Acquire);
        // SAFETY: rings live as long as the actor.
        if let Some(ring) = unsafe { find(newest, |ring| ring.number == number) } {
            return ring;
        }
        let new = Box::into_raw(Ring::new(number, epoch));
        loop {
            // SAFETY: nobody else knows it yet.
            unsafe { (*new).next = newest };
            // Release: shown as it was made. Relaxed where another was faster: nothing is read of it, and only the thread
            // of this number makes a ring for it.
            match self.newest.compare_exchange(newest, new, Release, Relaxed) {
                // SAFETY: as above.
                Ok(_) => return unsafe { &*new },
                Err(found) => newest = found,
            }
        }
    }

    /// Takes out, and has `run`, all that has to be run before what the owner has taken out of the mailbox just now.
    ///
    /// # Safety
    /// The calling thread is the owner.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) unsafe fn cut(&self, mut run: impl FnMut(Call<S>)) {
        // Relaxed, both: the owner alone stores it; and see the module.
        let epoch = self.epoch.load(Relaxed);
        // raceproof: allow(atomic_load_store): the owner alone stores it
        self.epoch.store(epoch + 1, Relaxed);
        if broken(Mutation::RingsNotEmptied) {
            return;
        }
        // SAFETY: by the caller's promise.
        while unsafe { self.round(epoch, usize::MAX, &mut run) } > 0 {
            // As a mutant, the one round that is not a moment.
            if broken(Mutation::RingsEmptiedOnce) {
                return;
            }
        }
    }

    /// The same for what lies there, where nobody waits for a reply. Says how many there were.
    ///
    /// # Safety
    /// As for [`Self::cut`].
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) unsafe fn empty(&self, mut run: impl FnMut(Call<S>)) -> usize {
        // SAFETY: by the caller's promise.
        unsafe { self.round(u64::MAX, MANY, &mut run) }
    }

    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    unsafe fn round(&self, latest: u64, most: usize, run: &mut impl FnMut(Call<S>)) -> usize {
        let mut count = 0;
        // Acquire: rings as they were made.
        // SAFETY: rings live as long as the actor.
        for ring in unsafe { rings(self.newest.load(Acquire)) } {
            for _ in 0..most {
                // SAFETY: by the caller's promise.
                let Some(call) = (unsafe { ring.take(latest) }) else { break };
                count += 1;
                run(call);
            }
        }
        count
    }

    /// Says that the owner is about to rest, if nothing lies there: what was put in by a sender who does not see that is seen
    /// here.
    ///
    /// # Safety
    /// As for [`Self::cut`].
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) unsafe fn may_rest(&self) -> bool {
        // Relaxed: as in `put`.
        self.resting.store(true, Relaxed);
        if !broken(Mutation::BarrierLeftOut) {
            self.barrier.heavy();
        }
        // Acquire: rings as they were made.
        // SAFETY: rings live as long as the actor, and the caller is the owner.
        unsafe { find(self.newest.load(Acquire), |ring| ring.any()) }.is_none()
    }

    /// Says that the owner works. Who sees it late posts a message too many.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn work(&self) {
        // Relaxed: as above; before he rests he says so again.
        self.resting.store(false, Relaxed);
    }
}

/// The rings, from this one to the oldest.
///
/// # Safety
/// They live as long as the iterator is used.
unsafe fn rings<'a, S: 'a>(newest: *mut Ring<S>) -> impl Iterator<Item = &'a Ring<S>> {
    let mut at = newest;
    std::iter::from_fn(move || {
        // SAFETY: by the caller's promise.
        let ring = unsafe { at.as_ref()? };
        at = ring.next;
        Some(ring)
    })
}

/// # Safety
/// As for [`rings`].
unsafe fn find<'a, S: 'a>(newest: *mut Ring<S>, mut which: impl FnMut(&Ring<S>) -> bool) -> Option<&'a Ring<S>> {
    // SAFETY: by the caller's promise.
    unsafe { rings(newest) }.find(|ring| which(ring))
}

impl<S> Drop for Rings<S> {
    fn drop(&mut self) {
        let mut at = *self.newest.get_mut();
        while let Some(ring) = NonNull::new(at) {
            // The owner has emptied them before he ended.
            // SAFETY: made from a box by `ring`; nobody else has the actor any more.
            at = unsafe { Box::from_raw(ring.as_ptr()) }.next;
        }
    }
}
