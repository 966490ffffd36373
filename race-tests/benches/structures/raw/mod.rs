//! Hand-written models on raw loom: each structure over loom's own types, and the one scenario that is known to show its bug.
//!
//! What somebody would write who has no kit but loom: the threads, and what must hold of their results. A thread costs an
//! engine many executions, so the first one's part runs on the model's main thread, and all share through std's `Arc`: the kit
//! does the same.

mod locks;
mod publishing;
mod queues;
mod stack;
mod two_locks;
mod waiting;

use loom::sync::atomic::Ordering::{self, Acquire, Relaxed, Release, SeqCst};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// The executions that a model took, and whether it failed.
pub(crate) type Ran = (u64, bool);

/// Runs a model until it fails or is exhausted.
fn model(body: impl Fn() + Send + Sync + 'static) -> Ran {
    let executions = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&executions);
    let mut builder = loom::model::Builder::new();
    // The kit's own bound, for what spins.
    builder.max_branches = 4_000;
    let check = || {
        builder.check(move || {
            count.fetch_add(1, Relaxed);
            body();
        });
    };
    let failed = catch_unwind(AssertUnwindSafe(check)).is_err();
    (executions.load(Relaxed), failed)
}

/// Two threads: what each returned, and the object when both are done.
fn two<T: Send + Sync + 'static, A, B: 'static>(
    object: T,
    mine: impl FnOnce(&T) -> A,
    theirs: impl FnOnce(&T) -> B + Send + 'static,
) -> (A, B, Arc<T>) {
    let object = Arc::new(object);
    let shared = Arc::clone(&object);
    let other = loom::thread::spawn(move || theirs(&shared));
    let mine = mine(&object);
    (mine, other.join().expect("no thread panics"), object)
}

/// Three threads.
fn three<T: Send + Sync + 'static, A, B: 'static, C: 'static>(
    object: T,
    mine: impl FnOnce(&T) -> A,
    second: impl FnOnce(&T) -> B + Send + 'static,
    third: impl FnOnce(&T) -> C + Send + 'static,
) -> (A, B, C, Arc<T>) {
    let object = Arc::new(object);
    let (shared, also) = (Arc::clone(&object), Arc::clone(&object));
    let one = loom::thread::spawn(move || second(&shared));
    let other = loom::thread::spawn(move || third(&also));
    let mine = mine(&object);
    let (one, other) = (one.join().expect("no thread panics"), other.join().expect("no thread panics"));
    (mine, one, other, object)
}

/// Two threads count, and get different numbers.
fn counts<T: Send + Sync + 'static>(
    make: impl Fn() -> T + Send + Sync + 'static,
    add: impl Fn(&T, usize) -> u64 + Copy + Send + Sync + 'static,
) -> Ran {
    model(move || {
        let (one, other, _) = two(make(), |object| add(object, 0), move |object| add(object, 1));
        assert_ne!(one, other, "an update is lost");
    })
}

/// Release where the structure is right.
fn release(right: bool) -> Ordering {
    if right { Release } else { Relaxed }
}

pub(crate) fn ticket(right: bool) -> Ran {
    counts(move || locks::Ticket::with(release(right)), |lock, _| lock.add())
}

pub(crate) fn mcs(right: bool) -> Ran {
    counts(move || locks::Mcs::with(right), locks::Mcs::add_as)
}

pub(crate) fn clh(right: bool) -> Ran {
    counts(move || locks::Clh::with(right), locks::Clh::add_as)
}

/// Right with SeqCst, which loom does not know; with Release and Acquire it is broken.
pub(crate) fn dekker(right: bool) -> Ran {
    let orders = if right { (SeqCst, SeqCst) } else { (Release, Acquire) };
    counts(move || locks::Dekker::with(orders), |lock, me| u64::from(lock.add(me)))
}

pub(crate) fn upgrading(right: bool) -> Ran {
    counts(move || waiting::Upgrading::with(right), |lock, _| lock.add())
}

pub(crate) fn stack_of_three(right: bool) -> Ran {
    model(move || {
        let stack = stack::Stack::with(right);
        assert!(stack.push(1), "there is room");
        let (pushed, second, third, stack) = three(stack, |stack| stack.push(1), stack::Stack::pop, stack::Stack::pop);
        let popped: Vec<u8> = [second, third, stack.pop()].into_iter().flatten().collect();
        assert!(popped.iter().all(|item| *item == 1), "an item that nobody pushed");
        assert!(popped.len() <= 1 + usize::from(pushed), "an item twice");
    })
}

pub(crate) fn stack_of_two(right: bool) -> Ran {
    model(move || _ = two(stack::Stack::with(right), |stack| stack.push(1), stack::Stack::pop))
}

pub(crate) fn queue(right: bool) -> Ran {
    model(move || {
        let (_, popped, _) = two(queues::Queue::with(release(right)), |queue| queue.push(1), queues::Queue::pop);
        assert!(matches!(popped, None | Some(1)), "an item that nobody pushed");
    })
}

pub(crate) fn ring(right: bool) -> Ran {
    model(move || {
        let (_, popped, _) = two(queues::Ring::with(release(right)), |ring| ring.try_push(1), queues::Ring::try_pop);
        assert!(matches!(popped, None | Some(1)), "an item that nobody pushed");
    })
}

