//! Tables of text, one column a thread.

use super::letter;
use super::steps::{Column, Step};
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

/// Lines shown at most: of a longer interleaving the end. A thread that spins takes three, however long it does.
const SHOWN: usize = 120;

/// The interleaving, numbered, with the lines at the right.
pub(super) fn steps(f: &mut fmt::Formatter<'_>, threads: usize, steps: &[Step]) -> fmt::Result {
    let threads = steps.iter().map(|step| step.thread + 1).max().unwrap_or(0).max(threads);
    let mut lines = Vec::new();
    let in_column = |of: usize, text: String| {
        (0..threads).map(move |thread| if thread == of { text.clone() } else { String::new() })
    };
    let mut next = 0;
    while next < steps.len() {
        let (length, again) = repeats(&steps[next..]);
        for (number, step) in steps.iter().enumerate().skip(next).take(length) {
            let mut line = vec![(number + 1).to_string()];
            line.extend(in_column(step.thread, cut(&step.text)));
            line.push(step.location.clone());
            lines.push(line);
        }
        if again > 0 {
            let which = match length {
                1 => format!("step {}", next + 1),
                _ => format!("steps {} to {}", next + 1, next + length),
            };
            let mut line = vec!["..".to_owned()];
            line.extend(in_column(steps[next].thread, format!("({which}, {again} times more)")));
            lines.push(line);
        }
        next += length * (again + 1);
    }
    let left_out = lines.len().saturating_sub(SHOWN);
    lines.drain(..left_out);
    match left_out {
        0 => writeln!(f, "\ninterleaving")?,
        _ => writeln!(f, "\ninterleaving, its last {SHOWN} lines")?,
    }
    let mut head = vec![String::new()];
    head.extend((0..threads).map(|thread| format!("thread {}", letter(thread))));
    lines.insert(0, head);
    rows(f, &lines)
}

/// How many steps begin a loop that goes round here, and how often it comes again: a thread that spins. One step and no
/// repetition where there is no loop, or a short one.
fn repeats(steps: &[Step]) -> (usize, usize) {
    const LONGEST: usize = 8;
    /// Fewer repetitions are shown.
    const FEW: usize = 4;
    for length in 1..=LONGEST.min(steps.len()) {
        let again = steps[length..].chunks_exact(length).take_while(|chunk| *chunk == &steps[..length]).count();
        if again >= FEW {
            return (length, again);
        }
    }
    (1, 0)
}

#[cfg(test)]
mod tests {
    use super::{Step, repeats};

    #[test]
    fn loops_are_found_and_short_ones_shown() {
        let steps = |text: &str| -> Vec<Step> {
            text.chars().map(|c| Step { thread: 0, text: c.to_string(), location: String::new() }).collect()
        };
        assert_eq!(repeats(&steps("abababababc")), (2, 4));
        assert_eq!(repeats(&steps("aaaaaaaa")), (1, 7));
        assert_eq!(repeats(&steps("abababc")), (1, 0), "three times are not many");
        assert_eq!(repeats(&steps("abcdef")), (1, 0));
        assert_eq!(repeats(&steps("")), (1, 0));
    }
}
