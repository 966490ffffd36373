//! Which world an operation happens in, and what this OS thread knows of the execution under way.
//!
//! An engine simulates all threads of an execution on one OS thread, one at a time. So the current world, and all that
//! an execution keeps, are thread-locals of that OS thread: no locks, and tests that explore side by side do not meet.
//!
//! | room | what it keeps |
//! |---|---|
//! | this one | the world, the execution's number, who is active |
//! | `execution` | one execution: its threads, its copies of foreign objects, its trace |
//! | `engine` | asking the engine, refusing, giving up |
//! | `now` | what each operation looks at |
//! | `unwinding` | who unwinds: std's answer is the OS thread's, not the simulated thread's |
//! | `failure` | what went wrong, in the engines' words |
//! | `hook` | the process's panic hook |
//! | `watch` | what each thread is about to do, and all that was done, for who chooses the next thread |

mod engine;
mod execution;
mod failure;
mod hook;
mod life;
mod now;
mod unwinding;
pub mod watch;

pub use engine::{
    Blocked, Refused, aborting, beat, beats, block, engine, give_up, refuse, refuse_at, refused, supervised_by,
    take_blocked, take_refusal, told,
};
pub use execution::{
    Running, accompanied, begin, copied, copy_of, forget_told_apart, leave, leave_untried, me, observing, operation,
    own_of, record, recording, register_thread, serial, spawned, stray, take_left_untried, take_strays, take_trace,
    tell_apart, thread_begins, thread_ended, thread_joined, thread_started, threads_live, threads_started, told_apart,
    with_trace,
};
pub use failure::{Failure, FailureKind};
pub use hook::{install_hook, quiet, quietly, take_last_panic};
pub use life::{Life, take_leaked};
pub use unwinding::{panic_caught, panicking, somebody_unwinds, tainted};

use super::native::Mutex;
use super::native::atomic::{AtomicU64, Ordering};
use now::now;

/// Who carries a facade operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum World {
    /// std, on real threads: the world outside any exploration, and that of the real-threads rung.
    Std,
    /// Nobody: one thread runs a specification. A lock that is taken twice is reported, not waited for.
    Sequential,
    /// loom: every interleaving, with the C11 memory model as far as loom has it.
    Loom,
    /// shuttle: chosen interleavings, sequentially consistent.
    Shuttle,
}

/// The execution that an object belongs to. [`UNTOUCHED`] and [`STD`] are no execution's.
pub type ExecutionId = u64;
/// How the refusal begins of a thread that would wait in a specification, or where the type is tried alone.
pub const THREAD_WAITS: &str = "a thread that the tested code starts would wait";
/// No operation has touched the object yet.
pub const UNTOUCHED: ExecutionId = 0;
/// The object belongs to the world outside explorations.
pub const STD: ExecutionId = 1;

static NEXT_ID: AtomicU64 = AtomicU64::new(2);
static ACTIVE: Mutex<Vec<ExecutionId>> = Mutex::new(Vec::new());

#[derive(Clone, Copy)]
struct Context {
    world: World,
    id: ExecutionId,
}

const OUTSIDE: Context = Context { world: World::Std, id: STD };

/// The world of the operation that is about to happen on this OS thread.
#[inline(always)]
pub fn current() -> World {
    now(|now| now.context.get().world)
}

/// Whether this OS thread runs simulated threads just now.
#[inline]
pub fn simulates() -> bool {
    matches!(current(), World::Loom | World::Shuttle)
}

/// The execution under way on this OS thread; [`STD`] outside explorations.
#[inline(always)]
pub fn id() -> ExecutionId {
    now(|now| now.context.get().id)
}

/// Whether an execution is still under way, on whatever OS thread.
pub fn is_active(id: ExecutionId) -> bool {
    ACTIVE.lock().unwrap_or_else(|e| e.into_inner()).contains(&id)
}

/// Gives an object whose owner has ended to the world outside, if the owner has ended and `free` agrees.
///
/// Who becomes active enters himself under the same lock before he reads any object's owner. So either he is seen here,
/// or he sees the new owner: no object is ever in two worlds.
pub fn take_over(owner: &AtomicU64, from: ExecutionId, free: impl FnOnce() -> bool) -> bool {
    let active = ACTIVE.lock().unwrap_or_else(|e| e.into_inner());
    // raceproof: allow(callback_under_lock): the one caller looks at an atomic, and takes no lock
    // AcqRel: what the ended execution did to the object (published by the lock) is handed to those who see `STD`.
    !active.contains(&from) && free() && owner.compare_exchange(from, STD, Ordering::AcqRel, Ordering::Acquire).is_ok()
}

