//! Who this device is, and in which city.

use std::sync::Arc;

use gewu_model::cert::{Certificate, SignedCertificate, TrustAnchor};
use gewu_model::contact::CardKey;
use gewu_model::crypto::{Ed25519Signer, PublicKey, Signer, StandardSuite, sha256_parts};
use gewu_model::ids::{CaseId, CityId, Digest, KeyId};
use rusqlite::Connection;
use zeroize::Zeroizing;

use crate::api::WhoAmI;
use crate::error::{DeviceError, Result};
use crate::host::{Entropy, SecretStore};
use crate::store::{meta, read};

/// The name of the device's key in the key store.
pub(crate) const DEVICE_KEY: &str = "device-key";
/// The name of the secret from which a citizen's key for each case is grown.
pub(crate) const CASE_SECRET: &str = "case-secret";
/// The role whose bearer writes under a pseudonym and a key per case.
pub(crate) const CITIZEN: &str = "citizen";

/// An enrolled device.
pub(crate) struct Identity {
    pub(crate) server: String,
    pub(crate) city: CityId,
    pub(crate) anchor: TrustAnchor,
    pub(crate) server_key: PublicKey,
    pub(crate) certificate: Certificate,
    pub(crate) cert_digest: Digest,
    pub(crate) signer: Arc<Ed25519Signer>,
    pub(crate) key: KeyId,
    /// The host app under whose account a citizen reports.
    pub(crate) account: Option<String>,
    case_secret: Zeroizing<Vec<u8>>,
}

/// The secret of that name, made if there is none yet.
pub(crate) fn secret(
    secrets: &dyn SecretStore,
    entropy: &dyn Entropy,
    name: &str,
) -> Result<Zeroizing<Vec<u8>>> {
    if let Some(secret) = secrets.get(name)? {
        return Ok(secret);
    }
    let mut fresh = Zeroizing::new(vec![0; 32]);
    entropy.fill(&mut fresh);
    secrets.put(name, &fresh)?;
    Ok(fresh)
}

/// The host app under whose account a citizen reports, as the server said last.
pub(crate) fn account(tx: &Connection) -> Result<Option<String>> {
    let account = meta::get(tx, meta::ACCOUNT)?;
    let read = |bytes| String::from_utf8(bytes).map_err(|_| DeviceError::Damaged);
    account.map(read).transpose()
}

/// Keeps what the server says of that; whether it is news.
pub(crate) fn keep_account(tx: &Connection, said: Option<&str>) -> Result<bool> {
    let news = account(tx)?.as_deref() != said;
    match said {
        _ if !news => {}
        Some(said) => meta::put(tx, meta::ACCOUNT, said.as_bytes())?,
        None => meta::remove(tx, meta::ACCOUNT)?,
    }
    Ok(news)
}

/// The signer of a 32-byte secret.
pub(crate) fn signer_of(secret: &[u8]) -> Result<Ed25519Signer> {
    let seed: Zeroizing<[u8; 32]> =
        Zeroizing::new(secret.try_into().map_err(|_| DeviceError::Damaged)?);
    Ok(Ed25519Signer::from_seed(&seed))
}

impl Identity {
    /// The identity that was stored at enrolment; `None` before, and when the key store has lost
    /// the key that the certificate is for.
    pub(crate) fn load(tx: &Connection, secrets: &dyn SecretStore) -> Result<Option<Self>> {
        let parts = (
            meta::get(tx, meta::SERVER)?,
            meta::get(tx, meta::ANCHOR)?,
            meta::get(tx, meta::CERTIFICATE)?,
        );
        let (Some(server), Some(anchor), Some(certificate)) = parts else {
            return Ok(None);
        };
        let (Some(key), Some(case_secret)) = (secrets.get(DEVICE_KEY)?, secrets.get(CASE_SECRET)?)
        else {
            return Ok(None);
        };
        let server = String::from_utf8(server).map_err(|_| DeviceError::Damaged)?;
        let signer = signer_of(&key)?;
        let (anchor, certificate) = (read(&anchor)?, read(&certificate)?);
        match Self::new(server, anchor, &certificate, signer, case_secret) {
            Ok(identity) => Ok(Some(identity.under(account(tx)?))),
            // The key store was emptied and another key was made since.
            Err(DeviceError::Untrusted(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The identity that these make, checked up to the city's root.
    pub(crate) fn new(
        server: String,
        anchor: TrustAnchor,
        certificate: &SignedCertificate,
        signer: Ed25519Signer,
        case_secret: Zeroizing<Vec<u8>>,
    ) -> Result<Self> {
        let server_key = anchor.server(&StandardSuite)?.key;
        let checked = anchor.device(&StandardSuite, certificate)?;
        if checked.key != signer.public_key() {
            return Err(DeviceError::Untrusted("the certificate is for another key"));
        }
        Ok(Self {
            server,
            city: anchor.city(),
            anchor,
            server_key,
            cert_digest: certificate.digest(),
            key: checked.key.id(),
            certificate: checked,
            signer: Arc::new(signer),
            account: None,
            case_secret,
        })
    }

    /// The same under an account of a host app.
    pub(crate) fn under(self, account: Option<String>) -> Self {
        Self { account, ..self }
    }

    /// Whether the user writes under a pseudonym and a key per case.
    pub(crate) fn is_citizen(&self) -> bool {
        let roles = &self.certificate.roles;
        !roles.is_empty() && roles.iter().all(|role| role.as_str() == CITIZEN)
    }

    /// A citizen's key for one case. Grown from a secret that never leaves the key store, so that
    /// no case needs a secret of its own and a restored backup finds the same keys.
    pub(crate) fn case_signer(&self, case: &CaseId) -> Ed25519Signer {
        let seed = sha256_parts(&[b"gewu.case-key.v1\0", &self.case_secret, &case.0]);
        Ed25519Signer::from_seed(&Zeroizing::new(seed.0))
    }

    /// The key under which this device's contact cards lie.
    pub(crate) fn card_key(&self) -> CardKey {
        CardKey::grown(&self.case_secret)
    }

    pub(crate) fn whoami(&self) -> WhoAmI {
        let certificate = &self.certificate;
        WhoAmI {
            user: certificate.user.clone(),
            device: self.key,
            city: self.city,
            server: self.server.clone(),
            roles: certificate.roles.clone(),
            units: certificate.units.clone(),
            duty_grids: certificate.duty_grids.clone(),
            valid_until: certificate.not_after,
            account: self.account.clone(),
        }
    }
}
