//! Questions to a pack.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::catalogue::{Catalogue, Certainty, Search, plain};
use gewu_model::entry::ClassKind;
use serde_json::{Value, json};

use super::{open, print};
use crate::args::{CatalogueDiffArgs, CatalogueInfoArgs, CatalogueMapArgs, CatalogueSearchArgs};
use crate::out::{Failure, Out, Outcome};

pub(super) fn info(args: &CatalogueInfoArgs, out: Out) -> Outcome {
    let catalogue = open(&args.pack)?;
    let mut editions = Vec::new();
    let mut text = format!(
        "{} version {}, edition in force {}\nsha256 {}",
        catalogue.title().zh,
        catalogue.version(),
        catalogue.edition(),
        catalogue.hash()
    );
    for about in catalogue.editions() {
        let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        let (mut conditions, mut own, mut english) = (0, 0, 0);
        for class in catalogue.classes_of(&about.edition) {
            let count = kinds.entry(class.kind.to_string()).or_default();
            if class.heading {
                count.0 += 1;
                continue;
            }
            count.1 += 1;
            conditions += class.conditions.len();
            own += usize::from(class.local);
            english += usize::from(!class.name.en.is_empty());
        }
        text += &format!("\nedition {}", about.edition);
        for (name, value) in [("standard", &about.standard), ("trust", &about.trust)] {
            text += &value
                .as_ref()
                .map_or(String::new(), |value| format!("; {name} {value}"));
        }
        for (kind, (headings, classes)) in &kinds {
            text += &format!("\n  {kind}: {classes} classes under {headings} headings");
        }
        text += &format!(
            "\n  {conditions} conditions, {own} classes of the city's own, {english} with an English name"
        );
        if !about.note.is_empty() {
            text += &format!("\n  {} / {}", about.note.zh, about.note.text("en"));
        }
        let kinds: BTreeMap<_, _> = kinds
            .into_iter()
            .map(|(kind, (headings, classes))| {
                (kind, json!({ "headings": headings, "classes": classes }))
            })
            .collect();
        editions.push(json!({
            "about": about, "kinds": kinds, "conditions": conditions, "local": own, "english": english,
        }));
    }
    for map in catalogue.maps() {
        let confirmed = map
            .rows
            .iter()
            .filter(|row| row.certainty == Certainty::Confirmed);
        text += &format!(
            "\nmapping {} to {}: {} rows, {} of them confirmed",
            map.from,
            map.to,
            map.rows.len(),
            confirmed.count()
        );
    }
    for campaign in catalogue.campaigns() {
        text += &format!("\ncampaign {} {}", campaign.code, campaign.name.zh);
    }
    let value = json!({
        "title": catalogue.title(), "version": catalogue.version(), "edition": catalogue.edition(),
        "sha256": catalogue.hash(), "editions": editions, "replaces": catalogue.replaces(),
        "maps": catalogue.maps().iter().map(|map| json!({
            "from": map.from, "to": map.to, "rows": map.rows.len(),
        })).collect::<Vec<Value>>(),
        "campaigns": catalogue.campaigns(),
    });
    out.say(&value, || text);
    Ok(())
}

pub(super) fn search(args: &CatalogueSearchArgs, out: Out) -> Outcome {
    let catalogue = open(&args.pack)?;
    let text = args.text.join(" ");
    let edition = args.edition.as_deref();
    check_asked(&catalogue, edition, args.kind)?;
    let on = args.on.map(|day| day.to_string());
    let search = Search {
        text: &text,
        edition,
        kind: args.kind,
        on: on.as_deref(),
        limit: args.limit,
    };
    let hits = catalogue.search(&search);
    for hit in &hits {
        let path = catalogue.path(&hit.class.edition, &hit.class.reference())?;
        let value = print::class_json(&path, hit.class, Some(hit.matched));
        out.say(&value, || print::class(&path, hit.class));
    }
    if hits.is_empty() {
        out.progress(&nothing_found(&text));
    }
    Ok(())
}

/// Why nothing was found, as far as the words tell.
pub(crate) fn nothing_found(text: &str) -> String {
    let words = match plain(text).is_empty() {
        true => {
            "there is nothing to look for in that: name characters, letters or digits; * and % stand for nothing"
        }
        false => "no class matches: try fewer characters, or a part of the name",
    };
    words.to_owned()
}

