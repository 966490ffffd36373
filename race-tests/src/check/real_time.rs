//! The real-time orders of one execution that stands for many.
//!
//! An execution of the partial-order-reducing explorer stands for all that order independent steps otherwise, and calls
//! and returns are independent of everything but their own thread. So the order in which this one happened to have them
//! says little: a violation of real time may show in another only. All that is certain is happens-before.
//!
//! The more calls are over before others begin, the less is left to explain a history with. So only the orders that have
//! most of that matter, and those come about so: some operation is to return next; for that, exactly those calls are made
//! that happen before its return; then everything returns that can. Where several sets of calls are smallest, each is
//! tried. That is exact: for every order there is one of these in which everything that was over before something still
//! is. Take the first return of the order, and one that needs fewest of the calls before it: those calls can be made
//! first, since nothing has returned before them, and the rest follows in the same way.

use crate::dpor::Clocks;
use crate::history::{History, PENDING};
use raceproof::explore::event::Access;
use raceproof::explore::world::watch::Step;

/// A set of calls, by number.
pub(crate) type Calls = u64;

/// One operation of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interval {
    /// Its thread, and its place among that thread's operations.
    pub(crate) place: (usize, usize),
    /// The calls that happen before its return, its own included; `None` if it has not returned.
    pub(crate) needed: Option<Calls>,
}

/// What an execution says of real time: see the module.
#[derive(Debug, Default)]
pub(crate) struct RealTime {
    intervals: Vec<Interval>,
    /// The places of the returns in the log.
    returns: Vec<Option<usize>>,
}

/// The stages in which the calls are made and the returns come: what is called in a stage is called before anything
/// returns in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Stages {
    /// By operation: the stage of its call, and of its return if it has one.
    pub(crate) stages: Vec<(u32, Option<u32>)>,
}

impl RealTime {
    /// Reads the calls and returns of a log; `None` if there are too many.
    pub(crate) fn of(log: &[Step], clocks: &Clocks) -> Option<Self> {
        let entries = |wanted: Access| log.iter().enumerate().filter(move |(_, step)| step.access == wanted);
        let calls: Vec<(usize, usize)> =
            entries(Access::Call).map(|(entry, step)| (entry, step.object.address)).collect();
        if calls.len() > Calls::BITS as usize {
            return None;
        }
        let mut real_time = Self::default();
        for &(_, address) in &calls {
            let place = (address >> 16, address & 0xffff);
            let returned = entries(Access::Return).find(|(_, step)| step.object.address == address);
            let returned = returned.map(|(entry, _)| entry);
            let needed = returned.map(|returned| {
                let happened = |(_, (call, _)): &(usize, &(usize, usize))| clocks.before(*call, returned);
                calls.iter().enumerate().filter(happened).fold(0, |set, (number, _)| set | 1 << number)
            });
            real_time.intervals.push(Interval { place, needed });
            real_time.returns.push(returned);
        }
        Some(real_time)
    }

    /// Only what each return needs: for tests.
    #[cfg(test)]
    pub(crate) fn from_intervals(intervals: Vec<Interval>) -> Self {
        Self { returns: vec![None; intervals.len()], intervals }
    }

    /// Calls `visit` with each order that matters, at most `most`, until it says `false`. Whether all were visited.
    pub(crate) fn orders(&self, most: usize, visit: &mut impl FnMut(&Stages) -> bool) -> bool {
        let mut stages = Stages { stages: vec![(u32::MAX, None); self.intervals.len()] };
        let mut left = most;
        self.next(0, 0, 0, &mut stages, &mut left, visit)
    }

    fn next(
        &self,
        called: Calls,
        returned: Calls,
        stage: u32,
        stages: &mut Stages,
        left: &mut usize,
        visit: &mut impl FnMut(&Stages) -> bool,
    ) -> bool {
        // What each operation that is to return lacks.
        let mut lacking: Vec<Calls> = self
            .intervals
            .iter()
            .enumerate()
            .filter(|(number, _)| returned & 1 << number == 0)
            .filter_map(|(_, interval)| interval.needed.map(|needed| needed & !called))
            .collect();
        lacking.sort_unstable();
        lacking.dedup();
        let smallest: Vec<Calls> = lacking
            .iter()
            .copied()
            .filter(|set| !lacking.iter().any(|other| other != set && other & !set == 0))
            .collect();
        if smallest.is_empty() {
            // What never returns is called as late as can be.
            for (number, place) in stages.stages.iter_mut().enumerate() {
                if called & 1 << number == 0 {
                    place.0 = stage;
                }
            }
            if *left == 0 {
                return false;
            }
            *left -= 1;
            return visit(stages);
        }
        smallest.into_iter().all(|set| {
            let called = called | set;
            let mut done = returned;
            for (number, interval) in self.intervals.iter().enumerate() {
                if set & 1 << number != 0 {
                    stages.stages[number].0 = stage;
                }
                if returned & 1 << number == 0 {
                    let returns = interval.needed.is_some_and(|needed| needed & !called == 0);
                    stages.stages[number].1 = returns.then_some(stage);
                    done |= u64::from(returns) << number;
                }
            }
            self.next(called, done, stage + 1, stages, left, visit)
        })
    }

