//! One execution for each inequivalent interleaving: an exhaustive explorer for sequential consistency, as a director of
//! shuttle's executions.
//!
//! Two executions are equivalent if one becomes the other by changing the places of neighbouring independent steps; they
//! have the same results. Source sets with sleep sets (Abdulla, Aronsson, Jonsson, Sagonas, *Source Sets: A Foundation for
//! Optimal Dynamic Partial Order Reduction*, JACM 2017) run at least one of each class, and seldom two: after each
//! execution its races are looked up, and each becomes a reason to run it the other way round from where it began.
//!
//! A *step* is an operation of the facade that needs a choice, with all that its thread does after it up to its next one.
//! Giving a lock back needs none, unless somebody tries locks without waiting. Where all threads wait, the execution is
//! told to the judge and left, and the exploration goes on.
//!
//! With a bound on preemptions it is another search, see `bounded`.
//!
//! | room | what it knows |
//! |---|---|
//! | `relation` | which operations can change places |
//! | `clocks` | what came before what in one execution, and its races |
//! | `locks` | who holds what, and what a thread would do next |
//! | `spins` | who turns in circles |
//! | this one | the tree of choices |
//! | `bounded` | where to come back to if executions may have so many preemptions |
//! | `guide` | one execution again, step by step, in another order |

mod bounded;
mod clocks;
mod guide;
mod locks;
mod relation;
mod spins;
#[cfg(test)]
mod tests;

pub(crate) use clocks::Clocks;
pub(crate) use guide::Guide;

use locks::{Locks, Next};
use raceproof::explore::engine::Flow;
use raceproof::explore::engine::shuttle::{Director, Ending, Switch};
use raceproof::explore::event::Access;
use raceproof::explore::world::watch::{self, Step};
use relation::dependent;
use spins::Spins;

/// A set of threads.
type Threads = u64;

/// Executions that may be abandoned: what their threads held is never given back.
const MOST_ABANDONED: u64 = 20_000;

/// What the exploration came to, beside the judge's findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    /// Whether one execution of each class was run.
    pub(crate) complete: bool,
    /// Executions that turned out to be of a class that was there already.
    pub(crate) redundant: u64,
    /// Executions in which all threads waited.
    pub(crate) deadlocks: u64,
    /// Whether a thread that turned in circles was held back: then not every number of rounds was tried.
    pub(crate) spins: bool,
    /// Whether a thread unwound while others could have run: they were not let.
    pub(crate) unwinding: bool,
    /// Executions with more real-time orders than were looked at.
    pub(crate) untold: u64,
    /// Whether the preemptions of an execution were bounded.
    pub(crate) bounded: bool,
    /// Executions that were left out because they have more preemptions than there may be.
    pub(crate) preempted: bool,
    /// The program did something else when the same way was taken again.
    pub(crate) nondeterminism: Option<String>,
}

impl Summary {
    /// Whether what was explored to its end was really all: nothing was left out.
    pub(crate) fn says_all(&self) -> bool {
        self.complete && !self.spins && !self.unwinding && self.untold == 0
    }
}

/// A choice of the execution under way, or one to come back to.
#[derive(Debug)]
struct Node {
    /// The place in the log of the step that was chosen.
    entry: usize,
    chosen: usize,
    /// The threads that could have been chosen.
    enabled: Threads,
    /// Those of them that were passed over because they turned in circles.
    held_back: Threads,
    /// What each thread would have done.
    pending: Vec<Option<Step>>,
    /// The threads to be chosen, some time.
    wanted: Threads,
    /// The threads whose choice leads nowhere new: everything behind them has been run.
    asleep: Threads,
    /// The preemptions before this choice.
    preemptions: usize,
    /// Who would go on without one: whoever else is chosen costs one. Nobody where the last one waits or has ended.
    stays: Option<usize>,
}

impl Node {
    /// The preemptions after this choice, if it is this thread's.
    fn preemptions_after(&self, thread: usize) -> usize {
        self.preemptions + usize::from(self.stays.is_some_and(|stays| stays != thread))
    }
}

/// An execution, as far as it is that of its whole class.
#[cfg(test)]
type Class = std::collections::BTreeMap<(usize, u32), clocks::Clock>;

