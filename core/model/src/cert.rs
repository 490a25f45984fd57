//! Who may act for whom: the chain from the city's root key to each device.
//!
//! ```text
//! city root key ── signs ──> server certificate ── signs ──> device certificates
//!                                                      └──> service certificates
//! device key ── endorses ──> a citizen's key for one case
//! ```
//!
//! A certificate is signed as the bytes it is stored in, so fields that a newer version adds never
//! break an older verifier.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::cbor;
use crate::crypto::{Domain, PublicKey, SignError, Signature, Signer, Verifier, sha256};
use crate::ids::{CaseId, CityId, Digest, GridCode, KeyId, Role, UnitId, UserId};
use crate::time::Millis;

/// What kind of subject a certificate speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum SubjectKind {
    /// The sync server: writes instructions, receipts, packs and device certificates.
    #[n(0)]
    Server,
    /// A person's device.
    #[n(1)]
    Device,
    /// A rule or timer at the centre.
    #[n(2)]
    Service,
}

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Certificate {
    /// The city whose root stands behind it.
    #[n(0)]
    pub city: CityId,
    /// Server, device or service.
    #[n(1)]
    pub kind: SubjectKind,
    /// The certified key.
    #[n(2)]
    pub key: PublicKey,
    /// The person; for a server or service, its name.
    #[n(3)]
    pub user: UserId,
    /// The roles that the person may act in.
    #[n(4)]
    pub roles: Vec<Role>,
    /// The units in whose name the person may act.
    #[n(5)]
    pub units: Vec<UnitId>,
    /// The duty grids that are the person's own.
    #[n(6)]
    pub duty_grids: Vec<GridCode>,
    /// Valid from this instant.
    #[n(7)]
    pub not_before: Millis,
    /// Valid until before this instant.
    #[n(8)]
    pub not_after: Millis,
    /// Distinguishes certificates of one key.
    #[n(9)]
    pub serial: u64,
    /// Where else the person's rights reach; `None` when the roles, units and duty grids say it all.
    #[n(10)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reach: Option<Reach>,
}

/// Areas and road sections that are a person's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Reach {
    /// Areas of any level, by code: a district, a street, a community.
    #[n(0)]
    #[serde(default)]
    pub areas: Vec<GridCode>,
    /// Road-chief sections (路段).
    #[n(1)]
    #[serde(default)]
    pub roads: Vec<GridCode>,
}

/// A certificate as bytes with its issuer's signature.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedCertificate {
    /// The encoded [`Certificate`].
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// The key that issued it: the city's root, or the server's.
    #[n(1)]
    pub issuer: KeyId,
    /// The issuer's signature over the body.
    #[n(2)]
    pub signature: Signature,
}

/// Why a certificate does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CertError {
    /// The bytes are no certificate.
    #[error("the certificate cannot be read")]
    Unreadable,
    /// The signature is not the issuer's.
    #[error("the certificate's signature is wrong")]
    Signature,
    /// It was issued for another city.
    #[error("the certificate belongs to another city")]
    City,
    /// It is not valid at that time.
    #[error("the certificate is not valid at this time")]
    Validity,
    /// Its subject may not do this.
    #[error("the certificate's subject may not do this")]
    Subject,
}

impl SignedCertificate {
    /// Issues a certificate.
    ///
    /// # Errors
    /// [`SignError`] when the issuer's key cannot be used now.
    pub fn issue(issuer: &dyn Signer, certificate: &Certificate) -> Result<Self, SignError> {
        let body = cbor::to_vec(certificate);
        let signature = issuer.sign(Domain::Certificate, &[&body])?;
        Ok(Self {
            body,
            issuer: issuer.public_key().id(),
            signature,
        })
    }

    /// The name under which entries refer to the certificate: SHA-256 of its body.
    pub fn digest(&self) -> Digest {
        sha256(&self.body)
    }

    /// What it says, without any check of who says it.
    ///
    /// # Errors
    /// [`CertError::Unreadable`].
    pub fn certificate(&self) -> Result<Certificate, CertError> {
        cbor::from_slice(&self.body).map_err(|_| CertError::Unreadable)
    }

    /// What it says, if `issuer` said it for `city`.
    ///
    /// # Errors
    /// [`CertError`] names what is wrong.
    pub fn verify(
        &self,
        verifier: &dyn Verifier,
        issuer: &PublicKey,
        city: &CityId,
    ) -> Result<Certificate, CertError> {
        let certificate = self.certificate()?;
        let signed = issuer.id() == self.issuer
            && verifier.verify(issuer, Domain::Certificate, &[&self.body], &self.signature);
        match (signed, certificate.city == *city) {
            (false, _) => Err(CertError::Signature),
            (_, false) => Err(CertError::City),
            _ => Ok(certificate),
        }
    }
}

impl Certificate {
    /// Whether the certificate is valid at `at`.
    pub fn valid_at(&self, at: Millis) -> bool {
        self.not_before <= at && at < self.not_after
    }
}

/// The public face of a city: its root key and the certificate of the server that speaks for it.
/// A device keeps it from enrolment on; everything else is checked against it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct TrustAnchor {
    /// The city's root key.
    #[n(0)]
    pub root: PublicKey,
    /// The server's certificate, issued by the root.
    #[n(1)]
    pub server: SignedCertificate,
}

