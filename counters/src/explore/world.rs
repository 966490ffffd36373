//! Which world an operation happens in, and what this OS thread knows of the execution under way.
//!
//! An engine simulates all threads of an execution on one OS thread, one at a time. So the current world, and all that
//! an execution keeps, are thread-locals of that OS thread: no locks, and tests that explore side by side do not meet.

use super::event::{Event, Object, Outcome, Trace};
use super::native::atomic::{AtomicU64, Ordering};
use super::native::{Mutex, mpsc};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};

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
/// No operation has touched the object yet.
pub const UNTOUCHED: ExecutionId = 0;
/// The object belongs to the world outside explorations.
pub const STD: ExecutionId = 1;

static NEXT_ID: AtomicU64 = AtomicU64::new(2);
static ACTIVE: Mutex<BTreeSet<ExecutionId>> = Mutex::new(BTreeSet::new());

#[derive(Clone, Copy)]
struct Context {
    world: World,
    id: ExecutionId,
}

const OUTSIDE: Context = Context { world: World::Std, id: STD };

thread_local! {
    static CONTEXT: Cell<Context> = const { Cell::new(OUTSIDE) };
    static OBSERVING: Cell<bool> = const { Cell::new(false) };
    static TOUCHED: Cell<bool> = const { Cell::new(false) };
    static COPIED: Cell<bool> = const { Cell::new(false) };
    static ABORTING: Cell<bool> = const { Cell::new(false) };
    static EXECUTION: RefCell<Execution> = RefCell::new(Execution::default());
    static SUPERVISOR: RefCell<Option<mpsc::Sender<Failure>>> = const { RefCell::new(None) };
    static BEATS: Cell<Option<&'static AtomicU64>> = const { Cell::new(None) };
    static LAST_PANIC: RefCell<Option<(String, Option<String>)>> = const { RefCell::new(None) };
    /// The simulated threads that are unwinding now.
    /// Whether nobody is known to be unwinding, the usual case.
    static OBLIVIOUS: Cell<bool> = const { Cell::new(true) };
    /// Whether std's `panicking()` is stuck on this OS thread, see [`tainted`].
    static TAINTED: Cell<bool> = const { Cell::new(false) };
    static UNWINDING: RefCell<Vec<usize>> = const { RefCell::new(Vec::new()) };
    /// Whether the specification that runs now is entered in [`ACTIVE`].
    static ACTIVATED: Cell<bool> = const { Cell::new(false) };
}

