//! Running a body in each world.

use raceproof::explore::engine::{End, Flow, Outcome, loom, shuttle, supervise};
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
    loom::explore(&loom::Config::default(), move || {
        body();
        Flow::Continue
    })
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
