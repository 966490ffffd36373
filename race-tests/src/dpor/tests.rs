//! The explorer against plain depth-first search, which tries every task at every switch of the engine's, and against
//! the numbers of inequivalent interleavings that are known.

mod plain;
mod programs;

use super::{Dpor, Summary};
use crate::{Kind, RaceTest, Rung};
use plain::Plain;
use programs::Program;
use raceproof::explore::engine::shuttle::{Config, Director, explore_directed};
use raceproof::explore::engine::{End, Flow, supervise};
use raceproof::explore::native::{Arc, Mutex as NativeMutex};
use raceproof::sync::{Condvar, Mutex};
use raceproof::thread;
use std::cell::RefCell;
use std::collections::{BTreeSet, VecDeque};
use std::rc::Rc;
use std::time::Duration;

/// Everything that a body can come to, as it describes it itself; "stuck" and what it has described so far where all of
/// its threads wait.
type Outcomes = BTreeSet<String>;

/// A body, and what it has seen in the execution under way.
trait Body: Clone + Send + Sync + 'static {
    /// Runs once, and says what came of it.
    fn run(&self) -> String;
    /// What it has seen where it did not come to its end.
    fn so_far(&self) -> String;
}

#[derive(Debug)]
struct Explored {
    executions: u64,
    outcomes: Outcomes,
    summary: Summary,
}

fn with_dpor(body: &impl Body) -> Explored {
    let outcomes = Arc::new(NativeMutex::new(Outcomes::new()));
    let (stuck, waiting) = (body.clone(), Arc::clone(&outcomes));
    let dpor = Rc::new(RefCell::new(Dpor::new(move || {
        waiting.lock().unwrap().insert(format!("stuck: {}", stuck.so_far()));
        Flow::Continue
    })));
    let executions = run(Rc::clone(&dpor) as Rc<RefCell<dyn Director>>, body, &outcomes);
    let summary = dpor.borrow().summary.clone();
    assert_eq!(summary.nondeterminism, None);
    let outcomes = outcomes.lock().unwrap().clone();
    Explored { executions, outcomes, summary }
}

/// What executions with at most so many preemptions come to; all of them, or as many as the reduction takes to be enough.
fn within(body: &impl Body, bound: usize, everybody: bool) -> (Explored, BTreeSet<super::Class>) {
    let outcomes = Arc::new(NativeMutex::new(Outcomes::new()));
    let (stuck, waiting) = (body.clone(), Arc::clone(&outcomes));
    let mut left = 3_000_u32;
    let mut dpor = Dpor::within(bound, move || {
        waiting.lock().unwrap().insert(format!("stuck: {}", stuck.so_far()));
        left -= 1;
        if left == 0 { Flow::Stop } else { Flow::Continue }
    });
    dpor.everybody = everybody;
    let dpor = Rc::new(RefCell::new(dpor));
    let executions = run_within(Rc::clone(&dpor) as Rc<RefCell<dyn Director>>, body, &outcomes, 3_000);
    let summary = dpor.borrow().summary.clone();
    assert_eq!(summary.nondeterminism, None);
    let outcomes = outcomes.lock().unwrap().clone();
    let classes = dpor.borrow().classes.clone();
    (Explored { executions, outcomes, summary }, classes)
}

fn run_within(
    director: Rc<RefCell<dyn Director>>,
    body: &impl Body,
    outcomes: &Arc<NativeMutex<Outcomes>>,
    most: u64,
) -> u64 {
    let (body, outcomes) = (body.clone(), Arc::clone(outcomes));
    let count = raceproof::explore::native::atomic::AtomicU64::new(0);
    let outcome = explore_directed(&Config::default(), director, move || {
        let came_to = body.run();
        outcomes.lock().unwrap().insert(came_to);
        // Relaxed: one OS thread counts.
        let ran = count.fetch_add(1, raceproof::explore::native::atomic::Ordering::Relaxed) + 1;
        if ran < most { Flow::Continue } else { Flow::Stop }
    });
    outcome.executions
}

