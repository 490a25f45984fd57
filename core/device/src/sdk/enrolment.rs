//! How a device becomes one of the city's.

use std::collections::BTreeSet;
use std::sync::Arc;

use gewu_model::cbor;
use gewu_model::cert::SignedCertificate;
use gewu_model::crypto::{Domain, Signer};
use gewu_model::ids::CaseId;
use gewu_sync::machine::{Failure, Trigger};
use gewu_sync::verdict::SetAside;
use gewu_sync::wire::{EnrolRequest, EnrolResponse, PROTOCOL};
use rusqlite::Connection;

use super::{Answer, Core, Gewu, guard};
use crate::api::{CancelToken, Enrolment, SyncReport, WhoAmI};
use crate::error::{DeviceError, Result};
use crate::identity::{CASE_SECRET, CITIZEN, DEVICE_KEY, Identity, secret, signer_of};
use crate::store::{changes, keys, meta, read};
use crate::sync;
use crate::write::{Pen, rebase};

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
            Some(known) if !self.has_run_out(known) => {}
            _ => self.enrol_anew(server, code)?,
        }
        // Enrolled is enrolled, whatever becomes of this, unless the server forgot the device.
        let synced = self.sync_once();
        let refused = matches!(synced, Err(DeviceError::Exchange(Failure::Revoked { .. })));
        let again = |known: Arc<Identity>| code.is_some() || known.is_citizen();
        if refused && known.is_some_and(again) {
            self.enrol_anew(server, code)?;
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

    fn has_run_out(&self, known: &Identity) -> bool {
        let now = guard(&self.clock).request_time(self.options.host.clock.now());
        known.certificate.not_after <= now
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
        let pen = Pen {
            identity: Arc::new(identity),
            packs: self.packs()?,
            install_epoch: self.install_epoch,
            stamp: self.stamp(),
        };
        let identity = &pen.identity;
        self.write(|tx| {
            meta::put(tx, meta::SERVER, server.as_bytes())?;
            meta::put(tx, meta::ANCHOR, &cbor::to_vec(&identity.anchor))?;
            meta::put(tx, meta::CERTIFICATE, &cbor::to_vec(&certificate))?;
            keys::raise(tx, &identity.key, 0)?;
            self.write_again(tx, &pen)
        })?;
        // Nobody has signed this time, so it serves for requests and for nothing else.
        let now = host.clock.now();
        let mut clock = guard(&self.clock);
        let off = server_time.since(clock.request_time(now));
        clock.shift(off);
        drop(clock);
        self.set_identity(Some(Arc::clone(identity)));
        Ok(())
    }

    /// What was refused because a certificate had run out is written again under the next one.
    fn write_again(&self, tx: &Connection, pen: &Pen) -> Result<()> {
        let refused = changes::set_asides(tx)?.into_iter().filter(|change| {
            change.reason == Some(SetAside::Standing) && change.replaced_by.is_none()
        });
        let cases: BTreeSet<CaseId> = refused.map(|change| change.case).collect();
        for case in cases {
            rebase::rebase(tx, pen, &case, self.random(), true)?;
        }
        Ok(())
    }
}
