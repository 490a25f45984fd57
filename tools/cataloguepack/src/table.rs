//! Finding the header of a sheet and what its columns mean.

use csv::StringRecord;

use crate::columns::{Column, KNOWN, column, decides, pair, repeated};
use crate::decode::Encoding;
use crate::sheet::{self, Rows, SheetRow};
use crate::{PackError, cells};

/// The columns that name what a class stands below.
const HEADING: [Column; 3] = [Column::Major, Column::MajorCode, Column::MajorName];

/// The columns of names alone.
const NAMES: [Column; 4] = [
    Column::MajorName,
    Column::Name,
    Column::ChildName,
    Column::MicroName,
];

/// The columns that name a class.
const CLASS: [Column; 7] = [
    Column::Minor,
    Column::Code,
    Column::Name,
    Column::ChildCode,
    Column::ChildName,
    Column::MicroCode,
    Column::MicroName,
];

/// A sheet with its columns known.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) encoding: Encoding,
    columns: Vec<Option<Column>>,
    /// Their headings, as they stand.
    headings: Vec<String>,
    rows: Vec<SheetRow>,
    pub(crate) unknown: Vec<String>,
}

/// A row that knows its line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) line: u64,
    /// Whether control characters were taken out.
    pub(crate) cleaned: bool,
    columns: &'a [Option<Column>],
    headings: &'a [String],
    cells: &'a StringRecord,
}

impl Table {
    /// Reads a sheet by the columns that are known.
    pub(crate) fn read(name: &str, bytes: &[u8]) -> Result<Self, PackError> {
        let known = |row: &StringRecord| row.iter().filter_map(column).count();
        let Rows {
            encoding,
            header,
            rows,
        } = sheet::rows(bytes, known).map_err(|error| PackError::NoTable {
            sheet: name.to_owned(),
            why: error.to_string(),
        })?;
        let columns: Vec<Option<Column>> = header.iter().map(column).collect();
        let unnamed = header
            .iter()
            .zip(&columns)
            .filter(|(_, known)| known.is_none());
        let unknown = unnamed.map(|(cell, _)| cells::line(cell));
        let unknown = unknown.filter(|cell| !cell.is_empty()).collect();
        let table = Self {
            encoding,
            columns,
            headings: header.iter().map(cells::line).collect(),
            rows,
            unknown,
        };
        table.require(name)?;
        Ok(table)
    }

    /// A class needs a code and a name; everything else may be missing.
    fn require(&self, name: &str) -> Result<(), PackError> {
        let has = |column: &Column| self.columns.iter().flatten().any(|c| c == column);
        let minor = has(&Column::Minor);
        let lacks = [(Column::Code, "code"), (Column::Name, "name")];
        let lacks = lacks
            .into_iter()
            .filter(|(column, _)| !minor && !has(column));
        let missing: Vec<String> = lacks
            .map(|(column, english)| {
                let names = KNOWN.iter().find(|(known, _)| *known == column);
                let names = names.map_or(&[][..], |(_, names)| names);
                format!("a column for the {english} ({})", names.join(", "))
            })
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let known = self
            .columns
            .iter()
            .flatten()
            .map(|column| format!("{column:?}"));
        let found: Vec<String> = known.chain(self.unknown.iter().cloned()).collect();
        Err(PackError::Columns {
            sheet: name.to_owned(),
            missing: missing.join(" and "),
            found: if found.is_empty() {
                "nothing that is known".to_owned()
            } else {
                found.join(", ")
            },
        })
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|row| Row {
            line: row.line,
            cleaned: row.cleaned,
            columns: &self.columns,
            headings: &self.headings,
            cells: &row.cells,
        })
    }

    /// Columns of one meaning, in words.
    pub(crate) fn repeated(&self) -> impl Iterator<Item = String> {
        let all = repeated(&self.columns);
        all.map(|(first, second)| {
            let both = pair(&self.headings, first, second);
            format!("{both} mean the same: what the first of them says is taken")
        })
    }
}

