//! Verdicts, and what a reader must know beside them.

use crate::report::Finding;
use raceproof::explore::subject::Consistency;
use std::fmt;
use std::time::Duration;

/// The rungs of the ladder, cheapest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rung {
    /// One thread: the strategy against the plain struct.
    Sequential,
    /// Every interleaving of small scenarios, with weak memory.
    Loom,
    /// Every interleaving of small scenarios, sequentially consistent: one execution for each inequivalent one.
    Dpor,
    /// Chosen interleavings of larger scenarios, sequentially consistent.
    Shuttle,
    /// Real threads.
    Threads,
    /// The suite itself: does it find a variant that is broken on purpose?
    Mutants,
}

impl Rung {
    /// All of them, cheapest first.
    pub const ALL: [Self; 6] = [Self::Sequential, Self::Loom, Self::Dpor, Self::Shuttle, Self::Threads, Self::Mutants];

    /// The name that tests, summaries and the table use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sequential => "sequential",
            Self::Loom => "loom",
            Self::Dpor => "dpor",
            Self::Shuttle => "shuttle",
            Self::Threads => "threads",
            Self::Mutants => "mutants",
        }
    }

    /// What this rung cannot see, whatever its verdict.
    pub fn blind_spots(self) -> &'static str {
        match self {
            Self::Sequential => "anything that needs two threads",
            Self::Loom => {
                "SeqCst loads and stores count as AcqRel; a store's last 7 values are remembered; wake-ups and \
                 weak exchanges that fail without a reason; larger scenarios"
            }
            Self::Dpor => {
                "weak memory (every ordering counts as SeqCst); wake-ups and weak exchanges that fail without a reason; what \
                 others do while a thread unwinds; larger scenarios"
            }
            Self::Shuttle => {
                "weak memory (every ordering counts as SeqCst); wake-ups and weak exchanges that fail without a reason; \
                 interleavings that were not chosen"
            }
            Self::Threads => "whatever this machine and its scheduler did not happen to do",
            Self::Mutants => "bugs of other kinds than the mutants'",
        }
    }
}

impl fmt::Display for Rung {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a rung can say.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Every interleaving of these scenarios, in this rung's memory model, was run and explained.
    Exhausted,
    /// All that was run was explained; this is what cut it. No proof: real bugs may lie beyond any bound.
    Bounded(String),
    /// Something no order explains, a deadlock, a data race.
    Violation(Box<Finding>),
    /// The rung could not do its work: an engine gave up, or the floor was not reached. Never "ok".
    Unknown(String),
}

impl Verdict {
    /// Whether a test may pass with it.
    pub fn ok(&self) -> bool {
        matches!(self, Self::Exhausted | Self::Bounded(_))
    }

    /// One word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Exhausted => "exhausted",
            Self::Bounded(_) => "bounded",
            Self::Violation(_) => "VIOLATION",
            Self::Unknown(_) => "UNKNOWN",
        }
    }
}

/// Pairs of methods that are told one by one.
const SHOWN: usize = 6;

/// What one rung did.
#[derive(Clone, Debug)]
pub struct RungReport {
    /// Which rung.
    pub rung: Rung,
    /// What it says.
    pub verdict: Verdict,
    /// Scenarios explored to their end.
    pub scenarios: u64,
    /// Of how many, where they can be counted.
    pub of: Option<u64>,
    /// Executions run.
    pub executions: u64,
    /// Different histories checked.
    pub histories: u64,
    /// Wall time.
    pub elapsed: Duration,
    /// What bounds it ran under, for the summary: "preemptions unbounded".
    pub bounds: String,
    /// Pairs of methods of which no execution had a call of the one made while a call of the other was under way.
    pub apart: Vec<(String, String)>,
    /// For [`Rung::Mutants`]: what became of each mutant.
    pub mutants: Vec<MutantReport>,
    /// For rungs that interleave: each method that declares less than linearizability, and whether it could declare more.
    pub levels: Vec<LevelReport>,
    /// For [`Rung::Loom`]: a result that is older than real time allows, where nothing orders the two calls by
    /// happens-before. The memory model allows it and a reader of a Relaxed or Acquire load must expect it, so it is told
    /// and fails nothing.
    pub weak: Option<Box<Finding>>,
    /// What fails nothing and should be looked at: lock orders that may deadlock.
    pub warnings: Vec<String>,
}

/// What was found of a method that declares less than linearizability. That it has what it declares is the verdict's.
#[derive(Clone, Debug)]
pub struct LevelReport {
    /// The method's name.
    pub method: &'static str,
    /// What it declares.
    pub declared: Consistency,
    /// The next stronger level.
    pub stronger: Consistency,
    /// The calls and results of an execution that shows it not to have the stronger one; `None` if none was found.
    pub counterexample: Option<String>,
}

