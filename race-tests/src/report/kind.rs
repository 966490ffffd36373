//! The kinds of failure, each with its headline.

#[cfg(doc)]
use raceproof::explore::subject::Consistency;
use raceproof::explore::world::FailureKind;

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// No sequential order of the operations explains their results.
    NotLinearizable,
    /// The same with the reads that declare [`Consistency::Sequential`], and with each thread's order alone.
    NotSequentiallyConsistent,
    /// The same with the reads that declare [`Consistency::Quiescent`], where only moments without a call under way count.
    NotQuiescentlyConsistent,
    /// On one thread already, the strategy returned something else than the plain struct.
    Differs,
    /// The plain struct, run twice, returned different things: not a race.
    Nondeterministic,
    /// Every thread waits.
    Deadlock,
    /// Two unordered accesses, one of them exclusive.
    DataRace,
    /// Too many steps: a spin loop, or a livelock.
    StepBound,
    /// A panic outside any operation: in a constructor, in a thread that the type started.
    Panic,
    /// All threads were done, and the method with `#[invariant]` panicked.
    Invariant,
    /// Nothing happened any more.
    Hung,
    /// Something that cannot be explored.
    Refused,
    /// The same schedule, taken twice, went two ways: the code under test depends on more than the schedule.
    Uncontrolled,
    /// A race test returned something that is not among its outcomes.
    UnexpectedOutcome,
    /// No execution of a race test returns one of its outcomes.
    MissingOutcome,
    /// No failure: an execution that was asked for.
    Witness,
}

impl Kind {
    pub(crate) fn of(failure: FailureKind) -> Self {
        match failure {
            FailureKind::Deadlock => Self::Deadlock,
            FailureKind::DataRace => Self::DataRace,
            FailureKind::StepBound => Self::StepBound,
            FailureKind::Nondeterminism => Self::Uncontrolled,
            FailureKind::Refused => Self::Refused,
            FailureKind::Panic => Self::Panic,
            FailureKind::Invariant => Self::Invariant,
            FailureKind::Hung => Self::Hung,
        }
    }

    /// The headline.
    pub fn title(self) -> &'static str {
        match self {
            Self::NotLinearizable => "not linearizable: no order of these calls explains what they returned",
            Self::NotSequentiallyConsistent => {
                "not sequentially consistent, as it declares: no order that keeps each thread's own explains it"
            }
            Self::NotQuiescentlyConsistent => {
                "not quiescently consistent, as it declares: no order within the stretches between quiet moments explains it"
            }
            Self::Differs => "differs from the plain struct, on one thread already",
            Self::Nondeterministic => {
                "nondeterministic: the plain struct itself returns different things, so this is no race"
            }
            Self::Deadlock => "deadlock: every thread waits for another",
            Self::DataRace => "data race: two accesses that nothing orders",
            Self::StepBound => "no end in sight: more steps than the bound (a spin loop, or a livelock)",
            Self::Panic => "a panic outside any operation",
            Self::Invariant => "an invariant does not hold, now that all threads are done",
            Self::Hung => "hung: an operation neither returns nor reaches raceproof's facade",
            Self::Refused => "cannot be explored",
            Self::Uncontrolled => "uncontrolled nondeterminism: the same schedule went two ways, so this is no race",
            Self::UnexpectedOutcome => "a result that is not among the expected ones",
            Self::MissingOutcome => "an expected result that no execution reaches",
            Self::Witness => "an execution that ends well",
        }
    }
}
