//! `actor`: a mailbox and an owner. Each call is a message; the owner runs them in the order in which they were posted.
//!
//! What a user is told stands in `actors.md`, a part of the attribute's documentation; why it is so, in
//! `docs/decisions/one-mailbox-two-owners.md`.
//!
//! | room | what it is |
//! |---|---|
//! | `word` | the head of a mailbox: who works, and the newest message |
//! | `mailbox` | posting, and taking all that is there |
//! | `message`, `memory` | what is posted, and where it lies |
//! | `bell` | how a caller waits for his reply |
//! | `room` | the bound of a mailbox that has one |
//! | `rings` | a queue a sender, for posted calls that commute |
//! | `resident` | the state, and its poison |
//! | `thread`, `caller` | the two owners |

mod bell;
mod caller;
mod mailbox;
mod memory;
mod message;
mod resident;
mod rings;
mod room;
mod thread;
mod word;

use super::hidden::{hidden_new, poisoned};
use super::mutation::Mutation;
use super::op::{Call, Detach, Named, OnPanic, OneState, Op, Strategy, Visit, Wait};
use caller::CallerCell;
use resident::{Reply, Resident};
use std::marker::PhantomData;
use thread::ThreadCell;

pub use room::{Bounded, Posts, Rings, Room, Unbounded};

/// A mailbox and an owner.
pub struct Actor<O, M>(PhantomData<(O, M)>);

/// The owner is a thread of the object's own.
pub enum OnThread {}

/// The owner is whoever calls.
pub enum OnCaller {}

hidden_new!(@[M: Room] Actor<OnThread, M>, [Sized], |state| ThreadCell::new(state));
hidden_new!(@[M: Room] Actor<OnCaller, M>, [Sized], |state| CallerCell::new(state));

impl<O, M> OneState for Actor<O, M> {}

/// A panic in a method poisons, whoever runs it.
const ON_PANIC: OnPanic = OnPanic { exclusive_poisons: true, shared_poisons: true };

/// What both owners can be told to do wrong; and, at the end, what only one that is started by the first call can.
const MUTATIONS: [Mutation; 7] = [
    Mutation::ReplyToAnother,
    Mutation::ReplyLost,
    Mutation::WakeUpLost,
    Mutation::DrainSkipped,
    Mutation::OrderNotKept,
    Mutation::OrderingsRelaxed,
    Mutation::FirstUseUnordered,
];

/// The same with rings. The order of the mailbox is not among them: those who wait there have not come one after the other. Nor
/// are two that no results of the object's own methods show (`BarrierLeftOut`), or only those of three senders in a weak
/// memory (`RingsEmptiedOnce`): they have tests of their own.
const MUTATIONS_WITH_RINGS: [Mutation; 7] = [
    Mutation::ReplyToAnother,
    Mutation::ReplyLost,
    Mutation::WakeUpLost,
    Mutation::DrainSkipped,
    Mutation::OrderingsRelaxed,
    Mutation::FirstUseUnordered,
    Mutation::RingsNotEmptied,
];

/// The state, unless it is in doubt.
fn sound<S: Named>(resident: Option<Resident<S>>) -> S {
    match resident {
        Some(Resident { state, poisoned_by: None }) => state,
        Some(Resident { poisoned_by: Some(by), .. }) => poisoned::<S>(Some(*by)),
        None => panic!("`{}` cannot be taken apart: its owner is gone", S::NAME),
    }
}

impl<M: Room, S> Strategy<S> for Actor<OnThread, M> {
    type Cell = ThreadCell<M, S>;
    const ON_PANIC: OnPanic = ON_PANIC;
    const POSTS: bool = true;
    const FIRST_USE: bool = true;
    const MUTATIONS: &'static [Mutation] = if M::RINGS { &MUTATIONS_WITH_RINGS } else { &MUTATIONS };

    #[cfg_attr(feature = "explore", track_caller)]
    fn into_state(cell: Self::Cell) -> S
    where
        S: Named,
    {
        sound(cell.into_resident())
    }

    /// After all that was posted before.
    #[cfg_attr(feature = "explore", track_caller)]
    fn is_poisoned(cell: &Self::Cell) -> bool
    where
        S: Named,
    {
        let ask = |resident: &mut Resident<S>| Reply::Done(resident.poisoned_by.is_some());
        !cell.is_fresh() && cell.ask(None, "is_poisoned", ask).unwrap::<S>()
    }

