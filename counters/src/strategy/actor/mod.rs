//! `actor`: a mailbox and an owner. Each call is a message; the owner runs them in the order in which they were posted.
//!
//! ```
//! use raceproof::guarded;
//!
//! #[guarded(actor)]                        // a thread of its own, or: #[guarded(actor, owner = caller)]
//! #[derive(Default)]
//! pub struct Journal { lines: Vec<String> }
//!
//! #[guarded]
//! impl Journal {
//!     pub fn write(&mut self, line: String) { self.lines.push(line); }         // posted, and not waited for
//!     pub fn find(&self, word: &str) -> Option<String> {                       // waited for: it has a result
//!         self.lines.iter().find(|line| line.contains(word)).cloned()
//!     }
//! }
//!
//! let journal = Journal::default();
//! journal.write("a first line".to_owned());
//! journal.write("a second line".to_owned());
//! // The same thread's messages are run in its order, so what it has posted is there.
//! assert_eq!(journal.find("second").as_deref(), Some("a second line"));
//! ```
//!
//! # Which calls wait
//!
//! A `&mut self` method without result, whose arguments are owned, is *posted*: the call returns when the message lies in
//! the mailbox. In the order of all calls it stands where it was posted, so whoever calls afterwards finds it done; only the
//! clock could tell that it was not. All other calls wait for their reply, and may borrow.
//!
//! A posted call cannot fail at its caller. If its method panics, the object is poisoned, and the next call that waits says
//! so; what is posted to a poisoned object is thrown away. A call that waits has its own panic, as everywhere.
//!
//! A method that calls its own actor, through a `static` or a handle inside the state, would wait for itself: that call
//! panics and says so. To post is allowed there: it is run afterwards.
//!
//! # Which owner
//!
//! | | `owner = thread`, the default | `owner = caller` |
//! |---|---|---|
//! | who runs the methods | a thread of the object's own, started by the first call | whoever finds the mailbox idle, for all who come meanwhile |
//! | a posted call | returns at once, also if methods are slow | returns at once if the mailbox is busy; otherwise runs its method first |
//! | a call that waits | two hand-overs between threads | none, if the mailbox is idle |
//! | idle | a thread, and 200 bytes | the state and three words |
//! | for | methods that block or take long, and must not hold up those who post | many small objects; in place of a lock |
//!
//! # What waits in the mailbox
//!
//! A posted message takes two words and its arguments; a call that waits has its message on its own stack. By default there
//! is no bound. With `mailbox = 64` the next caller waits while 64 posted messages lie there.
//!
//! # The end
//!
//! When the object goes, all that was posted is run, and its thread is joined. If a method drops the last handle, nobody can
//! wait for the thread that this very method runs on: it goes on to the end by itself. A `static` never goes: its thread
//! ends with the process, and what lies in the mailbox then is not run; call a method that waits before `main` returns.

mod bell;
mod caller;
mod frame;
mod mailbox;
mod memory;
mod message;
mod resident;
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

pub use room::{Bounded, Room, Unbounded};

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

/// What both owners can be told to do wrong.
const MUTATIONS: &[Mutation] = &[
    Mutation::ReplyToAnother,
    Mutation::ReplyLost,
    Mutation::WakeUpLost,
    Mutation::DrainSkipped,
    Mutation::OrderNotKept,
    Mutation::OrderingsRelaxed,
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
    const MUTATIONS: &'static [Mutation] = MUTATIONS;

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
        let ask = |resident: &mut Resident<S>| Reply::Done(resident.poisoned_by = None);
        if !cell.is_fresh() {
            cell.ask(None, "clear_poison", ask).unwrap::<S>();
        }
    }
}

impl<M: Room, S> Strategy<S> for Actor<OnCaller, M> {
    type Cell = CallerCell<M, S>;
    const ON_PANIC: OnPanic = ON_PANIC;
    const POSTS: bool = true;
    const MUTATIONS: &'static [Mutation] = MUTATIONS;

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
        let ask = |resident: &mut Resident<S>| Reply::Done(resident.poisoned_by = None);
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
    M: Room,
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
