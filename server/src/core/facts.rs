//! What the server knows of a key, for the gate.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use gewu_model::ids::{CaseId, ChangeHash, Digest, KeyId};
use gewu_model::time::Millis;
use gewu_sync::gate::{
    Author, Credential, IssuedStatus, KeyFacts, KeyHistory, Limits, Standing, Stated,
};

use super::Core;
use super::bench::Bench;
use super::devices::is_of_citizen;
use crate::store::{DeviceRow, DeviceStatus, EndorsementRow, StoreError, Tx};

/// Whose a key is and how it stands.
pub(super) struct Known {
    author: Author,
    standing: Standing,
    /// The device's last exchange before this hour.
    exchanged: Option<Millis>,
    /// Since when the device may have written anything.
    since: Option<Millis>,
}

/// What was found of staff's keys. It holds for the transaction: what the server knows of a device
/// changes in others. A citizen's key stands differently in each case and after each status.
#[derive(Default)]
pub(super) struct Authors(RefCell<BTreeMap<KeyId, Rc<Known>>>);

/// What came from a key before, read when the gate asks. The gate's questions cannot fail, so a
/// failure of the store is kept here and ends the transaction afterwards.
pub(super) struct History<'a> {
    tx: &'a dyn Tx,
    key: KeyId,
    failure: RefCell<Option<StoreError>>,
}

impl<'a> History<'a> {
    pub(super) const fn new(tx: &'a dyn Tx, key: KeyId) -> Self {
        Self {
            tx,
            key,
            failure: RefCell::new(None),
        }
    }

    /// The failure of a read, if there was one.
    pub(super) fn check(self) -> Result<(), StoreError> {
        self.failure.into_inner().map_or(Ok(()), Err)
    }

    fn ask<T: Default>(&self, answer: Result<T, StoreError>) -> T {
        answer.unwrap_or_else(|error| {
            self.failure.replace(Some(error));
            T::default()
        })
    }

    fn try_stated(&self, counter: u64, change: &ChangeHash) -> Result<Stated, StoreError> {
        let Some(statement) = self.tx.statement_from(self.key, counter)? else {
            return Ok(Stated::Nothing);
        };
        Ok(match self.tx.listed_since(self.key, *change)? {
            Some(since) if since <= statement => Stated::Listed,
            _ => Stated::Withheld,
        })
    }
}

impl KeyHistory for History<'_> {
    fn highest(&self) -> u64 {
        self.ask(self.tx.highest_counter(self.key))
    }

    fn holder(&self, counter: u64) -> Option<ChangeHash> {
        self.ask(self.tx.counter_holder(self.key, counter))
    }

    fn stated(&self, counter: u64, change: &ChangeHash) -> Stated {
        self.try_stated(counter, change).unwrap_or_else(|error| {
            self.failure.replace(Some(error));
            Stated::Nothing
        })
    }

    fn given(&self, case: &CaseId, counter: u64) -> Vec<ChangeHash> {
        self.ask(self.tx.given(self.key, *case, counter))
    }

    fn outgrew(&self, pack: &Digest, counter: u64) -> bool {
        self.ask(self.tx.outgrew(self.key, *pack, counter))
    }

    fn accepted_since(&self, since: Millis) -> u64 {
        let most = Limits::default().per_day;
        self.ask(self.tx.accepted_since(self.key, since, most))
    }
}

impl Known {
    const fn is_staff(&self) -> bool {
        matches!(self.author, Author::Staff(_))
    }

    pub(super) fn facts<'a>(&'a self, history: &'a History<'a>) -> KeyFacts<'a> {
        KeyFacts {
            author: &self.author,
            standing: self.standing,
            exchanged: self.exchanged,
            since: self.since,
            history,
        }
    }
}

impl Core {
    /// Whose `key` is, as far as the case is concerned.
    pub(super) fn author(
        &self,
        bench: &Bench<'_>,
        key: KeyId,
    ) -> Result<Option<Rc<Known>>, StoreError> {
        let authors = &bench.authors.0;
        if let Some(known) = authors.borrow().get(&key) {
            return Ok(Some(Rc::clone(known)));
        }
        let known = self.known(bench.tx, key, bench.state.case, bench.now)?;
        let known = known.map(Rc::new);
        if let Some(known) = known.as_ref().filter(|known| known.is_staff()) {
            authors.borrow_mut().insert(key, Rc::clone(known));
        }
        Ok(known)
    }

