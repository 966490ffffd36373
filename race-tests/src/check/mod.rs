//! The checker: is there a sequential order of these operations that explains every result?
//!
//! The search of Wing and Gong (JPDC 1993) with Lowe's cache (Concurrency and Computation 2017), iterative and with a
//! budget. At each point the next operation of each thread is a candidate unless another operation was over before it
//! began; the candidate is applied to the specification, and kept if the specification returns what it returned. An
//! operation that never returned may have taken effect or not.
//!
//! The cache remembers (operations ordered so far, the order of those that change the state): equal keys mean equal
//! states, because the specification is deterministic. That is exact as long as only `&mut self` methods change the
//! state. Where a `&self` method may do so too (a lock or another guarded object inside the state), every operation
//! counts as changing. A violation found with the cache is confirmed without it, and an order found after a candidate was
//! tried in vain on the live state is confirmed on a fresh one. So neither verdict rests on the assumption, nor on the
//! user's `Clone`: the confirmation takes no copies, and rebuilds the state wherever it steps back.
//!
//! A specification may be partial: an operation that would wait is not enabled, and cannot come next. It may also allow
//! several results: it is given the one that was seen, and says whether that is one of them.
//!
//! Where the specification's state has a `Hash`, that is the cache's key in place of the order of changes.

pub(crate) mod levels;
mod real_time;
mod waits;

pub(crate) use real_time::RealTime;
pub(crate) use waits::may_wait;

use crate::history::{History, PENDING};
use crate::scenario::Resolved;
use crate::subject::{Operation, Outcome, Specification, Subject};
use raceproof::explore::native::Arc;
use std::collections::HashSet;

/// What the checker found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Some order explains the history.
    Explained,
    /// None does.
    Violation,
    /// The budget ran out first.
    Unknown,
}

/// Applications of operations to specifications that one history may cost.
pub(crate) const BUDGET: u64 = 2_000_000;

/// Checks one history of a scenario.
pub(crate) fn check(subject: &Subject, operations: &Resolved, history: &History, budget: u64) -> Answer {
    let threads = borrowed(operations);
    let mut search =
        Search { subject, threads: &threads, history, left: budget, mode: Mode::Fast, must_wait: false, open: false };
    if search.as_ended() {
        return Answer::Explained;
    }
    match search.run() {
        Found::Order(order, true) => {
            // A vain attempt may have changed a state that hides its mutability: trust only a fresh run.
            if search.replays(&order) { Answer::Explained } else { search.exactly() }
        }
        Found::Order(_, false) => Answer::Explained,
        Found::Nothing | Found::Impure => search.exactly(),
        Found::OutOfBudget => Answer::Unknown,
    }
}

/// Whether a deadlock is no bug: some order explains all that has returned, and after it the specification itself would
/// wait in every call that has not. Two `take`s on an empty queue wait by right; a thread that waits for a lock that it
/// holds never does.
pub(crate) fn waits_by_right(subject: &Subject, operations: &Resolved, history: &History, budget: u64) -> bool {
    let threads = borrowed(operations);
    let mut search =
        Search { subject, threads: &threads, history, left: budget, mode: Mode::Exact, must_wait: true, open: false };
    matches!(search.run(), Found::Order(..))
}

/// Whether a result is not the one that was seen. An operation that would wait has no result yet.
fn differs(seen: Option<Outcome>, outcome: Outcome) -> bool {
    outcome == Outcome::BLOCKED || seen.is_some_and(|seen| seen != outcome)
}

/// The operations thread by thread, as histories have them.
pub(crate) fn columns(operations: &Resolved) -> Vec<Vec<Arc<dyn Operation>>> {
    let mut threads = operations.threads.clone();
    if threads.is_empty() {
        threads.push(Vec::new());
    }
    let first = &mut threads[0];
    first.splice(0..0, operations.prefix.iter().cloned());
    first.extend(operations.suffix.iter().cloned());
    threads
}

