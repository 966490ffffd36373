//! `sharded`: the state in parts, each behind a lock of its own, so that threads that work on different parts do not
//! meet.
//!
//! The first shard gets the state that the object was made of, the others a neutral one. A method with a `#[key]` works
//! on the key's shard; a method without key and result on that of its thread; a method with `#[merge]` runs on all
//! shards, which it holds together, and folds the results; or, where it declares a weaker consistency, on one after the
//! other.

use super::hidden::{Blame, hidden_new, poisoned, refuse};
use super::op::{Again, ByKey, ByThread, Call, Fold, Keyed, Named, OnPanic, Op, Strategy, Sweep, Whole};
use crate::sync::{Mutex, OnceLock};
use crate::thread;

/// The state in `SHARDS` parts; 0 stands for as many as suit the machine.
pub struct Sharded<const SHARDS: usize>;

/// The shards, and nothing that would let anyone at them.
pub struct ShardedCell<S> {
    /// The state that the object was made of, until the first call puts it into the first shard.
    first: Mutex<Option<S>>,
    shards: OnceLock<Box<[Shard<S>]>>,
    neutral: Option<fn() -> S>,
    count: usize,
}

/// Two lines apart: processors fetch lines in pairs.
#[repr(align(128))]
struct Shard<S> {
    state: Mutex<S>,
    blame: Blame,
}

impl<S> ShardedCell<S> {
    const fn new(state: S, neutral: Option<fn() -> S>, count: usize) -> Self {
        Self { first: Mutex::new(Some(state)), shards: OnceLock::new(), neutral, count }
    }

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
        self.shards.get_or_init(|| {
            let Some(neutral) = self.neutral else { unreachable!("the attribute asks for a neutral state") };
            // Taken only once: a neutral state's panic comes before that, and leaves all as it was.
            let rest: Vec<S> = (1..number(self.count)).map(|_| neutral()).collect();
            let first = self.first.lock().unwrap_or_else(|e| e.into_inner()).take();
            let shard = |state| Shard { state: Mutex::new(state), blame: Blame::new() };
            first.into_iter().chain(rest).map(shard).collect()
        })
    }

    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn of_hash(&self, hash: u64) -> &Shard<S> {
        let shards = self.shards();
        // The upper half of the hash, scaled: no division, and any number of shards will do.
        let index = ((hash >> 32) * shards.len() as u64) >> 32;
        &shards[index as usize]
    }
}

/// How many shards there are: a power of two that suits the machine; two in an exploration, where more would add
/// executions and no behaviour.
fn number(count: usize) -> usize {
    #[cfg(feature = "explore")]
    if crate::explore::world::current() != crate::explore::world::World::Std {
        return 2.min(if count == 0 { 2 } else { count });
    }
    if count != 0 {
        return count;
    }
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    (cores * 4).next_power_of_two().max(16)
}

hidden_new!(@[const SHARDS: usize] Sharded<SHARDS>, [Sized], |state, recipe| {
    ShardedCell::new(state, recipe.neutral, SHARDS)
});

impl<S, const SHARDS: usize> Strategy<S> for Sharded<SHARDS> {
    type Cell = ShardedCell<S>;
    const ON_PANIC: OnPanic = OnPanic { exclusive_poisons: true, shared_poisons: true };

    fn into_state(cell: Self::Cell) -> S
    where
        S: Named,
    {
        let shards = cell.shards.into_inner().map(Vec::from).unwrap_or_default();
        let first = match shards.into_iter().next() {
            Some(shard) => shard.state.into_inner().ok(),
            None => cell.first.into_inner().unwrap_or_else(|e| e.into_inner()),
        };
        first.unwrap_or_else(|| poisoned::<S>(None))
    }

    fn is_poisoned(cell: &Self::Cell) -> bool {
        cell.shards().iter().any(|shard| shard.state.is_poisoned())
    }

    fn clear_poison(cell: &Self::Cell) {
        cell.shards().iter().for_each(|shard| shard.state.clear_poison());
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

#[inline]
#[cfg_attr(feature = "explore", track_caller)]
fn on<S: Named, O: Op<S>>(shard: &Shard<S>, op: O) -> O::Out {
    match shard.state.lock() {
        Ok(mut state) => shard.blame.watch(&O::NAME, || op.run(&mut state)),
        Err(guard) => refuse::<S, _>(guard, &shard.blame),
    }
}

impl<S: Named, O: Op<S> + Keyed> Routed<S, O> for ByKey {
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &ShardedCell<S>, op: O) -> O::Out {
        // Before the lock: a `Hash` that panics leaves nothing behind.
        let hash = op.key();
        on(cell.of_hash(hash), op)
    }
}

thread::thread_local! {
    /// Where this thread's shard is, in each object: threads spread over the shards in the order of their first calls.
    static PLACE: usize = next_place();
}

fn next_place() -> usize {
    // The facade's words are not `const` with the feature, and this one is no part of what is explored.
    #[cfg(feature = "explore")]
    use crate::explore::native::atomic::AtomicUsize;
    #[cfg(not(feature = "explore"))]
    use crate::sync::atomic::AtomicUsize;
    #[cfg(feature = "explore")]
    if crate::explore::world::current() != crate::explore::world::World::Std {
        return crate::explore::world::me();
    }
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    // Relaxed: a number, which publishes nothing.
    NEXT.fetch_add(1, crate::sync::atomic::Ordering::Relaxed)
}

impl<S: Named, O: Op<S, Out = ()>> Routed<S, O> for ByThread {
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &ShardedCell<S>, op: O) {
        let shards = cell.shards();
        // In a thread's last moments it has no place any more, and any will do.
        let place = PLACE.try_with(|place| *place).unwrap_or_default();
        on(&shards[place % shards.len()], op);
    }
}

impl<S: Named, O: Fold<S> + Again> Routed<S, O> for Whole {
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &ShardedCell<S>, op: O) -> O::Out {
        // In order: two such calls cannot each hold what the other one waits for.
        let mut held = Vec::new();
        for shard in cell.shards() {
            match shard.state.lock() {
                Ok(state) => held.push((state, &shard.blame)),
                Err(guard) => {
                    drop(held);
                    refuse::<S, _>(guard, &shard.blame)
                }
            }
        }
        let mut results = held.iter_mut().map(|(state, blame)| blame.watch(&O::NAME, || op.again().run(state)));
        let Some(first) = results.next() else { unreachable!("there is at least one shard") };
        results.fold(first, O::fold)
    }
}

impl<S: Named, O: Fold<S> + Again> Routed<S, O> for Sweep {
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &ShardedCell<S>, op: O) -> O::Out {
        let mut results = cell.shards().iter().map(|shard| on(shard, op.again()));
        let Some(first) = results.next() else { unreachable!("there is at least one shard") };
        results.fold(first, O::fold)
    }
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
