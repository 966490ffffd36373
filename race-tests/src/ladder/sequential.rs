//! One thread: the strategy against the plain struct, and the plain struct against itself.

use super::{Done, Task, investigate};
use crate::explore::{self, Evidence, Limit, Progress, ScenarioEnd};
use crate::history::{Entry, History, PENDING};
use crate::report::{Finding, Kind, Material};
use crate::scenario::{Call, Draw, Scenario};
use crate::shrink::Finder;
use crate::subject::{Outcome, Subject};
use crate::token::Engine;
use crate::verdict::Verdict;
use raceproof::explore::engine::shuttle::Policy;
use raceproof::explore::mutation;
use raceproof::explore::world::{self, Failure};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Sequences that are run whatever the time, and operations of each at most.
const FLOOR: u64 = 128;
const LONGEST: usize = 24;

pub(super) fn rung(task: &Task) -> Done {
    let mut draw = Draw::new(&task.subject, &task.options, task.seed.wrapping_add(2 << 32));
    let mut done = Done::new(format!("sequences of up to {LONGEST} operations"));
    while done.scenarios < FLOOR || !task.late() {
        if task.far_too_late() && done.scenarios < FLOOR {
            done.verdict = task.floor_missed(&format!("{} of {FLOOR} sequences", done.scenarios));
            return done;
        }
        world::beat();
        let calls = draw.sequence(LONGEST);
        if has_threads(&task.subject, &calls) {
            return with_threads(task, calls, draw);
        }
        if let Some(difference) = compare(&task.subject, &calls) {
            let (calls, difference) = shrink(&task.subject, calls, difference);
            done.verdict = Verdict::Violation(Box::new(finding(&task.subject, calls, &difference)));
            return done;
        }
        done.scenarios += 1;
        done.executions += 1;
        done.histories += 1;
        explore::progress(Progress::explored);
    }
    done.verdict = Verdict::Bounded("random sequences".to_owned());
    done
}

/// Whether the object starts threads that wait for their work: then it cannot be tried alone. Asked of every sequence:
/// an object may start them late.
fn has_threads(subject: &Subject, calls: &[Call]) -> bool {
    if !subject.inner.by_hand {
        return false;
    }
    let scenario = Scenario { prefix: calls.to_vec(), ..Scenario::default() };
    let operations = scenario.resolve(subject);
    let id = world::fresh_id();
    let run = || {
        let solo = world::Solo::new();
        world::alone(&solo, id, || {
            let object = subject.build();
            // An operation that would wait is judged elsewhere; here it is the end.
            for operation in &operations.prefix {
                if operation.call(&*object) == Outcome::BLOCKED {
                    break;
                }
            }
        })
    };
    let result = world::quietly(|| catch_unwind(AssertUnwindSafe(run)));
    let refused =
        result.is_err_and(|payload| Failure::from_payload(&*payload).message.starts_with(world::THREAD_WAITS));
    if refused {
        world::take_refusal();
    }
    refused
}

/// The same for a type with threads of its own: shuttle runs them, one schedule a sequence, and the checker compares.
fn with_threads(task: &Task, first: Vec<Call>, mut draw: Draw) -> Done {
    let mut done =
        Done::new(format!("sequences of up to {LONGEST} operations, a schedule each: it has threads of its own"));
    let mut calls = first;
    while done.scenarios < FLOOR || !task.late() {
        if task.far_too_late() && done.scenarios < FLOOR {
            done.verdict = task.floor_missed(&format!("{} of {FLOOR} sequences", done.scenarios));
            return done;
        }
        let scenario = Scenario { prefix: calls, ..Scenario::default() };
        let seed = task.seed.wrapping_add(done.scenarios);
        let explored = explore::shuttle(&task.subject, &scenario, &Policy::Random { seed }, Limit::executions(1));
        done.count(&explored);
        match explored.end {
            ScenarioEnd::Violation(_) | ScenarioEnd::Failed(..) => {
                let finding = investigate(task, scenario, Finder::Shuttle(seed), explored, false);
                done.verdict = Verdict::Violation(Box::new(finding));
                return done;
            }
            ScenarioEnd::Undecided => {
                done.verdict = Verdict::Unknown("the checker gave up on a sequence".to_owned());
                return done;
            }
            _ => {}
        }
        done.scenarios += 1;
        explore::progress(Progress::explored);
        calls = draw.sequence(LONGEST);
    }
    done.verdict = Verdict::Bounded("random sequences, a schedule each".to_owned());
    done
}

