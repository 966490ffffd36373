//! `owner = thread`: a thread of its own, that has the state to itself.
//!
//! The thread is started by the first call, so an actor that nobody calls costs nothing, and `const fn new` and statics
//! work. The object itself may move: what the thread shares with the callers, the [`Core`], is on the heap.
//!
//! Who posts to a mailbox at which nobody works wakes the thread, or starts it if there is none; nobody else does. So each
//! sleep is ended by one wake, and a mailbox that fills fast wakes nobody.
//!
//! | the object goes | then |
//! |---|---|
//! | on any other thread | the last message is [`Stop`]; the thread runs all that lies before it, ends, and is joined |
//! | on its own thread (a method drops the last handle) | the same, but nobody waits: the thread frees the core itself |
//! | never, as a static | the thread ends with the process |

mod owner;

use super::super::frame::{Frame, asks_itself};
use super::super::mutation::{Mutation, broken};
use super::super::op::{Named, Op};
use super::super::pointer::Pointer;
use super::bell::{Bell, DONE};
use super::mailbox::{Mailbox, Posted};
use super::message::{Answer, Header, Nudge, Parcel, Question, Stop};
use super::resident::{Reply, Resident, unheard};
use super::rings::Rings;
use super::room::Room;
use crate::cell::UnsafeCell;
use crate::sync::atomic::Ordering::{self, AcqRel, Acquire, Relaxed};
use crate::thread::{JoinHandle, Sleeper, alone, catch, given_up, service};
use std::cell::Cell;
use std::ptr::{NonNull, null_mut};

/// More looks of a caller whose reply comes after rings have been emptied: what he alone has posted in some microseconds
/// takes the owner as long.
const EMPTYING: u32 = if cfg!(feature = "explore") { 0 } else { 1_000 };

/// What the thread shares with the callers.
pub(super) struct Core<M, S> {
    mailbox: Mailbox<S>,
    room: M,
    /// Where posted calls lie, if not in the mailbox.
    rings: Option<Box<Rings<S>>>,
    resident: UnsafeCell<Option<Resident<S>>>,
    /// Whom to wake. Written by the thread before it rests for the first time, read by who finds it resting.
    sleeper: UnsafeCell<Option<Sleeper>>,
    /// Stands for all that is written before the core is shown, in an exploration: atomics that are behind a `const fn` look
    /// as if they had been there from the beginning.
    #[cfg(feature = "explore")]
    born: UnsafeCell<()>,
    /// Written by the call that started the thread, read when no call is under way any more.
    handle: std::cell::UnsafeCell<Option<JoinHandle<()>>>,
}

/// The state, until the first call; then a pointer to where it has gone.
pub struct ThreadCell<M: Room, S> {
    core: Pointer<Core<M, S>>,
    /// Taken by the call that has made the core.
    seed: std::cell::UnsafeCell<Option<S>>,
}

// SAFETY: the state is touched by the one thread that owns it, or goes along; so it must be `Send`. The messages are `Send`
// each, as `send`, `ask` and `visit` demand.
unsafe impl<M: Room, S: Send> Send for ThreadCell<M, S> {}
// SAFETY: the same.
unsafe impl<M: Room, S: Send> Sync for ThreadCell<M, S> {}

/// A core on its way to its thread.
struct Shared<M, S>(*const Core<M, S>);
// SAFETY: the core is shared as `ThreadCell` is, and the messages are `Send` each.
unsafe impl<M: Room, S: Send> Send for Shared<M, S> {}

/// The ordering that is meant, unless this execution is to hand the core over without one.
#[inline(always)]
fn handed(meant: Ordering) -> Ordering {
    if broken(Mutation::FirstUseUnordered) { Relaxed } else { meant }
}

impl<M: Room, S> ThreadCell<M, S> {
    pub(super) const fn new(state: S) -> Self {
        Self { core: Pointer::new(), seed: std::cell::UnsafeCell::new(Some(state)) }
    }

