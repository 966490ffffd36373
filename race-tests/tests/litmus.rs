//! The litmus table, `docs/litmus.md`: small programs whose results tell memory models apart, under each engine, beside
//! C11's verdict.
//!
//! `UPDATE_LITMUS=1 cargo test -p raceproof-test --test litmus` writes it anew. C11's column is written by hand, with its
//! reason; the engines' columns are what they reach. Where an engine disagrees with C11 the row has to say why, or the
//! test fails. Real threads are not in the table: what a machine shows depends on the machine; `-- --nocapture` prints it.

use raceproof::sync::Arc;
use raceproof::sync::atomic::{AtomicU32, Ordering, Ordering::*, fence};
use raceproof::thread;
use raceproof_test::{RaceTest, Rung, Verdict};
use std::fmt::Write;

/// A program.
type Program = Arc<dyn Fn() -> Vec<u32> + Send + Sync>;
/// The variables of a program.
type Vars = Arc<[AtomicU32; 3]>;

/// One program with one choice of orderings.
struct Row {
    /// "message passing".
    test: &'static str,
    /// What stands in the program, in a few words.
    program: &'static str,
    orderings: &'static str,
    body: Program,
    /// The result that is asked about, in the order in which the program returns it.
    asked: &'static [u32],
    /// Whether C11 allows it, and why.
    allowed: bool,
    why: &'static str,
    /// Why an engine says something else, where one does.
    disagreement: &'static str,
}

const SHUTTLE: &str = "shuttle is sequentially consistent, so it never shows this";

fn vars() -> Vars {
    Arc::new([0, 0, 0].map(AtomicU32::new))
}

/// Runs the first thread here and the others beside it; returns what they return, one after the other.
fn run<const N: usize>(vars: &Vars, threads: [Body; N]) -> Vec<u32> {
    let mut threads = threads.into_iter();
    let first = threads.next().expect("a thread");
    let others: Vec<_> = threads
        .map(|body| {
            let vars = Arc::clone(vars);
            thread::spawn(move || body(&vars))
        })
        .collect();
    let mut results = first(vars);
    for other in others {
        results.extend(other.join().unwrap());
    }
    results
}

type Body = Box<dyn FnOnce(&[AtomicU32; 3]) -> Vec<u32> + Send>;

fn thread_of(body: impl FnOnce(&[AtomicU32; 3]) -> Vec<u32> + Send + 'static) -> Body {
    Box::new(body)
}

/// `x = 1; flag = 1` beside `flag; x`.
fn message_passing(store: Ordering, load: Ordering) -> Program {
    Arc::new(move || {
        run(
            &vars(),
            [
                thread_of(move |[x, flag, _]| {
                    x.store(1, Relaxed);
                    flag.store(1, store);
                    vec![]
                }),
                thread_of(move |[x, flag, _]| vec![flag.load(load), x.load(Relaxed)]),
            ],
        )
    })
}

fn fenced_message_passing(release: bool, acquire: bool) -> Program {
    Arc::new(move || {
        run(
            &vars(),
            [
                thread_of(move |[x, flag, _]| {
                    x.store(1, Relaxed);
                    if release {
                        fence(Release);
                    }
                    flag.store(1, Relaxed);
                    vec![]
                }),
                thread_of(move |[x, flag, _]| {
                    let seen = flag.load(Relaxed);
                    if acquire {
                        fence(Acquire);
                    }
                    vec![seen, x.load(Relaxed)]
                }),
            ],
        )
    })
}

/// `x = 1; y` beside `y = 1; x`.
fn store_buffering(store: Ordering, load: Ordering, fenced: bool) -> Program {
    Arc::new(move || {
        let side = move |mine: usize, theirs: usize| {
            thread_of(move |vars| {
                vars[mine].store(1, store);
                if fenced {
                    fence(SeqCst);
                }
                vec![vars[theirs].load(load)]
            })
        };
        run(&vars(), [side(0, 1), side(1, 0)])
    })
}

/// The same, with updates in place of stores and loads.
fn updating_store_buffering() -> Program {
    Arc::new(move || {
        let side = move |mine: usize, theirs: usize| {
            thread_of(move |vars| {
                vars[mine].swap(1, AcqRel);
                vec![vars[theirs].fetch_add(0, AcqRel)]
            })
        };
        run(&vars(), [side(0, 1), side(1, 0)])
    })
}

