//! `callback_under_lock`: a function that was handed in is called while a lock is held.

use std::collections::HashSet;

use super::{Context, Rule};
use crate::{
    finding::Level,
    flow::{Fact, GuardKind},
};

pub(super) const RULE: Rule = Rule {
    name: "callback_under_lock",
    hazard: "unknown code runs under a lock: if it comes back here, the thread waits for itself",
    page: include_str!("../../docs/rules/callback_under_lock.md"),
    application: Level::Warn,
    library: Level::Warn,
    pedantic: Level::Warn,
    check,
};

fn check(context: &mut Context<'_, '_>) {
    let help = "copy out what the callback needs, drop the guard, then call it; or say in the documentation that it must not come back";
    for (function, facts) in context.facts() {
        if context.model.function(function).test {
            continue;
        }
        let mut seen = HashSet::new();
        for fact in facts {
            let Fact::Callback { span, held, param } = fact else { continue };
            // Who calls a private function can be seen, and what he hands in: `double_lock_call` looks into that.
            if *param && !context.model.function(function).public {
                continue;
            }
            let Some(last) = held.iter().rev().find(|held| held.kind != GuardKind::Argument) else { continue };
            if !seen.insert(*span) {
                continue;
            }
            let mut marks = vec![context.mark(function, *span, "what this does is not known here")];
            marks.extend(context.held(last, "locked"));
            context.report(&RULE, format!("a callback is called while `{}` is locked", last.label), marks, help);
        }
    }
}
