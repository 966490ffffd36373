//! Makes a failure small: fewer operations, plainer arguments, fewer context switches.
//!
//! Every step keeps what still fails in the same way, so what remains has no operation whose removal alone leaves a
//! failure that the search finds. How long it may take is counted in work, not in seconds: a busy machine reports the same
//! failure as an idle one.

use crate::explore::{self, Clock, Evidence, Explored, Limit, ScenarioEnd};
use crate::scenario::{Call, Scenario};
use crate::subject::Subject;
use raceproof::explore::argument::Code;
use raceproof::explore::engine::shuttle::Policy;
use raceproof::explore::world::{self, FailureKind};
use std::time::{Duration, Instant};

/// What kind of failure is being shrunk: a smaller scenario must fail in the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Violation,
    Failure(FailureKind),
}

impl Way {
    pub(crate) fn of(end: &ScenarioEnd) -> Option<Self> {
        match end {
            ScenarioEnd::Violation(_) => Some(Self::Violation),
            ScenarioEnd::Failed(failure, _) => Some(Self::Failure(failure.kind)),
            _ => None,
        }
    }
}

/// How a scenario's failure was found, so that it can be found again.
#[derive(Clone, Debug)]
pub(crate) enum Finder {
    /// Every execution under loom, with this clock and preemption bound.
    Loom(Clock, Option<usize>),
    /// Every inequivalent interleaving, sequentially consistent.
    Dpor,
    /// The same, as far as a few thousand executions go; beyond, shuttle's policies, each with a few hundred schedules.
    Shuttle(u64),
    /// Real threads: nothing can be repeated at will.
    Threads,
}

/// What making one failure small may cost, in [beats](world::beats): facade operations, and steps of the checker.
const WORK: u64 = 10_000_000;
/// The same in time, where nearly all of that is spent in the tested code itself: the report then says so.
const FAR: Duration = Duration::from_secs(120);

/// The executions that one candidate may cost.
const TRIES: u64 = 20_000;
const EXACT: u64 = 2_000;
const SCHEDULES: u64 = 400;
/// Whose events are looked at: these are slower, and nearly every one of them shows it.
const OBSERVED: u64 = 20;

impl Finder {
    /// Looks for the failure in a scenario.
    pub(crate) fn find(&self, subject: &Subject, scenario: &Scenario, way: Way) -> Option<Explored> {
        self.find_within(subject, scenario, way, None)
    }

    /// The same, until this beat.
    fn find_within(
        &self,
        subject: &Subject,
        scenario: &Scenario,
        way: Way,
        last_beat: Option<u64>,
    ) -> Option<Explored> {
        let fails = |explored: Explored| (Way::of(&explored.end) == Some(way)).then_some(explored);
        let limit = |executions| Limit { last_beat, ..Limit::executions(executions) };
        match *self {
            Self::Loom(clock, bound) => fails(explore::loom(subject, scenario, clock, bound, limit(TRIES))),
            Self::Dpor => fails(explore::reduced(subject, scenario, limit(TRIES)).0),
            // Under shuttle a race shows in the events alone.
            Self::Shuttle(seed) if way == Way::Failure(FailureKind::DataRace) => policies(seed)
                .into_iter()
                .find_map(|policy| fails(explore::shuttle_observed(subject, scenario, &policy, limit(OBSERVED)))),
            Self::Shuttle(seed) => {
                let (explored, summary) = explore::reduced(subject, scenario, limit(EXACT));
                if explored.says_all() && summary.says_all() {
                    return None;
                }
                fails(explored).or_else(|| {
                    let sampled = |policy| explore::shuttle(subject, scenario, &policy, limit(SCHEDULES));
                    policies(seed).into_iter().find_map(|policy| fails(sampled(policy)))
                })
            }
            Self::Threads => fails(explore::threads(subject, scenario, limit(SCHEDULES))),
        }
    }
}

/// The rotation of policies: each misses something that another finds.
pub(crate) fn policies(seed: u64) -> [Policy; 5] {
    [
        Policy::Uniform { seed },
        Policy::Random { seed },
        Policy::Priorities { seed, depth: 2 },
        Policy::Priorities { seed, depth: 3 },
        Policy::Priorities { seed, depth: 5 },
    ]
}

