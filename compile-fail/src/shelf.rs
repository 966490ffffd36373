//! The gallery, page by page. Written by `UPDATE_GALLERY=1 cargo test -p raceproof-gallery`, from the cases.

use crate::{CodePage, Shelf, Shown};

/// The themes, in the order in which they are told.
pub static SHELVES: &[Shelf] = &[
    Shelf {
        name: "statics",
        title: "Globals and atomics",
        text: "What stands in a `static` is seen by every thread, from the first line of `main` on.",
        cases: &[
            Shown {
                name: "counter_as_static_mut",
                title: "The global counter as `static mut`",
                sign: "E0133",
                page: include_str!("../pages/statics/counter_as_static_mut.md"),
            },
            Shown {
                name: "flag_before_the_data",
                title: "A flag that is seen before the data",
                sign: "explorer",
                page: include_str!("../pages/statics/flag_before_the_data.md"),
            },
            Shown {
                name: "increment_an_atomic",
                title: "Adding to an atomic with `+=`",
                sign: "E0368",
                page: include_str!("../pages/statics/increment_an_atomic.md"),
            },
            Shown {
                name: "map_filled_on_first_use",
                title: "A global table that is filled on first use",
                sign: "E0015",
                page: include_str!("../pages/statics/map_filled_on_first_use.md"),
            },
            Shown {
                name: "totals_as_static_cell",
                title: "The global totals in a `static Cell`",
                sign: "E0277",
                page: include_str!("../pages/statics/totals_as_static_cell.md"),
            },
            Shown {
                name: "two_atomic_calls",
                title: "Two atomic calls that are not atomic together",
                sign: "atomic_load_store",
                page: include_str!("../pages/statics/two_atomic_calls.md"),
            },
            Shown {
                name: "unsafe_around_static_mut",
                title: "`unsafe` around a `static mut`",
                sign: "static_mut",
                page: include_str!("../pages/statics/unsafe_around_static_mut.md"),
            },
        ],
    },
    Shelf {
        name: "sharing",
        title: "Sharing",
        text: "One value, several threads, and at least one of them changes it.",
        cases: &[
            Shown {
                name: "counting_callback",
                title: "A callback that counts its calls",
                sign: "E0594",
                page: include_str!("../pages/sharing/counting_callback.md"),
            },
            Shown {
                name: "insert_into_shared_map",
                title: "Inserting into a map that is shared by `Arc`",
                sign: "E0596",
                page: include_str!("../pages/sharing/insert_into_shared_map.md"),
            },
            Shown {
                name: "method_that_changes",
                title: "A method that changes a shared object",
                sign: "E0594",
                page: include_str!("../pages/sharing/method_that_changes.md"),
            },
            Shown {
                name: "read_while_appending",
                title: "Reading a list while another thread appends",
                sign: "E0502",
                page: include_str!("../pages/sharing/read_while_appending.md"),
            },
            Shown {
                name: "two_closures_one_counter",
                title: "Two closures that increment one variable",
                sign: "E0499",
                page: include_str!("../pages/sharing/two_closures_one_counter.md"),
            },
            Shown {
                name: "two_elements",
                title: "Two threads that write different elements",
                sign: "E0499",
                page: include_str!("../pages/sharing/two_elements.md"),
            },
        ],
    },
    Shelf {
        name: "sending",
        title: "Sending",
        text: "What may go to another thread, and what is left behind when it has gone.",
        cases: &[
            Shown {
                name: "change_after_send",
                title: "Changing a value after it was sent away",
                sign: "E0382",
                page: include_str!("../pages/sending/change_after_send.md"),
            },
            Shown {
                name: "closure_given_twice",
                title: "One closure for two threads",
                sign: "E0382",
                page: include_str!("../pages/sending/closure_given_twice.md"),
            },
            Shown {
                name: "guard_into_thread",
                title: "A guard that goes into a thread",
                sign: "E0277",
                page: include_str!("../pages/sending/guard_into_thread.md"),
            },
            Shown {
                name: "raw_pointer_into_thread",
                title: "A raw pointer that goes into a thread",
                sign: "E0277",
                page: include_str!("../pages/sending/raw_pointer_into_thread.md"),
            },
            Shown {
                name: "rc_into_thread",
                title: "An `Rc` that goes into a thread",
                sign: "E0277",
                page: include_str!("../pages/sending/rc_into_thread.md"),
            },
            Shown {
                name: "refcell_into_thread",
                title: "An `Arc<RefCell>` that goes into a thread",
                sign: "E0277",
                page: include_str!("../pages/sending/refcell_into_thread.md"),
            },
            Shown {
                name: "tasks_without_send",
                title: "Boxed jobs that may not be sent",
                sign: "E0277",
                page: include_str!("../pages/sending/tasks_without_send.md"),
            },
        ],
    },
    Shelf {
        name: "locking",
        title: "Locking",
        text: "The lock is there; the question is whether it is taken, and which kind.",
        cases: &[
            Shown {
                name: "content_without_lock",
                title: "Using a mutex's content without locking it",
                sign: "E0599",
                page: include_str!("../pages/locking/content_without_lock.md"),
            },
            Shown {
                name: "look_then_act",
                title: "Looking under one lock, acting under the next",
                sign: "check_then_act",
                page: include_str!("../pages/locking/look_then_act.md"),
            },
            Shown {
                name: "match_keeps_the_lock",
                title: "A `match` that keeps the lock",
                sign: "double_lock_call",
                page: include_str!("../pages/locking/match_keeps_the_lock.md"),
            },
            Shown {
                name: "result_not_unwrapped",
                title: "Locking without asking what the last owner left behind",
                sign: "E0599",
                page: include_str!("../pages/locking/result_not_unwrapped.md"),
            },
            Shown {
                name: "take_out_of_arc",
                title: "Taking the data out of a mutex that may still be shared",
                sign: "E0507",
                page: include_str!("../pages/locking/take_out_of_arc.md"),
            },
            Shown {
                name: "two_locks_two_orders",
                title: "Two locks in two orders",
                sign: "lock_order",
                page: include_str!("../pages/locking/two_locks_two_orders.md"),
            },
            Shown {
                name: "write_under_read_lock",
                title: "Writing under a read lock",
                sign: "E0594",
                page: include_str!("../pages/locking/write_under_read_lock.md"),
            },
        ],
    },
    Shelf {
        name: "guards",
        title: "Guards",
        text: "A guard is the time for which a lock is held; nothing borrowed from it lasts longer.",
        cases: &[
            Shown {
                name: "condvar_takes_the_guard",
                title: "A guard that was given to a condition variable",
                sign: "E0382",
                page: include_str!("../pages/guards/condvar_takes_the_guard.md"),
            },
            Shown {
                name: "getter_leaks_reference",
                title: "A getter that leaks a reference to locked data",
                sign: "E0515",
                page: include_str!("../pages/guards/getter_leaks_reference.md"),
            },
            Shown {
                name: "move_out_of_guard",
                title: "Moving the data out from under its lock",
                sign: "E0507",
                page: include_str!("../pages/guards/move_out_of_guard.md"),
            },
            Shown {
                name: "reference_after_unlock",
                title: "Using a reference after the guard is dropped",
                sign: "E0505",
                page: include_str!("../pages/guards/reference_after_unlock.md"),
            },
            Shown {
                name: "touch_after_unlock",
                title: "Using the data after unlocking",
                sign: "E0382",
                page: include_str!("../pages/guards/touch_after_unlock.md"),
            },
            Shown {
                name: "two_fields_of_one_guard",
                title: "Two fields through one guard",
                sign: "E0499",
                page: include_str!("../pages/guards/two_fields_of_one_guard.md"),
            },
            Shown {
                name: "wait_without_a_loop",
                title: "Waking up and not looking again",
                sign: "condvar_without_loop",
                page: include_str!("../pages/guards/wait_without_a_loop.md"),
            },
        ],
    },
    Shelf {
        name: "channels",
        title: "Channels",
        text: "Sharing memory by communicating: who sends gives away, and who receives is alone with what came.",
        cases: &[
            Shown {
                name: "receive_under_lock",
                title: "Waiting for a message with the lock held",
                sign: "blocking_under_lock",
                page: include_str!("../pages/channels/receive_under_lock.md"),
            },
            Shown {
                name: "receiver_in_two_threads",
                title: "Two readers that each expect every message",
                sign: "E0382",
                page: include_str!("../pages/channels/receiver_in_two_threads.md"),
            },
            Shown {
                name: "receiver_shared_by_workers",
                title: "Workers that share a receiver",
                sign: "E0277",
                page: include_str!("../pages/channels/receiver_shared_by_workers.md"),
            },
            Shown {
                name: "reference_into_channel",
                title: "Sending a reference to a buffer that is used again",
                sign: "E0597",
                page: include_str!("../pages/channels/reference_into_channel.md"),
            },
            Shown {
                name: "send_after_close",
                title: "Sending on a closed channel",
                sign: "E0382",
                page: include_str!("../pages/channels/send_after_close.md"),
            },
        ],
    },
    Shelf {
        name: "lifetimes",
        title: "Threads that outlive what they use",
        text: "When does the thread end, and what is gone by then?",
        cases: &[
            Shown {
                name: "borrow_of_a_local",
                title: "A thread that borrows a local variable",
                sign: "E0373",
                page: include_str!("../pages/lifetimes/borrow_of_a_local.md"),
            },
            Shown {
                name: "borrowed_parameter",
                title: "A thread that keeps what was only lent",
                sign: "E0521",
                page: include_str!("../pages/lifetimes/borrowed_parameter.md"),
            },
            Shown {
                name: "freed_while_in_use",
                title: "Freeing what a thread still uses",
                sign: "E0505",
                page: include_str!("../pages/lifetimes/freed_while_in_use.md"),
            },
            Shown {
                name: "join_twice",
                title: "Joining a thread twice",
                sign: "E0382",
                page: include_str!("../pages/lifetimes/join_twice.md"),
            },
            Shown {
                name: "local_of_the_scope",
                title: "A scoped thread that borrows from inside the scope",
                sign: "E0597",
                page: include_str!("../pages/lifetimes/local_of_the_scope.md"),
            },
            Shown {
                name: "loop_variable",
                title: "Threads that all see the loop's variable",
                sign: "E0373",
                page: include_str!("../pages/lifetimes/loop_variable.md"),
            },
            Shown {
                name: "waits_for_ever",
                title: "A leaked thread that waits for ever",
                sign: "join_handle_dropped",
                page: include_str!("../pages/lifetimes/waits_for_ever.md"),
            },
        ],
    },
    Shelf {
        name: "tasks",
        title: "Async",
        text: "A task is a thread that is made of pieces, and each piece may run on another thread than the last. The programs bring\ntheir own small executor, so that they need no runtime; `tokio::spawn` asks for the same bounds.",
        cases: &[
            Shown {
                name: "borrow_into_a_task",
                title: "A task that borrows from the function that starts it",
                sign: "E0373",
                page: include_str!("../pages/tasks/borrow_into_a_task.md"),
            },
            Shown {
                name: "guard_across_await",
                title: "A lock that is held across an `.await`",
                sign: "error",
                page: include_str!("../pages/tasks/guard_across_await.md"),
            },
            Shown {
                name: "guard_across_await_alone",
                title: "A lock across an `.await` where tasks do not move",
                sign: "await_holding_lock",
                page: include_str!("../pages/tasks/guard_across_await_alone.md"),
            },
            Shown {
                name: "rc_across_await",
                title: "An `Rc` that is kept across an `.await`",
                sign: "error",
                page: include_str!("../pages/tasks/rc_across_await.md"),
            },
            Shown {
                name: "two_futures_one_counter",
                title: "Two futures that change one variable",
                sign: "E0499",
                page: include_str!("../pages/tasks/two_futures_one_counter.md"),
            },
        ],
    },
    Shelf {
        name: "attribute",
        title: "What `#[guarded]` refuses",
        text: "The attribute puts a struct behind a lock that nobody can see. What would let somebody past the lock, or lock twice, does\nnot compile; each refusal has a code, and `cargo race explain` tells all of them.",
        cases: &[
            Shown {
                name: "closure_under_the_lock",
                title: "A closure of the caller's, called under the lock",
                sign: "RP0025",
                page: include_str!("../pages/attribute/closure_under_the_lock.md"),
            },
            Shown {
                name: "public_field",
                title: "A public field behind the lock",
                sign: "RP0003",
                page: include_str!("../pages/attribute/public_field.md"),
            },
            Shown {
                name: "returned_reference",
                title: "A method that returns a reference into the state",
                sign: "RP0015",
                page: include_str!("../pages/attribute/returned_reference.md"),
            },
            Shown {
                name: "second_object",
                title: "A method that looks at a second object",
                sign: "RP0023",
                page: include_str!("../pages/attribute/second_object.md"),
            },
            Shown {
                name: "two_calls_are_two_sections",
                title: "Two calls that are two critical sections",
                sign: "explorer",
                page: include_str!("../pages/attribute/two_calls_are_two_sections.md"),
            },
            Shown {
                name: "waiting_method",
                title: "A method that waits under the lock",
                sign: "RP0020",
                page: include_str!("../pages/attribute/waiting_method.md"),
            },
        ],
    },
];

