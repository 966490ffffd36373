//! The counter of the talks: every task adds 1, and reads once in a thousand adds.

mod channels;
mod go;
mod ours;
mod peers;
pub(crate) mod talk;

use crate::measure::{self, Contender, Kind, Rounds, Run};
use crate::options::Options;
use crate::report::{Cell, Report, Row, Table};
use std::hint::black_box;

/// A counter that tasks share.
pub(crate) trait Tally: Sync + Sized {
    /// A task's way to it, made on the task's thread.
    type Hand<'a>: Hand
    where
        Self: 'a;
    fn new() -> Self;
    fn hand(&self) -> Self::Hand<'_>;
    /// What it says when all tasks are done.
    fn total(self) -> u64;
}

pub(crate) trait Hand {
    fn increment(&self);
    fn get(&self) -> u64;
}

/// Reads once in so many adds.
const READ_EVERY: u64 = 1_000;

fn run<T: Tally>(tasks: usize, operations: u64) -> Run {
    let tally = T::new();
    let ns = measure::together(
        tasks,
        |_| tally.hand(),
        |hand| {
            for _ in 0..operations / READ_EVERY {
                for _ in 0..READ_EVERY {
                    hand.increment();
                    // For all that the optimiser knows, somebody reads and writes all memory here: nothing can be kept in
                    // a register, nor folded. It costs no instruction.
                    black_box(());
                }
                black_box(hand.get());
            }
        },
    );
    let all = tasks as u64 * (operations / READ_EVERY) * READ_EVERY;
    // The time of a drained mailbox is the actor's, not the next contender's.
    let started = std::time::Instant::now();
    let total = tally.total();
    let drained = started.elapsed().as_nanos() as f64;
    Run { ns: (ns + drained) / all as f64, lost: all - total, operations: all }
}

const fn contender<T: Tally>(name: &'static str, kind: Kind) -> Contender {
    Contender { name, kind, run: run::<T> }
}

fn contenders() -> Vec<Contender> {
    let mut all = ours::all();
    all.extend(peers::all());
    all.extend(channels::all());
    all.extend(go::all());
    all
}

pub(crate) fn measure(options: &Options, report: &mut Report) {
    let columns = options.threads(&[1, 2, 10, 100]);
    let contenders: Vec<Contender> =
        contenders().into_iter().filter(|one| one.kind == Kind::Baseline || options.lets(one.name)).collect();
    let mut table = Table::new(
        "counter",
        "Counter: every task adds 1 and reads once in 1,000 adds",
        "ns an operation; less is better",
        "tasks",
        &contenders,
    );
    for &tasks in &columns {
        report.progress(&format!("counter, {tasks} tasks"));
        let here: Vec<Contender> = contenders.iter().filter(|one| tasks == 1 || one.name != ALONE).map(copy).collect();
        let rounds = measure::interleaved(&here, tasks, options.runs, options.nanoseconds, READ_EVERY);
        table.column(tasks.to_string(), &here, rounds);
    }
    let lost = table.rows.iter().find(|row| row.name == NAIVE).map(lost_updates);
    table.notes.extend(lost);
    table.notes.push(
        "the naive counter is simulated: a relaxed load and a relaxed store, which loses updates without undefined behaviour"
            .to_owned(),
    );
    table.notes.extend(go::missing());
    let beside: Vec<_> = (0..columns.len())
        .map(|at| {
            (table.columns[at].clone(), rounds_of(&table, go::SERIAL, at).zip(rounds_of(&table, go::CHANNEL, at)))
        })
        .collect();
    report.tables.push(table);
    if beside.iter().any(|(_, both)| both.is_some()) {
        report.facts.push(go::beside(&beside));
    }
}

fn rounds_of(table: &Table, name: &str, column: usize) -> Option<Rounds> {
    let row = table.rows.iter().find(|row| row.name == name)?;
    match &row.cells[column] {
        Cell::Measured { rounds, .. } => Some(rounds.clone()),
        Cell::Absent => None,
    }
}

/// The single-threaded loop.
const ALONE: &str = "plain loop, one thread";
/// The racy counter.
const NAIVE: &str = "naive (racy, simulated)";

fn copy(one: &Contender) -> Contender {
    Contender { name: one.name, kind: one.kind, run: one.run }
}

fn lost_updates(row: &Row) -> String {
    let lost: Vec<String> = row
        .cells
        .iter()
        .map(|cell| match cell {
            Cell::Measured { rounds, .. } => {
                let (lost, all) = rounds.lost();
                format!("{:.1} %", 100.0 * lost as f64 / all.max(1) as f64)
            }
            Cell::Absent => "-".to_owned(),
        })
        .collect();
    format!("updates that the naive counter lost, column by column: {}", lost.join(", "))
}
