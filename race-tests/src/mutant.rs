//! Mutants: variants that are broken on purpose. Is the test any good?
//!
//! A suite that finds none of them would not find a real bug of that kind either.

use crate::subject::{Operation, Outcome, Subject};
use raceproof::cell::UnsafeCell;
use raceproof::explore::Mutation;
use raceproof::explore::mutation;
use raceproof::explore::native::Arc;
use raceproof::explore::world::{self, World};
use raceproof::sync::atomic::AtomicUsize;
use raceproof::sync::atomic::Ordering::Relaxed;
use raceproof::sync::{Mutex, RwLock};

/// This file, as locations name it.
pub(crate) const FILE: &str = file!();

/// Kinds of mutants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Mutant {
    /// The lock is dropped between reading and writing back.
    LostUpdate,
    /// The type's own strategy, with a mistake that it makes on request.
    Strategy(Mutation),
}

impl Mutant {
    /// The name that tokens, summaries and tables use.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::LostUpdate => "lost_update",
            Self::Strategy(mutation) => mutation.name(),
        }
    }

    /// What is broken, as a clause that goes after the type's name and a comma.
    pub(crate) fn about(self) -> &'static str {
        match self {
            Self::LostUpdate => "with the lock dropped between reading and writing back",
            Self::Strategy(mutation) => mutation.about(),
        }
    }

    /// A token's first field: the type's path, and the mutant's name if there is one.
    pub(crate) fn split(field: &str) -> (&str, Option<Self>) {
        let mutants = Mutation::ALL.iter().copied().map(Self::Strategy);
        let found = std::iter::once(Self::LostUpdate).chain(mutants).find_map(|mutant| {
            let path = field.strip_suffix(mutant.name())?.strip_suffix(':')?;
            // `module::stale_read` is a type's path.
            (!path.ends_with(':')).then_some((path, mutant))
        });
        found.map_or((field, None), |(path, mutant)| (path, Some(mutant)))
    }
}

/// Reads under the lock, works without it, writes back under it: the naive counter, for any type.
///
/// A state is the operations that made it, in order, so nothing is asked of the type, not even `Clone`: to read is to
/// copy the list, to work is to run it on a fresh specification, and to write back is to replace the list by the copy
/// and the new operation. What others wrote back in between is gone.
pub(crate) struct LostUpdate {
    subject: Subject,
    written: Mutex<Arc<Vec<Arc<dyn Operation>>>>,
}

impl LostUpdate {
    pub(crate) fn new(subject: Subject) -> Self {
        Self { subject, written: Mutex::new(Arc::new(Vec::new())) }
    }

    /// Events of the mutant are shown at the line of the method that it breaks.
    pub(crate) fn call(&self, operation: &Arc<dyn Operation>) -> Outcome {
        let read = Arc::clone(&self.written.lock().unwrap_or_else(|e| e.into_inner()));
        let (outcome, writes) = work(&self.subject, &read, operation);
        if writes {
            *self.written.lock().unwrap_or_else(|e| e.into_inner()) = Arc::new(with(&read, operation));
        }
        outcome
    }
}

/// A read-write lock that a writer takes on the side that readers share. The state is in a cell of the facade's, as above a
/// list of operations: so loom sees who is in it together.
pub(crate) struct BesideReaders {
    subject: Subject,
    lock: RwLock<()>,
    /// Where an engine may switch in the midst of an access: its lock orders even those who share it one after the other, so
    /// only accesses that overlap show.
    midst: AtomicUsize,
    written: UnsafeCell<Vec<Arc<dyn Operation>>>,
}

// SAFETY: it is broken on purpose, and made in explorations alone: simulated threads share one OS thread, and the engine
// that tracks cells stops the execution before an access that nothing orders touches anything.
unsafe impl Send for BesideReaders {}
// SAFETY: the same.
unsafe impl Sync for BesideReaders {}

impl BesideReaders {
    pub(crate) fn new(subject: Subject) -> Self {
        if world::current() == World::Std {
            world::refuse(format_args!("a mutant that shares memory without an order, on real threads"));
        }
        Self { subject, lock: RwLock::new(()), midst: AtomicUsize::new(0), written: UnsafeCell::new(Vec::new()) }
    }

    pub(crate) fn call(&self, operation: &Arc<dyn Operation>) -> Outcome {
        // The mistake, which has its place here: a writer takes it too.
        let _ = mutation::broken(Mutation::WriterBesideReaders);
        let _side = self.lock.read().unwrap_or_else(|e| e.into_inner());
        let read = self.written.with(|written| {
            // Relaxed: only a place to switch.
            self.midst.fetch_add(1, Relaxed);
            // SAFETY: see above: an access that another one overlaps has stopped the execution by now.
            unsafe { (*written).clone() }
        });
        let (outcome, writes) = work(&self.subject, &read, operation);
        if writes {
            let written = with(&read, operation);
            self.written.with_mut(|place| {
                // Relaxed: as above.
                self.midst.fetch_add(1, Relaxed);
                // SAFETY: as above.
                unsafe { *place = written }
            });
        }
        outcome
    }
}

/// Runs an operation on the state that these made. Says also whether it has changed it, as far as one can know: a `&self`
/// method that goes through the facade may have changed what lies behind it.
fn work(subject: &Subject, read: &[Arc<dyn Operation>], operation: &Arc<dyn Operation>) -> (Outcome, bool) {
    let mut state = subject.specification();
    for earlier in read {
        state.apply(&**earlier);
    }
    let (outcome, touched) = state.apply(&**operation);
    if outcome == Outcome::BLOCKED {
        world::refuse(format_args!("a mutant of a type whose calls wait: nobody would wake it"));
    }
    (outcome, operation.exclusive() || touched)
}

fn with(read: &[Arc<dyn Operation>], operation: &Arc<dyn Operation>) -> Vec<Arc<dyn Operation>> {
    let mut written = Vec::with_capacity(read.len() + 1);
    written.extend(read.iter().cloned());
    written.push(Arc::clone(operation));
    written
}
