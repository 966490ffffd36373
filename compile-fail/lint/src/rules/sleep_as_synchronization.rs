//! `sleep_as_synchronization`: a test waits for a while instead of waiting for something.

use super::{Context, Rule};
use crate::{finding::Level, flow::Fact};

pub(super) const RULE: Rule = Rule {
    name: "sleep_as_synchronization",
    hazard: "a test sleeps until another thread has surely come far enough: on a busy machine it has not",
    page: include_str!("../../docs/rules/sleep_as_synchronization.md"),
    application: Level::Allow,
    library: Level::Allow,
    pedantic: Level::Warn,
    check,
};

fn check(context: &mut Context<'_, '_>) {
    let help = "join the thread, or wait for a message, a barrier or a condition";
    for (function, facts) in context.facts() {
        if !context.model.function(function).test {
            continue;
        }
        let Some(spawned) = facts.iter().position(|fact| matches!(fact, Fact::Spawn)) else { continue };
        for fact in &facts[spawned..] {
            if let Fact::Sleep { span, in_loop: false } = fact {
                let marks = vec![context.mark(function, *span, "sleeps, and goes on as if that were enough")];
                context.report(&RULE, "a test sleeps where it should wait for the other thread", marks, help);
                break;
            }
        }
    }
}
