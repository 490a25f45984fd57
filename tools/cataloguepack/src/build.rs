//! Rows as classes.

use std::collections::BTreeMap;

use gewu_model::catalogue::{
    Body, Catalogue, Class, Edition, EditionBody, EditionMap, FORMAT_2, Label, plain,
};
use gewu_model::entry::ClassKind;

use crate::columns::Column;
use crate::identify::About;
use crate::report::Report;
use crate::scope::{Class as Placed, Scope};
use crate::table::{Row, Table};
use crate::{PackError, numbers, reading};

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
    /// The version that this one replaces. Conditions of the same words keep the codes that they have
    /// in it, and no other condition is given one of those.
    pub before: Option<Body>,
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

pub(crate) type Key = (ClassKind, String);

pub(super) struct Builder<'o> {
    pub(super) options: &'o Options,
    pub(super) minor_digits: Option<usize>,
    pub(super) classes: BTreeMap<Key, Class>,
    /// The line that a class stood in first.
    lines: BTreeMap<Key, u64>,
    /// Where each kind that is not every edition's stands first.
    pub(super) kinds: BTreeMap<ClassKind, (String, u64)>,
    pub(super) report: Report,
}

impl<'o> Builder<'o> {
    fn new(options: &'o Options) -> Self {
        let minor_digits = options
            .digits
            .or_else(|| numbers::digits(&options.edition.edition));
        Self {
            options,
            minor_digits,
            classes: BTreeMap::new(),
            lines: BTreeMap::new(),
            kinds: BTreeMap::new(),
            report: Report::default(),
        }
    }

    fn sheet(&mut self, sheet: &Sheet<'_>) -> Result<(), PackError> {
        let name = sheet.name;
        let table = Table::read(name, sheet.bytes)?;
        let encoding = table.encoding;
        self.report.encodings.insert(name.to_owned(), encoding);
        self.report
            .unknown_columns
            .extend(table.unknown.iter().cloned());
        self.report.repeated_columns.extend(table.repeated());
        if let Some(kind @ ClassKind::Other { .. }) = sheet.kind {
            self.kinds.entry(kind).or_insert((name.to_owned(), 1));
        }
        let mut scope = Scope::default();
        for row in table.rows() {
            self.report.rows += 1;
            if row.cleaned {
                let what = "control characters, and such as nobody sees, are left out".to_owned();
                self.report.heal(name, row.line, "control characters", what);
            }
            if row.is_empty() {
                self.report.empty += 1;
            } else if row.is_remark() {
                let what = "a sum or remark is left out".to_owned();
                self.report.heal(name, row.line, "remarks", what);
            } else if row.is_header() {
                let what = "the header stands there again and is left out".to_owned();
                self.report.heal(name, row.line, "repeated headers", what);
            } else if let Err(why) = self.row(sheet, &row, &mut scope) {
                self.report.refuse(name, row.line, why);
            }
        }
        Ok(())
    }

    fn row(&mut self, sheet: &Sheet<'_>, row: &Row<'_>, scope: &mut Scope) -> Result<(), String> {
        if let Err(why) = row.check_cells().and_then(|()| row.check_repeated()) {
            scope.lose_kind(row.line);
            return Err(why);
        }
        let About::Class(kind, class) = self.identify(sheet, row, scope)? else {
            return Ok(());
        };
        let key = self
            .take(sheet.name, row, kind, &class)
            .inspect_err(|_| scope.lose_class(row.line))?;
        let before = self.classes.get(&key).cloned();
        let marks = self
            .marks(row)
            .inspect_err(|_| self.undo(row.line, key.clone(), before.clone(), scope))?;
        self.details(row, &key, marks)
            .inspect_err(|_| self.undo(row.line, key.clone(), before.clone(), scope))?;
        self.condition(sheet.name, row, &key, marks)?;
        self.check(&key)
            .inspect_err(|_| self.undo(row.line, key, before, scope))
    }

    /// Refuses a class that no catalogue takes.
    fn check(&self, key: &Key) -> Result<(), String> {
        let checked = self.classes.get(key).map_or(Ok(()), Class::check);
        checked.map_err(|error| error.to_string())
    }

    /// Takes back what a refused row said of its class: all of it, where no row said any of it before.
    fn undo(&mut self, line: u64, key: Key, before: Option<Class>, scope: &mut Scope) {
        match before {
            Some(class) if self.lines.get(&key) != Some(&line) => {
                self.classes.insert(key, class);
            }
            _ => {
                self.classes.remove(&key);
                self.lines.remove(&key);
                scope.lose_class(line);
            }
        }
    }

    /// Takes a class and what stands above it; says its key.
    fn take(
        &mut self,
        sheet: &str,
        row: &Row<'_>,
        kind: ClassKind,
        class: &Placed,
    ) -> Result<Key, String> {
        let mut parent: Option<String> = None;
        if let Some((code, name)) = &class.heading {
            let en = row.line(&Column::MajorNameEn);
            let key = (kind, code.clone());
            self.class(sheet, row, &key, name, &en)?;
            self.place(&key, None, true);
            parent = Some(code.clone());
        }
        for (level, (code, name)) in class.levels.iter().enumerate() {
            let en = match level + 1 == class.levels.len() {
                true => row.line(&Column::NameEn),
                false => String::new(),
            };
            let key = (kind, code.clone());
            self.class(sheet, row, &key, name, &en)?;
            self.place(&key, parent, false);
            parent = Some(code.clone());
        }
        Ok((kind, parent.unwrap_or_default()))
    }

    fn place(&mut self, key: &Key, parent: Option<String>, heading: bool) {
        if let Some(class) = self.classes.get_mut(key) {
            class.heading = heading;
            class.parent = parent;
        }
    }

    /// The name of a heading whose code is known.
    pub(super) fn name_of(&self, kind: ClassKind, code: &str) -> Option<String> {
        let known = self.classes.get(&(kind, code.to_owned()));
        let heading = known.filter(|class| class.heading);
        heading.map(|class| class.name.zh.clone())
    }

    /// The code of a heading whose name is known.
    pub(super) fn heading_named(&self, kind: ClassKind, name: &str) -> Option<String> {
        let mut known = self.classes.values();
        let same = |class: &&Class| {
            class.heading && class.kind == kind && plain(&class.name.zh) == plain(name)
        };
        known.find(same).map(|class| class.code.clone())
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
        class.check().map_err(|error| error.to_string())?;
        self.lines.insert(key.clone(), row.line);
        self.classes.insert(key.clone(), class);
        Ok(())
    }

    fn is_local(&self, code: &str) -> bool {
        let below = code.get(2..).and_then(|code| code.parse::<u32>().ok());
        let from = self.options.local_from;
        below.zip(from).is_some_and(|(code, from)| code >= from)
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
        self.doubt_kinds();
        let edition = EditionBody {
            about: self.options.edition.clone(),
            classes: self.classes.into_values().collect(),
        };
        (edition, self.report)
    }
}
