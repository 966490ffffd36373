//! The owner's loop: what he takes, in which order, and when he rests.

use super::super::mailbox::{Abandon, Taken};
use super::super::memory::Ledger;
use super::super::message::{Answer, Errand, Header, Left};
use super::super::resident::unheard;
use super::super::rings::Call;
use super::super::room::Room;
use super::Core;
use crate::strategy::frame::Frame;
use crate::thread::{catch, rest};
use std::ptr::NonNull;

/// Looks at an empty mailbox before its thread sleeps: to be woken costs the sender a hundred times what it costs to post.
const LOOKS: u32 = if cfg!(feature = "explore") { 0 } else { 3 };

/// Looks at empty rings before those: to wake the thread, and to let it rest, which takes a system call for the barrier, costs
/// as much as thousands of posted calls.
const ROUNDS: u32 = 16;

/// The time between two of them, in looks at the mailbox: about a microsecond. An owner who keeps up with one sender would take
/// the cache line from it for each call; so he lets it get some lines ahead.
const PAUSE: u32 = 64;

impl<M: Room, S> Core<M, S> {
    /// Runs what is posted, in its order: until it is stopped, if it is this thread's life, and otherwise until nothing is
    /// left.
    ///
    /// # Safety
    /// This thread works at the mailbox, and the batch is its own.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) unsafe fn work(&self, mut batch: *mut Header<S>, for_life: bool) -> Answer {
        let abandon = Abandon(&self.mailbox);
        let mut resting = true;
        let end = Frame::within(self.address(), || {
            loop {
                if let Some(rings) = self.rings()
                    && std::mem::take(&mut resting)
                {
                    rings.work();
                }
                // SAFETY: this thread works at the mailbox; if it was woken for no reason, it is the only one that ever does.
                unsafe { self.empty_rings(!batch.is_null()) };
                let mut left = Left::new(&self.room);
                let mut end = Answer::Done;
                while !batch.is_null() {
                    // One net for the whole batch: what panics has left it, and the rest goes on.
                    // SAFETY: the batch is the owner's.
                    match catch(|| unsafe { self.run_batch(&mut batch, &mut left) }) {
                        Ok(answer) => end = answer,
                        Err(payload) => unheard(payload),
                    }
                }
                left.close();
                if end != Answer::Done {
                    // Nobody could post any more when the last message was.
                    return end;
                }
                if for_life {
                    // SAFETY: as above.
                    unsafe { self.look() };
                }
                if let Some(rings) = self.rings()
                    && !self.mailbox.has_message()
                {
                    resting = true;
                    // SAFETY: as above.
                    if !unsafe { rings.may_rest() } {
                        continue;
                    }
                }
                // SAFETY: this thread works at the mailbox, or was woken to.
                match unsafe { self.mailbox.take(false) } {
                    Taken::Batch(next) => batch = next.as_ptr(),
                    Taken::Rest | Taken::Nothing if for_life => rest(),
                    Taken::Rest | Taken::Nothing => return Answer::Done,
                }
            }
        });
        std::mem::forget(abandon);
        end
    }

    /// Runs what lies in the rings: all that has to be run before a reply, or else what there is.
    ///
    /// # Safety
    /// This thread works at the mailbox, or is the only one that ever does.
    #[cfg_attr(feature = "explore", track_caller)]
    unsafe fn empty_rings(&self, before_a_reply: bool) -> usize {
        let Some(rings) = self.rings() else { return 0 };
        let mut ledger = Ledger::new();
        let mut count = 0;
        let mut run = |call: Call<S>| {
            count += 1;
            // SAFETY: by the caller's promise the resident is this thread's.
            self.resident.with_mut(|resident| call.run(unsafe { (*resident).as_mut() }, &mut ledger));
        };
        loop {
            // One net for all of them, as for a batch.
            // SAFETY: and so are the rings, to be read.
            let done = catch(|| unsafe {
                if before_a_reply {
                    rings.cut(&mut run);
                } else {
                    rings.empty(&mut run);
                }
            });
            match done {
                Ok(()) => break,
                Err(payload) => unheard(payload),
            }
        }
        ledger.close();
        count
    }

    /// Looks for a while whether something comes.
    ///
    /// # Safety
    /// As for [`Self::empty_rings`].
    unsafe fn look(&self) {
        let mut idle = 0;
        // An exploration has no such thing as a while.
        while M::RINGS && !cfg!(feature = "explore") && idle < ROUNDS {
            for _ in 0..PAUSE {
                if self.mailbox.has_message() {
                    return;
                }
                crate::hint::spin_loop();
            }
            // SAFETY: by the caller's promise.
            idle = if unsafe { self.empty_rings(false) } > 0 { 0 } else { idle + 1 };
            if idle % 4 == 3 {
                // Others may run, who may be those that post.
                crate::thread::yield_now();
            }
        }
        self.mailbox.look(LOOKS);
    }

    /// Runs a batch; if a message unwinds, it stands at the next one. Says whether the owner is to end.
    ///
    /// # Safety
    /// This thread works at the mailbox, and the batch is its own.
    unsafe fn run_batch(&self, batch: &mut *mut Header<S>, left: &mut Left) -> Answer {
        let mut end = Answer::Done;
        while let Some(message) = NonNull::new(*batch) {
            // SAFETY: by the caller's promise, and each message is alive until it has been performed.
            let answer = unsafe {
                *batch = Header::link(*batch);
                self.resident.with_mut(|resident| match &mut *resident {
                    Some(resident) => {
                        Header::perform(message, Errand::Run { resident, left: &mut *left, at_home: false })
                    }
                    None => Header::perform(message, Errand::Discard(left)),
                })
            };
            if let Answer::Stop | Answer::StopAndFree = answer {
                end = answer;
            }
        }
        end
    }
}
