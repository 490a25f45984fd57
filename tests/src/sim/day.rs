//! What people do in the field, drawn by dice.

use gewu::{Act, CaseRow, Gewu, GewuError, PhotoInput, PositionInput, Query, ReportInput, Saved};
use gewu_model::contact::Contact;
use gewu_model::entry::Unassign;
use gewu_model::entry::{Assign, Body, CheckResult, ClassKind, ClassRef, FieldKind, Forward};
use gewu_model::ids::CaseId;
use gewu_model::media::EvidenceRole;

use super::acts;
use super::people::{Person, UNITS, one_of, somewhere};
use super::phone::Phone;
use super::pictures::picture;
use crate::disk::Dice;

/// Classes that people report.
const CLASSES: [(ClassKind, &str); 4] = [
    (ClassKind::Component, "01002"),
    (ClassKind::Matter, "06010"),
    (ClassKind::Matter, "06013"),
    (ClassKind::Matter, "09006"),
];

/// What whoever handles a task may write beside the work itself.
const AT_WORK: [FieldKind; 11] = [
    FieldKind::Take,
    FieldKind::SetOut,
    FieldKind::Arrived,
    FieldKind::Progress,
    FieldKind::SendBackRequest,
    FieldKind::ExtendRequest,
    FieldKind::SuspendRequest,
    FieldKind::Refuse,
    FieldKind::OwnershipDispute,
    FieldKind::Confirm,
    FieldKind::Seen,
];

/// What an inspector may write about a case at any time.
const AROUND: [FieldKind; 8] = [
    FieldKind::Note,
    FieldKind::Seen,
    FieldKind::DuplicateSuggestion,
    FieldKind::ComponentChange,
    FieldKind::HandedOver,
    FieldKind::Appeal,
    FieldKind::SendBackRequest,
    FieldKind::ExtendRequest,
];

/// What a reporter may write.
const REPORTERS: [FieldKind; 7] = [
    FieldKind::Supplement,
    FieldKind::Supplement,
    FieldKind::Supplement,
    FieldKind::Rate,
    FieldKind::Urge,
    FieldKind::ReopenRequest,
    FieldKind::Withdraw,
];

/// What a crew may say without a task.
const INVOLVED: [FieldKind; 5] = [
    FieldKind::Note,
    FieldKind::Note,
    FieldKind::Appeal,
    FieldKind::DuplicateSuggestion,
    FieldKind::ComponentChange,
];

/// Numbers saves and pictures.
#[derive(Debug, Default)]
pub struct Numbers {
    saves: u64,
    pictures: u64,
}

impl Numbers {
    /// Words that no other save has.
    pub fn marker(&mut self) -> String {
        self.saves += 1;
        format!("save-{} ", self.saves)
    }

    /// A photo that no other save has.
    pub fn photo(&mut self, role: EvidenceRole) -> PhotoInput {
        self.pictures += 1;
        PhotoInput::bytes(picture(self.pictures), role)
    }
}

/// Something that a person does with the phone.
pub fn act(phone: &mut Phone, numbers: &mut Numbers, dice: &mut Dice) {
    let Some(sdk) = phone.sdk() else { return };
    let tasks = sdk.tasks().unwrap_or_default();
    let query = Query {
        limit: 100,
        ..Query::default()
    };
    let rows: Vec<CaseRow> = sdk.list(&query).map(|page| page.rows).unwrap_or_default();
    let task = one_of(dice, &tasks).map(|task| (task.row.case, task.question.clone()));
    let case = one_of(dice, &rows).map(|row| row.case);
    let other = one_of(dice, &rows).map(|row| row.case);
    let reporter = phone.person.is("inspector") || phone.person.is_citizen();
    let busy = rows.len() >= 6 && !dice.one_in(8);
    match (dice.below(20), task, case) {
        (0, _, Some(case)) if !phone.person.is_citizen() => wrongdoing(phone, case, numbers, dice),
        (1..=12, Some((case, question)), _) => {
            let kind = answer(&question, dice);
            acts::write(phone, kind, (case, other), numbers, dice);
        }
        (13, Some((case, _)), _) if phone.person.is("unit_lead") => ask_centre(phone, case, dice),
        (1..=13, _, _) if reporter && !busy => report(phone, numbers, dice),
        (_, _, Some(case)) => {
            let kind = remark(&phone.person, dice);
            acts::write(phone, kind, (case, other), numbers, dice);
        }
        _ => {}
    }
}

