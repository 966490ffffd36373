//! Input that nobody writes, and somebody's disk has: a clear outcome each time, within seconds.

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use raceproof_lint::{Exit, Linter, Options, Report, run};

fn lint(folder: &Path) -> Report {
    let start = Instant::now();
    let report = Linter::new(folder).unwrap().run().unwrap();
    // An idle machine needs a tenth of it.
    assert!(start.elapsed() < Duration::from_secs(120), "took {:?}", start.elapsed());
    report
}

fn why(report: &Report) -> &str {
    assert_eq!(report.skipped.len(), 1, "{:?}", report.skipped);
    &report.skipped[0].1.why
}

const DEADLOCK: &str = "use std::sync::Mutex;\nstatic M: Mutex<u32> = Mutex::new(0);\nfn f() { let a = M.lock().unwrap(); let b = M.lock().unwrap(); drop((a, b)); }\n";

#[test]
fn five_thousand_nested_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        format!("fn f() {}{}\n{DEADLOCK}", "{".repeat(5_000), "}".repeat(5_000)).replace("fn f() {{", "fn g() {{");
    fs::write(folder.path().join("deep.rs"), text).unwrap();
    let report = lint(folder.path());
    assert!(report.skipped.is_empty(), "{:?}", report.skipped);
    assert_eq!(report.findings.len(), 1);
}

#[test]
fn deeper_than_that_is_refused() {
    for text in [
        format!("fn f() {}{}", "{".repeat(100_000), "}".repeat(100_000)),
        format!("fn f() {{ {} }}", "(".repeat(50_000)),
        format!("fn f() {{ let x = {}1; }}", "!".repeat(300_000)),
        format!("fn f() {{ if a {{}} {} }}", "else if b {} ".repeat(20_000)),
        format!("fn f() {{ let x = 1{}; }}", "+1".repeat(300_000)),
    ] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("deep.rs"), text).unwrap();
        let report = lint(folder.path());
        let why = why(&report);
        assert!(
            why.contains("nests deeper") || why.contains("an expression of more") || why.contains("does not parse"),
            "{why}"
        );
    }
}

#[test]
fn long_but_not_too_long() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        format!("fn f() {{ let x = a{}; }} fn g() {{ let y = 1{}; }}", ".b()".repeat(20_000), "+1".repeat(50_000));
    fs::write(folder.path().join("long.rs"), text).unwrap();
    assert!(lint(folder.path()).skipped.is_empty());
}

#[test]
fn ten_megabytes() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::from("use std::sync::Mutex;\npub struct S { n: Mutex<u32> }\nimpl S {\n");
    // Mostly a table, as such files are: nine thousand functions, each with a lock and a call.
    let table: Vec<String> = (0..150).map(|number| (number * 7_919 % 100_000).to_string()).collect();
    let table = table.join(", ");
    let mut number = 0;
    while text.len() < 10 << 20 {
        text.push_str(&format!(
            "    fn f{number}(&self) -> [u32; 150] {{\n        let n = self.n.lock().unwrap();\n        println!(\"{{n}}\");\n        \
             drop(n);\n        self.f{}();\n        [{table}]\n    }}\n",
            number / 2
        ));
        number += 1;
    }
    text.push_str("}\n");
    fs::write(folder.path().join("large.rs"), text).unwrap();
    assert!(lint(folder.path()).skipped.is_empty());
}

#[test]
fn invalid_utf8_is_skipped_and_the_rest_is_not() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bad.rs"), b"fn f() {}\nfn g() { \"\xff\" }\n").unwrap();
    fs::write(folder.path().join("good.rs"), DEADLOCK).unwrap();
    let report = lint(folder.path());
    assert_eq!(why(&report), "is not valid UTF-8");
    assert_eq!(report.skipped[0].1.line, Some(2));
    assert_eq!(report.findings.len(), 1);
}

#[test]
fn what_does_not_parse_is_skipped_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bad.rs"), "fn f() {}\nfn g( {}\n").unwrap();
    fs::write(folder.path().join("good.rs"), DEADLOCK).unwrap();
    let report = lint(folder.path());
    assert!(why(&report).starts_with("does not parse"));
    assert_eq!(report.skipped[0].1.line, Some(2));
    assert_eq!(report.findings.len(), 1);
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_and_files_without_permission() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("a")).unwrap();
    symlink(folder.path(), folder.path().join("a/up")).unwrap();
    symlink(folder.path().join("nowhere.rs"), folder.path().join("dangling.rs")).unwrap();
    fs::write(folder.path().join("a/good.rs"), DEADLOCK).unwrap();
    let secret = folder.path().join("secret.rs");
    fs::write(&secret, "fn f() {}").unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    let report = lint(folder.path());
    assert_eq!(report.findings.len(), 1);
    // Whoever may read everything can read this too.
    if fs::read(&secret).is_err() {
        assert!(why(&report).starts_with("cannot be read"));
    }
}

#[test]
fn nothing_there() {
    let folder = tempfile::tempdir().unwrap();
    assert!(lint(folder.path()).findings.is_empty());
    fs::write(folder.path().join("Cargo.toml"), "[workspace]\nmembers = []\n").unwrap();
    assert!(lint(folder.path()).findings.is_empty());
    fs::write(folder.path().join("Cargo.toml"), "this is no manifest").unwrap();
    fs::write(folder.path().join("good.rs"), DEADLOCK).unwrap();
    assert_eq!(lint(folder.path()).findings.len(), 1);
    // Where there is nothing to look at, nothing is not "clean": a mistyped path is told.
    let empty = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("words.rs"), "no program at all").unwrap();
    for (path, part) in [
        (folder.path().join("missing"), "missing"),
        (empty.path().to_owned(), "there is no Rust source in it"),
        (folder.path().join("words.rs"), "it does not parse"),
    ] {
        let options = Options { path, ..Options::default() };
        let mut words = Vec::new();
        assert_eq!(run(&options, &mut Vec::new(), &mut words), Exit::Failed);
        let words = String::from_utf8(words).unwrap();
        assert!(words.starts_with("error: ") && words.contains(part), "{words}");
    }
    // What a program wrote is left out on purpose.
    fs::write(empty.path().join("made.rs"), "// @generated\nfn f() {}\n").unwrap();
    let options = Options { path: empty.path().to_owned(), ..Options::default() };
    assert_eq!(run(&options, &mut Vec::new(), &mut Vec::new()), Exit::Clean);
}

#[test]
fn macros_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::from("macro_rules! m { ($($t:tt)*) => { $($t)* } }\n");
    for number in 0..5_000 {
        text.push_str(&format!(
            "m! {{ fn f{number}() {{ m!(m!(m!({number}))); println!(\"{{}}\", m![a => b; c]); }} }}\n"
        ));
    }
    text.push_str("fn main() { select! { x = a => b, _ = c => { d } } assert!(; vec![]) }\n");
    fs::write(folder.path().join("macros.rs"), text).unwrap();
    lint(folder.path());
}

#[test]
fn generated_files_and_build_folders_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("target")).unwrap();
    fs::write(folder.path().join("target/built.rs"), DEADLOCK).unwrap();
    fs::write(folder.path().join("generated.rs"), format!("// @generated by a program. Do not edit.\n{DEADLOCK}"))
        .unwrap();
    fs::write(folder.path().join(".gitignore"), "ignored.rs\n").unwrap();
    fs::write(folder.path().join("ignored.rs"), DEADLOCK).unwrap();
    let report = lint(folder.path());
    assert!(report.findings.is_empty(), "{:?}", report.findings);
    assert_eq!(report.generated, 1);
}
