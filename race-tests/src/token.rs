//! Replay tokens: one execution, written down.
//!
//! `rp1~path[:mutant]~engine~prefix~threads~suffix~schedule~check`. A call is a method's name and a code for each
//! argument (`insert.0.3s2`: the value of seed 0, and that of seed 3 simplified twice); calls are separated by `,` and
//! threads by `+`. The schedule is the engine's choices, with `x` for repetitions (`0x7,1`). The check is FNV-1a over all
//! that stands before it: a token that was copied in part is told as such.

use crate::explore::Clock;
use crate::mutant::Mutant;
use crate::scenario::{Call, Scenario};
use crate::subject::Subject;
use raceproof::explore::argument::Code;
use std::fmt;

/// The engine that an execution belongs to, with what else it needs to take the same way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sequential,
    Loom(Clock),
    Shuttle,
    Threads,
}

impl Engine {
    fn name(self) -> String {
        match self {
            Self::Sequential => "sequential".to_owned(),
            Self::Loom(clock) => format!("loom.{}", clock.name()),
            Self::Shuttle => "shuttle".to_owned(),
            Self::Threads => "threads".to_owned(),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text.split_once('.') {
            Some(("loom", clock)) => Clock::parse(clock).map(Self::Loom),
            None if text == "sequential" => Some(Self::Sequential),
            None if text == "shuttle" => Some(Self::Shuttle),
            None if text == "threads" => Some(Self::Threads),
            _ => None,
        }
    }

    /// The rung that replays it.
    pub(crate) fn rung(self) -> crate::Rung {
        match self {
            Self::Sequential => crate::Rung::Sequential,
            Self::Loom(_) => crate::Rung::Loom,
            Self::Shuttle => crate::Rung::Shuttle,
            Self::Threads => crate::Rung::Threads,
        }
    }
}

/// A token, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) path: String,
    pub(crate) mutant: Option<Mutant>,
    pub(crate) engine: Engine,
    pub(crate) scenario: Scenario,
    /// `None`: the scenario is explored, no execution of it is known.
    pub(crate) schedule: Option<Vec<u16>>,
}

/// Why a token cannot be read or does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TokenError(pub(crate) String);

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn wrong<T>(what: impl Into<String>) -> Result<T, TokenError> {
    Err(TokenError(what.into()))
}

/// The longest token that is read: a hostile one must not take all memory.
const LONGEST: usize = 1 << 20;
/// The most choices that a schedule may have.
const MOST_CHOICES: usize = 1 << 20;

/// A token without its check, if that fits. Whose a token is can be told only of a whole one: of what was copied in part
/// every test would say that it is another's, and pass.
pub(crate) fn checked(text: &str) -> Result<&str, TokenError> {
    let text = text.trim();
    if text.len() > LONGEST {
        return wrong("it is longer than a megabyte");
    }
    let Some((body, check)) = text.rsplit_once('~') else {
        return wrong("it has no fields: a token looks like `rp1~path~engine~...`");
    };
    if !text.starts_with("rp1~") {
        return wrong("it does not begin with `rp1~`: it is no token, or one of another version");
    }
    if u32::from_str_radix(check, 16) != Ok(fnv(body)) {
        return wrong("its check does not fit: it was copied in part, or changed");
    }
    Ok(body)
}

/// The type that a token is for, without reading the rest.
pub(crate) fn path_of(token: &str) -> Result<&str, TokenError> {
    match checked(token)?.split('~').nth(1) {
        Some(field) => Ok(Mutant::split(field).0),
        None => wrong("it has no fields: a token looks like `rp1~path~engine~...`"),
    }
}