    #[cfg_attr(feature = "explore", track_caller)]
    fn clear_poison(cell: &Self::Cell)
    where
        S: Named,
    {
        let ask = |resident: &mut Resident<S>| {
            resident.poisoned_by = None;
            Reply::Done(())
        };
        if !cell.is_fresh() {
            cell.ask(None, "clear_poison", ask).unwrap::<S>();
        }
    }
}

impl<M: Room, S> Strategy<S> for Actor<OnCaller, M> {
    type Cell = CallerCell<M, S>;
    const ON_PANIC: OnPanic = ON_PANIC;
    const POSTS: bool = true;
    const MUTATIONS: &'static [Mutation] = MUTATIONS.split_at(6).0;

    fn into_state(cell: Self::Cell) -> S
    where
        S: Named,
    {
        sound(Some(cell.into_resident()))
    }

    #[cfg_attr(feature = "explore", track_caller)]
    fn is_poisoned(cell: &Self::Cell) -> bool
    where
        S: Named,
    {
        let ask = |resident: &mut Resident<S>| Reply::Done(resident.poisoned_by.is_some());
        cell.ask("is_poisoned", false, ask).unwrap::<S>()
    }

    #[cfg_attr(feature = "explore", track_caller)]
    fn clear_poison(cell: &Self::Cell)
    where
        S: Named,
    {
        let ask = |resident: &mut Resident<S>| {
            resident.poisoned_by = None;
            Reply::Done(())
        };
        cell.ask("clear_poison", false, ask).unwrap::<S>();
    }
}

/// How a message of this mode reaches its owner.
pub trait Post<T: Strategy<S>, S, O: Op<S>> {
    /// Calls the method.
    fn post(cell: &T::Cell, op: O) -> O::Out;
}

impl<M, S, O> Post<Actor<OnThread, M>, S, O> for Wait
where
    M: Room,
    S: Named + Send + 'static,
    O: Op<S> + Send,
    O::Out: Send,
{
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn post(cell: &ThreadCell<M, S>, op: O) -> O::Out {
        cell.ask(Some(thread::start), O::NAME, |resident| resident.run(op)).unwrap::<S>()
    }
}

impl<M, S, O> Post<Actor<OnThread, M>, S, O> for Detach
where
    M: Room + Posts<O>,
    S: Named + Send + 'static,
    O: Op<S, Out = ()> + Send + 'static,
{
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn post(cell: &ThreadCell<M, S>, op: O) {
        cell.send(Some(thread::start), op);
    }
}

impl<M, S, O> Post<Actor<OnThread, M>, S, O> for Visit
where
    M: Room,
    S: Named + Send + 'static,
    O: Op<S>,
{
    #[cfg_attr(feature = "explore", track_caller)]
    fn post(cell: &ThreadCell<M, S>, op: O) -> O::Out {
        cell.visit(Some(thread::start), O::NAME, |resident| resident.run(op)).unwrap::<S>()
    }
}

impl<M, S, O> Post<Actor<OnCaller, M>, S, O> for Visit
where
    M: Room,
    S: Named + Send,
    O: Op<S>,
{
    #[cfg_attr(feature = "explore", track_caller)]
    fn post(cell: &CallerCell<M, S>, op: O) -> O::Out {
        cell.ask(O::NAME, true, |resident| resident.run(op)).unwrap::<S>()
    }
}

impl<M, S, O> Post<Actor<OnCaller, M>, S, O> for Wait
where
    M: Room,
    S: Named + Send,
    O: Op<S> + Send,
    O::Out: Send,
{
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn post(cell: &CallerCell<M, S>, op: O) -> O::Out {
        cell.ask(O::NAME, false, |resident| resident.run(op)).unwrap::<S>()
    }
}

impl<M, S, O> Post<Actor<OnCaller, M>, S, O> for Detach
where
    M: Room,
    S: Named + Send,
    O: Op<S, Out = ()> + Send + 'static,
{
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn post(cell: &CallerCell<M, S>, op: O) {
        cell.send(op);
    }
}

impl<W, M, S, O> Call<S, O> for Actor<W, M>
where
    S: Named,
    O: Op<S>,
    Self: Strategy<S>,
    O::Mode: Post<Self, S, O>,
{
    #[inline]
    #[cfg_attr(feature = "explore", track_caller)]
    fn call(cell: &Self::Cell, op: O) -> O::Out {
        <O::Mode as Post<Self, S, O>>::post(cell, op)
    }
}
