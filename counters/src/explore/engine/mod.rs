//! The engines: loom and shuttle, each behind one function, and the supervisor that outlives both.
//!
//! A driver runs a body once an execution and asks it after each whether to go on. What an engine says by panicking
//! (a deadlock, a bound) comes back as a [`Failure`]; nothing it does can end the process.

pub mod loom;
pub mod shuttle;
mod supervise;

pub use supervise::{Stuck, Supervised, supervise};

use super::event::Event;
use super::world::{self, Failure, World};

/// What the body says at the end of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// Go on with the next execution.
    Continue,
    /// Enough.
    Stop,
}

/// How an exploration ended.
#[derive(Clone, Debug)]
pub enum End {
    /// The engine has run every execution there is within its bounds.
    Exhausted,
    /// The body said so.
    Stopped,
    /// The engine gave up on an execution.
    Failed(Failure),
}

/// An exploration, over.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Executions begun.
    pub executions: u64,
    /// How it ended.
    pub end: End,
    /// The last execution's events, where they were observed and it failed.
    pub trace: Vec<Event>,
}

/// Bytes of stack for the main simulated thread and for every other.
pub(crate) const STACK: usize = 256 * 1024;

/// The payload that unwinds an engine when the body has had enough.
struct Enough;

/// Reads how an engine came to its end, and leaves nothing of it behind on this OS thread.
fn conclude(executions: u64, result: std::thread::Result<End>) -> Outcome {
    let end = match result {
        Ok(end) => end,
        Err(payload) if payload.is::<Enough>() => End::Stopped,
        Err(payload) => End::Failed(Failure::from_payload(&*payload)),
    };
    let trace = world::take_trace();
    world::leave();
    Outcome { executions, end, trace }
}

fn no_nesting() {
    assert!(
        world::current() == World::Std,
        "an exploration was started inside an exploration: take the inner one out, it cannot be explored"
    );
}
