//! What the server knows of the key that signed a change.

use gewu_model::cert::{Certificate, SignedCertificate};
use gewu_model::crypto::PublicKey;
use gewu_model::ids::{CaseId, ChangeHash, Digest, Role, UserId};
use gewu_model::time::Millis;

/// The role in which every citizen writes.
pub const CITIZEN: &str = "citizen";

/// A certificate with the name under which entries refer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// SHA-256 of the certificate as it was signed.
    pub digest: Digest,
    /// What it says.
    pub certificate: Certificate,
}

impl Credential {
    /// The credential of a certificate that the server issued and so need not verify again.
    ///
    /// Returns `None` when the bytes are no certificate.
    pub fn of(signed: &SignedCertificate) -> Option<Self> {
        let certificate = signed.certificate().ok()?;
        let digest = signed.digest();
        Some(Self {
            digest,
            certificate,
        })
    }
}

/// A public status that was issued to a citizen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedStatus {
    /// The instruction behind it.
    pub behind: Option<ChangeHash>,
    /// The kinds that it lets the citizen write, by name.
    pub may: Vec<String>,
}

/// Whose key it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// A person's device, with every certificate of its key that is still honoured: an entry made
    /// under an older one stays good when the device was given a newer one meanwhile.
    Staff(Vec<Credential>),
    /// A citizen's key for this case.
    Citizen {
        /// The key.
        key: PublicKey,
        /// The digest of its endorsement.
        endorsement: Digest,
        /// The name under which the citizen writes in this case.
        pseudonym: UserId,
        /// Every public status of this case that was issued to the citizen.
        offered: Vec<IssuedStatus>,
    },
    /// The server's own key.
    Server(Vec<Credential>),
}

impl Author {
    /// The key to check signatures with.
    pub(super) fn key(&self) -> Option<&PublicKey> {
        match self {
            Self::Citizen { key, .. } => Some(key),
            Self::Staff(credentials) | Self::Server(credentials) => {
                credentials.first().map(|held| &held.certificate.key)
            }
        }
    }

    pub(super) const fn is_server(&self) -> bool {
        matches!(self, Self::Server(_))
    }

    /// The certificate of that name.
    pub(super) fn named(&self, digest: &Digest) -> Option<&Certificate> {
        let (Self::Staff(held) | Self::Server(held)) = self else {
            return None;
        };
        let found = held.iter().find(|held| held.digest == *digest);
        found.map(|held| &held.certificate)
    }

    /// Whether one of the certificates is valid at `now`. A citizen's standing is the device's.
    pub(super) fn valid_at(&self, now: Millis) -> bool {
        match self {
            Self::Citizen { .. } => true,
            Self::Staff(credentials) | Self::Server(credentials) => credentials
                .iter()
                .any(|held| held.certificate.valid_at(now)),
        }
    }

    /// Every capacity that the key gives, as user and role.
    pub(super) fn roles(&self) -> Vec<(UserId, Role)> {
        match self {
            Self::Citizen { pseudonym, .. } => vec![(pseudonym.clone(), CITIZEN.into())],
            Self::Server(_) => vec![],
            Self::Staff(credentials) => credentials
                .iter()
                .flat_map(|held| {
                    let user = &held.certificate.user;
                    let roles = held.certificate.roles.iter();
                    roles.map(|role| (user.clone(), role.clone()))
                })
                .collect(),
        }
    }
}

/// What the city says of a device today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In use.
    Good,
    /// Out of use; what it wrote before is taken until that instant, whatever its certificate says.
    Retired {
        /// Nothing is taken from this instant on.
        until: Millis,
    },
    /// In wrong hands: whatever has no receipt yet is kept for an operator to judge.
    Compromised,
    /// Its permission to write has run out. A staff device's certificates are checked by the gate;
    /// this is for the device behind a citizen's key.
    Expired,
}

/// What a key's earlier statements say about a change: see
/// [`CounterStatement`](crate::wire::CounterStatement).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stated {
    /// No statement reaches its counter.
    Nothing,
    /// The earliest statement that reaches its counter lists it.
    Listed,
    /// The earliest statement that reaches its counter does not list it, so it was made later than
    /// it claims.
    Withheld,
}

/// What the server remembers of one key, over all cases.
///
/// A request's own statement and cursors are recorded before its changes are judged.
pub trait KeyHistory {
    /// The highest counter of any change or command that came from the key.
    fn highest(&self) -> u64;

    /// The change that first came under `counter`, whatever became of it.
    fn holder(&self, counter: u64) -> Option<ChangeHash>;

    /// What the earliest statement whose counter is not below `counter` says of `change`.
    fn stated(&self, counter: u64, change: &ChangeHash) -> Stated;

    /// The instructions of `case` that the device had been given when it signed with `counter`:
    /// all that the cursors of its requests with a lower stated counter cover.
    fn given(&self, case: &CaseId, counter: u64) -> Vec<ChangeHash>;

    /// Whether the device said, in a request with a lower stated counter than `counter`, that it
    /// holds a later version of that pack.
    fn outgrew(&self, pack: &Digest, counter: u64) -> bool;

    /// How many changes of the device behind the key, in whatever case and under whatever key, were
    /// accepted since then.
    fn accepted_since(&self, since: Millis) -> u64;
}

/// What the server knows of the key that signed a change.
#[derive(Clone, Copy)]
pub struct KeyFacts<'a> {
    /// Whose it is.
    pub author: &'a Author,
    /// What the city says of it today.
    pub standing: Standing,
    /// When the device last exchanged, before this hour.
    pub exchanged: Option<Millis>,
    /// Since when the device may have written anything, if that is known: since it was enrolled first.
    pub since: Option<Millis>,
    /// What came from it before.
    pub history: &'a dyn KeyHistory,
}
