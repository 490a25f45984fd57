//! The signature on every request: no session, no token to refresh, nothing to steal.
//!
//! The device signs method, path with query, the digest of the body and its idea of the server's
//! time. The server takes a request whose time lies within [`WINDOW_MS`] of its own clock; outside
//! it answers 401 with its time, and the device tries again with the offset that it learned.

use gewu_model::crypto::{
    Algorithm, Domain, PublicKey, SignError, Signature, Signer, Verifier, sha256,
};
use gewu_model::ids::{Digest, KeyId, from_hex, to_hex};
use gewu_model::time::Millis;

/// How far a request's time may lie from the server's clock, in milliseconds.
pub const WINDOW_MS: i64 = 5 * 60 * 1_000;

/// The header that names the key.
pub const KEY_HEADER: &str = "gewu-key";
/// The header with the time, in milliseconds since 1970.
pub const TIME_HEADER: &str = "gewu-time";
/// The header with the signature.
pub const SIGNATURE_HEADER: &str = "gewu-signature";
/// The response header with the server's time, in milliseconds since 1970.
pub const SERVER_TIME_HEADER: &str = "gewu-server-time";

/// What a request's headers claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The key that signed.
    pub key: KeyId,
    /// When, by the device's idea of the server's clock.
    pub at: Millis,
    signature: Signature,
}

/// Why a request's signature is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// A header is absent or malformed.
    #[error("the request is not signed")]
    Absent,
    /// The time lies outside the window.
    #[error("the request's time is too far from the server's")]
    Skew,
    /// The signature is wrong.
    #[error("the request's signature does not match")]
    Signature,
}

/// The three headers for a request.
///
/// # Errors
/// [`SignError`] when the key cannot be used now.
pub fn sign(
    signer: &dyn Signer,
    method: &str,
    path: &str,
    body: &[u8],
    at: Millis,
) -> Result<Vec<(String, String)>, SignError> {
    let signature = signer.sign(
        Domain::Request,
        &[&message(method, path, &sha256(body), at)],
    )?;
    Ok(vec![
        (KEY_HEADER.into(), signer.public_key().id().to_string()),
        (TIME_HEADER.into(), at.to_string()),
        (
            SIGNATURE_HEADER.into(),
            format!("{}:{}", signature.algorithm.id(), to_hex(&signature.bytes)),
        ),
    ])
}

/// Reads the claim out of a request's headers.
///
/// # Errors
/// [`AuthError::Absent`].
pub fn claim<'a>(header: impl Fn(&str) -> Option<&'a str>) -> Result<Claim, AuthError> {
    let find = |name| header(name).ok_or(AuthError::Absent);
    let (algorithm, bytes) = find(SIGNATURE_HEADER)?
        .split_once(':')
        .ok_or(AuthError::Absent)?;
    let algorithm = match algorithm {
        "1" => Algorithm::Ed25519Sha256,
        "2" => Algorithm::Sm2Sm3,
        _ => return Err(AuthError::Absent),
    };
    let bytes = from_hex(bytes).ok_or(AuthError::Absent)?;
    Ok(Claim {
        key: find(KEY_HEADER)?.parse().map_err(|_| AuthError::Absent)?,
        at: Millis(find(TIME_HEADER)?.parse().map_err(|_| AuthError::Absent)?),
        signature: Signature { algorithm, bytes },
    })
}

impl Claim {
    /// Checks the claim against the key on file and the server's clock.
    ///
    /// # Errors
    /// [`AuthError::Skew`] or [`AuthError::Signature`].
    pub fn check(
        &self,
        verifier: &dyn Verifier,
        key: &PublicKey,
        method: &str,
        path: &str,
        body: &[u8],
        now: Millis,
    ) -> Result<(), AuthError> {
        self.check_digest(verifier, key, method, path, &sha256(body), now)
    }

    /// Like [`Claim::check`] for a body of which the digest is known, such as one that was not kept
    /// in memory.
    ///
    /// # Errors
    /// As [`Claim::check`].
    pub fn check_digest(
        &self,
        verifier: &dyn Verifier,
        key: &PublicKey,
        method: &str,
        path: &str,
        body: &Digest,
        now: Millis,
    ) -> Result<(), AuthError> {
        if key.id() != self.key {
            return Err(AuthError::Signature);
        }
        let message = message(method, path, body, self.at);
        if !verifier.verify(key, Domain::Request, &[&message], &self.signature) {
            return Err(AuthError::Signature);
        }
        if now.since(self.at).unsigned_abs() > WINDOW_MS.unsigned_abs() {
            return Err(AuthError::Skew);
        }
        Ok(())
    }
}

fn message(method: &str, path: &str, digest: &Digest, at: Millis) -> Vec<u8> {
    [
        method.as_bytes(),
        b"\n",
        path.as_bytes(),
        b"\n",
        &digest.0,
        &at.0.to_be_bytes(),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use gewu_model::crypto::{Ed25519Signer, StandardSuite};

    #[test]
    fn a_request_is_bound_to_method_path_body_and_time() {
        let signer = Ed25519Signer::from_seed(&[5; 32]);
        let key = signer.public_key();
        let headers = sign(&signer, "POST", "/v1/sync", b"body", Millis(1_000)).expect("in memory");
        let find = |name: &str| {
            headers
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let claim = claim(find).expect("signed");
        let check = |method, path, body: &[u8], now| {
            claim.check(&StandardSuite, &key, method, path, body, Millis(now))
        };
        assert_eq!(check("POST", "/v1/sync", b"body", 2_000), Ok(()));
        assert_eq!(
            check("GET", "/v1/sync", b"body", 2_000),
            Err(AuthError::Signature)
        );
        assert_eq!(
            check("POST", "/v1/sync?x", b"body", 2_000),
            Err(AuthError::Signature)
        );
        assert_eq!(
            check("POST", "/v1/sync", b"bodY", 2_000),
            Err(AuthError::Signature)
        );
        assert_eq!(
            check("POST", "/v1/sync", b"body", 2_000 + WINDOW_MS),
            Err(AuthError::Skew)
        );
        assert_eq!(super::claim(|_| None), Err(AuthError::Absent));
    }
}
