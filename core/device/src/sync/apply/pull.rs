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
use gewu_model::time::Millis;
use gewu_sync::wire::{CasePull, PulledChange};

use super::{Applied, Applying};
use crate::error::Result;
use crate::store::changes;
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
        let receipt = self.receipt_of(pull);
        let covered: BTreeMap<ChangeHash, Millis> = receipt
            .iter()
            .flat_map(|receipt| &receipt.received)
            .map(|received| (received.change, received.at))
            .collect();
        let log = CaseLog::load(self.tx, case)?;
        match self.check(pull, &log, &covered)? {
            Some(checked) => {
                self.take(case, &checked, applied)?;
                self.erasures(case, &checked, applied)?;
                facts::set_refused(self.tx, case, false)?;
            }
            None => {
                facts::set_refused(self.tx, case, true)?;
                return Ok(());
            }
        }
        for item in pull
            .content
            .iter()
            .filter(|item| check_text(&item.text).is_ok())
        {
            content::insert(self.tx, case, item, false)?;
            applied.changed.insert(*case);
        }
        if let Some(masked) = &pull.contact {
            let view = CaseLog::load(self.tx, case)?.view(&self.pen.packs);
            let named = view.report.as_ref().and_then(|report| report.contact);
            cards::put_masked(self.tx, case, named.as_ref(), masked)?;
            applied.changed.insert(*case);
        }
        self.take_receipt(case, pull.receipt.as_ref(), receipt.as_ref(), applied)?;
        for membership in &pull.entered {
            scopes::enter(self.tx, case, membership)?;
            facts::set_gone(self.tx, case, false)?;
        }
        for membership in &pull.left {
            scopes::leave(self.tx, case, membership)?;
        }
        Ok(())
    }

    fn receipt_of(&self, pull: &CasePull) -> Option<CaseReceipt> {
        let signed = pull.receipt.as_ref()?;
        let receipt = signed.verify(&StandardSuite, &self.identity().server_key)?;
        (receipt.case == pull.case).then_some(receipt)
    }

    /// The changes that are new here, checked; `None` when one of them is not to be believed.
    fn check<'p>(
        &self,
        pull: &'p CasePull,
        log: &CaseLog,
        covered: &BTreeMap<ChangeHash, Millis>,
    ) -> Result<Option<Vec<Checked<'p>>>> {
        let mut known: BTreeSet<ChangeHash> = BTreeSet::new();
        let mut checked = Vec::new();
        let mut keys = BTreeMap::new();
        for pulled in &pull.changes {
            let hash = pulled.signed.hash();
            let held = log.get(&hash).is_some() || known.contains(&hash);
            if held || changes::find(self.tx, &hash)?.is_some() {
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
            let vouched = match self.key(&pulled.signed.key, &pull.case, &mut keys)? {
                Some(key) => {
                    let city = &self.identity().city;
                    pulled.signed.verify(&StandardSuite, &key, city, &pull.case)
                }
                None => covered.contains_key(&hash),
            };
            if !closed || !vouched || !is_of(&decoded, &pull.case) {
                return Ok(None);
            }
            known.insert(decoded.hash);
            checked.push(Checked { pulled, decoded });
        }
        Ok(Some(checked))
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

    fn take(&self, case: &CaseId, checked: &[Checked<'_>], applied: &mut Applied) -> Result<()> {
        for Checked { pulled, decoded } in checked {
            let signed = &pulled.signed;
            let own = signed.key == self.identity().key || self.is_case_key(&signed.key, case);
            let at = Some(pulled.received_at);
            changes::insert(self.tx, case, &decoded.hash, signed, own, None, at)?;
            if let Body::Root { case: fields } = &decoded.change.body
                && let Ok(root) = CaseRoot::from_fields(fields)
            {
                pins::put(self.tx, &root)?;
            }
            applied.received += 1;
            applied.progress = true;
            applied.changed.insert(*case);
        }
        Ok(())
    }

    /// The signed receipt frees the device of everything that it names.
    fn take_receipt(
        &self,
        case: &CaseId,
        signed: Option<&SignedReceipt>,
        receipt: Option<&CaseReceipt>,
        applied: &mut Applied,
    ) -> Result<()> {
        let (Some(signed), Some(receipt)) = (signed, receipt) else {
            return Ok(());
        };
        for received in &receipt.received {
            if changes::accept(self.tx, &received.change, received.at, self.block.at)? {
                applied.accepted += 1;
                applied.receipts += 1;
                applied.progress = true;
                applied.changed.insert(*case);
            }
            proofs::covered(self.tx, &received.change)?;
        }
        self.keep_earlier(case, receipt)?;
        facts::set_receipt(self.tx, case, &gewu_model::cbor::to_vec(signed))
    }

    /// A restored server gives a receipt that names less than the one before. That one is kept until
    /// everything in it is named again.
    fn keep_earlier(&self, case: &CaseId, new: &CaseReceipt) -> Result<()> {
        let tx = self.tx;
        let named: BTreeSet<ChangeHash> = new.received.iter().map(|it| it.change).collect();
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

/// Whether the change belongs to that case: a root names it, an entry can be read as one.
fn is_of(decoded: &DecodedChange, case: &CaseId) -> bool {
    match &decoded.change.body {
        Body::Root { case: fields } => {
            CaseRoot::from_fields(fields).is_ok_and(|root| root.id == *case)
        }
        Body::Entry { .. } => gewu_model::case::row(decoded).is_ok(),
    }
}
