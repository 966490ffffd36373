//! Each rule against programs that have the bug, and programs that look like it and do not.
//!
//! A case is a file `tests/cases/<rule>/{bad,good}_*.rs`; `//~ rule` marks a line where a finding is expected. What is
//! compared are the findings of the folder's rule, and all at error level. The pages of the rules are cases too: the first
//! program of a page has the bug, the second has not.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use raceproof_lint::{Config, Level, Linter, Profile, RULES};

fn lint(path: &Path, rule: &str) -> BTreeSet<(usize, String)> {
    let config = Config { profile: Profile::Pedantic, ..Config::default() };
    let report = Linter::new(path).unwrap().with_config(config).run().unwrap();
    assert!(report.skipped.is_empty(), "{}: {:?}", path.display(), report.skipped);
    let findings = report.findings.into_iter().filter(|finding| finding.rule == rule || finding.level == Level::Error);
    findings.map(|finding| (finding.place().unwrap().line, finding.rule.to_owned())).collect()
}

fn expected(text: &str) -> BTreeSet<(usize, String)> {
    let marked = text.lines().enumerate().filter_map(|(number, line)| Some((number + 1, line.split_once("//~ ")?.1)));
    marked.flat_map(|(line, rules)| rules.split_whitespace().map(move |rule| (line, rule.to_owned()))).collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

#[test]
fn cases() {
    let (mut bad, mut good, mut wrong) = (0, 0, Vec::new());
    for rule in RULES {
        let folder = root().join("tests/cases").join(rule.name);
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path).unwrap();
            let expected = expected(&text);
            match name.split('_').next() {
                Some("bad") => bad += 1,
                Some("good") => good += 1,
                _ => panic!("{name} is neither bad nor good"),
            }
            assert_eq!(name.starts_with("bad"), !expected.is_empty(), "{name} has no mark, or one too many");
            let found = lint(&path, rule.name);
            if found != expected {
                wrong.push(format!("{}/{name}: expected {expected:?}, found {found:?}", rule.name));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    // A folder that is not found has no wrong cases either.
    assert!(bad >= 25 && good >= 25, "only {bad} bad and {good} good cases");
}

#[test]
fn pages() {
    let folder = tempfile::tempdir().unwrap();
    for rule in RULES {
        let page = root().join("docs/rules").join(format!("{}.md", rule.name));
        let text = fs::read_to_string(&page).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        for section in ["## The hazard", "## Example", "## What to write instead", "## What it cannot see"] {
            assert!(text.contains(section), "{} lacks `{section}`", rule.name);
        }
        let programs: Vec<&str> = text.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        assert_eq!(programs.len(), 2, "{}: the bug and the remedy", rule.name);
        for (number, program) in programs.iter().enumerate() {
            let path = folder.path().join(format!("{}_{number}.rs", rule.name));
            fs::write(&path, program).unwrap();
            let found = lint(&path, rule.name);
            let has = found.iter().any(|(_, name)| name == rule.name);
            assert_eq!(has, number == 0, "{}: program {number}: {found:?}", rule.name);
        }
    }
}

/// The index of the rules is made of them; `UPDATE_RULES=1` writes it anew. What a page says of the level is compared too.
#[test]
fn the_index_of_the_rules_is_current() {
    let mut index = "# The rules\n\n<!-- Written by `UPDATE_RULES=1 cargo test -p raceproof-lint --test cases`, from the rules. -->\n\n\
        `cargo race explain RULE` shows a page in a terminal.\n\n\
        | rule | `application` | `library` | `pedantic` | finds |\n|---|---|---|---|---|\n"
        .to_owned();
    for rule in RULES {
        let levels = [rule.application, rule.library, rule.pedantic];
        let [a, l, p] = levels.map(|level| level.to_string());
        index += &format!("| [`{0}`]({0}.md) | {a} | {l} | {p} | {1} |\n", rule.name, rule.hazard);
        let said = rule.page.lines().find_map(|line| line.strip_prefix("Level: ")).unwrap_or_default();
        for (level, word) in [(Level::Error, "error"), (Level::Warn, "warning"), (Level::Allow, "allowed")] {
            assert!(!levels.contains(&level) || said.contains(word), "{}: `{said}` does not say {word}", rule.name);
        }
        assert!(said.contains("every profile") == (a == l && l == p), "{}: `{said}`", rule.name);
    }
    let path = root().join("docs/rules/README.md");
    if std::env::var_os("UPDATE_RULES").is_some() {
        fs::write(&path, &index).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap_or_default() == index, "docs/rules/README.md is stale: UPDATE_RULES=1");
}
