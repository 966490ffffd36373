//! What went wrong with an execution, read from the engines' words.

use super::{Refused, take_last_panic};

/// How an execution failed outside any operation's result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What it was.
    pub kind: FailureKind,
    /// The engine's or the panic's words.
    pub message: String,
    /// Where it was raised, where that is known.
    pub location: Option<String>,
}

/// Kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureKind {
    /// Every thread waits.
    Deadlock,
    /// Two accesses to a cell or an atomic that nothing orders, one of them exclusive.
    DataRace,
    /// More steps than the bound: a spin loop, a livelock, or a scenario that is too large.
    StepBound,
    /// The code under test did something else when the same path was taken again.
    Nondeterminism,
    /// The facade cannot carry an operation, and says which.
    Refused,
    /// A thread panicked where no operation catches it.
    Panic,
    /// All threads were done, and the object was not as its `#[invariant]` says.
    Invariant,
    /// The code under test did nothing for too long.
    Hung,
}

impl Failure {
    /// Reads a panic's payload, in the engines' words.
    pub fn from_payload(payload: &(dyn std::any::Any + Send)) -> Self {
        let location = take_last_panic().and_then(|(_, location)| location);
        if let Some(Refused(message)) = payload.downcast_ref() {
            return Self { kind: FailureKind::Refused, message: message.clone(), location };
        }
        let message = payload
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_else(|| "a panic without a message".to_owned());
        Self { kind: kind_of(&message, location.as_deref()), message, location }
    }

    /// A panic of the method that says what must hold when nothing is under way.
    pub fn invariant(name: &str, payload: &(dyn std::any::Any + Send)) -> Self {
        let Self { message, location, .. } = Self::from_payload(payload);
        Self { kind: FailureKind::Invariant, message: format!("`{name}` panics: {message}"), location }
    }

    pub(super) fn from_last_panic() -> Self {
        let (message, location) = take_last_panic().unwrap_or_else(|| ("the engine gave up".to_owned(), None));
        Self { kind: kind_of(&message, location.as_deref()), message, location }
    }
}

/// The engines tell their failures apart by their words alone; these are loom 0.7.2's and shuttle 0.9.9's.
fn kind_of(message: &str, location: Option<&str>) -> FailureKind {
    let lower = message.to_lowercase();
    // loom counts an execution's preemptions in a byte. So many are two threads that spin, each until the other goes on.
    let counter = |at: &str| at.replace('\\', "/").contains("/loom-0.7.2/src/rt/path.rs");
    if lower.contains("attempt to add with overflow") && location.is_some_and(counter) {
        return FailureKind::StepBound;
    }
    if lower.contains("deadlock") {
        FailureKind::Deadlock
    } else if lower.contains("causality violation")
        // In the midst of an access that another one overlaps.
        || lower.contains("currently writing to cell")
        || lower.contains("currently reading from cell")
    {
        FailureKind::DataRace
    } else if lower.contains("maximum number of branches") || lower.contains("exceeded max_steps") {
        FailureKind::StepBound
    } else if lower.contains("is the model fully deterministic") || lower.contains("nondeterminism") {
        FailureKind::Nondeterminism
    } else {
        FailureKind::Panic
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_overflows_in_loom_is_a_bound_and_in_code_a_panic() {
        let kind = |location| kind_of("attempt to add with overflow", Some(location));
        assert_eq!(kind("/registry/src/index/loom-0.7.2/src/rt/path.rs:487:20"), FailureKind::StepBound);
        assert_eq!(kind(r"C:\registry\src\index\loom-0.7.2\src\rt\path.rs:487:20"), FailureKind::StepBound);
        assert_eq!(kind("src/rt/path.rs:487:20"), FailureKind::Panic);
    }
}
