//! Rows as classes.

use std::collections::BTreeMap;

use gewu_model::catalogue::{
    AreaLimit, Body, Catalogue, Class, Condition, Edition, EditionBody, EditionMap, FORMAT_2,
    Label, plain,
};
use gewu_model::deadline::Limit;
use gewu_model::entry::ClassKind;

use crate::cells::{self, padded, split, yes};
use crate::measure::measure;
use crate::report::Report;
use crate::table::{Column, Row, Table};
use crate::{PackError, decode, reading};

/// A sheet as it came.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    /// What reports call it.
    pub name: &'a str,
    /// The kind of its classes, where it has no column for it.
    pub kind: Option<ClassKind>,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// What a pack is to say beside its classes.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What is said of the edition that the sheets hold.
    pub edition: Edition,
    /// How many digits the code of a class has below its heading's two; `None` for what the edition
    /// prescribes: 2 in 2013, 3 in 2026, as written in others.
    pub digits: Option<usize>,
    /// From this number on, the codes below a heading are the city's own.
    pub local_from: Option<u32>,
    /// The edition that new cases are opened under; `None` for the sheets' own.
    pub in_force: Option<String>,
    /// The pack's version.
    pub version: u64,
    /// Whose catalogue it is.
    pub title: Label,
    /// What whoever relies on it has to know.
    pub note: Label,
    /// Mappings to put in.
    pub maps: Vec<EditionMap>,
    /// Other packs, whose editions, mappings and campaigns are put beside.
    pub beside: Vec<Body>,
}

/// Makes a pack of sheets. The body is whole only when the report refuses nothing; with refusals it
/// lacks those rows, and the caller decides.
///
/// # Errors
/// [`PackError`].
pub fn pack(sheets: &[Sheet<'_>], options: &Options) -> Result<(Vec<u8>, Report), PackError> {
    let mut builder = Builder::new(options);
    for sheet in sheets {
        builder.sheet(sheet)?;
    }
    let (edition, report) = builder.finish();
    let beside = |body: &Body| body.editions.clone();
    let mut body = Body {
        format: FORMAT_2.into(),
        edition: options
            .in_force
            .clone()
            .unwrap_or_else(|| options.edition.edition.clone()),
        version: options.version,
        title: options.title.clone(),
        note: options.note.clone(),
        maps: options.maps.clone(),
        ..Body::default()
    };
    body.editions = options
        .beside
        .iter()
        .flat_map(beside)
        .chain([edition])
        .collect();
    for other in &options.beside {
        body.maps.extend(other.maps.iter().cloned());
        body.campaigns.extend(other.campaigns.iter().cloned());
        body.kinds.extend(other.kinds.iter().cloned());
    }
    let mut bytes = serde_json::to_vec(&body).map_err(|error| PackError::NoTable {
        sheet: "the pack".into(),
        why: error.to_string(),
    })?;
    bytes.push(b'\n');
    // What is written can be read.
    Catalogue::from_json(&bytes)?;
    Ok((bytes, report))
}

type Key = (ClassKind, String);

/// Cells of the row above, for merged cells that come out empty.
#[derive(Debug, Clone)]
struct Above {
    kind: ClassKind,
    codes: Vec<(String, String)>,
}

struct Builder<'o> {
    options: &'o Options,
    minor_digits: Option<usize>,
    classes: BTreeMap<Key, Class>,
    /// The line that a class stood in first.
    lines: BTreeMap<Key, u64>,
    report: Report,
}

impl<'o> Builder<'o> {
    fn new(options: &'o Options) -> Self {
        let minor_digits = options.digits.or(match options.edition.edition.as_str() {
            "2013" => Some(2),
            "2026" => Some(3),
            _ => None,
        });
        Self {
            options,
            minor_digits,
            classes: BTreeMap::new(),
            lines: BTreeMap::new(),
            report: Report::default(),
        }
    }