/// The same without a share in each, since a long scenario is checked many times.
fn borrowed(operations: &Resolved) -> Vec<Vec<&dyn Operation>> {
    fn all(calls: &[Arc<dyn Operation>]) -> impl Iterator<Item = &dyn Operation> {
        calls.iter().map(|call| &**call)
    }
    let mut threads = vec![all(&operations.prefix).collect::<Vec<_>>()];
    for (number, calls) in operations.threads.iter().enumerate() {
        match number {
            0 => threads[0].extend(all(calls)),
            _ => threads.push(all(calls).collect()),
        }
    }
    threads[0].extend(all(&operations.suffix));
    threads
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// With the cache; `&self` methods are taken to leave the state alone.
    Fast,
    /// Without either.
    Exact,
}

enum Found {
    /// Threads in the order of their operations, and whether anything was tried in vain.
    Order(Vec<usize>, bool),
    Nothing,
    /// A `&self` method touched the facade.
    Impure,
    OutOfBudget,
}

struct Search<'a> {
    subject: &'a Subject,
    threads: &'a [Vec<&'a dyn Operation>],
    history: &'a History,
    left: u64,
    mode: Mode,
    /// An order counts only if every operation that it leaves out would wait.
    must_wait: bool,
    /// An order was given up because a specification with several results needed one that was never seen.
    open: bool,
}

/// A point of the search: where each thread is, and which threads have been tried from here.
struct Frame {
    tried: u64,
    /// The state at this point, where it could be copied before the step that left it.
    before: Option<Specification>,
    /// The thread whose operation led on from here.
    thread: usize,
    /// Whether that operation may have changed the state.
    changed: bool,
    /// The order of changes that led here, hashed.
    changes: u64,
}

impl Frame {
    fn new(changes: u64) -> Self {
        Self { tried: 0, before: None, thread: 0, changed: false, changes }
    }
}

