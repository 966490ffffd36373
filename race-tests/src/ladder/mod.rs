//! The ladder: one rung after the other, cheapest first, each with a floor that always runs and a budget that adds to it.
//!
//! A floor is counted in scenarios and executions, not in seconds: a slow machine explores as much as a fast one, only
//! later. What a rung did beyond it is the budget's doing. A rung that does not reach its floor says so, and fails.

mod crossing;
mod dpor;
mod first_look;
mod larger;
mod met;
mod mutants;
mod orderings;
mod pace;
mod publication;
mod replay;
#[cfg(test)]
mod rings;
pub(crate) mod seats;
mod sequential;
mod small;
#[cfg(test)]
mod strategies;
pub(crate) mod team;
mod test;
mod threads;
#[cfg(test)]
mod untried;
#[cfg(test)]
mod workers;

pub use replay::{replay, replay_once};
pub use test::run;

pub(crate) use test::another_s_token;

pub(crate) use orderings::orderings;

pub(crate) use replay::{Replayed, replay_token};

use crate::explore::{self, Current, Evidence, Explored, Progress, ScenarioEnd, Shown};
use crate::options::{DEFAULT_BUDGET, Environment, HARD_CAP, Options};
use crate::report::{self, Finding, Kind, Material};
use crate::scenario::Scenario;
use crate::shrink::{self, Finder, Patience, Shrunk, Way};
use crate::subject::Subject;
use crate::token::Engine;
use crate::verdict::{LevelReport, MutantReport, Rung, RungReport, Verdict};
use raceproof::explore::engine::{Stuck, supervise};
use raceproof::explore::native::Arc;
use raceproof::explore::native::atomic::Ordering::Relaxed;
use raceproof::explore::subject::Consistency;
use raceproof::explore::world::{self, Failure};
use std::time::{Duration, Instant};

/// What a rung works with.
#[derive(Clone)]
struct Task {
    subject: Subject,
    options: Options,
    seed: u64,
    began: Instant,
    /// When the budget is used up.
    deadline: Instant,
}

/// What a rung did, as far as the rung itself knows.
struct Done {
    verdict: Verdict,
    scenarios: u64,
    of: Option<u64>,
    executions: u64,
    histories: u64,
    bounds: String,
    mutants: Vec<MutantReport>,
    weak: Option<Box<Finding>>,
    met: met::Met,
    shown: Vec<Shown>,
    warnings: Vec<String>,
}

