//! Which `cfg` holds: the linter reads the program as it is on Linux, with all features and with its tests.

use syn::{Attribute, Item, Meta, punctuated::Punctuated, token::Comma};

/// Whether all the `cfg` attributes hold.
pub(crate) fn holds(attrs: &[Attribute]) -> bool {
    attrs.iter().filter(|attr| attr.path().is_ident("cfg")).all(|attr| match attr.parse_args::<Meta>() {
        Ok(meta) => value(&meta).unwrap_or(true),
        Err(_) => true,
    })
}

/// Whether it says that this is only there for tests.
pub(crate) fn is_test(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        let path = attr.path();
        path.segments.last().is_some_and(|last| {
            let name = last.ident.to_string();
            name == "test" || name.ends_with("_test") || name == "rstest" || name == "test_case" || name == "bench"
        }) || (path.is_ident("cfg") && attr.parse_args::<Meta>().is_ok_and(|meta| mentions_test(&meta)))
    })
}

fn nested(meta: &Meta) -> Vec<Meta> {
    match meta {
        Meta::List(list) => match list.parse_args_with(Punctuated::<Meta, Comma>::parse_terminated) {
            Ok(inner) => inner.into_iter().collect(),
            Err(_) => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn mentions_test(meta: &Meta) -> bool {
    meta.path().is_ident("test")
        || ((meta.path().is_ident("all") || meta.path().is_ident("any")) && nested(meta).iter().any(mentions_test))
}

/// What a `cfg` is, where that is known.
fn value(meta: &Meta) -> Option<bool> {
    let name = meta.path().get_ident()?.to_string();
    let text = match meta {
        Meta::NameValue(pair) => match &pair.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    };
    match (name.as_str(), text.as_deref()) {
        ("not", _) => nested(meta).first().and_then(value).map(|value| !value),
        ("all", _) => {
            let values: Vec<_> = nested(meta).iter().map(value).collect();
            if values.contains(&Some(false)) {
                Some(false)
            } else if values.contains(&None) {
                None
            } else {
                Some(true)
            }
        }
        ("any", _) => {
            let values: Vec<_> = nested(meta).iter().map(value).collect();
            if values.contains(&Some(true)) {
                Some(true)
            } else if values.contains(&None) {
                None
            } else {
                Some(false)
            }
        }
        ("test" | "unix" | "debug_assertions" | "panic", _) => Some(true),
        ("windows" | "loom" | "miri" | "shuttle" | "wasm" | "kani" | "fuzzing", _) => Some(false),
        ("target_os", Some(os)) => Some(os == "linux"),
        ("target_family", Some(family)) => Some(family == "unix"),
        ("target_arch", Some(arch)) => Some(arch == "x86_64"),
        ("target_pointer_width", Some(width)) => Some(width == "64"),
        ("target_env", Some(env)) => Some(env == "gnu"),
        ("target_has_atomic", _) => Some(true),
        ("feature", Some(feature)) => Some(!["loom", "shuttle", "deadlock_detection", "nightly"].contains(&feature)),
        _ => None,
    }
}

/// The attributes of an item.
pub(crate) fn of_item(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
