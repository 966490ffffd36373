//! `actor`: a mailbox and an owner, a thread or whoever calls.

use super::{Strategy, Takes};
use quote::quote;

pub(super) const ACTOR: Strategy = Strategy {
    name: "actor",
    marker: "Actor",
    options: &[
        ("owner", Takes { words: &["thread", "caller"], numbers: None }),
        ("mailbox", Takes { words: &["rings"], numbers: Some(1..=65_536) }),
    ],
    excludes: &[(
        ("mailbox", "rings"),
        ("owner", "caller"),
        "a ring is emptied by one thread, and here every caller would be the one; `owner = thread` has rings",
    )],
    // `Actor<OnCaller, Bounded<64>>`
    arguments: |settings, rp| {
        let owner = if settings.is("owner", "caller") { quote!(#rp::OnCaller) } else { quote!(#rp::OnThread) };
        let mailbox = match settings.number("mailbox") {
            Some(size) => quote!(#rp::Bounded<#size>),
            None if settings.is("mailbox", "rings") => quote!(#rp::Rings),
            None => quote!(#rp::Unbounded),
        };
        quote!(<#owner, #mailbox>)
    },
    shows_text: true,
    ..super::lock::MUTEX
};
