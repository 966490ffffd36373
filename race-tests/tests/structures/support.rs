//! How a structure is judged.

use raceproof_test::{Explorer, Finding, Kind, Subject};

/// Seeds where nobody says otherwise.
const FEW: u64 = 1;

/// `RACEPROOF_SEEDS`, or one: each test explores with each seed.
pub fn seeds() -> impl Iterator<Item = u64> {
    let count = match std::env::var("RACEPROOF_SEEDS") {
        Ok(text) => text.trim().parse().unwrap_or_else(|_| panic!("RACEPROOF_SEEDS={text}: a number of seeds")),
        Err(_) => FEW,
    };
    // Far apart, and the same in every run.
    (0..count).map(|number: u64| number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5eed)
}

/// A correct structure: every rung passes, and nothing was left out of it.
pub fn passes(subject: Subject) {
    for seed in seeds() {
        let report = Explorer::new(subject.clone()).seed(seed).budget(0.0).run();
        assert!(report.ok(), "seed {seed}: the correct structure is not ok\n{report}");
        assert!(report.rungs.len() == raceproof_test::Rung::ALL.len() - 1, "{report}");
    }
}

/// A broken structure: some rung finds it, with every seed. Gives back what the first seed found.
pub fn fails(subject: Subject, kind: Kind) -> Finding {
    let mut first = None;
    for seed in seeds() {
        let began = std::time::Instant::now();
        let report = Explorer::new(subject.clone()).seed(seed).budget(0.0).run();
        let finding = report.finding().unwrap_or_else(|| panic!("seed {seed}: the bug is missed\n{report}"));
        assert_eq!(finding.kind, kind, "seed {seed}\n{finding}");
        assert!(began.elapsed().as_secs() < 10, "seed {seed}: it took {:?}", began.elapsed());
        first.get_or_insert_with(|| finding.clone());
    }
    first.expect("there is at least one seed")
}
