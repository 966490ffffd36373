//! One execution again, from its token.

use super::{finding, sequential};
use crate::explore::{self, Explored, Limit};
use crate::report::Finding;
use crate::shrink::{Way, policies};
use crate::subject::Subject;
use crate::token::{Engine, Token};
use raceproof::explore::engine::loom::Path;
use raceproof::explore::engine::{Stuck, supervise};
use raceproof::explore::world::{Failure, FailureKind};
use std::time::Duration;

/// What a token's execution came to.
pub(crate) enum Replayed {
    /// It fails, in the first execution.
    Fails(Box<Finding>),
    /// That execution is no more, but the scenario still fails.
    FailsElsewhere(Box<Finding>),
    /// Neither fails.
    Passes,
    /// It could not be run.
    Unknown(String),
}

/// Runs a token under supervision. Where the execution itself does not fail any more, its scenario is explored.
pub(crate) fn replay_token(subject: &Subject, token: Token) -> Replayed {
    let subject = subject.with(token.mutant);
    if let Some(obstacle) = subject.obstacle() {
        return Replayed::Unknown(obstacle);
    }
    let result = supervise(Duration::from_secs(10), move || replayed(&subject, &token));
    match result {
        Ok(replayed) => replayed,
        Err(Stuck::Abandoned(failure)) => Replayed::Unknown(failure.message),
        Err(Stuck::Panicked(payload)) => Replayed::Unknown(Failure::from_payload(&*payload).message),
    }
}

fn replayed(subject: &Subject, token: &Token) -> Replayed {
    let scenario = &token.scenario;
    let exact: Option<Explored> = match token.engine {
        Engine::Sequential => {
            return match sequential::compare(subject, &scenario.prefix) {
                Some(difference) => {
                    Replayed::Fails(Box::new(sequential::finding(subject, scenario.prefix.clone(), &difference)))
                }
                None => Replayed::Passes,
            };
        }
        Engine::Threads => None,
        Engine::Loom(clock) => token.schedule.as_ref().map(|schedule| {
            let path = schedule.iter().map(|choice| u8::try_from(*choice).unwrap_or(u8::MAX)).collect();
            explore::loom_replay(subject, scenario, clock, Path(path))
        }),
        Engine::Shuttle => token.schedule.as_ref().and_then(|schedule| {
            let (explored, to_the_letter) = explore::shuttle_replay(subject, scenario, schedule.clone(), true);
            to_the_letter.then_some(explored)
        }),
    };
    if let Some(explored) = &exact
        && Way::of(&explored.end).is_some_and(|way| way != Way::Failure(FailureKind::Nondeterminism))
    {
        let schedule = token.schedule.clone();
        return Replayed::Fails(Box::new(finding(subject, scenario, token.engine, explored, None, schedule, true)));
    }
    // The code has changed, and with it the paths through it; the scenario still means something.
    let explored = match token.engine {
        Engine::Loom(clock) => explore::loom(subject, scenario, clock, None, Limit::executions(20_000)),
        Engine::Shuttle => {
            let fails = |policy| {
                let explored = explore::shuttle(subject, scenario, &policy, Limit::executions(400));
                Way::of(&explored.end).is_some().then_some(explored)
            };
            match policies(1).into_iter().find_map(fails) {
                Some(explored) => explored,
                None => return Replayed::Passes,
            }
        }
        Engine::Threads | Engine::Sequential => explore::threads(subject, scenario, Limit::executions(2_000)),
    };
    if Way::of(&explored.end).is_some() {
        let found = finding(subject, scenario, token.engine, &explored, None, None, true);
        return Replayed::FailsElsewhere(Box::new(found));
    }
    Replayed::Passes
}

/// Runs the one execution that a token stands for. Returns what it found, if it still fails.
///
/// # Errors
/// If the token cannot be read, is another type's, or its execution cannot be run.
pub fn replay_once(subject: &Subject, token: &str) -> Result<Option<Finding>, String> {
    let token = Token::read(token, subject).map_err(|error| error.to_string())?;
    if token.path != subject.inner.path {
        return Err(format!("it is a token of `{}`", token.path));
    }
    match replay_token(subject, token) {
        Replayed::Fails(finding) | Replayed::FailsElsewhere(finding) => Ok(Some(*finding)),
        Replayed::Passes => Ok(None),
        Replayed::Unknown(why) => Err(why),
    }
}

/// The test that [`replay!`](crate::replay) makes.
///
/// # Panics
/// With the report, if the execution or its scenario still fails; if the token cannot be read.
#[track_caller]
pub fn replay(subject: Subject, token: &str) {
    let token = match Token::read(token, &subject) {
        Ok(token) => token,
        Err(error) => panic!("the token cannot be replayed on `{}`: {error}", subject.name()),
    };
    match replay_token(&subject, token) {
        Replayed::Fails(finding) | Replayed::FailsElsewhere(finding) => panic!("\n\n{finding}"),
        Replayed::Passes => {}
        Replayed::Unknown(why) => panic!("the token could not be replayed on `{}`: {why}", subject.name()),
    }
}
