//! Colours for what a page quotes: programs, by their tokens, and the words of a compiler, by their lines.
//!
//! It knows just enough of Rust and Go to tell a comment from a string; what it does not know stays plain.

use anstyle::{AnsiColor, Color, Style};

const KEYWORDS: &[&str] = &[
    "as",
    "async",
    "await",
    "break",
    "chan",
    "const",
    "continue",
    "crate",
    "defer",
    "dyn",
    "else",
    "enum",
    "false",
    "fn",
    "for",
    "func",
    "go",
    "if",
    "impl",
    "import",
    "in",
    "interface",
    "let",
    "loop",
    "map",
    "match",
    "mod",
    "move",
    "mut",
    "nil",
    "package",
    "pub",
    "range",
    "ref",
    "return",
    "select",
    "self",
    "static",
    "struct",
    "super",
    "switch",
    "trait",
    "true",
    "type",
    "unsafe",
    "use",
    "var",
    "where",
    "while",
];

fn colour(colour: AnsiColor) -> Style {
    Style::new().fg_color(Some(Color::Ansi(colour)))
}

/// Text in a style.
pub(crate) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// A line of Rust or Go.
pub(crate) fn code(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let (length, style) = token(rest, first);
        let (token, after) = rest.split_at(length);
        match style {
            Some(style) => out += &paint(style, token),
            None => out += token,
        }
        rest = after;
    }
    out
}

/// How long the first token is, and how it looks.
fn token(text: &str, first: char) -> (usize, Option<Style>) {
    if text.starts_with("//") {
        return (text.len(), Some(Style::new().dimmed()));
    }
    if first == '#' && (text.starts_with("#[") || text.starts_with("#![")) {
        return (text.find(']').map_or(text.len(), |end| end + 1), Some(colour(AnsiColor::Yellow)));
    }
    if first == '"' || first == '`' {
        return (quoted(text, first), Some(colour(AnsiColor::Green)));
    }
    if first == '\'' {
        // 'a' is a character, 'a alone a lifetime.
        let mut chars = text.char_indices().skip(1);
        let character = match chars.next() {
            Some((_, '\\')) => true,
            _ => matches!(chars.next(), Some((_, '\''))),
        };
        return if character { (quoted(text, '\''), Some(colour(AnsiColor::Green))) } else { (1, None) };
    }
    if first.is_ascii_digit() {
        return (run(text, |c| c.is_alphanumeric() || c == '_'), Some(colour(AnsiColor::Magenta)));
    }
    if first.is_alphabetic() || first == '_' {
        let length = run(text, |c| c.is_alphanumeric() || c == '_');
        let (word, after) = text.split_at(length);
        let style = match word {
            _ if KEYWORDS.contains(&word) => Some(colour(AnsiColor::Blue).bold()),
            _ if after.starts_with('!') && !after.starts_with("!=") => Some(colour(AnsiColor::Yellow)),
            _ if word.starts_with(char::is_uppercase) => Some(colour(AnsiColor::Cyan)),
            _ => None,
        };
        return (length, style);
    }
    (first.len_utf8(), None)
}

/// The length of the characters at the start for which this holds.
fn run(text: &str, holds: impl Fn(char) -> bool) -> usize {
    text.find(|c| !holds(c)).unwrap_or(text.len())
}

/// The length of what stands in quotes at the start, the quotes included.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// A line of a compiler's words.
pub(crate) fn words(line: &str) -> String {
    let bold = Style::new().bold();
    for (start, style) in [
        ("error", colour(AnsiColor::Red).bold()),
        ("warning", colour(AnsiColor::Yellow).bold()),
        ("help", colour(AnsiColor::Cyan).bold()),
        ("note", colour(AnsiColor::Green).bold()),
    ] {
        let is_title = |rest: &str| rest.starts_with(':') || rest.starts_with('[');
        if let Some(rest) = line.strip_prefix(start).filter(|rest| is_title(rest)) {
            let end = rest.find(": ").unwrap_or(0);
            return paint(style, &line[..start.len() + end]) + &paint(bold, &rest[end..]);
        }
    }
    let gutter = |c: char| c.is_ascii_digit() || c == ' ';
    let body = line.trim_start_matches(gutter);
    let gutter = &line[..line.len() - body.len()];
    let blue = colour(AnsiColor::Blue).bold();
    match body.chars().next() {
        Some('|') => {
            let (bar, rest) = body.split_at(1);
            let marks = rest.trim_start_matches([' ', '|', '_']);
            let style = match marks.chars().next() {
                Some('^') => colour(AnsiColor::Red).bold(),
                Some('-' | '+') => blue,
                _ => Style::new(),
            };
            paint(blue, &format!("{gutter}{bar}")) + &paint(style, rest)
        }
        Some('=') | Some('-') if body.starts_with("= ") || body.starts_with("-->") => {
            let at = body.find(' ').unwrap_or(body.len());
            paint(blue, &format!("{gutter}{}", &body[..at])) + &body[at..]
        }
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{code, words};

    /// The text without its colours.
    fn plain(text: &str) -> String {
        let mut parts = text.split('\u{1b}');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
    }

    #[test]
    fn colours_change_no_text() {
        for line in [
            "    let x: &'a str = \"a \\\" // b\"; // c 'd' \"e",
            "match c { 'a' => '\\'', '\\n' => 'ü', _ => \"öffen",
            "#[guarded] pub struct Größe<'a>(u64); println!(\"{x}\"); a != b; 1_000u64..=0xff",
            "func (o *Orders) Add(id int) { s := `raw` }",
            "'",
        ] {
            assert_eq!(plain(&code(line)), line);
        }
        for line in [
            "error[E0499]: a: b",
            "error: RP0003: c",
            "  --> a.rs:1:2",
            "12 |     x.y(|z| 1) // ^",
            "   |  __^",
            "help: d",
            "errors",
            "",
        ] {
            assert_eq!(plain(&words(line)), line);
        }
    }

    #[test]
    fn comments_and_strings_are_told_apart() {
        assert!(code("\"// no\" fn").ends_with(&code("fn")));
        assert!(code("a // fn").ends_with("// fn\u{1b}[0m"));
        // A lifetime is no open quotation.
        assert!(code("&'a fn").ends_with(&code("fn")));
    }
}
