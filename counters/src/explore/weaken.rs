//! Which orderings a program writes, and what it does when one of them is weaker.
//!
//! A study belongs to this OS thread, as an exploration does. While none is under way an atomic operation asks one
//! thread-local flag.

use super::world::{World, current};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;
use std::sync::atomic::Ordering;

/// One ordering in a program: the operation at a location, and which of the operation's orderings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Site {
    /// The source file, as rustc names it.
    pub file: &'static str,
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
    /// What the operation does with its object.
    pub operation: Operation,
    /// Which of its orderings.
    pub part: Part,
    /// The ordering, as it is written.
    pub written: Strength,
}

/// What an atomic operation does, as far as orderings are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// It reads.
    Load,
    /// It writes.
    Store,
    /// It reads and writes in one step.
    Rmw,
    /// It touches no object, and orders what stands before and after it.
    Fence,
}

/// Which ordering of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The only one, or a compare-exchange's when it succeeds.
    Main,
    /// A compare-exchange's when it fails.
    Failure,
}

/// An ordering with an order: what [`Ordering`] lacks for keys. `None` is a fence that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Strength {
    /// The fence is left out.
    None,
    /// Only the operation itself is atomic.
    Relaxed,
    /// What the writer released is seen.
    Acquire,
    /// What came before is handed on.
    Release,
    /// Both.
    AcqRel,
    /// Both, and a total order of all such operations.
    SeqCst,
}

impl Strength {
    fn of(ordering: Ordering) -> Self {
        match ordering {
            Ordering::Relaxed => Self::Relaxed,
            Ordering::Acquire => Self::Acquire,
            Ordering::Release => Self::Release,
            Ordering::AcqRel => Self::AcqRel,
            _ => Self::SeqCst,
        }
    }

    fn ordering(self) -> Option<Ordering> {
        match self {
            Self::None => None,
            Self::Relaxed => Some(Ordering::Relaxed),
            Self::Acquire => Some(Ordering::Acquire),
            Self::Release => Some(Ordering::Release),
            Self::AcqRel => Some(Ordering::AcqRel),
            Self::SeqCst => Some(Ordering::SeqCst),
        }
    }
}

impl fmt::Display for Strength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "no fence",
            Self::Relaxed => "Relaxed",
            Self::Acquire => "Acquire",
            Self::Release => "Release",
            Self::AcqRel => "AcqRel",
            Self::SeqCst => "SeqCst",
        })
    }
}

