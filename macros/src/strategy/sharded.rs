//! `sharded`: the state in parts, each behind a lock of its own.

use super::{Strategy, Takes};
use crate::model::structure::DeriveKind;
use quote::quote;

pub(super) const SHARDED: Strategy = Strategy {
    name: "sharded",
    marker: "Sharded",
    options: &[("shards", Takes { words: &[], numbers: Some(1..=1024) })],
    // 0: as many as suit the machine.
    arguments: |settings, _| {
        let shards = settings.number("shards").unwrap_or(0);
        quote!(<#shards>)
    },
    in_parts: true,
    shows_text: true,
    refuses: &[
        (DeriveKind::Clone, "a clone would be one state, and this one is in parts"),
        (DeriveKind::Copy, "a copy would be one state, and this one is in parts"),
        (DeriveKind::Serialize, "what is saved would be one state, and this one is in parts"),
    ],
    ..super::lock::MUTEX
};
