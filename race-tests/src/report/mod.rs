//! Findings: a failure, told so that it can be understood without the source open.
//!
//! A finding is made of texts, all taken from the evidence when it is made; showing it runs no code of the user's.

mod coherence;
mod explain;
mod kind;
mod steps;
mod table;

use crate::check;
use crate::check::levels::{self, Promise, View};
use crate::detect;
use crate::explore::{Clock, Evidence};
use crate::mutant::Mutant;
use crate::scenario::Scenario;
use crate::subject::Subject;
use crate::token::{Engine, Token};
use crate::verdict::Rung;
use raceproof::explore::event::Event;
use raceproof::explore::subject::Consistency;
use raceproof::explore::world::Failure;
use std::collections::HashSet;
use std::fmt;

pub(crate) use explain::{CHANCE, failure as failure_lines};
pub use kind::Kind;
pub(crate) use steps::calls;

use steps::{Column, Step, begins, columns, step_text, steps, waits_begun};

/// A failure, ready to be shown. `Display` gives the whole report.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What went wrong.
    pub kind: Kind,
    /// The type's name.
    pub subject: String,
    /// Replays exactly this execution: `RACEPROOF_REPLAY='..' cargo test`.
    pub token: String,
    /// The scenario that is left after shrinking.
    pub scenario: Scenario,
    by_hand: bool,
    mutant: Option<Mutant>,
    engine: Engine,
    replay_command: Option<&'static str>,
    seq_cst: bool,
    /// An atomic whose operations C11 allows in no order, in an execution of loom's.
    impossible: Option<String>,
    found_by: String,
    details: Vec<String>,
    columns: Vec<Column>,
    steps: Vec<Step>,
    why: Vec<String>,
    /// Old values that loads have seen, and what would have ordered them.
    memory: Vec<String>,
    /// What another thread did between a look and what came of it.
    between: Vec<String>,
    /// Free code: there is no scenario.
    free: bool,
    /// A thread was stopped in an attempt to take a lock, which never waits.
    stuck_in_an_attempt: bool,
}

/// All that a finding is made from.
pub(crate) struct Material<'a> {
    pub(crate) subject: &'a Subject,
    pub(crate) scenario: &'a Scenario,
    pub(crate) engine: Engine,
    pub(crate) evidence: &'a Evidence,
    pub(crate) schedule: Option<Vec<u16>>,
    pub(crate) bound: Option<usize>,
    pub(crate) replays: bool,
}

impl Finding {
    /// A history that nothing explains.
    pub(crate) fn violation(material: &Material<'_>) -> Self {
        let operations = material.scenario.resolve(material.subject);
        let history = &material.evidence.history;
        let judged = levels::judge(material.subject, &operations, history, check::BUDGET);
        let promise = judged.broken.unwrap_or(Promise::All(Consistency::Linearizable));
        let kind = match promise.level() {
            Consistency::Linearizable => Kind::NotLinearizable,
            Consistency::Sequential => Kind::NotSequentiallyConsistent,
            Consistency::Quiescent => Kind::NotQuiescentlyConsistent,
        };
        let mut finding = Self::new(kind, material);
        finding.why = explain::why(material.subject, &View::of(&operations, history, promise), promise.level());
        finding
    }

    /// An execution that the engine gave up on.
    pub(crate) fn failure(failure: &Failure, material: &Material<'_>) -> Self {
        let mut finding = Self::new(Kind::of(failure.kind), material);
        finding.details.extend(explain::failure(failure, &material.evidence.trace));
        finding
    }

    /// Something that was found without an interleaving.
    pub(crate) fn plain(kind: Kind, material: &Material<'_>, details: Vec<String>) -> Self {
        let mut finding = Self::new(kind, material);
        finding.details.extend(details);
        finding
    }

