//! Running a body in each world.

use raceproof::explore::engine::{End, Flow, Outcome, loom, shuttle, supervise};
use raceproof::explore::late::NEEDS_RESTART;
use raceproof::explore::world::{self, Failure};
use std::time::Duration;

/// Runs `body` on real threads, in every interleaving of loom's, and in some of shuttle's. It must pass everywhere.
#[track_caller]
pub(crate) fn worlds(body: impl Fn() + Send + Sync + Clone + 'static) {
    for _ in 0..20 {
        body();
    }
    simulated(body);
}

/// As [`worlds`], without real threads.
#[track_caller]
pub(crate) fn simulated(body: impl Fn() + Send + Sync + Clone + 'static) {
    let outcome = under_loom(body.clone());
    assert!(matches!(outcome.end, End::Exhausted), "loom: {outcome:?}");
    let outcome = under_shuttle(300, body);
    assert!(matches!(outcome.end, End::Stopped), "shuttle: {outcome:?}");
}

/// As [`worlds`], and as a specification too.
#[track_caller]
pub(crate) fn worlds_and_sequential(body: impl Fn() + Send + Sync + Clone + 'static) {
    world::sequential(world::fresh_id(), &body);
    worlds(body);
}

/// Every interleaving.
pub(crate) fn under_loom(body: impl Fn() + Send + Sync + 'static) -> Outcome {
    let body = std::sync::Arc::new(body);
    let explore = || {
        let body = body.clone();
        loom::explore(&loom::Config::default(), move || {
            body();
            Flow::Continue
        })
    };
    let outcome = explore();
    match &outcome.end {
        // Only now it is known what the executions have to be prepared for.
        End::Failed(failure) if failure.message.starts_with(NEEDS_RESTART) => explore(),
        _ => outcome,
    }
}

/// A random walk, `times` times.
pub(crate) fn under_shuttle(times: usize, body: impl Fn() + Send + Sync + 'static) -> Outcome {
    let count = std::sync::atomic::AtomicUsize::new(0);
    shuttle::explore(&shuttle::Config::default(), &shuttle::Policy::Random { seed: 7 }, move || {
        body();
        let enough = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1 >= times;
        if enough { Flow::Stop } else { Flow::Continue }
    })
}

/// How the exploration fails, in loom and in shuttle. On an OS thread of its own, which may be given up.
#[track_caller]
pub(crate) fn failures(body: impl Fn() + Send + Sync + Clone + 'static) -> [Failure; 2] {
    let other = body.clone();
    [failure("loom", move || under_loom(other)), failure("shuttle", move || under_shuttle(2_000, body))]
}

/// How the exploration fails.
#[track_caller]
pub(crate) fn failure(engine: &str, explore: impl FnOnce() -> Outcome + Send + 'static) -> Failure {
    match supervise(Duration::from_secs(60), explore) {
        Ok(Outcome { end: End::Failed(failure), .. }) => failure,
        Ok(outcome) => panic!("{engine} found nothing: {outcome:?}"),
        Err(raceproof::explore::engine::Stuck::Abandoned(failure)) => failure,
        Err(other) => panic!("{engine}: {other:?}"),
    }
}

/// Everything that `body` comes to under loom, in order. Shuttle comes to nothing else.
#[track_caller]
pub(crate) fn outcomes<T: Ord + Clone + Send + Sync + 'static>(
    body: impl Fn() -> T + Send + Sync + Clone + 'static,
) -> Vec<T> {
    let seen = std::sync::Arc::new(std::sync::Mutex::new(std::collections::BTreeSet::new()));
    let (told, inside) = (seen.clone(), body.clone());
    let outcome = under_loom(move || {
        // Not under the lock: the engine may switch.
        let came = inside();
        told.lock().unwrap().insert(came);
    });
    assert!(matches!(outcome.end, End::Exhausted), "loom: {outcome:?}");
    let all: Vec<T> = seen.lock().unwrap().iter().cloned().collect();
    let allowed = all.clone();
    let outcome = under_shuttle(300, move || assert!(allowed.contains(&body()), "not under loom"));
    assert!(matches!(outcome.end, End::Stopped), "shuttle: {outcome:?}");
    all
}
