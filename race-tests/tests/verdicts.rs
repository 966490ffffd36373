//! What a person sees: a test that runs tests. The red ones below do nothing unless this file's own driver asks them to.

use raceproof::guarded;
use raceproof::sync::Mutex;
use raceproof_test::__private::{Rung, run};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Two locked sections, and whoever comes between them is lost: under a read lock nobody is kept out.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct TwoSteps {
    value: Mutex<u32>,
}

#[guarded]
impl TwoSteps {
    pub fn increment(&self) {
        let seen = *self.value.lock().unwrap_or_else(|e| e.into_inner());
        *self.value.lock().unwrap_or_else(|e| e.into_inner()) = seen + 1;
    }
    pub fn get(&self) -> u32 {
        *self.value.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// Two locks in two orders.
#[guarded(rwlock, tests = off)]
#[derive(Default)]
struct Crossed {
    left: Mutex<u32>,
    right: Mutex<u32>,
}

#[guarded]
impl Crossed {
    pub fn there(&self) -> u32 {
        let left = self.left.lock().unwrap_or_else(|e| e.into_inner());
        *left + *self.right.lock().unwrap_or_else(|e| e.into_inner())
    }
    pub fn back(&self) -> u32 {
        let right = self.right.lock().unwrap_or_else(|e| e.into_inner());
        *right + *self.left.lock().unwrap_or_else(|e| e.into_inner())
    }
}

/// A type with more scenarios than a test has time for.
#[guarded(tests = off)]
#[derive(Default)]
struct Wide {
    value: u64,
}

#[guarded]
impl Wide {
    pub fn add(&mut self, amount: u64) {
        self.value = self.value.wrapping_add(amount);
    }
    pub fn swap(&mut self, value: u64) -> u64 {
        std::mem::replace(&mut self.value, value)
    }
    pub fn multiply(&mut self, factor: u64) {
        self.value = self.value.wrapping_mul(factor);
    }
    pub fn get(&self) -> u64 {
        self.value
    }
}

fn red() -> bool {
    std::env::var_os("RACEPROOF_RED_TESTS").is_some()
}

macro_rules! red_tests {
    ($($name:ident: $rung:ident, $type:ty, $($strict:literal)?;)*) => { $(
        #[test]
        fn $name() {
            if red() {
                let subject = raceproof_test::__subject! {
                    $type; name = stringify!($type); ; { $(strict: $strict)? }
                };
                run(Rung::$rung, subject);
            }
        }
    )* };
}

red_tests! {
    planted_two_steps_sequential: Sequential, TwoSteps,;
    planted_two_steps_loom: Loom, TwoSteps,;
    planted_two_steps_shuttle: Shuttle, TwoSteps,;
    planted_crossed_loom: Loom, Crossed,;
    planted_crossed_shuttle: Shuttle, Crossed,;
    planted_wide_loom: Loom, Wide,;
    planted_wide_strict: Loom, Wide, true;
}

struct Outcome {
    ok: bool,
    text: String,
}

/// Runs red tests of this file whose names contain `filter`, in a process of their own.
fn run_red(filter: &str, folder: &Path, variables: &[(&str, &str)]) -> Outcome {
    assert!(!red(), "a driver among the driven: it would start itself without end");
    let this = std::env::current_exe().expect("a test binary");
    let output = Command::new(this)
        .args([filter, "--nocapture", "--test-threads=1"])
        .env("RACEPROOF_RED_TESTS", "1")
        .env("RACEPROOF_REGRESSIONS", folder)
        .env("RACEPROOF_BUDGET", "0.05")
        .env("RUST_BACKTRACE", "0")
        .env_remove("RACEPROOF_REPLAY")
        .envs(variables.iter().copied())
        .output()
        .expect("the test binary runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    Outcome { ok: output.status.success(), text }
}

/// An empty folder of this test's own, gone at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("raceproof-verdicts-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The token in a report.
fn token(text: &str) -> &str {
    let at = text.find("RACEPROOF_REPLAY='").unwrap_or_else(|| panic!("no token in\n{text}"));
    text[at..].split('\'').nth(1).expect("a closing quote")
}

#[test]
fn a_lost_update_is_red_kept_and_replayed_in_the_first_execution() {
    for (name, found_by) in [("planted_two_steps_loom", "found by loom"), ("planted_two_steps_shuttle", "found by")] {
        let folder = Folder::new(name);
        let first = run_red(name, &folder.0, &[]);
        assert!(!first.ok, "{}", first.text);
        for part in [found_by, "increment()", "verdicts.rs:", "why no order explains it", "kept in", "#[test]"] {
            assert!(first.text.contains(part), "no `{part}` in\n{}", first.text);
        }
        // Kept, and run first the next time.
        let second = run_red("planted_two_steps", &folder.0, &[]);
        assert!(!second.ok && second.text.contains("known since"), "{}", second.text);
        // The token replays it, and nothing else.
        let replayed = run_red("planted_", &folder.0, &[("RACEPROOF_REPLAY", token(&first.text))]);
        assert!(!replayed.ok);
        assert!(replayed.text.contains("replayed, in the first execution"), "{}", replayed.text);
        assert!(replayed.text.contains("1 failed"), "only the token's own rung: {}", replayed.text);
        // Where its type is not, all pass, and it is said that this means nothing.
        let elsewhere = run_red("planted_crossed", &folder.0, &[("RACEPROOF_REPLAY", token(&first.text))]);
        assert!(elsewhere.ok, "{}", elsewhere.text);
        let told = "RACEPROOF_REPLAY is a token of `verdicts::TwoSteps`";
        assert_eq!(elsewhere.text.matches(told).count(), 1, "{}", elsewhere.text);
        assert!(elsewhere.text.contains("If none fails, nothing was replayed"), "{}", elsewhere.text);
    }
}

#[test]
fn a_deadlock_is_red_and_replayed_and_does_not_abort() {
    for name in ["planted_crossed_loom", "planted_crossed_shuttle"] {
        let folder = Folder::new(name);
        let first = run_red(name, &folder.0, &[]);
        assert!(!first.ok, "{}", first.text);
        for part in ["deadlock", "there()", "back()", "waits in lock of Mutex", "verdicts.rs:"] {
            assert!(first.text.contains(part), "no `{part}` in\n{}", first.text);
        }
        assert!(first.text.contains("test result: FAILED"), "the process lived on: {}", first.text);
        let replayed = run_red("planted_", &folder.0, &[("RACEPROOF_REPLAY", token(&first.text))]);
        assert!(replayed.text.contains("replayed, in the first execution"), "{}", replayed.text);
    }
}

#[test]
fn what_was_cut_says_so_and_strict_fails() {
    let folder = Folder::new("wide");
    let cut = run_red("planted_wide_loom", &folder.0, &[("RACEPROOF_BUDGET", "0.01")]);
    assert!(cut.ok, "{}", cut.text);
    assert!(cut.text.contains("bounded") && cut.text.contains("scenarios"), "{}", cut.text);
    assert!(!cut.text.contains("exhausted"), "{}", cut.text);
    let strict = run_red("planted_wide_strict", &folder.0, &[("RACEPROOF_BUDGET", "0.01")]);
    assert!(!strict.ok && strict.text.contains("`strict` demands"), "{}", strict.text);
}

#[test]
fn malformed_files_and_variables_fail_by_name() {
    let folder = Folder::new("malformed");
    let file = folder.0.join("verdicts--TwoSteps.txt");
    let token_of_another_version = "# a comment\n\nrp0~verdicts::TwoSteps~loom";
    for text in
        ["rubbish\n", token_of_another_version, "rp1~verdicts::TwoSteps~loom.order~~increment+increment~~~00000000\n"]
    {
        std::fs::write(&file, text).expect("written");
        let outcome = run_red("planted_two_steps_sequential", &folder.0, &[]);
        assert!(!outcome.ok && outcome.text.contains("verdicts--TwoSteps.txt:"), "{}", outcome.text);
    }
    std::fs::write(&file, [0xff, 0xfe, 0x00]).expect("written");
    let outcome = run_red("planted_two_steps_sequential", &folder.0, &[]);
    assert!(!outcome.ok && outcome.text.contains("not UTF-8"), "{}", outcome.text);
    std::fs::remove_file(&file).expect("there");
    let outcome = run_red("planted_two_steps_sequential", &folder.0, &[("RACEPROOF_BUDGET", "plenty")]);
    assert!(!outcome.ok && outcome.text.contains("RACEPROOF_BUDGET=plenty"), "{}", outcome.text);
    let outcome = run_red("planted_two_steps_sequential", &folder.0, &[("RACEPROOF_REPLAY", "nonsense")]);
    assert!(!outcome.ok && outcome.text.contains("RACEPROOF_REPLAY: the token cannot be used"), "{}", outcome.text);
}