/// What the attributes refuse, by number.
pub static CODES: &[CodePage] = &[
    CodePage {
        number: "RP0001",
        title: "an option that `#[guarded]` does not have",
        page: include_str!("../pages/codes/RP0001.md"),
    },
    CodePage {
        number: "RP0002",
        title: "a strategy that does not exist",
        page: include_str!("../pages/codes/RP0002.md"),
    },
    CodePage {
        number: "RP0003",
        title: "a public field",
        page: include_str!("../pages/codes/RP0003.md"),
    },
    CodePage {
        number: "RP0004",
        title: "`#[guarded]` on something that is neither a struct nor an impl",
        page: include_str!("../pages/codes/RP0004.md"),
    },
    CodePage {
        number: "RP0005",
        title: "a derive that would lock two objects",
        page: include_str!("../pages/codes/RP0005.md"),
    },
    CodePage {
        number: "RP0006",
        title: "a derive that `#[guarded]` does not know",
        page: include_str!("../pages/codes/RP0006.md"),
    },
    CodePage {
        number: "RP0007",
        title: "a strategy that cannot hold the state",
        page: include_str!("../pages/codes/RP0007.md"),
    },
    CodePage {
        number: "RP0008",
        title: "a field that is not `Send`",
        page: include_str!("../pages/codes/RP0008.md"),
    },
    CodePage {
        number: "RP0009",
        title: "a field that readers cannot share, under `rwlock`",
        page: include_str!("../pages/codes/RP0009.md"),
    },
    CodePage {
        number: "RP0010",
        title: "a guarded impl whose type is not guarded",
        page: include_str!("../pages/codes/RP0010.md"),
    },
    CodePage {
        number: "RP0011",
        title: "a strategy on an impl",
        page: include_str!("../pages/codes/RP0011.md"),
    },
    CodePage {
        number: "RP0012",
        title: "a guarded impl for something that is not a struct's name",
        page: include_str!("../pages/codes/RP0012.md"),
    },
    CodePage {
        number: "RP0013",
        title: "a trait that hands out references into the state",
        page: include_str!("../pages/codes/RP0013.md"),
    },
    CodePage {
        number: "RP0014",
        title: "a trait that would lock two objects",
        page: include_str!("../pages/codes/RP0014.md"),
    },
    CodePage {
        number: "RP0015",
        title: "a reference into the state returned from a method",
        page: include_str!("../pages/codes/RP0015.md"),
    },
    CodePage {
        number: "RP0016",
        title: "a guard or a borrowing iterator returned from a method",
        page: include_str!("../pages/codes/RP0016.md"),
    },
    CodePage {
        number: "RP0017",
        title: "a builder method that returns `&mut Self`",
        page: include_str!("../pages/codes/RP0017.md"),
    },
    CodePage {
        number: "RP0018",
        title: "`impl Trait` as a result",
        page: include_str!("../pages/codes/RP0018.md"),
    },
    CodePage {
        number: "RP0019",
        title: "`Self` deep inside a result",
        page: include_str!("../pages/codes/RP0019.md"),
    },
    CodePage {
        number: "RP0020",
        title: "an `async fn`",
        page: include_str!("../pages/codes/RP0020.md"),
    },
    CodePage {
        number: "RP0021",
        title: "an `unsafe fn` or a foreign calling convention",
        page: include_str!("../pages/codes/RP0021.md"),
    },
    CodePage {
        number: "RP0022",
        title: "a `const fn` with a receiver",
        page: include_str!("../pages/codes/RP0022.md"),
    },
    CodePage {
        number: "RP0023",
        title: "a parameter `&Self`, which would lock two objects",
        page: include_str!("../pages/codes/RP0023.md"),
    },
    CodePage {
        number: "RP0024",
        title: "`Self` deep inside a parameter",
        page: include_str!("../pages/codes/RP0024.md"),
    },
    CodePage {
        number: "RP0025",
        title: "a closure called under the lock",
        page: include_str!("../pages/codes/RP0025.md"),
    },
    CodePage {
        number: "RP0026",
        title: "a receiver other than `self`, `&self` and `&mut self`",
        page: include_str!("../pages/codes/RP0026.md"),
    },
    CodePage {
        number: "RP0027",
        title: "more than four guarded impls of one type",
        page: include_str!("../pages/codes/RP0027.md"),
    },
    CodePage {
        number: "RP0028",
        title: "an item that a guarded impl cannot hold",
        page: include_str!("../pages/codes/RP0028.md"),
    },
    CodePage {
        number: "RP0029",
        title: "a malformed `race_tests!`",
        page: include_str!("../pages/codes/RP0029.md"),
    },
    CodePage {
        number: "RP0030",
        title: "a malformed or misplaced `#[arg]`",
        page: include_str!("../pages/codes/RP0030.md"),
    },
    CodePage {
        number: "RP0031",
        title: "an `unsafe` or negative impl",
        page: include_str!("../pages/codes/RP0031.md"),
    },
    CodePage {
        number: "RP0032",
        title: "`#[cfg]` on a parameter",
        page: include_str!("../pages/codes/RP0032.md"),
    },
    CodePage {
        number: "RP0033",
        title: "a method that never returns",
        page: include_str!("../pages/codes/RP0033.md"),
    },
    CodePage {
        number: "RP0034",
        title: "an item that cannot be read",
        page: include_str!("../pages/codes/RP0034.md"),
    },
    CodePage {
        number: "RP0035",
        title: "a misplaced `#[key]`",
        page: include_str!("../pages/codes/RP0035.md"),
    },
    CodePage {
        number: "RP0036",
        title: "a malformed or misplaced `#[merge]`",
        page: include_str!("../pages/codes/RP0036.md"),
    },
    CodePage {
        number: "RP0037",
        title: "a malformed or misplaced `#[consistency]`",
        page: include_str!("../pages/codes/RP0037.md"),
    },
    CodePage {
        number: "RP0038",
        title: "a misplaced `#[commutes]`",
        page: include_str!("../pages/codes/RP0038.md"),
    },
    CodePage {
        number: "RP0039",
        title: "a derive that this strategy cannot carry",
        page: include_str!("../pages/codes/RP0039.md"),
    },
    CodePage {
        number: "RP0040",
        title: "a `sharded` object that nobody knows a neutral state for",
        page: include_str!("../pages/codes/RP0040.md"),
    },
    CodePage {
        number: "RP0041",
        title: "a side effect in a method that may run more than once, under `atomic`",
        page: include_str!("../pages/codes/RP0041.md"),
    },
    CodePage {
        number: "RP0042",
        title: "a posted method that does not say that it commutes, under `mailbox = rings`",
        page: include_str!("../pages/codes/RP0042.md"),
    },
    CodePage {
        number: "RP0050",
        title: "`#[concurrent]` on something that is not the one impl of a type's own methods",
        page: include_str!("../pages/codes/RP0050.md"),
    },
    CodePage {
        number: "RP0051",
        title: "an option that `#[concurrent]` does not have",
        page: include_str!("../pages/codes/RP0051.md"),
    },
    CodePage {
        number: "RP0052",
        title: "a `#[concurrent]` impl without a spec",
        page: include_str!("../pages/codes/RP0052.md"),
    },
    CodePage {
        number: "RP0053",
        title: "a malformed or misplaced attribute of a `#[concurrent]` method",
        page: include_str!("../pages/codes/RP0053.md"),
    },
    CodePage {
        number: "RP0054",
        title: "an invariant that cannot be checked",
        page: include_str!("../pages/codes/RP0054.md"),
    },
    CodePage {
        number: "RP0055",
        title: "a spec without a method of that name",
        page: include_str!("../pages/codes/RP0055.md"),
    },
    CodePage {
        number: "RP0056",
        title: "a spec's method that returns something else",
        page: include_str!("../pages/codes/RP0056.md"),
    },
    CodePage {
        number: "RP0057",
        title: "`#[spurious]` with a spec that is not `Clone`",
        page: include_str!("../pages/codes/RP0057.md"),
    },
    CodePage {
        number: "RP0070",
        title: "a malformed `#[race_test]`",
        page: include_str!("../pages/codes/RP0070.md"),
    },
    CodePage {
        number: "RP0071",
        title: "`#[race_test]` on something that is not a plain function",
        page: include_str!("../pages/codes/RP0071.md"),
    },
    CodePage {
        number: "RP0072",
        title: "outcomes of a race test that has no result to compare",
        page: include_str!("../pages/codes/RP0072.md"),
    },
];

