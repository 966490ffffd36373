//! loom's driver: every interleaving, with weak memory, within a bound or without.
//!
//! loom counts no executions, looks at its limits only at intervals and then returns without a word, so the driver
//! counts itself and stops by unwinding. It explores deterministically: the same body takes the same paths in the same
//! order. A path, the choices that one execution took, can be had and taken again.
//!
//! Where loom may have left interleavings out (see `loads`), the exploration goes on with a second part, in which it cannot.
//! The executions of both are numbered through.

use super::super::late;
use super::super::loads;
use super::super::native::atomic::{AtomicU64, Ordering::Relaxed};
use super::super::native::{Arc, Mutex};
use super::super::world::{self, World};
use super::{End, Enough, Flow, Outcome, STACK, conclude, no_nesting};
use crate::sync::timed;
use corosensei::stack::DefaultStack;
use serde_json::{Value, json};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;

/// The most threads a scenario may have, main included: more index past the end of loom's tables.
pub const MAX_THREADS: usize = 5;

/// How the refusal begins of a thread that is one too many.
pub const TOO_MANY_THREADS: &str = "`thread::spawn`";

/// What to explore.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The most preemptions an execution may have: `None` for all there are. A completed bound is no proof.
    pub preemption_bound: Option<usize>,
    /// Record a trace, and have loom name lines in its messages: slow, for a replay.
    pub observe: bool,
    /// Take this path, and no other.
    pub path: Option<Path>,
}

/// The choices of one execution: which thread ran, which store a load saw.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path(pub Vec<u8>);

/// Opens a path of an exploration whose condition variables are prepared for timed waits.
const TIMED: u8 = 255;

/// Opens a path of an exploration in which no load is forgotten.
const REMEMBERING: u8 = 254;

/// Choices as bytes: a thread's number, or one of these plus the number.
const LOAD: u8 = 16;
const SPURIOUS: u8 = 32;

/// Branches an execution may take. Enough for scenarios of a hundred operations; a spin loop reaches it soon.
const BRANCHES: usize = 4_000;

/// Whether the condition variables of what this OS thread explores are prepared for timed waits: they are from the first
/// one on, which starts its exploration again. The executions of one that is prepared are others than of one that is not.
pub fn timed_waits() -> bool {
    timed::prepared()
}

/// Prepares them, or not: to take the same executions as on another OS thread, or to begin anew with another body.
pub fn prepare_for_timed_waits(prepare: bool) {
    timed::prepare(prepare);
}

/// Explores `body`, from the first execution on, until it says stop or there is no other.
///
/// # Panics
/// If called inside an exploration, or if the path's file cannot be written to the temporary directory.
pub fn explore(config: &Config, body: impl Fn() -> Flow + Send + Sync + 'static) -> Outcome {
    let body = Arc::new(body);
    let again = Arc::clone(&body);
    loads::prepare(config.path.as_ref().is_some_and(|path| path.opened_by(REMEMBERING)));
    let first = run(config, 0, None, move || body());
    if !matches!(first.end, End::Exhausted) || !loads::forgot() {
        return first;
    }
    loads::prepare(true);
    let second = run(config, 0, None, move || again());
    Outcome { executions: first.executions + second.executions, ..second }
}

/// The path that the `number`th execution (from 1) takes. `body` must be the one that was explored.
///
/// # Panics
/// As [`explore`].
pub fn path_of(config: &Config, number: u64, body: impl Fn() -> Flow + Send + Sync + 'static) -> Option<Path> {
    let body = Arc::new(body);
    let (mut before, mut remembering) = (0, false);
    loop {
        let file = TemporaryFile::new();
        let count = Arc::new(AtomicU64::new(before));
        let (body, seen) = (Arc::clone(&body), Arc::clone(&count));
        loads::prepare(remembering);
        let ample = late::ample();
        let outcome = run(config, number - before, Some(&file), move || {
            let flow = body();
            if seen.fetch_add(1, Relaxed) + 1 >= number { Flow::Stop } else { flow }
        });
        if late::ample() != ample {
            // The exploration was begun anew for this, on whatever OS thread, and its executions numbered from there.
            (before, remembering) = (0, false);
            continue;
        }
        if matches!(outcome.end, End::Exhausted) && loads::forgot() {
            (before, remembering) = (count.load(Relaxed), true);
            continue;
        }
        let mut path = Path::read(&file.read()?)?;
        for (opens, opener) in [(remembering, REMEMBERING), (timed::prepared(), TIMED)] {
            if opens {
                path.0.insert(0, opener);
            }
        }
        return Some(path);
    }
}

