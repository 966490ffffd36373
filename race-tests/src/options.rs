//! What a user may set, and what is read from the environment. Everything has a default.

use raceproof::explore::native::OnceLock;
use std::time::Duration;

/// How far a type is explored. Also the `key = value` pairs of [`race_tests!`](crate::race_tests).
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    pub(crate) threads: Option<usize>,
    pub(crate) operations: Option<usize>,
    pub(crate) budget: Option<f64>,
    pub(crate) strict: bool,
    pub(crate) seed: u64,
    pub(crate) patience: Duration,
    pub(crate) replay_command: Option<&'static str>,
    pub(crate) workers: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            threads: None,
            operations: None,
            budget: None,
            strict: false,
            seed: 0x5eed,
            patience: Duration::from_secs(10),
            replay_command: None,
            workers: None,
        }
    }
}

impl Options {
    /// At most this many threads in a scenario, from 2 to 4. Otherwise it is 4, and up to 8 under shuttle where there is
    /// time for that.
    pub fn threads(&mut self, threads: usize) {
        self.threads = Some(threads);
    }

    /// At most this many operations a thread.
    pub fn operations(&mut self, operations: usize) {
        self.operations = Some(operations);
    }

    /// Seconds for all rungs together.
    pub fn budget(&mut self, seconds: impl Into<f64>) {
        self.budget = Some(seconds.into());
    }

    /// Demand [`Exhausted`](crate::Verdict::Exhausted) of the rungs that can give it.
    pub fn strict(&mut self, strict: bool) {
        self.strict = strict;
    }

    /// OS threads that explore at once for this type, from 1 to 64, whatever other tests are running. Otherwise it is as
    /// many as there are cores, which all tests of the process share, and under loom one. What is found does not depend on
    /// it.
    pub fn workers(&mut self, workers: usize) {
        self.workers = Some(workers);
    }

    /// The command that replays a token, in place of `cargo test` with `RACEPROOF_REPLAY`: for programs of their own.
    pub fn replay_command(&mut self, command: &'static str) {
        self.replay_command = Some(command);
    }

    /// What is wrong with these options, if anything.
    pub(crate) fn complaint(&self) -> Option<String> {
        if let Some(workers) = self.workers.filter(|workers| !(1..=MOST_WORKERS).contains(workers)) {
            return Some(format!("workers = {workers}: from 1 to {MOST_WORKERS} OS threads explore at once"));
        }
        match (self.threads, self.operations, self.budget) {
            (Some(threads), ..) if !(2..=4).contains(&threads) => Some(format!(
                "threads = {threads}: a scenario has 2 to 4 threads (one thread has no interleaving, and loom takes no \
                 more than 4 beside none)"
            )),
            (_, Some(operations), _) if !(1..=64).contains(&operations) => {
                Some(format!("operations = {operations}: a thread has 1 to 64 operations"))
            }
            (.., Some(budget)) if !(budget.is_finite() && (0.0..=86_400.0).contains(&budget)) => {
                Some(format!("budget = {budget}: a budget is a number of seconds from 0 to 86400"))
            }
            _ => None,
        }
    }
}

/// The most OS threads that explore at once.
const MOST_WORKERS: usize = 64;

/// What the environment says.
#[derive(Debug)]
pub(crate) struct Environment {
    /// `RACEPROOF_BUDGET`: seconds a type.
    pub(crate) budget: Option<f64>,
    /// `RACEPROOF_REPLAY`: the token of the one execution to run.
    pub(crate) replay: Option<String>,
    /// `RACEPROOF_ORDERINGS`: the type whose orderings are to be studied, in place of all other generated tests.
    pub(crate) orderings: Option<String>,
    /// `RACEPROOF_SEED`: where random scenarios and schedules start.
    pub(crate) seed: Option<u64>,
    /// `RACEPROOF_WORKERS`: OS threads that explore at once, in all tests of the process together; each test that runs has
    /// one in any case.
    pub(crate) workers: Option<usize>,
    /// A variable that cannot be read.
    pub(crate) complaint: Option<String>,
}

impl Environment {
    /// The process's environment, read once.
    pub(crate) fn get() -> &'static Self {
        static ENVIRONMENT: OnceLock<Environment> = OnceLock::new();
        ENVIRONMENT.get_or_init(|| Self::read(|name| std::env::var(name).ok()))
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let mut complaint = None;
        let budget = variable("RACEPROOF_BUDGET").and_then(|text| match text.trim().parse::<f64>() {
            Ok(seconds) if seconds.is_finite() && (0.0..=86_400.0).contains(&seconds) => Some(seconds),
            _ => {
                complaint = Some(format!("RACEPROOF_BUDGET={text}: a budget is a number of seconds from 0 to 86400"));
                None
            }
        });
        let seed = variable("RACEPROOF_SEED").and_then(|text| match text.trim().parse::<u64>() {
            Ok(seed) => Some(seed),
            Err(_) => {
                complaint = Some(format!("RACEPROOF_SEED={text}: a seed is a whole number"));
                None
            }
        });
        let workers = variable("RACEPROOF_WORKERS").and_then(|text| match text.trim().parse::<usize>() {
            Ok(workers) if (1..=MOST_WORKERS).contains(&workers) => Some(workers),
            _ => {
                complaint =
                    Some(format!("RACEPROOF_WORKERS={text}: from 1 to {MOST_WORKERS} OS threads explore at once"));
                None
            }
        });
        let replay = variable("RACEPROOF_REPLAY").map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let orderings =
            variable("RACEPROOF_ORDERINGS").map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Self { budget, replay, orderings, seed, workers, complaint }
    }
}

/// Time after which even a floor is given up: the rung then says "unknown", never "ok". A floor takes a second or two; with
/// this much a machine that is busy with other things reaches it too.
pub(crate) const HARD_CAP: Duration = Duration::from_secs(300);

/// Seconds a type when nobody says otherwise.
pub(crate) const DEFAULT_BUDGET: f64 = 2.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_is_read_or_complained_about() {
        let read = |budget: &'static str| {
            Environment::read(move |name| (name == "RACEPROOF_BUDGET").then(|| budget.to_owned()))
        };
        assert_eq!(read("0.5").budget, Some(0.5));
        assert!(read("0.5").complaint.is_none());
        for odd in ["", "-1", "nan", "inf", "two", "1e300"] {
            assert!(read(odd).complaint.is_some(), "{odd}");
        }
    }

    #[test]
    fn the_number_of_workers_is_read_or_complained_about() {
        let read = |workers: &'static str| {
            Environment::read(move |name| (name == "RACEPROOF_WORKERS").then(|| workers.to_owned()))
        };
        assert_eq!(read("3").workers, Some(3));
        assert!(read("3").complaint.is_none());
        for odd in ["", "0", "-1", "all", "1000"] {
            assert!(read(odd).complaint.is_some_and(|text| text.contains("RACEPROOF_WORKERS")), "{odd}");
        }
    }

    #[test]
    fn absurd_options_are_complained_about() {
        let mut options = Options::default();
        assert_eq!(options.complaint(), None);
        options.threads(6);
        assert!(options.complaint().is_some_and(|text| text.contains("threads = 6")));
        options.threads(1);
        assert!(options.complaint().is_some());
        options.threads(2);
        options.operations(0);
        assert!(options.complaint().is_some_and(|text| text.contains("operations = 0")));
        let mut options = Options::default();
        options.workers(0);
        assert!(options.complaint().is_some_and(|text| text.contains("workers = 0")));
    }
}
