//! A guarded type, erased: what the explorer knows of it.
//!
//! Everything behind this room is without type parameters, so the explorer is compiled once and not once a type.

mod operation;
#[allow(missing_docs, reason = "hidden: generated code is the only caller")]
pub mod probe;
mod specification;

pub(crate) use operation::{Operation, Outcome};
pub(crate) use specification::Specification;

use crate::mutant::Mutant;
use crate::options::Options;
use operation::{Entry, Typed};
use probe::CloneState;
use raceproof::__private::{Guarded, Named, OnPanic, Strategy};
use raceproof::explore::Mutation;
use raceproof::explore::argument::{Code, Sources};
use raceproof::explore::mutation;
use raceproof::explore::native::{Arc, Mutex};
use raceproof::explore::subject::{Consistency, Explorable, LeftOut, Method};
use raceproof::explore::world;
use std::any::Any;
use std::collections::HashMap;
use std::marker::PhantomData;

/// The object of one execution.
pub(crate) type Object = Arc<dyn Any + Send + Sync>;
/// Builds an object, and settles it if told so.
type Build = Arc<dyn Fn(bool) -> Object + Send + Sync>;
type Made = HashMap<(usize, Vec<Code>), Arc<dyn Operation>>;
/// A method's name, and the method on an object.
type Invariant = (&'static str, fn(&dyn Any));
type BuildState = Arc<dyn Fn() -> Box<dyn Any> + Send + Sync>;

/// A type to explore: its operations, how to build it, and its specification. Made by [`subject!`](crate::subject).
#[derive(Clone)]
pub struct Subject {
    pub(crate) inner: Arc<Inner>,
    /// A variant that is broken on purpose stands in for the type's own strategy.
    pub(crate) mutant: Option<Mutant>,
}

pub(crate) struct Inner {
    /// The type as its user writes it.
    pub(crate) name: &'static str,
    /// The type with the path of the module that explores it.
    pub(crate) path: String,
    /// The manifest's folder: where regressions are kept.
    pub(crate) manifest: &'static str,
    pub(crate) methods: Vec<MethodInfo>,
    entries: Vec<Arc<dyn Entry>>,
    pub(crate) left_out: Vec<(String, String)>,
    build: Option<Build>,
    build_state: Option<BuildState>,
    clone_state: Option<CloneState>,
    fingerprint: Option<fn(&dyn Any) -> Option<u64>>,
    /// What must hold when nothing is under way, with its name.
    pub(crate) invariant: Option<Invariant>,
    /// The synchronisation was written by hand, and the specification is the user's.
    pub(crate) by_hand: bool,
    /// Threads at most, by the type's own word.
    pub(crate) threads: Option<usize>,
    pub(crate) on_panic: OnPanic,
    /// For a strategy that keeps the state in parts: which part a key belongs to, by its hash.
    part: Option<fn(u64) -> usize>,
    mutations: &'static [Mutation],
    /// Two first calls race for something.
    pub(crate) first_use: bool,
    state_name: &'static str,
    pub(crate) options: Options,
    /// Operations already made: results are interned in them, so equal results have equal numbers.
    made: Mutex<Made>,
}

/// What there is to know of a method without calling it.
#[derive(Clone, Debug)]
pub(crate) struct MethodInfo {
    pub(crate) name: &'static str,
    pub(crate) parameters: &'static [&'static str],
    /// `&mut self`; of a type written by hand, every method may change the specification.
    pub(crate) exclusive: bool,
    /// What the method declares, and the checker checks.
    pub(crate) consistency: Consistency,
    /// Whether there is a result to look at.
    pub(crate) returns: bool,
    /// Groups of which only one thread calls methods.
    pub(crate) single: &'static [&'static str],
    /// Parameters that are the calling thread's number.
    pub(crate) thread: &'static [usize],
}

impl Subject {
    /// The type as its user writes it.
    pub fn name(&self) -> &str {
        self.inner.name
    }

    /// The public methods that the tests do not call, each with the reason.
    pub fn left_out(&self) -> impl Iterator<Item = (&str, &str)> {
        self.inner.left_out.iter().map(|(method, reason)| (method.as_str(), reason.as_str()))
    }

    /// The methods that declare less than linearizability, each with what it declares.
    pub fn weaker(&self) -> impl Iterator<Item = (&'static str, Consistency)> {
        let all = self.inner.methods.iter().map(|info| (info.name, info.consistency));
        all.filter(|(_, consistency)| *consistency != Consistency::Linearizable)
    }

    /// The same type with its strategy replaced by one in which the lock is dropped between reading and writing back:
    /// the naive counter. Reads and writes are whole; what other threads wrote in between is lost.
    pub fn lost_update(&self) -> Self {
        self.with(Some(Mutant::LostUpdate))
    }

