//! The commands of the static half as a shell sees them: what is written where, and the exit codes.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn race(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cargo-raceproof")).args(arguments).current_dir(folder).output().expect("it runs")
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

/// A project with one deadlock and one warning.
fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("src")).unwrap();
    fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"shop\"\nedition = \"2024\"\n").unwrap();
    let source = "use std::sync::Mutex;
static mut HITS: u32 = 0;
struct Stock { left: Mutex<u32> }
impl Stock {
    fn sell(&self) -> u32 {
        let left = self.left.lock().unwrap();
        *left + *self.left.lock().unwrap()
    }
}
";
    fs::write(folder.path().join("src/lib.rs"), source).unwrap();
    folder
}

#[test]
fn lint_writes_for_people_and_exits_with_one() {
    let folder = project();
    // As `cargo race lint`, and as `cargo raceproof lint`, where cargo gives its own word along.
    for arguments in [&["lint"][..], &["raceproof", "lint"]] {
        let output = race(arguments, folder.path());
        assert_eq!(output.status.code(), Some(1));
        let out = text(&output.stdout);
        assert!(
            out.contains("error[double_lock]: `self.left` is locked twice") && out.contains("src/lib.rs:7"),
            "{out}"
        );
        assert!(!out.contains('\u{1b}'), "colours, and no terminal: {out}");
        assert!(text(&output.stderr).starts_with("1 error, 1 warning, "), "{}", text(&output.stderr));
    }
}

#[test]
fn lint_writes_what_cargo_writes_for_editors() {
    let folder = project();
    let output = race(&["lint", "--json", "."], folder.path());
    assert_eq!(output.status.code(), Some(1));
    let messages: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("a line is a message")).collect();
    assert_eq!(messages.len(), 2);
    for message in &messages {
        assert_eq!(message["reason"], "compiler-message");
        assert!(message["target"]["src_path"].is_string() && message["package_id"].is_string(), "{message}");
        let span = &message["message"]["spans"][0];
        assert!(span["file_name"].as_str().is_some_and(|file| file.ends_with("lib.rs")), "{message}");
        assert_eq!(span["is_primary"], true);
        let (start, end) = (span["byte_start"].as_u64().unwrap(), span["byte_end"].as_u64().unwrap());
        assert!(start < end && span["line_start"].as_u64().unwrap() > 0 && span["text"].is_array(), "{message}");
    }
    let codes: Vec<_> = messages.iter().map(|message| message["message"]["code"]["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["static_mut", "double_lock"]);
}

#[test]
fn lint_exits_with_zero_where_all_is_well_and_with_two_where_it_could_not_look() {
    let folder = project();
    fs::write(folder.path().join("src/lib.rs"), "static mut HITS: u32 = 0;\n").unwrap();
    assert_eq!(race(&["lint"], folder.path()).status.code(), Some(0), "a warning is no error");
    assert_eq!(race(&["lint", "--deny-warnings"], folder.path()).status.code(), Some(1));
    let missing = race(&["lint", "no/such/folder"], folder.path());
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).starts_with("error: "), "{}", text(&missing.stderr));
    assert_eq!(race(&["lint", "--profile", "lax"], folder.path()).status.code(), Some(2));
}

#[test]
fn explain_and_gallery_show_pages_without_colours_in_a_pipe() {
    for (arguments, part) in [
        (&["explain", "RP0023"][..], "RP0023: a parameter `&Self`, which would lock two objects"),
        (&["explain", "double_lock"], "What it cannot see"),
        (&["explain", "E0499"], "two_closures_one_counter"),
        (&["explain"], "RP0001"),
        (&["gallery"], "rc_into_thread"),
        (&["gallery", "rc_into_thread"], "Why it does not compile"),
        (&["gallery", "two_atomic_calls"], "`cargo race lint`, by the rule `atomic_load_store`:"),
        (&["raceproof", "gallery", "tasks"], "Async"),
    ] {
        let output = race(arguments, here());
        let out = text(&output.stdout);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(out.contains(part) && !out.contains('\u{1b}'), "{arguments:?}: {out}");
    }
}

#[test]
fn what_cannot_be_done_is_told_and_exits_with_two() {
    let empty = tempfile::tempdir().expect("a folder");
    for (arguments, part) in [
        (&["lint"][..], "there is no Rust source in it"),
        (&["--type", "Nothing"], "no built-in type matches; there are MutexCounter"),
        (&["--budget", "-1"], "a number of seconds from 0 to 86400"),
        (&["--budget", "1e9"], "a number of seconds from 0 to 86400"),
        (&["orderings", "Nothing"], "could not find `Cargo.toml`"),
        (&["orderings", " "], "a type's name, such as"),
        (&["replay", "nonsense"], "a token looks like"),
        (
            &["replay", "rp1~bank::Bank~loom.order~~transfer.0+total~~0x2,1~e3f74422"],
            "for a type of your own, `RACEPROOF_REPLAY='rp1~..' cargo test`",
        ),
        (&["replay", "rp1~bank::Bank~loom.order~~total+total~~0x2,1~00000000"], "copied in part"),
        (&["replay"], "Usage: cargo race replay <TOKEN>"),
    ] {
        let output = race(arguments, empty.path());
        let words = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {words}");
        assert!(words.contains(part) && output.stdout.is_empty(), "{arguments:?}: {words}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn findings_that_cannot_be_written_are_no_outcome() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").expect("a device that is full");
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-raceproof"));
    let output = command.arg("lint").current_dir(project().path()).stdout(full).output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("cannot be written"), "{}", text(&output.stderr));
}

#[test]
fn an_unknown_name_is_an_error_with_a_suggestion() {
    let output = race(&["gallery", "rc_in_thread"], here());
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty() && text(&output.stderr).contains("`rc_into_thread`"), "{}", text(&output.stderr));
    let output = race(&["explain", "RP0O03"], here());
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("did you mean"), "{}", text(&output.stderr));
}

#[test]
fn what_is_advised_is_what_was_typed() {
    for (words, name) in [(&[][..], "cargo race"), (&["raceproof"], "cargo raceproof")] {
        let run = |more: &[&str]| race(&[words, more].concat(), here());
        let help = run(&["lint", "--help"]);
        assert!(text(&help.stdout).contains(&format!("Usage: {name} lint")), "{}", text(&help.stdout));
        let unknown = run(&["explain", "nothing"]);
        let complaint = text(&unknown.stderr);
        assert!(complaint.starts_with(&format!("{name}: there is no code or rule `nothing`")), "{complaint}");
        assert!(complaint.contains(&format!("`{name} explain` lists them")), "{complaint}");
    }
}