impl TrustAnchor {
    /// The identity of the city.
    pub fn city(&self) -> CityId {
        CityId(self.root.digest().0)
    }

    /// The server's certificate, checked up to the root.
    ///
    /// # Errors
    /// [`CertError`] names what is wrong.
    pub fn server(&self, verifier: &dyn Verifier) -> Result<Certificate, CertError> {
        let server = self.server.verify(verifier, &self.root, &self.city())?;
        if server.kind == SubjectKind::Server {
            Ok(server)
        } else {
            Err(CertError::Subject)
        }
    }

    /// A device's certificate, checked over the server's up to the root.
    ///
    /// # Errors
    /// [`CertError`] names what is wrong.
    pub fn device(
        &self,
        verifier: &dyn Verifier,
        device: &SignedCertificate,
    ) -> Result<Certificate, CertError> {
        let server = self.server(verifier)?;
        let device = device.verify(verifier, &server.key, &self.city())?;
        if device.kind == SubjectKind::Server {
            Err(CertError::Subject)
        } else {
            Ok(device)
        }
    }
}

/// A citizen's key for one case, endorsed by the citizen's enrolled device. Only the server sees
/// it; others see *a citizen, attested*.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Endorsement {
    /// The case that the key is for.
    #[n(0)]
    pub case: CaseId,
    /// The key.
    #[n(1)]
    pub key: PublicKey,
    /// The enrolled device that endorses it.
    #[n(2)]
    pub device: KeyId,
    /// The device's signature over case and key.
    #[n(3)]
    pub signature: Signature,
}

impl Endorsement {
    /// Endorses `key` for `case`.
    ///
    /// # Errors
    /// [`SignError`] when the device's key cannot be used now.
    pub fn make(device: &dyn Signer, case: CaseId, key: PublicKey) -> Result<Self, SignError> {
        let signature = device.sign(Domain::Endorsement, &[&case.0, &cbor::to_vec(&key)])?;
        Ok(Self {
            case,
            key,
            device: device.public_key().id(),
            signature,
        })
    }

    /// Whether `device` made this endorsement.
    pub fn verify(&self, verifier: &dyn Verifier, device: &PublicKey) -> bool {
        let parts: [&[u8]; 2] = [&self.case.0, &cbor::to_vec(&self.key)];
        device.id() == self.device
            && verifier.verify(device, Domain::Endorsement, &parts, &self.signature)
    }

    /// The name under which the citizen's entries refer to it. The signature inside makes it
    /// unguessable, so it links nothing.
    pub fn digest(&self) -> Digest {
        sha256(&cbor::to_vec(self))
    }

    /// The pseudonym under which the citizen writes in this case.
    pub fn pseudonym(&self) -> UserId {
        UserId(format!("citizen-{}", self.key.id()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{Ed25519Signer, StandardSuite};

    fn certificate(city: CityId, kind: SubjectKind, key: PublicKey) -> Certificate {
        Certificate {
            city,
            kind,
            key,
            user: "someone".into(),
            roles: vec!["inspector".into()],
            units: vec![],
            duty_grids: vec!["D1".into()],
            not_before: Millis(0),
            not_after: Millis(10),
            serial: 1,
            reach: None,
        }
    }

    #[test]
    fn the_chain_holds_and_each_broken_link_is_named() {
        let [root, server, device] = [1, 2, 3].map(|seed| Ed25519Signer::from_seed(&[seed; 32]));
        let city = CityId(root.public_key().digest().0);
        let server_cert = certificate(city, SubjectKind::Server, server.public_key());
        let anchor = TrustAnchor {
            root: root.public_key(),
            server: SignedCertificate::issue(&root, &server_cert).expect("in memory"),
        };
        let ours = certificate(city, SubjectKind::Device, device.public_key());
        let signed = SignedCertificate::issue(&server, &ours).expect("in memory");
        assert_eq!(anchor.device(&StandardSuite, &signed), Ok(ours.clone()));
        assert!(ours.valid_at(Millis(9)) && !ours.valid_at(Millis(10)));

        let by_itself = SignedCertificate::issue(&device, &ours).expect("in memory");
        assert_eq!(
            anchor.device(&StandardSuite, &by_itself),
            Err(CertError::Signature)
        );
        let elsewhere = Certificate {
            city: CityId([0; 32]),
            ..ours
        };
        let elsewhere = SignedCertificate::issue(&server, &elsewhere).expect("in memory");
        assert_eq!(
            anchor.device(&StandardSuite, &elsewhere),
            Err(CertError::City)
        );
        let second_server = SignedCertificate::issue(&server, &server_cert).expect("in memory");
        assert_eq!(
            anchor.device(&StandardSuite, &second_server),
            Err(CertError::Subject)
        );
    }

    #[test]
    fn an_endorsement_is_for_one_case() {
        let [device, own] = [1, 2].map(|seed| Ed25519Signer::from_seed(&[seed; 32]));
        let made =
            Endorsement::make(&device, CaseId([1; 16]), own.public_key()).expect("in memory");
        assert!(made.verify(&StandardSuite, &device.public_key()));
        let moved = Endorsement {
            case: CaseId([2; 16]),
            ..made
        };
        assert!(!moved.verify(&StandardSuite, &device.public_key()));
    }
}
