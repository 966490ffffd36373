//! Plain depth-first search: every task that could run, at every switch.

use raceproof::explore::engine::shuttle::{Director, Ending, Switch};

/// The search, with no reduction at all.
pub(super) struct Plain {
    /// The tasks at each switch of the way under way, and which of them is taken.
    way: Vec<(Vec<usize>, usize)>,
    depth: usize,
    left: u64,
    stuck: Box<dyn FnMut()>,
    /// Whether every way has been taken.
    pub(super) complete: bool,
}

impl Plain {
    /// At most so many executions. `stuck` is called after each that ended with all threads waiting.
    pub(super) fn new(most: u64, stuck: impl FnMut() + 'static) -> Self {
        Self { way: Vec::new(), depth: 0, left: most, stuck: Box::new(stuck), complete: false }
    }
}

impl Director for Plain {
    fn another(&mut self, last: Option<Ending>) -> bool {
        if last == Some(Ending::Abandoned) {
            (self.stuck)();
        }
        if last.is_some() {
            while let Some((tasks, at)) = self.way.last_mut() {
                *at += 1;
                if *at < tasks.len() {
                    break;
                }
                self.way.pop();
            }
            self.complete = self.way.is_empty();
        }
        self.depth = 0;
        self.left = self.left.saturating_sub(1);
        !self.complete && self.left > 0
    }

    fn next(&mut self, at: &Switch<'_>) -> Option<usize> {
        if let Some(current) = at.current.filter(|_| at.unwinding) {
            return Some(current);
        }
        if at.runnable.is_empty() {
            return None;
        }
        if at.runnable.len() == 1 {
            return Some(at.runnable[0]);
        }
        if self.depth == self.way.len() {
            self.way.push((at.runnable.to_vec(), 0));
        }
        let (tasks, taken) = &self.way[self.depth];
        self.depth += 1;
        Some(tasks[*taken])
    }
}
