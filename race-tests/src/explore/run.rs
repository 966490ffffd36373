//! One scenario, run once an execution: the threads, the calls, the clock and the recorder.

use super::Clock;
use crate::history::{Entry, History, PENDING};
use crate::mutant::{BesideReaders, LostUpdate, Mutant};
use crate::scenario::{Resolved, Scenario};
use crate::subject::{Object, Operation, Outcome, Subject};
use raceproof::explore::Mutation;
use raceproof::explore::engine::shuttle as shuttle_engine;
use raceproof::explore::event;
use raceproof::explore::mutation;
use raceproof::explore::native::Arc;
use raceproof::explore::native::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use raceproof::explore::world::{self, Failure, Refused, World};
use raceproof::sync::atomic::AtomicU32 as ModelledU32;
use raceproof::thread;
use std::cell::UnsafeCell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Times: the prefix comes before everything, the suffix after everything, the threads in between.
const THREADS_BEGIN: u32 = 1 << 10;
const SUFFIX_BEGINS: u32 = 1 << 30;

/// This file, as locations name it: what is done here is the kit's own doing, not the tested code's.
pub(crate) const FILE: &str = file!();

/// Marks events of the history itself in traces.
pub(crate) const OPERATION: &str = "operation";

/// A scenario with all that is needed to run it again and again.
pub(crate) struct Run {
    pub(crate) subject: Subject,
    pub(crate) operations: Resolved,
    /// The methods that the threads call, by number.
    methods: Vec<Vec<usize>>,
    pub(crate) clock: Clock,
    columns: Vec<Column>,
    /// Ends of operations so far, in the engine's own order.
    hints: AtomicU32,
    /// A clock for real threads.
    real: AtomicU32,
    /// The operation under way, for the supervisor; numbered as in the history, or `usize::MAX`.
    pub(crate) under_way: AtomicUsize,
    /// Whether all calls have returned, and the object is being dropped.
    dropping: AtomicBool,
    /// For each pair of methods, the number of the one times that of all plus the number of the other: whether calls of
    /// theirs overlapped in an execution so far.
    overlapped: Box<[AtomicBool]>,
    /// How many pairs there are, of methods that different threads call, whose calls have not: when there are none, nobody
    /// needs to look any more.
    apart: AtomicUsize,
}

/// One thread's part of the history.
struct Column {
    entries: UnsafeCell<Vec<Entry>>,
    /// shuttle's task that runs it.
    task: UnsafeCell<u16>,
    /// The method whose call is under way, plus one; 0 if there is none.
    method: AtomicUsize,
}

// SAFETY: a column is written by the one thread that it belongs to, simulated or real; it is read and cleared by the
// main thread, before the others start and after they have been joined. Simulated threads share one OS thread besides.
unsafe impl Sync for Column {}

/// What a scenario's calls go to.
#[derive(Clone)]
enum Target {
    Own(Object),
    LostUpdate(Arc<LostUpdate>),
    BesideReaders(Arc<BesideReaders>),
}

impl Target {
    fn new(subject: &Subject, settled: bool) -> Self {
        match subject.mutant {
            Some(Mutant::LostUpdate) => Self::LostUpdate(Arc::new(LostUpdate::new(subject.clone()))),
            Some(Mutant::Strategy(Mutation::WriterBesideReaders)) => {
                Self::BesideReaders(Arc::new(BesideReaders::new(subject.clone())))
            }
            None | Some(Mutant::Strategy(_)) => Self::Own(subject.built(settled)),
        }
    }

    #[inline]
    fn call(&self, operation: &Arc<dyn Operation>) -> Outcome {
        match self {
            Self::Own(object) => operation.call(&**object),
            Self::LostUpdate(mutant) => mutant.call(operation),
            Self::BesideReaders(mutant) => mutant.call(operation),
        }
    }
}

/// The pairs of methods that different threads call, the smaller number first.
fn pairs(threads: &[Vec<usize>]) -> BTreeSet<(usize, usize)> {
    let called = |calls: &Vec<usize>| BTreeSet::from_iter(calls.iter().copied());
    let called: Vec<BTreeSet<usize>> = threads.iter().map(called).collect();
    let mut pairs = BTreeSet::new();
    for (number, mine) in called.iter().enumerate() {
        for theirs in &called[number + 1..] {
            pairs.extend(mine.iter().flat_map(|a| theirs.iter().map(move |b| (*a.min(b), *a.max(b)))));
        }
    }
    pairs
}