#[doc = "Globals and atomics"]
///
#[doc = "What stands in a `static` is seen by every thread, from the first line of `main` on."]
pub mod statics {
    #[doc = include_str!("../pages/statics/counter_as_static_mut.md")]
    pub mod counter_as_static_mut {}
    #[doc = include_str!("../pages/statics/flag_before_the_data.md")]
    pub mod flag_before_the_data {}
    #[doc = include_str!("../pages/statics/increment_an_atomic.md")]
    pub mod increment_an_atomic {}
    #[doc = include_str!("../pages/statics/map_filled_on_first_use.md")]
    pub mod map_filled_on_first_use {}
    #[doc = include_str!("../pages/statics/totals_as_static_cell.md")]
    pub mod totals_as_static_cell {}
    #[doc = include_str!("../pages/statics/two_atomic_calls.md")]
    pub mod two_atomic_calls {}
    #[doc = include_str!("../pages/statics/unsafe_around_static_mut.md")]
    pub mod unsafe_around_static_mut {}
}

#[doc = "Sharing"]
///
#[doc = "One value, several threads, and at least one of them changes it."]
pub mod sharing {
    #[doc = include_str!("../pages/sharing/counting_callback.md")]
    pub mod counting_callback {}
    #[doc = include_str!("../pages/sharing/insert_into_shared_map.md")]
    pub mod insert_into_shared_map {}
    #[doc = include_str!("../pages/sharing/method_that_changes.md")]
    pub mod method_that_changes {}
    #[doc = include_str!("../pages/sharing/read_while_appending.md")]
    pub mod read_while_appending {}
    #[doc = include_str!("../pages/sharing/two_closures_one_counter.md")]
    pub mod two_closures_one_counter {}
    #[doc = include_str!("../pages/sharing/two_elements.md")]
    pub mod two_elements {}
}

