//! Enrolled devices: who is asking, and taking one out of use.

use gewu_model::cert::{Certificate, SignedCertificate};
use gewu_model::crypto::{StandardSuite, sha256};
use gewu_model::ids::{Digest, KeyId, UserId};
use gewu_model::scope::Scope;
use gewu_model::time::Millis;
use gewu_sync::auth::{AuthError, Claim};
use gewu_sync::gate::CITIZEN;
use gewu_sync::token::{Token, TokenError};
use serde::Serialize;

use super::generation::next_number;
use super::wipes::WipeView;
use super::{Core, CoreError, wrong_clock};
use crate::store::{DeviceRow, DeviceStatus, StoreError, Tx};

const DAY_MS: i64 = 86_400_000;

/// Whether a certificate is for a citizen's device.
pub(super) fn is_of_citizen(certificate: &Certificate) -> bool {
    let mut roles = certificate.roles.iter();
    roles.any(|role| role.as_str() == CITIZEN)
}

/// The device behind a request whose signature holds.
#[derive(Debug, Clone)]
pub struct Caller {
    pub(crate) key: KeyId,
    pub(crate) user: UserId,
    pub(crate) certificate: Certificate,
    pub(crate) status: DeviceStatus,
}

/// Why a request is not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Access {
    /// Its signature does not hold, or its time is off.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// The key is not enrolled here.
    #[error("this device is not known to the server: enrol it again")]
    UnknownKey,
    /// Its bearer token does not hold.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Nothing is given to this device any more.
    #[error("this device was taken out of use: ask the centre")]
    Barred,
    /// The server failed.
    #[error(transparent)]
    Core(#[from] CoreError),
}

impl From<StoreError> for Access {
    fn from(error: StoreError) -> Self {
        Self::Core(error.into())
    }
}

/// An enrolled device, for operators.
#[derive(Debug, Clone, Serialize)]
pub struct DeviceView {
    /// Its key.
    pub key: KeyId,
    /// The person.
    pub user: UserId,
    /// What it may do and in whose name.
    pub certificate: Certificate,
    /// `good`, `retired` or `compromised`.
    pub status: &'static str,
    /// Until when a retired device's backlog is taken.
    pub until: Option<Millis>,
    /// When it was enrolled.
    pub enrolled_at: Millis,
    /// Its last exchange.
    pub seen_at: Option<Millis>,
    /// The digest of its certificate.
    pub certificate_digest: Digest,
    /// How far its clearing is, if the centre asked for it.
    pub wipe: Option<WipeView>,
}

impl Caller {
    /// The device's key.
    pub const fn key(&self) -> KeyId {
        self.key
    }

    /// The device's user.
    pub const fn user(&self) -> &UserId {
        &self.user
    }

    /// Whether the device is a citizen's.
    pub fn is_citizen(&self) -> bool {
        is_of_citizen(&self.certificate)
    }

    /// The scopes whose feeds the device reads. A retired device is told verdicts and notices, a
    /// compromised one nothing.
    pub fn scopes(&self) -> Vec<Scope> {
        let user = || self.user.clone();
        match self.status {
            DeviceStatus::Compromised => return vec![],
            DeviceStatus::Retired { .. } => return vec![Scope::User(user())],
            DeviceStatus::Good => {}
        }
        let mut scopes = vec![Scope::User(user())];
        let held = &self.certificate;
        for role in &held.roles {
            match role.as_str() {
                CITIZEN => scopes.push(Scope::Public(user())),
                "operator" | "shift_leader" => scopes.push(Scope::All),
                "inspector" => {
                    scopes.push(Scope::Asked(user()));
                    scopes.extend(held.duty_grids.iter().cloned().map(Scope::DutyGrid));
                }
                _ => {
                    scopes.push(Scope::Asked(user()));
                    scopes.extend(held.units.iter().cloned().map(Scope::Unit));
                    scopes.extend(held.duty_grids.iter().cloned().map(Scope::DutyGrid));
                }
            }
        }
        if let Some(reach) = self
            .certificate
            .reach
            .as_ref()
            .filter(|_| !self.is_citizen())
        {
            scopes.extend(reach.areas.iter().cloned().map(Scope::Area));
            scopes.extend(reach.roads.iter().cloned().map(Scope::Road));
        }
        scopes.sort_unstable();
        scopes.dedup();
        scopes
    }
}

impl Core {
    /// The device behind a signed request.
    ///
    /// # Errors
    /// [`Access`] says why the request is not let in.
    pub fn authenticate(
        &self,
        claim: &Claim,
        method: &str,
        path: &str,
        body: &[u8],
        now: Millis,
    ) -> Result<Caller, Access> {
        self.authenticate_digest(claim, method, path, &sha256(body), now)
    }

    /// Like [`Core::authenticate`] for a body of which the digest is known.
    ///
    /// # Errors
    /// As [`Core::authenticate`].
    pub fn authenticate_digest(
        &self,
        claim: &Claim,
        method: &str,
        path: &str,
        body: &Digest,
        now: Millis,
    ) -> Result<Caller, Access> {
        let (public, caller) = self.read(|tx| {
            let device = tx.device(claim.key)?.ok_or(Access::UnknownKey)?;
            let caller = caller(tx, &device)?;
            // Before its time is looked at: nobody is told a wrong one.
            wrong_clock::check(tx, now, Some(claim.at))?;
            Ok::<_, Access>((device.public, caller))
        })?;
        claim.check_digest(&StandardSuite, &public, method, path, body, now)?;
        Ok(caller)
    }