/// What an invariant's panic says, if it panics.
pub(crate) fn broken(name: &str, holds: impl FnOnce()) -> Option<Failure> {
    let payload = catch_unwind(AssertUnwindSafe(holds)).err()?;
    // The engine unwinds, or the facade refuses: that says nothing of the object.
    if world::aborting() || payload.is::<Refused>() {
        resume_unwind(payload);
    }
    world::panic_caught();
    Some(Failure::invariant(name, &*payload))
}

impl Run {
    pub(crate) fn new(subject: Subject, scenario: &Scenario, clock: Clock) -> Arc<Self> {
        let operations = scenario.resolve(&subject);
        let threads = scenario.threads.iter();
        let columns = (0..operations.threads.len().max(1))
            .map(|_| Column {
                entries: UnsafeCell::new(Vec::new()),
                task: UnsafeCell::new(0),
                method: AtomicUsize::new(0),
            })
            .collect();
        let count = subject.inner.methods.len();
        let overlapped = (0..count * count).map(|_| AtomicBool::new(false)).collect();
        let methods: Vec<Vec<usize>> = threads.map(|calls| calls.iter().map(|call| call.method).collect()).collect();
        let apart = AtomicUsize::new(pairs(&methods).len());
        Arc::new(Self {
            subject,
            operations,
            methods,
            clock,
            columns,
            hints: AtomicU32::new(0),
            real: AtomicU32::new(0),
            under_way: AtomicUsize::new(usize::MAX),
            dropping: AtomicBool::new(false),
            overlapped,
            apart,
        })
    }

    /// One execution, on the engine's main thread; on return all threads have ended.
    ///
    /// The main thread runs the first thread's operations itself: one thread less to start and to join, and joins cost
    /// an engine more executions than operations do. The threads share the object through std's `Arc`, which no engine
    /// sees: what orders its last drop is the join, because every other thread has dropped its share by then.
    pub(crate) fn execute(self: &Arc<Self>) {
        for column in &self.columns {
            // SAFETY: no other thread of this run exists now (see `Column`).
            unsafe { (*column.entries.get()).clear() };
            // The last execution may have been left in the midst of a call. Relaxed: nobody else is there.
            column.method.store(0, Ordering::Relaxed);
        }
        self.hints.store(0, Ordering::Relaxed);
        self.dropping.store(false, Ordering::Relaxed);
        let target = Target::new(&self.subject, !self.first_use());
        let clock = (world::current() == World::Loom && self.clock != Clock::ProgramOrder)
            .then(|| Arc::new(ModelledU32::new(0)));
        for (index, operation) in self.operations.prefix.iter().enumerate() {
            self.alone(&target, operation, index as u32);
        }
        let others: Vec<_> = (1..self.operations.threads.len())
            .map(|number| {
                let (run, target, clock) = (Arc::clone(self), target.clone(), clock.clone());
                thread::spawn(move || run.column(number, &target, clock.as_deref()))
            })
            .collect();
        if !self.operations.threads.is_empty() {
            self.column(0, &target, clock.as_deref());
        }
        for other in others {
            if let Err(payload) = other.join() {
                std::panic::resume_unwind(payload);
            }
        }
        for (index, operation) in self.operations.suffix.iter().enumerate() {
            self.alone(&target, operation, SUFFIX_BEGINS + index as u32);
        }
        if let (Some((name, holds)), Target::Own(object)) = (self.subject.inner.invariant, &target)
            && let Some(failure) = broken(name, || holds(&**object))
        {
            world::stray(failure);
        }
        // The other threads have dropped their shares before they were joined, so the object goes here, and with it the
        // threads that serve it.
        self.dropping.store(true, Ordering::Relaxed);
        drop(target);
        self.dropping.store(false, Ordering::Relaxed);
    }

    /// Whether the threads' calls are the object's first. In the smallest scenarios only, two calls and nothing before them:
    /// what is made at first use is a race of its own, which would multiply the executions of all others.
    fn first_use(&self) -> bool {
        let Resolved { prefix, threads, .. } = &self.operations;
        self.subject.inner.first_use
            && prefix.is_empty()
            && threads.len() == 2
            && threads.iter().all(|calls| calls.len() == 1)
    }

