//! The map: 50,000 of 100,000 keys are there; reads, inserts and removes in three mixes, and one with hardly a write.

mod ours;
mod peers;

use crate::measure::{self, Contender, Kind, Run};
use crate::options::Options;
use crate::report::{Report, Table};
use std::hint::black_box;

/// The hasher of all contenders.
pub(crate) type Hasher = foldhash::fast::FixedState;

pub(crate) fn hasher() -> Hasher {
    Hasher::with_seed(0x5eed)
}

/// Keys that there can be; every second one is there at the start.
pub(crate) const KEYS: u64 = 100_000;

/// A map that threads share.
pub(crate) trait Shared: Sync + Sized {
    type Hand<'a>: Hand
    where
        Self: 'a;
    fn new() -> Self;
    fn hand(&self) -> Self::Hand<'_>;
}

pub(crate) trait Hand {
    fn get(&mut self, key: u64) -> Option<u64>;
    fn insert(&mut self, key: u64, value: u64);
    fn remove(&mut self, key: u64);
}

/// Of a thousand operations so many are reads, and half of the rest each inserts and removes.
fn run<M: Shared, const READS: u64>(threads: usize, operations: u64) -> Run {
    let map = M::new();
    {
        let mut hand = map.hand();
        for key in (0..KEYS).step_by(2) {
            hand.insert(key, key);
        }
    }
    let ns = measure::together(
        threads,
        |thread| (map.hand(), Random::new(thread as u64)),
        |(hand, random)| {
            for _ in 0..operations {
                let drawn = random.next();
                // The upper half picks the key, the lower the operation.
                let key = ((drawn >> 32) * KEYS) >> 32;
                let choice = ((drawn & 0xffff_ffff) * 1_000) >> 32;
                if choice < READS {
                    black_box(hand.get(key));
                } else if choice < READS + (1_000 - READS) / 2 {
                    hand.insert(key, drawn);
                } else {
                    hand.remove(key);
                }
            }
        },
    );
    let all = threads as u64 * operations;
    Run { ns: ns / all as f64, lost: 0, operations: all }
}

/// A thread's own random numbers.
struct Random(u64);

impl Random {
    /// Far from the other threads' numbers: with the increment itself as the factor, each thread would draw what the one
    /// before it drew a step ago, and all would meet at the same keys.
    fn new(thread: u64) -> Self {
        Self((thread + 1).wrapping_mul(0xd134_2543_de82_ef95))
    }

    #[inline(always)]
    fn next(&mut self) -> u64 {
        // splitmix64: two multiplications, and no state but a counter.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// One mix's contenders.
fn contenders<const READS: u64>() -> Vec<Contender> {
    let mut all = ours::all::<READS>();
    all.extend(peers::all::<READS>());
    all
}

const fn contender<M: Shared, const READS: u64>(name: &'static str, kind: Kind) -> Contender {
    Contender { name, kind, run: run::<M, READS> }
}

pub(crate) fn measure(options: &Options, report: &mut Report) {
    mix::<980>(options, report, "map-read", "Map, 98 % reads, 1 % inserts, 1 % removes");
    mix::<800>(options, report, "map-mixed", "Map, 80 % reads, 10 % inserts, 10 % removes");
    mix::<100>(options, report, "map-write", "Map, 10 % reads, 45 % inserts, 45 % removes");
}

pub(crate) fn read_mostly(options: &Options, report: &mut Report) {
    mix::<999>(options, report, "map-read-mostly", "Map, 99.9 % reads");
}

fn mix<const READS: u64>(options: &Options, report: &mut Report, name: &'static str, title: &str) {
    let contenders: Vec<Contender> =
        contenders::<READS>().into_iter().filter(|one| one.kind == Kind::Baseline || options.lets(one.name)).collect();
    let mut table = Table::new(name, title, "million operations a second; more is better", "threads", &contenders);
    table.per_second = true;
    for threads in options.threads(&[1, 2, 4, 8]) {
        report.progress(&format!("{name}, {threads} threads"));
        let rounds = measure::interleaved(&contenders, threads, options.runs, options.nanoseconds, 1_000);
        table.column(threads.to_string(), &contenders, rounds);
    }
    report.tables.push(table);
}
