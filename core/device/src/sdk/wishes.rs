//! Requests that would be set aside are not saved: the gate's own rules, asked beforehand.

use gewu_model::deadline::clocks::{Basis, Present, Told, Wish};
use gewu_model::entry::Payload;
use gewu_model::fold::CaseView;
use gewu_model::ids::{ChangeHash, UnitId};
use gewu_model::policy::Policy;

use crate::error::{DeviceError, Result};
use crate::packs::Packs;
use crate::write::{CaseLog, Pen};

/// Whether some rule could grant what `payload` asks for, in the name of that unit.
pub(super) fn check(
    pen: &Pen,
    log: &CaseLog,
    (policy, view, unit): (&Policy, &CaseView, Option<&UnitId>),
    payload: &Payload,
) -> Result<()> {
    if let Some((of, reason)) = reason(payload) {
        check_reason(&pen.packs, policy, of, reason)?;
    }
    if let Payload::HandedOver(handed) = payload {
        check_taker(policy, view, handed.unit.as_ref())?;
    }
    // Without one nothing can be reckoned, and that is left to the centre.
    let Some(calendars) = pen.packs.calendars() else {
        return Ok(());
    };
    let rows = log.live_rows();
    let received = |hash: &ChangeHash| log.get(hash)?.stored.received_at;
    let wish = Wish {
        told: Told {
            rows: &rows,
            view,
            root: log.any_root(),
            held: &*pen.packs,
        },
        received: &received,
        newest: rows.iter().filter_map(|row| received(&row.hash)).max(),
        policy,
        unit,
        claimed: (pen.servers_time, pen.stamp.trust),
    };
    let present = Present {
        calendars,
        held: &*pen.packs,
        basis: Basis::Estimate,
        now: pen.servers_time,
    };
    Ok(wish.judge(payload, &present)?)
}

/// Who takes a place over is a unit that the city's tree, a service of its or the case names, where there is a
/// tree to know that by. The server knows more; it sets nothing aside for a name, since what happened on the
/// spot happened.
fn check_taker(policy: &Policy, view: &CaseView, unit: Option<&UnitId>) -> Result<()> {
    let Some(unit) = unit.filter(|_| !policy.units().is_empty()) else {
        return Ok(());
    };
    let served = policy
        .services()
        .iter()
        .filter_map(|rule| rule.unit.as_ref());
    let mut known = policy.units().all().chain(served).chain(&view.units);
    match known.any(|own| own == unit) {
        true => Ok(()),
        false => Err(DeviceError::input(
            "unit",
            "names no unit of the city's tree: correct it, or name the person who took it and say the rest in words",
        )),
    }
}

/// The reason that a payload names, and of which list it is.
fn reason(payload: &Payload) -> Option<(&'static str, &str)> {
    match payload {
        Payload::SendBackRequest(asked) => Some(("send_back", &asked.reason)),
        Payload::ExtendRequest(asked) => Some(("extend", asked.reason.as_deref()?)),
        Payload::SuspendRequest(asked) => Some(("suspend", &asked.reason)),
        Payload::ReopenRequest(asked) => Some(("reopen", asked.reason.as_deref()?)),
        Payload::Refuse(refused) => Some(("refuse", &refused.reason)),
        Payload::Appeal(appeal) => Some(("appeal", &appeal.reason)),
        _ => None,
    }
}

/// A reason is one that the case's policy lists under `reason.LIST.`, or the built-in one where that lists
/// none. Where neither lists any, every reason does.
fn check_reason(packs: &Packs, policy: &Policy, list: &str, reason: &str) -> Result<()> {
    let known = packs.listed(policy, &format!("reason.{list}."));
    match known.is_empty() || known.iter().any(|own| own == reason) {
        true => Ok(()),
        false => Err(DeviceError::Reason(known.join(", "))),
    }
}
