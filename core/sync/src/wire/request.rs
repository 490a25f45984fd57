//! What a device sends.

use gewu_model::cert::{Endorsement, SignedCertificate};
use gewu_model::command::CommandRecord;
use gewu_model::contact::ContactCard;
use gewu_model::content::ContentItem;
use gewu_model::ids::{CaseId, ChangeHash, Digest, KeyId};
use gewu_model::receipt::SignedReceipt;
use gewu_model::scope::Scope;
use gewu_model::signed::SignedChange;
use minicbor::{Decode, Encode};

use super::reading::Reading;
use crate::verdict::SignedVerdicts;

/// How far a device has read the feed of one scope.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Cursor {
    /// The scope.
    #[n(0)]
    pub scope: Scope,
    /// The generation of the server that gave the position.
    #[n(1)]
    pub generation: u64,
    /// Everything up to this feed position was received and stored.
    #[n(2)]
    pub position: u64,
}

/// A key's counter with everything it has signed that has no receipt yet. A change of that key with
/// a counter not above this one that is neither listed nor known was made later than it claims.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CounterStatement {
    /// The key.
    #[n(0)]
    pub key: KeyId,
    /// Its counter now.
    #[n(1)]
    pub counter: u64,
    /// Changes without a receipt.
    #[n(2)]
    pub unsent: Vec<ChangeHash>,
}

/// Changes of one case with what travels beside them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct CasePush {
    /// The case.
    #[n(0)]
    pub case: CaseId,
    /// Changes, each after what it was made upon.
    #[n(1)]
    pub changes: Vec<SignedChange>,
    /// Texts that the changes name.
    #[n(2)]
    pub content: Vec<ContentItem>,
    /// A citizen's key for this case.
    #[n(3)]
    pub endorsement: Option<Endorsement>,
    /// After a server was restored: its own receipt of an earlier generation, on which the changes
    /// are taken without being judged again.
    #[n(4)]
    pub receipt: Option<SignedReceipt>,
    /// Contact cards that the changes name. They are kept sealed, for operators and shift leaders
    /// only. Absent when there are none.
    #[n(5)]
    pub cards: Option<Vec<ContactCard>>,
}

/// What a restored server once said of the changes of a request, under its own signature. Blocks and
/// receipts of any generation and for any device are taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct EarlierWords {
    /// Receipts over its cases, beside those that lie with each.
    #[n(0)]
    pub receipts: Vec<SignedReceipt>,
    /// Blocks of verdicts: on what they accepted a change is taken, and what they set aside stays so.
    #[n(1)]
    pub verdicts: Vec<SignedVerdicts>,
}

impl EarlierWords {
    /// How many signed words these are.
    pub fn len(&self) -> usize {
        self.receipts.len() + self.verdicts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A pack that the device holds.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct PackHave {
    /// The kind.
    #[n(0)]
    pub kind: String,
    /// The name.
    #[n(1)]
    pub name: String,
    /// The version.
    #[n(2)]
    pub version: u64,
}

/// One exchange, outward.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Request {
    /// [`super::PROTOCOL`].
    #[n(0)]
    pub protocol: u32,
    /// 16 random bytes; the signed verdicts repeat them.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub nonce: [u8; 16],
    /// The highest generation that the device has seen; 0 for none.
    #[n(2)]
    pub generation: u64,
    /// How far each scope was read.
    #[n(3)]
    pub cursors: Vec<Cursor>,
    /// The counters of the keys that sign here.
    #[n(4)]
    pub counters: Vec<CounterStatement>,
    /// What is new here.
    #[n(5)]
    pub cases: Vec<CasePush>,
    /// What the device's user asks of the centre.
    #[n(6)]
    pub commands: Vec<CommandRecord>,
    /// Texts that commands name.
    #[n(7)]
    pub command_content: Vec<ContentItem>,
    /// Files that the device is responsible for and wants to see acknowledged.
    #[n(8)]
    pub media: Vec<Digest>,
    /// Packs that the device holds.
    #[n(9)]
    pub packs: Vec<PackHave>,
    /// About how many bytes the response may have.
    #[n(10)]
    pub max_bytes: u32,
    /// After a server was restored: certificates that it issued, to the device and to the authors of
    /// what the device offers again, for it may have lost them.
    #[n(11)]
    pub certificates: Option<Vec<SignedCertificate>>,
    /// Citizens' keys that state counters here while their cases come in a later request: the server
    /// believes a statement of a key whose device it knows only. Absent when there are none.
    #[n(12)]
    pub endorsements: Option<Vec<Endorsement>>,
    /// After a server was restored: what it signed in earlier lives over changes of this request that
    /// no receipt beside them names. Absent when there is nothing.
    #[n(13)]
    pub earlier: Option<EarlierWords>,
    /// What else the device reads than every device does, as a sum of
    /// [`super::READS_SHORT_RECEIPTS`], [`super::READS_READINGS`], [`super::READS_ONE_POSITION`] and what
    /// comes later. Absent when that is nothing.
    #[n(14)]
    pub reads: Option<u32>,
    /// Cases of which the device could not put a short receipt together and wants the whole one.
    /// Absent when there are none.
    #[n(15)]
    pub whole_receipts: Option<Vec<CaseId>>,
    /// The first reading that the last response did not end.
    #[n(16)]
    pub reading: Option<Reading>,
}
