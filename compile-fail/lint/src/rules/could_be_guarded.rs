//! `could_be_guarded`: a struct that is a lock and methods that take it: what `#[guarded]` writes by itself.

use super::{Context, Mark, Rule, is_lock};
use crate::{finding::Level, flow::Root, ir::Receiver, model::Ty};

pub(super) const RULE: Rule = Rule {
    name: "could_be_guarded",
    hazard: "a lock by hand: each new method must remember to take it, once, and first",
    page: include_str!("../../docs/rules/could_be_guarded.md"),
    application: Level::Allow,
    library: Level::Allow,
    pedantic: Level::Warn,
    check,
};

fn check(context: &mut Context<'_, '_>) {
    let help = "write the plain struct and put `#[raceproof::guarded]` on it and on its `impl`";
    for id in context.model.all_types() {
        let def = context.model.type_def(id);
        if def.is_enum || def.guarded || def.test {
            continue;
        }
        let [field] = def.fields.as_slice() else { continue };
        if field.public || !is_lock(&context.field(id, field.name)) {
            continue;
        }
        let (mut methods, mut all) = (0, true);
        for function in context.model.all_functions() {
            let inside = matches!(context.model.owner(function), Some((_, Ty::Own(on, _))) if *on == id);
            let item = context.model.function(function);
            if !inside || !item.public || !matches!(item.receiver, Some(Receiver::Shared | Receiver::Exclusive)) {
                continue;
            }
            methods += 1;
            let summary = context.flow.summary(function);
            let path = summary.taken.first().and_then(|taken| taken.path.as_ref());
            all &= summary.guard.is_none()
                && path.is_some_and(|path| path.root == Root::Param(0) && *path.fields == [field.name]);
        }
        if methods >= 2 && all {
            let text = format!("each of its {methods} methods locks `{}`", field.name);
            let mark = Mark { file: context.file_of(id), span: def.at, text };
            context.report(&RULE, format!("`{}` could be `#[guarded]`", def.name), vec![mark], help);
        }
    }
}
