//! Three shapes of scenarios that some mistakes need, and that are seldom drawn of a type with many methods.
//!
//! *Crossing*: two threads each write and then look. If a write may still be on its way when the look is taken, both see
//! nothing, which no order explains; a barrier between the two forbids it. *Overtaken*: one thread writes twice while
//! another looks once. A look that is taken in parts may miss the first write and see the second. *Overtaken by two*: the
//! same, with the second write on a thread of its own that begins when the first has returned: where each thread writes to a
//! part of its own, one thread's two writes are never in two parts.

use super::publication::proof;
use super::{Done, Task, investigate};
use crate::explore::{self, Clock, Limit, Progress, ScenarioEnd};
use crate::report::Finding;
use crate::scenario::{Call, Scenario, alphabet};
use crate::shrink::Finder;
use crate::subject::{Outcome, Subject};
use raceproof::explore::argument::Code;

/// Scenarios of each shape that are tried, and executions of each at most.
const SCENARIOS: usize = 6;
const EXECUTIONS: u64 = 4_000;
/// Looks are taken early in few switches; what needs more of them is not what is looked for here.
const BOUND: usize = 3;
/// The same for three threads, one call each: the look is left once, and two calls come to their ends.
const BOUND_OF_THREE: usize = 2;

/// Tries them all. A violation is the mistake's if `asked` says that it had a place there.
pub(super) fn search(task: &Task, done: &mut Done, asked: impl Fn() -> bool) -> Option<Box<Finding>> {
    let subject = &task.subject;
    let calls = alphabet(subject);
    let (writes, looks): (Vec<&Call>, Vec<&Call>) =
        calls.iter().partition(|call| subject.inner.methods[call.method].exclusive);
    let sees = |write: &Call, look: &Call| proof(subject, write, look).is_some();
    // Each write with the first look that shows it.
    let pairs: Vec<(&Call, &Call)> =
        writes.iter().filter_map(|write| Some((*write, *looks.iter().find(|look| sees(write, look))?))).collect();
    let mut crossing = Vec::new();
    let mut overtaken = Vec::new();
    for (at, (write, look)) in pairs.iter().enumerate() {
        for (other, back) in &pairs[at..] {
            if crossing.len() < SCENARIOS && sees(write, back) && sees(other, look) {
                crossing.push([vec![*write, *look], vec![*other, *back]]);
            }
        }
    }
    for look in &looks {
        let seen: Vec<&Call> = writes.iter().copied().filter(|write| sees(write, look)).collect();
        for (write, other) in seen.iter().flat_map(|write| seen.iter().map(move |other| (*write, *other))) {
            if overtaken.len() < SCENARIOS && write != other {
                overtaken.push([vec![write, other], vec![*look]]);
            }
        }
    }
    let more: Vec<Call> = writes.iter().flat_map(|write| other_values(subject, write)).collect();
    let mut by_two = Vec::new();
    for look in &looks {
        let writes = writes.iter().copied().chain(&more);
        for (write, other) in writes.clone().flat_map(|write| writes.clone().map(move |other| (write, other))) {
            if by_two.len() < SCENARIOS && shows_overtaking(subject, write, other, look) {
                // Which of two threads was first is known by a clock alone: one that the program could have, too.
                by_two.push((vec![vec![write], vec![other], vec![*look]], Clock::Observed, BOUND_OF_THREE));
            }
        }
    }
    let of_two = crossing.into_iter().chain(overtaken).map(|threads| (threads.to_vec(), Clock::ProgramOrder, BOUND));
    for (threads, clock, bound) in of_two.chain(by_two) {
        if task.far_too_late() {
            break;
        }
        let threads = threads.into_iter().map(|calls| calls.into_iter().cloned().collect()).collect();
        let scenario = Scenario { prefix: vec![], threads, suffix: vec![] };
        let bound = Some(bound);
        let explored = explore::loom(subject, &scenario, clock, bound, Limit::executions(EXECUTIONS));
        done.count(&explored);
        if matches!(explored.end, ScenarioEnd::Violation(_)) && asked() {
            return Some(Box::new(investigate(task, scenario, Finder::Loom(clock, bound), explored, false)));
        }
        done.scenarios += 1;
        explore::progress(Progress::explored);
    }
    None
}

/// The same call with other values of its last argument: additions of 1 alone come to every sum there is.
fn other_values(subject: &Subject, call: &Call) -> Vec<Call> {
    let Some(last) = call.codes.len().checked_sub(1) else { return Vec::new() };
    if subject.inner.methods[call.method].thread.contains(&last) {
        return Vec::new();
    }
    let with = |seed| {
        let mut call = call.clone();
        call.codes[last] = Code { seed, simplify: 0 };
        call
    };
    [2, 3].map(with).to_vec()
}

/// Whether a look that sees the second write without the first has a result that no order of the three calls explains.
fn shows_overtaking(subject: &Subject, write: &Call, other: &Call, look: &Call) -> bool {
    let after = |calls: &[&Call]| {
        let mut state = subject.specification();
        let outcomes =
            calls.iter().chain([&look]).map(|call| state.apply(&*subject.operation(call.method, &call.codes)).0);
        let outcomes: Vec<Outcome> = outcomes.collect();
        let plain = outcomes.iter().all(|outcome| !outcome.panicked() && *outcome != Outcome::BLOCKED);
        plain.then(|| outcomes.into_iter().next_back()).flatten()
    };
    let Some(overtaken) = after(&[other]) else { return false };
    let explained = [after(&[]), after(&[write]), after(&[write, other])];
    explained.iter().all(|outcome| outcome.as_ref().is_some_and(|outcome| *outcome != overtaken))
}
