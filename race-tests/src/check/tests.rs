//! The checker against brute force: every order of small random histories is tried by hand.

use super::*;
use crate::history::Entry;
use crate::scenario::{Call, Scenario};
use raceproof::explore::argument::Code;
use raceproof::guarded;

#[guarded(tests = off)]
#[derive(Default)]
struct Register {
    value: u8,
}

#[guarded]
impl Register {
    pub fn write(&mut self, #[arg(1..4u8)] value: u8) {
        self.value = value;
    }
    pub fn swap(&mut self, #[arg(1..4u8)] value: u8) -> u8 {
        std::mem::replace(&mut self.value, value)
    }
    pub fn read(&self) -> u8 {
        self.value
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % u64::from(bound)) as u32
    }
}

/// A random scenario and a history of it whose results come from a random order, one of them perhaps changed.
fn draw(random: &mut Random, subject: &Subject) -> (Resolved, History) {
    let threads = 2 + random.below(2) as usize;
    let scenario = Scenario {
        prefix: vec![],
        threads: (0..threads)
            .map(|_| {
                (0..1 + random.below(2))
                    .map(|_| {
                        let method = random.below(3) as usize;
                        let arity = subject.inner.methods[method].parameters.len();
                        Call { method, codes: vec![Code { seed: random.below(3), simplify: 0 }; arity] }
                    })
                    .collect()
            })
            .collect(),
        suffix: vec![],
    };
    let operations = scenario.resolve(subject);
    let columns = columns(&operations);
    // Starts and ends interleaved at random; a state in between gives each operation some result.
    let mut history = History { threads: columns.iter().map(|_| Vec::new()).collect() };
    let mut state = subject.specification();
    let mut open: Vec<Option<u32>> = vec![None; threads];
    let mut at = vec![0; threads];
    let mut time = 0;
    while at.iter().zip(&columns).any(|(at, column)| *at < column.len()) {
        let thread = random.below(threads as u32) as usize;
        if at[thread] == columns[thread].len() {
            continue;
        }
        time += 1;
        match open[thread].take() {
            None => open[thread] = Some(time),
            Some(start) => {
                let operation = &columns[thread][at[thread]];
                // Sometimes a result of a state that never was.
                let (outcome, _) = if random.below(5) == 0 {
                    subject.specification().apply(&**operation)
                } else {
                    state.apply(&**operation)
                };
                let pending = random.below(12) == 0 && at[thread] + 1 == columns[thread].len();
                history.threads[thread].push(Entry {
                    start,
                    end: if pending { PENDING } else { time },
                    outcome: (!pending).then_some(outcome),
                    hint: time,
                });
                at[thread] += 1;
            }
        }
    }
    (operations, history)
}

/// Every order, pending operations in or out.
fn brute_force(subject: &Subject, columns: &[Vec<Arc<dyn Operation>>], history: &History) -> bool {
    fn go(
        subject: &Subject,
        columns: &[Vec<Arc<dyn Operation>>],
        history: &History,
        order: &mut Vec<(usize, usize)>,
    ) -> bool {
        let done = |thread: usize, at: usize| order.contains(&(thread, at));
        let all: Vec<(usize, usize)> = columns
            .iter()
            .enumerate()
            .flat_map(|(thread, column)| (0..column.len()).map(move |at| (thread, at)))
            .collect();
        let left: Vec<(usize, usize)> = all.iter().copied().filter(|&(thread, at)| !done(thread, at)).collect();
        if left.iter().all(|&(thread, at)| history.threads[thread][at].outcome.is_none()) {
            let mut state = subject.specification();
            return order.iter().all(|&(thread, at)| {
                let (outcome, _) = state.apply(&*columns[thread][at]);
                history.threads[thread][at].outcome.is_none_or(|wanted| wanted == outcome)
            });
        }
        for &(thread, at) in &left {
            let entry = history.threads[thread][at];
            let first = left.iter().all(|&(t, a)| {
                let other = history.threads[t][a];
                (t, a) == (thread, at) || !(other.end < entry.start || (t == thread && a < at))
            });
            if first {
                order.push((thread, at));
                let found = go(subject, columns, history, order);
                order.pop();
                if found {
                    return true;
                }
            }
        }
        false
    }
    go(subject, columns, history, &mut Vec::new())
}

#[test]
fn agrees_with_brute_force() {
    let subject = crate::subject!(Register);
    let mut random = Random(0x1234_5678_9abc);
    let (mut violations, mut pending) = (0, 0);
    for _ in 0..3000 {
        let (operations, history) = draw(&mut random, &subject);
        let expected = brute_force(&subject, &columns(&operations), &history);
        let answer = check(&subject, &operations, &history, BUDGET);
        assert_eq!(answer == Answer::Explained, expected, "{history:?}");
        assert_ne!(answer, Answer::Unknown);
        violations += u32::from(!expected);
        pending += u32::from(history.entries().any(|entry| entry.outcome.is_none()));
        if !expected {
            assert!(!refutations(&subject, &operations, &history, 64).is_empty());
        }
    }
    // The test must be able to fail: both answers occur, and pending operations do.
    assert!(violations > 200 && violations < 2800, "{violations}");
    assert!(pending > 200, "{pending}");
}

#[test]
fn runs_out_of_budget_honestly() {
    let subject = crate::subject!(Register);
    let mut random = Random(7);
    let (operations, history) = draw(&mut random, &subject);
    assert_eq!(check(&subject, &operations, &history, 0), Answer::Unknown);
}
