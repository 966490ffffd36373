//! Larger scenarios, drawn at random, under a rotation of policies.

use super::pace::{Pace, Plan, SCHEDULES};
use super::team::{Came, Team};
use super::{Done, Task, investigate, stuck_verdict};
use crate::explore::{self, Explored, Limit, Progress, ScenarioEnd};
use crate::options::HARD_CAP;
use crate::scenario::{Draw, Scenario};
use crate::shrink::{Finder, policies};
use crate::verdict::Verdict;
use raceproof::explore::native::Arc;
use raceproof::explore::world;
use std::ops::ControlFlow;
use std::time::Instant;

/// Scenarios that are explored whatever the time.
pub(super) const FLOOR: u64 = 20;
/// Scenarios that may wait by right and are passed over, at most, where that cannot be allowed.
const MOST_PASSED_OVER: u64 = 200;
/// Schedules of each that are looked at event by event.
const OBSERVED: u64 = 4;

pub(super) fn rung(task: &Task) -> Done {
    let sampling = Sampling {
        floor: FLOOR,
        seed: task.seed,
        bounds: format!("{SCHEDULES} schedules a scenario"),
        what: "chosen schedules of random scenarios",
    };
    let mut tally = Tally::default();
    let mut done = Done::new(sampling.bounds.clone());
    let mut draw = Draw::new(&task.subject, &task.options, sampling.seed);
    let (began, deadline) = (task.began, task.deadline);
    let pace = Arc::new(Pace::new(deadline.saturating_duration_since(began)));
    let asked = Arc::clone(&pace);
    let in_time = move |number: u64| {
        if number < FLOOR { began.elapsed() < HARD_CAP } else { Instant::now() < deadline }
    };
    let drawn = (0..).take_while(move |number| in_time(*number)).map(move |number| {
        let plan = asked.plan(number, FLOOR);
        draw.grow(plan.operations, plan.threads);
        (number, plan, draw.scenario())
    });
    let inside = task.clone();
    let team = Team::new(&task.options, drawn, move |(number, plan, scenario)| {
        let explored = sample(&inside, scenario, *number, plan.schedules);
        pace.ran(explored.executions);
        (explored, scenario.resolve(&inside.subject))
    });
    let mut largest = Plan::FLOOR;
    let settled = team.run(|(number, plan, scenario), came| {
        largest.schedules = largest.schedules.max(plan.schedules);
        largest.operations = largest.operations.max(scenario.threads.iter().map(Vec::len).max().unwrap_or(0));
        largest.threads = largest.threads.max(scenario.threads.len());
        let verdict = match came {
            Came::Stuck(stuck, progress) => Some(stuck_verdict(task, stuck, &progress)),
            Came::Done { result: (explored, _calls), tainted, .. } => {
                let finder = Finder::Shuttle(task.seed.wrapping_add(*number));
                if plan.has_grown() && matches!(explored.end, ScenarioEnd::Undecided) {
                    // It was made too large for the checker; the ones that everybody gets say whether the type is.
                    tally.too_large += 1;
                    return ControlFlow::Continue(());
                }
                tally.judge(task, scenario, finder, explored, tainted, &mut done)
            }
        };
        verdict.map_or(ControlFlow::Continue(()), ControlFlow::Break)
    });
    done.verdict = match settled {
        Some(verdict) => verdict,
        None if done.scenarios < FLOOR => task.floor_missed(&format!("{} of {FLOOR} scenarios", done.scenarios)),
        None => sampling.verdict(&tally, done.scenarios),
    };
    if largest.has_grown() {
        let Plan { schedules, operations, threads } = largest;
        done.bounds += &format!(
            "; up to {schedules} of scenarios with up to {threads} threads and {operations} operations a thread where there \
             was time for that, {} scenarios too large for the checker",
            tally.too_large
        );
    }
    done
}

fn sample(task: &Task, scenario: &Scenario, number: u64, schedules: u64) -> Explored {
    let policies = policies(task.seed.wrapping_add(number));
    let policy = &policies[(number % policies.len() as u64) as usize];
    let mut warnings = Vec::new();
    if number < FLOOR {
        // What shows in the events alone shows in the first few scenarios too.
        let explored = explore::shuttle_observed(&task.subject, scenario, policy, Limit::executions(OBSERVED));
        if !matches!(explored.end, ScenarioEnd::Cut) || world::tainted() {
            return explored;
        }
        warnings = explored.warnings;
    }
    let mut explored = explore::shuttle(&task.subject, scenario, policy, Limit::executions(schedules));
    explored.warnings.extend(warnings);
    explored
}

