//! What a user sees: output, exit codes, configuration, suppressions, editions, workspaces.

use std::{fs, path::Path};

use raceproof_lint::{Config, Exit, Format, Level, Linter, Options, Profile, Report, Stage, run};

const DEADLOCK: &str = "use std::sync::Mutex;
struct S { n: Mutex<u32> }
impl S {
    fn f(&self) {
        let held = self.n.lock().unwrap();
        *self.n.lock().unwrap() = *held;
    }
}
";

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn lint(folder: &Path) -> Report {
    Linter::new(folder).unwrap().run().unwrap()
}

fn rules(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.rule).collect()
}

fn output(options: &Options) -> (Exit, String, String) {
    let (mut out, mut progress) = (Vec::new(), Vec::new());
    let exit = run(options, &mut out, &mut progress);
    (exit, String::from_utf8(out).unwrap(), String::from_utf8(progress).unwrap())
}

#[test]
fn the_source_is_shown_with_both_places() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "src/lib.rs", DEADLOCK);
    let (exit, out, progress) = output(&Options { path: folder.path().into(), ..Options::default() });
    assert_eq!(exit, Exit::Findings);
    for part in ["error[double_lock]: `self.n` is locked twice", "src/lib.rs:6:", "is locked here", "help: "] {
        assert!(out.contains(part), "{part} is missing in\n{out}");
    }
    assert!(progress.starts_with("1 error, 0 warnings"), "{progress}");
}

#[test]
fn json_is_what_cargo_prints() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "src/lib.rs", DEADLOCK);
    let (_, out, _) = output(&Options { path: folder.path().into(), format: Format::Json, ..Options::default() });
    let message: serde_json::Value = serde_json::from_str(out.trim()).unwrap();
    assert_eq!(message["reason"], "compiler-message");
    let diagnostic = &message["message"];
    assert_eq!(diagnostic["code"]["code"], "double_lock");
    assert_eq!(diagnostic["level"], "error");
    let spans = diagnostic["spans"].as_array().unwrap();
    assert_eq!(spans.len(), 2);
    assert_eq!((&spans[0]["is_primary"], &spans[0]["line_start"]), (&true.into(), &6.into()));
    assert_eq!(spans[1]["line_start"], 5);
    assert!(diagnostic["rendered"].as_str().unwrap().contains("double_lock"));
}

#[test]
fn exit_codes() {
    assert_eq!([Exit::Clean, Exit::Findings, Exit::Failed].map(Exit::code), [0, 1, 2]);
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "lib.rs", "static mut N: u32 = 0;");
    let mut options = Options { path: folder.path().into(), ..Options::default() };
    assert_eq!(output(&options).0, Exit::Clean);
    options.deny_warnings = true;
    assert_eq!(output(&options).0, Exit::Findings);
}

#[test]
fn a_suppression_needs_a_reason_and_a_use() {
    let folder = tempfile::tempdir().unwrap();
    let with = |comment: &str| DEADLOCK.replace("        *self", &format!("        {comment}\n        *self"));
    write(folder.path(), "lib.rs", &with("// raceproof: allow(double_lock): shows what happens"));
    let report = lint(folder.path());
    assert_eq!((report.findings.len(), report.suppressed), (0, 1));
    write(folder.path(), "lib.rs", &with("// raceproof: allow(double_lock)"));
    assert_eq!(rules(&lint(folder.path())), ["unused_suppression", "double_lock"]);
    write(folder.path(), "lib.rs", &with("// raceproof: allow(double_look): typing"));
    let report = lint(folder.path());
    assert!(report.findings[0].message.contains("no rule is called `double_look`"), "{report:?}");
    write(folder.path(), "lib.rs", &with("// raceproof: allow(static_mut): there is none"));
    assert_eq!(rules(&lint(folder.path())), ["unused_suppression", "double_lock"]);
}

#[test]
fn configuration() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "src/lib.rs", DEADLOCK);
    write(folder.path(), "old/lib.rs", DEADLOCK);
    write(
        folder.path(),
        "raceproof.toml",
        "profile = \"pedantic\"\nexclude = [\"old\"]\n[rules]\ndouble_lock = \"warn\"\n",
    );
    let report = lint(folder.path());
    let levels: Vec<_> = report.findings.iter().map(|finding| (finding.rule, finding.level)).collect();
    assert_eq!(levels, [("arc_mutex_primitive", Level::Warn), ("double_lock", Level::Warn)]);
    write(folder.path(), "raceproof.toml", "[rules]\ndouble_luck = \"warn\"\n");
    assert!(Linter::new(folder.path()).unwrap_err().contains("no rule is called `double_luck`"));
    fs::remove_file(folder.path().join("raceproof.toml")).unwrap();
    let manifest = "[package]\nname = \"p\"\n[package.metadata.raceproof]\nrules = { double_lock = \"allow\" }\nexclude = [\"old\"]\n";
    write(folder.path(), "Cargo.toml", manifest);
    assert!(lint(folder.path()).findings.is_empty());
    assert_eq!("pedantic".parse::<Profile>(), Ok(Profile::Pedantic));
    assert!("strict".parse::<Profile>().is_err());
    assert_eq!(Config::default().profile, Profile::Application);
}

