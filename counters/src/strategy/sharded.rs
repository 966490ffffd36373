//! `sharded`: the state in parts, each behind a lock of its own, so that threads that work on different parts do not
//! meet.
//!
//! The first shard gets the state that the object was made of, the others a neutral one. A method with a `#[key]` works
//! on the key's shard; a method without key and result on that of its thread; a method with `#[merge]` runs on all
//! shards, which it holds together, and folds the results; or, where it declares a weaker consistency, on one after the
//! other.

use super::first_use::FirstUse;
use super::frame::Frame;
use super::hidden::{Blame, hidden_new, poisoned};
use super::mutation::{Mutation, broken};
use super::op::{Again, ByKey, ByThread, Call, Exclusive, Fold, Keyed, Named, OnPanic, Op, Strategy, Sweep, Whole};
use super::shard::{Held, Shard};
#[cfg(feature = "explore")]
use crate::explore::late::LateWord;
use crate::sync::Mutex;
#[cfg(not(feature = "explore"))]
use crate::sync::atomic::AtomicU64 as LateWord;
use crate::sync::atomic::Ordering::Relaxed;
use crate::thread;
use std::any::TypeId;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// The state in `SHARDS` parts; 0 stands for as many as suit the machine.
pub struct Sharded<const SHARDS: usize>;

/// The shards, and nothing that would let anyone at them.
pub struct ShardedCell<S> {
    /// The state that the object was made of, until the first call puts it into the first shard.
    first: Mutex<Option<S>>,
    shards: FirstUse<Box<[Shard<S>]>>,
    neutral: Option<fn() -> S>,
    count: usize,
    /// Not 0: a method has panicked on the part of its thread, and no thread's part can be told from another's.
    by_thread: LateWord,
    /// The first that did.
    blame: Blame,
}

impl<S> ShardedCell<S> {
    const fn new(state: S, neutral: Option<fn() -> S>, count: usize) -> Self {
        Self {
            first: Mutex::new(Some(state)),
            shards: FirstUse::new(),
            neutral,
            count,
            by_thread: LateWord::new(0),
            blame: Blame::new(),
        }
    }
}

impl<S: Named> ShardedCell<S> {
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn shards(&self) -> &[Shard<S>] {
        match self.shards.get() {
            Some(shards) => shards,
            None => self.make(),
        }
    }

    #[cold]
    #[cfg_attr(feature = "explore", track_caller)]
    fn make(&self) -> &[Shard<S>] {
        let address = std::ptr::from_ref(self).cast();
        if Frame::inside(address, || false) {
            makes_itself::<S>();
        }
        self.shards.get_or_make(|| {
            let Some(neutral) = self.neutral else { unreachable!("the attribute asks for a neutral state") };
            let neutral = || Frame::within(address, neutral);
            // Taken only once: a neutral state's panic comes before that, and leaves all as it was.
            let rest: Vec<S> = (1..number(self.count)).map(|_| neutral()).collect();
            let first = self.first.lock().unwrap_or_else(|e| e.into_inner()).take();
            first.into_iter().chain(rest).map(Shard::new).collect()
        })
    }
}

#[cold]
#[inline(never)]
#[cfg_attr(feature = "explore", track_caller)]
fn makes_itself<S: Named>() -> ! {
    panic!(
        "`{}` is called from inside the constructor that makes its own neutral parts: the call would wait for the parts that \
         it is to make",
        S::NAME
    )
}

/// Which of so many shards a key belongs to, by its hash.
#[inline]
pub(crate) fn shard_of(hash: u64, shards: usize) -> usize {
    // The upper half of the hash, scaled: no division, and any number of shards will do.
    (((hash >> 32) * shards as u64) >> 32) as usize
}

/// How many shards there are. A build with `explore` has two: more would add executions and no behaviour, and the
/// specification knows which keys share a shard.
pub(crate) fn number(given: usize) -> usize {
    if cfg!(feature = "explore") {
        return if given == 1 { 1 } else { 2 };
    }
    if given != 0 {
        return given;
    }
    // So many that two threads which run at once seldom want the same one.
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    (cores * 64).next_power_of_two().clamp(64, 1024)
}

