//! Tables of points in CSV: a header, columns in any order, errors that name file and line.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use csv::ByteRecord;

use super::about;
use crate::out::Failure;

/// What a column may be called.
pub(super) type Names = &'static [&'static str];

pub(super) const ID: Names = &["id"];
pub(super) const LON: Names = &["lon", "longitude", "lng", "long"];
pub(super) const LAT: Names = &["lat", "latitude"];
pub(super) const ACCURACY: Names = &["accuracy_m", "accuracy"];

/// A table that is being read.
pub(super) struct Table {
    reader: csv::Reader<Box<dyn Read>>,
    header: ByteRecord,
    name: String,
}

/// A row that knows where it stands.
pub(super) struct Row<'a> {
    fields: &'a ByteRecord,
    line: u64,
    name: &'a str,
}

impl Table {
    /// Opens a file; standard input when there is none or it is `-`.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, Failure> {
        let path = path.filter(|path| *path != Path::new("-"));
        let from: Box<dyn Read> = match path {
            Some(path) => Box::new(File::open(path).map_err(|error| about(path, &error))?),
            None => Box::new(io::stdin()),
        };
        let name = path.map_or("standard input".to_owned(), |path| {
            path.display().to_string()
        });
        // Lines end at the line feed alone, or the carriage returns of spreadsheets would put every
        // line number off by one.
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .terminator(csv::Terminator::Any(b'\n'))
            .from_reader(from);
        let mut header = ByteRecord::new();
        let there = reader.read_byte_record(&mut header);
        there.map_err(|error| wrong(&name, 1, &error))?;
        without_return(&mut header);
        Ok(Self {
            reader,
            header,
            name,
        })
    }

    /// The header as it is.
    pub(super) const fn header(&self) -> &ByteRecord {
        &self.header
    }

    /// The place of a column, in any case.
    pub(super) fn find(&self, names: Names) -> Option<usize> {
        let is = |field: &[u8]| {
            let field = field.trim_ascii();
            names
                .iter()
                .any(|name| field.eq_ignore_ascii_case(name.as_bytes()))
        };
        self.header.iter().position(is)
    }

    /// As [`Table::find`], for a column that must be there.
    pub(super) fn need(&self, names: Names) -> Result<usize, Failure> {
        self.find(names).ok_or_else(|| {
            let there: Vec<_> = self.header.iter().map(String::from_utf8_lossy).collect();
            Failure::new(format!(
                "{} line 1: no column '{}' (there are: {}); the first line names the columns",
                self.name,
                names[0],
                there.join(", ")
            ))
        })
    }

    /// Calls `each` with every row; blank lines are passed over.
    pub(super) fn each(
        &mut self,
        mut each: impl FnMut(&Row<'_>) -> Result<(), Failure>,
    ) -> Result<u64, Failure> {
        let (mut fields, mut rows) = (ByteRecord::new(), 0);
        loop {
            let before = self.reader.position().line();
            let more = self.reader.read_byte_record(&mut fields);
            if !more.map_err(|error| wrong(&self.name, before, &error))? {
                return Ok(rows);
            }
            without_return(&mut fields);
            if fields.len() == 1 && fields[0].is_empty() {
                continue;
            }
            rows += 1;
            // Blank lines before the row are read with it, line feeds inside its fields as well.
            let inside = fields
                .iter()
                .flatten()
                .filter(|byte| **byte == b'\n')
                .count() as u64;
            let behind = self.reader.position().line().saturating_sub(1 + inside);
            each(&Row {
                line: before.max(behind),
                fields: &fields,
                name: &self.name,
            })?;
        }
    }
}

/// Takes the carriage return off the end of a line.
fn without_return(record: &mut ByteRecord) {
    let Some(last) = record.iter().next_back() else {
        return;
    };
    let Some(kept) = last.strip_suffix(b"\r").map(<[u8]>::to_vec) else {
        return;
    };
    record.truncate(record.len() - 1);
    record.push_field(&kept);
}

impl Row<'_> {
    /// Every field, in order.
    pub(super) const fn fields(&self) -> &ByteRecord {
        self.fields
    }

    /// A field's text, trimmed; empty when the row is short. Other encodings than UTF-8 pass.
    pub(super) fn text(&self, column: usize) -> &[u8] {
        self.fields.get(column).unwrap_or_default().trim_ascii()
    }

    /// A field that must be a number.
    pub(super) fn number(&self, column: usize, name: &str) -> Result<f64, Failure> {
        let text = String::from_utf8_lossy(self.text(column));
        let parsed = text.parse().ok().filter(|number: &f64| number.is_finite());
        parsed.ok_or_else(|| match text.is_empty() {
            true => self.wrong(&format!("no {name}")),
            false => self.wrong(&format!("{name} '{text}' is no number")),
        })
    }

    /// A failure that names file and line.
    pub(super) fn wrong(&self, reason: &str) -> Failure {
        Failure::new(format!("{} line {}: {reason}", self.name, self.line))
    }
}

fn wrong(name: &str, line: u64, error: &csv::Error) -> Failure {
    Failure::new(format!("{name} line {line}: {error}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<(u64, String, f64)>, Failure> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        io::Write::write_all(&mut file, text.as_bytes()).unwrap();
        let mut table = Table::open(Some(file.path()))?;
        let (id, lon) = (table.need(ID)?, table.need(LON)?);
        let mut out = Vec::new();
        table.each(|row| {
            let id = String::from_utf8_lossy(row.text(id)).into_owned();
            out.push((row.line, id, row.number(lon, "lon")?));
            Ok(())
        })?;
        Ok(out)
    }

    #[test]
    fn spreadsheets_write_marks_carriage_returns_quotes_and_lines_in_fields() {
        let text = "\u{feff}Lng,ID,note\r\n1.5,\"a\nb\",\"x\"\r\n\r\n 2 ,c\r\n";
        let found = rows(text).unwrap();
        assert_eq!(found, [(2, "a\nb".into(), 1.5), (5, "c".into(), 2.0)]);
        let plain = rows("id,lon\na,1\n\n\nb,2\nc,3").unwrap();
        assert_eq!(plain.iter().map(|row| row.0).collect::<Vec<_>>(), [2, 5, 6]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let said = |text: &str| rows(text).unwrap_err().message().to_owned();
        assert!(said("id,lat\n").contains("no column 'lon' (there are: id, lat)"));
        assert!(said("id,lon\na,1\nb,east\n").contains("line 3: lon 'east' is no number"));
        assert!(said("id,lon\na,NaN\n").contains("line 2: lon 'NaN' is no number"));
        assert!(said("id,lon\na\n").contains("line 2: no lon"));
    }
}
