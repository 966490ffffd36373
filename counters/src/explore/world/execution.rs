//! One execution: its threads, its copies of foreign objects, and its trace.

use super::super::event::{Deed, Event, Object, Outcome, Trace};
use super::super::loads;
use super::engine::beat_of;
use super::life;
use super::now::now;
use super::unwinding::{self, note_unwinding};
use super::watch;
use super::{
    Context, ExecutionId, Failure, OUTSIDE, STD, World, aborting, activate, current, deactivate, fresh_id, give_up, id,
};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::panic::Location;

thread_local! {
    /// The last number that an object was given.
    static SERIAL: Cell<usize> = const { Cell::new(0) };
    /// Whether the code under test has asked which thread it runs on.
    static TOLD_APART: Cell<bool> = const { Cell::new(false) };
    static COPIED: Cell<bool> = const { Cell::new(false) };
    /// Whether the code under test has asked for something whose answers are not all tried.
    static UNTRIED: Cell<bool> = const { Cell::new(false) };
    static EXECUTION: RefCell<Execution> = RefCell::new(Execution::default());
}

/// Bits of `Now::recording`: a trace for the reader is kept; a director watches each step.
const OBSERVE: u8 = 1;
const WATCH: u8 = 2;

/// What an execution keeps beside its engine.
#[derive(Default)]
struct Execution {
    trace: Trace,
    /// The order in which an engine's threads were started; an index here is the thread's number in traces.
    loom_threads: Vec<loom::thread::ThreadId>,
    /// How many threads were started beside the engine's main thread, and how many of them have not ended.
    spawned: usize,
    live: usize,
    /// How many of them somebody has waited for.
    joined: usize,
    /// How many of the live ones serve an object. Nobody waits for them: they end when the object goes.
    serving: usize,
    /// Whether the main thread is done; what the execution owns is dropped by whoever ends last.
    main_done: bool,
    /// Whether somebody drops what the execution owns just now.
    closing: bool,
    /// Panics of threads that nobody joined.
    strays: Vec<Failure>,
    /// This execution's own copies of objects that outlive it, by the objects' numbers.
    copies: HashMap<(ExecutionId, u64), CopyOf>,
}

/// A copy of a foreign object: a box behind an erased pointer, with the function that frees it.
struct CopyOf {
    pointer: *mut (),
    free: unsafe fn(*mut ()),
    /// Whether it was made in an engine's world, and may hold the engine's objects.
    engine: bool,
}

impl Drop for CopyOf {
    fn drop(&mut self) {
        // SAFETY: `copy_of` made both from the same `Box`, and nobody keeps the pointer past the execution.
        unsafe { (self.free)(self.pointer) }
    }
}

/// One execution, from the engine's main thread's first step to its last.
pub struct Running {
    finished: bool,
}

/// Begins an execution on this OS thread, as the first step of the engine's main thread. `observe` records a trace,
/// which costs.
pub fn begin(world: World, observe: bool) -> Running {
    let id = fresh_id();
    activate(id);
    let recording = if observe { OBSERVE } else { 0 } | if watch::watched() { WATCH } else { 0 };
    watch::begin();
    SERIAL.set(0);
    life::begin();
    now(|now| now.aborting.set(false));
    unwinding::forget();
    // What was refused before is told, or lost with the execution that was abandoned.
    super::take_refusal();
    abandon(EXECUTION.with_borrow_mut(Execution::renew));
    now(|now| {
        now.recording.set(recording);
        now.runs.set(0);
        now.context.set(Context { world, id });
    });
    if world == World::Loom {
        let main = loom::thread::current().id();
        register_thread(main);
        super::super::late::fill_pool();
    }
    Running { finished: false }
}

