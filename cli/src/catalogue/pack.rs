//! Making a pack, and the table of a mapping.

use std::path::Path;

use gewu_cataloguepack::{Options, Report, Sheet};
use gewu_model::catalogue::{Body, Catalogue, Edition, FORMAT_2, Label};
use gewu_model::entry::ClassKind;
use serde_json::json;

use super::{about, bytes, open};
use crate::args::{CataloguePackArgs, ProposeArgs};
use crate::out::{Failure, Out, Outcome};
use crate::save;

/// Healed lines and refusals that are told unless more is asked for.
const TOLD: usize = 20;

pub(super) fn pack(args: &CataloguePackArgs, out: Out) -> Outcome {
    let mut read = Vec::new();
    for input in &args.inputs {
        let kind = input
            .key
            .as_deref()
            .map(str::parse::<ClassKind>)
            .transpose();
        let kind = kind.map_err(|error| Failure::usage(error.to_string()))?;
        let bytes = std::fs::read(&input.path).map_err(|error| about(&input.path, &error))?;
        read.push((input.path.display().to_string(), kind.or(args.kind), bytes));
    }
    let sheets: Vec<Sheet<'_>> = read
        .iter()
        .map(|(name, kind, bytes)| Sheet {
            name,
            kind: *kind,
            bytes,
        })
        .collect();
    let (body, report) = gewu_cataloguepack::pack(&sheets, &options(args)?)?;
    tell(&report, args.verbose, out);
    if !report.refused.is_empty() && !args.without_refused {
        return Err(Failure::new(format!(
            "{} rows are refused and no pack is written: correct them, or leave them out with --without-refused",
            report.refused.len()
        )));
    }
    let catalogue = Catalogue::from_json(&body)?;
    catalogue.check_whole()?;
    save::write(&args.output, &inputs(args), &body)?;
    let value = json!({
        "output": args.output, "bytes": body.len(), "sha256": catalogue.hash(),
        "edition": catalogue.edition(), "report": report,
    });
    out.say(&value, || {
        let kinds: Vec<String> = report
            .classes
            .iter()
            .map(|(kind, count)| format!("{count} {kind}"))
            .collect();
        format!(
            "{}: {} bytes; edition {}: {}, {} headings, {} conditions",
            args.output.display(),
            body.len(),
            args.edition,
            kinds.join(", "),
            report.headings,
            report.conditions
        )
    });
    Ok(())
}

/// Every file that the pack is made from.
fn inputs(args: &CataloguePackArgs) -> Vec<&Path> {
    let sheets = args.inputs.iter().chain(&args.map);
    let packs = args.with.iter().chain(&args.before);
    let packs = packs.map(|name| Path::new(name.as_str()));
    sheets
        .map(|file| file.path.as_path())
        .chain(packs)
        .collect()
}

fn options(args: &CataloguePackArgs) -> Result<Options, Failure> {
    let mut maps = Vec::new();
    for map in &args.map {
        let from = map.key.as_deref().ok_or_else(|| {
            Failure::usage("--map needs the older edition before the file: --map 2013=FILE.csv")
        })?;
        let bytes = std::fs::read(&map.path).map_err(|error| about(&map.path, &error))?;
        let name = map.path.display().to_string();
        maps.push(gewu_cataloguepack::read_map(
            &name,
            &bytes,
            from,
            &args.edition,
        )?);
    }
    let beside = args.with.iter().map(|with| body(with));
    let beside = beside.collect::<Result<Vec<_>, _>>()?;
    let before = args.before.as_deref().map(body).transpose()?;
    Ok(Options {
        edition: Edition {
            edition: args.edition.clone(),
            standard: args.standard.clone(),
            trust: Some(args.trust.clone()),
            note: Label {
                zh: args.note.clone(),
                en: args.note_en.clone(),
            },
        },
        digits: args.digits,
        local_from: args.local_from,
        in_force: args.in_force.clone(),
        version: args.pack_version,
        title: Label::chinese(args.title.clone()),
        maps,
        beside,
        before,
        ..Options::default()
    })
}

