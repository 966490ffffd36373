//! `atomic_load_store`: a value is loaded, changed and stored, in two steps.

use super::{Context, Rule};
use crate::{finding::Level, flow::Fact};

pub(super) const RULE: Rule = Rule {
    name: "atomic_load_store",
    hazard: "between the load and the store another thread may have stored: its change is lost",
    page: include_str!("../../docs/rules/atomic_load_store.md"),
    application: Level::Warn,
    library: Level::Allow,
    pedantic: Level::Warn,
    check,
};

fn check(context: &mut Context<'_, '_>) {
    for (function, facts) in context.facts() {
        for fact in facts {
            let Fact::LoadStore { span, load, label } = fact else { continue };
            let marks =
                vec![context.mark(function, *span, "and stored here"), context.mark(function, *load, "loaded here")];
            let message = format!("`{label}` is loaded, changed and stored: two atomic operations are not one");
            context.report(&RULE, message, marks, "use `fetch_add`, `fetch_or`, `swap`, or `fetch_update`");
        }
    }
}