/// A shrunk failure.
pub(crate) struct Shrunk {
    pub(crate) scenario: Scenario,
    pub(crate) finder: Finder,
    pub(crate) explored: Explored,
    /// What cut it short, if anything did: something smaller may fail too.
    pub(crate) cut: Option<&'static str>,
}

/// What is left to shrink with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// Of this OS thread, if it is supervised. If it is not, nobody counts, and only the clock is left.
    last_beat: Option<u64>,
    until: Instant,
}

impl Patience {
    /// What one failure gets, from now on.
    pub(crate) fn new() -> Self {
        Self::of(WORK, FAR)
    }

    fn of(work: u64, time: Duration) -> Self {
        Self { last_beat: world::beats().map(|beats| beats + work), until: Instant::now() + time }
    }

    /// Why to go on no longer.
    fn ended(&self) -> Option<&'static str> {
        if self.last_beat.zip(world::beats()).is_some_and(|(last, beats)| beats >= last) {
            Some("its scenario may not be the smallest: making it small was given up after many steps")
        } else if Instant::now() >= self.until {
            Some("its scenario may not be the smallest: making it small took too long, and was given up")
        } else {
            None
        }
    }
}

/// Shrinks a failing scenario for as long as `patience` allows; whenever it stops, what it has fails.
pub(crate) fn shrink(
    subject: &Subject,
    scenario: Scenario,
    finder: Finder,
    explored: Explored,
    way: Way,
    patience: Patience,
) -> Shrunk {
    let mut best = Shrunk { scenario, finder, explored, cut: None };
    // What real threads show once, an engine can show at will, if it sees it at all.
    if matches!(best.finder, Finder::Threads) {
        let finder = Finder::Shuttle(1);
        if let Some(explored) = finder.find_within(subject, &best.scenario, way, patience.last_beat) {
            best = Shrunk { explored, finder, ..best };
        }
    }
    let accept = |best: &mut Shrunk, candidate: Scenario| -> bool {
        if candidate.complaint().is_some() || !candidate.permitted(subject) {
            return false;
        }
        best.cut = best.cut.or_else(|| patience.ended());
        if best.cut.is_some() {
            return false;
        }
        match best.finder.find_within(subject, &candidate, way, patience.last_beat) {
            Some(explored) => {
                best.scenario = candidate;
                best.explored = explored;
                true
            }
            None => false,
        }
    };
    loop {
        while fewer(&best.scenario).into_iter().any(|candidate| accept(&mut best, candidate)) {}
        let before = best.scenario.clone();
        plainer(subject, &mut best, accept);
        // With plainer arguments an operation may have become superfluous.
        if best.scenario == before {
            break;
        }
    }
    fewer_switches(subject, &mut best, way, &patience);
    best.cut = best.cut.or_else(|| patience.ended());
    best
}

/// The scenario with one part less, big parts first: a thread, the suffix, an operation.
fn fewer(scenario: &Scenario) -> Vec<Scenario> {
    let mut candidates = Vec::new();
    let mut with = |change: &dyn Fn(&mut Scenario)| {
        let mut candidate = scenario.clone();
        change(&mut candidate);
        candidate.threads.retain(|thread| !thread.is_empty());
        candidates.push(candidate);
    };
    for thread in 0..scenario.threads.len() {
        with(&|s| drop(s.threads.remove(thread)));
    }
    if scenario.prefix.len() > 1 {
        with(&|s| s.prefix.clear());
    }
    if scenario.suffix.len() > 1 {
        with(&|s| s.suffix.clear());
    }
    for at in 0..scenario.prefix.len() {
        with(&|s| drop(s.prefix.remove(at)));
    }
    for at in 0..scenario.suffix.len() {
        with(&|s| drop(s.suffix.remove(at)));
    }
    for (thread, calls) in scenario.threads.iter().enumerate() {
        if calls.len() > 4 {
            with(&|s| s.threads[thread].truncate(calls.len() / 2));
            with(&|s| drop(s.threads[thread].drain(..calls.len() / 2)));
        }
        for at in 0..calls.len() {
            with(&|s| drop(s.threads[thread].remove(at)));
        }
    }
    candidates
}

