//! What is looked for: a profile, and what a project says differently, in `raceproof.toml` or in its manifest.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Deserialize;

use crate::{
    finding::Level,
    rules::{RULES, Rule},
};

/// A set of levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// For programs.
    #[default]
    Application,
    /// For libraries: what they show to others counts more.
    Library,
    /// All of it.
    Pedantic,
}

impl std::str::FromStr for Profile {
    type Err = String;

    fn from_str(text: &str) -> Result<Profile, String> {
        match text {
            "application" => Ok(Profile::Application),
            "library" => Ok(Profile::Library),
            "pedantic" => Ok(Profile::Pedantic),
            _ => Err(format!("no profile is called `{text}`: there are `application`, `library` and `pedantic`")),
        }
    }
}

/// What is looked for, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// The levels to start from.
    pub profile: Profile,
    /// Levels of single rules, by name.
    pub rules: BTreeMap<String, Level>,
    /// Folders and files that are left out, from the project's root.
    pub exclude: Vec<String>,
}

impl Config {
    /// The configuration of the project in this folder: `raceproof.toml`, or `[workspace.metadata.raceproof]` or
    /// `[package.metadata.raceproof]` in the manifest; for a package that has neither, that of the workspace it stands in;
    /// or nothing special.
    pub fn load(root: &Path) -> Result<Config, String> {
        if let Some(config) = Config::of(root)? {
            return Ok(config);
        }
        let Ok(full) = root.canonicalize() else { return Ok(Config::default()) };
        for folder in full.ancestors().skip(1) {
            let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
            if !manifest.parse::<toml::Table>().is_ok_and(|table| table.contains_key("workspace")) {
                continue;
            }
            let mut config = Config::of(folder)?.unwrap_or_default();
            // What is left out there is named from there.
            let here = full.strip_prefix(folder).unwrap_or(&full);
            let inside = |path: &String| Some(Path::new(path).strip_prefix(here).ok()?.to_string_lossy().into_owned());
            config.exclude = config.exclude.iter().filter_map(inside).filter(|path| !path.is_empty()).collect();
            return Ok(config);
        }
        Ok(Config::default())
    }

    /// The configuration that stands in this very folder.
    fn of(root: &Path) -> Result<Option<Config>, String> {
        let own = root.join("raceproof.toml");
        if own.is_file() {
            let text = fs::read_to_string(&own).map_err(|error| format!("{}: {error}", own.display()))?;
            let config: Config = toml::from_str(&text).map_err(|error| format!("{}: {error}", own.display()))?;
            return config.checked(&own).map(Some);
        }
        let manifest = root.join("Cargo.toml");
        let Ok(text) = fs::read_to_string(&manifest) else { return Ok(None) };
        let Ok(table) = text.parse::<toml::Table>() else { return Ok(None) };
        for section in ["workspace", "package"] {
            let found =
                table.get(section).and_then(|table| table.get("metadata")).and_then(|table| table.get("raceproof"));
            if let Some(found) = found {
                let config: Config =
                    found.clone().try_into().map_err(|error| format!("{}: {error}", manifest.display()))?;
                return config.checked(&manifest).map(Some);
            }
        }
        Ok(None)
    }

    fn checked(self, path: &Path) -> Result<Config, String> {
        for name in self.rules.keys() {
            if !known(name) {
                return Err(format!("{}: no rule is called `{name}`", path.display()));
            }
        }
        Ok(self)
    }

    /// The level of a rule.
    pub fn level(&self, rule: &Rule) -> Level {
        self.rules.get(rule.name).copied().unwrap_or(match self.profile {
            Profile::Application => rule.application,
            Profile::Library => rule.library,
            Profile::Pedantic => rule.pedantic,
        })
    }
}

/// Whether a rule has this name.
pub(crate) fn known(name: &str) -> bool {
    RULES.iter().any(|rule| rule.name == name) || name == "unused_suppression"
}
