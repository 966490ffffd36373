//! The rules, one file each. A rule reads the model and the facts, and reports; it knows nothing of files on disk.

mod arc_mutex_primitive;
mod atomic_load_store;
mod await_holding_lock;
mod blocking_under_lock;
mod callback_under_lock;
mod check_then_act;
mod condvar_without_loop;
mod could_be_guarded;
mod double_lock;
mod double_lock_call;
mod join_handle_dropped;
mod lock_in_public_api;
mod lock_order;
mod relaxed_publish;
mod rwlock_reentrant_read;
mod rwlock_upgrade;
mod sleep_as_synchronization;
mod static_mut;
mod unsafe_send_sync;

use crate::{
    finding::Level,
    flow::{Fact, Flow, GuardKind, Step, Taken},
    ir::Span,
    model::{FnId, Known, Mode, Model, Ty, TypeId},
    names::Name,
};

/// A rule.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its name, as it is written in a suppression.
    pub name: &'static str,
    /// The hazard, in one line.
    pub hazard: &'static str,
    /// Its page: the hazard, an example, what to write instead, and what it cannot see.
    pub page: &'static str,
    /// Its level in the profile `application`.
    pub application: Level,
    /// Its level in the profile `library`.
    pub library: Level,
    /// Its level in the profile `pedantic`.
    pub pedantic: Level,
    pub(crate) check: fn(&mut Context<'_, '_>),
}

/// All rules: those at error level first.
pub const RULES: &[Rule] = &[
    double_lock::RULE,
    double_lock_call::RULE,
    rwlock_upgrade::RULE,
    lock_order::RULE,
    await_holding_lock::RULE,
    condvar_without_loop::RULE,
    rwlock_reentrant_read::RULE,
    check_then_act::RULE,
    atomic_load_store::RULE,
    blocking_under_lock::RULE,
    callback_under_lock::RULE,
    lock_in_public_api::RULE,
    join_handle_dropped::RULE,
    sleep_as_synchronization::RULE,
    static_mut::RULE,
    unsafe_send_sync::RULE,
    could_be_guarded::RULE,
    relaxed_publish::RULE,
    arc_mutex_primitive::RULE,
];

/// A place, before it has a line.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub(crate) file: usize,
    pub(crate) span: Span,
    pub(crate) text: String,
}

/// A finding, before its places have lines.
pub(crate) struct Raw {
    pub(crate) rule: &'static str,
    pub(crate) message: String,
    pub(crate) marks: Vec<Mark>,
    pub(crate) help: String,
    /// It depends on what a called function does: a warning at most.
    pub(crate) may: bool,
}

/// What a rule works with.
pub(crate) struct Context<'c, 'm> {
    pub(crate) model: &'m Model,
    pub(crate) flow: &'c Flow<'m>,
    pub(crate) raw: Vec<Raw>,
}

impl<'c, 'm> Context<'c, 'm> {
    fn report(&mut self, rule: &Rule, message: impl Into<String>, marks: Vec<Mark>, help: impl Into<String>) {
        self.report_if_certain(true, rule, message, marks, help);
    }

    /// The same; what is not certain, since a called function does it on some of its paths only, is a warning at most.
    fn report_if_certain(
        &mut self,
        certain: bool,
        rule: &Rule,
        message: impl Into<String>,
        marks: Vec<Mark>,
        help: impl Into<String>,
    ) {
        self.raw.push(Raw { rule: rule.name, message: message.into(), marks, help: help.into(), may: !certain });
    }

    /// Every function with its facts. They are the flow's and not the context's: a rule reports while it reads them.
    fn facts(&self) -> impl Iterator<Item = (FnId, &'c [Fact])> + use<'c, 'm> {
        let flow = self.flow;
        let facts = self.model.all_functions().map(|id| (id, flow.facts[id.0 as usize].as_slice()));
        facts.filter(|(_, facts)| !facts.is_empty())
    }

    /// The type of a struct's field, its own type parameters left open.
    fn field(&self, of: TypeId, name: Name) -> Ty {
        self.flow.field(&Ty::Own(of, std::sync::Arc::new([])), name)
    }

    /// The file that a type stands in.
    fn file_of(&self, ty: TypeId) -> usize {
        self.model.modules[self.model.type_module(ty)].file
    }

    fn mark(&self, function: FnId, span: Span, text: impl Into<String>) -> Mark {
        Mark { file: self.model.file_of(function), span, text: text.into() }
    }

    /// The way to where something happens: each call, then the thing itself.
    fn steps(&self, steps: &[Step], last: &str) -> Vec<Mark> {
        let mut marks = Vec::new();
        for (number, step) in steps.iter().enumerate() {
            let text = match steps.get(number + 1) {
                Some(next) => format!("calls `{}`", self.model.shown(next.function)),
                None => last.to_owned(),
            };
            marks.push(self.mark(step.function, step.span, text));
        }
        marks
    }

    /// A lock that is taken, in the rule's own words, and the guard that is held meanwhile.
    fn meeting(&self, lock: &Taken, words: &str, held: &Taken) -> Vec<Mark> {
        let mut marks = self.steps(&lock.steps, &format!("`{}` is {words}", lock.label));
        marks.extend(self.held(held, verb(held.mode)));
        marks
    }

    /// Where a guard that is still held was taken.
    fn held(&self, held: &Taken, how: &str) -> Vec<Mark> {
        let kind = match held.kind {
            GuardKind::Named => "",
            GuardKind::Temporary => " by a temporary, which lives as long as the whole statement",
            GuardKind::Argument => " by a guard that came in as an argument",
        };
        self.steps(&held.steps, &format!("`{}` is {how} here{kind}", held.label))
    }
}

fn verb(mode: Mode) -> &'static str {
    match mode {
        Mode::Read | Mode::Upgradable => "read-locked",
        Mode::Write => "write-locked",
        Mode::Lock => "locked",
    }
}

/// Pairs of locks of which the second is the first once more, while that is held.
fn again<'c>(context: &Context<'c, '_>, wanted: impl Fn(&Taken, &Taken) -> bool) -> Vec<(FnId, &'c Taken, &'c Taken)> {
    let mut found = Vec::new();
    for (function, facts) in context.facts() {
        for fact in facts {
            let Fact::Take { lock, held, blocking: true } = fact else { continue };
            if lock.path.is_none() || lock.reentrant {
                continue;
            }
            for held in held {
                if held.path == lock.path && !held.reentrant && wanted(held, lock) {
                    found.push((function, held, lock));
                }
            }
        }
    }
    found
}

/// Whether a value is a lock, and nothing around it.
fn is_lock(ty: &Ty) -> bool {
    matches!(ty, Ty::Of(Known::Mutex(_) | Known::RwLock(_), _))
}

/// Whether a lock guards nothing but the order of its holders: `Mutex<()>`.
fn is_unit(ty: &Ty) -> bool {
    matches!(ty, Ty::Tuple(parts) if parts.is_empty())
}

/// Whether the second waits for the first for sure, and neither is a reader that wants to write.
fn waits(held: Mode, lock: Mode) -> bool {
    match held {
        Mode::Lock | Mode::Write => true,
        Mode::Upgradable => lock == Mode::Upgradable,
        Mode::Read => false,
    }
}
