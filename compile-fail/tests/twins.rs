//! The twins run: each is compiled into this test binary, and its `main` is a test of the case's name.
//!
//! They are listed here by hand, since a build script would cost every build, and a test compares the list with the
//! folders.

use std::fs;
use std::path::Path;

use raceproof_gallery::{Case, Gallery};

/// One module a twin, holding the file itself and a test that calls its `main`.
macro_rules! twins {
    ($kind:ident: $($theme:ident { $($case:ident),+ $(,)? })+) => {
        mod $kind {
            pub(crate) const LISTED: &[&str] = &[$($(concat!(stringify!($theme), "/", stringify!($case))),+),+];

            $(mod $theme {
                $(mod $case {
                    // A program has no outside, so that its `pub` is not one that somebody could reach.
                    #![allow(unreachable_pub)]

                    include!(concat!("../gallery/", stringify!($theme), "/", stringify!($case), "/", stringify!($kind), ".rs"));

                    #[test]
                    fn twin() {
                        main();
                    }
                })+
            })+
        }
    };
}

twins! {
    good:
    statics { counter_as_static_mut, totals_as_static_cell, two_atomic_calls, unsafe_around_static_mut }
    sharing { insert_into_shared_map, read_while_appending, two_closures_one_counter }
    sending { change_after_send, rc_into_thread, refcell_into_thread }
    locking { content_without_lock, write_under_read_lock }
    guards { getter_leaks_reference, reference_after_unlock }
}

twins! {
    guarded:
    statics { counter_as_static_mut, two_atomic_calls }
    sharing { insert_into_shared_map }
    locking { content_without_lock, write_under_read_lock }
    guards { getter_leaks_reference }
}

/// Programs that compile and are wrong: compiled here, and never run.
macro_rules! compiled {
    ($($theme:ident { $($case:ident),+ $(,)? })+) => {
        mod compiled {
            pub(crate) const LISTED: &[&str] = &[$($(concat!(stringify!($theme), "/", stringify!($case))),+),+];

            $(mod $theme {
                $(mod $case {
                    #![allow(dead_code, unreachable_pub)]

                    include!(concat!("../gallery/", stringify!($theme), "/", stringify!($case), "/compiles.rs"));
                })+
            })+
        }
    };
}

compiled! {
    statics { two_atomic_calls, unsafe_around_static_mut }
}

fn gallery() -> Gallery {
    Gallery::read(Path::new(env!("CARGO_MANIFEST_DIR")))
        .unwrap_or_else(|problems| panic!("the gallery is not whole:\n{}", problems.join("\n")))
}

#[test]
fn every_twin_is_listed() {
    let gallery = gallery();
    let names = |cases: &mut dyn Iterator<Item = &Case>| cases.map(Case::path).collect::<Vec<_>>();
    assert_eq!(names(&mut gallery.cases()), good::LISTED);
    assert_eq!(names(&mut gallery.cases().filter(|case| case.has_guarded_twin)), guarded::LISTED);
    assert_eq!(names(&mut gallery.cases().filter(|case| case.compiles())), compiled::LISTED);
}

#[test]
fn the_rust_in_a_page_is_from_a_twin() {
    let mut blocks = 0;
    for case in gallery().cases() {
        let twins = ["good.rs", "guarded.rs"].map(|name| fs::read_to_string(case.file(name)).unwrap_or_default());
        let text = [&case.bug, &case.why, &case.instead].map(String::as_str).join("\n");
        for block in text.split("```rust\n").skip(1) {
            let block = block.split("```").next().unwrap_or_default();
            assert!(twins.iter().any(|twin| twin.contains(block)), "{}: no twin has\n{block}", case.path());
            blocks += 1;
        }
    }
    assert!(blocks > 0, "no page has any Rust");
}