#[doc = "Sending"]
///
#[doc = "What may go to another thread, and what is left behind when it has gone."]
pub mod sending {
    #[doc = include_str!("../pages/sending/change_after_send.md")]
    pub mod change_after_send {}
    #[doc = include_str!("../pages/sending/closure_given_twice.md")]
    pub mod closure_given_twice {}
    #[doc = include_str!("../pages/sending/guard_into_thread.md")]
    pub mod guard_into_thread {}
    #[doc = include_str!("../pages/sending/raw_pointer_into_thread.md")]
    pub mod raw_pointer_into_thread {}
    #[doc = include_str!("../pages/sending/rc_into_thread.md")]
    pub mod rc_into_thread {}
    #[doc = include_str!("../pages/sending/refcell_into_thread.md")]
    pub mod refcell_into_thread {}
    #[doc = include_str!("../pages/sending/tasks_without_send.md")]
    pub mod tasks_without_send {}
}

#[doc = "Locking"]
///
#[doc = "The lock is there; the question is whether it is taken, and which kind."]
pub mod locking {
    #[doc = include_str!("../pages/locking/content_without_lock.md")]
    pub mod content_without_lock {}
    #[doc = include_str!("../pages/locking/look_then_act.md")]
    pub mod look_then_act {}
    #[doc = include_str!("../pages/locking/match_keeps_the_lock.md")]
    pub mod match_keeps_the_lock {}
    #[doc = include_str!("../pages/locking/result_not_unwrapped.md")]
    pub mod result_not_unwrapped {}
    #[doc = include_str!("../pages/locking/take_out_of_arc.md")]
    pub mod take_out_of_arc {}
    #[doc = include_str!("../pages/locking/two_locks_two_orders.md")]
    pub mod two_locks_two_orders {}
    #[doc = include_str!("../pages/locking/write_under_read_lock.md")]
    pub mod write_under_read_lock {}
}

