//! Every small scenario, up to symmetry: 2x1, 2x2 and 3x1 threads by operations, after a prefix of up to two.
//!
//! Threads are alike, so of scenarios that differ only in which thread is which, one is kept. The order is a fixed
//! pseudo-random permutation within each shape, and the shapes take turns, small ones first. Of each shape the lively
//! scenarios, in which every call has something to do, take turns with the others: where there is no time for all, what was
//! explored is a fair sample with the promising ones ahead, and the report says how many of how many.

use super::lively::Lively;
use super::{Call, Scenario, alphabet, closing_reads};
use crate::options::Options;
use crate::subject::Subject;
use std::collections::BTreeMap;

/// Operations before the threads, threads, operations a thread.
const SHAPES: [(usize, usize, usize); 7] =
    [(0, 2, 1), (1, 2, 1), (0, 3, 1), (0, 2, 2), (2, 2, 1), (1, 3, 1), (1, 2, 2)];

/// What comes after the small ones where there is time, likewise.
const LARGER: [(usize, usize, usize); 4] = [(0, 2, 3), (0, 3, 2), (1, 2, 3), (2, 2, 2)];

/// Scenarios among which the promising ones are sought. There may be few of them, and more of all than can be counted.
const LOOKED_THROUGH: usize = 2_000;

/// The small scenarios of a subject, in the order to explore them.
pub(crate) struct Small {
    alphabet: Vec<Call>,
    /// Of each call, the groups of which only one thread calls methods, as bits.
    groups: Vec<u64>,
    /// Threads are alike: false as soon as calls are told their thread's number.
    symmetric: bool,
    images: Images,
    lively: Lively,
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
    /// The lively scenarios, and all.
    walks: [Walk; 2],
    /// Whose turn it is.
    turn: usize,
}

/// A permutation of numbers, as far as it has come. Each number stands for one scenario, symmetric ones included.
struct Walk {
    all: u64,
    next: u64,
    step: u64,
    position: u64,
}

/// What the scenarios of a shape are made of.
struct Letters<'a> {
    alphabet: &'a [Call],
    groups: &'a [u64],
    symmetric: bool,
    lively: &'a Lively,
    suffix: &'a [Call],
}

impl Small {
    /// The seed says where the permutation of each shape begins.
    pub(crate) fn new(subject: &Subject, options: &Options, seed: u64) -> Self {
        Self::of(&SHAPES, subject, options, seed)
    }

