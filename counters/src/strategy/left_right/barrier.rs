//! A barrier with a cheap side and a dear one: between a reader's announcement and its look at which copy is current, and
//! between a writer's change of that and its look at the announcements.
//!
//! Both have to be ordered store before load, or each could miss the other. A fence does it, at 20 cycles a read. Linux
//! has a system call that makes every thread of the process pass a full fence, wherever it is just now
//! (`membarrier(2)`, `PRIVATE_EXPEDITED`): with it the reader need only keep the compiler from swapping the two, and the
//! writer pays. Elsewhere, and in explorations, both sides are SeqCst fences.
//!
//! The call takes microseconds, ten of them on a virtual machine, and stops everyone for a moment. Where a thousand reads
//! come between two writes that is more than a thousand fences. So the writers count the reads between them, and choose:
//! where there are few the readers have fences of their own ([`Barrier::FENCED`]), where there are many they have none
//! ([`Barrier::LIGHT`]).
//!
//! Going from the first to the second takes nothing: from then on the writers make the call. Going back takes the call once
//! more. Each reader passes a fence in it, somewhere. Either its announcement was before that, and is seen by the writer from
//! then on; or it comes after it, and then so does its look at the way in use, which the writer had set before: it has a
//! fence of its own.
//!
//! An actor with rings stands on the same barrier: its senders are the readers, and the owner who rests is the writer. How
//! often he rests decides nothing there, so the way is the one that it began with.
//!
//! What an exploration takes on trust is the system call's contract, and with it this paragraph: a fence on both sides is
//! what the call amounts to, for a reader and a writer. (Two readers have no fence between them in what ships, and in an
//! exploration they have; they share nothing that is written.)

use crate::sync::atomic::Ordering::SeqCst;
use crate::sync::atomic::fence;
#[cfg(all(target_os = "linux", not(miri), not(feature = "explore")))]
use crate::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// Who pays.
pub(in super::super) struct Barrier {
    /// [`Self::FENCED`], [`Self::LIGHT`], or [`Self::ALONE`] for good. Stored under the writers' lock.
    #[cfg(all(target_os = "linux", not(miri), not(feature = "explore")))]
    way: AtomicU8,
}

#[cfg(all(target_os = "linux", not(miri), not(feature = "explore")))]
impl Barrier {
    /// Readers and writers have fences.
    const FENCED: u8 = 0;
    /// The writers make the system call.
    const LIGHT: u8 = 1;
    /// There is no system call: as `FENCED`.
    const ALONE: u8 = 2;
    /// So many reads between two writes are worth two calls: each saves five nanoseconds. A power of two, since each read
    /// asks whether it is one of so many.
    const MANY: usize = 4_096;

    pub(in super::super) fn new() -> Self {
        static REGISTERED: crate::sync::OnceLock<bool> = crate::sync::OnceLock::new();
        let registered = *REGISTERED.get_or_init(system::register);
        Self { way: AtomicU8::new(if registered { Self::LIGHT } else { Self::ALONE }) }
    }

    /// The reader's side, between announcement and look.
    #[inline(always)]
    pub(in super::super) fn light(&self) {
        // The announcement comes before the question which way is in use: see above.
        crate::sync::atomic::compiler_fence(SeqCst);
        // Relaxed: an old answer is what the call is made for once more.
        if self.way.load(Relaxed) == Self::LIGHT {
            crate::sync::atomic::compiler_fence(SeqCst);
        } else {
            // SeqCst: store before load takes no less.
            fence(SeqCst);
        }
    }

    /// The writer's side.
    pub(in super::super) fn heavy(&self) {
        // SeqCst: as above. With the system call this orders the writer itself.
        fence(SeqCst);
        // Relaxed: only who holds the writers' lock stores.
        if self.way.load(Relaxed) == Self::LIGHT {
            system::everywhere();
        }
    }