/// What an execution keeps beside its engine.
#[derive(Default)]
struct Execution {
    trace: Trace,
    /// The order in which an engine's threads were started; an index here is the thread's number in traces.
    loom_threads: Vec<loom::thread::ThreadId>,
    /// How many threads were started beside the engine's main thread, and how many of them have not ended.
    spawned: usize,
    live: usize,
    /// Whether the main thread is done; what the execution owns is dropped by whoever ends last.
    main_done: bool,
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

/// The world of the operation that is about to happen on this OS thread.
#[inline(always)]
pub fn current() -> World {
    CONTEXT.get().world
}

/// The execution under way on this OS thread; [`STD`] outside explorations.
#[inline(always)]
pub fn id() -> ExecutionId {
    CONTEXT.get().id
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
    // AcqRel: what the ended execution did to the object (published by the lock) is handed to those who see `STD`.
    !active.contains(&from) && free() && owner.compare_exchange(from, STD, Ordering::AcqRel, Ordering::Acquire).is_ok()
}

/// The execution under way, for an object that is about to be claimed for it: a specification that touches one is
/// entered among the active ones first, see [`take_over`].
#[inline]
pub fn claimant() -> ExecutionId {
    let Context { world, id } = CONTEXT.get();
    if world == World::Sequential && !ACTIVATED.get() {
        ACTIVATED.set(true);
        ACTIVE.lock().unwrap_or_else(|e| e.into_inner()).insert(id);
    }
    id
}

/// A number for an execution that nothing has used yet.
pub fn fresh_id() -> ExecutionId {
    NEXT_ID.fetch_add(1, Ordering::Relaxed)
}

/// Puts back the context that was there before.
struct Restore(Context);
impl Drop for Restore {
    fn drop(&mut self) {
        CONTEXT.set(self.0);
    }
}

fn enter(context: Context) -> Restore {
    Restore(CONTEXT.replace(context))
}

/// Runs a specification: one thread, no engine. All that belongs to one specification's state goes by one `id`.
/// Says also whether any facade object was touched: then the state may change behind a `&self` method.
pub fn sequential<R>(id: ExecutionId, body: impl FnOnce() -> R) -> (R, bool) {
    /// Ends the specification's claim on its objects, which only this OS thread could use.
    struct Deactivate(bool, ExecutionId);
    impl Drop for Deactivate {
        fn drop(&mut self) {
            if ACTIVATED.replace(self.0) {
                ACTIVE.lock().unwrap_or_else(|e| e.into_inner()).remove(&self.1);
            }
        }
    }
    let before = TOUCHED.replace(false);
    // A call inside a call with the same id belongs to the outer one.
    let nested = CONTEXT.get().id == id && ACTIVATED.get();
    let _deactivate = (!nested).then(|| Deactivate(ACTIVATED.replace(false), id));
    let _restore = enter(Context { world: World::Sequential, id });
    let result = body();
    (result, TOUCHED.replace(before))
}

/// Whether a `#[guarded]` static was set up afresh for anything on this OS thread. On real threads it is not: there a
/// history starts from what the last run left.
pub fn copied() -> bool {
    COPIED.get()
}

/// A facade object was touched in a specification.
#[inline]
pub fn touch() {
    TOUCHED.set(true);
}

/// One execution, from the engine's main thread's first step to its last.
pub struct Running {
    finished: bool,
}

/// Begins an execution on this OS thread, as the first step of the engine's main thread. `observe` records a trace,
/// which costs.
pub fn begin(world: World, observe: bool) -> Running {
    let id = fresh_id();
    ACTIVE.lock().unwrap_or_else(|e| e.into_inner()).insert(id);
    OBSERVING.set(observe);
    ABORTING.set(false);
    UNWINDING.take();
    let stale = EXECUTION.replace(Execution::default());
    abandon(stale);
    CONTEXT.set(Context { world, id });
    if world == World::Loom {
        let main = loom::thread::current().id();
        register_thread(main);
        super::late::fill_pool();
    }
    Running { finished: false }
}

impl Running {
    /// The main thread is done. What the execution made for itself is dropped now, or, if threads are still running, by
    /// the last of them: on a thread of the engine, while the engine is there.
    pub fn finish(mut self) {
        if ABORTING.get() {
            // Somebody caught the engine's panic. If the main thread returned to the engine now, other threads would
            // go on, whose borrows may be of frames that are gone.
            std::panic::panic_any("the engine gave up, and the code under test caught its panic");
        }
        self.finished = true;
        crate::thread::end_of_thread();
        let last = EXECUTION.with_borrow_mut(|execution| {
            execution.main_done = true;
            execution.live == 0
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

/// The last thread is done: drops what the execution owns, and leaves its world.
fn close() {
    // Dropped without the borrow: their destructors may touch the facade.
    let copies = EXECUTION.with_borrow_mut(|execution| std::mem::take(&mut execution.copies));
    drop(copies);
    crate::thread::forget_locals();
    exit();
}

/// Leaves the world of the execution.
fn exit() {
    let context = CONTEXT.replace(OUTSIDE);
    ABORTING.set(false);
    if context.id != STD {
        ACTIVE.lock().unwrap_or_else(|e| e.into_inner()).remove(&context.id);
    }
}

/// What a failed execution owned may hold its engine's objects: it cannot be dropped without it.
fn abandon(mut execution: Execution) {
    for (_, copy) in execution.copies.drain() {
        if copy.engine {
            std::mem::forget(copy);
        }
    }
}

/// After an engine has given up, the context may be that of a thread that never came to its end. The trace and the
/// strays are still there to be taken.
pub fn leave() {
    exit();
    let copies = EXECUTION.with_borrow_mut(|execution| std::mem::take(&mut execution.copies));
    abandon(Execution { copies, ..Execution::default() });
    crate::thread::forget_locals();
    UNWINDING.take();
    OBLIVIOUS.set(true);
    if std::thread::panicking() && !TAINTED.replace(true) {
        // A simulated thread was unwinding when the engine gave up, and will never come to its end.
        OBLIVIOUS.set(false);
    }
}

/// A thread is about to be started: its number among all that were started in this execution, from 1.
pub fn thread_started() -> usize {
    EXECUTION.with_borrow_mut(|execution| {
        execution.spawned += 1;
        execution.live += 1;
        execution.spawned
    })
}

/// A started thread is done, its last step in the facade.
pub fn thread_ended() {
    let last = EXECUTION.with_borrow_mut(|execution| {
        execution.live -= 1;
        execution.live == 0 && execution.main_done
    });
    if last {
        close();
    }
}

/// How many threads were started in this execution.
pub fn threads_started() -> usize {
    EXECUTION.with_borrow(|execution| execution.spawned)
}

/// How many started threads have not ended. At the end of the scenario: threads left running.
pub fn threads_live() -> usize {
    EXECUTION.with_borrow(|execution| execution.live)
}

/// A thread panicked, and nobody will join it.
pub(crate) fn stray(failure: Failure) {
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

/// The number of the simulated thread that runs now; 0 is the engine's main thread. Outside an engine, 0.
pub fn me() -> usize {
    match current() {
        World::Loom => {
            let me = loom::thread::current().id();
            EXECUTION.with_borrow(|execution| execution.loom_threads.iter().position(|id| *id == me).unwrap_or(0))
        }
        World::Shuttle => shuttle::current::me().into(),
        World::Std | World::Sequential => 0,
    }
}

/// Whether the thread that runs now, simulated or real, is unwinding.
///
/// std's own answer is the OS thread's: while one simulated thread unwinds, it is true for all of them.
#[inline]
pub fn panicking() -> bool {
    if !std::thread::panicking() {
        return false;
    }
    if !simulating() {
        return !TAINTED.get();
    }
    note_unwinding();
    let me = me();
    UNWINDING.with_borrow(|unwinding| unwinding.contains(&me))
}

/// Whether simulated threads share this OS thread, and the engine can be asked which of them runs.
#[inline]
fn simulating() -> bool {
    matches!(current(), World::Loom | World::Shuttle) && !ABORTING.get()
}

/// Keeps the account of who unwinds, where the hook cannot: a panic that was caught, and one that was resumed.
///
/// Every operation comes here before the engine can switch. So if this OS thread does not unwind, no simulated thread
/// does; and if it does while no thread is known to, it is the one that runs now.
#[inline]
fn note_unwinding() {
    if !std::thread::panicking() {
        if OBLIVIOUS.replace(true) {
            return;
        }
        UNWINDING.with_borrow_mut(Vec::clear);
    } else if !TAINTED.get() && simulating() && UNWINDING.with_borrow(Vec::is_empty) {
        now_unwinds();
    }
}

/// Whether this OS thread must not explore again.
///
/// Where an engine gave up while a simulated thread was unwinding, that panic is never caught, and std counts it for as
/// long as the OS thread lives: shuttle then takes every end of an execution for a panic's. What has been found still
/// holds; what comes next needs another OS thread.
pub fn tainted() -> bool {
    TAINTED.get()
}

/// Whether any thread of the execution unwinds now.
///
/// Not the same as std's `panicking()` where the OS thread is [`tainted`]: then only the hook's account is left.
pub fn somebody_unwinds() -> bool {
    std::thread::panicking() && (!TAINTED.get() || UNWINDING.with_borrow(|unwinding| !unwinding.is_empty()))
}

/// The thread that runs now unwinds.
fn now_unwinds() {
    let me = me();
    OBLIVIOUS.set(false);
    UNWINDING.with_borrow_mut(|unwinding| unwinding.push(me));
}

/// The panic hook's report: the thread that runs now begins to unwind.
fn panic_began(raised_in: Option<&str>) {
    if current() == World::Std {
        return;
    }
    // The engine finds a deadlock also where the facade has not asked it anything: at the end of a thread. A panic of
    // its own always means that it has given up.
    if raised_in.is_some_and(is_engine_source) {
        give_up();
    }
    if simulating() {
        now_unwinds();
    }
}

fn is_engine_source(file: &str) -> bool {
    let file = file.replace('\\', "/");
    ["/loom-0.7.2/src/", "/loom/src/rt/", "/generator-0.8", "/shuttle-engine-0.1.7/src/"]
        .iter()
        .any(|part| file.contains(part))
}

/// The thread that runs now has caught its panic.
pub fn panic_caught() {
    if simulating() {
        let me = me();
        UNWINDING.with_borrow_mut(|unwinding| unwinding.retain(|thread| *thread != me));
    }
}

/// From now on nothing is asked of the engine.
pub fn give_up() {
    if current() != World::Std {
        ABORTING.set(true);
    }
}

/// Whether the engine has given up on this execution: nothing may be asked of it any more.
#[inline]
pub fn aborting() -> bool {
    ABORTING.get()
}

/// Asks something of the engine.
///
/// An engine says by a panic that it has given up (a deadlock, say). From then on its objects must be left alone, so
/// the facade's guards let go without telling it. Code that asks it something more all the same, a destructor that
/// locks, cannot be answered, and cannot panic while it unwinds: this OS thread then stops for good, after it has told
/// its supervisor why.
pub fn engine<R>(ask: impl FnOnce() -> R) -> R {
    if ABORTING.get() {
        stop_for_good(Failure::from_last_panic());
    }
    // Looked at before: now this thread may be inside a destructor that a panic runs.
    let unwinding = panicking();
    match catch_unwind(AssertUnwindSafe(ask)) {
        Ok(answer) => answer,
        Err(payload) => {
            ABORTING.set(true);
            if unwinding {
                // A second panic would end the process.
                stop_for_good(Failure::from_payload(&*payload));
            }
            resume_unwind(payload)
        }
    }
}

/// Refuses an operation: it cannot be explored, and silence would be a false "ok".
#[track_caller]
#[cold]
pub fn refuse(what: std::fmt::Arguments<'_>) -> ! {
    refuse_at(what, Location::caller())
}

/// Refuses the operation at `location`.
#[cold]
pub fn refuse_at(what: std::fmt::Arguments<'_>, location: &'static Location<'static>) -> ! {
    if current() == World::Std {
        panic!("{what} (at {location})");
    }
    let refused = Refused(format!("{what} (at {location})"));
    if panicking() {
        // Inside a destructor that a panic runs, a second panic would end the process.
        stop_for_good(Failure { kind: FailureKind::Refused, message: refused.0, location: None });
    }
    std::panic::panic_any(refused)
}

/// The payload of [`refuse`]'s panic.
pub struct Refused(pub String);

/// Tells this OS thread's supervisor, and never goes on. Without a supervisor nobody could tell that from a hang: then
/// the process ends, with the reason.
fn stop_for_good(failure: Failure) -> ! {
    let told = SUPERVISOR.with_borrow(|supervisor| match supervisor {
        Some(supervisor) => supervisor.send(failure.clone()).is_ok(),
        None => false,
    });
    if !told {
        eprintln!("raceproof: {} while a thread unwinds, and nobody supervises the exploration", failure.message);
        std::process::abort();
    }
    loop {
        super::native::thread::park();
    }
}

/// How an execution failed outside any operation's result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What it was.
    pub kind: FailureKind,
    /// The engine's or the panic's words.
    pub message: String,
    /// Where it was raised, where that is known.
    pub location: Option<String>,
}

/// Kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureKind {
    /// Every thread waits.
    Deadlock,
    /// Two accesses to a cell or an atomic that nothing orders, one of them exclusive.
    DataRace,
    /// More steps than the bound: a spin loop, a livelock, or a scenario that is too large.
    StepBound,
    /// The code under test did something else when the same path was taken again.
    Nondeterminism,
    /// The facade cannot carry an operation, and says which.
    Refused,
    /// A thread panicked where no operation catches it.
    Panic,
    /// The code under test did nothing for too long.
    Hung,
}

impl Failure {
    /// Reads a panic's payload, in the engines' words.
    pub fn from_payload(payload: &(dyn std::any::Any + Send)) -> Self {
        let location = take_last_panic().and_then(|(_, location)| location);
        if let Some(Refused(message)) = payload.downcast_ref() {
            return Self { kind: FailureKind::Refused, message: message.clone(), location };
        }
        let message = payload
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_else(|| "a panic without a message".to_owned());
        Self { kind: kind_of(&message), message, location }
    }

    fn from_last_panic() -> Self {
        let (message, location) = take_last_panic().unwrap_or_else(|| ("the engine gave up".to_owned(), None));
        Self { kind: kind_of(&message), message, location }
    }
}

/// The engines tell their failures apart by their words alone; these are loom 0.7.2's and shuttle 0.9.9's.
fn kind_of(message: &str) -> FailureKind {
    let lower = message.to_lowercase();
    if lower.contains("deadlock") {
        FailureKind::Deadlock
    } else if lower.contains("causality violation") {
        FailureKind::DataRace
    } else if lower.contains("maximum number of branches") || lower.contains("exceeded max_steps") {
        FailureKind::StepBound
    } else if lower.contains("is the model fully deterministic") || lower.contains("nondeterminism") {
        FailureKind::Nondeterminism
    } else {
        FailureKind::Panic
    }
}

/// Installs the process's panic hook, once: a panic inside an exploration is kept instead of printed, because it is
/// a result there and a test's failure elsewhere; every other panic goes to the hook that was there before.
pub fn install_hook() {
    static ONCE: super::native::Once = super::native::Once::new();
    ONCE.call_once(|| {
        let theirs = std::panic::take_hook();
        // shuttle installs a hook of its own at its first execution, for good: let it, and throw it away.
        let mut config = shuttle::Config::new();
        config.failure_persistence = shuttle::FailurePersistence::None;
        shuttle::Runner::new(shuttle::scheduler::RoundRobinScheduler::new(1), config).run(|| ());
        drop(std::panic::take_hook());
        std::panic::set_hook(Box::new(move |info| {
            let quiet = current() != World::Std || QUIET.get();
            if !quiet {
                return theirs(info);
            }
            let message = info
                .payload()
                .downcast_ref::<Refused>()
                .map(|refused| refused.0.clone())
                .or_else(|| info.payload_as_str().map(str::to_owned))
                .unwrap_or_default();
            let location = info.location().map(ToString::to_string);
            let _ = LAST_PANIC.try_with(|last| {
                // What follows the engine's giving up is a consequence: the first words are kept.
                if let Ok(mut last) = last.try_borrow_mut()
                    && !(ABORTING.get() && last.is_some())
                {
                    *last = Some((message, location));
                }
            });
            panic_began(info.location().map(Location::file));
        }));
    });
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Keeps this OS thread's panics from being printed while `body` runs: they are results.
pub fn quietly<R>(body: impl FnOnce() -> R) -> R {
    struct Back(bool);
    impl Drop for Back {
        fn drop(&mut self) {
            QUIET.set(self.0);
        }
    }
    install_hook();
    let _back = Back(QUIET.replace(true));
    body()
}

/// The words and the place of this OS thread's last quiet panic, once.
pub fn take_last_panic() -> Option<(String, Option<String>)> {
    LAST_PANIC.with_borrow_mut(Option::take)
}

/// Makes `supervisor` the one who is told when this OS thread stops for good, and `beats` what shows that it lives.
pub fn supervised_by(supervisor: mpsc::Sender<Failure>, beats: &'static AtomicU64) {
    SUPERVISOR.set(Some(supervisor));
    BEATS.set(Some(beats));
}

/// A sign of life: the code under test has reached the facade, or the explorer goes on.
#[inline]
pub fn beat() {
    if let Some(beats) = BEATS.get() {
        beats.store(beats.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
    }
}

/// Whether operations are recorded now.
#[inline(always)]
pub fn observing() -> bool {
    // A specification runs in the midst of an execution, and is no part of it.
    OBSERVING.get() && current() != World::Sequential
}

/// One facade operation: announced before the engine may switch threads, completed after.
///
/// `describe` gives the outcome in a few words for the trace ("7", "would block"); it runs only while observing.
#[inline]
pub fn operation<R>(
    object: Object,
    action: &'static str,
    location: &'static Location<'static>,
    describe: impl FnOnce(&R) -> Outcome,
    perform: impl FnOnce() -> R,
) -> R {
    if current() != World::Sequential {
        // A specification that spins must not pass for alive.
        beat();
    }
    note_unwinding();
    if !observing() {
        return perform();
    }
    let thread = me();
    let index = with_trace(|trace| trace.announce(thread, object, action, location));
    let result = perform();
    let outcome = describe(&result);
    with_trace(|trace| trace.complete(index, outcome));
    result
}

/// Reads or extends the trace of the execution under way.
pub fn with_trace<R>(body: impl FnOnce(&mut Trace) -> R) -> R {
    EXECUTION.with_borrow_mut(|execution| body(&mut execution.trace))
}

/// Records an event that is over at once (a release, a note of the explorer's).
pub fn record(object: Object, action: &'static str, location: &'static Location<'static>) {
    if observing() && !ABORTING.get() {
        let thread = me();
        with_trace(|trace| {
            let index = trace.announce(thread, object, action, location);
            trace.complete(index, Outcome::Done);
        });
    }
}

/// The trace of the execution under way, or of the one that has just failed, taken away.
pub fn take_trace() -> Vec<Event> {
    EXECUTION.with_borrow_mut(|execution| std::mem::take(&mut execution.trace)).into_events()
}
