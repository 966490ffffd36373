//! Random scenarios: larger than what can be enumerated, and biased to where races are.
//!
//! Uniformly random operations miss what needs many operations on the same few keys. So arguments come from few values,
//! one in three scenarios uses only a few of the methods, and one in four puts a long run on one thread against one call
//! on each other.

use super::{Call, Scenario, closing_reads};
use crate::options::Options;
use crate::subject::Subject;
use raceproof::explore::argument::Code;

/// Threads at most, where nobody says how many.
pub(crate) const THREADS: usize = 4;

/// Draws scenarios.
pub(crate) struct Draw {
    state: u64,
    arity: Vec<usize>,
    /// Of each method, the groups of which only one thread calls methods.
    single: Vec<&'static [&'static str]>,
    suffix: Vec<Call>,
    max_threads: usize,
    max_operations: usize,
    /// Whether nobody has said how many operations, and how many threads.
    grows: bool,
    more_threads: bool,
}

/// Operations of all threads together, where there are more threads than at first: a checker tries orders of what overlaps.
const TOGETHER: usize = 48;

impl Draw {
    pub(crate) fn new(subject: &Subject, options: &Options, seed: u64) -> Self {
        Self {
            state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            arity: subject.inner.methods.iter().map(|info| info.parameters.len()).collect(),
            single: subject.inner.methods.iter().map(|info| info.single).collect(),
            suffix: closing_reads(subject),
            max_threads: options.threads.unwrap_or(THREADS),
            max_operations: options.operations.unwrap_or(6),
            grows: options.operations.is_none(),
            // What is told its thread's number may have a place for each of so many as there are otherwise.
            more_threads: options.threads.is_none() && subject.inner.methods.iter().all(|info| info.thread.is_empty()),
        }
    }

    /// A number below `bound` (SplitMix64, Steele, Lea, Flood, OOPSLA 2014).
    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        ((u128::from(z) * bound as u128) >> 64) as usize
    }

    fn call(&mut self, methods: &[usize], values: u32) -> Call {
        let method = methods[self.below(methods.len())];
        let codes = (0..self.arity[method])
            .map(|_| {
                // Mostly one of the few values; sometimes any.
                let any = self.below(16) == 0;
                let seed = if any { self.below(1 << 16) as u32 } else { self.below(values as usize) as u32 };
                Code { seed, simplify: 0 }
            })
            .collect();
        Call { method, codes }
    }

    /// The next scenario.
    pub(crate) fn scenario(&mut self) -> Scenario {
        /// Where methods belong to groups, threads may be left without any; a scenario needs two that have some.
        const ATTEMPTS: usize = 64;
        let mut scenario = self.attempt();
        for _ in 0..ATTEMPTS {
            if scenario.threads.len() > 1 {
                break;
            }
            scenario = self.attempt();
        }
        scenario
    }

    fn attempt(&mut self) -> Scenario {
        let threads = 2 + self.below(self.max_threads - 1);
        let longest = if threads > THREADS { self.max_operations.min(TOGETHER / threads) } else { self.max_operations };
        let values = 1 + self.below(3) as u32;
        let all: Vec<usize> = (0..self.arity.len()).collect();
        let methods = if all.len() > 2 && self.below(3) == 0 {
            (0..2).map(|_| all[self.below(all.len())]).collect()
        } else {
            all.clone()
        };
        let lopsided = self.below(4) == 0;
        // Each group is one thread's.
        let mut owners: Vec<(&'static str, usize)> = Vec::new();
        for group in self.single.clone().into_iter().flatten() {
            if !owners.iter().any(|(known, _)| known == group) {
                owners.push((*group, self.below(threads)));
            }
        }
        let prefix = (0..self.below(3)).map(|_| self.call(&methods, values)).collect();
        let threads = (0..threads)
            .map(|thread| {
                let operations = match (lopsided, thread) {
                    (true, 0) => longest,
                    (true, _) => 1,
                    _ => 1 + self.below(longest),
                };
                let permitted =
                    |method: &usize| self.single[*method].iter().all(|group| owners.contains(&(*group, thread)));
                let own: Vec<usize> = methods.iter().copied().filter(permitted).collect();
                let own = if own.is_empty() { all.iter().copied().filter(permitted).collect() } else { own };
                if own.is_empty() { Vec::new() } else { (0..operations).map(|_| self.call(&own, values)).collect() }
            })
            .filter(|calls: &Vec<Call>| !calls.is_empty())
            .collect();
        Scenario { prefix, threads, suffix: self.suffix.clone() }
    }

    /// From now on up to so many operations a thread, and so many threads, where nobody has said how many.
    pub(crate) fn grow(&mut self, operations: usize, threads: usize) {
        if self.grows {
            self.max_operations = operations;
        }
        if self.more_threads {
            self.max_threads = threads;
        }
    }

    /// A sequence for one thread alone.
    pub(crate) fn sequence(&mut self, longest: usize) -> Vec<Call> {
        let all: Vec<usize> = (0..self.arity.len()).collect();
        let values = 1 + self.below(3) as u32;
        (0..1 + self.below(longest)).map(|_| self.call(&all, values)).collect()
    }
}
