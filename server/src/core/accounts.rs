//! Under which account of a host app a citizen reports.
//!
//! A citizen's device signs in with a token of the app that it is part of ([`crate::host_token`]). The
//! server then keeps which account the device's key belongs to, and nothing else changes: certificates and
//! reports carry no account, each case has a pseudonym and a key of its own as before. From a case to its
//! account leads one way, here: the key that opened the case, the endorsement that names the device behind
//! that key and came with the report, the account of that device. An operator who walks it is written down.
//!
//! A device that signs in later takes its earlier reports nowhere: what the server had before stays
//! anonymous, as its author was told when it was written.
//!
//! The way is closed for a case whose contact, or whose endorsement as such, was erased by an instruction.
//! Tombstones outlive the restoring of a backup, and so does that.

use gewu_model::entry::Payload;
use gewu_model::ids::{CaseId, Digest, KeyId, UserId};
use gewu_model::time::Millis;
use gewu_sync::gate::{CITIZEN, CaseState};
use serde::Serialize;

use super::admit::payload_of;
use super::code::is_name;
use super::contacts::cards_of;
use super::enrol::EnrolError;
use super::load::load;
use super::operators::Operator;
use super::{Core, CoreError};
use crate::host_token::{Account, Expected, HostKey, HostTokenError, Unchecked};
use crate::store::{AccountRead, AccountRow, EndorsementRow, HostAppRow, StoreError, Tx};

/// A host app in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HostAppView {
    /// Its name, which its tokens give as `iss`.
    pub name: String,
    /// What its key is for: `EdDSA` or `ES256`.
    pub algorithm: &'static str,
    /// Tells its key from others: SHA-256 of it.
    pub key: Digest,
    /// When it was added.
    pub added_at: Millis,
    /// Who added it.
    pub added_by: UserId,
    /// Since when its tokens are not taken any more.
    pub removed_at: Option<Millis>,
}

/// What an operator is shown of the account under which a case was reported.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AccountView {
    /// No citizen's phone reported the case.
    NoCitizen,
    /// The phone was signed in nowhere when the report came.
    Anonymous,
    /// It was erased who reported.
    Erased,
    /// Here it is; the reading was logged.
    Open {
        /// The host app.
        iss: String,
        /// The app's own name for its user.
        sub: String,
        /// Since when the phone reports under the account.
        since: Millis,
    },
}

impl std::fmt::Debug for AccountView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccountView")
    }
}

impl From<HostAppRow> for HostAppView {
    fn from(row: HostAppRow) -> Self {
        Self {
            algorithm: row.key.algorithm().name(),
            key: gewu_model::crypto::sha256(row.key.as_bytes()),
            name: row.name,
            added_at: row.added_at,
            added_by: row.added_by,
            removed_at: row.removed_at,
        }
    }
}

impl Core {
    /// Registers a host app with the public key (PEM) that checks its tokens. Doing so again with the same
    /// key changes nothing; a name that was removed may come back with another key.
    ///
    /// # Errors
    /// [`CoreError::HostApp`] for a name or key that cannot be taken, or a name that has another key.
    pub fn add_host_app(
        &self,
        by: &Operator,
        name: &str,
        pem: &str,
        now: Millis,
    ) -> Result<HostAppView, CoreError> {
        if !is_name(name) {
            let words = "a host app's name has 1 to 64 characters, no blanks around them and no control characters";
            return Err(CoreError::HostApp(words.to_owned()));
        }
        let key = HostKey::from_pem(pem).map_err(|error| CoreError::HostApp(error.to_string()))?;
        let row = HostAppRow {
            name: name.to_owned(),
            key,
            added_at: now,
            added_by: by.user().clone(),
            removed_at: None,
        };
        self.write(|tx| match tx.host_app(name)? {
            Some(known) if known.removed_at.is_none() && known.key == row.key => Ok(known.into()),
            Some(known) if known.removed_at.is_none() => Err(CoreError::HostApp(format!(
                "{name} is registered with another key: remove it first, then add it with the new one"
            ))),
            _ => {
                tx.put_host_app(&row)?;
                Ok(row.into())
            }
        })
    }

