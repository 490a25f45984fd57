//! What an examination yields: facts for people and scripts.

use gewu_model::small::Gather as _;

use gewu_model::entry::Kind;
use gewu_model::fold::{CaseView, Reason, Status};
use gewu_model::ids::{CaseId, ChangeHash, CityId, Digest, GridCode, KeyId, Role, UnitId, UserId};
use gewu_model::media::EvidenceRecord;
use gewu_model::place::Position;
use gewu_model::time::{ClockTrust, Millis};
use serde::Serialize;

use crate::fault::Finding;

/// The sum of an examination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything is there and proven.
    Whole,
    /// What is there is genuine; something that it names is neither there nor lawfully erased.
    Incomplete,
    /// What is there is genuine; part of it has no receipt of the server yet.
    Unconfirmed,
    /// Something is not what it claims to be.
    Altered,
}

/// What the server's word is on a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The case receipt names it.
    Receipted {
        /// The server's clock at acceptance.
        received_at: Millis,
    },
    /// A signed verdict accepted it; the receipt is older.
    Accepted {
        /// The server's clock at acceptance.
        received_at: Millis,
    },
    /// The server has given no receipt for it: the unconfirmed tail.
    Unconfirmed,
}

impl Standing {
    /// When the server accepted it.
    pub const fn received_at(self) -> Option<Millis> {
        match self {
            Self::Receipted { received_at } | Self::Accepted { received_at } => Some(received_at),
            Self::Unconfirmed => None,
        }
    }
}

/// Whether something that an entry names is in the bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// It is, and its digest is right.
    Present,
    /// An instruction erased it.
    Erased {
        /// The instruction.
        by: ChangeHash,
    },
    /// It is not in the bundle, and no instruction says why.
    Missing,
}

/// A text that an entry names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TextFacts {
    /// Its digest.
    pub digest: Digest,
    /// Whether it is there.
    pub presence: Presence,
    /// The words.
    pub text: Option<String>,
}

/// A photo or another file that an entry names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileFacts {
    /// What was signed of it.
    pub record: EvidenceRecord,
    /// Its name in the bundle.
    pub name: String,
    /// Whether the file is there.
    pub presence: Presence,
    /// The redacted copies of it that are here, in the bundle's order.
    pub redacted_copies: Vec<Digest>,
    /// Whether its thumbnail is; `None` when there never was one.
    pub thumbnail: Option<Presence>,
    /// Whether the original is; `None` when none was to be kept.
    pub original: Option<Presence>,
}

/// What something is that a case names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A text.
    Text,
    /// A photo, a film or a sound.
    File,
    /// A photo's thumbnail.
    Thumbnail,
    /// The camera's file, where it has to be delivered as well.
    Original,
    /// The policy or the catalogue that the case pins.
    Pack,
}

/// Something that a case names and that is neither there nor erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Lost {
    /// Its digest.
    pub digest: Digest,
    /// What it is.
    pub part: Part,
}

impl FileFacts {
    /// The file, its thumbnail and its original, as far as they have to be delivered.
    fn parts(&self) -> impl Iterator<Item = (Part, Digest, Presence)> {
        let record = &self.record;
        let thumbnail = record.thumb_sha256.zip(self.thumbnail);
        let original = record.original_sha256.zip(self.original);
        let named = [
            Some((Part::File, record.sha256, self.presence)),
            thumbnail.map(|(digest, presence)| (Part::Thumbnail, digest, presence)),
            original.map(|(digest, presence)| (Part::Original, digest, presence)),
        ];
        named.into_iter().flatten()
    }
}

/// Who signed an entry, as far as it can be proven here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Signer {
    /// The city's server.
    Server,
    /// A device with the named certificate, which gives the capacity in the entry.
    Certified,
    /// A certified device; the certificate that the entry names is not here, so that person, role and
    /// unit are the server's word.
    OtherCertificate,
    /// A key that a citizen's device made for this case. That an enrolled device stands behind it is
    /// the server's word.
    CaseKey,
    /// A citizen's key for this case, endorsed by an enrolled device that is named here.
    EndorsedKey,
    /// Not signed verifiably here: the server's receipt vouches for it (a citizen, attested).
    Vouched,
}

