//! What the city publishes: grids, catalogues, policies. Old versions stay fetchable, for cases pin
//! what they were opened under.

use std::ops::Range;
use std::sync::{Arc, PoisonError};

use gewu_model::crypto::StandardSuite;
use gewu_model::ids::Digest;
use gewu_model::pack::{PackAudience, PackFile, PackHeader, SignedPack};
use gewu_model::policy::Policy;
use gewu_model::time::Millis;
use gewu_sync::wire::{PackHave, PackOffer};

mod check;
mod rules;

use super::devices::Caller;
use super::services::wake;
use super::{Core, CoreError, OpenError, grids};
use crate::store::{DeviceStatus, PackBytes, PackForm, PackRow, StoreError, Tx};

/// The kind of packs that working calendars travel in.
pub(super) const CALENDAR: &str = "calendar";

/// A body on its way to being published.
pub(super) struct New<'a> {
    pub(super) kind: &'a str,
    pub(super) name: String,
    pub(super) version: u64,
    pub(super) audience: Option<PackAudience>,
    pub(super) body: &'a [u8],
}

/// A pack that a city publishes.
#[derive(Debug, Clone)]
pub struct Publication<'a> {
    /// `policy`, `catalogue`, `grid`, `labels`, `calendar`; kinds are open.
    pub kind: &'a str,
    /// The name within the kind.
    pub name: &'a str,
    /// Rises with every publication of that name.
    pub version: u64,
    /// Whom it is for; everybody when `None`. Grid packs are cut for their audiences instead, and what
    /// cases pin has none.
    pub audience: Option<PackAudience>,
    /// The body.
    pub body: &'a [u8],
    /// A sample that it may stand in for although it is of another city.
    pub over: Option<Digest>,
}

/// A form of a pack that somebody may fetch.
#[derive(Debug, Clone, Copy)]
pub struct PackPart {
    body: Digest,
    form: PackForm,
    /// How many bytes it has.
    pub bytes: u64,
}

/// The transfer form of a pack, with its digest.
type TransferBytes = (Digest, Vec<u8>);

