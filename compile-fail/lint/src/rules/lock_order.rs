//! `lock_order`: two locks of one object, taken in one order here and in the other order there.
//!
//! Both locks must be reached from the same object on both paths (two fields of one `self`, however deep), or be statics:
//! locks of different objects of one type may well be taken in any order, and are left alone.

use std::collections::BTreeMap;

use super::{Context, Mark, Rule, verb};
use crate::{
    finding::Level,
    flow::{Fact, Path, Root, Taken},
    ir::Receiver,
    model::{FnId, Known, StaticId, Ty, TypeId},
    names::Name,
};

pub(super) const RULE: Rule = Rule {
    name: "lock_order",
    hazard: "two locks are taken in opposite orders: two threads that each hold one wait for the other, for ever",
    page: include_str!("../../docs/rules/lock_order.md"),
    application: Level::Error,
    library: Level::Error,
    pedantic: Level::Error,
    check,
};

/// A lock, as the same one is called everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Key {
    /// Reached from an object of this type.
    Field(TypeId, Vec<Name>),
    Static(StaticId, Vec<Name>),
    Local(FnId, u32, Vec<Name>),
}

struct Edge {
    function: FnId,
    held: Taken,
    lock: Taken,
    gates: Vec<(Option<TypeId>, Name)>,
}

fn check(context: &mut Context<'_, '_>) {
    let mut edges: BTreeMap<(Key, Key), Vec<Edge>> = BTreeMap::new();
    for (function, facts) in context.facts() {
        let spawns = facts.iter().any(|fact| matches!(fact, Fact::Spawn));
        for fact in facts {
            let Fact::Take { lock, held: all, blocking: true } = fact else { continue };
            for held in all {
                if held.reentrant && lock.reentrant {
                    continue;
                }
                let Some((first, second)) = keys(context, function, held, lock) else { continue };
                let test = context.model.function(function).test;
                if first == second
                    || (matches!(first, Key::Local(..)) && !spawns)
                    || (test && matches!(first, Key::Field(..)))
                {
                    continue;
                }
                let gates = all
                    .iter()
                    .filter(|gate| gate.id != held.id)
                    .filter_map(|gate| name_of(context, function, gate))
                    .collect();
                let edge = Edge { function, held: held.clone(), lock: lock.clone(), gates };
                edges.entry((first, second)).or_default().push(edge);
            }
        }
    }
    let help = "take them in one order everywhere, or end the first critical section before the second begins";
    for ((first, second), one_way) in &edges {
        if first > second {
            continue;
        }
        let Some(other_way) = edges.get(&(second.clone(), first.clone())) else { continue };
        if let Some((one, two)) = inverted(context, matches!(first, Key::Local(..)), one_way, other_way) {
            // The keys' order is that in which names were met, by several threads: the places' is that of the sources.
            let (one, two) = if place(context, one) <= place(context, two) { (one, two) } else { (two, one) };
            let (message, marks) = describe(context, one, two);
            context.report(&RULE, message, marks, help);
        }
    }
}

/// Two of the paths that can wait for each other: no third lock keeps them apart, and they are not all readers.
fn inverted<'e>(
    context: &Context<'_, '_>,
    local: bool,
    one_way: &'e [Edge],
    other_way: &'e [Edge],
) -> Option<(&'e Edge, &'e Edge)> {
    let pairs = one_way.iter().flat_map(|one| other_way.iter().map(move |two| (one, two)));
    let mut pairs: Vec<_> = pairs
        .filter(|(one, two)| one.held.mode.excludes(two.lock.mode) && one.lock.mode.excludes(two.held.mode))
        // Two paths of one function through its own variables are two threads only if one of them is in a closure.
        .filter(|(one, two)| !local || one.lock.context != two.lock.context)
        .filter(|(one, two)| !one.gates.iter().any(|gate| two.gates.contains(gate)))
        .collect();
    pairs.sort_by_key(|(one, two)| {
        let steps = one.held.steps.len() + one.lock.steps.len() + two.held.steps.len() + two.lock.steps.len();
        let (one, two) = (place(context, one), place(context, two));
        (steps, one.min(two), one.max(two))
    });
    pairs.first().copied()
}

