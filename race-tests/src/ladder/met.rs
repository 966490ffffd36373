//! Which methods' calls overlapped: what a rung that had no time for everything has not seen.
//!
//! Two calls overlap if one is made while the other is under way, in the order in which the execution made its calls and
//! returned from them. That two methods stand on two threads of a scenario is not enough: the schedules that were run may
//! all have had the one after the other.

use crate::subject::Subject;
use std::collections::BTreeSet;

/// Pairs of methods whose calls overlapped in an execution, the smaller number first.
#[derive(Debug, Default)]
pub(super) struct Met(BTreeSet<(usize, usize)>);

impl Met {
    /// These did.
    pub(super) fn note(&mut self, pairs: &[(usize, usize)]) {
        self.0.extend(pairs);
    }

    /// The pairs that never did: all that could, without those of which only one thread may call both.
    pub(super) fn missing(&self, subject: &Subject) -> Vec<(String, String)> {
        let methods = &subject.inner.methods;
        let pairs = (0..methods.len()).flat_map(|a| (a..methods.len()).map(move |b| (a, b)));
        pairs
            .filter(|pair| !self.0.contains(pair))
            .filter(|&(a, b)| !methods[a].single.iter().any(|group| methods[b].single.contains(group)))
            .map(|(a, b)| (methods[a].name.to_string(), methods[b].name.to_string()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::{self, Limit};
    use crate::measure;
    use raceproof::explore::engine::shuttle::Policy;
    use raceproof::explore::engine::supervise;
    use raceproof::guarded;
    use std::time::Duration;

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

    /// What overlaps in so many schedules.
    fn met(threads: &[Vec<&'static str>], policy: Policy, schedules: u64) -> (Met, Subject) {
        let subject = crate::subject!(Counter);
        let scenario = measure::scenario(&subject, threads, &[]);
        let inside = subject.clone();
        let explored = supervise(Duration::from_secs(10), move || {
            explore::shuttle(&inside, &scenario, &policy, Limit::executions(schedules))
        });
        let mut met = Met::default();
        met.note(&explored.expect("it comes back").met);
        (met, subject)
    }

    #[test]
    fn what_was_under_way_at_once_has_met() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let random = Policy::Random { seed: 1 };
        let (met_once, subject) = met(&[vec!["increment"], vec!["get"]], random.clone(), 50);
        assert_eq!(met_once.missing(&subject), [pair("increment", "increment"), pair("get", "get")]);
        let (all, subject) = met(&[vec!["increment", "get"], vec!["get", "increment"]], random, 200);
        assert_eq!(all.missing(&subject), []);
    }

    // The main thread is task 0: it starts the other, makes its own call to its end, and only then lets the other one run.
    #[test]
    fn standing_on_two_threads_is_not_enough() {
        let (met, subject) = met(&[vec!["increment"], vec!["get"]], Policy::Replay(vec![0; 64]), 1);
        assert_eq!(met.missing(&subject).len(), 3);
    }
}
