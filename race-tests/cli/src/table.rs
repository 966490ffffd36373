//! The table and the progress bar.

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use raceproof_test::{RungReport, Verdict};
use std::io::Write;

/// One rung of one type.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) strategy: &'static str,
    pub(crate) report: RungReport,
}

/// Whether the suite missed the plainest mistake there is. A mistake of the strategy's own may be one that nobody can see
/// through this type's methods: a counter shows no wrong shard. That is told, and is no failure.
pub(crate) fn lost_update_survived(mutant: &raceproof_test::MutantReport) -> bool {
    mutant.name == "lost_update" && survived(mutant)
}

/// Whether the suite missed a mutant.
fn survived(mutant: &raceproof_test::MutantReport) -> bool {
    matches!(mutant.fate, raceproof_test::Fate::Survived(_))
}

/// A bar on standard error; nothing where that is no terminal.
pub(crate) fn bar(steps: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(steps as u64), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{elapsed:>4} [{bar:24}] {pos}/{len} {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> "));
    bar
}

/// Writes the table.
pub(crate) fn write(out: &mut impl Write, rows: &[Row], colours: bool) -> std::io::Result<()> {
    let head = ["type", "strategy", "rung", "verdict", "scenarios", "executions", "seconds"];
    let cells: Vec<[String; 7]> = rows.iter().map(cells).collect();
    let mut widths = head.map(str::len);
    for row in &cells {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let colours = colours && crate::markdown::wanted();
    let paint = |style: Style| if colours { style } else { Style::new() };
    let bold = paint(Style::new().bold());
    let line: Vec<String> = head.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
    writeln!(out, "{bold}{}{bold:#}", line.join("  ").trim_end())?;
    let mut last = "";
    for (row, cells) in rows.iter().zip(&cells) {
        let colour = if row.report.verdict.ok() { AnsiColor::Green } else { AnsiColor::Red };
        let style = paint(Style::new().fg_color(Some(colour.into())));
        for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
            // A type's name stands once.
            let cell = if column < 2 && row.name == last { "" } else { cell };
            let gap = if column == 0 { "" } else { "  " };
            match column {
                3 => write!(out, "{gap}{style}{cell:<width$}{style:#}")?,
                4..=6 => write!(out, "{gap}{cell:>width$}")?,
                _ => write!(out, "{gap}{cell:<width$}")?,
            }
        }
        writeln!(out)?;
        last = &row.name;
    }
    for row in rows {
        for mutant in row.report.mutants.iter().filter(|mutant| survived(mutant)) {
            writeln!(out, "{}: nothing showed its mutant {}", row.name, mutant.name)?;
        }
    }
    writeln!(
        out,
        "\nexhausted: every interleaving of these scenarios: by loom in its memory model, by dpor with every ordering taken\n\
         for SeqCst. bounded: as far as the rung goes, no proof.\nmutants: the type with its lock dropped between reading and writing back, and with its strategy's own\nmistakes: found (killed), or not to be told from the original."
    )
}

fn cells(row: &Row) -> [String; 7] {
    let report = &row.report;
    let killed = report.mutants.iter().filter(|mutant| matches!(mutant.fate, raceproof_test::Fate::Killed(..))).count();
    let verdict = match (&report.verdict, report.mutants.len()) {
        (Verdict::Exhausted | Verdict::Bounded(_), 1..) if report.mutants.iter().any(lost_update_survived) => {
            "SURVIVED".to_owned()
        }
        (Verdict::Exhausted | Verdict::Bounded(_), 1..) if killed == 0 => "alike".to_owned(),
        (Verdict::Exhausted | Verdict::Bounded(_), 1) => "killed".to_owned(),
        (Verdict::Exhausted | Verdict::Bounded(_), all @ 2..) => format!("killed {killed}/{all}"),
        (verdict, _) => verdict.word().to_owned(),
    };
    let scenarios = match report.of {
        Some(of) => format!("{} of {of}", report.scenarios),
        None => report.scenarios.to_string(),
    };
    [
        row.name.clone(),
        row.strategy.to_owned(),
        report.rung.to_string(),
        verdict,
        scenarios,
        report.executions.to_string(),
        format!("{:.2}", report.elapsed.as_secs_f64()),
    ]
}
