//! `mutex`, `rwlock` and `left_right`: the state as it is, behind something that lets it out to nobody.

use super::Strategy;
use quote::quote;

pub(super) const MUTEX: Strategy = Strategy {
    name: "mutex",
    marker: "Mutex",
    options: &[],
    excludes: &[],
    arguments: |_, _| quote!(),
    copies_state: false,
    shares_state: false,
    in_parts: false,
    shows_text: false,
    refuses: &[],
    check: |_, _| {},
    seed: |_, _| quote!(state),
    items: |_, _| quote!(),
};

pub(super) const RWLOCK: Strategy = Strategy { name: "rwlock", marker: "RwLock", shares_state: true, ..MUTEX };

/// What it asks beyond that (the state's `Clone`, and that of a `&mut self` method's arguments) it asks at the method.
pub(super) const LEFT_RIGHT: Strategy = Strategy { name: "left_right", marker: "LeftRight", ..RWLOCK };
