//! Which calls, and which calls before the threads start, have something to show.
//!
//! Most small scenarios are dull: they read what nobody changes, or begin with a call that leaves the object as it was, or
//! with one that waits for ever. They are explored too, but not first. Of a guarded type the receiver says what may change
//! something: no method is run for it, since one that never returns is to be found in a scenario that names it. Of a type
//! written by hand the spec is asked, and where that cannot tell, a call is lively.

use super::Call;
use crate::subject::{Outcome, Specification, Subject};

/// Beyond so many calls to choose from, asking costs more than it gives.
const MOST_ASKED: usize = 40;

/// The calls that change something or wait, by their place in the alphabet; and for each length the prefixes whose every
/// call changes something.
#[derive(Clone)]
pub(super) struct Lively {
    pub(super) letters: Vec<usize>,
    prefixes: [Vec<Vec<usize>>; 3],
}

/// What a call did to the specification.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    None,
    Some,
    Waits,
}

impl Lively {
    pub(super) fn of(subject: &Subject, alphabet: &[Call]) -> Self {
        let everything = || (0..alphabet.len()).collect::<Vec<_>>();
        if alphabet.len() > MOST_ASKED {
            return Self::from(everything(), |_| true);
        }
        if !subject.inner.by_hand {
            let changes = |letter: &usize| subject.inner.methods[alphabet[*letter].method].exclusive;
            let letters: Vec<usize> = everything().into_iter().filter(changes).collect();
            return Self::from(if letters.is_empty() { everything() } else { letters }, |_| true);
        }
        let effect = |letters: &[usize]| {
            let mut state = subject.specification();
            let mut last = Effect::None;
            for letter in letters {
                last = apply(subject, &mut state, &alphabet[*letter]);
                if last == Effect::Waits {
                    break;
                }
            }
            last
        };
        // Fresh, and after one of each: a `pop` of nothing changes nothing.
        let letters: Vec<usize> = (0..alphabet.len())
            .filter(|&letter| {
                effect(&[letter]) != Effect::None
                    || (0..alphabet.len()).any(|first| effect(&[first, letter]) == Effect::Some)
            })
            .collect();
        let letters = if letters.is_empty() { everything() } else { letters };
        let good = |prefix: &[usize]| (1..=prefix.len()).all(|length| effect(&prefix[..length]) == Effect::Some);
        Self::from(letters, good)
    }

    fn from(letters: Vec<usize>, good: impl Fn(&[usize]) -> bool) -> Self {
        let one: Vec<Vec<usize>> = letters.iter().map(|letter| vec![*letter]).filter(|prefix| good(prefix)).collect();
        let two = one.iter().flat_map(|first| letters.iter().map(|second| vec![first[0], *second]));
        let two = two.filter(|prefix| good(prefix)).collect();
        Self { letters, prefixes: [vec![Vec::new()], one, two] }
    }

    /// The lively prefixes of this length.
    pub(super) fn prefixes(&self, length: usize) -> &[Vec<usize>] {
        self.prefixes.get(length).map_or(&[], Vec::as_slice)
    }

    /// All of `alphabet` letters, for tests.
    #[cfg(test)]
    pub(super) fn all(alphabet: usize) -> Self {
        Self::from((0..alphabet).collect(), |_| true)
    }

    /// Those letters alone, for tests.
    #[cfg(test)]
    pub(super) fn only(letters: &[usize]) -> Self {
        Self::from(letters.to_vec(), |_| true)
    }
}

fn apply(subject: &Subject, state: &mut Specification, call: &Call) -> Effect {
    let before = state.fingerprint();
    let (outcome, _) = state.apply(&*call.on(0, subject));
    if outcome == Outcome::BLOCKED {
        Effect::Waits
    } else if before.is_none() {
        // A state that cannot be compared.
        Effect::Some
    } else if state.fingerprint() == before {
        Effect::None
    } else {
        Effect::Some
    }
}