/// What a task asks for, most of the time.
fn answer(question: &str, dice: &mut Dice) -> FieldKind {
    match question {
        "verify" => FieldKind::Verify,
        "check" => FieldKind::Check,
        _ if dice.one_in(3) => FieldKind::Handle,
        _ => one_of(dice, &AT_WORK).copied().unwrap_or(FieldKind::Handle),
    }
}

/// What somebody adds to a case that is on the phone.
fn remark(person: &Person, dice: &mut Dice) -> FieldKind {
    let list: &[FieldKind] = match () {
        () if person.is_citizen() => &REPORTERS,
        () if person.is("inspector") && dice.one_in(4) => &REPORTERS,
        () if person.is("inspector") => &AROUND,
        () => &INVOLVED,
    };
    one_of(dice, list).copied().unwrap_or(FieldKind::Note)
}

fn report(phone: &mut Phone, numbers: &mut Numbers, dice: &mut Dice) {
    let marker = numbers.marker();
    let photos: Vec<_> = (0..dice.below(3))
        .map(|_| numbers.photo(EvidenceRole::Scene))
        .collect();
    let (lon, lat) = somewhere(dice);
    let class = CLASSES[usize::try_from(dice.below(4)).unwrap_or(0)];
    let contact = dice.one_in(4).then(|| Contact {
        phone: Some("13800000000".into()),
        name: Some("王某".into()),
        ..Contact::default()
    });
    let input = ReportInput {
        class: Some(ClassRef {
            kind: class.0,
            code: class.1.to_owned(),
        }),
        position: Some(PositionInput::wgs84(lon, lat).accurate_to(5.0)),
        text: Some(format!("{marker}井盖缺失")),
        self_handled: phone.person.is("inspector") && dice.one_in(6),
        contact,
        ..ReportInput::default()
    };
    let drafted = dice.one_in(3);
    phone.save("report", (marker, photos.len()), |sdk| {
        if drafted {
            return by_draft(sdk, &input, photos);
        }
        sdk.report(ReportInput { photos, ..input })
    });
}

/// The way of an app's form: a draft, photos attached as they are taken, then handed in.
fn by_draft(sdk: &Gewu, input: &ReportInput, photos: Vec<PhotoInput>) -> Result<Saved, GewuError> {
    let draft = sdk.draft_new(&ReportInput::default())?;
    for photo in photos {
        sdk.attach(draft, photo)?;
    }
    sdk.draft_update(draft, input)?;
    sdk.report_draft(draft)
}

/// The unit's lead asks the centre to name a person, to take that back, or to pass the task on.
fn ask_centre(phone: &mut Phone, case: CaseId, dice: &mut Dice) {
    let person = Some(phone.person.name.into());
    let (what, body) = match dice.below(4) {
        0 => {
            let team = None;
            (
                "unassign",
                Body::Unassign(Unassign {
                    person,
                    team,
                    note: None,
                }),
            )
        }
        1 => {
            let unit = one_of(dice, &UNITS).copied().unwrap_or("roads").into();
            let forward = Forward {
                unit,
                note: None,
                from: None,
                limit: None,
            };
            ("forward", Body::Forward(forward))
        }
        _ => {
            let team = None;
            (
                "assign",
                Body::Assign(Assign {
                    person,
                    team,
                    ..Assign::default()
                }),
            )
        }
    };
    phone.ask(what, |sdk| {
        sdk.command(case, body, Some("请安排 / please")).map(|_| ())
    });
}

/// What a modified app may try: the server must set it aside and go on with the rest.
fn wrongdoing(phone: &mut Phone, case: CaseId, numbers: &mut Numbers, dice: &mut Dice) {
    let marker = numbers.marker();
    let mut act = Act::new().text(format!("{marker}越权")).unchecked(true);
    if dice.one_in(2) {
        act.claimed_author = Some(somebody_else(&phone.person).into());
    }
    match (dice.below(3), phone.person.is("inspector")) {
        (0, true) => phone.save("take!", (marker, 0), |sdk| sdk.take(case, act)),
        (0, false) => phone.save("verify!", (marker, 0), |sdk| {
            sdk.verify(case, gewu_model::entry::VerifyResult::Exists, act)
        }),
        (_, true) => phone.save("handle!", (marker, 0), |sdk| sdk.handle(case, act)),
        (_, false) => phone.save("check!", (marker, 0), |sdk| {
            sdk.check(case, CheckResult::Pass, act)
        }),
    };
}

fn somebody_else(person: &Person) -> &'static str {
    if person.name == "chen" { "li" } else { "chen" }
}
