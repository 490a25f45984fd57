//! Reporting.

use gewu::{Gewu, PhotoInput, ReportInput};
use gewu_model::entry::{ClassKind, ClassRef};
use gewu_model::media::EvidenceRole;

use super::ask::look_alikes;
use super::place::position;
use super::words::Words;
use super::{campaign, open, print};
use crate::args::ReportArgs;
use crate::out::{Failure, Out, Outcome};

/// Saves a report.
pub(super) fn report(args: &ReportArgs, out: Out) -> Outcome {
    let gewu = open(&args.device)?;
    let input = ReportInput {
        edition: args.edition.clone(),
        class: Some(chosen(&gewu, args)?),
        campaign: args.campaign.clone(),
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
    let alike = look_alikes(&gewu, &input);
    let saved = gewu.report(input)?;
    let mut value = print::saved_json(&saved);
    if !alike.is_empty() {
        value["similar"] = serde_json::to_value(&alike)?;
    }
    out.say(&value, || print::saved(&saved));
    if let Some(words) = suggestion {
        out.progress(&words);
    }
    if !alike.is_empty() {
        out.progress(
            "open cases nearby that may be the same matter; tie them with suggest-duplicate:",
        );
    }
    for case in &alike {
        let words = Words::of(&gewu, case.row.case);
        out.progress(&print::similar(case, &words));
    }
    if args.hold {
        loop {
            std::thread::park();
        }
    }
    Ok(())
}

/// The class that was meant: by its code or, in a campaign, by a choice of the campaign's tree.
fn chosen(gewu: &Gewu, args: &ReportArgs) -> Result<ClassRef, Failure> {
    match &args.campaign {
        Some(code) => {
            let catalogue = gewu.catalogue()?;
            campaign::choice(campaign::named(&catalogue, code)?, &args.class)
        }
        None => class_named(gewu, &args.class, args.kind),
    }
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
pub(super) fn class_named(
    gewu: &Gewu,
    code: &str,
    kind: Option<ClassKind>,
) -> Result<ClassRef, Failure> {
    let kind = match kind {
        Some(kind) => kind,
        None => {
            let catalogue = gewu.catalogue()?;
            let kinds: Vec<ClassKind> = catalogue
                .classes()
                .filter(|class| class.code == code)
                .map(|class| class.kind)
                .collect();
            match kinds.as_slice() {
                [one, another, ..] => {
                    return Err(Failure::usage(format!(
                        "{} is both a {one} and a {another}: say which with --kind",
                        code
                    )));
                }
                // An unknown class is the SDK's to refuse, with its own words.
                kinds => kinds.first().copied().unwrap_or(ClassKind::Matter),
            }
        }
    };
    Ok(ClassRef {
        kind,
        code: code.to_owned(),
    })
}
