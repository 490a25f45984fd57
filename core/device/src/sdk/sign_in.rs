//! A citizen who is signed in in the app that carries the SDK.
//!
//! The app's backend signs a token for its user, for this city and this device's key; the server takes it
//! if the city has registered the app. From then on the city can go from a report to that account, for a
//! reward, and nobody else can: reports carry a pseudonym and a key of their own as before.

use gewu_model::crypto::Signer;
use gewu_sync::machine::Trigger;
use gewu_sync::wire::MAX_HOST_TOKEN_BYTES;

use super::enrolment::{Let, elsewhere, is_citizens};
use super::{Answer, Core, Gewu};
use crate::api::{CancelToken, Enrolment, SignInRequest};
use crate::error::{DeviceError, Result};
use crate::identity::{DEVICE_KEY, secret, signer_of};
use crate::sync;

impl Gewu {
    /// What the host app's backend has to put into a token for [`Gewu::sign_in`]: the city and this device's
    /// key, which is made here if there is none. Asks the server who it is while the device is enrolled
    /// nowhere, and needs no network afterwards. What a server says of itself before is no proof: a backend
    /// that works with one city writes that city's id itself.
    ///
    /// # Errors
    /// [`crate::GewuError::NotPermitted`] before consent, on a member of staff's device and at another
    /// server; [`crate::GewuError::Network`] and [`crate::GewuError::InvalidInput`] for an address where no
    /// server answers.
    pub fn sign_in_request(&self, server: &str, cancel: &CancelToken) -> Answer<SignInRequest> {
        Ok(self.core.sign_in_request(server, cancel)?)
    }

    /// Has the reports of this citizen's device go under the user's account in the host app from now on;
    /// enrols the device where it is not. `token` is what the app's backend made for
    /// [`Gewu::sign_in_request`]. Reports that the city has already stay anonymous, what is unsent goes under
    /// the account. Doing so again changes nothing.
    ///
    /// # Errors
    /// [`crate::GewuError::ServerRefused`] with the server's words for a token that it does not take, and
    /// while the device reports under another account;
    /// [`crate::GewuError::TooOld`] for a server that knows no accounts: the device is then enrolled, and its
    /// reports are anonymous;
    /// [`crate::GewuError::InvalidInput`] for what is no token; the others as [`Gewu::sign_in_request`].
    pub fn sign_in(&self, server: &str, token: &str, cancel: &CancelToken) -> Answer<Enrolment> {
        Ok(self.core.sign_in(server, token, cancel)?)
    }
}

impl Core {
    fn sign_in_request(&self, server: &str, cancel: &CancelToken) -> Result<SignInRequest> {
        let server = self.citizens_server(server)?;
        let city = match self.known_identity() {
            Some(known) => known.city,
            None => sync::city_at(self, server, cancel)?,
        };
        let host = &self.options.host;
        let signer = signer_of(&secret(&*host.secrets, &*host.entropy, DEVICE_KEY)?)?;
        let device = signer.public_key().id();
        Ok(SignInRequest { city, device })
    }

    fn sign_in(&self, server: &str, token: &str, cancel: &CancelToken) -> Result<Enrolment> {
        let server = self.citizens_server(server)?;
        let token = token.trim();
        if token.is_empty() || token.len() > MAX_HOST_TOKEN_BYTES {
            return Err(DeviceError::input("token", "this is no sign-in token"));
        }
        self.enrol_anew(server, Let::HostToken(token), cancel)?;
        // Signed in is signed in, whatever becomes of this.
        let _ = sync::run(self, Trigger::Manual, &mut |_| {}, cancel);
        let done = self.enrolment()?;
        match done.who.account {
            Some(_) => Ok(done),
            None => Err(DeviceError::Newer(
                "the city's server knows no accounts yet, so reports are anonymous; sign in when it was updated",
            )),
        }
    }

    /// The address, where a citizen may sign in there.
    fn citizens_server<'s>(&self, server: &'s str) -> Result<&'s str> {
        self.require_consent()?;
        let server = server.trim().trim_end_matches('/');
        if self
            .known_identity()
            .is_some_and(|known| known.server != server)
        {
            return Err(elsewhere());
        }
        match self.held_certificate()? {
            Some(held) if !is_citizens(&held) => Err(DeviceError::NotNow(
                "this device is a member of staff's; sign in with an app on another one",
            )),
            _ => Ok(server),
        }
    }
}
