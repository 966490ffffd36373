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
    /// `[package.metadata.raceproof]` in the manifest, or nothing special.
    pub fn load(root: &Path) -> Result<Config, String> {
        let own = root.join("raceproof.toml");
        if own.is_file() {
            let text = fs::read_to_string(&own).map_err(|error| format!("{}: {error}", own.display()))?;
            let config: Config = toml::from_str(&text).map_err(|error| format!("{}: {error}", own.display()))?;
            return config.checked(&own);
        }
        let manifest = root.join("Cargo.toml");
        let Ok(text) = fs::read_to_string(&manifest) else { return Ok(Config::default()) };
        let Ok(table) = text.parse::<toml::Table>() else { return Ok(Config::default()) };
        for section in ["workspace", "package"] {
            let found =
                table.get(section).and_then(|table| table.get("metadata")).and_then(|table| table.get("raceproof"));
            if let Some(found) = found {
                let config: Config =
                    found.clone().try_into().map_err(|error| format!("{}: {error}", manifest.display()))?;
                return config.checked(&manifest);
            }
        }
        Ok(Config::default())
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
