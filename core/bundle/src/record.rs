//! What lies in the members: CBOR maps with numbered keys in canonical form. Lists whose order says
//! nothing are ascending and without repetition, so that one content has one encoding.

use gewu_model::cert::{Endorsement, SignedCertificate, TrustAnchor};
use gewu_model::command::CommandRecord;
use gewu_model::content::ContentItem;
use gewu_model::crypto::{PublicKey, Signature};
use gewu_model::ids::{CaseId, ChangeHash, Digest, KeyId};
use gewu_model::receipt::SignedReceipt;
use gewu_model::signed::SignedChange;
use gewu_model::time::{ClockTrust, Millis};
use gewu_sync::verdict::{SetAside, SignedVerdicts};
use minicbor::{Decode, Encode};

use crate::name::Member;

/// The versions of the format in which a bundle may be written; the last one is. Each one has other words
/// in its statement, and where these would be the same there is no choice: older programs go on reading.
///
/// 2 counts the files of `unsent` work that were not delivered. 3 counts thumbnails and originals that are
/// missing, and names such a thumbnail; `lacking`: whether some are.
pub const fn formats(unsent: bool, lacking: bool) -> &'static [u32] {
    match (unsent, lacking) {
        (false, false) => &[1],
        (true, false) => &[1, 2],
        (false, true) => &[1, 3],
        (true, true) => &[1, 2, 3],
    }
}

/// Whether the statement of that format counts the files that were not delivered.
pub(crate) const fn counts_undelivered(format: u32) -> bool {
    format >= 2
}

/// Whether the statement of that format counts missing thumbnails and originals.
pub(crate) const fn counts_parts(format: u32) -> bool {
    format >= 3
}

/// Whom everything else is checked against.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Trust {
    /// The city's root key and its server's certificate.
    #[n(0)]
    pub anchor: TrustAnchor,
    /// The certificates of the devices that wrote something here, ascending by digest.
    #[n(1)]
    pub certificates: Vec<SignedCertificate>,
    /// Citizens' keys, each for one case, ascending by key id.
    #[n(2)]
    pub keys: Vec<CaseKey>,
}

/// A citizen's key for one case. It proves that one writer wrote the entries; that an enrolled
/// device stands behind it is the server's word, or the endorsement's.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CaseKey {
    /// The key.
    #[n(0)]
    pub key: PublicKey,
    /// What the server needs to take entries that it has not seen; it names the citizen's device,
    /// so it is here only where something is still to be handed in.
    #[n(1)]
    pub endorsement: Option<Endorsement>,
}

/// A change as the exporter holds it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum HeldChange {
    /// With its author's signature, which can be checked here.
    #[n(0)]
    Signed(#[n(0)] SignedChange),
    /// Without: the author's key is known to the server alone (a citizen's), so that only the
    /// server's receipt over the hash vouches for the bytes.
    #[n(1)]
    Vouched(
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        Vec<u8>,
    ),
}

impl HeldChange {
    /// The Automerge chunk.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Signed(signed) => &signed.bytes,
            Self::Vouched(bytes) => bytes,
        }
    }
}

/// A change that will never be part of the case.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SetAsideChange {
    /// The change.
    #[n(0)]
    pub change: SignedChange,
    /// Why the server set it aside.
    #[n(1)]
    pub reason: SetAside,
    /// The change that was written in its place.
    #[n(2)]
    pub replaced_by: Option<ChangeHash>,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CaseRecord {
    /// The case.
    #[n(0)]
    pub case: CaseId,
    /// Its changes: those of the receipt in the receipt's order, then those that a verdict accepted,
    /// then those without any receipt; the last two each after what it was made upon and otherwise
    /// by hash.
    #[n(1)]
    pub changes: Vec<HeldChange>,
    /// The server's word for heads and times.
    #[n(2)]
    pub receipt: Option<SignedReceipt>,
    /// Blocks of verdicts that name changes here, ascending by the digest of their body.
    #[n(3)]
    pub verdicts: Vec<SignedVerdicts>,
    /// The exporter's changes that were set aside, ascending by hash.
    #[n(4)]
    pub set_aside: Vec<SetAsideChange>,
    /// Texts that the changes name, ascending by digest.
    #[n(5)]
    pub content: Vec<ContentItem>,
}

/// What an exporter still had to hand in beside changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Unsent {
    /// Signed commands without an answer.
    #[n(0)]
    pub commands: Vec<UnsentCommand>,
    /// The drafts, as the SDK keeps them (JSON); empty when there are none.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub drafts: Vec<u8>,
    /// The files that drafts name and those that the server has not acknowledged, ascending.
    #[n(2)]
    pub files: Vec<Digest>,
}

/// A command with the text that it names.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct UnsentCommand {
    /// The command.
    #[n(0)]
    pub command: CommandRecord,
    /// Its text.
    #[n(1)]
    pub content: Option<ContentItem>,
}

/// What the exporter says of the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Seal {
    /// One of [`formats`].
    #[n(0)]
    pub format: u32,
    /// The exporter's clock.
    #[n(1)]
    pub made_at: Millis,
    /// How far it may be believed.
    #[n(2)]
    pub clock: ClockTrust,
    /// The exporting program and its version.
    #[n(3)]
    pub app: String,
    /// The key that seals: a device's, a citizen's for the one case, or the server's.
    #[n(4)]
    pub by: KeyId,
    /// Every member but the statements and this one, in order.
    #[n(5)]
    pub members: Vec<SealedMember>,
}

impl Seal {
    /// Whether that member was sealed, be it here or taken out since.
    pub(crate) fn holds(&self, member: &Member) -> bool {
        let name = member.to_string();
        self.members.iter().any(|sealed| sealed.name == name)
    }
}

/// A member as it was sealed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SealedMember {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// Its size in bytes.
    #[n(1)]
    pub bytes: u64,
    /// Its SHA-256.
    #[n(2)]
    pub sha256: Digest,
}

/// A seal with the exporter's signature.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedSeal {
    /// The encoded [`Seal`].
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// The signature of [`Seal::by`].
    #[n(1)]
    pub signature: Signature,
}
