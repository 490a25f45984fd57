//! What shows a server whose keys signed what it is sent: endorsements, and certificates that it may have lost.

use std::collections::{BTreeMap, BTreeSet};

use gewu_model::cert::{Endorsement, SignedCertificate};
use gewu_model::ids::{Digest, KeyId};
use gewu_model::signed::SignedChange;
use gewu_model::small::Gather as _;
use gewu_sync::wire::{CasePush, CounterStatement};
use rusqlite::Connection;

use super::Parcel;
use crate::error::Result;
use crate::store::{keys, meta, read, told};
use crate::write::log::decode_entry;

/// The most certificates that one request carries.
const MOST_CERTIFICATES: usize = 500;
/// The most keys of citizens that one request names before their cases come.
const MOST_ENDORSEMENTS: usize = 200;

/// The endorsements of keys that state something while none of their cases goes with it.
pub(super) fn endorsements(
    tx: &Connection,
    counters: &[CounterStatement],
    cases: &[CasePush],
) -> Result<Option<Vec<Endorsement>>> {
    let pushed = cases.iter().filter_map(|push| push.endorsement.as_ref());
    let pushed: BTreeSet<KeyId> = pushed.map(|made| made.key.id()).into_set();
    let alone = counters.iter().filter(|own| !pushed.contains(&own.key));
    let mut found = Vec::new();
    for statement in alone {
        found.extend(keys::endorsement(tx, &statement.key)?);
        if found.len() == MOST_ENDORSEMENTS {
            break;
        }
    }
    Ok((!found.is_empty()).then_some(found))
}

impl Parcel<'_> {
    /// For a server that was restored: the certificates of the authors of what is offered again, or of the
    /// device that endorsed a citizen's key, and the present device's own; and any earlier one of the device's that something unsent was written under.
    pub(super) fn certificates(&self) -> Result<Option<Vec<SignedCertificate>>> {
        let own = meta::get(self.tx, meta::CERTIFICATE)?;
        let own: Option<SignedCertificate> = own.map(|bytes| read(&bytes)).transpose()?;
        let present = own.as_ref().map(SignedCertificate::digest);
        let mut found = BTreeMap::new();
        let unshown = meta::get_number(self.tx, meta::UNSHOWN)? == Some(1);
        found.extend(
            own.filter(|_| unshown || !self.offered.is_empty())
                .map(|own| (own.digest(), own)),
        );
        for push in &self.cases {
            let offered = self.offered.contains(&push.case);
            let endorsed = push.endorsement.as_ref().filter(|_| offered);
            if let Some(made) = endorsed
                && found.len() < MOST_CERTIFICATES
                && let Some(signed) = told::certificate(self.tx, &made.device)?
            {
                found.insert(signed.digest(), signed);
            }
            for change in &push.changes {
                if found.len() >= MOST_CERTIFICATES {
                    break;
                }
                let signed = match offered {
                    true => self.certificate_of(change)?,
                    false => self.earlier_certificate(change, present.as_ref())?,
                };
                found.extend(signed.map(|signed| (signed.digest(), signed)));
            }
        }
        let found: Vec<SignedCertificate> = found.into_values().collect();
        Ok(Some(found).filter(|found| !found.is_empty()))
    }

    /// The certificate that an entry names, if it is not the present one: a server that was restored may
    /// never have heard of it.
    fn earlier_certificate(
        &self,
        change: &SignedChange,
        present: Option<&Digest>,
    ) -> Result<Option<SignedCertificate>> {
        let named = decode_entry(&change.bytes)?.map(|written| written.entry.header.cert);
        match named.filter(|named| Some(named) != present) {
            Some(named) => told::certificate_named(self.tx, &named),
            None => Ok(None),
        }
    }

    /// The certificate that an entry names, or any other of its author's key.
    fn certificate_of(&self, change: &SignedChange) -> Result<Option<SignedCertificate>> {
        let written = decode_entry(&change.bytes)?;
        let named = written.map(|written| written.entry.header.cert);
        let named = named.map(|digest| told::certificate_named(self.tx, &digest));
        match named.transpose()?.flatten() {
            Some(signed) => Ok(Some(signed)),
            None => told::certificate(self.tx, &change.key),
        }
    }
}