    /// The mistakes that the type's strategy can be told to make.
    pub fn mutations(&self) -> &'static [Mutation] {
        self.inner.mutations
    }

    /// The same type with its strategy making one of [its mistakes](Self::mutations). One that its strategy has no place
    /// for changes nothing.
    pub fn mutant(&self, mutation: Mutation) -> Self {
        self.with(Some(Mutant::Strategy(mutation)))
    }

    pub(crate) fn with(&self, mutant: Option<Mutant>) -> Self {
        Self { inner: Arc::clone(&self.inner), mutant }
    }

    /// The mistake that the type's own strategy is to make.
    pub(crate) fn mistake(&self) -> Option<Mutation> {
        match self.mutant {
            Some(Mutant::Strategy(mutation)) => Some(mutation),
            Some(Mutant::LostUpdate) | None => None,
        }
    }

    /// What its results are compared with, in words.
    pub(crate) fn model(&self) -> &'static str {
        if self.inner.by_hand { "spec" } else { "plain struct" }
    }

    /// Why the type cannot be explored at all, if so.
    pub(crate) fn obstacle(&self) -> Option<String> {
        if self.inner.build.is_none() {
            return Some(format!(
                "`{name}` has neither a constructor without arguments nor a `Default`: say how to build it, \
                 `raceproof_test::race_tests!({name} = {name}::with(..));`",
                name = self.inner.name
            ));
        }
        if self.inner.methods.is_empty() {
            let reasons: Vec<String> =
                self.inner.left_out.iter().map(|(method, reason)| format!("`{method}`: {reason}")).collect();
            return Some(if reasons.is_empty() {
                format!("`{}` has no public method, so there is nothing to explore", self.inner.name)
            } else {
                format!("no method of `{}` can be called by generated tests ({})", self.inner.name, reasons.join("; "))
            });
        }
        let methods = &self.inner.methods;
        let apart = |one: &MethodInfo, other: &MethodInfo| one.single.iter().all(|group| !other.single.contains(group));
        if !methods.iter().any(|one| methods.iter().any(|other| apart(one, other))) {
            return Some(format!(
                "of `{}` no two threads may call anything at once: every method belongs to the same `#[single(..)]` group",
                self.inner.name
            ));
        }
        None
    }

    /// Builds the object once, and says why that fails, if it does.
    pub(crate) fn trial(&self) -> Option<String> {
        let build = || {
            let solo = world::Solo::new();
            mutation::within(None, || world::alone(&solo, world::fresh_id(), || drop(self.build())));
        };
        let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(build)).err()?;
        let message = world::Failure::from_payload(&*payload).message;
        if message.starts_with(world::THREAD_WAITS) {
            // It can be built where its threads can run.
            world::take_refusal();
            return None;
        }
        Some(format!("it cannot be built, its constructor panics: {message}"))
    }

    /// An object to which nothing is new: what its first call would make has been made.
    pub(crate) fn build(&self) -> Object {
        self.built(true)
    }

    /// The object; unless it is `settled`, the calls that come first make what is made at first use.
    pub(crate) fn built(&self, settled: bool) -> Object {
        match &self.inner.build {
            Some(build) => build(settled),
            None => unreachable!("an obstacle is looked for before anything is built"),
        }
    }

    /// The plain state in its initial form, in the sequential world.
    pub(crate) fn specification(&self) -> Specification {
        Specification::new(Arc::clone(&self.inner))
    }

    /// The operation that a call stands for; the same call gives the same operation.
    pub(crate) fn operation(&self, method: usize, codes: &[Code]) -> Arc<dyn Operation> {
        let mut made = self.inner.made.lock().unwrap_or_else(|e| e.into_inner());
        let key = (method, codes.to_vec());
        if let Some(operation) = made.get(&key) {
            return Arc::clone(operation);
        }
        // Scenarios of one test use few calls; a long random run makes many, and keeps none for long. What somebody has
        // stays: the numbers of its results are in his histories.
        if made.len() > 4096 {
            made.retain(|_, operation| Arc::strong_count(operation) > 1);
        }
        let operation = self.inner.entries[method].prepare(codes);
        made.insert(key, Arc::clone(&operation));
        operation
    }
}

impl std::fmt::Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subject").field("path", &self.inner.path).field("mutant", &self.mutant).finish_non_exhaustive()
    }
}

/// Collects what the probes find; generated code drives it.
#[doc(hidden)]
#[allow(missing_docs, reason = "hidden: generated code is the only caller")]
pub struct Builder<W: Guarded> {
    inner: Inner,
    wrapper: PhantomData<fn() -> W>,
}

