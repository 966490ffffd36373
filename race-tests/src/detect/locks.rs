//! Locks: who waits for whom in a deadlock, and lock orders that could have become one.
//!
//! An inversion is two threads that take the same two locks (or three, or four) in different orders, seen in an execution
//! in which nobody was stopped. It is no alarm where it cannot bite: where a lock held around both excludes the other
//! thread (a gate), where it is one thread, where starting or joining keeps the two apart (Goodlock: Havelund, SPIN 2000;
//! Bensalem and Havelund, HVC 2005), where both only read, where the second lock was only tried. And it is told only if the
//! threads could have met in this very execution: if nothing but the locks in question orders them.

use super::clocks::{Clock, Clocks, Edges};
use super::{Moment, letter, moments, name, taken};
use raceproof::explore::event::{Access, Event, Object, Outcome, Sharing};
use std::collections::{BTreeMap, HashMap};

/// A lock that a thread holds.
#[derive(Clone)]
struct Held<'a> {
    lock: Object,
    sharing: Sharing,
    /// The event that took it.
    since: &'a Event,
    /// Starts and joins that the thread had seen then.
    clock: Clock,
}

/// Which locks each thread holds, moment by moment.
#[derive(Default)]
struct Holders<'a>(HashMap<usize, Vec<Held<'a>>>);

impl<'a> Holders<'a> {
    fn of(&self, thread: usize) -> &[Held<'a>] {
        self.0.get(&thread).map_or(&[], Vec::as_slice)
    }

    fn advance(&mut self, moment: Moment<'a>, clock: &Clock) {
        match moment {
            Moment::Begin(event) => match event.access {
                Access::Unlock(_) => self.let_go(event.thread, event.object),
                Access::Wait { mutex, .. } => self.let_go(event.thread, mutex),
                _ => {}
            },
            Moment::End(event) => match event.access {
                Access::Lock(sharing) | Access::TryLock(sharing) if taken(event) => {
                    self.hold(event, event.object, sharing, clock);
                }
                Access::Wait { mutex, .. } => self.hold(event, mutex, Sharing::Exclusive, clock),
                _ => {}
            },
        }
    }

    fn hold(&mut self, event: &'a Event, lock: Object, sharing: Sharing, clock: &Clock) {
        let held = Held { lock, sharing, since: event, clock: clock.clone() };
        self.0.entry(event.thread).or_default().push(held);
    }

    fn let_go(&mut self, thread: usize, lock: Object) {
        if let Some(held) = self.0.get_mut(&thread)
            && let Some(last) = held.iter().rposition(|held| held.lock == lock)
        {
            held.remove(last);
        }
    }
}

/// What is to be said of an execution in which every thread waits.
pub(crate) fn deadlock(trace: &[Event]) -> Vec<String> {
    let mut holders = Holders::default();
    for moment in moments(trace) {
        holders.advance(moment, &Clock::default());
    }
    let waiting: BTreeMap<usize, &Event> = trace
        .iter()
        .filter(|event| event.outcome == Outcome::Pending && !matches!(event.access, Access::Call | Access::Return))
        .map(|event| (event.thread, event))
        .collect();
    let mut names: HashMap<Object, String> = HashMap::new();
    for event in trace {
        names.entry(event.object).or_insert_with(|| name(event));
    }
    let holder = |event: &Event| {
        let Access::Lock(_) = event.access else { return None };
        let all = holders.0.iter().flat_map(|(thread, held)| held.iter().map(|held| (*thread, held)));
        all.filter(|(_, held)| held.lock == event.object)
            .map(|(thread, held)| (thread, held.since))
            .min_by_key(|(thread, since)| (*thread, since.begun))
    };
    let mut lines = Vec::new();
    let mut next: BTreeMap<usize, usize> = BTreeMap::new();
    for (&thread, event) in &waiting {
        let mut line = if event.access == Access::Join && event.location.file() == crate::explore::FILE {
            // The kit's own wait for the threads of a scenario is at no place of the user's.
            let other = letter(event.object.address);
            format!("thread {} has made all its calls, and waits for thread {other} to end", letter(thread))
        } else {
            format!(
                "thread {} waits in {} of {} at {}",
                letter(thread),
                event.action,
                if event.access == Access::Join {
                    format!("thread {}", letter(event.object.address))
                } else {
                    name(event)
                },
                event.location
            )
        };
        if event.access == Access::Join {
            next.insert(thread, event.object.address);
        }
        if let Some((owner, since)) = holder(event) {
            next.insert(thread, owner);
            let who = if owner == thread {
                "it holds that itself".to_owned()
            } else {
                format!("thread {} holds it", letter(owner))
            };
            line += &format!(", and {who} since {}", since.location);
        }
        lines.push(line);
        let held: Vec<String> = holders
            .of(thread)
            .iter()
            .map(|held| {
                let lock = names.get(&held.lock).cloned().unwrap_or_else(|| held.lock.kind.to_owned());
                format!("{lock} since {}", held.since.location)
            })
            .collect();
        if !held.is_empty() {
            lines.push(format!("  holding {}", held.join(", ")));
        }
        lines.extend(lost_wake_up(trace, event));
    }
    lines.extend(cycle(&next));
    lines
}

