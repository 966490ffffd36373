//! How large the scenarios are that come after the floor, and how many schedules each gets: by what the type costs.
//!
//! The floor is the same for every type. Beyond it a type whose executions take microseconds would see thousands of small
//! scenarios, sixty schedules each, and never a larger one; one whose executions take milliseconds is better off as it is.
//! So the rung measures its own executions, all its workers' together, and grows what is to come.

use crate::scenario::{MOST_THREADS, THREADS};
use raceproof::explore::native::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// The parts of a rung's time of which a scenario may take one.
const PARTS: u32 = 100;
/// Schedules of one scenario at least and at most.
pub(super) const SCHEDULES: u64 = 60;
const MOST_SCHEDULES: u64 = 3_000;
/// Operations a thread: at first, at most, and how many scenarios go by between two steps. Threads grow by one a step too.
const OPERATIONS: usize = 6;
const MOST_OPERATIONS: usize = 12;
const STEP: u64 = 10;

/// What one scenario gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) schedules: u64,
    /// Operations a thread at most.
    pub(super) operations: usize,
    /// Threads at most.
    pub(super) threads: usize,
}

impl Plan {
    pub(super) const FLOOR: Self = Self { schedules: SCHEDULES, operations: OPERATIONS, threads: THREADS };

    /// What the scenario of this number after the floor gets, if there are so many executions a second.
    fn after_floor(number: u64, rate: f64, time: Duration) -> Self {
        let affordable = rate * (time / PARTS).as_secs_f64();
        let schedules = if affordable.is_finite() { affordable as u64 } else { 0 };
        // Twice the operations are more than twice the work: only where there is room for it.
        let steps = if schedules >= 2 * SCHEDULES { usize::try_from(number / STEP).unwrap_or(usize::MAX) } else { 0 };
        Self {
            schedules: schedules.clamp(SCHEDULES, MOST_SCHEDULES),
            operations: OPERATIONS.saturating_add(steps).min(MOST_OPERATIONS),
            threads: THREADS.saturating_add(steps).min(MOST_THREADS),
        }
    }

    pub(super) fn has_grown(self) -> bool {
        self != Self::FLOOR
    }
}

/// What a rung has run so far, and in what time. Relaxed throughout: numbers, which publish nothing.
#[derive(Debug)]
pub(super) struct Pace {
    began: Instant,
    time: Duration,
    ran: AtomicU64,
}

impl Pace {
    /// `time`: what the rung has of it.
    pub(super) fn new(time: Duration) -> Self {
        Self { began: Instant::now(), time, ran: AtomicU64::new(0) }
    }

    pub(super) fn ran(&self, executions: u64) {
        self.ran.fetch_add(executions, Relaxed);
    }

    /// What the scenario of this number gets, where the first ones are the floor.
    pub(super) fn plan(&self, number: u64, floor: u64) -> Plan {
        if number < floor {
            return Plan::FLOOR;
        }
        let rate = self.ran.load(Relaxed) as f64 / self.began.elapsed().as_secs_f64();
        Plan::after_floor(number - floor, rate, self.time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cheap_grows_and_what_is_dear_stays() {
        let time = Duration::from_secs(2);
        assert_eq!(Plan::after_floor(0, 1_000.0, time), Plan::FLOOR);
        assert_eq!(Plan::after_floor(1_000, 1_000.0, time), Plan::FLOOR, "20 executions in a hundredth of the time");
        let plan = |schedules, operations, threads| Plan { schedules, operations, threads };
        assert_eq!(Plan::after_floor(0, 50_000.0, time), plan(1_000, 6, 4));
        assert_eq!(Plan::after_floor(35, 50_000.0, time), plan(1_000, 9, 7));
        assert_eq!(Plan::after_floor(u64::MAX, 1e12, time), plan(3_000, 12, 8));
        assert_eq!(Plan::after_floor(7, f64::NAN, time), Plan::FLOOR);
    }

    #[test]
    fn the_floor_is_the_same_at_any_pace() {
        let pace = Pace::new(Duration::from_secs(1_000));
        pace.ran(1_000_000_000);
        assert_eq!(pace.plan(19, 20), Plan::FLOOR);
        assert!(pace.plan(20, 20).has_grown());
    }
}
