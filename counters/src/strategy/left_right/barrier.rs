//! A barrier with a cheap side and a dear one: between a reader's announcement and its look at which copy is current, and
//! between a writer's change of that and its look at the announcements.
//!
//! Both have to be ordered store before load, or each could miss the other. A fence does it, at 20 cycles a read. Linux
//! has a system call that makes every thread of the process pass a full fence, wherever it is just now
//! (`membarrier(2)`, `PRIVATE_EXPEDITED`): with it the reader need only keep the compiler from swapping the two, and the
//! writer pays. Elsewhere, and in explorations, both sides are SeqCst fences.
//!
//! What an exploration therefore takes on trust is the system call's contract, and nothing else: a fence on both sides is
//! what the call amounts to, for a reader and a writer. (Two readers have no fence between them in what ships, and in an
//! exploration they have; they share nothing that is written.)

use crate::sync::atomic::Ordering::SeqCst;
use crate::sync::atomic::fence;

/// Which of the two an object uses: the same for all of its life.
pub(super) struct Barrier {
    /// The system call does the readers' part.
    #[cfg(all(target_os = "linux", not(miri), not(feature = "explore")))]
    by_system: bool,
}

#[cfg(all(target_os = "linux", not(miri), not(feature = "explore")))]
impl Barrier {
    pub(super) fn new() -> Self {
        static REGISTERED: crate::sync::OnceLock<bool> = crate::sync::OnceLock::new();
        Self { by_system: *REGISTERED.get_or_init(system::register) }
    }

    /// The reader's side.
    #[inline(always)]
    pub(super) fn light(&self) {
        if self.by_system {
            crate::sync::atomic::compiler_fence(SeqCst);
        } else {
            // SeqCst: store before load takes no less.
            fence(SeqCst);
        }
    }

    /// The writer's side.
    pub(super) fn heavy(&self) {
        // SeqCst: as above. With the system call this orders the writer itself.
        fence(SeqCst);
        if self.by_system {
            system::everywhere();
        }
    }
}

#[cfg(not(all(target_os = "linux", not(miri), not(feature = "explore"))))]
impl Barrier {
    pub(super) fn new() -> Self {
        Self {}
    }

    /// The reader's side.
    #[inline(always)]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn light(&self) {
        // SeqCst: store before load takes no less.
        fence(SeqCst);
    }

    /// The writer's side.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn heavy(&self) {
        // SeqCst: as above.
        fence(SeqCst);
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
                "raceproof: membarrier(2) worked when the first `left_right` object was made, and is refused now"
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
