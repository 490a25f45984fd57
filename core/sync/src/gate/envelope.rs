//! Checks of the bytes and of who signed them, before anything that they say is looked at.

use gewu_model::change::{self, DecodedChange, decode_strict};
use gewu_model::ids::ChangeHash;
use gewu_model::signed::SignedChange;

use super::author::{KeyFacts, Standing, Stated};
use super::judgement::{Checked, Judgement};
use super::state::{CaseState, Fate};
use super::{Gate, Word};
use crate::verdict::SetAside;

const DAY_MS: i64 = 86_400_000;

/// Ends the judging of a change that is part of the case, or lies under a tombstone.
pub(super) fn check_new(case: &CaseState, hash: &ChangeHash) -> Checked {
    if let Some(known) = case.accepted(hash) {
        return Err(Judgement::Known {
            received_at: known.received_at,
        });
    }
    match case.fates.get(hash) {
        Some(Fate::Erased) => Err(Judgement::Erased),
        _ => Ok(()),
    }
}

/// Reads the change, provided that it is one of ours in its canonical form.
pub(super) fn open(signed: &SignedChange, limits: &change::Limits) -> Checked<DecodedChange> {
    decode_strict(&signed.bytes, limits).map_err(|_| Judgement::Unproven(SetAside::Malformed))
}

/// The facts of the key that signed, if the server knows it. It did know the key of whatever it has
/// receipted, so that waits until it does again.
pub(super) fn known_key<'f>(
    facts: Option<&'f KeyFacts<'f>>,
    receipted: bool,
) -> Checked<&'f KeyFacts<'f>> {
    facts.ok_or_else(|| match receipted {
        true => Judgement::Waiting { missing: vec![] },
        false => Judgement::Unproven(SetAside::Standing),
    })
}

/// The key on file signed exactly this for this case of this city.
pub(super) fn check_signature(
    gate: &Gate<'_>,
    case: &CaseState,
    facts: &KeyFacts<'_>,
    signed: &SignedChange,
) -> Checked {
    let key = facts.author.key();
    let holds = key.is_some_and(|key| signed.verify(gate.verifier, key, &gate.city, &case.case));
    if holds {
        Ok(())
    } else {
        Err(Judgement::Unproven(SetAside::Signature))
    }
}

/// The actor is the signer's own. From here on the change is its author's beyond doubt.
pub(super) fn check_actor(signed: &SignedChange, decoded: &DecodedChange) -> Checked {
    if decoded.change.actor.key() == signed.key {
        Ok(())
    } else {
        Err(Judgement::Unproven(SetAside::Author))
    }
}

/// A change that was set aside stays so.
pub(super) fn check_fate(case: &CaseState, hash: &ChangeHash) -> Checked {
    match case.fates.get(hash) {
        Some(Fate::SetAside { reason, .. }) => Err((*reason).into()),
        _ => Ok(()),
    }
}

/// The device may still write.
pub(super) fn check_standing(gate: &Gate<'_>, facts: &KeyFacts<'_>, word: Word) -> Checked {
    let stands = match facts.standing {
        Standing::Compromised if word == Word::Operator => true,
        Standing::Compromised => return Err(Judgement::Pending),
        Standing::Good => facts.author.valid_at(gate.now),
        Standing::Retired { until } => gate.now < until,
        Standing::Expired => false,
    };
    if stands {
        Ok(())
    } else {
        Err(SetAside::Standing.into())
    }
}

/// The counter is the change's own, and nothing that the key said since contradicts it.
pub(super) fn check_counter(facts: &KeyFacts<'_>, signed: &SignedChange) -> Checked {
    let (history, hash) = (facts.history, signed.hash());
    let holder = history.holder(signed.counter);
    let in_order = match history.stated(signed.counter, &hash) {
        Stated::Listed => true,
        Stated::Withheld => false,
        Stated::Nothing => signed.counter > history.highest() || holder == Some(hash),
    };
    if in_order && holder.is_none_or(|holder| holder == hash) {
        Ok(())
    } else {
        Err(SetAside::Counter.into())
    }
}

/// Nobody floods the city: what one device sends beyond its quota waits for the next day.
pub(super) fn check_rate(gate: &Gate<'_>, facts: &KeyFacts<'_>) -> Checked {
    let since = gate.now.plus(-DAY_MS);
    if facts.author.is_server() || facts.history.accepted_since(since) < gate.limits.per_day {
        Ok(())
    } else {
        Err(Judgement::Pending)
    }
}
