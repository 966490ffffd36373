//! Whether the tested code goes by chance: an execution is taken again, and what differs is no race.

use super::job::{Job, Replay};
use super::session::Ended;
use super::{Outcome, free};
use crate::explore::Limit;
use crate::report::{CHANCE, Finding, Kind};
use crate::verdict::Rung;
use raceproof::explore::engine::shuttle::Policy;
use raceproof::explore::event::{Event, Outcome as EventOutcome};
use raceproof::explore::world::FailureKind;

/// How often an execution is taken again to see whether it goes the same way, in how many rounds; and how far into an
/// exploration of loom's one is looked for.
const REPEATED: usize = 4;
const ROUNDS: usize = 3;
const SAMPLED_WITHIN: u64 = 200;

/// A schedule of shuttle's, taken again and again.
pub(super) fn nondeterminism<T: Outcome>(job: &Job<T>) -> Option<Finding> {
    let (ended, notes) = job.explore_shuttle(&Policy::Random { seed: job.seed }, true, Limit::executions(1));
    let Ended::Cut = ended else { return None };
    again_and_again(job, Rung::Shuttle, &notes.met.first()?.schedule)
}

/// Two of loom's executions, taken again and again: the first, and one from the midst of those that were explored.
pub(super) fn nondeterminism_under_loom<T: Outcome>(
    job: &Job<T>,
    bound: Option<usize>,
    executions: u64,
) -> Option<Finding> {
    let midst = (executions / 2).clamp(1, SAMPLED_WITHIN);
    let sampled = if midst > 1 { vec![1, midst] } else { vec![1] };
    sampled.into_iter().find_map(|number| again_and_again(job, Rung::Loom, &job.loom_path(bound, number)?))
}

/// The same schedule, taken again: what differs is no race.
///
/// It has to differ in each of a few rounds. Code that orders its locks by their addresses may go another way once, because
/// the allocator does; what goes by chance goes another way in every round.
fn again_and_again<T: Outcome>(job: &Job<T>, rung: Rung, schedule: &[u16]) -> Option<Finding> {
    let mut details = Vec::new();
    for _ in 0..ROUNDS {
        let first = job.replay(rung, schedule);
        // One that fails is reported for what it is; one that comes to no result and does not fail has lost its way.
        if first.failed.as_ref().is_some_and(|failed| failed.failure.kind != FailureKind::Nondeterminism) {
            return None;
        }
        details = (0..REPEATED).find_map(|_| went_elsewhere(&first, &job.replay(rung, schedule)))?;
    }
    Some(free::finding(free::Material {
        kind: Kind::Uncontrolled,
        name: &job.name,
        path: &job.path,
        rung,
        found_by: format!("found by {rung}, by replaying"),
        details: CHANCE.map(str::to_owned).into_iter().chain(details).collect(),
        trace: &[],
        schedule: None,
    }))
}

/// What two executions of one schedule differ in, if they do.
fn went_elsewhere<T: Outcome>(first: &Replay<T>, again: &Replay<T>) -> Option<Vec<String>> {
    let step = difference(&first.trace, &again.trace);
    let values = first.value.as_ref().zip(again.value.as_ref()).filter(|(value, other)| value != other);
    let lost = |replay: &Replay<T>| replay.diverged || replay.failed.is_some();
    if step.is_none() && values.is_none() && !lost(first) && !lost(again) {
        return None;
    }
    let returned = values.map(|(value, other)| format!("it returned {value:?}, and then {other:?}"));
    Some(step.into_iter().chain(returned).collect())
}

/// The first event that differs.
fn difference(first: &[Event], second: &[Event]) -> Option<String> {
    // A pointer's value is another one in each execution.
    let shown = |event: &Event| match &event.outcome {
        EventOutcome::Value(value) if !value.contains("0x") => value.clone(),
        _ => String::new(),
    };
    let same = |a: &Event, b: &Event| {
        (a.thread, a.action, a.number, a.location, shown(a)) == (b.thread, b.action, b.number, b.location, shown(b))
    };
    let text = |event: Option<&Event>| {
        event.map_or("nothing more".to_owned(), |event| {
            let result = shown(event);
            let arrow = if result.is_empty() { "" } else { " -> " };
            format!("{} of {} #{} at {}{arrow}{result}", event.action, event.object.kind, event.number, event.location)
        })
    };
    let at = (0..first.len().max(second.len())).find(|at| match (first.get(*at), second.get(*at)) {
        (Some(a), Some(b)) => !same(a, b),
        _ => true,
    })?;
    Some(format!("step {}: first {}; then {}", at + 1, text(first.get(at)), text(second.get(at))))
}
