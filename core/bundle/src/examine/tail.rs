//! What nobody has judged yet: whether the case's own rules let its author write it.

use gewu_model::entry::Kind;
use gewu_model::fold::{Row, fold_by};
use gewu_model::policy::{Capacity, Denied, Policy};

use super::history::{History, Link, past_of};
use crate::fault::{Fault, Finding};
use crate::name::Member;
use crate::record::CaseRecord;
use crate::report::{Signer, Standing};

/// The longest tail of a case. The server takes 200 changes of one key.
const MAX_TAIL: usize = 500;

/// Judges the tail by the policy that the case pins. Without its body nobody can; a stage that only
/// a citizen's public status permits is the server's to judge.
pub(super) fn check(
    record: &CaseRecord,
    history: &History,
    policy: Option<&Policy>,
    findings: &mut Vec<Finding>,
) {
    let Some(policy) = policy else { return };
    let tail: Vec<&Link> = history
        .links
        .iter()
        .filter(|link| link.standing == Standing::Unconfirmed)
        .collect();
    if tail.len() > MAX_TAIL {
        // Each is judged on the fold of its own past, which a hostile bundle could make us pay for.
        findings.push(Finding::at(Member::Case(record.case), Fault::TooMany));
        return;
    }
    for link in tail {
        if !permitted(history, link, policy) {
            let member = Member::Case(record.case);
            findings.push(Finding::of(member, link.hash, Fault::NotPermitted));
        }
    }
}

fn permitted(history: &History, link: &Link, policy: &Policy) -> bool {
    let Some(written) = &link.row.entry else {
        return true;
    };
    let header = &written.entry.header;
    if !matches!(header.kind, Kind::Field(_)) {
        return true;
    }
    let past = past_of(history, &link.row.deps);
    let known = history
        .links
        .iter()
        .filter(|link| past.contains(&link.hash));
    let rows: Vec<Row> = known.map(|link| link.row.clone()).collect();
    let view = fold_by(&rows, &policy.rules());
    let who = Capacity {
        user: header.by.clone(),
        role: header.role.clone(),
        unit: header.unit.clone(),
    };
    match policy.permits(&who, &header.kind, &view) {
        Ok(()) => true,
        Err(Denied::Stage) => matches!(link.signer, Signer::CaseKey | Signer::EndorsedKey),
        Err(_) => false,
    }
}
