//! Judging executions: each new history is checked, and the first violation ends the exploration.

use super::{Clock, Limit, Run};
use crate::check::levels::{self, Judged};
use crate::check::{self, Answer, BUDGET, RealTime};
use crate::detect;
use crate::dpor::Clocks;
use crate::history::History;
use crate::mutant::Mutant;
use crate::scenario::Scenario;
use crate::subject::Subject;
use crate::token::Engine;
use raceproof::explore::engine::loom::TOO_MANY_THREADS;
use raceproof::explore::engine::{self, End, Flow, loom as loom_engine, shuttle as shuttle_engine};
use raceproof::explore::event::Event;
use raceproof::explore::native::{Arc, Mutex};
use raceproof::explore::subject::Consistency;
use raceproof::explore::world::{self, Failure, FailureKind, watch};
use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::BuildHasherDefault;

/// Histories of more operations than this are not remembered: they hardly ever come twice.
const REMEMBERED: usize = 32;

/// Real-time orders of one execution that are looked at.
const MOST_ORDERS: usize = 2_000;

/// What exploring one scenario came to.
#[derive(Clone, Debug)]
pub(crate) struct Explored {
    pub(crate) executions: u64,
    /// Histories that were checked: different from all before.
    pub(crate) histories: u64,
    /// What shows that a weaker method has no stronger level than it declares.
    pub(crate) shown: Vec<Shown>,
    pub(crate) end: ScenarioEnd,
    /// Lock orders that may deadlock, seen in observed executions.
    pub(crate) warnings: Vec<String>,
    /// Whether loom was prepared for timed waits: the numbers of its executions are those of an exploration that is.
    pub(crate) timed: bool,
    /// Whether the code asked for something whose answers were not all tried.
    pub(crate) untried: bool,
    /// Pairs of methods whose calls overlapped in some execution.
    pub(crate) met: Vec<(usize, usize)>,
}

impl Explored {
    /// What the engine gave up with, if it did.
    pub(crate) fn failure(&self) -> Option<&Failure> {
        match &self.end {
            ScenarioEnd::Failed(failure, _) => Some(failure),
            _ => None,
        }
    }
}

impl Explored {
    /// Whether every execution was run and explained, and nothing left out.
    pub(crate) fn says_all(&self) -> bool {
        matches!(self.end, ScenarioEnd::Exhausted) && !self.untried
    }
}

/// How it ended.
#[derive(Clone, Debug)]
pub(crate) enum ScenarioEnd {
    /// Every execution within the engine's bounds was run and explained.
    Exhausted,
    /// The limit came first; all that was run was explained.
    Cut,
    /// A history that nothing explains.
    Violation(Box<Evidence>),
    /// The engine gave up on an execution.
    Failed(Failure, Box<Evidence>),
    /// The checker gave up on a history.
    Undecided,
    /// Every thread waits, as the plain struct says that it must: no bug, but the engine goes no further.
    Waits,
    /// It needs more threads than the engine has.
    TooManyThreads,
}

/// A history that shows a weaker method not to have a level.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) method: &'static str,
    /// The level that it does not have.
    pub(crate) level: Consistency,
    pub(crate) scenario: Scenario,
    pub(crate) history: History,
}

/// An execution, kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Evidence {
    pub(crate) history: History,
    /// Its number in the exploration, from 1.
    pub(crate) execution: u64,
    /// The tasks that shuttle ran, step by step.
    pub(crate) schedule: Vec<u16>,
    /// Its events, where they were observed.
    pub(crate) trace: Vec<Event>,
}

/// Judges executions one after the other.
pub(super) struct Judge {
    pub(super) run: Arc<Run>,
    scenario: Scenario,
    limit: Limit,
    /// Whether an execution stands for all that a director takes to be equivalent.
    reduced: bool,
    pub(super) state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    executions: u64,
    histories: u64,
    history: History,
    key: Vec<u32>,
    seen: HashSet<Box<[u32]>, BuildHasherDefault<DefaultHasher>>,
    shown: Vec<Shown>,
    pub(super) found: Option<Found>,
    /// The steps that show a violation which the execution that was run does not show itself.
    pub(super) witness: Option<Vec<usize>>,
    /// Executions with more real-time orders than were looked at.
    pub(super) untold: u64,
    warnings: Vec<String>,
}

pub(super) enum Found {
    Violation(Box<Evidence>),
    /// A refusal that the tested code has caught, or a panic of a thread that nobody joined.
    Stray(Failure, Box<Evidence>),
    Undecided,
    Limit,
}

impl Judge {
    pub(super) fn new(subject: &Subject, scenario: &Scenario, engine: Engine, limit: Limit) -> Arc<Self> {
        Self::judging(subject, scenario, engine, limit, false)
    }

