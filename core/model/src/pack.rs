//! The envelope of everything that a city publishes as data: grids, catalogues, policies, calendars.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::cbor;
use crate::crypto::{Domain, PublicKey, SignError, Signature, Signer, Verifier, sha256};
use crate::ids::{CityId, Digest};
use crate::time::Millis;

/// What a pack says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct PackHeader {
    /// The city that publishes it.
    #[n(0)]
    pub city: CityId,
    /// `grid`, `catalogue`, `policy`; kinds are open.
    #[n(1)]
    pub kind: String,
    /// The name within the kind.
    #[n(2)]
    pub name: String,
    /// Rises with every publication of that name.
    #[n(3)]
    pub version: u64,
    /// When it was signed.
    #[n(4)]
    pub issued_at: Millis,
    /// SHA-256 of the body. Cases pin a pack by this.
    #[n(5)]
    pub body: Digest,
    /// Size of the body in bytes.
    #[n(6)]
    pub bytes: u64,
}

/// A header with the publisher's signature. The body travels beside it and is checked by digest,
/// so that large bodies can be fetched in parts.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedPack {
    /// The encoded [`PackHeader`].
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub header: Vec<u8>,
    /// The signature of the server's key over the header.
    #[n(1)]
    pub signature: Signature,
}

/// Why a pack is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// The header cannot be read.
    #[error("the pack's header cannot be read")]
    Unreadable,
    /// Signed by someone else, or for another city.
    #[error("the pack was not signed by this city")]
    Signature,
    /// The body is not the one that was signed.
    #[error("the pack's body is damaged or was exchanged")]
    Body,
}

impl SignedPack {
    /// Signs `body` under `header`, whose digest and size are filled in here.
    ///
    /// # Errors
    /// [`SignError`] when the key cannot be used now.
    pub fn sign(signer: &dyn Signer, header: PackHeader, body: &[u8]) -> Result<Self, SignError> {
        let header = PackHeader {
            body: sha256(body),
            bytes: body.len() as u64,
            ..header
        };
        let header = cbor::to_vec(&header);
        let signature = signer.sign(Domain::Pack, &[&header])?;
        Ok(Self { header, signature })
    }

    /// The header, if `key` signed it for `city`.
    ///
    /// # Errors
    /// [`PackError`] names what is wrong.
    pub fn verify(
        &self,
        verifier: &dyn Verifier,
        key: &PublicKey,
        city: &CityId,
    ) -> Result<PackHeader, PackError> {
        let header: PackHeader =
            cbor::from_slice(&self.header).map_err(|_| PackError::Unreadable)?;
        let signed = verifier.verify(key, Domain::Pack, &[&self.header], &self.signature);
        if signed && header.city == *city {
            Ok(header)
        } else {
            Err(PackError::Signature)
        }
    }
}

impl PackHeader {
    /// Checks that `body` is the one that was signed.
    ///
    /// # Errors
    /// [`PackError::Body`].
    pub fn check_body(&self, body: &[u8]) -> Result<(), PackError> {
        let same = body.len() as u64 == self.bytes && sha256(body) == self.body;
        if same { Ok(()) } else { Err(PackError::Body) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Ed25519Signer, StandardSuite};

    #[test]
    fn a_pack_is_its_city_s_and_its_body_s() {
        let signer = Ed25519Signer::from_seed(&[4; 32]);
        let city = CityId([1; 32]);
        let header = PackHeader {
            city,
            kind: "grid".into(),
            name: "district".into(),
            version: 3,
            issued_at: Millis(0),
            body: Digest([0; 32]),
            bytes: 0,
        };
        let pack = SignedPack::sign(&signer, header, b"cells").expect("in memory");
        let key = signer.public_key();
        let header = pack.verify(&StandardSuite, &key, &city).expect("ours");
        assert_eq!(header.check_body(b"cells"), Ok(()));
        assert_eq!(header.check_body(b"cellz"), Err(PackError::Body));
        let other = pack.verify(&StandardSuite, &key, &CityId([2; 32]));
        assert_eq!(other, Err(PackError::Signature));
    }
}