/// One entry of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryFacts {
    /// The hash of its change, which is its identity.
    pub hash: ChangeHash,
    /// Its kind.
    #[serde(serialize_with = "by_name")]
    pub kind: Kind,
    /// Its author.
    pub by: UserId,
    /// The role in which the author acted.
    pub role: Role,
    /// The unit for which.
    pub unit: Option<UnitId>,
    /// The author's key.
    pub device: KeyId,
    /// What proves that.
    pub signer: Signer,
    /// The program that wrote it, as it says itself.
    pub app: Option<String>,
    /// The author's clock.
    pub claimed_at: Millis,
    /// How far that may be believed.
    pub clock: ClockTrust,
    /// The server's word on it.
    pub standing: Standing,
    /// What became of it.
    #[serde(flatten)]
    pub status: Option<Status>,
    /// Why.
    pub reason: Option<Reason>,
    /// Where it was written.
    pub position: Option<Position>,
    /// In which unit grid, by the author's device.
    pub grid: Option<GridCode>,
    /// The person who asked for the instruction.
    pub asked_by: Option<UserId>,
    /// Texts.
    pub texts: Vec<TextFacts>,
    /// Photos and other files.
    pub files: Vec<FileFacts>,
}

#[allow(clippy::ptr_arg)]
fn by_name<S: serde::Serializer>(kind: &Kind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.name())
}

/// A change that was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetAsideFacts {
    /// Its hash.
    pub hash: ChangeHash,
    /// The name of the reason.
    pub reason: &'static str,
    /// Whether a signed verdict says so; else it is the exporter's word.
    pub proven: bool,
    /// What was written in its place.
    pub replaced_by: Option<ChangeHash>,
}

/// The server's word for a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptFacts {
    /// The server's generation.
    pub generation: u64,
    /// How many changes it covers.
    pub changes: usize,
    /// When the latest of them was accepted.
    pub latest: Option<Millis>,
    /// The changes that no other one of them builds upon.
    pub heads: Vec<ChangeHash>,
}

/// One case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseFacts {
    /// The case.
    pub case: CaseId,
    /// The edition of its catalogue.
    pub edition: String,
    /// The policy that its root pins.
    pub policy: Digest,
    /// Whether that policy is in the bundle; else the built-in one judged.
    pub policy_present: bool,
    /// The catalogue that its root pins.
    pub catalogue: Digest,
    /// Whether that catalogue is in the bundle.
    pub catalogue_present: bool,
    /// The name of its class, Chinese and English, from that catalogue.
    pub class: Option<(String, String)>,
    /// The server's word for it.
    pub receipt: Option<ReceiptFacts>,
    /// Its state, folded.
    pub view: CaseView,
    /// Its entries, in the bundle's order.
    pub entries: Vec<EntryFacts>,
    /// What was set aside.
    pub set_aside: Vec<SetAsideFacts>,
}

impl CaseFacts {
    /// Texts, files and packs of the case that are neither there nor erased, ascending and each once.
    pub fn missing(&self) -> Vec<Lost> {
        let entries = self.entries.iter();
        let named = entries.flat_map(|entry| {
            let texts = entry.texts.iter();
            let texts = texts.map(|text| (Part::Text, text.digest, text.presence));
            texts.chain(entry.files.iter().flat_map(FileFacts::parts))
        });
        let lost = named.filter(|(_, _, presence)| *presence == Presence::Missing);
        let packs = [
            (self.policy, self.policy_present),
            (self.catalogue, self.catalogue_present),
        ];
        let packs = packs.into_iter().filter(|(_, present)| !present);
        let all = lost
            .map(|(part, digest, _)| Lost { digest, part })
            .chain(packs.map(|(digest, _)| Lost {
                digest,
                part: Part::Pack,
            }));
        all.into_set().into_iter().collect()
    }
}

/// Who made the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SealFacts {
    /// The key.
    pub by: KeyId,
    /// The person, by certificate; `None` for a citizen's key for one case.
    pub user: Option<UserId>,
    /// The exporter's clock.
    pub made_at: Millis,
    /// How far it may be believed.
    pub clock: ClockTrust,
    /// The program.
    pub app: String,
}

/// All that follows from a bundle.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The sum.
    pub outcome: Outcome,
    /// What is wrong; empty unless the outcome is *altered*.
    pub findings: Vec<Finding>,
    /// The city.
    pub city: Option<CityId>,
    /// Who made it.
    pub seal: Option<SealFacts>,
    /// The cases.
    pub cases: Vec<CaseFacts>,
    /// How many commands were not handed in.
    pub unsent_commands: usize,
    /// How many files of drafts, or without the server's acknowledgement, were still to be delivered.
    pub unsent_files: usize,
    /// Whether drafts are in it.
    pub drafts: bool,
    /// Texts and files that are neither there nor erased.
    pub missing: Vec<Digest>,
    /// Texts and files that an instruction erased.
    pub erased: Vec<Digest>,
    /// Changes without a receipt.
    pub unconfirmed: Vec<ChangeHash>,
}
