//! Weak memory in words: which load saw an old value, and what would have ordered it.
//!
//! The trace of an engine with weak memory is in the order in which the engine ran things, so a load that gave something
//! else than the last store before it has seen an old value. Nothing orders it after that store, or it could not have.

use super::{letter, name};
use raceproof::explore::event::{Access, Event, Object, Outcome};
use std::sync::atomic::Ordering;

pub(super) fn value(event: &Event) -> Option<&str> {
    match &event.outcome {
        Outcome::Value(value) => Some(value),
        _ => None,
    }
}

pub(super) fn writes(event: &Event) -> bool {
    match event.access {
        Access::Store(_) | Access::Update(_) => true,
        Access::Exchange { .. } => value(event).is_some_and(|value| value.starts_with("Ok")),
        _ => false,
    }
}

/// The last write to an object before the event at `at`, and its place.
pub(super) fn last_write(trace: &[Event], object: Object, at: usize) -> Option<(usize, &Event)> {
    trace[..at].iter().enumerate().rfind(|(_, event)| event.object == object && writes(event))
}

/// One explanation an old value.
pub(crate) fn old_values(trace: &[Event]) -> Vec<String> {
    let mut lines = Vec::new();
    for (at, load) in trace.iter().enumerate() {
        let Access::Load(_) = load.access else { continue };
        let (Some(seen), Some((written, store))) = (value(load), last_write(trace, load.object, at)) else { continue };
        // What a read-modify-write has written is not in the trace; and the same value may be old or new.
        let Access::Store(_) = store.access else { continue };
        if value(store).is_none_or(|newest| newest == seen) || store.thread == load.thread {
            continue;
        }
        let newest = value(store).unwrap_or_default();
        lines.push(format!(
            "thread {} at {}: the load of {} returned {seen}, an old value; nothing orders it after the store of {newest} by \
             thread {} at {}",
            letter(load.thread),
            load.location,
            name(load),
            letter(store.thread),
            store.location
        ));
        lines.push(remedy(trace, written, at));
    }
    lines
}

/// What would have ordered the load at `load` after the store at `store`.
fn remedy(trace: &[Event], store: usize, load: usize) -> String {
    let (writer, reader) = (trace[store].thread, trace[load].thread);
    // News: what the reader has read, before its load, of what the writer wrote after its store.
    for (at, news) in trace[..load].iter().enumerate().rev() {
        let reads = matches!(news.access, Access::Load(_) | Access::Update(_) | Access::Exchange { .. });
        if news.thread != reader || !reads {
            continue;
        }
        let Some((told, tells)) = last_write(trace, news.object, at) else { continue };
        if tells.thread != writer || told <= store {
            continue;
        }
        let saw_it = match (tells.access, news.access) {
            (Access::Store(_), Access::Load(_)) => value(tells) == value(news),
            _ => true,
        };
        if !saw_it {
            continue;
        }
        let mut needed = Vec::new();
        if !releases(tells.access) {
            needed.push(format!("the {} of {} at {} must be Release", tells.action, name(tells), tells.location));
        }
        if !acquires(news.access) {
            needed.push(format!("the {} of {} at {} must be Acquire", news.action, name(news), news.location));
        }
        if !needed.is_empty() {
            return format!(
                "  remedy: what tells thread {} of it does not order it: {}",
                letter(reader),
                needed.join(", and ")
            );
        }
    }
    let own_store =
        trace[..load].iter().rfind(|event| event.thread == reader && matches!(event.access, Access::Store(_)));
    match own_store {
        Some(own) => format!(
            "  remedy: thread {reader} stores at {own} and then loads, while thread {writer} does the same the other way round: \
             put a `fence(SeqCst)` between the store and the load on both sides, or use read-modify-writes",
            reader = letter(reader),
            own = own.location,
            writer = letter(writer)
        ),
        None => format!(
            "  remedy: thread {} has to learn of the store by a Release store that it reads with an Acquire load, or by a lock",
            letter(reader)
        ),
    }
}

fn releases(access: Access) -> bool {
    let releases = |ordering| matches!(ordering, Ordering::Release | Ordering::AcqRel | Ordering::SeqCst);
    match access {
        Access::Store(ordering) | Access::Update(ordering) => releases(ordering),
        Access::Exchange { success, .. } => releases(success),
        _ => false,
    }
}

fn acquires(access: Access) -> bool {
    let acquires = |ordering| matches!(ordering, Ordering::Acquire | Ordering::AcqRel | Ordering::SeqCst);
    match access {
        Access::Load(ordering) | Access::Update(ordering) => acquires(ordering),
        Access::Exchange { success, .. } => acquires(success),
        _ => false,
    }
}

/// Whether a finding of loom's may be nothing but this: loom lets a plain store appear in the midst of another thread's read-modify-write,
/// which C11 forbids. Then the update gave something else than the write before it had left.
pub(crate) fn rests_on_a_lost_update(trace: &[Event]) -> bool {
    trace.iter().enumerate().any(|(at, event)| {
        let old = match event.access {
            Access::Update(_) => value(event),
            Access::Exchange { .. } => {
                value(event).and_then(|value| value.split_once('(')).map(|(_, rest)| rest.trim_end_matches(')'))
            }
            _ => None,
        };
        let Some((_, before)) = last_write(trace, event.object, at) else { return false };
        let left = if matches!(before.access, Access::Store(_)) { value(before) } else { before.wrote.as_deref() };
        old.zip(left).is_some_and(|(old, left)| old != left)
    })
}