    /// Gives the history's operations these times.
    pub(crate) fn write(&self, stages: &Stages, history: &mut History) {
        for (interval, (call, returned)) in self.intervals.iter().zip(&stages.stages) {
            let (thread, at) = interval.place;
            let Some(entry) = history.threads.get_mut(thread).and_then(|entries| entries.get_mut(at)) else { continue };
            entry.start = call * 2;
            entry.end = match returned {
                Some(returned) if entry.outcome.is_some() => returned * 2 + 1,
                _ => PENDING,
            };
        }
    }

    /// The log's steps that needed a choice, by thread, in an order that has calls and returns in these stages.
    pub(crate) fn witness(&self, stages: &Stages, log: &[Step], clocks: &Clocks) -> Vec<usize> {
        let mut done = vec![false; log.len()];
        let mut order = Vec::new();
        let last = stages.stages.iter().filter_map(|(_, returned)| *returned).max().map_or(0, |last| last + 1);
        for stage in 0..=last {
            let returns: Vec<usize> = (self.returns.iter().zip(&stages.stages))
                .filter_map(|(entry, (_, returned))| entry.filter(|_| *returned == Some(stage)))
                .collect();
            for entry in 0..log.len() {
                let needed = stage == last || returns.iter().any(|returned| clocks.before(entry, *returned));
                if !done[entry] && needed {
                    done[entry] = true;
                    order.extend((log[entry].stage > 0).then_some(log[entry].thread));
                }
            }
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A register's operation: a write of a value, or a read that saw one.
    #[derive(Clone, Copy, Debug)]
    enum Act {
        Write(u8),
        Read(u8),
    }

    struct Random(u64);
    impl Random {
        fn below(&mut self, bound: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 % bound as u64) as usize
        }
    }

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Kind {
        Call,
        Inside { object: usize, writes: bool },
        Return,
    }

    /// One random execution: operations, and its log of (thread, operation, what).
    struct Trace {
        acts: Vec<(usize, Act)>,
        log: Vec<(usize, usize, Kind)>,
        /// What must come before each entry.
        before: Vec<u64>,
    }

    fn random(random: &mut Random) -> Trace {
        let threads = 2 + random.below(2);
        let mut acts = Vec::new();
        let mut programs: Vec<Vec<(usize, usize, Kind)>> = Vec::new();
        for thread in 0..threads {
            let mut program = Vec::new();
            for _ in 0..1 + random.below(2) {
                let number = acts.len();
                let act = if random.below(2) == 0 {
                    Act::Write(1 + random.below(2) as u8)
                } else {
                    Act::Read(random.below(3) as u8)
                };
                acts.push((thread, act));
                program.push((thread, number, Kind::Call));
                for _ in 0..random.below(3) {
                    let (object, writes) = (random.below(2), random.below(5) < 3);
                    program.push((thread, number, Kind::Inside { object, writes }));
                }
                program.push((thread, number, Kind::Return));
            }
            program.reverse();
            programs.push(program);
        }
        let mut log: Vec<(usize, usize, Kind)> = Vec::new();
        while programs.iter().any(|program| !program.is_empty()) {
            let thread = random.below(threads);
            log.extend(programs[thread].pop());
        }
        let depends = |a: &(usize, usize, Kind), b: &(usize, usize, Kind)| match (a.2, b.2) {
            _ if a.0 == b.0 => true,
            (Kind::Inside { object, writes }, Kind::Inside { object: other, writes: theirs }) => {
                object == other && (writes || theirs)
            }
            _ => false,
        };
        let mut before: Vec<u64> = Vec::new();
        for at in 0..log.len() {
            let mut set = 0;
            for earlier in 0..at {
                if depends(&log[earlier], &log[at]) {
                    set |= 1 << earlier | before[earlier];
                }
            }
            before.push(set);
        }
        Trace { acts, log, before }
    }

    /// Whether some order of the acts explains them, where `precedes` says what was over before what.
    fn explained(acts: &[(usize, Act)], precedes: &dyn Fn(usize, usize) -> bool) -> bool {
        fn go(acts: &[(usize, Act)], precedes: &dyn Fn(usize, usize) -> bool, done: u64, value: u8) -> bool {
            if done.count_ones() as usize == acts.len() {
                return true;
            }
            (0..acts.len()).filter(|next| done & 1 << next == 0).any(|next| {
                let free =
                    (0..acts.len()).all(|other| done & 1 << other != 0 || other == next || !precedes(other, next));
                free && match acts[next].1 {
                    Act::Write(new) => go(acts, precedes, done | 1 << next, new),
                    Act::Read(seen) => seen == value && go(acts, precedes, done | 1 << next, value),
                }
            })
        }
        go(acts, precedes, 0, 0)
    }

    /// Every order of all entries that happens-before allows, one after the other.
    fn violated_in_some(trace: &Trace) -> bool {
        fn go(
            trace: &Trace,
            done: u64,
            times: &mut Vec<(u32, u32)>,
            now: u32,
            seen: &mut std::collections::HashSet<(u64, Vec<(usize, usize)>)>,
        ) -> bool {
            if done.count_ones() as usize == trace.log.len() {
                return !explained(&trace.acts, &|a, b| times[a].1 < times[b].0);
            }
            let pairs = (0..times.len()).flat_map(|a| (0..times.len()).map(move |b| (a, b)));
            let so_far: Vec<(usize, usize)> = pairs.filter(|(a, b)| times[*a].1 < times[*b].0.min(now)).collect();
            if !seen.insert((done, so_far)) {
                return false;
            }
            (0..trace.log.len()).any(|entry| {
                if done & 1 << entry != 0 || trace.before[entry] & !done != 0 {
                    return false;
                }
                let (_, act, kind) = trace.log[entry];
                let old = times[act];
                match kind {
                    Kind::Call => times[act].0 = now,
                    Kind::Return => times[act].1 = now,
                    Kind::Inside { .. } => {}
                }
                let found = go(trace, done | 1 << entry, times, now + 1, seen);
                times[act] = old;
                found
            })
        }
        let mut times = vec![(u32::MAX, u32::MAX); trace.acts.len()];
        go(trace, 0, &mut times, 0, &mut std::collections::HashSet::new())
    }

    fn intervals(trace: &Trace) -> Vec<Interval> {
        let calls: Vec<usize> = (0..trace.acts.len())
            .map(|act| trace.log.iter().position(|entry| *entry == (trace.acts[act].0, act, Kind::Call)).unwrap())
            .collect();
        (0..trace.acts.len())
            .map(|act| {
                let returned =
                    trace.log.iter().position(|entry| *entry == (trace.acts[act].0, act, Kind::Return)).unwrap();
                let needed = (0..calls.len()).filter(|call| trace.before[returned] & 1 << calls[*call] != 0);
                Interval { place: (trace.acts[act].0, 0), needed: Some(needed.fold(0, |set, call| set | 1 << call)) }
            })
            .collect()
    }

    // `RACEPROOF_TRACES`: how many.
    #[test]
    fn the_orders_that_matter_show_what_all_orders_show() {
        let wanted = std::env::var("RACEPROOF_TRACES").ok().and_then(|text| text.parse().ok());
        let traces: usize = wanted.unwrap_or(4_000);
        let mut source = Random(0x5eed_1234_5678);
        let (mut violations, mut hidden, mut orders) = (0, 0, 0);
        for number in 0..traces {
            let trace = random(&mut source);
            let mut found = false;
            let all = RealTime::from_intervals(intervals(&trace)).orders(usize::MAX, &mut |stages| {
                orders += 1;
                let times: Vec<(u32, u32)> = stages
                    .stages
                    .iter()
                    .map(|(call, end)| (call * 2, end.map_or(u32::MAX, |end| end * 2 + 1)))
                    .collect();
                found = !explained(&trace.acts, &|a, b| times[a].1 < times[b].0);
                !found
            });
            assert_eq!(all, !found);
            assert_eq!(found, violated_in_some(&trace), "{number}: {:?} {:?}", trace.acts, trace.log);
            violations += usize::from(found);
            // What the order that was traced does not show.
            let at = |act: usize, kind: Kind| trace.log.iter().position(|e| e.1 == act && e.2 == kind).unwrap();
            let traced = |a: usize, b: usize| at(a, Kind::Return) < at(b, Kind::Call);
            hidden += usize::from(found && explained(&trace.acts, &traced));
        }
        println!(
            "{traces} traces, {violations} violations, {hidden} of them hidden in the traced order, {orders} orders"
        );
        assert!(hidden * 5 > violations, "too few are hidden for the test to be worth much: {hidden} of {violations}");
    }
}