    /// Whether the execution came no further than the object's destructor: no call waits then, and no specification
    /// says that a destructor may.
    pub(crate) fn hangs_in_drop(&self) -> bool {
        self.dropping.load(Ordering::Relaxed)
    }

    /// An operation of the prefix or the suffix.
    fn alone(&self, target: &Target, operation: &Arc<dyn Operation>, time: u32) {
        let index = self.begin(0, time);
        let outcome = self.call(target, operation, 0, index);
        self.end(0, index, time, outcome);
    }

    /// The parallel part of one thread.
    fn column(&self, number: usize, target: &Target, clock: Option<&ModelledU32>) {
        let world = world::current();
        if world == World::Std {
            // On a real thread of its own a panic in an operation would be printed; it is a result.
            // Nor has it been told of a mistake that is to be made.
            return world::quietly(|| {
                mutation::within(self.subject.mistake(), || self.calls(number, target, world, clock))
            });
        }
        self.calls(number, target, world, clock);
    }

    fn calls(&self, number: usize, target: &Target, world: World, clock: Option<&ModelledU32>) {
        if world == World::Shuttle {
            let task = u16::try_from(world::me()).unwrap_or(u16::MAX);
            // SAFETY: this thread's own column (see `Column`).
            unsafe { *self.columns[number].task.get() = task };
        }
        let now = || match world {
            World::Shuttle => THREADS_BEGIN + u32::try_from(shuttle_engine::step()).unwrap_or(SUFFIX_BEGINS / 2),
            World::Loom => match (clock, self.clock) {
                (Some(clock), Clock::Observed) => THREADS_BEGIN + clock.fetch_add(1, Ordering::AcqRel),
                (Some(clock), _) => THREADS_BEGIN + clock.fetch_add(1, Ordering::Relaxed),
                (None, _) => THREADS_BEGIN,
            },
            // Every thread must agree on the order of calls and returns: one total order, SeqCst.
            World::Std => THREADS_BEGIN + self.real.fetch_add(1, Ordering::SeqCst),
            World::Sequential => THREADS_BEGIN,
        };
        for (operation, method) in self.operations.threads[number].iter().zip(&self.methods[number]) {
            let index = self.begin(number, now());
            // Relaxed: who sees an old value looks once too often.
            let looks = self.apart.load(Ordering::Relaxed) > 0;
            if looks {
                self.meet(number, *method);
            }
            let outcome = self.call(target, operation, number, index);
            if looks {
                // SeqCst: see `meet`.
                self.columns[number].method.store(0, Ordering::SeqCst);
            }
            self.end(number, index, now(), outcome);
        }
    }

    /// A call of this method begins, while those of other threads are under way.
    ///
    /// SeqCst, because of two real threads that begin at once each stores and then loads, and one of them must see the
    /// other. Simulated threads share an OS thread.
    fn meet(&self, number: usize, method: usize) {
        self.columns[number].method.store(method + 1, Ordering::SeqCst);
        let methods = self.subject.inner.methods.len();
        for (other, column) in self.columns.iter().enumerate() {
            let theirs = column.method.load(Ordering::SeqCst);
            if other != number && theirs > 0 {
                let pair = &self.overlapped[method.min(theirs - 1) * methods + method.max(theirs - 1)];
                // Relaxed: read when all threads have ended. A step of its own so that each pair is counted once.
                if !pair.swap(true, Ordering::Relaxed) {
                    self.apart.fetch_sub(1, Ordering::Relaxed);
                }
            }
        }
    }

    /// Pairs of methods whose calls overlapped in an execution, the smaller number first.
    pub(crate) fn overlapped(&self) -> Vec<(usize, usize)> {
        let methods = self.subject.inner.methods.len();
        let pairs = self.overlapped.iter().enumerate().filter(|(_, overlapped)| overlapped.load(Ordering::Relaxed));
        pairs.map(|(at, _)| (at / methods, at % methods)).collect()
    }

