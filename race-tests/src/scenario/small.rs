//! Every small scenario, up to symmetry: 2x1, 2x2 and 3x1 threads by operations, after a prefix of up to two.
//!
//! Threads are alike, so of scenarios that differ only in which thread is which, one is kept. The order is a fixed
//! pseudo-random permutation within each shape, and the shapes take turns, small ones first: where there is no time for
//! all, what was explored is a fair sample, and the report says how many of how many.

use super::{Call, Scenario, alphabet, closing_reads};
use crate::options::Options;
use crate::subject::Subject;
use std::collections::BTreeMap;

/// Operations before the threads, threads, operations a thread.
const SHAPES: [(usize, usize, usize); 7] =
    [(0, 2, 1), (1, 2, 1), (0, 3, 1), (0, 2, 2), (2, 2, 1), (1, 3, 1), (1, 2, 2)];

/// What comes after the small ones where there is time, likewise.
const LARGER: [(usize, usize, usize); 4] = [(0, 2, 3), (0, 3, 2), (1, 2, 3), (2, 2, 2)];

/// The small scenarios of a subject, in the order to explore them.
pub(crate) struct Small {
    alphabet: Vec<Call>,
    /// Of each call, the groups of which only one thread calls methods, as bits.
    groups: Vec<u64>,
    /// Threads are alike: false as soon as calls are told their thread's number.
    symmetric: bool,
    images: Images,
    suffix: Vec<Call>,
    shapes: Vec<Shape>,
    turn: usize,
}

/// Which of the scenarios that are mirror images of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Images {
    /// The first of them.
    First,
    /// All but the first.
    Others,
}

struct Shape {
    prefix: usize,
    threads: usize,
    operations: usize,
    /// Scenarios, symmetric ones included.
    all: u64,
    next: u64,
    step: u64,
    position: u64,
}

impl Small {
    /// The seed says where the permutation of each shape begins.
    pub(crate) fn new(subject: &Subject, options: &Options, seed: u64) -> Self {
        Self::of(&SHAPES, subject, options, seed)
    }

    /// The next larger ones.
    pub(crate) fn larger(subject: &Subject, options: &Options, seed: u64) -> Self {
        Self::of(&LARGER, subject, options, seed)
    }

    /// The small ones that differ from those of [`Self::new`] only in which thread is which.
    pub(crate) fn mirrored(subject: &Subject, options: &Options, seed: u64) -> Self {
        let mut small = Self::new(subject, options, seed);
        small.images = Images::Others;
        if !small.symmetric {
            small.shapes.clear();
        }
        small
    }

    fn of(shapes: &[(usize, usize, usize)], subject: &Subject, options: &Options, seed: u64) -> Self {
        let alphabet = alphabet(subject);
        let letters = alphabet.len() as u64;
        let shapes = shapes
            .iter()
            .filter(|(_, threads, operations)| {
                *threads <= options.threads.unwrap_or(3) && *operations <= options.operations.unwrap_or(3)
            })
            .filter_map(|&(prefix, threads, operations)| {
                let exponent = u32::try_from(prefix + threads * operations).ok()?;
                let all = letters.checked_pow(exponent).filter(|all| *all > 0)?;
                Some(Shape {
                    prefix,
                    threads,
                    operations,
                    all,
                    next: 0,
                    step: coprime_step(all),
                    position: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) % all,
                })
            })
            .collect();
        let mut names: Vec<&str> = Vec::new();
        let mut bit = |group: &'static str| {
            let known = names.iter().position(|name| *name == group).unwrap_or_else(|| {
                names.push(group);
                names.len() - 1
            });
            1 << (known % 64)
        };
        let groups = alphabet
            .iter()
            .map(|call| subject.inner.methods[call.method].single.iter().fold(0, |mask, group| mask | bit(group)))
            .collect();
        let symmetric = subject.inner.methods.iter().all(|info| info.thread.is_empty());
        Self { alphabet, groups, symmetric, images: Images::First, suffix: closing_reads(subject), shapes, turn: 0 }
    }

    /// How many there are, symmetric ones counted once.
    pub(crate) fn total(&self) -> u64 {
        let count = |shape: &Shape| match self.images {
            Images::First => shape.count(&self.groups, self.symmetric),
            Images::Others => shape.count(&self.groups, false) - shape.count(&self.groups, true),
        };
        self.shapes.iter().map(count).fold(0, u64::saturating_add)
    }
}

