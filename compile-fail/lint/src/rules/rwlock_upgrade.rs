//! `rwlock_upgrade`: a reader asks for the write lock without giving up the read lock.

use super::{Context, Rule, again};
use crate::{finding::Level, model::Mode};

pub(super) const RULE: Rule = Rule {
    name: "rwlock_upgrade",
    hazard: "the write lock is taken while the same thread holds the read lock: it waits for itself, for ever",
    page: include_str!("../../docs/rules/rwlock_upgrade.md"),
    application: Level::Error,
    library: Level::Error,
    pedantic: Level::Error,
    check,
};

fn check(context: &mut Context<'_, '_>) {
    let help = "drop the read guard first, and check again under the write lock what was read";
    let upgrades = |held: Mode, lock: Mode| matches!(held, Mode::Read | Mode::Upgradable) && lock == Mode::Write;
    for (function, held, lock) in again(context, |held, lock| upgrades(held.mode, lock.mode)) {
        if context.model.function(function).test && !lock.sure {
            continue;
        }
        let marks = context.meeting(lock, "write-locked here, and waits for its own reader", held);
        let may = if lock.certain { "is" } else { "may be" };
        let message = format!("`{}` {may} write-locked while it is read-locked", lock.label);
        context.report_if_certain(lock.certain, &RULE, message, marks, help);
    }
}
