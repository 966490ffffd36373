//! Can this execution be? loom shows some that C11 forbids.
//!
//! Where one thread stores to an atomic and another changes it by read-modify-writes, loom 0.7 may let the store come
//! *between* a read-modify-write's reading and its writing: a token that was refilled is taken all the same, and nobody
//! could have seen that. C11 wants of every single atomic that its operations, whatever their ordering, have one order that
//! agrees with each thread's own, in which each reads what the last one wrote (coherence, and the atomicity of
//! read-modify-writes). So of each atomic with both kinds of writes such an order is looked for. Where there is none, the
//! execution is loom's alone.
//!
//! An event does not always say what was written (a pointer's does not): then anything may be read after it. So what is
//! called impossible is.

use crate::history::History;
use raceproof::explore::event::{Access, Event, Object, Outcome};
use std::collections::{BTreeMap, HashSet};

/// Points of the search for one order; beyond it an order counts as found.
const MOST: usize = 100_000;

/// When an event of the scenario's first thread happens: that one is alone before the others start and after they end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Before,
    Parallel,
    After,
}

/// An atomic's operation, as far as its trace tells.
struct Step<'a> {
    /// What it read; `None` for a store.
    read: Option<&'a str>,
    /// What it wrote: `None` if nothing, `Some(None)` if nobody says what.
    written: Option<Option<&'a str>>,
    phase: Phase,
    /// When the call that it belongs to began and ended, where that order is happens-before.
    time: Option<(u32, u32)>,
}

