//! What the packs on the device say of a position.

use gewu::{Located, Nearby, OwnDuty, PackInfo, PositionInput};
use gewu_model::place::GridCertainty;
use serde_json::{Value, json};

use super::open;
use crate::args::{DirArg, NearArgs, Place, WhereArgs};
use crate::out::{Failure, Out, Outcome};

/// The place that was given, if one was.
pub(super) fn position(place: &Place) -> Option<PositionInput> {
    let (lon, lat) = place.lon.zip(place.lat)?;
    Some(PositionInput {
        lon,
        lat,
        accuracy_m: place.accuracy,
        datum: place.datum.into(),
    })
}

fn needed(place: &Place) -> Result<PositionInput, Failure> {
    position(place).ok_or_else(|| Failure::usage("give a place: --lon and --lat in degrees"))
}

pub(super) fn locate(args: &WhereArgs, out: Out) -> Outcome {
    let gewu = open(&args.device)?;
    let at = needed(&args.place)?;
    let found = gewu.locate(&at)?;
    let address = gewu.address(&at)?;
    let mut value = serde_json::to_value(&found)?;
    if let Value::Object(fields) = &mut value {
        fields.insert("address".to_owned(), json!(address));
    } else {
        value = json!({ "unit": null, "address": address });
    }
    out.say(&value, || {
        let words = found.as_ref().map_or_else(
            || "the place lies in no grid that this device knows".to_owned(),
            located,
        );
        match &address {
            Some(address) => format!("{words}\naddress  {address}"),
            None => words,
        }
    });
    Ok(())
}

fn located(found: &Located) -> String {
    let mut lines = vec![match &found.level {
        Some(level) => format!("{level}  {}", found.unit),
        None => format!("unit     {}", found.unit),
    }];
    if let Some(duty) = &found.duty {
        lines.push(format!("duty     {duty}{}", own(found.own_duty)));
    } else if found.own_duty == OwnDuty::Outside {
        lines.push("outside your duty grids".to_owned());
    }
    if let Some(road) = &found.road {
        let far = road.distance_m.map(|far| format!(", {far:.1} m away"));
        lines.push(format!("road     {}{}", road.code, far.unwrap_or_default()));
    }
    for parent in &found.parents {
        lines.push(format!("{:8} {}", parent.level, parent.code));
    }
    let sure = match found.certainty {
        GridCertainty::Certain => "certain",
        GridCertainty::Border => "the accuracy circle crosses it",
        GridCertainty::Unknown => "accuracy unknown",
    };
    lines.push(format!("border   {:.1} m away; {sure}", found.border_m));
    for candidate in &found.candidates {
        let percent = candidate.share * 100.0;
        lines.push(format!("perhaps  {} ({percent:.0} %)", candidate.unit));
    }
    lines.join("\n")
}

const fn own(duty: OwnDuty) -> &'static str {
    match duty {
        OwnDuty::Unbound => "",
        OwnDuty::Inside => ", your own",
        OwnDuty::Reached => ", but the circle reaches your own",
        OwnDuty::Outside => ", not yours",
    }
}

pub(super) fn near(args: &NearArgs, out: Out) -> Outcome {
    let gewu = open(&args.device)?;
    let at = needed(&args.place)?;
    let found = gewu.components_near(&at, args.radius, args.class.as_deref(), args.count)?;
    for component in &found {
        out.say(&serde_json::to_value(component)?, || nearby(component));
    }
    if found.is_empty() {
        out.progress("no component that this device knows stands within the radius");
    }
    Ok(())
}

fn nearby(component: &Nearby) -> String {
    let attributes = component.attributes.iter();
    let attributes: Vec<String> = attributes
        .map(|(name, text)| format!("{name}={text}"))
        .collect();
    format!(
        "{:8.2} m  {}  {}  {}",
        component.distance_m,
        component.class,
        component.name,
        attributes.join(" ")
    )
}

pub(super) fn packs(args: &DirArg, out: Out) -> Outcome {
    let packs = open(args)?.packs()?;
    for pack in &packs {
        out.say(&serde_json::to_value(pack)?, || line(pack));
    }
    if packs.is_empty() {
        out.progress("no packs yet; sync fetches them");
    }
    Ok(())
}

fn line(pack: &PackInfo) -> String {
    format!(
        "{:9}  {:24}  version {}  {} bytes  {}  {}",
        pack.kind,
        pack.name,
        pack.version,
        pack.bytes,
        if pack.active { "in force" } else { "kept" },
        pack.digest
    )
}
