//! The suite against types that are broken on purpose: the kit's own mutant of any type, and the mistakes that the type's
//! strategy makes on request.
//!
//! Each goes up the ladder, cheapest rung first, as far as the floors go, until something finds it.

use super::publication::{self, Published, proof};
use super::team::{Came, Team};
use super::{Done, Task, crossing, investigate, larger, sequential, stuck_verdict};
use crate::explore::{self, Clock, Limit, Progress, ScenarioEnd};
use crate::mutant::Mutant;
use crate::report::{Finding, Kind};
use crate::scenario::{Call, Draw, Scenario, Small, alphabet};
use crate::shrink::{Finder, policies};
use crate::subject::Subject;
use crate::verdict::{Fate, MutantReport, Rung, Verdict};
use raceproof::explore::Mutation;
use raceproof::explore::mutation;
use raceproof::explore::native::Arc;
use raceproof::explore::subject::Consistency;
use raceproof::explore::world::FailureKind;
use std::ops::ControlFlow;

/// Executions of one scenario: a lost update shows within a few.
const EXECUTIONS: u64 = 1_000;
/// Small scenarios that are tried whatever the time.
const FLOOR: u64 = 48;
/// After so many of them, and before the others, those that are aimed at this very mistake.
const FEW: u64 = 8;
/// Sequences on one thread, for a mistake that needs no second one.
const SEQUENCES: u64 = 64;

/// Why a barrier that is left out may make no difference.
const NOBODY_LOOKS_IN_ORDER: &str = "the barrier orders what a thread has written before what it then looks at; every method \
     that sees what others have written declares quiescent consistency, which promises no such order";

pub(super) fn rung(task: &Task, progress: &Arc<Progress>) -> Done {
    let mut done = Done::new("the floors of loom and shuttle");
    let declared = task.subject.mutations().iter().map(|mutation| Mutant::Strategy(*mutation));
    let mutants: Vec<Mutant> = std::iter::once(Mutant::LostUpdate).chain(declared).collect();
    let inside = task.clone();
    // Each on an OS thread of its own: what a mutant does may leave its engine, and with it the OS thread, of no more use.
    let team = Team::new(&task.options, mutants.into_iter(), move |mutant| hunt(&inside, *mutant)).one_each(progress);
    team.run(|mutant, came| {
        let (fate, part) = match came {
            Came::Done { result, .. } => result,
            Came::Stuck(stuck, progress) => {
                let broken = broken(task, *mutant);
                let fate = match stuck_verdict(&broken, stuck, &progress) {
                    Verdict::Violation(finding) if finding.kind != Kind::Refused => {
                        Fate::Killed(finding.rung(), finding)
                    }
                    Verdict::Violation(finding) => Fate::Survived(finding.headline()),
                    Verdict::Unknown(why) | Verdict::Bounded(why) => Fate::Survived(why),
                    Verdict::Exhausted => unreachable!("a rung that is stuck has exhausted nothing"),
                };
                (fate, Done::new(""))
            }
        };
        done.scenarios += part.scenarios;
        done.executions += part.executions;
        done.histories += part.histories;
        done.mutants.push(MutantReport { name: mutant.name(), fate });
        ControlFlow::<()>::Continue(())
    });
    done.verdict = verdict(&done.mutants);
    done
}

fn broken(task: &Task, mutant: Mutant) -> Task {
    Task { subject: task.subject.with(Some(mutant)), ..task.clone() }
}

fn hunt(task: &Task, mutant: Mutant) -> (Fate, Done) {
    let task = broken(task, mutant);
    let mut done = Done::new("");
    let fate = match (task.subject.trial(), mutant) {
        (Some(why), _) => Fate::Survived(why),
        (None, Mutant::LostUpdate) => lost_update(&task, &mut done),
        (None, Mutant::Strategy(mistake)) => made(&task, mistake, &mut done),
    };
    (fate, done)
}

/// A mutant that survives is news, not a failure of the type: the summary and the output say so.
fn verdict(mutants: &[MutantReport]) -> Verdict {
    let mut survived = Vec::new();
    let mut alike = Vec::new();
    for mutant in mutants {
        match &mutant.fate {
            Fate::Killed(..) => {}
            Fate::Indistinguishable(why) => alike.push(format!("{} cannot be told apart: {why}", mutant.name)),
            Fate::Unreached(why) => alike.push(format!("{} was never reached: {why}", mutant.name)),
            Fate::Survived(why) => survived.push(format!("the mutant {} SURVIVED: {why}", mutant.name)),
        }
    }
    if survived.is_empty() && alike.is_empty() {
        return Verdict::Exhausted;
    }
    survived.append(&mut alike);
    Verdict::Bounded(survived.join("; "))
}