/// "sequentially consistent"
pub(crate) fn adjective(level: Consistency) -> &'static str {
    match level {
        Consistency::Linearizable => "linearizable",
        Consistency::Sequential => "sequentially consistent",
        Consistency::Quiescent => "quiescently consistent",
    }
}

impl fmt::Display for LevelReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, declared, stronger, counterexample } = self;
        let (declared, stronger) = (adjective(*declared), adjective(*stronger));
        match counterexample {
            Some(calls) => write!(f, "`{method}` is {declared}, and not {stronger}, as this execution shows:\n{calls}"),
            None => write!(f, "`{method}` is {declared}; no execution has shown that it is not {stronger} too"),
        }
    }
}

/// What became of one mutant.
#[derive(Clone, Debug)]
pub struct MutantReport {
    /// The mutant's name.
    pub name: &'static str,
    /// How it ended.
    pub fate: Fate,
}

/// How a mutant ended.
#[derive(Clone, Debug)]
pub enum Fate {
    /// A rung found it; with the report that a user would see.
    Killed(Rung, Box<Finding>),
    /// It cannot be told from the original: why.
    Indistinguishable(String),
    /// No call of the type comes to where the mistake would be made: where, and how often it was looked for.
    Unreached(String),
    /// The suite missed it.
    Survived(String),
}

/// What all rungs did.
#[derive(Clone, Debug)]
pub struct Report {
    /// The type's name.
    pub name: String,
    /// The rungs that ran, cheapest first.
    pub rungs: Vec<RungReport>,
    /// Methods that no test calls, each with the reason.
    pub left_out: Vec<(String, String)>,
}

impl Report {
    /// Whether every rung passed.
    pub fn ok(&self) -> bool {
        !self.rungs.is_empty() && self.rungs.iter().all(|rung| rung.verdict.ok())
    }

    /// The first finding.
    pub fn finding(&self) -> Option<&Finding> {
        self.rungs.iter().find_map(|rung| match &rung.verdict {
            Verdict::Violation(finding) => Some(&**finding),
            _ => None,
        })
    }

    /// Executions of all rungs.
    pub fn executions(&self) -> u64 {
        self.rungs.iter().map(|rung| rung.executions).sum()
    }
}

impl fmt::Display for RungReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<10} {:<9} ", self.rung, self.verdict.word())?;
        match self.of {
            Some(of) => write!(f, "{} of {of} scenarios", self.scenarios)?,
            None => write!(f, "{} scenarios", self.scenarios)?,
        }
        write!(f, ", {} executions, {:.2} s", self.executions, self.elapsed.as_secs_f64())?;
        match &self.verdict {
            Verdict::Bounded(bound) => write!(f, " ({bound})")?,
            Verdict::Unknown(why) => write!(f, " ({why})")?,
            Verdict::Exhausted | Verdict::Violation(_) => {}
        }
        if self.weak.is_some() {
            write!(f, "\n           weak: a call may return what was true a moment before it was made")?;
        }
        for warning in &self.warnings {
            write!(f, "\n           warning: {warning}")?;
        }
        for level in &self.levels {
            for line in level.to_string().lines() {
                write!(f, "\n           {line}")?;
            }
        }
        if !self.apart.is_empty() {
            let pairs: Vec<String> = self.apart.iter().take(SHOWN).map(|(a, b)| format!("{a}|{b}")).collect();
            let more = self.apart.len().saturating_sub(SHOWN);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            write!(f, "\n           never overlapped: {}{more}", pairs.join(", "))?;
        }
        for mutant in &self.mutants {
            match &mutant.fate {
                Fate::Killed(rung, _) => write!(f, "\n           mutant {}: killed by {rung}", mutant.name)?,
                Fate::Indistinguishable(why) => {
                    write!(f, "\n           mutant {}: cannot be told apart ({why})", mutant.name)?
                }
                Fate::Unreached(why) => write!(f, "\n           mutant {}: never reached ({why})", mutant.name)?,
                Fate::Survived(why) => write!(f, "\n           mutant {}: SURVIVED ({why})", mutant.name)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.name)?;
        for rung in &self.rungs {
            writeln!(f, "  {rung}")?;
        }
        for (method, reason) in &self.left_out {
            writeln!(f, "  not called: `{method}`, because {reason}")?;
        }
        if let Some(finding) = self.finding() {
            write!(f, "\n{finding}")?;
        }
        Ok(())
    }
}
