//! What the author may do, knowing what the author knew.

use gewu_model::entry::{Body, EntryHeader, Payload, Report};
use gewu_model::fold::CaseView;
use gewu_model::ids::{GridCode, KeyId};
use gewu_model::place::GridCertainty;
use gewu_model::policy::{Asking, Capacity, Denied, DutyRule, Policy, Standing, Whereabouts};

use super::author::Author;
use super::judgement::{Checked, Judgement};
use super::past::entry;
use super::state::{AcceptedChange, CaseState};
use super::{Gate, Limits, Places, Rules, author::KeyFacts};
use crate::verdict::SetAside;

/// Nobody fills a case; the centre can always settle it.
pub(super) fn check_quota(
    limits: &Limits,
    case: &CaseState,
    author: &Author,
    key: &KeyId,
    header: &EntryHeader,
) -> Checked {
    let own = case.changes.iter().filter(|change| change.key == *key);
    let wrote =
        |change: &&AcceptedChange| entry(change).is_some_and(|entry| entry.header.by == header.by);
    let full = case.changes.len() >= limits.per_case
        || own.count() >= limits.per_key
        || case.changes.iter().filter(wrote).count() >= limits.per_author;
    if full && !author.is_server() {
        Err(SetAside::Quota.into())
    } else {
        Ok(())
    }
}

/// The case's own policy gives it to the author in this capacity, at the stage in which the author
/// saw the case.
pub(super) fn check_policy(
    gate: &Gate<'_>,
    policy: &Policy,
    case: &CaseState,
    facts: &KeyFacts<'_>,
    header: &EntryHeader,
    payload: &Payload,
    view: &CaseView,
) -> Checked {
    let who = Capacity {
        user: header.by.clone(),
        role: header.role.clone(),
        unit: header.unit.clone(),
    };
    let held = facts.author.named(&header.cert);
    let standing = held.map(Standing::from).unwrap_or_default();
    let place = case.place.clone();
    let asking = Asking {
        who: &who,
        standing: &standing,
        place: &place.unwrap_or_else(|| Whereabouts::of(view)),
        kind: &header.kind,
        variant: None,
        view,
    };
    let photos = || check_photos(policy, header, payload, view);
    match policy.judge(&asking) {
        // A citizen sees no instruction; the public status stands for the stage.
        Err(Denied::Stage) if offered(facts.author, header) => photos(),
        Err(
            Denied::Stage
            | Denied::CheckFailed
            | Denied::NothingDone
            | Denied::NotDoneThere
            | Denied::NotFoundDone
            | Denied::NotCheckedAgain
            | Denied::NothingToSpotCheck
            | Denied::NotFiled
            | Denied::NotConfirmed
            | Denied::WasDispatched
            | Denied::NotSelfHandled
            | Denied::NotFoundUndone
            | Denied::Ended
            | Denied::HasIt
            | Denied::HasItNot
            | Denied::NotOwnTask
            | Denied::NotBelow
            | Denied::NothingToAnswer,
        ) => Err(SetAside::Stage.into()),
        Err(
            Denied::NotYours
            | Denied::NotAsked
            | Denied::Over
            | Denied::NothingAsked
            | Denied::TakenBack
            | Denied::Team
            | Denied::Helping
            | Denied::NotReporter
            | Denied::NotInvolved
            | Denied::Elsewhere
            | Denied::Class,
        ) => Err(SetAside::NotPermitted.into()),
        Err(Denied::Separation) => Err(SetAside::Separation.into()),
        Err(Denied::MustAccept) => Err(SetAside::MustAccept.into()),
        Ok(()) => {
            photos()?;
            check_duty_grid(gate.places, policy, facts.author, header, payload)
        }
    }
}

/// The photos are as many, and from where, as policy wants of the class. Where a photo came from is
/// its author's word; an honest device has checked it too.
fn check_photos(
    policy: &Policy,
    header: &EntryHeader,
    payload: &Payload,
    view: &CaseView,
) -> Checked {
    let class = match payload {
        Payload::Report(report) => Some(&report.class),
        _ => view.report.as_ref().map(|report| &report.class),
    };
    let checked = policy.check_photos(&header.kind, &header.role, class, payload.photos());
    checked.map_err(|_| SetAside::Photos.into())
}

/// Whether a public status gave a citizen leave, which the check of what is answered has shown.
fn offered(author: &Author, header: &EntryHeader) -> bool {
    matches!(author, Author::Citizen { .. }) && header.answers.is_some()
}

/// Where policy blocks reports from outside the author's own duty grids, the report lies inside.
fn check_duty_grid(
    places: Option<&dyn Places>,
    policy: &Policy,
    author: &Author,
    header: &EntryHeader,
    payload: &Payload,
) -> Checked {
    let (Author::Staff(held), Payload::Report(report)) = (author, payload) else {
        return Ok(());
    };
    let named = held.iter().find(|held| held.digest == header.cert);
    let outside = named.is_some_and(|held| {
        let own = &held.certificate.duty_grids;
        outside(own, report) || outside_by_map(places, own, report)
    });
    if policy.outside_duty_grid() == DutyRule::Block && outside {
        Err(SetAside::OutsideDutyGrid.into())
    } else {
        Ok(())
    }
}

/// Outside by the server's own map, for a report that names an area or no grid: its device says that it
/// had no unit grids of the place, so it cannot have applied the rule.
fn outside_by_map(places: Option<&dyn Places>, own: &[GridCode], report: &Report) -> bool {
    let unit = report.grid.as_ref().filter(|grid| grid.level.is_none());
    if unit.is_some() || own.is_empty() {
        return false;
    }
    let found = places.and_then(|places| places.duty_grids(&report.position));
    found.is_some_and(|found| !found.iter().any(|grid| own.contains(grid)))
}

/// Outside by what the report itself says. Where the accuracy circle crosses the border of a unit
/// grid the place may lie in the own duty grid beyond it. Whether it does only the device knows,
/// which has the map.
fn outside(own: &[GridCode], report: &Report) -> bool {
    let unit = report.grid.as_ref().filter(|grid| grid.level.is_none());
    let Some(grid) = unit.filter(|_| !own.is_empty()) else {
        return false;
    };
    let may_be_inside =
        grid.certainty == GridCertainty::Border && report.position.reach_mm().is_some();
    let duty = grid.duty.as_ref();
    !may_be_inside && duty.is_none_or(|duty| !own.contains(duty))
}

/// The class and condition of a report stand in the catalogue that the case pins.
pub(super) fn check_class(rules: &Rules, case: &CaseState, payload: &Payload) -> Checked {
    let report = match payload {
        Payload::Report(report) => report,
        Payload::Instruction(_, Body::Register(register)) => &register.report,
        _ => return Ok(()),
    };
    let root = case.root.as_ref().ok_or(Judgement::Pending)?;
    let catalogue = rules.catalogues.get(&root.catalogue);
    catalogue
        .ok_or(Judgement::Pending)?
        .check(&root.edition, &report.class, report.condition.as_deref())
        .map(|_| ())
        .map_err(|_| SetAside::Payload.into())
}
