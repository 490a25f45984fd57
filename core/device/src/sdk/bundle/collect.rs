//! What a bundle needs, read from one moment of the store.

use std::collections::{BTreeMap, BTreeSet};

use gewu_bundle::record::{
    CaseKey, CaseRecord, HeldChange, SetAsideChange, Trust, Unsent, UnsentCommand,
};
use gewu_bundle::{Contents, PackKind, Piece, arrange};
use gewu_model::cert::SignedCertificate;
use gewu_model::content::ContentItem;
use gewu_model::crypto::{Signer, sha256};
use gewu_model::entry::{Body, Payload};
use gewu_model::fold::Row;
use gewu_model::ids::{CaseId, ChangeHash, Digest, KeyId};
use gewu_model::policy;
use gewu_model::receipt::{CaseReceipt, SignedReceipt};
use gewu_model::small::{Arrange as _, Gather as _};
use gewu_sync::verdict::SignedVerdicts;
use rusqlite::Connection;

use super::sealer;
use crate::error::{DeviceError, Result};
use crate::identity::Identity;
use crate::packs::Packs;
use crate::sdk::no_case;
use crate::store::changes::State;
use crate::store::{
    changes, commands, content, drafts, facts, keys, media, meta, packs, proofs, read, told,
};
use crate::write::{CaseLog, Logged};

/// What is to be exported.
pub(super) enum Wanted {
    /// These cases.
    Cases(Vec<CaseId>),
    /// Whatever is not handed in.
    Unsent,
}

/// Everything but the photos.
pub(super) struct Collected {
    pub(super) contents: Contents,
    pub(super) sealer: Box<dyn Signer>,
}

impl Collected {
    pub(super) fn read(
        tx: &Connection,
        identity: &Identity,
        packs: &Packs,
        wanted: &Wanted,
    ) -> Result<Self> {
        let (cases, unsent) = match wanted {
            Wanted::Cases(cases) => (cases.iter().copied().collect(), None),
            Wanted::Unsent => (unsent_cases(tx)?, Some(read_unsent(tx)?)),
        };
        let cases: Vec<CaseId> = BTreeSet::into_iter(cases).collect();
        let sealer = sealer(identity, &cases);
        let mut collector = Collector {
            tx,
            identity,
            packs,
            hand_in: unsent.is_some(),
            certificates: BTreeMap::new(),
            keys: BTreeMap::new(),
            bodies: BTreeMap::new(),
        };
        let records: Vec<CaseRecord> = cases
            .iter()
            .map(|case| collector.case(case))
            .collect::<Result<_>>()?;
        collector.key(&sealer.public_key().id(), None, cases.first())?;
        Ok(Self {
            contents: Contents {
                trust: Trust {
                    anchor: identity.anchor.clone(),
                    certificates: collector.certificates.into_values().collect(),
                    keys: collector.keys.into_values().collect(),
                },
                packs: collector.bodies,
                cases: records,
                unsent,
                files: BTreeMap::new(),
            },
            sealer,
        })
    }
}

fn unsent_cases(tx: &Connection) -> Result<BTreeSet<CaseId>> {
    let marks = changes::unsent_marks(tx)?.into_iter();
    let owing = media::unsent(tx)?.into_iter().map(|file| file.case);
    Ok(marks.map(|mark| mark.case).chain(owing).into_set())
}

fn read_unsent(tx: &Connection) -> Result<Unsent> {
    let commands = commands::unsent(tx)?.into_iter();
    let drafts = drafts::list(tx)?;
    let photos = drafts.iter().flat_map(|draft| &draft.photos);
    let attached = photos.flat_map(|photo| drafts::files(&photo.record));
    let owed = media::unsent(tx)?.into_iter().map(|file| file.sha256);
    let files: BTreeSet<Digest> = owed.chain(attached).into_set();
    let drafts = match drafts.is_empty() {
        true => Vec::new(),
        false => serde_json::to_vec(&drafts).map_err(|_| DeviceError::Damaged)?,
    };
    Ok(Unsent {
        commands: commands
            .map(|(command, content)| UnsentCommand { command, content })
            .collect(),
        drafts,
        files: files.into_iter().collect(),
    })
}

struct Collector<'a> {
    tx: &'a Connection,
    identity: &'a Identity,
    packs: &'a Packs,
    /// Whether the server is to take what it has not seen.
    hand_in: bool,
    certificates: BTreeMap<Digest, SignedCertificate>,
    keys: BTreeMap<KeyId, CaseKey>,
    bodies: BTreeMap<(PackKind, Digest), Vec<u8>>,
}

