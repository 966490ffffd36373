//! Which compiler this is, and its error codes for a program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

/// The release whose words the snapshots hold. Another release words its errors differently.
const PINNED: &str = "1.95.";

/// The compiler that this run is about.
pub(crate) struct Compiler {
    pub(crate) release: String,
    /// Whether the standard library's sources are installed: then the compiler quotes them.
    pub(crate) quotes_std: bool,
}

impl Compiler {
    /// The one that cargo calls.
    pub(crate) fn current() -> Self {
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let ask = |question: &[&str]| {
            let output = Command::new(&rustc).args(question).output().expect("rustc runs");
            String::from_utf8(output.stdout).expect("rustc answers in text")
        };
        let release = ask(&["-vV"]).lines().find_map(|line| line.strip_prefix("release: ").map(str::to_owned));
        let sysroot = PathBuf::from(ask(&["--print", "sysroot"]).trim());
        Self {
            release: release.expect("rustc knows its release"),
            quotes_std: sysroot.join("lib/rustlib/src/rust/library").exists(),
        }
    }

    /// Whether its words can be compared with the snapshot: the same release, and no quotation in them that depends on
    /// what else is installed. `GALLERY=codes` says no for all, which is how the other way is tried out.
    pub(crate) fn speaks_like(&self, snapshot: &str) -> bool {
        let codes_only = env::var_os("GALLERY").is_some_and(|value| value == "codes");
        !codes_only && self.release.starts_with(PINNED) && !(self.quotes_std && snapshot.contains("--> $RUST/"))
    }
}

/// A project beside the tests' own, in which programs are checked for their error codes alone.
pub(crate) struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    /// Sets the project up and builds what the programs use.
    pub(crate) fn new(package: &Path) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("codes");
        let _ = fs::remove_dir_all(folder.join("src"));
        fs::create_dir_all(folder.join("src/bin")).expect("the target folder can be written");
        let manifest = format!(
            "[package]\nname = \"codes\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
             [dependencies]\nraceproof.path = {:?}\n\n[workspace]\n",
            package.join("../counters")
        );
        fs::write(folder.join("Cargo.toml"), manifest).expect("the manifest can be written");
        // The versions of the workspace: what they need has been fetched already, so that no network is used.
        let _ = fs::copy(package.join("../Cargo.lock"), folder.join("Cargo.lock"));
        let scratch = Self { folder };
        let output = scratch.check("empty", "fn main() {}\n");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        scratch
    }

    /// The compiler's words for a program, in short form.
    pub(crate) fn words(&self, name: &str, source: &str) -> String {
        String::from_utf8_lossy(&self.check(name, source).stderr).into_owned()
    }

    fn check(&self, name: &str, source: &str) -> Output {
        fs::write(self.folder.join(format!("src/bin/{name}.rs")), source).expect("the program can be written");
        Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["check", "--offline", "--quiet", "--color=never", "--message-format=short", "--bin", name])
            .arg("--target-dir")
            .arg(self.folder.join("target"))
            .current_dir(&self.folder)
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("RUSTFLAGS", "--cap-lints=warn") // lints come and go with releases; only errors with a code count
            .output()
            .expect("cargo runs")
    }
}
