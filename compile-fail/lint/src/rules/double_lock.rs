//! `double_lock`: one function locks what it holds already.

use super::{Context, Rule, again, verb, waits};
use crate::{finding::Level, flow::Taken};

pub(super) const RULE: Rule = Rule {
    name: "double_lock",
    hazard: "a lock is taken again while it is held: the thread waits for itself, for ever",
    page: include_str!("../../docs/rules/double_lock.md"),
    application: Level::Error,
    library: Level::Error,
    pedantic: Level::Error,
    check,
};

fn check(context: &mut Context<'_, '_>) {
    let help =
        "end the first critical section before, with a block or with `drop(guard)`, or use the guard that is there";
    let here =
        |held: &Taken, lock: &Taken| lock.steps.len() == 1 && held.steps.len() == 1 && waits(held.mode, lock.mode);
    for (_, held, lock) in again(context, here) {
        let marks = context.meeting(lock, &format!("{} again here, and waits for itself", verb(lock.mode)), held);
        context.report(&RULE, format!("`{}` is locked twice", lock.label), marks, help);
    }
}