    fn sheet(&mut self, sheet: &Sheet<'_>) -> Result<(), PackError> {
        let name = sheet.name;
        let (text, encoding) = decode(sheet.bytes).ok_or_else(|| PackError::NoTable {
            sheet: name.to_owned(),
            why: "it is neither UTF-8, UTF-16 nor GBK: save it as CSV in one of them".to_owned(),
        })?;
        self.report.encodings.insert(name.to_owned(), encoding);
        let table = Table::read(name, &text)?;
        self.report
            .unknown_columns
            .extend(table.unknown.iter().cloned());
        let mut above = None;
        for row in table.rows() {
            self.report.rows += 1;
            if row.is_empty() {
                self.report.empty += 1;
            } else if row.is_remark() {
                let what = "a sum or remark is left out".to_owned();
                self.report.heal(name, row.line, "remarks", what);
            } else if let Err(why) = self.row(sheet, &row, &mut above) {
                self.report.refuse(name, row.line, why);
            }
        }
        Ok(())
    }

    fn row(
        &mut self,
        sheet: &Sheet<'_>,
        row: &Row<'_>,
        above: &mut Option<Above>,
    ) -> Result<(), String> {
        let found = self.identify(sheet, row, above.as_ref())?;
        let (kind, codes) = (found.kind, found.codes.clone());
        *above = Some(found);
        let mut parent: Option<String> = None;
        let last = codes.len() - 1;
        for (level, (code, name)) in codes.iter().enumerate() {
            let heading = level == 0 && last > 0;
            let en = match level {
                0 if heading => row.line(&Column::MajorNameEn),
                _ if level == last => row.line(&Column::NameEn),
                _ => String::new(),
            };
            let key = (kind, code.clone());
            self.class(sheet.name, row, &key, name, &en)?;
            if let Some(class) = self.classes.get_mut(&key) {
                class.heading = heading;
                class.parent.clone_from(&parent);
            }
            parent = Some(code.clone());
        }
        let key = (
            kind,
            codes
                .get(last)
                .map(|(code, _)| code.clone())
                .unwrap_or_default(),
        );
        self.details(row, &key);
        self.condition(sheet.name, row, &key)
    }