impl Done {
    fn new(bounds: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Exhausted,
            scenarios: 0,
            of: None,
            executions: 0,
            histories: 0,
            bounds: bounds.into(),
            mutants: Vec::new(),
            weak: None,
            met: met::Met::default(),
            shown: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn count(&mut self, explored: &Explored) {
        for warning in &explored.warnings {
            if !self.warnings.contains(warning) {
                self.warnings.push(warning.clone());
            }
        }
        self.met.note(&explored.met);
        self.executions += explored.executions;
        self.histories += explored.histories;
        for shown in &explored.shown {
            let known = self.shown.iter().position(|known| (known.method, known.level) == (shown.method, shown.level));
            match known {
                None => self.shown.push(shown.clone()),
                // The smaller the scenario, the plainer the example.
                Some(at) if shown.scenario.operations() < self.shown[at].scenario.operations() => {
                    self.shown[at] = shown.clone();
                }
                Some(_) => {}
            }
        }
    }
}

impl Task {
    /// Whether the budget is used up.
    fn late(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// Whether not even the floor can be waited for any longer.
    fn far_too_late(&self) -> bool {
        self.began.elapsed() >= HARD_CAP
    }

    fn floor_missed(&self, what: &str) -> Verdict {
        Verdict::Unknown(format!(
            "the floor was not reached within {} s: {what}; make the operations cheaper, or the scenarios smaller \
             (`threads = 2, operations = 1`)",
            HARD_CAP.as_secs()
        ))
    }
}

/// The rung's share of a type's budget, in hundredths.
fn share(rung: Rung) -> f64 {
    match rung {
        Rung::Sequential => 0.05,
        Rung::Loom => 0.40,
        Rung::Dpor => 0.15,
        Rung::Shuttle => 0.20,
        Rung::Threads => 0.08,
        Rung::Mutants => 0.12,
    }
}

/// Runs one rung under supervision, and survives whatever becomes of it.
pub(crate) fn climb(subject: &Subject, options: &Options, rung: Rung, progress: Arc<Progress>) -> RungReport {
    let _seat = seats::sit();
    let began = Instant::now();
    let mut options = options.clone();
    // What a type says of itself holds whatever its tests ask for.
    if let Some(most) = subject.inner.threads {
        options.threads = Some(options.threads.map_or(most, |threads| threads.min(most)));
    }
    let options = &options;
    let environment = Environment::get();
    let complaint = environment.complaint.clone().or_else(|| options.complaint()).or_else(|| subject.obstacle());
    let seconds = options.budget.or(environment.budget).unwrap_or(DEFAULT_BUDGET);
    let budget = if complaint.is_some() { 0.0 } else { seconds * share(rung) };
    let task = Task {
        subject: subject.clone(),
        options: options.clone(),
        seed: environment.seed.unwrap_or(options.seed),
        began,
        deadline: began + Duration::from_secs_f64(budget),
    };
    let done = match complaint {
        Some(complaint) => Done { verdict: Verdict::Unknown(complaint), ..Done::new("") },
        None if rung == Rung::Mutants => mutants::rung(&task, &progress),
        None => supervised(&task, rung, &progress),
    };
    let mut verdict = done.verdict;
    if options.strict
        && matches!(rung, Rung::Loom | Rung::Dpor)
        && let Verdict::Bounded(bound) = &verdict
    {
        verdict = Verdict::Unknown(format!("`strict` demands that everything be exhausted, and it was not: {bound}"));
    }
    let levels = if verdict.ok() { levels(subject, rung, &done.shown) } else { Vec::new() };
    let interleaves = matches!(rung, Rung::Loom | Rung::Dpor | Rung::Shuttle | Rung::Threads);
    let apart = if interleaves && verdict.ok() && done.scenarios > 0 { done.met.missing(subject) } else { Vec::new() };
    RungReport {
        rung,
        verdict,
        scenarios: done.scenarios,
        of: done.of,
        executions: done.executions,
        histories: done.histories,
        elapsed: began.elapsed(),
        bounds: done.bounds,
        mutants: done.mutants,
        levels,
        weak: done.weak,
        warnings: done.warnings,
        apart,
    }
}

/// What a rung that interleaves has found of the methods that declare less.
fn levels(subject: &Subject, rung: Rung, shown: &[Shown]) -> Vec<LevelReport> {
    if !matches!(rung, Rung::Loom | Rung::Dpor | Rung::Shuttle) {
        return Vec::new();
    }
    let report = |(method, declared): (&'static str, Consistency)| {
        let stronger =
            if declared == Consistency::Quiescent { Consistency::Sequential } else { Consistency::Linearizable };
        let counterexample = shown
            .iter()
            .find(|shown| (shown.method, shown.level) == (method, stronger))
            .map(|shown| report::calls(subject, &shown.scenario, &shown.history));
        LevelReport { method, declared, stronger, counterexample }
    };
    subject.weaker().map(report).collect()
}

fn supervised(task: &Task, rung: Rung, progress: &Arc<Progress>) -> Done {
    let (inside, teller) = (task.clone(), Arc::clone(progress));
    let result = supervise(task.options.patience, move || {
        explore::tell(teller);
        if let Some(why) = inside.subject.trial() {
            return Done { verdict: Verdict::Unknown(why), ..Done::new("") };
        }
        match rung {
            Rung::Sequential => sequential::rung(&inside),
            Rung::Loom => small::rung(&inside),
            Rung::Dpor => dpor::rung(&inside),
            Rung::Shuttle => larger::rung(&inside),
            Rung::Threads => threads::rung(&inside),
            Rung::Mutants => unreachable!("each mutant is supervised by itself"),
        }
    });
    match result {
        Ok(done) => done,
        Err(stuck) => Done {
            verdict: stuck_verdict(task, stuck, progress),
            scenarios: progress.scenarios.load(Relaxed),
            executions: progress.executions.load(Relaxed),
            ..Done::new("")
        },
    }
}

/// What is left to say when a rung's OS thread does not come back.
fn stuck_verdict(task: &Task, stuck: Stuck, progress: &Progress) -> Verdict {
    if let Some(finding) = progress.fallback.lock().unwrap_or_else(|e| e.into_inner()).take() {
        return Verdict::Violation(finding);
    }
    let failure = match stuck {
        Stuck::Abandoned(failure) => failure,
        Stuck::Panicked(payload) => {
            let failure = Failure::from_payload(&*payload);
            if failure.kind != raceproof::explore::world::FailureKind::Refused {
                return Verdict::Unknown(format!("the explorer itself panicked: {}", failure.message));
            }
            failure
        }
    };
    let current = progress.current.lock().unwrap_or_else(|e| e.into_inner()).clone();
    let Some(Current { engine, scenario, run }) = current else {
        let material = Material {
            subject: &task.subject,
            scenario: &Scenario::default(),
            engine: Engine::Sequential,
            evidence: &Evidence::default(),
            schedule: None,
            bound: None,
            replays: true,
        };
        return Verdict::Violation(Box::new(Finding::failure(&failure, &material)));
    };
    let material = Material {
        subject: &run.subject,
        scenario: &scenario,
        engine,
        evidence: &Evidence::default(),
        schedule: None,
        bound: None,
        replays: true,
    };
    let mut details = failure.message.lines().map(str::to_owned).collect::<Vec<_>>();
    if let Some(operation) = run.last_operation() {
        details.push(format!("the last operation that began is {}, at {}", operation.text(), operation.location()));
    }
    Verdict::Violation(Box::new(Finding::plain(Kind::of(failure.kind), &material, details)))
}

/// Makes a finding of a scenario that failed: shrinks it, finds its execution again, and takes that with a trace.
/// `tainted`: the OS thread that found it is of no more use.
fn investigate(task: &Task, scenario: Scenario, finder: Finder, explored: Explored, tainted: bool) -> Finding {
    let subject = &task.subject;
    let Some(way) = Way::of(&explored.end) else { unreachable!("only failures are investigated") };
    // If shrinking never comes back, this is what there is.
    let mut first = finding(subject, &scenario, engine_of(&finder), &explored, None, None, true);
    name_the_rung(&mut first, &finder, &explored.end);
    explore::progress(|progress| {
        *progress.fallback.lock().unwrap_or_else(|e| e.into_inner()) = Some(Box::new(first.clone()));
    });
    // There nothing could be explored any more, so it is not tried here either; the finding holds as it is.
    if tainted || world::tainted() {
        return first;
    }
    let whole = Shrunk { scenario: scenario.clone(), finder: finder.clone(), explored: explored.clone(), cut: None };
    let shrunk = shrink::shrink(subject, scenario, finder, explored, way, Patience::new());
    let mut finding = conclude(subject, &shrunk, way);
    if finding.is_impossible() {
        // A smaller scenario may fail in an execution of loom's alone, where the one that was found could be.
        let larger = conclude(subject, &whole, way);
        if !larger.is_impossible() {
            finding = larger;
        }
    }
    if let Some(cut) = shrunk.cut {
        finding.note(cut);
    }
    explore::progress(|progress| {
        *progress.fallback.lock().unwrap_or_else(|e| e.into_inner()) = Some(Box::new(finding.clone()));
    });
    finding
}

fn engine_of(finder: &Finder) -> Engine {
    match finder {
        Finder::Loom(clock, _) => Engine::Loom(*clock),
        Finder::Dpor | Finder::Shuttle(_) => Engine::Shuttle,
        Finder::Threads => Engine::Threads,
    }
}

/// Takes the failing execution again, with a trace and a schedule for the token.
fn taken_again(subject: &Subject, shrunk: &Shrunk, way: Way) -> Finding {
    let Shrunk { scenario, finder, explored, .. } = shrunk;
    let engine = engine_of(finder);
    let Some(evidence) = shrink::evidence(&explored.end) else { unreachable!("only failures are shrunk") };
    match *finder {
        Finder::Loom(clock, bound) => {
            let path = explore::loom_path(subject, scenario, clock, bound, evidence.execution, explored.timed);
            if let Some(path) = path {
                let schedule = path.0.iter().map(|choice| u16::from(*choice)).collect();
                let mut again = explore::loom_replay(subject, scenario, clock, path);
                if Way::of(&again.end) == Some(way) {
                    // The number is that of the exploration, not of the replay.
                    if let ScenarioEnd::Violation(e) | ScenarioEnd::Failed(_, e) = &mut again.end {
                        e.execution = evidence.execution;
                    }
                    return finding(subject, scenario, engine, &again, bound, Some(schedule), true);
                }
            }
            finding(subject, scenario, engine, explored, bound, None, false)
        }
        Finder::Dpor | Finder::Shuttle(_) => {
            let schedule = evidence.schedule.clone();
            let (mut again, _) = explore::shuttle_replay(subject, scenario, schedule.clone(), true);
            if Way::of(&again.end) == Some(way) {
                if let ScenarioEnd::Violation(e) | ScenarioEnd::Failed(_, e) = &mut again.end {
                    e.execution = evidence.execution;
                }
                return finding(subject, scenario, engine, &again, None, Some(schedule), true);
            }
            finding(subject, scenario, engine, explored, None, None, false)
        }
        Finder::Threads => finding(subject, scenario, engine, explored, None, None, false),
    }
}

fn conclude(subject: &Subject, shrunk: &Shrunk, way: Way) -> Finding {
    let mut finding = taken_again(subject, shrunk, way);
    name_the_rung(&mut finding, &shrunk.finder, &shrunk.explored.end);
    finding
}

/// A schedule of `dpor`'s is taken again by shuttle, and so is its token; it was not shuttle that found it.
fn name_the_rung(finding: &mut Finding, finder: &Finder, end: &ScenarioEnd) {
    if let (Finder::Dpor, Some(evidence)) = (finder, shrink::evidence(end)) {
        finding.chosen_by_dpor(evidence.execution);
    }
}

fn finding(
    subject: &Subject,
    scenario: &Scenario,
    engine: Engine,
    explored: &Explored,
    bound: Option<usize>,
    schedule: Option<Vec<u16>>,
    replays: bool,
) -> Finding {
    let Some(evidence) = shrink::evidence(&explored.end) else { unreachable!("only failures become findings") };
    let material = Material { subject, scenario, engine, evidence, schedule, bound, replays };
    match &explored.end {
        ScenarioEnd::Failed(failure, _) => Finding::failure(failure, &material),
        _ => Finding::violation(&material),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::Token;
    use raceproof::guarded;

    #[guarded(tests = off)]
    #[derive(Default)]
    struct Counter {
        value: u64,
    }

    #[guarded]
    impl Counter {
        pub fn increment(&mut self) {
            self.value += 1;
        }
        pub fn get(&self) -> u64 {
            self.value
        }
    }

    // Small failures that shuttle finds are shown by loom; this one stays with shuttle, schedule and all.
    #[test]
    fn a_shuttle_token_replays_in_the_first_execution() {
        let subject = crate::subject!(Counter).lost_update();
        let scenario = crate::measure::scenario(&subject, &[vec!["increment"; 4], vec!["increment"; 4]], &["get"]);
        let inside = (subject.clone(), scenario.clone());
        let finding = supervise(Duration::from_secs(10), move || {
            let (subject, scenario) = inside;
            let finder = Finder::Shuttle(1);
            let explored = finder.find(&subject, &scenario, Way::Violation)?;
            Some(conclude(&subject, &Shrunk { scenario, finder, explored, cut: None }, Way::Violation))
        });
        let finding = finding.ok().flatten().expect("an update is lost in eight increments");
        assert!(finding.token.contains("~shuttle~"), "{finding}");
        let token = Token::read(&finding.token, &subject).expect("a token of this type");
        assert!(token.schedule.is_some());
        match replay_token(&crate::subject!(Counter), token) {
            Replayed::Fails(again) => assert_eq!(again.token, finding.token),
            _ => panic!("it did not fail in the first execution: {finding}"),
        }
    }
}
