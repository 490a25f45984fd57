//! Making tokens, as a host app's backend does: for trying out, and for tests.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde::Serialize;
use serde_json::json;

use super::key::{Algorithm, ED25519_SPKI};

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claims {
    /// The registered name of the host app.
    pub iss: String,
    /// The app's own name for its user.
    pub sub: String,
    /// The city's id in hexadecimal digits.
    pub aud: String,
    /// When it was made, in seconds since 1970.
    pub iat: i64,
    /// Until when it holds, in seconds since 1970.
    pub exp: i64,
    /// The device's key id in hexadecimal digits.
    pub nonce: String,
}

/// A private key that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the key is no private key in PEM (PKCS #8) of Ed25519 or P-256: make one with openssl genpkey -algorithm ed25519"
)]
pub struct HostSignerError;

/// The private key of a host app's backend.
pub struct HostSigner(Pair);

enum Pair {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair, SystemRandom),
}

/// A new key of Ed25519: the private one in PEM (PKCS #8), and the public one.
///
/// # Errors
/// [`HostSignerError`] when the system has no randomness.
pub fn new_key() -> Result<(String, String), HostSignerError> {
    let made = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new());
    let secret = made.map_err(|_| HostSignerError)?;
    let pair = Ed25519KeyPair::from_pkcs8(secret.as_ref()).map_err(|_| HostSignerError)?;
    let spki = [ED25519_SPKI, pair.public_key().as_ref()].concat();
    Ok((
        pem("PRIVATE KEY", secret.as_ref()),
        pem("PUBLIC KEY", &spki),
    ))
}

/// RFC 7468: lines of 64 characters.
fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines = text.as_bytes().chunks(64);
    let lines = lines.map(|line| String::from_utf8_lossy(line).into_owned() + "\n");
    let lines: String = lines.collect();
    format!("-----BEGIN {label}-----\n{lines}-----END {label}-----\n")
}

impl std::fmt::Debug for HostSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("HostSigner")
            .field(&self.algorithm())
            .finish()
    }
}

impl HostSigner {
    /// Reads a private key in PEM (`BEGIN PRIVATE KEY`).
    ///
    /// # Errors
    /// [`HostSignerError`] when it is none, or one of another kind.
    pub fn from_pem(pem: &str) -> Result<Self, HostSignerError> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes());
        let der = der.map_err(|_| HostSignerError)?;
        let der = der.secret_pkcs8_der();
        // OpenSSL leaves the public half out.
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
            return Ok(Self(Pair::Ed25519(pair)));
        }
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &random);
        let pair = pair.map_err(|_| HostSignerError)?;
        Ok(Self(Pair::P256(pair, random)))
    }

    /// How it signs.
    pub const fn algorithm(&self) -> Algorithm {
        match &self.0 {
            Pair::Ed25519(_) => Algorithm::EdDsa,
            Pair::P256(..) => Algorithm::Es256,
        }
    }

    /// Signs a token.
    ///
    /// # Errors
    /// [`HostSignerError`] when the key cannot be used.
    pub fn token(&self, claims: &Claims) -> Result<String, HostSignerError> {
        let header = json!({ "alg": self.algorithm().name(), "typ": "JWT" });
        let claims = serde_json::to_vec(claims).map_err(|_| HostSignerError)?;
        self.sign_parts(header.to_string().as_bytes(), &claims)
    }

    /// Signs any header and claims.
    pub(crate) fn sign_parts(
        &self,
        header: &[u8],
        claims: &[u8],
    ) -> Result<String, HostSignerError> {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature = match &self.0 {
            Pair::Ed25519(pair) => pair.sign(signed.as_bytes()).as_ref().to_vec(),
            Pair::P256(pair, random) => {
                let made = pair.sign(random, signed.as_bytes());
                made.map_err(|_| HostSignerError)?.as_ref().to_vec()
            }
        };
        Ok(format!("{signed}.{}", encode(&signature)))
    }
}
