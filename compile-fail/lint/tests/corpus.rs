//! The figures that are claimed about real code are those of the lists. (That the lists are right is what
//! `scripts/corpus.sh` and `scripts/recall.sh` show; they need the network.)
//!
//! `UPDATE_CORPUS=1` writes `corpus/findings.md` anew from the two lists of verdicts.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

fn read(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name)).unwrap()
}

fn rows(name: &str) -> Vec<Vec<String>> {
    let text = read(name);
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// A finding, and what two readings of the source made of it.
struct Judged {
    /// Crate, version, file, line, rule.
    place: Vec<String>,
    level: String,
    first: bool,
    first_why: String,
    second: bool,
    second_why: String,
}

fn judged() -> Vec<Judged> {
    let (first, second) = (rows("verdicts.tsv"), rows("second.tsv"));
    assert_eq!(first.len(), second.len(), "each finding is judged twice");
    let judged = first.into_iter().zip(second).map(|(first, second)| {
        assert!(first.len() == 8 && second.len() == 7, "{first:?} {second:?}");
        assert_eq!(first[..5], second[..5], "the lists are in one order");
        for (verdict, why) in [(&first[6], &first[7]), (&second[5], &second[6])] {
            assert!(["true", "false"].contains(&verdict.as_str()) && !why.is_empty(), "{first:?} {second:?}");
        }
        Judged {
            place: first[..5].to_vec(),
            level: first[5].clone(),
            first: first[6] == "true",
            first_why: first[7].clone(),
            second: second[5] == "true",
            second_why: second[6].clone(),
        }
    });
    judged.collect()
}

fn percent(part: usize, of: usize) -> usize {
    (part * 100 + of / 2) / of.max(1)
}

fn page(all: &[Judged]) -> String {
    let errors: Vec<&Judged> = all.iter().filter(|one| one.level == "error").collect();
    let may: Vec<&Judged> = all.iter().filter(|one| one.level != "error").collect();
    let count = |of: &[&Judged], holds: fn(&Judged) -> bool| of.iter().filter(|one| holds(one)).count();
    let (n, m) = (errors.len(), may.len());
    let (first, second) = (count(&errors, |one| one.first), count(&errors, |one| one.second));
    let both = count(&errors, |one| one.first && one.second);
    let agree = all.iter().filter(|one| one.first == one.second).count();
    let mut page = format!(
        "# What the error-level rules find in published crates\n\n\
         <!-- Written by `UPDATE_CORPUS=1 cargo test -p raceproof-lint --test corpus` from verdicts.tsv and second.tsv. -->\n\n\
         {n} findings at error level in the crates of [`crates.txt`](crates.txt). Each was judged twice from its source,\n\
         the second time without a look at the first verdict: {first} true ({} %) the first time, {second} ({} %) the second,\n\
         {both} ({} %) both times. `scripts/corpus.sh` fetches the crates and prints the findings.\n\n\
         True means: the code does what the finding says, and that is the hazard of the rule. Whether it happens often is not\n\
         asked; tests that do it on purpose are true too, and say so. The second reading was the stricter one: where no\n\
         argument, no state and no second thread could lead there today, it said false.\n\n\
         The same rules have {m} findings that say \"may\": a called function takes the lock on some of its paths only. They are\n\
         warnings. {} of them were true the first time and {} the second, which is why they are warnings; up to the second\n\
         reading they were errors. Over all {} the two readings agree on {agree} ({} %).\n\n\
         None of these figures is held out: the rules were mended by what was read in these very crates, last after the second\n\
         reading and after the sample of the warnings. Run again after the last change to a rule, `scripts/corpus.sh` prints the\n\
         same {n} lines. Crates that nothing was mended by follow at the end.\n\n\
         | rule | at error level | true, first | true, second | warnings (\"may\") |\n|---|---|---|---|---|\n",
        percent(first, n),
        percent(second, n),
        percent(both, n),
        count(&may, |one| one.first),
        count(&may, |one| one.second),
        all.len(),
        percent(agree, all.len()),
    );
    let mut rules: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    for one in all {
        let row = rules.entry(&one.place[4]).or_default();
        if one.level == "error" {
            row[0] += 1;
            row[1] += usize::from(one.first);
            row[2] += usize::from(one.second);
        } else {
            row[3] += 1;
        }
    }
    for (rule, [n, first, second, may]) in rules {
        let _ = writeln!(page, "| [`{rule}`](../docs/rules/{rule}.md) | {n} | {first} | {second} | {may} |");
    }
    page += "\n| crate | version | file | line | rule | level | first | why | second | why |\n|---|---|---|---|---|---|---|---|---|---|\n";
    for one in all {
        let [name, version, file, line, rule] = &one.place[..] else { unreachable!("five columns") };
        let _ = writeln!(
            page,
            "| {name} | {version} | `{file}` | {line} | {rule} | {} | {} | {} | {} | {} |",
            one.level, one.first, one.first_why, one.second, one.second_why
        );
    }
    page + &held_out()
}

/// Crates that no rule was mended by.
fn held_out() -> String {
    let (crates, findings) = (rows("held_out.txt"), rows("held_out.tsv"));
    let right = findings.iter().filter(|one| one[5] == "true").count();
    let mut page = format!(
        "\n## Held out\n\n\
         {} crates that were named before any of them was fetched ([`held_out.txt`](held_out.txt)), and of which no rule had\n\
         seen a line: `scripts/corpus.sh corpus/held_out.txt` prints {} findings at error level. Judged once, by the stricter\n\
         reading, {right} are true; so few that this is an example and no rate. Nothing was mended by them.\n\n\
         | crate | version | file | line | rule | verdict | why |\n|---|---|---|---|---|---|---|\n",
        crates.len(),
        findings.len(),
    );
    for one in &findings {
        let [name, version, file, line, rule, verdict, why] = &one[..] else { panic!("seven columns: {one:?}") };
        assert!(["true", "false"].contains(&verdict.as_str()) && !why.is_empty(), "{one:?}");
        assert!(crates.iter().any(|listed| listed[0] == format!("{name} {version}")), "{name} {version} is not listed");
        let _ = writeln!(page, "| {name} | {version} | `{file}` | {line} | {rule} | {verdict} | {why} |");
    }
    page
}

#[test]
fn nine_of_ten_errors_are_true_by_each_reading() {
    let all = judged();
    let errors: Vec<&Judged> = all.iter().filter(|one| one.level == "error").collect();
    for verdict in [|one: &&&Judged| one.first, |one: &&&Judged| one.second, |one: &&&Judged| one.first && one.second] {
        let right = errors.iter().filter(verdict).count();
        assert!(errors.len() >= 50 && right * 10 >= errors.len() * 9, "{right} of {}", errors.len());
    }
    let page = page(&all);
    if std::env::var_os("UPDATE_CORPUS").is_some() {
        fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/findings.md"), &page).unwrap();
    }
    assert!(read("findings.md") == page, "findings.md is stale: run this test once with UPDATE_CORPUS=1");
}

#[test]
fn ten_fixed_deadlocks() {
    let rows = rows("recall.tsv");
    assert!(rows.len() >= 10);
    let page = read("recall.md");
    let (page, held_out) = page.split_once("## Held out").unwrap();
    for row in &rows {
        assert!(page.contains(&format!("| {} | {} | {} |", row[0], row[1], row[2])), "{row:?} is not on the page");
    }
    let (errors, warnings) = (page.matches(" | error | ").count(), page.matches(" | warning | ").count());
    assert_eq!((errors, errors + warnings), (5, rows.len()));
    assert!(page.contains("Five of them are\nerrors"), "the words are those of the table");
    deadlocks_held_out(held_out, &rows);
}

/// Those that the rules had not seen, misses included.
fn deadlocks_held_out(page: &str, seen: &[Vec<String>]) {
    let rows = rows("recall_held_out.tsv");
    let alone: Vec<_> = rows.iter().filter(|row| !row[0].contains('+')).collect();
    for row in &alone {
        let [name, before, after, rule, text, expected, fixed, what] = &row[..] else {
            panic!("eight columns: {row:?}")
        };
        assert!(["found", "missed"].contains(&expected.as_str()) && !text.is_empty(), "{row:?}");
        assert!(seen.iter().all(|seen| seen[0] != *name), "{name} was seen");
        let line = format!(
            "| {name} | {before} | {after} | [`{rule}`](../docs/rules/{rule}.md) | {expected} | {what} | <{fixed}> |\n"
        );
        assert!(page.contains(&line), "not on the page: {line}");
    }
    let found = alone.iter().filter(|row| row[5] == "found").count();
    assert_eq!((found, alone.len(), page.matches("\n| ").count() - 1), (6, 12, 12));
    assert!(page.contains("finds six of\nthe twelve"), "the words are those of the table");
}

#[test]
fn sixty_crates() {
    assert!(rows("crates.txt").len() >= 60);
}