impl Small {
    /// Whether a scenario is the first of its mirror images.
    fn is_first(&self, scenario: &Scenario) -> bool {
        let letter = |call: &Call| self.alphabet.iter().position(|known| known == call);
        scenario.threads.iter().map(|calls| calls.iter().map(letter).collect::<Vec<_>>()).is_sorted()
    }
}

impl Shape {
    /// Choices of a prefix times choices of a sequence for each thread (multisets of sequences where threads are alike),
    /// without those in which two threads call methods of one group.
    fn count(&self, groups: &[u64], symmetric: bool) -> u64 {
        // Sequences, by the groups that they call.
        let mut sequences: BTreeMap<u64, u128> = BTreeMap::from([(0, 1)]);
        for _ in 0..self.operations {
            let mut longer = BTreeMap::new();
            for (mask, count) in sequences {
                for group in groups {
                    *longer.entry(mask | group).or_default() += count;
                }
            }
            sequences = longer;
        }
        let sequences: Vec<(u64, u128)> = sequences.into_iter().collect();
        let prefixes = (groups.len() as u128).pow(u32::try_from(self.prefix).unwrap_or(0));
        let choices = choices(&sequences, self.threads, 0, symmetric);
        u64::try_from(prefixes.saturating_mul(choices)).unwrap_or(u64::MAX)
    }

    /// The next scenario of this shape that is the first among its mirror images.
    fn advance(&mut self, alphabet: &[Call], groups: &[u64], symmetric: bool, suffix: &[Call]) -> Option<Scenario> {
        let letters = alphabet.len() as u64;
        while self.next < self.all {
            self.next += 1;
            self.position = ((u128::from(self.position) + u128::from(self.step)) % u128::from(self.all)) as u64;
            let mut rest = self.position;
            let mut letter = || {
                let index = rest % letters;
                rest /= letters;
                index as usize
            };
            let prefix: Vec<usize> = (0..self.prefix).map(|_| letter()).collect();
            let threads: Vec<Vec<usize>> =
                (0..self.threads).map(|_| (0..self.operations).map(|_| letter()).collect()).collect();
            let mut taken = 0;
            let apart = threads.iter().all(|calls| {
                let mask = calls.iter().fold(0, |mask, call| mask | groups[*call]);
                let apart = taken & mask == 0;
                taken |= mask;
                apart
            });
            if apart && (!symmetric || threads.is_sorted()) {
                let calls = |letters: &Vec<usize>| letters.iter().map(|i| alphabet[*i].clone()).collect();
                return Some(Scenario {
                    prefix: calls(&prefix),
                    threads: threads.iter().map(calls).collect(),
                    suffix: suffix.to_vec(),
                });
            }
        }
        None
    }
}

impl Iterator for Small {
    type Item = Scenario;

    fn next(&mut self) -> Option<Scenario> {
        for _ in 0..self.shapes.len() {
            let index = self.turn % self.shapes.len();
            self.turn += 1;
            let others = self.images == Images::Others;
            while let Some(scenario) =
                self.shapes[index].advance(&self.alphabet, &self.groups, self.symmetric && !others, &self.suffix)
            {
                if !others || !self.is_first(&scenario) {
                    return Some(scenario);
                }
            }
        }
        None
    }
}

