//! `relaxed_publish`: a flag says that something is ready, without ordering what is.

use super::{Context, Rule};
use crate::{
    finding::Level,
    flow::{Fact, Root},
    model::{Known, Ty},
};

pub(super) const RULE: Rule = Rule {
    name: "relaxed_publish",
    hazard: "data and then a flag are stored with `Relaxed`: whoever sees the flag may not see the data",
    page: include_str!("../../docs/rules/relaxed_publish.md"),
    application: Level::Allow,
    library: Level::Allow,
    pedantic: Level::Warn,
    check,
};

fn check(context: &mut Context<'_, '_>) {
    let help = "store it with `Release`, and load it with `Acquire`";
    for (function, facts) in context.facts() {
        let mut before = None;
        for fact in facts {
            let Fact::RelaxedStore { span, path, flag } = fact else { continue };
            if let Some((data, first)) = before
                && *flag
                && path != data
                && path.fields.len() == 1
                && path.root == Root::Param(0)
                && matches!(path_type(context, function, path), Ty::Of(Known::Atomic, _))
            {
                let marks = vec![
                    context.mark(function, *span, "stored after it, but not ordered after it"),
                    context.mark(function, first, "this is stored first"),
                ];
                context.report(&RULE, "a flag is stored with `Relaxed` after what it announces", marks, help);
            }
            if !flag {
                before = Some((path, *span));
            }
        }
    }
}

fn path_type(context: &Context<'_, '_>, function: crate::model::FnId, path: &crate::flow::Path) -> Ty {
    let root = context.flow.signature(function).params.first().cloned().unwrap_or(Ty::Unknown);
    context.flow.type_at(&root, &path.fields).unboxed()
}
