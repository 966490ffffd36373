//! Asks of one concrete type what the language lets nobody ask in general: has this argument a generator, can these
//! results be compared?
//!
//! The answers come by method resolution: a trait implemented for `Probe` under a bound is found first, the same method
//! of a trait implemented for `&Probe` without it is the fallback (autoref specialisation, described by David Tolnay). A
//! method that lacks something is left out and listed; it never breaks a build.

use super::draw_input;
use raceproof::__private::Guarded;
use raceproof::explore::argument::{Code, Sources};
use raceproof::explore::native::Mutex;
use raceproof::explore::subject::{Block, Construct, LeftOut, Method};
use std::any::{Any, TypeId};
use std::fmt::Debug;
use std::marker::PhantomData;
use std::panic::Location;

/// Draws a method's arguments by their codes.
pub type Draw<I> = fn(&[Code]) -> I;
/// Keeps arguments, to hand out copies.
pub type Keep<I> = fn(I) -> Box<dyn Fn() -> I + Send + Sync>;

/// Numbers a result: equal ones alike.
pub type Intern<O> = fn(&(dyn Any + Send + Sync), O, fn(&O) -> String) -> u32;
/// Looks at one of the results that are kept.
pub type Visit<O> = fn(&(dyn Any + Send + Sync), u32, &mut dyn FnMut(&O));
/// Whether two results are the same one.
pub type Equal<O> = fn(&O, &O, fn(&O) -> String) -> bool;
/// Shows one of the results that are kept.
pub type Read<O> = fn(&(dyn Any + Send + Sync), u32, fn(&O) -> String) -> String;
/// Copies a plain state.
pub type CloneState = fn(&dyn Any) -> Option<Box<dyn Any>>;

/// How results of one type are told apart and kept.
pub struct Same<O> {
    pub(super) new: fn() -> Box<dyn Any + Send + Sync>,
    pub(super) intern: Intern<O>,
    pub(super) read: Read<O>,
    pub(super) visit: Visit<O>,
    pub(super) equal: Equal<O>,
}

impl<O> Clone for Same<O> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<O> Copy for Same<O> {}

/// Asks about the method `M` of `W`.
pub struct Probe<W, M>(PhantomData<fn() -> (W, M)>);

/// Stands where a list of methods has ended.
pub struct Absent;

impl<W: Guarded> Method<W> for Absent {
    type Input = ();
    type Sources = ();
    type Output = ();
    const NAME: &'static str = "";
    const PARAMETERS: &'static [&'static str] = &[];
    const EXCLUSIVE: bool = false;
    fn location() -> &'static Location<'static> {
        Location::caller()
    }
    fn sources() {}
    fn call(_: &W, (): ()) {}
    fn apply(_: &mut W::State, (): ()) {}
}

/// A list of methods, as a value.
pub struct Methods<L>(PhantomData<fn() -> L>);

impl<L> Clone for Methods<L> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<L> Copy for Methods<L> {}

impl<H, T> Methods<(H, T)> {
    pub fn probe<W>(self) -> Probe<W, H> {
        Probe(PhantomData)
    }
    pub fn tail(self) -> Methods<T> {
        Methods(PhantomData)
    }
    /// Something is left where nothing should be: names cannot be had without the wrapper's type, the number can.
    pub fn names(self) -> Vec<&'static str> {
        vec!["(and more)"]
    }
}

impl Methods<()> {
    pub fn probe<W>(self) -> Probe<W, Absent> {
        Probe(PhantomData)
    }
    pub fn tail(self) -> Methods<()> {
        self
    }
    pub fn names(self) -> Vec<&'static str> {
        Vec::new()
    }
}

/// Asks whether `W` has an `N`th block.
pub struct BlockProbe<W, const N: usize>(PhantomData<fn() -> W>);

impl<W, const N: usize> BlockProbe<W, N> {
    pub const NEW: Self = Self(PhantomData);
}

pub trait HasBlock {
    type List;
    fn methods(&self) -> Methods<Self::List> {
        Methods(PhantomData)
    }
    fn left_out(&self) -> &'static [LeftOut];
}

impl<W: Block<N>, const N: usize> HasBlock for BlockProbe<W, N> {
    type List = W::Methods;
    fn left_out(&self) -> &'static [LeftOut] {
        W::LEFT_OUT
    }
}

pub trait HasNoBlock {
    fn methods(&self) -> Methods<()> {
        Methods(PhantomData)
    }
    fn left_out(&self) -> &'static [LeftOut] {
        &[]
    }
}

impl<W, const N: usize> HasNoBlock for &BlockProbe<W, N> {}

/// Asks how `W` can be built without arguments.
pub struct ConstructProbe<W>(PhantomData<fn() -> W>);

impl<W> ConstructProbe<W> {
    pub const NEW: Self = Self(PhantomData);
}

pub trait ByConstructor<W> {
    fn constructor(&self) -> Option<fn() -> W>;
}
impl<W: Construct> ByConstructor<W> for &ConstructProbe<W> {
    fn constructor(&self) -> Option<fn() -> W> {
        Some(W::construct)
    }
}

pub trait ByDefault<W> {
    fn constructor(&self) -> Option<fn() -> W>;
}
impl<W: Default> ByDefault<W> for &&ConstructProbe<W> {
    fn constructor(&self) -> Option<fn() -> W> {
        Some(W::default)
    }
}

pub trait ByNothing<W> {
    fn constructor(&self) -> Option<fn() -> W> {
        None
    }
}
impl<W> ByNothing<W> for ConstructProbe<W> {}

/// Asks whether the state can be cloned.
pub struct StateProbe<W>(PhantomData<fn() -> W>);

impl<W> StateProbe<W> {
    pub const NEW: Self = Self(PhantomData);
}

