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

/// Where a picture, film or recording came from.
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

/// The type of a file, found from its content. Pictures are stored as JPEG or PNG; films and sounds
/// as they came.
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
    /// `video/mp4`
    #[n(2)]
    Mp4,
    /// `video/quicktime`
    #[n(3)]
    Mov,
    /// `video/3gpp`
    #[n(4)]
    ThreeGp,
    /// `video/webm`
    #[n(5)]
    WebM,
    /// `audio/mp4`
    #[n(6)]
    M4a,
    /// `audio/mpeg`
    #[n(7)]
    Mp3,
    /// `audio/wav`
    #[n(8)]
    Wav,
    /// `audio/ogg`
    #[n(9)]
    Ogg,
    /// `audio/amr`
    #[n(10)]
    Amr,
    /// `audio/aac`
    #[n(11)]
    Aac,
    /// `audio/flac`
    #[n(12)]
    Flac,
    /// `image/webp`
    #[n(13)]
    WebP,
}

/// What kind of thing a file shows or plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaClass {
    /// Goes through the photo pipeline.
    Picture,
    /// Carried as it came.
    Video,
    /// Carried as it came.
    Audio,
}

impl MediaType {
    /// The registered media type and the usual file extension.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Jpeg => ("image/jpeg", "jpg"),
            Self::Png => ("image/png", "png"),
            Self::Mp4 => ("video/mp4", "mp4"),
            Self::Mov => ("video/quicktime", "mov"),
            Self::ThreeGp => ("video/3gpp", "3gp"),
            Self::WebM => ("video/webm", "webm"),
            Self::M4a => ("audio/mp4", "m4a"),
            Self::Mp3 => ("audio/mpeg", "mp3"),
            Self::Wav => ("audio/wav", "wav"),
            Self::Ogg => ("audio/ogg", "ogg"),
            Self::Amr => ("audio/amr", "amr"),
            Self::Aac => ("audio/aac", "aac"),
            Self::Flac => ("audio/flac", "flac"),
            Self::WebP => ("image/webp", "webp"),
        }
    }

    /// The registered media type.
    pub const fn mime(self) -> &'static str {
        self.names().0
    }

    /// The usual file extension.
    pub const fn extension(self) -> &'static str {
        self.names().1
    }

    /// Picture, film or sound.
    pub const fn class(self) -> MediaClass {
        match self {
            Self::Jpeg | Self::Png | Self::WebP => MediaClass::Picture,
            Self::Mp4 | Self::Mov | Self::ThreeGp | Self::WebM => MediaClass::Video,
            _ => MediaClass::Audio,
        }
    }
}

/// What a compass direction is measured from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum North {
    /// The pole.
    #[n(0)]
    True,
    /// The compass needle.
    #[n(1)]
    Magnetic,
}

/// Where the camera looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct Direction {
    /// Clockwise from north in hundredths of a degree, 0 to 35,999.
    #[n(0)]
    pub centidegrees: u16,
    /// From which north.
    #[n(1)]
    pub from: North,
}

impl Direction {
    /// A direction from degrees; any turn is brought into one circle.
    pub fn from_degrees(degrees: f64, from: North) -> Option<Self> {
        if !degrees.is_finite() {
            return None;
        }
        let centidegrees = (degrees.rem_euclid(360.0) * 100.0).round() as u32 % 36_000;
        Some(Self {
            centidegrees: centidegrees as u16,
            from,
        })
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
    /// Width in pixels as stored; 0 for films and sounds.
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
    /// Where the camera looked.
    #[n(13)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// What the local time at the place was ahead of UTC when it was taken, in minutes.
    #[n(14)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub captured_offset_min: Option<i16>,
    /// Size of the original in bytes, when this file was made from one.
    #[n(15)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_bytes: Option<u64>,
    /// Whether the original is delivered too, under [`Self::original_sha256`].
    #[n(16)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_kept: Option<bool>,
}

impl EvidenceRecord {
    /// Every file that it names as its own, also an original that nobody has to deliver. What it is
    /// a redacted copy of is another record's.
    pub fn all_files(&self) -> impl Iterator<Item = Digest> + use<> {
        [Some(self.sha256), self.thumb_sha256, self.original_sha256]
            .into_iter()
            .flatten()
    }

    /// Every file that has to be delivered for this record.
    pub fn files(&self) -> impl Iterator<Item = Digest> + use<> {
        let original = self.kept_original().map(|(sha256, _)| sha256);
        [Some(self.sha256), self.thumb_sha256, original]
            .into_iter()
            .flatten()
    }

    /// The original with its size, when it has to be delivered as well.
    pub fn kept_original(&self) -> Option<(Digest, u64)> {
        if self.original_kept != Some(true) {
            return None;
        }
        Some((self.original_sha256?, self.original_bytes?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor;

    fn record() -> EvidenceRecord {
        EvidenceRecord {
            sha256: Digest([1; 32]),
            thumb_sha256: None,
            role: EvidenceRole::Scene,
            media_type: MediaType::Jpeg,
            bytes: 3,
            width: 2,
            height: 1,
            captured_at: Millis(5),
            clock: ClockTrust::Device,
            position: None,
            provenance: Provenance::Camera,
            original_sha256: None,
            redaction_of: None,
            direction: None,
            captured_offset_min: None,
            original_bytes: None,
            original_kept: None,
        }
    }

    #[test]
    fn a_record_without_the_newer_keys_keeps_its_bytes() {
        let bytes = cbor::to_vec(&record());
        let mut known = b"\xa9\x00\x58\x20".to_vec();
        known.extend([1; 32]);
        known.extend(b"\x02\x00\x03\x00\x04\x03\x05\x02\x06\x01\x07\x05\x08\x00\x0a\x00");
        assert_eq!(bytes, known);
        assert_eq!(cbor::from_canonical(&bytes), Ok(record()));
    }

    #[test]
    fn newer_keys_survive_and_only_a_kept_original_is_owed() {
        let mut sealed = record();
        sealed.direction = Direction::from_degrees(-90.004, North::Magnetic);
        sealed.captured_offset_min = Some(-570);
        sealed.original_sha256 = Some(Digest([2; 32]));
        sealed.original_bytes = Some(9);
        assert_eq!(
            cbor::from_canonical(&cbor::to_vec(&sealed)),
            Ok(sealed.clone())
        );
        assert_eq!(sealed.direction.map(|d| d.centidegrees), Some(27_000));
        assert_eq!(sealed.kept_original(), None);
        sealed.original_kept = Some(true);
        assert_eq!(sealed.kept_original(), Some((Digest([2; 32]), 9)));
        assert_eq!(Direction::from_degrees(f64::NAN, North::True), None);
        assert_eq!(
            Direction::from_degrees(359.999, North::True).map(|d| d.centidegrees),
            Some(0)
        );
    }
}