/// So many random sequences, and what the first of them that shows a difference comes to.
pub(super) fn search(task: &Task, sequences: u64) -> Option<Finding> {
    let mut draw = Draw::new(&task.subject, &task.options, task.seed.wrapping_add(2 << 32));
    (0..sequences).find_map(|_| {
        world::beat();
        let calls = draw.sequence(LONGEST);
        let difference = compare(&task.subject, &calls)?;
        let (calls, difference) = shrink(&task.subject, calls, difference);
        Some(finding(&task.subject, calls, &difference))
    })
}

/// Where a sequence shows a difference.
#[derive(Clone, Debug)]
pub(super) struct Difference {
    kind: Kind,
    history: History,
    expected: String,
    seen: String,
    call: String,
}

/// Runs a sequence on the type and on two fresh specifications, and says where they part.
pub(super) fn compare(subject: &Subject, calls: &[Call]) -> Option<Difference> {
    let scenario = Scenario { prefix: calls.to_vec(), ..Scenario::default() };
    let operations = scenario.resolve(subject);
    let id = world::fresh_id();
    let mistake = subject.mistake();
    // Dropped last, as a thread outlives what it uses.
    let solo = world::Solo::new();
    let object = mutation::within(mistake, || world::alone(&solo, id, || subject.build()));
    let mut specification = subject.specification();
    let mut twin = subject.specification();
    let mut history = History { threads: vec![Vec::new()] };
    let mut difference = None;
    for (at, operation) in operations.prefix.iter().enumerate() {
        let seen = mutation::within(mistake, || world::alone(&solo, id, || operation.call(&*object)));
        let waited = operation.why_blocked();
        let returned = (seen != Outcome::BLOCKED).then_some(seen);
        let (expected, _) = specification.step(&**operation, returned);
        let (again, _) = twin.step(&**operation, returned);
        if seen == Outcome::BLOCKED && expected == Outcome::BLOCKED {
            // Alone it would wait. That is its right, unless it waits for itself; what comes after cannot be compared.
            let forever = waited.filter(|blocked| blocked.forever);
            if let Some(blocked) = forever {
                history.threads[0].push(Entry { start: at as u32, end: PENDING, outcome: None, hint: at as u32 });
                difference = Some((Kind::Deadlock, blocked.message, String::new(), operation.text().to_owned()));
            }
            break;
        }
        let time = at as u32;
        history.threads[0].push(Entry { start: time, end: time, outcome: Some(seen), hint: time });
        if seen != expected || again != expected {
            let kind = if again == expected { Kind::Differs } else { Kind::Nondeterministic };
            let seen = if again == expected { seen } else { again };
            difference = Some((kind, operation.show(expected), operation.show(seen), operation.text().to_owned()));
            break;
        }
    }
    if difference.is_none()
        && let Some((name, holds)) = subject.inner.invariant
        && let Some(failure) = world::alone(&solo, id, || explore::broken(name, || holds(&*object)))
    {
        difference = Some((Kind::Invariant, failure.message, String::new(), String::new()));
    }
    mutation::within(mistake, || world::alone(&solo, id, || drop(object)));
    difference.map(|(kind, expected, seen, call)| Difference { kind, history, expected, seen, call })
}

fn shrink(subject: &Subject, mut calls: Vec<Call>, mut difference: Difference) -> (Vec<Call>, Difference) {
    calls.truncate(difference.history.threads[0].len());
    let mut at = 0;
    while at < calls.len() {
        let mut fewer = calls.clone();
        fewer.remove(at);
        match compare(subject, &fewer) {
            Some(found) if found.kind == difference.kind => {
                fewer.truncate(found.history.threads[0].len());
                (calls, difference) = (fewer, found);
                at = 0;
            }
            _ => at += 1,
        }
    }
    (calls, difference)
}

pub(super) fn finding(subject: &Subject, calls: Vec<Call>, difference: &Difference) -> Finding {
    let scenario = Scenario { prefix: calls, ..Scenario::default() };
    let evidence = Evidence { history: difference.history.clone(), execution: 1, ..Evidence::default() };
    let material = Material {
        subject,
        scenario: &scenario,
        engine: Engine::Sequential,
        evidence: &evidence,
        schedule: None,
        bound: None,
        replays: true,
    };
    let Difference { expected, seen, call, .. } = difference;
    let details = match difference.kind {
        Kind::Deadlock => vec![format!("{call} waits for itself: {expected}")],
        Kind::Differs => vec![format!("{call} returned {seen}; the {} returns {expected}", subject.model())],
        Kind::Invariant => vec![expected.clone()],
        _ => vec![
            format!("{call} returned {expected} on one fresh struct and {seen} on another, after the same calls"),
            "a HashMap's order, a clock or a random number does this: sort, or leave it out of the result".to_owned(),
        ],
    };
    Finding::plain(difference.kind, &material, details)
}