/// Another pack, whole and not only of the right shape.
fn body(name: &str) -> Result<Body, Failure> {
    let body = bytes(name)?;
    Catalogue::from_json(&body).map_err(|error| Failure::new(format!("{name}: {error}")))?;
    serde_json::from_slice(&body).map_err(|_| {
        Failure::new(format!(
            "{name} is not of format {FORMAT_2}: pack its sheet again"
        ))
    })
}

fn tell(report: &Report, verbose: bool, out: Out) {
    if out.is_json() {
        return;
    }
    let shown = if verbose { usize::MAX } else { TOLD };
    for note in report.refused.iter().take(shown) {
        out.progress(&format!(
            "{} line {}: refused: {}",
            note.sheet, note.line, note.what
        ));
    }
    if verbose {
        for note in &report.healed_at {
            out.progress(&format!("{} line {}: {}", note.sheet, note.line, note.what));
        }
    }
    for (sheet, encoding) in &report.encodings {
        out.progress(&format!("{sheet}: read as {encoding:?}").to_lowercase());
    }
    let healed: Vec<String> = report
        .healed
        .iter()
        .map(|(sort, count)| format!("{sort} {count}"))
        .collect();
    if !healed.is_empty() {
        out.progress(&format!(
            "healed: {} (--verbose tells each)",
            healed.join(", ")
        ));
    }
    for unknown in &report.unknown_limits {
        out.progress(&format!(
            "limit {} is not known, kept as written: {} times, first in line {}",
            unknown.limit, unknown.times, unknown.line
        ));
    }
    for long in &report.long_limits {
        out.progress(&format!(
            "look again: limit {} is longer than any that cities set: {} times, first in line {}",
            long.limit, long.times, long.line
        ));
    }
    for note in report.doubtful.iter().take(shown) {
        out.progress(&format!(
            "{} line {}: look again: {}",
            note.sheet, note.line, note.what
        ));
    }
    if !report.skipped_codes.is_empty() {
        out.progress(&format!(
            "skipped codes, no error: {}",
            report.skipped_codes.len()
        ));
    }
    if !report.unknown_columns.is_empty() {
        let columns = report.unknown_columns.join(", ");
        out.progress(&format!("columns left out: {columns}"));
    }
    for columns in &report.repeated_columns {
        out.progress(&format!("look again: {columns}"));
    }
}

pub(super) fn propose(args: &ProposeArgs, out: Out) -> Outcome {
    let (old, new) = (open(&args.old)?, open(&args.new)?);
    let from = args.from.as_deref().unwrap_or(old.edition());
    let to = args.to.as_deref().unwrap_or(new.edition());
    for (catalogue, edition, name) in [(&old, from, &args.old), (&new, to, &args.new)] {
        if !catalogue.has_edition(edition) {
            return Err(Failure::usage(format!("{name} holds no edition {edition}")));
        }
    }
    let map = gewu_cataloguepack::propose(&old, from, &new, to);
    let table = gewu_cataloguepack::write_map(&map, &old, &new)?;
    let all = old.classes_of(from).filter(|class| !class.heading).count();
    let turned = map.rows.iter();
    let turned = turned.filter(|row| row.to.iter().any(|to| to.kind != row.class.kind));
    let value = json!({
        "from": from, "to": to, "classes": all, "mapped": map.rows.len(),
        "unmapped": all - map.rows.len(), "change_kind": turned.clone().count(),
        "rows": map.rows, "output": args.output,
    });
    match &args.output {
        Some(path) => {
            let packs = [Path::new(&args.old), Path::new(&args.new)];
            save::write(path, &packs, table.as_bytes())?;
            out.say(&value, || {
                format!(
                    "{}: {} of {all} classes have a proposal, {} of another kind; confirm each row",
                    path.display(),
                    map.rows.len(),
                    turned.count()
                )
            });
        }
        None => out.say(&value, || table.trim_end().to_owned()),
    }
    Ok(())
}
