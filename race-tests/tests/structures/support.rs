//! How a structure is judged.

use raceproof_test::{Explorer, Finding, Kind, Subject};
use std::time::Instant;

/// Seeds where nobody says otherwise.
const FEW: u64 = 1;
/// Executions that a bug may take. A count and not a time, which would be the machine's load; the time is printed.
const PATIENCE: u64 = 60_000;

/// `RACEPROOF_SEEDS`, or one: each test explores with each seed.
pub fn seeds() -> impl Iterator<Item = u64> {
    let count = match std::env::var("RACEPROOF_SEEDS") {
        Ok(text) => text.trim().parse().unwrap_or_else(|_| panic!("RACEPROOF_SEEDS={text}: a number of seeds")),
        Err(_) => FEW,
    };
    // Far apart, and the same in every run.
    (0..count).map(|number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5eed)
}

/// A correct structure: every rung passes, with every seed, and nothing was left out of it.
pub fn passes(subject: Subject) {
    let mut complaints = Vec::new();
    for seed in seeds() {
        let report = Explorer::new(subject.clone()).seed(seed).budget(0.0).run();
        if !report.ok() {
            complaints.push(format!("seed {seed}: the correct structure is not ok\n{report}"));
        } else if report.rungs.len() != raceproof_test::Rung::ALL.len() - 1 {
            complaints.push(format!("seed {seed}: a rung is missing\n{report}"));
        }
    }
    none(&complaints);
}

/// A broken structure: some rung finds it, with every seed. Gives back what the first seed found.
pub fn fails(subject: Subject, kind: Kind) -> Finding {
    fails_as(subject, &[kind])
}

/// The same, where one mistake shows in several ways and the seed says in which first.
pub fn fails_as(subject: Subject, kinds: &[Kind]) -> Finding {
    let (mut first, mut complaints) = (None, Vec::new());
    for seed in seeds() {
        let began = Instant::now();
        let report = Explorer::new(subject.clone()).seed(seed).budget(0.0).run();
        let (elapsed, executions) = (began.elapsed(), report.rungs.iter().map(|rung| rung.executions).sum::<u64>());
        println!("{}, seed {seed}: {executions} executions, {:.1} s", subject.name(), elapsed.as_secs_f64());
        match report.finding() {
            None => complaints.push(format!("seed {seed}: the bug is missed\n{report}")),
            Some(finding) if !kinds.contains(&finding.kind) => {
                complaints.push(format!("seed {seed}: found as {:?}, not as {kinds:?}\n{finding}", finding.kind));
            }
            Some(_) if executions > PATIENCE => {
                complaints.push(format!("seed {seed}: it took {executions} executions"))
            }
            Some(finding) => {
                first.get_or_insert_with(|| finding.clone());
            }
        }
    }
    none(&complaints);
    first.expect("there is at least one seed")
}

/// All seeds are heard before one of them fails the test.
fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "{} seeds complain:\n{}", complaints.len(), complaints.join("\n"));
}
