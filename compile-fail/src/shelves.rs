//! What `shelf.rs` is made of, and how it is written.

use std::fmt::Write;

use crate::Gallery;
use crate::render::Refused;

/// A theme, as it ships.
#[derive(Clone, Copy, Debug)]
pub struct Shelf {
    /// The folder's name.
    pub name: &'static str,
    /// The heading.
    pub title: &'static str,
    /// What its cases have in common.
    pub text: &'static str,
    /// The cases.
    pub cases: &'static [Shown],
}

/// A case, as it ships.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// The folder's name.
    pub name: &'static str,
    /// The heading.
    pub title: &'static str,
    /// The code or the rule that stops it.
    pub sign: &'static str,
    /// The page, in Markdown.
    pub page: &'static str,
}

/// A code of the attributes, as it ships.
#[derive(Clone, Copy, Debug)]
pub struct CodePage {
    /// `RP0003`.
    pub number: &'static str,
    /// What is refused.
    pub title: &'static str,
    /// The page, in Markdown.
    pub page: &'static str,
}

const HEAD: &str = "\
//! The gallery, page by page. Written by `UPDATE_GALLERY=1 cargo test -p raceproof-gallery`, from the cases.

use crate::{CodePage, Shelf, Shown};

";

/// The text of `shelf.rs`.
pub fn source(gallery: &Gallery, codes: &[Refused<'_>]) -> String {
    let mut text = HEAD.to_owned();
    text += "/// The themes, in the order in which they are told.\npub static SHELVES: &[Shelf] = &[\n";
    for theme in &gallery.themes {
        let _ = writeln!(text, "    Shelf {{");
        let _ = writeln!(text, "        name: {:?},\n        title: {:?},", theme.name, theme.title);
        let _ = writeln!(text, "        text: {:?},\n        cases: &[", theme.text);
        for case in &theme.cases {
            let _ = writeln!(text, "            Shown {{");
            let _ = writeln!(text, "                name: {:?},\n                title: {:?},", case.name, case.title);
            let _ = writeln!(text, "                sign: {:?},", case.fate.sign());
            let _ = writeln!(text, "                page: include_str!(\"../pages/{}.md\"),", case.path());
            let _ = writeln!(text, "            }},");
        }
        text += "        ],\n    },\n";
    }
    text += "];\n\n/// What the attributes refuse, by number.\npub static CODES: &[CodePage] = &[\n";
    for code in codes {
        let _ = writeln!(text, "    CodePage {{");
        let _ = writeln!(text, "        number: {:?},\n        title: {:?},", code.number, code.title);
        let _ = writeln!(text, "        page: include_str!(\"../pages/codes/{}.md\"),\n    }},", code.number);
    }
    text += "];\n";
    for theme in &gallery.themes {
        let _ = write!(text, "\n#[doc = {:?}]\n///\n#[doc = {:?}]\n", theme.title, theme.text);
        let _ = writeln!(text, "pub mod {} {{", theme.name);
        for case in &theme.cases {
            let _ = writeln!(text, "    #[doc = include_str!(\"../pages/{}.md\")]", case.path());
            let _ = writeln!(text, "    pub mod {} {{}}", case.name);
        }
        text += "}\n";
    }
    text
}
