//! Evidence records: what an entry says about each file that it brings.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::ids::Digest;
use crate::place::Position;
use crate::time::{ClockTrust, Millis};

/// The most evidence records that one entry may bring.
pub const MAX_EVIDENCE: usize = 20;

/// What a picture shows of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum EvidenceRole {
    /// The problem as reported.
    #[n(0)]
    Scene,
    /// Before disposal.
    #[n(1)]
    Before,
    /// After disposal.
    #[n(2)]
    After,
    /// What a verifier or checker saw.
    #[n(3)]
    Inspection,
    /// Anything else that belongs to the entry.
    #[n(4)]
    Other,
}

/// Where the bytes came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Provenance {
    /// Taken by the app's camera.
    #[n(0)]
    Camera,
    /// Chosen from the phone's album.
    #[n(1)]
    Picker,
    /// From a drone.
    #[n(2)]
    Drone,
    /// A frame of a video.
    #[n(3)]
    Video,
    /// Imported from another system.
    #[n(4)]
    Import,
}

/// The type of a file, found from its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum MediaType {
    /// `image/jpeg`
    #[n(0)]
    Jpeg,
    /// `image/png`
    #[n(1)]
    Png,
}

impl MediaType {
    /// The registered media type.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// The usual file extension.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}

/// One file of evidence, sealed by lying inside a signed entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct EvidenceRecord {
    /// SHA-256 of the file as kept and uploaded.
    #[n(0)]
    pub sha256: Digest,
    /// SHA-256 of its thumbnail, when one was made.
    #[n(1)]
    pub thumb_sha256: Option<Digest>,
    /// What the picture shows.
    #[n(2)]
    pub role: EvidenceRole,
    /// The file's type by content.
    #[n(3)]
    pub media_type: MediaType,
    /// Size in bytes.
    #[n(4)]
    pub bytes: u64,
    /// Width in pixels as stored.
    #[n(5)]
    pub width: u32,
    /// Height in pixels as stored.
    #[n(6)]
    pub height: u32,
    /// When it was taken, as claimed.
    #[n(7)]
    pub captured_at: Millis,
    /// How far that claim may be believed.
    #[n(8)]
    pub clock: ClockTrust,
    /// Where it was taken.
    #[n(9)]
    pub position: Option<Position>,
    /// Camera or picker.
    #[n(10)]
    pub provenance: Provenance,
    /// SHA-256 of the original that this file was made from, when it differs.
    #[n(11)]
    pub original_sha256: Option<Digest>,
    /// The file that this one is a redacted copy of.
    #[n(12)]
    pub redaction_of: Option<Digest>,
}

impl EvidenceRecord {
    /// Every file that it names as its own: the file, its thumbnail, its original. What it is a
    /// redacted copy of is another record's.
    pub fn files(&self) -> impl Iterator<Item = Digest> + use<> {
        [Some(self.sha256), self.thumb_sha256, self.original_sha256]
            .into_iter()
            .flatten()
    }
}
