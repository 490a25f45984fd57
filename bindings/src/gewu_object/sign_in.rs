//! Citizens who are signed in in the app.

use crate::cancel::CancelHandle;
use crate::error::Answer;
use crate::gewu_object::Gewu;
use crate::types::{Enrolment, SignInRequest};

#[uniffi::export]
impl Gewu {
    /// What the app's backend puts into a token for [`Gewu::sign_in`]: the city (`aud`) and this device's
    /// key (`nonce`). Needs the network while the device belongs to no city yet: it asks the server which
    /// one it is.
    pub fn sign_in_request(&self, server: String, cancel: &CancelHandle) -> Answer<SignInRequest> {
        Ok(self.sdk.sign_in_request(&server, cancel.token())?)
    }

    /// Has a citizen's reports go under the user's account in the app from now on, and enrols the device
    /// where it is not. What the city has already stays anonymous. Needs the network.
    ///
    /// Refused by the server in its words for a token that it does not take; too old for a server that
    /// knows no accounts: the device is enrolled then, and its reports are anonymous.
    pub fn sign_in(
        &self,
        server: String,
        token: String,
        cancel: &CancelHandle,
    ) -> Answer<Enrolment> {
        Ok(self.sdk.sign_in(&server, &token, cancel.token())?)
    }
}
