//! `gewu grid pack`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use gewu_grid::file::{LayerMeta, write};
use gewu_gridpack::{
    Action, Finding, Kind, Layer, Options, Progress, Report, Source, SourceCrs, build,
};
use serde_json::json;

use super::about;
use crate::args::PackArgs;
use crate::out::{Failure, Out, Outcome};
use crate::save::{Aside, is_same};

/// Findings of one kind that are written out for people; scripts get all.
const SHOWN: usize = 20;
/// The same of those that were repaired and ask nothing of anybody.
const SHOWN_REPAIRED: usize = 3;

pub(super) fn run(args: &PackArgs, out: Out) -> Outcome {
    let sources = sources(args);
    let inputs: Vec<&Path> = sources.iter().map(|source| source.path.as_path()).collect();
    if let Some(report) = &args.report
        && is_same(report, &args.output)
    {
        let words = "cannot be the report and the pack; name two files";
        return Err(Failure::new(format!("{}: {words}", report.display())));
    }
    // Before the work, so that a name that cannot be written costs no time.
    let target = Aside::create(&args.output, &inputs)?;
    let built = build(&sources, &options(args)?, &mut |progress| {
        tell(progress, out)
    })?;
    show(&built.report, out);
    if let Some(path) = &args.report {
        let mut file = Aside::create(path, &inputs)?;
        write!(file, "{}", built.report.to_geojson())?;
        file.finish()?;
        out.progress(&format!("findings written to {}", path.display()));
    }
    let Some(pack) = built.pack else {
        if out.is_json() {
            out.say(&json!({ "report": built.report }), String::new);
        }
        return Err(Failure::new(refusal(&built.report, args.strict)));
    };
    out.progress("writing the pack");
    let bytes = write(&pack)?;
    save(target, &bytes)?;
    let report = &built.report;
    let value = json!({ "bytes": bytes.len(), "report": report });
    out.say(&value, || {
        format!(
            "{}: {} bytes; {} unit grids with {} borders, {} roads, {} components, {} plates",
            args.output.display(),
            bytes.len(),
            report.units,
            report.arcs,
            report.roads,
            report.components,
            report.plates
        )
    });
    Ok(())
}

fn save(mut target: Aside, bytes: &[u8]) -> Outcome {
    target.write_all(bytes)?;
    target.finish()
}

fn sources(args: &PackArgs) -> Vec<Source> {
    let field = |layer: Layer| {
        let fields = args.code_field.iter().rev();
        let of_layer = fields.clone().find(|f| f.layer == Some(layer));
        let named = of_layer.or_else(|| fields.clone().find(|f| f.layer.is_none()));
        named.map_or("code", |f| f.text.as_str()).to_owned()
    };
    let inputs = args.inputs.iter();
    inputs
        .map(|input| {
            let layer = input.layer.unwrap_or(args.layer.into());
            Source {
                path: input.text.clone().into(),
                layer,
                code_field: field(layer),
            }
        })
        .collect()
}

fn options(args: &PackArgs) -> Result<Options, Failure> {
    let meta = LayerMeta {
        audience: args.audience.into(),
        sensitivity: args.sensitivity.into(),
    };
    Ok(Options {
        city: args.city.clone(),
        version: args.pack_version,
        crs: args.crs.as_deref().map(crs).transpose()?,
        tolerance_m: args.tolerance,
        heal: args.heal,
        strict: args.strict,
        parent_fields: args.parent_field.clone(),
        duty_field: args.duty_field.clone(),
        road_field: args.road_field.clone(),
        class_field: args.class_field.clone(),
        unit_meta: meta,
        road_meta: meta,
        component_meta: meta,
        plate_meta: meta,
    })
}

/// A name, or a descriptor's file.
fn crs(name: &str) -> Result<SourceCrs, Failure> {
    let path = Path::new(name);
    if !path.is_file() {
        return Ok(name.parse::<SourceCrs>()?);
    }
    let text = fs::read_to_string(path).map_err(|error| about(path, &error))?;
    SourceCrs::from_json(&text).map_err(|error| about(path, &error))
}

fn tell(progress: Progress, out: Out) {
    match progress {
        Progress::Read(features) => out.progress(&format!("{features} features read")),
        Progress::Noding(round) => out.progress(&format!("noding borders, round {}", round + 1)),
        Progress::Assembling => out.progress("labelling faces, cutting borders"),
    }
}

/// The findings for people, worst first, the many of a kind cut short.
fn show(report: &Report, out: Out) {
    let mut untold: BTreeMap<Kind, (usize, usize)> = BTreeMap::new();
    for finding in &report.findings {
        let (told, more) = untold.entry(finding.kind).or_default();
        let most = match finding.action {
            Action::Repaired => SHOWN_REPAIRED,
            _ => SHOWN,
        };
        if *told < most {
            *told += 1;
            out.progress(&finding.to_string());
        } else {
            *more += 1;
        }
    }
    for (kind, (_, more)) in untold.into_iter().filter(|(_, (_, more))| *more > 0) {
        let words = kind.words();
        out.progress(&format!(
            "{words}: {more} more; --report FILE.geojson or --json lists all"
        ));
    }
    for line in report.summary() {
        out.progress(&line);
    }
}

fn refusal(report: &Report, strict: bool) -> String {
    let refused = |f: &&Finding| f.action == Action::Refused;
    let count = report.findings.iter().filter(refused).count();
    let findings = if count == 1 {
        "1 finding stands".to_owned()
    } else {
        format!("{count} findings stand")
    };
    let advice = if strict {
        "correct the survey, or leave --strict away"
    } else {
        "correct the survey, or let --heal decide by rule"
    };
    format!("no pack was made: {findings} in the way; {advice}")
}
