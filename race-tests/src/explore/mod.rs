//! Runs scenarios under the engines and gathers their histories.

mod engines;
mod judge;
mod reduced;
mod run;

pub(crate) use engines::{again, loom, loom_path, loom_replay, shuttle, shuttle_observed, shuttle_replay, threads};
pub(crate) use judge::{Evidence, Explored, ScenarioEnd, Shown};
pub(crate) use reduced::{reduced, within};
pub(crate) use run::{FILE, OPERATION, Run, broken};

use crate::scenario::Scenario;
use crate::token::Engine;
use raceproof::explore::native::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use raceproof::explore::native::{Arc, Mutex};
use raceproof::explore::world;
use std::cell::RefCell;
use std::time::Instant;

/// How a history under loom knows what preceded what.
///
/// loom's own order of events is not happens-before, so it cannot serve. Each clock hides something that another shows:
/// explore with all three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Clock {
    /// Program order alone: what is a violation even so is one without doubt.
    ProgramOrder,
    /// A counter bumped AcqRel at call and return: real-time order that the program could observe. It orders the
    /// program's own accesses too, so it hides bugs of message passing.
    Observed,
    /// The same counter, Relaxed: it orders nothing, so such bugs stay visible; a violation of real-time order found so
    /// has no happens-before behind it.
    Unobserved,
}

impl Clock {
    pub(crate) const ALL: [Self; 3] = [Self::ProgramOrder, Self::Observed, Self::Unobserved];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ProgramOrder => "order",
            Self::Observed => "observed",
            Self::Unobserved => "unobserved",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|clock| clock.name() == name)
    }
}

/// When to stop exploring one scenario.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    /// Executions that are run whatever the time.
    pub(crate) floor: u64,
    /// The [beat](world::beats) of this OS thread after which no more than that is run whatever the time: where an execution
    /// takes thousands of steps, a floor of executions alone is minutes.
    pub(crate) floor_beat: Option<u64>,
    /// Executions at most.
    pub(crate) ceiling: u64,
    /// When to stop, once the floor is reached.
    pub(crate) deadline: Option<Instant>,
    /// The [beat](world::beats) of this OS thread after which to stop, whatever the floor.
    pub(crate) last_beat: Option<u64>,
}

impl Limit {
    /// So many executions, however long they take.
    pub(crate) fn executions(count: u64) -> Self {
        Self { floor: count, floor_beat: None, ceiling: count, deadline: None, last_beat: None }
    }

    /// From `floor` executions to `ceiling`, as many as there is time for.
    pub(crate) fn until(deadline: Instant, floor: u64, ceiling: u64) -> Self {
        Self { floor, floor_beat: None, ceiling, deadline: Some(deadline), last_beat: None }
    }

    /// The same, but the floor is reached with so many beats too.
    pub(crate) fn or_beats(self, beats: u64) -> Self {
        Self { floor_beat: world::beats().map(|now| now + beats), ..self }
    }

    pub(crate) fn reached(&self, executions: u64) -> bool {
        let passed = |beat: Option<u64>| beat.is_some_and(|last| world::beats().is_some_and(|beats| beats >= last));
        let low = executions < self.floor && !passed(self.floor_beat);
        executions >= self.ceiling
            || (!low && self.deadline.is_some_and(|deadline| Instant::now() >= deadline))
            || passed(self.last_beat)
    }
}

/// What a supervisor may read while the work goes on, and has left if it never ends.
#[derive(Default)]
pub(crate) struct Progress {
    /// Scenarios done.
    pub(crate) scenarios: AtomicU64,
    /// Executions run.
    pub(crate) executions: AtomicU64,
    /// The scenario that is being explored.
    pub(crate) current: Mutex<Option<Current>>,
    /// A failure that is being shrunk: what to say if that never ends.
    pub(crate) fallback: Mutex<Option<Box<crate::report::Finding>>>,
    /// Nobody wants to know any more: what is under way is to end.
    pub(crate) cancelled: AtomicBool,
    /// The progress of the whole, of which this is a part.
    whole: Option<Arc<Progress>>,
}

impl Progress {
    /// The progress of a part, on an OS thread of its own. What it does counts for the whole too.
    pub(crate) fn part(whole: &Arc<Self>) -> Arc<Self> {
        Arc::new(Self { whole: Some(Arc::clone(whole)), ..Self::default() })
    }

    /// So many executions more. Relaxed, as below: numbers for who watches, which publish nothing.
    pub(crate) fn ran(&self, executions: u64) {
        self.executions.fetch_add(executions, Relaxed);
        if let Some(whole) = &self.whole {
            whole.ran(executions);
        }
    }

    /// A scenario more.
    pub(crate) fn explored(&self) {
        self.scenarios.fetch_add(1, Relaxed);
        if let Some(whole) = &self.whole {
            whole.explored();
        }
    }
}

/// A scenario under exploration.
#[derive(Clone)]
pub(crate) struct Current {
    pub(crate) engine: Engine,
    pub(crate) scenario: Scenario,
    pub(crate) run: Arc<Run>,
}

thread_local! {
    static PROGRESS: RefCell<Option<Arc<Progress>>> = const { RefCell::new(None) };
}

/// Tells `progress` of all that this OS thread explores from now on.
pub(crate) fn tell(progress: Arc<Progress>) {
    PROGRESS.set(Some(progress));
}

/// Whether what this OS thread explores is wanted no more.
pub(crate) fn cancelled() -> bool {
    // Relaxed: the one who says so waits for nothing.
    progress(|progress| progress.cancelled.load(Relaxed)).unwrap_or(false)
}

/// The progress that this OS thread tells, to be told by others too.
pub(crate) fn told() -> Arc<Progress> {
    PROGRESS.with_borrow(|progress| progress.clone().unwrap_or_default())
}

/// This OS thread's progress, if anyone wants to know.
pub(crate) fn progress<R>(body: impl FnOnce(&Progress) -> R) -> Option<R> {
    PROGRESS.with_borrow(|progress| progress.as_deref().map(body))
}
