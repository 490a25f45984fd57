//! Public keys of host apps, as PEM says them.

use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey, VerificationAlgorithm};
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::pki_types::pem::PemObject;

/// What comes before the key in the SPKI of each kind (RFC 8410, RFC 5480).
pub(super) const ED25519_SPKI: &[u8] = &[
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];
const P256_SPKI: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// How a host app signs its tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519 (RFC 8037).
    EdDsa,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

impl Algorithm {
    /// Its name in the header of a token.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
        }
    }

    /// The algorithm of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        let all = [Self::EdDsa, Self::Es256];
        all.into_iter().find(|algorithm| algorithm.name() == name)
    }

    const fn bytes(self) -> usize {
        match self {
            Self::EdDsa => 32,
            Self::Es256 => 65,
        }
    }

    const fn verification(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::EdDsa => &ED25519,
            Self::Es256 => &ECDSA_P256_SHA256_FIXED,
        }
    }
}

/// A key that cannot be registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the key is no public key in PEM of Ed25519 or P-256: write one with openssl pkey -in KEY.pem -pubout"
)]
pub struct HostKeyError;

/// The public key of a host app, for one algorithm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostKey {
    algorithm: Algorithm,
    bytes: Vec<u8>,
}

impl HostKey {
    /// Reads a public key in PEM (`BEGIN PUBLIC KEY`).
    ///
    /// # Errors
    /// [`HostKeyError`] when it is none, or one of another kind.
    pub fn from_pem(pem: &str) -> Result<Self, HostKeyError> {
        let spki = SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes());
        let spki = spki.map_err(|_| HostKeyError)?;
        let kinds = [
            (Algorithm::EdDsa, ED25519_SPKI),
            (Algorithm::Es256, P256_SPKI),
        ];
        let mut found = kinds.into_iter().filter_map(|(algorithm, before)| {
            let key = spki.strip_prefix(before)?;
            Self::new(algorithm, key.to_vec())
        });
        found.next().ok_or(HostKeyError)
    }

    /// A key as it was stored; `None` for one of a wrong length.
    pub fn new(algorithm: Algorithm, bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() == algorithm.bytes()).then_some(Self { algorithm, bytes })
    }

    /// The algorithm that it is for.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key itself: of P-256 the uncompressed point.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(self.algorithm.verification(), &self.bytes);
        key.verify(message, signature).is_ok()
    }
}