    /// The core, and whether this call has made it: then its mailbox has been entered, and its thread is not started.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn core(&self) -> (&Core<M, S>, bool) {
        // Acquire: the core is seen as it was made.
        // SAFETY: a core lives as long as the object, which is borrowed.
        match unsafe { self.core.load(handed(Acquire)).as_ref() } {
            Some(core) => (core.met(), false),
            None => self.make_core(),
        }
    }

    #[cold]
    #[inline(never)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn make_core(&self) -> (&Core<M, S>, bool) {
        let core = Core {
            mailbox: Mailbox::new(),
            room: M::EMPTY,
            rings: M::RINGS.then(|| Box::new(Rings::new())),
            resident: UnsafeCell::new(None),
            sleeper: UnsafeCell::new(None),
            #[cfg(feature = "explore")]
            born: UnsafeCell::new(()),
            handle: std::cell::UnsafeCell::new(None),
        };
        // Whoever posts before the state has moved in must not think that it is up to him.
        core.mailbox.enter();
        let new = Box::into_raw(Box::new(core));
        // Release: the core is seen as it is. Acquire: or the other one, as in `core`.
        match self.core.exchange(null_mut(), new, handed(AcqRel), handed(Acquire)) {
            Ok(()) => {
                // SAFETY: this call alone has made the core, and nobody works at it but this thread.
                let core = unsafe {
                    let seed = (*self.seed.get()).take();
                    (*new).resident.with_mut(|resident| *resident = seed.map(Resident::new));
                    &*new
                };
                (core, true)
            }
            // SAFETY: ours, as nobody has seen it; the other as in `core`.
            Err(other) => unsafe {
                drop(Box::from_raw(new));
                ((*other).met(), false)
            },
        }
    }

    /// Runs `ask` on the owner's thread, and gives its reply; `ask` and its reply must be `Send`: the caller sees to that.
    /// `start` starts the thread, if there is none.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn ask<F, R>(&self, start: Start<M, S>, what: &str, ask: F) -> Reply<R>
    where
        S: Named,
        F: FnOnce(&mut Resident<S>) -> Reply<R>,
    {
        let (core, fresh) = self.core();
        core.refuse_inside(fresh, what);
        let question = Question::new(ask, false);
        // SAFETY: the question is on this stack, and nobody leaves before its bell has rung.
        unsafe { core.post(NonNull::new_unchecked(question.header()), fresh, start) };
        question.bell.wait_for(if M::RINGS { EMPTYING } else { 0 });
        question.take_reply().unwrap_or(Reply::Nobody)
    }

    /// Runs `ask` here, while the owner's thread waits: for what cannot be sent to another thread.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn visit<F, R>(&self, start: Start<M, S>, what: &str, ask: F) -> Reply<R>
    where
        S: Named,
        F: FnOnce(&mut Resident<S>) -> Reply<R>,
    {
        if alone() {
            return self.ask(start, what, ask);
        }
        let (core, fresh) = self.core();
        core.refuse_inside(fresh, what);
        let (welcome, farewell) = (Bell::new(), Bell::new());
        let lent = UnsafeCell::new(null_mut::<Resident<S>>());
        let door = Door(&welcome);
        let me = crate::thread::current().id();
        // Of this thread alone, whoever runs the question.
        let (task, done) = (Cell::new(Some(ask)), Cell::new(None));
        let question = Question::new(
            |resident: &mut Resident<S>| {
                if crate::thread::current().id() == me {
                    // There was no thread to be had, and this one works in its place.
                    done.set(task.take().map(|ask| ask(resident)));
                    return Reply::Done(());
                }
                // SAFETY: the visitor looks at it only when his bell has rung.
                lent.with_mut(|place| unsafe { *place = resident });
                drop(door);
                farewell.wait();
                Reply::Done(())
            },
            false,
        );
        // SAFETY: as in `ask`.
        unsafe { core.post(NonNull::new_unchecked(question.header()), fresh, start) };
        welcome.wait();
        // SAFETY: if the owner has lent it, he waits until `farewell` has rung.
        let lent = unsafe { lent.with(|place| *place).as_mut() };
        if let (Some(resident), Some(ask)) = (lent, task.take()) {
            done.set(Some(Frame::within(core.address(), || ask(resident))));
        }
        // SAFETY: alive; rung once.
        unsafe { Bell::ring(&raw const farewell, DONE) };
        question.bell.wait();
        done.take().unwrap_or(Reply::Nobody)
    }

    /// Leaves an operation to be run.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn send<O>(&self, start: Start<M, S>, op: O)
    where
        S: Named + 'static,
        O: Op<S> + Send + 'static,
    {
        let (core, fresh) = self.core();
        if let Some(rings) = core.rings()
            // A specification has no threads, and so no thread's own.
            && !alone()
        {
            let unseen = rings.put(op);
            // Who takes a message that lies there already comes by the rings, if not then, before he rests: he has not yet
            // said anew that he is about to.
            if fresh || unseen && !core.mailbox.has_message() {
                // SAFETY: packed just now, and freed by whoever performs it.
                unsafe { core.post(Nudge::pack(), fresh, start) };
            }
            return;
        }
        // Nor can the call wait that has made the core: nobody makes room before it has started the thread, and others may
        // have filled the mailbox by now.
        core.room.take(|| fresh || core.inside());
        let parcel = Parcel::<M, S, O>::pack(op);
        // SAFETY: packed just now, and freed by whoever performs it.
        unsafe { core.post(parcel, fresh, start) };
    }

    /// The resident, when the thread has run all that was posted and has ended. Nothing if there was never a call, or if
    /// this is the actor's own thread: it goes on then, and frees what is left.
    #[cfg_attr(feature = "explore", track_caller)]
    fn shut(&mut self) -> Option<Resident<S>> {
        if given_up() {
            // What is left is its threads', who will never run again.
            return None;
        }
        let core = NonNull::new(self.core.take())?;
        // SAFETY: a core lives as long as the object.
        let shared = unsafe { core.as_ref() };
        if !shared.mailbox.can_ask() {
            // This is not its execution: the same.
            return None;
        }
        if shared.inside() {
            // SAFETY: freed by the thread that performs it, which is this one, further out.
            unsafe { shared.mailbox.post(Stop::unattended(), true) };
            return None;
        }
        // SAFETY: no call is under way, so nobody else looks at the handle.
        if let Some(handle) = unsafe { (*shared.handle.get()).take() } {
            let stop = Stop::awaited();
            // SAFETY: it is on this stack until the thread has ended. A thread that rests has said whom to wake.
            unsafe {
                if shared.mailbox.post(NonNull::new_unchecked(stop.header()), true) == Posted::Yours {
                    shared.wake();
                }
            }
            // The thread catches what methods panic with.
            let _ = handle.join();
        }
        // SAFETY: made by `make_core` from a box, and the thread that shared it has ended.
        unsafe { Box::from_raw(core.as_ptr()) }.resident.into_inner()
    }

    pub(super) fn into_resident(mut self) -> Option<Resident<S>>
    where
        S: Named,
    {
        // SAFETY: the object is ours.
        if unsafe { self.core.peek().as_ref() }.is_some_and(Core::inside) {
            asks_itself(S::NAME, "into_state");
        }
        self.shut().or_else(|| self.seed.get_mut().take().map(Resident::new))
    }

    /// Whether nobody has called it yet. In an exploration it is settled here who will have been the first.
    #[cfg_attr(feature = "explore", track_caller)]
    pub(super) fn is_fresh(&self) -> bool {
        // Acquire: as in `core`, though it is not followed.
        let fresh = self.core.load(Acquire).is_null();
        #[cfg(feature = "explore")]
        if fresh {
            let (core, made) = self.core();
            if made {
                // SAFETY: this call has entered the mailbox, and takes what others have posted meanwhile, if anything.
                unsafe {
                    core.work(null_mut(), false);
                }
            }
        }
        fresh
    }
}

