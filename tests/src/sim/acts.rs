//! Every kind of entry that people write in a case after its report.

use gewu::{Act, Gewu, GewuError, PositionInput, Saved};
use gewu_model::entry::{CheckResult, ComponentDifference, FieldKind, SeenState, VerifyResult};
use gewu_model::ids::CaseId;
use gewu_model::media::EvidenceRole;

use super::day::Numbers;
use super::people::somewhere;
use super::phone::Phone;
use crate::disk::Dice;

/// An entry that is about to be written.
struct Writing {
    case: CaseId,
    other: Option<CaseId>,
    act: Act,
    draw: u64,
}

/// How many photos each kind brings here, and of what.
const fn photos_of(kind: FieldKind) -> &'static [EvidenceRole] {
    use EvidenceRole::{After, Before, Inspection, Scene};
    match kind {
        FieldKind::Verify | FieldKind::Check => &[Inspection],
        FieldKind::Handle => &[Before, After],
        FieldKind::Supplement | FieldKind::ComponentChange | FieldKind::HandedOver => &[Scene],
        FieldKind::Progress | FieldKind::Confirm | FieldKind::SuspendRequest => &[After],
        _ => &[],
    }
}

const fn takes_position(kind: FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::Verify
            | FieldKind::Check
            | FieldKind::Handle
            | FieldKind::Arrived
            | FieldKind::Progress
            | FieldKind::ComponentChange
    )
}

/// Writes an entry of `kind` in a case, as far as the SDK lets this person.
pub fn write(
    phone: &mut Phone,
    kind: FieldKind,
    (case, other): (CaseId, Option<CaseId>),
    numbers: &mut Numbers,
    dice: &mut Dice,
) {
    let roles = photos_of(kind);
    let mut act = Act::new();
    let marker = match kind {
        FieldKind::Seen => String::new(),
        _ => numbers.marker(),
    };
    if !marker.is_empty() {
        act = act.text(format!("{marker}现场"));
    }
    for role in roles {
        act = act.photo(numbers.photo(*role));
    }
    if takes_position(kind) {
        let (lon, lat) = somewhere(dice);
        act = act.at(PositionInput::wgs84(lon, lat).accurate_to(5.0));
    }
    let writing = Writing {
        case,
        other,
        act,
        draw: dice.below(6),
    };
    phone.save(kind.name(), (marker, roles.len()), |sdk| {
        call(sdk, kind, writing)
    });
}

fn call(sdk: &Gewu, kind: FieldKind, writing: Writing) -> Result<Saved, GewuError> {
    let Writing {
        case,
        other,
        act,
        draw,
    } = writing;
    match kind {
        FieldKind::Supplement => sdk.supplement(case, act),
        FieldKind::Withdraw => sdk.withdraw(case, act),
        FieldKind::Verify => sdk.verify(case, verified(draw), act),
        FieldKind::Take => sdk.take(case, act),
        FieldKind::SetOut => sdk.set_out(case, act),
        FieldKind::Arrived => sdk.arrive(case, act),
        FieldKind::Progress => sdk.progress(case, Some(40), act),
        FieldKind::Handle => sdk.handle(case, act),
        FieldKind::Confirm => sdk.confirm(case, act),
        FieldKind::SendBackRequest => sdk.ask_send_back(case, "not_ours", None, act),
        FieldKind::ExtendRequest => sdk.ask_extension(case, "2工作日", None, act),
        FieldKind::SuspendRequest => sdk.ask_suspension(case, "weather", None, act),
        FieldKind::Refuse => sdk.refuse(case, "not_ours", act),
        FieldKind::OwnershipDispute => sdk.dispute_ownership(case, None, act),
        FieldKind::Check => sdk.check(case, checked(draw), act),
        FieldKind::Rate => sdk.rate(case, 4, act),
        FieldKind::Urge => sdk.urge(case, act),
        FieldKind::ReopenRequest => sdk.ask_reopening(case, None, act),
        FieldKind::Appeal => sdk.appeal(case, "mistaken", None, act),
        FieldKind::DuplicateSuggestion => {
            sdk.suggest_duplicate(case, other.unwrap_or(case), None, act)
        }
        FieldKind::ComponentChange => {
            sdk.change_component(case, ComponentDifference::Removed, Some("c-1"), None, act)
        }
        FieldKind::Seen => sdk.seen(case, SeenState::Read, act),
        FieldKind::HandedOver => sdk.hand_over(case, None, Some("roads".into()), act),
        FieldKind::Note | FieldKind::Report => sdk.note(case, act),
    }
}

const fn verified(draw: u64) -> VerifyResult {
    match draw {
        0 => VerifyResult::NotExists,
        1 => VerifyResult::Unable,
        _ => VerifyResult::Exists,
    }
}

const fn checked(draw: u64) -> CheckResult {
    match draw {
        0 => CheckResult::NotPass,
        1 => CheckResult::Unable,
        _ => CheckResult::Pass,
    }
}
