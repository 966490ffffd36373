//! `double_lock_call`: a function calls another that locks what the first holds.

use super::{Context, Rule, again, verb, waits};
use crate::{finding::Level, flow::Taken};

pub(super) const RULE: Rule = Rule {
    name: "double_lock_call",
    hazard: "a function is called under a lock that it takes itself: the thread waits for itself, for ever",
    page: include_str!("../../docs/rules/double_lock_call.md"),
    application: Level::Error,
    library: Level::Error,
    pedantic: Level::Error,
    check,
};

fn check(context: &mut Context<'_, '_>) {
    let help = "drop the guard before the call, or split off a function that takes the guard's content as an argument";
    let calls =
        |held: &Taken, lock: &Taken| (lock.steps.len() > 1 || held.steps.len() > 1) && waits(held.mode, lock.mode);
    for (function, held, lock) in again(context, calls) {
        // A test may hold a lock to show that another function does not need it.
        if context.model.function(function).test && !lock.sure {
            continue;
        }
        let marks = context.meeting(lock, &format!("{} again here, and waits for itself", verb(lock.mode)), held);
        let message = match lock.steps.get(1) {
            Some(next) => {
                let may = if lock.certain { "locks" } else { "may lock" };
                format!("`{}` {may} `{}`, which is held here", context.model.shown(next.function), lock.label)
            }
            None => format!("`{}` is locked twice", lock.label),
        };
        context.report_if_certain(lock.certain, &RULE, message, marks, help);
    }
}
