//! Which class a row is about: its kind, and codes with names from the heading down.

use gewu_model::catalogue::plain;
use gewu_model::entry::ClassKind;

use crate::build::{Above, Builder, Sheet};
use crate::cells::{self, padded, split};
use crate::table::{Column, Row};

impl Builder<'_> {
    /// The kind, and codes with names from the heading down.
    pub(super) fn identify(
        &mut self,
        sheet: &Sheet<'_>,
        row: &Row<'_>,
        above: Option<&Above>,
    ) -> Result<Above, String> {
        let (name, line) = (sheet.name, row.line);
        let split_minor = split(row.raw(&Column::Minor));
        let code = self.read_code(sheet.name, row, &Column::Code)?;
        let code = pick(&code, &split_minor.0);
        let label = pick(&row.line(&Column::Name), &split_minor.1);
        if code.is_empty() && label.is_empty() {
            let merged = row.text(&Column::Condition).is_some();
            let above = above.filter(|_| merged);
            let above = above.ok_or("the row names no class: it has neither code nor name")?;
            let what = "merged cells are filled from the row above".to_owned();
            self.report.heal(name, line, "merged cells", what);
            return Ok(above.clone());
        }
        if code.is_empty() {
            return Err(format!("{label} has no code"));
        }
        if label.is_empty() {
            return Err(format!("code {code} has no name"));
        }
        let kind = self.kind(sheet, row, above)?;
        self.note_dirt(sheet.name, row);
        let split_major = split(row.raw(&Column::Major));
        let major = self.read_code(sheet.name, row, &Column::MajorCode)?;
        let major = pick(&major, &split_major.0);
        let heading = pick(&row.line(&Column::MajorName), &split_major.1);
        let mut codes = Vec::new();
        let full = if major.is_empty() {
            let digits = self.minor_digits.map(|digits| digits + 2);
            self.code(name, line, &code, digits)?
        } else {
            let major = self.code(name, line, &major, Some(2))?;
            let full = self.below(name, line, &major, &code)?;
            let heading = if heading.is_empty() {
                major.clone()
            } else {
                heading
            };
            codes.push((major, heading));
            full
        };
        codes.push((full, label));
        for (code, label) in [
            (Column::ChildCode, Column::ChildName),
            (Column::MicroCode, Column::MicroName),
        ] {
            let (code, label) = (self.read_code(name, row, &code)?, row.line(&label));
            match (code.is_empty(), label.is_empty()) {
                (true, true) => break,
                (false, false) => {
                    let parent = codes
                        .last()
                        .map(|(code, _)| code.clone())
                        .unwrap_or_default();
                    let own = if code.starts_with(&parent) {
                        code
                    } else {
                        parent + &code
                    };
                    codes.push((own, label));
                }
                _ => return Err("a finer class needs both code and name".to_owned()),
            }
        }
        Ok(Above { kind, codes })
    }

    fn kind(
        &mut self,
        sheet: &Sheet<'_>,
        row: &Row<'_>,
        above: Option<&Above>,
    ) -> Result<ClassKind, String> {
        let cell = row.line(&Column::Kind);
        if cell.is_empty() {
            let known = sheet.kind.or(above.map(|above| above.kind));
            return known.ok_or_else(|| {
                "the row has no kind: add a column for it, or name the kind of the sheet".to_owned()
            });
        }
        kind_of(&cell)
            .ok_or_else(|| format!("{cell} is no kind: 部件, 事件, 事项, or a name of your own"))
    }

    /// What a cell for a code says.
    fn read_code(&mut self, sheet: &str, row: &Row<'_>, column: &Column) -> Result<String, String> {
        let cell = row.line(column);
        let code = cells::code(&cell)?;
        if code != cell {
            let what = format!("{cell} is read as {code}");
            self.report.heal(sheet, row.line, "codes as text", what);
        }
        Ok(code)
    }

    /// A code with its zeros.
    fn code(
        &mut self,
        sheet: &str,
        line: u64,
        code: &str,
        digits: Option<usize>,
    ) -> Result<String, String> {
        let Some(digits) = digits else {
            // Where codes have no fixed length, 6.0 may be a code beside 6.1.
            return Ok(code.to_owned());
        };
        let whole = cells::whole(code);
        let (full, lost) = padded(whole, digits)
            .ok_or_else(|| format!("code {code} is longer than the edition's {digits} digits"))?;
        if lost || whole != code {
            let what = format!("{code} is read as {full}");
            self.report.heal(sheet, line, "lost zeros", what);
        }
        Ok(full)
    }

    /// The code of a class below a heading: the sheet may write it whole or without the heading's.
    fn below(&mut self, sheet: &str, line: u64, major: &str, code: &str) -> Result<String, String> {
        let digits = self.minor_digits;
        let whole = digits.map(|digits| digits + major.len());
        let written = cells::whole(code).len();
        if whole.is_some_and(|whole| written + 1 == whole || written == whole) {
            let full = self.code(sheet, line, code, whole)?;
            return match full.starts_with(major) {
                true => Ok(full),
                false => Err(format!(
                    "code {code} does not begin with its heading's {major}"
                )),
            };
        }
        Ok(major.to_owned() + &self.code(sheet, line, code, digits)?)
    }

    /// Tells what was cleaned in the cells that are put on one line.
    fn note_dirt(&mut self, sheet: &str, row: &Row<'_>) {
        for column in [
            Column::MajorName,
            Column::Major,
            Column::Name,
            Column::Minor,
            Column::Code,
            Column::MajorCode,
        ] {
            let raw = row.raw(&column);
            let clean = cells::line(raw);
            let sort = match raw {
                raw if raw == clean => continue,
                raw if raw.contains(['\n', '\r']) => "line breaks",
                raw if raw.trim() == clean => "blanks",
                _ => "full width",
            };
            let what = format!("a cell is read as {clean}");
            self.report.heal(sheet, row.line, sort, what);
        }
    }
}

/// The first that says anything.
fn pick(one: &str, other: &str) -> String {
    if one.is_empty() { other } else { one }.to_owned()
}

/// The kind that a cell names.
fn kind_of(cell: &str) -> Option<ClassKind> {
    let cell = plain(cell);
    match cell.as_str() {
        "部件" | "部件类" | "管理部件" | "component" | "components" => {
            Some(ClassKind::Component)
        }
        "事件" | "事件类" | "事项" | "事项类" | "管理事项" | "管理事件" | "matter" | "event" => {
            Some(ClassKind::Matter)
        }
        name => name.parse().ok(),
    }
}
