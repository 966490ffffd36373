//! `rwlock_reentrant_read`: a thread reads again what it is reading.

use super::{Context, Rule, again};
use crate::{finding::Level, model::Mode};

pub(super) const RULE: Rule = Rule {
    name: "rwlock_reentrant_read",
    hazard: "the read lock is taken again by its holder: a writer that waits in between blocks both",
    page: include_str!("../../docs/rules/rwlock_reentrant_read.md"),
    application: Level::Warn,
    library: Level::Warn,
    pedantic: Level::Warn,
    check,
};

fn check(context: &mut Context<'_, '_>) {
    let help = "use the guard that is there: a writer that comes in between makes the second reader wait for it, and it waits for the first";
    for (_, held, lock) in again(context, |held, lock| held.mode == Mode::Read && lock.mode == Mode::Read) {
        let marks = context.meeting(lock, "read-locked again here", held);
        context.report(&RULE, format!("`{}` is read-locked twice by one thread", lock.label), marks, help);
    }
}