impl<M: Room, S> Drop for ThreadCell<M, S> {
    #[cfg_attr(feature = "explore", track_caller)]
    fn drop(&mut self) {
        drop(self.shut());
    }
}

/// Where a visitor waits: he is told when what he has asked for has begun, or when it has gone without that.
struct Door<'a>(&'a Bell);

impl Drop for Door<'_> {
    #[cfg_attr(feature = "explore", track_caller)]
    fn drop(&mut self) {
        if !given_up() {
            // SAFETY: a visitor's bells live until he has the reply, and this one rings but here.
            unsafe { Bell::ring(&raw const *self.0, DONE) };
        }
    }
}

/// How a thread is started: by a function, since only some of the callers know that the state can be sent to one.
pub(super) type Start<M, S> = Option<fn(&Core<M, S>)>;

/// Starts the owner's thread. If the operating system gives none, who wanted it works in its place, as it may: the state can
/// be sent to any thread, and nothing of what others have posted is lost. The next who finds nobody working tries again.
#[cfg_attr(feature = "explore", track_caller)]
pub(super) fn start<M: Room, S: Named + Send + 'static>(core: &Core<M, S>) {
    let shared = Shared(core);
    let run = move || {
        // The whole of it, not the pointer alone, which is not `Send`.
        let shared = shared;
        // SAFETY: the core is freed by who joins this thread, or by this thread itself.
        unsafe { own(shared.0) };
    };
    let started = if broken(Mutation::NoThreadToBeHad) { None } else { service(S::NAME, run).ok() };
    match started {
        // SAFETY: this call alone was told to start the thread, and who reads the handle comes after all calls.
        Some(handle) => unsafe { *core.handle.get() = Some(handle) },
        // SAFETY: there is no thread, and it is up to this call, which borrows the object: so it is not told to stop.
        None => unsafe {
            core.work(null_mut(), false);
        },
    }
}

