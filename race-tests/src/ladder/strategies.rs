//! The table of strategies in the docs, made from what is explored here: nothing in it is anybody's word.
//!
//! `UPDATE_STRATEGIES=1 cargo test -p raceproof-test --lib strategies` writes it; without, the test compares. It counts
//! scenarios and executions and looks at no clock, so it says the same on every machine.

use super::{Done, Task, mutants};
use crate::explore::{self, Clock, Limit, Progress, ScenarioEnd};
use crate::options::Options;
use crate::scenario::{Scenario, Small};
use crate::subject::Subject;
use crate::verdict::{Fate, adjective};
use raceproof::explore::engine::supervise;
use raceproof::explore::native::{Arc, thread};
use raceproof::guarded;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// Executions of one scenario under loom without a bound, and where those are not enough, with one. The largest that comes
/// to its end takes 1,707, and 4,944 with the bound.
const UNBOUNDED: u64 = 2_000;
const BOUNDED: u64 = 8_000;
const BOUND: usize = 2;
/// Of an actor with rings the first few scenarios take more than that. All of its are explored to a bound of this.
const BOUND_OF_RINGS: usize = 1;
const RINGS: &str = "actor, mailbox = rings";
/// Executions of one scenario under the reducing explorer: the largest that comes to its end takes 2,750. Of a strategy
/// of which the first few need more than that, the others are not tried.
const REDUCED: u64 = 3_000;
const FEW: usize = 2;

/// A tally that tells everything: what a change returns depends on all changes before it, and so does what a look returns.
macro_rules! tallies {
    ($($name:ident, $($option:ident $(= $value:tt)?),+;)+) => { $(
        #[guarded($($option $(= $value)?),+, tests = off)]
        #[derive(Clone, Default)]
        struct $name {
            value: u64,
        }

        #[guarded]
        impl $name {
            pub fn change(&mut self) -> u64 {
                self.value = (self.value * 3 + 1) % 1_000;
                self.value
            }
            pub fn look(&self) -> u64 {
                self.value
            }
        }
    )+ };
}
tallies! {
    ByMutex, mutex;
    ByRwLock, rwlock;
    ByLeftRight, left_right;
    ByOwnThread, actor;
    ByCaller, actor, owner = caller;
}

/// The same in a word.
#[guarded(atomic, tests = off)]
#[derive(Default)]
struct ByWord {
    value: u64,
}

#[guarded]
impl ByWord {
    pub fn change(&mut self) -> u64 {
        self.value = self.value.wrapping_mul(3).wrapping_add(1) % 1_000;
        self.value
    }
    pub fn look(&self) -> u64 {
        self.value
    }
}

/// The same in rings. Its changes have no result, since they commute.
#[guarded(actor, mailbox = rings, tests = off)]
#[derive(Default)]
struct ByRings {
    value: u64,
}

#[guarded]
impl ByRings {
    #[commutes]
    pub fn change(&mut self) {
        self.value += 1;
    }
    pub fn look(&self) -> u64 {
        self.value
    }
}

/// Posted, waited for, and looked at.
#[guarded(actor, mailbox = rings, tests = off)]
#[derive(Default)]
struct Sum {
    value: u64,
}

