//! `actor`: a mailbox and an owner, a thread or whoever calls.

use super::{Strategy, Takes};
use quote::quote;

pub(super) const ACTOR: Strategy = Strategy {
    name: "actor",
    marker: "Actor",
    options: &[
        ("owner", Takes { words: &["thread", "caller"], numbers: None }),
        ("mailbox", Takes { words: &[], numbers: Some(1..=65_536) }),
    ],
    // `Actor<OnCaller, Bounded<64>>`
    arguments: |settings, rp| {
        let owner = if settings.is("owner", "caller") { quote!(#rp::OnCaller) } else { quote!(#rp::OnThread) };
        let mailbox = match settings.number("mailbox") {
            Some(size) => quote!(#rp::Bounded<#size>),
            None => quote!(#rp::Unbounded),
        };
        quote!(<#owner, #mailbox>)
    },
    shows_text: true,
    ..super::lock::MUTEX
};
