//! What became of the classes of one edition in another: tables that a city confirms row by row, and
//! a first proposal of one.

use std::collections::BTreeMap;

use gewu_model::catalogue::{Catalogue, Certainty, Class, EditionMap, MapRow, plain};
use gewu_model::entry::{ClassKind, ClassRef};

use gewu_model::nearest::is_near;

use crate::line::Lines;
use crate::{PackError, cells, decode, numbers, sheet};

const HEADER: [&str; 7] = [
    "from_kind",
    "from_code",
    "from_name",
    "to_kind",
    "to_code",
    "to_name",
    "certainty",
];

/// Headings of the 2013 edition in that of 2026, as far as numbers go on below them.
const HEADINGS: [(ClassKind, &str, &str); 9] = [
    (ClassKind::Component, "01", "01"),
    (ClassKind::Component, "02", "02"),
    (ClassKind::Component, "03", "03"),
    (ClassKind::Component, "04", "04"),
    (ClassKind::Component, "05", "05"),
    (ClassKind::Matter, "01", "06"),
    (ClassKind::Matter, "02", "07"),
    (ClassKind::Matter, "03", "08"),
    (ClassKind::Matter, "04", "09"),
];

/// Classes of the 2013 edition that stand elsewhere in that of 2026, under another name.
const MOVED: [(ClassKind, &str, ClassKind, &str); 1] =
    [(ClassKind::Matter, "0507", ClassKind::Matter, "10001")];

/// Proposes a mapping. A class of the same name is the first choice, of whatever kind; from 2013 to
/// 2026 the same number under the heading's successor is the second, where the names share two
/// characters in a row. The third is the one class of another kind whose name begins with the
/// class's: a thing of one edition is a fault of it in the other (台阶, 台阶破损). Numbers alone never map: they mean other things in other editions. Every row
/// is to be confirmed; classes for which nothing is found have none.
pub fn propose(old: &Catalogue, from: &str, new: &Catalogue, to: &str) -> EditionMap {
    let mut by_name: BTreeMap<String, Vec<&Class>> = BTreeMap::new();
    for class in new.classes_of(to).filter(|class| !class.heading) {
        by_name
            .entry(plain(&class.name.zh))
            .or_default()
            .push(class);
    }
    let row = |class: &Class| {
        let same = by_name.get(&plain(&class.name.zh)).into_iter().flatten();
        let same = same.min_by_key(|other| other.kind != class.kind);
        let found = same.map(|other| (*other, "same name"));
        let numbered = || {
            let other = by_number(class, new, from, to)?;
            Some((other, "same number, similar name"))
        };
        let moved = || Some((moved(class, new, from, to)?, "moved to another heading"));
        let turned = || Some((turned(class, &by_name)?, "name begins alike, another kind"));
        let found = found.or_else(numbered).or_else(moved).or_else(turned);
        let (to, why) = found?;
        Some(MapRow {
            class: class.reference(),
            to: vec![to.reference()],
            certainty: Certainty::ToConfirm,
            why: Some(why.to_owned()),
        })
    };
    let classes = old.classes_of(from).filter(|class| !class.heading);
    EditionMap {
        from: from.to_owned(),
        to: to.to_owned(),
        rows: classes.filter_map(row).collect(),
    }
}

fn by_number<'a>(class: &Class, new: &'a Catalogue, from: &str, to: &str) -> Option<&'a Class> {
    if (from, to) != ("2013", "2026") || class.local {
        return None;
    }
    let (major, minor) = class.code.split_at_checked(2)?;
    let mut headings = HEADINGS.iter();
    let (.., heading) = headings.find(|(kind, old, _)| *kind == class.kind && *old == major)?;
    let reference = ClassRef {
        kind: class.kind,
        code: format!("{heading}0{minor}"),
    };
    let found = new.class_in(to, &reference).ok()?;
    similar(&class.name.zh, &found.name.zh).then_some(found)
}

