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
                name: "insert_into_shared_map",
                title: "Inserting into a map that is shared by `Arc`",
                sign: "E0596",
                page: include_str!("../pages/sharing/insert_into_shared_map.md"),
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
                name: "getter_leaks_reference",
                title: "A getter that leaks a reference to locked data",
                sign: "E0515",
                page: include_str!("../pages/guards/getter_leaks_reference.md"),
            },
            Shown {
                name: "reference_after_unlock",
                title: "Using a reference after the guard is dropped",
                sign: "E0505",
                page: include_str!("../pages/guards/reference_after_unlock.md"),
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
];

#[doc = "Globals and atomics"]
///
#[doc = "What stands in a `static` is seen by every thread, from the first line of `main` on."]
pub mod statics {
    #[doc = include_str!("../pages/statics/counter_as_static_mut.md")]
    pub mod counter_as_static_mut {}
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
    #[doc = include_str!("../pages/sharing/insert_into_shared_map.md")]
    pub mod insert_into_shared_map {}
    #[doc = include_str!("../pages/sharing/read_while_appending.md")]
    pub mod read_while_appending {}
    #[doc = include_str!("../pages/sharing/two_closures_one_counter.md")]
    pub mod two_closures_one_counter {}
}

#[doc = "Sending"]
///
#[doc = "What may go to another thread, and what is left behind when it has gone."]
pub mod sending {
    #[doc = include_str!("../pages/sending/change_after_send.md")]
    pub mod change_after_send {}
    #[doc = include_str!("../pages/sending/rc_into_thread.md")]
    pub mod rc_into_thread {}
    #[doc = include_str!("../pages/sending/refcell_into_thread.md")]
    pub mod refcell_into_thread {}
}

#[doc = "Locking"]
///
#[doc = "The lock is there; the question is whether it is taken, and which kind."]
pub mod locking {
    #[doc = include_str!("../pages/locking/content_without_lock.md")]
    pub mod content_without_lock {}
    #[doc = include_str!("../pages/locking/write_under_read_lock.md")]
    pub mod write_under_read_lock {}
}

#[doc = "Guards"]
///
#[doc = "A guard is the time for which a lock is held; nothing borrowed from it lasts longer."]
pub mod guards {
    #[doc = include_str!("../pages/guards/getter_leaks_reference.md")]
    pub mod getter_leaks_reference {}
    #[doc = include_str!("../pages/guards/reference_after_unlock.md")]
    pub mod reference_after_unlock {}
}
