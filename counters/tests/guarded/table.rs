//! The table of signatures is what the tests show: every row names one that is there, or a refusal that has a case.

use std::fs;
use std::path::Path;

#[test]
fn every_row_has_its_test_or_its_refusal() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(package.join("src/guarded_signatures.md")).unwrap();
    // Published on its own, the package has no gallery beside it.
    let cases: Option<Vec<String>> = fs::read_dir(package.join("../compile-fail/macro-cases"))
        .ok()
        .map(|entries| entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect());
    let mut rows = 0;
    for row in table.lines().filter(|line| line.starts_with('|') && !line.starts_with("|---") && !line.ends_with("| |"))
    {
        let proof = row.trim_end_matches('|').rsplit('|').next().unwrap().trim().trim_matches('`');
        let found = match proof.split_once("::") {
            Some((module, test)) => {
                let source = fs::read_to_string(package.join(format!("tests/guarded/{module}.rs"))).unwrap_or_default();
                let words: Vec<_> = source.split_whitespace().collect();
                words.join(" ").contains(&format!("#[test] fn {test}()"))
            }
            None => {
                let code = format!("{}_", proof.to_lowercase());
                code.starts_with("rp")
                    && cases.as_ref().is_none_or(|cases| cases.iter().any(|case| case.contains(&code)))
            }
        };
        assert!(found, "nothing shows this row: {row}");
        rows += 1;
    }
    assert!(rows > 50, "only {rows} rows were read");
}