impl Token {
    /// Writes a token down.
    pub(crate) fn write(&self, subject: &Subject) -> String {
        let calls = |calls: &[Call]| calls.iter().map(|call| write_call(subject, call)).collect::<Vec<_>>().join(",");
        let threads = self.scenario.threads.iter().map(|thread| calls(thread)).collect::<Vec<_>>().join("+");
        let text = format!(
            "rp1~{}{}{}~{}~{}~{threads}~{}~{}",
            self.path,
            if self.mutant.is_some() { ":" } else { "" },
            self.mutant.map_or("", Mutant::name),
            self.engine.name(),
            calls(&self.scenario.prefix),
            calls(&self.scenario.suffix),
            self.schedule.as_deref().map(write_schedule).unwrap_or_default(),
        );
        let check = fnv(&text);
        format!("{text}~{check:08x}")
    }

    /// Reads a token of this subject.
    pub(crate) fn read(text: &str, subject: &Subject) -> Result<Self, TokenError> {
        let fields: Vec<&str> = checked(text)?.split('~').collect();
        let [_, path, engine, prefix, threads, suffix, schedule] = fields[..] else {
            return wrong(format!("it has {} fields, and should have 8", fields.len() + 1));
        };
        let (path, mutant) = Mutant::split(path);
        let Some(engine) = Engine::parse(engine) else {
            return wrong(format!("it names an engine that there is not: `{engine}`"));
        };
        let calls = |text: &str| -> Result<Vec<Call>, TokenError> {
            text.split(',').filter(|call| !call.is_empty()).map(|call| read_call(subject, call)).collect()
        };
        let scenario = Scenario {
            prefix: calls(prefix)?,
            threads: threads.split('+').filter(|t| !t.is_empty()).map(calls).collect::<Result<_, _>>()?,
            suffix: calls(suffix)?,
        };
        if engine != Engine::Sequential
            && let Some(complaint) = scenario.complaint()
        {
            return wrong(format!("its scenario cannot be run: {complaint}"));
        }
        Ok(Self {
            path: path.to_owned(),
            mutant,
            engine,
            scenario,
            schedule: (!schedule.is_empty()).then(|| read_schedule(schedule)).transpose()?,
        })
    }
}

fn write_call(subject: &Subject, call: &Call) -> String {
    let mut text = subject.inner.methods[call.method].name.to_owned();
    for code in &call.codes {
        text += &format!(".{}", code.seed);
        if code.simplify > 0 {
            text += &format!("s{}", code.simplify);
        }
    }
    text
}

fn read_call(subject: &Subject, text: &str) -> Result<Call, TokenError> {
    let mut parts = text.split('.');
    let name = parts.next().unwrap_or_default();
    let Some(method) = subject.inner.methods.iter().position(|info| info.name == name) else {
        return wrong(format!("it calls `{name}`, a method that `{}` does not have any more", subject.name()));
    };
    let codes = parts
        .map(|code| {
            let (seed, simplify) = code.split_once('s').unwrap_or((code, "0"));
            match (seed.parse(), simplify.parse()) {
                (Ok(seed), Ok(simplify)) => Ok(Code { seed, simplify }),
                _ => wrong(format!("`{code}` is no argument's code")),
            }
        })
        .collect::<Result<Vec<_>, _>>()?;
    let arity = subject.inner.methods[method].parameters.len();
    if codes.len() != arity {
        return wrong(format!("it calls `{name}` with {} arguments, and it takes {arity}", codes.len()));
    }
    Ok(Call { method, codes })
}

pub(crate) fn write_schedule(schedule: &[u16]) -> String {
    // loom's first execution makes no choice that is not its own.
    if schedule.is_empty() {
        return "0x0".to_owned();
    }
    let mut runs: Vec<String> = Vec::new();
    for run in schedule.chunk_by(|a, b| a == b) {
        runs.push(if run.len() == 1 { run[0].to_string() } else { format!("{}x{}", run[0], run.len()) });
    }
    runs.join(",")
}