#[guarded]
impl Sum {
    #[commutes]
    pub fn add(&mut self, #[arg(1..3u64)] amount: u64) {
        self.value += amount;
    }
    pub fn write(&mut self, #[arg(1..3u64)] digit: u64) -> u64 {
        self.value = (self.value * 10 + digit) % 1_000_000;
        self.value
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

/// Two keys in two parts, counted together and one part after the other.
#[guarded(sharded, shards = 2, tests = off)]
#[derive(Default)]
struct ByKeys {
    entries: std::collections::BTreeMap<u8, u8>,
}

#[guarded]
impl ByKeys {
    pub fn new() -> Self {
        Self { entries: std::collections::BTreeMap::new() }
    }
    pub fn change(
        &mut self,
        #[key]
        #[arg(2..4u8)]
        key: u8,
    ) -> Option<u8> {
        self.entries.insert(key, 1 << key)
    }
    #[merge(sum)]
    pub fn look(&self) -> u8 {
        self.entries.values().sum()
    }
    #[merge(sum)]
    #[consistency(quiescent)]
    pub fn walk(&self) -> u8 {
        self.entries.values().sum()
    }
}

/// A stripe a thread. Its changes have no result: a stripe's owner does not see the total.
#[guarded(striped, tests = off)]
#[derive(Default)]
struct ByStripes {
    value: u64,
}

#[guarded]
impl ByStripes {
    pub fn change(&mut self) {
        self.value = self.value.saturating_add(1);
    }
    pub fn look(&self) -> u64 {
        self.value
    }
}

/// What some mistakes need to show: keys that are looked up, and a whole that tells which parts it has seen.
#[guarded(sharded, shards = 2, tests = off)]
#[derive(Default)]
struct Stock {
    entries: std::collections::BTreeMap<u8, u8>,
}

#[guarded]
impl Stock {
    pub fn new() -> Self {
        Self { entries: std::collections::BTreeMap::new() }
    }
    pub fn put(
        &mut self,
        #[key]
        #[arg(2..4u8)]
        key: u8,
    ) {
        self.entries.insert(key, 1);
    }
    pub fn get(
        &self,
        #[key]
        #[arg(2..4u8)]
        key: u8,
    ) -> Option<u8> {
        self.entries.get(&key).copied()
    }
    #[merge(sum)]
    pub fn look(&self) -> u8 {
        self.entries.keys().map(|key| 1 << key).sum()
    }
}

macro_rules! digits {
    ($($name:ident, $($option:ident $(= $value:tt)?),+;)+) => { $(
        #[guarded($($option $(= $value)?),+, tests = off)]
        #[derive(Default)]
        struct $name {
            value: u64,
        }

        #[guarded]
        impl $name {
            pub fn post(&mut self, #[arg(1..3u64)] digit: u64) {
                self.value = (self.value * 10 + digit) % 1_000_000;
            }
            pub fn add(&mut self, #[arg(1..3u64)] digit: u64) -> u64 {
                self.value = (self.value * 10 + digit) % 1_000_000;
                self.value
            }
            pub fn get(&self) -> u64 {
                self.value
            }
        }
    )+ };
}
digits! {
    DigitsByThread, actor;
    DigitsByCaller, actor, owner = caller;
}

/// What a strategy is, in a line; the rest is found out.
struct Row {
    strategy: &'static str,
    how: &'static str,
    subject: Subject,
    /// The type that its mistakes are looked for in.
    broken: Subject,
}

fn rows() -> Vec<Row> {
    let row = |strategy, how, subject: Subject| {
        let broken = match strategy {
            "sharded" => crate::subject!(Stock),
            "actor" => crate::subject!(DigitsByThread),
            RINGS => crate::subject!(Sum),
            "actor, owner = caller" => crate::subject!(DigitsByCaller),
            _ => subject.clone(),
        };
        Row { strategy, how, subject, broken }
    };
    vec![
        row("mutex", "one lock", crate::subject!(ByMutex)),
        row("rwlock", "one lock, which `&self` methods share", crate::subject!(ByRwLock)),
        row("atomic", "one atomic word, and a compare-exchange", crate::subject!(ByWord)),
        row(
            "sharded",
            "parts by key, each behind a lock; `walk` is `#[consistency(quiescent)]`",
            crate::subject!(ByKeys),
        ),
        row("striped", "a stripe a thread, summed up by who looks; additions of 1", crate::subject!(ByStripes)),
        row("left_right", "two copies, and readers that wait for nobody", crate::subject!(ByLeftRight)),
        row("actor", "a mailbox, and a thread of its own", crate::subject!(ByOwnThread)),
        row(RINGS, "the same, and posted calls in a queue a sender; they commute", crate::subject!(ByRings)),
        row("actor, owner = caller", "a mailbox, emptied by whoever finds it idle", crate::subject!(ByCaller)),
    ]
}

/// What two threads with two operations each came to.
#[derive(Default)]
struct Tally {
    scenarios: usize,
    /// To the end under loom, in program order.
    loom: usize,
    /// To the end of a preemption bound.
    bounded: usize,
    /// To the end of the bound that is for rings.
    bounded_rings: usize,
    /// To the end under the reducing explorer.
    reduced: usize,
    /// Weaker methods that were shown to be no more than they declare.
    shown: Vec<String>,
    complaints: Vec<String>,
}

fn two_by_two(task: &Task, rings: bool) -> Tally {
    let mut tally = Tally::default();
    let of_that_shape = |scenario: &Scenario| {
        scenario.prefix.is_empty()
            && scenario.threads.len() == 2
            && scenario.threads.iter().all(|calls| calls.len() == 2)
    };
    for scenario in Small::new(&task.subject, &task.options, task.seed).filter(of_that_shape) {
        tally.scenarios += 1;
        let mut loom = |bound, most| {
            let explored = explore::loom(&task.subject, &scenario, Clock::ProgramOrder, bound, Limit::executions(most));
            for shown in &explored.shown {
                let line = format!("`{}` not {}", shown.method, adjective(shown.level));
                if !tally.shown.contains(&line) {
                    tally.shown.push(line);
                }
            }
            explored.end
        };
        match if rings { loom(Some(BOUND_OF_RINGS), BOUNDED) } else { loom(None, UNBOUNDED) } {
            ScenarioEnd::Exhausted if rings => tally.bounded_rings += 1,
            ScenarioEnd::Cut if rings => {}
            ScenarioEnd::Exhausted => tally.loom += 1,
            ScenarioEnd::Cut => match loom(Some(BOUND), BOUNDED) {
                ScenarioEnd::Exhausted => tally.bounded += 1,
                ScenarioEnd::Cut => {}
                end => tally.complaints.push(format!("{scenario:?}: {end:?}")),
            },
            end => tally.complaints.push(format!("{scenario:?}: {end:?}")),
        }
        if tally.reduced == 0 && tally.scenarios > FEW {
            continue;
        }
        match explore::reduced(&task.subject, &scenario, Limit::executions(REDUCED)).0.end {
            ScenarioEnd::Exhausted => tally.reduced += 1,
            ScenarioEnd::Cut => {}
            end => tally.complaints.push(format!("{scenario:?}: {end:?}")),
        }
    }
    tally.shown.sort();
    tally
}

fn verdict(tally: &Tally) -> String {
    let all = tally.scenarios;
    let part = |count: usize, what: &str| (count > 0).then(|| format!("{count} of {all} {what}"));
    let parts = [
        part(tally.loom, "exhausted by loom"),
        part(tally.bounded, &format!("by loom to preemption bound {BOUND}")),
        part(tally.bounded_rings, &format!("by loom to preemption bound {BOUND_OF_RINGS}")),
        part(tally.reduced, "exhausted under sequential consistency"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn consistency(subject: &Subject, tally: &Tally) -> String {
    let weaker: Vec<String> =
        subject.weaker().map(|(method, level)| format!("`{method}` {}", adjective(level))).collect();
    if weaker.is_empty() {
        return "linearizable".to_owned();
    }
    let shown = if tally.shown.is_empty() { String::new() } else { format!("; shown: {}", tally.shown.join(", ")) };
    format!("linearizable, {}{shown}", weaker.join(", "))
}

fn on_panic(subject: &Subject) -> &'static str {
    let semantics = subject.inner.on_panic;
    match (semantics.exclusive_poisons, semantics.shared_poisons) {
        (true, true) => "poisons",
        (true, false) => "poisons, in a `&mut self` method",
        (false, _) => "leaves the state as it was",
    }
}

fn line(row: &Row) -> String {
    let now = Instant::now();
    // No budget, and no cap either, which counts from when it began: what is done is counted.
    let began = now + Duration::from_secs(3_600);
    let task = Task { subject: row.subject.clone(), options: Options::default(), seed: 0x5eed, began, deadline: now };
    let inside = task.clone();
    let rings = row.strategy == RINGS;
    let tally = supervise(Duration::from_secs(30), move || two_by_two(&inside, rings));
    let tally = tally.unwrap_or_else(|stuck| panic!("{}: {stuck:?}", row.strategy));
    assert!(tally.complaints.is_empty(), "{}: {}", row.strategy, tally.complaints.join("\n"));
    let broken = Task { subject: row.broken.clone(), ..task };
    let Done { mutants, .. } = mutants::rung(&broken, &Arc::new(Progress::default()));
    // Each mistake of an actor's, of either owner, has to be found: they have none that hides.
    if row.strategy.starts_with("actor") {
        let all = mutants.len() > 6 && mutants.iter().all(|mutant| matches!(mutant.fate, Fate::Killed(..)));
        assert!(all, "{}: {mutants:#?}", row.strategy);
    }
    let fates: Vec<String> = mutants
        .iter()
        .map(|mutant| match &mutant.fate {
            Fate::Killed(rung, _) => format!("`{}`: {rung}", mutant.name),
            Fate::Indistinguishable(_) => format!("`{}`: cannot be told apart here", mutant.name),
            Fate::Unreached(_) => format!("`{}`: no place for it here", mutant.name),
            Fate::Survived(_) => format!("`{}`: not within the floors", mutant.name),
        })
        .collect();
    format!(
        "| `{}` | {} | {} | {} | {} | {} |\n",
        row.strategy,
        row.how,
        consistency(&row.subject, &tally),
        verdict(&tally),
        on_panic(&row.subject),
        fates.join(", ")
    )
}

#[test]
fn the_table_of_strategies_is_what_was_explored() {
    let mut table = String::from(
        "| strategy | how | consistency, checked | 2 threads x 2 operations, all methods | a panic in a method | mutants, \
         and the rung that finds each |\n|---|---|---|---|---|---|\n",
    );
    // The actor with a thread takes as long as all others together.
    let rows = rows();
    let (long, short): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.strategy == "actor");
    let lines = |rows: &[&Row]| rows.iter().map(|row| (row.strategy, line(row))).collect::<BTreeMap<_, _>>();
    let mut written = thread::scope(|scope| {
        let long = scope.spawn(|| lines(&long));
        let mut written = lines(&short);
        written.extend(long.join().unwrap_or_else(|payload| std::panic::resume_unwind(payload)));
        written
    });
    for row in &rows {
        let _ = table.write_str(&written.remove(row.strategy).unwrap_or_default());
    }
    let text = format!(
        "<!-- Made by `UPDATE_STRATEGIES=1 cargo test -p raceproof-test --lib strategies`; do not edit. -->\n\n{table}\n\
         Each row is a type of one `&mut self` and one `&self` method, explored in every scenario of two threads with two \
         operations. A scenario that takes loom more than {UNBOUNDED} executions is explored to a preemption bound of {BOUND}, \
         and to at most {BOUNDED} executions; a completed bound is no proof. With rings a scenario has more steps, and is explored to a \
         bound of {BOUND_OF_RINGS} alone. *Under sequential consistency* means one \
         execution for each inequivalent interleaving, with every ordering taken as SeqCst, in at most {REDUCED} executions; where \
         the first {FEW} scenarios need more than that, the others are not tried. `lost_update` is the kit's own mutant of any type: the lock is dropped between reading and writing back. Mutants are looked for as far as a generated \
         test goes without a budget; what those floors miss, the strategy's own tests look for.\n"
    );
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for place in ["docs/strategies.md", "counters/src/strategies.md"] {
        let place = home.join(place);
        if std::env::var_os("UPDATE_STRATEGIES").is_some() {
            std::fs::write(&place, &text).expect("the table can be written");
        }
        let written = std::fs::read_to_string(&place).unwrap_or_default();
        assert_eq!(written, text, "{}: run it with UPDATE_STRATEGIES=1", place.display());
    }
}
