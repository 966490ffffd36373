//! The programs of the gallery that compile, are wrong, and are found by exploring them; and their twins, which hold.
//!
//! They are listed by hand, and compared with the folders. `UPDATE_GALLERY=1` writes the explorer's words beside them.

use std::fs;
use std::path::{Path, PathBuf};

use raceproof_test::{RaceTest, Rung};

macro_rules! programs {
    ($($theme:ident/$case:ident),+ $(,)?) => {
        /// Each case with its program and its twin.
        fn listed() -> Vec<(&'static str, fn(), fn())> {
            $(
                #[allow(dead_code, unreachable_pub)]
                mod $case {
                    pub(crate) mod compiles {
                        include!(concat!("../../compile-fail/gallery/", stringify!($theme), "/", stringify!($case), "/compiles.rs"));
                        pub(crate) fn run() {
                            main();
                        }
                    }
                    pub(crate) mod good {
                        include!(concat!("../../compile-fail/gallery/", stringify!($theme), "/", stringify!($case), "/good.rs"));
                        pub(crate) fn run() {
                            main();
                        }
                    }
                }
            )+
            vec![$((
                concat!(stringify!($theme), "/", stringify!($case)),
                $case::compiles::run as fn(),
                $case::good::run as fn(),
            )),+]
        }
    };
}

programs!(attribute / two_calls_are_two_sections, statics / flag_before_the_data);

fn gallery() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../compile-fail/gallery")
}

/// What two engines say; real threads are left to their luck.
fn explore(name: &str, program: fn()) -> raceproof_test::RaceReport<()> {
    RaceTest::new(name, program).engines(&[Rung::Loom, Rung::Shuttle]).run()
}

/// A report up to how it is replayed, with the program's name for its path, and columns that are no wider than need be.
fn words(report: &str) -> String {
    let report = report.split("\nreplay exactly this").next().unwrap_or(report);
    let mut words = String::new();
    for part in report.split_inclusive(['\n', ' ']) {
        match part.rsplit_once("/compiles.rs") {
            Some((before, after)) => {
                words += &before[..before.find(|c: char| c.is_alphanumeric()).unwrap_or(0)];
                words += "compiles.rs";
                words += after;
            }
            None => words += part,
        }
    }
    words.trim_end().to_owned() + "\n"
}

/// A report without what differs from one search to another and tells nobody anything: the number of the execution that
/// found it, and seconds. All else is what a reader of the page will see.
fn uncounted(words: &str) -> String {
    let mut out = String::new();
    let mut before = "";
    for part in words.split_inclusive([' ', '\n']) {
        let word = part.trim_end();
        let counted = match word.trim_end_matches(',').strip_suffix('s') {
            Some(seconds) if seconds.parse::<f64>().is_ok() => true,
            _ => before == "execution" && word.trim_end_matches(',').parse::<u64>().is_ok(),
        };
        out += if counted { "#" } else { word };
        out += &part[word.len()..];
        before = word;
    }
    out
}

#[test]
fn only_counts_and_times_may_differ() {
    let kept =
        "found by loom, in execution 2, after 0.31s\n  5  AtomicU32 #1: load(Relaxed) -> 0    compiles.rs:15:26\n";
    assert_eq!(uncounted(kept), uncounted(&kept.replace("execution 2", "execution 17").replace("0.31s", "4s")));
    for (is, may_not_be) in [("-> 0", "-> 1"), (":15:", ":16:"), ("loom", "shuttle"), ("  5  ", "  6  "), ("#1", "#2")]
    {
        assert_ne!(uncounted(kept), uncounted(&kept.replace(is, may_not_be)), "{is}");
    }
}

#[test]
fn each_is_found_and_its_twin_is_not() {
    for (name, wrong, right) in listed() {
        let report = explore(name, wrong);
        let finding = report.report.finding().unwrap_or_else(|| panic!("{name}: nothing was found\n{report}"));
        let words = words(&finding.to_string());
        let path = gallery().join(name).join("found.txt");
        if std::env::var_os("UPDATE_GALLERY").is_some() {
            fs::write(&path, &words).expect("the words can be written");
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            uncounted(&kept) == uncounted(&words),
            "{name}: the page shows\n{kept}\nand the explorer says\n{words}\nUPDATE_GALLERY=1 writes it anew"
        );
        let report = explore(name, right);
        assert!(report.report.ok(), "{name}: the twin fails\n{report}");
    }
}

#[test]
fn all_of_the_gallery_that_is_to_be_explored_is_listed() {
    let mut found = Vec::new();
    for theme in fs::read_dir(gallery()).expect("the gallery is there").flatten() {
        for case in fs::read_dir(theme.path()).into_iter().flatten().flatten() {
            let page = fs::read_to_string(case.path().join("case.md")).unwrap_or_default();
            if page.contains("\nrule: explorer\n") {
                let name = |path: &std::fs::DirEntry| path.file_name().to_string_lossy().into_owned();
                found.push(format!("{}/{}", name(&theme), name(&case)));
            }
        }
    }
    found.sort();
    let listed: Vec<&str> = listed().iter().map(|(name, ..)| *name).collect();
    assert_eq!(found, listed);
}