/// The execution under way, for an object that is about to be claimed for it: a specification that touches one is
/// entered among the active ones first, see [`take_over`].
#[inline]
pub fn claimant() -> ExecutionId {
    let (Context { world, id }, activated) = now(|now| (now.context.get(), now.activated.get()));
    if world == World::Sequential && !activated {
        now(|now| now.activated.set(true));
        activate(id);
    }
    id
}

/// Enters an execution among the active ones.
fn activate(id: ExecutionId) {
    ACTIVE.lock().unwrap_or_else(|e| e.into_inner()).push(id);
}

/// Takes it off again.
fn deactivate(id: ExecutionId) {
    ACTIVE.lock().unwrap_or_else(|e| e.into_inner()).retain(|active| *active != id);
}

/// A number for an execution that nothing has used yet.
pub fn fresh_id() -> ExecutionId {
    NEXT_ID.fetch_add(1, Ordering::Relaxed)
}

/// Runs a specification: one thread, no engine. All that belongs to one specification's state goes by one `id`.
/// Says also whether any facade object was touched: then the state may change behind a `&self` method.
pub fn sequential<R>(id: ExecutionId, body: impl FnOnce() -> R) -> (R, bool) {
    /// Puts back what was there before, and ends the specification's claim on its objects, which only this OS thread could
    /// use.
    struct Leave {
        id: ExecutionId,
        context: Context,
        /// Nothing for a call inside a call of the same specification: that belongs to the outer one.
        activated: Option<bool>,
        alone: bool,
    }
    impl Drop for Leave {
        fn drop(&mut self) {
            let activated = now(|now| {
                now.context.set(self.context);
                now.alone.set(self.alone);
                self.activated.is_some_and(|before| now.activated.replace(before))
            });
            if activated {
                deactivate(self.id);
            }
        }
    }
    let (leave, before) = now(|now| {
        now.touches.set(0);
        let context = now.context.replace(Context { world: World::Sequential, id });
        let nested = context.id == id && now.activated.get();
        let activated = (!nested).then(|| now.activated.replace(false));
        (Leave { id, context, activated, alone: now.alone.replace(false) }, now.touched.replace(false))
    });
    let result = body();
    drop(leave);
    (result, now(|now| now.touched.replace(before)))
}

/// Sets whether an object is being tried alone, and puts it back when dropped.
struct SetAlone(bool);

impl SetAlone {
    fn to(alone: bool) -> Self {
        Self(now(|now| now.alone.replace(alone)))
    }
}

impl Drop for SetAlone {
    fn drop(&mut self) {
        now(|now| now.alone.set(self.0));
    }
}

/// Runs the object under test by itself: as a specification runs, but on a thread that is its own, which may have values
/// of its own. They last as long as the [`Solo`].
pub fn alone<R>(_solo: &Solo, id: ExecutionId, body: impl FnOnce() -> R) -> R {
    let body = || {
        let _alone = SetAlone::to(true);
        body()
    };
    sequential(id, body).0
}

/// Whether an object is being tried alone.
pub fn is_alone() -> bool {
    now(|now| now.alone.get())
}

/// The thread on which an object is tried alone. Its `thread_local!` values are dropped with it, as a thread's are.
#[derive(Debug)]
pub struct Solo(());

impl Solo {
    /// A thread that has nothing of its own yet.
    #[expect(clippy::new_without_default, reason = "it begins a thread, which no default should")]
    pub fn new() -> Self {
        Self(())
    }
}

impl Drop for Solo {
    fn drop(&mut self) {
        // A second panic would end the process; what the first one leaves is not dropped.
        if !std::thread::panicking() {
            // Alone, since their destructors may use others, or locks.
            let drop_values = || {
                let _alone = SetAlone::to(true);
                crate::thread::end_of_thread();
            };
            sequential(fresh_id(), drop_values);
        }
        crate::thread::forget_locals();
    }
}

/// A facade object was touched in a specification.
///
/// One that is touched without end is spun on: alone that is a wait like any other.
pub fn touch() {
    /// No call of a specification needs so many operations.
    const MOST: u32 = 100_000;
    let touches = now(|now| {
        now.touched.set(true);
        now.touches.set(now.touches.get() + 1);
        now.touches.get()
    });
    if touches > MOST && !panicking() {
        now(|now| now.touches.set(0));
        block(format!("it spins: {MOST} operations, and no end"), false);
    }
}
