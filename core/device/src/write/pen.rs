//! Everything that writing needs beside the entry itself: who, with which key, under which rules.

use std::sync::Arc;

use gewu_model::cbor;
use gewu_model::cert::Endorsement;
use gewu_model::crypto::{Signer, sha256_parts};
use gewu_model::entry::{FieldKind, Kind};
use gewu_model::fold::table::{self, Target};
use gewu_model::fold::{Addressee, CaseView};
use gewu_model::ids::{CaseId, ChangeHash, KeyId, Role, UnitId, UserId};
use gewu_model::policy::{Asking, Capacity, Denied, Policy, Standing};
use gewu_model::status::{PublicStatus, reporter_may};
use gewu_model::time::Millis;
use rusqlite::Connection;

use super::author::{Author, Stamp};
use super::log::CaseLog;
use crate::error::Result;
use crate::identity::{CITIZEN, Identity};
use crate::packs::Packs;
use crate::store::{facts, keys};

/// A pen: hands out [`Author`]s and knows what they may write.
pub(crate) struct Pen {
    pub(crate) identity: Arc<Identity>,
    pub(crate) packs: Arc<Packs>,
    pub(crate) install_epoch: [u8; 8],
    pub(crate) stamp: Stamp,
    /// The server's time as far as this device knows it.
    pub(crate) servers_time: Millis,
    /// The app and its version.
    pub(crate) app: String,
}

impl Pen {
    /// Whether the case's class, under the condition that its report names, goes before others. A
    /// catalogue that is not here says nothing.
    pub(crate) fn is_urgent(&self, log: &CaseLog) -> bool {
        let view = log.view(&self.packs);
        let named = view.report.as_ref().zip(log.pins());
        named.is_some_and(|(report, pins)| {
            let catalogue = self.packs.catalogue_of(&pins.catalogue).ok();
            let class = catalogue.and_then(|catalogue| catalogue.class(&report.class).ok());
            class.is_some_and(|class| class.is_urgent(report.condition.as_deref()))
        })
    }

    /// The user's name in a case: citizens have one per case.
    pub(crate) fn user_in(&self, tx: &Connection, case: &CaseId) -> Result<UserId> {
        if self.identity.is_citizen() {
            Ok(self.endorsement(tx, case)?.pseudonym())
        } else {
            Ok(self.identity.certificate.user.clone())
        }
    }

    /// The key under which the user writes in a case.
    pub(super) fn key_in(&self, case: &CaseId) -> KeyId {
        if self.identity.is_citizen() {
            self.identity.case_signer(case).public_key().id()
        } else {
            self.identity.key
        }
    }

    fn endorsement(&self, tx: &Connection, case: &CaseId) -> Result<Endorsement> {
        let key = self.identity.case_signer(case).public_key();
        match keys::endorsement(tx, &key.id())? {
            Some(made) => Ok(made),
            None => Ok(Endorsement::make(&*self.identity.signer, *case, key)?),
        }
    }

    /// The install's epoch. Everybody who reads a case sees its actors, so a citizen has another one
    /// in every case: what is the same in two cases would tell that one person reported both.
    fn epoch_in(&self, case: &CaseId) -> [u8; 8] {
        if !self.identity.is_citizen() {
            return self.install_epoch;
        }
        let mixed = sha256_parts(&[b"gewu.case-epoch.v1\0", &self.install_epoch, &case.0]);
        std::array::from_fn(|at| mixed.0[at])
    }

    /// The author of entries in `case`.
    pub(crate) fn author(
        &self,
        tx: &Connection,
        case: &CaseId,
        role: Role,
        unit: Option<UnitId>,
    ) -> Result<Author> {
        let epoch = facts::epoch(tx, case)?.unwrap_or_else(|| self.epoch_in(case));
        let identity = &self.identity;
        if !identity.is_citizen() {
            return Ok(Author {
                city: identity.city,
                signer: Arc::clone(&identity.signer) as Arc<dyn Signer>,
                key: identity.key,
                epoch,
                user: identity.certificate.user.clone(),
                role,
                unit,
                cert: identity.cert_digest,
                endorsement: None,
                app: Some(self.app.clone()),
            });
        }
        let endorsement = self.endorsement(tx, case)?;
        Ok(Author {
            city: identity.city,
            signer: Arc::new(identity.case_signer(case)),
            key: endorsement.key.id(),
            epoch,
            user: endorsement.pseudonym(),
            role: CITIZEN.into(),
            unit: None,
            cert: endorsement.digest(),
            endorsement: Some((*case, cbor::to_vec(&endorsement))),
            // A rare version in two cases would tell that one person reported both.
            app: None,
        })
    }

