//! What people do in the field, drawn by dice.

use gewu::{Act, Gewu, GewuError, PhotoInput, PositionInput, Query, ReportInput, Saved, Task};
use gewu_model::entry::{Assign, Body, CheckResult, ClassKind, ClassRef, VerifyResult};
use gewu_model::ids::CaseId;
use gewu_model::media::EvidenceRole;

use super::people::{Person, one_of, somewhere};
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

/// Numbers saves and pictures.
#[derive(Debug, Default)]
pub struct Numbers {
    saves: u64,
    pictures: u64,
}

impl Numbers {
    /// Words that no other save has.
    fn marker(&mut self) -> String {
        self.saves += 1;
        format!("save-{} ", self.saves)
    }

    fn photo(&mut self, role: EvidenceRole) -> PhotoInput {
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
    let cases: Vec<_> = sdk
        .list(&query)
        .map(|page| page.rows)
        .unwrap_or_default()
        .iter()
        .map(|row| row.case)
        .collect();
    let task = one_of(dice, &tasks).cloned();
    let case = one_of(dice, &cases).copied();
    let reporter = phone.person.is("inspector") || phone.person.is_citizen();
    let busy = cases.len() >= 6 && !dice.one_in(8);
    match (dice.below(20), task, case) {
        (0, _, Some(case)) if !phone.person.is_citizen() => wrongdoing(phone, case, numbers, dice),
        (1..=14, Some(task), _) => answer(phone, &task, numbers, dice),
        (1..=14, _, _) if reporter && !busy => report(phone, numbers, dice),
        (_, _, Some(case)) => remark(phone, case, numbers, dice),
        _ => {}
    }
}

fn report(phone: &mut Phone, numbers: &mut Numbers, dice: &mut Dice) {
    let marker = numbers.marker();
    let photos: Vec<_> = (0..dice.below(3))
        .map(|_| numbers.photo(EvidenceRole::Scene))
        .collect();
    let (lon, lat) = somewhere(dice);
    let class = CLASSES[usize::try_from(dice.below(4)).unwrap_or(0)];
    let input = ReportInput {
        class: Some(ClassRef {
            kind: class.0,
            code: class.1.to_owned(),
        }),
        position: Some(PositionInput::wgs84(lon, lat).accurate_to(5.0)),
        text: Some(format!("{marker}井盖缺失")),
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

/// Does what a task asks.
fn answer(phone: &mut Phone, task: &Task, numbers: &mut Numbers, dice: &mut Dice) {
    let marker = numbers.marker();
    let act = Act::new().text(format!("{marker}现场"));
    let case = task.row.case;
    let draw = dice.below(4);
    match task.question.as_str() {
        "verify" => {
            let result = match draw {
                0 => VerifyResult::NotExists,
                1 => VerifyResult::Unable,
                _ => VerifyResult::Exists,
            };
            let act = act.photo(numbers.photo(EvidenceRole::Inspection));
            phone.save("verify", (marker, 1), |sdk| sdk.verify(case, result, act));
        }
        "check" => {
            let result = match draw {
                0 => CheckResult::NotPass,
                1 => CheckResult::Unable,
                _ => CheckResult::Pass,
            };
            let act = act.photo(numbers.photo(EvidenceRole::Inspection));
            phone.save("check", (marker, 1), |sdk| sdk.check(case, result, act));
        }
        _ => work(phone, case, (marker, act), numbers, draw),
    }
}

fn work(
    phone: &mut Phone,
    case: CaseId,
    (marker, act): (String, Act),
    numbers: &mut Numbers,
    draw: u64,
) {
    match draw {
        0 => phone.save("take", (marker, 0), |sdk| sdk.take(case, act)),
        1 => phone.save("set_out", (marker, 0), |sdk| sdk.set_out(case, act)),
        2 if phone.person.is("unit_lead") => {
            assign(phone, case);
            None
        }
        _ => {
            let act = act
                .photo(numbers.photo(EvidenceRole::Before))
                .photo(numbers.photo(EvidenceRole::After));
            phone.save("handle", (marker, 2), |sdk| sdk.handle(case, act))
        }
    };
}

/// The unit's lead asks the centre to name the person.
fn assign(phone: &mut Phone, case: CaseId) {
    let body = Body::Assign(Assign {
        person: Some(phone.person.name.into()),
        note: None,
        team: None,
    });
    let Some(sdk) = phone.sdk() else { return };
    match sdk.command(case, body, Some("亲自去 / going myself")) {
        Ok(_) => phone.tell("asks the centre to assign"),
        Err(error) => phone.tell(format_args!("cannot ask for an assignment: {error}")),
    }
}

/// Adds something to a case that is on the phone.
fn remark(phone: &mut Phone, case: CaseId, numbers: &mut Numbers, dice: &mut Dice) {
    let marker = numbers.marker();
    let act = Act::new().text(format!("{marker}备注"));
    if !phone.person.is_citizen() {
        phone.save("note", (marker, 0), |sdk| sdk.note(case, act));
        return;
    }
    match dice.below(8) {
        0 => phone.save("withdraw", (marker, 0), |sdk| sdk.withdraw(case, act)),
        1..=3 => phone.save("rate", (marker, 0), |sdk| sdk.rate(case, 4, act)),
        _ => {
            let act = act.photo(numbers.photo(EvidenceRole::Scene));
            phone.save("supplement", (marker, 1), |sdk| sdk.supplement(case, act))
        }
    };
}

/// What a modified app may try: the server must set it aside and go on with the rest.
fn wrongdoing(phone: &mut Phone, case: CaseId, numbers: &mut Numbers, dice: &mut Dice) {
    let marker = numbers.marker();
    let mut act = Act::new().text(format!("{marker}越权")).unchecked(true);
    if dice.one_in(2) {
        act.claimed_author = Some(somebody_else(&phone.person).into());
    }
    if phone.person.is("inspector") {
        phone.save("handle!", (marker, 0), |sdk| sdk.handle(case, act));
    } else {
        phone.save("check!", (marker, 0), |sdk| {
            sdk.check(case, CheckResult::Pass, act)
        });
    }
}

fn somebody_else(person: &Person) -> &'static str {
    if person.name == "chen" { "li" } else { "chen" }
}