    fn begin(&self, number: usize, start: u32) -> usize {
        // SAFETY: this thread's own column (see `Column`).
        let entries = unsafe { &mut *self.columns[number].entries.get() };
        entries.push(Entry { start, end: PENDING, outcome: None, hint: u32::MAX });
        entries.len() - 1
    }

    fn end(&self, number: usize, index: usize, end: u32, outcome: Outcome) {
        let hint = self.hints.load(Ordering::Relaxed);
        // raceproof: allow(atomic_load_store): an order of ends for the checker to try first; where real threads lose a step, it tries another
        self.hints.store(hint + 1, Ordering::Relaxed);
        // SAFETY: this thread's own column (see `Column`).
        let entries = unsafe { &mut *self.columns[number].entries.get() };
        entries[index] = Entry { start: entries[index].start, end, outcome: Some(outcome), hint };
    }

    #[inline]
    fn call(&self, target: &Target, operation: &Arc<dyn Operation>, number: usize, index: usize) -> Outcome {
        self.under_way.store(number << 16 | index, Ordering::Relaxed);
        if !world::recording() {
            return target.call(operation);
        }
        let object = event::Object { kind: OPERATION, address: number << 16 | index };
        world::record(object, event::Deed::CALL, operation.location());
        let outcome = target.call(operation);
        world::record(object, event::Deed::RETURN, operation.location());
        outcome
    }

    /// The operation that was under way when the run was last heard of.
    pub(crate) fn last_operation(&self) -> Option<Arc<dyn Operation>> {
        let place = self.under_way.load(Ordering::Relaxed);
        if place == usize::MAX {
            return None;
        }
        let columns = crate::check::columns(&self.operations);
        columns.get(place >> 16)?.get(place & 0xffff).cloned()
    }

    /// The execution's history, as far as it went. On the engine's main thread, after [`Self::execute`] or its failure.
    ///
    /// An operation that has not begun is pending too: the threads have as many entries as they have operations.
    pub(crate) fn history(&self, into: &mut History) {
        into.threads.resize_with(self.columns.len(), Vec::new);
        let shuttled = self.clock == Clock::ProgramOrder && world::current() == World::Shuttle;
        // A type that starts threads of its own can be seen before its caller runs again.
        let own_threads = shuttled
            && shuttle_engine::with_schedule(|schedule| {
                schedule.iter().max().is_some_and(|task| usize::from(*task) >= self.columns.len())
            });
        for (number, (column, history)) in self.columns.iter().zip(&mut into.threads).enumerate() {
            history.clear();
            // SAFETY: all other threads of the run have ended, or will never run again (see `Column`).
            let entries = unsafe { &*column.entries.get() };
            history.extend_from_slice(entries);
            if shuttled {
                // SAFETY: as above.
                let task = unsafe { *column.task.get() };
                self.tighten(number, task, own_threads, history);
            }
        }
    }

    /// Turns shuttle's step numbers into times, each operation as short as this interleaving allows.
    ///
    /// shuttle switches threads only at operations of its own, so a call follows the last return without a pause. But
    /// until the thread's next switch nothing of the call can be seen: the same interleaving with the call made only
    /// when the thread runs again is as possible, and says more about real time. So an operation begins in the first
    /// slice in which its thread was chosen after the call.
    fn tighten(&self, number: usize, task: u16, own_threads: bool, entries: &mut [Entry]) {
        let prefix = if number == 0 { self.operations.prefix.len() } else { 0 };
        let count = self.operations.threads.get(number).map_or(0, Vec::len);
        shuttle_engine::with_schedule(|schedule| {
            for entry in entries.iter_mut().skip(prefix).take(count) {
                let step = |time: u32| time.saturating_sub(THREADS_BEGIN) as usize;
                let (called, returned) = (step(entry.start), step(entry.end));
                let last = if entry.end == PENDING { schedule.len() } else { returned };
                let resumed = (called..last).find(|&i| schedule[i] == task && !own_threads);
                let slice = |i: usize| THREADS_BEGIN + u32::try_from(i).unwrap_or(SUFFIX_BEGINS / 2);
                entry.start = match resumed {
                    Some(i) => slice(i),
                    None if own_threads => slice(called.saturating_sub(1)),
                    None => slice(last.saturating_sub(1)),
                };
                if entry.end != PENDING {
                    entry.end = slice(returned.saturating_sub(1));
                }
            }
        });
    }
}
