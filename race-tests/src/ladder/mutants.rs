//! The suite against a type that is broken on purpose.

use super::{Done, Task, investigate, larger};
use crate::explore::{self, Clock, Limit, ScenarioEnd};
use crate::scenario::{Draw, Scenario, Small};
use crate::shrink::{Finder, policies};
use crate::verdict::{Fate, MutantReport, Rung, Verdict};
use raceproof::explore::native::atomic::Ordering::Relaxed;

/// Executions of one scenario: a lost update shows within a few.
const EXECUTIONS: u64 = 1_000;
/// Small scenarios that are tried whatever the time.
const FLOOR: u64 = 48;

pub(super) fn rung(task: &Task) -> Done {
    let mut done = Done::new("the floors of loom and shuttle");
    let mutant = Task { subject: task.subject.lost_update(), ..task.clone() };
    let fate = lost_update(&mutant, &mut done);
    // A mutant that survives is news, not a failure of the type: the summary and the output say so.
    done.verdict = match &fate {
        Fate::Killed(..) => Verdict::Exhausted,
        Fate::Indistinguishable(why) => Verdict::Bounded(format!("cannot be told apart: {why}")),
        Fate::Survived(why) => Verdict::Bounded(format!("the mutant SURVIVED: {why}")),
    };
    done.mutants.push(MutantReport { name: "lost_update", fate });
    done
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
        all &= matches!(explored.end, ScenarioEnd::Exhausted);
        if let ScenarioEnd::Violation(_) = explored.end {
            let finding = investigate(task, scenario, Finder::Loom(clock, None), explored);
            return Fate::Killed(Rung::Loom, Box::new(finding));
        }
        done.scenarios += 1;
        explore::progress(|progress| progress.scenarios.fetch_add(1, Relaxed));
    }
    if tried == 0 {
        return Fate::Indistinguishable("no two operations write, so no update can be lost".to_owned());
    }
    if let Some(fate) = in_larger_scenarios(task, done) {
        return fate;
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

/// Updates that only longer runs show.
fn in_larger_scenarios(task: &Task, done: &mut Done) -> Option<Fate> {
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
        if let ScenarioEnd::Violation(_) = explored.end {
            let finding = investigate(task, scenario, Finder::Shuttle(seed), explored);
            return Some(Fate::Killed(Rung::Shuttle, Box::new(finding)));
        }
    }
    None
}
