//! Reporting.

use gewu::{Gewu, PhotoInput, PositionInput, ReportInput};
use gewu_model::entry::{ClassKind, ClassRef};
use gewu_model::media::{EvidenceRole, Provenance};
use gewu_model::place::Datum;

use super::{open, print};
use crate::args::{KindArg, Place, ReportArgs};
use crate::out::{Failure, Out, Outcome};

/// Saves a report.
pub(super) fn report(args: &ReportArgs, out: Out) -> Outcome {
    let gewu = open(&args.device)?;
    let input = ReportInput {
        edition: args.edition.clone(),
        class: Some(class(&gewu, args)?),
        condition: args.condition.clone(),
        position: Some(position(&args.place).ok_or_else(|| {
            Failure::usage("a report needs a place: give --lon and --lat in degrees")
        })?),
        text: args.text.clone(),
        self_handled: args.self_handled,
        photos: args
            .photo
            .iter()
            .map(|path| photo(path, args.from_album))
            .collect(),
        ..ReportInput::default()
    };
    let saved = gewu.report(input)?;
    out.say(&print::saved_json(&saved), || print::saved(&saved));
    if args.hold {
        loop {
            std::thread::park();
        }
    }
    Ok(())
}

/// The class that was meant. Component and matter codes overlap, so a code alone must be found in
/// one kind only.
fn class(gewu: &Gewu, args: &ReportArgs) -> Result<ClassRef, Failure> {
    let kind = match args.kind {
        Some(KindArg::Component) => ClassKind::Component,
        Some(KindArg::Matter) => ClassKind::Matter,
        None => {
            let catalogue = gewu.catalogue()?;
            let kinds: Vec<ClassKind> = catalogue
                .classes()
                .filter(|class| class.code == args.class)
                .map(|class| class.kind)
                .collect();
            match kinds.as_slice() {
                [_, _, ..] => {
                    return Err(Failure::usage(format!(
                        "{} is both a component and a matter: say which with --kind",
                        args.class
                    )));
                }
                // An unknown class is the SDK's to refuse, with its own words.
                kinds => kinds.first().copied().unwrap_or(ClassKind::Matter),
            }
        }
    };
    Ok(ClassRef {
        kind,
        code: args.class.clone(),
    })
}

fn photo(path: &std::path::Path, from_album: bool) -> PhotoInput {
    let mut photo = PhotoInput::file(path, EvidenceRole::Scene);
    if from_album {
        photo.provenance = Provenance::Picker;
    }
    photo
}

/// The place that was given, if one was.
pub(super) fn position(place: &Place) -> Option<PositionInput> {
    let (lon, lat) = place.lon.zip(place.lat)?;
    Some(PositionInput {
        lon,
        lat,
        accuracy_m: place.accuracy,
        datum: Datum::Wgs84,
    })
}
