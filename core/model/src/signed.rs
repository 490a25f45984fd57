//! A change as it travels: Automerge bytes, sealed by the key of the device that wrote them.

use minicbor::{Decode, Encode};

use crate::crypto::{Domain, PublicKey, SignError, Signature, Signer, Verifier, sha256};
use crate::ids::{CaseId, ChangeHash, CityId, Digest, KeyId};

/// A change, its author's key and counter, and the signature over them.
///
/// The signature covers the domain, the city, the case, the counter and the change bytes, so a
/// change cannot be shown as written for another case, another city or at another point of its
/// author's history.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedChange {
    /// The key that signed: a device's, or a citizen's for this case.
    #[n(0)]
    pub key: KeyId,
    /// The key's counter, strictly increasing over everything it signs.
    #[n(1)]
    pub counter: u64,
    /// One uncompressed Automerge change chunk.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
    /// The signature, with its algorithm.
    #[n(3)]
    pub signature: Signature,
}

impl SignedChange {
    /// Signs `bytes` with the next `counter` of `signer`.
    ///
    /// # Errors
    /// [`SignError`] when the key cannot be used now.
    pub fn sign(
        signer: &dyn Signer,
        city: &CityId,
        case: &CaseId,
        counter: u64,
        bytes: Vec<u8>,
    ) -> Result<Self, SignError> {
        let parts: [&[u8]; 4] = [&city.0, &case.0, &counter.to_be_bytes(), &bytes];
        let signature = signer.sign(Domain::Change, &parts)?;
        Ok(Self {
            key: signer.public_key().id(),
            counter,
            bytes,
            signature,
        })
    }

    /// Whether `key` is the one named and signed exactly this for that city and case.
    pub fn verify(
        &self,
        verifier: &dyn Verifier,
        key: &PublicKey,
        city: &CityId,
        case: &CaseId,
    ) -> bool {
        let parts: [&[u8]; 4] = [&city.0, &case.0, &self.counter.to_be_bytes(), &self.bytes];
        key.id() == self.key && verifier.verify(key, Domain::Change, &parts, &self.signature)
    }

    /// The hash that Automerge gives the change: SHA-256 of the chunk after its checksum. Bytes too
    /// short to be a chunk get the SHA-256 of all of them, so that even junk has a name to be set
    /// aside under.
    pub fn hash(&self) -> ChangeHash {
        let Digest(hash) = sha256(self.bytes.get(8..).unwrap_or(&self.bytes));
        ChangeHash(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Ed25519Signer, StandardSuite};

    #[test]
    fn holds_for_its_city_case_and_counter_only() {
        let signer = Ed25519Signer::from_seed(&[1; 32]);
        let key = signer.public_key();
        let (city, case) = (CityId([1; 32]), CaseId([2; 16]));
        let signed =
            SignedChange::sign(&signer, &city, &case, 7, b"chunk".to_vec()).expect("in memory");
        assert!(signed.verify(&StandardSuite, &key, &city, &case));
        assert!(!signed.verify(&StandardSuite, &key, &CityId([9; 32]), &case));
        assert!(!signed.verify(&StandardSuite, &key, &city, &CaseId([9; 16])));
        let moved = SignedChange {
            counter: 8,
            ..signed
        };
        assert!(!moved.verify(&StandardSuite, &key, &city, &case));
    }
}