impl Collector<'_> {
    fn case(&mut self, case: &CaseId) -> Result<CaseRecord> {
        let log = CaseLog::load(self.tx, case)?;
        let pins = log.root().and(log.pins()).ok_or(no_case(case))?;
        self.pack(PackKind::Policy, pins.policy)?;
        self.pack(PackKind::Catalogue, pins.catalogue)?;
        let receipt: Option<SignedReceipt> = facts::receipt(self.tx, case)?
            .map(|bytes| read(&bytes))
            .transpose()?;
        let verdicts = proofs::of_case(self.tx, case)?;
        let said: Option<CaseReceipt> = match &receipt {
            Some(signed) => Some(read(&signed.body)?),
            None => None,
        };
        let (mut pieces, mut accepted) = (Vec::new(), BTreeSet::new());
        let mut set_aside = BTreeMap::new();
        for (change, row) in log.iter() {
            if change.live {
                pieces.push(self.piece(case, change, row)?);
            } else if let (true, Some(reason)) = (change.stored.own, change.stored.reason) {
                self.author(case, change, row)?;
                let aside = SetAsideChange {
                    change: change.stored.signed.clone(),
                    reason,
                    replaced_by: change.stored.replaced_by,
                };
                set_aside.insert(change.stored.hash, aside);
            }
            if change.stored.state == State::Accepted {
                accepted.insert(change.stored.hash);
            }
        }
        Ok(CaseRecord {
            case: *case,
            changes: arrange(pieces, said.as_ref(), &self.told(&accepted, &verdicts)?),
            receipt,
            verdicts: by_digest(verdicts),
            set_aside: set_aside.into_values().collect(),
            content: self.content(&log)?,
        })
    }

    /// Those of the accepted changes that a kept block of verdicts names.
    fn told(
        &self,
        accepted: &BTreeSet<ChangeHash>,
        blocks: &[SignedVerdicts],
    ) -> Result<BTreeSet<ChangeHash>> {
        let mut told = BTreeSet::new();
        for signed in blocks {
            let block: gewu_sync::verdict::VerdictBlock = read(&signed.body)?;
            told.extend(block.changes.iter().map(|said| said.hash));
        }
        told.retain(|hash| accepted.contains(hash));
        Ok(told)
    }

    fn piece(&mut self, case: &CaseId, change: &Logged, row: &Row) -> Result<Piece> {
        let signed = &change.stored.signed;
        let held = match self.author(case, change, row)? {
            true => HeldChange::Signed(signed.clone()),
            false => HeldChange::Vouched(signed.bytes.clone()),
        };
        Ok(Piece {
            hash: row.hash,
            deps: row.deps.clone(),
            held,
        })
    }

    /// Takes along what shows whose the change is; `false` when only the server can show it.
    fn author(&mut self, case: &CaseId, change: &Logged, row: &Row) -> Result<bool> {
        let named = row.entry.as_ref().map(|written| written.entry.header.cert);
        self.key(&change.stored.signed.key, named.as_ref(), Some(case))
    }

    fn key(&mut self, key: &KeyId, named: Option<&Digest>, case: Option<&CaseId>) -> Result<bool> {
        let identity = self.identity;
        if *key == identity.server_key.id() {
            return Ok(true);
        }
        let own_case = case
            .filter(|_| identity.is_citizen())
            .map(|case| identity.case_signer(case).public_key())
            .filter(|own| own.id() == *key);
        if let Some(own) = own_case {
            let endorsement = match self.hand_in {
                true => keys::endorsement(self.tx, key)?,
                false => None,
            };
            if let Some(made) = &endorsement {
                self.key(&made.device.clone(), None, None)?;
            }
            self.keys.insert(
                *key,
                CaseKey {
                    key: own,
                    endorsement,
                },
            );
            return Ok(true);
        }
        let found = self.certificate(key, named)?;
        Ok(match found {
            Some(signed) => {
                self.certificates.insert(signed.digest(), signed);
                true
            }
            None => false,
        })
    }

    /// The certificate that an entry names, or any other of its author's key.
    fn certificate(
        &self,
        key: &KeyId,
        named: Option<&Digest>,
    ) -> Result<Option<SignedCertificate>> {
        let own = || -> Result<Option<SignedCertificate>> {
            let held = meta::get(self.tx, meta::CERTIFICATE)?;
            held.map(|bytes| read(&bytes)).transpose()
        };
        if let Some(named) = named {
            if *named == self.identity.cert_digest {
                return own();
            }
            if let Some(found) = told::certificate_named(self.tx, named)? {
                return Ok(Some(found));
            }
        }
        if *key == self.identity.key {
            return own();
        }
        told::certificate(self.tx, key)
    }

    fn pack(&mut self, kind: PackKind, digest: Digest) -> Result<()> {
        let body = match packs::body(self.tx, &digest)? {
            None if digest == sha256(policy::BUILT_IN) => Some(policy::BUILT_IN.to_vec()),
            None => self.packs.brought(&digest),
            found => found,
        };
        if let Some(body) = body {
            self.bodies.insert((kind, digest), body);
        }
        Ok(())
    }

    /// The texts that entries name, but for those that an instruction erased.
    fn content(&self, log: &CaseLog) -> Result<Vec<ContentItem>> {
        let payloads = || {
            let rows = log
                .iter()
                .filter(|(change, _)| change.live || change.stored.own);
            rows.filter_map(|(_, row)| row.entry.as_ref()?.payload.as_ref().ok())
        };
        let mut named: BTreeSet<Digest> = payloads().flat_map(Payload::content).into_set();
        for payload in payloads() {
            if let Payload::Instruction(_, Body::Erase(erase)) = payload {
                erase.texts.iter().for_each(|text| {
                    named.remove(text);
                });
            }
        }
        let mut items = Vec::new();
        for digest in &named {
            items.extend(content::find(self.tx, digest)?);
        }
        Ok(items)
    }
}

fn by_digest(mut blocks: Vec<SignedVerdicts>) -> Vec<SignedVerdicts> {
    blocks.arrange_by_key(|signed| sha256(&signed.body));
    blocks
}