impl Running {
    /// The main thread is done. What the execution made for itself is dropped now, or, if threads are still running, by
    /// the last of them: on a thread of the engine, while the engine is there.
    pub fn finish(mut self) {
        if aborting() {
            // Somebody caught the engine's panic. If the main thread returned to the engine now, other threads would
            // go on, whose borrows may be of frames that are gone.
            std::panic::panic_any("the engine gave up, and the code under test caught its panic");
        }
        self.finished = true;
        crate::thread::end_of_thread();
        let last = EXECUTION.with_borrow_mut(|execution| {
            execution.main_done = true;
            execution.begins_to_close()
        });
        if last {
            close();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.finished {
            // The main thread unwinds, so the engine takes this execution down.
            give_up();
        }
    }
}

impl Execution {
    /// Begins anew, in the memory that is there; the copies that the last execution has left are for the caller to abandon.
    fn renew(&mut self) -> HashMap<(ExecutionId, u64), CopyOf> {
        let mut loom_threads = std::mem::take(&mut self.loom_threads);
        loom_threads.clear();
        let copies = std::mem::take(&mut self.copies);
        *self = Self { loom_threads, ..Self::default() };
        copies
    }

    /// Whether nobody is left but threads that serve objects, and nobody has seen that before.
    fn begins_to_close(&mut self) -> bool {
        let begins = self.main_done && self.live == self.serving && !self.closing;
        self.closing |= begins;
        begins
    }
}

/// The last thread is done, but for those that serve: drops what the execution owns, which may end them, and leaves its
/// world. If some are left, the last of them does.
fn close() {
    // Dropped without the borrow: their destructors may touch the facade, and wait for threads.
    let copies = EXECUTION.with_borrow_mut(|execution| std::mem::take(&mut execution.copies));
    drop(copies);
    let left = EXECUTION.with_borrow_mut(|execution| {
        execution.closing = execution.live == 0;
        execution.live > 0
    });
    if left {
        return;
    }
    crate::thread::forget_locals();
    if observing() {
        life::settle();
    }
    exit();
}

/// Leaves the world of the execution.
fn exit() {
    let context = now(|now| {
        now.aborting.set(false);
        now.context.replace(OUTSIDE)
    });
    if context.id != STD {
        deactivate(context.id);
    }
}

/// What a failed execution owned may hold its engine's objects: it cannot be dropped without it.
fn abandon(copies: HashMap<(ExecutionId, u64), CopyOf>) {
    for (_, copy) in copies {
        if copy.engine {
            std::mem::forget(copy);
        }
    }
}

/// After an engine has given up, the context may be that of a thread that never came to its end. The trace and the
/// strays are still there to be taken.
pub fn leave() {
    exit();
    // It is the failure that the engine ended with; the next specification on this OS thread is not refused by it.
    super::take_refusal();
    let copies = EXECUTION.with_borrow_mut(|execution| std::mem::take(&mut execution.copies));
    abandon(copies);
    crate::thread::forget_locals();
    unwinding::execution_abandoned();
}

/// A thread is about to be started: its number among all that were started in this execution, from 1. `serves` says that
/// it serves an object, which ends it when it goes.
pub fn thread_started(serves: bool) -> usize {
    EXECUTION.with_borrow_mut(|execution| {
        execution.spawned += 1;
        execution.live += 1;
        execution.serving += usize::from(serves);
        execution.spawned
    })
}

/// A started thread is done, its last step in the facade.
pub fn thread_ended(serves: bool) {
    let last = EXECUTION.with_borrow_mut(|execution| {
        execution.live -= 1;
        execution.serving -= usize::from(serves);
        execution.begins_to_close()
    });
    if last {
        close();
    }
}

/// The started thread of this number was waited for: who did so has seen all that it did.
pub fn thread_joined(number: usize) {
    if current() == World::Loom {
        loads::joined(number);
    }
    EXECUTION.with_borrow_mut(|execution| execution.joined += 1);
}

/// Whether there are threads that nobody has waited for yet; otherwise all that was done is ordered before what comes.
pub fn accompanied() -> bool {
    EXECUTION.with_borrow(|execution| execution.spawned > execution.joined)
}

/// How many threads were started in this execution.
pub fn threads_started() -> usize {
    EXECUTION.with_borrow(|execution| execution.spawned)
}

/// How many started threads have not ended. At the end of the scenario: threads left running.
pub fn threads_live() -> usize {
    EXECUTION.with_borrow(|execution| execution.live)
}

/// A thread panicked, and nobody will join it; or something else that no operation's result tells of.
pub fn stray(failure: Failure) {
    // Not while the execution's state is in use: the note is lost then, not the run.
    EXECUTION.with(|execution| {
        if let Ok(mut execution) = execution.try_borrow_mut() {
            execution.strays.push(failure);
        }
    });
}

/// The panics of threads that nobody joined, taken away. They outlive [`leave`] and [`Running::finish`], until the next
/// execution begins.
pub fn take_strays() -> Vec<Failure> {
    EXECUTION.with_borrow_mut(|execution| std::mem::take(&mut execution.strays))
}

/// The copy of a foreign object that this execution uses, made by `build` at its first use.
///
/// # Safety
/// `key` must stand for one object of type `T`, and the reference must not outlive the execution.
pub unsafe fn copy_of<'a, T>(key: u64, build: impl FnOnce() -> T) -> &'a T {
    COPIED.set(true);
    // SAFETY: the caller's promise is handed on.
    unsafe { own_of(key, build) }
}

/// What this execution has one of for itself, made by `build` at its first use: what is a static outside, and carries
/// nothing from one use of it to the next.
///
/// # Safety
/// As for [`copy_of`].
pub unsafe fn own_of<'a, T>(key: u64, build: impl FnOnce() -> T) -> &'a T {
    let id = id();
    let known = EXECUTION.with_borrow(|execution| execution.copies.get(&(id, key)).map(|copy| copy.pointer));
    let pointer = known.unwrap_or_else(|| {
        // Built without the borrow: building may touch the facade.
        let pointer = Box::into_raw(Box::new(build())).cast::<()>();
        unsafe fn free<T>(pointer: *mut ()) {
            // SAFETY: made by `Box::into_raw` from a `Box<T>` just above.
            drop(unsafe { Box::from_raw(pointer.cast::<T>()) });
        }
        let copy = CopyOf { pointer, free: free::<T>, engine: current() != World::Sequential };
        EXECUTION.with_borrow_mut(|execution| execution.copies.insert((id, key), copy));
        pointer
    });
    // SAFETY: a live box of a `T`, by the caller's promise about `key`.
    unsafe { &*pointer.cast::<T>() }
}

/// Numbers one of loom's threads; they are numbered in the order in which they were started.
pub fn register_thread(thread: loom::thread::ThreadId) {
    EXECUTION.with_borrow_mut(|execution| execution.loom_threads.push(thread));
}

/// A started thread's first step.
pub fn thread_begins() {
    if current() == World::Loom {
        let me = loom::thread::current().id();
        let number = EXECUTION.with_borrow(|execution| execution.loom_threads.iter().position(|id| *id == me));
        now(|now| now.runs.set(number.unwrap_or(0)));
    }
}

/// The number of the simulated thread that runs now; 0 is the engine's main thread. Outside an engine, 0.
pub fn me() -> usize {
    match current() {
        World::Loom => now(|now| now.runs.get()),
        World::Shuttle => watch::number(shuttle::current::me().into()),
        World::Std | World::Sequential => 0,
    }
}

/// Whether a `#[guarded]` static was set up afresh for anything on this OS thread. On real threads it is not: there a
/// history starts from what the last run left.
pub fn copied() -> bool {
    COPIED.get()
}

/// The code under test asks which thread it runs on: from now on threads are not alike.
pub fn tell_apart() {
    if current() != World::Sequential {
        TOLD_APART.set(true);
    }
}

/// The code under test asks for what may change at any moment, and not every moment is tried.
pub fn leave_untried() {
    UNTRIED.set(true);
}

/// Whether it has, on this OS thread, since the last call: then nothing may be called exhausted.
pub fn take_left_untried() -> bool {
    UNTRIED.take()
}

/// Whether it has, on this OS thread, since [`forget_told_apart`].
pub fn told_apart() -> bool {
    TOLD_APART.get()
}

/// Begins anew.
pub fn forget_told_apart() {
    TOLD_APART.set(false);
}

/// A number for an object of this execution, from 1, to tell it from all others; an address can come again.
pub fn serial() -> usize {
    SERIAL.replace(SERIAL.get() + 1) + 1
}

/// Whether operations are recorded for a reader now.
#[inline(always)]
pub fn observing() -> bool {
    recorded() & OBSERVE != 0
}

/// Whether anybody wants to know of operations now: a reader, or a director.
#[inline(always)]
pub fn recording() -> bool {
    recorded() != 0
}

/// For whom operations are recorded now, by bits.
#[inline(always)]
fn recorded() -> u8 {
    // A specification runs in the midst of an execution, and is no part of it.
    now(|now| if now.context.get().world == World::Sequential { 0 } else { now.recording.get() })
}

/// One facade operation: announced before the engine may switch threads, completed after.
///
/// `describe` gives the outcome in a few words for the trace ("7", "would block"); it runs only while observing.
#[inline]
pub fn operation<R>(
    object: Object,
    deed: Deed,
    location: &'static Location<'static>,
    describe: impl FnOnce(&R) -> Outcome,
    perform: impl FnOnce() -> R,
) -> R {
    let (world, kinds, oblivious) = now(|now| {
        let (world, oblivious) = (now.context.get().world, now.oblivious.get());
        if world == World::Sequential {
            return (world, 0, oblivious);
        }
        // A specification that spins must not pass for alive.
        beat_of(now);
        (world, now.recording.get(), oblivious)
    });
    if !oblivious || std::thread::panicking() {
        note_unwinding();
    }
    // Atomics count for themselves, where they tell loads from changes.
    if world == World::Loom && deed.access.is_deed() {
        loads::deed();
    }
    if kinds == 0 {
        return perform();
    }
    let thread = me();
    if kinds & WATCH != 0 {
        watch::announce(thread, object, deed, location);
    }
    let index = if kinds & OBSERVE == 0 {
        usize::MAX
    } else {
        with_trace(|trace| trace.announce(thread, object, deed, location))
    };
    let result = perform();
    if kinds & WATCH != 0 {
        watch::complete(thread);
    }
    if kinds & OBSERVE != 0 {
        let outcome = describe(&result);
        with_trace(|trace| trace.complete(index, outcome));
    }
    result
}

/// The engine has just made the thread that this one is starting, with this number: the one that was announced may be
/// another's, where two threads start others at once. Nothing has happened in between.
pub fn spawned(number: usize) {
    let kinds = recorded();
    if kinds == 0 {
        return;
    }
    let thread = me();
    if kinds & WATCH != 0 {
        watch::spawned(thread, number);
    }
    if kinds & OBSERVE != 0 {
        with_trace(|trace| trace.spawned(thread, number));
    }
}

/// Reads or extends the trace of the execution under way.
pub fn with_trace<R>(body: impl FnOnce(&mut Trace) -> R) -> R {
    EXECUTION.with_borrow_mut(|execution| body(&mut execution.trace))
}

/// Records an event that is over at once, and at which no engine switches (a note of the explorer's).
pub fn record(object: Object, deed: Deed, location: &'static Location<'static>) {
    if aborting() {
        return;
    }
    if current() == World::Loom {
        loads::deed();
    }
    let kinds = recorded();
    if kinds == 0 {
        return;
    }
    let thread = me();
    if kinds & WATCH != 0 {
        watch::note(thread, object, deed, location);
    }
    if kinds & OBSERVE != 0 {
        with_trace(|trace| {
            let index = trace.announce(thread, object, deed, location);
            trace.complete(index, Outcome::Done);
        });
    }
}

/// The trace of the execution under way, or of the one that has just failed, taken away.
pub fn take_trace() -> Vec<Event> {
    EXECUTION.with_borrow_mut(|execution| std::mem::take(&mut execution.trace)).into_events()
}
