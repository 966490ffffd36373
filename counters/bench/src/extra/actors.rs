//! 200,000 actors without a thread of their own: a live state for each of so many routers, fed by one dispatcher or two.

use super::heap;
use crate::measure::{self, Contender, Kind, Run};
use crate::options::Options;
use crate::report::{Facts, Report, figure};
use raceproof::guarded;
use std::hint::black_box;
use std::sync::OnceLock;

const ACTORS: usize = 200_000;

/// The same state under each strategy.
macro_rules! router {
    ($module:ident, $($strategy:tt)*) => {
        mod $module {
            use super::guarded;

            #[guarded($($strategy)*)]
            #[derive(Default)]
            pub(crate) struct Router {
                events: u64,
                last: u32,
            }

            #[guarded]
            impl Router {
                /// Under an actor it is posted: its sender does not wait.
                pub(crate) fn event(&mut self, kind: u32) {
                    self.events += 1;
                    self.last = kind;
                }
                pub(crate) fn events(&self) -> u64 {
                    self.events
                }
            }
        }
    };
}
router!(serial, actor, owner = caller);
router!(mutex, mutex);

static SERIAL: OnceLock<Vec<serial::Router>> = OnceLock::new();
static MUTEX: OnceLock<Vec<mutex::Router>> = OnceLock::new();

/// Makes them all, and has each of them used once.
fn make<A: Default>(touch: impl Fn(&A)) -> (Vec<A>, f64) {
    let (all, bytes) = heap::growth(|| {
        let all: Vec<A> = (0..ACTORS).map(|_| A::default()).collect();
        all.iter().for_each(touch);
        all
    });
    (all, bytes as f64 / ACTORS as f64)
}

/// Each dispatcher sends its events to actors all over the place.
fn run<A: Sync>(
    dispatchers: usize,
    events: u64,
    all: &[A],
    send: impl Fn(&A, u32) + Sync,
    seen: impl Fn(&A) -> u64,
) -> Run {
    let before: u64 = all.iter().map(&seen).sum();
    let ns = measure::together(
        dispatchers,
        |dispatcher| (dispatcher as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15),
        |random| {
            for _ in 0..events {
                *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = ((*random >> 32) * all.len() as u64) >> 32;
                send(black_box(&all[at as usize]), *random as u32);
            }
        },
    );
    let sent = dispatchers as u64 * events;
    let arrived = all.iter().map(&seen).sum::<u64>() - before;
    Run { ns: ns / sent as f64, lost: sent - arrived, operations: sent }
}

fn serial_run(dispatchers: usize, events: u64) -> Run {
    let all = SERIAL.get().expect("made before");
    run(dispatchers, events, all, serial::Router::event, serial::Router::events)
}

fn mutex_run(dispatchers: usize, events: u64) -> Run {
    let all = MUTEX.get().expect("made before");
    run(dispatchers, events, all, mutex::Router::event, mutex::Router::events)
}

pub(crate) fn measure(options: &Options, report: &mut Report) {
    report.progress("200,000 actors");
    let (all, serial_bytes) = make(|router: &serial::Router| router.event(0));
    let _ = SERIAL.set(all);
    let (all, mutex_bytes) = make(|router: &mutex::Router| router.event(0));
    let _ = MUTEX.set(all);
    let contenders = [
        Contender { name: "actor, caller runs", kind: Kind::Ours, run: serial_run },
        Contender { name: "mutex", kind: Kind::Ours, run: mutex_run },
    ];
    let by_dispatchers: Vec<_> = [1, 2]
        .into_iter()
        .map(|dispatchers| measure::interleaved(&contenders, dispatchers, options.runs, options.nanoseconds, 10_000))
        .collect();
    let rows = contenders
        .iter()
        .zip([serial_bytes, mutex_bytes])
        .enumerate()
        .map(|(at, (contender, bytes))| {
            let mut row = vec![contender.name.to_owned(), figure(bytes)];
            for rounds in &by_dispatchers {
                let speed = rounds[at].ns().map(|ns| 1e3 / ns);
                row.push(format!("{} ({}-{})", figure(speed.median), figure(speed.low), figure(speed.high)));
            }
            let lost: u64 = by_dispatchers.iter().map(|rounds| rounds[at].lost().0).sum();
            row.push(lost.to_string());
            row
        })
        .collect();
    report.facts.push(Facts {
        name: "actors",
        title: format!("{ACTORS} actors, each with the live state of one router"),
        head: ["", "bytes each", "million events/s, 1 dispatcher", "2 dispatchers", "lost"].map(str::to_owned).to_vec(),
        rows,
        notes: vec![
            "measured since, elsewhere: tokio task and channel 1,314 bytes and 3.0 / 5.2, goroutine and channel 2,860-3,000 \
             and 1.4 / 1.6"
                .to_owned(),
        ],
    });
}
