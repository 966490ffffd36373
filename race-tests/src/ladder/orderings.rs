//! Is each ordering needed? Each is weakened in turn, and the small scenarios are explored again.
//!
//! What breaks without it is a proof that an ordering bears load, with its witness. That nothing broke is none: it holds
//! for these scenarios, these bounds and loom's memory model, and the report says so.

use super::team::{Came, Team};
use super::{Task, investigate};
use crate::explore::{self, Clock, Explored, Limit, Progress, ScenarioEnd};
use crate::options::HARD_CAP;
use crate::options::{Environment, Options};
use crate::orderings::{Need, OrderingSite, Orderings};
use crate::report::Finding;
use crate::scenario::{Resolved, Scenario, Small};
use crate::shrink::Finder;
use crate::subject::Subject;
use raceproof::explore::engine::{Stuck, supervise};
use raceproof::explore::native::Arc;
use raceproof::explore::weaken::{self, Operation, Part, Site, Strength};
use raceproof::explore::world::{self, Failure, FailureKind};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// Seconds for a study when nobody says otherwise: it explores a type once for each weaker ordering.
const BUDGET: f64 = 20.0;
/// The part of the budget that the type as it is written may use.
const BASELINE: f64 = 0.25;
/// Small scenarios that are explored whatever the time: of the type as it is written, and with one ordering weakened.
const FLOOR: usize = 12;
/// Executions of one scenario at most; beyond it a preemption bound takes over.
const EXECUTIONS: u64 = 2_000;
/// That bound.
const BOUND: usize = 2;
/// A bug of message passing hides from a clock that orders events; a result that is older than real time allows shows
/// with no other.
const CLOCKS: [Clock; 2] = [Clock::ProgramOrder, Clock::Observed];

/// Studies every ordering that the small scenarios pass.
pub(crate) fn orderings(subject: &Subject, options: &Options, progress: Arc<Progress>) -> Orderings {
    let began = Instant::now();
    let environment = Environment::get();
    let complaint = environment.complaint.clone().or_else(|| options.complaint()).or_else(|| subject.obstacle());
    if let Some(complaint) = complaint {
        return Orderings::not_studied(subject.name(), complaint);
    }
    let seconds = options.budget.or(environment.budget).unwrap_or(BUDGET);
    let task = Task {
        subject: subject.clone(),
        options: options.clone(),
        seed: environment.seed.unwrap_or(options.seed),
        began,
        deadline: began + Duration::from_secs_f64(seconds),
    };
    let name = subject.name().to_owned();
    let result = supervise(options.patience, move || {
        explore::tell(progress);
        if let Some(why) = task.subject.trial() {
            return Orderings::not_studied(task.subject.name(), why);
        }
        study(&task)
    });
    result.unwrap_or_else(|stuck| Orderings::not_studied(&name, words(stuck)))
}

/// Why an OS thread does not come back.
fn words(stuck: Stuck) -> String {
    match stuck {
        Stuck::Abandoned(failure) => failure.message,
        Stuck::Panicked(payload) => Failure::from_payload(&*payload).message,
    }
}

/// A scenario that holds as it is written, and the sites that it passes.
struct Ground {
    scenario: Scenario,
    sites: BTreeSet<Site>,
}

