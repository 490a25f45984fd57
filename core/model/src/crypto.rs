//! Keys, signatures and digests behind two small traits.
//!
//! The shipped suite is Ed25519 with SHA-256. A certified SM2/SM3 module is plugged in by
//! implementing [`Signer`] and [`Verifier`]; the algorithm id travels with every key and signature.
//!
//! Every signature covers a *domain* first, so that bytes signed for one purpose can never be shown
//! as signed for another.

use ed25519_dalek::Signer as _;
use ed25519_dalek::{Signature as DalekSignature, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::ids::{Digest, KeyId};

/// Which signature and digest algorithms a key belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Algorithm {
    /// Ed25519 (RFC 8032, strict verification) with SHA-256.
    #[n(1)]
    Ed25519Sha256,
    /// SM2 with SM3 (GB/T 32918, GB/T 32905): reserved for a certified module.
    #[n(2)]
    Sm2Sm3,
}

impl Algorithm {
    /// The number that stands for the algorithm in digests and on the wire.
    pub const fn id(self) -> u8 {
        match self {
            Self::Ed25519Sha256 => 1,
            Self::Sm2Sm3 => 2,
        }
    }
}

/// What a signature was made for. The text is the first thing that is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// A change of a case document.
    Change,
    /// A command to the centre.
    Command,
    /// A device or server certificate.
    Certificate,
    /// A citizen's per-case key, endorsed by the enrolled device.
    Endorsement,
    /// An HTTP request.
    Request,
    /// The proof that a device holds the key it enrols.
    Enrolment,
    /// The verdicts of one exchange.
    Verdicts,
    /// A case receipt over heads and times.
    CaseReceipt,
    /// A citizen's public status.
    PublicStatus,
    /// A pack of rules, classes or grids.
    Pack,
    /// A bundle of cases, sealed by whoever exported it.
    Bundle,
    /// A bearer token for files.
    Token,
    /// A draw for a spot check.
    Draw,
}

impl Domain {
    const fn tag(self) -> &'static [u8] {
        match self {
            Self::Change => b"gewu.change.v1\0",
            Self::Command => b"gewu.command.v1\0",
            Self::Certificate => b"gewu.certificate.v1\0",
            Self::Endorsement => b"gewu.endorsement.v1\0",
            Self::Request => b"gewu.request.v1\0",
            Self::Enrolment => b"gewu.enrolment.v1\0",
            Self::Verdicts => b"gewu.verdicts.v1\0",
            Self::CaseReceipt => b"gewu.case-receipt.v1\0",
            Self::PublicStatus => b"gewu.public-status.v1\0",
            Self::Pack => b"gewu.pack.v1\0",
            Self::Bundle => b"gewu.bundle.v1\0",
            Self::Token => b"gewu.token.v1\0",
            Self::Draw => b"gewu.draw.v1\0",
        }
    }
}

/// A public key with its algorithm.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct PublicKey {
    /// The key's algorithm.
    #[n(0)]
    pub algorithm: Algorithm,
    /// The key in the algorithm's own encoding; 32 bytes for Ed25519.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    #[serde(with = "crate::json_bytes")]
    pub bytes: Vec<u8>,
}

impl PublicKey {
    /// SHA-256 over the algorithm id and the key.
    pub fn digest(&self) -> Digest {
        sha256_parts(&[&[self.algorithm.id()], &self.bytes])
    }

    /// The short name of the key: the first half of its digest.
    pub fn id(&self) -> KeyId {
        let mut id = [0; 16];
        id.copy_from_slice(&self.digest().0[..16]);
        KeyId(id)
    }
}

/// A signature with its algorithm.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Signature {
    /// The algorithm that made it.
    #[n(0)]
    pub algorithm: Algorithm,
    /// The signature in the algorithm's own encoding; 64 bytes for Ed25519.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

/// A signing key, wherever it lives: in memory, in a key store, in a certified module.
pub trait Signer: Send + Sync {
    /// The public half.
    fn public_key(&self) -> PublicKey;

