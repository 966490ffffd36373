//! Pages in a terminal: the Markdown that the pages of the gallery, the codes and the rules are written in, and no more.

use crate::highlight::{code, paint, words};
use anstyle::{AnsiColor, Color, Style};

/// How wide text may run, and whether there are colours.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    pub(crate) width: usize,
    pub(crate) colours: bool,
}

/// Whether colours are wanted where they can be shown. <https://no-color.org>: an empty variable says nothing.
pub(crate) fn wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

impl Screen {
    /// That of the standard output.
    pub(crate) fn current() -> Self {
        use std::io::IsTerminal;
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        Self { width: columns.unwrap_or(100).clamp(40, 120), colours: std::io::stdout().is_terminal() && wanted() }
    }

    fn style(self, style: Style, text: &str) -> String {
        if self.colours { paint(style, text) } else { text.to_owned() }
    }

    pub(crate) fn heading(self, text: &str) -> String {
        self.style(Style::new().bold().underline(), &inline(text, None))
    }

    pub(crate) fn name(self, text: &str) -> String {
        self.style(Style::new().fg_color(Some(Color::Ansi(AnsiColor::Cyan))), text)
    }

    /// Text with its words in `code` painted, on lines that fit.
    pub(crate) fn paragraph(self, text: &str, indent: &str) -> String {
        let mut out = String::new();
        let mut width = 0;
        for word in glued(&unlinked(text)) {
            let length = inline(&word, None).chars().count();
            if width > 0 && width + 1 + length > self.width {
                out += "\n";
                width = 0;
            }
            if width == 0 {
                out += indent;
                width = indent.len();
            } else {
                out += " ";
                width += 1;
            }
            out += &inline(&word, self.colours.then_some(Style::new().fg_color(Some(Color::Ansi(AnsiColor::Cyan)))));
            width += length;
        }
        out
    }

    /// A whole page.
    pub(crate) fn page(self, page: &str) -> String {
        let mut out = String::new();
        let mut lines = page.lines().peekable();
        while let Some(line) = lines.next() {
            if let Some(info) = line.strip_prefix("```") {
                let language = info.split(',').next().unwrap_or_default();
                for line in lines.by_ref().take_while(|line| !line.starts_with("```")) {
                    let shown = match language {
                        _ if !self.colours => line.to_owned(),
                        "rust" | "go" => code(line),
                        "text" => words(line),
                        _ => line.to_owned(),
                    };
                    out += format!("    {shown}").trim_end();
                    out += "\n";
                }
            } else if let Some(heading) = line.strip_prefix("# ") {
                out += &format!("{}\n", self.heading(heading));
            } else if let Some(heading) = line.strip_prefix("## ") {
                out += &format!("{}\n", self.style(Style::new().bold(), &inline(heading, None)));
            } else if line.is_empty() || line.starts_with('|') {
                out += line;
                out += "\n";
            } else {
                // A paragraph: what follows belongs to it, up to something else.
                let mut text = line.strip_prefix("> ").unwrap_or(line).to_owned();
                while let Some(next) = lines.next_if(|next| continues(next)) {
                    text.push(' ');
                    text += next.trim_start().trim_start_matches("> ");
                }
                let indent = if line.starts_with("- ") || line.starts_with("> ") { "  " } else { "" };
                out += &self.paragraph(&text, indent);
                out += "\n";
            }
        }
        out
    }
}

/// Whether a line goes on with the paragraph above it.
fn continues(line: &str) -> bool {
    !line.is_empty() && !["```", "#", "|", "- "].iter().any(|start| line.starts_with(start))
}

/// The words of a text; what stands between backticks is one of them.
fn glued(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match words.last_mut() {
            Some(last) if open => {
                last.push(' ');
                *last += word;
            }
            _ => words.push(word.to_owned()),
        }
        open ^= word.matches('`').count() % 2 == 1;
    }
    words
}

/// A word without its marks: `code` painted if there is a style, emphasis without stars.
fn inline(text: &str, style: Option<Style>) -> String {
    let mut out = String::new();
    for (number, part) in text.split('`').enumerate() {
        if number % 2 == 1 {
            match style {
                Some(style) => out += &paint(style, part),
                // Backticks stay where there is no colour to tell what is meant as code.
                None => out += &format!("`{part}`"),
            }
        } else {
            out += &part.replace("**", "");
        }
    }
    out
}

/// The text with `[words](address)` as its words, unless that stands in backticks.
fn unlinked(text: &str) -> String {
    let parts: Vec<String> = text
        .split('`')
        .enumerate()
        .map(|(number, part)| {
            let (mut out, mut rest) = (String::new(), part);
            while number % 2 == 0
                && let Some((before, after)) = rest.split_once("](")
                && let Some((_, after)) = after.split_once(')')
            {
                out += &before.replacen('[', "", 1);
                rest = after;
            }
            out + rest
        })
        .collect();
    parts.join("`")
}

#[cfg(test)]
mod tests {
    use super::Screen;

    const PLAIN: Screen = Screen { width: 40, colours: false };

    #[test]
    fn a_page_is_wrapped_and_its_code_is_not() {
        let page = "# A `title`\n\n> To be\n> remembered\n\nSome words that are quite a bit\nlonger than `a b c` forty columns.\n\n```rust\n\
            let a_line_that_is_longer_than_forty_columns = 1;\n```\n\nsee [the book](https://x.y) **now**\n- one\n- two\n";
        let shown = PLAIN.page(page);
        let expected = "A `title`\n\n  To be remembered\n\nSome words that are quite a bit longer\nthan `a b c` forty columns.\n\n    \
            let a_line_that_is_longer_than_forty_columns = 1;\n\nsee the book now\n  - one\n  - two\n";
        assert_eq!(shown, expected);
    }

    #[test]
    fn colours_only_where_they_are_wanted() {
        let page = "# t\n\n`c`\n\n```rust\nfn f() {}\n```\n";
        assert!(!PLAIN.page(page).contains('\u{1b}'));
        assert!(Screen { width: 40, colours: true }.page(page).contains("\u{1b}["));
    }

    #[test]
    fn every_page_that_ships_can_be_shown() {
        for case in raceproof_gallery::SHELVES.iter().flat_map(|shelf| shelf.cases) {
            let shown = PLAIN.page(case.page);
            assert!(!shown.contains("```") && !shown.contains("\n#"), "{}:\n{shown}", case.name);
        }
        for page in raceproof_gallery::CODES.iter().map(|code| code.page) {
            assert!(!PLAIN.page(page).contains("```"), "{page}");
        }
    }
}