/// A rung that samples random scenarios: it can give no more than a bound.
pub(super) struct Sampling {
    /// Scenarios that are explored whatever the time.
    pub(super) floor: u64,
    /// Where the scenarios start.
    pub(super) seed: u64,
    pub(super) bounds: String,
    /// What a verdict of this rung speaks of.
    pub(super) what: &'static str,
}

/// One scenario's turn.
pub(super) enum Sample {
    Explored(Explored, Finder),
    /// Every thread may wait in it by right, and nobody could end that: another one, please.
    PassedOver,
    /// This type cannot be judged here, and why.
    NotJudged(&'static str),
}

/// What the scenarios of such a rung came to.
#[derive(Default)]
struct Tally {
    undecided: u64,
    waits: u64,
    /// Of those that grew with the pace: undecided.
    too_large: u64,
}

impl Tally {
    /// Counts what came of one scenario. Returns the rung's verdict if that is settled now.
    fn judge(
        &mut self,
        task: &Task,
        scenario: &Scenario,
        finder: Finder,
        explored: Explored,
        tainted: bool,
        done: &mut Done,
    ) -> Option<Verdict> {
        done.count(&explored);
        match explored.end {
            ScenarioEnd::Exhausted | ScenarioEnd::Cut | ScenarioEnd::TooManyThreads => {}
            ScenarioEnd::Waits => self.waits += 1,
            ScenarioEnd::Undecided => self.undecided += 1,
            ScenarioEnd::Violation(_) | ScenarioEnd::Failed(..) => {
                let finding = investigate(task, scenario.clone(), finder, explored, tainted);
                return Some(Verdict::Violation(Box::new(finding)));
            }
        }
        done.scenarios += 1;
        explore::progress(Progress::explored);
        None
    }
}

impl Sampling {
    /// One scenario after the other, for a rung that has a use for all cores itself.
    pub(super) fn run(self, task: &Task, explore: impl Fn(&Scenario, u64) -> Sample) -> Done {
        let mut scenarios = Draw::new(&task.subject, &task.options, self.seed);
        let mut done = Done::new(self.bounds.clone());
        let (mut tally, mut passed_over) = (Tally::default(), 0);
        while done.scenarios < self.floor || !task.late() {
            if task.far_too_late() && done.scenarios < self.floor {
                done.verdict = task.floor_missed(&format!("{} of {} scenarios", done.scenarios, self.floor));
                return done;
            }
            let scenario = scenarios.scenario();
            let (explored, finder) = match explore(&scenario, done.scenarios) {
                Sample::Explored(explored, finder) => (explored, finder),
                Sample::PassedOver => {
                    passed_over += 1;
                    if passed_over > MOST_PASSED_OVER {
                        done.verdict = Verdict::Bounded(format!(
                            "{} scenarios; nearly all others may wait in every thread, as the specification says they must",
                            done.scenarios
                        ));
                        return done;
                    }
                    continue;
                }
                Sample::NotJudged(why) => {
                    done.verdict = Verdict::Bounded(why.to_owned());
                    return done;
                }
            };
            if let Some(verdict) = tally.judge(task, &scenario, finder, explored, false, &mut done) {
                done.verdict = verdict;
                return done;
            }
        }
        done.verdict = self.verdict(&tally, done.scenarios);
        done
    }