pub trait Clones {
    fn cloner(&self) -> Option<CloneState>;
}
impl<W: Guarded> Clones for StateProbe<W>
where
    W::State: Clone + 'static,
{
    fn cloner(&self) -> Option<CloneState> {
        Some(|state| match state.downcast_ref::<W::State>() {
            Some(state) => Some(Box::new(state.clone())),
            None => unreachable!("a subject clones its own states"),
        })
    }
}

pub trait ClonesNot {
    fn cloner(&self) -> Option<CloneState> {
        None
    }
}
impl<W> ClonesNot for &StateProbe<W> {}

pub trait HasSources<I> {
    fn sources(&self) -> Option<Draw<I>>;
}
impl<W: Guarded, M: Method<W>> HasSources<M::Input> for Probe<W, M>
where
    M::Sources: Sources<Input = M::Input>,
{
    fn sources(&self) -> Option<Draw<M::Input>> {
        Some(|codes| draw_input(&M::sources(), codes))
    }
}

pub trait HasNoSources<I> {
    fn sources(&self) -> Option<Draw<I>> {
        None
    }
}
impl<W: Guarded, M: Method<W>> HasNoSources<M::Input> for &Probe<W, M> {}

pub trait Keeps<I> {
    fn keeper(&self) -> Option<Keep<I>>;
}
impl<W: Guarded, M: Method<W>> Keeps<M::Input> for Probe<W, M>
where
    M::Input: Clone + Send + Sync,
{
    fn keeper(&self) -> Option<Keep<M::Input>> {
        Some(|input| Box::new(move || input.clone()))
    }
}

pub trait KeepsNot<I> {
    fn keeper(&self) -> Option<Keep<I>> {
        None
    }
}
impl<W: Guarded, M: Method<W>> KeepsNot<M::Input> for &Probe<W, M> {}

pub trait Interns<O> {
    fn interner(&self) -> Result<Same<O>, &'static str>;
}
impl<W: Guarded, M: Method<W>> Interns<M::Output> for Probe<W, M>
where
    M::Output: PartialEq + Send,
{
    fn interner(&self) -> Result<Same<M::Output>, &'static str> {
        Ok(Same {
            new: || {
                let nothing: Box<dyn Any> = Box::new(());
                let nothing = nothing.downcast::<M::Output>().ok().map(|nothing| *nothing);
                Box::new(Mutex::new(Vec::from_iter(nothing)))
            },
            intern: |kept, output, show| {
                // Many methods return nothing, and that is there from the beginning: see `new`.
                if TypeId::of::<M::Output>() == TypeId::of::<()>() {
                    return 0;
                }
                let mut kept = results::<M::Output>(kept);
                let index = kept.iter().position(|known| equal(known, &output, show)).unwrap_or_else(|| {
                    kept.push(output);
                    kept.len() - 1
                });
                u32::try_from(index).unwrap_or(u32::MAX >> 1)
            },
            read: |kept, index, show| results::<M::Output>(kept).get(index as usize).map_or("?".to_owned(), show),
            visit: |kept, index, look| {
                if let Some(output) = results::<M::Output>(kept).get(index as usize) {
                    look(output);
                }
            },
            equal: equal::<M::Output>,
        })
    }
}

fn results<O: Send + 'static>(kept: &(dyn Any + Send + Sync)) -> raceproof::explore::native::MutexGuard<'_, Vec<O>> {
    match kept.downcast_ref::<Mutex<Vec<O>>>() {
        Some(kept) => kept.lock().unwrap_or_else(|e| e.into_inner()),
        None => unreachable!("made by the same probe"),
    }
}

/// Equality as results need it: a value that is not equal to itself (NaN, or something that holds one) is the same
/// result as another such value that looks the same. Told apart they would make every history of such a type a
/// violation; taken for equal whatever they hold beside, they would hide one. Where there is no `Debug` to look at, such
/// values count as equal.
#[expect(clippy::eq_op, reason = "the question is whether the value equals itself")]
fn equal<O: PartialEq>(a: &O, b: &O, show: fn(&O) -> String) -> bool {
    a == b || (a != a && b != b && show(a) == show(b))
}

pub trait InternsNot<O> {
    fn interner(&self) -> Result<Same<O>, &'static str> {
        Err("lacks `PartialEq` or `Send`, so it cannot be compared with what the specification returns")
    }
}
impl<W: Guarded, M: Method<W>> InternsNot<M::Output> for &Probe<W, M> {}

pub trait Shows<O> {
    fn show(&self) -> fn(&O) -> String;
}
impl<W: Guarded, M: Method<W>> Shows<M::Output> for Probe<W, M>
where
    M::Output: Debug,
{
    fn show(&self) -> fn(&M::Output) -> String {
        |output| format!("{output:?}")
    }
}

pub trait ShowsNot<O> {
    fn show(&self) -> fn(&O) -> String {
        |_| format!("a `{}` (it has no `Debug`)", std::any::type_name::<O>())
    }
}
impl<W: Guarded, M: Method<W>> ShowsNot<M::Output> for &Probe<W, M> {}

pub trait ShowsInput<I> {
    fn show_input(&self) -> fn(&I) -> String;
}
impl<W: Guarded, M: Method<W>> ShowsInput<M::Input> for Probe<W, M>
where
    M::Input: Debug,
{
    fn show_input(&self) -> fn(&M::Input) -> String {
        |input| {
            let text = format!("{input:?}");
            match text.strip_suffix(",)") {
                Some(one) => format!("{one})"),
                None => text,
            }
        }
    }
}

pub trait ShowsInputNot<I> {
    fn show_input(&self) -> fn(&I) -> String {
        |_| "(..)".to_owned()
    }
}
impl<W: Guarded, M: Method<W>> ShowsInputNot<M::Input> for &Probe<W, M> {}
