//! Two shapes of scenarios that some mistakes need, and that are seldom drawn of a type with many methods.
//!
//! *Crossing*: two threads each write and then look. If a write may still be on its way when the look is taken, both see
//! nothing, which no order explains; a barrier between the two forbids it. *Overtaken*: one thread writes twice while
//! another looks once. A look that is taken in parts may miss the first write and see the second.

use super::publication::proof;
use super::{Done, Task, investigate};
use crate::explore::{self, Clock, Limit, Progress, ScenarioEnd};
use crate::report::Finding;
use crate::scenario::{Call, Scenario, alphabet};
use crate::shrink::Finder;

/// Scenarios of each shape that are tried, and executions of each at most.
const SCENARIOS: usize = 6;
const EXECUTIONS: u64 = 4_000;
/// Looks are taken early in few switches; what needs more of them is not what is looked for here.
const BOUND: usize = 3;

/// Tries both. A violation is the mistake's if `asked` says that it had a place there.
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
    for threads in crossing.into_iter().chain(overtaken) {
        if task.far_too_late() {
            break;
        }
        let threads = threads.into_iter().map(|calls| calls.into_iter().cloned().collect()).collect();
        let scenario = Scenario { prefix: vec![], threads, suffix: vec![] };
        let (clock, bound) = (Clock::ProgramOrder, Some(BOUND));
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