#[doc = "Guards"]
///
#[doc = "A guard is the time for which a lock is held; nothing borrowed from it lasts longer."]
pub mod guards {
    #[doc = include_str!("../pages/guards/condvar_takes_the_guard.md")]
    pub mod condvar_takes_the_guard {}
    #[doc = include_str!("../pages/guards/getter_leaks_reference.md")]
    pub mod getter_leaks_reference {}
    #[doc = include_str!("../pages/guards/move_out_of_guard.md")]
    pub mod move_out_of_guard {}
    #[doc = include_str!("../pages/guards/reference_after_unlock.md")]
    pub mod reference_after_unlock {}
    #[doc = include_str!("../pages/guards/touch_after_unlock.md")]
    pub mod touch_after_unlock {}
    #[doc = include_str!("../pages/guards/two_fields_of_one_guard.md")]
    pub mod two_fields_of_one_guard {}
    #[doc = include_str!("../pages/guards/wait_without_a_loop.md")]
    pub mod wait_without_a_loop {}
}

#[doc = "Channels"]
///
#[doc = "Sharing memory by communicating: who sends gives away, and who receives is alone with what came."]
pub mod channels {
    #[doc = include_str!("../pages/channels/receive_under_lock.md")]
    pub mod receive_under_lock {}
    #[doc = include_str!("../pages/channels/receiver_in_two_threads.md")]
    pub mod receiver_in_two_threads {}
    #[doc = include_str!("../pages/channels/receiver_shared_by_workers.md")]
    pub mod receiver_shared_by_workers {}
    #[doc = include_str!("../pages/channels/reference_into_channel.md")]
    pub mod reference_into_channel {}
    #[doc = include_str!("../pages/channels/send_after_close.md")]
    pub mod send_after_close {}
}