hidden_new!(@[const SHARDS: usize] Sharded<SHARDS>, [Sized], |state, recipe| {
    ShardedCell::new(state, recipe.neutral, SHARDS)
});

impl<S, const SHARDS: usize> Strategy<S> for Sharded<SHARDS> {
    type Cell = ShardedCell<S>;
    const ON_PANIC: OnPanic = OnPanic { exclusive_poisons: true, shared_poisons: true };
    const PART: Option<fn(u64) -> usize> = Some(|hash| shard_of(hash, number(SHARDS)));
    const FIRST_USE: bool = true;
    const MUTATIONS: &'static [Mutation] =
        &[Mutation::WrongShard, Mutation::ShardsOneAtATime, Mutation::FirstUseUnordered, Mutation::FirstUseTwice];

    fn into_state(cell: Self::Cell) -> S
    where
        S: Named,
    {
        match cell.shards.into_inner().map(Vec::from).and_then(|shards| shards.into_iter().next()) {
            Some(shard) => shard.into_inner().unwrap_or_else(|by| poisoned::<S>(by)),
            None => match cell.first.into_inner().unwrap_or_else(|e| e.into_inner()) {
                Some(state) => state,
                None => unreachable!("only the making of the shards takes it"),
            },
        }
    }

    fn is_poisoned(cell: &Self::Cell) -> bool
    where
        S: Named,
    {
        // Relaxed: a hint, as std's is.
        cell.by_thread.load(Relaxed) != 0 || cell.shards().iter().any(Shard::is_poisoned)
    }

    fn clear_poison(cell: &Self::Cell)
    where
        S: Named,
    {
        cell.shards().iter().for_each(Shard::clear_poison);
        // Relaxed: who clears the poison sees to it that nobody calls meanwhile.
        let panics = cell.by_thread.load(Relaxed);
        cell.by_thread.fetch_add(panics.wrapping_neg(), Relaxed);
        cell.blame.forget();
    }
}

/// Which shards an operation takes. Sealed by being private to the strategies.
#[diagnostic::on_unimplemented(
    message = "`sharded` does not know which part of the state this method works on",
    label = "neither a `#[key]` nor a `#[merge(..)]`",
    note = "mark the parameter that picks the part, `#[key] key: K`; or say how the results of all parts become one, `#[merge(sum)]`, `#[merge(with = path)]`; `#[guarded(mutex)]` carries every method"
)]
pub trait Routed<S, O: Op<S>> {
    /// Takes them, and runs the operation.
    fn call(cell: &ShardedCell<S>, op: O) -> O::Out;
}

impl<S: Named, O: Op<S, Access: 'static> + Keyed> Routed<S, O> for ByKey {
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &ShardedCell<S>, op: O) -> O::Out {
        // Before the lock: a `Hash` that panics leaves nothing behind.
        let hash = op.key();
        let shards = cell.shards();
        let mut index = shard_of(hash, shards.len());
        // The mutant's writers go elsewhere than its readers. (All together would be no mistake, only another order.)
        if broken(Mutation::WrongShard) && TypeId::of::<O::Access>() == TypeId::of::<Exclusive>() {
            index = (index + 1) % shards.len();
        }
        shards[index].hold().run(op)
    }
}

/// Where this thread's shard is, in each object: threads spread over the shards in the order of their first calls.
#[inline]
fn place() -> usize {
    // A simulated thread has a number. (A specification has no threads.)
    #[cfg(feature = "explore")]
    match crate::explore::world::current() {
        crate::explore::world::World::Std => {}
        crate::explore::world::World::Sequential => return 0,
        _ => return crate::explore::world::me(),
    }
    thread::thread_local! {
        static PLACE: usize = next_place();
    }
    // In a thread's last moments it has no place any more, and any will do.
    PLACE.try_with(|place| *place).unwrap_or_default()
}

fn next_place() -> usize {
    // The facade's words are not `const` with the feature, and this one is no part of what is explored.
    #[cfg(feature = "explore")]
    use crate::explore::native::atomic::AtomicUsize;
    #[cfg(not(feature = "explore"))]
    use crate::sync::atomic::AtomicUsize;
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    // Relaxed: a number, which publishes nothing.
    NEXT.fetch_add(1, Relaxed)
}

