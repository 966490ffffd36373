//! Refusals of a struct. What is refused is mended at once, so that the stub that takes its place is a whole type.

use crate::codes;
use crate::errors::Errors;
use crate::model::structure::Structure;
use crate::strategy;
use syn::{Data, Visibility};

pub(crate) fn structure(structure: &mut Structure, errors: &mut Errors) {
    shape(structure, errors);
    public_fields(structure, errors);
    let before = errors.count();
    (structure.strategy.check)(structure, errors);
    derives(structure, errors);
    if errors.count() > before {
        structure.strategy = strategy::default();
        structure.settings = strategy::Settings::default();
    }
    structure.stub = errors.any();
}

fn shape(structure: &Structure, errors: &mut Errors) {
    let what = match &structure.definition.data {
        Data::Struct(_) => return,
        Data::Enum(_) => "an enum: its variants could not be named outside the lock",
        Data::Union(_) => "a union: reading it needs `unsafe`, under a lock as elsewhere",
    };
    errors.refuse(&codes::NOT_A_STRUCT, &structure.wrapper, format!("`{}` is {what}", structure.wrapper));
}

/// A derive that is refused here is kept in the stub, which is behind a mutex.
fn derives(structure: &Structure, errors: &mut Errors) {
    for (kind, reason) in structure.strategy.refuses {
        if let Some(derive) = structure.derive(*kind) {
            errors.refuse(
                &codes::DERIVE_IN_PARTS,
                &derive.path,
                format!("under `{}` {reason}", structure.strategy.name),
            );
        }
    }
}

fn public_fields(structure: &mut Structure, errors: &mut Errors) {
    let Data::Struct(data) = &mut structure.definition.data else { return };
    for (i, field) in data.fields.iter_mut().enumerate() {
        if matches!(field.vis, Visibility::Inherited) {
            continue;
        }
        let name = field.ident.as_ref().map_or(i.to_string(), ToString::to_string);
        errors.refuse(&codes::PUBLIC_FIELD, &field.vis, format!("the field `{name}` is public"));
        field.vis = Visibility::Inherited;
    }
}
