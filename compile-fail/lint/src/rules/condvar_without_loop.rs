//! `condvar_without_loop`: a wait that takes being woken for being told.

use std::collections::HashSet;

use super::{Context, Rule, is_unit};
use crate::{
    finding::Level,
    flow::{Fact, GuardKind},
    model::Family,
};

pub(super) const RULE: Rule = Rule {
    name: "condvar_without_loop",
    hazard: "a condition variable is waited for outside of a loop: it may wake without a reason, or after somebody else",
    page: include_str!("../../docs/rules/condvar_without_loop.md"),
    application: Level::Error,
    library: Level::Error,
    pedantic: Level::Error,
    check,
};

fn check(context: &mut Context<'_, '_>) {
    let help =
        "wait in a loop that checks the condition, or use `wait_while`: a wake-up without a notification is allowed";
    let looped: HashSet<_> = context
        .facts()
        .flat_map(|(_, facts)| facts)
        .filter_map(|fact| if let Fact::LoopCall { to } = fact { Some(*to) } else { None })
        .collect();
    for (function, facts) in context.facts() {
        for fact in facts {
            // parking_lot promises that nothing but a notification wakes; a test may just wait for any.
            if let Fact::Wait { span, in_loop: false, guard: GuardKind::Named, family: Family::Std, of } = fact
                && !looped.contains(&function)
                && !(context.model.function(function).test && is_unit(of))
            {
                let marks = vec![context.mark(function, *span, "waits once, whatever wakes it")];
                context.report(&RULE, "a condition variable is waited for without a loop", marks, help);
            }
        }
    }
}
