//! `arc_mutex_primitive`: a mutex around a number.

use super::{Context, Mark, Rule};
use crate::{
    finding::Level,
    model::{Known, Ty},
};

pub(super) const RULE: Rule = Rule {
    name: "arc_mutex_primitive",
    hazard: "a lock for what an atomic does in one instruction, and without ever blocking",
    page: include_str!("../../docs/rules/arc_mutex_primitive.md"),
    application: Level::Allow,
    library: Level::Allow,
    pedantic: Level::Warn,
    check,
};

fn check(context: &mut Context<'_, '_>) {
    let mut found = Vec::new();
    let number = |ty: Ty| match ty.peeled() {
        Ty::Of(Known::Mutex(_) | Known::RwLock(_), args) => matches!(args.first(), Some(Ty::Of(Known::Primitive, _))),
        _ => false,
    };
    for id in context.model.all_types() {
        let def = context.model.type_def(id);
        let me = Ty::Own(id, std::sync::Arc::new([]));
        // Beside a condition variable a mutex around a `bool` is what it takes.
        let waits = def
            .fields
            .iter()
            .any(|field| matches!(context.flow.field(&me, field.name).peeled(), Ty::Of(Known::Condvar(_), _)));
        for field in def.fields.iter().filter(|_| !waits && !def.test) {
            if number(context.flow.field(&me, field.name)) {
                let file = context.model.modules[context.model.type_module(id)].file;
                let mark = Mark { file, span: field.at, text: "a lock around a number".into() };
                found.push((format!("`{}.{}` could be an atomic", def.name, field.name), vec![mark]));
            }
        }
    }
    for (message, marks) in found {
        context.report(&RULE, message, marks, "use `AtomicU64`, `AtomicBool` and so on");
    }
}
