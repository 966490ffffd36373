//! One exploration of free code: what each execution returned, and the first that went wrong.

use super::Outcome;
use crate::detect;
use crate::explore::{self, Limit};
use raceproof::explore::engine::{End, Flow, Outcome as EngineOutcome, shuttle as shuttle_engine};
use raceproof::explore::event::Event;
use raceproof::explore::native::{Arc, Mutex};
use raceproof::explore::world::{self, Failure, FailureKind, World};

/// A result, and the execution that returned it first.
pub(super) struct Met<T> {
    pub(super) value: T,
    pub(super) execution: u64,
    pub(super) schedule: Vec<u16>,
    pub(super) count: u64,
}

/// An execution that went wrong.
#[derive(Clone)]
pub(super) struct Failed {
    pub(super) failure: Failure,
    pub(super) execution: u64,
    pub(super) schedule: Vec<u16>,
    pub(super) trace: Vec<Event>,
}

/// How an exploration ended.
pub(super) enum Ended {
    Exhausted,
    Cut,
    Failed(Failed),
}

/// What an exploration has seen.
pub(super) struct Notes<T> {
    pub(super) executions: u64,
    pub(super) met: Vec<Met<T>>,
    failed: Option<Failed>,
    /// The most threads that had not ended when the function returned.
    pub(super) left_running: usize,
    pub(super) warnings: Vec<String>,
    /// The last execution's events, where they were observed.
    pub(super) trace: Vec<Event>,
}

impl<T> Default for Notes<T> {
    fn default() -> Self {
        Self { executions: 0, met: Vec::new(), failed: None, left_running: 0, warnings: Vec::new(), trace: Vec::new() }
    }
}

/// An exploration under way.
pub(super) struct Session<T> {
    body: Arc<dyn Fn() -> T + Send + Sync>,
    limit: Limit,
    notes: Mutex<Notes<T>>,
}

impl<T: Outcome> Session<T> {
    pub(super) fn new(body: &Arc<dyn Fn() -> T + Send + Sync>, limit: Limit) -> Arc<Self> {
        Arc::new(Self { body: Arc::clone(body), limit, notes: Mutex::new(Notes::default()) })
    }

    /// One execution.
    pub(super) fn execution(&self) -> Flow {
        let value = (self.body)();
        // From here on neither the engine nor the facade is asked anything.
        let mut notes = self.notes.lock().unwrap_or_else(|e| e.into_inner());
        let notes = &mut *notes;
        notes.executions += 1;
        notes.left_running = notes.left_running.max(world::threads_live());
        let refusal =
            world::take_refusal().map(|message| Failure { kind: FailureKind::Refused, message, location: None });
        let mut failure = refusal.or_else(|| world::take_strays().into_iter().next());
        if world::observing() {
            notes.trace = world::with_trace(std::mem::take).into_events();
            for inversion in detect::inversions(&notes.trace) {
                let warning = inversion.0.join("\n    ");
                if !notes.warnings.contains(&warning) {
                    notes.warnings.push(warning);
                }
            }
            if failure.is_none() && detect::race(&notes.trace).is_some() {
                failure = Some(Failure { kind: FailureKind::DataRace, message: String::new(), location: None });
            }
        }
        let shuttled = world::current() == World::Shuttle;
        let schedule = || if shuttled { shuttle_engine::with_schedule(<[u16]>::to_vec) } else { Vec::new() };
        if let Some(failure) = failure {
            let trace = notes.trace.clone();
            notes.failed = Some(Failed { failure, execution: notes.executions, schedule: schedule(), trace });
            return Flow::Stop;
        }
        match notes.met.iter_mut().find(|met| met.value == value) {
            Some(met) => met.count += 1,
            None => notes.met.push(Met { value, execution: notes.executions, schedule: schedule(), count: 1 }),
        }
        if self.limit.reached(notes.executions) || explore::cancelled() { Flow::Stop } else { Flow::Continue }
    }

    /// An execution that a director has ended because all its threads wait: in free code that is never right.
    pub(super) fn stuck(&self) -> Flow {
        let mut notes = self.notes.lock().unwrap_or_else(|e| e.into_inner());
        let message = "deadlock: every thread waits for another".to_owned();
        notes.executions += 1;
        notes.failed = Some(Failed {
            failure: Failure { kind: FailureKind::Deadlock, message, location: None },
            execution: notes.executions,
            schedule: shuttle_engine::with_schedule(<[u16]>::to_vec),
            trace: world::take_trace(),
        });
        Flow::Stop
    }

    /// What it all came to.
    pub(super) fn conclude(&self, outcome: EngineOutcome, shuttled: bool) -> (Ended, Notes<T>) {
        let mut notes = std::mem::take(&mut *self.notes.lock().unwrap_or_else(|e| e.into_inner()));
        notes.executions = outcome.executions;
        notes.warnings.extend(detect::leaks());
        let ended = match (outcome.end, notes.failed.take()) {
            (_, Some(failed)) => Ended::Failed(failed),
            (End::Failed(failure), None) => Ended::Failed(Failed {
                failure,
                execution: outcome.executions,
                schedule: if shuttled { shuttle_engine::with_schedule(<[u16]>::to_vec) } else { Vec::new() },
                trace: outcome.trace,
            }),
            (End::Stopped, None) => Ended::Cut,
            (End::Exhausted, None) => Ended::Exhausted,
        };
        (ended, notes)
    }
}