fn run(
    config: &Config,
    checkpoint: u64,
    file: Option<&TemporaryFile>,
    body: impl Fn() -> Flow + Send + Sync + 'static,
) -> Outcome {
    no_nesting();
    world::install_hook();
    late::settle_pool();
    if let Some(path) = &config.path {
        timed::prepare(path.opened_by(TIMED));
    }
    let replayed = config.path.as_ref().map(|path| {
        let file = TemporaryFile::new();
        file.write(&path.to_json());
        file
    });
    let mut builder = ::loom::model::Builder::new();
    // Everything that loom reads from the environment is set here: a stray variable must not bend a verdict.
    builder.max_threads = MAX_THREADS;
    builder.max_branches = BRANCHES;
    builder.max_permutations = None;
    builder.max_duration = None;
    builder.preemption_bound = config.preemption_bound;
    builder.checkpoint_file = file.or(replayed.as_ref()).map(|file| file.0.clone());
    builder.checkpoint_interval =
        if file.is_some() { usize::try_from(checkpoint).unwrap_or(usize::MAX) } else { usize::MAX };
    builder.location = config.observe;
    builder.log = false;

    let executions = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&executions);
    let observe = config.observe;
    // loom gives the main thread 32 KiB, too little for what users do: its work runs on this stack.
    let stack = MAIN_STACK.take().unwrap_or_else(|| DefaultStack::new(STACK).expect("memory for a stack"));
    let stack = Arc::new(Mutex::new(Stack(stack)));
    let main = Arc::clone(&stack);
    let result = catch_unwind(AssertUnwindSafe(|| {
        builder.check(move || {
            count.fetch_add(1, Relaxed);
            world::beat();
            let mut stack = main.lock().unwrap_or_else(|e| e.into_inner());
            let flow = corosensei::on_stack(&mut stack.0, || {
                let running = world::begin(World::Loom, observe);
                let flow = body();
                running.finish();
                flow
            });
            drop(stack);
            if flow == Flow::Stop {
                resume_unwind(Box::new(Enough));
            }
        });
        End::Exhausted
    }));
    // Where an execution was left where it stood, its frames are on the stack, and it stays with them.
    if let Some(stack) = Arc::into_inner(stack) {
        MAIN_STACK.set(Some(stack.into_inner().unwrap_or_else(|e| e.into_inner()).0));
    }
    conclude(executions.load(Relaxed), result)
}

thread_local! {
    /// The stack of the last exploration's main thread. Short explorations take hardly longer than it takes to make one.
    static MAIN_STACK: Cell<Option<DefaultStack>> = const { Cell::new(None) };
}

/// A stack that only the exploring OS thread ever stands on.
struct Stack(DefaultStack);
// SAFETY: the closure that owns it is called on one OS thread alone; loom asks for `Send` and does not use it.
unsafe impl Send for Stack {}

impl Path {
    /// Whether it says so of its exploration.
    fn opened_by(&self, opener: u8) -> bool {
        self.0.iter().take_while(|choice| matches!(**choice, TIMED | REMEMBERING)).any(|choice| *choice == opener)
    }

    /// Reads loom's own form of a path.
    fn read(text: &str) -> Option<Self> {
        let json: Value = serde_json::from_str(text).ok()?;
        let entries = json.get("branches")?.get("entries")?.as_array()?;
        entries.iter().map(choice).collect::<Option<Vec<u8>>>().map(Self)
    }

    /// A path in loom's own form, from which nothing else will be explored.
    fn to_json(&self) -> String {
        let entries: Vec<Value> = self
            .0
            .iter()
            .filter(|choice| !matches!(**choice, TIMED | REMEMBERING))
            .map(|&choice| match choice {
                SPURIOUS.. => json!({ "Spurious": { "spur": choice != SPURIOUS, "exploring": false } }),
                LOAD.. => {
                    let mut values = [0_u8; 7];
                    values[0] = choice - LOAD;
                    json!({ "Load": { "values": values, "pos": 0, "len": 1, "exploring": false } })
                }
                thread => {
                    let threads: Vec<&str> = (0..MAX_THREADS)
                        .map(|i| if i == usize::from(thread) { "Active" } else { "Disabled" })
                        .collect();
                    json!({ "Schedule": {
                        "preemptions": 0, "initial_active": null, "threads": threads, "prev": null, "exploring": false
                    } })
                }
            })
            .collect();
        json!({
            "preemption_bound": null, "pos": 0, "branches": { "entries": entries },
            "exploring": false, "skipping": false, "exploring_on_start": false
        })
        .to_string()
    }
}

/// The choice that one entry of loom's path stands for.
fn choice(entry: &Value) -> Option<u8> {
    if let Some(schedule) = entry.get("Schedule") {
        // A branch at which every thread is done has no active one; the number past the last stands for that.
        let threads = schedule.get("threads")?.as_array()?;
        let active = threads.iter().position(|thread| thread == "Active").unwrap_or(MAX_THREADS);
        u8::try_from(active).ok()
    } else if let Some(load) = entry.get("Load") {
        let position = usize::try_from(load.get("pos")?.as_u64()?).ok()?;
        let value = u8::try_from(load.get("values")?.get(position)?.as_u64()?).ok()?;
        (value < SPURIOUS - LOAD).then_some(LOAD + value)
    } else {
        let spurious = entry.get("Spurious")?.get("spur")?.as_bool()?;
        Some(SPURIOUS + u8::from(spurious))
    }
}

/// A file in the temporary directory, gone when dropped: the only way in and out that loom has for paths.
struct TemporaryFile(PathBuf);

impl TemporaryFile {
    fn new() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Relaxed);
        Self(std::env::temp_dir().join(format!("raceproof-{}-{number}.json", std::process::id())))
    }

    fn write(&self, text: &str) {
        if let Err(error) = std::fs::write(&self.0, text) {
            panic!("{}: {error}; a replay needs the temporary directory", self.0.display());
        }
    }

    fn read(&self) -> Option<String> {
        std::fs::read_to_string(&self.0).ok()
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