impl Core {
    /// Publishes a pack and yields its digest. The same body under the same name and version is
    /// published once; under another it is published as that too. A grid pack (`.gewugrid`) brings its
    /// slices along, each for those who may hold it.
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
        let publication = Publication {
            kind,
            name,
            version,
            audience: None,
            body,
            over: None,
        };
        self.publish_as(&publication, now)
    }

    /// Like [`Core::publish_pack`], with everything that may be said, and the same errors.
    pub fn publish_as(&self, new: &Publication<'_>, now: Millis) -> Result<Digest, CoreError> {
        check::names(new.kind, new.name)?;
        if new.kind == grids::GRID {
            return self.publish_grid(new, now);
        }
        let digest = gewu_model::crypto::sha256(new.body);
        let one = New {
            kind: new.kind,
            name: new.name.to_owned(),
            version: new.version,
            audience: new.audience.clone(),
            body: new.body,
        };
        self.check_new(&one)?;
        self.publish(&[one], now)?;
        Ok(digest)
    }

    /// Publishes a pack that this server's key signed elsewhere, under the header that was signed. A
    /// grid pack is cut and signed here.
    ///
    /// # Errors
    /// [`CoreError::Pack`] when it was signed by another key or for another city, when the body is
    /// not the one that was signed, and as [`Core::publish_pack`].
    pub fn publish_signed(&self, file: &PackFile, now: Millis) -> Result<Digest, CoreError> {
        let refuse = |error: &dyn std::fmt::Display| CoreError::Pack(error.to_string());
        let key = self.signer.public_key();
        let header = file.verify_by(&StandardSuite, &key, &self.city());
        let header = header.map_err(|error| refuse(&error))?;
        let audience = header.audience.as_deref().map(PackAudience::from_text);
        if audience == Some(PackAudience::Unknown) {
            return Err(refuse(&"its audience is not known: nobody would get it"));
        }
        if header.kind == grids::GRID {
            return self.publish_pack(&header.kind, &header.name, header.version, &file.body, now);
        }
        check::names(&header.kind, &header.name)?;
        self.check_new(&New {
            kind: &header.kind,
            name: header.name.clone(),
            version: header.version,
            audience,
            body: &file.body,
        })?;
        let row = PackRow {
            digest: header.body,
            kind: header.kind,
            name: header.name,
            version: header.version,
            audience: header.audience,
            signed: file.pack.clone(),
        };
        let bytes = PackBytes {
            body: &file.body,
            transfer: None,
        };
        self.write(|tx| add(tx, &row, bytes))?;
        self.reload_rules().map_err(|error| refuse(&error))?;
        self.write(|tx| wake(tx, &row.kind))?;
        Ok(row.digest)
    }

    /// Refuses a body that is no pack of its kind, and a version that is overtaken: it would be
    /// published and never be in force.
    fn check_new(&self, new: &New<'_>) -> Result<(), CoreError> {
        check::body(new.kind, new.body)?;
        check::audience(new.kind, new.audience.as_ref())?;
        let digest = gewu_model::crypto::sha256(new.body);
        let known = self.read(|tx| Ok::<_, CoreError>(tx.all_packs(new.kind)?))?;
        if let ("policy", Ok(policy)) = (new.kind, Policy::from_json(new.body))
            && known.iter().all(|row| row.digest != digest)
        {
            self.read(|tx| self.check_units_seen(tx, &policy))?;
        }
        let same = || known.iter().filter(|row| row.name == new.name);
        let again = same().any(|row| row.version == new.version && row.digest == digest);
        match same().max_by_key(|row| row.version) {
            Some(newest) if newest.version > new.version && !again => {
                Err(CoreError::Pack(format!(
                    "{} {} version {} is published already: raise the version",
                    new.kind, new.name, newest.version
                )))
            }
            _ => Ok(()),
        }
    }

    /// The headers of the packs in force.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn packs_in_force(&self) -> Result<Vec<PackHeader>, CoreError> {
        self.read(|tx| {
            let rows = grids::in_force(tx.packs()?).into_iter();
            let headers = rows.map(|row| gewu_model::cbor::from_slice(&row.signed.header));
            let read: Result<Vec<PackHeader>, _> = headers.collect();
            read.map_err(|_| CoreError::from(StoreError::Corrupt("a pack's header")))
        })
    }

    /// Signs packs and publishes all of them or none.
    pub(super) fn publish(&self, all: &[New<'_>], now: Millis) -> Result<(), CoreError> {
        let signed = all.iter().map(|new| self.sign_pack(new, now));
        let signed = signed.collect::<Result<Vec<_>, _>>()?;
        self.write(|tx| {
            let each = all.iter().zip(&signed);
            each.into_iter().try_for_each(|(new, (row, transfer))| {
                let transfer = transfer.as_ref();
                let bytes = PackBytes {
                    body: new.body,
                    transfer: transfer.map(|(digest, bytes)| (*digest, &bytes[..])),
                };
                add(tx, row, bytes)
            })
        })?;
        self.reload_rules()
            .map_err(|error| CoreError::Pack(error.to_string()))?;
        self.write(|tx| all.iter().try_for_each(|new| wake(tx, new.kind)))
    }

    fn sign_pack(
        &self,
        new: &New<'_>,
        now: Millis,
    ) -> Result<(PackRow, Option<TransferBytes>), CoreError> {
        let transfer = match new.kind {
            grids::GRID => Some(grids::compressed(new.body)?),
            _ => None,
        };
        let header = PackHeader {
            city: self.city(),
            kind: new.kind.to_owned(),
            name: new.name.clone(),
            version: new.version,
            issued_at: now,
            body: Digest([0; 32]),
            bytes: 0,
            audience: new.audience.as_ref().map(PackAudience::to_string),
            transfer: transfer.as_ref().map(|(form, _)| form.clone()),
        };
        let row = PackRow {
            digest: gewu_model::crypto::sha256(new.body),
            kind: header.kind.clone(),
            name: header.name.clone(),
            version: header.version,
            audience: header.audience.clone(),
            signed: SignedPack::sign(&*self.signer, header, new.body)?,
        };
        Ok((row, transfer.map(|(form, bytes)| (form.sha256, bytes))))
    }

    /// Whether any pack of that kind is published.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn has_pack(&self, kind: &str) -> Result<bool, CoreError> {
        self.read(|tx| Ok(!tx.all_packs(kind)?.is_empty()))
    }

    /// The pack of a digest, in the form that the digest names, if the caller may have it.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn readable_pack(
        &self,
        caller: &Caller,
        digest: Digest,
    ) -> Result<Option<PackPart>, CoreError> {
        let found = self.read(|tx| Ok::<_, CoreError>(tx.find_pack(digest)?))?;
        let found = found.filter(|found| found.rows.iter().any(|row| may_fetch(caller, row)));
        Ok(found.map(|found| PackPart {
            body: found.body,
            form: found.form,
            bytes: found.bytes,
        }))
    }

    /// Bytes of a pack.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn pack_part(&self, file: PackPart, range: Range<u64>) -> Result<Vec<u8>, CoreError> {
        self.read(|tx| Ok(tx.pack_part(file.body, file.form, range)?))
    }

    pub(super) fn reload_rules(&self) -> Result<(), OpenError> {
        let rules = self.read(rules::load)?;
        *self.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
        self.reload_grids()
    }
}

