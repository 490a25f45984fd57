//! How a device becomes one of the city's.

use std::sync::Arc;

use gewu_model::cbor;
use gewu_model::cert::SignedCertificate;
use gewu_model::crypto::{Domain, Signer};
use gewu_sync::machine::{Failure, Trigger};
use gewu_sync::wire::{EnrolRequest, EnrolResponse, PROTOCOL};

use super::{Answer, Core, Gewu, guard};
use crate::api::{CancelToken, Enrolment, SyncReport, WhoAmI};
use crate::error::{DeviceError, Result};
use crate::identity::{CASE_SECRET, CITIZEN, DEVICE_KEY, Identity, secret, signer_of};
use crate::store::{keys, meta, read};
use crate::sync;

impl Gewu {
    /// Makes this device one of the city's: with a one-time code, or without one as a citizen. The
    /// key is made here and stays in the key store. Enrolling again at the same server answers who
    /// the device already is; after a lost answer the same code works again with the same key.
    ///
    /// A device that the server refuses, or whose certificate has run out, is enrolled again with
    /// the key that it has.
    ///
    /// Also fetches the city's classes, rules and grids; if that fails, the next sync does it.
    ///
    /// # Errors
    /// [`crate::GewuError::ServerRefused`] with the server's words for a wrong or used code;
    /// [`crate::GewuError::TooOld`] for a server of another version;
    /// [`crate::GewuError::Network`] and [`crate::GewuError::InvalidInput`] for a wrong address.
    pub fn enrol(&self, server: &str, code: Option<&str>) -> Answer<Enrolment> {
        Ok(self.core.enrol(server, code)?)
    }

    /// Who the device is.
    ///
    /// # Errors
    /// [`crate::GewuError::NotEnrolled`].
    pub fn whoami(&self) -> Answer<WhoAmI> {
        Ok(self.core.identity()?.whoami())
    }
}

impl Core {
    fn enrol(&self, server: &str, code: Option<&str>) -> Result<Enrolment> {
        self.require_consent()?;
        let server = server.trim().trim_end_matches('/');
        let known = self.known_identity();
        match &known {
            Some(known) if known.server != server => {
                return Err(DeviceError::NotNow(
                    "this device is enrolled at another server; sign out there first",
                ));
            }
            Some(_) => {}
            None => self.enrol_anew(server, code)?,
        }
        let synced = self.sync_once();
        if known.is_some_and(|known| self.must_enrol_again(&known, code, &synced)) {
            self.enrol_anew(server, code)?;
            // Enrolled is enrolled, whatever becomes of this.
            let _ = self.sync_once();
        }
        Ok(Enrolment {
            who: self.identity()?.whoami(),
            packs_ready: self.packs()?.catalogue().is_ok(),
        })
    }

    fn sync_once(&self) -> Result<SyncReport> {
        sync::run(self, Trigger::Manual, &mut |_| {}, &CancelToken::new())
    }

    /// Whether the server knows this device no more, as after a restored backup, or its
    /// certificate has run out.
    fn must_enrol_again(
        &self,
        known: &Identity,
        code: Option<&str>,
        synced: &Result<SyncReport>,
    ) -> bool {
        let refused = matches!(synced, Err(DeviceError::Exchange(Failure::Revoked { .. })));
        let now = guard(&self.clock).request_time(self.options.host.clock.now());
        let expired = known.certificate.not_after <= now;
        (refused || expired) && (code.is_some() || known.is_citizen())
    }

    /// What lies here is one person's work for one city, and is handed to no other.
    fn check_owner(&self, new: &Identity) -> Result<()> {
        let Some(held) = self.read(|tx| meta::get(tx, meta::CERTIFICATE))? else {
            return Ok(());
        };
        let held: SignedCertificate = read(&held)?;
        let held = held.certificate().map_err(|_| DeviceError::Damaged)?;
        // A citizen who lost the key is somebody new to the city.
        let citizen = held.roles.iter().all(|role| role.as_str() == CITIZEN);
        if held.city == new.city && (citizen || held.user == new.certificate.user) {
            return Ok(());
        }
        Err(DeviceError::NotNow(
            "this device holds the work of somebody else or for another city; sign out first",
        ))
    }

    fn enrol_anew(&self, server: &str, code: Option<&str>) -> Result<()> {
        let host = &self.options.host;
        let (secrets, entropy) = (&*host.secrets, &*host.entropy);
        let signer = signer_of(&secret(secrets, entropy, DEVICE_KEY)?)?;
        let case_secret = secret(secrets, entropy, CASE_SECRET)?;
        let request = EnrolRequest {
            protocol: PROTOCOL,
            code: code.map(str::to_owned),
            key: signer.public_key(),
            proof: signer.sign(Domain::Request, &[code.unwrap_or_default().as_bytes()])?,
        };
        let response = sync::post_enrol(self, server, cbor::to_vec(&request))?;
        let EnrolResponse {
            anchor,
            certificate,
            server_time,
            ..
        } = response;
        let identity = Identity::new(server.to_owned(), anchor, &certificate, signer, case_secret)?;
        self.check_owner(&identity)?;
        self.write(|tx| {
            meta::put(tx, meta::SERVER, server.as_bytes())?;
            meta::put(tx, meta::ANCHOR, &cbor::to_vec(&identity.anchor))?;
            meta::put(tx, meta::CERTIFICATE, &cbor::to_vec(&certificate))?;
            keys::raise(tx, &identity.key, 0)
        })?;
        // Nobody has signed this time, so it serves for requests and for nothing else.
        let now = host.clock.now();
        let mut clock = guard(&self.clock);
        let off = server_time.since(clock.request_time(now));
        clock.shift(off);
        drop(clock);
        self.set_identity(Some(Arc::new(identity)));
        Ok(())
    }
}
