//! One call: a method with its arguments, erased. Its results are interned, so that histories are numbers.

use super::probe::{Draw, Keep, Same};
use super::refuse_other_spec;
use raceproof::__private::Strategy;
use raceproof::explore::argument::Code;
use raceproof::explore::native::atomic::{AtomicU32, Ordering};
use raceproof::explore::native::{Arc, Mutex};
use raceproof::explore::subject::{Consistency, Explorable, Method, Part};
use raceproof::explore::world::{self, Blocked, Refused, World};
use raceproof::spec::Judged;
use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// What came back from a call, as a number: equal numbers of one operation are equal results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Outcome(u32);

const PANIC: u32 = 1 << 31;

impl Outcome {
    /// In a specification: the operation is not enabled now, it would wait.
    pub(crate) const BLOCKED: Self = Self(u32::MAX);
    /// In a specification that allows several results: the one that was seen is none of them.
    pub(crate) const OTHER: Self = Self(u32::MAX - 1);
    /// There too: none was seen, and some would be legal.
    pub(crate) const ANY: Self = Self(u32::MAX - 2);
    /// There too: none was seen, and what the call did to the state depends on it.
    pub(crate) const OPEN: Self = Self(u32::MAX - 3);

    pub(crate) fn panicked(self) -> bool {
        self.0 & PANIC != 0 && self.0 < Self::OPEN.0
    }

    pub(crate) fn number(self) -> u32 {
        self.0
    }
}

/// One call, with its arguments.
pub(crate) trait Operation: Send + Sync {
    /// Calls the method on the wrapper.
    fn call(&self, object: &dyn Any) -> Outcome;
    /// Calls the method on the plain state. Where the specification allows several results, gives back the one that was
    /// seen if it is among them.
    fn step(&self, state: &mut dyn Any, seen: Option<Outcome>) -> Outcome;
    /// Whether this result is a failure that may come at any time.
    fn spurious(&self, outcome: Outcome) -> bool;
    /// Whether it may wait, where the specification would.
    fn may_wait(&self) -> bool;
    /// The number of a panic with these words.
    fn panic_with(&self, message: String) -> Outcome;
    /// Why it could not go on, if on this OS thread it was the last that gave [`Outcome::BLOCKED`].
    fn why_blocked(&self) -> Option<Blocked>;
    /// The result, as a reader wants it.
    fn show(&self, outcome: Outcome) -> String;
    /// `add(3)`.
    fn text(&self) -> &str;
    fn exclusive(&self) -> bool;
    /// Which part of the state it concerns.
    fn part(&self) -> Part;
    /// If the call is posted and not waited for: what it returns whatever comes of it.
    fn posted(&self) -> Option<Outcome>;
    fn name(&self) -> &'static str;
    /// What the method declares.
    fn consistency(&self) -> Consistency {
        Consistency::Linearizable
    }
    /// The method's number in the subject.
    fn location(&self) -> &'static std::panic::Location<'static>;
}

/// A method, without arguments yet.
pub(super) trait Entry: Send + Sync {
    fn prepare(&self, codes: &[Code]) -> Arc<dyn Operation>;
}

pub(super) struct Typed<W: Explorable, M: Method<W>> {
    pub(super) draw: Draw<M::Input>,
    pub(super) keeper: Option<Keep<M::Input>>,
    pub(super) same: Same<M::Output>,
    pub(super) show: fn(&M::Output) -> String,
    pub(super) show_input: fn(&M::Input) -> String,
    pub(super) wrapper: PhantomData<fn() -> W>,
}

impl<W, M> Entry for Typed<W, M>
where
    W: Explorable + 'static,
    W::State: 'static,
    M: Method<W>,
{
    fn prepare(&self, codes: &[Code]) -> Arc<dyn Operation> {
        let input = (self.draw)(codes);
        let arguments = (self.show_input)(&input);
        let part = world::quietly(|| M::part(&input));
        let make: Box<dyn Fn() -> M::Input + Send + Sync> = match self.keeper {
            Some(keep) => keep(input),
            None => {
                let (draw, codes) = (self.draw, codes.to_vec());
                Box::new(move || draw(&codes))
            }
        };
        Arc::new(Prepared::<W, M> {
            make,
            text: format!("{}{arguments}", M::NAME),
            part,
            results: (self.same.new)(),
            same: self.same,
            show: self.show,
            panics: Mutex::new(Vec::new()),
            plain: AtomicU32::new(0),
            wrapper: PhantomData,
        })
    }
}