fn add(tx: &dyn Tx, row: &PackRow, bytes: PackBytes<'_>) -> Result<(), CoreError> {
    let known = tx.all_packs(&row.kind)?;
    let same = |other: &&PackRow| other.name == row.name && other.version == row.version;
    match known.iter().find(same) {
        Some(other) if other.digest == row.digest => check::same_audience(other, row),
        Some(_) => Err(CoreError::Pack(format!(
            "{} {} version {} is already published with another content: raise the version",
            row.kind, row.name, row.version
        ))),
        None => {
            tx.add_pack(row, bytes)?;
            wake(tx, &row.kind)
        }
    }
}

/// Whether a caller may fetch a pack by its digest. What cases pin anybody may read who is enrolled here,
/// whoever it was meant for: a case is read by its own rules wherever it lies.
fn may_fetch(caller: &Caller, row: &PackRow) -> bool {
    check::PINNED.contains(&row.kind.as_str()) || may_have(caller, row)
}

/// Whether a caller may have a pack. Who is out of use is given the rules that cases pin, and no
/// map.
fn may_have(caller: &Caller, row: &PackRow) -> bool {
    match audience(row) {
        None => true,
        Some(audience) => {
            caller.status == DeviceStatus::Good && audience.admits(&caller.certificate)
        }
    }
}

fn audience(row: &PackRow) -> Option<PackAudience> {
    let text = row.audience.as_deref()?;
    Some(PackAudience::from_text(text))
}

/// Packs newer than those that a device holds, of those that it may have.
pub(super) fn offers(
    tx: &dyn Tx,
    caller: &Caller,
    held: &[PackHave],
) -> Result<Vec<PackOffer>, StoreError> {
    let newer = |row: &PackRow| {
        let same = held
            .iter()
            .filter(|have| have.kind == row.kind && have.name == row.name);
        same.map(|have| have.version)
            .max()
            .is_none_or(|version| version < row.version)
    };
    let mut rows = grids::in_force(tx.packs()?);
    rows.retain(|row| may_have(caller, row));
    let best = rows.iter().filter_map(audience).map(reach).max();
    let meant = |row: &PackRow| audience(row).map(reach).is_none_or(|own| Some(own) == best);
    let rows = rows.into_iter().filter(meant).filter(newer);
    Ok(rows.map(|row| PackOffer { pack: row.signed }).collect())
}

/// The bodies of a kind, the highest version first: the first goes for new cases.
pub(super) fn newest(tx: &dyn Tx, kind: &str) -> Result<Vec<Digest>, StoreError> {
    let mut packs = tx.all_packs(kind)?;
    packs.sort_by_key(|pack| std::cmp::Reverse(pack.version));
    Ok(packs.into_iter().map(|pack| pack.digest).collect())
}

/// The packs in force that a caller may have, whether offered or not.
pub(super) fn in_force_for(tx: &dyn Tx, caller: &Caller) -> Result<Vec<PackHave>, StoreError> {
    let have = |row: PackRow| PackHave {
        kind: row.kind,
        name: row.name,
        version: row.version,
    };
    let rows = grids::in_force(tx.packs()?).into_iter();
    Ok(rows.filter(|row| may_have(caller, row)).map(have).collect())
}

/// Of the packs that somebody may have those are offered that reach farthest: who gets the whole
/// city needs no slice of it. Slices of duty grids come with the areas beyond them.
fn reach(audience: PackAudience) -> u8 {
    match audience {
        PackAudience::Operator => 2,
        PackAudience::Staff => 1,
        _ => 0,
    }
}
