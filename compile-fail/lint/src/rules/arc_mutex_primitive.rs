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
    let number = |ty: Ty| match ty.peeled() {
        Ty::Of(Known::Mutex(_) | Known::RwLock(_), args) => matches!(args.first(), Some(Ty::Of(Known::Primitive, _))),
        _ => false,
    };
    for id in context.model.all_types() {
        let def = context.model.type_def(id);
        // Beside a condition variable a mutex around a `bool` is what it takes.
        let condvar = |name| matches!(context.field(id, name).peeled(), Ty::Of(Known::Condvar(_), _));
        let waits = def.fields.iter().any(|field| condvar(field.name));
        for field in def.fields.iter().filter(|_| !waits && !def.test) {
            if number(context.field(id, field.name)) {
                let mark = Mark { file: context.file_of(id), span: field.at, text: "a lock around a number".into() };
                let message = format!("`{}.{}` could be an atomic", def.name, field.name);
                context.report(&RULE, message, vec![mark], "use `AtomicU64`, `AtomicBool` and so on");
            }
        }
    }
}
