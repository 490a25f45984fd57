//! How a device becomes one of the city's.

use gewu_model::cert::{Certificate, Reach, SignedCertificate, SubjectKind};
use gewu_model::crypto::{Domain, StandardSuite, Verifier};
use gewu_model::ids::{KeyId, to_hex};
use gewu_model::time::Millis;
use gewu_sync::gate::CITIZEN;
use gewu_sync::wire::{EnrolRequest, EnrolResponse, PROTOCOL};

use super::accounts;
use super::code::hash;
use super::devices::Caller;
use super::generation::{self, next_number};
use super::{CodeGrant, Core, CoreError, wrong_clock};
use crate::host_token::{Account, HostTokenError};
use crate::seam::random;
use crate::store::{DeviceRow, DeviceStatus, StoreError, Tx};

const DAY_MS: i64 = 86_400_000;
/// A device's clock may run a little behind the server's.
const EARLY_MS: i64 = 3_600_000;

/// Why a device is not enrolled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnrolError {
    /// The device speaks another version of the protocol.
    #[error("this server speaks protocol version {PROTOCOL}: update the app or the server")]
    Protocol,
    /// The device did not prove that it holds the key.
    #[error("the request does not prove that this device holds its key: enrol again")]
    Proof,
    /// No such code.
    #[error("the code is wrong: check every character, or ask for a new one")]
    UnknownCode,
    /// Another device used the code.
    #[error("the code was already used by another device: ask for a new one")]
    UsedCode,
    /// The code's time is over.
    #[error("the code has expired: ask for a new one")]
    ExpiredCode,
    /// Nobody enrols without a code here.
    #[error(
        "this server takes no devices without a code or the account of an app that it knows: ask for a code, or sign in"
    )]
    CodeNeeded,
    /// The device was retired or reported as lost.
    #[error("this device was taken out of use: ask the centre, or enrol with a new key")]
    Barred,
    /// A token and a code say two things.
    #[error(
        "a code makes a member of staff's device, a host app's token a citizen's: send one of them"
    )]
    TokenAndCode,
    /// Accounts are for citizens.
    #[error("this device is a member of staff's: sign in with an app on another one")]
    StaffDevice,
    /// The device reports under another account.
    #[error("this device reports under another account: leave first, then sign in anew")]
    OtherAccount,
    /// The host app's token is not taken.
    #[error(transparent)]
    HostToken(#[from] HostTokenError),
    /// The server failed.
    #[error(transparent)]
    Core(#[from] CoreError),
}

impl From<StoreError> for EnrolError {
    fn from(error: StoreError) -> Self {
        Self::Core(error.into())
    }
}

impl Core {
    /// Enrols a device. Asking again with the same key and code gives the same certificate, so a
    /// lost answer costs nothing.
    ///
    /// # Errors
    /// [`EnrolError`] says why not.
    pub fn enrol(&self, request: &EnrolRequest, now: Millis) -> Result<EnrolResponse, EnrolError> {
        if request.protocol != PROTOCOL {
            return Err(EnrolError::Protocol);
        }
        let code = request.code.as_deref().unwrap_or("");
        let proof = [code.as_bytes()];
        if !StandardSuite.verify(&request.key, Domain::Enrolment, &proof, &request.proof) {
            return Err(EnrolError::Proof);
        }
        let signed_in = self.signed_in(request, now)?;
        self.write(|tx| {
            wrong_clock::check(tx, now, None)?;
            let certificate = match &request.code {
                Some(code) => self.enrol_with_code(tx, request, code, now)?,
                None => self.enrol_citizen(tx, request, signed_in.as_ref(), now)?,
            };
            Ok(EnrolResponse {
                anchor: self.anchor.clone(),
                certificate,
                generation: generation::current(tx)?,
                server_time: now,
                account: accounts::of_device(tx, request.key.id())?,
            })
        })
    }

    /// The account that the request's token is for. Checked before anything is written.
    fn signed_in(
        &self,
        request: &EnrolRequest,
        now: Millis,
    ) -> Result<Option<Account>, EnrolError> {
        match (&request.host_token, &request.code) {
            (None, _) => Ok(None),
            (Some(_), Some(_)) => Err(EnrolError::TokenAndCode),
            (Some(token), None) => self
                .check_host_token(token, request.key.id(), now)
                .map(Some),
        }
    }

    fn enrol_with_code(
        &self,
        tx: &dyn Tx,
        request: &EnrolRequest,
        code: &str,
        now: Millis,
    ) -> Result<SignedCertificate, EnrolError> {
        let key = request.key.id();
        let row = tx.code(hash(code))?.ok_or(EnrolError::UnknownCode)?;
        match row.used_by {
            Some(other) if other != key => return Err(EnrolError::UsedCode),
            Some(_) => return present(tx, key)?.ok_or(EnrolError::UsedCode),
            None if row.expires_at <= now => return Err(EnrolError::ExpiredCode),
            None => {}
        }
        let grant: CodeGrant =
            serde_json::from_str(&row.grant).map_err(|_| StoreError::Corrupt("a code's grant"))?;
        tx.use_code(row.hash, key, now)?;
        self.certify(tx, request, &grant, now)
    }

    fn enrol_citizen(
        &self,
        tx: &dyn Tx,
        request: &EnrolRequest,
        signed_in: Option<&Account>,
        now: Millis,
    ) -> Result<SignedCertificate, EnrolError> {
        let key = request.key.id();
        // A city that takes nobody anonymous has said by registering an app that it takes that app's users.
        let vouched = signed_in.is_some() || tx.account(key)?.is_some();
        if !self.settings.citizens && !vouched {
            return Err(EnrolError::CodeNeeded);
        }
        let present = present(tx, key)?;
        if let Some(account) = signed_in {
            accounts::link(tx, key, account, now)?;
        }
        if let Some(present) = present {
            return Ok(present);
        }
        let user = format!("citizen:{}", to_hex(&random::<8>(&*self.entropy)));
        let grant = CodeGrant {
            user: user.as_str().into(),
            roles: vec![CITIZEN.into()],
            units: vec![],
            duty_grids: vec![],
            reach: Default::default(),
            any_grid: false,
        };
        self.certify(tx, request, &grant, now)
    }

    /// Certifies a key. A device that was retired is put in use again by that: only a fresh code leads here
    /// with a known key, and a code is the centre's word. A compromised key stays what it is.
    fn certify(
        &self,
        tx: &dyn Tx,
        request: &EnrolRequest,
        grant: &CodeGrant,
        now: Millis,
    ) -> Result<SignedCertificate, EnrolError> {
        let key = request.key.id();
        let certificate = Certificate {
            city: self.city(),
            kind: SubjectKind::Device,
            key: request.key.clone(),
            user: grant.user.clone(),
            roles: grant.roles.clone(),
            units: grant.units.clone(),
            duty_grids: grant.duty_grids.clone(),
            not_before: now.plus(-EARLY_MS),
            not_after: now.plus(i64::from(self.settings.certificate_days) * DAY_MS),
            serial: next_number(tx, "certificate_serial")?,
            reach: Some(grant.reach.clone()).filter(|reach| *reach != Reach::default()),
        };
        let signed =
            SignedCertificate::issue(&*self.signer, &certificate).map_err(CoreError::from)?;
        let known = tx.device(key)?;
        if known
            .as_ref()
            .is_some_and(|known| known.status == DeviceStatus::Compromised)
        {
            return Err(EnrolError::Barred);
        }
        tx.add_certificate(key, &signed)?;
        let status = DeviceStatus::Good;
        tx.put_device(&DeviceRow {
            key,
            public: request.key.clone(),
            user: grant.user.clone(),
            certificate: signed.digest(),
            status,
            enrolled_at: known.map_or(now, |known| known.enrolled_at),
            seen_at: None,
        })?;
        // A fresh code is the centre's later word.
        tx.put_wipe(key, None)?;
        let user = grant.user.clone();
        let caller = Caller {
            key,
            user,
            certificate,
            status,
        };
        self.judge_waiting_of(tx, &caller, now)?;
        Ok(signed)
    }
}

/// The present certificate of a device that is in use.
fn present(tx: &dyn Tx, key: KeyId) -> Result<Option<SignedCertificate>, EnrolError> {
    match tx.device(key)? {
        None => Ok(None),
        Some(device) if device.status != DeviceStatus::Good => Err(EnrolError::Barred),
        Some(device) => Ok(tx.certificate(device.certificate)?),
    }
}
