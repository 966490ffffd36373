//! Our own workspace is clean at the linter's strictest, with the exceptions that its manifest lists.

use std::path::Path;

use raceproof_lint::{Linter, Profile};

#[test]
fn this_workspace_is_clean_under_pedantic() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    // Published on its own, the package has no workspace around it.
    if !root.join("compile-fail/lint/Cargo.toml").is_file() {
        return;
    }
    let linter = Linter::new(&root).expect("the workspace's configuration can be read");
    assert_eq!(linter.config().profile, Profile::Pedantic, "the profile stands in the workspace's manifest");
    for excluded in &linter.config().exclude {
        assert!(root.join(excluded).exists(), "{excluded} is left out, and is not there");
        assert!(
            !["counters", "macros", "race-tests", "race-tests/cli", "compile-fail/lint"].contains(&excluded.as_str())
                && !excluded.ends_with("/src"),
            "{excluded} ships"
        );
    }
    let report = linter.run().expect("the workspace can be read");
    assert!(report.files > 200, "only {} files were looked at", report.files);
    assert!(report.skipped.is_empty(), "{:?}", report.skipped);
    assert!(report.findings.is_empty(), "{}", raceproof_lint::output::human(&report, &root, false));
}
