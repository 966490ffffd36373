//! Starting a thread in whatever world, and what every thread does first and last.

use super::current::{Thread, named};
use super::local::end_of_thread;
use crate::explore::engine::loom::TOO_MANY_THREADS;
use crate::explore::event::{Access, Deed, Object, Outcome};
use crate::explore::native;
use crate::explore::world::{self, Blocked, Failure, FailureKind, Refused, THREAD_WAITS, World};
use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, Location, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{
    AtomicBool,
    Ordering::{Acquire, Relaxed, Release},
};

/// Bytes of stack for a simulated thread, unless it asks for more.
const STACK: usize = 256 * 1024;

/// loom's tables have room for five threads, the main one included.
const LOOM_THREADS: usize = 4;

/// What [`super::Builder`] was told.
#[derive(Debug, Default)]
pub(super) struct Wishes {
    pub(super) name: Option<String>,
    pub(super) stack_size: Option<usize>,
    /// It serves an object, which ends it when it goes.
    pub(super) service: bool,
}

/// A thread that was started, to be waited for.
#[derive(Debug)]
pub(super) enum Raw {
    Real(std::thread::JoinHandle<()>),
    Loom(loom::thread::JoinHandle<()>, usize),
    Shuttle(shuttle::thread::JoinHandle<()>, usize),
    /// In a specification it has run already.
    Done,
}

/// Where a thread leaves its result. The thread gives its share up before it ends.
pub(super) struct Packet<T> {
    result: native::Mutex<Option<std::thread::Result<T>>>,
    finished: AtomicBool,
    /// Where the thread panicked.
    place: native::Mutex<Option<String>>,
    /// Set if the result goes, unasked for, and was a panic.
    unheard: Option<Arc<AtomicBool>>,
}

impl<T> Packet<T> {
    pub(super) fn new(unheard: Option<Arc<AtomicBool>>) -> Self {
        Self {
            result: native::Mutex::new(None),
            finished: AtomicBool::new(false),
            place: native::Mutex::new(None),
            unheard,
        }
    }

    /// Whether the thread's work is done. No step of the thread's own says so: whoever asks goes on only after others could
    /// have run, and the exploration is not exhaustive.
    pub(super) fn is_finished(&self, location: &'static Location<'static>) -> bool {
        if world::simulates() {
            world::leave_untried();
            let pause: fn() =
                if world::current() == World::Loom { loom::thread::yield_now } else { shuttle::thread::yield_now };
            let deed = Deed::new("is_finished", Access::Load(Acquire));
            return world::operation(
                Object::of("thread's end", self),
                deed,
                location,
                |finished: &bool| Outcome::Value(finished.to_string()),
                || {
                    world::engine(pause);
                    // Acquire: as below.
                    self.finished.load(Acquire)
                },
            );
        }
        // Acquire: with the thread's Release; std promises no more than that the work is done.
        self.finished.load(Acquire)
    }

    /// The result, when the thread has been waited for.
    pub(super) fn take(&self) -> std::thread::Result<T> {
        let result = self.result.lock().unwrap_or_else(|e| e.into_inner()).take();
        result.unwrap_or_else(|| Err(Box::new("the thread ended without a result")))
    }

    /// The thread's work: runs `body`, catches its panic, and leaves the result. In an exploration, a refusal or the
    /// engine's own panic is no result: it goes through to the engine.
    pub(super) fn run(self: Arc<Self>, body: impl FnOnce() -> T) {
        let result = catch_unwind(AssertUnwindSafe(body));
        if result.as_ref().is_err_and(|payload| payload.is::<Blocked>()) {
            let why = world::take_blocked().map_or_else(String::new, |blocked| blocked.message);
            world::refuse(format_args!(
                "{THREAD_WAITS} ({why}): a specification runs it at once and alone, so a plain struct with such threads \
                 cannot be one; give the type to `#[concurrent(spec = ..)]` with a spec that has none"
            ));
        }
        if result.is_err() && world::current() != World::Std {
            world::panic_caught();
            if !world::aborting() {
                let place = world::take_last_panic().and_then(|(_, place)| place);
                *self.place.lock().unwrap_or_else(|e| e.into_inner()) = place;
            }
        }
        let result = match result {
            Err(payload) if world::current() != World::Std && (world::aborting() || payload.is::<Refused>()) => {
                world::give_up();
                resume_unwind(payload)
            }
            // Somebody caught the engine's panic. No other thread may run after that, so this one must not end in peace.
            _ if world::aborting() => {
                std::panic::panic_any("the engine gave up, and the code under test caught its panic")
            }
            result => result,
        };
        *self.result.lock().unwrap_or_else(|e| e.into_inner()) = Some(result);
        // Release: see `is_finished`.
        self.finished.store(true, Release);
    }
}

