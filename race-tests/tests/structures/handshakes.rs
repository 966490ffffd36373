//! Handshakes of two threads or tasks, as free code: each right in every interleaving, and with a mistake that needs one.
//!
//! The one thing to know: the right ones are not only silent, loom and dpor come to the end of them.

use raceproof::cell::UnsafeCell;
use raceproof::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering, fence};
use raceproof::sync::{Arc, Condvar, Mutex, MutexGuard};
use raceproof::thread;
use raceproof_test::{Finding, Kind, RaceTest, Rung, Verdict, block_on, spawn};
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

#[track_caller]
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

/// Right in every interleaving, with weak memory and without.
#[track_caller]
fn holds(body: impl Fn() + Send + Sync + 'static) {
    let report = RaceTest::new("handshake", body).engines(&[Rung::Loom, Rung::Dpor]).strict(true).run();
    let exhausted = report.report.rungs.iter().filter(|rung| matches!(rung.verdict, Verdict::Exhausted)).count();
    assert!(report.ok() && exhausted == 2, "{report}");
}

#[track_caller]
fn breaks(kind: Kind, body: impl Fn() + Send + Sync + 'static) -> Finding {
    let report = RaceTest::new("handshake", body).engines(&[Rung::Loom]).budget(0.0).run();
    let finding = report.finding().unwrap_or_else(|| panic!("nothing was found\n{report}"));
    assert_eq!(finding.kind, kind, "{finding}");
    finding.clone()
}

fn both(theirs: impl FnOnce() + Send + 'static, mine: impl FnOnce()) {
    let thread = thread::spawn(theirs);
    mine();
    thread.join().expect("it does not panic");
}

/// A barrier for two that is used twice. Without generations who waits looks whether the count is back at nothing, and that
/// may be over before he looks.
struct Barrier {
    arrived: Mutex<(u32, u32)>,
    news: Condvar,
    generations: bool,
}

impl Barrier {
    fn arrive(&self) {
        let mut arrived = lock(&self.arrived);
        arrived.0 += 1;
        if arrived.0 == 2 {
            *arrived = (0, arrived.1 + 1);
            self.news.notify_all();
            return;
        }
        let mine = arrived.1;
        while if self.generations { arrived.1 == mine } else { arrived.0 != 0 } {
            arrived = self.news.wait(arrived).unwrap_or_else(|e| e.into_inner());
        }
    }
}

fn two_rounds(generations: bool) {
    let barrier = Arc::new(Barrier { arrived: Mutex::default(), news: Condvar::new(), generations });
    let theirs = Arc::clone(&barrier);
    let twice = |barrier: &Barrier| (0..2).for_each(|_| barrier.arrive());
    both(move || twice(&theirs), move || twice(&barrier));
}

#[test]
fn barrier_with_generations() {
    holds(|| two_rounds(true));
}

#[test]
fn barrier_that_is_reused_too_soon() {
    insta::assert_snapshot!(breaks(Kind::Deadlock, || two_rounds(false)));
}

/// Two flags, and a thread that parks until each is raised. The second `unpark` may come while the first is still to be
/// taken, and then there is one token for both.
fn two_flags(looks: bool) {
    let flags = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
    let theirs = Arc::clone(&flags);
    let sleeper = thread::spawn(move || {
        // Acquire, here and below: with the Release below, what was written before the flag is there.
        while !theirs[0].load(Ordering::Acquire) {
            thread::park();
        }
        if !looks {
            thread::park();
        }
        while looks && !theirs[1].load(Ordering::Acquire) {
            thread::park();
        }
    });
    for flag in &*flags {
        flag.store(true, Ordering::Release);
        sleeper.thread().unpark();
    }
    sleeper.join().expect("it does not panic");
}

#[test]
fn sleeper_that_looks_before_it_parks() {
    holds(|| two_flags(true));
}

#[test]
fn sleeper_that_counts_on_a_token_each() {
    insta::assert_snapshot!(breaks(Kind::Deadlock, || two_flags(false)));
}

/// A read-write lock in a word: how many read, or -1 for a writer. The only reader may become the writer.
struct Word {
    holders: AtomicI32,
    value: UnsafeCell<u32>,
    at_once: bool,
}

// SAFETY: read by who is counted, written by who has made the one that it was into -1.
unsafe impl Sync for Word {}

impl Word {
    fn read(&self) -> bool {
        // Acquire: what the last writer wrote. Relaxed on failure: nothing is read then.
        self.holders.fetch_update(Ordering::Acquire, Ordering::Relaxed, |n| (n >= 0).then_some(n + 1)).is_ok()
    }

    fn upgrade(&self) -> bool {
        if self.at_once {
            // AcqRel: the other readers are done, which they said with Release.
            return self.holders.compare_exchange(1, -1, Ordering::AcqRel, Ordering::Relaxed).is_ok();
        }
        // Acquire: the same. But a reader may come before the store.
        let alone = self.holders.load(Ordering::Acquire) == 1;
        if alone {
            self.holders.store(-1, Ordering::Relaxed);
        }
        alone
    }

    fn read_and_write(&self) {
        if !self.read() {
            return;
        }
        // SAFETY: we are counted.
        self.value.with(|value| unsafe { *value });
        if self.upgrade() {
            // SAFETY: nobody is counted but us, and nobody will be.
            self.value.with_mut(|value| unsafe { *value += 1 });
            // Release: what was written.
            self.holders.store(0, Ordering::Release);
        } else {
            // Release: our read is over.
            self.holders.fetch_sub(1, Ordering::Release);
        }
    }
}

