//! Whole codes: with the zeros that a spreadsheet took, below the heading that they belong to.

use std::collections::BTreeMap;

use gewu_model::entry::ClassKind;

use crate::build::Builder;
use crate::cells::{self, Meant, padded};
use crate::columns::Column;
use crate::scope::{Heading, Named, Said, Scope};
use crate::table::Row;

/// How many digits the code of a heading has.
pub(crate) const HEADING_DIGITS: usize = 2;

/// How many digits the code of a class has below its heading's, in editions that prescribe it.
pub(crate) fn digits(edition: &str) -> Option<usize> {
    match edition {
        "2013" => Some(2),
        "2026" => Some(3),
        _ => None,
    }
}

/// Refuses a code that is not written whole, in digits, where the edition's codes are so many digits.
pub(crate) fn check(code: &str, digits: Option<usize>) -> Result<(), String> {
    let Some(digits) = digits else { return Ok(()) };
    if !cells::is_number(code) {
        let hint = match cells::nearly_number(code) {
            Some(Meant::Number(meant)) => format!("write it in digits, if {meant} is meant"),
            _ => "the codes of this edition are written in digits".to_owned(),
        };
        return Err(format!("code {code} is no number: {hint}"));
    }
    match padded(code, digits) {
        None => Err(format!(
            "code {code} is longer than the edition's {digits} digits"
        )),
        // A heading is no class, so a code of two digits is one that lost its zeros as well.
        Some((full, true)) => Err(format!(
            "code {code} has fewer digits than the edition's {digits}: write {full}, if that is meant"
        )),
        Some(_) => Ok(()),
    }
}

