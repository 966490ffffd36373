//! Types, written by hand, that start threads of their own: the threads serve while calls are made, and end with the
//! object. One that waits for work is no deadlock; a caller whose reply never comes is one, and so is a destructor that
//! waits for a thread that nobody stops.

#![allow(unreachable_pub, reason = "a type's public methods are those that threads share")]

use raceproof::concurrent;
use raceproof::sync::atomic::{AtomicU8, Ordering};
use raceproof::sync::{Arc, Mutex, PoisonError, mpsc};
use raceproof::thread::{self, JoinHandle};
use raceproof_test::{Explorer, Finding, Kind, Rung, Subject, subject};

/// What is asked of the worker.
enum Request {
    Add(u8),
    Sum(mpsc::Sender<u8>),
}

/// What the worker does wrong, or its owner.
#[derive(Clone, Copy, PartialEq)]
enum Mistake {
    None,
    /// Reads past the queue: a caller can miss what it has added itself.
    ReadsAside,
    /// Forgets every second reply.
    ForgetsToReply,
    /// Joins the worker before it hangs up.
    JoinsFirst,
}

/// A sum that a thread keeps, and a queue to it.
struct Worker {
    requests: Mutex<Option<mpsc::Sender<Request>>>,
    thread: Option<JoinHandle<()>>,
    shown: Arc<AtomicU8>,
    mistake: Mistake,
}

impl Worker {
    fn with(mistake: Mistake) -> Self {
        let (requests, inbox) = mpsc::channel();
        let shown = Arc::new(AtomicU8::new(0));
        let show = Arc::clone(&shown);
        let thread = thread::spawn(move || {
            let (mut sum, mut asked) = (0_u8, 0);
            while let Ok(request) = inbox.recv() {
                match request {
                    Request::Add(amount) => {
                        sum = sum.wrapping_add(amount);
                        show.store(sum, Ordering::Release);
                    }
                    Request::Sum(reply) => {
                        asked += 1;
                        if mistake == Mistake::ForgetsToReply && asked == 2 {
                            // It is kept, so that nobody notices that it is gone.
                            std::mem::forget(reply);
                        } else {
                            let _ = reply.send(sum);
                        }
                    }
                }
            }
        });
        Self { requests: Mutex::new(Some(requests)), thread: Some(thread), shown, mistake }
    }

    fn send(&self, request: Request) {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let sent = requests.as_ref().expect("it hangs up in the end").send(request);
        assert!(sent.is_ok(), "the worker is there");
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner).take();
        if self.mistake == Mistake::JoinsFirst {
            let _ = self.thread.take().map(JoinHandle::join);
        }
        drop(requests);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// The sum, without a thread.
#[derive(Clone, Default, Hash)]
struct Sum(u8);

impl Sum {
    fn add(&mut self, amount: u8) {
        self.0 = self.0.wrapping_add(amount);
    }
    fn sum(&self) -> u8 {
        self.0
    }
}

#[concurrent(spec = Sum, tests = off)]
impl Worker {
    pub fn add(&self, #[arg(1..3u8)] amount: u8) {
        self.send(Request::Add(amount));
    }
    pub fn sum(&self) -> u8 {
        if self.mistake == Mistake::ReadsAside {
            return self.shown.load(Ordering::Acquire);
        }
        let (reply, answer) = mpsc::channel();
        self.send(Request::Sum(reply));
        answer.recv().expect("the worker replies")
    }
}

const RUNGS: [Rung; 3] = [Rung::Sequential, Rung::Loom, Rung::Shuttle];

fn found(subject: Subject, rungs: &[Rung]) -> Finding {
    let report = Explorer::new(subject).rungs(rungs).budget(0.0).run();
    report.finding().unwrap_or_else(|| panic!("the bug is missed\n{report}")).clone()
}

#[test]
fn a_thread_that_serves_is_explored_with_its_object() {
    let report =
        Explorer::new(subject!(Worker = Worker::with(Mistake::None))).threads(2).rungs(&RUNGS).budget(0.0).run();
    assert!(report.ok(), "{report}");
    assert!(report.rungs[0].bounds.contains("threads of its own"), "{report}");
    assert!(report.rungs.iter().all(|rung| rung.executions > 100), "{report}");
}

#[test]
fn a_reader_that_misses_its_own_add_is_found() {
    for rung in RUNGS {
        let finding = found(subject!(Worker = Worker::with(Mistake::ReadsAside)), &[rung]);
        assert_eq!(finding.kind, Kind::NotLinearizable, "{finding}");
    }
}

#[test]
fn a_caller_whose_reply_never_comes_is_a_deadlock() {
    for rung in RUNGS {
        let finding = found(subject!(Worker = Worker::with(Mistake::ForgetsToReply)), &[rung]);
        assert_eq!(finding.kind, Kind::Deadlock, "{finding}");
    }
}

#[test]
fn a_destructor_that_waits_for_ever_is_a_deadlock() {
    for rung in RUNGS {
        let finding = found(subject!(Worker = Worker::with(Mistake::JoinsFirst)), &[rung]);
        assert_eq!(finding.kind, Kind::Deadlock, "{finding}");
    }
}
