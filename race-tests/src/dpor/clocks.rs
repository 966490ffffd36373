//! Happens-before over the log of one execution, by vector clocks, and the races in it.
//!
//! A clock counts, for each thread, how many of its entries in the log come before. Each entry has one, itself included.
//! A race is a pair of dependent entries that nothing else orders: neither program order nor a third entry between them.

use super::relation::{Part, Relation, parts, relate};
use raceproof::explore::event::{Access, Object};
use raceproof::explore::world::watch::Step;
use std::collections::HashMap;

/// A clock, by thread.
pub(crate) type Clock = Vec<u32>;

/// The clocks of a log.
#[derive(Debug)]
pub(crate) struct Clocks {
    /// Each entry's clock.
    clocks: Vec<Clock>,
    /// Each entry's thread, and its place among that thread's, from 1.
    places: Vec<(usize, u32)>,
    /// Pairs of entries that could be had in the other order, the earlier one first.
    pub(super) races: Vec<(usize, usize)>,
    state: State,
}

/// What the next entry of each thread would hang on.
#[derive(Debug, Default)]
struct State {
    /// Each thread's clock so far.
    threads: Vec<Clock>,
    /// The entries on each object so far, with what they did to it.
    objects: HashMap<Object, Vec<(usize, Part)>>,
    /// Who waits on each condition variable.
    waiters: HashMap<Object, Vec<Waiter>>,
}

#[derive(Debug)]
struct Waiter {
    thread: usize,
    /// The notifications of one waiter that may be this one's, in order.
    signals: Vec<usize>,
    /// The first notification after which it goes on whatever the others do.
    broadcast: Option<usize>,
}

impl Clocks {
    /// The clocks of `log`, and its races whose later entry is `from` or after it.
    pub(crate) fn of(log: &[Step], from: usize) -> Self {
        let threads = log.iter().map(|step| step.thread + 1).max().unwrap_or(1);
        let mut clocks = Self {
            clocks: Vec::with_capacity(log.len()),
            places: Vec::with_capacity(log.len()),
            races: Vec::new(),
            state: State { threads: vec![vec![0; threads]; threads], ..State::default() },
        };
        for (index, step) in log.iter().enumerate() {
            let mut races = Vec::new();
            let mut clock = clocks.clock_of(step, &mut races);
            clocks.enter(index, step);
            clock[step.thread] += 1;
            clocks.places.push((step.thread, clock[step.thread]));
            if step.access == Access::Spawn
                && let Some(child) = clocks.state.threads.get_mut(step.object.address)
            {
                child.clone_from(&clock);
            }
            clocks.state.threads[step.thread].clone_from(&clock);
            clocks.clocks.push(clock);
            if index >= from {
                clocks.races.extend(races.into_iter().map(|race| (race, index)));
            }
        }
        clocks
    }

    /// Whether entry `a` comes before entry `b`, or is it.
    pub(crate) fn before(&self, a: usize, b: usize) -> bool {
        self.within(a, &self.clocks[b])
    }

    /// What two equivalent executions have in common: each entry, by thread and place, and what comes before it.
    #[cfg(test)]
    pub(super) fn class(&self) -> super::Class {
        self.places.iter().copied().zip(self.clocks.iter().cloned()).collect()
    }

    /// The entries that a step would race with, if its thread took it at the end of the log.
    pub(super) fn races_of(&self, step: &Step) -> Vec<usize> {
        let mut races = Vec::new();
        if step.thread < self.state.threads.len() {
            self.clock_of(step, &mut races);
        }
        if matches!(step.access, Access::Wait { .. }) && step.stage > 1 && self.cause(step).is_none() {
            // Nobody has notified it: all that could have been otherwise is who took a notification.
            let woken = self.state.objects.get(&step.object);
            let wakes = |race: &usize| woken.is_some_and(|entries| entries.contains(&(*race, Part::Wake)));
            races.retain(wakes);
        }
        races
    }

    fn within(&self, entry: usize, clock: &Clock) -> bool {
        let (thread, place) = self.places[entry];
        clock[thread] >= place
    }

    fn join(clock: &mut Clock, other: &Clock) {
        for (mine, theirs) in clock.iter_mut().zip(other) {
            *mine = (*mine).max(*theirs);
        }
    }

    /// The clock of what comes before `step`, and the entries that it races with.
    fn clock_of(&self, step: &Step, races: &mut Vec<usize>) -> Clock {
        let mut clock = self.state.threads[step.thread].clone();
        if step.access == Access::Join
            && let Some(ended) = self.state.threads.get(step.object.address)
        {
            Self::join(&mut clock, ended);
        }
        if let Access::Wait { .. } = step.access
            && step.stage > 1
            && let Some(cause) = self.cause(step)
        {
            Self::join(&mut clock, &self.clocks[cause]);
        }
        for (object, part) in parts(step).into_iter().flatten() {
            let Some(entries) = self.state.objects.get(&object) else { continue };
            let first = races.len();
            let mut after = Vec::new();
            for &(entry, theirs) in entries.iter().rev() {
                if self.places[entry].0 == step.thread {
                    continue;
                }
                let relation = relate(theirs, part);
                if relation == Relation::Independent || self.within(entry, &clock) {
                    continue;
                }
                after.push(entry);
                if relation == Relation::Race && !races[first..].iter().any(|race| self.before(entry, *race)) {
                    races.push(entry);
                }
            }
            for entry in after {
                Self::join(&mut clock, &self.clocks[entry]);
            }
        }
        clock
    }

    /// The notification that lets a waiting thread go on.
    fn cause(&self, step: &Step) -> Option<usize> {
        let waiter = self.state.waiters.get(&step.object)?.iter().find(|waiter| waiter.thread == step.thread)?;
        waiter.broadcast.or(waiter.signals.first().copied())
    }

    /// Keeps what later entries will hang on.
    fn enter(&mut self, index: usize, step: &Step) {
        for (object, part) in parts(step).into_iter().flatten() {
            self.state.objects.entry(object).or_default().push((index, part));
            let waiters = self.state.waiters.entry(object).or_default();
            match (part, step.access) {
                (Part::Enqueue, _) => {
                    waiters.push(Waiter { thread: step.thread, signals: Vec::new(), broadcast: None });
                }
                (Part::Notify, Access::NotifyAll) => {
                    for waiter in waiters {
                        waiter.broadcast = waiter.broadcast.or(waiter.signals.first().copied()).or(Some(index));
                    }
                }
                (Part::Notify, _) => {
                    waiters.iter_mut().filter(|w| w.broadcast.is_none()).for_each(|w| w.signals.push(index));
                }
                (Part::Wake, _) => {
                    let Some(place) = waiters.iter().position(|waiter| waiter.thread == step.thread) else { continue };
                    let gone = waiters.remove(place);
                    if gone.broadcast.is_none()
                        && let Some(used) = gone.signals.first()
                    {
                        waiters.iter_mut().for_each(|waiter| waiter.signals.retain(|signal| signal != used));
                    }
                }
                _ => {}
            }
        }
    }
}