    /// Chooses by how many reads there have been since the last write. For who holds the writers' lock.
    pub(super) fn choose(&self, reads: usize) {
        // Relaxed, here and below: as in `heavy`, only who holds the lock stores; what readers need to see of it is said above.
        match self.way.load(Relaxed) {
            Self::LIGHT if reads < Self::MANY => {
                self.way.store(Self::FENCED, Relaxed);
                // SeqCst: the store before the call.
                fence(SeqCst);
                system::everywhere();
            }
            Self::FENCED if reads >= Self::MANY => self.way.store(Self::LIGHT, Relaxed),
            _ => {}
        }
    }

    /// Whether a thread that has read so often should see to it that somebody chooses anew. Without a write nobody would.
    #[inline(always)]
    pub(super) fn asks(&self, reads: usize) -> bool {
        // Relaxed: a hint.
        reads.is_multiple_of(Self::MANY) && self.way.load(Relaxed) == Self::FENCED
    }
}

#[cfg(not(all(target_os = "linux", not(miri), not(feature = "explore"))))]
impl Barrier {
    pub(in super::super) fn new() -> Self {
        Self {}
    }

    /// The reader's side.
    #[inline(always)]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(in super::super) fn light(&self) {
        // SeqCst: store before load takes no less.
        fence(SeqCst);
    }

    /// The writer's side.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(in super::super) fn heavy(&self) {
        // SeqCst: as above.
        fence(SeqCst);
    }

    pub(super) fn choose(&self, _: usize) {}

    #[inline(always)]
    pub(super) fn asks(&self, _: usize) -> bool {
        false
    }
}

/// `membarrier(2)`.
#[cfg(all(target_os = "linux", not(miri), not(feature = "explore")))]
mod system {
    /// Whether the kernel has it, and has noted that this process is going to use it.
    pub(super) fn register() -> bool {
        call(libc::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) && call(libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED)
    }

    /// Every thread of the process that runs now passes a full fence before this returns; one that does not run has
    /// passed one when it stopped.
    pub(super) fn everywhere() {
        if call(libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED) {
            return;
        }
        // It worked when the process was registered. A process may have been forked since; what a sandbox has taken away
        // since cannot be had again, and to go on without would be a race.
        if !register() {
            eprintln!(
                "raceproof: membarrier(2) worked when the first object that needs it was made, and is refused now"
            );
            std::process::abort();
        }
    }

    fn call(command: libc::c_int) -> bool {
        let flags: libc::c_uint = 0;
        let processor: libc::c_int = 0;
        // SAFETY: it reads three integers and touches no memory of ours.
        unsafe { libc::syscall(libc::SYS_membarrier, command, flags, processor) == 0 }
    }
}

#[cfg(all(test, target_os = "linux", not(miri), not(feature = "explore")))]
mod tests {
    use super::{AtomicU8, Barrier, Relaxed};

    #[test]
    fn many_reads_between_two_writes_take_the_fences_away_and_few_bring_them_back() {
        let barrier = Barrier::new();
        let there_is_a_call = barrier.way.load(Relaxed) == Barrier::LIGHT;
        let with_call = |way| if there_is_a_call { way } else { Barrier::ALONE };
        barrier.choose(Barrier::MANY - 1);
        assert_eq!(barrier.way.load(Relaxed), with_call(Barrier::FENCED));
        assert_eq!(barrier.asks(3 * Barrier::MANY), there_is_a_call, "readers see that nobody writes");
        assert!(!barrier.asks(3 * Barrier::MANY + 1), "and look for it now and then");
        barrier.choose(Barrier::MANY);
        assert_eq!(barrier.way.load(Relaxed), with_call(Barrier::LIGHT));
        assert!(!barrier.asks(Barrier::MANY));
    }

    #[test]
    fn without_the_call_there_are_fences_for_good() {
        let barrier = Barrier { way: AtomicU8::new(Barrier::ALONE) };
        [0, usize::MAX, 0].into_iter().for_each(|reads| barrier.choose(reads));
        assert_eq!(barrier.way.load(Relaxed), Barrier::ALONE);
        assert!(!barrier.asks(Barrier::MANY));
    }
}
