//! Scenarios: which operations each thread runs.
//!
//! A prefix runs alone before the threads start, a suffix alone after they have ended. Small scenarios are enumerated,
//! larger ones drawn at random.

mod draw;
mod lively;
mod small;

pub(crate) use draw::{Draw, THREADS};
pub(crate) use small::Small;

use crate::subject::{Operation, Outcome, Subject};
use raceproof::explore::argument::Code;
use raceproof::explore::native::Arc;

/// The most threads of a scenario. loom has fewer, and says so; the other engines have no bound of their own.
pub(crate) const MOST_THREADS: usize = 8;

/// One call: a method and the codes of its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Call {
    pub(crate) method: usize,
    pub(crate) codes: Vec<Code>,
}

/// Which operations run, and on which threads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scenario {
    pub(crate) prefix: Vec<Call>,
    pub(crate) threads: Vec<Vec<Call>>,
    pub(crate) suffix: Vec<Call>,
}

impl Scenario {
    /// Operations in all.
    pub fn operations(&self) -> usize {
        self.prefix.len() + self.threads.iter().map(Vec::len).sum::<usize>() + self.suffix.len()
    }

    /// Parallel threads.
    pub fn threads(&self) -> usize {
        self.threads.len()
    }

    /// "2x1", "2x2 after 1": the shape, for a reader.
    pub fn shape(&self) -> String {
        let longest = self.threads.iter().map(Vec::len).max().unwrap_or(0);
        let mut shape = format!("{}x{longest}", self.threads.len());
        if !self.prefix.is_empty() {
            shape += &format!(" after {}", self.prefix.len());
        }
        shape
    }

    /// The operations themselves.
    pub(crate) fn resolve(&self, subject: &Subject) -> Resolved {
        let resolve =
            |thread: usize, calls: &Vec<Call>| calls.iter().map(|call| call.on(thread, subject)).collect::<Vec<_>>();
        Resolved {
            prefix: resolve(0, &self.prefix),
            threads: self.threads.iter().enumerate().map(|(thread, calls)| resolve(thread, calls)).collect(),
            suffix: resolve(0, &self.suffix),
        }
    }

    /// Whether no two threads call methods that only one thread may call.
    pub(crate) fn permitted(&self, subject: &Subject) -> bool {
        let groups = |calls: &[Call]| -> Vec<&'static str> {
            calls.iter().flat_map(|call| subject.inner.methods[call.method].single).copied().collect()
        };
        let all: Vec<Vec<&'static str>> = self.threads.iter().map(|calls| groups(calls)).collect();
        let mut pairs = all.iter().enumerate().flat_map(|(i, one)| all[i + 1..].iter().map(move |other| (one, other)));
        pairs.all(|(one, other)| one.iter().all(|group| !other.contains(group)))
    }

    /// Why no engine could run this, if so.
    pub(crate) fn complaint(&self) -> Option<String> {
        if self.threads.len() < 2 {
            return Some(format!("{} threads: a scenario needs two to interleave", self.threads.len()));
        }
        if self.threads.len() > MOST_THREADS {
            return Some(format!("{} threads: a scenario has at most {MOST_THREADS}", self.threads.len()));
        }
        if self.threads.iter().any(Vec::is_empty) {
            return Some("a thread without operations".to_owned());
        }
        None
    }
}

impl Call {
    /// The operation, called by this thread.
    fn on(&self, thread: usize, subject: &Subject) -> Arc<dyn Operation> {
        let numbered = subject.inner.methods[self.method].thread;
        if numbered.is_empty() {
            return subject.operation(self.method, &self.codes);
        }
        let mut codes = self.codes.clone();
        for &parameter in numbered {
            codes[parameter] = Code { seed: u32::try_from(thread).unwrap_or(0), simplify: 0 };
        }
        subject.operation(self.method, &codes)
    }
}

/// A scenario's operations, ready to run.
#[derive(Clone)]
pub(crate) struct Resolved {
    pub(crate) prefix: Vec<Arc<dyn Operation>>,
    pub(crate) threads: Vec<Vec<Arc<dyn Operation>>>,
    pub(crate) suffix: Vec<Arc<dyn Operation>>,
}

impl Resolved {
    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &dyn Operation> {
        self.prefix.iter().chain(self.threads.iter().flatten()).chain(&self.suffix).map(|operation| &**operation)
    }
}