impl<S: Named, O: Op<S, Out = ()>> Routed<S, O> for ByThread {
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &ShardedCell<S>, op: O) {
        let shards = cell.shards();
        let shard = &shards[place() % shards.len()];
        let mut held = shard.hold();
        // Relaxed: it says only that somebody has panicked. Who has seen that from this thread, or has it from a thread
        // that did, sees it here too; for all others the panic may as well come later.
        if cell.by_thread.load(Relaxed) != 0 {
            drop(held);
            poisoned::<S>(cell.blame.method());
        }
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| held.run(op))) {
            #[cfg(feature = "explore")]
            if crate::explore::world::aborting() || panic.is::<crate::explore::world::Refused>() {
                resume_unwind(panic);
            }
            // Which part the method was on is nobody's business, so it poisons them all. Of two that panic at once the
            // second comes after the first, and finds the object poisoned. Relaxed: as above, the lock publishes.
            let first = cell.blame.claim(&O::NAME, || cell.by_thread.fetch_add(1, Relaxed) == 0);
            // By then the shard itself says nothing: a method with a key, which this part may hold too, goes on.
            held.mend();
            drop(held);
            if first {
                resume_unwind(panic);
            }
            poisoned::<S>(cell.blame.method());
        }
    }
}

impl<S: Named, O: Fold<S> + Again> Routed<S, O> for Whole {
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &ShardedCell<S>, op: O) -> O::Out {
        let shards = cell.shards();
        if broken(Mutation::ShardsOneAtATime) {
            return one_by_one(shards, &op);
        }
        // In order: two such calls cannot each hold what the other one waits for.
        let mut held = Vec::with_capacity(shards.len());
        for shard in shards {
            match shard.try_hold() {
                Ok(shard) => held.push(shard),
                Err(by) => {
                    drop(held);
                    poisoned::<S>(by)
                }
            }
        }
        // Relaxed: as in `ByThread`. With all shards held no thread is between its look and its panic.
        if cell.by_thread.load(Relaxed) != 0 {
            drop(held);
            poisoned::<S>(cell.blame.method());
        }
        run_all(&mut held, &op)
    }
}

/// Runs the operation on shards that are held. If it panics on one all are poisoned: some have been changed, and the others
/// have not.
#[cfg_attr(feature = "explore", track_caller)]
fn run_all<S, O: Fold<S> + Again>(held: &mut [Held<'_, S>], op: &O) -> O::Out {
    struct Unwinding<'a, 'b, S>(&'a mut [Held<'b, S>], &'static &'static str);
    impl<S> Drop for Unwinding<'_, '_, S> {
        fn drop(&mut self) {
            self.0.iter_mut().for_each(|held| held.spoil(self.1));
        }
    }
    let watch = Unwinding(held, &O::NAME);
    let mut results = watch.0.iter_mut().map(|held| held.run(op.again()));
    let Some(first) = results.next() else { unreachable!("there is at least one shard") };
    let result = results.fold(first, O::fold);
    std::mem::forget(watch);
    result
}

impl<S: Named, O: Fold<S> + Again> Routed<S, O> for Sweep {
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &ShardedCell<S>, op: O) -> O::Out {
        let shards = cell.shards();
        // Relaxed: as in `ByThread`.
        if cell.by_thread.load(Relaxed) != 0 {
            poisoned::<S>(cell.blame.method());
        }
        one_by_one(shards, &op)
    }
}

#[cfg_attr(feature = "explore", track_caller)]
fn one_by_one<S: Named, O: Fold<S> + Again>(shards: &[Shard<S>], op: &O) -> O::Out {
    let mut results = shards.iter().map(|shard| shard.hold().run(op.again()));
    let Some(first) = results.next() else { unreachable!("there is at least one shard") };
    results.fold(first, O::fold)
}

impl<S: Named, O: Op<S>, const SHARDS: usize> Call<S, O> for Sharded<SHARDS>
where
    O::Route: Routed<S, O>,
{
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &Self::Cell, op: O) -> O::Out {
        <O::Route as Routed<S, O>>::call(cell, op)
    }
}