impl Builder<'_> {
    /// What a cell for a code says.
    pub(super) fn read_code(
        &mut self,
        sheet: &str,
        row: &Row<'_>,
        column: &Column,
    ) -> Result<String, String> {
        let cell = row.line(column);
        let code = cells::code(&cell)?;
        if code != cell {
            let what = format!("{cell} is read as {code}");
            self.report.heal(sheet, row.line, "codes as text", what);
        }
        Ok(code)
    }

    /// Refuses a code that is no number where the edition's codes are numbers; elsewhere tells one that is
    /// nearly a number, for codes of a city's own may look like anything.
    pub(super) fn check_number(
        &mut self,
        (sheet, line): (&str, u64),
        code: &str,
        numbers: bool,
    ) -> Result<(), String> {
        let code = cells::whole(code);
        let nearly = cells::nearly_number(code);
        if !numbers {
            if nearly.is_some() {
                let what = format!("code {code} is nearly a number: check it");
                self.report.doubt(sheet, line, what);
            }
            return Ok(());
        }
        let hint = match nearly {
            Some(Meant::Number(meant)) => format!("write it in digits, if {meant} is meant"),
            _ => "the codes of this edition are written in digits".to_owned(),
        };
        match cells::is_number(code) {
            true => Ok(()),
            false => Err(format!("code {code} is no number: {hint}")),
        }
    }

    /// A whole code for one with a hyphen between heading and class, where the edition says how long both
    /// are; any other as it is.
    fn joined(&mut self, sheet: &str, line: u64, code: &str) -> Result<String, String> {
        let parts = self.minor_digits.zip(cells::hyphenated(code));
        let Some((digits, (major, minor))) = parts else {
            return Ok(code.to_owned());
        };
        let major = padded(major, HEADING_DIGITS).map(|(major, _)| major);
        let minor = padded(minor, digits).map(|(minor, _)| minor);
        let whole = major.zip(minor).map(|(major, minor)| major + &minor);
        let whole = whole.ok_or_else(|| {
            format!("code {code} is longer than the edition's {HEADING_DIGITS} and {digits} digits")
        })?;
        let what = format!("{code} is read as {whole}");
        self.report.heal(sheet, line, "hyphens in codes", what);
        Ok(whole)
    }

    /// A code with its zeros.
    pub(super) fn code(
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

    /// The heading and the whole code of a class. `own` says that the row names its heading itself;
    /// otherwise it is the one above, unless the code says another.
    pub(super) fn full(
        &mut self,
        (sheet, line): (&str, u64),
        kind: ClassKind,
        code: &str,
        own: bool,
        scope: &Scope,
    ) -> Result<(Option<Named>, String), String> {
        let code = &*self.joined(sheet, line, code)?;
        self.check_number((sheet, line), code, self.minor_digits.is_some())?;
        let heading = match &scope.heading {
            Said::Known(heading) => Some(heading),
            _ => None,
        };
        let coded = heading.and_then(|Heading { code, name }| Some((code.clone()?, name.clone())));
        if let Some((major, name)) = coded.clone().filter(|_| own) {
            let full = self.below(sheet, line, &major, code)?;
            return Ok((Some((major, name)), full));
        }
        let Some(digits) = self.minor_digits else {
            if !own {
                of_any_length(code, scope)?;
            }
            return Ok((None, code.to_owned()));
        };
        if !is_whole(code, digits) {
            let (major, name) = coded.ok_or_else(|| no_heading(code, digits, scope))?;
            let full = self.below(sheet, line, &major, code)?;
            return Ok((Some((major, name)), full));
        }
        let full = self.code(sheet, line, code, Some(digits + HEADING_DIGITS))?;
        let major = full.get(..HEADING_DIGITS).unwrap_or_default().to_owned();
        let name = match heading {
            Some(Heading { code, name }) if code.as_ref().is_none_or(|code| *code == major) => {
                Some(name.clone())
            }
            _ => self.name_of(kind, &major),
        };
        Ok((name.map(|name| (major, name)), full))
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

    /// The numbers that are missing between the first and the last below each heading, the city's own
    /// aside.
    pub(super) fn skipped(&self) -> Vec<String> {
        let mut below: BTreeMap<(ClassKind, &str), Vec<u32>> = BTreeMap::new();
        for ((kind, code), class) in &self.classes {
            let own = class.parent.as_deref().filter(|_| !class.local);
            let number = own.and_then(|parent| code.strip_prefix(parent)?.parse().ok());
            if let (Some(parent), Some(number)) = (own, number) {
                below.entry((*kind, parent)).or_default().push(number);
            }
        }
        let mut skipped = Vec::new();
        for ((kind, parent), numbers) in below {
            let last = numbers.iter().max().copied().unwrap_or(0);
            let digits = self.minor_digits.unwrap_or(0);
            for number in (1..last).filter(|number| !numbers.contains(number)) {
                skipped.push(format!("{kind} {parent}{number:0digits$}"));
            }
        }
        skipped
    }
}

/// Refuses a code without a heading of its own where codes have no fixed length: nobody can tell whether
/// it belongs below the heading above.
fn of_any_length(code: &str, scope: &Scope) -> Result<(), String> {
    match &scope.heading {
        Said::Nothing => Ok(()),
        Said::Known(heading) => Err(format!(
            "code {code} may stand below the heading {} above it or below none: fill the heading in, or say how many digits codes have (--digits)",
            heading.name
        )),
        Said::Lost(line) => Err(lost_heading(code, *line)),
    }
}

fn lost_heading(code: &str, line: u64) -> String {
    format!("code {code} has no heading of its own, and line {line} above it is refused")
}

/// Whether a code has its heading's digits: all of them, or all but the zero that they begin with.
fn is_whole(code: &str, digits: usize) -> bool {
    let code = cells::whole(code);
    let whole = digits + HEADING_DIGITS;
    code.len() >= whole || code.len() + 1 == whole && !code.starts_with('0')
}

fn no_heading(code: &str, digits: usize, scope: &Scope) -> String {
    let whole = digits + HEADING_DIGITS;
    match &scope.heading {
        Said::Lost(line) => lost_heading(code, *line),
        Said::Known(heading) => format!(
            "the heading {} of code {code} has no code: fill it in, or write the code with all its {whole} digits",
            heading.name
        ),
        Said::Nothing => format!(
            "code {code} has no heading: fill it in, or write the code with all its {whole} digits"
        ),
    }
}
