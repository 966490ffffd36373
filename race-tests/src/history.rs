//! Histories: what was called, what came back, and which calls were over before which others began.

use crate::subject::Outcome;

/// One operation of a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Entry {
    /// When it was called. Only comparisons of an `end` with a `start` mean anything.
    pub(crate) start: u32,
    /// When it returned; [`PENDING`] if it did not.
    pub(crate) end: u32,
    /// What came back; `None` if it is pending.
    pub(crate) outcome: Option<Outcome>,
    /// The order in which the engine happened to end them: a hint for the checker, never a constraint.
    pub(crate) hint: u32,
}

/// The end of an operation that did not return.
pub(crate) const PENDING: u32 = u32::MAX;

/// One execution's operations, thread by thread: the prefix is the beginning of the first thread, the suffix its end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct History {
    pub(crate) threads: Vec<Vec<Entry>>,
}

impl History {
    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.threads.iter().flatten()
    }

    /// What makes two histories the same to the checker: the outcomes, and who preceded whom.
    pub(crate) fn key(&self, key: &mut Vec<u32>) {
        key.clear();
        for entry in self.entries() {
            key.push(entry.outcome.map_or(u32::MAX, Outcome::number));
        }
        // Real time counts only as far as it orders: each operation is named by how many of every other thread's
        // operations had ended when it began.
        for (thread, entries) in self.threads.iter().enumerate() {
            for entry in entries {
                for (other, theirs) in self.threads.iter().enumerate() {
                    if other != thread {
                        let before = theirs.partition_point(|their| their.end < entry.start);
                        key.push(before as u32);
                    }
                }
            }
        }
    }
}
