//! Types and options that nobody should write: each gets a clear outcome, none hangs, none ends the process.

use raceproof::guarded;
use raceproof_test::{Explorer, Kind, Report, Rung, Subject, Verdict, subject};

/// Explores with as little as the floors allow.
fn explore(subject: Subject) -> Report {
    Explorer::new(subject).budget(0.01).patience(1.0).run()
}

fn unknown(report: &Report) -> &str {
    match &report.rungs[0].verdict {
        Verdict::Unknown(why) => why,
        other => panic!("{other:?}"),
    }
}

#[guarded(tests = off)]
#[derive(Default)]
struct Plain {
    value: u8,
}

#[guarded]
impl Plain {
    pub fn set(&mut self, value: u8) {
        self.value = value;
    }
    pub fn get(&self) -> u8 {
        self.value
    }
}

#[test]
fn absurd_options_are_named() {
    for (threads, operations, part) in
        [(1, 1, "threads = 1"), (6, 1, "threads = 6"), (2, 0, "operations = 0"), (2, 65, "operations = 65")]
    {
        let report = Explorer::new(subject!(Plain)).threads(threads).operations(operations).run();
        assert!(!report.ok());
        assert!(unknown(&report).contains(part), "{report}");
    }
    let report = Explorer::new(subject!(Plain)).budget(f64::NAN).run();
    assert!(unknown(&report).contains("budget"), "{report}");
}

#[guarded(tests = off)]
struct NeedsAnArgument {
    value: u8,
}

#[guarded]
impl NeedsAnArgument {
    pub fn with(value: u8) -> Self {
        Self { value }
    }
    pub fn get(&self) -> u8 {
        self.value
    }
}

#[test]
fn a_type_that_cannot_be_built_says_what_to_write() {
    let report = explore(subject!(NeedsAnArgument));
    assert!(unknown(&report).contains("race_tests!(NeedsAnArgument = NeedsAnArgument::with(..));"), "{report}");
    let report = explore(subject!(NeedsAnArgument = NeedsAnArgument::with(3)));
    assert!(report.ok(), "{report}");
}

#[guarded(tests = off)]
struct PanickingConstructor {
    value: u8,
}

#[guarded]
impl PanickingConstructor {
    pub fn new() -> Self {
        panic!("no such device")
    }
    pub fn get(&self) -> u8 {
        self.value
    }
}

#[test]
fn a_constructor_that_panics_is_named() {
    let report = explore(subject!(PanickingConstructor));
    assert!(!report.ok());
    assert!(unknown(&report).contains("no such device"), "{report}");
}

#[guarded(tests = off)]
#[derive(Default)]
struct Fussy {
    value: u8,
}

#[guarded]
impl Fussy {
    pub fn add(&mut self, #[arg(0..3u8)] amount: u8) {
        self.value += amount;
        assert!(self.value < 2, "too much");
    }
    pub fn get(&self) -> u8 {
        self.value
    }
}

#[test]
fn a_method_that_panics_poisons_and_is_explained() {
    let report = explore(subject!(Fussy));
    assert!(report.ok(), "{report}");
}

#[guarded(tests = off)]
#[derive(Default)]
struct Endless {
    value: u8,
}

#[guarded]
impl Endless {
    pub fn spin(&mut self) {
        loop {
            std::hint::black_box(&mut self.value);
        }
    }
}

#[test]
fn a_method_that_never_returns_is_named() {
    let report = explore(subject!(Endless));
    let finding = report.finding().unwrap_or_else(|| panic!("{report}"));
    assert_eq!(finding.kind, Kind::Hung);
    let text = finding.to_string();
    let report = Explorer::new(subject!(Endless)).rungs(&[Rung::Loom]).budget(0.01).patience(1.0).run();
    let finding = report.finding().unwrap_or_else(|| panic!("{report}"));
    assert_eq!(finding.kind, Kind::Hung, "{text}");
    let text = finding.to_string();
    assert!(text.contains("spin()") && text.contains("hostile.rs") && text.contains("rp1~"), "{text}");
}

#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Waiting {
    ready: raceproof::sync::Mutex<bool>,
}

#[guarded]
impl Waiting {
    pub fn wait(&self) {
        while !*self.ready.lock().unwrap_or_else(|e| e.into_inner()) {
            raceproof::hint::spin_loop();
        }
    }
}

#[test]
fn a_spin_that_nobody_ends_is_named() {
    // Under loom a spinning thread may see an old value for ever, so loom's word is not enough: shuttle is asked there too.
    for rung in [Rung::Loom, Rung::Shuttle] {
        let report = Explorer::new(subject!(Waiting)).rungs(&[rung]).budget(0.01).run();
        let finding = report.finding().unwrap_or_else(|| panic!("{report}"));
        assert_eq!(finding.kind, Kind::StepBound, "{finding}");
    }
}

#[guarded(tests = off)]
#[derive(Default)]
struct Spawns {
    value: u8,
}

#[guarded]
impl Spawns {
    pub fn start(&mut self) {
        self.value = self.value.wrapping_add(1);
        drop(raceproof::thread::spawn(|| ()));
    }
    pub fn get(&self) -> u8 {
        self.value
    }
}

#[test]
fn threads_that_are_left_alone_are_carried_or_refused() {
    let report = explore(subject!(Spawns));
    // loom has no more than five threads: a scenario that starts more is refused by name.
    match report.finding() {
        None => assert!(report.ok(), "{report}"),
        Some(finding) => assert_eq!(finding.kind, Kind::Refused, "{report}"),
    }
}

#[guarded(tests = off)]
#[derive(Default)]
struct Averages {
    sum: f64,
    count: u32,
}