/// What counts as having found a mistake of the strategy's: whatever a user would be shown, and no limit of an engine's.
fn caught(end: &ScenarioEnd, engine: Rung) -> bool {
    match end {
        ScenarioEnd::Violation(_) => true,
        ScenarioEnd::Failed(failure, _) => match failure.kind {
            FailureKind::Refused | FailureKind::Nondeterminism => false,
            // loom may show a spinning thread the same old value for ever, which no machine does.
            FailureKind::StepBound => engine != Rung::Loom,
            _ => true,
        },
        _ => false,
    }
}

/// A mistake of the strategy's own: one thread, then small scenarios, then larger ones.
///
/// What is found counts only where the mistake had a place to be made in: a mutant in which it had none is the original,
/// and what the original does wrong is for the other rungs to say.
fn made(task: &Task, mistake: Mutation, done: &mut Done) -> Fate {
    mutation::take_asked();
    if let Some(finding) = sequential::search(task, SEQUENCES) {
        return judged(mutation::take_asked(), Rung::Sequential, Box::new(finding));
    }
    let mut reached = mutation::take_asked();
    let mut all = true;
    let mut tried = 0;
    // Without a clock first: it takes the fewest executions. What is only too old is found with one.
    for (clock, floor) in [(Clock::ProgramOrder, FLOOR), (Clock::Observed, FLOOR / 4)] {
        for (number, scenario) in Small::new(&task.subject, &task.options, task.seed).enumerate() {
            if number as u64 >= floor && task.late() || task.far_too_late() {
                all = false;
                break;
            }
            if tried == FEW {
                if let Some(fate) = aimed(task, mistake, done) {
                    return fate;
                }
                reached |= mutation::take_asked();
                if reached && mistake == Mutation::BarrierLeftOut && !anybody_looks_in_order(&task.subject) {
                    return Fate::Indistinguishable(NOBODY_LOOKS_IN_ORDER.to_owned());
                }
            }
            tried += 1;
            let explored = explore::loom(&task.subject, &scenario, clock, None, Limit::executions(EXECUTIONS));
            done.count(&explored);
            all &= explored.says_all();
            let asked = mutation::take_asked();
            reached |= asked;
            if caught(&explored.end, Rung::Loom) {
                let finding = investigate(task, scenario, Finder::Loom(clock, None), explored, false);
                return judged(asked, Rung::Loom, Box::new(finding));
            }
            done.scenarios += 1;
            explore::progress(Progress::explored);
        }
    }
    let (asked, found) = in_larger_scenarios(task, done);
    reached |= asked;
    if let Some(finding) = found {
        return judged(asked, Rung::Shuttle, finding);
    }
    if !reached {
        return Fate::Unreached(format!(
            "in {SEQUENCES} sequences, {tried} explorations of small scenarios and {} random ones no call came to where it \
             would be made",
            larger::FLOOR
        ));
    }
    if tried <= FEW
        && let Some(fate) = aimed(task, mistake, done)
    {
        return fate;
    }
    mutation::take_asked();
    let pairs = match publication::search(task, done) {
        Published::Not(finding) => return judged(mutation::take_asked(), Rung::Loom, finding),
        Published::InAll(pairs) => pairs,
    };
    if all {
        return Fate::Indistinguishable(format!(
            "{tried} explorations of small scenarios, each to its end, give results that some order explains, and {pairs} \
             pairs of calls hand over what was written before: no call of this type's shows the difference"
        ));
    }
    Fate::Survived(format!(
        "{SEQUENCES} sequences, {tried} explorations of small scenarios and {} random ones did not show it; raise \
         RACEPROOF_BUDGET",
        larger::FLOOR
    ))
}