#[allow(missing_docs, reason = "hidden: generated code is the only caller")]
impl<W> Builder<W>
where
    W: Explorable + Send + Sync + 'static,
    W::State: Named + 'static,
{
    pub fn new(name: &'static str, module: &str, manifest: &'static str) -> Self {
        let inner = Inner {
            name,
            path: format!("{module}{}", name.replace(' ', "")),
            manifest,
            methods: Vec::new(),
            entries: Vec::new(),
            left_out: Vec::new(),
            build: None,
            build_state: None,
            clone_state: None,
            fingerprint: None,
            invariant: None,
            by_hand: W::BY_HAND,
            threads: W::THREADS,
            on_panic: <W::Strategy as Strategy<W::State>>::ON_PANIC,
            part: <W::Strategy as Strategy<W::State>>::PART,
            mutations: <W::Strategy as Strategy<W::State>>::MUTATIONS,
            first_use: <W::Strategy as Strategy<W::State>>::FIRST_USE,
            state_name: <W::State as Named>::NAME,
            options: Options::default(),
            made: Mutex::new(HashMap::new()),
        };
        Self { inner, wrapper: PhantomData }
    }

    pub fn construct_with(&mut self, construct: Option<fn() -> W>) {
        let Some(construct) = construct else { return };
        self.inner.build = Some(Arc::new(move |settled| {
            let object = construct();
            if settled {
                object.settle();
            }
            Arc::new(object)
        }));
        self.inner.build_state = Some(Arc::new(move || Box::new(W::first_state(construct))));
    }

    pub fn clone_with(&mut self, cloner: Option<CloneState>) {
        self.inner.clone_state = cloner;
        if W::BY_HAND {
            self.inner.clone_state = Some(|state| Some(Box::new(W::copy(state.downcast_ref()?)?)));
            self.inner.fingerprint = Some(|state| W::fingerprint(state.downcast_ref()?));
        }
        self.inner.invariant = W::INVARIANT.map(|name| {
            let check: fn(&dyn Any) = |object| {
                if let Some(object) = object.downcast_ref::<W>() {
                    object.invariant();
                }
            };
            (name, check)
        });
    }

    pub fn leave_out(&mut self, left_out: &[LeftOut]) {
        self.inner.left_out.extend(left_out.iter().map(|one| (one.method.to_owned(), one.reason.to_owned())));
    }

    /// Methods past the number that one `race_tests!` looks at.
    pub fn too_many(&mut self, names: Vec<&'static str>) {
        let reason = "more than 64 methods in one impl: split it";
        self.inner.left_out.extend(names.into_iter().map(|name| (name.to_owned(), reason.to_owned())));
    }

    pub fn add<M: Method<W>>(
        &mut self,
        _probe: &probe::Probe<W, M>,
        sources: Option<probe::Draw<M::Input>>,
        keeper: Option<probe::Keep<M::Input>>,
        interner: Result<probe::Same<M::Output>, &'static str>,
        show: fn(&M::Output) -> String,
        show_input: fn(&M::Input) -> String,
    ) {
        if M::NAME.is_empty() {
            return;
        }
        let Some(draw) = sources else {
            let types = std::any::type_name::<M::Input>();
            let reason = format!(
                "an argument of {types} has no generator: implement `proptest::Arbitrary`, or write `#[arg(...)]`"
            );
            self.inner.left_out.push((M::NAME.to_owned(), reason));
            return;
        };
        let same = match interner {
            Ok(same) => same,
            Err(lacks) => {
                let reason = format!("its result `{}` {lacks}", std::any::type_name::<M::Output>());
                self.inner.left_out.push((M::NAME.to_owned(), reason));
                return;
            }
        };
        self.inner.methods.push(MethodInfo {
            name: M::NAME,
            parameters: M::PARAMETERS,
            exclusive: M::EXCLUSIVE || W::BY_HAND,
            consistency: M::CONSISTENCY,
            returns: std::any::TypeId::of::<M::Output>() != std::any::TypeId::of::<()>(),
            single: M::SINGLE,
            thread: M::THREAD,
        });
        self.inner.entries.push(Arc::new(Typed::<W, M> { draw, keeper, same, show, show_input, wrapper: PhantomData }));
    }

    pub fn finish(mut self, options: Options) -> Subject {
        self.inner.options = options;
        Subject { inner: Arc::new(self.inner), mutant: None }
    }
}

/// `Allowed::then` was given a closure over another type than the spec.
pub(super) fn refuse_other_spec(method: &str) -> ! {
    world::refuse(format_args!(
        "the spec's `{method}` returns `Allowed::then` with a closure that takes something else than the spec itself: write \
         `Allowed::then(|spec: &mut Self, seen| ..)`"
    ))
}

/// Draws the arguments of a method, out of the sequential world's and the engines' sight.
fn draw_input<S: Sources>(sources: &S, codes: &[Code]) -> S::Input {
    world::quietly(|| sources.input(codes))
}
