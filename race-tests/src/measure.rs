//! One scenario under one engine, measured: what the benchmark of the exploration's cost calls.

use crate::explore::{self, Clock, Limit, ScenarioEnd};
use crate::scenario::{Call, Scenario};
use crate::shrink::policies;
use crate::subject::Subject;
use raceproof::explore::argument::Code;
use std::time::{Duration, Instant};

/// What an exploration took.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// Executions run.
    pub executions: u64,
    /// Different histories checked.
    pub histories: u64,
    /// Wall time, the checker's included.
    pub elapsed: Duration,
}

/// A scenario of calls without arguments, by the methods' names.
///
/// # Panics
/// If a method is not there, or takes arguments.
pub fn scenario(subject: &Subject, threads: &[Vec<&str>], suffix: &[&str]) -> Scenario {
    let call = |name: &&str| {
        let method = subject.inner.methods.iter().position(|info| info.name == *name);
        let Some(method) = method else { panic!("`{}` has no method `{name}`", subject.name()) };
        let codes = vec![Code::default(); subject.inner.methods[method].parameters.len()];
        Call { method, codes }
    };
    Scenario {
        prefix: Vec::new(),
        threads: threads.iter().map(|thread| thread.iter().map(call).collect()).collect(),
        suffix: suffix.iter().map(call).collect(),
    }
}

/// Every execution under loom. `clock` is "order", "observed" or "unobserved".
///
/// # Panics
/// If the clock is none of these, or if the exploration does not exhaust the scenario.
pub fn loom(subject: &Subject, scenario: &Scenario, clock: &str, bound: Option<usize>) -> Measured {
    let Some(clock) = Clock::parse(clock) else { panic!("no such clock: {clock}") };
    let began = Instant::now();
    let explored = explore::loom(subject, scenario, clock, bound, Limit::executions(u64::MAX));
    assert!(matches!(explored.end, ScenarioEnd::Exhausted), "{:?}", explored.end);
    Measured { executions: explored.executions, histories: explored.histories, elapsed: began.elapsed() }
}

/// One execution for each inequivalent interleaving.
///
/// # Panics
/// If anything fails, or if the exploration does not exhaust the scenario.
pub fn dpor(subject: &Subject, scenario: &Scenario) -> Measured {
    let began = Instant::now();
    let (explored, summary) = explore::reduced(subject, scenario, Limit::executions(u64::MAX));
    assert!(matches!(explored.end, ScenarioEnd::Exhausted) && summary.says_all(), "{:?} {summary:?}", explored.end);
    Measured { executions: explored.executions, histories: explored.histories, elapsed: began.elapsed() }
}

/// The execution, from 1, in which the same finds a history that nothing explains.
///
/// # Panics
/// If it comes to anything else but that or the end.
pub fn dpor_finds(subject: &Subject, scenario: &Scenario) -> Option<u64> {
    let (explored, summary) = explore::reduced(subject, scenario, Limit::executions(u64::MAX));
    match explored.end {
        ScenarioEnd::Violation(_) => Some(explored.executions),
        ScenarioEnd::Exhausted if summary.says_all() => None,
        end => panic!("{end:?} {summary:?}"),
    }
}

/// So many random schedules under shuttle.
///
/// # Panics
/// If anything fails.
pub fn shuttle(subject: &Subject, scenario: &Scenario, schedules: u64, seed: u64) -> Measured {
    let policy = &policies(seed)[1];
    let began = Instant::now();
    let explored = explore::shuttle(subject, scenario, policy, Limit::executions(schedules));
    assert!(matches!(explored.end, ScenarioEnd::Cut), "{:?}", explored.end);
    Measured { executions: explored.executions, histories: explored.histories, elapsed: began.elapsed() }
}
