//! Tables of what was measured: on the terminal, as JSON, and for the page.

use crate::measure::{Contender, Kind, Rounds, Spread};
use crate::options::Options;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};

/// All that one call of the program measured.
pub(crate) struct Report {
    pub(crate) machine: String,
    pub(crate) tables: Vec<Table>,
    /// Tables that are no contest: a headline, a head, and rows of words.
    pub(crate) facts: Vec<Facts>,
    runs: usize,
}

/// Contenders and columns.
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) title: String,
    pub(crate) unit: &'static str,
    pub(crate) column: &'static str,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Row>,
    pub(crate) notes: Vec<String>,
    /// Shown as million operations a second, not as nanoseconds.
    pub(crate) per_second: bool,
}

pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) cells: Vec<Cell>,
}

pub(crate) enum Cell {
    Measured {
        rounds: Rounds,
        /// As fast as the best peer so many times; for ours only.
        ratio: Option<Spread>,
    },
    Absent,
}

/// Something to say in words, column by column.
pub(crate) struct Facts {
    pub(crate) name: &'static str,
    pub(crate) title: String,
    pub(crate) head: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) notes: Vec<String>,
}

/// A table as it is shown: the head is its first row.
struct Page<'a> {
    title: String,
    rows: Vec<Vec<String>>,
    notes: &'a [String],
}

impl Table {
    pub(crate) fn new(
        name: &'static str,
        title: &str,
        unit: &'static str,
        column: &'static str,
        contenders: &[Contender],
    ) -> Self {
        let rows = contenders.iter().map(|one| Row { name: one.name, kind: one.kind, cells: Vec::new() }).collect();
        Self {
            name,
            title: title.to_owned(),
            unit,
            column,
            columns: Vec::new(),
            rows,
            notes: Vec::new(),
            per_second: false,
        }
    }

    /// A column of rounds, those of the contenders that took part.
    pub(crate) fn column(&mut self, head: String, who: &[Contender], rounds: Vec<Rounds>) {
        let best = who
            .iter()
            .zip(&rounds)
            .filter(|(one, _)| one.kind == Kind::Peer)
            .map(|(_, rounds)| rounds)
            .min_by(|a, b| a.ns().median.total_cmp(&b.ns().median))
            .cloned();
        let mut found: Vec<(&str, Rounds)> = who.iter().map(|one| one.name).zip(rounds).collect();
        for row in &mut self.rows {
            let cell = match found.iter().position(|(name, _)| *name == row.name) {
                None => Cell::Absent,
                Some(at) => {
                    let rounds = found.swap_remove(at).1;
                    let ours = row.kind == Kind::Ours;
                    let ratio = best.as_ref().filter(|_| ours).map(|best| rounds.faster_than(best));
                    Cell::Measured { rounds, ratio }
                }
            };
            row.cells.push(cell);
        }
        self.columns.push(head);
    }

    /// A cell in the table's unit.
    pub(crate) fn shown(&self, rounds: &Rounds) -> Spread {
        if self.per_second { rounds.ns().map(|ns| 1e3 / ns) } else { rounds.ns() }
    }
}

impl Report {
    pub(crate) fn new(options: &Options) -> Self {
        Self { machine: machine(), tables: Vec::new(), facts: Vec::new(), runs: options.runs }
    }

    /// Says what is being done, for people who wait.
    pub(crate) fn progress(&self, what: &str) {
        if std::io::stderr().is_terminal() {
            eprint!("\r\x1b[2K{what}");
        } else {
            eprintln!("{what}");
        }
        let _ = std::io::stderr().flush();
    }

    /// Prints the tables, and writes the files.
    pub(crate) fn write(&self, options: &Options) -> std::io::Result<()> {
        if std::io::stderr().is_terminal() {
            eprint!("\r\x1b[2K");
        }
        let text = self.text();
        std::io::stdout().lock().write_all(text.as_bytes())?;
        std::fs::create_dir_all(&options.out)?;
        std::fs::write(options.out.join("report.json"), format!("{:#}\n", self.json()))?;
        std::fs::write(options.out.join("report.md"), self.markdown())?;
        let page = options.out.join("report.html");
        std::fs::write(&page, crate::chart::page(self))?;
        println!("\nthe same as a chart: {}", page.display());
        Ok(())
    }

