//! The manifest of the crate being compiled: what it calls other crates, and whether it has them for tests alone.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// The path of a crate, as the crate being compiled names it: a dependency may be renamed.
pub(crate) fn path_of(package: &str) -> TokenStream {
    let name = match crate_name(package) {
        Ok(FoundCrate::Name(name)) => name,
        // Its own library, or its tests and examples, where the library has its own name; or nothing known, where the
        // plain name gives the best error.
        Ok(FoundCrate::Itself) | Err(_) => package.replace('-', "_"),
    };
    let name = format_ident!("{name}");
    quote!(::#name)
}

/// The path of a crate, where the crate being compiled has it in whatever way, or is it.
pub(crate) fn any_dependency(package: &str) -> Option<TokenStream> {
    crate_name(package).ok().map(|_| path_of(package))
}

/// The path of a crate that stands among the dev-dependencies.
///
/// Features unified elsewhere in a workspace do not matter here: the crate's own manifest decides, so tests never
/// appear in a crate that did not ask for them.
pub(crate) fn dev_dependency(package: &str) -> Option<TokenStream> {
    let Ok(FoundCrate::Name(name)) = crate_name(package) else { return None };
    let folder = std::env::var_os("CARGO_MANIFEST_DIR")?;
    let text = std::fs::read_to_string(std::path::Path::new(&folder).join("Cargo.toml")).ok()?;
    let manifest: toml_edit::DocumentMut = text.parse().ok()?;
    if !dev_dependencies(manifest.as_table()).iter().any(|key| key.replace('-', "_") == name) {
        return None;
    }
    let name = format_ident!("{name}");
    Some(quote!(::#name))
}

/// The names of a manifest's dev-dependencies, those of single targets too.
fn dev_dependencies(manifest: &toml_edit::Table) -> Vec<String> {
    let keys = |item: &toml_edit::Item| -> Vec<String> {
        ["dev-dependencies", "dev_dependencies"]
            .iter()
            .filter_map(|name| item.get(name)?.as_table_like())
            .flat_map(|table| table.iter().map(|(key, _)| key.to_owned()).collect::<Vec<_>>())
            .collect()
    };
    let mut all = keys(&toml_edit::Item::Table(manifest.clone()));
    if let Some(targets) = manifest.get("target").and_then(toml_edit::Item::as_table_like) {
        all.extend(targets.iter().flat_map(|(_, target)| keys(target)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::dev_dependencies;

    #[test]
    fn of_every_shape() {
        let manifest = "[dependencies]\nserde = '1'\n[dev-dependencies]\nraceproof-test = { workspace = true }\n\
            [dev-dependencies.checker]\npackage = 'raceproof-test'\nversion = '1'\n\
            [target.'cfg(unix)'.dev-dependencies]\nnix = '1'";
        let manifest: toml_edit::DocumentMut = manifest.parse().unwrap();
        assert_eq!(dev_dependencies(manifest.as_table()), ["raceproof-test", "checker", "nix"]);
    }
}
