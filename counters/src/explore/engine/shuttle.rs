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
use std::rc::Rc;

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

/// Who chooses every step of an exploration: see [`explore_directed`]. What each thread is about to do, and what has
/// been done, is to be had from [`world::watch`](super::super::world::watch).
pub trait Director {
    /// The last execution is over, if there was one. Whether there is to be another.
    fn another(&mut self, last: Option<Ending>) -> bool;
    /// Which thread takes the next step; `None` abandons the execution where it stands, without a failure.
    fn next(&mut self, at: &Switch<'_>) -> Option<usize>;
}

/// A point at which any of several threads may go on.
#[derive(Clone, Copy, Debug)]
pub struct Switch<'a> {
    /// The threads that do not wait, by number. Nobody is here if all of them wait.
    pub runnable: &'a [usize],
    /// The thread that took the last step.
    pub current: Option<usize>,
    /// Whether that thread unwinds: then it goes on if it can, for std's `panicking()` is the OS thread's.
    pub unwinding: bool,
}

/// How a directed execution came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All its threads ended.
    Finished,
    /// The director did not want to go on. What the threads held is lost for as long as the process lives.
    Abandoned,
}

/// With these words shuttle's PCT gives up where an execution never had a choice of threads, as if that were a failure of
/// the code under test. It is only the end of the exploration.
const NO_CONCURRENCY: &str = "test closure did not exercise any concurrency";

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
    static EXHAUSTED: Cell<bool> = const { Cell::new(false) };
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
    run(config, Chooser::new(policy), body)
}

/// Explores `body` as `director` says, until either has had enough. Where every thread waits the director is asked too,
/// and may go on with the next execution: a deadlock does not end the exploration.
///
/// # Panics
/// If called inside an exploration.
pub fn explore_directed(
    config: &Config,
    director: Rc<RefCell<dyn Director>>,
    body: impl Fn() -> Flow + Send + Sync + 'static,
) -> Outcome {
    struct Unwatched;
    impl Drop for Unwatched {
        fn drop(&mut self) {
            world::watch::watch(false);
        }
    }
    world::watch::watch(true);
    let _unwatched = Unwatched;
    run(config, Chooser::Directed { director, last: None, runnable: Vec::new() }, body)
}

fn run(config: &Config, policy: Chooser, body: impl Fn() -> Flow + Send + Sync + 'static) -> Outcome {
    no_nesting();
    world::install_hook();
    STOP.set(false);
    EXHAUSTED.set(false);
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
    let directed = matches!(policy, Chooser::Directed { .. });
    let explore = AssertUnwindSafe(|| {
        Runner::new(Steered { policy }, engine).run(move || {
            count.fetch_add(1, Relaxed);
            world::beat();
            if directed {
                // shuttle asks nobody where no task can run, and fails: this one always can. See `Steered::direct`.
                ::shuttle::thread::spawn(|| ());
                SCHEDULE.with_borrow_mut(|schedule| schedule.truncate(1));
            }
            let running = world::begin(World::Shuttle, observe);
            let flow = body();
            running.finish();
            if flow == Flow::Stop {
                STOP.set(true);
            }
        });
        if EXHAUSTED.get() { End::Exhausted } else { End::Stopped }
    });
    // Between two executions a panic of the engine's own would be printed.
    let result = world::quietly(|| catch_unwind(explore)).or_else(|payload| {
        let nothing_to_rank = payload.downcast_ref::<&str>().is_some_and(|words| *words == NO_CONCURRENCY);
        if nothing_to_rank { Ok(End::Stopped) } else { Err(payload) }
    });
    conclude(executions.load(Relaxed), result)
}

/// The policy, as a shuttle scheduler or as our own.
enum Chooser {
    Random(u64),
    Theirs(Box<dyn Scheduler>),
    Replay { tasks: Vec<u16>, next: usize, used: bool },
    Directed { director: Rc<RefCell<dyn Director>>, last: Option<Ending>, runnable: Vec<usize> },
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
        if let Chooser::Directed { director, last, .. } = &mut self.policy {
            if *last == Some(Ending::Abandoned) {
                world::leave();
            }
            // The schedule of the last execution is still there to be read.
            if !director.borrow_mut().another(last.replace(Ending::Finished)) {
                EXHAUSTED.set(true);
                return None;
            }
        }
        SCHEDULE.with_borrow_mut(Vec::clear);
        match &mut self.policy {
            Chooser::Random(_) | Chooser::Directed { .. } => Some(Schedule::new(0)),
            Chooser::Theirs(scheduler) => scheduler.new_execution(),
            Chooser::Replay { used, .. } => (!std::mem::replace(used, true)).then(|| Schedule::new(0)),
        }
    }

    fn next_task(&mut self, runnable: &[&Task], current: Option<TaskId>, is_yielding: bool) -> Option<TaskId> {
        let unwinding = current.filter(|task| world::somebody_unwinds() && runnable.iter().any(|t| t.id() == *task));
        if let Chooser::Directed { .. } = self.policy {
            return self.direct(runnable, current, unwinding.is_some());
        }
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
            (Chooser::Directed { .. }, None) => return None,
            (Chooser::Theirs(scheduler), None) => scheduler.next_task(runnable, current, is_yielding)?,
        };
        SCHEDULE.with_borrow_mut(|schedule| schedule.push(number(chosen)));
        Some(chosen)
    }

    fn next_u64(&mut self) -> u64 {
        match &mut self.policy {
            Chooser::Random(state) => random(state),
            Chooser::Theirs(scheduler) => scheduler.next_u64(),
            Chooser::Replay { .. } | Chooser::Directed { .. } => 0,
        }
    }
}

impl Steered {
    /// Asks the director, who knows nothing of the task that can always run: that is the second one, so that the numbers
    /// of all others but the first are one too high, and are told without it.
    fn direct(&mut self, tasks: &[&Task], current: Option<TaskId>, unwinding: bool) -> Option<TaskId> {
        let Chooser::Directed { director, last, runnable } = &mut self.policy else { return None };
        let idle = |task: &TaskId| usize::from(*task) == IDLE;
        if world::current() != World::Shuttle {
            // The execution has not begun, or is over: nothing that happens now can be seen.
            let task = tasks.iter().map(|task| task.id()).find(|task| !idle(task)).or(tasks.first().map(|t| t.id()))?;
            SCHEDULE.with_borrow_mut(|schedule| schedule.push(number(task)));
            return Some(task);
        }
        runnable.clear();
        // Nobody wakes without a reason here.
        let awake = tasks.iter().filter(|task| task.runnable()).map(|task| task.id());
        runnable.extend(awake.filter(|task| !idle(task)).map(|task| world::watch::number(task.into())));
        let current = current.map(|task| world::watch::number(task.into()));
        let Some(chosen) = director.borrow_mut().next(&Switch { runnable, current, unwinding }) else {
            // What is left of the execution must not ask the engine anything.
            world::give_up();
            *last = Some(Ending::Abandoned);
            return None;
        };
        SCHEDULE.with_borrow_mut(|schedule| schedule.push(u16::try_from(chosen).unwrap_or(u16::MAX)));
        Some(TaskId::from(world::watch::task(chosen)))
    }
}

/// The task of a directed execution that does nothing and can always run.
const IDLE: usize = 1;

fn number(task: TaskId) -> u16 {
    u16::try_from(usize::from(task)).unwrap_or(u16::MAX)
}
