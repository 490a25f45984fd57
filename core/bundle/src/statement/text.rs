//! Lines, instants, and words of people that cannot look like ours.

use std::fmt::{Display, Write};

use chrono::{DateTime, FixedOffset, Utc};
use gewu_model::time::Millis;

use super::Language;
use super::words::Words;

/// A page under construction.
#[derive(Default)]
pub(super) struct Page {
    text: String,
    indent: usize,
}

impl Page {
    pub(super) fn line(&mut self, line: impl Display) {
        let mut whole = " ".repeat(self.indent);
        let _ = write!(whole, "{line}");
        self.text.push_str(whole.trim_end());
        self.text.push('\n');
    }

    pub(super) fn field(&mut self, name: &str, value: impl Display) {
        self.line(format_args!("{name}: {value}"));
    }

    /// What `inside` writes stands further in.
    pub(super) fn indented(&mut self, inside: impl FnOnce(&mut Self)) {
        self.indent += 2;
        inside(self);
        self.indent -= 2;
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// Words of people on one line: whatever could break the line, turn the direction of writing or
/// move a cursor is spelled out.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        match c {
            '\n' => out.push('⏎'),
            c if c.is_control() || turns => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// An instant in UTC, and for Chinese readers in Beijing time.
pub(super) fn instant(at: Millis, words: Words) -> String {
    let Some(utc) = DateTime::<Utc>::from_timestamp_millis(at.0) else {
        return format!("{} ms", at.0);
    };
    let utc_text = utc.format("%Y-%m-%d %H:%M:%S%.3f UTC");
    let beijing = FixedOffset::east_opt(8 * 3600).filter(|_| words.0 == Language::Zh);
    match beijing {
        Some(zone) => {
            let local = utc.with_timezone(&zone);
            format!(
                "{} (北京时间), {utc_text}",
                local.format("%Y-%m-%d %H:%M:%S%.3f")
            )
        }
        None => utc_text.to_string(),
    }
}

/// Ten-millionths of a degree.
pub(super) fn degrees(e7: i32) -> String {
    let sign = if e7 < 0 { "-" } else { "" };
    let e7 = e7.unsigned_abs();
    format!("{sign}{}.{:07}", e7 / 10_000_000, e7 % 10_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_instants() {
        assert_eq!(degrees(-5), "-0.0000005");
        assert_eq!(degrees(1_234_227_290), "123.4227290");
        let at = Millis(1_780_000_000_001);
        assert_eq!(
            instant(at, Words(Language::En)),
            "2026-05-28 20:26:40.001 UTC"
        );
        assert!(instant(at, Words(Language::Zh)).starts_with("2026-05-29 04:26:40.001 (北京时间)"));
        assert_eq!(
            instant(Millis(i64::MAX), Words(Language::En)),
            format!("{} ms", i64::MAX)
        );
    }

    #[test]
    fn nobody_s_words_begin_a_line_or_turn_one_around() {
        assert_eq!(
            clean("a\nstage: closed\u{202e}"),
            "a⏎stage: closed\\u{202e}"
        );
    }
}