thread_local! {
    /// The call that could not go on last, by its place, and why. Calls are shared by all who explore a type, each on an OS
    /// thread of his own: the call itself could only keep somebody's answer.
    static BLOCKED: RefCell<Option<(usize, Blocked)>> = const { RefCell::new(None) };
}

struct Prepared<W: Explorable, M: Method<W>> {
    make: Box<dyn Fn() -> M::Input + Send + Sync>,
    text: String,
    part: Part,
    /// A `Vec<M::Output>` behind a lock.
    results: Box<dyn Any + Send + Sync>,
    same: Same<M::Output>,
    show: fn(&M::Output) -> String,
    panics: Mutex<Vec<String>>,
    /// Of the first 32 results, a bit each: which are known to be no failure that may come at any time, so that not each
    /// step of each specification has to look.
    plain: AtomicU32,
    wrapper: PhantomData<fn() -> W>,
}

impl<W, M> Prepared<W, M>
where
    W: Explorable + 'static,
    M: Method<W>,
{
    /// What tells it from all other calls that are there.
    fn place(&self) -> usize {
        std::ptr::from_ref(self).cast::<()>() as usize
    }

    fn blocked(&self, blocked: Blocked) -> Outcome {
        BLOCKED.set(Some((self.place(), blocked)));
        Outcome::BLOCKED
    }

    fn outcome(&self, run: impl FnOnce(M::Input) -> Judged<M::Output>) -> Outcome {
        let input = (self.make)();
        let result = catch_unwind(AssertUnwindSafe(|| run(input)));
        if world::told() && world::current() == World::Sequential {
            // The method may have caught what follows: what was refused or would wait is so all the same.
            if let Some(refusal) = world::take_refusal() {
                std::panic::panic_any(Refused(refusal));
            }
            if let Some(blocked) = world::take_blocked() {
                return self.blocked(blocked);
            }
        }
        match result {
            Ok(Judged::Returns(output)) => Outcome((self.same.intern)(&*self.results, output, self.show)),
            Ok(Judged::Accepted) => Outcome::ANY,
            Ok(Judged::Refused) => Outcome::OTHER,
            Ok(Judged::Open) => Outcome::OPEN,
            Ok(Judged::OtherSpec) => refuse_other_spec(M::NAME),
            Ok(Judged::NotNow) => {
                self.blocked(Blocked { message: "the specification says: not now".to_owned(), forever: false })
            }
            // The engine unwinds, or the facade refuses: neither is a result of the method.
            Err(payload) if world::aborting() || payload.is::<Refused>() => resume_unwind(payload),
            Err(payload) => {
                world::panic_caught();
                let message = payload
                    .downcast_ref::<String>()
                    .cloned()
                    .or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()))
                    .unwrap_or_else(|| "a panic without a message".to_owned());
                self.panic_with(message)
            }
        }
    }
}