fn study(task: &Task) -> Orderings {
    let small = Small::new(&task.subject, &task.options, task.seed);
    let mut report = Orderings { of: small.total(), ..Orderings::new(task.subject.name()) };
    let mut grounds = Vec::new();
    let (began, inside) = (task.began, task.clone());
    let baseline = began + task.deadline.saturating_duration_since(began).mul_f64(BASELINE);
    // What is handed out is counted, and not what held: so it does not depend on who was faster.
    let in_time = move |number: usize| began.elapsed() < HARD_CAP && (number < FLOOR || Instant::now() < baseline);
    let scenarios = (0..).zip(small).take_while(move |(number, _)| in_time(*number)).map(|(_, scenario)| scenario);
    let team =
        Team::new(&task.options, scenarios, move |scenario| weaken::study(None, || explore_one(&inside, scenario)))
            .under_loom();
    let failure = team.run(|scenario, came| {
        let ((tried, seen), tainted) = match came {
            Came::Done { result, tainted, .. } => (result, tainted),
            Came::Stuck(stuck, _) => return ControlFlow::Break((words(stuck), None)),
        };
        let (executions, end) = tried.judge(task, scenario, None, tainted);
        report.executions += executions;
        match end {
            Holds::Yes | Holds::WithinABound => {
                // The history's clock is the explorer's own.
                let sites = seen.into_keys().filter(|site| site.file != explore::FILE).collect();
                grounds.push(Ground { scenario: scenario.clone(), sites });
            }
            Holds::Undecided(_) => {}
            Holds::No(finding) => {
                let why = if finding.rests_on_weak_seq_cst() {
                    "it relies on SeqCst loads or stores, which loom takes for less than they are: what loom shows of it \
                     as it is written may be nothing but that"
                } else {
                    "it fails as it is written: mend that first"
                };
                return ControlFlow::Break((why.to_owned(), Some(finding)));
            }
        }
        ControlFlow::Continue(())
    });
    if failure.is_some() {
        return Orderings { failure, ..report };
    }
    report.scenarios = grounds.len() as u64;
    let sites: BTreeSet<Site> = grounds.iter().flat_map(|ground| ground.sites.iter().copied()).collect();
    let count = sites.iter().map(|site| site.weaker().len()).sum::<usize>();
    let mut left = count;
    for site in sites {
        let mut one = OrderingSite { site, weaker: Vec::new() };
        for strength in site.weaker() {
            // The time that is left, shared evenly among what is left.
            let now = Instant::now();
            let share = task.deadline.saturating_duration_since(now) / u32::try_from(left.max(1)).unwrap_or(u32::MAX);
            left = left.saturating_sub(1);
            if implied(&one, strength) {
                continue;
            }
            let need = match same_to_loom(&site, strength) {
                Some(why) => Need::Undecided(why.to_owned()),
                None => weakened(task, &site, strength, &grounds, now + share, &mut report.executions),
            };
            one.weaker.push((strength, need));
        }
        report.sites.push(one);
    }
    report
}

/// Whether a still weaker ordering has been found to suffice.
fn implied(site: &OrderingSite, strength: Strength) -> bool {
    site.weaker.iter().any(|(weaker, need)| {
        let below = match strength {
            Strength::None | Strength::Relaxed => false,
            Strength::Acquire | Strength::Release => matches!(weaker, Strength::None | Strength::Relaxed),
            Strength::AcqRel | Strength::SeqCst => *weaker < strength,
        };
        below && matches!(need, Need::Suffices { .. })
    })
}

/// Why loom cannot tell the written ordering from this one.
fn same_to_loom(site: &Site, strength: Strength) -> Option<&'static str> {
    let access = matches!(site.operation, Operation::Load | Operation::Store) || site.part == Part::Failure;
    (access && site.written == Strength::SeqCst && matches!(strength, Strength::Acquire | Strength::Release))
        .then_some("loom takes SeqCst loads and stores for Acquire and Release, so it cannot tell the two apart")
}