    /// Every host app that was ever registered, by name.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn host_apps(&self) -> Result<Vec<HostAppView>, CoreError> {
        let rows = self.read(|tx| Ok::<_, CoreError>(tx.host_apps()?))?;
        Ok(rows.into_iter().map(HostAppView::from).collect())
    }

    /// Takes no token of the app any more. Devices that are under its accounts stay so. Doing so again
    /// changes nothing.
    ///
    /// # Errors
    /// [`CoreError::Unknown`] for an app that is not there.
    pub fn remove_host_app(&self, name: &str, now: Millis) -> Result<HostAppView, CoreError> {
        self.write(|tx| {
            let row = tx.host_app(name)?;
            let mut row = row.ok_or(CoreError::Unknown("a host app of that name"))?;
            row.removed_at = row.removed_at.or(Some(now));
            tx.put_host_app(&row)?;
            Ok(row.into())
        })
    }

    /// The account that a host app's token is for, if the token is good and this device's.
    pub(super) fn check_host_token(
        &self,
        token: &str,
        device: KeyId,
        now: Millis,
    ) -> Result<Account, EnrolError> {
        let token = Unchecked::read(token)?;
        let app = self.read(|tx| Ok::<_, CoreError>(tx.host_app(token.claimed_iss())?))?;
        let app = app.filter(|app| app.removed_at.is_none());
        let app = app.ok_or(HostTokenError::UnknownApp)?;
        let city = self.city();
        let account = token.check(&app.key, &Expected { city, device, now })?;
        Ok(account)
    }

    /// Under which account a case was reported. That it was read is durable before it is shown.
    ///
    /// # Errors
    /// [`CoreError::Unknown`] when there is no such case.
    pub fn account(
        &self,
        operator: &Operator,
        case: CaseId,
        now: Millis,
    ) -> Result<AccountView, CoreError> {
        self.write(|tx| {
            let state = load(tx, case)?;
            if state.changes.is_empty() {
                return Err(CoreError::Unknown("the case"));
            }
            let Some(reported) = reported(tx, &state)? else {
                return Ok(AccountView::NoCitizen);
            };
            if is_erased(tx, &state, &reported.by)? {
                return Ok(AccountView::Erased);
            }
            let row = tx.account(reported.by.endorsement.device)?;
            // What came before the device was signed in was written as an anonymous report.
            let Some(row) = row.filter(|row| row.since <= reported.at) else {
                return Ok(AccountView::Anonymous);
            };
            tx.log_account_read(&AccountRead {
                at: now,
                user: operator.user().clone(),
                case,
            })?;
            let Account { iss, sub } = row.account;
            let since = row.since;
            Ok(AccountView::Open { iss, sub, since })
        })
    }
}

/// Who reported a case, and when the server had it.
struct Reported {
    by: EndorsementRow,
    at: Millis,
}

/// The citizen's key behind a case: the one that opened it, or that signed the report which the centre
/// issued again in this case.
fn reported(tx: &dyn Tx, state: &CaseState) -> Result<Option<Reported>, StoreError> {
    let Some(root) = state.changes.first() else {
        return Ok(None);
    };
    if let Some(by) = tx.endorsement(root.key)? {
        let at = root.received_at;
        return Ok(Some(Reported { by, at }));
    }
    let in_case = |hash| state.changes.iter().any(|change| change.hash == hash);
    let issued_again = tx.set_aside()?.into_iter().find(|row| {
        row.case != state.case
            && row.binding
            && row.replaced_by.is_some_and(in_case)
            && matches!(payload_of(&row.signed), Some(Payload::Report(_)))
    });
    let Some(row) = issued_again else {
        return Ok(None);
    };
    let by = tx.endorsement(row.signed.key)?;
    Ok(by.map(|by| Reported {
        by,
        at: row.seen_at,
    }))
}

fn is_erased(tx: &dyn Tx, state: &CaseState, by: &EndorsementRow) -> Result<bool, StoreError> {
    if tx.is_erased(by.endorsement.digest())? {
        return Ok(true);
    }
    for card in cards_of(tx, state)? {
        if tx.is_erased(card)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What an erasure names that is to close the way from the case to its account.
pub(super) fn mark(tx: &dyn Tx, state: &CaseState) -> Result<Option<Digest>, StoreError> {
    let reported = reported(tx, state)?;
    Ok(reported.map(|reported| reported.by.endorsement.digest()))
}

/// The host app under whose account a device reports.
pub(super) fn of_device(tx: &dyn Tx, key: KeyId) -> Result<Option<String>, StoreError> {
    let Some(row) = tx.account(key)? else {
        return Ok(None);
    };
    // A code may have made it a member of staff's since.
    let device = tx.device(key)?;
    let citizens = device.is_some_and(|device| is_citizen(&device.user));
    Ok(citizens.then_some(row.account.iss))
}

/// Puts a citizen's device under an account. Doing so again changes nothing.
pub(super) fn link(
    tx: &dyn Tx,
    key: KeyId,
    account: &Account,
    now: Millis,
) -> Result<(), EnrolError> {
    if tx
        .device(key)?
        .is_some_and(|device| !is_citizen(&device.user))
    {
        return Err(EnrolError::StaffDevice);
    }
    match tx.account(key)? {
        Some(known) if known.account == *account => Ok(()),
        Some(_) => Err(EnrolError::OtherAccount),
        None => {
            let account = account.clone();
            Ok(tx.add_account(
                key,
                &AccountRow {
                    account,
                    since: now,
                },
            )?)
        }
    }
}

/// No code is made for a user whose name begins so.
pub(super) fn is_citizen(user: &UserId) -> bool {
    user.as_str().starts_with(CITIZEN)
}