fn two_upgrades(at_once: bool) {
    let word = Arc::new(Word { holders: AtomicI32::new(0), value: UnsafeCell::new(0), at_once });
    let theirs = Arc::clone(&word);
    both(move || theirs.read_and_write(), move || word.read_and_write());
}

#[test]
fn upgrade_in_one_exchange() {
    holds(|| two_upgrades(true));
}

#[test]
fn upgrade_that_looks_and_stores() {
    insta::assert_snapshot!(breaks(Kind::DataRace, || two_upgrades(false)));
}

/// A value and a flag, both Relaxed, and a fence between them on either side: after the flag it orders nothing.
fn fenced(in_between: bool) {
    let pair = Arc::new((AtomicU32::new(0), AtomicU32::new(0)));
    let theirs = Arc::clone(&pair);
    let write = move || {
        theirs.0.store(1, Ordering::Relaxed);
        if in_between {
            // Release: whoever sees the store below has the one above.
            fence(Ordering::Release);
        }
        theirs.1.store(1, Ordering::Relaxed);
        if !in_between {
            fence(Ordering::Release);
        }
    };
    both(write, move || {
        if pair.1.load(Ordering::Relaxed) == 1 {
            // Acquire: the other half of that.
            fence(Ordering::Acquire);
            assert_eq!(pair.0.load(Ordering::Relaxed), 1, "the flag without the value");
        }
    });
}

#[test]
fn fence_before_the_flag() {
    holds(|| fenced(true));
}

#[test]
fn fence_after_the_flag() {
    insta::assert_snapshot!(breaks(Kind::Panic, || fenced(false)));
}

/// A value that a task waits for. It looks, and leaves its waker; the value may come between the two.
fn value_for_a_task(looks_again: bool) {
    let slot = Arc::new((AtomicU32::new(0), Mutex::new(None::<Waker>)));
    let theirs = Arc::clone(&slot);
    let task = spawn(async move {
        // Release: for the Acquire of who takes it.
        theirs.0.store(7, Ordering::Release);
        let waker = lock(&theirs.1).take();
        if let Some(waker) = waker {
            waker.wake();
        }
    });
    let value = block_on(poll_fn(move |context| {
        // Acquire: what comes with the value.
        let look = || Some(slot.0.load(Ordering::Acquire)).filter(|value| *value != 0);
        if let Some(value) = look() {
            return Poll::Ready(value);
        }
        *lock(&slot.1) = Some(context.waker().clone());
        if looks_again { look().map_or(Poll::Pending, Poll::Ready) } else { Poll::Pending }
    }));
    assert_eq!(value, 7);
    task.join().expect("it does not panic");
}

#[test]
fn task_that_looks_again() {
    holds(|| value_for_a_task(true));
}

#[test]
fn task_that_leaves_its_waker_too_late() {
    insta::assert_snapshot!(breaks(Kind::Deadlock, || value_for_a_task(false)));
}

/// An async lock that is handed to who has waited longest. A future that is dropped after it was handed the lock, and
/// before it was polled again, has to hand it on.
struct Fair {
    queue: Mutex<Queue>,
    hands_on: bool,
}

#[derive(Default)]
struct Queue {
    locked: bool,
    waiting: VecDeque<(usize, Waker)>,
    tickets: usize,
    handed_to: Option<usize>,
}

impl Fair {
    fn locking(&self) -> Locking<'_> {
        Locking { fair: self, ticket: None }
    }

    fn unlock(&self) {
        let mut queue = lock(&self.queue);
        let next = queue.waiting.pop_front();
        queue.handed_to = next.as_ref().map(|(ticket, _)| *ticket);
        queue.locked = next.is_some();
        drop(queue);
        if let Some((_, waker)) = next {
            waker.wake();
        }
    }
}

struct Locking<'a> {
    fair: &'a Fair,
    ticket: Option<usize>,
}

impl Future for Locking<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let fair = self.fair;
        let mut queue = lock(&fair.queue);
        match self.ticket {
            None if !queue.locked => {
                queue.locked = true;
                return Poll::Ready(());
            }
            None => {
                self.ticket = Some(queue.tickets);
                let entry = (queue.tickets, context.waker().clone());
                queue.tickets += 1;
                queue.waiting.push_back(entry);
            }
            Some(ticket) if queue.handed_to == Some(ticket) => {
                queue.handed_to = None;
                self.ticket = None;
                return Poll::Ready(());
            }
            Some(_) => {}
        }
        Poll::Pending
    }
}

impl Drop for Locking<'_> {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket.filter(|_| self.fair.hands_on) else { return };
        let mut queue = lock(&self.fair.queue);
        if queue.handed_to == Some(ticket) {
            queue.handed_to = None;
            drop(queue);
            self.fair.unlock();
        } else {
            queue.waiting.retain(|(other, _)| *other != ticket);
        }
    }
}

fn cancelled(hands_on: bool) {
    let fair = Arc::new(Fair { queue: Mutex::default(), hands_on });
    let theirs = Arc::clone(&fair);
    let task = spawn(async move {
        theirs.locking().await;
        theirs.unlock();
    });
    block_on(async {
        {
            // Asks once, and does not wait for the answer.
            let mut future = pin!(fair.locking());
            if poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_ready())).await {
                fair.unlock();
            }
        }
        fair.locking().await;
        fair.unlock();
    });
    task.join().expect("it does not panic");
}

#[test]
fn async_lock_that_a_dropped_future_hands_on() {
    holds(|| cancelled(true));
}

#[test]
fn async_lock_that_a_dropped_future_keeps() {
    insta::assert_snapshot!(breaks(Kind::Deadlock, || cancelled(false)));
}