impl Search<'_> {
    fn exactly(&mut self) -> Answer {
        self.mode = Mode::Exact;
        match self.run() {
            Found::Order(order, vain) => {
                if !vain || self.replays(&order) {
                    Answer::Explained
                } else {
                    Answer::Unknown
                }
            }
            Found::Nothing if !self.open => Answer::Violation,
            Found::Nothing | Found::Impure | Found::OutOfBudget => Answer::Unknown,
        }
    }

    /// Whether the order in which the engine ended the operations explains them. It does for most histories, and to look
    /// costs a quarter of a search. Nothing is assumed of the hints: program order, real time and the results are checked.
    fn as_ended(&mut self) -> bool {
        let order = self.hinted();
        let Some(left) = self.left.checked_sub(order.len() as u64) else { return false };
        self.left = left;
        let mut state = self.subject.specification();
        let mut positions = vec![0; self.threads.len()];
        let mut latest = 0;
        for thread in order {
            let at = positions[thread];
            positions[thread] += 1;
            let entry = &self.history.threads[thread][at];
            // Over before one began that stands before it in this order.
            if entry.end < latest {
                return false;
            }
            latest = latest.max(entry.start);
            let (outcome, _) = state.step(self.threads[thread][at], entry.outcome);
            raceproof::explore::world::beat();
            if differs(entry.outcome, outcome) {
                return false;
            }
        }
        self.complete(&positions)
    }

    /// The threads of the operations that returned, by their hints.
    fn hinted(&self) -> Vec<usize> {
        let entries = self.history.threads.iter().enumerate();
        let returned = entries
            .flat_map(|(thread, entries)| entries.iter().map(move |entry| (entry, thread)))
            .filter(|(entry, _)| entry.outcome.is_some())
            .map(|(entry, thread)| (entry.hint, thread));
        let count = returned.clone().count();
        let mut order = vec![usize::MAX; count];
        for (hint, thread) in returned.clone() {
            match order.get_mut(hint as usize) {
                Some(place) if *place == usize::MAX => *place = thread,
                // Real threads may count wrong.
                _ => {
                    let mut sorted: Vec<(u32, usize)> = returned.collect();
                    sorted.sort_unstable();
                    return sorted.into_iter().map(|(_, thread)| thread).collect();
                }
            }
        }
        order
    }

    /// Whether the operation at each thread's position could be next: none of the others' next ones ended before it
    /// began. Later ones of a thread end later still.
    fn may_follow(&self, positions: &[usize], thread: usize) -> bool {
        let entry = &self.history.threads[thread][positions[thread]];
        self.history.threads.iter().enumerate().all(|(other, entries)| {
            other == thread || entries.get(positions[other]).is_none_or(|next| next.end >= entry.start)
        })
    }

    /// Everything that returned has been ordered.
    fn complete(&self, positions: &[usize]) -> bool {
        self.history
            .threads
            .iter()
            .zip(positions)
            .all(|(entries, at)| entries[*at..].iter().all(|e| e.outcome.is_none()))
    }

    fn run(&mut self) -> Found {
        let mut positions = vec![0; self.threads.len()];
        let mut state = self.subject.specification();
        let mut stack: Vec<Frame> = vec![Frame::new(0)];
        let mut seen: HashSet<(Vec<usize>, u64)> = HashSet::new();
        let mut vain = false;
        // Whether `state` is no longer the one that the stack stands for.
        let mut stale = false;
        loop {
            if self.complete(&positions) && (!self.must_wait || self.all_wait(&stack, &positions)) {
                return Found::Order(stack[..stack.len() - 1].iter().map(|frame| frame.thread).collect(), vain);
            }
            let depth = stack.len() - 1;
            let Some(thread) = self.candidate(&positions, stack[depth].tried) else {
                // Nothing is left to try from here: take the last step back.
                stack.pop();
                let Some(frame) = stack.last_mut() else { return Found::Nothing };
                positions[frame.thread] -= 1;
                match frame.before.take() {
                    Some(before) => {
                        state = before;
                        stale = false;
                    }
                    None => stale |= frame.changed,
                }
                continue;
            };
            stack[depth].tried |= 1 << thread;
            if self.left == 0 {
                return Found::OutOfBudget;
            }
            self.left -= 1;
            if stale {
                match self.rebuild(&stack[..depth]) {
                    Some(rebuilt) => state = rebuilt,
                    None => return Found::OutOfBudget,
                }
                stale = false;
            }
            let operation = self.threads[thread][positions[thread]];
            let changes = operation.exclusive() || self.mode == Mode::Exact;
            // A `Clone` of the user's may leave something out, or share it: the exact search does not rest on it.
            let before = if changes && self.mode == Mode::Fast { state.snapshot() } else { None };
            let wanted = self.history.threads[thread][positions[thread]].outcome;
            let (outcome, touched) = state.step(operation, wanted);
            raceproof::explore::world::beat();
            if touched && !operation.exclusive() && self.mode == Mode::Fast {
                return Found::Impure;
            }
            // What a call that never returned did to the state is for nobody to say.
            self.open |= outcome == Outcome::OPEN;
            if differs(wanted, outcome) || outcome == Outcome::OPEN {
                vain = true;
                if changes {
                    match before {
                        Some(before) => state = before,
                        None => stale = true,
                    }
                }
                continue;
            }
            let number = self.history.threads[..thread].iter().map(Vec::len).sum::<usize>() + positions[thread];
            let order = || if changes { mix(stack[depth].changes, number as u64) } else { stack[depth].changes };
            let hash = state.fingerprint().filter(|_| self.mode == Mode::Fast).unwrap_or_else(order);
            positions[thread] += 1;
            if self.mode == Mode::Fast && !seen.insert((positions.clone(), hash)) {
                positions[thread] -= 1;
                match before {
                    Some(before) => state = before,
                    None => stale |= changes,
                }
                continue;
            }
            stack[depth].before = before;
            stack[depth].changed = changes;
            stack[depth].thread = thread;
            stack.push(Frame::new(hash));
        }
    }

    /// The next thread to try: of those that may follow, the one whose operation the engine ended first. In most
    /// histories that is the right one, so most are explained without a step back.
    fn candidate(&self, positions: &[usize], tried: u64) -> Option<usize> {
        let mut passed = tried;
        loop {
            let thread = (0..self.threads.len())
                .filter(|thread| passed & (1 << thread) == 0)
                .filter(|thread| positions[*thread] < self.history.threads[*thread].len())
                // What the specification lets through should have returned.
                .filter(|thread| !self.must_wait || self.history.threads[*thread][positions[*thread]].outcome.is_some())
                .min_by_key(|thread| self.history.threads[*thread][positions[*thread]].hint)?;
            if self.may_follow(positions, thread) {
                return Some(thread);
            }
            passed |= 1 << thread;
        }
    }

    /// Whether the specification would wait in every operation that has begun and is not in the order so far.
    fn all_wait(&mut self, stack: &[Frame], positions: &[usize]) -> bool {
        let begun = |thread: &usize| positions[*thread] < self.history.threads[*thread].len();
        let pending: Vec<usize> = (0..self.threads.len()).filter(begun).collect();
        pending.into_iter().all(|thread| {
            let Some(mut state) = self.rebuild(&stack[..stack.len() - 1]) else { return false };
            let operation = self.threads[thread][positions[thread]];
            let (outcome, _) = state.apply(operation);
            outcome == Outcome::BLOCKED
                && operation.may_wait()
                && operation.why_blocked().is_some_and(|blocked| !blocked.forever)
        })
    }

    /// The state after these steps, from the beginning.
    fn rebuild(&mut self, stack: &[Frame]) -> Option<Specification> {
        let mut state = self.subject.specification();
        let mut positions = vec![0; self.threads.len()];
        for frame in stack {
            self.left = self.left.checked_sub(1)?;
            let at = positions[frame.thread];
            state.step(self.threads[frame.thread][at], self.history.threads[frame.thread][at].outcome);
            positions[frame.thread] += 1;
        }
        Some(state)
    }

    /// Whether this order gives the results that were seen, on a fresh state.
    fn replays(&self, order: &[usize]) -> bool {
        let mut state = self.subject.specification();
        let mut positions = vec![0; self.threads.len()];
        order.iter().all(|&thread| {
            let at = positions[thread];
            positions[thread] += 1;
            let seen = self.history.threads[thread][at].outcome;
            let (outcome, _) = state.step(self.threads[thread][at], seen);
            !differs(seen, outcome)
        })
    }
}