    /// The capacities in which the user may act, the wanted ones only.
    fn capacities(
        &self,
        user: &UserId,
        role: Option<&Role>,
        unit: Option<&UnitId>,
    ) -> Vec<Capacity> {
        let certificate = &self.identity.certificate;
        let roles = certificate
            .roles
            .iter()
            .filter(|own| role.is_none_or(|role| role == *own));
        let mut units: Vec<Option<UnitId>> = certificate
            .units
            .iter()
            .filter(|own| unit.is_none_or(|unit| unit == *own))
            .cloned()
            .map(Some)
            .collect();
        if units.is_empty() {
            units.push(None);
        }
        roles
            .flat_map(|role| units.iter().map(move |unit| (role, unit)))
            .map(|(role, unit)| Capacity {
                user: user.clone(),
                role: role.clone(),
                unit: unit.clone(),
            })
            .collect()
    }

    /// The first capacity that permits an entry of `kind`; with `unchecked` the first of all.
    pub(crate) fn capacity(
        &self,
        policy: &Policy,
        user: &UserId,
        (kind, variant): (&Kind, Option<&str>),
        view: &CaseView,
        wanted: (Option<&Role>, Option<&UnitId>),
        unchecked: bool,
    ) -> Result<Capacity> {
        let mut denied = Denied::NotYours;
        let standing = Standing::from(&self.identity.certificate);
        let place = self.packs.whereabouts(policy, view);
        for capacity in self.capacities(user, wanted.0, wanted.1) {
            let asking = Asking {
                who: &capacity,
                standing: &standing,
                place: &place,
                kind,
                variant,
                view,
            };
            match policy.judge(&asking) {
                _ if unchecked => return Ok(capacity),
                Ok(()) => return Ok(capacity),
                Err(Denied::NotYours) => {}
                Err(other)
                    if other.is_of_whom()
                        && !matches!(denied, Denied::NotYours | Denied::NotAsked) => {}
                // Nearer to a yes, so it says more.
                Err(nearer) => denied = nearer,
            }
        }
        Err(denied.into())
    }

    /// What an entry of `kind` answers in a case that stands as `view`.
    ///
    /// # Errors
    /// [`Denied`] when it would answer a question of another kind, or a citizen may not write it.
    pub(crate) fn answers(
        &self,
        kind: FieldKind,
        view: &CaseView,
        status: Option<&PublicStatus>,
        unchecked: bool,
    ) -> Result<Option<ChangeHash>> {
        if self.identity.is_citizen() {
            return citizen_answers(kind, view, status, unchecked);
        }
        let open = view.question.as_ref();
        if kind == FieldKind::Seen {
            return self.signed_for(view).map(Some);
        }
        let target = table::field_row(kind).answers;
        match target {
            Target::Case => return Ok(None),
            Target::Last if unchecked => return Ok(view.tip()),
            Target::Last => return Ok(Some(view.tip().ok_or(Denied::NothingToAnswer)?)),
            Target::Question(_) | Target::Work | Target::Open => {}
        }
        match open {
            Some(open) if unchecked || target.takes(open.kind) => Ok(Some(open.answer_to)),
            None if unchecked => Ok(view.tip()),
            _ => Err(Denied::Stage.into()),
        }
    }
}

impl Pen {
    /// The instruction that a receipt of the user's answers: that of the open question, or of the
    /// task that was taken away from them.
    fn signed_for(&self, view: &CaseView) -> Result<ChangeHash> {
        let certificate = &self.identity.certificate;
        let is_own = |who: &Addressee| match who {
            Addressee::Person(user) => *user == certificate.user,
            Addressee::Unit(unit) | Addressee::Team(unit) => certificate.units.contains(unit),
        };
        let own = view.tasks.iter().find(|task| is_own(&task.who));
        let open = own.filter(|task| task.cancelled_by.is_none());
        let asked = view.question.as_ref().filter(|_| open.is_some());
        let to = asked.map(|open| open.answer_to);
        let to = to.or_else(|| own.map(|task| task.since));
        Ok(to.or_else(|| view.tip()).ok_or(Denied::Stage)?)
    }
}

fn citizen_answers(
    kind: FieldKind,
    view: &CaseView,
    status: Option<&PublicStatus>,
    unchecked: bool,
) -> Result<Option<ChangeHash>> {
    let may = match status {
        Some(status) => status.may.iter().any(|name| name == kind.name()),
        None => reporter_may(view).contains(&kind),
    };
    let behind = status.and_then(|status| status.behind);
    match may || unchecked {
        true => Ok(behind),
        false if behind.is_none() && table::needs_question(kind) => {
            Err(Denied::NothingToAnswer.into())
        }
        false => Err(Denied::Stage.into()),
    }
}