/// `x; y = 1` beside `y; x = 1`.
fn load_buffering(load: Ordering, store: Ordering) -> Program {
    Arc::new(move || {
        let side = move |from: usize, to: usize| {
            thread_of(move |vars| {
                let seen = vars[from].load(load);
                vars[to].store(1, store);
                vec![seen]
            })
        };
        run(&vars(), [side(0, 1), side(1, 0)])
    })
}

/// `x = 1` beside `y = 1` beside two readers, who read them in different orders.
fn iriw(store: Ordering, load: Ordering) -> Program {
    Arc::new(move || {
        let writer = move |to: usize| {
            thread_of(move |vars| {
                vars[to].store(1, store);
                vec![]
            })
        };
        let reader = move |first: usize, second: usize| {
            thread_of(move |vars| vec![vars[first].load(load), vars[second].load(load)])
        };
        run(&vars(), [reader(0, 1), reader(1, 0), writer(0), writer(1)])
    })
}

/// `x = 1` beside `x; y = 1` beside `y; x`.
fn causality(store: Ordering, load: Ordering) -> Program {
    Arc::new(move || {
        run(
            &vars(),
            [
                thread_of(move |[_, y, x]| vec![y.load(load), x.load(load)]),
                thread_of(move |[_, y, x]| {
                    let seen = x.load(load);
                    y.store(1, store);
                    vec![seen]
                }),
                thread_of(move |[_, _, x]| {
                    x.store(1, store);
                    vec![]
                }),
            ],
        )
    })
}

/// `x = 1; y = 2` beside `y = 1; x = 2`; what is there in the end.
fn two_plus_two_writes(store: Ordering) -> Program {
    Arc::new(move || {
        let vars = vars();
        let side = move |first: usize, second: usize| {
            thread_of(move |vars| {
                vars[first].store(1, store);
                vars[second].store(2, store);
                vec![]
            })
        };
        run(&vars, [side(0, 1), side(1, 0)]);
        vec![vars[0].load(Relaxed), vars[1].load(Relaxed)]
    })
}

/// Who continues a release sequence: data, a Release store of 1, then something that makes it 2, and a reader who acquires.
#[derive(Clone, Copy)]
enum Continuation {
    UpdateElsewhere,
    StoreElsewhere,
    StoreHere,
}

fn release_sequence(continuation: Continuation) -> Program {
    Arc::new(move || {
        let head = thread_of(move |[x, flag, _]| {
            x.store(1, Relaxed);
            flag.store(1, Release);
            if let Continuation::StoreHere = continuation {
                flag.store(2, Relaxed);
            }
            vec![]
        });
        let middle = thread_of(move |[_, flag, _]| {
            match continuation {
                Continuation::UpdateElsewhere => _ = flag.compare_exchange(1, 2, Relaxed, Relaxed),
                Continuation::StoreElsewhere if flag.load(Relaxed) == 1 => flag.store(2, Relaxed),
                _ => {}
            }
            vec![]
        });
        let reader = thread_of(move |[x, flag, _]| vec![flag.load(Acquire), x.load(Relaxed)]);
        run(&vars(), [reader, head, middle])
    })
}

/// Coherence: two reads, or a write and a read, of one variable by one thread.
fn read_read() -> Program {
    Arc::new(|| {
        run(
            &vars(),
            [
                thread_of(|[x, ..]| vec![x.load(Relaxed), x.load(Relaxed)]),
                thread_of(|[x, ..]| {
                    x.store(1, Relaxed);
                    vec![]
                }),
            ],
        )
    })
}

fn write_read() -> Program {
    Arc::new(|| {
        run(
            &vars(),
            [
                thread_of(|[x, ..]| {
                    x.store(1, Relaxed);
                    vec![x.load(Relaxed)]
                }),
                thread_of(|[x, ..]| {
                    x.store(2, Relaxed);
                    vec![]
                }),
            ],
        )
    })
}

