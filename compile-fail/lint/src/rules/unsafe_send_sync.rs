//! `unsafe_send_sync`: a promise to the compiler that it cannot check. (The one that has a `// SAFETY:` comment is told
//! apart later, where the texts are.)

use super::{Context, Mark, Rule};
use crate::finding::Level;

pub(super) const RULE: Rule = Rule {
    name: "unsafe_send_sync",
    hazard: "`unsafe impl Send` or `Sync` silences the check that keeps data races out, and nothing says why that is sound",
    page: include_str!("../../docs/rules/unsafe_send_sync.md"),
    application: Level::Warn,
    library: Level::Allow,
    pedantic: Level::Warn,
    check,
};

fn check(context: &mut Context<'_, '_>) {
    let help = "build the type from parts that are `Send` and `Sync`; where that cannot be, say why it is sound: `// SAFETY: ..` above it";
    for placed in &context.model.modules {
        for block in placed.module.impls.iter().filter(|block| block.unsafe_marker) {
            let mark = Mark { file: placed.file, span: block.at, text: "nobody checks this".into() };
            let name = block.of.map_or("Send", |of| of.text());
            context.report(&RULE, format!("`unsafe impl {name}` without a reason"), vec![mark], help);
        }
    }
}