pub(crate) fn rcu_of_three(right: bool) -> Ran {
    model(move || {
        let writes = |rcu: &publishing::Rcu| {
            rcu.write(1);
            rcu.write(1);
        };
        two(publishing::Rcu::with(right), publishing::Rcu::read, writes);
    })
}

pub(crate) fn rcu_of_two(right: bool) -> Ran {
    model(move || _ = two(publishing::Rcu::with(right), publishing::Rcu::read, |rcu| rcu.write(1)))
}

pub(crate) fn counted(right: bool) -> Ran {
    model(move || {
        let make = publishing::Counted::with(release(right));
        let (_, seen, _) = two(make, publishing::Counted::drop_owner, publishing::Counted::look);
        assert!(matches!(seen, None | Some(7)), "a value that is no more");
    })
}

pub(crate) fn seqlock(right: bool) -> Ran {
    model(move || {
        let ((one, other), ..) = two(publishing::Seqlock::with(right), publishing::Seqlock::read, |lock| lock.write(1));
        assert_eq!(one, other, "half a write");
    })
}

pub(crate) fn bucket(right: bool) -> Ran {
    model(move || {
        let (one, other, _) = two(publishing::Bucket::with(right), |bucket| bucket.take(2), |bucket| bucket.take(2));
        assert!(!(one && other), "two tokens, taken twice");
    })
}

pub(crate) fn bucket_by_ones(right: bool) -> Ran {
    model(move || _ = two(publishing::Bucket::with(right), |bucket| bucket.take(1), |bucket| bucket.take(1)))
}

pub(crate) fn exchanger(right: bool) -> Ran {
    model(move || {
        let (one, other, _) =
            two(publishing::Exchanger::with(right), |place| place.exchange(1), |place| place.exchange(2));
        assert_eq!(one.is_some(), other.is_some(), "half an exchange");
    })
}

pub(crate) fn oneshot(right: bool) -> Ran {
    model(move || _ = two(waiting::Oneshot::with(right), |shot| shot.send(1), waiting::Oneshot::receive))
}

pub(crate) fn semaphore_of_two(right: bool) -> Ran {
    model(move || {
        let semaphore = waiting::Semaphore::with(right);
        semaphore.acquire();
        let theirs = |semaphore: &waiting::Semaphore| {
            semaphore.release();
            semaphore.acquire();
            // So that the other one comes through where nothing is wrong.
            semaphore.release();
        };
        two(semaphore, waiting::Semaphore::acquire, theirs);
    })
}

pub(crate) fn semaphore(right: bool) -> Ran {
    model(move || _ = two(waiting::Semaphore::with(right), waiting::Semaphore::acquire, waiting::Semaphore::release))
}

pub(crate) fn barrier_of_three(right: bool) -> Ran {
    model(move || {
        let barrier = waiting::Barrier::with(right);
        barrier.arrive();
        three(barrier, waiting::Barrier::arrive, |barrier| barrier.pass(0), |barrier| barrier.pass(0));
    })
}

pub(crate) fn barrier(right: bool) -> Ran {
    model(move || _ = two(waiting::Barrier::with(right), waiting::Barrier::arrive, waiting::Barrier::arrive))
}

pub(crate) fn work(right: bool) -> Ran {
    model(move || _ = two(waiting::Work::with(right), waiting::Work::take, waiting::Work::shut_down))
}

pub(crate) fn philosophers_three(right: bool) -> Ran {
    model(move || _ = three(waiting::Table::with(right), |at| at.eat(0), |at| at.eat(1), |at| at.eat(2)))
}

pub(crate) fn philosophers(right: bool) -> Ran {
    model(move || _ = two(waiting::Table::with(right), |table| table.eat(0), |table| table.eat(1)))
}

pub(crate) fn cache(right: bool) -> Ran {
    let way = if right { two_locks::Way::Ordered } else { two_locks::Way::Crossed };
    model(move || _ = two(two_locks::Cache::with(way), |cache| cache.put(0, 0), |cache| cache.get(0)))
}

pub(crate) fn bank(right: bool) -> Ran {
    let way = if right { two_locks::Transfer::TwoPhases } else { two_locks::Transfer::PayerFirst };
    model(move || _ = two(two_locks::Bank::with(way), |bank| bank.transfer(true, 1), |bank| bank.transfer(false, 1)))
}

pub(crate) fn bank_one_way(right: bool) -> Ran {
    let way = if right { two_locks::Transfer::TwoPhases } else { two_locks::Transfer::PayerFirst };
    model(move || _ = two(two_locks::Bank::with(way), |bank| bank.transfer(false, 1), |bank| bank.transfer(false, 1)))
}

pub(crate) fn bank_one_by_one(_: bool) -> Ran {
    model(move || {
        let bank = two_locks::Bank::with(two_locks::Transfer::OneByOne);
        let (_, total, _) = two(bank, |bank| bank.transfer(true, 2), two_locks::Bank::total);
        assert_eq!(total, 6, "money on its way");
    })
}
