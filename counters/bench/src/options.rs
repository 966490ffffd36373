//! The command line.

use std::path::PathBuf;

pub(crate) const HELP: &str = "\
usage: raceproof-bench [options]
  --part NAME      counter, talk, map, read-mostly, sharing, bytes or actors; may be repeated; all without it
  --runs N         interleaved runs of each contender (11)
  --milliseconds N how long one run of one contender is to take (20)
  --only WORD      only contenders whose name contains this, and the baselines; may be repeated
  --threads A,B,.. tasks of the counter (1,2,10,100), threads of the map (1,2,4,8)
  --cpus A,B,..    CPUs of the talk's table (1,4,16)
  --out FOLDER     where report.json and report.html go (target/raceproof/bench)
  --soak           10 million operations from 8 threads on each strategy, then the exact content
  --operations N   so many for --soak";

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Counter,
    Talk,
    Map,
    ReadMostly,
    Sharing,
    Bytes,
    Actors,
}

impl Part {
    pub(crate) const ALL: [Self; 7] =
        [Self::Counter, Self::Talk, Self::Map, Self::ReadMostly, Self::Sharing, Self::Bytes, Self::Actors];

    fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Talk => "talk",
            Self::Map => "map",
            Self::ReadMostly => "read-mostly",
            Self::Sharing => "sharing",
            Self::Bytes => "bytes",
            Self::Actors => "actors",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Options {
    parts: Vec<Part>,
    pub(crate) runs: usize,
    pub(crate) nanoseconds: f64,
    only: Vec<String>,
    threads: Option<Vec<usize>>,
    pub(crate) cpus: Vec<usize>,
    pub(crate) out: PathBuf,
    pub(crate) soak: bool,
    pub(crate) operations: u64,
    /// Set by this program for itself: one part of the talk's table, on so many CPUs.
    pub(crate) talk_child: Option<usize>,
}

impl Options {
    /// The options, or nothing where help was asked for.
    pub(crate) fn from_arguments(mut words: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let mut options = Self {
            parts: Vec::new(),
            runs: 11,
            nanoseconds: 20e6,
            only: Vec::new(),
            threads: None,
            cpus: vec![1, 4, 16],
            out: PathBuf::from("target/raceproof/bench"),
            soak: false,
            operations: 10_000_000,
            talk_child: None,
        };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} wants a value"));
            match word.as_str() {
                "--part" => {
                    let name = value()?;
                    let part = Part::ALL.into_iter().find(|part| part.name() == name);
                    options.parts.push(part.ok_or(format!("there is no part `{name}`"))?);
                }
                "--runs" => options.runs = number(&value()?)?,
                "--milliseconds" => options.nanoseconds = number(&value()?)? as f64 * 1e6,
                "--only" => options.only.push(value()?),
                "--threads" => options.threads = Some(numbers(&value()?)?),
                "--cpus" => options.cpus = numbers(&value()?)?,
                "--out" => options.out = value()?.into(),
                "--soak" => options.soak = true,
                "--operations" => options.operations = number(&value()?)? as u64,
                "--talk-child" => options.talk_child = Some(number(&value()?)?),
                "--help" | "-h" => return Ok(None),
                _ => return Err(format!("what is `{word}`?")),
            }
        }
        Ok(Some(options))
    }

    pub(crate) fn wants(&self, part: Part) -> bool {
        self.parts.is_empty() || self.parts.contains(&part)
    }

    /// Whether a contender takes part.
    pub(crate) fn lets(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|word| name.contains(word.as_str()))
    }

    pub(crate) fn threads(&self, usual: &[usize]) -> Vec<usize> {
        self.threads.clone().unwrap_or_else(|| usual.to_vec())
    }
}

fn number(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(format!("`{text}` is no number above 0")),
    }
}

fn numbers(text: &str) -> Result<Vec<usize>, String> {
    text.split(',').map(|one| number(one.trim())).collect()
}
