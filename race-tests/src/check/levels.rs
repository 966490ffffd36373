//! Reads that promise less: what a history must be, if some of its `&self` methods declare a weaker consistency.
//!
//! Two things are asked, as Herlihy and Shavit define them (*The Art of Multiprocessor Programming*, chapter 3):
//!
//! 1. Without the weaker reads the history is linearizable: they change nothing, so whoever does not call them relies on
//!    nothing less than before.
//! 2. With its weaker reads it is what they declare:
//!    - *sequentially consistent*, with all reads that declare it or more: some order of all these calls explains the
//!      results and keeps each thread's own order. Starting and joining a thread are part of the order of who does it, so
//!      what comes before all threads comes first.
//!    - *quiescently consistent*, with each read that declares it: some order explains the results and keeps apart what a
//!      moment without any call under way separates. Within such a stretch nothing is kept, not even a thread's own order.
//!      Each read by itself: who walks over the parts of a state sees some changes and not others, and two who walk at the
//!      same time may see opposite ones.
//!
//! Each is the one search over another history: the same calls and results, with the order that the level keeps. For each
//! weaker read the next stronger level is tried as well; a history that is not of it shows that less was declared for a
//! reason.

use super::{Answer, check, columns};
use crate::history::{Entry, History, PENDING};
use crate::scenario::Resolved;
use crate::subject::{Operation, Subject};
use raceproof::explore::native::Arc;
use raceproof::explore::subject::Consistency::{self, Linearizable, Quiescent, Sequential};

/// What a history is worth, by what its methods declare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) answer: Answer,
    /// The promise that a violation breaks.
    pub(crate) broken: Option<Promise>,
    /// Weaker methods, each with a stronger level that this history shows them not to have.
    pub(crate) shown: Vec<(&'static str, Consistency)>,
}

/// What is asked of a history, or of a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Promise {
    /// The calls that declare this level or more.
    All(Consistency),
    /// One quiescent read: its thread, and its place there.
    Read(usize, usize),
}

impl Promise {
    pub(crate) fn level(self) -> Consistency {
        match self {
            Self::All(level) => level,
            Self::Read(..) => Quiescent,
        }
    }
}

impl Judged {
    fn of(answer: Answer, promise: Promise) -> Self {
        let broken = (answer == Answer::Violation).then_some(promise);
        Self { answer, broken, shown: Vec::new() }
    }
}

/// Judges one history of a scenario by what its methods declare.
pub(crate) fn judge(subject: &Subject, operations: &Resolved, history: &History, budget: u64) -> Judged {
    let whole = check(subject, operations, history, budget);
    // A linearizable history is of every level.
    if whole == Answer::Explained {
        return Judged::of(whole, Promise::All(Linearizable));
    }
    let weaker = weaker(operations);
    if weaker.is_empty() {
        return Judged::of(whole, Promise::All(Linearizable));
    }
    let check_view = |view: &View| check(subject, &view.operations, &view.history, budget);
    let mut promises = vec![Promise::All(Linearizable)];
    if weaker.iter().any(|(_, level)| *level == Sequential) {
        promises.push(Promise::All(Sequential));
    }
    for (thread, column) in columns(operations).iter().enumerate() {
        let reads = column.iter().enumerate().filter(|(_, operation)| operation.consistency() == Quiescent);
        promises.extend(reads.map(|(at, _)| Promise::Read(thread, at)));
    }
    for promise in promises {
        let answer = check_view(&View::of(operations, history, promise));
        if answer != Answer::Explained {
            return Judged::of(answer, promise);
        }
    }
    let mut judged = Judged::of(Answer::Explained, Promise::All(Linearizable));
    for (name, declared) in weaker {
        let stronger: &[Consistency] =
            if declared == Quiescent { &[Sequential, Linearizable] } else { &[Linearizable] };
        for &level in stronger {
            let keep = |operation: &dyn Operation, _: (usize, usize)| {
                operation.consistency() == Linearizable || operation.name() == name
            };
            if check_view(&View::new(operations, history, level, keep)) == Answer::Violation {
                judged.shown.push((name, level));
            }
        }
    }
    judged
}

/// The methods of a scenario that declare less, with what they declare.
fn weaker(operations: &Resolved) -> Vec<(&'static str, Consistency)> {
    let mut found = Vec::new();
    for operation in operations.iter() {
        let method = (operation.name(), operation.consistency());
        if method.1 != Linearizable && !found.contains(&method) {
            found.push(method);
        }
    }
    found
}

/// Some of a history's operations, with no more order between them than a level keeps.
pub(crate) struct View {
    pub(crate) operations: Resolved,
    pub(crate) history: History,
    /// Where each operation of the view stands in the history: its thread, and its place there.
    pub(crate) origin: Vec<Vec<(usize, usize)>>,
}