/// The explorer.
pub(crate) struct Dpor {
    nodes: Vec<Node>,
    /// How many of the nodes the execution under way has passed.
    depth: usize,
    /// The first node whose races are not known yet.
    fresh: usize,
    locks: Locks,
    spins: Spins,
    /// The length of the log where the execution left the known ways for a class that was there already.
    coasting: Option<usize>,
    /// An execution is to be thrown away, and everything begun again with unlocks as steps.
    restart: bool,
    /// The preemptions that an execution may have.
    bound: Option<usize>,
    /// Whether to choose everybody everywhere, within the bound: what the search with a bound is compared with.
    #[cfg(test)]
    everybody: bool,
    /// The classes that were met with a bound.
    #[cfg(test)]
    classes: std::collections::BTreeSet<Class>,
    abandoned: u64,
    waiting: Box<dyn FnMut() -> Flow>,
    pub(crate) summary: Summary,
}

fn bit(thread: usize) -> Threads {
    1 << (thread & 63)
}

fn members(set: Threads) -> impl Iterator<Item = usize> {
    (0..64).filter(move |thread| set & bit(*thread) != 0)
}

impl Dpor {
    /// An exploration. `waiting` is asked after each execution that ended with all threads waiting.
    pub(crate) fn new(waiting: impl FnMut() -> Flow + 'static) -> Self {
        Self {
            nodes: Vec::new(),
            depth: 0,
            fresh: 0,
            locks: Locks::default(),
            spins: Spins::default(),
            coasting: None,
            restart: false,
            bound: None,
            #[cfg(test)]
            everybody: false,
            #[cfg(test)]
            classes: Default::default(),
            abandoned: 0,
            waiting: Box::new(waiting),
            summary: Summary::default(),
        }
    }

    /// The same for the executions with at most so many preemptions.
    pub(crate) fn within(bound: usize, waiting: impl FnMut() -> Flow + 'static) -> Self {
        let summary = Summary { bounded: true, ..Summary::default() };
        Self { bound: Some(bound), summary, ..Self::new(waiting) }
    }

    /// Whether giving a lock back was a step.
    pub(crate) fn unlocks(&self) -> bool {
        self.locks.unlocks
    }

    /// The threads that can take a step, what each would do, and who is to go on at once, if anybody.
    fn survey(&mut self, at: &Switch<'_>) -> Result<(Threads, Vec<Option<Step>>), usize> {
        let mut enabled = 0;
        let mut pending = Vec::new();
        let mut look = |thread: usize| -> bool {
            let next = self.locks.next(thread);
            if pending.len() <= thread {
                pending.resize(thread + 1, None);
            }
            match next {
                Next::Local => return true,
                Next::Step(step) => {
                    pending[thread] = Some(step);
                    enabled |= bit(thread);
                }
                Next::Waits(step) => pending[thread] = Some(step),
            }
            false
        };
        // Who runs goes on running, so that a step and what follows it stay together.
        if let Some(current) = at.current.filter(|current| at.runnable.contains(current))
            && look(current)
        {
            return Err(current);
        }
        for &thread in at.runnable {
            if Some(thread) != at.current && look(thread) {
                return Err(thread);
            }
        }
        Ok((enabled, pending))
    }

    /// The threads that lead nowhere new after the last choice: those before it that are independent of all that has
    /// been done since.
    fn inherited(&self) -> Threads {
        if self.bound.is_some() {
            // What was run from there may have had fewer preemptions left.
            return 0;
        }
        let Some(parent) = self.depth.checked_sub(1).and_then(|depth| self.nodes.get(depth)) else { return 0 };
        let candidates = parent.asleep & !bit(parent.chosen);
        watch::with_log(|log| {
            let since = &log[parent.entry..];
            let independent = |thread: &usize| {
                parent.pending[*thread].is_some_and(|step| since.iter().all(|done| !dependent(&step, done)))
            };
            members(candidates).filter(independent).fold(0, |set, thread| set | bit(thread))
        })
    }

    /// The races of the execution that has just ended: each is a reason to come back.
    fn learn(&mut self, stuck: bool) {
        if self.bound.is_some() {
            return self.learn_within_bound();
        }
        watch::with_log(|log| {
            let log = &log[..self.coasting.unwrap_or(log.len())];
            let Some(first) = self.nodes.get(self.fresh).map(|node| node.entry) else { return };
            let clocks = Clocks::of(log, first);
            let place = Places::of(log, &self.nodes);
            for &(earlier, later) in &clocks.races {
                self.reverse(&clocks, &place, log, earlier, Late::Entry(later));
            }
            if stuck {
                // Who waits would have gone on, had it come earlier.
                for thread in 0..log.iter().map(|step| step.thread + 1).max().unwrap_or(0) {
                    let Some(step) = Locks::blocked(thread) else { continue };
                    for earlier in clocks.races_of(&step) {
                        self.reverse(&clocks, &place, log, earlier, Late::Pending(step));
                    }
                }
            }
        });
        self.fresh = self.nodes.len();
    }

