//! `mutex` and `rwlock`: the state as it is, behind a lock.

use super::Strategy;
use quote::quote;

pub(super) const MUTEX: Strategy = Strategy {
    name: "mutex",
    marker: "Mutex",
    options: &[],
    arguments: |_, _| quote!(),
    copies_state: false,
    shares_state: false,
    in_parts: false,
    shows_text: false,
    refuses: &[],
    check: |_, _| {},
    seed: |_| quote!(state),
    items: |_, _| quote!(),
};

pub(super) const RWLOCK: Strategy = Strategy { name: "rwlock", marker: "RwLock", shares_state: true, ..MUTEX };
