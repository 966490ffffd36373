//! `cargo race explain` and `cargo race gallery`: which page is meant, and if none is, which may have been.

use crate::invoked_as;
use crate::markdown::Screen;
use raceproof_gallery::{CODES, SHELVES, Shelf, Shown};
use raceproof_lint::RULES;

/// What `cargo race explain` shows: the page of a code or a rule, or a list of both.
pub(crate) fn explain(name: Option<&str>, screen: Screen) -> Result<String, String> {
    let Some(name) = name else { return Ok(list_of_codes(screen)) };
    let wanted = name.trim().trim_start_matches("raceproof::").to_owned();
    if let Some(code) = CODES.iter().find(|code| code.number.eq_ignore_ascii_case(&wanted)) {
        return Ok(screen.page(code.page));
    }
    let rule = wanted.replace('-', "_").to_lowercase();
    if let Some(rule) = RULES.iter().find(|one| one.name == rule) {
        return Ok(screen.page(rule.page));
    }
    let of_compiler = wanted.to_uppercase();
    if of_compiler.len() == 5 && of_compiler.starts_with('E') && of_compiler[1..].bytes().all(|c| c.is_ascii_digit()) {
        return Ok(of_the_compiler(&of_compiler, screen));
    }
    let known: Vec<&str> = CODES.iter().map(|code| code.number).chain(RULES.iter().map(|rule| rule.name)).collect();
    let (shown, near) = (short(name), suggestion(&wanted, &known));
    Err(format!("there is no code or rule `{shown}`{near}; `{} explain` lists them", invoked_as()))
}

/// What `cargo race gallery` shows: a case, a theme, or all of them.
pub(crate) fn gallery(name: Option<&str>, screen: Screen) -> Result<String, String> {
    let Some(name) = name else {
        let mut out = screen.heading("Programs that are wrong, and who stops them") + "\n\n";
        SHELVES.iter().for_each(|shelf| out += &theme(shelf, screen));
        return Ok(out + &format!("`{} gallery CASE` shows one.\n", invoked_as()));
    };
    let wanted = name.trim().trim_matches('/').replace('-', "_").to_lowercase();
    let last = wanted.rsplit('/').next().unwrap_or(&wanted);
    let found = SHELVES.iter().flat_map(|shelf| shelf.cases.iter().map(move |case| (shelf, case)));
    let is = |shelf: &Shelf, case: &Shown| {
        case.name == last && (last == wanted || wanted == format!("{}/{last}", shelf.name))
    };
    if let Some((_, case)) = found.clone().find(|(shelf, case)| is(shelf, case)) {
        return Ok(screen.page(case.page));
    }
    if let Some(shelf) = SHELVES.iter().find(|shelf| shelf.name == wanted) {
        return Ok(theme(shelf, screen));
    }
    let known: Vec<&str> = found.map(|(_, case)| case.name).chain(SHELVES.iter().map(|shelf| shelf.name)).collect();
    let (shown, near) = (short(name), suggestion(last, &known));
    Err(format!("there is no case or theme `{shown}`{near}; `{} gallery` lists them", invoked_as()))
}

fn theme(shelf: &Shelf, screen: Screen) -> String {
    let mut out =
        format!("{}  ({})\n{}\n", screen.heading(shelf.title), shelf.name, screen.paragraph(shelf.text, "  "));
    let width = |text: fn(&Shown) -> &str| shelf.cases.iter().map(|case| text(case).len()).max().unwrap_or(0);
    let (names, signs) = (width(|case| case.name), width(|case| case.sign));
    for case in shelf.cases {
        let name = screen.name(&format!("{:names$}", case.name));
        out += &format!("    {name}  {:signs$}  {}\n", case.sign, case.title);
    }
    out + "\n"
}

fn list_of_codes(screen: Screen) -> String {
    let mut out = screen.heading("What the attributes refuse") + "\n";
    for code in CODES {
        out += &format!("    {}  {}\n", screen.name(code.number), code.title);
    }
    out += &format!("\n{}\n", screen.heading("What the linter finds"));
    let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    for rule in RULES {
        out += &format!("    {}  {}\n", screen.name(&format!("{:width$}", rule.name)), rule.hazard);
    }
    out + &format!("\n`{0} explain RP0001` or `{0} explain double_lock` shows one.\n", invoked_as())
}

