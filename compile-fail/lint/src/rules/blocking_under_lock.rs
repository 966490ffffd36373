//! `blocking_under_lock`: a thread sleeps, or waits for another, while it holds a lock.

use std::collections::HashSet;

use super::{Context, Rule};
use crate::{
    finding::Level,
    flow::Fact,
    model::{Known, Ty},
};

pub(super) const RULE: Rule = Rule {
    name: "blocking_under_lock",
    hazard: "the thread blocks while it holds a lock: everybody else waits as long, and for ever if it waits for one of them",
    page: include_str!("../../docs/rules/blocking_under_lock.md"),
    application: Level::Warn,
    library: Level::Warn,
    pedantic: Level::Warn,
    check,
};

fn check(context: &mut Context<'_, '_>) {
    for (function, facts) in context.facts() {
        if context.model.function(function).test {
            continue;
        }
        let mut seen = HashSet::new();
        for fact in facts {
            let Fact::Block { what, steps, held } = fact else { continue };
            let Some(last) = held.last() else { continue };
            // The lock around the handle itself: nobody else needs it.
            if *what == "waits for a thread to end" && has_handle(&last.of) {
                continue;
            }
            if !seen.insert(last.id) {
                continue;
            }
            let mut marks = context.steps(steps, &format!("{what} here"));
            marks.extend(context.held(last, "locked"));
            let message = format!("the thread {what} while `{}` is locked", last.label);
            context.report(&RULE, message, marks, "end the critical section before");
        }
    }
}

/// Whether a thread's handle is in there: `Option<JoinHandle<()>>`.
fn has_handle(ty: &Ty) -> bool {
    match ty {
        Ty::Of(Known::JoinHandle, _) => true,
        Ty::Of(_, inner) | Ty::Own(_, inner) | Ty::Tuple(inner) => inner.iter().any(has_handle),
        _ => false,
    }
}