/// Whether loom has stopped a thread in an attempt to take a lock. An attempt never waits: loom stops whoever is about to
/// try a lock when another takes it, and calls that a deadlock if it is not let go.
pub(crate) fn stuck_in_an_attempt(trace: &[Event]) -> bool {
    trace.iter().any(|event| event.outcome == Outcome::Pending && matches!(event.access, Access::TryLock(_)))
}

/// "cycle: A waits for B, B waits for A".
fn cycle(next: &BTreeMap<usize, usize>) -> Option<String> {
    for &start in next.keys() {
        let mut path = vec![start];
        while let Some(&to) = next.get(path.last()?) {
            if to == start {
                if path.len() == 1 {
                    return Some(format!("cycle: {} waits for itself", letter(start)));
                }
                let ring: Vec<String> = path
                    .iter()
                    .zip(path.iter().skip(1).chain([&start]))
                    .map(|(from, to)| format!("{} waits for {}", letter(*from), letter(*to)))
                    .collect();
                return Some(format!("cycle: {}", ring.join(", ")));
            }
            if path.contains(&to) {
                break;
            }
            path.push(to);
        }
    }
    None
}

/// Why a thread that waits on a condition variable was not woken: the last notification came before it waited, or ended a
/// wait of its own before this one, or woke another one, or there was none.
fn lost_wake_up(trace: &[Event], waiting: &Event) -> Option<String> {
    if !matches!(waiting.access, Access::Wait { .. }) {
        return None;
    }
    let notifies = |event: &&Event| {
        event.object == waiting.object
            && matches!(event.access, Access::NotifyOne | Access::NotifyAll)
            && event.completed.is_some()
    };
    let Some(last) = trace.iter().filter(notifies).max_by_key(|event| event.completed) else {
        let condvar = name(waiting);
        return Some(format!(
            "  nobody has notified {condvar}: whoever should have waits too, or is done without having"
        ));
    };
    // Who was waiting then, and went on after.
    let mut woken = trace.iter().filter(|event| {
        event.object == waiting.object
            && matches!(event.access, Access::Wait { .. })
            && Some(event.begun) <= last.completed
            && event.completed > last.completed
    });
    let itself = woken.clone().any(|event| event.thread == waiting.thread);
    // One that wakes one may have found this thread waiting, and have taken another.
    let another = woken.find(|event| last.access == Access::NotifyOne && event.thread != waiting.thread);
    let (by, action, place) = (letter(last.thread), last.action, last.location);
    Some(match another {
        _ if itself => format!(
            "  woken already: thread {by} called {action} at {place} for the last time, and that ended an earlier wait of \
             thread {}; for what it waits for now nobody does",
            letter(waiting.thread)
        ),
        Some(woken) => format!(
            "  not woken: thread {by} called {action} at {place} for the last time, and that woke thread {} alone; where \
             several wait, or wait for different things, call notify_all",
            letter(woken.thread)
        ),
        None => format!(
            "  lost wake-up: thread {by} called {action} at {place} before, when this thread did not wait yet, and nobody \
             does after; look at the condition and wait under the same lock under which it is changed"
        ),
    })
}

/// One thread that wants a lock while it holds another.
struct Edge<'a> {
    from: Held<'a>,
    to: Held<'a>,
    /// All that it holds at that moment.
    gates: Vec<Held<'a>>,
}

/// Locks that are taken in different orders, by threads that could have met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Inversion(pub(crate) Vec<String>);

/// The most locks in a cycle. (A longer one is found when it deadlocks.)
const LONGEST: usize = 4;

/// The inversions of a trace.
pub(crate) fn inversions(trace: &[Event]) -> Vec<Inversion> {
    let edges = edges(trace);
    let mut found = Vec::new();
    for first in 0..edges.len() {
        let mut path = vec![first];
        extend(trace, &edges, &mut path, &mut found);
    }
    found
}

