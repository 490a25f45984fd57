//! What a sheet was like, and what was done about it.

use std::collections::BTreeMap;

use gewu_model::deadline::Limit;
use serde::Serialize;

use crate::decode::Encoding;

/// Something about one line of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The sheet.
    pub sheet: String,
    /// The line in it, from 1; a row that spans lines has its first.
    pub line: u64,
    /// What was done, or why the row is refused, in words.
    pub what: String,
}

/// A limit that is not as limits usually are. It stands in the pack as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unknown {
    /// As it is written.
    pub limit: String,
    /// How often.
    pub times: usize,
    /// Where it stands first.
    pub line: u64,
}

/// What came of sheets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How each sheet was written.
    pub encodings: BTreeMap<String, Encoding>,
    /// Rows below the headers.
    pub rows: usize,
    /// Rows without anything in them.
    pub empty: usize,
    /// Classes that can be reported, by kind.
    pub classes: BTreeMap<String, usize>,
    /// Headings.
    pub headings: usize,
    /// Filing conditions.
    pub conditions: usize,
    /// What was healed, by sort of dirt.
    pub healed: BTreeMap<&'static str, usize>,
    /// Where, line by line.
    pub healed_at: Vec<Note>,
    /// What could not be taken.
    pub refused: Vec<Note>,
    /// What was taken as it is and should be looked at.
    pub doubtful: Vec<Note>,
    /// Limits that no reader knows.
    pub unknown_limits: Vec<Unknown>,
    /// Limits that are longer than any that cities set.
    pub long_limits: Vec<Unknown>,
    /// Columns that say the same thing twice. What stands in the first of them that says anything is
    /// taken; rows in which they tell classes, conditions or limits apart are refused.
    pub repeated_columns: Vec<String>,
    /// Codes that are skipped between the first and the last of a heading: told, not an error, as
    /// numbers are never given again.
    pub skipped_codes: Vec<String>,
    /// Columns that no name is known for; they are left out.
    pub unknown_columns: Vec<String>,
}

impl Report {
    pub(crate) fn heal(&mut self, sheet: &str, line: u64, sort: &'static str, what: String) {
        *self.healed.entry(sort).or_default() += 1;
        let sheet = sheet.to_owned();
        self.healed_at.push(Note { sheet, line, what });
    }

    pub(crate) fn refuse(&mut self, sheet: &str, line: u64, why: impl Into<String>) {
        let (sheet, what) = (sheet.to_owned(), why.into());
        self.refused.push(Note { sheet, line, what });
    }

    pub(crate) fn doubt(&mut self, sheet: &str, line: u64, what: String) {
        let sheet = sheet.to_owned();
        self.doubtful.push(Note { sheet, line, what });
    }

    /// Tells a limit that no reader knows, or that is longer than any that cities set.
    pub(crate) fn look_at_limit(&mut self, limit: &str, line: u64) {
        match Limit::parse(limit) {
            Err(_) => count(&mut self.unknown_limits, limit, line),
            Ok(read) if read.is_unusual() => count(&mut self.long_limits, limit, line),
            Ok(_) => {}
        }
    }
}

fn count(limits: &mut Vec<Unknown>, limit: &str, line: u64) {
    match limits.iter_mut().find(|one| one.limit == limit) {
        Some(known) => known.times += 1,
        None => limits.push(Unknown {
            limit: limit.to_owned(),
            times: 1,
            line,
        }),
    }
}