/// At most so many executions; whether those were all.
fn with_plain(body: &impl Body, most: u64) -> (Explored, bool) {
    let outcomes = Arc::new(NativeMutex::new(Outcomes::new()));
    let (stuck, waiting) = (body.clone(), Arc::clone(&outcomes));
    let plain = Rc::new(RefCell::new(Plain::new(most, move || {
        waiting.lock().unwrap().insert(format!("stuck: {}", stuck.so_far()));
    })));
    let executions = run(Rc::clone(&plain) as Rc<RefCell<dyn Director>>, body, &outcomes);
    let complete = plain.borrow().complete;
    let outcomes = outcomes.lock().unwrap().clone();
    (Explored { executions, outcomes, summary: Summary::default() }, complete)
}

fn run(director: Rc<RefCell<dyn Director>>, body: &impl Body, outcomes: &Arc<NativeMutex<Outcomes>>) -> u64 {
    let (body, outcomes) = (body.clone(), Arc::clone(outcomes));
    let outcome = explore_directed(&Config::default(), director, move || {
        let came_to = body.run();
        outcomes.lock().unwrap().insert(came_to);
        Flow::Continue
    });
    assert!(matches!(outcome.end, End::Exhausted), "{:?}", outcome.end);
    outcome.executions
}

/// On an OS thread of its own, which may be lost.
fn supervised<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> T {
    match supervise(Duration::from_secs(20), job) {
        Ok(result) => result,
        Err(stuck) => panic!("{stuck:?}"),
    }
}

/// A function as a body.
#[derive(Clone)]
struct Plainly<F>(F);

impl<F: Fn() -> String + Clone + Send + Sync + 'static> Body for Plainly<F> {
    fn run(&self) -> String {
        (self.0)()
    }
    fn so_far(&self) -> String {
        String::new()
    }
}

fn mutex_counter(threads: usize, operations: usize) -> impl Body {
    Plainly(move || {
        let counter = Arc::new(Mutex::new(Vec::new()));
        let handles: Vec<_> = (0..threads)
            .map(|thread| {
                let counter = Arc::clone(&counter);
                thread::spawn(move || (0..operations).for_each(|_| counter.lock().unwrap().push(thread)))
            })
            .collect();
        handles.into_iter().for_each(|handle| handle.join().unwrap());
        let order = counter.lock().unwrap();
        format!("{order:?}")
    })
}

// The order of the sections is all there is: as many classes as words with so many letters of each thread.
#[test]
fn one_execution_for_each_order_of_critical_sections() {
    supervised(|| {
        for (threads, operations, classes) in [(2, 2, 6), (2, 3, 20), (2, 4, 70), (3, 2, 90), (4, 1, 24), (3, 3, 1680)]
        {
            let explored = with_dpor(&mutex_counter(threads, operations));
            println!("{threads}x{operations}: {} executions, {classes} classes", explored.executions);
            assert_eq!(explored.outcomes.len() as u64, classes, "{threads}x{operations}");
            assert!(explored.executions * 10 <= classes * 12, "{threads}x{operations}: {explored:?}");
            assert!(explored.summary.complete);
        }
    });
}

// The same explorer behind `#[race_test]`: where it says that these are all results, they are those of plain search.
#[test]
fn race_tests_of_random_programs_return_what_plain_search_says() {
    let (mut exact, mut stuck, mut partial) = (0, 0, 0);
    for seed in 0..60 {
        let (plain, all) = supervised(move || with_plain(&Program::random(seed), 400));
        if !all {
            continue;
        }
        let program = Program::random(seed);
        let report = RaceTest::new("random", move || program.run()).engines(&[Rung::Dpor]).budget(0.0).run();
        if plain.outcomes.iter().any(|outcome| outcome.starts_with("stuck")) {
            assert_eq!(report.finding().map(|finding| finding.kind), Some(Kind::Deadlock), "{seed}: {report}");
            stuck += 1;
            continue;
        }
        assert!(report.ok(), "{seed}: {report}");
        let reached: Outcomes = report.reached.iter().map(|reached| reached.value.clone()).collect();
        if report.exact() {
            assert_eq!(reached, plain.outcomes, "{seed}: {report}");
            exact += 1;
        } else {
            assert!(reached.is_subset(&plain.outcomes), "{seed}: {report}");
            partial += 1;
        }
    }
    println!("{exact} exact, {stuck} stuck, {partial} of which less was said");
    assert!(exact >= 20 && stuck >= 2, "{exact} {stuck} {partial}");
}