/// A thread's life: it works until it is stopped.
///
/// # Safety
/// The core lives until the thread has ended; no other thread works at its mailbox.
unsafe fn own<M: Room, S>(core: *const Core<M, S>) {
    // SAFETY: by the caller's promise.
    let shared = unsafe { &*core };
    // SAFETY: the mailbox is busy, so nobody wants to wake anybody.
    shared.sleeper.with_mut(|sleeper| unsafe { *sleeper = Some(Sleeper::here()) });
    // SAFETY: by the caller's promise.
    let end = unsafe { shared.work(null_mut(), true) };
    if end == Answer::StopAndFree {
        // SAFETY: made by `make_core` from a box; the object that had it is gone, and this thread was the only other one.
        // Its handle goes with it: nobody waits for this thread.
        let core = unsafe { Box::from_raw(core.cast_mut()) };
        // A state's own destructor may panic, and nobody would hear of it.
        if let Err(payload) = catch(|| drop(core)) {
            unheard(payload);
        }
    }
}

impl<M: Room, S> Core<M, S> {
    fn address(&self) -> *const () {
        std::ptr::from_ref(self).cast()
    }

    /// The senders' own queues, if this kind of mailbox has any.
    #[inline(always)]
    fn rings(&self) -> Option<&Rings<S>> {
        if M::RINGS { self.rings.as_deref() } else { None }
    }

    /// This core, which another call may have made: an engine is told of it.
    #[inline(always)]
    #[cfg_attr(feature = "explore", track_caller)]
    fn met(&self) -> &Self {
        #[cfg(feature = "explore")]
        self.born.with(|_| ());
        self
    }

    /// Whether this thread is inside of the actor.
    fn inside(&self) -> bool {
        // In a specification a mailbox that is not idle is one that this very thread works at.
        Frame::inside(self.address(), || self.mailbox.is_busy())
    }

    #[cfg_attr(feature = "explore", track_caller)]
    fn refuse_inside(&self, fresh: bool, what: &str)
    where
        S: Named,
    {
        if !fresh && self.inside() {
            asks_itself(S::NAME, what);
        }
    }

    /// Posts a message, and sees to it that somebody works.
    ///
    /// # Safety
    /// As for [`Mailbox::post`]. `fresh` if this call has made the core.
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    unsafe fn post(&self, message: NonNull<Header<S>>, fresh: bool, start: Start<M, S>) {
        // SAFETY: by the caller's promise. Nobody here is ever tired, so it is posted.
        let posted = unsafe { self.mailbox.post(message, true) };
        if posted == Posted::Yours || fresh {
            // SAFETY: it is up to this call.
            unsafe { self.rouse(start) };
        }
    }

    /// Sees to it that somebody works.
    ///
    /// # Safety
    /// It is up to the caller: he has turned the mailbox from idle to busy.
    #[cold]
    #[inline(never)]
    #[cfg_attr(feature = "explore", track_caller)]
    unsafe fn rouse(&self, start: Start<M, S>) {
        // SAFETY: by the caller's promise; the thread has told whom to wake before it first rested.
        let has_thread = self.sleeper.with(|sleeper| unsafe { (*sleeper).is_some() });
        match start {
            _ if has_thread => {
                // SAFETY: as above.
                unsafe { self.wake() }
            }
            Some(start) if !alone() => start(self),
            // In a specification there is nobody else. And who only asks after the poison starts no thread for it.
            // SAFETY: there is no thread, and it is up to the caller.
            _ => unsafe {
                self.work(null_mut(), false);
            },
        }
    }

    /// Wakes the thread.
    ///
    /// # Safety
    /// It rests, and it is up to the caller to wake it.
    #[cfg_attr(feature = "explore", track_caller)]
    unsafe fn wake(&self) {
        if broken(Mutation::WakeUpLost) {
            return;
        }
        self.sleeper.with(|sleeper| {
            // SAFETY: written before the thread rested, and not since; the exchange that found it resting was an Acquire.
            if let Some(sleeper) = unsafe { &*sleeper } {
                sleeper.wake();
            }
        });
    }
}