fn moved<'a>(class: &Class, new: &'a Catalogue, from: &str, to: &str) -> Option<&'a Class> {
    if (from, to) != ("2013", "2026") || class.local {
        return None;
    }
    let mut all = MOVED.iter();
    let (_, _, kind, code) =
        all.find(|(kind, code, ..)| *kind == class.kind && *code == class.code)?;
    let (kind, code) = (*kind, (*code).to_owned());
    new.class_in(to, &ClassRef { kind, code }).ok()
}

/// The class of another kind whose name begins with this one's, if there is just one. Names of one
/// character say too little.
fn turned<'a>(class: &Class, by_name: &BTreeMap<String, Vec<&'a Class>>) -> Option<&'a Class> {
    let name = plain(&class.name.zh);
    if name.chars().count() < 2 {
        return None;
    }
    let from = by_name.range(name.clone()..);
    let alike = from.take_while(|(other, _)| other.starts_with(&name));
    let mut others = alike
        .flat_map(|(_, all)| all)
        .filter(|other| other.kind != class.kind);
    let only = others.next()?;
    others.next().is_none().then_some(*only)
}

/// Whether two names share two characters in a row.
fn similar(one: &str, other: &str) -> bool {
    let (one, other) = (plain(one), plain(other));
    let letters: Vec<char> = one.chars().collect();
    let mut pairs = letters
        .windows(2)
        .map(|pair| pair.iter().collect::<String>());
    pairs.any(|pair| other.contains(&pair))
}

/// A mapping as a table that people go through, one row per class of the older edition; those that
/// are mapped nowhere stand there with nothing on the right.
pub fn write_map(map: &EditionMap, old: &Catalogue, new: &Catalogue) -> Result<String, PackError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let failed = |error: &dyn std::fmt::Display| PackError::NoTable {
        sheet: "the mapping".into(),
        why: error.to_string(),
    };
    let head = HEADER.iter().copied().chain(["why"]);
    table.write_record(head).map_err(|error| failed(&error))?;
    for class in old.classes_of(&map.from).filter(|class| !class.heading) {
        let row = map.rows.iter().find(|row| row.class == class.reference());
        let targets = row.map_or(&[][..], |row| &row.to);
        let certainty = match row.map(|row| row.certainty) {
            Some(Certainty::Confirmed) => "confirmed",
            Some(Certainty::ToConfirm) => "to_confirm",
            None => "unmapped",
        };
        let why = row.and_then(|row| row.why.as_deref()).unwrap_or_default();
        let mut line = |to: Option<&ClassRef>| {
            let name = to.and_then(|to| new.class_in(&map.to, to).ok());
            table.write_record([
                class.kind.name(),
                &class.code,
                &class.name.zh,
                to.map_or("", |to| to.kind.name()),
                to.map_or("", |to| &to.code),
                name.map_or("", |class| &class.name.zh),
                certainty,
                why,
            ])
        };
        if targets.is_empty() {
            line(None).map_err(|error| failed(&error))?;
        }
        for to in targets {
            line(Some(to)).map_err(|error| failed(&error))?;
        }
    }
    let bytes = table.into_inner().map_err(|error| failed(&error))?;
    String::from_utf8(bytes).map_err(|error| failed(&error))
}

/// The class that stands on one side of a row, looked at as those in sheets are.
fn side(kind: &str, code: &str, edition: &str) -> Result<Option<ClassRef>, String> {
    if kind.is_empty() && code.is_empty() {
        return Ok(None);
    }
    let kind: ClassKind = match kind.parse() {
        Ok(kind) if !code.is_empty() => kind,
        _ => return Err(format!("{kind} {code} names no class")),
    };
    let usual = [ClassKind::Component, ClassKind::Matter];
    if let Some(meant) = usual
        .iter()
        .find(|usual| is_near(kind.name(), usual.name()))
    {
        return Err(format!("{kind} is near {meant}: check its spelling"));
    }
    let code = cells::code(code)?;
    let digits = numbers::digits(edition).map(|digits| digits + numbers::HEADING_DIGITS);
    numbers::check(&code, digits)?;
    Ok(Some(ClassRef { kind, code }))
}