/// `RACEPROOF_DPOR_PROGRAMS`: how many random programs to try; the executions that plain search may take for each are
/// as many as it needs where that is set.
#[test]
fn random_programs_come_to_what_plain_search_says() {
    let wanted = std::env::var("RACEPROOF_DPOR_PROGRAMS").ok().and_then(|text| text.parse::<u64>().ok());
    let (programs, most) = wanted.map_or((240, 400), |programs| (programs, 40_000));
    let (complete, executions, redundant, stuck, partial) = supervised(move || {
        let (mut complete, mut executions, mut redundant, mut stuck, mut partial) = (0, 0, 0, 0, 0);
        for seed in 0..programs {
            let program = Program::random(seed);
            let (plain, all) = with_plain(&program, most);
            let dpor = with_dpor(&program);
            assert!(dpor.summary.complete, "{seed}: {program:?}");
            let missing: Vec<_> = plain.outcomes.difference(&dpor.outcomes).collect();
            // What was left out is told.
            let told = dpor.summary.spins || dpor.summary.unwinding;
            assert!(missing.is_empty() || told, "{seed}: {program:?}\nmissed {missing:?}\n{dpor:?}");
            partial += u64::from(told);
            if all {
                let invented: Vec<_> = dpor.outcomes.difference(&plain.outcomes).collect();
                assert!(invented.is_empty(), "{seed}: {program:?}\ninvented {invented:?}");
            }
            complete += u64::from(all);
            executions += dpor.executions;
            redundant += dpor.summary.redundant;
            stuck += u64::from(dpor.summary.deadlocks > 0);
        }
        (complete, executions, redundant, stuck, partial)
    });
    println!(
        "{programs} programs, {complete} of them searched to the end by plain search; {executions} executions, \
              {redundant} of them redundant; {stuck} programs deadlock, {partial} are explored in part"
    );
    assert!(complete * 10 > programs * 4, "{complete} of {programs}: the comparison is worth little");
    assert!(partial * 8 < programs, "{partial}: too many programs are not compared");
    assert!(stuck > programs / 50, "{stuck}: too few programs deadlock for the comparison to be worth much");
}

// Within each bound the reduction comes to what all executions within it come to, no more and no less; where it leaves out
// nothing for the bound's sake, to what there is without any.
#[test]
fn random_programs_come_to_the_same_within_a_bound() {
    let wanted = std::env::var("RACEPROOF_DPOR_PROGRAMS").ok().and_then(|text| text.parse::<u64>().ok());
    let programs = wanted.unwrap_or(120);
    let (compared, fewer, all, bounded) = supervised(move || {
        let (mut compared, mut fewer, mut all, mut bounded) = (0, 0_u64, 0_u64, 0);
        for seed in 0..programs {
            let program = Program::random(seed);
            for bound in 0..3 {
                let (everybody, all_classes) = within(&program, bound, true);
                if !everybody.summary.complete || everybody.summary.spins || everybody.summary.unwinding {
                    break;
                }
                let (reduced, classes) = within(&program, bound, false);
                assert!(reduced.summary.complete, "{seed}: {program:?}");
                assert_eq!(reduced.outcomes, everybody.outcomes, "{seed}, bound {bound}: {program:?}");
                // Not only what it comes to: what came before what.
                assert_eq!(classes, all_classes, "{seed}, bound {bound}: {program:?}");
                compared += 1;
                fewer += reduced.executions;
                all += everybody.executions;
                if !reduced.summary.preempted {
                    let whole = with_dpor(&program);
                    assert_eq!(reduced.outcomes, whole.outcomes, "{seed}, bound {bound}, no bound: {program:?}");
                    break;
                }
                bounded += 1;
            }
        }
        (compared, fewer, all, bounded)
    });
    println!("{compared} searches compared, {bounded} of them cut by the bound: {fewer} executions in place of {all}");
    assert!(compared > programs && bounded > programs / 2, "{compared} {bounded}: the comparison is worth little");
    assert!(fewer < all);
}

