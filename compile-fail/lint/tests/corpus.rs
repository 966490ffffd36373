//! The figures that are claimed about real code are those of the lists. (That the lists are right is what
//! `scripts/corpus.sh` and `scripts/recall.sh` show; they need the network.)

use std::{fs, path::Path};

fn rows(name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name)).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

#[test]
fn nine_of_ten_findings_are_true() {
    let rows = rows("verdicts.tsv");
    let right = rows.iter().filter(|row| row[5] == "true").count();
    assert!(rows.len() >= 50 && right * 10 >= rows.len() * 9, "{right} of {}", rows.len());
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/findings.md")).unwrap();
    assert!(
        page.contains(&format!("{} findings in the crates", rows.len()))
            && page.contains(&format!("{right} of them true"))
    );
    for row in &rows {
        assert!(row.len() == 7 && !row[6].is_empty(), "{row:?} has no reason");
        assert!(page.contains(&format!(
            "| {} | {} | `{}` | {} | {} | {} | {} |",
            row[0], row[1], row[2], row[3], row[4], row[5], row[6]
        )));
    }
}

#[test]
fn ten_fixed_deadlocks() {
    let rows = rows("recall.tsv");
    assert!(rows.len() >= 10);
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/recall.md")).unwrap();
    for row in &rows {
        assert!(page.contains(&format!("| {} | {} | {} |", row[0], row[1], row[2])), "{row:?} is not on the page");
    }
}

#[test]
fn sixty_crates() {
    assert!(rows("crates.txt").len() >= 60);
}
