//! `check_then_act`: what is checked in one critical section is acted upon in another.

use super::{Context, Rule};
use crate::{finding::Level, flow::Fact};

pub(super) const RULE: Rule = Rule {
    name: "check_then_act",
    hazard: "the lock is released between the check and what is done about it: somebody else may have done it meanwhile",
    page: include_str!("../../docs/rules/check_then_act.md"),
    application: Level::Warn,
    library: Level::Warn,
    pedantic: Level::Warn,
    check,
};

const CHECKS: &[&str] = &["contains_key", "contains", "get", "is_some", "is_none", "is_empty"];
const ACTS: &[&str] = &["insert", "remove", "push", "push_back", "take", "replace", "pop", "pop_front"];

fn check(context: &mut Context<'_, '_>) {
    for (function, facts) in context.facts() {
        for fact in facts {
            let Fact::Use { lock, id, method, key, span, inside, .. } = fact else { continue };
            if !method.is(ACTS) {
                continue;
            }
            // Somebody who checks again under the same guard knows what he does.
            let again = facts
                .iter()
                .any(|other| matches!(other, Fact::Use { id: same, method, .. } if same == id && method.is(CHECKS)));
            if again {
                continue;
            }
            let before = facts.iter().find_map(|other| match other {
                Fact::Use { lock: same, id: other, method: check, key: checked, span, number, .. }
                    if same == lock && other != id && check.is(CHECKS) && inside.contains(number) && checked == key =>
                {
                    Some((*span, *check))
                }
                _ => None,
            });
            if let Some((before, check)) = before {
                let marks = vec![
                    context.mark(function, *span, format!("`{method}` acts on it in another critical section")),
                    context.mark(function, before, format!("`{check}` checks it in one")),
                ];
                let message = format!("`{check}` and `{method}` are not atomic together");
                context.report(&RULE, message, marks, "keep one guard for both, or use `entry`");
            }
        }
    }
}
