//! Can it come to a standstill by right?
//!
//! Where the specification itself has an order of the calls after which nobody can go on, real threads would wait for ever,
//! and nobody could stop them. So such a scenario is not run on real threads.

use super::borrowed;
use crate::scenario::Resolved;
use crate::subject::{Outcome, Specification, Subject};
use std::collections::HashSet;

/// Points that are looked at before a scenario in which none has waited yet counts as one that never waits.
const FEW: u64 = 100;
/// Points that are looked at where one has.
const MANY: u64 = 2_000;

/// A point of the search.
struct Point {
    /// The threads whose calls were made, in this order.
    order: Vec<usize>,
    /// The state then, where it could be copied.
    state: Option<Specification>,
}

/// Whether every thread may come to wait. Where the search ends early, one call that waited is enough.
pub(crate) fn may_wait(subject: &Subject, operations: &Resolved) -> bool {
    let threads = borrowed(operations);
    let (before, last) = (operations.prefix.len(), threads[0].len() - operations.suffix.len());
    let (mut tried, mut waited) = (0, false);
    let mut seen: HashSet<(Vec<usize>, u64)> = HashSet::new();
    let mut points = vec![Point { order: Vec::new(), state: Some(subject.specification()) }];
    while let Some(Point { order, state }) = points.pop() {
        let mut positions = vec![0; threads.len()];
        let again = || {
            let mut state = subject.specification();
            let mut positions = vec![0; threads.len()];
            for &thread in &order {
                state.apply(threads[thread][positions[thread]]);
                positions[thread] += 1;
            }
            state
        };
        order.iter().for_each(|thread| positions[*thread] += 1);
        let state = state.unwrap_or_else(&again);
        if let Some(number) = state.fingerprint()
            && !seen.insert((positions.clone(), number))
        {
            continue;
        }
        // The first thread is alone before the others start and after they have ended.
        let ended = (1..threads.len()).all(|thread| positions[thread] == threads[thread].len());
        let may_go = |thread: usize| match thread {
            0 => positions[0] < last || ended,
            _ => positions[0] >= before,
        };
        let has_more = |thread: &usize| positions[*thread] < threads[*thread].len() && may_go(*thread);
        let next: Vec<usize> = (0..threads.len()).filter(has_more).collect();
        let mut stuck = !next.is_empty();
        let copies = state.snapshot().is_some();
        for thread in next {
            let mut after = state.snapshot().unwrap_or_else(&again);
            if after.apply(threads[thread][positions[thread]]).0 == Outcome::BLOCKED {
                waited = true;
                continue;
            }
            stuck = false;
            let mut order = order.clone();
            order.push(thread);
            // Without a copy each point is made anew when its turn comes.
            let state = copies.then_some(after);
            points.push(Point { order, state });
        }
        if stuck {
            return true;
        }
        tried += 1;
        if tried >= if waited { MANY } else { FEW } {
            return waited;
        }
    }
    false
}
