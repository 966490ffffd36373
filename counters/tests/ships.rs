//! `cargo test -p raceproof` tests the library as it ships: without the feature `explore`.
//!
//! Cargo unifies features over what it is told to build, and nothing inside a test can tell which command that was. So
//! there are two checks. What the package alone asks for is asked of cargo, in every run; and where the environment
//! says that this run is the shipping one (`RACEPROOF_SHIPPING=1 cargo test -p raceproof`, as CI does), this very build
//! must be without the feature.

use std::process::Command;

#[test]
fn the_package_alone_does_not_ask_for_explore() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--package", "raceproof", "--edges", "all", "--depth", "0", "--format", "<{f}>"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let features = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && features.contains('<'), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!features.contains("explore"), "a dev-dependency turns `explore` on: {features}");
}

#[test]
fn this_build_is_the_shipping_one_where_it_should_be() {
    if std::env::var_os("RACEPROOF_SHIPPING").is_some() {
        let explore = raceproof::EXPLORE;
        assert!(!explore, "built with `explore`: something in this command depends on the explorer");
    }
}