    /// The device whose token `text` is, for files only. It must be in use: a token ends with its
    /// device, also with one that may still deliver its backlog under its own signature.
    ///
    /// # Errors
    /// [`Access`] says why the token is not taken.
    pub fn bearer(&self, text: &str, now: Millis) -> Result<Caller, Access> {
        let token = Token::read(text)?;
        let (public, caller) = self.read(|tx| {
            let device = tx.device(token.key())?.ok_or(Access::UnknownKey)?;
            let caller = caller(tx, &device)?;
            Ok::<_, Access>((device.public, caller))
        })?;
        token.check(&StandardSuite, self.city(), &public, now)?;
        if caller.status != DeviceStatus::Good || now > caller.certificate.not_after {
            return Err(Access::Barred);
        }
        Ok(caller)
    }

    /// The device of `key`, for callers in this process who vouch for it themselves.
    ///
    /// # Errors
    /// [`Access::UnknownKey`] when it is not enrolled.
    pub fn caller(&self, key: KeyId) -> Result<Caller, Access> {
        self.read(|tx| {
            let device = tx.device(key)?.ok_or(Access::UnknownKey)?;
            caller(tx, &device)
        })
    }

    /// Every enrolled device.
    ///
    /// # Errors
    /// [`CoreError`] when the store cannot be read.
    pub fn devices(&self) -> Result<Vec<DeviceView>, CoreError> {
        self.read(|tx| {
            tx.devices()?
                .iter()
                .map(|device| view(tx, device))
                .collect()
        })
    }

    /// Takes a device out of use. Until when it wrote something nobody can prove, so whatever comes
    /// is taken for a while. The device is given a certificate that ends then.
    ///
    /// # Errors
    /// [`CoreError::Unknown`] when there is no such device, [`CoreError::Compromised`] when it must
    /// not be trusted that far.
    pub fn retire(&self, key: KeyId, now: Millis) -> Result<Millis, CoreError> {
        let until = self.write(|tx| {
            let device = tx.device(key)?.ok_or(CoreError::Unknown("the device"))?;
            match device.status {
                DeviceStatus::Compromised => return Err(CoreError::Compromised),
                DeviceStatus::Retired { until } => return Ok(until),
                DeviceStatus::Good => {}
            }
            self.retire_device(tx, device, now)
        })?;
        self.call(key);
        Ok(until)
    }

    /// Retires a device that is in use.
    pub(super) fn retire_device(
        &self,
        tx: &dyn Tx,
        device: DeviceRow,
        now: Millis,
    ) -> Result<Millis, CoreError> {
        let until = now.plus(i64::from(self.settings.retirement_days) * DAY_MS);
        let certificate = Certificate {
            not_after: until,
            serial: next_number(tx, "certificate_serial")?,
            ..certificate(tx, &device)?
        };
        let signed = SignedCertificate::issue(&*self.signer, &certificate)?;
        tx.add_certificate(device.key, &signed)?;
        tx.put_device(&DeviceRow {
            status: DeviceStatus::Retired { until },
            certificate: signed.digest(),
            ..device
        })?;
        Ok(until)
    }

    /// Marks a device as being in wrong hands. Whatever has no receipt yet waits for an operator.
    ///
    /// # Errors
    /// [`CoreError::Unknown`] when there is no such device.
    pub fn compromise(&self, key: KeyId) -> Result<(), CoreError> {
        let status = DeviceStatus::Compromised;
        self.write(|tx| {
            let device = tx.device(key)?.ok_or(CoreError::Unknown("the device"))?;
            Ok::<_, CoreError>(tx.put_device(&DeviceRow { status, ..device })?)
        })?;
        self.call(key);
        Ok(())
    }
}

fn caller(tx: &dyn Tx, device: &DeviceRow) -> Result<Caller, Access> {
    Ok(Caller {
        key: device.key,
        user: device.user.clone(),
        certificate: certificate(tx, device)?,
        status: device.status,
    })
}

fn certificate(tx: &dyn Tx, device: &DeviceRow) -> Result<Certificate, StoreError> {
    tx.certificate(device.certificate)?
        .and_then(|signed| signed.certificate().ok())
        .ok_or(StoreError::Corrupt("a device's certificate"))
}

fn view(tx: &dyn Tx, device: &DeviceRow) -> Result<DeviceView, CoreError> {
    let (status, until) = match device.status {
        DeviceStatus::Good => ("good", None),
        DeviceStatus::Retired { until } => ("retired", Some(until)),
        DeviceStatus::Compromised => ("compromised", None),
    };
    Ok(DeviceView {
        key: device.key,
        user: device.user.clone(),
        certificate: certificate(tx, device)?,
        status,
        until,
        enrolled_at: device.enrolled_at,
        seen_at: device.seen_at,
        certificate_digest: device.certificate,
        wipe: tx.wipe(device.key)?.map(WipeView::from),
    })
}

/// The caller that a device is; `None` when it is not enrolled any more.
pub(super) fn sender(tx: &dyn Tx, key: KeyId) -> Result<Option<Caller>, StoreError> {
    let Some(device) = tx.device(key)? else {
        return Ok(None);
    };
    let signed = tx.certificate(device.certificate)?;
    let certificate = signed.and_then(|signed| signed.certificate().ok());
    Ok(certificate.map(|certificate| Caller {
        key,
        user: device.user,
        certificate,
        status: device.status,
    }))
}
