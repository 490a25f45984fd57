//! What a command prints: text for people, one JSON object per line for scripts, and one line on
//! stderr when it fails.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

/// A command that failed, with words that say what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    code: u8,
}

impl Failure {
    /// A failure with status 1.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: 1,
        }
    }

    /// A failure with a status of its own, which the command's help names.
    pub(crate) fn coded(code: u8, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code,
        }
    }

    /// Wrong usage: status 2.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: 2,
        }
    }
}

impl Failure {
    /// What is printed.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new(error.to_string())
    }
}

/// What every command returns.
pub(crate) type Outcome = Result<(), Failure>;

/// Where results go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Out {
    json: bool,
}

impl Out {
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether scripts read along.
    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// Prints a result: `value` for scripts, `text` for people.
    pub(crate) fn say(self, value: &Value, text: impl FnOnce() -> String) {
        let line = match self.json {
            true => quiet_json(value),
            false => quiet(&text()),
        };
        // A closed pipe (`| head`) is the reader's choice and no failure of ours.
        let _ = writeln!(std::io::stdout(), "{line}").and_then(|()| std::io::stdout().flush());
    }

    /// Prints progress for people; scripts hear only results.
    pub(crate) fn progress(self, text: &str) {
        if !self.json {
            let _ = writeln!(std::io::stderr(), "{}", quiet(text));
        }
    }

    /// Prints the failure and gives the exit status.
    pub(crate) fn fail(self, failure: &Failure) -> ExitCode {
        let line = failure.message.replace('\n', " ");
        let line = match self.json {
            true => quiet_json(&json!({ "error": line })),
            false => format!("gewu: {}", quiet(&crate::language::refusal(&line))),
        };
        let _ = writeln!(std::io::stderr(), "{line}");
        ExitCode::from(failure.code)
    }
}

/// Words of people on one line of a terminal: whatever could move the cursor, change colours, turn
/// the direction of writing or look like a line of ours is spelled out.
pub(crate) fn plain(text: &str) -> String {
    quiet(&text.replace('\n', "⏎").replace('\t', "\\u{9}"))
}

/// Whether a character does something on a terminal instead of standing there.
pub(crate) fn acts(c: char) -> bool {
    let turns =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    turns || (c.is_control() && !matches!(c, '\n' | '\t'))
}

/// Whatever a command prints passes here, wherever its words come from: a pack, a case, a server. What
/// would act on the terminal is spelled out; lines and tabs stay.
pub(crate) fn quiet(text: &str) -> String {
    spelled(text, |c, out| out.extend(c.escape_unicode()))
}

/// A value on one line. JSON itself leaves some of these characters as they are; within its strings they
/// are spelled in its own way, so that it reads as the same value.
fn quiet_json(value: &Value) -> String {
    spelled(&value.to_string(), |c, out| {
        out.push_str(&format!("\\u{:04x}", u32::from(c)));
    })
}

fn spelled(text: &str, spell: impl Fn(char, &mut String)) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match acts(c) {
            true => spell(c, &mut out),
            false => out.push(c),
        }
    }
    out
}

/// A new file that its owner alone reads.
pub(crate) fn private(path: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let refused = |error| Failure::new(format!("{}: {error}", path.display()));
    options.open(path).map_err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_people_cannot_write_on_the_terminal() {
        let evil = "red \u{1b}[31m\n  check  wang  effective \u{202e}abc";
        let shown = plain(evil);
        assert!(!shown.contains(['\u{1b}', '\n', '\u{202e}']), "{shown}");
        assert_eq!(plain("井盖缺失 — “ok”"), "井盖缺失 — “ok”");
    }

    #[test]
    fn what_is_printed_keeps_its_lines_and_nothing_that_acts() {
        let shown = quiet("class\tname\n\u{1b}]0;x\u{7}\u{9b}31m\r\u{202e}");
        assert_eq!(
            shown,
            "class\tname\n\\u{1b}]0;x\\u{7}\\u{9b}31m\\u{d}\\u{202e}"
        );
        let value = json!({ "name": "a\u{9b}31m\u{202e}\u{1b}井" });
        let line = quiet_json(&value);
        assert!(!line.chars().any(acts), "{line}");
        assert_eq!(serde_json::from_str::<Value>(&line).ok(), Some(value));
    }
}