/// Where the second lock of a path is taken, or the call that takes it.
fn place(context: &Context<'_, '_>, edge: &Edge) -> (usize, u32) {
    let first = edge.lock.steps.first();
    (context.model.file_of(edge.function), first.map_or(0, |step| step.span.lo))
}

fn describe(context: &Context<'_, '_>, one: &Edge, two: &Edge) -> (String, Vec<Mark>) {
    let message = format!(
        "`{}` and `{}` are taken in this order in `{}`, and in the other in `{}`",
        one.held.label,
        one.lock.label,
        context.model.shown(one.function),
        context.model.shown(two.function),
    );
    let mut marks = Vec::new();
    for (edge, path) in [(one, "first path"), (two, "second path")] {
        marks.extend(
            context.steps(&edge.lock.steps, &format!("{path}: then `{}` is {}", edge.lock.label, verb(edge.lock.mode))),
        );
        marks.extend(
            context
                .steps(&edge.held.steps, &format!("{path}: first `{}` is {}", edge.held.label, verb(edge.held.mode))),
        );
    }
    (message, marks)
}

/// A gate's name: good enough to see that two paths go through the same one.
fn name_of(context: &Context<'_, '_>, function: FnId, taken: &Taken) -> Option<(Option<TypeId>, Name)> {
    let path = taken.path.as_ref()?;
    if let Root::Static(id) = path.root {
        return Some((None, context.model.static_def(id).name));
    }
    let (last, above) = path.fields.split_last()?;
    match context.flow.type_at(&root_type(context, function, path)?, above).peeled() {
        Ty::Own(id, _) => Some((Some(id), *last)),
        _ => None,
    }
}

fn root_type(context: &Context<'_, '_>, function: FnId, path: &Path) -> Option<Ty> {
    match path.root {
        Root::Param(at) => context.flow.signature(function).params.get(at as usize).cloned(),
        Root::Static(id) => Some(context.flow.static_ty(id).clone()),
        Root::Local(_) => None,
    }
}

fn keys(context: &Context<'_, '_>, function: FnId, held: &Taken, lock: &Taken) -> Option<(Key, Key)> {
    let (first, second) = (held.path.as_ref()?, lock.path.as_ref()?);
    if let (Root::Param(at), true) = (first.root, first.root == second.root) {
        let root = root_type(context, function, first)?;
        if at == 0
            && context.model.function(function).receiver == Some(Receiver::Exclusive)
            && !(shared(context, &root, first) && shared(context, &root, second))
        {
            return None;
        }
        let common = first.fields.iter().zip(second.fields.iter()).take_while(|(a, b)| a == b).count();
        let Ty::Own(id, _) = context.flow.type_at(&root, &first.fields[..common]).peeled() else { return None };
        let rest = |path: &Path| path.fields[common..].to_vec();
        if rest(first).is_empty() || rest(second).is_empty() {
            return None;
        }
        return Some((Key::Field(id, rest(first)), Key::Field(id, rest(second))));
    }
    let key = |path: &Path| match path.root {
        Root::Static(id) => Some(Key::Static(id, path.fields.to_vec())),
        Root::Local(at) if path.fields.is_empty() => Some(Key::Local(function, at, Vec::new())),
        _ => None,
    };
    Some((key(first)?, key(second)?))
}

/// Whether a path goes through an `Arc`: only then can anybody else reach what `&mut self` reaches.
fn shared(context: &Context<'_, '_>, root: &Ty, path: &Path) -> bool {
    let mut ty = root.clone();
    let is_shared = |ty: &Ty| {
        let mut ty = ty.clone();
        loop {
            match ty {
                Ty::Of(Known::Shared, _) | Ty::Unknown => return true,
                Ty::Of(Known::Through | Known::Guard(..), _) => ty = ty.inner(),
                _ => return false,
            }
        }
    };
    for field in path.fields.iter() {
        ty = context.flow.step(&ty, *field);
        if is_shared(&ty) {
            return true;
        }
    }
    false
}
