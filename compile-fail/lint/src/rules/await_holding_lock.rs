//! `await_holding_lock`: a task is suspended while it holds a lock that blocks threads.

use std::collections::HashSet;

use super::{Context, Rule, is_unit};
use crate::{
    finding::Level,
    flow::{Fact, Root},
    model::Family,
};

pub(super) const RULE: Rule = Rule {
    name: "await_holding_lock",
    hazard: "a lock that blocks threads is held across an `.await`: the task that would release it may never get a thread",
    page: include_str!("../../docs/rules/await_holding_lock.md"),
    application: Level::Error,
    library: Level::Error,
    pedantic: Level::Error,
    check,
};

fn check(context: &mut Context<'_, '_>) {
    let help = "end the critical section before the `.await`, or use an asynchronous lock if it must go on";
    for (function, facts) in context.facts() {
        let mut seen = HashSet::new();
        for fact in facts {
            let Fact::Await { span, held } = fact else { continue };
            for held in held {
                if held.family == Family::Async || !seen.insert(held.id) {
                    continue;
                }
                // One test at a time, each with a runtime of its own: nobody waits for a task of the same runtime.
                let is_static = held.path.as_ref().is_none_or(|path| matches!(path.root, Root::Static(_)));
                if context.model.function(function).test && is_static && is_unit(&held.of) {
                    continue;
                }
                let mut marks = vec![context.mark(function, *span, "the task may be suspended here")];
                marks.extend(context.held(held, "locked"));
                context.report(&RULE, format!("`{}` is held across an `.await`", held.label), marks, help);
            }
        }
    }
}