#[guarded]
impl Averages {
    pub fn add(&mut self, #[arg(0..3u8)] value: u8) {
        self.sum += f64::from(value);
        self.count += 1;
    }
    pub fn average(&self) -> f64 {
        self.sum / f64::from(self.count)
    }
    pub fn both(&self) -> Vec<f64> {
        vec![self.sum / f64::from(self.count), self.sum]
    }
}

#[test]
fn nan_is_a_result_like_any_other() {
    let report = explore(subject!(Averages));
    assert!(report.ok(), "{report}");
    assert!(Explorer::new(subject!(Averages).lost_update()).rungs(&[Rung::Loom]).budget(0.1).run().finding().is_some());
}

macro_rules! many {
    ($($name:ident)*) => {
        #[guarded(tests = off)]
        #[derive(Default)]
        struct Many {
            value: u64,
        }

        #[guarded]
        impl Many {
            $(pub fn $name(&mut self) -> u64 {
                self.value = self.value.wrapping_mul(3).wrapping_add(stringify!($name).len() as u64);
                self.value
            })*
        }
    };
}
many! {
    a00 a01 a02 a03 a04 a05 a06 a07 a08 a09 a10 a11 a12 a13 a14 a15 a16 a17 a18 a19 a20 a21 a22 a23 a24 a25 a26 a27 a28 a29
    a30 a31 a32 a33 a34 a35 a36 a37 a38 a39 a40 a41 a42 a43 a44 a45 a46 a47 a48 a49 a50 a51 a52 a53 a54 a55 a56 a57 a58 a59
    a60 a61 a62 a63 a64
}

#[test]
fn sixty_methods_are_sampled_and_the_rest_is_listed() {
    let subject = subject!(Many);
    assert_eq!(subject.left_out().count(), 1, "{:?}", subject.left_out().collect::<Vec<_>>());
    let report = explore(subject);
    assert!(report.ok(), "{report}");
    let loom = report.rungs.iter().find(|rung| rung.rung == Rung::Loom).expect("it ran");
    assert!(matches!(loom.verdict, Verdict::Bounded(_)), "{report}");
    assert!(loom.of.is_some_and(|of| of > 1_000_000 && loom.scenarios < of), "{report}");
}

#[guarded(tests = off)]
#[derive(Default)]
struct ReadOnly {
    value: u8,
}

#[guarded]
impl ReadOnly {
    pub fn get(&self) -> u8 {
        self.value
    }
}

#[test]
fn a_type_that_nobody_writes_has_no_lost_update() {
    let report = Explorer::new(subject!(ReadOnly)).rungs(&Rung::ALL).budget(0.01).run();
    assert!(report.ok(), "{report}");
    let mutants = &report.rungs.last().expect("the mutants' rung").mutants;
    assert!(matches!(mutants[0].fate, raceproof_test::Fate::Indistinguishable(_)), "{report}");
}

#[guarded(tests = off)]
#[derive(Default)]
struct Silent {
    value: u8,
}

#[guarded]
impl Silent {
    fn hidden(&self) -> u8 {
        self.value
    }
    pub fn apply<T: Into<u8>>(&mut self, value: T) {
        self.value = self.hidden().wrapping_add(value.into());
    }
}

#[test]
fn a_type_without_a_method_to_call_says_why() {
    Silent::default().apply(1);
    let report = explore(subject!(Silent));
    assert!(unknown(&report).contains("apply") && unknown(&report).contains("generic"), "{report}");
}

#[guarded(tests = off)]
#[derive(Default)]
struct Opaque {
    value: u8,
}

struct NoGenerator;
struct NotComparable(#[allow(dead_code)] u8);

#[guarded]
impl Opaque {
    pub fn take(&mut self, _what: NoGenerator) {
        self.value += 1;
    }
    pub fn look(&self) -> NotComparable {
        NotComparable(self.value)
    }
    pub fn get(&self) -> u8 {
        self.value
    }
}

#[test]
fn what_cannot_be_called_is_left_out_and_listed() {
    let subject = subject!(Opaque);
    let left_out: Vec<_> = subject.left_out().collect();
    assert_eq!(left_out.len(), 2, "{left_out:?}");
    assert!(left_out[0].0 == "take" && left_out[0].1.contains("NoGenerator"), "{left_out:?}");
    assert!(left_out[1].0 == "look" && left_out[1].1.contains("PartialEq"), "{left_out:?}");
    assert!(explore(subject).ok());
}

// A floor is counted, not timed: no budget at all still runs it.
#[test]
fn a_tiny_budget_still_runs_the_floor() {
    let report = explore(subject!(Plain));
    assert!(report.ok(), "{report}");
    for rung in &report.rungs {
        let floor = match rung.rung {
            Rung::Sequential => 128,
            Rung::Loom | Rung::Dpor => 28,
            Rung::Shuttle => 20,
            Rung::Threads => 10,
            Rung::Mutants => 0,
        };
        assert!(rung.scenarios >= floor.min(rung.of.unwrap_or(u64::MAX)), "{rung}");
    }
}

#[guarded(tests = off)]
#[derive(Default)]
struct Careless {
    value: u8,
}

#[guarded]
impl Careless {
    pub fn start(&mut self) {
        self.value = self.value.wrapping_add(1);
        let value = self.value;
        raceproof::thread::spawn(move || assert!(value < 2, "one is enough"));
    }
}

#[test]
fn a_panic_in_a_thread_that_nobody_joins_is_found() {
    let report = Explorer::new(subject!(Careless)).rungs(&[Rung::Shuttle]).budget(0.0).run();
    let finding = report.finding().unwrap_or_else(|| panic!("{report}"));
    assert_eq!(finding.kind, Kind::Panic, "{finding}");
    assert!(finding.to_string().contains("one is enough"), "{finding}");
}