fn write_write() -> Program {
    Arc::new(|| {
        let vars = vars();
        run(
            &vars,
            [
                thread_of(|[x, ..]| {
                    x.store(1, Relaxed);
                    x.store(2, Relaxed);
                    vec![]
                }),
                thread_of(|[_, y, _]| {
                    y.store(1, Relaxed);
                    vec![]
                }),
            ],
        );
        vec![vars[0].load(Relaxed)]
    })
}

/// Two threads read the same two stores of two others.
fn write_order() -> Program {
    Arc::new(|| {
        run(
            &vars(),
            [
                thread_of(|[x, ..]| vec![x.load(Relaxed), x.load(Relaxed)]),
                thread_of(|[x, ..]| {
                    x.store(1, Relaxed);
                    vec![x.load(Relaxed)]
                }),
                thread_of(|[x, ..]| {
                    x.store(2, Relaxed);
                    vec![]
                }),
            ],
        )
    })
}

fn rows() -> Vec<Row> {
    const MP: &str = "x = 1; flag = 1 ‖ a = flag; b = x";
    const SB: &str = "x = 1; a = y ‖ y = 1; b = x";
    const LB: &str = "a = x; y = 1 ‖ b = y; x = 1";
    const IRIW: &str = "a = x; b = y ‖ c = y; d = x ‖ x = 1 ‖ y = 1";
    const WRC: &str = "a = y; b = x ‖ c = x; y = 1 ‖ x = 1";
    const W22: &str = "x = 1; y = 2 ‖ y = 1; x = 2; then a = x, b = y";
    const SEQUENCE: &str = "a = flag (Acquire); b = x ‖ x = 1; flag = 1 (Release) ‖ makes flag 2";
    let row = |test, program, orderings, body, asked, allowed, why| Row {
        test,
        program,
        orderings,
        body,
        asked,
        allowed,
        why,
        disagreement: "",
    };
    let but = |row: Row, disagreement| Row { disagreement, ..row };
    let no_edge = "nothing synchronises, so x may be read as it was";
    let edge = "the load that reads the store synchronises with it, so x = 1 happens before b = x";
    let no_total_order = "happens-before does not order the two sides; only a total order over all four would";
    let total_order = "SeqCst operations have one total order, in which one of the stores is first";
    let weak_seq_cst =
        "loom takes SeqCst loads and stores for Acquire and Release: a finding that needs this is inconclusive";
    let no_future = "loom runs each thread in program order and never reads a store that has not been made; no compiler or \
                     processor reorders it otherwise where Acquire or Release stand";
    vec![
        row("message passing", MP, "Relaxed, Relaxed", message_passing(Relaxed, Relaxed), &[1, 0], true, no_edge),
        row("message passing", MP, "Release, Relaxed", message_passing(Release, Relaxed), &[1, 0], true, no_edge),
        row("message passing", MP, "Relaxed, Acquire", message_passing(Relaxed, Acquire), &[1, 0], true, no_edge),
        row("message passing", MP, "Release, Acquire", message_passing(Release, Acquire), &[1, 0], false, edge),
        row("message passing", MP, "SeqCst, SeqCst", message_passing(SeqCst, SeqCst), &[1, 0], false, edge),
        row(
            "message passing",
            MP,
            "Relaxed; fence(Release) only",
            fenced_message_passing(true, false),
            &[1, 0],
            true,
            "a release fence alone synchronises with nothing: the reader has neither Acquire nor a fence",
        ),
        row(
            "message passing",
            MP,
            "Relaxed; fence(Acquire) only",
            fenced_message_passing(false, true),
            &[1, 0],
            true,
            "an acquire fence alone synchronises with nothing: the writer has neither Release nor a fence",
        ),
        row(
            "message passing",
            MP,
            "Relaxed; both fences",
            fenced_message_passing(true, true),
            &[1, 0],
            false,
            "the fences synchronise, through the Relaxed load that reads the Relaxed store",
        ),
        row(
            "store buffering",
            SB,
            "Relaxed, Relaxed",
            store_buffering(Relaxed, Relaxed, false),
            &[0, 0],
            true,
            no_total_order,
        ),
        row(
            "store buffering",
            SB,
            "Release, Acquire",
            store_buffering(Release, Acquire, false),
            &[0, 0],
            true,
            no_total_order,
        ),
        but(
            row(
                "store buffering",
                SB,
                "SeqCst, SeqCst",
                store_buffering(SeqCst, SeqCst, false),
                &[0, 0],
                false,
                total_order,
            ),
            weak_seq_cst,
        ),
        row(
            "store buffering",
            SB,
            "Relaxed; fence(SeqCst) between",
            store_buffering(Relaxed, Relaxed, true),
            &[0, 0],
            false,
            "the fences have a total order; what is before the first of them is seen after the other",
        ),
        row(
            "store buffering",
            SB,
            "updates, AcqRel",
            updating_store_buffering(),
            &[0, 0],
            false,
            "an update reads the newest value: one of the two comes second on y, reads the other's update, and so sees x",
        ),
        but(
            row(
                "load buffering",
                LB,
                "Relaxed, Relaxed",
                load_buffering(Relaxed, Relaxed),
                &[1, 1],
                true,
                "nothing forbids that both loads read the later stores",
            ),
            no_future,
        ),
        row(
            "load buffering",
            LB,
            "Acquire, Release",
            load_buffering(Acquire, Release),
            &[1, 1],
            false,
            "each load would happen before the store that it reads",
        ),
        row(
            "independent reads",
            IRIW,
            "Relaxed, Relaxed",
            iriw(Relaxed, Relaxed),
            &[1, 0, 1, 0],
            true,
            "the readers need not agree on the order of the two stores",
        ),
        row(
            "independent reads",
            IRIW,
            "Release, Acquire",
            iriw(Release, Acquire),
            &[1, 0, 1, 0],
            true,
            "the readers need not agree on the order of the two stores",
        ),
        but(
            row("independent reads", IRIW, "SeqCst, SeqCst", iriw(SeqCst, SeqCst), &[1, 0, 1, 0], false, total_order),
            weak_seq_cst,
        ),
        row("causality", WRC, "Relaxed, Relaxed", causality(Relaxed, Relaxed), &[1, 0, 1], true, no_edge),
        row(
            "causality",
            WRC,
            "Release, Acquire",
            causality(Release, Acquire),
            &[1, 0, 1],
            false,
            "happens-before is transitive: what the second thread has seen, the first sees after it",
        ),
        row(
            "two writes each",
            W22,
            "Relaxed",
            two_plus_two_writes(Relaxed),
            &[1, 1],
            true,
            "the modification orders of x and y need not fit into one order",
        ),
        but(
            row("two writes each", W22, "SeqCst", two_plus_two_writes(SeqCst), &[1, 1], false, total_order),
            weak_seq_cst,
        ),
        row(
            "release sequence",
            SEQUENCE,
            "compare_exchange(Relaxed) elsewhere",
            release_sequence(Continuation::UpdateElsewhere),
            &[2, 0],
            false,
            "an update continues the release sequence of the store that it reads, whatever its ordering",
        ),
        row(
            "release sequence",
            SEQUENCE,
            "store(Relaxed) elsewhere",
            release_sequence(Continuation::StoreElsewhere),
            &[2, 0],
            true,
            "a store of another thread ends the release sequence",
        ),
        row(
            "release sequence",
            SEQUENCE,
            "store(Relaxed) by the same thread",
            release_sequence(Continuation::StoreHere),
            &[2, 0],
            true,
            "since C++20 a later store of the same thread ends the release sequence too (C++11 let it go on)",
        ),
        row(
            "coherence",
            "a = x; b = x ‖ x = 1",
            "Relaxed",
            read_read(),
            &[1, 0],
            false,
            "two reads of one variable by one thread do not go back in its modification order",
        ),
        row(
            "coherence",
            "x = 1; a = x ‖ x = 2",
            "Relaxed",
            write_read(),
            &[0],
            false,
            "a thread sees its own store, or a later one",
        ),
        row(
            "coherence",
            "x = 1; x = 2 ‖ y = 1; then a = x",
            "Relaxed",
            write_write(),
            &[1],
            false,
            "the stores of one thread are in its order in the modification order",
        ),
        row(
            "coherence",
            "a = x; b = x ‖ x = 1; c = x ‖ x = 2",
            "Relaxed",
            write_order(),
            &[2, 1, 2],
            false,
            "all threads agree on the modification order of one variable: 1 before 2 by c, 2 before 1 by a and b",
        ),
    ]
}

