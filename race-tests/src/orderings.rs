//! What became of each atomic ordering of a type when it was weakened.

use crate::report::Finding;
use std::fmt;

pub use raceproof::explore::weaken::{Operation, Part, Site, Strength};

/// A study of a type's orderings: each is weakened in turn, and the small scenarios are explored again with loom. Made
/// by [`Explorer::orderings`](crate::Explorer::orderings) and `cargo race orderings`. `Display` gives the whole report.
#[derive(Clone, Debug)]
pub struct Orderings {
    /// The type's name.
    pub name: String,
    /// Each ordering that a small scenario passes, by file and line.
    pub sites: Vec<OrderingSite>,
    /// Small scenarios that hold as the type is written; each weaker ordering is explored on those that pass it.
    pub scenarios: u64,
    /// Of how many.
    pub of: u64,
    /// Executions in all.
    pub executions: u64,
    /// Why nothing could be studied, if so; with what fails, where the type fails as it is written.
    pub failure: Option<(String, Option<Box<Finding>>)>,
}

/// One ordering in the source.
#[derive(Clone, Debug)]
pub struct OrderingSite {
    /// Where it is, and what it is.
    pub site: Site,
    /// The weaker orderings that were tried, the weakest first. Those above one that suffices are left out.
    pub weaker: Vec<(Strength, Need)>,
}

/// Whether an ordering is needed where a weaker one was tried.
#[derive(Clone, Debug)]
pub enum Need {
    /// With the weaker one a scenario fails: this is the witness.
    LoadBearing(Box<Finding>),
    /// Nothing failed. No proof beyond these scenarios.
    Suffices {
        /// Scenarios that were explored with it.
        scenarios: u64,
        /// Their executions.
        executions: u64,
        /// Whether each of them was explored to its end, without a bound.
        exhausted: bool,
    },
    /// It cannot be told, and why.
    Undecided(String),
}

impl Orderings {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), sites: Vec::new(), scenarios: 0, of: 0, executions: 0, failure: None }
    }

    pub(crate) fn not_studied(name: &str, why: String) -> Self {
        Self { failure: Some((why, None)), ..Self::new(name) }
    }

    /// Orderings for which a weaker one suffices, within the bounds of the study; each with the weakest.
    pub fn stronger_than_needed(&self) -> impl Iterator<Item = (&Site, Strength)> {
        self.sites.iter().filter_map(|one| {
            let weakest = one.weaker.iter().find(|(_, need)| matches!(need, Need::Suffices { .. }))?;
            Some((&one.site, weakest.0))
        })
    }
}

impl OrderingSite {
    /// The witnesses of what breaks, by the weaker ordering.
    pub fn witnesses(&self) -> impl Iterator<Item = (Strength, &Finding)> {
        self.weaker.iter().filter_map(|(strength, need)| match need {
            Need::LoadBearing(finding) => Some((*strength, &**finding)),
            _ => None,
        })
    }
}

fn what(site: &Site) -> &'static str {
    match (site.operation, site.part) {
        (_, Part::Failure) => "failed compare-exchange",
        (Operation::Load, _) => "load",
        (Operation::Store, _) => "store",
        (Operation::Rmw, _) => "read-modify-write",
        (Operation::Fence, _) => "fence",
    }
}

impl fmt::Display for Orderings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((why, finding)) = &self.failure {
            write!(f, "{}: its orderings were not studied: {why}", self.name)?;
            return match finding {
                Some(finding) => write!(f, "\n\n{finding}"),
                None => writeln!(f),
            };
        }
        if self.sites.is_empty() {
            return writeln!(
                f,
                "{}: no atomic operation of raceproof's facade was passed in {} small scenarios",
                self.name, self.scenarios
            );
        }
        writeln!(
            f,
            "{}: {}, weakened in {} of {} small scenarios under loom, {} executions",
            self.name,
            match self.sites.len() {
                1 => "1 ordering".to_owned(),
                count => format!("{count} orderings, each"),
            },
            self.scenarios,
            self.of,
            self.executions
        )?;
        let mut witnesses = Vec::new();
        for one in &self.sites {
            writeln!(f, "\n{}  {}, {}", one.site, what(&one.site), one.site.written)?;
            if one.weaker.is_empty() {
                writeln!(f, "    as weak as can be")?;
            }
            for (strength, need) in &one.weaker {
                write!(f, "    {strength:<9}")?;
                match need {
                    Need::LoadBearing(finding) => {
                        witnesses.push((one, *strength, finding));
                        writeln!(f, "breaks it: {} (witness {})", finding.kind.title(), witnesses.len())?;
                    }
                    Need::Suffices { scenarios, executions, exhausted } => {
                        let how = if *exhausted { "explored to their end" } else { "within a bound" };
                        writeln!(
                            f,
                            "suffices within these bounds: {scenarios} scenarios {how}, {executions} executions"
                        )?;
                    }
                    Need::Undecided(why) => writeln!(f, "undecided: {why}")?,
                }
            }
        }
        if self.stronger_than_needed().next().is_some() {
            writeln!(
                f,
                "\n\"Suffices\" is no proof: larger scenarios, other callers that rely on the order, and what loom does not \
                 model may need more."
            )?;
        }
        for (number, (one, strength, finding)) in witnesses.iter().enumerate() {
            let number = number + 1;
            writeln!(f, "\nwitness {number}: {} in place of {} at {}", strength, one.site.written, one.site)?;
            writeln!(f, "(its token replays once the source says {strength} there)\n")?;
            write!(f, "{finding}")?;
        }
        Ok(())
    }
}