    /// Those among the first of [`Self::new`] in which somebody has something to do, and every call before the threads
    /// too.
    pub(crate) fn promising(
        subject: &Subject,
        options: &Options,
        seed: u64,
    ) -> impl Iterator<Item = Scenario> + Send + 'static {
        let small = Self::new(subject, options, seed);
        let (alphabet, lively) = (small.alphabet.clone(), small.lively.clone());
        let letter = move |call: &Call| alphabet.iter().position(|known| known == call);
        small.take(LOOKED_THROUGH).filter(move |scenario| {
            let prefix: Option<Vec<usize>> = scenario.prefix.iter().map(&letter).collect();
            let changes = |call: &Call| letter(call).is_some_and(|letter| lively.letters.contains(&letter));
            prefix.is_some_and(|prefix| lively.prefixes(prefix.len()).contains(&prefix))
                && scenario.threads.iter().flatten().any(changes)
        })
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
        let lively = Lively::of(subject, &alphabet);
        let shapes = shapes
            .iter()
            .filter(|(_, threads, operations)| {
                *threads <= options.threads.unwrap_or(3) && *operations <= options.operations.unwrap_or(3)
            })
            .filter_map(|&(prefix, threads, operations)| {
                let exponent = u32::try_from(prefix + threads * operations).ok()?;
                let all = letters.checked_pow(exponent).filter(|all| *all > 0)?;
                Some(Shape::new(prefix, threads, operations, all, &lively, seed))
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
        let suffix = closing_reads(subject);
        Self { alphabet, groups, symmetric, images: Images::First, lively, suffix, shapes, turn: 0 }
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

impl Walk {
    /// The seed says where it begins.
    fn new(all: u64, seed: u64) -> Self {
        let some = all.max(1);
        let position = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) % some;
        Self { all, next: 0, step: coprime_step(some), position }
    }

    fn advance(&mut self) -> Option<u64> {
        if self.next >= self.all {
            return None;
        }
        self.next += 1;
        self.position = ((u128::from(self.position) + u128::from(self.step)) % u128::from(self.all)) as u64;
        Some(self.position)
    }
}

/// The next digit of a number that stands for a scenario.
fn digit(rest: &mut u64, base: usize) -> usize {
    let index = *rest % base as u64;
    *rest /= base as u64;
    index as usize
}

impl Shape {
    fn new(prefix: usize, threads: usize, operations: usize, all: u64, lively: &Lively, seed: u64) -> Self {
        let calls = u32::try_from(threads * operations).unwrap_or(u32::MAX);
        let sequences = (lively.letters.len() as u64).saturating_pow(calls);
        let first = (lively.prefixes(prefix).len() as u64).saturating_mul(sequences).min(all);
        // Where every scenario is lively, there are no others.
        let others = if first == all { 0 } else { all };
        Self { prefix, threads, operations, walks: [Walk::new(first, seed), Walk::new(others, seed)], turn: 0 }
    }

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

    /// The next scenario of this shape that is the first among its mirror images: in turn a lively one and another, as
    /// long as there are both.
    fn advance(&mut self, letters: &Letters<'_>) -> Option<Scenario> {
        for _ in 0..self.walks.len() {
            let lively = self.turn.is_multiple_of(2);
            self.turn += 1;
            if let Some(scenario) = self.next_of(lively, letters) {
                return Some(scenario);
            }
        }
        None
    }

    fn next_of(&mut self, lively: bool, letters: &Letters<'_>) -> Option<Scenario> {
        let Letters { alphabet, groups, symmetric, lively: promising, suffix } = letters;
        while let Some(mut rest) = self.walks[usize::from(!lively)].advance() {
            let rest = &mut rest;
            let prefix: Vec<usize> = if lively {
                let prefixes = promising.prefixes(self.prefix);
                prefixes[digit(rest, prefixes.len())].clone()
            } else {
                (0..self.prefix).map(|_| digit(rest, alphabet.len())).collect()
            };
            let mut letter = || {
                if lively {
                    promising.letters[digit(rest, promising.letters.len())]
                } else {
                    digit(rest, alphabet.len())
                }
            };
            let threads: Vec<Vec<usize>> =
                (0..self.threads).map(|_| (0..self.operations).map(|_| letter()).collect()).collect();
            if !lively
                && threads.iter().flatten().all(|letter| promising.letters.contains(letter))
                && promising.prefixes(self.prefix).contains(&prefix)
            {
                // It has had its turn, or will have it.
                continue;
            }
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
            let letters = Letters {
                alphabet: &self.alphabet,
                groups: &self.groups,
                symmetric: self.symmetric && !others,
                lively: &self.lively,
                suffix: &self.suffix,
            };
            while let Some(scenario) = self.shapes[index].advance(&letters) {
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
        // All lively, the first alone, the last alone.
        let choices = (1..=4).flat_map(|count| {
            [Lively::all(count), Lively::only(&[0]), Lively::only(&[count - 1])].map(|lively| (count, lively))
        });
        for (count, lively) in choices {
            for &(prefix, threads, operations) in &SHAPES {
                let alphabet = letters(count);
                let all = (count as u64).pow((prefix + threads * operations) as u32);
                let mut shape = Shape::new(prefix, threads, operations, all, &lively, 7);
                let groups = vec![0; count];
                let letters =
                    Letters { alphabet: &alphabet, groups: &groups, symmetric: true, lively: &lively, suffix: &[] };
                let mut seen = HashSet::new();
                while let Some(scenario) = shape.advance(&letters) {
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
                let lively = Lively::only(&[1, 3]);
                let mut shape = Shape::new(prefix, threads, operations, all, &lively, 0);
                let letters = Letters { alphabet: &alphabet, groups: &groups, symmetric, lively: &lively, suffix: &[] };
                let mut seen = HashSet::new();
                while let Some(scenario) = shape.advance(&letters) {
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