fn weakened(
    task: &Task,
    site: &Site,
    strength: Strength,
    grounds: &[Ground],
    until: Instant,
    executions: &mut u64,
) -> Need {
    let passing: Vec<Scenario> =
        grounds.iter().filter(|ground| ground.sites.contains(site)).map(|ground| ground.scenario.clone()).collect();
    let (all, began, weaker) = (passing.len(), task.began, Some((*site, strength)));
    let in_time = move |number: usize| began.elapsed() < HARD_CAP * 4 && (number < FLOOR || Instant::now() < until);
    let handed = passing.into_iter().enumerate().take_while(move |(number, _)| in_time(*number));
    let inside = task.clone();
    let team = Team::new(&task.options, handed, move |(_, scenario)| {
        weaken::study(weaker, || explore_one(&inside, scenario)).0
    })
    .under_loom();
    let (mut scenarios, mut run, mut within, mut undecided) = (0, 0, false, None);
    let settled = team.run(|(_, scenario), came| {
        let (tried, tainted) = match came {
            Came::Done { result, tainted, .. } => (result, tainted),
            Came::Stuck(stuck, _) => return ControlFlow::Break(Need::Undecided(words(stuck))),
        };
        let (ran, end) = tried.judge(task, scenario, weaker, tainted);
        scenarios += 1;
        run += ran;
        explore::progress(Progress::explored);
        match end {
            Holds::Yes => {}
            Holds::WithinABound => within = true,
            Holds::Undecided(why) => undecided = Some(why),
            Holds::No(finding) if finding.rests_on_weak_seq_cst() => {
                undecided = Some(
                    "it breaks under loom in an execution with SeqCst loads or stores, which loom takes for less than \
                     they are"
                        .to_owned(),
                );
            }
            Holds::No(finding) => return ControlFlow::Break(Need::LoadBearing(finding)),
        }
        ControlFlow::Continue(())
    });
    *executions += run;
    if let Some(need) = settled {
        return need;
    }
    match undecided {
        Some(why) => Need::Undecided(why),
        None => Need::Suffices { scenarios, executions: run, exhausted: !within && scenarios == all as u64 },
    }
}

/// What exploring one scenario came to, clock by clock: without a bound, and within it where that was cut.
struct Tried {
    tries: Vec<(Finder, Explored)>,
    /// The calls: the histories have the numbers of their results.
    _calls: Resolved,
}

enum Holds {
    Yes,
    /// Within the preemption bound, or the limit.
    WithinABound,
    No(Box<Finding>),
    Undecided(String),
}

fn explore_one(task: &Task, scenario: &Scenario) -> Tried {
    let mut tried = Tried { tries: Vec::new(), _calls: scenario.resolve(&task.subject) };
    for clock in CLOCKS {
        for bound in [None, Some(BOUND)] {
            let explored = explore::loom(&task.subject, scenario, clock, bound, Limit::executions(EXECUTIONS));
            let goes_on = matches!(explored.end, ScenarioEnd::Exhausted | ScenarioEnd::Cut) && !world::tainted();
            let exhausted = matches!(explored.end, ScenarioEnd::Exhausted);
            tried.tries.push((Finder::Loom(clock, bound), explored));
            if !goes_on {
                return tried;
            }
            if exhausted {
                break;
            }
        }
    }
    tried
}

impl Tried {
    /// Its executions, and what they say. A failure is made small with the same ordering weakened.
    fn judge(self, task: &Task, scenario: &Scenario, weaker: Option<(Site, Strength)>, tainted: bool) -> (u64, Holds) {
        let (mut executions, mut within) = (0, false);
        for (finder, explored) in self.tries {
            executions += explored.executions;
            within |= matches!(finder, Finder::Loom(_, Some(_)));
            match weaken::study(weaker, || judge(task, scenario, finder, explored, tainted)).0 {
                Holds::Yes | Holds::WithinABound => {}
                end => return (executions, end),
            }
        }
        (executions, if within { Holds::WithinABound } else { Holds::Yes })
    }
}

fn judge(task: &Task, scenario: &Scenario, finder: Finder, explored: Explored, tainted: bool) -> Holds {
    match &explored.end {
        ScenarioEnd::Exhausted => Holds::Yes,
        ScenarioEnd::Cut => Holds::WithinABound,
        ScenarioEnd::Undecided => Holds::Undecided("the checker gave up on a history".to_owned()),
        ScenarioEnd::Waits => Holds::Undecided("every thread waits by right, and loom goes no further".to_owned()),
        ScenarioEnd::TooManyThreads => Holds::Undecided("it needs more threads than loom has".to_owned()),
        ScenarioEnd::Failed(failure, _) if failure.kind == FailureKind::StepBound => {
            Holds::Undecided("it spins under loom, which may show a thread the same old value for ever".to_owned())
        }
        ScenarioEnd::Failed(failure, _) if failure.kind == FailureKind::Refused => {
            Holds::Undecided(failure.message.clone())
        }
        ScenarioEnd::Violation(_) | ScenarioEnd::Failed(..) => {
            Holds::No(Box::new(investigate(task, scenario.clone(), finder, explored, tainted)))
        }
    }
}
