//! shuttle's driver: chosen interleavings, sequentially consistent, as many as there is time for.
//!
//! The kit's own scheduler stands between shuttle and the policy: it writes the schedule down, stops when the body has
//! had enough, and keeps an unwinding task running until it has done (std's `panicking()` is the OS thread's, so a
//! task that ran meanwhile would take the other's panic for its own).

use super::super::native::Arc;
use super::super::native::atomic::{AtomicU64, Ordering::Relaxed};
use super::super::world::{self, World};
use super::{End, Flow, Outcome, STACK, conclude, no_nesting};
use ::shuttle::scheduler::{PctScheduler, Schedule, Scheduler, Task, TaskId, UrwRandomScheduler};
use ::shuttle::{FailurePersistence, MaxSteps, Runner};
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How the next task is chosen. Each misses something that another finds: rotate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Policy {
    /// A random walk: any runnable task, each as likely.
    Random {
        /// Where the random numbers start.
        seed: u64,
    },
    /// Uniform random walk: each interleaving about as likely (Zhao, Wolff, Mathur, Roychoudhury, ASPLOS 2025).
    Uniform {
        /// Where the random numbers start.
        seed: u64,
    },
    /// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte, ASPLOS 2010).
    Priorities {
        /// Where the random numbers start.
        seed: u64,
        /// The number of ordering constraints that a bug may need, from 1.
        depth: usize,
    },
    /// These tasks in this order, once; where that is impossible, whatever comes nearest.
    Replay(Vec<u16>),
}

/// How to run.
#[derive(Clone, Debug)]
pub struct Config {
    /// Record a trace.
    pub observe: bool,
    /// Steps an execution may take before it fails: a spin loop takes them all.
    pub max_steps: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self { observe: false, max_steps: 100_000 }
    }
}

thread_local! {
    static SCHEDULE: RefCell<Vec<u16>> = const { RefCell::new(Vec::new()) };
    static STOP: Cell<bool> = const { Cell::new(false) };
    static DIVERGED: Cell<bool> = const { Cell::new(false) };
}

/// Scheduling decisions made so far in the execution under way.
#[inline]
pub fn step() -> usize {
    SCHEDULE.with_borrow(Vec::len)
}

/// Reads the schedule of the execution under way, or of the last one: the task that each step ran.
pub fn with_schedule<R>(read: impl FnOnce(&[u16]) -> R) -> R {
    SCHEDULE.with_borrow(|schedule| read(schedule))
}

/// Whether a [`Policy::Replay`] could not be followed to the letter.
pub fn diverged() -> bool {
    DIVERGED.get()
}

/// Explores `body` until it says stop. Every policy but a replay could go on for ever.
///
/// # Panics
/// If called inside an exploration.
pub fn explore(config: &Config, policy: &Policy, body: impl Fn() -> Flow + Send + Sync + 'static) -> Outcome {
    no_nesting();
    world::install_hook();
    STOP.set(false);
    DIVERGED.set(false);
    let mut engine = ::shuttle::Config::new();
    engine.stack_size = STACK;
    engine.failure_persistence = FailurePersistence::None;
    engine.max_steps = MaxSteps::FailAfter(config.max_steps);
    engine.max_time = None;
    // It warns that weaker orderings are taken for sequential consistency. The report says so.
    engine.silence_warnings = true;

    let executions = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&executions);
    let observe = config.observe;
    let result = catch_unwind(AssertUnwindSafe(|| {
        Runner::new(Steered { policy: Chooser::new(policy) }, engine).run(move || {
            count.fetch_add(1, Relaxed);
            world::beat();
            let running = world::begin(World::Shuttle, observe);
            let flow = body();
            running.finish();
            if flow == Flow::Stop {
                STOP.set(true);
            }
        });
        End::Stopped
    }));
    conclude(executions.load(Relaxed), result)
}

/// The policy, as a shuttle scheduler or as our own.
enum Chooser {
    Random(u64),
    Theirs(Box<dyn Scheduler>),
    Replay { tasks: Vec<u16>, next: usize, used: bool },
}

impl Chooser {
    fn new(policy: &Policy) -> Self {
        match *policy {
            Policy::Random { seed } => Self::Random(seed ^ 0x9e37_79b9_7f4a_7c15),
            Policy::Uniform { seed } => Self::Theirs(Box::new(UrwRandomScheduler::new_from_seed(seed, usize::MAX))),
            Policy::Priorities { seed, depth } => {
                Self::Theirs(Box::new(PctScheduler::new_from_seed(seed, depth.max(1), usize::MAX)))
            }
            Policy::Replay(ref tasks) => Self::Replay { tasks: tasks.clone(), next: 0, used: false },
        }
    }
}

struct Steered {
    policy: Chooser,
}

/// xorshift64* (Vigna, 2016): a scheduling decision needs few random bits, and fast.
fn random(state: &mut u64) -> u64 {
    *state |= u64::from(*state == 0);
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    state.wrapping_mul(0x2545_f491_4f6c_dd1d)
}

impl Scheduler for Steered {
    fn new_execution(&mut self) -> Option<Schedule> {
        if STOP.get() {
            return None;
        }
        SCHEDULE.with_borrow_mut(Vec::clear);
        match &mut self.policy {
            Chooser::Random(_) => Some(Schedule::new(0)),
            Chooser::Theirs(scheduler) => scheduler.new_execution(),
            Chooser::Replay { used, .. } => (!std::mem::replace(used, true)).then(|| Schedule::new(0)),
        }
    }

    fn next_task(&mut self, runnable: &[&Task], current: Option<TaskId>, is_yielding: bool) -> Option<TaskId> {
        let unwinding = current.filter(|task| world::somebody_unwinds() && runnable.iter().any(|t| t.id() == *task));
        let chosen = match (&mut self.policy, unwinding) {
            (Chooser::Replay { tasks, next, .. }, _) => {
                let wanted = tasks.get(*next).copied();
                *next += 1;
                let found = runnable.iter().map(|t| t.id()).find(|id| wanted == Some(number(*id)));
                found.unwrap_or_else(|| {
                    // Past its end a schedule says nothing: it was taken down before the execution's last steps.
                    DIVERGED.set(DIVERGED.get() || wanted.is_some());
                    let stay = current.filter(|task| !is_yielding && runnable.iter().any(|t| t.id() == *task));
                    stay.unwrap_or_else(|| runnable[0].id())
                })
            }
            (_, Some(task)) => task,
            (Chooser::Random(state), None) => {
                let pick = (random(state) >> 32).wrapping_mul(runnable.len() as u64) >> 32;
                runnable[usize::try_from(pick).unwrap_or(0)].id()
            }
            (Chooser::Theirs(scheduler), None) => scheduler.next_task(runnable, current, is_yielding)?,
        };
        SCHEDULE.with_borrow_mut(|schedule| schedule.push(number(chosen)));
        Some(chosen)
    }

    fn next_u64(&mut self) -> u64 {
        match &mut self.policy {
            Chooser::Random(state) => random(state),
            Chooser::Theirs(scheduler) => scheduler.next_u64(),
            Chooser::Replay { .. } => 0,
        }
    }
}

fn number(task: TaskId) -> u16 {
    u16::try_from(usize::from(task)).unwrap_or(u16::MAX)
}