    /// Sees to it that what came late is had before what came early.
    fn reverse(&mut self, clocks: &Clocks, place: &Places, log: &[Step], earlier: usize, late: Late) {
        let Some(from) = place.node[earlier] else { return };
        let begun = self.nodes[from].entry;
        // The steps after it that do not hang on it, and then the late one: they could have come instead of it.
        let (upto, last) = match late {
            Late::Entry(entry) => match place.node[entry] {
                Some(node) if node > from => (node, Some(node)),
                _ => return,
            },
            Late::Pending(_) => (self.nodes.len(), None),
        };
        let mut instead: Vec<usize> =
            (from + 1..upto).filter(|node| !clocks.before(begun, self.nodes[*node].entry)).collect();
        if let Some(node) = last {
            // If its own step hangs on the early one, it is only what follows that is late, and cannot be had sooner.
            if self.nodes[node].entry != late.entry() && clocks.before(begun, self.nodes[node].entry) {
                return;
            }
            instead.push(node);
        }
        let mut initials: Vec<usize> = Vec::new();
        let mut seen: Threads = 0;
        for (at, &node) in instead.iter().enumerate() {
            let thread = self.nodes[node].chosen;
            let first = seen & bit(thread) == 0;
            seen |= bit(thread);
            if first && !instead[..at].iter().any(|e| clocks.before(self.nodes[*e].entry, self.nodes[node].entry)) {
                initials.push(thread);
            }
        }
        if let Late::Pending(step) = late {
            let first = seen & bit(step.thread) == 0;
            let free = |e: &usize| place.entries(*e, log).iter().all(|done| !dependent(&step, done));
            if first && instead.iter().all(free) {
                initials.push(step.thread);
            }
        }
        // Only those count that begin the sequence itself. One that is merely independent of all of it, and asleep, would
        // do for this race, but not for those that come to light behind it.
        let first = initials.iter().fold(0, |set, thread| set | bit(*thread));
        let node = &mut self.nodes[from];
        if first & (node.wanted | node.asleep) != 0 || first & node.held_back != 0 {
            return;
        }
        match initials.iter().find(|thread| node.enabled & bit(**thread) != 0) {
            Some(thread) => node.wanted |= bit(*thread),
            // None of them could run there: whatever could may lead to it.
            None => node.wanted |= node.enabled,
        }
    }

    /// Goes back to the last choice that is open, and makes it. `false` if there is none.
    fn back(&mut self) -> bool {
        while let Some(node) = self.nodes.last_mut() {
            node.asleep |= bit(node.chosen);
            let mut open = node.wanted & node.enabled & !node.asleep;
            if let Some(bound) = self.bound {
                let dear = members(open).filter(|thread| node.preemptions_after(*thread) > bound);
                let dear = dear.fold(0, |set, thread| set | bit(thread));
                self.summary.preempted |= dear != 0;
                open &= !dear;
            }
            if let Some(thread) = members(open).next() {
                node.chosen = thread;
                self.fresh = self.nodes.len() - 1;
                return true;
            }
            self.nodes.pop();
        }
        false
    }
}

/// What came late in a race.
#[derive(Clone, Copy)]
enum Late {
    Entry(usize),
    Pending(Step),
}

impl Late {
    fn entry(self) -> usize {
        match self {
            Self::Entry(entry) => entry,
            Self::Pending(_) => usize::MAX,
        }
    }
}

/// Which step each entry of the log belongs to.
struct Places {
    node: Vec<Option<usize>>,
    /// Where each step's entries begin and end, other threads' that needed no choice included.
    ranges: Vec<(usize, usize)>,
}