#[doc = "Threads that outlive what they use"]
///
#[doc = "When does the thread end, and what is gone by then?"]
pub mod lifetimes {
    #[doc = include_str!("../pages/lifetimes/borrow_of_a_local.md")]
    pub mod borrow_of_a_local {}
    #[doc = include_str!("../pages/lifetimes/borrowed_parameter.md")]
    pub mod borrowed_parameter {}
    #[doc = include_str!("../pages/lifetimes/freed_while_in_use.md")]
    pub mod freed_while_in_use {}
    #[doc = include_str!("../pages/lifetimes/join_twice.md")]
    pub mod join_twice {}
    #[doc = include_str!("../pages/lifetimes/local_of_the_scope.md")]
    pub mod local_of_the_scope {}
    #[doc = include_str!("../pages/lifetimes/loop_variable.md")]
    pub mod loop_variable {}
    #[doc = include_str!("../pages/lifetimes/waits_for_ever.md")]
    pub mod waits_for_ever {}
}

#[doc = "Async"]
///
#[doc = "A task is a thread that is made of pieces, and each piece may run on another thread than the last. The programs bring\ntheir own small executor, so that they need no runtime; `tokio::spawn` asks for the same bounds."]
pub mod tasks {
    #[doc = include_str!("../pages/tasks/borrow_into_a_task.md")]
    pub mod borrow_into_a_task {}
    #[doc = include_str!("../pages/tasks/guard_across_await.md")]
    pub mod guard_across_await {}
    #[doc = include_str!("../pages/tasks/guard_across_await_alone.md")]
    pub mod guard_across_await_alone {}
    #[doc = include_str!("../pages/tasks/rc_across_await.md")]
    pub mod rc_across_await {}
    #[doc = include_str!("../pages/tasks/two_futures_one_counter.md")]
    pub mod two_futures_one_counter {}
}

#[doc = "What `#[guarded]` refuses"]
///
#[doc = "The attribute puts a struct behind a lock that nobody can see. What would let somebody past the lock, or lock twice, does\nnot compile; each refusal has a code, and `cargo race explain` tells all of them."]
pub mod attribute {
    #[doc = include_str!("../pages/attribute/closure_under_the_lock.md")]
    pub mod closure_under_the_lock {}
    #[doc = include_str!("../pages/attribute/public_field.md")]
    pub mod public_field {}
    #[doc = include_str!("../pages/attribute/returned_reference.md")]
    pub mod returned_reference {}
    #[doc = include_str!("../pages/attribute/second_object.md")]
    pub mod second_object {}
    #[doc = include_str!("../pages/attribute/two_calls_are_two_sections.md")]
    pub mod two_calls_are_two_sections {}
    #[doc = include_str!("../pages/attribute/waiting_method.md")]
    pub mod waiting_method {}
}