/// How sure a row is, by its word. One that is misspelt would pass for one that is to be confirmed.
fn certain(word: &str) -> Result<Certainty, String> {
    match word {
        "confirmed" => Ok(Certainty::Confirmed),
        "" | "to_confirm" | "unmapped" => Ok(Certainty::ToConfirm),
        _ => Err(format!(
            "{word} says not how sure the row is: confirmed, to_confirm or unmapped"
        )),
    }
}

/// One more row of a class. What contradicts another row would be dropped, and what repeats one listed twice.
fn add(known: &mut MapRow, right: Option<ClassRef>) -> Result<(), String> {
    let ClassRef { kind, code } = &known.class;
    let again = match &right {
        Some(right) => known.to.contains(right),
        None => known.to.is_empty(),
    };
    match right {
        _ if again => Err(format!(
            "what became of {kind} {code} is said already: take the row out"
        )),
        Some(right) if !known.to.is_empty() => {
            known.to.push(right);
            Ok(())
        }
        _ => Err(format!(
            "{kind} {code} is given up in one row and mapped in another: take out the one that is not meant"
        )),
    }
}

/// Reads a mapping's table. Several rows of one class are several targets; a row without a target
/// whose certainty is `confirmed` says that the class was given up, any other one says nothing.
///
/// # Errors
/// [`PackError`] names the line.
pub fn read_map(name: &str, bytes: &[u8], from: &str, to: &str) -> Result<EditionMap, PackError> {
    let wrong = |why: String| PackError::NoTable {
        sheet: name.to_owned(),
        why,
    };
    let (text, _) = decode(bytes).ok_or_else(|| wrong(sheet::unread(bytes).to_owned()))?;
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let header = reader
        .headers()
        .map_err(|error| wrong(error.to_string()))?
        .clone();
    let column = |wanted: &str| header.iter().position(|cell| cells::line(cell) == wanted);
    let needed = |wanted: &str| {
        let missing = || {
            wrong(format!(
                "it has no column {wanted}; a mapping has {}",
                HEADER.join(", ")
            ))
        };
        column(wanted).ok_or_else(missing)
    };
    let (from_kind, from_code) = (needed("from_kind")?, needed("from_code")?);
    let (to_kind, to_code) = (needed("to_kind")?, needed("to_code")?);
    let (certainty, why) = (column("certainty"), column("why"));
    let mut rows: Vec<MapRow> = Vec::new();
    let mut lines = Lines::of(&text);
    for record in reader.records() {
        let record = record.map_err(|error| wrong(error.to_string()))?;
        let line = lines.of_row(&record);
        let at_line = |why: String| wrong(format!("line {line}: {why}"));
        let cell = |at: usize| cells::line(&sheet::seen(record.get(at).unwrap_or_default()));
        let class = |kind: usize, code: usize, edition: &str| {
            side(&cell(kind), &cell(code), edition).map_err(at_line)
        };
        let named = HEADER.iter().filter_map(|name| column(name));
        for at in named.chain(why) {
            cells::check_value(&cell(at)).map_err(at_line)?;
        }
        let sure = certainty.map(cell).unwrap_or_default();
        let sure = certain(&sure).map_err(at_line)?;
        let left = class(from_kind, from_code, from)?;
        let left = left.ok_or_else(|| at_line("nothing stands on the left".to_owned()))?;
        let right = class(to_kind, to_code, to)?;
        if right.is_none() && sure == Certainty::ToConfirm {
            continue;
        }
        match rows.iter_mut().find(|row| row.class == left) {
            Some(known) => add(known, right).map_err(at_line)?,
            None => rows.push(MapRow {
                class: left,
                to: right.into_iter().collect(),
                certainty: sure,
                why: why.map(cell).filter(|why| !why.is_empty()),
            }),
        }
    }
    let (from, to) = (from.to_owned(), to.to_owned());
    Ok(EditionMap { from, to, rows })
}
