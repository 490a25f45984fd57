//! The change that begins a case.

use gewu_model::case::{CaseRoot, SCHEMA};
use gewu_model::change::Fields;
use gewu_model::entry::{FieldKind, Kind};
use gewu_model::fold::fold;
use gewu_model::policy::{Capacity, Policy};

use super::author::KeyFacts;
use super::judgement::{Checked, Judgement};
use super::state::CaseState;
use super::{Gate, Rules};
use crate::verdict::SetAside;

/// What the root says, if the case has none yet.
pub(super) fn read(case: &CaseState, fields: &Fields) -> Checked<CaseRoot> {
    if case.root.is_some() || !case.changes.is_empty() {
        return Err(SetAside::SecondRoot.into());
    }
    let root = CaseRoot::from_fields(fields).map_err(|_| SetAside::Shape)?;
    match (root.schema, root.id == case.case) {
        (_, false) | (0, _) => Err(SetAside::Shape.into()),
        (schema, _) if schema > SCHEMA => Err(Judgement::Pending),
        _ => Ok(root),
    }
}

/// The server knows the packs that the root pins, and the edition is one of the catalogue's.
pub(super) fn check_pins<'r>(rules: &'r Rules, root: &CaseRoot) -> Checked<&'r Policy> {
    let catalogue = rules.catalogues.get(&root.catalogue);
    let policy = rules.policies.get(&root.policy);
    match (policy, catalogue) {
        (Some(policy), Some(catalogue)) if catalogue.has_edition(&root.edition) => Ok(policy),
        _ => Err(SetAside::Pins.into()),
    }
}

/// A case is begun by someone who may report, or by the server.
pub(super) fn check_permission(
    gate: &Gate<'_>,
    facts: &KeyFacts<'_>,
    counter: u64,
    root: &CaseRoot,
) -> Checked {
    let policy = check_pins(gate.rules, root)?;
    // Whoever has the rules of today begins no case under those of yesterday.
    let mut pins = [root.policy, root.catalogue].into_iter();
    if pins.any(|pack| facts.history.outgrew(&pack, counter)) {
        return Err(SetAside::Pins.into());
    }
    let (report, nothing) = (Kind::Field(FieldKind::Report), fold(&[]));
    let may_report = facts.author.roles().into_iter().any(|(user, role)| {
        let unit = None;
        let who = Capacity { user, role, unit };
        policy.permits(&who, &report, &nothing).is_ok()
    });
    if may_report || facts.author.is_server() {
        Ok(())
    } else {
        Err(SetAside::NotPermitted.into())
    }
}