pub(crate) fn read_schedule(text: &str) -> Result<Vec<u16>, TokenError> {
    let mut schedule = Vec::new();
    for run in text.split(',').filter(|run| !run.is_empty()) {
        let (choice, count) = run.split_once('x').unwrap_or((run, "1"));
        match (choice.parse::<u16>(), count.parse::<usize>()) {
            (Ok(choice), Ok(count)) if schedule.len().saturating_add(count) <= MOST_CHOICES => {
                schedule.resize(schedule.len() + count, choice);
            }
            _ => return wrong(format!("`{run}` is no part of a schedule")),
        }
    }
    Ok(schedule)
}

/// FNV-1a, 32 bits (Fowler, Noll, Vo).
pub(crate) fn fnv(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use raceproof::explore::Mutation;
    use raceproof::guarded;

    #[guarded(tests = off)]
    #[derive(Default)]
    struct Pair {
        left: u8,
        right: u8,
    }

    #[guarded]
    impl Pair {
        pub fn set(&mut self, left: u8, right: u8) {
            (self.left, self.right) = (left, right);
        }
        pub fn sum(&self) -> u16 {
            u16::from(self.left) + u16::from(self.right)
        }
    }

    fn call(arity: usize) -> impl Strategy<Value = Call> {
        proptest::collection::vec((any::<u32>(), 0..4_u16), arity).prop_map(move |codes| Call {
            method: usize::from(arity == 0),
            codes: codes.into_iter().map(|(seed, simplify)| Code { seed, simplify }).collect(),
        })
    }

    fn mutants() -> Vec<Option<Mutant>> {
        let mutations = Mutation::ALL.iter().map(|mutation| Some(Mutant::Strategy(*mutation)));
        [None, Some(Mutant::LostUpdate)].into_iter().chain(mutations).collect()
    }

    fn calls(least: usize) -> impl Strategy<Value = Vec<Call>> {
        proptest::collection::vec(prop_oneof![call(0), call(2)], least..4)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            prefix in calls(0), threads in proptest::collection::vec(calls(1), 2..5), suffix in calls(0),
            schedule in proptest::option::of(proptest::collection::vec(0..4_u16, 0..40)),
            mutant in proptest::sample::select(mutants()), engine in 0..4_usize,
        ) {
            let subject = crate::subject!(Pair);
            let engine = [Engine::Loom(Clock::Observed), Engine::Shuttle, Engine::Threads, Engine::Loom(Clock::Unobserved)][engine];
            let token = Token {
                path: subject.inner.path.clone(), mutant, engine, scenario: Scenario { prefix, threads, suffix }, schedule,
            };
            let text = token.write(&subject);
            prop_assert_eq!(path_of(&text), Ok(subject.inner.path.as_str()));
            prop_assert_eq!(Token::read(&text, &subject), Ok(token));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*", cut in any::<prop::sample::Index>()) {
            let subject = crate::subject!(Pair);
            prop_assert!(Token::read(&text, &subject).is_err());
            let body = format!("rp1~{text}");
            let whole = format!("{body}~{:08x}", fnv(&body));
            let _ = Token::read(&whole, &subject);
            let cut = whole.char_indices().nth(cut.index(whole.chars().count())).map_or(0, |(at, _)| at);
            prop_assert!(Token::read(&whole[..cut], &subject).is_err());
        }
    }

    /// Every other test of the binary would pass, without having run anything.
    #[test]
    fn a_part_of_a_token_is_nobody_elses() {
        let body = "rp1~bank::Bank~loom.order~~transfer.0+total~~0x2,1";
        let whole = format!("{body}~{:08x}", fnv(body));
        assert_eq!(path_of(&whole), Ok("bank::Bank"));
        for cut in 0..whole.len() {
            assert!(path_of(&whole[..cut]).is_err(), "{}", &whole[..cut]);
        }
        assert!(path_of(&whole.replace("Bank", "Rank")).is_err() && path_of("rp1~nonsense").is_err());
    }

    #[test]
    fn a_schedule_cannot_take_all_memory() {
        assert!(read_schedule("0x99999999999").is_err());
        assert!(read_schedule(&"0x1000000,".repeat(50)).is_err());
    }
}
