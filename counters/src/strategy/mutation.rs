//! Mutations: the ways in which a strategy can be told to be broken, so that the suite has something to find.
//!
//! A strategy asks [`broken`] at the one place where the mistake would be made, and names the mistake in its list
//! ([`Strategy::MUTATIONS`](super::Strategy::MUTATIONS)). In a build that ships the answer is a constant, and the mistake
//! is compiled out; in an exploration it is yes for the execution that was told so, and for no other.

/// A mistake that a strategy makes on request, in an exploration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Mutation {
    /// A compare-exchange replaced by a store: what others wrote in between is gone.
    CasBecomesStore,
    /// Every ordering weakened to Relaxed: the type's own memory is right, what its callers publish with it is not.
    OrderingsRelaxed,
    /// A writer is let in beside readers: it takes the side of the lock that readers share.
    WriterBesideReaders,
    /// A key's operation goes to another key's shard.
    WrongShard,
    /// A method of the whole object takes its shards one at a time, where it says that it takes them together.
    ShardsOneAtATime,
    /// A stripe is left out of the sum.
    StripeNotSummed,
    /// A reply goes to another caller than the one that asked.
    ReplyToAnother,
    /// A reply is never sent.
    ReplyLost,
    /// Who sleeps is not woken.
    WakeUpLost,
    /// What lies in a mailbox when the last handle goes is thrown away.
    DrainSkipped,
    /// The writer does not wait for readers to leave the copy that it is about to change.
    ReaderNotWaitedFor,
    /// Two threads that each write and then look may miss each other: no barrier stands between the write and the look.
    BarrierLeftOut,
    /// A read looks at a copy of the state that is no longer the current one.
    StaleRead,
    /// A change is made to one of two copies and not to the other.
    AppliedOnce,
    /// A change is made to the copy that nobody reads, and never shown.
    NeverPublished,
    /// Operations that wait are run in another order than they came in.
    OrderNotKept,
    /// An operation is run twice.
    RunTwice,
    /// What the first call makes is handed to the others without an order.
    FirstUseUnordered,
    /// What the first call makes is made by two first calls, and the second one's takes the place of the first one's.
    FirstUseTwice,
    /// A reply is made without what lies in its senders' own queues.
    RingsNotEmptied,
    /// A reply is made after one look at each of the senders' own queues, whatever comes into those that were looked at.
    RingsEmptiedOnce,
    /// No mistake, but a mischance, which no strategy lists: the operating system starts no thread for an actor. Nothing may
    /// be lost by it.
    NoThreadToBeHad,
}

impl Mutation {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::CasBecomesStore,
        Self::OrderingsRelaxed,
        Self::WriterBesideReaders,
        Self::WrongShard,
        Self::ShardsOneAtATime,
        Self::StripeNotSummed,
        Self::ReplyToAnother,
        Self::ReplyLost,
        Self::WakeUpLost,
        Self::DrainSkipped,
        Self::ReaderNotWaitedFor,
        Self::BarrierLeftOut,
        Self::StaleRead,
        Self::AppliedOnce,
        Self::NeverPublished,
        Self::OrderNotKept,
        Self::RunTwice,
        Self::FirstUseUnordered,
        Self::FirstUseTwice,
        Self::RingsNotEmptied,
        Self::RingsEmptiedOnce,
        Self::NoThreadToBeHad,
    ];

    /// The name that tokens, summaries and tables use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CasBecomesStore => "cas_becomes_store",
            Self::OrderingsRelaxed => "orderings_relaxed",
            Self::WriterBesideReaders => "writer_beside_readers",
            Self::WrongShard => "wrong_shard",
            Self::ShardsOneAtATime => "shards_one_at_a_time",
            Self::StripeNotSummed => "stripe_not_summed",
            Self::ReplyToAnother => "reply_to_another",
            Self::ReplyLost => "reply_lost",
            Self::WakeUpLost => "wake_up_lost",
            Self::DrainSkipped => "drain_skipped",
            Self::ReaderNotWaitedFor => "reader_not_waited_for",
            Self::BarrierLeftOut => "barrier_left_out",
            Self::StaleRead => "stale_read",
            Self::AppliedOnce => "applied_once",
            Self::NeverPublished => "never_published",
            Self::OrderNotKept => "order_not_kept",
            Self::RunTwice => "run_twice",
            Self::FirstUseUnordered => "first_use_unordered",
            Self::FirstUseTwice => "first_use_twice",
            Self::RingsNotEmptied => "rings_not_emptied",
            Self::RingsEmptiedOnce => "rings_emptied_once",
            Self::NoThreadToBeHad => "no_thread_to_be_had",
        }
    }

    /// What is broken, as a clause that goes after the type's name and a comma.
    pub const fn about(self) -> &'static str {
        match self {
            Self::CasBecomesStore => "with a store in place of its compare-exchange",
            Self::OrderingsRelaxed => "with every ordering weakened to Relaxed",
            Self::WriterBesideReaders => "with a writer let in beside readers",
            Self::WrongShard => "with a key's operation sent to another key's shard",
            Self::ShardsOneAtATime => "with its shards taken one at a time",
            Self::StripeNotSummed => "with a stripe left out of the sum",
            Self::ReplyToAnother => "with replies sent to another caller",
            Self::ReplyLost => "with a reply that is never sent",
            Self::WakeUpLost => "with a wake-up that is never given",
            Self::DrainSkipped => "with its mailbox thrown away instead of drained",
            Self::ReaderNotWaitedFor => {
                "with a writer that does not wait for readers to leave the copy that it changes"
            }
            Self::BarrierLeftOut => "with no barrier between a thread's write and its look at what others wrote",
            Self::StaleRead => "with reads of a copy that is no longer current",
            Self::AppliedOnce => "with changes made to one of its two copies",
            Self::NeverPublished => "with changes that are never shown",
            Self::OrderNotKept => "with waiting operations run in another order",
            Self::RunTwice => "with operations run twice",
            Self::FirstUseUnordered => "with what its first call makes handed to others without an order",
            Self::FirstUseTwice => "with what its first call makes made by two first calls",
            Self::RingsNotEmptied => "with replies made before its senders' queues are emptied",
            Self::RingsEmptiedOnce => "with replies made after one look at each of its senders' queues",
            Self::NoThreadToBeHad => "with an operating system that starts no thread for it",
        }
    }

    /// The mutation of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|mutation| mutation.name() == name)
    }
}

/// Whether the execution under way is to make this mistake. What ships makes none.
#[cfg(not(feature = "explore"))]
#[inline(always)]
#[allow(dead_code, reason = "a strategy that has nothing to break does not ask")]
pub(crate) const fn broken(_mutation: Mutation) -> bool {
    false
}

#[cfg(feature = "explore")]
pub(crate) use crate::explore::mutation::broken;

#[cfg(test)]
mod tests {
    use super::Mutation;

    #[test]
    fn each_mutation_is_listed_once_and_has_a_name_of_its_own() {
        for (at, mutation) in Mutation::ALL.iter().enumerate() {
            assert_eq!(Mutation::ALL.iter().position(|other| other == mutation), Some(at));
            assert_eq!(Mutation::parse(mutation.name()), Some(*mutation));
            assert!(mutation.about().starts_with("with "), "{mutation:?}");
        }
        assert_eq!(Mutation::parse("lost_update"), None, "that one is the kit's own");
    }
}