    /// A finding of free code, which is its own scenario.
    pub(crate) fn free(
        kind: Kind,
        name: &str,
        rung: Rung,
        token: Option<String>,
        found_by: String,
        details: Vec<String>,
        trace: &[Event],
    ) -> Self {
        let step =
            |event: &Event, text: String| Step { thread: event.thread, text, location: event.location.to_string() };
        let begun = waits_begun(trace);
        let steps = trace
            .iter()
            .enumerate()
            .flat_map(|(at, event)| {
                let begins = begun.get(&at).into_iter().flatten().map(|wait| step(wait, begins(wait)));
                begins.chain([step(event, step_text(event))]).collect::<Vec<_>>()
            })
            .collect();
        let engine = match rung {
            Rung::Loom => Engine::Loom(Clock::ProgramOrder),
            Rung::Threads => Engine::Threads,
            _ => Engine::Shuttle,
        };
        let memory = if rung == Rung::Loom { detect::old_values(trace) } else { Vec::new() };
        Self {
            kind,
            subject: name.to_owned(),
            token: token.unwrap_or_default(),
            scenario: Scenario::default(),
            by_hand: false,
            mutant: None,
            engine,
            replay_command: None,
            seq_cst: weak_seq_cst(trace),
            found_by,
            details,
            columns: Vec::new(),
            steps,
            why: Vec::new(),
            impossible: None,
            memory,
            between: if acts_on_what_it_saw(kind) { detect::between(trace) } else { Vec::new() },
            free: true,
            stuck_in_an_attempt: false,
        }
    }

    /// The same, where it may be nothing but the engine's weaker notion of something.
    pub(crate) fn doubted(mut self, why: &str) -> Self {
        self.details.insert(0, format!("inconclusive: {why}"));
        self
    }

    fn new(kind: Kind, material: &Material<'_>) -> Self {
        let Material { subject, scenario, engine, evidence, .. } = material;
        let token = Token {
            path: subject.inner.path.clone(),
            mutant: subject.mutant,
            engine: *engine,
            scenario: (*scenario).clone(),
            schedule: material.schedule.clone(),
        };
        let mut details = Vec::new();
        details.extend(explain::grade(kind, *engine));
        if !material.replays {
            details.push(
                "it was seen once and could not be repeated: run the test again, or raise RACEPROOF_BUDGET".to_owned(),
            );
        }
        Self {
            kind,
            subject: subject.name().to_owned(),
            token: token.write(subject),
            scenario: (*scenario).clone(),
            by_hand: subject.inner.by_hand,
            mutant: subject.mutant,
            engine: *engine,
            replay_command: subject.inner.options.replay_command,
            seq_cst: weak_seq_cst(&evidence.trace),
            impossible: impossible(*engine, scenario, evidence),
            found_by: explain::found_by(*engine, evidence.execution, material.bound),
            details,
            columns: columns(subject, scenario, &evidence.history),
            steps: steps(subject, scenario, &evidence.trace, &evidence.history),
            why: Vec::new(),
            memory: match engine {
                Engine::Loom(_) if kind != Kind::Deadlock => detect::old_values(&evidence.trace),
                _ => Vec::new(),
            },
            // A mutant's steps are the kit's own.
            between: match subject.mutant {
                None if acts_on_what_it_saw(kind) => detect::between(&evidence.trace),
                _ => Vec::new(),
            },
            free: false,
            stuck_in_an_attempt: kind == Kind::Deadlock && detect::stuck_in_an_attempt(&evidence.trace),
        }
    }
}

/// Failures whose cause may be that a thread acted on what it had seen, which was no longer so.
fn acts_on_what_it_saw(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::NotLinearizable
            | Kind::NotSequentiallyConsistent
            | Kind::NotQuiescentlyConsistent
            | Kind::Invariant
            | Kind::Panic
            | Kind::UnexpectedOutcome
    )
}

/// Whether loom's taking SeqCst loads and stores for AcqRel may have made this execution possible.
///
/// The total order of SeqCst operations forbids nothing that coherence allows as long as they are all on one object: it
/// takes two (store buffering, or independent reads of independent writes). A fence is on all objects.
pub(crate) fn weak_seq_cst(trace: &[Event]) -> bool {
    let total = || trace.iter().filter(|event| event.action.ends_with("(SeqCst)"));
    let fence = total().any(|event| event.action == "fence(SeqCst)");
    let objects: HashSet<_> = total().map(|event| event.object).collect();
    let plain = total().any(|event| matches!(event.action, "load(SeqCst)" | "store(SeqCst)"));
    plain && (fence || objects.len() > 1)
}

/// The atomic that makes an execution of loom's impossible.
fn impossible(engine: Engine, scenario: &Scenario, evidence: &Evidence) -> Option<String> {
    let Engine::Loom(clock) = engine else { return None };
    let observed = (clock == Clock::Observed).then_some(&evidence.history);
    let parallel = scenario.threads.first().map_or(0, Vec::len);
    coherence::impossible(&evidence.trace, scenario.prefix.len(), parallel, observed)
}

