//! What the attributes of raceproof refuse: a file each, whose name starts with the code that it must give.

use std::path::{Path, PathBuf};

use crate::{list, name_of};

/// A program that an attribute of raceproof refuses, with a code of its own or by a bound that is not met.
#[derive(Debug)]
pub struct Refusal {
    /// The file's name without its ending: `rp0003_public_field`.
    pub name: String,
    /// The code that the name promises: `RP0003`.
    pub code: String,
    /// The program.
    pub path: PathBuf,
}

impl Refusal {
    /// The code of raceproof's own that it is about: `RP0008` in `e0277_rp0008_not_send`, where rustc has the word.
    pub fn own_code(&self) -> Option<String> {
        let code = self.name.split('_').take(2).find(|part| part.starts_with("rp"))?.to_uppercase();
        is_code(&code).then_some(code)
    }

    /// Reads the folder of refusals: programs, each with the compiler's words beside it, and nothing else.
    pub(crate) fn read_all(folder: &Path, problems: &mut Vec<String>) -> Vec<Self> {
        let paths = list(folder, problems);
        let refusals: Vec<Self> = paths
            .iter()
            .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
            .map(|path| {
                let name = name_of(path).trim_end_matches(".rs").to_owned();
                let code = name.split('_').next().unwrap_or_default().to_uppercase();
                if !is_code(&code) {
                    problems.push(format!("{}: its name does not start with a code", path.display()));
                }
                Self { name, code, path: path.clone() }
            })
            .collect();
        for path in &paths {
            let is_words_of_a_case = path.extension().is_some_and(|ending| ending == "stderr")
                && refusals.iter().any(|refusal| refusal.path.with_extension("stderr") == *path);
            if path.extension().is_none_or(|ending| ending != "rs") && !is_words_of_a_case {
                problems.push(format!("{}: not one of a refusal's files", path.display()));
            }
        }
        if refusals.is_empty() {
            problems.push(format!("{}: no refusal", folder.display()));
        }
        refusals
    }
}

/// Whether this is a code: `RP0003`, or `E0277` where the compiler has the word.
fn is_code(code: &str) -> bool {
    let digits = code.strip_prefix("RP").or_else(|| code.strip_prefix('E')).unwrap_or_default();
    digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
}
