//! The duplicates of a case that was closed: each is a case of its own, and is closed by an instruction of
//! its own.

use serde_json::Value;

use super::client::Client;
use super::instruct;
use crate::out::{Failure, Out, Outcome};

/// How many cases are named.
const MOST_NAMED: usize = 5;

/// Closes what is left open behind a case as that was closed, one by one, or says what is left. One that is
/// refused keeps no other from being closed.
pub(super) fn after_close(
    client: &Client,
    done: &Value,
    body: Value,
    along: bool,
    out: Out,
) -> Outcome {
    let open = done["open_duplicates"].as_array().into_iter().flatten();
    let open: Vec<&str> = open.filter_map(Value::as_str).collect();
    if !along {
        if !open.is_empty() {
            out.progress(&waiting(&open));
        }
        return Ok(());
    }
    let mut refused = Vec::new();
    for case in open {
        if let Err(why) = instruct(client, "close", (case, None), body.clone(), out) {
            out.progress(&format!("{}: {}", short(case), why.message()));
            refused.push(case);
        }
    }
    match refused.as_slice() {
        [] => Ok(()),
        left => Err(Failure::new(format!(
            "the case is closed, and {} of its duplicates are not: {}",
            left.len(),
            named(left)
        ))),
    }
}

fn waiting(open: &[&str]) -> String {
    format!(
        "{} duplicates of it are open and their clocks stand: {}; close each, with --with-duplicates all at once the next time",
        open.len(),
        named(open)
    )
}

fn named(cases: &[&str]) -> String {
    let named: Vec<&str> = cases
        .iter()
        .take(MOST_NAMED)
        .map(|case| short(case))
        .collect();
    let more = if cases.len() > MOST_NAMED {
        ", …"
    } else {
        ""
    };
    named.join(", ") + more
}

fn short(case: &str) -> &str {
    case.get(..12).unwrap_or(case)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_counted_and_the_first_are_named() {
        let cases: Vec<String> = (0..7).map(|n| format!("{n}").repeat(32)).collect();
        let cases: Vec<&str> = cases.iter().map(String::as_str).collect();
        let words = waiting(&cases);
        assert!(words.starts_with("7 duplicates") && words.contains("444444444444, …"));
        assert!(!words.contains("555") && waiting(&cases[..1]).contains("000000000000;"));
    }
}
