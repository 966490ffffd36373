//! What came in between: an operation that looks and then acts on what it saw, while another thread has changed it.
//!
//! Most bugs that are no data race are one of four. A value is loaded, and a store writes what follows from it; an exchange
//! finds the value that was loaded, which was another one meanwhile; an operation lets one lock go before it takes the next; a
//! thread that was woken does not look again. Whether that is the bug, the trace cannot tell: so this is said only of
//! executions that went wrong, beside what went wrong.

use super::{letter, memory, name, taken};
use raceproof::explore::event::{Access, Event, Object};
use std::collections::HashMap;

/// Two lines each: what happened, and the remedy. The last of each sort, which is the one nearest to the failure.
pub(crate) fn between(trace: &[Event]) -> Vec<String> {
    [overwritten(trace), changed_and_back(trace), let_go(trace), not_looked_again(trace)]
        .into_iter()
        .flatten()
        .flatten()
        .collect()
}

/// The thread's own events from here back to where its operation was called, the last one first.
fn back(trace: &[Event], from: usize) -> impl Iterator<Item = (usize, &Event)> {
    let thread = trace[from].thread;
    let own = trace[..from].iter().enumerate().rev().filter(move |(_, event)| event.thread == thread);
    own.take_while(|(_, event)| !matches!(event.access, Access::Call | Access::Return))
}

/// A load, and a store in place of a change that the load has not seen.
fn overwritten(trace: &[Event]) -> Option<[String; 2]> {
    trace.iter().enumerate().rev().find_map(|(at, store)| {
        let Access::Store(_) = store.access else { return None };
        let (seen, look) = back(trace, at).find(|(_, event)| event.object == store.object)?;
        let Access::Load(_) = look.access else { return None };
        // What has got through an exchange of something else meanwhile is about more than this word.
        if trace[seen..at].iter().any(|event| event.thread == store.thread && exchanged(event).is_some()) {
            return None;
        }
        let (changed, theirs) = memory::last_write(trace, store.object, at)?;
        // Under weak memory the change may come first and not be seen.
        let stale = matches!(theirs.access, Access::Store(_)) && memory::value(theirs) != memory::value(look);
        if theirs.thread == store.thread || changed < seen && !stale {
            return None;
        }
        Some([
            format!(
                "thread {mine} loads {object} at {} and stores to it at {}, without having seen what thread {} has made of it at \
                 {}: that is lost",
                look.location,
                store.location,
                letter(theirs.thread),
                theirs.location,
                mine = letter(store.thread),
                object = name(store),
            ),
            "  remedy: one `compare_exchange` or `fetch_..` in place of both, or a lock around both".to_owned(),
        ])
    })
}

/// What an exchange that succeeded has found: the part between the brackets.
fn exchanged(event: &Event) -> Option<&str> {
    let Access::Exchange { .. } = event.access else { return None };
    memory::value(event)?.strip_prefix("Ok(")?.strip_suffix(')')
}

/// A look, changes by others, and an exchange that finds what the look has seen: ABA.
fn changed_and_back(trace: &[Event]) -> Option<[String; 2]> {
    trace.iter().enumerate().rev().find_map(|(at, exchange)| {
        let found = exchanged(exchange)?;
        let (seen, look) = back(trace, at).find(|(_, event)| event.object == exchange.object)?;
        let saw = memory::value(look)?;
        if saw != found && saw.strip_prefix("Err(").and_then(|saw| saw.strip_suffix(')')) != Some(found) {
            return None;
        }
        let theirs = trace[seen..at].iter().find(|event| {
            event.object == exchange.object && event.thread != exchange.thread && memory::writes(event)
        })?;
        Some([
            format!(
                "thread {mine} reads {object} at {}, and at {} its exchange finds the same value; in between thread {} has changed \
                 it, at {}, and it was changed back: what else {mine} has read may be no longer so (ABA)",
                look.location,
                exchange.location,
                letter(theirs.thread),
                theirs.location,
                mine = letter(exchange.thread),
                object = name(exchange),
            ),
            "  remedy: count the changes in the same word, or use nothing again that somebody may still be looking at".to_owned(),
        ])
    })
}

/// Two critical sections of one operation, and somebody else's between them.
fn let_go(trace: &[Event]) -> Option<[String; 2]> {
    trace.iter().enumerate().rev().find_map(|(at, lock)| {
        if !taken(lock) {
            return None;
        }
        let (gone, unlock) = back(trace, at).find(|(_, event)| taken(event) || matches!(event.access, Access::Unlock(_)))?;
        if taken(unlock) || holds_another(trace, gone) {
            return None;
        }
        let objects = [unlock.object, lock.object];
        let theirs = trace[gone..at]
            .iter()
            .find(|event| event.thread != lock.thread && taken(event) && objects.contains(&event.object))?;
        Some([
            format!(
                "thread {} lets {} go, which it took at {}, before it takes {} at {}; thread {} has {} in between, at {}",
                letter(lock.thread),
                name(unlock),
                unlock.location,
                name(lock),
                lock.location,
                letter(theirs.thread),
                name(theirs),
                theirs.location,
            ),
            "  remedy: what must hold from the first to the second needs one lock that is held throughout".to_owned(),
        ])
    })
}

/// Whether the thread that gives a lock back here still has another one.
fn holds_another(trace: &[Event], unlock: usize) -> bool {
    let mut held: HashMap<Object, isize> = HashMap::new();
    for event in trace[..=unlock].iter().filter(|event| event.thread == trace[unlock].thread) {
        if taken(event) {
            *held.entry(event.object).or_default() += 1;
        } else if let Access::Unlock(_) = event.access {
            *held.entry(event.object).or_default() -= 1;
        }
    }
    held.values().any(|count| *count > 0)
}

/// A wait that somebody else's critical section came before the end of, after the notification.
fn not_looked_again(trace: &[Event]) -> Option<[String; 2]> {
    trace.iter().enumerate().rev().find_map(|(at, wait)| {
        let Access::Wait { mutex, timeout: false } = wait.access else { return None };
        let began = wait.completed.map(|_| wait.begun)?;
        let waited = trace.get(began..at)?;
        let told = waited.iter().rposition(|event| {
            event.object == wait.object && matches!(event.access, Access::NotifyOne | Access::NotifyAll)
        })?;
        let theirs = waited[told..].iter().rfind(|event| taken(event) && event.object == mutex)?;
        let next = trace[at + 1..].iter().find(|event| event.thread == wait.thread)?;
        if theirs.thread == wait.thread || next.object == wait.object {
            return None;
        }
        Some([
            format!(
                "thread {} waits at {} and is woken at {}; before it has {} again, thread {} takes it at {}",
                letter(wait.thread),
                wait.location,
                waited[told].location,
                name(theirs),
                letter(theirs.thread),
                theirs.location,
            ),
            "  remedy: what was waited for must be looked at again after the wait: `while` in place of `if`, or `wait_while`"
                .to_owned(),
        ])
    })
}
