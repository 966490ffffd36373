//! What a race test came to: each engine's verdict, and every result with a witness.

use super::Outcome;
use crate::report::Finding;
use crate::verdict::{Report, Rung, RungReport, Verdict};
use std::any::TypeId;
use std::fmt;

/// A result that was reached.
#[derive(Clone, Debug)]
pub struct Reached<T> {
    /// The result.
    pub value: T,
    /// Who has reached it.
    pub rungs: Vec<Rung>,
    /// In how many executions.
    pub executions: u64,
    /// Replays one of them: `RACEPROOF_REPLAY='..' cargo test`. Real threads leave none.
    pub token: Option<String>,
}

/// What came of a race test.
#[derive(Clone, Debug)]
pub struct RaceReport<T> {
    /// What each engine says.
    pub report: Report,
    /// Every result that was reached, in the order of their texts.
    pub reached: Vec<Reached<T>>,
    /// Expected results that no engine has reached, where that is no failure: no engine has seen everything.
    pub not_reached: Vec<String>,
    /// What is no failure and should be looked at: lock orders that may deadlock, threads that were left running.
    pub warnings: Vec<String>,
}

impl<T: Outcome> RaceReport<T> {
    /// One engine's part.
    pub(super) fn add(&mut self, report: RungReport, reached: Vec<Reached<T>>, warnings: Vec<String>) {
        for new in reached {
            match self.reached.iter_mut().find(|known| known.value == new.value) {
                Some(known) => {
                    known.executions += new.executions;
                    known.rungs.extend(new.rungs);
                    known.token = known.token.take().or(new.token);
                }
                None => self.reached.push(new),
            }
        }
        for warning in warnings {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        self.report.rungs.push(report);
    }

    /// Whether every engine passed.
    pub fn ok(&self) -> bool {
        self.report.ok()
    }

    /// The first finding.
    pub fn finding(&self) -> Option<&Finding> {
        self.report.finding()
    }
}

impl<T: Outcome> RaceReport<T> {
    /// Whether [`Self::reached`] has every result that sequential consistency allows: dpor has run an execution of each
    /// class.
    pub fn exact(&self) -> bool {
        self.report.rungs.iter().any(|rung| rung.rung == Rung::Dpor && matches!(rung.verdict, Verdict::Exhausted))
    }

    /// What the list of results says of those that are not in it, and which of them need weak memory.
    fn exactness(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if TypeId::of::<T>() == TypeId::of::<()>() || !self.exact() {
            return Ok(());
        }
        let (strong, weak): (Vec<_>, Vec<_>) =
            self.reached.iter().partition(|reached| reached.rungs.contains(&Rung::Dpor));
        let list = |reached: &[&Reached<T>]| {
            reached.iter().map(|reached| format!("{:?}", reached.value)).collect::<Vec<_>>().join(", ")
        };
        writeln!(f, "  with every ordering taken as SeqCst these are all of its results: {}", list(&strong))?;
        if !weak.is_empty() {
            writeln!(f, "  beyond them, by weaker orderings: {}", list(&weak))?;
        }
        Ok(())
    }
}

impl<T: Outcome> fmt::Display for RaceReport<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A function without a result has nothing to list.
        if TypeId::of::<T>() != TypeId::of::<()>() && !self.reached.is_empty() {
            writeln!(f, "{} can return", self.report.name)?;
            for reached in &self.reached {
                let by: Vec<&str> = reached.rungs.iter().map(|rung| rung.name()).collect();
                write!(f, "  {:?}  in {} executions, by {}", reached.value, reached.executions, by.join(", "))?;
                match &reached.token {
                    Some(token) => writeln!(f, "\n      RACEPROOF_REPLAY='{token}' cargo test")?,
                    None => writeln!(f, " (seen, without a witness to replay)")?,
                }
            }
        }
        self.exactness(f)?;
        if !self.not_reached.is_empty() {
            let missing = self.not_reached.join(", ");
            writeln!(
                f,
                "  expected and not reached, which is no failure since no engine has run everything: {missing}"
            )?;
        }
        for warning in &self.warnings {
            writeln!(f, "warning: {warning}")?;
        }
        write!(f, "{}", self.report)
    }
}
