//! Keys and certificates.

use gewu_model::cert::{Certificate, SignedCertificate, SubjectKind, TrustAnchor};
use gewu_model::crypto::{Ed25519Signer, Signer, sha256_parts};
use gewu_model::fold::CENTRE;
use gewu_model::ids::{ActorId, CityId, KeyId, Role, UnitId, UserId};
use gewu_model::time::Millis;

use super::START;

/// Somebody who writes.
pub struct Person {
    /// The key.
    pub signer: Ed25519Signer,
    /// The certificate of the key.
    pub certificate: SignedCertificate,
    /// The name.
    pub user: UserId,
    /// The role.
    pub role: Role,
    /// The unit.
    pub unit: Option<UnitId>,
}

impl Person {
    /// The name of the key.
    pub fn key(&self) -> KeyId {
        self.signer.public_key().id()
    }

    /// The actor in a case.
    pub fn actor(&self) -> ActorId {
        ActorId::new(self.key(), [1; 8])
    }
}

/// A city with its people. Another name is another city with the same names of people.
pub struct City {
    /// The city's id.
    pub id: CityId,
    /// Root key and server's certificate.
    pub anchor: TrustAnchor,
    /// The server.
    pub server: Person,
    /// An inspector.
    pub wang: Person,
    /// One of a crew.
    pub zhao: Person,
    /// One of another crew.
    pub stranger: Person,
    /// A citizen's key for one case, which no certificate names.
    pub citizen: Ed25519Signer,
}

fn key(city: &str, of: &str) -> Ed25519Signer {
    let seed = sha256_parts(&[b"gewu sample key\0", city.as_bytes(), b"\0", of.as_bytes()]);
    Ed25519Signer::from_seed(&seed.0)
}

impl City {
    /// The city of that name.
    ///
    /// # Panics
    /// Never: keys in memory can always sign.
    pub fn new(name: &str) -> Self {
        let root = key(name, "root");
        let id = CityId(root.public_key().digest().0);
        let person = |kind, user: &str, role: &str, unit: Option<&str>, issuer: &Ed25519Signer| {
            let signer = key(name, user);
            let certificate = Certificate {
                city: id,
                kind,
                key: signer.public_key(),
                user: user.into(),
                roles: vec![role.into()],
                units: unit.into_iter().map(UnitId::from).collect(),
                duty_grids: vec![],
                not_before: Millis(START - 1_000),
                not_after: Millis(START + 1_000_000_000),
                serial: 1,
                reach: None,
            };
            Person {
                certificate: issue(issuer, &certificate),
                signer,
                user: user.into(),
                role: role.into(),
                unit: unit.map(UnitId::from),
            }
        };
        let server = person(SubjectKind::Server, "server", CENTRE, None, &root);
        let device = SubjectKind::Device;
        let by = &server.signer;
        Self {
            id,
            anchor: TrustAnchor {
                root: root.public_key(),
                server: server.certificate.clone(),
            },
            wang: person(device, "wang", "inspector", None, by),
            zhao: person(device, "zhao", "crew", Some("drainage"), by),
            stranger: person(device, "qian", "crew", Some("lamps"), by),
            citizen: key(name, "citizen"),
            server,
        }
    }
}

#[allow(clippy::expect_used)] // keys in memory can always sign
fn issue(issuer: &Ed25519Signer, certificate: &Certificate) -> SignedCertificate {
    SignedCertificate::issue(issuer, certificate).expect("in memory")
}
