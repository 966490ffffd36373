//! Which operations can change places: the dependency relation, from what the facade's events say of themselves.
//!
//! Two operations of different threads are independent if either order leads to the same state and neither lets the
//! other go on or keeps it waiting. What is dependent is of two kinds. A *race* can be had in the other order; what is
//! merely *ordered* cannot: who takes a lock comes after who gave it back, because it waited until then.

use raceproof::explore::event::{Access, Object, Sharing};
use raceproof::explore::world::watch::Step;

/// What a step does to one object. Waiting on a condition variable is two steps, each on two objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Read,
    Write,
    Lock(Sharing),
    TryLock(Sharing),
    Unlock(Sharing),
    /// Joins those who wait on a condition variable.
    Enqueue,
    /// Goes on after a notification.
    Wake,
    Notify,
    Park,
    Unpark,
}

/// How two parts on one object, the first of them earlier, hang together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    Independent,
    /// The later one could not have come first.
    Ordered,
    Race,
}

/// What a step does, object by object. The stage of a pending step is to be that of its next choice.
pub(super) fn parts(step: &Step) -> [Option<(Object, Part)>; 2] {
    let object = step.object;
    let one = |part| [Some((object, part)), None];
    match step.access {
        Access::Load(_) | Access::Read => one(Part::Read),
        Access::Store(_) | Access::Update(_) | Access::Exchange { .. } | Access::Write => one(Part::Write),
        Access::Lock(sharing) => one(Part::Lock(sharing)),
        Access::TryLock(sharing) => one(Part::TryLock(sharing)),
        Access::Unlock(sharing) => one(Part::Unlock(sharing)),
        Access::Wait { mutex, .. } if step.stage <= 1 => {
            [Some((object, Part::Enqueue)), Some((mutex, Part::Unlock(Sharing::Exclusive)))]
        }
        Access::Wait { mutex, .. } => [Some((object, Part::Wake)), Some((mutex, Part::Lock(Sharing::Exclusive)))],
        Access::NotifyOne | Access::NotifyAll => one(Part::Notify),
        Access::Park { .. } => one(Part::Park),
        Access::Unpark => one(Part::Unpark),
        Access::Fence(_) | Access::Spawn | Access::Join | Access::Yield | Access::Call | Access::Return => [None, None],
    }
}

/// How `later` hangs together with `earlier`, on the same object.
pub(super) fn relate(earlier: Part, later: Part) -> Relation {
    use Part::{Enqueue, Lock, Notify, Park, Read, TryLock, Unlock, Unpark, Wake, Write};
    use Relation::{Independent, Ordered, Race};
    use Sharing::Shared;
    match (earlier, later) {
        (Read, Read) => Independent,
        (Read | Write, Read | Write) => Race,

        // Readers do not mind each other, whether they come or go.
        (Lock(Shared) | TryLock(Shared) | Unlock(Shared), Lock(Shared) | TryLock(Shared) | Unlock(Shared)) => {
            Independent
        }
        (Unlock(_), Unlock(_)) => Independent,
        // A lock is waited for; nobody gives back what another holds.
        (Unlock(_), Lock(_)) => Ordered,
        (Lock(_), Unlock(_)) => Ordered,
        // An attempt shows whether the lock is taken.
        (Lock(_) | TryLock(_), Lock(_) | TryLock(_)) | (Unlock(_), TryLock(_)) | (TryLock(_), Unlock(_)) => Race,

        // Which notification wakes whom is the clocks' affair. One that finds a waiter already notified changes nothing
        // that the order of the two would: who goes on takes the first notification and leaves the later ones to others.
        (Enqueue, Notify) | (Notify, Enqueue) => Race,
        // One notification may have to do for two waiters.
        (Wake, Wake) => Race,
        (Enqueue | Wake | Notify, Enqueue | Wake | Notify) => Independent,

        (Unpark, Unpark) | (Park, Park) => Independent,
        (Park | Unpark, Park | Unpark) => Race,

        // One object is never two of these at once.
        _ => Race,
    }
}

/// Whether two steps of different threads are dependent, in whatever order.
pub(super) fn dependent(a: &Step, b: &Step) -> bool {
    parts(a).into_iter().flatten().any(|(object, part)| {
        parts(b).into_iter().flatten().any(|(other, theirs)| {
            object == other
                && (relate(part, theirs) != Relation::Independent || relate(theirs, part) != Relation::Independent)
        })
    })
}

/// Whether two dependent steps of different threads could be had in the other order, for all that they do themselves.
pub(super) fn may_come_first(late: &Step, early: &Step) -> bool {
    parts(early).into_iter().flatten().any(|(object, part)| {
        let mut theirs = parts(late).into_iter().flatten().filter(|(other, _)| *other == object);
        theirs.any(|(_, theirs)| relate(part, theirs) == Relation::Race)
    })
}