/// Refuses an edition or a kind that the pack does not have.
fn check_asked(catalogue: &Catalogue, edition: Option<&str>, kind: Option<ClassKind>) -> Outcome {
    let editions: Vec<&str> = catalogue
        .editions()
        .map(|about| about.edition.as_str())
        .collect();
    let edition = edition.unwrap_or(catalogue.edition());
    if !editions.contains(&edition) {
        return Err(Failure::usage(format!(
            "the pack has no edition {edition}; it has {}",
            editions.join(", ")
        )));
    }
    let classes = catalogue.classes_of(edition);
    let kinds: BTreeSet<ClassKind> = classes.map(|class| class.kind).collect();
    match kind.filter(|kind| !kinds.contains(kind)) {
        None => Ok(()),
        Some(kind) => {
            let known: Vec<&str> = kinds.iter().map(ClassKind::name).collect();
            Err(Failure::usage(format!(
                "edition {edition} has no classes of the kind {kind}; it has {}",
                known.join(", ")
            )))
        }
    }
}

pub(super) fn map(args: &CatalogueMapArgs, out: Out) -> Outcome {
    let catalogue = open(&args.pack)?;
    let to = args.to.as_deref().unwrap_or(catalogue.edition());
    let maps = catalogue.maps().iter();
    let maps = maps.filter(|map| map.from == args.from && map.to == to);
    let rows = maps.flat_map(|map| &map.rows).filter(|row| {
        args.kind.is_none_or(|kind| kind == row.class.kind)
            && args
                .code
                .as_ref()
                .is_none_or(|code| *code == row.class.code)
    });
    let mut any = false;
    for row in rows {
        any = true;
        let targets: Vec<Value> = row
            .to
            .iter()
            .map(|class| {
                let name = catalogue.class_in(to, class).ok().map(|class| &class.name);
                json!({ "kind": class.kind, "code": class.code, "name": name })
            })
            .collect();
        let old = catalogue.class_in(&args.from, &row.class).ok();
        let value = json!({
            "from": { "edition": args.from, "kind": row.class.kind, "code": row.class.code,
                      "name": old.map(|class| &class.name) },
            "to": targets, "to_edition": to, "certainty": row.certainty, "why": row.why,
        });
        out.say(&value, || {
            let targets: Vec<String> = targets
                .iter()
                .map(|to| {
                    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                    format!(
                        "{} {} {}",
                        text(&to["kind"]),
                        text(&to["code"]),
                        text(&to["name"]["zh"])
                    )
                })
                .collect();
            let targets = match targets.as_slice() {
                [] => "given up".to_owned(),
                targets => targets.join("; "),
            };
            let sure = match row.certainty {
                Certainty::Confirmed => "confirmed",
                Certainty::ToConfirm => "to be confirmed",
            };
            format!(
                "{} {} {} -> {targets} ({sure})",
                row.class.kind,
                row.class.code,
                old.map_or("", |class| &class.name.zh)
            )
        });
    }
    if any {
        return Ok(());
    }
    Err(Failure::new(format!(
        "the pack says nothing of that class from {} to {to}: propose a mapping with `gewu catalogue propose`",
        args.from
    )))
}

pub(super) fn diff(args: &CatalogueDiffArgs, out: Out) -> Outcome {
    let changes = gewu_cataloguepack::diff(&open(&args.old)?, &open(&args.new)?);
    for change in &changes {
        out.say(&serde_json::to_value(change)?, || {
            let fields = change.fields.iter();
            let fields = fields.map(|(name, old, new)| {
                let old = if old.is_empty() { "nothing" } else { old };
                let new = if new.is_empty() { "nothing" } else { new };
                format!("\n    {name}: {old} -> {new}")
            });
            format!(
                "{:<8} {} {} {} {}{}",
                change.change,
                change.edition,
                change.kind,
                change.code,
                change.name,
                fields.collect::<String>()
            )
        });
    }
    if changes.is_empty() {
        out.progress("the same classes in both");
    }
    Ok(())
}
