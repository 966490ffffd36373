//! Findings and tokens of free code: an execution is its engine and its schedule, there is no scenario.

use crate::report::{Finding, Kind};
use crate::token::{TokenError, checked, fnv, read_schedule, write_schedule};
use crate::verdict::Rung;
use raceproof::explore::event::Event;

/// All that a finding of free code is made of.
pub(super) struct Material<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    pub(super) path: &'a str,
    pub(super) rung: Rung,
    pub(super) found_by: String,
    pub(super) details: Vec<String>,
    pub(super) trace: &'a [Event],
    pub(super) schedule: Option<&'a [u16]>,
}

pub(super) fn finding(material: Material<'_>) -> Finding {
    let token = material.schedule.map(|schedule| write(material.path, material.rung, schedule));
    Finding::free(
        material.kind,
        material.name,
        material.rung,
        token,
        material.found_by,
        material.details,
        material.trace,
    )
}

/// `rp1~path~loom.free~~~~schedule~check`: as the tokens of scenarios, with nothing where theirs have one.
///
/// What dpor has chosen, shuttle takes again.
pub(super) fn write(path: &str, rung: Rung, schedule: &[u16]) -> String {
    let rung = if rung == Rung::Dpor { Rung::Shuttle } else { rung };
    let text = format!("rp1~{path}~{rung}.free~~~~{}", write_schedule(schedule));
    let check = fnv(&text);
    format!("{text}~{check:08x}")
}

/// The engine and the schedule of a token of `path`; `None` if it is another test's.
pub(super) fn read(text: &str, path: &str) -> Result<Option<(Rung, Vec<u16>)>, TokenError> {
    let wrong = |what: &str| Err(TokenError(what.to_owned()));
    let fields: Vec<&str> = checked(text)?.split('~').collect();
    let ["rp1", theirs, engine, "", "", "", schedule] = fields[..] else {
        // A scenario's token, or none at all; whose it is its first fields tell.
        return match fields.get(1) {
            Some(theirs) if fields[0] == "rp1" && *theirs != path => Ok(None),
            _ => wrong("it is no token of a race test"),
        };
    };
    if theirs != path {
        return Ok(None);
    }
    let rung = match engine {
        "loom.free" => Rung::Loom,
        "shuttle.free" => Rung::Shuttle,
        _ => return wrong("it names an engine that cannot replay"),
    };
    Ok(Some((rung, read_schedule(schedule)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let token = write("a::b", Rung::Loom, &[0, 0, 1, 255]);
        assert_eq!(read(&token, "a::b").unwrap(), Some((Rung::Loom, vec![0, 0, 1, 255])));
        assert_eq!(read(&token, "a::c").unwrap(), None);
        // Also to those whose it is not: all of them would pass.
        assert!(["a::b", "a::c"].iter().all(|path| read(&token[..token.len() - 1], path).is_err()));
        assert!(read(&token.replace("loom", "moon"), "a::b").is_err());
        assert!(read("rp1", "a::b").is_err());
    }
}