#[test]
fn the_edition_of_each_package_counts() {
    let program = "use std::sync::RwLock;
static M: RwLock<Option<u32>> = RwLock::new(None);
pub fn f() {
    if let Some(n) = *M.read().unwrap() { println!(\"{n}\"); } else { *M.write().unwrap() = Some(1); }
}
";
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "Cargo.toml",
        "[workspace]\nmembers = [\"new\", \"old\"]\n[workspace.package]\nedition = \"2021\"\n",
    );
    write(folder.path(), "new/Cargo.toml", "[package]\nname = \"new\"\nedition = \"2024\"\n");
    write(folder.path(), "old/Cargo.toml", "[package]\nname = \"old\"\nedition.workspace = true\n");
    write(folder.path(), "new/src/lib.rs", program);
    write(folder.path(), "old/src/lib.rs", program);
    let report = lint(folder.path());
    let found: Vec<_> = report.findings.iter().map(|finding| (finding.rule, finding.package.as_str())).collect();
    assert_eq!(found, [("rwlock_upgrade", "old")]);
}

#[test]
fn across_the_crates_of_a_workspace() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "Cargo.toml", "[workspace]\nmembers = [\"store\", \"app\"]\n");
    write(folder.path(), "store/Cargo.toml", "[package]\nname = \"my-store\"\nedition = \"2024\"\n");
    write(folder.path(), "app/Cargo.toml", "[package]\nname = \"app\"\nedition = \"2024\"\n");
    write(folder.path(), "store/src/lib.rs", "mod inner;\npub use inner::Store as Shop;\n");
    let store = "pub struct Store { pub n: crate::inner::Lock<u32> }
pub type Lock<T> = std::sync::Arc<std::sync::Mutex<T>>;
impl Store { pub fn add(&self) { *self.n.lock().unwrap() += 1; } }
";
    write(folder.path(), "store/src/inner.rs", store);
    let app = "use my_store::*;
fn main() { f(&todo!()); }
fn f(shop: &Shop) { let n = shop.n.lock().unwrap(); shop.add(); drop(n); }
";
    write(folder.path(), "app/src/main.rs", app);
    let report = lint(folder.path());
    assert_eq!(rules(&report), ["double_lock_call"], "{:?}", report.findings);
    let files: Vec<_> = report.findings[0]
        .labels
        .iter()
        .map(|label| label.file.strip_prefix(folder.path()).unwrap().display().to_string())
        .collect();
    assert_eq!(files, ["app/src/main.rs", "store/src/inner.rs", "app/src/main.rs"]);
}

#[test]
fn a_package_is_configured_by_its_workspace() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = "[workspace]\nmembers = [\"shop\"]\n[workspace.metadata.raceproof]\nprofile = \"pedantic\"\n\
        exclude = [\"shop/old\", \"elsewhere\"]\nrules = { double_lock = \"warn\" }\n";
    write(folder.path(), "Cargo.toml", manifest);
    write(folder.path(), "shop/Cargo.toml", "[package]\nname = \"shop\"\nedition = \"2024\"\n");
    write(folder.path(), "shop/src/lib.rs", DEADLOCK);
    write(folder.path(), "shop/old/lib.rs", DEADLOCK);
    let report = lint(&folder.path().join("shop"));
    let levels: Vec<_> = report.findings.iter().map(|finding| (finding.rule, finding.level)).collect();
    assert_eq!(levels, [("arc_mutex_primitive", Level::Warn), ("double_lock", Level::Warn)]);
}

#[test]
fn a_run_tells_how_far_it_is() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..130 {
        write(folder.path(), &format!("src/m{number}.rs"), "fn f() {}\n");
    }
    let stages = std::sync::Mutex::new(Vec::new());
    Linter::new(folder.path()).unwrap().run_watched(&|stage| stages.lock().unwrap().push(stage)).unwrap();
    let stages = stages.into_inner().unwrap();
    assert!(stages.contains(&Stage::Reading { done: 130, of: 130 }), "{stages:?}");
    assert_eq!(stages[stages.len() - 2..], [Stage::Following, Stage::Judging]);
    assert!(stages.len() < 10, "too often: {stages:?}");
}

/// As in a user's package. (What is left out stands in this one's manifest.)
#[test]
fn this_package_is_clean() {
    raceproof_lint::assert_clean!("pedantic");
}

#[test]
fn a_test_of_a_package_that_is_not_clean_fails_with_the_findings() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "src/lib.rs", DEADLOCK);
    let caught = std::panic::catch_unwind(|| raceproof_lint::assert_clean(folder.path(), None));
    let words = *caught.unwrap_err().downcast::<String>().unwrap();
    assert!(
        words.contains("error[double_lock]") && words.contains("src/lib.rs:6") && words.ends_with("1 findings"),
        "{words}"
    );
    write(folder.path(), "src/lib.rs", "fn f() {}\n");
    raceproof_lint::assert_clean(folder.path(), Some("pedantic"));
    assert!(std::panic::catch_unwind(|| raceproof_lint::assert_clean(folder.path(), Some("lax"))).is_err());
}