    fn verdict(&self, tally: &Tally, scenarios: u64) -> Verdict {
        let Tally { undecided, waits, .. } = *tally;
        if undecided * 2 > scenarios {
            Verdict::Unknown(format!(
                "the checker gave up on {undecided} of {scenarios} scenarios: too many orders to try"
            ))
        } else if waits > 0 {
            let waits = format!("{waits} scenarios wait in every thread, as the specification says they must");
            Verdict::Bounded(format!("{}; {waits}", self.what))
        } else if undecided > 0 {
            Verdict::Bounded(format!("{}, {undecided} of them undecided", self.what))
        } else {
            Verdict::Bounded(self.what.to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ladder::{Replayed, conclude, replay_token};
    use crate::options::Options;
    use crate::report::Finding;
    use crate::scenario::{MOST_THREADS, THREADS};
    use crate::shrink::{Shrunk, Way};
    use crate::subject;
    use crate::subject::Subject;
    use crate::token::Token;
    use raceproof::explore::engine::supervise;
    use raceproof::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::time::Duration;

    /// Something for each thread.
    #[derive(Default)]
    struct Turns(AtomicUsize);

    #[raceproof::concurrent(spec = Taken, tests = off)]
    impl Turns {
        #[allow(unreachable_pub, reason = "the attribute looks at `pub` methods")]
        pub fn take(&self, #[thread] thread: usize) {
            // SeqCst: what is looked at has nothing to do with orderings.
            self.0.store(thread, SeqCst);
        }
    }

    /// What it should do.
    #[derive(Clone, Default, Hash)]
    struct Taken;

    impl Taken {
        fn take(&mut self, _thread: usize) {}
    }

    /// Room for so many visitors at once. It should turn nobody away.
    struct Room {
        seats: usize,
        inside: AtomicUsize,
    }

    impl Room {
        fn with(seats: usize) -> Self {
            Self { seats, inside: AtomicUsize::new(0) }
        }
    }

    /// What it should do.
    #[derive(Clone, Default, Hash)]
    struct Open;

    impl Open {
        fn visit(&mut self) -> bool {
            true
        }
    }

    #[raceproof::concurrent(spec = Open, tests = off)]
    impl Room {
        #[allow(unreachable_pub, reason = "the attribute looks at `pub` methods")]
        pub fn visit(&self) -> bool {
            // SeqCst: what is wrong with it has nothing to do with orderings.
            let welcome = self.inside.fetch_add(1, SeqCst) < self.seats;
            // SeqCst: as above.
            self.inside.fetch_sub(1, SeqCst);
            welcome
        }
    }

    /// What scenarios of up to so many threads come to, and which of so many it was.
    fn hunt(subject: Subject, threads: usize, scenarios: u64) -> Option<(u64, Finding)> {
        let began = Instant::now();
        let task = Task { subject, options: Options::default(), seed: 0x5eed, began, deadline: began };
        let found = supervise(Duration::from_secs(10), move || {
            let mut draw = Draw::new(&task.subject, &task.options, task.seed);
            draw.grow(Plan::FLOOR.operations, threads);
            (1..=scenarios).find_map(|number| {
                let scenario = draw.scenario();
                let explored = sample(&task, &scenario, FLOOR + number, 100);
                let found = matches!(explored.end, ScenarioEnd::Violation(_));
                let shown = Shrunk { scenario, finder: Finder::Shuttle(task.seed), explored, cut: None };
                found.then(|| (number, conclude(&task.subject, &shown, Way::Violation)))
            })
        });
        found.unwrap_or_else(|stuck| panic!("{stuck:?}"))
    }

    // Six visitors at once, where there is room for five: more threads than a scenario has at first, and than loom has.
    #[test]
    fn more_threads_find_what_needs_them() {
        let crowded = subject!(Room = Room::with(5));
        let (number, finding) =
            hunt(crowded.clone(), MOST_THREADS, 100).expect("with room for five, a sixth is turned away");
        assert!(finding.scenario.threads() > 5, "{finding}");
        let token = Token::read(&finding.token, &crowded).expect("a token of this type");
        assert!(matches!(replay_token(&crowded, token), Replayed::Fails(_)), "{finding}");
        assert!(hunt(crowded, THREADS, number).is_none(), "four threads never meet it");
        // The twin has room for as many as there are at most.
        assert!(hunt(subject!(Room = Room::with(MOST_THREADS)), MOST_THREADS, number).is_none());
    }

    #[test]
    fn threads_grow_where_nobody_says_how_many() {
        let most = |subject: Subject, options: &Options| {
            let mut draw = Draw::new(&subject, options, 1);
            draw.grow(12, MOST_THREADS);
            let scenarios: Vec<Scenario> = (0..200).map(|_| draw.scenario()).collect();
            let together = |scenario: &Scenario| scenario.threads.iter().map(Vec::len).sum::<usize>();
            assert!(scenarios.iter().all(|scenario| together(scenario) <= 48));
            scenarios.iter().map(Scenario::threads).max()
        };
        let room = || subject!(Room = Room::with(5));
        let three = Options { threads: Some(3), ..Options::default() };
        assert_eq!(most(room(), &Options::default()), Some(MOST_THREADS));
        assert_eq!(most(room(), &three), Some(3));
        // It may have a place for each thread there is otherwise.
        assert_eq!(most(subject!(Turns), &Options::default()), Some(THREADS));
    }
}
