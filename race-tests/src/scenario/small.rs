//! Every small scenario, up to symmetry: 2x1, 2x2 and 3x1 threads by operations, after a prefix of up to two.
//!
//! Threads are alike, so of scenarios that differ only in which thread is which, one is kept. The order is a fixed
//! pseudo-random permutation within each shape, and the shapes take turns, small ones first: where there is no time for
//! all, what was explored is a fair sample, and the report says how many of how many.

use super::{Call, Scenario, alphabet, closing_reads};
use crate::options::Options;
use crate::subject::Subject;

/// Operations before the threads, threads, operations a thread.
const SHAPES: [(usize, usize, usize); 7] =
    [(0, 2, 1), (1, 2, 1), (0, 3, 1), (0, 2, 2), (2, 2, 1), (1, 3, 1), (1, 2, 2)];

/// The small scenarios of a subject, in the order to explore them.
pub(crate) struct Small {
    alphabet: Vec<Call>,
    suffix: Vec<Call>,
    shapes: Vec<Shape>,
    turn: usize,
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
        let alphabet = alphabet(subject);
        let letters = alphabet.len() as u64;
        let shapes = SHAPES
            .iter()
            .filter(|(_, threads, operations)| {
                *threads <= options.threads.unwrap_or(3) && *operations <= options.operations.unwrap_or(2)
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
        Self { alphabet, suffix: closing_reads(subject), shapes, turn: 0 }
    }

    /// How many there are, symmetric ones counted once.
    pub(crate) fn total(&self) -> u64 {
        self.shapes.iter().map(|shape| shape.canonical(self.alphabet.len() as u64)).fold(0, u64::saturating_add)
    }
}

impl Shape {
    /// Choices of a prefix times multisets of sequences.
    fn canonical(&self, letters: u64) -> u64 {
        let prefixes = u128::from(letters).pow(u32::try_from(self.prefix).unwrap_or(0));
        let sequences = u128::from(letters).pow(u32::try_from(self.operations).unwrap_or(0));
        let mut multisets: u128 = 1;
        for i in 0..self.threads as u128 {
            multisets = multisets.saturating_mul(sequences + i) / (i + 1);
        }
        u64::try_from(prefixes.saturating_mul(multisets)).unwrap_or(u64::MAX)
    }

    /// The next scenario of this shape that is the first among its mirror images.
    fn advance(&mut self, alphabet: &[Call], suffix: &[Call]) -> Option<Scenario> {
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
            if threads.is_sorted() {
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
            if let Some(scenario) = self.shapes[index].advance(&self.alphabet, &self.suffix) {
                return Some(scenario);
            }
        }
        None
    }
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
                while let Some(scenario) = shape.advance(&alphabet, &[]) {
                    let mut canonical = scenario.clone();
                    canonical.threads.sort();
                    assert_eq!(canonical, scenario);
                    assert!(seen.insert(scenario), "twice");
                }
                assert_eq!(seen.len() as u64, shape.canonical(count as u64), "{count} {prefix} {threads}x{operations}");
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