impl<W, M> Operation for Prepared<W, M>
where
    W: Explorable + 'static,
    W::State: 'static,
    M: Method<W>,
{
    fn call(&self, object: &dyn Any) -> Outcome {
        match object.downcast_ref::<W>() {
            Some(wrapper) => self.outcome(|input| Judged::Returns(M::call(wrapper, input))),
            None => unreachable!("a subject's operations are called on its own objects"),
        }
    }

    fn step(&self, state: &mut dyn Any, seen: Option<Outcome>) -> Outcome {
        let Some(state) = state.downcast_mut::<W::State>() else {
            unreachable!("a subject's operations are applied to its own states")
        };
        let returned = seen.filter(|seen| !seen.panicked());
        let outcome = self.outcome(|input| {
            let allowed = M::judge(state, input);
            // To look at what was seen takes a lock; most specifications would return what they return anyway.
            let returned = returned.filter(|_| !allowed.is_definite());
            let mut allowed = Some(allowed);
            let mut judge = |seen: Option<&M::Output>| match allowed.take() {
                Some(allowed) => {
                    let equal = |a: &M::Output, b: &M::Output| (self.same.equal)(a, b, self.show);
                    allowed.judge(W::spec(state), seen, equal)
                }
                None => unreachable!("judged once"),
            };
            match returned {
                None => judge(None),
                Some(returned) => {
                    let mut judged = None;
                    (self.same.visit)(&*self.results, returned.0, &mut |output| judged = Some(judge(Some(output))));
                    judged.unwrap_or(Judged::Refused)
                }
            }
        });
        match seen {
            Some(seen) if outcome == Outcome::ANY && !seen.panicked() => seen,
            // The words of a panic are not part of what a spec promises.
            Some(seen) if W::BY_HAND && seen.panicked() && outcome.panicked() => seen,
            _ => outcome,
        }
    }

    fn spurious(&self, outcome: Outcome) -> bool {
        let bit = 1_u32.checked_shl(outcome.0).unwrap_or(0);
        // Relaxed, here and below: a result that has a number is what it is.
        if outcome.0 & PANIC != 0 || self.plain.load(Ordering::Relaxed) & bit != 0 {
            return false;
        }
        let mut spurious = false;
        (self.same.visit)(&*self.results, outcome.0, &mut |output| {
            spurious = M::spurious(output);
            if !spurious {
                self.plain.fetch_or(bit, Ordering::Relaxed);
            }
        });
        spurious
    }

    fn may_wait(&self) -> bool {
        M::BLOCKING
    }

    fn panic_with(&self, message: String) -> Outcome {
        let mut panics = self.panics.lock().unwrap_or_else(|e| e.into_inner());
        let index = panics.iter().position(|known| *known == message).unwrap_or_else(|| {
            panics.push(message);
            panics.len() - 1
        });
        Outcome(PANIC | u32::try_from(index).unwrap_or(u32::MAX >> 1))
    }

    fn why_blocked(&self) -> Option<Blocked> {
        BLOCKED
            .with_borrow(|last| last.as_ref().filter(|(place, _)| *place == self.place()).map(|(_, why)| why.clone()))
    }

    fn show(&self, outcome: Outcome) -> String {
        if outcome.0 >= Outcome::OPEN.0 {
            return match outcome {
                Outcome::BLOCKED => "(waits)",
                Outcome::OTHER => "something else",
                _ => "(anything that the specification allows)",
            }
            .to_owned();
        }
        if outcome.panicked() {
            let panics = self.panics.lock().unwrap_or_else(|e| e.into_inner());
            let index = (outcome.0 & !PANIC) as usize;
            format!("panic: {}", panics.get(index).map_or("?", String::as_str))
        } else {
            (self.same.read)(&*self.results, outcome.0, self.show)
        }
    }

    fn text(&self) -> &str {
        &self.text
    }

    fn exclusive(&self) -> bool {
        // A method of a type written by hand takes `&self`, and says nothing of what the spec's does.
        M::EXCLUSIVE || W::BY_HAND
    }

    fn part(&self) -> Part {
        self.part
    }

    fn posted(&self) -> Option<Outcome> {
        if !(M::DETACHES && <W::Strategy as Strategy<W::State>>::POSTS) {
            return None;
        }
        // What is posted has no result, so this is it.
        let nothing: Box<dyn Any> = Box::new(());
        let nothing = nothing.downcast::<M::Output>().ok()?;
        Some(Outcome((self.same.intern)(&*self.results, *nothing, self.show)))
    }

    fn name(&self) -> &'static str {
        M::NAME
    }

    fn consistency(&self) -> Consistency {
        M::CONSISTENCY
    }

    fn location(&self) -> &'static std::panic::Location<'static> {
        M::location()
    }
}
