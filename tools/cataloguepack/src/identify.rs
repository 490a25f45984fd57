//! Which class a row is about: its kind, and codes with names from the heading down.

use gewu_model::catalogue::plain;
use gewu_model::entry::ClassKind;
use gewu_model::nearest::is_near;

use crate::build::{Builder, Sheet};
use crate::cells::{self, split};
use crate::columns::Column;
use crate::scope::{Class, Heading, Said, Scope, Section, section};
use crate::table::Row;

/// What a row is about.
#[derive(Debug)]
pub(super) enum About {
    /// A class of a kind.
    Class(ClassKind, Class),
    /// The rows below.
    Below,
}

impl Builder<'_> {
    /// What a row is about. What it says holds for the rows below that leave those cells empty.
    pub(super) fn identify(
        &mut self,
        sheet: &Sheet<'_>,
        row: &Row<'_>,
        scope: &mut Scope,
    ) -> Result<About, String> {
        if let Some((column, cell)) = row.only() {
            match lone(column, cell) {
                Lone::Title(section) => return self.section(sheet.name, row, section, scope),
                Lone::Unread => {
                    scope.lose_kind(row.line);
                    let what = cells::line(cell);
                    return Err(format!(
                        "the row names no class, and its one cell, {what}, neither a kind nor a heading with its code"
                    ));
                }
                Lone::Cell => {}
            }
        }
        let kind = self.kind(sheet, row, scope)?;
        self.note_dirt(sheet.name, row);
        self.heading(sheet, row, kind, scope)
            .inspect_err(|_| scope.lose_heading(row.line))?;
        if row.is_title() {
            return Ok(About::Below);
        }
        let class = self.class_of(sheet, row, kind, scope);
        if class.is_err() && row.says_class() {
            scope.lose_class(row.line);
        }
        let class = class?;
        scope.enter_class(class.clone());
        Ok(About::Class(kind, class))
    }

    /// The title of a part of the table.
    fn section(
        &mut self,
        sheet: &str,
        row: &Row<'_>,
        section: Section,
        scope: &mut Scope,
    ) -> Result<About, String> {
        let what = match section {
            Section::Kind(kind) => {
                *scope = Scope::default();
                scope.enter_kind(kind);
                format!("the rows below are of the kind {kind}")
            }
            Section::Heading(code, name) => {
                let code = self.code(sheet, row.line, &code, Some(2))?;
                let what = format!("the rows below are of the heading {code} {name}");
                let code = Some(code);
                scope.enter_heading(Heading { code, name });
                what
            }
        };
        self.report.heal(sheet, row.line, "titles of parts", what);
        Ok(About::Below)
    }

    fn kind(
        &mut self,
        sheet: &Sheet<'_>,
        row: &Row<'_>,
        scope: &mut Scope,
    ) -> Result<ClassKind, String> {
        let cell = row.line(&Column::Kind);
        if cell.is_empty() {
            return match (&scope.kind, sheet.kind) {
                (Said::Known(kind), _) => Ok(*kind),
                (_, Some(kind)) => Ok(kind),
                (Said::Nothing, None) => Err(
                    "the row has no kind: add a column for it, or name the kind of the sheet"
                        .to_owned(),
                ),
                (Said::Lost(line), None) => Err(format!(
                    "the row has no kind of its own, and line {line} above it is refused"
                )),
            };
        }
        let Some(kind) = kind_of(&cell) else {
            scope.lose_kind(row.line);
            return Err(format!(
                "{cell} is no kind: 部件, 事件, 事项, or a name of your own"
            ));
        };
        if let ClassKind::Other { .. } = kind {
            let place = (sheet.name.to_owned(), row.line);
            self.kinds.entry(kind).or_insert(place);
        }
        scope.enter_kind(kind);
        Ok(kind)
    }

    /// Tells kinds that are probably another one, misspelt: near one that every edition has, or near one that
    /// more classes have.
    pub(super) fn doubt_kinds(&mut self) {
        let count = |kind: &ClassKind| self.classes.keys().filter(|key| key.0 == *kind).count();
        let usual = [ClassKind::Component, ClassKind::Matter];
        let mut doubts = Vec::new();
        for (kind, (sheet, line)) in &self.kinds {
            let near = |other: &&ClassKind| is_near(kind.name(), other.name());
            let more = |other: &&ClassKind| count(other) > count(kind);
            let others = self.kinds.keys().filter(more);
            if let Some(meant) = usual.iter().chain(others).find(near) {
                let what = format!(
                    "{kind} is taken for a kind of the city's own, and is near {meant}: check its spelling; every edition has component (部件) and matter (事件, 事项)"
                );
                doubts.push((sheet.clone(), *line, what));
            }
        }
        for (sheet, line, what) in doubts {
            self.report.doubt(&sheet, line, what);
        }
    }

    /// Takes the heading that a row names. One without a code is one that is known by its name, or waits
    /// for a class whose code says it.
    fn heading(
        &mut self,
        sheet: &Sheet<'_>,
        row: &Row<'_>,
        kind: ClassKind,
        scope: &mut Scope,
    ) -> Result<(), String> {
        cells::check_split(row.raw(&Column::Major))?;
        let split_major = split(row.raw(&Column::Major));
        let code = self.read_code(sheet.name, row, &Column::MajorCode)?;
        let code = pick(&code, &split_major.0);
        let name = pick(&row.line(&Column::MajorName), &split_major.1);
        if code.is_empty() && name.is_empty() {
            return Ok(());
        }
        let known = match &scope.heading {
            Said::Known(heading) => Some(heading.clone()),
            _ => None,
        };
        let heading = if code.is_empty() {
            let same = known.filter(|known| plain(&known.name) == plain(&name));
            same.unwrap_or_else(|| Heading {
                code: self.heading_named(kind, &name),
                name,
            })
        } else {
            let numbers = self.minor_digits.is_some();
            self.check_number((sheet.name, row.line), &code, numbers)?;
            let code = self.code(sheet.name, row.line, &code, Some(2))?;
            let name = match name.is_empty() {
                true => self.name_of(kind, &code).unwrap_or_else(|| code.clone()),
                false => name,
            };
            let code = Some(code);
            Heading { code, name }
        };
        scope.enter_heading(heading);
        Ok(())
    }

    /// The class of a row below its heading.
    fn class_of(
        &mut self,
        sheet: &Sheet<'_>,
        row: &Row<'_>,
        kind: ClassKind,
        scope: &Scope,
    ) -> Result<Class, String> {
        let (name, line) = (sheet.name, row.line);
        cells::check_split(row.raw(&Column::Minor))?;
        let split_minor = split(row.raw(&Column::Minor));
        let code = self.read_code(name, row, &Column::Code)?;
        let code = pick(&code, &split_minor.0);
        let label = pick(&row.line(&Column::Name), &split_minor.1);
        match (code.is_empty(), label.is_empty()) {
            (true, true) => return self.below_above(name, row, scope),
            (true, false) => return Err(format!("{label} has no code")),
            (false, true) => return Err(format!("code {code} has no name")),
            (false, false) => {}
        }
        let own = row.says_heading();
        let (heading, full) = self.full((name, line), kind, &code, own, scope)?;
        let kind_above = row.line(&Column::Kind).is_empty() && scope.kind != Said::Nothing;
        if kind_above || heading.is_some() && !own {
            let below = heading.iter().map(|(code, name)| format!("{code} {name}"));
            let above: Vec<String> = [kind.to_string()].into_iter().chain(below).collect();
            let what = format!("merged cells are filled from above: {}", above.join(", "));
            self.report.heal(name, line, "merged cells", what);
        }
        let mut class = Class {
            heading,
            levels: vec![(full, label)],
        };
        self.finer(name, row, &mut class)?;
        Ok(class)
    }

    /// The class of a row that leaves its cells empty: the one above, or a finer one of it.
    fn below_above(&mut self, sheet: &str, row: &Row<'_>, scope: &Scope) -> Result<Class, String> {
        let names_none = || "the row names no class: it has neither code nor name".to_owned();
        let mut class = match &scope.class {
            Said::Known(class) => class.clone(),
            Said::Nothing => return Err(names_none()),
            Said::Lost(line) => {
                return Err(format!(
                    "the row names no class of its own, and line {line} above it is refused"
                ));
            }
        };
        let finer = self.finer(sheet, row, &mut class)?;
        if !finer && row.text(&Column::Condition).is_none() {
            return Err(names_none());
        }
        let what = "merged cells are filled from the row above".to_owned();
        self.report.heal(sheet, row.line, "merged cells", what);
        Ok(class)
    }

    /// Puts the finer classes that a row names below its class; whether it names any. A level whose cells
    /// are empty stays as it is.
    fn finer(&mut self, sheet: &str, row: &Row<'_>, class: &mut Class) -> Result<bool, String> {
        let levels = &mut class.levels;
        let mut named = false;
        for (level, (code, label)) in [
            (Column::ChildCode, Column::ChildName),
            (Column::MicroCode, Column::MicroName),
        ]
        .into_iter()
        .enumerate()
        {
            let (code, label) = (self.read_code(sheet, row, &code)?, row.line(&label));
            match (code.is_empty(), label.is_empty()) {
                (true, true) => continue,
                (false, false) => {}
                _ => return Err("a finer class needs both code and name".to_owned()),
            }
            // No edition knows finer classes, so they are called as the city likes.
            self.check_number((sheet, row.line), &code, false)?;
            if levels.len() < level + 1 {
                return Err(format!("no class stands above the finer class {label}"));
            }
            levels.truncate(level + 1);
            let parent = levels.last().map(|(code, _)| code.clone());
            let parent = parent.unwrap_or_default();
            let own = match code.starts_with(&parent) {
                true => code,
                false => parent + &code,
            };
            levels.push((own, label));
            named = true;
        }
        Ok(named)
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

/// What the one cell of a row may be.
enum Lone {
    /// The title of a part of the table.
    Title(Section),
    /// Something that no reader knows and that may be a title.
    Unread,
    /// A cell of its column.
    Cell,
}

/// A title stands in the first of the cells that were merged for it, whatever its column is.
fn lone(column: Option<&Column>, cell: &str) -> Lone {
    let number = || cells::line(cell).bytes().all(|byte| byte.is_ascii_digit());
    match (column, section(cell)) {
        (Some(Column::Minor), Some(Section::Heading(..))) => Lone::Cell,
        (Some(Column::Minor | Column::Code | Column::Name), Some(title)) => Lone::Title(title),
        (Some(Column::Code | Column::Name) | None, None) if !number() => Lone::Unread,
        (Some(Column::MajorCode), None) if !number() => Lone::Unread,
        (None | Some(Column::Kind | Column::Major), Some(title)) => Lone::Title(title),
        (Some(Column::MajorCode | Column::MajorName), Some(title)) => Lone::Title(title),
        _ => Lone::Cell,
    }
}

/// The first that says anything.
fn pick(one: &str, other: &str) -> String {
    if one.is_empty() { other } else { one }.to_owned()
}

/// The kind that a cell names.
fn kind_of(cell: &str) -> Option<ClassKind> {
    match plain(cell).as_str() {
        "部件" | "部件类" | "管理部件" | "component" | "components" => {
            Some(ClassKind::Component)
        }
        "事件" | "事件类" | "事项" | "事项类" | "管理事项" | "管理事件" | "matter" | "event" => {
            Some(ClassKind::Matter)
        }
        _ => cell.to_lowercase().parse().ok(),
    }
}
