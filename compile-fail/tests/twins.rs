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
    statics { counter_as_static_mut, flag_before_the_data, increment_an_atomic, map_filled_on_first_use, totals_as_static_cell, two_atomic_calls, unsafe_around_static_mut }
    sharing { counting_callback, insert_into_shared_map, method_that_changes, read_while_appending, two_closures_one_counter, two_elements }
    sending { change_after_send, closure_given_twice, guard_into_thread, raw_pointer_into_thread, rc_into_thread, refcell_into_thread, tasks_without_send }
    locking { content_without_lock, look_then_act, match_keeps_the_lock, result_not_unwrapped, take_out_of_arc, two_locks_two_orders, write_under_read_lock }
    guards { condvar_takes_the_guard, getter_leaks_reference, move_out_of_guard, reference_after_unlock, touch_after_unlock, two_fields_of_one_guard, wait_without_a_loop }
    channels { receive_under_lock, receiver_in_two_threads, receiver_shared_by_workers, reference_into_channel, send_after_close }
    lifetimes { borrow_of_a_local, borrowed_parameter, freed_while_in_use, join_twice, local_of_the_scope, loop_variable, waits_for_ever }
    tasks { borrow_into_a_task, guard_across_await, guard_across_await_alone, rc_across_await, two_futures_one_counter }
    attribute { closure_under_the_lock, public_field, returned_reference, second_object, two_calls_are_two_sections, waiting_method }
}

twins! {
    guarded:
    statics { counter_as_static_mut, two_atomic_calls }
    sharing { insert_into_shared_map, method_that_changes }
    locking { content_without_lock, look_then_act, match_keeps_the_lock, two_locks_two_orders, write_under_read_lock }
    guards { getter_leaks_reference }
    tasks { guard_across_await }
}

/// Programs that compile and are wrong: compiled here, and never run.
macro_rules! compiled {
    ($($theme:ident { $($case:ident),+ $(,)? })+) => {
        mod compiled {
            pub(crate) const LISTED: &[&str] = &[$($(concat!(stringify!($theme), "/", stringify!($case))),+),+];

            $(mod $theme {
                $(mod $case {
                    // What clippy sees of it is beside the point.
                    #![allow(dead_code, unreachable_pub, clippy::all, clippy::undocumented_unsafe_blocks)]

                    include!(concat!("../gallery/", stringify!($theme), "/", stringify!($case), "/compiles.rs"));
                })+
            })+
        }
    };
}

compiled! {
    statics { flag_before_the_data, two_atomic_calls, unsafe_around_static_mut }
    locking { look_then_act, match_keeps_the_lock, two_locks_two_orders }
    guards { wait_without_a_loop }
    channels { receive_under_lock }
    lifetimes { waits_for_ever }
    tasks { guard_across_await_alone }
    attribute { two_calls_are_two_sections }
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