/// The times that a view has: before the threads, in them, after them.
const PARALLEL: u32 = 1 << 10;
const AFTER: u32 = 1 << 30;

impl View {
    /// What a promise is about, in the order that it keeps.
    pub(crate) fn of(operations: &Resolved, history: &History, promise: Promise) -> Self {
        Self::new(operations, history, promise.level(), |operation, place| match promise {
            Promise::All(level) => operation.consistency() <= level,
            Promise::Read(thread, at) => operation.consistency() == Linearizable || place == (thread, at),
        })
    }

    fn new(
        operations: &Resolved,
        history: &History,
        level: Consistency,
        keep: impl Fn(&dyn Operation, (usize, usize)) -> bool,
    ) -> Self {
        let threads = columns(operations);
        let before = operations.prefix.len();
        let over = before + operations.threads.first().map_or(0, Vec::len);
        let mut kept: Vec<Vec<One>> = Vec::new();
        for (thread, entries) in history.threads.iter().enumerate() {
            let mut column = Vec::new();
            for (at, entry) in entries.iter().enumerate() {
                let operation = &threads[thread][at];
                let part = match thread {
                    0 if at < before => Part::Before(at as u32),
                    0 if at >= over => Part::After((at - over) as u32),
                    _ => Part::Parallel,
                };
                if keep(&**operation, (thread, at)) {
                    column.push(One { operation: Arc::clone(operation), entry: *entry, part, from: (thread, at) });
                }
            }
            kept.push(column);
        }
        match level {
            Linearizable => Self::made_of(kept),
            Sequential => {
                for one in kept.iter_mut().flatten() {
                    one.at(match one.part {
                        Part::Before(at) => at,
                        Part::Parallel => PARALLEL,
                        Part::After(at) => AFTER + at,
                    });
                }
                Self::made_of(kept)
            }
            Quiescent => {
                let mut stretches = stretches(kept.into_iter().flatten().collect());
                // One of each stretch after the other makes a column: stretches are ordered, and nothing in them is.
                let widest = stretches.iter().map(Vec::len).max().unwrap_or(0);
                let mut columns: Vec<Vec<One>> = (0..widest.max(1)).map(|_| Vec::new()).collect();
                for (number, stretch) in stretches.iter_mut().enumerate() {
                    for (column, mut one) in columns.iter_mut().zip(stretch.drain(..)) {
                        one.at(number as u32);
                        one.part = Part::Parallel;
                        column.push(one);
                    }
                }
                Self::made_of(columns)
            }
        }
    }

    fn made_of(kept: Vec<Vec<One>>) -> Self {
        let part = |column: &Vec<One>, wanted: fn(Part) -> bool| {
            column.iter().filter(|one| wanted(one.part)).map(|one| Arc::clone(&one.operation)).collect::<Vec<_>>()
        };
        let first = kept.first();
        Self {
            operations: Resolved {
                prefix: first.map_or_else(Vec::new, |column| part(column, |p| matches!(p, Part::Before(_)))),
                threads: kept.iter().map(|column| part(column, |p| matches!(p, Part::Parallel))).collect(),
                suffix: first.map_or_else(Vec::new, |column| part(column, |p| matches!(p, Part::After(_)))),
            },
            history: History {
                threads: kept.iter().map(|column| column.iter().map(|one| one.entry).collect()).collect(),
            },
            origin: kept.iter().map(|column| column.iter().map(|one| one.from).collect()).collect(),
        }
    }
}

/// Which part of its scenario an operation stands in, with its place in the two that are sequences.
#[derive(Clone, Copy)]
enum Part {
    Before(u32),
    Parallel,
    After(u32),
}

/// One operation on its way into a view.
struct One {
    operation: Arc<dyn Operation>,
    entry: Entry,
    part: Part,
    from: (usize, usize),
}

impl One {
    /// Puts it at a moment. What has not returned goes on for ever.
    fn at(&mut self, time: u32) {
        self.entry.start = time;
        if self.entry.end != PENDING {
            self.entry.end = time;
        }
    }
}

/// The operations, cut where a moment without any call under way separates them.
fn stretches(mut all: Vec<One>) -> Vec<Vec<One>> {
    all.sort_by_key(|one| one.entry.start);
    let mut stretches: Vec<Vec<One>> = Vec::new();
    let mut latest = 0;
    for one in all {
        if stretches.is_empty() || latest < one.entry.start {
            stretches.push(Vec::new());
        }
        latest = latest.max(one.entry.end);
        if let Some(stretch) = stretches.last_mut() {
            stretch.push(one);
        }
    }
    stretches
}

#[cfg(test)]
mod tests;
