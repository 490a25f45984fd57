//! What the city publishes: grids, catalogues, policies. Old versions stay fetchable, for cases pin
//! what they were opened under.

use std::sync::{Arc, PoisonError};

use gewu_model::catalogue::Catalogue;
use gewu_model::ids::Digest;
use gewu_model::pack::{PackHeader, SignedPack};
use gewu_model::policy::Policy;
use gewu_model::time::Millis;
use gewu_sync::gate::Rules;
use gewu_sync::wire::{PackHave, PackOffer};

use super::{Core, CoreError, OpenError};
use crate::store::{PackRow, StoreError, Tx};

impl Core {
    /// Publishes a pack and yields its digest. The same body under the same name and version is
    /// published once.
    ///
    /// # Errors
    /// [`CoreError::Pack`] when it is not one, or another body has that version.
    pub fn publish_pack(
        &self,
        kind: &str,
        name: &str,
        version: u64,
        body: &[u8],
        now: Millis,
    ) -> Result<Digest, CoreError> {
        check(kind, body)?;
        let header = PackHeader {
            city: self.city(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            version,
            issued_at: now,
            body: Digest([0; 32]),
            bytes: 0,
        };
        let row = PackRow {
            digest: gewu_model::crypto::sha256(body),
            kind: kind.to_owned(),
            name: name.to_owned(),
            version,
            signed: SignedPack::sign(&*self.signer, header, body)?,
        };
        self.write(|tx| add(tx, &row, body))?;
        self.reload_rules()
            .map_err(|error| CoreError::Pack(error.to_string()))?;
        Ok(row.digest)
    }

    /// Whether any pack of that kind is published.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn has_pack(&self, kind: &str) -> Result<bool, CoreError> {
        self.read(|tx| Ok(!tx.all_packs(kind)?.is_empty()))
    }

    /// The body of a published pack.
    ///
    /// # Errors
    /// [`CoreError::Unknown`] when there is none of that digest.
    pub fn pack_body(&self, digest: Digest) -> Result<Vec<u8>, CoreError> {
        let body = self.read(|tx| Ok::<_, CoreError>(tx.pack_body(digest)?))?;
        body.ok_or(CoreError::Unknown("the pack"))
    }

    pub(super) fn reload_rules(&self) -> Result<(), OpenError> {
        let rules = self.read(load)?;
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
        Ok(())
    }
}

fn check(kind: &str, body: &[u8]) -> Result<(), CoreError> {
    let refuse = |error: &dyn std::fmt::Display| CoreError::Pack(error.to_string());
    match kind {
        "policy" => Policy::from_json(body)
            .map(|_| ())
            .map_err(|error| refuse(&error)),
        "catalogue" => Catalogue::from_json(body)
            .map(|_| ())
            .map_err(|error| refuse(&error)),
        _ => Ok(()),
    }
}

fn add(tx: &dyn Tx, row: &PackRow, body: &[u8]) -> Result<(), CoreError> {
    let known = tx.all_packs(&row.kind)?;
    let same = |other: &&PackRow| other.name == row.name && other.version == row.version;
    match known.iter().find(same) {
        Some(other) if other.digest == row.digest => Ok(()),
        Some(_) => Err(CoreError::Pack(format!(
            "{} {} version {} is already published with another content: raise the version",
            row.kind, row.name, row.version
        ))),
        None if known.iter().any(|other| other.digest == row.digest) => Ok(()),
        None => Ok(tx.add_pack(row, body)?),
    }
}

fn load(tx: &dyn Tx) -> Result<Rules, OpenError> {
    let mut rules = Rules::default();
    let body = |row: &PackRow| {
        tx.pack_body(row.digest)?
            .ok_or(StoreError::Corrupt("a pack"))
    };
    for row in tx.all_packs("policy")? {
        let policy = Policy::from_json(&body(&row)?);
        let policy = policy.map_err(|error| OpenError::Pack(error.to_string()))?;
        rules.policies.insert(row.digest, policy);
    }
    for row in tx.all_packs("catalogue")? {
        let catalogue = Catalogue::from_json(&body(&row)?);
        let catalogue = catalogue.map_err(|error| OpenError::Pack(error.to_string()))?;
        rules.catalogues.insert(row.digest, catalogue);
    }
    Ok(rules)
}

/// Packs newer than those that a device holds.
pub(super) fn offers(tx: &dyn Tx, held: &[PackHave]) -> Result<Vec<PackOffer>, StoreError> {
    let newer = |row: &PackRow| {
        let same = held
            .iter()
            .filter(|have| have.kind == row.kind && have.name == row.name);
        same.map(|have| have.version)
            .max()
            .is_none_or(|version| version < row.version)
    };
    let rows = tx.packs()?.into_iter().filter(newer);
    Ok(rows.map(|row| PackOffer { pack: row.signed }).collect())
}