struct Reached {
    all: Vec<Vec<u32>>,
    asked: bool,
    exhausted: bool,
}

fn explore(row: &Row, rung: Rung) -> Reached {
    let body = Arc::clone(&row.body);
    let report = RaceTest::new(row.test, move || body())
        .engines(&[rung])
        .budget(if rung == Rung::Loom { 20.0 } else { 0.0 })
        .run();
    assert!(report.ok(), "{}, {}: {report}", row.test, row.orderings);
    Reached {
        all: report.reached.iter().map(|reached| reached.value.clone()).collect(),
        asked: report.reached.iter().any(|reached| reached.value == row.asked),
        exhausted: matches!(report.report.rungs[0].verdict, Verdict::Exhausted),
    }
}

const HEAD: &str = "\
# Litmus tests: what each engine can show

Made by `UPDATE_LITMUS=1 cargo test -p raceproof-test --test litmus`, which also checks it. Each program starts with all
variables 0. The question is one result, one that no interleaving of the statements gives. C11's column says whether the
memory model allows it and why (C++20's words, which C follows); the engines' columns say whether they reach it, and how many
different results they reach in all. loom runs every execution that it has; shuttle some hundred schedules.

A weak result that loom reaches and C11 allows is a bug that loom finds. One that C11 allows and loom does not reach is a bug
that the kit cannot find, on no engine. One that C11 forbids and loom reaches would be a false alarm: the kit calls such
findings inconclusive. What real threads show depends on the machine, so they are not in the table.

| program | orderings | asked | C11 | loom | shuttle |
|---|---|---|---|---|---|
";

#[test]
fn the_litmus_table_is_current() {
    let mut page = HEAD.to_owned();
    let mut reasons = String::from("\n## Why\n\n");
    let mut problems = Vec::new();
    for row in &rows() {
        let (loom, shuttle) = (explore(row, Rung::Loom), explore(row, Rung::Shuttle));
        let place = format!("{}, {}", row.test, row.orderings);
        if !loom.exhausted {
            problems.push(format!("{place}: loom did not run everything"));
        }
        if shuttle.asked {
            problems.push(format!("{place}: shuttle reached a result that no interleaving gives"));
        }
        let missed: Vec<_> = shuttle.all.iter().filter(|value| !loom.all.contains(value)).collect();
        if !missed.is_empty() && row.disagreement.is_empty() {
            problems.push(format!("{place}: shuttle reached what loom did not: {missed:?}"));
        }
        if (loom.asked != row.allowed) == row.disagreement.is_empty() {
            problems.push(format!(
                "{place}: C11 says {}, loom {}, and the row says: {:?}",
                row.allowed, loom.asked, row.disagreement
            ));
        }
        let reach = |reached: &Reached| {
            format!("{} ({} in all)", if reached.asked { "reached" } else { "never" }, reached.all.len())
        };
        let asked: Vec<String> = row.asked.iter().map(u32::to_string).collect();
        let disagrees = if row.disagreement.is_empty() { "" } else { " **but**" };
        writeln!(
            page,
            "| {}: `{}` | {} | {} | {}{disagrees} | {} | {} |",
            row.test,
            row.program,
            row.orderings,
            asked.join(", "),
            if row.allowed { "allowed" } else { "forbidden" },
            reach(&loom),
            reach(&shuttle)
        )
        .unwrap();
        write!(reasons, "- **{place}**: {}.", row.why).unwrap();
        if !row.disagreement.is_empty() {
            write!(reasons, " *loom differs:* {}.", row.disagreement).unwrap();
        }
        if row.allowed {
            write!(reasons, " ({SHUTTLE}.)").unwrap();
        }
        reasons.push('\n');
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    page += &reasons;
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/litmus.md");
    if std::env::var_os("UPDATE_LITMUS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == page, "docs/litmus.md is stale: run this test once with UPDATE_LITMUS=1");
}

/// What this machine shows, for who asks.
#[test]
fn on_this_machine() {
    for row in rows().iter().filter(|row| row.test == "store buffering") {
        let reached = explore(row, Rung::Threads);
        println!("{}, {}: {}", row.test, row.orderings, if reached.asked { "seen" } else { "not seen" });
        assert!(row.allowed || !reached.asked, "{}: this machine has done what C11 forbids", row.orderings);
    }
}