/// "A" is the first thread, which is the one that runs what comes before and after too.
pub(crate) fn letter(thread: usize) -> char {
    char::from(b'A' + u8::try_from(thread % 26).unwrap_or(0))
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let broken = self.mutant.map_or(String::new(), |mutant| format!(", {} (a mutant)", mutant.about()));
        writeln!(f, "{}{broken}: {}", self.subject, self.title())?;
        writeln!(f, "  {}", self.found_by)?;
        for detail in &self.details {
            writeln!(f, "  {detail}")?;
        }
        if !self.free {
            writeln!(f, "\nscenario")?;
            table::scenario(f, &self.columns)?;
        }
        if !self.steps.is_empty() {
            table::steps(f, self.columns.len(), &self.steps)?;
        }
        if !self.memory.is_empty() {
            writeln!(f, "\nold values that were seen")?;
            for line in &self.memory {
                writeln!(f, "  {line}")?;
            }
        }
        if !self.between.is_empty() {
            writeln!(f, "\nwhat came in between")?;
            for line in &self.between {
                writeln!(f, "  {line}")?;
            }
        }
        if !self.why.is_empty() {
            writeln!(f, "\nwhy no order explains it")?;
            for line in &self.why {
                writeln!(f, "  {line}")?;
            }
        }
        if matches!(self.kind, Kind::Refused) || self.token.is_empty() {
            return Ok(());
        }
        writeln!(f, "\nreplay exactly this")?;
        match self.replay_command {
            Some(command) => writeln!(f, "  {command} '{}'", self.token)?,
            None => writeln!(f, "  RACEPROOF_REPLAY='{}' cargo test", self.token)?,
        }
        if self.free {
            writeln!(f, "or keep it with the test")?;
            writeln!(f, "  #[race_test(replay = \"{}\")]", self.token)?;
        } else if self.mutant.is_none() && self.replay_command.is_none() {
            let name: String =
                self.subject.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
            writeln!(f, "or keep it as a test")?;
            writeln!(f, "  #[test]")?;
            writeln!(f, "  fn {}_keeps_its_word() {{", name.trim_matches('_'))?;
            writeln!(f, "      raceproof_test::replay!({}, \"{}\");", self.subject, self.token)?;
            writeln!(f, "  }}")?;
        }
        Ok(())
    }
}

impl Finding {
    /// The headline; what a type written by hand is compared with is its spec.
    fn title(&self) -> String {
        let title = self.kind.title();
        if self.by_hand { title.replace("plain struct", "spec") } else { title.to_owned() }
    }

    /// Whether it is a deadlock of loom's making: see [`detect::stuck_in_an_attempt`].
    pub(crate) fn is_stuck_in_an_attempt(&self) -> bool {
        self.stuck_in_an_attempt
    }

    /// Whether loom found it in an execution with loads or stores that are SeqCst: to loom they are less than that.
    pub(crate) fn rests_on_weak_seq_cst(&self) -> bool {
        self.kind == Kind::NotLinearizable && self.found_by.starts_with("found by loom") && self.seq_cst
    }

    /// Whether loom found it in an execution that C11 forbids.
    pub(crate) fn is_impossible(&self) -> bool {
        self.impossible.is_some()
    }

    /// The same, called what it is worth where no other engine confirms it.
    pub(crate) fn inconclusive(mut self) -> Self {
        self.details = vec![match &self.impossible {
            Some(atomic) => format!(
                "inconclusive: no order of what was done to {atomic} gives each step what it read; loom lets a plain store come \
                 in the middle of a read-modify-write, which no machine does, and shuttle has not seen this"
            ),
            None => "inconclusive: loom takes SeqCst loads and stores for AcqRel, and shuttle, which does not, has not seen \
                     this"
                .to_owned(),
        }];
        self
    }

    /// Adds what a reader must know beside it.
    pub(crate) fn note(&mut self, detail: &str) {
        self.details.push(detail.to_owned());
    }

    /// It was `dpor` that chose its schedule, and shuttle that carries it.
    pub(crate) fn chosen_by_dpor(&mut self, execution: u64) {
        self.found_by = format!("found by dpor, in execution {execution} of this scenario");
    }

    /// The rung that found it.
    pub(crate) fn rung(&self) -> crate::Rung {
        self.engine.rung()
    }

    /// Which engine found it, as a clause: used where only one line is wanted.
    pub fn headline(&self) -> String {
        format!("{}: {} ({})", self.subject, self.title(), self.found_by)
    }
}