impl Places {
    fn of(log: &[Step], nodes: &[Node]) -> Self {
        let mut last: Vec<Option<usize>> = Vec::new();
        let mut next = 0;
        let node = log
            .iter()
            .enumerate()
            .map(|(index, step)| {
                if last.len() <= step.thread {
                    last.resize(step.thread + 1, None);
                }
                if nodes.get(next).is_some_and(|node| node.entry == index) {
                    last[step.thread] = Some(next);
                    next += 1;
                }
                last[step.thread]
            })
            .collect();
        let ends = nodes.iter().skip(1).map(|node| node.entry).chain([log.len()]);
        Self { node, ranges: nodes.iter().map(|node| node.entry).zip(ends).collect() }
    }

    fn entries<'a>(&self, node: usize, log: &'a [Step]) -> &'a [Step] {
        let (from, to) = self.ranges[node];
        &log[from..to.max(from)]
    }
}

impl Director for Dpor {
    fn another(&mut self, last: Option<Ending>) -> bool {
        let stuck = last == Some(Ending::Abandoned) && self.coasting.is_none() && !self.restart;
        self.abandoned += u64::from(last == Some(Ending::Abandoned));
        if self.summary.nondeterminism.is_some() {
            return false;
        }
        if self.restart {
            self.nodes.clear();
            self.fresh = 0;
            self.locks.unlocks = true;
            self.summary = Summary { bounded: self.bound.is_some(), ..Summary::default() };
        } else if last.is_some() {
            self.summary.redundant += u64::from(self.coasting.is_some());
            self.learn(stuck);
            if stuck {
                self.summary.deadlocks += 1;
                if (self.waiting)() == Flow::Stop {
                    return false;
                }
            }
            if !self.back() {
                self.summary.complete = true;
                return false;
            }
            if self.abandoned >= MOST_ABANDONED {
                return false;
            }
        }
        self.restart = false;
        self.coasting = None;
        self.depth = 0;
        self.locks.clear();
        self.spins.clear();
        true
    }

    fn next(&mut self, at: &Switch<'_>) -> Option<usize> {
        let spins = &mut self.spins;
        self.locks.catch_up(|step| spins.see(step));
        if let Some(current) = at.current.filter(|_| at.unwinding) {
            if let Next::Step(_) = self.locks.next(current) {
                self.summary.unwinding |= at.runnable.len() > 1;
                watch::chosen(current);
            }
            return Some(current);
        }
        let (enabled, pending) = match self.survey(at) {
            Ok(survey) => survey,
            Err(local) => return Some(local),
        };
        if enabled == 0 {
            return None;
        }
        let stay = |set: Threads| at.current.filter(|current| set & bit(*current) != 0).or_else(|| members(set).next());
        let tries = |step: &Option<Step>| matches!(step, Some(Step { access: Access::TryLock(_), .. }));
        if !self.locks.unlocks && pending.iter().any(tries) {
            self.restart = true;
        }
        let chosen = if self.restart || self.coasting.is_some() {
            stay(enabled & !self.spins.turning(enabled)).or_else(|| stay(enabled))?
        } else if let Some(node) = self.nodes.get_mut(self.depth) {
            if enabled & bit(node.chosen) == 0 || node.enabled & !enabled != 0 {
                self.summary.nondeterminism =
                    Some(format!("thread {} could take a step here before, and cannot now", node.chosen));
                return None;
            }
            // The same steps on the same objects, which may lie elsewhere now.
            node.pending = pending;
            node.entry = watch::with_log(<[Step]>::len);
            self.depth += 1;
            node.chosen
        } else {
            let asleep = self.inherited();
            let held_back = self.spins.turning(enabled);
            self.summary.spins |= held_back != 0;
            let free = enabled & !held_back;
            // Who took the last step, not who ran last: a thread that has just been started has taken none.
            let stays = self.nodes.last().map(|node| node.chosen).filter(|thread| free & bit(*thread) != 0);
            let preemptions = self.nodes.last().map_or(0, |node| node.preemptions_after(node.chosen));
            let without_one = stays.filter(|_| self.bound.is_some());
            let Some(thread) = without_one.or_else(|| stay(free & !asleep)) else {
                self.coasting = Some(watch::with_log(<[Step]>::len));
                let thread = stay(free)?;
                watch::chosen(thread);
                return Some(thread);
            };
            self.nodes.push(Node {
                entry: watch::with_log(<[Step]>::len),
                chosen: thread,
                enabled: free,
                held_back,
                pending,
                wanted: self.wanted_at_first(thread, free),
                asleep,
                preemptions,
                stays,
            });
            self.depth += 1;
            thread
        };
        watch::chosen(chosen);
        Some(chosen)
    }
}