// Two threads that each take a lock twice: without a preemption one goes first, 2 orders; with one, the others but two
// come about; 6 in all.
#[test]
fn bounds_are_what_they_say() {
    let outcomes = supervised(|| (0..4).map(|bound| within(&mutex_counter(2, 2), bound, false).0).collect::<Vec<_>>());
    let counts: Vec<_> = outcomes.iter().map(|one| (one.outcomes.len(), one.summary.preempted)).collect();
    assert_eq!(counts, [(2, true), (4, true), (6, false), (6, false)], "{outcomes:?}");
}

// Who holds the lock first, and who is first at the word: four classes. The thread that sleeps where the reader is
// overtaken has nothing to do with that, and must not be taken to stand for what comes after.
#[test]
fn a_sleeping_thread_stands_only_for_what_it_begins() {
    let (explored, (plain, _)) = supervised(|| {
        let program = Program::asleep();
        (with_dpor(&program), with_plain(&program, 20_000))
    });
    assert_eq!(explored.outcomes.len(), 4, "{explored:?}");
    assert!(plain.outcomes.is_subset(&explored.outcomes), "{plain:?}");
}

/// An actor by hand: a queue behind a mutex and a condition variable, a thread that serves it, and replies likewise.
fn actor(callers: usize, calls: usize) -> impl Body {
    #[derive(Default)]
    struct Mailbox {
        queue: Mutex<VecDeque<Option<Arc<Reply>>>>,
        news: Condvar,
    }
    #[derive(Default)]
    struct Reply {
        value: Mutex<Option<usize>>,
        there: Condvar,
    }
    impl Mailbox {
        fn post(&self, message: Option<Arc<Reply>>) {
            self.queue.lock().unwrap().push_back(message);
            self.news.notify_one();
        }
    }
    Plainly(move || {
        let mailbox = Arc::new(Mailbox::default());
        let serve = Arc::clone(&mailbox);
        let owner = thread::spawn(move || {
            let mut count = 0;
            loop {
                let mut queue = serve.news.wait_while(serve.queue.lock().unwrap(), |queue| queue.is_empty()).unwrap();
                let Some(reply) = queue.pop_front().flatten() else { return count };
                drop(queue);
                count += 1;
                *reply.value.lock().unwrap() = Some(count);
                reply.there.notify_one();
            }
        });
        let handles: Vec<_> = (0..callers)
            .map(|_| {
                let mailbox = Arc::clone(&mailbox);
                thread::spawn(move || {
                    let call = |_| {
                        let reply = Arc::new(Reply::default());
                        mailbox.post(Some(Arc::clone(&reply)));
                        let value = reply.there.wait_while(reply.value.lock().unwrap(), |value| value.is_none());
                        value.unwrap().unwrap_or(0)
                    };
                    (0..calls).map(call).collect::<Vec<_>>()
                })
            })
            .collect();
        let seen: Vec<_> = handles.into_iter().map(|handle| handle.join().unwrap()).collect();
        mailbox.post(None);
        format!("{seen:?} {}", owner.join().unwrap())
    })
}

#[test]
fn an_actor_with_a_thread_and_a_condition_variable_is_exhausted() {
    let began = std::time::Instant::now();
    let explored = supervised(|| with_dpor(&actor(2, 2)));
    println!(
        "actor 2x2: {} executions, {} redundant, {:?}",
        explored.executions,
        explored.summary.redundant,
        began.elapsed()
    );
    assert!(explored.summary.complete);
    // Two callers' calls in any order: 1 to 4 in two rows, each ascending.
    assert_eq!(explored.outcomes.len(), 6, "{:?}", explored.outcomes);
    // So many take a second or two.
    assert!(explored.executions < 40_000, "{}", explored.executions);
    assert!(explored.summary.redundant * 100 < explored.executions, "{}", explored.summary.redundant);
}
