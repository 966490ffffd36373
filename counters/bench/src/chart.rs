//! The page: every table as bars, and which strategy to choose when. One file, no script, nothing loaded.

use crate::measure::Kind;
use crate::report::{Cell, Facts, Report, Table, figure};
use std::fmt::Write as _;

/// When to choose what. The figures around it say how much each choice costs on the machine at hand.
const WHEN: &[(&str, &str, &str)] = &[
    ("mutex", "anything; the default", "every call waits for every other"),
    ("rwlock", "long reads, few writes", "short reads: the lock's own word is what readers then fight for"),
    ("atomic", "a small state, read and written alike", "many writers: one cache line serves all of them"),
    (
        "striped",
        "a counter that many write and few read",
        "a read adds up a slot a thread; amounts above 1 give up linearizable reads",
    ),
    (
        "sharded",
        "a map that many read and write",
        "a lookup takes its part's lock too; a look at the whole takes every lock",
    ),
    (
        "left_right",
        "reads that must never wait; a thousand of them and more for each write",
        "two copies of the state; a write changes both, and waits for readers to leave",
    ),
    (
        "actor, own thread",
        "work that callers need not wait for; an owner with a life of its own",
        "a reply crosses threads twice",
    ),
    (
        "actor, caller runs",
        "very many objects; calls in order without a thread",
        "one caller may run the others' calls",
    ),
];

pub(crate) fn page(report: &Report) -> String {
    let mut page = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>raceproof: what each strategy costs</title>\n\
         <style>\n\
         body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }\n\
         table { border-collapse: collapse; margin: 1rem 0 }\n\
         td, th { padding: .2rem .8rem; border-bottom: 1px solid #ddd; text-align: left }\n\
         svg { max-width: 100%; height: auto } svg text { font: 12px system-ui, sans-serif; fill: currentColor }\n\
         .note { color: #666 } .ours { fill: #2a78b8 } .peer { fill: #b0b0b0 } .base { fill: #e0c48a }\n\
         @media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 } td, th { border-color: #444 } .note { color: #aaa } }\n\
         </style>\n<h1>What each strategy costs</h1>\n",
    );
    let _ = writeln!(
        page,
        "<p>{}. Medians of interleaved runs, the whisker from quartile to quartile. Blue is raceproof, grey its peers, \
        yellow what is wrong or shares nothing. Ratios carry to other machines better than figures do.</p>",
        escape(&report.machine)
    );
    page.push_str("<h2>Which strategy when</h2>\n<table><tr><th>strategy<th>for<th>what it costs</tr>\n");
    for (strategy, when, cost) in WHEN {
        let _ = writeln!(page, "<tr><td>{}<td>{}<td>{}</tr>", escape(strategy), escape(when), escape(cost));
    }
    page.push_str("</table>\n");
    for table in &report.tables {
        let _ = writeln!(page, "<h2>{}</h2>\n<p>{}</p>", escape(&table.title), escape(table.unit));
        for at in 0..table.columns.len() {
            bars(&mut page, table, at);
        }
        for note in &table.notes {
            let _ = writeln!(page, "<p class=\"note\">{}</p>", escape(note));
        }
    }
    for facts in &report.facts {
        words(&mut page, facts);
    }
    page.push_str("</html>\n");
    page
}

/// One column of a table as bars, on a logarithmic scale: the slowest is thousands of times the fastest.
fn bars(page: &mut String, table: &Table, column: usize) {
    const LEFT: f64 = 230.0;
    const WIDE: f64 = 480.0;
    const STEP: f64 = 20.0;
    let mut rows: Vec<_> = table
        .rows
        .iter()
        .filter_map(|row| match row.cells.get(column)? {
            Cell::Measured { rounds, ratio } => Some((row, table.shown(rounds), *ratio)),
            Cell::Absent => None,
        })
        .collect();
    rows.sort_by(|a, b| a.1.median.total_cmp(&b.1.median));
    if table.per_second {
        rows.reverse();
    }
    let most = rows.iter().map(|row| row.1.high).fold(f64::MIN, f64::max);
    let least = rows.iter().map(|row| row.1.low).fold(f64::MAX, f64::min) / 2.0;
    let at = |value: f64| (WIDE * (value / least).ln() / (most / least).ln()).clamp(1.0, WIDE);
    let height = STEP * rows.len() as f64 + 26.0;
    let _ = writeln!(
        page,
        "<svg viewBox=\"0 0 900 {height}\" width=\"900\" role=\"img\" aria-label=\"{} {}\">\n<text x=\"0\" y=\"14\" font-weight=\"bold\">{} {}</text>",
        escape(&table.columns[column]),
        escape(table.column),
        escape(&table.columns[column]),
        escape(table.column)
    );
    for (nth, (row, spread, ratio)) in rows.iter().enumerate() {
        let y = 24.0 + STEP * nth as f64;
        let class = match row.kind {
            Kind::Ours => "ours",
            Kind::Peer => "peer",
            Kind::Baseline => "base",
        };
        let ratio = ratio.map_or(String::new(), |ratio| format!("  ({} of the best peer)", figure(ratio.median)));
        let _ = writeln!(
            page,
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{}</text><rect class=\"{class}\" x=\"{LEFT}\" y=\"{y:.0}\" width=\"{:.1}\" height=\"14\"/>\
             <path d=\"M{:.1} {:.1}H{:.1}\" stroke=\"currentColor\"/><text x=\"{:.1}\" y=\"{:.0}\">{}{}</text>",
            LEFT - 8.0,
            y + 11.0,
            escape(row.name),
            at(spread.median),
            LEFT + at(spread.low),
            y + 7.0,
            LEFT + at(spread.high),
            LEFT + at(spread.high).max(at(spread.median)) + 6.0,
            y + 11.0,
            figure(spread.median),
            escape(&ratio)
        );
    }
    page.push_str("</svg>\n");
}

fn words(page: &mut String, facts: &Facts) {
    let _ = writeln!(page, "<h2>{}</h2>\n<table>", escape(&facts.title));
    let line = |page: &mut String, cells: &[String], tag: &str| {
        page.push_str("<tr>");
        for cell in cells {
            let _ = write!(page, "<{tag}>{}", escape(cell));
        }
        page.push_str("</tr>\n");
    };
    line(page, &facts.head, "th");
    for row in &facts.rows {
        line(page, row, "td");
    }
    page.push_str("</table>\n");
    for note in &facts.notes {
        let _ = writeln!(page, "<p class=\"note\">{}</p>", escape(note));
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