/// Folds one more operation into the hash of an order.
fn mix(hash: u64, operation: u64) -> u64 {
    let mut z = hash.rotate_left(5) ^ operation.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z ^ (z >> 27)
}

/// The sequential orders that real time and program order allow, each with what the specification would have returned,
/// up to the first result that differs: the reason why a history is a violation. At most `most` orders.
pub(crate) fn refutations(subject: &Subject, operations: &Resolved, history: &History, most: usize) -> Vec<Refutation> {
    let threads = borrowed(operations);
    let search =
        Search { subject, threads: &threads, history, left: 0, mode: Mode::Exact, must_wait: false, open: false };
    let mut found: Vec<Refutation> = Vec::new();
    let mut pending = vec![Vec::<usize>::new()];
    while let Some(order) = pending.pop() {
        if found.len() >= most {
            break;
        }
        let mut state = subject.specification();
        let mut positions = vec![0; threads.len()];
        let mut wrong = None;
        for &thread in &order {
            let at = positions[thread];
            positions[thread] += 1;
            let seen = history.threads[thread][at].outcome;
            let (outcome, _) = state.step(threads[thread][at], seen);
            if differs(seen, outcome) {
                wrong = Some((thread, at, outcome));
            }
        }
        if let Some((thread, at, outcome)) = wrong {
            let expected = (outcome != Outcome::BLOCKED).then(|| threads[thread][at].show(outcome));
            found.push(Refutation { order, thread, at, expected });
            continue;
        }
        for thread in (0..threads.len()).rev() {
            if positions[thread] < threads[thread].len() && search.may_follow(&positions, thread) {
                let mut longer = order.clone();
                longer.push(thread);
                pending.push(longer);
            }
        }
    }
    found
}

/// Why one order does not explain a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refutation {
    /// The threads of the operations, in this order; the last operation is the one that differs.
    pub(crate) order: Vec<usize>,
    /// The thread of the operation whose result differs.
    pub(crate) thread: usize,
    /// Its place in its thread.
    pub(crate) at: usize,
    /// What the specification returns there; `None` if it would wait.
    pub(crate) expected: Option<String>,
}

/// A real-time constraint that a reader should know of: this operation had ended before that one began.
pub(crate) fn precedes(a: &crate::history::Entry, b: &crate::history::Entry) -> bool {
    a.end != PENDING && a.end < b.start
}

#[cfg(test)]
mod tests;
