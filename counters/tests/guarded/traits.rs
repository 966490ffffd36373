//! `#[guarded] impl Trait for Type`.

use raceproof::guarded;
use std::fmt;
use std::str::FromStr;

#[guarded(rwlock)]
struct Log {
    lines: Vec<String>,
    dropped: Option<std::sync::mpsc::Sender<usize>>,
}

#[guarded]
impl Log {
    pub fn push(&mut self, line: &str) {
        self.lines.push(line.to_owned());
    }
    pub fn len(&self) -> usize {
        self.lines.len()
    }
    pub fn tell_on_drop(&mut self, dropped: std::sync::mpsc::Sender<usize>) {
        self.dropped = Some(dropped);
    }
}

#[guarded]
impl Default for Log {
    fn default() -> Self {
        Self { lines: Vec::new(), dropped: None }
    }
}

#[guarded]
impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.lines.join("/"))
    }
}

#[guarded]
impl FromStr for Log {
    type Err = fmt::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lines = text.split('/').map(str::to_owned).collect();
        if text.is_empty() { Err(fmt::Error) } else { Ok(Self { lines, dropped: None }) }
    }
}

#[guarded]
impl From<Vec<String>> for Log {
    fn from(lines: Vec<String>) -> Self {
        Self { lines, dropped: None }
    }
}

#[guarded]
impl Clone for Log {
    fn clone(&self) -> Self {
        Self { lines: self.lines.clone(), dropped: None }
    }
}

#[guarded]
impl fmt::Write for Log {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.lines.push(text.to_owned());
        Ok(())
    }
}

#[guarded]
impl Extend<String> for Log {
    fn extend<I: IntoIterator<Item = String>>(&mut self, lines: I) {
        self.lines.extend(lines);
    }
}

#[guarded]
impl Iterator for Log {
    type Item = String;
    fn next(&mut self) -> Option<Self::Item> {
        self.lines.pop()
    }
}

#[guarded]
impl Drop for Log {
    fn drop(&mut self) {
        if let Some(dropped) = &self.dropped {
            let _ = dropped.send(self.lines.len());
        }
    }
}

trait Sized2 {
    const UNIT: usize;
    type Size;
    fn size(&self) -> Self::Size;
    fn doubled(self) -> Self
    where
        Self: Sized;
    fn twice(&self) -> usize {
        Self::UNIT * 2
    }
}

#[guarded]
impl Sized2 for Log {
    const UNIT: usize = 3;
    type Size = usize;
    fn size(&self) -> Self::Size {
        self.lines.len() * Self::UNIT
    }
    fn doubled(mut self) -> Self {
        let lines = self.lines.clone();
        self.lines.extend(lines);
        self
    }
}

#[test]
fn default_display_and_conversions() {
    let log = Log::default();
    log.push("a");
    log.push("b");
    assert_eq!(format!("{log}|{log:>5}"), "a/b|  a/b");
    assert_eq!("x/y".parse::<Log>().unwrap().to_string(), "x/y");
    assert!("".parse::<Log>().is_err());
    assert_eq!(Log::from(vec!["q".to_owned()]).to_string(), "q");
    let clone = log.clone();
    clone.push("c");
    assert_eq!((log.len(), clone.len()), (2, 3));
}

#[test]
fn traits_with_an_exclusive_receiver() {
    use fmt::Write as _;
    let mut log = Log::default();
    log.write_str("a").unwrap();
    log.extend(["b".to_owned()]);
    assert_eq!(log.next().as_deref(), Some("b"));
    assert_eq!(log.len(), 1);
}

#[test]
fn constants_types_and_provided_methods() {
    let log = Log::default();
    log.push("a");
    assert_eq!((log.size(), log.twice(), Log::UNIT), (3, 6, 3));
    assert_eq!(log.doubled().len(), 2);
}

#[test]
fn the_state_is_dropped_once_with_the_wrapper() {
    let (sender, receiver) = std::sync::mpsc::channel();
    let log = Log::default();
    log.push("a");
    log.tell_on_drop(sender);
    drop(log);
    assert_eq!(receiver.iter().collect::<Vec<_>>(), [1]);
}