    pub(super) fn judging(
        subject: &Subject,
        scenario: &Scenario,
        engine: Engine,
        limit: Limit,
        reduced: bool,
    ) -> Arc<Self> {
        let clock = match engine {
            Engine::Loom(clock) => clock,
            Engine::Threads => Clock::Observed,
            Engine::Shuttle | Engine::Sequential => Clock::ProgramOrder,
        };
        let run = Run::new(subject.clone(), scenario, clock);
        world::take_left_untried();
        super::progress(|progress| {
            *progress.current.lock().unwrap_or_else(|e| e.into_inner()) =
                Some(super::Current { engine, scenario: scenario.clone(), run: Arc::clone(&run) });
        });
        Arc::new(Self { run, scenario: scenario.clone(), limit, reduced, state: Mutex::new(State::default()) })
    }

    /// Runs one execution and judges it.
    pub(super) fn execution(&self) -> Flow {
        self.run.execute();
        // Neither the engine nor the facade is asked anything from here on.
        let mut state = self.state.lock().unwrap_or_else(|e| e.into_inner());
        let state = &mut *state;
        state.executions += 1;
        self.run.history(&mut state.history);
        let refusal =
            world::take_refusal().map(|message| Failure { kind: FailureKind::Refused, message, location: None });
        if let Some(stray) = refusal.or_else(|| world::take_strays().into_iter().next()) {
            state.found = Some(Found::Stray(stray, Box::new(self.evidence(state))));
            return Flow::Stop;
        }
        let settled = if self.reduced { self.judge_orders(state) } else { self.judge_one(state) };
        if settled || self.examine(state) {
            return Flow::Stop;
        }
        if self.limit.reached(state.executions) || super::cancelled() {
            state.found = Some(Found::Limit);
            return Flow::Stop;
        }
        Flow::Continue
    }

    /// Looks at the execution's events, where they were recorded. Whether that settles the exploration.
    fn examine(&self, state: &mut State) -> bool {
        if world::observing() && world::current() == world::World::Shuttle {
            let evidence = self.evidence(state);
            for inversion in detect::inversions(&evidence.trace) {
                let warning = inversion.0.join("\n    ");
                if !state.warnings.contains(&warning) {
                    state.warnings.push(warning);
                }
            }
            // loom finds races by itself.
            if detect::race(&evidence.trace).is_some() {
                let failure = Failure { kind: FailureKind::DataRace, message: String::new(), location: None };
                state.found = Some(Found::Stray(failure, Box::new(evidence)));
                return true;
            }
        }
        false
    }

    /// Checks the history at hand, if it is none of those before. Whether that settles the exploration.
    fn judge_one(&self, state: &mut State) -> bool {
        if state.history.entries().count() <= REMEMBERED {
            state.history.key(&mut state.key);
            if state.seen.contains(state.key.as_slice()) {
                return false;
            }
            state.seen.insert(state.key.clone().into_boxed_slice());
        }
        state.histories += 1;
        let Judged { answer, shown, .. } =
            levels::judge(&self.run.subject, &self.run.operations, &state.history, BUDGET);
        for (method, level) in shown {
            if !state.shown.iter().any(|known| (known.method, known.level) == (method, level)) {
                let (scenario, history) = (self.scenario.clone(), state.history.clone());
                state.shown.push(Shown { method, level, scenario, history });
            }
        }
        match answer {
            Answer::Explained => return false,
            Answer::Violation => state.found = Some(Found::Violation(Box::new(self.evidence(state)))),
            Answer::Unknown => state.found = Some(Found::Undecided),
        }
        true
    }

    /// Checks every real-time order that the execution at hand stands for.
    fn judge_orders(&self, state: &mut State) -> bool {
        watch::with_log(|log| {
            let clocks = Clocks::of(log, log.len());
            let Some(real_time) = RealTime::of(log, &clocks) else {
                state.untold += 1;
                return self.judge_one(state);
            };
            let mut settled = false;
            let all = real_time.orders(MOST_ORDERS, &mut |stages| {
                real_time.write(stages, &mut state.history);
                settled = self.judge_one(state);
                if settled {
                    state.witness = Some(real_time.witness(stages, log, &clocks));
                }
                !settled
            });
            state.untold += u64::from(!all && !settled);
            settled
        })
    }

