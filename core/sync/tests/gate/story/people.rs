//! Who writes: keys, certificates, actors.

use gewu_model::cert::{Certificate, Endorsement, SignedCertificate, SubjectKind};
use gewu_model::crypto::{Ed25519Signer, Signer};
use gewu_model::fold::CENTRE;
use gewu_model::ids::{ActorId, CaseId, CityId, Digest, KeyId, Role, UnitId, UserId};
use gewu_model::time::Millis;
use gewu_sync::gate::{Author, CITIZEN, Credential, KeyFacts, Standing};

use super::ledger::Ledger;

/// Somebody in the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Who(pub(super) usize);

impl Who {
    pub(crate) const SERVER: Self = Self(0);
}

pub(crate) struct Writer {
    pub(crate) signer: Ed25519Signer,
    pub(crate) actor: ActorId,
    pub(crate) author: Author,
    pub(crate) standing: Standing,
    pub(crate) ledger: Ledger,
    /// Its last exchange before this hour.
    pub(crate) exchanged: Option<Millis>,
    since: Option<Millis>,
    pub(crate) counter: u64,
    pub(crate) user: UserId,
    pub(crate) role: Role,
    pub(crate) unit: Option<UnitId>,
    pub(crate) cert: Digest,
}

impl Writer {
    pub(super) fn server(city: CityId) -> Self {
        let signer = Ed25519Signer::from_seed(&[0xee; 32]);
        let held = credential(city, SubjectKind::Server, &signer, "server", CENTRE, None);
        let author = Author::Server(vec![held.clone()]);
        Self::of(signer, author, held.digest, "server".into(), CENTRE, None)
    }

    pub(super) fn staff(
        city: CityId,
        seed: u8,
        user: &str,
        role: &str,
        unit: Option<&str>,
    ) -> Self {
        let signer = Ed25519Signer::from_seed(&[seed; 32]);
        let held = credential(city, SubjectKind::Device, &signer, user, role, unit);
        let author = Author::Staff(vec![held.clone()]);
        Self::of(signer, author, held.digest, user.into(), role, unit)
    }

    pub(super) fn citizen(case: CaseId, seed: u8) -> Self {
        let device = Ed25519Signer::from_seed(&[0xdd; 32]);
        let signer = Ed25519Signer::from_seed(&[seed; 32]);
        let made = Endorsement::make(&device, case, signer.public_key()).unwrap();
        let author = Author::Citizen {
            key: signer.public_key(),
            endorsement: made.digest(),
            pseudonym: made.pseudonym(),
            offered: vec![],
        };
        Self::of(
            signer,
            author,
            made.digest(),
            made.pseudonym(),
            CITIZEN,
            None,
        )
    }

    fn of(
        signer: Ed25519Signer,
        author: Author,
        cert: Digest,
        user: UserId,
        role: &str,
        unit: Option<&str>,
    ) -> Self {
        Self {
            actor: ActorId::new(signer.public_key().id(), [1; 8]),
            signer,
            author,
            standing: Standing::Good,
            ledger: Ledger::default(),
            exchanged: None,
            since: None,
            counter: 0,
            user,
            role: role.into(),
            unit: unit.map(UnitId::from),
            cert,
        }
    }

    pub(crate) fn key(&self) -> KeyId {
        self.signer.public_key().id()
    }

    pub(super) fn facts(&self) -> KeyFacts<'_> {
        KeyFacts {
            author: &self.author,
            standing: self.standing,
            exchanged: self.exchanged,
            since: self.since,
            history: &self.ledger,
        }
    }

    /// The certificate holds for years.
    pub(crate) fn lasts(&mut self) {
        if let Author::Staff(held) | Author::Server(held) = &mut self.author {
            held[0].certificate.not_after = Millis(1 << 42);
        }
    }

    /// The certificate holds from then on, and there was none before.
    pub(crate) fn enrolled(&mut self, at: Millis) {
        if let Author::Staff(held) | Author::Server(held) = &mut self.author {
            held[0].certificate.not_before = at;
        }
        self.since = Some(at);
    }

    /// The server forgets every certificate of the key and issues another.
    pub(crate) fn recertify(&mut self) {
        if let Author::Staff(held) = &mut self.author {
            held[0].digest = Digest([9; 32]);
        }
    }

    /// Goes on under a fresh actor, as after a change was set aside.
    pub(crate) fn renews_actor(&mut self) {
        let mut epoch = [0; 8];
        epoch.copy_from_slice(&self.actor.0[16..]);
        epoch[0] += 1;
        self.actor = ActorId::new(self.key(), epoch);
    }
}

fn credential(
    city: CityId,
    kind: SubjectKind,
    signer: &Ed25519Signer,
    user: &str,
    role: &str,
    unit: Option<&str>,
) -> Credential {
    let certificate = Certificate {
        city,
        kind,
        key: signer.public_key(),
        user: user.into(),
        roles: vec![role.into()],
        units: unit.into_iter().map(UnitId::from).collect(),
        duty_grids: vec!["D1".into()],
        not_before: Millis(0),
        not_after: Millis(1_000_000),
        serial: 1,
        reach: None,
    };
    let issuer = Ed25519Signer::from_seed(&[0xee; 32]);
    Credential::of(&SignedCertificate::issue(&issuer, &certificate).unwrap()).unwrap()
}
