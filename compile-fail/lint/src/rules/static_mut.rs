//! `static_mut`: a global that every thread may change at any time.

use super::{Context, Mark, Rule};
use crate::finding::Level;

pub(super) const RULE: Rule = Rule {
    name: "static_mut",
    hazard: "a `static mut` is shared by all threads and protected by nothing",
    page: include_str!("../../docs/rules/static_mut.md"),
    application: Level::Warn,
    library: Level::Warn,
    pedantic: Level::Warn,
    check,
};

fn check(context: &mut Context<'_, '_>) {
    let help = "use an atomic, a `Mutex`, a `OnceLock`, or a `#[guarded]` type";
    for placed in &context.model.modules {
        for item in placed.module.statics.iter().filter(|item| item.mutable) {
            let text = "every access is `unsafe`, and a race unless something else prevents it".into();
            let mark = Mark { file: placed.file, span: item.at, text };
            context.report(&RULE, format!("`{}` is a `static mut`", item.name), vec![mark], help);
        }
    }
}
