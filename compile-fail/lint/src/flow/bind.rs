//! Patterns: which variable gets which part of a value, and with it which guard.

use super::{
    Path, Root,
    state::{Binding, Guard, Owner, Val, Walk},
};
use crate::{
    ir::Pat,
    model::{Known, Ty},
    names::Name,
};

impl<'m> Walk<'_, 'm> {
    /// Binds a pattern to a value, in the innermost scope.
    pub(super) fn bind(&mut self, pat: &Pat, mut val: Val<'m>) {
        match pat {
            Pat::Bind(name) => {
                self.unwrap_pending_as_value(&mut val);
                self.variable(*name, val);
            }
            Pat::Wild => self.touch(&val),
            Pat::Names(names) => {
                self.touch(&val);
                for name in names {
                    self.variable(*name, Val::none());
                }
            }
            Pat::Tuple(parts) => self.bind_tuple(parts, val),
            Pat::Fields(Some(name), fields) if name.is(&["Ok", "Some", "Err", "Ready", "Continue"]) => {
                self.bind_wrapped(*name, fields, val);
            }
            Pat::Fields(name, fields) => {
                self.touch(&val);
                let val = if val.guard.is_some() { self.behind(val) } else { val };
                let ty = val.ty.peeled();
                let is_enum = matches!(&ty, Ty::Own(id, _) if self.flow.model.type_def(*id).is_enum);
                for (field, pat) in fields {
                    // A variant's field is one step of a path, which says both.
                    let step = match name {
                        Some(variant) if is_enum => Name::new(&format!("{variant}.{field}")),
                        _ => *field,
                    };
                    let mut part = Val::of(self.flow.step(&ty, step));
                    part.path = val.path.as_ref().filter(|_| matches!(ty, Ty::Own(..))).map(|path| path.field(step));
                    self.bind(pat, part);
                }
            }
        }
    }

    /// `let g = m.try_lock();` is not held: whether it is, is asked later.
    fn unwrap_pending_as_value(&mut self, val: &mut Val<'m>) {
        if val.pending.as_ref().is_some_and(|pending| pending.blocking && !pending.awaits) {
            val.pending = None;
        }
    }

    fn bind_tuple(&mut self, parts: &[Pat], val: Val<'m>) {
        if let Some(guard) = val.guard.filter(|guard| guard.paired) {
            let mut first = Val::of(val.ty.clone());
            first.guard = Some(Guard { paired: false, wrapped: false, ..guard });
            for (number, pat) in parts.iter().enumerate() {
                self.bind(pat, if number == 0 { first.clone() } else { Val::none() });
            }
            return;
        }
        let mut given = val.parts.clone().into_iter();
        if val.parts.is_empty() {
            self.touch(&val);
        }
        for (number, pat) in parts.iter().enumerate() {
            let part = given.next().unwrap_or_else(|| match &val.ty {
                Ty::Tuple(types) => Val::of(types.get(number).cloned().unwrap_or(Ty::Unknown)),
                _ => Val::none(),
            });
            self.bind(pat, part);
        }
    }

    fn bind_wrapped(&mut self, name: Name, fields: &[(Name, Pat)], mut val: Val<'m>) {
        let good = !name.is(&["Err"]);
        let Some((_, pat)) = fields.first() else { return };
        let mut inner = Val::none();
        if let Some(pending) = val.pending.take() {
            if good && !pending.awaits {
                let ty = Ty::of(Known::Guard(pending.taken.family, pending.taken.mode), pending.taken.of.clone());
                let id = self.take(pending.taken, pending.blocking);
                inner = Val::of(ty);
                inner.guard = Some(Guard { id, wrapped: false, paired: false });
            }
        } else if let Some(guard) = val.guard {
            inner = Val::of(val.ty.clone());
            inner.guard = Some(Guard { wrapped: !good, ..guard });
        } else if good && matches!(val.ty, Ty::Of(Known::Option | Known::Result, _)) {
            inner = Val::of(val.ty.inner());
            inner.path = val.path.as_ref().map(|path| path.field(Name::new("?")));
        } else {
            self.touch(&val);
        }
        self.bind(pat, inner);
    }

    /// A new variable.
    pub(super) fn variable(&mut self, name: Name, mut val: Val<'m>) {
        let id = self.fresh();
        if let Some(guard) = val.guard {
            self.own(guard.id, Owner::Variable(id), false);
        }
        for part in &val.parts {
            if let Some(guard) = part.guard {
                self.own(guard.id, Owner::Variable(id), false);
            }
        }
        if val.path.is_none() && val.guard.is_none() {
            val.path = Some(Path::root(Root::Local(id)));
        }
        if let Some(scope) = self.scopes.last_mut() {
            scope.push(Binding { name, id, val });
        }
    }
}
