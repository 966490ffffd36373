//! Methods and functions from outside the workspace that the linter knows by name.

use crate::model::{Family, Known, Mode, Ty};

/// A method that takes a lock.
pub(super) struct Locking {
    pub(super) mode: Mode,
    pub(super) family: Family,
    pub(super) reentrant: bool,
    /// Whether it gives up at once, or after a while.
    pub(super) attempt: bool,
    /// Whether a future has to be awaited first.
    pub(super) future: bool,
    /// Whether the guard comes in a `Result`.
    pub(super) wrapped: bool,
}

/// Whether this method of this type takes a lock.
pub(super) fn locking(ty: &Ty, method: &str, args: usize) -> Option<Locking> {
    let (family, is_mutex, reentrant) = match ty {
        Ty::Of(Known::Mutex(family), _) => (*family, true, false),
        Ty::Of(Known::Reentrant, _) => (Family::Plain, true, true),
        Ty::Of(Known::RwLock(family), _) => (*family, false, false),
        _ => return None,
    };
    let (mode, attempt) = match (method, is_mutex, args) {
        ("lock" | "lock_arc" | "lock_owned" | "blocking_lock", true, 0) => (Mode::Lock, false),
        ("try_lock" | "try_lock_arc" | "try_lock_owned", true, 0) => (Mode::Lock, true),
        ("try_lock_for" | "try_lock_until", true, 1) => (Mode::Lock, true),
        ("read" | "read_arc" | "read_owned" | "blocking_read" | "read_recursive", false, 0) => (Mode::Read, false),
        ("try_read" | "try_read_arc" | "try_read_owned", false, 0) => (Mode::Read, true),
        ("write" | "write_arc" | "write_owned" | "blocking_write", false, 0) => (Mode::Write, false),
        ("try_write" | "try_write_arc" | "try_write_owned", false, 0) => (Mode::Write, true),
        ("try_read_for" | "try_read_until", false, 1) => (Mode::Read, true),
        ("try_write_for" | "try_write_until", false, 1) => (Mode::Write, true),
        ("upgradable_read" | "upgradable_read_arc" | "upgradeable_read", false, 0) => (Mode::Upgradable, false),
        ("try_upgradable_read", false, 0) => (Mode::Upgradable, true),
        _ => return None,
    };
    let future = family == Family::Async && !attempt && !method.starts_with("blocking_");
    // `read_recursive` is parking_lot's own remedy for readers that read again.
    let reentrant = reentrant || method == "read_recursive";
    Some(Locking { mode, family, reentrant, attempt, future, wrapped: family == Family::Std })
}

/// Methods of `Option`, `Result` and iterators that call a closure before they return.
pub(super) fn runs_closure(method: &str) -> bool {
    matches!(
        method,
        "map"
            | "and_then"
            | "or_else"
            | "unwrap_or_else"
            | "map_or"
            | "map_or_else"
            | "map_err"
            | "ok_or_else"
            | "for_each"
            | "try_for_each"
            | "any"
            | "all"
            | "find"
            | "find_map"
            | "position"
            | "filter"
            | "filter_map"
            | "flat_map"
            | "fold"
            | "retain"
            | "or_insert_with"
            | "or_insert_with_key"
            | "and_modify"
            | "is_some_and"
            | "is_none_or"
            | "is_ok_and"
            | "get_or_insert_with"
            | "sort_by_key"
            | "sort_by"
            | "max_by_key"
            | "min_by_key"
            | "inspect"
            | "take_while"
            | "skip_while"
    )
}

/// Methods of `Option` and `Result` that hand on what is inside.
pub(super) fn unwraps(method: &str) -> bool {
    matches!(
        method,
        "unwrap"
            | "expect"
            | "unwrap_or_else"
            | "unwrap_or_default"
            | "into_inner"
            | "get_mut_or_poison"
            | "unwrap_poison"
            | "ignore_poison"
            | "recover"
    )
}

/// Those that hand it on in another wrapping.
pub(super) fn rewraps(method: &str) -> bool {
    matches!(
        method,
        "ok" | "map_err"
            | "ok_or"
            | "ok_or_else"
            | "or_else"
            | "context"
            | "with_context"
            | "or_raise"
            | "change_context"
            | "into_diagnostic"
            | "into"
    )
}

/// Methods that give another view of the same object.
pub(super) fn same_object(method: &str) -> bool {
    matches!(
        method,
        "as_ref"
            | "as_mut"
            | "deref"
            | "deref_mut"
            | "borrow"
            | "borrow_mut"
            | "by_ref"
            | "as_deref"
            | "get_or_init"
            | "get_ref"
            | "as_pin_mut"
    )
}

/// Calls that never return.
pub(super) fn never_returns(path: &[&str]) -> bool {
    matches!(
        path,
        [.., "process", "exit" | "abort"]
            | [.., "panic", "resume_unwind"]
            | [.., "panic_any"]
            | [.., "unreachable_unchecked"]
    )
}