    /// Signs `domain` followed by `parts` in order.
    ///
    /// # Errors
    /// [`SignError`] when the key cannot be used now, for example while the phone is locked.
    fn sign(&self, domain: Domain, parts: &[&[u8]]) -> Result<Signature, SignError>;
}

/// A key that cannot sign now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the signing key is not available: unlock the device or enrol again")]
pub struct SignError;

/// Checks signatures of the algorithms it knows.
pub trait Verifier: Send + Sync {
    /// Whether `signature` by `key` covers `domain` and `parts`.
    fn verify(
        &self,
        key: &PublicKey,
        domain: Domain,
        parts: &[&[u8]],
        signature: &Signature,
    ) -> bool;
}

/// The shipped suite: Ed25519 with strict verification, SHA-256.
#[derive(Debug, Clone, Copy, Default)]
pub struct StandardSuite;

impl Verifier for StandardSuite {
    fn verify(
        &self,
        key: &PublicKey,
        domain: Domain,
        parts: &[&[u8]],
        signature: &Signature,
    ) -> bool {
        if key.algorithm != Algorithm::Ed25519Sha256 || signature.algorithm != key.algorithm {
            return false;
        }
        let Ok(bytes) = <[u8; 32]>::try_from(key.bytes.as_slice()) else {
            return false;
        };
        let Ok(verifying) = VerifyingKey::from_bytes(&bytes) else {
            return false;
        };
        let Ok(signature) = DalekSignature::from_slice(&signature.bytes) else {
            return false;
        };
        verifying
            .verify_strict(&message(domain, parts), &signature)
            .is_ok()
    }
}

/// An Ed25519 key held in memory, wiped when dropped.
pub struct Ed25519Signer {
    key: SigningKey,
}

impl Ed25519Signer {
    /// The key grown from 32 secret random bytes.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self {
            key: SigningKey::from_bytes(seed),
        }
    }

    /// The secret bytes, for storing in a key store.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.key.to_bytes())
    }
}

impl Signer for Ed25519Signer {
    fn public_key(&self) -> PublicKey {
        PublicKey {
            algorithm: Algorithm::Ed25519Sha256,
            bytes: self.key.verifying_key().to_bytes().to_vec(),
        }
    }

    fn sign(&self, domain: Domain, parts: &[&[u8]]) -> Result<Signature, SignError> {
        let signature = self.key.sign(&message(domain, parts));
        Ok(Signature {
            algorithm: Algorithm::Ed25519Sha256,
            bytes: signature.to_bytes().to_vec(),
        })
    }
}

fn message(domain: Domain, parts: &[&[u8]]) -> Vec<u8> {
    let mut message = domain.tag().to_vec();
    parts
        .iter()
        .for_each(|part| message.extend_from_slice(part));
    message
}

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> Digest {
    sha256_parts(&[bytes])
}

/// SHA-256 of `parts` one after the other.
pub fn sha256_parts(parts: &[&[u8]]) -> Digest {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    Digest(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_domain_and_bytes_only() {
        let signer = Ed25519Signer::from_seed(&[7; 32]);
        let key = signer.public_key();
        let signature = signer
            .sign(Domain::Change, &[b"one", b"two"])
            .expect("in memory");
        assert!(StandardSuite.verify(&key, Domain::Change, &[b"onetwo"], &signature));
        assert!(!StandardSuite.verify(&key, Domain::Command, &[b"onetwo"], &signature));
        assert!(!StandardSuite.verify(&key, Domain::Change, &[b"onetwO"], &signature));
        let other = Ed25519Signer::from_seed(&[8; 32]).public_key();
        assert!(!StandardSuite.verify(&other, Domain::Change, &[b"onetwo"], &signature));
    }

    #[test]
    fn an_unknown_algorithm_never_verifies() {
        let signer = Ed25519Signer::from_seed(&[7; 32]);
        let mut key = signer.public_key();
        let signature = signer.sign(Domain::Pack, &[b"x"]).expect("in memory");
        key.algorithm = Algorithm::Sm2Sm3;
        assert!(!StandardSuite.verify(&key, Domain::Pack, &[b"x"], &signature));
    }
}
