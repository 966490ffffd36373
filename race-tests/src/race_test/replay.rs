//! The generated test: what has failed before, then everything; or one execution, from its token.

use super::{Outcome, RaceTest, free};
use crate::ladder::another_s_token;
use crate::options::Environment;
use crate::report::{Finding, Kind};
use crate::verdict::{Rung, Verdict};
use crate::{regressions, summary, token};
use raceproof::explore::engine::{Stuck, supervise};
use raceproof::explore::world::Failure;
use std::time::{Duration, Instant};

/// What a token's execution came to.
enum Replayed {
    Fails(Box<Finding>),
    /// It ends well; with what it did.
    Passes(Box<Finding>),
    Unknown(String),
}

impl<T: Outcome> RaceTest<T> {
    fn replayed(&self, rung: Rung, schedule: Vec<u16>) -> Replayed {
        let job = self.job(Instant::now(), Duration::ZERO, self.options.seed);
        let result = supervise(Duration::from_secs(10), move || {
            let replay = job.replay(rung, &schedule);
            if replay.diverged {
                return Replayed::Unknown("this execution is no more: the code has changed since".to_owned());
            }
            if let Some(failed) = &replay.failed {
                return Replayed::Fails(Box::new(job.finding_of(rung, failed, Some(schedule))));
            }
            let Some(value) = &replay.value else {
                return Replayed::Unknown("it came to no end".to_owned());
            };
            let unexpected = job.expected.as_ref().is_some_and(|expected| !expected.contains(value));
            let finding = Box::new(free::finding(free::Material {
                kind: if unexpected { Kind::UnexpectedOutcome } else { Kind::Witness },
                name: &job.name,
                path: &job.path,
                rung,
                found_by: format!("replayed by {rung}"),
                details: vec![format!("it returned {value:?}")],
                trace: &replay.trace,
                schedule: Some(&schedule),
            }));
            if unexpected { Replayed::Fails(finding) } else { Replayed::Passes(finding) }
        });
        match result {
            Ok(replayed) => replayed,
            Err(Stuck::Abandoned(failure)) => Replayed::Unknown(failure.message),
            Err(Stuck::Panicked(payload)) => Replayed::Unknown(Failure::from_payload(&*payload).message),
        }
    }

    /// Runs the one execution that a token stands for: what it found, or what it did.
    ///
    /// # Errors
    /// If the token cannot be read, is another test's, or its execution cannot be run any more.
    pub fn replay_once(&self, token: &str) -> Result<Finding, String> {
        let Some((rung, schedule)) = free::read(token, &self.path).map_err(|error| error.to_string())? else {
            return Err("it is a token of another test".to_owned());
        };
        match self.replayed(rung, schedule) {
            Replayed::Fails(finding) | Replayed::Passes(finding) => Ok(*finding),
            Replayed::Unknown(why) => Err(why),
        }
    }

    #[track_caller]
    fn replay_first(&self, token: &str, place: &str) {
        match free::read(token, &self.path) {
            Ok(None) => panic!("{place}: it is a token of another test"),
            Err(error) => panic!("{place}: the token cannot be used: {error}"),
            // The code may have changed: where it passes, the exploration that follows is the judge.
            Ok(Some((rung, schedule))) => {
                if let Replayed::Fails(finding) = self.replayed(rung, schedule) {
                    panic!("\n\n{finding}\nknown since it was written to {place}")
                }
            }
        }
    }
}

/// What `#[race_test]` generates.
///
/// # Panics
/// With the report, if anything is wrong: that is how a test fails.
#[track_caller]
pub fn race_test<T: Outcome>(test: RaceTest<T>) {
    if let Some(token) = &Environment::get().replay {
        match free::read(token, &test.path) {
            Ok(None) => return another_s_token(token::path_of(token).unwrap_or_default()),
            Err(error) => panic!("RACEPROOF_REPLAY: the token cannot be used: {error}"),
            Ok(Some((rung, schedule))) => match test.replayed(rung, schedule) {
                Replayed::Fails(finding) => panic!("\n\nreplayed, in the first execution\n\n{finding}"),
                Replayed::Passes(finding) => panic!("\n\nreplayed, and it ends well\n\n{finding}"),
                Replayed::Unknown(why) => panic!("RACEPROOF_REPLAY: it could not be replayed: {why}"),
            },
        }
    }
    let known = match regressions::lines(&test.path, test.manifest) {
        Ok(known) => known,
        Err(complaint) => panic!("{complaint}"),
    };
    for (token, place) in known {
        test.replay_first(&token, &place);
    }
    for token in &test.replays {
        test.replay_first(token, "`#[race_test(replay = ..)]`");
    }
    let (name, path, manifest) = (test.name.clone(), test.path.clone(), test.manifest);
    let report = test.run();
    let kept = report.finding().and_then(|finding| regressions::keep_token(&path, manifest, finding));
    let unwritten = report.report.rungs.iter().filter_map(|rung| summary::write_free(&path, rung));
    println!("{report}");
    for complaint in unwritten {
        println!("{complaint}");
    }
    if let Some(finding) = report.finding() {
        let kept = kept.map(|kept| format!("\n{kept}")).unwrap_or_default();
        panic!("\n\n{finding}{kept}")
    }
    for rung in &report.report.rungs {
        if let Verdict::Unknown(why) = &rung.verdict {
            panic!("`{name}` was not explored: {why}");
        }
    }
    assert!(!report.report.rungs.is_empty(), "`{name}` was not explored: it names no engine");
}
