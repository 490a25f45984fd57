//! Requests for more time that no city's rule could grant ([`Wish`]).

use std::collections::HashMap;

use gewu_model::deadline::clocks::{Basis, Present, Told, Wish};
use gewu_model::entry::{EntryHeader, FieldKind, Kind, Payload};
use gewu_model::fold::{CaseView, Row};
use gewu_model::ids::ChangeHash;
use gewu_model::policy::Policy;
use gewu_model::time::Millis;

use super::author::Stated;
use super::judgement::Checked;
use super::past::{Past, kind};
use super::state::AcceptedChange;
use super::{Gate, Subject};
use crate::verdict::SetAside;

/// The author's past of the case, and what the fold makes of that past.
type Seen<'a> = (&'a Past<'a>, &'a CaseView);

/// Sets aside what the rules on extensions and suspensions could not grant.
pub(super) fn check(
    gate: &Gate<'_>,
    policy: &Policy,
    subject: &Subject<'_>,
    (past, view): Seen<'_>,
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
            root: subject.case.root.as_ref(),
            held: gate.rules,
        },
        received: &|hash: &ChangeHash| times.get(hash).copied(),
        newest: newest_receipt(gate.now, subject, past),
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

/// The newest receipt in the past that the author can have had. An instruction was there when it was
/// handed out. Of what people wrote, neither what came in this very exchange counts, nor what the author's
/// device first spoke of in one breath with this change, however many exchanges it took to bring both.
fn newest_receipt(now: Millis, subject: &Subject<'_>, past: &Past<'_>) -> Option<Millis> {
    let signed = subject.signed;
    let hash = subject.decoded.hash;
    let had = |change: &&AcceptedChange| {
        let told_together = || {
            let stated = subject.facts.history.stated(change.counter, &hash);
            change.key == signed.key && stated == Stated::Listed
        };
        let instructs = matches!(kind(change), Some(Kind::Instruction(_)));
        instructs || (change.received_at < now && !told_together())
    };
    let had = past.changes().filter(had);
    had.map(|change| change.received_at).max()
}
