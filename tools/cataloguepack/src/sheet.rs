//! A sheet's bytes as rows of cells, for whoever reads sheets: in any encoding of spreadsheets, with commas,
//! semicolons or tabs between its cells, and with titles above its header.

use csv::{ReaderBuilder, StringRecord};

use crate::decode::{Encoding, decode};
use crate::line::Lines;
use crate::quotes::unclosed_quote;

/// The header stands within this many rows: sheets have titles above it.
const HEADER_WITHIN: usize = 20;

/// A sheet that is no table, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SheetError(String);

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetRow {
    /// The line of the file that it begins in, from 1, as editors count.
    pub line: u64,
    /// Its cells, without control characters but ends of lines and tabs.
    pub cells: StringRecord,
    /// Whether control characters were taken out.
    pub cleaned: bool,
}

/// A sheet as rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// How it was written.
    pub encoding: Encoding,
    /// The header's cells.
    pub header: StringRecord,
    /// The rows below the header.
    pub rows: Vec<SheetRow>,
}

/// Reads a sheet. The delimiter and the row of the header are those by which most columns make sense;
/// `makes_sense` says of how many cells of a row that is true.
///
/// # Errors
/// [`SheetError`] says why the bytes are no table.
pub fn rows(
    bytes: &[u8],
    makes_sense: impl Fn(&StringRecord) -> usize,
) -> Result<Rows, SheetError> {
    let (text, encoding) = decode(bytes).ok_or_else(|| SheetError(unread(bytes).to_owned()))?;
    let sense = |rows: &[SheetRow]| {
        let heads = rows.iter().take(HEADER_WITHIN).enumerate();
        // Of several equals the first is the header.
        heads
            .map(|(at, row)| (makes_sense(&row.cells), HEADER_WITHIN - at))
            .max()
    };
    let tables = [b',', b';', b'\t'].map(|delimiter| (delimiter, delimited(&text, delimiter)));
    let best = tables.into_iter().max_by_key(|(_, table)| match table {
        Ok(rows) => sense(rows).map_or(0, |(known, _)| known),
        Err(_) => 0,
    });
    let empty = || SheetError("it is empty".to_owned());
    let (delimiter, table) = best.ok_or_else(empty)?;
    let mut rows = table?;
    if let Some(line) = unclosed_quote(&text, delimiter) {
        let why = format!("a quote that begins in line {line} is never closed");
        return Err(SheetError(why));
    }
    let (_, from_end) = sense(&rows).ok_or_else(empty)?;
    let below = rows.split_off(HEADER_WITHIN - from_end + 1);
    let header = rows.pop().ok_or_else(empty)?.cells;
    Ok(Rows {
        encoding,
        header,
        rows: below,
    })
}

fn delimited(text: &str, delimiter: u8) -> Result<Vec<SheetRow>, SheetError> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut lines = Lines::of(text);
    let rows = reader.records().map(|row| {
        let cells = row.map_err(|error| SheetError(error.to_string()))?;
        let line = lines.of_row(&cells);
        let cleaned = cells.iter().any(|cell| cell.contains(is_unprintable));
        let cells = match cleaned {
            true => cells.iter().map(seen).collect(),
            false => cells,
        };
        Ok(SheetRow {
            line,
            cells,
            cleaned,
        })
    });
    rows.collect()
}

/// Why bytes are no text.
pub(crate) fn unread(bytes: &[u8]) -> &'static str {
    match bytes.contains(&0) {
        true => {
            "it has NUL bytes in it, as a workbook or a damaged file has: save the sheet as CSV anew"
        }
        false => "it is neither UTF-8, UTF-16 nor GBK: save it as CSV in one of them",
    }
}

/// A cell without what nobody sees in it.
pub(crate) fn seen(cell: &str) -> String {
    cell.replace(is_unprintable, "")
}

/// What would move a reader's cursor, change colours or turn the direction of writing, and what has no width:
/// a name of nothing else would be invisible, and one with it is another name that looks the same.
fn is_unprintable(c: char) -> bool {
    let turns =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let invisible = matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200d}'
            | '\u{2060}'..='\u{2064}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
    );
    turns || invisible || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(row: &StringRecord) -> usize {
        let names = ["a", "b", "c"];
        row.iter().filter(|cell| names.contains(cell)).count()
    }

    #[test]
    fn the_delimiter_and_the_header_are_found_and_control_characters_go() {
        let sheet = "\u{feff}a title;\na;b;c\n1;x,\u{1b}[31my;3\n4;5\n";
        let read = rows(sheet.as_bytes(), known).expect("a table");
        assert_eq!(read.encoding, Encoding::Utf8Marked);
        assert_eq!(read.header.iter().collect::<Vec<_>>(), ["a", "b", "c"]);
        let cells: Vec<_> = read
            .rows
            .iter()
            .map(|row| (row.line, row.cleaned))
            .collect();
        assert_eq!(cells, [(3, true), (4, false)]);
        assert_eq!(read.rows[0].cells.get(1), Some("x,[31my"));
    }

    #[test]
    fn what_is_no_table_is_refused_in_words() {
        let words = |bytes: &[u8]| rows(bytes, known).expect_err("no table").to_string();
        assert!(words(b"").contains("empty"));
        assert!(words(b"\xff\xff\xff\x80").contains("GBK"));
        assert!(words(b"a,b\n1,\"2\n3,4\n").contains("line 2 is never closed"));
    }
}
