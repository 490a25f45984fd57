//! How a device becomes one of the city's.

use std::collections::BTreeSet;
use std::sync::Arc;

use gewu_model::cbor;
use gewu_model::cert::{Certificate, SignedCertificate};
use gewu_model::crypto::{Domain, Signer};
use gewu_model::ids::CaseId;
use gewu_model::small::Gather as _;
use gewu_sync::machine::{Failure, Trigger};
use gewu_sync::verdict::SetAside;
use gewu_sync::wire::{EnrolRequest, EnrolResponse, PROTOCOL};
use rusqlite::Connection;

use super::{Answer, Core, Gewu, guard};
use crate::api::{CancelToken, Enrolment, SyncProgress, WhoAmI};
use crate::error::{DeviceError, Result};
use crate::identity::{
    CASE_SECRET, CITIZEN, DEVICE_KEY, Identity, keep_account, secret, signer_of,
};
use crate::store::{changes, keys, meta, read};
use crate::sync;
use crate::write::{Pen, rebase};

/// What lets a device in.
#[derive(Clone, Copy)]
pub(super) enum Let<'a> {
    /// A one-time code, of staff.
    Code(&'a str),
    /// A token of the host app in which a citizen is signed in.
    HostToken(&'a str),
    /// Nothing: an anonymous citizen.
    Anonymous,
}

impl<'a> Let<'a> {
    /// The code, and the token.
    const fn parts(self) -> (Option<&'a str>, Option<&'a str>) {
        match self {
            Self::Code(code) => (Some(code), None),
            Self::HostToken(token) => (None, Some(token)),
            Self::Anonymous => (None, None),
        }
    }
}

impl Gewu {
    /// Makes this device one of the city's: with a one-time code, or without one as a citizen. The
    /// key is made here and stays in the key store. After a lost answer the same code works again
    /// with the same key.
    ///
    /// On a device that is enrolled, a code is asked for another certificate for the same key and
    /// the same person. Without a code the answer is who the device already is; a citizen's device
    /// that the server does not know any more, or whose certificate has run out, is then enrolled
    /// again. All that is on the device stays.
    ///
    /// Also fetches the city's classes, rules and grids; if that fails, the next sync does it.
    ///
    /// # Errors
    /// [`crate::GewuError::ServerRefused`] with the server's words for a wrong or used code, and
    /// when it does not take a member of staff's device any more and no code is given;
    /// [`crate::GewuError::NotPermitted`] for a code of somebody else or of another city, and when
    /// a code is needed;
    /// [`crate::GewuError::TooOld`] for a server of another version;
    /// [`crate::GewuError::Network`] and [`crate::GewuError::InvalidInput`] for a wrong address.
    pub fn enrol(&self, server: &str, code: Option<&str>) -> Answer<Enrolment> {
        self.enrol_telling(server, code, &mut |_| {}, &CancelToken::new())
    }

    /// Like [`Gewu::enrol`], and tells how far the first sync is, which may take minutes where a device is
    /// given many cases. Whoever uses `cancel` before the server has answered is left as before, and the
    /// same code works again; once the device is enrolled it only ends the first sync.
    ///
    /// # Errors
    /// As [`Gewu::enrol`], and [`crate::GewuError::Busy`] when it was cancelled before the answer.
    pub fn enrol_telling(
        &self,
        server: &str,
        code: Option<&str>,
        progress: &mut dyn FnMut(SyncProgress),
        cancel: &CancelToken,
    ) -> Answer<Enrolment> {
        Ok(self.core.enrol(server, code, progress, cancel)?)
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
    fn enrol(
        &self,
        server: &str,
        code: Option<&str>,
        progress: &mut dyn FnMut(SyncProgress),
        cancel: &CancelToken,
    ) -> Result<Enrolment> {
        self.require_consent()?;
        let server = server.trim().trim_end_matches('/');
        let known = self.known_identity();
        match &known {
            Some(known) if known.server != server => return Err(elsewhere()),
            Some(known) if code.is_none() && !self.has_run_out(known) => {}
            _ => self.enrol_anew(server, code.map_or(Let::Anonymous, Let::Code), cancel)?,
        }
        // Enrolled is enrolled, whatever becomes of this, unless the server forgot the device.
        let synced = sync::run(self, Trigger::Manual, progress, cancel);
        if matches!(synced, Err(DeviceError::Exchange(Failure::Revoked { .. }))) && code.is_none() {
            if !known.is_some_and(|known| known.is_citizen()) {
                synced?;
            }
            self.enrol_anew(server, Let::Anonymous, cancel)?;
            let _ = sync::run(self, Trigger::Manual, progress, cancel);
        }
        self.enrolment()
    }

    pub(super) fn enrolment(&self) -> Result<Enrolment> {
        Ok(Enrolment {
            who: self.identity()?.whoami(),
            packs_ready: self.packs()?.catalogue().is_ok(),
        })
    }

    fn has_run_out(&self, known: &Identity) -> bool {
        let now = guard(&self.clock).request_time(self.options.host.clock.now());
        known.certificate.not_after <= now
    }

    /// The certificate that lies here, also when the key store has lost its key.
    pub(super) fn held_certificate(&self) -> Result<Option<Certificate>> {
        let Some(held) = self.read(|tx| meta::get(tx, meta::CERTIFICATE))? else {
            return Ok(None);
        };
        let held: SignedCertificate = read(&held)?;
        held.certificate()
            .map(Some)
            .map_err(|_| DeviceError::Damaged)
    }

    /// What lies here is one person's work for one city, and is handed to no other.
    fn check_owner(&self, new: &Identity) -> Result<()> {
        let Some(held) = self.held_certificate()? else {
            return Ok(());
        };
        // A citizen who lost the key is somebody new to the city.
        let citizen = is_citizens(&held);
        if held.city == new.city && (citizen || held.user == new.certificate.user) {
            return Ok(());
        }
        Err(DeviceError::NotNow(
            "this device holds the work of somebody else or for another city; sign out first",
        ))
    }

    pub(super) fn enrol_anew(&self, server: &str, by: Let<'_>, cancel: &CancelToken) -> Result<()> {
        let held = self.held_certificate()?;
        let (code, host_token) = by.parts();
        // The server would make its key a citizen's.
        if code.is_none() && held.as_ref().is_some_and(|held| !is_citizens(held)) {
            return Err(DeviceError::NotNow(
                "this device is a member of staff's; everything is kept, enrol it again with a fresh code",
            ));
        }
        let host = &self.options.host;
        let (secrets, entropy) = (&*host.secrets, &*host.entropy);
        let signer = signer_of(&secret(secrets, entropy, DEVICE_KEY)?)?;
        let case_secret = secret(secrets, entropy, CASE_SECRET)?;
        let request = EnrolRequest {
            protocol: PROTOCOL,
            code: code.map(str::to_owned),
            key: signer.public_key(),
            proof: signer.sign(Domain::Enrolment, &[code.unwrap_or_default().as_bytes()])?,
            host_token: host_token.map(str::to_owned),
        };
        let response = sync::post_enrol(self, server, cbor::to_vec(&request), cancel)?;
        let EnrolResponse {
            anchor,
            certificate,
            server_time,
            account,
            ..
        } = response;
        let identity = Identity::new(server.to_owned(), anchor, &certificate, signer, case_secret)?;
        let identity = identity.under(account);
        self.check_owner(&identity)?;
        let pen = Pen {
            identity: Arc::new(identity),
            packs: self.packs()?,
            install_epoch: self.install_epoch(),
            stamp: self.stamp(),
            servers_time: self.servers_time(),
            app: self.options.app.clone(),
        };
        let identity = &pen.identity;
        self.write(|tx| {
            meta::put(tx, meta::SERVER, server.as_bytes())?;
            meta::put(tx, meta::ANCHOR, &cbor::to_vec(&identity.anchor))?;
            sync::keep_certificate(tx)?;
            meta::put(tx, meta::CERTIFICATE, &cbor::to_vec(&certificate))?;
            keys::raise(tx, &identity.key, 0)?;
            keep_account(tx, identity.account.as_deref())?;
            if held.as_ref() == Some(&identity.certificate) {
                return Ok(());
            }
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
        let cases: BTreeSet<CaseId> = refused.map(|change| change.case).into_set();
        for case in cases {
            rebase::rebase(tx, pen, &case, self.random(), true)?;
        }
        Ok(())
    }
}

pub(super) fn is_citizens(certificate: &Certificate) -> bool {
    let roles = &certificate.roles;
    roles.iter().all(|role| role.as_str() == CITIZEN)
}

/// A device is of one city.
pub(super) const fn elsewhere() -> DeviceError {
    DeviceError::NotNow(
        "this device is enrolled at another server; leave that city first, or use another folder",
    )
}