    /// Judges an execution that ended with all threads waiting: whether they wait by right, whatever was over before
    /// what.
    pub(super) fn stuck(&self) -> Flow {
        let mut state = self.state.lock().unwrap_or_else(|e| e.into_inner());
        let state = &mut *state;
        state.executions += 1;
        self.run.history(&mut state.history);
        let by_right = watch::with_log(|log| {
            let clocks = Clocks::of(log, log.len());
            let Some(real_time) = RealTime::of(log, &clocks) else { return self.waits_by_right(&state.history) };
            let mut by_right = true;
            let all = real_time.orders(MOST_ORDERS, &mut |stages| {
                real_time.write(stages, &mut state.history);
                by_right = self.waits_by_right(&state.history);
                by_right
            });
            state.untold += u64::from(!all && by_right);
            by_right
        });
        if !by_right && self.went_wrong_before(&state.history) {
            let mut evidence = self.evidence(state);
            evidence.schedule = shuttle_engine::with_schedule(<[u16]>::to_vec);
            state.found = Some(Found::Violation(Box::new(evidence)));
            return Flow::Stop;
        }
        if !by_right {
            let message = "deadlock: every thread waits, and the plain struct would not".to_owned();
            let failure = Failure { kind: FailureKind::Deadlock, message, location: None };
            let mut evidence = self.evidence(state);
            evidence.schedule = shuttle_engine::with_schedule(<[u16]>::to_vec);
            state.found = Some(Found::Stray(failure, Box::new(evidence)));
            return Flow::Stop;
        }
        if self.limit.reached(state.executions) || super::cancelled() {
            state.found = Some(Found::Limit);
            return Flow::Stop;
        }
        Flow::Continue
    }

    /// The execution that has just ended, kept.
    fn evidence(&self, state: &State) -> Evidence {
        let mut evidence =
            Evidence { history: state.history.clone(), execution: state.executions, ..Evidence::default() };
        if world::current() == world::World::Shuttle {
            evidence.schedule = shuttle_engine::with_schedule(<[u16]>::to_vec);
        }
        if world::observing() {
            evidence.trace = world::with_trace(std::mem::take).into_events();
        }
        evidence
    }

    fn waits_by_right(&self, history: &History) -> bool {
        // The kit's own mutant has no specification of its own waiting.
        self.run.subject.mutant != Some(Mutant::LostUpdate)
            && !self.run.hangs_in_drop()
            && check::waits_by_right(&self.run.subject, &self.run.operations, history, BUDGET)
    }

    /// Whether what had returned when everything came to a standstill is wrong already: then that is what there is to
    /// report, and who waits for whom only what came of it.
    fn went_wrong_before(&self, history: &History) -> bool {
        levels::judge(&self.run.subject, &self.run.operations, history, BUDGET).answer == Answer::Violation
    }

    pub(super) fn conclude(&self, outcome: engine::Outcome) -> Explored {
        let mut state = self.state.lock().unwrap_or_else(|e| e.into_inner());
        let end = match (outcome.end, state.found.take()) {
            (End::Failed(failure), _) => {
                let mut evidence =
                    Evidence { execution: outcome.executions, trace: outcome.trace, ..Evidence::default() };
                self.run.history(&mut evidence.history);
                evidence.schedule = shuttle_engine::with_schedule(<[u16]>::to_vec);
                // A call that waits by turning in circles, and is declared to wait, does so by right where the spec says not now.
                let at_rest = failure.kind == FailureKind::Deadlock
                    || failure.kind == FailureKind::StepBound && self.run.subject.inner.by_hand;
                if at_rest && self.waits_by_right(&evidence.history) {
                    ScenarioEnd::Waits
                } else if failure.kind == FailureKind::Deadlock && self.went_wrong_before(&evidence.history) {
                    ScenarioEnd::Violation(Box::new(evidence))
                } else if failure.kind == FailureKind::Refused && failure.message.starts_with(TOO_MANY_THREADS) {
                    ScenarioEnd::TooManyThreads
                } else {
                    ScenarioEnd::Failed(failure, Box::new(evidence))
                }
            }
            (_, Some(Found::Violation(evidence))) => ScenarioEnd::Violation(evidence),
            (_, Some(Found::Stray(failure, evidence))) => ScenarioEnd::Failed(failure, evidence),
            (_, Some(Found::Undecided)) => ScenarioEnd::Undecided,
            (End::Stopped, _) => ScenarioEnd::Cut,
            (End::Exhausted, _) => ScenarioEnd::Exhausted,
        };
        super::progress(|progress| progress.ran(outcome.executions));
        let shown = std::mem::take(&mut state.shown);
        let mut warnings = std::mem::take(&mut state.warnings);
        warnings.extend(detect::leaks());
        let timed = loom_engine::timed_waits();
        let met = self.run.overlapped();
        let untried = world::take_left_untried();
        Explored {
            executions: outcome.executions,
            histories: state.histories,
            shown,
            end,
            warnings,
            timed,
            untried,
            met,
        }
    }
}