    /// The kind, and codes with names from the heading down.
    fn identify(
        &mut self,
        sheet: &Sheet<'_>,
        row: &Row<'_>,
        above: Option<&Above>,
    ) -> Result<Above, String> {
        let (name, line) = (sheet.name, row.line);
        let split_minor = split(row.raw(&Column::Minor));
        let code = pick(&row.line(&Column::Code), &split_minor.0);
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
        let major = pick(&row.line(&Column::MajorCode), &split_major.0);
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
            let (code, label) = (row.line(&code), row.line(&label));
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

    /// A code with its zeros.
    fn code(
        &mut self,
        sheet: &str,
        line: u64,
        code: &str,
        digits: Option<usize>,
    ) -> Result<String, String> {
        let whole = code.strip_suffix(".0").unwrap_or(code);
        let Some(digits) = digits else {
            return Ok(whole.to_owned());
        };
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
        if whole.is_some_and(|whole| code.len() + 1 == whole || code.len() == whole) {
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

    fn class(
        &mut self,
        sheet: &str,
        row: &Row<'_>,
        key: &Key,
        name: &str,
        en: &str,
    ) -> Result<(), String> {
        let (name, own) = match name
            .strip_suffix("(自定义)")
            .or(name.strip_suffix("（自定义）"))
        {
            Some(name) => (name, true),
            None => (name, false),
        };
        if let Some(known) = self.classes.get_mut(key) {
            if plain(&known.name.zh) != plain(name) {
                let line = self.lines.get(key).copied().unwrap_or(0);
                return Err(format!(
                    "{} {} is {name} here and {} in line {line}",
                    key.0, key.1, known.name.zh
                ));
            }
            known.local |= own;
            return Ok(());
        }
        if own {
            let what = format!("{name} is marked as the city's own");
            self.report
                .heal(sheet, row.line, "marks of own classes", what);
        }
        let label = Label {
            zh: name.to_owned(),
            en: en.to_owned(),
        };
        let mut class = Class::new(key.0, key.1.clone(), label);
        class.local = own || self.is_local(&key.1);
        self.lines.insert(key.clone(), row.line);
        self.classes.insert(key.clone(), class);
        Ok(())
    }

    fn is_local(&self, code: &str) -> bool {
        let below = code.get(2..).and_then(|code| code.parse::<u32>().ok());
        let from = self.options.local_from;
        below.zip(from).is_some_and(|(code, from)| code >= from)
    }

    /// What a row says of its class, whatever the condition.
    fn details(&mut self, row: &Row<'_>, key: &Key) {
        let Some(class) = self.classes.get_mut(key) else {
            return;
        };
        let marked = |column| yes(row.raw(column));
        class.local |= marked(&Column::Local);
        for (column, field) in [
            (Column::Accuracy, &mut class.accuracy),
            (Column::ValidFrom, &mut class.valid_from),
            (Column::ValidTo, &mut class.valid_to),
        ] {
            if field.is_none() {
                *field = row.text(&column);
            }
        }
        let aliases = row.line(&Column::Alias);
        for alias in aliases.split(['、', ',', '，', ';', '；']) {
            let alias = alias.trim().to_owned();
            if !alias.is_empty() && !class.aliases.contains(&alias) {
                class.aliases.push(alias);
            }
        }
    }

    fn condition(&mut self, sheet: &str, row: &Row<'_>, key: &Key) -> Result<(), String> {
        let limit = row.text(&Column::Limit);
        let text = row.text(&Column::Condition).unwrap_or_default();
        let areas: Vec<AreaLimit> = row
            .area_limits()
            .map(|(grade, limit)| AreaLimit {
                grade: grade.to_owned(),
                limit,
            })
            .collect();
        let urgent = yes(row.raw(&Column::Urgent));
        let Some(class) = self.classes.get_mut(key) else {
            return Ok(());
        };
        let says_nothing = text.is_empty() && limit.is_none() && areas.is_empty();
        if says_nothing {
            class.urgent |= urgent;
            if let Some(collect) = row.text(&Column::Collect) {
                class.collect = Some(Label::chinese(collect));
            }
            return Ok(());
        }
        let same = |known: &&Condition| plain(&known.text.zh) == plain(&text);
        if let Some(known) = class.conditions.iter().find(same) {
            if known.limit != limit || known.area_limits != areas {
                return Err(format!(
                    "{} {} has this condition already, with the limit {}",
                    key.0,
                    key.1,
                    known.limit.as_deref().unwrap_or("none")
                ));
            }
            let what = format!("{} {} stands there twice", key.0, key.1);
            self.report.heal(sheet, row.line, "repeated rows", what);
            return Ok(());
        }
        class.conditions.push(Condition {
            code: (class.conditions.len() + 1).to_string(),
            measure: measure(&text),
            text: Label {
                zh: text,
                en: row.line(&Column::ConditionEn),
            },
            limit: limit.clone(),
            urgent,
            closing: row.text(&Column::Closing).map(Label::chinese),
            collect: row.text(&Column::Collect).map(Label::chinese),
            unit: row.text(&Column::Unit),
            supervisor: row.text(&Column::Supervisor),
            law: row.text(&Column::Law),
            area_limits: areas.clone(),
        });
        let raw = row.raw(&Column::Limit);
        if limit.as_deref().is_some_and(|limit| limit != raw) {
            let what = "blanks around a limit go".to_owned();
            self.report.heal(sheet, row.line, "blanks", what);
        }
        let all = limit.iter().chain(areas.iter().map(|area| &area.limit));
        for unread in all.filter(|limit| Limit::parse(limit).is_err()) {
            self.report.unknown_limit(unread, row.line);
        }
        Ok(())
    }

    fn finish(mut self) -> (EditionBody, Report) {
        for class in self.classes.values_mut() {
            let names = [class.name.zh.as_str()].into_iter();
            let names = names.chain(class.aliases.iter().map(String::as_str));
            class.pinyin = Some(reading(names)).filter(|_| !class.heading);
            let count = self
                .report
                .classes
                .entry(class.kind.to_string())
                .or_default();
            match class.heading {
                true => self.report.headings += 1,
                false => *count += 1,
            }
            self.report.conditions += class.conditions.len();
        }
        self.report.skipped_codes = self.skipped();
        let edition = EditionBody {
            about: self.options.edition.clone(),
            classes: self.classes.into_values().collect(),
        };
        (edition, self.report)
    }

    /// The numbers that are missing between the first and the last below each heading, the city's own
    /// aside.
    fn skipped(&self) -> Vec<String> {
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
