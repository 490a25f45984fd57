//! What is new of other people's work. Nothing of it is believed before it is checked: the bytes
//! are changes of ours, each is signed by a certified author or covered by the server's receipt,
//! and nothing that it was made upon is missing. A case that fails is left as it was and shown as
//! refused; the others go on.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::case::CaseRoot;
use gewu_model::change::{Body, DecodedChange, Limits, decode_strict};
use gewu_model::content::check_text;
use gewu_model::crypto::{PublicKey, Signer, StandardSuite};
use gewu_model::ids::{CaseId, ChangeHash, KeyId};
use gewu_model::receipt::{CaseReceipt, SignedReceipt};
use gewu_model::signed::SignedChange;
use gewu_model::small::Gather as _;
use gewu_sync::wire::{CasePull, PulledChange};

use super::{Applied, Applying};
use crate::error::Result;
use crate::store::changes::{self, State, StoredChange};
use crate::store::{cards, content, facts, pins, proofs, read, scopes, told};
use crate::write::CaseLog;

/// A pulled change that has passed every check.
pub(super) struct Checked<'a> {
    pub(super) pulled: &'a PulledChange,
    pub(super) decoded: DecodedChange,
}

impl Applying<'_> {
    pub(super) fn pull(&self, pull: &CasePull, applied: &mut Applied) -> Result<()> {
        let case = &pull.case;
        let signed = self.whole_receipt(pull)?;
        let receipt = signed
            .as_ref()
            .and_then(|signed| self.checked(pull, signed));
        if pull.short.is_some() && receipt.is_none() {
            applied.whole_receipts.insert(*case);
        }
        let covered: BTreeSet<ChangeHash> = receipt
            .iter()
            .flat_map(|receipt| &receipt.received)
            .map(|received| received.change)
            .into_set();
        let mut log = CaseLog::load(self.tx, case)?;
        let Some(checked) = self.check(pull, &log, &covered)? else {
            return facts::set_refused(self.tx, case, true);
        };
        self.take(&mut log, &checked, applied)?;
        self.erasures(case, &checked, applied)?;
        facts::set_refused(self.tx, case, false)?;
        for item in pull
            .content
            .iter()
            .filter(|item| check_text(&item.text).is_ok())
        {
            content::insert(self.tx, case, item, false)?;
            applied.changed.insert(*case);
        }
        if let Some(masked) = &pull.contact {
            let view = log.view(&self.pen.packs);
            let named = view.report.as_ref().and_then(|report| report.contact);
            cards::put_masked(self.tx, case, named.as_ref(), masked)?;
            applied.changed.insert(*case);
        }
        let freed = self.take_receipt(&log, signed.as_ref(), receipt.as_ref(), applied)?;
        for membership in &pull.entered {
            scopes::enter(self.tx, case, membership)?;
            facts::set_gone(self.tx, case, false)?;
        }
        for membership in &pull.left {
            scopes::leave(self.tx, case, membership)?;
        }
        // Its rows are in memory now: reading them again later would double the work of a first sync.
        let settled = !freed && pull.left.is_empty() && !applied.rebase.contains(case);
        if settled && applied.changed.remove(case) {
            self.show(&mut log)?;
            applied.shown.insert(*case);
        }
        Ok(())
    }

    /// The receipt that came, put together where it came in its short form.
    fn whole_receipt(&self, pull: &CasePull) -> Result<Option<SignedReceipt>> {
        let Some(short) = &pull.short else {
            return Ok(pull.receipt.clone());
        };
        let before = match facts::receipt(self.tx, &pull.case)? {
            Some(bytes) if short.kept > 0 => {
                let held: SignedReceipt = read(&bytes)?;
                let held: CaseReceipt = read(&held.body)?;
                held.received
            }
            _ => Vec::new(),
        };
        let changes = pull.changes.iter();
        let told: Vec<_> = changes
            .map(|pulled| (pulled.signed.hash(), pulled.received_at))
            .collect();
        Ok(short.whole(pull.case, &before, &told))
    }

    fn checked(&self, pull: &CasePull, signed: &SignedReceipt) -> Option<CaseReceipt> {
        let receipt = signed.verify(&StandardSuite, &self.identity().server_key)?;
        (receipt.case == pull.case).then_some(receipt)
    }

    /// The changes that are new here, checked; `None` when one of them is not to be believed.
    fn check<'p>(
        &self,
        pull: &'p CasePull,
        log: &CaseLog,
        covered: &BTreeSet<ChangeHash>,
    ) -> Result<Option<Vec<Checked<'p>>>> {
        let mut known: BTreeSet<ChangeHash> = BTreeSet::new();
        let mut checked = Vec::new();
        let mut keys = BTreeMap::new();
        for pulled in &pull.changes {
            let hash = pulled.signed.hash();
            let held = log.get(&hash).is_some() || known.contains(&hash);
            if held || changes::is_known(self.tx, &hash)? {
                continue;
            }
            let Ok(decoded) = decode_strict(&pulled.signed.bytes, &Limits::default()) else {
                return Ok(None);
            };
            let closed = decoded
                .change
                .deps
                .iter()
                .all(|dep| log.get(dep).is_some() || known.contains(dep));
            // The receipt names what the bytes say, and the bytes name their author's key. That the server
            // checked the signature is its word; whoever needs more has the signature to check.
            let vouched = (covered.contains(&hash) && names_signer(&decoded, &pulled.signed))
                || self.is_signed(pull, pulled, &mut keys)?;
            if !closed || !vouched || !is_of(&decoded, &pull.case) {
                return Ok(None);
            }
            known.insert(decoded.hash);
            checked.push(Checked { pulled, decoded });
        }
        Ok(Some(checked))
    }

    fn is_signed(
        &self,
        pull: &CasePull,
        pulled: &PulledChange,
        keys: &mut BTreeMap<KeyId, Option<PublicKey>>,
    ) -> Result<bool> {
        let city = &self.identity().city;
        let key = self.key(&pulled.signed.key, &pull.case, keys)?;
        Ok(key.is_some_and(|key| {
            let signed = &pulled.signed;
            signed.verify(&StandardSuite, &key, city, &pull.case)
        }))
    }

    /// The public key of that name, as far as this device can know it.
    fn key(
        &self,
        id: &KeyId,
        case: &CaseId,
        known: &mut BTreeMap<KeyId, Option<PublicKey>>,
    ) -> Result<Option<PublicKey>> {
        if let Some(key) = known.get(id) {
            return Ok(key.clone());
        }
        let identity = self.identity();
        let key = if *id == identity.server_key.id() {
            Some(identity.server_key.clone())
        } else if *id == identity.key {
            Some(identity.signer.public_key())
        } else if self.is_case_key(id, case) {
            Some(identity.case_signer(case).public_key())
        } else {
            let signed = told::certificate(self.tx, id)?;
            signed.and_then(|signed| Some(signed.certificate().ok()?.key))
        };
        known.insert(*id, key.clone());
        Ok(key)
    }

    fn is_case_key(&self, id: &KeyId, case: &CaseId) -> bool {
        let identity = self.identity();
        identity.is_citizen() && identity.case_signer(case).public_key().id() == *id
    }

    fn take(
        &self,
        log: &mut CaseLog,
        checked: &[Checked<'_>],
        applied: &mut Applied,
    ) -> Result<()> {
        let case = log.case;
        for Checked { pulled, decoded } in checked {
            let signed = &pulled.signed;
            let own = signed.key == self.identity().key || self.is_case_key(&signed.key, &case);
            let at = pulled.received_at;
            changes::insert(self.tx, &case, &decoded.hash, signed, own, None, Some(at))?;
            log.push(
                StoredChange::received(case, decoded.hash, signed, own, at),
                decoded,
            )?;
            if let Body::Root { case: fields } = &decoded.change.body
                && let Ok(root) = CaseRoot::from_fields(fields)
            {
                pins::put(self.tx, &root)?;
            }
            applied.received += 1;
            applied.progress = true;
            applied.changed.insert(case);
        }
        Ok(())
    }

    /// The signed receipt frees the device of everything that it names. Answers whether that was news.
    fn take_receipt(
        &self,
        log: &CaseLog,
        signed: Option<&SignedReceipt>,
        receipt: Option<&CaseReceipt>,
        applied: &mut Applied,
    ) -> Result<bool> {
        let case = &log.case;
        let (Some(signed), Some(receipt)) = (signed, receipt) else {
            return Ok(false);
        };
        let settled = |hash: &ChangeHash| {
            let stored = log.get(hash).map(|change| &change.stored);
            stored.is_some_and(|held| held.state == State::Accepted && held.block.is_none())
        };
        let mut freed = false;
        for received in receipt.received.iter().filter(|it| !settled(&it.change)) {
            if changes::accept(self.tx, &received.change, received.at, self.block.at)? {
                applied.accepted += 1;
                applied.receipts += 1;
                applied.progress = true;
                applied.changed.insert(*case);
                freed = true;
            }
            proofs::covered(self.tx, &received.change)?;
        }
        self.keep_earlier(case, receipt)?;
        facts::set_receipt(self.tx, case, &gewu_model::cbor::to_vec(signed))?;
        Ok(freed)
    }

    /// A restored server gives a receipt that names less than the one before. That one is kept until
    /// everything in it is named again.
    fn keep_earlier(&self, case: &CaseId, new: &CaseReceipt) -> Result<()> {
        let tx = self.tx;
        let named: BTreeSet<ChangeHash> = new.received.iter().map(|it| it.change).into_set();
        let is_needed = |signed: &SignedReceipt| {
            let old: Option<CaseReceipt> = gewu_model::cbor::from_slice(&signed.body).ok();
            old.is_some_and(|old| old.received.iter().any(|it| !named.contains(&it.change)))
        };
        if let Some(bytes) = facts::receipt(tx, case)? {
            let last: SignedReceipt = read(&bytes)?;
            if is_needed(&last) {
                proofs::keep_earlier(tx, case, &last)?;
            }
        }
        for signed in proofs::earlier(tx, case)? {
            if !is_needed(&signed) {
                proofs::drop_earlier(tx, case, &signed)?;
            }
        }
        Ok(())
    }
}

/// Whether the actor in the bytes is the signer's.
fn names_signer(decoded: &DecodedChange, signed: &SignedChange) -> bool {
    decoded.change.actor.key() == signed.key
}

/// Whether the change belongs to that case: a root names it, an entry can be read as one.
fn is_of(decoded: &DecodedChange, case: &CaseId) -> bool {
    match &decoded.change.body {
        Body::Root { case: fields } => {
            CaseRoot::from_fields(fields).is_ok_and(|root| root.id == *case)
        }
        Body::Entry { .. } => gewu_model::case::row(decoded).is_ok(),
    }
}