/// The calls that small scenarios choose from: each method with two or three values an argument.
pub(crate) fn alphabet(subject: &Subject) -> Vec<Call> {
    let mut calls = Vec::new();
    for (method, info) in subject.inner.methods.iter().enumerate() {
        let plain = Call { method, codes: vec![Code::default(); info.parameters.len()] };
        calls.push(plain.clone());
        // A thread's number is not for us to choose.
        let chosen: Vec<usize> = (0..info.parameters.len()).filter(|i| !info.thread.contains(i)).collect();
        let arity = chosen.len();
        // The first argument is usually the key: two keys, and two values of the rest on the first.
        let mut vary = |arguments: std::ops::Range<usize>| {
            let vary = |seed| {
                let mut call = plain.clone();
                for argument in &chosen[arguments.clone()] {
                    call.codes[*argument] = Code { seed, simplify: 0 };
                }
                call
            };
            let text = |call: &Call| subject.operation(call.method, &call.codes).text().to_owned();
            // Values that look alike are alike: a strategy may give the same one for many seeds.
            let differs =
                (1..ATTEMPTS).map(vary).find(|call| text(call) != text(&plain) || text(call).ends_with("(..)"));
            calls.extend(differs);
        };
        if arity > 0 {
            vary(0..1);
        }
        if arity > 1 {
            vary(1..arity);
        }
    }
    calls
}

/// Seeds that are tried for a second value.
const ATTEMPTS: u32 = 16;

/// The calls that end a scenario, so that what was lost is seen: every `&self` method, on the first value of its
/// arguments, at most four. Of a type written by hand, see [`closing_calls`].
pub(crate) fn closing_reads(subject: &Subject) -> Vec<Call> {
    // One that would wait on a fresh object might wait for ever at the end.
    let waits = |method: usize, arity: usize| {
        let operation = subject.operation(method, &vec![Code::default(); arity]);
        subject.specification().apply(&*operation).0 == Outcome::BLOCKED
    };
    if subject.inner.by_hand {
        return closing_calls(subject, waits);
    }
    let methods = subject.inner.methods.iter().enumerate();
    let reads = methods.filter(|(method, info)| !info.exclusive && !waits(*method, info.parameters.len()));
    let mut calls: Vec<(usize, Call)> = reads
        .map(|(method, info)| {
            (info.parameters.len(), Call { method, codes: vec![Code::default(); info.parameters.len()] })
        })
        .collect();
    // Those without arguments see most.
    calls.sort_by_key(|(arity, _)| *arity);
    calls.into_iter().map(|(_, call)| call).take(4).collect()
}

/// Every method of a type written by hand takes `&self`, and some of them take things out. First what leaves the spec as
/// it was, as far as can be seen, at most three; then what takes no arguments and returns something, in turn: it may
/// empty the object, and shows what was in it.
fn closing_calls(subject: &Subject, waits: impl Fn(usize, usize) -> bool) -> Vec<Call> {
    const READS: usize = 3;
    const TAKEN: usize = 3;
    let letters = alphabet(subject);
    let changes = |method: usize, arity: usize| {
        // Fresh, and after one of each: a `pop` of nothing changes nothing.
        letters.iter().map(Some).chain([None]).any(|first| {
            let mut state = subject.specification();
            if let Some(first) = first {
                state.apply(&*first.on(0, subject));
            }
            let before = state.fingerprint();
            state.apply(&*subject.operation(method, &vec![Code::default(); arity]));
            before.is_none() || state.fingerprint() != before
        })
    };
    let methods = subject.inner.methods.iter().enumerate();
    let shown = methods.filter(|(method, info)| info.returns && !waits(*method, info.parameters.len()));
    let (takes, reads): (Vec<_>, Vec<_>) = shown.partition(|(method, info)| changes(*method, info.parameters.len()));
    let call = |method: usize, arity: usize| Call { method, codes: vec![Code::default(); arity] };
    let mut calls: Vec<Call> =
        reads.iter().map(|(method, info)| call(*method, info.parameters.len())).take(READS).collect();
    let takes: Vec<usize> =
        takes.iter().filter(|(_, info)| info.parameters.is_empty()).map(|(method, _)| *method).collect();
    calls.extend(takes.iter().cycle().take(if takes.is_empty() { 0 } else { TAKEN }).map(|method| call(*method, 0)));
    calls
}