fn edges(trace: &[Event]) -> Vec<Edge<'_>> {
    let mut clocks = Clocks::new(Edges::Threads);
    let mut holders = Holders::default();
    let mut edges: Vec<Edge<'_>> = Vec::new();
    for moment in moments(trace) {
        clocks.advance(moment);
        if let Moment::End(event) = moment
            && let Access::Lock(sharing) = event.access
        {
            let clock = clocks.of(event.thread).clone();
            let to = Held { lock: event.object, sharing, since: event, clock };
            let gates = holders.of(event.thread);
            for from in gates.iter().filter(|held| held.lock != event.object) {
                let same = |edge: &Edge<'_>| {
                    edge.from.since.location == from.since.location
                        && edge.to.since.location == event.location
                        && edge.from.lock == from.lock
                        && edge.to.lock == to.lock
                        && edge.to.since.thread == event.thread
                };
                if !edges.iter().any(same) {
                    edges.push(Edge { from: from.clone(), to: to.clone(), gates: gates.to_vec() });
                }
            }
        }
        let clock = match moment {
            Moment::Begin(event) | Moment::End(event) => clocks.of(event.thread).clone(),
        };
        holders.advance(moment, &clock);
    }
    edges
}

/// Whether two edges can be in the way of each other: different threads, no gate, and neither over before the other.
fn can_meet(a: &Edge<'_>, b: &Edge<'_>) -> bool {
    let (one, other) = (a.to.since.thread, b.to.since.thread);
    let gate = a.gates.iter().any(|mine| {
        b.gates.iter().any(|theirs| {
            mine.lock == theirs.lock && (mine.sharing == Sharing::Exclusive || theirs.sharing == Sharing::Exclusive)
        })
    });
    // Over before the other began to hold, by starts and joins alone.
    let over =
        |first: &Edge<'_>, thread: usize, then: &Edge<'_>| first.to.clock.get(thread) <= then.from.clock.get(thread);
    one != other && !gate && !over(a, one, b) && !over(b, other, a)
}

fn conflict(holds: &Held<'_>, wants: &Held<'_>) -> bool {
    holds.lock == wants.lock && (holds.sharing == Sharing::Exclusive || wants.sharing == Sharing::Exclusive)
}

/// Whether nothing in this execution orders the threads of a cycle but its own locks.
fn could_meet_here(trace: &[Event], edges: &[Edge<'_>], path: &[usize]) -> bool {
    let mut clocks = Clocks::new(Edges::Without(path.iter().map(|edge| edges[*edge].from.lock).collect()));
    // By edge: the clock when it began to hold, and when it had what it wanted.
    let mut known: Vec<(Clock, Clock)> = vec![Default::default(); path.len()];
    for moment in moments(trace) {
        clocks.advance(moment);
        let Moment::End(event) = moment else { continue };
        for (known, edge) in known.iter_mut().zip(path) {
            let edge = &edges[*edge];
            if std::ptr::eq(event, edge.from.since) {
                known.0 = clocks.of(event.thread).clone();
            }
            if std::ptr::eq(event, edge.to.since) {
                known.1 = clocks.of(event.thread).clone();
            }
        }
    }
    let over = |first: usize, then: usize| {
        let thread = edges[path[first]].to.since.thread;
        known[first].1.get(thread) <= known[then].0.get(thread)
    };
    (0..path.len()).all(|one| (0..path.len()).all(|other| one == other || !over(one, other)))
}

fn extend(trace: &[Event], edges: &[Edge<'_>], path: &mut Vec<usize>, found: &mut Vec<Inversion>) {
    let (first, last) = (path[0], *path.last().unwrap_or(&0));
    if path.len() > 1 && conflict(&edges[first].from, &edges[last].to) {
        let told = tell(edges, path);
        if !found.contains(&told) && could_meet_here(trace, edges, path) {
            found.push(told);
        }
        return;
    }
    if path.len() == LONGEST {
        return;
    }
    // The first of a cycle is the one with the least number, so each is found once.
    for next in first + 1..edges.len() {
        let fits = conflict(&edges[next].from, &edges[last].to)
            && path.iter().all(|on| *on != next && can_meet(&edges[*on], &edges[next]));
        if fits {
            path.push(next);
            extend(trace, edges, path, found);
            path.pop();
        }
    }
}

fn tell(edges: &[Edge<'_>], path: &[usize]) -> Inversion {
    let mut lines =
        vec!["locks taken in different orders; no execution that was run deadlocked, but another may:".to_owned()];
    for &edge in path {
        let Edge { from, to, .. } = &edges[edge];
        let held =
            if matches!(from.since.access, Access::Wait { .. }) { from.lock.kind.to_owned() } else { name(from.since) };
        lines.push(format!(
            "thread {} holds {held} since {} and takes {} at {}",
            letter(to.since.thread),
            from.since.location,
            name(to.since),
            to.since.location
        ));
    }
    Inversion(lines)
}