impl<T> Drop for Packet<T> {
    fn drop(&mut self) {
        let result = self.result.get_mut().unwrap_or_else(|e| e.into_inner());
        let Some(Err(payload)) = result.take() else { return };
        if let Some(unheard) = &self.unheard {
            // Relaxed: read after the threads have been waited for, which orders it.
            unheard.store(true, Relaxed);
        } else if matches!(world::current(), World::Loom | World::Shuttle) && !world::aborting() {
            let location = self.place.get_mut().unwrap_or_else(|e| e.into_inner()).take();
            world::stray(Failure { kind: FailureKind::Panic, message: words(&*payload), location });
        }
    }
}

/// A panic's message.
fn words(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without a message".to_owned())
}

/// Starts a thread.
pub(super) fn launch(
    wishes: Wishes,
    body: Box<dyn FnOnce() + Send + 'static>,
    location: &'static Location<'static>,
) -> io::Result<(Raw, Thread)> {
    if world::current() == World::Std {
        let mut builder = std::thread::Builder::new();
        if let Some(name) = wishes.name {
            builder = builder.name(name);
        }
        if let Some(size) = wishes.stack_size {
            builder = builder.stack_size(size);
        }
        // What a quiet thread starts in its work is a part of it.
        let quiet = world::quiet();
        let handle = builder.spawn(move || if quiet { world::quietly(body) } else { body() })?;
        let thread = Thread::real(handle.thread());
        return Ok((Raw::Real(handle), thread));
    }
    let name: Option<Arc<str>> = wishes.name.map(Arc::from);
    if world::current() == World::Sequential {
        world::touch();
        let thread = Thread::simulated(world::me(), name);
        body();
        return Ok((Raw::Done, thread));
    }
    let size = wishes.stack_size.unwrap_or(0).max(STACK);
    let number = world::threads_started() + 1;
    if world::current() == World::Loom && number > LOOM_THREADS {
        world::refuse_at(
            format_args!(
                "{TOO_MANY_THREADS}: loom explores at most {LOOM_THREADS} beside the main one, and this would be the \
                 next; start fewer in the scenario, or leave it to shuttle"
            ),
            location,
        );
    }
    let service = wishes.service;
    let first_to_last = move || {
        world::thread_begins();
        body();
        // A panic in a thread-local's destructor would end the process in std; here it ends the execution.
        end_of_thread();
        world::thread_ended(service);
    };
    let object = Object { kind: "thread", address: number };
    let raw = world::operation(
        object,
        Deed::SPAWN,
        location,
        |_| Outcome::Done,
        || {
            world::thread_started(service);
            if world::current() == World::Loom {
                world::engine(|| {
                    // loom counts a stack in words.
                    let builder = loom::thread::Builder::new().stack_size(size / size_of::<usize>());
                    builder.spawn(first_to_last).map(|handle| {
                        world::register_thread(handle.thread().id());
                        Raw::Loom(handle, number)
                    })
                })
            } else {
                world::engine(|| {
                    let builder = shuttle::thread::Builder::new().stack_size(size);
                    builder.spawn(first_to_last).map(|handle| {
                        let number = world::watch::number(handle.thread().id().into());
                        world::spawned(number);
                        Raw::Shuttle(handle, number)
                    })
                })
            }
        },
    )?;
    let number = raw.number();
    if let Some(name) = &name {
        named(number, name);
    }
    Ok((raw, Thread::simulated(number, name)))
}

impl Raw {
    fn number(&self) -> usize {
        match self {
            Self::Loom(_, number) | Self::Shuttle(_, number) => *number,
            Self::Real(_) | Self::Done => 0,
        }
    }

    /// Waits until the thread has ended.
    pub(super) fn join(self, location: &'static Location<'static>) {
        let number = self.number();
        let object = Object { kind: "thread", address: number };
        let ended = match self {
            Self::Done => return,
            Self::Real(handle) => handle.join(),
            Self::Loom(handle, _) => {
                world::operation(object, Deed::JOIN, location, |_| Outcome::Done, || world::engine(|| handle.join()))
            }
            Self::Shuttle(handle, _) => {
                world::operation(object, Deed::JOIN, location, |_| Outcome::Done, || world::engine(|| handle.join()))
            }
        };
        // `Packet::run` lets nothing through but what ends the execution, and then nobody comes here.
        if let Err(payload) = ended {
            resume_unwind(payload);
        }
        if world::simulates() {
            world::thread_joined(number);
        }
    }
}
