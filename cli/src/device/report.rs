//! Reporting.

use gewu::{Gewu, PhotoInput, ReportInput};
use gewu_model::entry::{ClassKind, ClassRef};
use gewu_model::media::EvidenceRole;

use super::place::position;
use super::{open, print};
use crate::args::ReportArgs;
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
        component: args.component.clone(),
        text: args.text.clone(),
        self_handled: args.self_handled,
        contact: args.contact.contact(),
        photos: args
            .photo
            .iter()
            .map(|path| {
                PhotoInput::file(path, EvidenceRole::Scene).with_provenance(args.origin.into())
            })
            .collect(),
        ..ReportInput::default()
    };
    let suggestion = suggestion(&gewu, &input);
    let saved = gewu.report(input)?;
    out.say(&print::saved_json(&saved), || print::saved(&saved));
    if let Some(words) = suggestion {
        out.progress(&words);
    }
    if args.hold {
        loop {
            std::thread::park();
        }
    }
    Ok(())
}

/// How far a component may be and still be meant, in metres.
const MEANT_M: f64 = 30.0;

/// The component that may be meant, for a report on a component that names none. A help, so what
/// stands in its way is no reason to fail.
fn suggestion(gewu: &Gewu, input: &ReportInput) -> Option<String> {
    let class = input.class.as_ref()?;
    if class.kind != ClassKind::Component || input.component.is_some() {
        return None;
    }
    let near = gewu.components_near(input.position.as_ref()?, MEANT_M, Some(&class.code), 1);
    let near = near.ok()?.into_iter().next()?;
    Some(format!(
        "nearest of this class: {} at {:.1} m; name it with --component",
        near.name, near.distance_m
    ))
}

/// The class that was meant. Component and matter codes overlap, so a code alone must be found in
/// one kind only.
fn class(gewu: &Gewu, args: &ReportArgs) -> Result<ClassRef, Failure> {
    let kind = match args.kind {
        Some(kind) => kind,
        None => {
            let catalogue = gewu.catalogue()?;
            let kinds: Vec<ClassKind> = catalogue
                .classes()
                .filter(|class| class.code == args.class)
                .map(|class| class.kind)
                .collect();
            match kinds.as_slice() {
                [one, another, ..] => {
                    return Err(Failure::usage(format!(
                        "{} is both a {one} and a {another}: say which with --kind",
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
