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
    let mut found = Vec::new();
    let calls =
        |held: &Taken, lock: &Taken| (lock.steps.len() > 1 || held.steps.len() > 1) && waits(held.mode, lock.mode);
    for (function, held, lock) in again(context, calls) {
        // A test may hold a lock to show that another function does not need it.
        if context.model.function(function).test && !lock.sure {
            continue;
        }
        let last = format!("`{}` is {} again here, and waits for itself", lock.label, verb(lock.mode));
        let mut marks = context.steps(&lock.steps, &last);
        marks.extend(context.held(held, verb(held.mode)));
        let message = match lock.steps.get(1) {
            Some(next) => {
                let may = if lock.certain { "locks" } else { "may lock" };
                format!("`{}` {may} `{}`, which is held here", context.model.shown(next.function), lock.label)
            }
            None => format!("`{}` is locked twice", lock.label),
        };
        found.push((lock.certain, message, marks));
    }
    let help = "drop the guard before the call, or split off a function that takes the guard's content as an argument";
    for (certain, message, marks) in found {
        if certain {
            context.report(&RULE, message, marks, help);
        } else {
            context.report_that_may(&RULE, message, marks, help);
        }
    }
}
