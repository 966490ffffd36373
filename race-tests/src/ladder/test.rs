//! The generated tests' way in: one rung of one type, as libtest knows it, ok or FAILED.

use super::{Replayed, climb, orderings, replay_token};
use crate::explore::Progress;
use crate::options::Environment;
use crate::regressions;
use crate::subject::Subject;
use crate::summary;
use crate::token::{self, Token};
use crate::verdict::{Rung, Verdict};
use raceproof::explore::native::{Arc, Once};
use std::io::Write;

/// Runs one rung. What has failed before is run first.
///
/// # Panics
/// With the report, if anything is wrong: that is how a test fails.
#[track_caller]
pub fn run(rung: Rung, subject: Subject) {
    if let Some(token) = &Environment::get().replay {
        return replay_only(rung, &subject, token);
    }
    if let Some(name) = &Environment::get().orderings {
        return study_only(rung, &subject, name);
    }
    let known = match regressions::read(&subject) {
        Ok(known) => known,
        Err(complaint) => panic!("{complaint}"),
    };
    for known in known.into_iter().filter(|known| known.token.engine.rung() == rung) {
        match replay_token(&subject, known.token) {
            Replayed::Fails(finding) | Replayed::FailsElsewhere(finding) => {
                panic!("\n\n{finding}\nknown since it was written to {}", known.place)
            }
            Replayed::Passes => {}
            Replayed::Unknown(why) => panic!("{}: {why}", known.place),
        }
    }
    let report = climb(&subject, &subject.inner.options, rung, Arc::new(Progress::default()));
    let kept = match &report.verdict {
        Verdict::Violation(finding) if rung != Rung::Mutants => regressions::keep(&subject, finding),
        _ => None,
    };
    let unwritten = summary::write(&subject, &report);
    println!("{} {report}", subject.name());
    for (method, reason) in subject.left_out() {
        println!("not called: `{method}`, because {reason}");
    }
    if let Some(unwritten) = unwritten {
        println!("{unwritten}");
    }
    match report.verdict {
        Verdict::Exhausted | Verdict::Bounded(_) => {}
        Verdict::Violation(finding) => {
            let kept = kept.map(|kept| format!("\n{kept}")).unwrap_or_default();
            panic!("\n\n{finding}{kept}")
        }
        Verdict::Unknown(why) => panic!("`{}` was not explored: {why}", subject.name()),
    }
}

/// With `RACEPROOF_ORDERINGS`, only the loom rung of the types of that name does anything: it studies their orderings,
/// and leaves the report where `cargo race orderings` looks for it.
#[track_caller]
fn study_only(rung: Rung, subject: &Subject, name: &str) {
    if rung != Rung::Loom || (subject.name() != name && subject.inner.path != name) {
        return;
    }
    let report = orderings(subject, &subject.inner.options, Arc::new(Progress::default()));
    println!("{report}");
    if let Some(unwritten) = summary::write_orderings(subject, &report) {
        println!("{unwritten}");
    }
    if let Some((why, _)) = &report.failure {
        panic!("`{}`: {why}", subject.name());
    }
}

/// Says once a process that tests are skipped because of a token of another type: all of them pass, and a run without the
/// token's own test would look like one that has found nothing.
///
/// Written past libtest, which shows nobody what a passing test prints.
pub(crate) fn another_s_token(path: &str) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let line = format!(
            "raceproof: RACEPROOF_REPLAY is a token of `{path}`: only its test runs, and fails with what the replay shows; all \
             others are skipped. If none fails, nothing was replayed: there is no such test here.\n"
        );
        // Where there is no stderr there is nobody to tell.
        let _ = std::io::stderr().write_all(line.as_bytes());
    });
}

/// With `RACEPROOF_REPLAY`, only the rung that the token belongs to does anything.
#[track_caller]
fn replay_only(rung: Rung, subject: &Subject, text: &str) {
    match token::path_of(text) {
        Ok(path) if path != subject.inner.path => return another_s_token(path),
        Ok(_) => {}
        Err(error) => panic!("RACEPROOF_REPLAY: the token cannot be used: {error}"),
    }
    let token = match Token::read(text, subject) {
        Ok(token) => token,
        Err(error) => panic!("RACEPROOF_REPLAY: the token cannot be used: {error}"),
    };
    if (if token.mutant.is_some() { Rung::Mutants } else { token.engine.rung() }) != rung {
        return;
    }
    match replay_token(subject, token) {
        Replayed::Fails(finding) => panic!("\n\nreplayed, in the first execution\n\n{finding}"),
        Replayed::FailsElsewhere(finding) => {
            panic!("\n\nthis execution is no more (the code has changed), but its scenario still fails\n\n{finding}")
        }
        Replayed::Passes => panic!(
            "RACEPROOF_REPLAY: nothing failed: neither this execution nor any other of its scenario; the code has \
             changed since the token was made"
        ),
        Replayed::Unknown(why) => panic!("RACEPROOF_REPLAY: it could not be replayed: {why}"),
    }
}