/// Choices of a sequence for each of so many threads; no two of them call methods of one group, and none of `taken`.
/// Sequences that call none may come several times, the others once: as multisets, or in every order.
fn choices(sequences: &[(u64, u128)], threads: usize, taken: u64, symmetric: bool) -> u128 {
    if threads == 0 {
        return 1;
    }
    if !symmetric {
        let free = sequences.iter().filter(|(mask, _)| mask & taken == 0);
        return free.map(|(mask, count)| count * choices(sequences, threads - 1, taken | mask, false)).sum();
    }
    let Some(((mask, count), rest)) = sequences.split_first() else { return 0 };
    let mut all = choices(rest, threads, taken, true);
    if *mask == 0 {
        let mut multisets = 1;
        for times in 1..=threads {
            multisets = multisets * (count + times as u128 - 1) / times as u128;
            all += multisets * choices(rest, threads - times, taken, true);
        }
    } else if mask & taken == 0 {
        all += count * choices(rest, threads - 1, taken | mask, true);
    }
    all
}

/// A step that visits every number below `all` once, and far apart.
fn coprime_step(all: u64) -> u64 {
    let gcd = |mut a: u64, mut b: u64| {
        while b != 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    // The golden ratio spreads consecutive steps evenly.
    let mut step = ((all as f64 * 0.618_033_988_749_895) as u64).clamp(1, all);
    while gcd(step, all) != 1 {
        step += 1;
    }
    step
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn letters(count: usize) -> Vec<Call> {
        (0..count).map(|method| Call { method, codes: vec![] }).collect()
    }

    #[test]
    fn every_scenario_comes_once_up_to_symmetry() {
        for count in 1..=4 {
            for &(prefix, threads, operations) in &SHAPES {
                let alphabet = letters(count);
                let all = (count as u64).pow((prefix + threads * operations) as u32);
                let mut shape =
                    Shape { prefix, threads, operations, all, next: 0, step: coprime_step(all), position: all / 3 };
                let mut seen = HashSet::new();
                while let Some(scenario) = shape.advance(&alphabet, &vec![0; count], true, &[]) {
                    let mut canonical = scenario.clone();
                    canonical.threads.sort();
                    assert_eq!(canonical, scenario);
                    assert!(seen.insert(scenario), "twice");
                }
                assert_eq!(
                    seen.len() as u64,
                    shape.count(&vec![0; count], true),
                    "{count} {prefix} {threads}x{operations}"
                );
            }
        }
    }

    // Letter 0 is anybody's, 1 and 2 are one group's, 3 another's, 4 both's.
    #[test]
    fn of_a_group_only_one_thread_calls() {
        let groups = [0, 1, 1, 2, 3];
        let alphabet = letters(groups.len());
        for symmetric in [true, false] {
            for &(prefix, threads, operations) in &SHAPES {
                let all = (groups.len() as u64).pow((prefix + threads * operations) as u32);
                let mut shape =
                    Shape { prefix, threads, operations, all, next: 0, step: coprime_step(all), position: 0 };
                let mut seen = HashSet::new();
                while let Some(scenario) = shape.advance(&alphabet, &groups, symmetric, &[]) {
                    let masks: Vec<u64> = scenario
                        .threads
                        .iter()
                        .map(|calls| calls.iter().fold(0, |mask, call| mask | groups[call.method]))
                        .collect();
                    assert_eq!(masks.iter().sum::<u64>(), masks.iter().fold(0, |all, mask| all | mask), "two threads");
                    assert!(seen.insert(scenario), "twice");
                }
                assert_eq!(seen.len() as u64, shape.count(&groups, symmetric), "{prefix} {threads}x{operations}");
            }
        }
    }

    #[test]
    fn steps_are_coprime_also_for_one() {
        assert_eq!(coprime_step(1), 1);
        for all in 2..500 {
            let step = coprime_step(all);
            let visited: HashSet<u64> = (0..all).map(|i| i * step % all).collect();
            assert_eq!(visited.len() as u64, all);
        }
    }
}
