//! `double_lock`: one function locks what it holds already.

use super::{Context, Rule, again, verb, waits};
use crate::finding::Level;

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
    let mut found = Vec::new();
    for (_, held, lock) in
        again(context, |held, lock| lock.steps.len() == 1 && held.steps.len() == 1 && waits(held.mode, lock.mode))
    {
        let mut marks = context
            .steps(&lock.steps, &format!("`{}` is {} again here, and waits for itself", lock.label, verb(lock.mode)));
        marks.extend(context.held(held, verb(held.mode)));
        found.push((format!("`{}` is locked twice", lock.label), marks));
    }
    for (message, marks) in found {
        context.report(
            &RULE,
            message,
            marks,
            "end the first critical section before, with a block or with `drop(guard)`, or use the guard that is there",
        );
    }
}
