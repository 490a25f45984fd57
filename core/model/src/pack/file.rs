//! A pack in one file: header, signature and body, with the certificate of the server that signed,
//! so that it can be checked from the city's root key alone.

use minicbor::{Decode, Encode};

use super::{PackError, PackHeader, SignedPack};
use crate::cbor;
use crate::cert::{SignedCertificate, SubjectKind};
use crate::crypto::{PublicKey, Verifier};
use crate::ids::{CityId, Digest};

/// How the file begins, in its CBOR form: a map whose first value is this text.
const FORMAT: &str = "gewu-pack/1";

/// A signed pack as a file (`.gewupack`).
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PackFile {
    #[n(0)]
    format: String,
    /// The header with its signature.
    #[n(1)]
    pub pack: SignedPack,
    /// The certificate of the server that signed, issued by the city's root; `None` when it was signed
    /// where that was not at hand.
    #[n(2)]
    pub server: Option<SignedCertificate>,
    /// The body.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub body: Vec<u8>,
}

impl PackFile {
    /// A file of a signed pack.
    pub fn new(pack: SignedPack, server: Option<SignedCertificate>, body: Vec<u8>) -> Self {
        Self {
            format: FORMAT.to_owned(),
            pack,
            server,
            body,
        }
    }

    /// The bytes of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::to_vec(self)
    }

    /// Reads a file; `None` when it is none of ours, such as a bare body.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let read: Self = cbor::from_slice(bytes).ok()?;
        (read.format == FORMAT).then_some(read)
    }

    /// The header, with nothing checked but that it can be read.
    ///
    /// # Errors
    /// [`PackError::Unreadable`].
    pub fn header(&self) -> Result<PackHeader, PackError> {
        cbor::from_slice(&self.pack.header).map_err(|_| PackError::Unreadable)
    }

    /// The header, if a server of the city with that root signed it, and body and header are one.
    ///
    /// # Errors
    /// [`PackError`] names what is wrong.
    pub fn verify(
        &self,
        verifier: &dyn Verifier,
        root: &PublicKey,
    ) -> Result<PackHeader, PackError> {
        let city = CityId(root.digest().0);
        let server = self.server.as_ref().ok_or(PackError::Signer)?;
        let server = server
            .verify(verifier, root, &city)
            .map_err(|_| PackError::Signature)?;
        if server.kind != SubjectKind::Server {
            return Err(PackError::Signature);
        }
        self.verify_by(verifier, &server.key, &city)
    }

    /// The same by the server's own key.
    ///
    /// # Errors
    /// [`PackError`] names what is wrong.
    pub fn verify_by(
        &self,
        verifier: &dyn Verifier,
        key: &PublicKey,
        city: &CityId,
    ) -> Result<PackHeader, PackError> {
        let header = self.pack.verify(verifier, key, city)?;
        header.check_body(&self.body)?;
        Ok(header)
    }

    /// SHA-256 of the body.
    pub fn digest(&self) -> Digest {
        crate::crypto::sha256(&self.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cert::Certificate;
    use crate::crypto::{Ed25519Signer, Signer, StandardSuite};
    use crate::time::Millis;

    fn file(root: &Ed25519Signer, server: &Ed25519Signer, kind: SubjectKind) -> PackFile {
        let city = CityId(root.public_key().digest().0);
        let certificate = Certificate {
            city,
            kind,
            key: server.public_key(),
            user: "centre".into(),
            roles: vec![],
            units: vec![],
            duty_grids: vec![],
            not_before: Millis(0),
            not_after: Millis(1),
            serial: 1,
            reach: None,
        };
        let certificate = SignedCertificate::issue(root, &certificate).expect("in memory");
        let header = PackHeader {
            city,
            kind: "labels".into(),
            name: "city".into(),
            version: 1,
            issued_at: Millis(0),
            body: Digest([0; 32]),
            bytes: 0,
            audience: None,
            transfer: None,
        };
        let pack = SignedPack::sign(server, header, b"body").expect("in memory");
        PackFile::new(pack, Some(certificate), b"body".to_vec())
    }

    #[test]
    fn a_file_is_checked_from_the_root_alone() {
        let [root, server, other] = [1, 2, 3].map(|seed| Ed25519Signer::from_seed(&[seed; 32]));
        let good = file(&root, &server, SubjectKind::Server);
        let read = PackFile::from_bytes(&good.to_bytes()).expect("ours");
        let of = |file: &PackFile, root: &Ed25519Signer| {
            file.verify(&StandardSuite, &root.public_key())
                .map(|header| header.version)
        };
        assert_eq!(of(&read, &root), Ok(1));
        assert_eq!(of(&read, &other), Err(PackError::Signature));
        assert_eq!(
            of(&file(&root, &server, SubjectKind::Device), &root),
            Err(PackError::Signature)
        );
        let exchanged = PackFile {
            body: b"bodx".to_vec(),
            ..good.clone()
        };
        assert_eq!(of(&exchanged, &root), Err(PackError::Body));
        let bare = PackFile {
            server: None,
            ..good
        };
        assert_eq!(of(&bare, &root), Err(PackError::Signer));
        assert_eq!(
            PackFile::from_bytes(b"{\"format\":\"gewu-policy/1\"}"),
            None
        );
    }
}
