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
    for (function, facts) in context.facts() {
        for fact in facts {
            let Fact::Dropped { span } = fact else { continue };
            let marks = vec![context.mark(function, *span, "its handle is dropped")];
            let help = "keep the handle and join it, or use `thread::scope`";
            context.report(&RULE, "a thread is started and never joined", marks, help);
        }
    }
}