impl Site {
    /// The orderings that ask for less than the written one, the weakest first; those that the operation may have.
    pub fn weaker(&self) -> Vec<Strength> {
        use Strength::{AcqRel, Acquire, None, Relaxed, Release, SeqCst};
        let all: &[Strength] = match (self.operation, self.written) {
            (_, None) | (Operation::Load | Operation::Store | Operation::Rmw, Relaxed) => &[],
            (Operation::Load, SeqCst) => &[Relaxed, Acquire],
            (Operation::Store, SeqCst) => &[Relaxed, Release],
            (Operation::Load | Operation::Store, _) => &[Relaxed],
            // A failed compare-exchange is a load.
            (Operation::Rmw, SeqCst) if self.part == Part::Failure => &[Relaxed, Acquire],
            (Operation::Rmw, SeqCst) => &[Relaxed, Acquire, Release, AcqRel],
            (Operation::Rmw, AcqRel) => &[Relaxed, Acquire, Release],
            (Operation::Rmw, Acquire | Release) => &[Relaxed],
            (Operation::Fence, SeqCst) => &[None, Acquire, Release, AcqRel],
            (Operation::Fence, AcqRel) => &[None, Acquire, Release],
            (Operation::Fence, _) => &[None],
        };
        all.to_vec()
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// What is being studied.
#[derive(Debug, Default)]
struct Study {
    /// Sites, and how often each was passed.
    seen: BTreeMap<Site, u64>,
    weakened: Option<(Site, Strength)>,
}

thread_local! {
    static STUDYING: Cell<bool> = const { Cell::new(false) };
    static STUDY: RefCell<Study> = RefCell::new(Study::default());
}

/// Studies what `body` explores on this OS thread: with one site's ordering weakened, if one is given. Gives the sites
/// that were passed, each with how often.
pub fn study<R>(weakened: Option<(Site, Strength)>, body: impl FnOnce() -> R) -> (R, BTreeMap<Site, u64>) {
    /// Ends the study, whatever becomes of the body.
    struct End(bool, Option<Study>);
    impl Drop for End {
        fn drop(&mut self) {
            STUDYING.set(self.0);
            if let Some(outer) = self.1.take() {
                STUDY.set(outer);
            }
        }
    }
    let outer = STUDY.replace(Study { seen: BTreeMap::new(), weakened });
    let end = End(STUDYING.replace(true), Some(outer));
    let result = body();
    let seen = STUDY.with_borrow_mut(|study| std::mem::take(&mut study.seen));
    drop(end);
    (result, seen)
}

/// The ordering that an operation is to have.
#[inline]
pub(crate) fn ordering(operation: Operation, written: Ordering, location: &'static Location<'static>) -> Ordering {
    part(operation, Part::Main, written, location)
}

/// The orderings that a compare-exchange is to have, when it succeeds and when it fails.
#[inline]
pub(crate) fn exchange(
    success: Ordering,
    failure: Ordering,
    location: &'static Location<'static>,
) -> (Ordering, Ordering) {
    let operation = Operation::Rmw;
    (part(operation, Part::Main, success, location), part(operation, Part::Failure, failure, location))
}

#[inline]
fn part(operation: Operation, part: Part, written: Ordering, location: &'static Location<'static>) -> Ordering {
    if !STUDYING.get() {
        return written;
    }
    passed(operation, part, written, location).ordering().unwrap_or(written)
}

/// The ordering that a fence is to have, if it is to be there at all.
#[inline]
pub(crate) fn fence(written: Ordering, location: &'static Location<'static>) -> Option<Ordering> {
    if !STUDYING.get() {
        return Some(written);
    }
    passed(Operation::Fence, Part::Main, written, location).ordering()
}

#[cold]
fn passed(operation: Operation, part: Part, written: Ordering, location: &'static Location<'static>) -> Strength {
    let site = Site {
        file: location.file(),
        line: location.line(),
        column: location.column(),
        operation,
        part,
        written: Strength::of(written),
    };
    if current() != World::Loom {
        // A specification in the midst of an execution, which is no part of it.
        return site.written;
    }
    STUDY.with_borrow_mut(|study| {
        *study.seen.entry(site).or_default() += 1;
        match study.weakened {
            Some((weakened, strength)) if weakened == site => strength,
            _ => site.written,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::engine::{End, Flow, loom as engine};
    use super::*;

    #[test]
    fn a_study_sees_each_site_once_and_weakens_one_of_them() {
        let here = Location::caller();
        let pass = |written| ordering(Operation::Load, written, here);
        let outcome = engine::explore(&engine::Config::default(), move || {
            let (_, seen) = study(None, || {
                assert_eq!(pass(Ordering::Acquire), Ordering::Acquire);
                pass(Ordering::Acquire)
            });
            let (site, times) = seen.into_iter().next().expect("one site was passed");
            assert_eq!((site.written, times), (Strength::Acquire, 2));
            let ((), _) = study(Some((site, Strength::Relaxed)), || {
                assert_eq!(pass(Ordering::Acquire), Ordering::Relaxed);
                assert_eq!(pass(Ordering::SeqCst), Ordering::SeqCst, "another site");
            });
            assert_eq!(pass(Ordering::Acquire), Ordering::Acquire, "the study is over");
            Flow::Continue
        });
        assert!(matches!(outcome.end, End::Exhausted), "{outcome:?}");
    }

    #[test]
    fn what_is_weaker_is_legal_for_the_operation() {
        for operation in [Operation::Load, Operation::Store, Operation::Rmw, Operation::Fence] {
            for part in [Part::Main, Part::Failure] {
                for written in
                    [Strength::Relaxed, Strength::Acquire, Strength::Release, Strength::AcqRel, Strength::SeqCst]
                {
                    let site = Site { file: "a.rs", line: 1, column: 1, operation, part, written };
                    // Only a compare-exchange has a second part.
                    if part == Part::Failure && operation != Operation::Rmw {
                        continue;
                    }
                    let reads = operation == Operation::Load || part == Part::Failure;
                    for weaker in site.weaker() {
                        assert!(weaker < written);
                        assert!(
                            !(reads
                                && operation != Operation::Fence
                                && weaker == Strength::Release
                                && written == Strength::SeqCst)
                        );
                        assert_eq!(
                            weaker == Strength::None,
                            operation == Operation::Fence && weaker.ordering().is_none()
                        );
                    }
                }
            }
        }
    }
}
