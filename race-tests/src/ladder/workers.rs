//! What a rung says must not depend on how many explore for it, nor on what else the process does: the same reports, word
//! for word, from one worker, from several, and beside others.
#![allow(unreachable_pub, reason = "the attribute looks at `pub` methods")]

use super::team::{Came, Team};
use super::{Stuck, Task, supervise};
use crate::options::Options;
use crate::subject::Subject;
use crate::verdict::{Fate, Rung, RungReport, Verdict};
use crate::{Explorer, subject};
use raceproof::explore::native::{atomic, thread as os};
use raceproof::explore::world::FailureKind;
use raceproof::guarded;
use raceproof::sync::{Condvar, Mutex};
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

#[guarded(tests = off)]
#[derive(Default)]
struct Counter {
    value: u64,
}

#[guarded]
impl Counter {
    pub fn increment(&mut self) {
        self.value += 1;
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

/// It panics, it is poisoned, and it has results to number.
#[guarded(rwlock, tests = off)]
#[derive(Clone, Default)]
struct Stack {
    items: Vec<u8>,
}

#[guarded]
impl Stack {
    pub fn push(&mut self, #[arg(0..3u8)] item: u8) -> usize {
        assert!(self.items.len() < 3, "it is full");
        self.items.push(item);
        self.items.len()
    }
    pub fn pop(&mut self) -> Option<u8> {
        self.items.pop()
    }
    pub fn top(&self) -> Option<u8> {
        self.items.last().copied()
    }
}

/// Waits, for a while and for ever, and forgets to wake.
#[derive(Default)]
struct Queue {
    items: Mutex<VecDeque<u8>>,
    news: Condvar,
}

#[raceproof::concurrent(spec = VecDeque<u8>, tests = off)]
impl Queue {
    pub fn push_back(&self, #[arg(0..2u8)] item: u8) {
        self.items.lock().unwrap().push_back(item);
        let _ = self.news.wait_timeout(self.items.lock().unwrap(), Duration::from_millis(1));
    }
    pub fn pop_front(&self) -> Option<u8> {
        self.items.lock().unwrap().pop_front()
    }
}

impl Default for Wrong {
    fn default() -> Self {
        Self(raceproof::sync::atomic::AtomicU64::new(0))
    }
}

/// A load and a store where one read-modify-write should be.
struct Wrong(raceproof::sync::atomic::AtomicU64);

/// What it should do.
#[derive(Clone, Default, Hash)]
struct Count(u64);

impl Count {
    fn increment(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
    fn get(&mut self) -> u64 {
        self.0
    }
}

#[raceproof::concurrent(spec = Count, tests = off)]
impl Wrong {
    pub fn increment(&self) -> u64 {
        use raceproof::sync::atomic::Ordering::SeqCst;
        // SeqCst: what is wrong with it has nothing to do with orderings.
        let value = self.0.load(SeqCst) + 1;
        // raceproof: allow(atomic_load_store): this is the bug that the rungs have to find
        self.0.store(value, SeqCst);
        value
    }
    pub fn get(&self) -> u64 {
        // SeqCst: as above.
        self.0.load(raceproof::sync::atomic::Ordering::SeqCst)
    }
}

const RUNGS: [Rung; 4] = [Rung::Loom, Rung::Dpor, Rung::Shuttle, Rung::Mutants];

/// All that a report says but for the time that it took.
fn words(report: &RungReport) -> String {
    let RungReport { rung, verdict, scenarios, of, executions, histories, bounds, apart, mutants, .. } = report;
    let verdict = match verdict {
        Verdict::Violation(finding) => finding.to_string(),
        Verdict::Exhausted => "exhausted".to_owned(),
        Verdict::Bounded(why) | Verdict::Unknown(why) => why.clone(),
    };
    let mutants: Vec<String> = mutants
        .iter()
        .map(|mutant| match &mutant.fate {
            Fate::Killed(rung, finding) => format!("{} {rung} {finding}", mutant.name),
            Fate::Indistinguishable(why) | Fate::Unreached(why) | Fate::Survived(why) => {
                format!("{} {why}", mutant.name)
            }
        })
        .collect();
    let weak = report.weak.as_ref().map(|finding| finding.to_string());
    format!("{rung} {scenarios} {of:?} {executions} {histories} {bounds} {apart:?} {mutants:#?} {weak:?}\n{verdict}")
}

fn said(subject: &Subject, workers: usize) -> Vec<String> {
    // One rung at a time: a finding of the first must not keep the others from running.
    let one = |rung| Explorer::new(subject.clone()).budget(0.0).workers(workers).rungs(&[rung]).run();
    RUNGS.into_iter().flat_map(|rung| one(rung).rungs).map(|report| words(&report)).collect()
}

#[test]
fn any_number_of_workers_says_the_same() {
    let lost = subject!(Counter).lost_update();
    for subject in [subject!(Counter), lost, subject!(Stack), subject!(Queue), subject!(Wrong)] {
        let alone = said(&subject, 1);
        assert_eq!(alone, said(&subject, 3), "{}", subject.name());
    }
}

// A subject's calls, and the numbers of their results, are shared by all who explore it.
#[test]
fn others_at_the_same_time_change_nothing() {
    let (wrong, stack) = (subject!(Wrong), subject!(Stack));
    let alone = (said(&wrong, 1), said(&stack, 1));
    let beside: Vec<_> = (1..4_usize)
        .map(|workers| {
            let (wrong, stack) = (wrong.clone(), stack.clone());
            os::spawn(move || (said(&wrong, workers), said(&stack, workers)))
        })
        .collect();
    for one in beside {
        assert_eq!(one.join().expect("it explores"), alone);
    }
}

fn task(workers: usize, patience: Duration) -> Task {
    let now = Instant::now();
    let options = Options { workers: Some(workers), patience, ..Options::default() };
    Task { subject: subject!(Counter), options, seed: 1, began: now, deadline: now }
}

#[test]
fn what_comes_is_seen_in_order_until_it_is_enough() {
    let seen = supervise(Duration::from_secs(10), || {
        let task = task(4, Duration::from_secs(10));
        let mut seen = Vec::new();
        // The first of each four is the slowest, so that it comes last.
        let work = |number: &u64| {
            os::sleep(Duration::from_millis(if number.is_multiple_of(4) { 4 } else { 0 }));
            number * number
        };
        let team = Team::new(&task.options, 0..u64::MAX, work);
        let settled = team.run(|number, came| {
            let Came::Done { result, .. } = came else { panic!("nothing is stuck") };
            seen.push((*number, result));
            if *number == 20 { ControlFlow::Break("enough") } else { ControlFlow::Continue(()) }
        });
        (settled, seen)
    });
    let (settled, seen) = seen.unwrap_or_else(|_| panic!("it comes back"));
    assert_eq!(settled, Some("enough"));
    assert_eq!(seen, (0..=20).map(|number| (number, number * number)).collect::<Vec<_>>());
}

#[test]
fn who_does_not_come_back_costs_his_own_item_alone() {
    let came = supervise(Duration::from_secs(10), || {
        let task = task(2, Duration::from_secs(3));
        let mut came = Vec::new();
        let work = |number: &u64| match number {
            // A panic that prints nothing.
            2 => std::panic::resume_unwind(Box::new("on purpose")),
            // Until the process ends: nothing that the facade sees.
            4 => loop {
                os::park();
            },
            _ => {}
        };
        Team::new(&task.options, 0..8_u64, work).run(|number, one| {
            came.push(match one {
                Came::Done { .. } => (*number, None),
                Came::Stuck(Stuck::Panicked(_), _) => (*number, Some(FailureKind::Panic)),
                Came::Stuck(Stuck::Abandoned(failure), _) => (*number, Some(failure.kind)),
            });
            ControlFlow::<()>::Continue(())
        });
        came
    });
    let came = came.unwrap_or_else(|_| panic!("it comes back"));
    let expected = |number| match number {
        2 => Some(FailureKind::Panic),
        4 => Some(FailureKind::Hung),
        _ => None,
    };
    assert_eq!(came, (0..8).map(|number| (number, expected(number))).collect::<Vec<_>>());
}

// Items are asked for in order, one at a time, and no further than they go.
#[test]
fn items_come_to_an_end() {
    let asked = supervise(Duration::from_secs(10), || {
        let asked = raceproof::explore::native::Arc::new(atomic::AtomicU64::new(0));
        let (count, mut looked) = (raceproof::explore::native::Arc::clone(&asked), 0);
        // Relaxed: the team's lock orders who asks.
        let items = (0..5).inspect(move |_| _ = count.fetch_add(1, atomic::Ordering::Relaxed));
        let task = task(3, Duration::from_secs(10));
        let settled = Team::new(&task.options, items, |number: &u64| *number).run(|_, _| {
            looked += 1;
            ControlFlow::<()>::Continue(())
        });
        (settled, looked, asked.load(atomic::Ordering::Relaxed))
    });
    assert_eq!(asked.unwrap_or_else(|_| panic!("it comes back")), (None, 5, 5));
}
