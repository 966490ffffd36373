//! The codes in a compiler's words.

/// The codes of the errors, each once: `E0499` of `error[E0499]: ..`, `RP0003` of `error: RP0003: ..`.
///
/// The words may be those of a snapshot or the compiler's short form, which has the place in front. An error without a
/// code gives the first word of its message, so that it is not overlooked where only certain codes are expected.
pub fn codes(words: &str) -> Vec<String> {
    let mut codes: Vec<String> = words.lines().filter_map(code_of).collect();
    codes.sort();
    codes.dedup();
    codes
}

/// The code of a line that starts an error.
fn code_of(line: &str) -> Option<String> {
    let error = match line.strip_prefix("error") {
        Some(error) => error,
        None => {
            let (place, error) = line.split_once(": error")?;
            let mut numbers = place.rsplitn(3, ':').take(2);
            if !numbers.all(|number| number.parse::<u32>().is_ok()) {
                return None;
            }
            error
        }
    };
    if let Some(rest) = error.strip_prefix('[') {
        return rest.split_once(']').map(|(code, _)| code.to_owned());
    }
    let message = error.strip_prefix(": ")?;
    let is_summary = message.starts_with("could not compile") || message.starts_with("aborting due to");
    if is_summary { None } else { message.split([':', ' ']).next().map(str::to_owned) }
}

#[cfg(test)]
mod tests {
    use super::codes;

    #[test]
    fn long_and_short_forms_give_their_codes() {
        let long =
            "error[E0499]: cannot borrow\n --> a.rs:1:2\n  = note: this: error[E0001]\nerror: RP0003: a pub field\n";
        assert_eq!(codes(long), ["E0499", "RP0003"]);
        let short = "src/bin/a.rs:10:21: error[E0502]: cannot borrow\nerror: could not compile `x` (bin \"a\")\n";
        assert_eq!(codes(short), ["E0502"]);
    }

    #[test]
    fn an_error_without_a_code_is_not_lost() {
        assert_eq!(codes("error: failed to read the manifest"), ["failed"]);
        assert_eq!(codes("warning: unused variable"), [""; 0]);
    }
}
