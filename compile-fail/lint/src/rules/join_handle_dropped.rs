//! `join_handle_dropped`: a thread is started, and nobody will know how it ended.

use super::{Context, Rule};
use crate::{finding::Level, flow::Fact};

pub(super) const RULE: Rule = Rule {
    name: "join_handle_dropped",
    hazard: "the handle of a thread is dropped at once: its panic is lost, and the process may end before it does",
    page: include_str!("../../docs/rules/join_handle_dropped.md"),
    application: Level::Warn,
    library: Level::Warn,
    pedantic: Level::Warn,
    check,
};

fn check(context: &mut Context<'_, '_>) {
    let mut found = Vec::new();
    for (function, facts) in context.facts() {
        for fact in facts {
            if let Fact::Dropped { span } = fact {
                found.push(vec![context.mark(function, *span, "its handle is dropped")]);
            }
        }
    }
    for marks in found {
        context.report(
            &RULE,
            "a thread is started and never joined",
            marks,
            "keep the handle and join it, or use `thread::scope`",
        );
    }
}
