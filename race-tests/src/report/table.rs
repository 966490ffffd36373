//! Tables of text, one column a thread.

use super::{Column, Step, letter};
use std::fmt;

/// Cells wider than this are cut: a table that wraps cannot be read.
const WIDEST: usize = 60;

fn cut(text: &str) -> String {
    let one_line = text.replace('\n', " ");
    if one_line.chars().count() <= WIDEST {
        return one_line;
    }
    let mut cut: String = one_line.chars().take(WIDEST - 1).collect();
    cut.push('…');
    cut
}

/// Writes rows under a head, each column as wide as its widest cell, without trailing blanks.
fn rows(f: &mut fmt::Formatter<'_>, rows: &[Vec<String>]) -> fmt::Result {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0))
        .collect();
    for row in rows {
        let mut line = String::from(" ");
        for (cell, width) in row.iter().zip(&widths) {
            line += &format!(" {cell:<width$} ");
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}

/// The scenario with its results.
pub(super) fn scenario(f: &mut fmt::Formatter<'_>, columns: &[Column]) -> fmt::Result {
    let mut lines = Vec::new();
    let mut head = vec![String::new()];
    head.extend((0..columns.len()).map(|thread| format!("thread {}", letter(thread))));
    lines.push(head);
    let mut part = |label: &str, of: &dyn Fn(&Column) -> &Vec<String>| {
        let height = columns.iter().map(|column| of(column).len()).max().unwrap_or(0);
        for row in 0..height {
            let mut line = vec![if row == 0 { label.to_owned() } else { String::new() }];
            line.extend(columns.iter().map(|column| of(column).get(row).map_or_else(String::new, |text| cut(text))));
            lines.push(line);
        }
    };
    part("first", &|column| &column.before);
    part("in parallel", &|column| &column.parallel);
    part("then", &|column| &column.after);
    rows(f, &lines)
}

/// The interleaving, numbered, with the lines at the right.
pub(super) fn steps(f: &mut fmt::Formatter<'_>, threads: usize, steps: &[Step]) -> fmt::Result {
    let threads = steps.iter().map(|step| step.thread + 1).max().unwrap_or(0).max(threads);
    let mut lines = Vec::new();
    let mut head = vec![String::new()];
    head.extend((0..threads).map(|thread| format!("thread {}", letter(thread))));
    lines.push(head);
    for (number, step) in steps.iter().enumerate() {
        let mut line = vec![(number + 1).to_string()];
        line.extend((0..threads).map(|thread| if thread == step.thread { cut(&step.text) } else { String::new() }));
        line.push(step.location.clone());
        lines.push(line);
    }
    rows(f, &lines)
}
