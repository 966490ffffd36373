//! `lock_in_public_api`: a lock, or its guard, that callers can keep as long as they like.

use super::{Context, Mark, Rule, is_lock};
use crate::{
    finding::Level,
    model::{Known, Ty},
};

pub(super) const RULE: Rule = Rule {
    name: "lock_in_public_api",
    hazard: "callers see the lock: who holds it when, and in which order, is no longer in this crate",
    page: include_str!("../../docs/rules/lock_in_public_api.md"),
    application: Level::Allow,
    library: Level::Warn,
    pedantic: Level::Warn,
    check,
};

fn check(context: &mut Context<'_, '_>) {
    let help = "offer methods that do the whole thing under the lock";
    for id in context.model.all_types() {
        let def = context.model.type_def(id);
        if !def.public || def.test {
            continue;
        }
        for field in def.fields.iter().filter(|field| field.public) {
            if is_lock(&context.field(id, field.name).peeled()) {
                let text = "anybody can lock this, and keep it locked".into();
                let mark = Mark { file: context.file_of(id), span: field.at, text };
                let message = format!("the public field `{}` of `{}` is a lock", field.name, def.name);
                context.report(&RULE, message, vec![mark], help);
            }
        }
    }
    for id in context.model.all_functions() {
        let function = context.model.function(id);
        if !function.public || function.test || function.output.is_none() {
            continue;
        }
        let output = &context.flow.signature(id).output;
        let inner =
            if matches!(output, Ty::Of(Known::Option | Known::Result, _)) { output.inner() } else { output.clone() };
        if matches!(inner, Ty::Of(Known::Guard(..), _)) {
            let mark = context.mark(id, function.at, "the caller decides when it is unlocked");
            context.report(&RULE, format!("`{}` hands out a guard", context.model.shown(id)), vec![mark], help);
        }
    }
}
