//! Which methods were explored side by side: what a rung that had no time for everything has not seen.

use crate::scenario::Scenario;
use crate::subject::Subject;
use std::collections::BTreeSet;

/// Pairs of methods that stood on two threads of one explored scenario, so that their calls overlapped.
#[derive(Debug, Default)]
pub(super) struct Met(BTreeSet<(usize, usize)>);

impl Met {
    /// This scenario was explored.
    pub(super) fn note(&mut self, scenario: &Scenario) {
        for (number, calls) in scenario.threads.iter().enumerate() {
            for others in &scenario.threads[number + 1..] {
                for (a, b) in calls.iter().flat_map(|a| others.iter().map(move |b| (a.method, b.method))) {
                    self.0.insert((a.min(b), a.max(b)));
                }
            }
        }
    }

    /// The pairs that never met, where any did: all that could, without those of which only one thread may call both.
    pub(super) fn missing(&self, subject: &Subject) -> Vec<(String, String)> {
        let methods = &subject.inner.methods;
        if self.0.is_empty() {
            return Vec::new();
        }
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
    use crate::measure;
    use raceproof::guarded;

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

    #[test]
    fn what_stands_on_two_threads_has_met() {
        let subject = crate::subject!(Counter);
        let mut met = Met::default();
        assert_eq!(met.missing(&subject), []);
        met.note(&measure::scenario(&subject, &[vec!["increment", "get"], vec!["get"]], &[]));
        assert_eq!(met.missing(&subject), [("increment".to_owned(), "increment".to_owned())]);
        met.note(&measure::scenario(&subject, &[vec!["increment"], vec!["increment"]], &[]));
        assert_eq!(met.missing(&subject), []);
    }
}
