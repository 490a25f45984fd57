//! Tables of points in CSV: a header, columns in any order, errors that name file and line. Commas,
//! semicolons and tabs are told apart by the header.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use csv::ByteRecord;

use super::about;
use crate::out::Failure;

/// What a column may be called.
pub(super) type Names = &'static [&'static str];

pub(super) const ID: Names = &["id", "编号"];
pub(super) const LON: Names = &["lon", "longitude", "lng", "long", "经度"];
pub(super) const LAT: Names = &["lat", "latitude", "纬度"];
pub(super) const ACCURACY: Names = &["accuracy_m", "accuracy", "精度"];

/// The longest first line that is looked at.
const LONGEST_HEADER: usize = 1 << 16;
const MARK: &[u8] = b"\xef\xbb\xbf";

/// How a table is written beside its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Style {
    /// Begins with a byte order mark.
    marked: bool,
    /// Lines end in carriage return and line feed.
    returns: bool,
    delimiter: u8,
}

/// A table that is being read.
pub(super) struct Table {
    reader: csv::Reader<Box<dyn Read>>,
    header: ByteRecord,
    style: Style,
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
        let mut from: Box<dyn Read> = match path {
            Some(path) => Box::new(File::open(path).map_err(|error| about(path, &error))?),
            None => Box::new(io::stdin()),
        };
        let name = path.map_or("standard input".to_owned(), |path| {
            path.display().to_string()
        });
        let mut head = head(&mut from).map_err(|error| Failure::new(format!("{name}: {error}")))?;
        if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
            let words = "is text in UTF-16; save it as CSV in UTF-8";
            return Err(Failure::new(format!("{name} {words}")));
        }
        let style = Style::of(&head);
        if style.marked {
            head.drain(..MARK.len());
        }
        let from: Box<dyn Read> = Box::new(io::Cursor::new(head).chain(from));
        // Lines end at the line feed alone, or the carriage returns of spreadsheets would put every
        // line number off by one.
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .has_headers(false)
            .delimiter(style.delimiter)
            .terminator(csv::Terminator::Any(b'\n'))
            .from_reader(from);
        let mut header = ByteRecord::new();
        let there = reader.read_byte_record(&mut header);
        there.map_err(|error| wrong(&name, 1, &error))?;
        without_return(&mut header);
        Ok(Self {
            reader,
            header,
            style,
            name,
        })
    }

    /// A writer of tables like this one: mark, line ends and delimiter stay.
    pub(super) fn writer_like<W: io::Write>(&self, mut to: W) -> io::Result<csv::Writer<W>> {
        let style = self.style;
        if style.marked {
            to.write_all(MARK)?;
        }
        let terminator = match style.returns {
            true => csv::Terminator::CRLF,
            false => csv::Terminator::Any(b'\n'),
        };
        let mut builder = csv::WriterBuilder::new();
        builder.flexible(true).delimiter(style.delimiter);
        Ok(builder.terminator(terminator).from_writer(to))
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

/// The beginning up to the first line's end, or more.
fn head(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let (mut head, mut chunk) = (Vec::new(), [0; 4096]);
    while head.len() < LONGEST_HEADER && !head.contains(&b'\n') {
        match from.read(&mut chunk) {
            Ok(0) => break,
            Ok(got) => head.extend_from_slice(&chunk[..got]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(head)
}

impl Style {
    /// Of the first line; a comma unless something else occurs more often outside quotes.
    fn of(head: &[u8]) -> Self {
        let line = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let count = |delimiter: u8| {
            let mut quoted = false;
            let outside = line.iter().filter(|&&byte| {
                quoted ^= byte == b'"';
                byte == delimiter && !quoted
            });
            outside.count()
        };
        let most = [b';', b'\t'].into_iter().max_by_key(|&d| count(d));
        Self {
            marked: head.starts_with(MARK),
            returns: line.ends_with(b"\r"),
            delimiter: most.filter(|&d| count(d) > count(b',')).unwrap_or(b','),
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

    #[test]
    fn semicolons_tabs_and_chinese_headers_are_read_and_utf_16_is_named() {
        for text in [
            "编号;经度;纬度\na;1.5;2\n",
            "id\tlon\t\"a,b,c\"\na\t1.5\t2\n",
            "\u{feff}编号,经度\r\na,1.5\r\n",
        ] {
            assert_eq!(rows(text).unwrap(), [(2, "a".into(), 1.5)], "{text}");
        }
        let mut file = tempfile::NamedTempFile::new().unwrap();
        io::Write::write_all(&mut file, b"\xff\xfei\0d\0\n\0").unwrap();
        let said = Table::open(Some(file.path())).err().unwrap();
        assert!(said.message().contains("UTF-16; save it as CSV in UTF-8"));
    }
}