/// An error of the compiler's: its own page is there, and the cases here that end in it.
fn of_the_compiler(code: &str, screen: Screen) -> String {
    let mut out = format!("{code} is the compiler's own: `rustc --explain {code}` tells it.\n");
    let cases: Vec<&Shown> = SHELVES.iter().flat_map(|shelf| shelf.cases).filter(|case| case.sign == code).collect();
    if !cases.is_empty() {
        out += &format!("\nIn the gallery, `{} gallery CASE`:\n", invoked_as());
        for case in cases {
            out += &format!("    {}  {}\n", screen.name(case.name), case.title);
        }
    }
    out
}

/// A name as it is repeated in a complaint: no longer than a line, and without what a terminal would obey.
fn short(name: &str) -> String {
    let shown: String = name.chars().take(60).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if shown.len() < name.len() && name.chars().count() > 60 { shown + ".." } else { shown }
}

/// The known names that are near, as a question.
fn suggestion(wanted: &str, known: &[&str]) -> String {
    // Longer than any name: near to none, and not worth the comparing.
    if wanted.len() > 100 {
        return String::new();
    }
    let mut near: Vec<(usize, &str)> = known
        .iter()
        .map(|name| (distance(&wanted.to_lowercase(), &name.to_lowercase()), *name))
        .filter(|(distance, name)| *distance <= name.len().max(wanted.len()) / 3)
        .collect();
    // Part of a name is near, too.
    if wanted.len() > 2 {
        near.extend(known.iter().filter(|name| name.contains(&wanted.to_lowercase())).map(|name| (0, *name)));
    }
    near.sort_unstable();
    near.dedup_by_key(|(_, name)| *name);
    let names: Vec<String> = near.iter().take(3).map(|(_, name)| format!("`{name}`")).collect();
    if names.is_empty() { String::new() } else { format!(" (did you mean {}?)", names.join(" or ")) }
}

/// How many letters have to be put in, left out or changed to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let changed = corner + usize::from(a != *b);
            corner = row[j + 1];
            row[j + 1] = changed.min(corner + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, explain, gallery};
    use crate::markdown::Screen;
    use raceproof_gallery::{CODES, SHELVES};
    use raceproof_lint::RULES;

    const PLAIN: Screen = Screen { width: 100, colours: false };

    #[test]
    fn every_code_and_every_rule_is_explained_and_listed() {
        let list = explain(None, PLAIN).unwrap();
        for name in CODES.iter().map(|code| code.number).chain(RULES.iter().map(|rule| rule.name)) {
            assert!(list.contains(name), "{name} is not in\n{list}");
            let page = explain(Some(name), PLAIN).unwrap();
            assert!(page.contains(name) && page.contains("What to write instead"), "{page}");
        }
        assert_eq!(explain(Some("rp0003"), PLAIN), explain(Some("RP0003"), PLAIN));
        assert_eq!(explain(Some("double-lock"), PLAIN), explain(Some("double_lock"), PLAIN));
    }

    #[test]
    fn a_code_of_the_compiler_leads_to_its_cases() {
        let text = explain(Some("e0499"), PLAIN).unwrap();
        assert!(text.contains("rustc --explain E0499") && text.contains("two_closures_one_counter"), "{text}");
    }

    #[test]
    fn every_case_is_shown_and_listed() {
        let list = gallery(None, PLAIN).unwrap();
        for shelf in SHELVES {
            assert!(gallery(Some(shelf.name), PLAIN).unwrap().contains(shelf.cases[0].name));
            for case in shelf.cases {
                assert!(list.contains(case.name));
                let page = gallery(Some(case.name), PLAIN).unwrap();
                assert!(page.contains("What to write instead") && page.contains("fn main()"), "{page}");
                assert_eq!(gallery(Some(&format!("{}/{}", shelf.name, case.name)), PLAIN).unwrap(), page);
            }
        }
    }

    #[test]
    fn a_name_that_is_unknown_is_answered_with_those_near_it() {
        let complaint = gallery(Some("rc_in_thread"), PLAIN).unwrap_err();
        assert!(complaint.contains("did you mean `rc_into_thread`"), "{complaint}");
        let complaint = explain(Some("double_look"), PLAIN).unwrap_err();
        assert!(complaint.contains("`double_lock`"), "{complaint}");
        let complaint = explain(Some("RP9999"), PLAIN).unwrap_err();
        assert!(complaint.contains("`cargo race explain` lists them"), "{complaint}");
        assert!(!explain(Some("zzzzzzzzzzzz"), PLAIN).unwrap_err().contains("did you mean"));
        assert_eq!(distance("kitten", "sitting"), 3);
        let complaint = explain(Some(&"\u{1b}a".repeat(100_000)), PLAIN).unwrap_err();
        assert!(complaint.len() < 300 && !complaint.contains('\u{1b}'), "{complaint}");
    }
}