impl<'a> Row<'a> {
    /// The cell as it stands, empty when there is none. Of several columns of that meaning, the first that
    /// says anything.
    pub(crate) fn raw(&self, column: &Column) -> &'a str {
        let named = self.columns.iter().zip(self.cells.iter());
        let mut named = named
            .filter(|(known, _)| known.as_ref() == Some(column))
            .map(|(_, cell)| cell);
        let first = named.next().unwrap_or_default();
        match cells::line(first).is_empty() {
            false => first,
            true => named
                .find(|cell| !cells::line(cell).is_empty())
                .unwrap_or(first),
        }
    }

    /// Refuses a row in which two columns of one meaning say different things, where that would make it
    /// another class, another condition or another limit.
    pub(crate) fn check_repeated(&self) -> Result<(), String> {
        let cell = |at: usize| cells::line(self.cells.get(at).unwrap_or_default());
        let decides = |at: usize| {
            let column = self.columns.get(at).and_then(Option::as_ref);
            column.is_some_and(decides)
        };
        for (first, second) in repeated(self.columns).filter(|(_, at)| decides(*at)) {
            let (one, other) = (cell(first), cell(second));
            if !one.is_empty() && !other.is_empty() && one != other {
                let both = pair(self.headings, first, second);
                return Err(format!(
                    "{both} say {one} and {other}: take out the one that is not meant"
                ));
            }
        }
        Ok(())
    }

    /// Refuses a row with cells in which a spreadsheet had no value, and one with more cells than the header:
    /// a comma that was not quoted moves what stands behind it.
    pub(crate) fn check_cells(&self) -> Result<(), String> {
        for (at, cell) in self.filled() {
            match self.columns.get(at) {
                Some(Some(column)) => {
                    cells::check_value(cell)?;
                    if NAMES.contains(column) {
                        cells::check_name(cell)?;
                    }
                }
                Some(None) => {}
                None => {
                    return Err(format!(
                        "cell {} ({}) stands beyond the header's {} columns: give it a column, or quote the cell that has a comma in it",
                        at + 1,
                        cells::line(cell),
                        self.columns.len()
                    ));
                }
            }
        }
        Ok(())
    }

    /// The cell on one line.
    pub(crate) fn line(&self, column: &Column) -> String {
        cells::line(self.raw(column))
    }

    /// The cell as text, when there is any.
    pub(crate) fn text(&self, column: &Column) -> Option<String> {
        let text = cells::text(self.raw(column));
        (!text.is_empty()).then_some(text)
    }

    /// The limits by grade of area.
    pub(crate) fn area_limits(&self) -> impl Iterator<Item = (&'a str, String)> {
        let mut known: Vec<&Column> = Vec::new();
        let areas = self.columns.iter().flatten();
        areas.filter_map(move |column| match column {
            Column::AreaLimit(grade) if !known.contains(&column) => {
                known.push(column);
                let limit = cells::text(self.raw(column));
                (!limit.is_empty()).then_some((grade.as_str(), limit))
            }
            _ => None,
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| cells::line(cell).is_empty())
    }

    /// The one cell that is filled, with its column.
    pub(crate) fn only(&self) -> Option<(Option<&'a Column>, &'a str)> {
        let mut filled = self.filled();
        let (at, cell) = filled.next()?;
        let alone = filled.next().is_none();
        alone.then(|| (self.columns.get(at).and_then(Option::as_ref), cell))
    }

    /// Whether it names a kind or a heading, which hold for the rows below, and nothing else that is known.
    pub(crate) fn is_title(&self) -> bool {
        let scope = |column: &Column| *column == Column::Kind || HEADING.contains(column);
        let known = self
            .filled()
            .filter_map(|(at, _)| self.columns.get(at)?.as_ref());
        let mut known = known.peekable();
        known.peek().is_some() && known.all(scope)
    }

    /// Whether it names a class, or a part of one.
    pub(crate) fn says_class(&self) -> bool {
        CLASS.iter().any(|column| !self.line(column).is_empty())
    }

    /// Whether it names its heading itself.
    pub(crate) fn says_heading(&self) -> bool {
        HEADING.iter().any(|column| !self.line(column).is_empty())
    }

    /// Whether it is the header once more, as at the top of every printed page.
    pub(crate) fn is_header(&self) -> bool {
        let named = |at: usize, cell| {
            let known = self.columns.get(at).and_then(Option::as_ref);
            known.is_some() && column(cell).as_ref() == known
        };
        let names = self.filled().filter(|(at, cell)| named(*at, cell)).count();
        names >= 2 && names * 2 > self.filled().count()
    }

    fn filled(&self) -> impl Iterator<Item = (usize, &'a str)> {
        let cells = self.cells.iter().enumerate();
        cells.filter(|(_, cell)| !cells::line(cell).is_empty())
    }

    /// What a row says that is no class: sums and remarks below a table.
    pub(crate) fn is_remark(&self) -> bool {
        let mut filled = self
            .cells
            .iter()
            .map(cells::line)
            .filter(|cell| !cell.is_empty());
        let first = filled.next().unwrap_or_default();
        let words = ["合计", "总计", "小计", "备注", "注：", "注:", "说明"];
        words.iter().any(|word| first.starts_with(word))
    }
}