    /// As [`Core::author`], read anew.
    pub(super) fn known(
        &self,
        tx: &dyn Tx,
        key: KeyId,
        case: CaseId,
        now: Millis,
    ) -> Result<Option<Known>, StoreError> {
        if key == self.signer.public_key().id() {
            return Ok(Some(Known {
                author: Author::Server(vec![self.credential.clone()]),
                standing: Standing::Good,
                exchanged: None,
                since: None,
            }));
        }
        if let Some(row) = tx.endorsement(key)? {
            let here = row.endorsement.case == case;
            return if here {
                citizen(tx, &row, now)
            } else {
                Ok(None)
            };
        }
        match tx.device(key)? {
            Some(device) => staff(tx, &device),
            None => Ok(None),
        }
    }
}

/// Whose `key` was when the server receipted what it signed, by a certificate of ours that another
/// device still held: of the key itself, or of the device that endorsed it for the case. It gives no
/// leave to anything new: the device has to enrol again.
pub(super) fn once_known(
    tx: &dyn Tx,
    key: KeyId,
    case: CaseId,
) -> Result<Option<Known>, StoreError> {
    match tx.endorsement(key)? {
        Some(row) if row.endorsement.case == case => {
            by_endorsement(tx, &row, Standing::Expired).map(Some)
        }
        Some(_) => Ok(None),
        None => by_certificates(tx, key, Standing::Expired),
    }
}

fn staff(tx: &dyn Tx, device: &DeviceRow) -> Result<Option<Known>, StoreError> {
    by_certificates(tx, device.key, standing(device))
}

/// A citizen's device signs nothing but endorsements: its own key in a case would link the cases.
fn by_certificates(
    tx: &dyn Tx,
    key: KeyId,
    standing: Standing,
) -> Result<Option<Known>, StoreError> {
    let credentials: Vec<Credential> = tx
        .certificates_of(key)?
        .iter()
        .filter_map(Credential::of)
        .filter(|held| !is_of_citizen(&held.certificate))
        .collect();
    Ok((!credentials.is_empty()).then_some(Known {
        author: Author::Staff(credentials),
        standing,
        exchanged: tx.seen_before(key)?,
        since: first_day(tx, key)?,
    }))
}

/// Since when a device has been enrolled, or certified: a restored server may know one of these only.
fn first_day(tx: &dyn Tx, device: KeyId) -> Result<Option<Millis>, StoreError> {
    let certified = tx.certificates_of(device)?.into_iter();
    let certified = certified.filter_map(|signed| Some(signed.certificate().ok()?.not_before));
    let enrolled = tx.device(device)?.map(|row| row.enrolled_at);
    Ok(certified.chain(enrolled).min())
}

fn citizen(tx: &dyn Tx, row: &EndorsementRow, now: Millis) -> Result<Option<Known>, StoreError> {
    let Some(device) = tx.device(row.endorsement.device)? else {
        return Ok(None);
    };
    let valid = tx
        .certificate(device.certificate)?
        .and_then(|signed| signed.certificate().ok())
        .is_some_and(|certificate| certificate.valid_at(now));
    let standing = match standing(&device) {
        Standing::Good if !valid => Standing::Expired,
        standing => standing,
    };
    by_endorsement(tx, row, standing).map(Some)
}

fn by_endorsement(
    tx: &dyn Tx,
    row: &EndorsementRow,
    standing: Standing,
) -> Result<Known, StoreError> {
    let made = &row.endorsement;
    let offered = tx
        .statuses(made.case)?
        .into_iter()
        .map(|status| IssuedStatus {
            behind: status.behind,
            may: status.may,
        });
    Ok(Known {
        author: Author::Citizen {
            key: made.key.clone(),
            endorsement: made.digest(),
            pseudonym: made.pseudonym(),
            offered: offered.collect(),
        },
        standing,
        exchanged: None,
        since: first_day(tx, made.device)?,
    })
}

const fn standing(device: &DeviceRow) -> Standing {
    match device.status {
        DeviceStatus::Good => Standing::Good,
        DeviceStatus::Retired { until } => Standing::Retired { until },
        DeviceStatus::Compromised => Standing::Compromised,
    }
}