    /// Every table as a headline, rows of cells with the head first, and notes.
    fn pages(&self) -> Vec<Page<'_>> {
        let tables = self.tables.iter().map(|table| {
            let mut rows = vec![head(&table.columns, table.column)];
            for row in &table.rows {
                let cells = row.cells.iter().map(|cell| match cell {
                    Cell::Absent => String::new(),
                    Cell::Measured { rounds, ratio } => {
                        let shown = figure(table.shown(rounds).median);
                        ratio.map_or(shown.clone(), |ratio| {
                            let [median, low, high] = [ratio.median, ratio.low, ratio.high].map(figure);
                            format!("{shown} [{median} {low}-{high}]")
                        })
                    }
                });
                rows.push(std::iter::once(row.name.to_owned()).chain(cells).collect());
            }
            Page { title: format!("{} ({})", table.title, table.unit), rows, notes: &table.notes }
        });
        let facts = self.facts.iter().map(|facts| {
            let rows = std::iter::once(facts.head.clone()).chain(facts.rows.iter().cloned()).collect();
            Page { title: facts.title.clone(), rows, notes: &facts.notes }
        });
        tables.chain(facts).collect()
    }

    fn intro(&self) -> String {
        format!(
            "{}\nmedians of {} interleaved runs; in brackets the ratio to the best peer in the same round: median and \
             quartiles\n",
            self.machine, self.runs
        )
    }

    fn text(&self) -> String {
        let mut text = self.intro();
        for Page { title, rows, notes } in self.pages() {
            let _ = writeln!(text, "\n{title}");
            columns(&mut text, &rows);
            for note in notes {
                let _ = writeln!(text, "  {note}");
            }
        }
        text
    }

    /// The same for a page of documentation.
    fn markdown(&self) -> String {
        let mut text = self.intro();
        for Page { title, rows, notes } in self.pages() {
            let _ = writeln!(text, "\n### {title}\n");
            for (at, row) in rows.iter().enumerate() {
                let _ = writeln!(text, "| {} |", row.join(" | "));
                if at == 0 {
                    let _ = writeln!(text, "|{}", "---|".repeat(row.len()));
                }
            }
            for note in notes {
                let _ = writeln!(text, "\n{note}");
            }
        }
        text
    }

    fn json(&self) -> Value {
        let spread = |spread: Spread| json!({ "low": spread.low, "median": spread.median, "high": spread.high });
        let tables: Vec<Value> = self
            .tables
            .iter()
            .map(|table| {
                let rows: Vec<Value> = table
                    .rows
                    .iter()
                    .map(|row| {
                        let cells: Vec<Value> = row
                            .cells
                            .iter()
                            .map(|cell| match cell {
                                Cell::Absent => Value::Null,
                                Cell::Measured { rounds, ratio } => json!({
                                    "ns": spread(rounds.ns()),
                                    "best_peer_by_ours": ratio.map(spread),
                                    "lost": rounds.lost().0,
                                    "operations": rounds.lost().1,
                                }),
                            })
                            .collect();
                        json!({ "name": row.name, "kind": format!("{:?}", row.kind), "cells": cells })
                    })
                    .collect();
                json!({
                    "name": table.name, "title": table.title, "column": table.column, "columns": table.columns,
                    "rows": rows, "notes": table.notes,
                })
            })
            .collect();
        let facts: Vec<Value> = self
            .facts
            .iter()
            .map(|facts| {
                json!({
                    "name": facts.name, "title": facts.title, "head": facts.head, "rows": facts.rows, "notes": facts.notes,
                })
            })
            .collect();
        json!({ "machine": self.machine, "runs": self.runs, "tables": tables, "facts": facts })
    }
}

fn head(columns: &[String], column: &str) -> Vec<String> {
    let mut head = vec![String::new()];
    head.extend(columns.iter().map(|one| format!("{one} {column}")));
    head
}

/// Three figures that mean something.
pub(crate) fn figure(value: f64) -> String {
    match value.abs() {
        v if v >= 99.95 => format!("{value:.0}"),
        v if v >= 9.995 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

fn columns(text: &mut String, rows: &[Vec<String>]) {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |at: usize| rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(width).collect();
    for row in rows {
        let line: Vec<String> = row
            .iter()
            .zip(&widths)
            .enumerate()
            .map(|(at, (cell, width))| if at == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") })
            .collect();
        let _ = writeln!(text, "  {}", line.join("  ").trim_end());
    }
}

/// The machine, in words that say no more than what the figures hang on.
fn machine() -> String {
    let cpus = std::thread::available_parallelism().map_or(0, usize::from);
    let model = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        text.lines()
            .find_map(|line| Some(line.strip_prefix("model name")?.trim_start_matches([' ', '\t', ':']).to_owned()))
    });
    format!(
        "{}, {cpus} CPUs, {} {}",
        model.as_deref().unwrap_or("unknown processor"),
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}