/// The scenarios that some mistakes need, and that are seldom drawn.
fn aimed(task: &Task, mistake: Mutation, done: &mut Done) -> Option<Fate> {
    match mistake {
        Mutation::OrderingsRelaxed => match publication::search(task, done) {
            Published::Not(finding) => Some(judged(mutation::take_asked(), Rung::Loom, finding)),
            Published::InAll(_) => None,
        },
        Mutation::BarrierLeftOut | Mutation::ShardsOneAtATime => {
            crossing::search(task, done, mutation::take_asked).map(|finding| Fate::Killed(Rung::Loom, finding))
        }
        _ => None,
    }
}

/// Whether a method that sees what others have written promises that it comes after what its own thread did before.
fn anybody_looks_in_order(subject: &Subject) -> bool {
    let method = |call: &Call| &subject.inner.methods[call.method];
    let calls = alphabet(subject);
    let in_order = |call: &&Call| method(call).consistency != Consistency::Quiescent;
    let looked_at = |write: &Call| calls.iter().filter(in_order).any(|look| proof(subject, write, look).is_some());
    calls.iter().filter(|call| method(call).exclusive).any(looked_at)
}

/// What a finding says of a mistake that was, or was not, `asked` for where it was found.
fn judged(asked: bool, rung: Rung, finding: Box<Finding>) -> Fate {
    if asked {
        return Fate::Killed(rung, finding);
    }
    Fate::Survived(format!("the type fails by itself, where the mistake has no place: {}", finding.headline()))
}

fn lost_update(task: &Task, done: &mut Done) -> Fate {
    let exclusive: Vec<bool> = task.subject.inner.methods.iter().map(|info| info.exclusive).collect();
    let writes = |scenario: &Scenario| {
        scenario.threads.iter().filter(|calls| calls.iter().any(|call| exclusive[call.method])).count()
    };
    // Two threads must write for an update to be lost. Where no method takes `&mut self`, a `&self` method that goes
    // through a lock inside the state may write as well: then any scenario will do.
    let needed = if exclusive.contains(&true) { 2 } else { 0 };
    let small = Small::new(&task.subject, &task.options, task.seed);
    let mut all = true;
    let mut tried = 0;
    for scenario in small.filter(|scenario| writes(scenario) >= needed) {
        if tried >= FLOOR && task.late() || task.far_too_late() {
            all = false;
            break;
        }
        tried += 1;
        let clock = Clock::ProgramOrder;
        let explored = explore::loom(&task.subject, &scenario, clock, None, Limit::executions(EXECUTIONS));
        done.count(&explored);
        all &= explored.says_all();
        if let ScenarioEnd::Violation(_) = explored.end {
            let finding = investigate(task, scenario, Finder::Loom(clock, None), explored, false);
            return Fate::Killed(Rung::Loom, Box::new(finding));
        }
        done.scenarios += 1;
        explore::progress(Progress::explored);
    }
    if tried == 0 {
        return Fate::Indistinguishable("no two operations write, so no update can be lost".to_owned());
    }
    if let (_, Some(finding)) = in_larger_scenarios(task, done) {
        return Fate::Killed(Rung::Shuttle, finding);
    }
    if all {
        return Fate::Indistinguishable(format!(
            "every interleaving of all {tried} small scenarios in which two threads write gives results that some order \
             explains: the operations overwrite each other, or nobody can see the difference"
        ));
    }
    Fate::Survived(format!(
        "{tried} small scenarios and {} random ones did not show it; raise RACEPROOF_BUDGET",
        larger::FLOOR
    ))
}

/// What only longer runs show, and whether the mistake was asked for there.
fn in_larger_scenarios(task: &Task, done: &mut Done) -> (bool, Option<Box<Finding>>) {
    let mut reached = false;
    let mut scenarios = Draw::new(&task.subject, &task.options, task.seed);
    for number in 0..larger::FLOOR {
        if task.far_too_late() {
            break;
        }
        let scenario = scenarios.scenario();
        let seed = task.seed.wrapping_add(number);
        let policies = policies(seed);
        let policy = &policies[(number % policies.len() as u64) as usize];
        let explored = explore::shuttle(&task.subject, &scenario, policy, Limit::executions(60));
        done.count(&explored);
        if caught(&explored.end, Rung::Shuttle) {
            let asked = mutation::take_asked();
            let finding = investigate(task, scenario, Finder::Shuttle(seed), explored, false);
            return (asked, Some(Box::new(finding)));
        }
        reached |= mutation::take_asked();
    }
    (reached, None)
}
