//! Requests for more time that no city's rule could grant ([`Wish`]).

use std::collections::HashMap;

use gewu_model::deadline::clocks::{Basis, Present, Told, Wish};
use gewu_model::entry::{EntryHeader, FieldKind, Kind, Payload};
use gewu_model::fold::{CaseView, Row};
use gewu_model::ids::ChangeHash;
use gewu_model::policy::Policy;

use super::Gate;
use super::judgement::Checked;
use super::past::Past;
use super::state::CaseState;
use crate::verdict::SetAside;

/// The case, the author's past of it, and what the fold makes of that past.
type Seen<'a> = (&'a CaseState, &'a Past<'a>, &'a CaseView);

/// Sets aside what the rules on extensions and suspensions could not grant.
pub(super) fn check(
    gate: &Gate<'_>,
    policy: &Policy,
    (case, past, view): Seen<'_>,
    header: &EntryHeader,
    payload: &Payload,
) -> Checked {
    let asks = matches!(
        header.kind,
        Kind::Field(FieldKind::ExtendRequest | FieldKind::SuspendRequest)
    );
    if !asks {
        return Ok(());
    }
    let rows: Vec<Row> = past.rows().cloned().collect();
    let times: HashMap<_, _> = past
        .changes()
        .map(|change| (change.hash, change.received_at))
        .collect();
    let wish = Wish {
        told: Told {
            rows: &rows,
            view,
            root: case.root.as_ref(),
            held: gate.rules,
        },
        received: &|hash: &ChangeHash| times.get(hash).copied(),
        policy,
        unit: header.unit.as_ref(),
        claimed: (header.claimed_at, header.clock),
    };
    let present = Present {
        calendars: &gate.rules.calendars,
        held: gate.rules,
        basis: Basis::Authoritative,
        now: gate.now,
    };
    let judged = wish.judge(payload, &present);
    judged.map_err(|_| SetAside::TimeRules.into())
}
