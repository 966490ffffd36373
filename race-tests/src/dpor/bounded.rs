//! The same with a bound on preemptions, so that what is too large for the whole search gets a bound that was completed.
//!
//! A bound and a reduction do not simply go together. The reduction runs one execution of each class, and that one may have
//! more preemptions than the bound allows where another of its class has not. So, as in Coons, Musuvathi and McKinley
//! (*Bounded Partial-Order Reduction*, OOPSLA 2013), a race is a reason to come back to more than one place: to the step
//! that came early, and, conservatively, to where the run of steps of its thread began, since a switch there may cost
//! nothing. Each thread's last such step counts, whatever else orders the two. Nobody is left asleep: what was run from
//! there before may have had fewer preemptions left.
//!
//! A preemption is a switch away from a thread that could have gone on. One that turns in circles and is held back could not.

use super::{Dpor, Places, Threads, bit};
use crate::dpor::locks::Locks;
use crate::dpor::relation::may_come_first;
use raceproof::explore::world::watch::{self, Step};

impl Dpor {
    /// Who is to be chosen at a new node, for a start.
    pub(super) fn wanted_at_first(&self, chosen: usize, _free: Threads) -> Threads {
        #[cfg(test)]
        if self.everybody {
            return _free;
        }
        bit(chosen)
    }

    /// Comes back to wherever a dependent step could have been had sooner.
    pub(super) fn learn_within_bound(&mut self) {
        #[cfg(test)]
        watch::with_log(|log| _ = self.classes.insert(super::Clocks::of(log, log.len()).class()));
        watch::with_log(|log| {
            let place = Places::of(log, &self.nodes);
            let fresh = self.nodes.get(self.fresh).map_or(log.len(), |node| node.entry);
            for (index, step) in log.iter().enumerate().skip(fresh) {
                self.come_back(&place, &log[..index], step);
            }
            // Who waits at the end would have gone on, had it come sooner.
            for thread in 0..log.iter().map(|step| step.thread + 1).max().unwrap_or(0) {
                if let Some(step) = Locks::blocked(thread) {
                    self.come_back(&place, log, &step);
                }
            }
        });
        self.fresh = self.nodes.len();
    }

    fn come_back(&mut self, place: &Places, before: &[Step], late: &Step) {
        let mut seen: Threads = bit(late.thread);
        for (index, step) in before.iter().enumerate().rev() {
            if seen & bit(step.thread) != 0 || !may_come_first(late, step) {
                continue;
            }
            seen |= bit(step.thread);
            let Some(from) = place.node[index] else { continue };
            self.want(from, late.thread);
            let runner = self.nodes[from].chosen;
            let begun = self.nodes[..from].iter().rposition(|node| node.chosen != runner).map_or(0, |last| last + 1);
            self.want(begun, late.thread);
        }
    }

    /// This thread is to be chosen here, some time; if it cannot, whoever can may lead to it.
    fn want(&mut self, node: usize, thread: usize) {
        let node = &mut self.nodes[node];
        node.wanted |= if node.enabled & bit(thread) != 0 { bit(thread) } else { node.enabled };
    }
}
