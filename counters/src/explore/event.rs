//! Events: what an execution did, operation by operation.
//!
//! An operation is announced before the engine may switch threads, and completed after: an announced event that was
//! never completed is where its thread still waits.

use std::collections::HashMap;
use std::panic::Location;

/// A facade object, by kind and address; the trace numbers them for the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Object {
    /// "Mutex", "AtomicU64".
    pub kind: &'static str,
    /// Where it is. Addresses differ from run to run: never printed.
    pub address: usize,
}

impl Object {
    /// The object behind a reference.
    pub fn of<T: ?Sized>(kind: &'static str, object: &T) -> Self {
        Self { kind, address: std::ptr::from_ref(object).cast::<()>() as usize }
    }
}

/// What an operation came to, for the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has not returned.
    Pending,
    /// It returned, and that is all there is to say.
    Done,
    /// It returned this.
    Value(String),
}

/// One operation of the facade, or of the type under test.
#[derive(Clone, Debug)]
pub struct Event {
    /// The simulated thread's number; 0 is the main thread.
    pub thread: usize,
    /// On what.
    pub object: Object,
    /// The object's number among those of its kind, from 1, by first appearance.
    pub number: usize,
    /// "lock", "unlock", "load(Acquire)".
    pub action: &'static str,
    /// The caller's line.
    pub location: &'static Location<'static>,
    /// What came of it.
    pub outcome: Outcome,
    /// The event's place in the order of completion.
    pub completed: Option<usize>,
}

/// The events of one execution.
#[derive(Debug, Default)]
pub struct Trace {
    events: Vec<Event>,
    numbers: HashMap<Object, usize>,
    of_kind: HashMap<&'static str, usize>,
    completed: usize,
}

impl Trace {
    /// Begins an event.
    pub fn announce(
        &mut self,
        thread: usize,
        object: Object,
        action: &'static str,
        location: &'static Location<'static>,
    ) -> usize {
        let of_kind = &mut self.of_kind;
        let number = *self.numbers.entry(object).or_insert_with(|| {
            let count = of_kind.entry(object.kind).or_insert(0);
            *count += 1;
            *count
        });
        self.events.push(Event {
            thread,
            object,
            number,
            action,
            location,
            outcome: Outcome::Pending,
            completed: None,
        });
        self.events.len() - 1
    }

    /// Ends an event.
    pub fn complete(&mut self, index: usize, outcome: Outcome) {
        if let Some(event) = self.events.get_mut(index) {
            event.outcome = outcome;
            event.completed = Some(self.completed);
            self.completed += 1;
        }
    }

    /// The events in the order of completion; those that never returned come last, in the order of their calls.
    pub fn into_events(mut self) -> Vec<Event> {
        self.events.sort_by_key(|event| event.completed.unwrap_or(usize::MAX));
        self.events
    }
}