/// Plainer arguments: the small scenarios' own values first, then what the generator can simplify.
fn plainer(subject: &Subject, best: &mut Shrunk, mut accept: impl FnMut(&mut Shrunk, Scenario) -> bool) {
    for place in 0..best.scenario.operations() {
        let arity = call_at(&mut best.scenario.clone(), place).codes.len();
        for argument in 0..arity {
            let current = call_at(&mut best.scenario.clone(), place).codes[argument];
            for seed in (0..3).filter(|seed| current.simplify > 0 || *seed < current.seed) {
                let mut candidate = best.scenario.clone();
                call_at(&mut candidate, place).codes[argument] = Code { seed, simplify: 0 };
                if accept(best, candidate) {
                    break;
                }
            }
            if call_at(&mut best.scenario.clone(), place).codes[argument].seed < 3 {
                continue;
            }
            for _ in 0..64 {
                let mut candidate = best.scenario.clone();
                let call = call_at(&mut candidate, place);
                let before = subject.operation(call.method, &call.codes).text().to_owned();
                call.codes[argument].simplify += 1;
                let same = subject.operation(call.method, &call.codes).text() == before;
                if same || !accept(best, candidate) {
                    break;
                }
            }
        }
    }
}

fn call_at(scenario: &mut Scenario, place: usize) -> &mut Call {
    let mut calls =
        scenario.prefix.iter_mut().chain(scenario.threads.iter_mut().flatten()).chain(scenario.suffix.iter_mut());
    match calls.nth(place) {
        Some(call) => call,
        None => unreachable!("places are counted from the same scenario"),
    }
}

/// The fewest preemptions: loom shows the least bound under which it still fails; under shuttle, later slices of a task
/// are moved up to its earlier ones as long as it still fails.
fn fewer_switches(subject: &Subject, best: &mut Shrunk, way: Way, patience: &Patience) {
    if let Finder::Shuttle(_) = best.finder
        && best.scenario.operations() <= 8
    {
        for clock in [Clock::ProgramOrder, Clock::Observed] {
            let finder = Finder::Loom(clock, None);
            if let Some(explored) = finder.find_within(subject, &best.scenario, way, patience.last_beat) {
                best.finder = finder;
                best.explored = explored;
                break;
            }
        }
    }
    match best.finder.clone() {
        Finder::Loom(clock, None) => {
            for bound in 0..4 {
                if patience.ended().is_some() {
                    break;
                }
                let finder = Finder::Loom(clock, Some(bound));
                if let Some(explored) = finder.find_within(subject, &best.scenario, way, patience.last_beat) {
                    best.finder = finder;
                    best.explored = explored;
                    break;
                }
            }
        }
        Finder::Dpor | Finder::Shuttle(_) => while patience.ended().is_none() && merge_slices(subject, best, way) {},
        Finder::Loom(..) | Finder::Threads => {}
    }
}

/// Tries to run a task's next slice right after an earlier one, so that one switch less is needed.
fn merge_slices(subject: &Subject, best: &mut Shrunk, way: Way) -> bool {
    let Some(evidence) = evidence(&best.explored.end) else { return false };
    let slices: Vec<Vec<u16>> = evidence.schedule.chunk_by(|a, b| a == b).map(<[u16]>::to_vec).collect();
    for from in 0..slices.len() {
        let Some(to) = (from + 1..slices.len()).find(|to| slices[*to][0] == slices[from][0]) else { continue };
        let mut moved = slices.clone();
        let slice = moved.remove(to);
        moved.insert(from + 1, slice);
        let (explored, _) = explore::shuttle_replay(subject, &best.scenario, moved.concat(), false);
        let switches =
            |end: &ScenarioEnd| self::evidence(end).map(|evidence| evidence.schedule.chunk_by(|a, b| a == b).count());
        if Way::of(&explored.end) == Some(way) && switches(&explored.end) < Some(slices.len()) {
            best.explored = explored;
            return true;
        }
    }
    false
}

/// The execution that failed.
pub(crate) fn evidence(end: &ScenarioEnd) -> Option<&Evidence> {
    match end {
        ScenarioEnd::Violation(evidence) | ScenarioEnd::Failed(_, evidence) => Some(evidence),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