/// The first atomic of the trace without an order, as a reader knows it: "`AtomicU32` #1".
///
/// The scenario's first thread has `before` calls before the others start, and `parallel` beside them. `observed` has the
/// calls' times where the program could observe them: then a call that had ended comes before one that had not begun.
pub(crate) fn impossible(
    trace: &[Event],
    before: usize,
    parallel: usize,
    observed: Option<&History>,
) -> Option<String> {
    let mut times: BTreeMap<usize, (u32, u32)> = BTreeMap::new();
    let mut phase = Phase::Before;
    let mut births: BTreeMap<(&'static str, usize), &str> = BTreeMap::new();
    let mut columns: HashSet<usize> = HashSet::from([0]);
    let mut atomics: BTreeMap<(&'static str, usize), BTreeMap<usize, Vec<Step<'_>>>> = BTreeMap::new();
    for event in trace {
        if event.access == Access::Call {
            let (column, at) = (event.object.address >> 16, event.object.address & 0xffff);
            if column == 0 {
                phase = match at {
                    at if at < before => Phase::Before,
                    at if at < before + parallel => Phase::Parallel,
                    _ => Phase::After,
                };
            }
            columns.insert(event.thread);
            let entry = observed.and_then(|history| history.threads.get(column)?.get(at));
            match entry {
                Some(entry) => times.insert(event.thread, (entry.start, entry.end)),
                None => times.remove(&event.thread),
            };
        }
        let Some((read, written)) = step(event) else { continue };
        let Object { kind, address } = event.object;
        if let Some(born) = &event.born {
            births.insert((kind, address), born.as_str());
        }
        let here = if event.thread == 0 { phase } else { Phase::Parallel };
        atomics.entry((kind, address)).or_default().entry(event.thread).or_default().push(Step {
            read,
            written,
            phase: here,
            time: times.get(&event.thread).copied(),
        });
    }
    let mut wrong = atomics.iter().filter(|((kind, address), threads)| {
        let all = || threads.values().flatten();
        let stores = all().any(|step| step.read.is_none());
        let updates = all().any(|step| step.read.is_some() && step.written.is_some());
        stores && updates && !has_order(threads, &columns, births.get(&(*kind, *address)).copied())
    });
    let ((kind, address), _) = wrong.next()?;
    let number = trace.iter().find(|event| event.object == Object { kind, address: *address })?.number;
    Some(format!("{kind} #{number}"))
}

/// What an event read and wrote, if it is an atomic's.
fn step(event: &Event) -> Option<(Option<&str>, Option<Option<&str>>)> {
    let Outcome::Value(text) = &event.outcome else { return None };
    Some(match event.access {
        Access::Load(_) => (Some(text.as_str()), None),
        Access::Store(_) => (None, Some(Some(text.as_str()))),
        Access::Update(_) => (Some(text.as_str()), Some(event.wrote.as_deref())),
        Access::Exchange { .. } => {
            let read = text.get(text.find('(')? + 1..text.rfind(')')?)?;
            (Some(read), text.starts_with("Ok").then_some(event.wrote.as_deref()))
        }
        _ => return None,
    })
}

/// Whether some order of one atomic's operations gives each what it read.
fn has_order(threads: &BTreeMap<usize, Vec<Step<'_>>>, columns: &HashSet<usize>, born: Option<&str>) -> bool {
    let numbers: Vec<usize> = threads.keys().copied().collect();
    let steps: Vec<&Vec<Step<'_>>> = threads.values().collect();
    let first = numbers.iter().position(|number| *number == 0);
    let mut seen: HashSet<(Vec<usize>, Option<&str>)> = HashSet::new();
    // Where nobody knows what the atomic was born with, its first reader says it.
    let mut points: Vec<(Vec<usize>, Option<&str>)> = vec![(vec![0; steps.len()], born)];
    while let Some((positions, value)) = points.pop() {
        if positions.iter().zip(&steps).all(|(at, steps)| *at == steps.len()) || seen.len() > MOST {
            return true;
        }
        if !seen.insert((positions.clone(), value)) {
            continue;
        }
        let next = |thread: usize| steps[thread].get(positions[thread]);
        let other = |thread: usize| Some(thread) != first && columns.contains(&numbers[thread]);
        // The first thread's work before the others is done, and theirs is done before what it does after.
        let early = first.and_then(next).is_some_and(|step| step.phase == Phase::Before);
        let ended = (0..steps.len()).all(|thread| !other(thread) || positions[thread] == steps[thread].len());
        for thread in 0..steps.len() {
            let Some(step) = next(thread) else { continue };
            let waits =
                if Some(thread) == first { step.phase == Phase::After && !ended } else { other(thread) && early };
            // Of each thread the next call is the one that ends first.
            let early = (0..steps.len()).filter_map(next).filter_map(|other| other.time);
            let too_soon = step
                .time
                .is_some_and(|(start, _)| early.min_by_key(|(_, end)| *end).is_some_and(|(_, end)| end < start));
            let reads_wrong = matches!((step.read, value), (Some(read), Some(value)) if read != value);
            if waits || too_soon || reads_wrong {
                continue;
            }
            let mut positions = positions.clone();
            positions[thread] += 1;
            // A read of what nobody has told of tells it.
            points.push((positions, step.written.unwrap_or(step.read)));
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::impossible;
    use raceproof::explore::event::{Access, Event, Object, Outcome};
    use std::panic::Location;
    use std::sync::atomic::Ordering::Relaxed;

    const LOAD: Access = Access::Load(Relaxed);
    const STORE: Access = Access::Store(Relaxed);
    const ADD: Access = Access::Update(Relaxed);
    const EXCHANGE: Access = Access::Exchange { success: Relaxed, failure: Relaxed };

    fn trace(steps: &[(usize, Access, &str)]) -> Vec<Event> {
        let mut calls = [0; 4];
        let event = |thread, object, access, outcome| Event {
            thread,
            object,
            number: 1,
            action: "",
            access,
            location: Location::caller(),
            outcome,
            begun: 0,
            completed: None,
            born: None,
            wrote: None,
        };
        steps
            .iter()
            .flat_map(|(thread, access, value)| {
                // Each step is a call of its own.
                let call = Object { kind: "operation", address: thread << 16 | calls[*thread] };
                calls[*thread] += 1;
                [
                    event(*thread, call, Access::Call, Outcome::Done),
                    event(
                        *thread,
                        Object { kind: "AtomicU32", address: 8 },
                        *access,
                        Outcome::Value((*value).to_owned()),
                    ),
                ]
            })
            .collect()
    }

    // Two tokens: one is taken before, one beside a refill, and after both there is none.
    #[test]
    fn a_store_inside_a_read_modify_write_cannot_be() {
        let trace =
            trace(&[(0, EXCHANGE, "Ok(2)"), (0, LOAD, "1"), (0, EXCHANGE, "Ok(1)"), (1, STORE, "2"), (0, LOAD, "0")]);
        assert_eq!(impossible(&trace, 1, 2, None).as_deref(), Some("AtomicU32 #1"));
    }

    #[test]
    fn the_same_with_the_store_last_can_be() {
        let trace =
            trace(&[(0, EXCHANGE, "Ok(2)"), (0, LOAD, "1"), (0, EXCHANGE, "Ok(1)"), (1, STORE, "2"), (0, LOAD, "2")]);
        assert_eq!(impossible(&trace, 1, 2, None), None);
    }

    // Both tokens are taken, refilled, and taken twice: who takes them last has read what the other one took.
    #[test]
    fn what_an_exchange_wrote_is_what_the_next_one_reads() {
        let steps = [(0, EXCHANGE, "Ok(2)"), (1, STORE, "2"), (1, EXCHANGE, "Ok(2)"), (0, EXCHANGE, "Ok(2)")];
        let mut trace = trace(&steps);
        assert_eq!(impossible(&trace, 0, 2, None), None, "where nobody says what was written, it may have been 2");
        for event in &mut trace {
            event.wrote = matches!(event.access, Access::Exchange { .. }).then(|| "0".to_owned());
        }
        assert_eq!(impossible(&trace, 0, 2, None).as_deref(), Some("AtomicU32 #1"));
        // With one exchange less there is an order.
        trace.truncate(trace.len() - 2);
        assert_eq!(impossible(&trace, 0, 2, None), None);
    }

    // Old values are what weak memory is about: in no order of the trace's, and in some order all the same.
    #[test]
    fn an_old_value_can_be_read() {
        let trace = trace(&[(0, STORE, "1"), (0, ADD, "1"), (1, LOAD, "0"), (1, LOAD, "1"), (0, LOAD, "2")]);
        assert_eq!(impossible(&trace, 0, 2, None), None);
        let backwards =
            [(0, STORE, "0"), (0, STORE, "1"), (0, ADD, "1"), (1, LOAD, "2"), (1, LOAD, "1"), (0, LOAD, "2")];
        let backwards = self::trace(&backwards);
        assert!(impossible(&backwards, 1, 2, None).is_some(), "no thread goes back in an atomic's order");
    }

    #[test]
    fn two_updates_of_one_value_cannot_be() {
        let twice = trace(&[(0, STORE, "5"), (1, EXCHANGE, "Ok(5)"), (2, EXCHANGE, "Ok(5)")]);
        // What an exchange writes is not told: it may have been the same again.
        assert_eq!(impossible(&twice, 0, 1, None), None);
        let twice =
            trace(&[(0, STORE, "5"), (1, EXCHANGE, "Ok(5)"), (1, LOAD, "6"), (2, EXCHANGE, "Ok(5)"), (2, LOAD, "6")]);
        assert_eq!(
            impossible(&twice, 0, 1, None),
            None,
            "the second exchange may have written 5 before the first read it"
        );
    }

    #[test]
    fn what_had_ended_comes_before_what_had_not_begun() {
        use crate::history::{Entry, History};
        let trace = trace(&[(0, STORE, "0"), (0, STORE, "2"), (1, ADD, "0"), (1, LOAD, "1")]);
        assert_eq!(impossible(&trace, 1, 1, None), None, "the store may come last");
        let entry = |start, end| Entry { start, end, outcome: None, hint: 0 };
        let threads = vec![vec![entry(0, 0), entry(1, 2)], vec![entry(1, 2), entry(3, 4)]];
        assert!(impossible(&trace, 1, 1, Some(&History { threads })).is_some(), "it had ended before the load");
    }
}
