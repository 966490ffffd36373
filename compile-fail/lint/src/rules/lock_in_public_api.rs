//! `lock_in_public_api`: a lock, or its guard, that callers can keep as long as they like.

use super::{Context, Mark, Rule};
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
    let mut found = Vec::new();
    for id in context.model.all_types() {
        let def = context.model.type_def(id);
        if !def.public || def.test {
            continue;
        }
        let me = Ty::Own(id, std::sync::Arc::new([]));
        for field in def.fields.iter().filter(|field| field.public) {
            if matches!(context.flow.field(&me, field.name).peeled(), Ty::Of(Known::Mutex(_) | Known::RwLock(_), _)) {
                let file = context.model.modules[context.model.type_module(id)].file;
                let mark = Mark { file, span: field.at, text: "anybody can lock this, and keep it locked".into() };
                found.push((format!("the public field `{}` of `{}` is a lock", field.name, def.name), vec![mark]));
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
            found.push((format!("`{}` hands out a guard", context.model.shown(id)), vec![mark]));
        }
    }
    for (message, marks) in found {
        context.report(&RULE, message, marks, "offer methods that do the whole thing under the lock");
    }
}
